"""How long certificates live: IssueCertificate's Validity and ValidityNotBefore."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

import pytest
import time_machine

from tests import oracles, support, wire
from tests.issuance import ForeignRoot, raw_csr, unvalidating
from tests.refusals import refused
from tests.support import Ca

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pca_mock import PcaMock

_NOW: Final = datetime(2026, 11, 23, 14, 25, 49, tzinfo=timezone.utc)
_HOUR, _DAY, _SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
_TOO_LONG: Final = "The certificate validity specified exceeds the CA validity."
_CSR: Final = raw_csr()


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """A frozen time, with a fraction of a second that no certificate shows."""
    with time_machine.travel(_NOW.replace(microsecond=987_654), tick=False) as traveller:
        yield traveller


@pytest.fixture
def root(pca: PcaMock) -> Ca:
    """An active root CA whose certificate outlives everything."""
    return support.root(pca.client(region_name="us-east-1"), validity=_until(_FOREVER))


_FOREVER: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc)


def _until(moment: datetime) -> Any:
    return {"Type": "ABSOLUTE", "Value": int(moment.timestamp())}


def _days(value: int) -> Any:
    return {"Type": "DAYS", "Value": value}


def _ends(certificate: str) -> tuple[datetime, datetime]:
    validity = oracles.certificate(certificate)["tbs_certificate"]["validity"].native
    return validity["not_before"], validity["not_after"]


@pytest.mark.parametrize(
    ("kind", "value", "not_after"),
    [
        ("DAYS", 365, datetime(2027, 11, 23, 14, 25, 49)),
        ("MONTHS", 13, datetime(2027, 12, 23, 14, 25, 49)),
        ("YEARS", 24, datetime(2050, 11, 23, 14, 25, 49)),
        ("ABSOLUTE", 2524608000, datetime(2050, 1, 1)),
        ("END_DATE", 20491231235959, datetime(2049, 12, 31, 23, 59, 59)),
        ("END_DATE", 491231235959, datetime(2049, 12, 31, 23, 59, 59)),
    ],
)
def test_validity_starts_an_hour_ago_and_ends_as_requested(
    kind: str, value: int, not_after: datetime, root: Ca
) -> None:
    certificate = root.issued(_CSR, Validity={"Type": kind, "Value": value})

    assert _ends(certificate) == (_NOW - _HOUR, not_after.replace(tzinfo=timezone.utc))


def test_each_end_is_written_in_the_form_of_its_year(root: Ca) -> None:
    start = datetime(2050, 1, 1, tzinfo=timezone.utc)

    certificates = [
        root.issued(_CSR, Validity=_until(start - _SECOND)),
        root.issued(_CSR, Validity=_until(start)),
        root.issued(_CSR, Validity=_until(_FOREVER), ValidityNotBefore=_until(start)),
    ]

    assert [
        oracles.certificate(pem)["tbs_certificate"]["validity"].dump().hex() for pem in certificates
    ] == [
        "301e170d3236313132333133323534395a170d3439313233313233353935395a",
        "3020170d3236313132333133323534395a180f32303530303130313030303030305a",
        "3022180f32303530303130313030303030305a180f39393939313233313233353935395a",
    ]


# ValidityNotBefore


@pytest.mark.parametrize(
    "start",
    [
        datetime(1970, 1, 1, 0, 0, 1, tzinfo=timezone.utc),
        _NOW - 400 * _DAY,
        _NOW,
        _NOW + 300 * _DAY,
        _NOW + 365 * _DAY - _SECOND,
    ],
)
def test_a_requested_start_replaces_the_hour_and_keeps_the_end(start: datetime, root: Ca) -> None:
    certificate = root.issued(_CSR, Validity=_days(365), ValidityNotBefore=_until(start))

    assert _ends(certificate) == (start, _NOW + 365 * _DAY)


@pytest.mark.parametrize("start", [_NOW + 365 * _DAY, _NOW + 366 * _DAY])
def test_the_start_must_come_before_the_end(start: datetime, pca: PcaMock, root: Ca) -> None:
    with refused("ValidationException", pca):
        root.issue(_CSR, Validity=_days(365), ValidityNotBefore=_until(start))


@pytest.mark.parametrize(
    ("kind", "value"), [("END_DATE", 20261124000000), ("DAYS", 1), ("MONTHS", 1), ("YEARS", 1)]
)
def test_a_start_can_only_be_an_absolute_moment(
    kind: Any, value: int, pca: PcaMock, root: Ca
) -> None:
    with refused("ValidationException", pca):
        root.issue(_CSR, Validity=_days(900), ValidityNotBefore={"Type": kind, "Value": value})


def test_a_start_after_the_year_9999_is_refused(pca: PcaMock, root: Ca) -> None:
    with refused("ValidationException", pca):
        root.issue(_CSR, ValidityNotBefore={"Type": "ABSOLUTE", "Value": 253402300800})


def test_the_start_may_lie_before_that_of_the_issuer(pca: PcaMock) -> None:
    ca = support.pending(pca.client(region_name="us-east-1"), "SUBORDINATE")
    ForeignRoot().install_at(ca, not_before=_NOW.replace(tzinfo=None))

    by_default = ca.issued(_CSR)
    asked_for = ca.issued(_CSR, ValidityNotBefore=_until(_NOW - 2 * _DAY))

    assert _ends(by_default)[0] == _NOW - _HOUR
    assert _ends(asked_for)[0] == _NOW - 2 * _DAY


# Limits


def test_a_certificate_may_end_with_its_issuer_but_not_after(pca: PcaMock) -> None:
    root = support.root(pca.client(region_name="us-east-1"), validity=_days(100))
    end = _ends(root.certificate())[1]
    assert end == _NOW + 100 * _DAY

    for template in ("EndEntityCertificate", "SubordinateCACertificate_PathLen0"):
        assert _ends(root.issued(_CSR, template, Validity=_until(end)))[1] == end
        with refused("ValidationException", pca, match=_TOO_LONG):
            root.issue(_CSR, template, Validity=_until(end + _SECOND))


@pytest.mark.parametrize(
    "validity",
    [_days(101), {"Type": "MONTHS", "Value": 4}, {"Type": "YEARS", "Value": 1}],
)
def test_no_kind_of_validity_gets_past_the_issuers_end(validity: Any, pca: PcaMock) -> None:
    root = support.root(pca.client(region_name="us-east-1"), validity=_days(100))

    with refused("ValidationException", pca, match=_TOO_LONG):
        root.issue(_CSR, Validity=validity)


@pytest.mark.parametrize(
    "template", ["EndEntityCertificate", "RootCACertificate", "SubordinateCACertificate_PathLen0"]
)
def test_a_certificate_ends_in_the_future(template: str, pca: PcaMock, root: Ca) -> None:
    csr = root.csr() if template == "RootCACertificate" else _CSR

    for past in (_NOW, _NOW - _SECOND, datetime(1970, 1, 1, 0, 0, 1, tzinfo=timezone.utc)):
        with refused("ValidationException", pca):
            root.issue(csr, template, Validity=_until(past))
    with refused("ValidationException", pca):
        root.issue(csr, template, Validity={"Type": "END_DATE", "Value": 500101000000})

    for future in (_NOW + _SECOND, _NOW + timedelta(minutes=10)):
        assert _ends(root.issued(csr, template, Validity=_until(future)))[1] == future


@pytest.mark.parametrize(
    ("kind", "value"), [("YEARS", 7974), ("DAYS", 2**62), ("END_DATE", 20270230000000)]
)
def test_a_validity_without_a_moment_is_refused(
    kind: Any, value: int, pca: PcaMock, root: Ca
) -> None:
    with refused("ValidationException", pca):
        root.issue(_CSR, Validity={"Type": kind, "Value": value})


def test_a_value_is_at_least_one(pca: PcaMock, root: Ca) -> None:
    lenient = Ca(unvalidating(pca), root.arn)

    for value in (0, -1):
        message = (
            f"1 validation error detected: Value '{value}' at 'validity.value' failed to satisfy "
            "constraint: Member must have value greater than or equal to 1"
        )
        with refused("ValidationException", pca, match=message):
            lenient.issue(_CSR, Validity=_days(value))
    with refused("ValidationException", pca):
        lenient.issue(_CSR, ValidityNotBefore={"Type": "ABSOLUTE", "Value": 0})


@wire.not_in_cbor
def test_a_value_is_a_whole_number_of_64_bits(pca: PcaMock, root: Ca) -> None:
    lenient = Ca(unvalidating(pca), root.arn)

    for value in (2**63, "1", 1.5):
        with refused("SerializationException", pca):
            lenient.issue(_CSR, Validity={"Type": "DAYS", "Value": value})


@pytest.mark.parametrize("member", ["Validity", "ValidityNotBefore"])
def test_a_kind_of_validity_that_does_not_exist_is_refused(
    member: str, pca: PcaMock, root: Ca
) -> None:
    more: Any = {member: {"Type": "WEEKS", "Value": 1}}

    with refused("ValidationException", pca):
        root.issue(_CSR, **more)


def test_the_new_end_of_a_renewed_ca_is_the_limit(pca: PcaMock) -> None:
    root = support.root(pca.client(region_name="us-east-1"), validity=_days(100))
    with refused("ValidationException", pca, match=_TOO_LONG):
        root.issue(_CSR, Validity=_days(101))

    root.install(root.issued(root.csr(), "RootCACertificate", Validity=_days(200)))

    root.issue(_CSR, Validity=_days(101))


def test_the_ends_of_the_ancestors_are_not_looked_at(pca: PcaMock) -> None:
    ca = support.pending(pca.client(region_name="us-east-1"), "SUBORDINATE")
    ForeignRoot(not_after=datetime(2027, 1, 1)).install_at(ca, not_after=datetime(2028, 1, 1))

    certificate = ca.issued(_CSR, Validity=_days(365))

    assert _ends(certificate)[1] == datetime(2027, 11, 23, 14, 25, 49, tzinfo=timezone.utc)


# Root certificates, short-lived certificates


def test_a_root_may_have_any_validity(root: Ca) -> None:
    for years in (1, 365, 7973):
        certificate = root.issued(
            root.csr(), "RootCACertificate", Validity={"Type": "YEARS", "Value": years}
        )

        assert _ends(certificate)[1] == _NOW.replace(year=2026 + years)


def test_a_root_outlives_the_certificate_that_it_has(pca: PcaMock) -> None:
    root = support.root(pca.client(region_name="us-east-1"), validity=_days(1))

    renewed = root.issued(root.csr(), "RootCACertificate", Validity=_days(2))

    assert _ends(renewed)[1] == _NOW + 2 * _DAY


def test_an_expired_root_renews_itself_and_issues_again(
    clock: time_machine.Traveller, pca: PcaMock
) -> None:
    root = support.root(pca.client(region_name="us-east-1"), validity=_days(1))
    clock.shift(2 * _DAY)
    assert root.status == "EXPIRED"

    root.install(root.issued(root.csr(), "RootCACertificate", Validity=_days(10)))

    assert root.status == "ACTIVE"
    assert root.issue(_CSR, Validity=_days(10))


def test_short_lived_certificates_end_within_seven_days_from_now(pca: PcaMock) -> None:
    client = pca.client(region_name="us-east-1")
    root = support.root(client, UsageMode="SHORT_LIVED_CERTIFICATE")

    certificate = root.issued(_CSR, Validity=_days(7))

    assert _ends(certificate) == (_NOW - _HOUR, _NOW + 7 * _DAY)
    for validity in (_until(_NOW + 7 * _DAY + _SECOND), _days(8), {"Type": "MONTHS", "Value": 1}):
        with refused("ValidationException", pca):
            root.issue(_CSR, Validity=validity)
    with refused("ValidationException", pca):
        root.issue(_CSR, Validity=_days(8), ValidityNotBefore=_until(_NOW + 7 * _DAY))


def test_the_seven_days_do_not_bind_other_cas_or_the_root_itself(pca: PcaMock) -> None:
    client = pca.client(region_name="us-east-1")
    short_lived = support.pending(client, UsageMode="SHORT_LIVED_CERTIFICATE")

    certificate = short_lived.issued(short_lived.csr(), "RootCACertificate", Validity=_days(8))

    assert _ends(certificate)[1] == _NOW + 8 * _DAY
    assert support.root(client).issue(_CSR, Validity=_days(8))
