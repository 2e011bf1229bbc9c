"""The arithmetic of Validity: from the API's pair of type and value to a moment.

Sources: API_Validity, API_IssueCertificate (Validity, ValidityNotBefore); RFC 5280 section 4.1.2.5.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Final

from pca_mock.errors import ValidationException

# How far notBefore lies before the issuance, unless the request has ValidityNotBefore.
BACKDATING: Final = timedelta(hours=1)


def resolve(kind: str, value: int, issued_at: datetime) -> datetime:
    """The moment at which a Validity ends.

    Args:
        kind: END_DATE, ABSOLUTE, DAYS, MONTHS or YEARS.
        value: digits of a date, seconds since 1970, or a number of units from `issued_at`.
        issued_at: the moment of issuance: UTC, whole seconds.

    Raises:
        ValidationException: no such date, or one after the year 9999.
    """
    try:
        return _KINDS[kind](value, issued_at)
    # OPEN RULE latest-date
    except (ValueError, OverflowError):
        raise ValidationException(f"The value {value} is not a valid {kind}.") from None


# OPEN RULE end-date-digits
def _end_date(value: int, _: datetime) -> datetime:
    """YYYYMMDDHHMMSS, or YYMMDDHHMMSS with years 1950 to 2049 (a leading zero may be lost)."""
    digits = str(value)
    if len(digits) in (11, 12):
        digits = digits.zfill(12)
        digits = ("19" if digits >= "50" else "20") + digits
    if len(digits) != 14:
        raise ValueError(digits)
    fields = [int(digits[:4]), *(int(digits[i : i + 2]) for i in range(4, 14, 2))]
    return datetime(*fields, tzinfo=timezone.utc)  # type: ignore[arg-type,misc]


def _absolute(value: int, _: datetime) -> datetime:
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=value)


def _days(value: int, issued_at: datetime) -> datetime:
    return issued_at + timedelta(days=value)


def _months(value: int, issued_at: datetime) -> datetime:
    years, month = divmod(issued_at.month - 1 + value, 12)
    year, month = issued_at.year + years, month + 1
    # A day that the month doesn't have becomes its last one.
    day = min(issued_at.day, calendar.monthrange(year, month)[1])
    return issued_at.replace(year=year, month=month, day=day)


def _years(value: int, issued_at: datetime) -> datetime:
    return _months(12 * value, issued_at)


_KINDS: Final[dict[str, Callable[[int, datetime], datetime]]] = {
    "END_DATE": _end_date,
    "ABSOLUTE": _absolute,
    "DAYS": _days,
    "MONTHS": _months,
    "YEARS": _years,
}
