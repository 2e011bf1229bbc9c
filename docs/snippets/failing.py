import pytest

from pca_mock import PcaMock


@pytest.mark.pca(seed=1)
def test_nothing_is_deleted(pca: PcaMock) -> None:
    pca.clock.freeze("2030-01-01T12:00:00Z")
    with pca.calls.paused():
        root = pca.create_root_ca()

    root.disable()
    root.delete(restorable_days=7)

    pca.calls.assert_not_called("DeleteCertificateAuthority")
