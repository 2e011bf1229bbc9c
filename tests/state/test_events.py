"""The feed of what has happened: its order, its bounds, what a listener gets, snapshots."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, Final

import pytest

from pca_mock import PcaMock, mock_pca
from pca_mock.arns import AuthorityArn, CertificateArn
from pca_mock.state import events
from pca_mock.state.calls import Caller
from pca_mock.state.events import ApiCall, CrlWritten, Feed, Revoked, Sender

NOON: Final = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
SECOND: Final = timedelta(seconds=1)
ARN: Final = AuthorityArn("aws", "eu-west-1", "111122223333", "ca")
REVOKED: Final = Revoked(CertificateArn(ARN, "01"))
WRITTEN: Final = CrlWritten(ARN)


def call(size: int) -> ApiCall:
    caller = Caller("111122223333", "eu-west-1", "aws")
    return ApiCall("IssueCertificate", {"Csr": b"x" * size}, caller, Sender(), "")


def happenings(feed: Feed, now: datetime = NOON) -> list[Any]:
    return [noted.happening for noted in feed.until(now)]


def test_happenings_are_in_the_order_of_time_then_of_their_numbers() -> None:
    feed = Feed()
    number = feed.next_number()
    feed.add(NOON, WRITTEN)
    feed.add(NOON, REVOKED, number)
    feed.add(NOON - SECOND, call(1))
    feed.add(NOON + SECOND, call(2), is_to_come=True)

    assert happenings(feed) == [call(1), REVOKED, WRITTEN]
    assert happenings(feed, NOON + SECOND)[-1] == call(2)


def test_what_has_happened_stays_when_the_clock_goes_back(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    root = pca.create_root_ca()
    names = [event.name for event in pca.events]
    pca.clock.move_to(NOON - SECOND)

    assert [event.name for event in pca.events] == names
    root.describe()
    assert pca.events.cloudtrail()[0]["eventName"] == "DescribeCertificateAuthority"
    pca.events.clear()
    assert len(pca.events) == 0


def test_the_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LIMIT", 3)
    monkeypatch.setattr(events, "LARGEST", 100)
    feed = Feed()
    for happening in (call(1), REVOKED, WRITTEN, call(60)):
        feed.add(NOON, happening)
    assert happenings(feed) == [REVOKED, WRITTEN, call(60)]

    feed.add(NOON, call(50))
    assert happenings(feed) == [call(50)]
    feed.add(NOON, call(500))
    assert happenings(feed) == [call(500)]


def test_a_listener_gets_each_thing_once_when_it_has_happened() -> None:
    feed = Feed()
    feed.add(NOON, REVOKED)
    heard = []
    feed.listener = lambda: heard.append(len(feed.take_untold(NOON)))
    feed.tell()
    feed.add(NOON + SECOND, call(1), is_to_come=True)
    feed.add(NOON, WRITTEN)
    feed.tell()

    assert heard == [1]
    assert [noted.happening for noted in feed.take_untold(NOON + SECOND)] == [call(1)]
    feed.tell()
    assert heard == [1]


def test_only_what_is_to_come_is_left_after_clear_and_told_after_restore() -> None:
    feed = Feed(listener=lambda: None)
    feed.add(NOON, REVOKED)
    feed.add(NOON + SECOND, WRITTEN, is_to_come=True)
    kept = feed.keep()
    feed.clear(NOON)
    assert happenings(feed, NOON + SECOND) == [WRITTEN]

    feed.restore(kept, NOON)

    assert happenings(feed) == [REVOKED]
    assert [noted.happening for noted in feed.take_untold(NOON + SECOND)] == [WRITTEN]
    silent = Feed()
    silent.restore(kept, NOON)
    assert silent.take_untold(NOON + SECOND) == []


def test_a_later_mock_goes_on_after_the_events_of_a_snapshot() -> None:
    with mock_pca() as pca:
        pca.clock.freeze(NOON)
        root = pca.create_root_ca()
        kept, before = pca.snapshot(), pca.events.eventbridge()
    with mock_pca() as later:
        later.restore(kept)
        root.issue("localhost")
        after = later.events.eventbridge()

    assert after[: len(before)] == before
    assert [each["detail"].get("eventName") for each in after[len(before) :]] == [
        "IssueCertificate",
        "SignCertificate",
        "IssueCertificateDetails",
        None,
    ]
    assert len({each["id"] for each in after}) == len(after)
