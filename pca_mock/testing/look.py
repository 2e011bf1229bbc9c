"""What there is to see: the hierarchy of the CAs, and how a certificate is doing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from pca_mock.state.authority import CertificateAuthority
from pca_mock.state.store import State


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
    tops: list[Branch] = []
    for branch in branches:
        installed = branch.ca.installed
        above = by_key.get(installed.chain[0].spki) if installed and installed.chain else None
        (above.below if above is not None else tops).append(branch)
    return tops


def flattened(branches: list[Branch], depth: int = 0) -> Iterator[tuple[int, CertificateAuthority]]:
    """Each CA with its depth, a CA before those below it."""
    for branch in branches:
        yield depth, branch.ca
        yield from flattened(branch.below, depth + 1)


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
    """What a CA is called: its CommonName, else the first part of its subject, else its id."""
    subject = ca.configuration["Subject"]
    texts = [value for value in subject.values() if isinstance(value, str)]
    return str(subject.get("CommonName") or (texts[0] if texts else ca.arn.ca_id))


def validity_of(ca: CertificateAuthority) -> str:
    """From when to when its certificate is valid: days in UTC."""
    if ca.installed is None:
        return "no certificate"
    certificate = ca.installed.certificate
    return f"{certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}"
