from datetime import datetime, timedelta, timezone

import pytest

from pca_mock import Authority, PcaMock


def test_a_certificate_expires(pca: PcaMock, pca_issuing_ca: Authority) -> None:
    leaf = pca_issuing_ca.issue("localhost", validity=timedelta(days=7))
    assert leaf.status == "ISSUED"

    pca.clock.advance(days=8)

    assert leaf.status == "EXPIRED"


def test_a_frozen_clock_gives_exact_times(pca: PcaMock) -> None:
    with pca.clock.freeze("2030-01-01T12:00:00Z"):
        root = pca.create_root_ca(validity=timedelta(days=1))

    assert root.certificate.not_valid_after_utc == datetime(2030, 1, 2, 12, tzinfo=timezone.utc)


def test_a_deleted_ca_can_be_restored_for_so_long(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    root.delete(restorable_days=7)
    assert root.status == "DELETED"
    assert pca.authorities == [root]

    pca.clock.advance(days=7)

    assert pca.authorities == []


@pytest.mark.pca(creation_delay=timedelta(seconds=2), issuance_delay=timedelta(seconds=5))
def test_handles_wait_by_the_mocks_clock(pca: PcaMock) -> None:
    before = pca.clock.now()

    root = pca.create_root_ca()

    assert root.status == "ACTIVE"
    assert pca.clock.now() - before >= timedelta(seconds=7)
