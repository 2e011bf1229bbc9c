"""Behaviour that follows the clock: the same stories by the mock's, freezegun and time-machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol

import pytest
import time_machine
from freezegun import freeze_time

from pca_mock import PcaMock, mock_pca
from pca_mock.adapters.buckets import BucketStore
from pca_mock.state.buckets import Note, StoredObject
from tests import revoking, support
from tests.refusals import refused

NOON = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


class Time(Protocol):
    """Something that controls time: it is frozen at NOON, and can be moved on."""

    def advance(self, by: timedelta) -> None: ...


class _Of:
    def __init__(self, advance: Callable[[timedelta], object]) -> None:
        self._advance = advance

    def advance(self, by: timedelta) -> None:
        self._advance(by)


@contextmanager
def _own(pca: PcaMock) -> Iterator[Time]:
    with pca.clock.freeze(NOON) as clock:
        yield _Of(clock.advance)


@contextmanager
def _of_freezegun(pca: PcaMock) -> Iterator[Time]:
    with freeze_time(NOON) as machine:
        yield _Of(machine.tick)


@contextmanager
def _of_time_machine(pca: PcaMock) -> Iterator[Time]:
    with time_machine.travel(NOON, tick=False) as machine:
        yield _Of(machine.shift)


STEERED: Any = {"own": _own, "freezegun": _of_freezegun, "time-machine": _of_time_machine}
OPTIONS: Any = {
    "creation_delay": timedelta(seconds=10),
    "issuance_delay": timedelta(minutes=2),
    "report_delay": timedelta(minutes=3),
    "crl_delay": timedelta(minutes=30),
    "ocsp_delay": timedelta(minutes=60),
}


@pytest.fixture(params=STEERED.values(), ids=STEERED)
def steered(request: pytest.FixtureRequest, pca: PcaMock) -> Iterator[Time]:
    """The time of the mock `pca`."""
    with request.param(pca) as time:
        yield time


@pytest.fixture(params=STEERED.values(), ids=STEERED)
def slow(request: pytest.FixtureRequest) -> Iterator[tuple[PcaMock, Time]]:
    """A mock in which everything takes time."""
    with mock_pca(**OPTIONS) as pca, request.param(pca) as time:
        yield pca, time


# Expiry


def test_a_ca_expires_with_its_certificate(pca: PcaMock, steered: Time) -> None:
    root = pca.create_root_ca(validity=40 * DAY)
    steered.advance(40 * DAY)
    assert root.describe()["Status"] == "ACTIVE"
    steered.advance(MICROSECOND)

    assert root.describe()["Status"] == root.status == "EXPIRED"
    with refused("InvalidStateException", pca):
        root.issue("localhost")


def test_a_certificate_expires_and_is_not_revoked_after_that(pca: PcaMock, steered: Time) -> None:
    root = pca.create_root_ca()
    late, early = root.issue("late", validity=DAY), root.issue("early", validity=DAY)
    steered.advance(DAY)
    early.revoke()
    steered.advance(SECOND)

    assert (late.status, early.status) == ("EXPIRED", "REVOKED")
    with refused("InvalidRequestException", pca, match="Expired certificate can not be revoked"):
        late.revoke()


def test_validity_is_counted_from_the_moment_of_the_call(pca: PcaMock, steered: Time) -> None:
    root = pca.create_root_ca()
    steered.advance(100 * DAY)
    leaf = root.issue("localhost", Validity={"Type": "DAYS", "Value": 3})

    assert leaf.certificate.not_valid_before_utc == NOON + 100 * DAY - timedelta(hours=1)
    assert leaf.not_after == leaf.certificate.not_valid_after_utc == NOON + 103 * DAY


def test_times_in_responses_are_those_of_the_call(pca: PcaMock, steered: Time) -> None:
    ca = support.pending(pca.client())
    steered.advance(DAY)
    client_side = support.Ca(pca.client(), ca.arn)
    client_side.client.delete_certificate_authority(CertificateAuthorityArn=ca.arn)

    described = client_side.describe()
    assert described["CreatedAt"] == NOON
    assert described["LastStateChangeAt"] == NOON + DAY
    assert [call.time for call in pca.calls] == [NOON, NOON + DAY, NOON + DAY]


# CRLs and OCSP


def test_a_crl_is_written_again_half_way_to_its_end(pca: PcaMock, steered: Time) -> None:
    root = pca.create_root_ca(crl_bucket=revoking.BUCKET)
    root.issue("localhost")
    key = f"crl/{root.arn.rpartition('/')[2]}.crl"
    first = pca.buckets[revoking.BUCKET][key]
    steered.advance(timedelta(days=3, hours=12) - SECOND)
    assert pca.buckets[revoking.BUCKET][key] == first
    steered.advance(SECOND)

    second = pca.buckets[revoking.BUCKET][key]
    assert revoking.number(second) > revoking.number(first)
    body = revoking.parsed(second)["tbs_cert_list"]
    assert body["this_update"].native <= NOON + timedelta(days=3, hours=12)
    assert body["next_update"].native == NOON + timedelta(days=10, hours=12)


def test_a_long_jump_writes_a_crl_that_is_valid_then(pca: PcaMock, steered: Time) -> None:
    root = pca.create_root_ca(crl_bucket=revoking.BUCKET)
    leaf = root.issue("localhost", validity=30 * DAY)
    leaf.revoke()
    key = f"crl/{root.arn.rpartition('/')[2]}.crl"
    steered.advance(29 * DAY)
    while_valid = pca.buckets[revoking.BUCKET][key]
    steered.advance(11 * DAY)
    once_more = pca.buckets[revoking.BUCKET][key]
    steered.advance(11 * DAY)
    later = pca.buckets[revoking.BUCKET][key]

    assert revoking.listed(while_valid) == revoking.listed(once_more) == [leaf.serial]
    assert revoking.listed(later) == []
    next_update = revoking.parsed(later)["tbs_cert_list"]["next_update"].native
    assert next_update == NOON + 58 * DAY


def test_the_mocks_own_clock_writes_crls_without_any_call_or_look(
    pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []
    publish = BucketStore.publish

    def noted(self: BucketStore, item: StoredObject, region: str, note: Note) -> None:
        publish(self, item, region, note)
        if item.key.endswith(".crl"):
            written.append(bytes(item.data))

    monkeypatch.setattr(BucketStore, "publish", noted)
    pca.clock.freeze(NOON)
    root = pca.create_root_ca(crl_bucket=revoking.BUCKET)
    root.issue("localhost")
    before, (first,) = len(pca.calls), written
    pca.clock.advance(days=40)

    assert len(pca.calls) == before
    assert [revoking.number(crl) > revoking.number(first) for crl in written] == [False, True]


def test_revocations_are_visible_after_their_delays(slow: tuple[PcaMock, Time]) -> None:
    pca, time = slow
    root = pca.create_root_ca(crl_bucket=revoking.BUCKET, ocsp=True)
    leaf = root.issue("localhost")
    pca.clock.advance(OPTIONS["issuance_delay"])
    leaf.revoke()
    client_side = support.Ca(pca.client(), root.arn)
    key = f"crl/{root.arn.rpartition('/')[2]}.crl"

    def known() -> tuple[bool, str]:
        return (
            leaf.serial in revoking.listed(pca.buckets[revoking.BUCKET][key]),
            revoking.ocsp_status(pca, client_side, leaf.arn),
        )

    seen = [known()]
    for _ in range(2):
        time.advance(timedelta(minutes=30))
        seen.append(known())
    assert seen == [(False, "good"), (True, "good"), (True, "revoked")]


# Operations that take time


def test_a_ca_is_in_creation_for_the_configured_delay(slow: tuple[PcaMock, Time]) -> None:
    pca, time = slow
    ca = support.pending(pca.client())
    time.advance(timedelta(seconds=9))
    assert ca.status == "CREATING"
    with refused("RequestInProgressException"):
        ca.csr()
    time.advance(SECOND)

    assert ca.status == "PENDING_CERTIFICATE"
    assert ca.csr()


def test_a_certificate_is_being_issued_for_the_configured_delay(
    slow: tuple[PcaMock, Time],
) -> None:
    pca, time = slow
    root = pca.create_root_ca()
    leaf = root.issue("localhost")
    client_side = support.Ca(pca.client(), root.arn)
    time.advance(timedelta(seconds=119))
    assert leaf.status == "PENDING"
    for act in (lambda: client_side.get(leaf.arn), leaf.revoke):
        with refused("RequestInProgressException"):
            act()
    time.advance(SECOND)

    assert client_side.get(leaf.arn)[0] == leaf.certificate_pem
    leaf.revoke()
    assert leaf.status == "REVOKED"


def test_a_report_is_in_creation_for_the_configured_delay(slow: tuple[PcaMock, Time]) -> None:
    pca, time = slow
    client_side = support.Ca(pca.client(), pca.create_root_ca().arn)
    report_id = revoking.create_report(client_side)["AuditReportId"]

    seen = []
    for step in (timedelta(), timedelta(seconds=179), SECOND):
        time.advance(step)
        seen.append(revoking.describe_report(client_side, report_id)["AuditReportStatus"])
    assert seen == ["CREATING", "CREATING", "SUCCESS"]


# Windows


def test_an_idempotency_token_is_valid_for_five_minutes(pca: PcaMock, steered: Time) -> None:
    root = pca.create_root_ca()
    request: Any = {"csr": support.KeyHolder().csr(), "IdempotencyToken": "token"}
    first = root.issue(**request)
    steered.advance(timedelta(minutes=5) - MICROSECOND)
    assert root.issue(**request) == first
    steered.advance(MICROSECOND)

    assert root.issue(**request) != first
    assert len(root.certificates) == 3


def test_the_token_of_a_ca_is_valid_for_five_minutes(pca: PcaMock, steered: Time) -> None:
    def create() -> str:
        return pca.create_root_ca(IdempotencyToken="token").arn

    first = support.pending(pca.client(), IdempotencyToken="token").arn
    steered.advance(timedelta(minutes=5) - MICROSECOND)
    assert support.pending(pca.client(), IdempotencyToken="token").arn == first
    steered.advance(MICROSECOND)

    assert create() != first
    assert len(pca.authorities) == 2


@pytest.mark.parametrize("days", [7, 30])
def test_a_deleted_ca_can_be_restored_until_its_time_is_over(
    days: int, pca: PcaMock, steered: Time
) -> None:
    root, other = pca.create_root_ca(), pca.create_root_ca()
    root.delete(days)
    other.delete(days)
    steered.advance(days * DAY - MICROSECOND)
    other.restore()
    assert root.status == "DELETED"
    steered.advance(MICROSECOND)

    assert pca.authorities == [other]
    with refused("ResourceNotFoundException", pca):
        root.restore()


# Together


def test_the_mocks_own_clock_goes_on_top_of_one_that_is_steered(pca: PcaMock) -> None:
    with time_machine.travel(NOON, tick=False) as machine:
        root = pca.create_root_ca(validity=10 * DAY)
        pca.clock.advance(days=6)
        machine.shift(4 * DAY)
        assert root.status == "ACTIVE"
        machine.shift(SECOND)

        assert root.status == "EXPIRED"
        pca.clock.reset()
        assert root.status == "ACTIVE"


def test_a_frozen_mock_does_not_follow_freezegun_or_time_machine(pca: PcaMock) -> None:
    with freeze_time(NOON) as machine:
        pca.clock.freeze()
        root = pca.create_root_ca(validity=10 * DAY)
        machine.tick(20 * DAY)
        assert root.status == "ACTIVE"
        pca.clock.advance(11 * DAY)

        assert root.status == "EXPIRED"


def test_time_can_go_back(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    root = pca.create_root_ca(validity=10 * DAY)
    pca.clock.advance(11 * DAY)
    assert root.status == "EXPIRED"
    pca.clock.move_to(NOON)

    assert root.status == "ACTIVE"
    assert root.issue("localhost", validity=DAY).not_after == NOON + DAY


def test_waiting_for_retries_only_moves_the_mocks_clock(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    before = datetime.now(timezone.utc)
    pca.fail("ListCertificateAuthorities", "ThrottlingException", attempts=1)
    pca.delay("ListCertificateAuthorities", timedelta(days=2))
    pca.client().list_certificate_authorities()

    assert pca.clock.now() >= NOON + 2 * DAY
    assert datetime.now(timezone.utc) - before < timedelta(minutes=10)


@pytest.mark.parametrize(
    "moment",
    [
        "1950-01-01T00:00:00Z",
        "1969-12-31T23:59:59-12:00",
        "9999-12-31T23:00:00Z",
        "9999-12-31T23:59:59+14:00",
    ],
)
def test_handles_work_at_the_edges_of_time(moment: str, pca: PcaMock) -> None:
    pca.clock.freeze(moment)
    root = pca.create_root_ca(crl_bucket="crls", ocsp=True)
    leaf = root.issue("a.example")

    leaf.revoke()

    assert leaf.status == "REVOKED"
    assert root.crl.get_revoked_certificate_by_serial_number(leaf.serial_number) is not None
    for shown in (pca, root, leaf, pca.calls):
        assert repr(shown)
        assert shown._repr_html_()


def test_a_moment_that_utc_lacks_is_refused(pca: PcaMock) -> None:
    with pytest.raises(ValueError, match="after the year 9999"):
        pca.clock.move_to("9999-12-31T23:59:59-05:00")
