"""What one mock remembers: by account and region, behind one lock."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from operator import attrgetter
from random import Random
from typing import Final

from pca_mock.arns import AuthorityArn
from pca_mock.clock import Clock
from pca_mock.pki.algorithms import SIGNING_ALGORITHMS, SigningAlgorithm
from pca_mock.settings import Settings
from pca_mock.state.authority import CertificateAuthority
from pca_mock.state.buckets import NoBuckets, ObjectStore
from pca_mock.state.calls import Log
from pca_mock.state.keys import FreshKeys, Keys
from pca_mock.state.plans import Plans
from pca_mock.state.randomness import new_uuid

EARLIEST: Final = datetime.min.replace(tzinfo=timezone.utc)
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

    def new_arn(self, random: Random) -> AuthorityArn:
        """An ARN that no CA has."""
        return AuthorityArn(self.partition, self.region, self.account, new_uuid(random))

    def add(self, ca: CertificateAuthority) -> None:
        """Remember a new CA, the newest of all."""
        self._by_id[ca.arn.ca_id] = ca
        self._in_order.append(ca)

    def remove(self, ca: CertificateAuthority) -> None:
        """Forget a CA for good."""
        del self._by_id[ca.arn.ca_id]
        self._in_order.remove(ca)

    def find(self, arn: AuthorityArn, now: datetime) -> CertificateAuthority | None:
        """The CA with this ARN, if it is here and not beyond restoration."""
        ca = self._by_id.get(arn.ca_id)
        return ca if ca is not None and ca.arn == arn and not ca.is_gone(now) else None

    def has(self, number: int, now: datetime) -> bool:
        """Whether there are so many CAs, or more, that aren't beyond restoration."""
        if len(self._in_order) < number:
            return False
        return sum(not ca.is_gone(now) for ca in self._in_order) >= number

    def after(self, position: int, now: datetime) -> Iterator[CertificateAuthority]:
        """The CAs after a position (0: all), oldest first, but those beyond restoration."""
        start = bisect_right(self._in_order, position, key=attrgetter("position"))
        for index in range(start, len(self._in_order)):
            if not self._in_order[index].is_gone(now):
                yield self._in_order[index]


@dataclass(slots=True)
class State:
    """Everything that one mock remembers.

    Attributes:
        settings: what the user has set.
        buckets: where CRLs and audit reports go.
        publishing: the CAs that have a CRL to publish, in the order in which they got it.
        crls_due_at: before this moment no CRL has to be written.
        created: how many CAs and certificates have been made, in all accounts and regions.
        random: where ids and serials come from.
        signing_algorithms: by name.
        plans: the faults that calls shall meet.
        log: the calls that there were.
        acting_as: the accounts in whose name calls are made, whatever their credentials; the last
            one applies.
        lock: held for the whole of a call, so that what was checked still holds at its end.
    """

    settings: Settings = field(default_factory=Settings)
    publishing: dict[CertificateAuthority, None] = field(default_factory=dict)
    crls_due_at: datetime = EARLIEST
    created: int = 0
    buckets: ObjectStore = field(default_factory=NoBuckets)
    clock: Clock = field(default_factory=Clock)
    keys: Keys = field(default_factory=FreshKeys)
    random: Random = field(default_factory=Random)
    signing_algorithms: Mapping[str, SigningAlgorithm] = field(
        default_factory=lambda: SIGNING_ALGORITHMS
    )
    plans: Plans = field(default_factory=Plans)
    log: Log = field(default_factory=Log)
    acting_as: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _stores: dict[tuple[str, str], Store] = field(default_factory=dict)

    def stores_in(self, region: str) -> list[Store]:
        """The parts of all accounts in a region."""
        return [store for store in self._stores.values() if store.region == region]

    def all_authorities(self) -> Iterator[CertificateAuthority]:
        """Every CA of every account and region."""
        return (ca for store in self._stores.values() for ca in store._in_order)

    def forget(self, ca: CertificateAuthority) -> None:
        """Remove a CA without a trace, behind the API's back: it never was, and has no status."""
        with self.lock:
            self._stores[ca.arn.region, ca.arn.account].remove(ca)
            self.publishing.pop(ca, None)

    def find(self, arn: AuthorityArn) -> CertificateAuthority | None:
        """The CA with this ARN, wherever it is, if it isn't beyond restoration."""
        store = self._stores.get((arn.region, arn.account))
        return store.find(arn, self.clock.now()) if store is not None else None

    def store(self, partition: str, region: str, account: str) -> Store:
        """The part that belongs to an account in a region."""
        key = (region, account)
        if key not in self._stores:
            self._stores[key] = Store(partition, region, account)
        return self._stores[key]
