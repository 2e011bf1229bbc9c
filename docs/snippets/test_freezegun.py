from datetime import datetime, timedelta, timezone

from freezegun import freeze_time

from pca_mock import PcaMock


def test_the_mock_follows_freezegun(pca: PcaMock) -> None:
    with freeze_time("2030-01-01 12:00:00"):
        root = pca.create_root_ca(validity=timedelta(days=1))

    assert root.certificate.not_valid_after_utc == datetime(2030, 1, 2, 12, tzinfo=timezone.utc)
