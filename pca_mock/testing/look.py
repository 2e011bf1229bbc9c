"""What there is to see: the hierarchy of the CAs, and how a certificate is doing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from pca_mock.state.authority import CertificateAuthority
from pca_mock.state.store import State

_COMMON_NAME: Final = "2.5.4.3"
_UNITS: Final = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)


@dataclass(slots=True)
class Branch:
    """A CA and the CAs below it, oldest first."""

    ca: CertificateAuthority
    below: list[Branch] = field(default_factory=list)


def hierarchy(state: State) -> list[Branch]:
    """The CAs of a mock as trees; at their tops those that no other CA here has signed."""
    now = state.clock.now()
    branches = [
        Branch(ca)
        for ca in sorted(state.all_authorities(), key=lambda ca: ca.position)
        if not ca.is_gone(now)
    ]
    by_key = {branch.ca.spki: branch for branch in branches}
    above: dict[bytes, Branch] = {}
    for branch in reversed(branches):
        signer = _signer(branch, by_key)
        # CAs can have signed each other in a circle, which is cut above its oldest one.
        if signer is not None and all(link is not branch for link in _upwards(signer, above)):
            above[branch.ca.spki] = signer
    tops: list[Branch] = []
    for branch in branches:
        signer = above.get(branch.ca.spki)
        (tops if signer is None else signer.below).append(branch)
    return tops


def _signer(branch: Branch, by_key: dict[bytes, Branch]) -> Branch | None:
    installed = branch.ca.installed
    return by_key.get(installed.chain[0].spki) if installed and installed.chain else None


def _upwards(branch: Branch, above: dict[bytes, Branch]) -> Iterator[Branch]:
    link: Branch | None = branch
    while link is not None:
        yield link
        link = above.get(link.ca.spki)


def flattened(branches: list[Branch]) -> Iterator[tuple[int, CertificateAuthority]]:
    """Each CA with its depth, a CA before those below it."""
    waiting = [(0, branch) for branch in reversed(branches)]
    while waiting:
        depth, branch = waiting.pop()
        yield depth, branch.ca
        waiting += [(depth + 1, lower) for lower in reversed(branch.below)]


def certificate_status(ca: CertificateAuthority, serial: str, now: datetime) -> str:
    """PENDING, FAILED, REVOKED, EXPIRED or ISSUED: the first one that is so."""
    certificate = ca.certificates.get(serial)
    available_at = certificate.available_at if certificate is not None else ca.failed.get(serial)
    if available_at is None:
        raise LookupError(f"{ca.arn} has no certificate {serial}")
    if now < available_at or ca.is_held(serial):
        return "PENDING"
    if certificate is None:
        return "FAILED"
    if serial in ca.revocations:
        return "REVOKED"
    return "EXPIRED" if now > certificate.not_after else "ISSUED"


def name_of(ca: CertificateAuthority) -> str:
    """What a CA is called: its CommonName, Organization, or the first part of its subject."""
    subject = ca.configuration["Subject"]
    custom = {
        item["ObjectIdentifier"]: item["Value"] for item in subject.get("CustomAttributes", ())
    }
    texts = [value for value in subject.values() if isinstance(value, str)]
    named = (
        subject.get("CommonName"),
        custom.get(_COMMON_NAME),
        subject.get("Organization"),
        *texts,
        *custom.values(),
    )
    return printable(next(name for name in named if name))  # no CA has an empty subject


def validity_of(ca: CertificateAuthority) -> str:
    """From when to when its certificate is valid: days in UTC."""
    if ca.installed is None:
        return "no certificate"
    certificate = ca.installed.certificate
    return f"{certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}"


def distance(moment: datetime, now: datetime) -> str:
    """How far away a moment is, in the largest unit that fits: "in 365 days", "1 hour ago"."""
    away = abs(moment - now)
    for unit, length in _UNITS:
        if away >= length:
            number = (away + length / 2) // length
            words = f"{number:,} {unit}{'s' if number > 1 else ''}"
            return f"in {words}" if moment > now else f"{words} ago"
    return "now"


def printable(text: str) -> str:
    """Text in which what cannot be seen, or turns the direction of writing, is a visible escape."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
