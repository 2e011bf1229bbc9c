"""Words for values, moments, algorithms, CAs and certificates."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final

from pca_mock.pki import oids
from pca_mock.state.authority import CertificateAuthority

_LONGEST_VALUE: Final = 64  # characters
_PEM_LABEL: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
_COMMON_NAME: Final = oids.of("id-at-commonName")
_UNITS: Final = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)
_SHORTEST: Final = timedelta(seconds=1)
_ALGORITHMS: Final = {row.api: row.readable for row in (*oids.KEYS, *oids.SIGNATURES)}


def printable(text: str) -> str:
    """Text with escapes for characters that are invisible or turn the direction of writing."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def cut(text: str, longest: int) -> str:
    """Text of at most `longest` characters; a cut is shown by "…"."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def short(value: Any) -> str:
    """A value as text that fits in a line: an ARN's end, the label and the length of PEM."""
    text = printable(repr(value))
    if len(text) <= _LONGEST_VALUE:
        return text
    if isinstance(value, (str, bytes)):
        pem = _PEM_LABEL.search(text)
        if pem is not None:
            unit = "bytes" if isinstance(value, bytes) else "characters"
            return f"<{pem[1]}, {len(value)} {unit}>"
        if text.startswith("'arn:"):
            *_, resource = text[1:-1].split(":", 5)
            if len(resource) > _LONGEST_VALUE - 3:
                resource = "/".join(resource.split("/")[-2:])
            return f"'…{cut(resource, _LONGEST_VALUE - 3)}'"
    half = _LONGEST_VALUE // 2 - 1
    return f"{text[:half]}…{text[-half:]}"


def count(number: int, noun: str) -> str:
    """A number of things: "1 call", "1,000 calls"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def distance(moment: datetime, now: datetime) -> str:
    """How far away a moment is, in the largest unit that fits: "in 365 days", "1 hour ago"."""
    away = abs(moment - now)
    if away < _SHORTEST:
        return "now"
    return f"in {amount(away)}" if moment > now else f"{amount(away)} ago"


def amount(time: timedelta) -> str:
    """An amount of time, of a second or more, in the largest unit that fits: "365 days"."""
    unit, length = next(each for each in _UNITS if time >= each[1])
    return count((time + length / 2) // length, unit)


def algorithm(api_name: str) -> str:
    """A KeyAlgorithm or SigningAlgorithm of the API: "EC P-256", "RSA-PSS with SHA-256" …"""
    return _ALGORITHMS[api_name]


def common_name(ca: CertificateAuthority) -> str:
    """The common name that a CA was created with; empty without one."""
    subject = ca.configuration["Subject"]
    custom = {
        item["ObjectIdentifier"]: item["Value"] for item in subject.get("CustomAttributes", ())
    }
    return subject.get("CommonName") or custom.get(_COMMON_NAME, "")


def name_of(ca: CertificateAuthority) -> str:
    """A name for a CA: its CommonName, Organization, or the first part of its subject."""
    subject = ca.configuration["Subject"]
    texts = [value for value in subject.values() if isinstance(value, str)]
    custom = (item["Value"] for item in subject.get("CustomAttributes", ()))
    named = (common_name(ca), subject.get("Organization"), *texts, *custom)
    return printable(next(name for name in named if name))  # no CA has an empty subject


def validity_of(ca: CertificateAuthority) -> str:
    """The first and the last day of its certificate, in UTC."""
    if ca.installed is None:
        return "no certificate"
    certificate = ca.installed.certificate
    return f"{certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}"


def certificate_status(ca: CertificateAuthority, serial: str, now: datetime) -> str:
    """PENDING, FAILED, REVOKED, EXPIRED or ISSUED: the first one that is true.

    Raises:
        LookupError: the CA has issued no certificate with this serial number.
    """
    certificate = ca.certificates.get(serial)
    if certificate is None:
        raise LookupError(f"{ca.arn} has no certificate {serial}")
    if certificate.progress.is_pending(now):
        return "PENDING"
    if certificate.progress.failure is not None:
        return "FAILED"
    if serial in ca.revocations:
        return "REVOKED"
    return "EXPIRED" if now > certificate.not_after else "ISSUED"
