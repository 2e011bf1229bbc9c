"""The state of one mock: by account and region, behind one lock; and its snapshots."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from random import Random
from typing import Final

from pca_mock.arns import AuthorityArn
from pca_mock.clock import EARLIEST, Clock, Setting, set_to, setting_of
from pca_mock.locks import new_rlock
from pca_mock.pki import ocsp
from pca_mock.pki.algorithms import SIGNING_ALGORITHMS, SigningAlgorithm
from pca_mock.pki.csr import public_key_bits
from pca_mock.settings import Settings, default_account_id
from pca_mock.state.authority import CertificateAuthority
from pca_mock.state.buckets import KeptObjects, NoBuckets, ObjectStore
from pca_mock.state.calls import KeptCalls, Log
from pca_mock.state.enforcement import Enforcement
from pca_mock.state.events import Feed, KeptFeed
from pca_mock.state.journal import Journal
from pca_mock.state.keys import FreshKeys, Keys
from pca_mock.state.managed import Managed
from pca_mock.state.plans import KeptPlans, Plans
from pca_mock.state.randomness import new_uuid
from pca_mock.state.tokens import Tokens
from pca_mock.structures import OnlyOnce

_chosen_id: Final[ContextVar[str | None]] = ContextVar("pca_mock_chosen_id", default=None)


@contextmanager
def choosing_id(ca_id: str | None) -> Iterator[None]:
    """Give the next CA that this thread creates in the block a certain id; None for a random one.

    No request of the API has such a member.
    """
    token = _chosen_id.set(ca_id)
    try:
        yield
    finally:
        _chosen_id.reset(token)


@dataclass(slots=True)
class Store:
    """One account in one region."""

    partition: str
    region: str
    account: str
    tokens: Tokens = field(default_factory=Tokens)
    _by_id: dict[str, CertificateAuthority] = field(default_factory=dict)
    _in_order: list[CertificateAuthority] = field(default_factory=list)
    _ids_by_key_hash: dict[bytes, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._in_order)

    def __iter__(self) -> Iterator[CertificateAuthority]:
        """All CAs, oldest first."""
        return iter(self._in_order)

    def __contains__(self, arn: object) -> bool:
        """Whether there is a CA with this ARN, even past its restoration period."""
        return isinstance(arn, AuthorityArn) and arn.ca_id in self._by_id

    def copy(self) -> Store:
        """A copy with copies of the CAs, for a snapshot."""
        copies = [ca.copy() for ca in self._in_order]
        return replace(
            self,
            tokens=self.tokens.copy(),
            _by_id={ca.arn.ca_id: ca for ca in copies},
            _in_order=copies,
            _ids_by_key_hash=dict(self._ids_by_key_hash),
        )

    def has_id(self, ca_id: str) -> bool:
        """Whether there is a CA with this id, or was one that could be restored."""
        return ca_id in self._by_id

    def add(self, ca: CertificateAuthority) -> None:
        """Remember a new CA, the newest of all."""
        self._by_id[ca.arn.ca_id] = ca
        self._in_order.append(ca)
        for key_hash in _key_hashes(ca):
            self._ids_by_key_hash[key_hash] = ca.arn.ca_id

    def remove(self, ca: CertificateAuthority) -> None:
        """Forget a CA for good."""
        del self._by_id[ca.arn.ca_id]
        self._in_order.remove(ca)
        for key_hash in _key_hashes(ca):
            self._ids_by_key_hash.pop(key_hash, None)

    def find(self, arn: AuthorityArn, now: datetime) -> CertificateAuthority | None:
        """The CA with this ARN; None if there is none, or it is past its restoration period."""
        ca = self._by_id.get(arn.ca_id)
        return ca if ca is not None and ca.arn == arn and not ca.is_gone(now) else None

    def find_by_key_hash(self, key_hash: bytes) -> CertificateAuthority | None:
        """The CA whose public key has this hash, as OCSP requests name it."""
        return self._by_id.get(self._ids_by_key_hash.get(key_hash, ""))

    def has(self, number: int, now: datetime) -> bool:
        """Whether there are at least this many CAs, without those past their restoration period."""
        if len(self._in_order) < number:
            return False
        return sum(not ca.is_gone(now) for ca in self._in_order) >= number

    def after(self, position: int, now: datetime) -> Iterator[CertificateAuthority]:
        """The CAs after a position (0: all) within their restoration period, oldest first."""
        start = bisect_right(self._in_order, position, key=attrgetter("position"))
        for index in range(start, len(self._in_order)):
            if not self._in_order[index].is_gone(now):
                yield self._in_order[index]


def _key_hashes(ca: CertificateAuthority) -> list[bytes]:
    return ocsp.key_hashes(public_key_bits(ca.spki))


@dataclass(frozen=True, slots=True, repr=False)
class Snapshot(OnlyOnce):
    """A mock's state at a moment, from `PcaMock.snapshot` for `PcaMock.restore`. It never changes.

    Records that never change are shared with the mocks; the others are copied, with their dicts.
    So a snapshot costs little more than a dict entry for each certificate.

    Attributes:
        stores: by region and account.
        publishing: the CAs that have CRLs to publish, which are in the stores, too.
        managed: ACM's private certificates.
        created: the number of CAs and certificates made so far.
        buckets: the objects in memory instead of S3, and which buckets were closed.
        random: the position of a seeded source of random numbers.
        clock: the setting of the clock.
        plans: the planned faults, and how much of each was left.
        log: the calls.
        events: what has happened, as far as AWS reports it to other services.
    """

    stores: Mapping[tuple[str, str], Store]
    publishing: Mapping[str, CertificateAuthority]
    managed: Managed
    created: int
    buckets: KeptObjects
    random: tuple[object, ...] | None
    clock: Setting
    plans: KeptPlans
    log: KeptCalls
    events: KeptFeed

    def __repr__(self) -> str:
        return f"<Snapshot of {sum(map(len, self.stores.values()))} CAs>"


@dataclass(slots=True)
class State(OnlyOnce):
    """Everything that one mock remembers.

    Attributes:
        settings: the user's options.
        account_id: of calls whose credentials name no account.
        buckets: where CRLs and audit reports go.
        publishing: the CAs that have CRLs to publish, by the names of these: the CA's id for a
            complete one, that of the partition for others.
        managed: ACM's private certificates, while moto's ACM is in use.
        crls_due_at: before this moment no CRL has to be written.
        created: how many CAs and certificates have been made, in all accounts and regions.
        random: where ids and serials come from.
        signing_algorithms: by name.
        plans: the planned faults.
        log: the calls so far.
        events: what has happened, as far as AWS reports it to other services.
        journal: where the state is kept beyond the process; None where it isn't.
        serving: the hosts, with ports, at which the mock serves CRLs and OCSP at present; the last
            one is in new certificates, where AWS's own would be.
        acting_as: the accounts in whose name calls are made, whatever their credentials; the last
            one applies.
        enforced: the policies that the code under test is held to; the last ones apply.
        lock: held for the whole of a call, so that its checks still hold at its end.
    """

    settings: Settings = field(default_factory=Settings)
    publishing: dict[str, CertificateAuthority] = field(default_factory=dict)
    managed: Managed = field(default_factory=Managed)
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
    events: Feed = field(default_factory=Feed)
    journal: Journal | None = None
    acting_as: list[str] = field(default_factory=list)
    serving: list[str] = field(default_factory=list)
    enforced: list[Enforcement] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=new_rlock)
    account_id: str = field(init=False)
    _stores: dict[tuple[str, str], Store] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.account_id = self.settings.account_id or default_account_id()

    def stores_in(self, region: str) -> list[Store]:
        """The parts of all accounts in a region."""
        return [store for store in self._stores.values() if store.region == region]

    def all_authorities(self) -> Iterator[CertificateAuthority]:
        """Every CA of every account and region."""
        return (ca for store in self._stores.values() for ca in store)

    def find_by_key_hash(self, key_hash: bytes) -> CertificateAuthority | None:
        """The CA of any account and region whose public key has this hash."""
        authorities = (store.find_by_key_hash(key_hash) for store in self._stores.values())
        return next((ca for ca in authorities if ca is not None), None)

    def has_id(self, ca_id: str) -> bool:
        """Whether a CA of any account and region has this id, or had it when it was deleted."""
        return any(store.has_id(ca_id) for store in list(self._stores.values()))

    def new_arn(self, store: Store) -> AuthorityArn:
        """An ARN whose id no other CA has: the chosen one, if there is one that is free.

        A random id is drawn in any case, so that those that follow it are the same with a seed.
        """
        chosen, ca_id = _chosen_id.get(), new_uuid(self.random)
        _chosen_id.set(None)  # for one CA
        if chosen is not None and not self.has_id(chosen):
            ca_id = chosen
        while self.has_id(ca_id):
            ca_id = new_uuid(self.random)
        return AuthorityArn(store.partition, store.region, store.account, ca_id)

    def forget(self, ca: CertificateAuthority) -> None:
        """Remove a CA without a trace, behind the API's back: it never was, and has no status.

        It has never had a certificate, and so has no CRL.
        """
        with self.lock:
            self._stores[ca.arn.region, ca.arn.account].remove(ca)
            if self.journal is not None:
                self.journal.rewrite()

    def find(self, arn: AuthorityArn) -> CertificateAuthority | None:
        """The CA with this ARN; None if there is none, or it is past its restoration period."""
        store = self._stores.get((arn.region, arn.account))
        return store.find(arn, self.clock.now()) if store is not None else None

    def remembers(self, arn: AuthorityArn) -> bool:
        """Whether there is a CA with this ARN, even past its restoration period."""
        store = self._stores.get((arn.region, arn.account))
        return store is not None and arn in store

    def store(self, partition: str, region: str, account: str) -> Store:
        """The part that belongs to an account in a region."""
        key = (region, account)
        if key not in self._stores:
            self._stores[key] = Store(partition, region, account)
        return self._stores[key]

    def keep(self) -> Snapshot:
        """Everything that is remembered, for `restore`: of this mock, or of a later one."""
        stores, publishing = _copies(self._stores, self.publishing)
        is_seeded = self.settings.seed is not None
        self.keys.keep()
        return Snapshot(
            stores=stores,
            publishing=publishing,
            managed=self.managed.copy(),
            created=self.created,
            buckets=self.buckets.keep(),
            random=self.random.getstate() if is_seeded else None,
            clock=setting_of(self.clock),
            plans=self.plans.keep(),
            log=self.log.keep(),
            events=self.events.keep(),
        )

    def restore(self, kept: Snapshot, *, calls: bool) -> None:
        """Replace everything by a snapshot.

        Args:
            kept: the snapshot.
            calls: whether to restore the log of calls, too.
        """
        self._stores, self.publishing = _copies(kept.stores, kept.publishing)
        self.managed = kept.managed.copy()
        self.crls_due_at = EARLIEST
        self.created = kept.created
        self.buckets.restore(kept.buckets)
        if kept.random is not None and self.settings.seed is not None:
            self.random.setstate(kept.random)
        self.plans.restore(kept.plans)
        if calls:
            self.log.restore(kept.log)
        set_to(self.clock, kept.clock)
        self.events.restore(kept.events, self.clock.now())
        if self.journal is not None:
            self.journal.rewrite()


def _copies(
    stores: Mapping[tuple[str, str], Store], publishing: Mapping[str, CertificateAuthority]
) -> tuple[dict[tuple[str, str], Store], dict[str, CertificateAuthority]]:
    """Copies of the stores and of the publishing CAs; both share the copies of the CAs."""
    copies = {place: store.copy() for place, store in stores.items()}
    by_arn = {ca.arn: ca for store in copies.values() for ca in store}
    # A CA that was deleted before it was usable may still be among the publishing ones.
    return copies, {name: by_arn[ca.arn] for name, ca in publishing.items() if ca.arn in by_arn}
