import pytest
from botocore.exceptions import ClientError

from pca_mock import PcaMock


def test_a_root_lives(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    assert root.status == "ACTIVE"

    root.disable()
    assert root.status == "DISABLED"
    with pytest.raises(ClientError, match="InvalidStateException"):
        root.issue("localhost")

    root.enable()
    root.delete(restorable_days=7)
    assert root.status == "DELETED"

    root.restore()
    assert root.status == "DISABLED"  # as it was deleted
    root.enable()

    pca.clock.advance(days=3651)
    assert root.status == "EXPIRED"
