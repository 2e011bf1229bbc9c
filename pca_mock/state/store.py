"""What one mock remembers: by account and region, behind one lock."""

from __future__ import annotations

import secrets
import threading
import uuid
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from pca_mock.arns import AuthorityArn
from pca_mock.clock import Clock
from pca_mock.state.authority import CertificateAuthority
from pca_mock.state.keys import FreshKeys

# API_CreateCertificateAuthority, API_IssueCertificate: how long an idempotency token counts.
TOKEN_LIFETIME: Final = timedelta(minutes=5)


@dataclass(slots=True)
class Tokens:
    """Idempotency tokens of one account and region, each with the ARN that it stands for."""

    _known: dict[tuple[str, ...], tuple[datetime, str]] = field(default_factory=dict)

    def find(self, now: datetime, *scope: str) -> str | None:
        """The ARN that was answered to this token, operation and CA less than five minutes ago."""
        used_at, arn = self._known.get(scope, (now - TOKEN_LIFETIME, ""))
        return arn if now - used_at < TOKEN_LIFETIME else None

    def remember(self, now: datetime, arn: str, *scope: str) -> None:
        """Keep the answer to a token from now on."""
        self._known[scope] = (now, arn)


@dataclass(slots=True)
class Store:
    """One account in one region."""

    partition: str
    region: str
    account: str
    tokens: Tokens = field(default_factory=Tokens)
    _by_id: dict[str, CertificateAuthority] = field(default_factory=dict)
    _in_order: list[CertificateAuthority] = field(default_factory=list)
    _created: int = 0

    def new_arn(self) -> AuthorityArn:
        """An ARN that no CA has."""
        return AuthorityArn(self.partition, self.region, self.account, str(uuid.uuid4()))

    def next_position(self) -> int:
        """The place in the order of creation that the next CA gets, from 1 up."""
        return self._created + 1

    def add(self, ca: CertificateAuthority) -> None:
        """Remember a new CA."""
        self._created = ca.position
        self._by_id[ca.arn.ca_id] = ca
        self._in_order.append(ca)

    def find(self, arn: AuthorityArn) -> CertificateAuthority | None:
        """The CA with this ARN, if it is here."""
        ca = self._by_id.get(arn.ca_id)
        return ca if ca is not None and ca.arn == arn else None

    def after(self, position: int, limit: int) -> list[CertificateAuthority]:
        """At most `limit` CAs in the order of creation, those after a position (0: the first)."""
        start = bisect_right(self._in_order, position, key=attrgetter("position"))
        return self._in_order[start : start + limit]


@dataclass(slots=True)
class State:
    """Everything that one mock remembers.

    Attributes:
        lock: held for the whole of a call, so that what was checked still holds at its end.
    """

    clock: Clock = field(default_factory=Clock)
    keys: FreshKeys = field(default_factory=FreshKeys)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _stores: dict[tuple[str, str], Store] = field(default_factory=dict)

    def store(self, partition: str, region: str, account: str) -> Store:
        """The part that belongs to an account in a region."""
        key = (region, account)
        if key not in self._stores:
            self._stores[key] = Store(partition, region, account)
        return self._stores[key]


def new_serial_number() -> int:
    """128 random bits, the first four of which are not all zero: always 32 hex digits."""
    while True:
        serial_number = secrets.randbits(128)
        if serial_number >> 124:
            return serial_number
