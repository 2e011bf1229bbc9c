"""When CRLs are written, refreshed and no longer written (User Guide, "Planning a CRL")."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from pca_mock import mock_pca
from pca_mock.pki import crl as crl_module
from pca_mock.pki.crl import Entry
from tests import revoking, support
from tests.revoking import (
    BUCKET,
    NOW,
    crl,
    crl_on,
    crls,
    distribution_point,
    issue,
    listed,
    number,
    parsed,
    revoke,
    serial,
)

if TYPE_CHECKING:
    from pca_mock import PcaMock

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def clock() -> Iterator[Any]:
    """A frozen time that can be moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


# The first one


def test_switching_crls_on_writes_only_the_test_object(pca: PcaMock) -> None:
    revoking.root(pca)

    assert list(pca.buckets[BUCKET]) == ["acm-pca-permission-test-key"]


@pytest.mark.parametrize("crl_type", ["COMPLETE", "PARTITIONED"])
def test_the_first_certificate_brings_an_empty_crl(crl_type: str, pca: PcaMock) -> None:
    ca = revoking.root(pca, CrlType=crl_type)

    issue(ca)

    (data,) = crls(pca).values()
    assert listed(data) == []


def test_further_certificates_do_not_write_the_crl_again(clock: Any, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    issue(ca)
    first = crl(pca, ca)
    clock.shift(_HOUR)

    issue(ca)

    assert crl(pca, ca) == first


def test_revocations_from_before_the_first_crl_are_in_it(pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name="us-east-1"))
    arns = [issue(ca), issue(ca)]
    for arn in arns:
        revoke(ca, arn)
    revoking.update(ca, crl_on())

    issue(ca)

    assert listed(crl(pca, ca)) == [serial(arn) for arn in reversed(arns)]


def test_a_revocation_without_a_certificate_that_names_it_brings_the_crl_too(pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name="us-east-1"))
    arn = issue(ca)
    revoking.update(ca, crl_on())
    assert crls(pca) == {}

    revoke(ca, arn)

    assert listed(crl(pca, ca)) == [serial(arn)]


# Revocations and refreshing


def test_revocations_are_in_the_crl_at_once_newest_first(clock: Any, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    arns = [issue(ca) for _ in range(3)]
    for arn in arns:
        revoke(ca, arn)
        clock.shift(_HOUR)

    assert listed(crl(pca, ca)) == [serial(arn) for arn in reversed(arns)]
    times = [entry.revoked_at for entry in revoking.entries(crl(pca, ca))]
    assert times == [NOW + 2 * _HOUR, NOW + _HOUR, NOW]


def test_crl_numbers_are_milliseconds_and_rise_even_in_the_same_one(
    clock: Any, pca: PcaMock
) -> None:
    ca = revoking.root(pca)
    arns = [issue(ca) for _ in range(3)]
    result = [number(crl(pca, ca))]
    for arn in arns:
        revoke(ca, arn)
        result.append(number(crl(pca, ca)))
    clock.shift(timedelta(seconds=1.5))
    revoke(ca, issue(ca))
    result.append(number(crl(pca, ca)))

    start = int(NOW.timestamp()) * 1000
    assert result == [start, start + 1, start + 2, start + 3, start + 1500]


def test_a_crl_is_refreshed_when_half_of_its_time_has_passed(clock: Any, pca: PcaMock) -> None:
    ca = revoking.root(pca, ExpirationInDays=10)
    issue(ca)
    first = crl(pca, ca)

    clock.shift(5 * _DAY - timedelta(seconds=1))
    assert crl(pca, ca) == first
    clock.shift(timedelta(seconds=1))

    tbs = parsed(crl(pca, ca))["tbs_cert_list"]
    assert tbs["this_update"].native == NOW + 5 * _DAY - _HOUR
    assert tbs["next_update"].native == NOW + 15 * _DAY


def test_any_call_refreshes_a_crl_that_is_due(clock: Any, pca: PcaMock) -> None:
    ca = revoking.root(pca, ExpirationInDays=2)
    issue(ca)
    buckets = pca.buckets
    first = buckets[BUCKET][f"crl/{revoking.ca_id(ca)}.crl"]
    clock.shift(_DAY)

    ca.describe()

    assert number(buckets[BUCKET][f"crl/{revoking.ca_id(ca)}.crl"]) > number(first)


def test_with_a_delay_the_crl_lags_behind(clock: Any) -> None:
    with mock_pca(crl_delay=timedelta(minutes=30)) as pca:
        ca = revoking.root(pca)
        first, second = issue(ca), issue(ca)
        revoke(ca, first)
        clock.shift(timedelta(minutes=20))
        revoke(ca, second)
        assert listed(crl(pca, ca)) == []

        clock.shift(timedelta(minutes=9, seconds=59))
        assert listed(crl(pca, ca)) == []
        clock.shift(timedelta(seconds=1))

        assert serial(first) in listed(crl(pca, ca))


def test_with_a_delay_the_first_crl_lags_behind_too(clock: Any) -> None:
    with mock_pca(crl_delay=timedelta(minutes=30)) as pca:
        ca = support.root(pca.client(region_name="us-east-1"))
        arn = issue(ca)
        revoking.update(ca, crl_on())
        revoke(ca, arn)
        assert crls(pca) == {}

        clock.shift(timedelta(minutes=30))

        assert listed(crl(pca, ca)) == [serial(arn)]


def test_an_entry_is_encoded_once_however_often_the_crl_is_written(
    pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[int] = []
    encode = Entry.encode

    def counting(entry: Entry) -> bytes:
        encoded.append(entry.serial_number)
        return encode(entry)

    monkeypatch.setattr(Entry, "encode", counting)
    ca = revoking.root(pca)
    arns = [issue(ca) for _ in range(5)]
    for arn in arns:
        revoke(ca, arn)

    assert len(listed(crl(pca, ca))) == 5
    assert [f"{number:032x}" for number in encoded] == [serial(arn) for arn in arns]


def test_a_crl_is_signed_only_when_somebody_looks(
    pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    make = crl_module.tbs_cert_list

    def counted(**arguments: Any) -> bytes:
        made.append(1)
        return make(**arguments)

    monkeypatch.setattr(crl_module, "tbs_cert_list", counted)
    ca = revoking.root(pca)
    arns = [issue(ca) for _ in range(20)]
    for arn in arns:
        revoke(ca, arn)
    assert made == []

    for _ in range(2):
        assert listed(crl(pca, ca)) == [serial(arn) for arn in reversed(arns)]

    assert made == [1]


def test_a_crl_is_that_of_the_moment_of_its_revocation_whenever_it_is_read(
    clock: Any, pca: PcaMock
) -> None:
    ca = revoking.root(pca)
    arn = issue(ca)
    revoke(ca, arn)
    revoking.set_status(ca, "DISABLED")
    ca.client.delete_certificate_authority(CertificateAuthorityArn=ca.arn)
    clock.shift(_DAY)

    result = parsed(crl(pca, ca))["tbs_cert_list"]

    assert result["this_update"].native == NOW - _HOUR
    assert listed(crl(pca, ca)) == [serial(arn)]


def test_crls_of_a_snapshot_and_later_ones_are_independent(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    first, second, third = (issue(ca) for _ in range(3))
    revoke(ca, first)
    early = pca.snapshot()
    revoke(ca, second)
    late = pca.snapshot()

    pca.restore(early)
    revoke(ca, third)

    assert listed(crl(pca, ca)) == [serial(third), serial(first)]
    pca.restore(late)
    assert listed(crl(pca, ca)) == [serial(second), serial(first)]
    pca.restore(early)
    assert listed(crl(pca, ca)) == [serial(first)]


def test_a_clock_that_goes_back_brings_expired_certificates_back(pca: PcaMock) -> None:
    pca.clock.freeze(NOW)
    ca = revoking.root(pca, ExpirationInDays=2)
    arn = issue(ca, days=3)
    revoke(ca, arn)
    for days in (4, 5):
        pca.clock.move_to(NOW + days * _DAY)
    assert listed(crl(pca, ca)) == []

    pca.clock.move_to(NOW + _DAY)
    revoking.update(ca, crl_on())

    assert listed(crl(pca, ca)) == [serial(arn)]


# Retention


def test_an_expired_certificate_is_in_one_crl_more_and_then_out(clock: Any, pca: PcaMock) -> None:
    ca = revoking.root(pca, ExpirationInDays=2)
    short, long = issue(ca, days=3), issue(ca, days=30)
    revoke(ca, short)
    revoke(ca, long)
    clock.shift(3 * _DAY + timedelta(seconds=1))

    assert listed(crl(pca, ca)) == [serial(long), serial(short)]
    clock.shift(_DAY)
    assert listed(crl(pca, ca)) == [serial(long)]
    clock.shift(_DAY)
    assert listed(crl(pca, ca)) == [serial(long)]


def test_an_expired_certificate_stays_until_a_crl_with_it_is_written(
    clock: Any, pca: PcaMock
) -> None:
    ca = revoking.root(pca, ExpirationInDays=2)
    arn = issue(ca, days=3)
    revoke(ca, arn)
    clock.shift(4 * _DAY)
    pca.buckets.forbid(BUCKET)
    ca.describe()
    pca.buckets.allow(BUCKET)
    clock.shift(timedelta(minutes=15))

    assert listed(crl(pca, ca)) == [serial(arn)]
    clock.shift(_DAY)
    assert listed(crl(pca, ca)) == []


# Failures


def test_a_crl_that_could_not_be_written_is_tried_again_after_15_minutes(
    clock: Any, pca: PcaMock
) -> None:
    ca = revoking.root(pca)
    arn = issue(ca)
    pca.buckets.forbid(BUCKET)

    revoke(ca, arn)
    assert listed(crl(pca, ca)) == []
    pca.buckets.allow(BUCKET)
    clock.shift(timedelta(minutes=14, seconds=59))
    assert listed(crl(pca, ca)) == []
    clock.shift(timedelta(seconds=1))

    assert listed(crl(pca, ca)) == [serial(arn)]


def test_issuing_goes_on_while_the_bucket_is_away(clock: Any, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    pca.buckets.remove(BUCKET)

    arn = issue(ca)

    assert distribution_point(ca.get(arn)[0])
    assert BUCKET not in pca.buckets
    pca.buckets.allow(BUCKET)
    clock.shift(timedelta(minutes=15))
    assert listed(crl(pca, ca)) == []


# Statuses


def test_a_disabled_ca_goes_on_with_its_crl(clock: Any, pca: PcaMock) -> None:
    ca = revoking.root(pca, ExpirationInDays=2)
    issue(ca)
    first = crl(pca, ca)
    revoking.set_status(ca, "DISABLED")

    clock.shift(_DAY)

    assert number(crl(pca, ca)) > number(first)


def test_an_expired_ca_writes_no_crl(clock: Any, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    issue(ca)
    first = crl(pca, ca)

    clock.shift(3660 * _DAY)

    assert ca.status == "EXPIRED"
    assert crl(pca, ca) == first


def test_a_deleted_ca_writes_no_crl_until_it_is_restored(clock: Any, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    issue(ca)
    first = crl(pca, ca)
    revoking.set_status(ca, "DISABLED")
    ca.client.delete_certificate_authority(CertificateAuthorityArn=ca.arn)

    clock.shift(10 * _DAY)
    assert crl(pca, ca) == first
    ca.client.restore_certificate_authority(CertificateAuthorityArn=ca.arn)

    assert number(crl(pca, ca)) > number(first)


def test_a_ca_past_its_restoration_period_writes_no_crl(clock: Any, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    issue(ca)
    first = crl(pca, ca)
    revoking.set_status(ca, "DISABLED")
    ca.client.delete_certificate_authority(CertificateAuthorityArn=ca.arn)

    clock.shift(40 * _DAY)

    assert crl(pca, ca) == first
