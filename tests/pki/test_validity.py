"""From a Validity to a moment, and from a moment to the bytes in a certificate."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

import pytest
from asn1crypto import x509 as asn1_x509
from hypothesis import given
from hypothesis import strategies as st

from pca_mock.errors import ValidationException
from pca_mock.pki import der, validity

_ANY: Final = "2026-11-23T14:25:49Z"


def _utc(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("issued_at", "kind", "value", "not_after"),
    [
        ("2026-11-23T14:25:49Z", "DAYS", 1, "2026-11-24T14:25:49Z"),
        ("2026-11-23T14:25:49Z", "DAYS", 365, "2027-11-23T14:25:49Z"),
        ("2020-10-12T12:34:54Z", "DAYS", 90, "2021-01-10T12:34:54Z"),
        ("2024-02-29T10:00:00Z", "DAYS", 365, "2025-02-28T10:00:00Z"),
        ("2026-01-31T00:00:00Z", "MONTHS", 1, "2026-02-28T00:00:00Z"),
        ("2024-01-31T00:00:00Z", "MONTHS", 1, "2024-02-29T00:00:00Z"),
        ("2026-01-31T00:00:00Z", "MONTHS", 3, "2026-04-30T00:00:00Z"),
        ("2026-08-31T12:00:00Z", "MONTHS", 13, "2027-09-30T12:00:00Z"),
        ("2026-12-31T23:59:59Z", "MONTHS", 2, "2027-02-28T23:59:59Z"),
        ("2024-02-29T10:00:00Z", "YEARS", 1, "2025-02-28T10:00:00Z"),
        ("2024-02-29T10:00:00Z", "YEARS", 4, "2028-02-29T10:00:00Z"),
        ("2026-02-28T10:00:00Z", "YEARS", 2, "2028-02-28T10:00:00Z"),
        ("2019-10-28T14:28:05Z", "YEARS", 30, "2049-10-28T14:28:05Z"),
        ("2026-11-23T14:25:49Z", "YEARS", 24, "2050-11-23T14:25:49Z"),
        (_ANY, "END_DATE", 491231235959, "2049-12-31T23:59:59Z"),
        (_ANY, "END_DATE", 500101000000, "1950-01-01T00:00:00Z"),
        (_ANY, "END_DATE", 20500101000000, "2050-01-01T00:00:00Z"),
        (_ANY, "END_DATE", 10203040506, "2001-02-03T04:05:06Z"),
        (_ANY, "END_DATE", 99991231235959, "9999-12-31T23:59:59Z"),
        (_ANY, "ABSOLUTE", 1, "1970-01-01T00:00:01Z"),
        (_ANY, "ABSOLUTE", 2524608000, "2050-01-01T00:00:00Z"),
        (_ANY, "ABSOLUTE", 253402300799, "9999-12-31T23:59:59Z"),
        ("2026-11-23T14:25:49Z", "YEARS", 7973, "9999-11-23T14:25:49Z"),
    ],
)
def test_a_validity_ends_at_the_documented_moment(
    issued_at: str, kind: str, value: int, not_after: str
) -> None:
    assert validity.resolve(kind, value, _utc(issued_at)) == _utc(not_after)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("YEARS", 7974),
        ("YEARS", 2**63 - 1),
        ("MONTHS", 12 * 7974),
        ("MONTHS", 2**63 - 1),
        ("DAYS", 3_000_000),
        ("DAYS", 2**63 - 1),
        ("ABSOLUTE", 253402300800),
        ("ABSOLUTE", 2**63 - 1),
        ("END_DATE", 1),
        ("END_DATE", 1231235959),  # ten digits
        ("END_DATE", 2049123123595),  # thirteen
        ("END_DATE", 204912312359590),  # fifteen
        ("END_DATE", 20491331235959),  # month 13
        ("END_DATE", 20490031235959),  # month 0
        ("END_DATE", 20490230235959),  # 30 February
        ("END_DATE", 20490229235959),  # 29 February, not a leap year
        ("END_DATE", 20491200235959),  # day 0
        ("END_DATE", 20491231240000),  # hour 24
        ("END_DATE", 20491231236000),  # minute 60
        ("END_DATE", 20491231235960),  # second 60
    ],
)
def test_a_validity_without_a_moment_is_refused(kind: str, value: int) -> None:
    with pytest.raises(ValidationException):
        validity.resolve(kind, value, _utc(_ANY))


def _between(first: int, last: int) -> st.SearchStrategy[datetime]:
    """Moments from the start of a year to the end of another: UTC, whole seconds."""
    return st.datetimes(
        min_value=datetime(first, 1, 1),
        max_value=datetime(last, 12, 31, 23, 59, 59),
        timezones=st.just(timezone.utc),
    ).map(lambda moment: moment.replace(microsecond=0))


_MOMENTS: Final = _between(1970, 2999)


@given(_MOMENTS, st.integers(1, 12 * 500))
def test_months_keep_the_day_or_take_the_last_one(issued_at: datetime, months: int) -> None:
    not_after = validity.resolve("MONTHS", months, issued_at)

    whole_months = 12 * (not_after.year - issued_at.year) + not_after.month - issued_at.month
    assert whole_months == months
    assert not_after.time() == issued_at.time()
    if not_after.day != issued_at.day:
        assert not_after.day < issued_at.day
        assert (not_after + timedelta(days=1)).day == 1


@given(_MOMENTS)
def test_an_end_date_is_read_as_it_is_written(moment: datetime) -> None:
    assert validity.resolve("END_DATE", int(f"{moment:%Y%m%d%H%M%S}"), _utc(_ANY)) == moment
    assert validity.resolve("ABSOLUTE", int(moment.timestamp()), _utc(_ANY)) == moment


# The year 2000 is left out: as a number it has lost both of its digits.
@given(_between(1950, 1999) | _between(2001, 2049))
def test_two_digits_of_a_year_mean_1950_to_2049(moment: datetime) -> None:
    short = int(f"{moment:%y%m%d%H%M%S}")

    assert validity.resolve("END_DATE", short, _utc(_ANY)) == moment


@pytest.mark.parametrize(
    ("moment", "encoded"),
    [
        ("2049-12-31T23:59:59Z", "170d3439313233313233353935395a"),
        ("2050-01-01T00:00:00Z", "180f32303530303130313030303030305a"),
        ("1970-01-01T00:00:01Z", "170d3730303130313030303030315a"),
        ("9999-12-31T23:59:59Z", "180f39393939313233313233353935395a"),
    ],
)
def test_a_moment_is_written_in_the_form_of_rfc_5280(moment: str, encoded: str) -> None:
    assert der.time(_utc(moment)).hex() == encoded


@given(_MOMENTS)
def test_asn1crypto_reads_the_moment_that_was_written(moment: datetime) -> None:
    assert asn1_x509.Time.load(der.time(moment), strict=True).native == moment
