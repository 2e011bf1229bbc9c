from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import pytest
from botocore.config import Config

from pca_mock import PcaMock


def test_a_client_that_is_gone_leaves_nothing_in_memory(pca: PcaMock) -> None:
    client = pca.client(config=Config(retries={"mode": "standard"}))
    client.list_certificate_authorities()
    model = weakref.ref(client.meta.service_model)

    del client
    gc.collect()

    assert model() is None


@pytest.fixture
def in_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets the local zone."""

    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be set on this system")
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "Pacific/Kiritimati", "America/New_York"])
def test_a_ca_may_end_in_the_last_hour_of_the_last_year_in_every_zone(
    zone: str, pca: PcaMock, in_zone: Callable[[str], None]
) -> None:
    in_zone(zone)

    with pca.clock.freeze("9999-12-30T23:59:00Z"):
        root = pca.create_root_ca(validity=timedelta(days=1))
        described = root.describe()

    assert described["NotAfter"] == datetime(9999, 12, 31, 23, 59, tzinfo=timezone.utc)
