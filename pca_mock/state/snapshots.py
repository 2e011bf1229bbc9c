"""Keeping what a mock remembers, and putting it back.

Records that never change are shared between the copies; those that do are copied, with their
dicts. So a snapshot costs little more than a dict entry for each certificate.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, fields
from typing import Any

from pca_mock.state.authority import CertificateAuthority
from pca_mock.state.calls import Call
from pca_mock.state.plans import Plan
from pca_mock.state.store import EARLIEST, State, Store, Tokens


@dataclass(frozen=True, slots=True, repr=False)
class Snapshot:
    """What `PcaMock.snapshot` gives and `PcaMock.restore` takes. It never changes.

    Attributes:
        stores: by region and account.
        publishing: the CAs that have a CRL to publish, which are in the stores, too.
        created: how many CAs and certificates had been made.
        buckets: what was in memory instead of S3, and which buckets were closed.
        random: where a seeded source of random numbers was.
        clock: how the clock was set.
        plans: the faults that were planned, and what was left of them.
        calls, total_calls: the log.
    """

    stores: dict[tuple[str, str], Store]
    publishing: dict[CertificateAuthority, None]
    created: int
    buckets: Any
    random: Any
    clock: Any
    plans: tuple[tuple[Plan, int | None], ...]
    calls: tuple[Call, ...]
    total_calls: int

    def __repr__(self) -> str:
        number = sum(len(store._in_order) for store in self.stores.values())
        return f"<Snapshot of {number} CAs>"


def take(state: State, buckets: Any) -> Snapshot:
    """Keep everything that a mock remembers.

    Args:
        state: of the mock.
        buckets: a copy of what is in its buckets in memory.
    """
    stores, publishing = _copies(state._stores, state.publishing)
    is_seeded = state.settings.seed is not None
    state.keys.keep()
    return Snapshot(
        stores,
        publishing,
        state.created,
        buckets,
        state.random.getstate() if is_seeded else None,
        state.clock._setting,
        state.plans.keep(),
        tuple(state.log.latest),
        state.log.total,
    )


def restore(state: State, kept: Snapshot) -> None:
    """Let a mock remember what was kept, and nothing else. The buckets are the caller's."""
    stores, publishing = _copies(kept.stores, kept.publishing)
    state._stores.clear()
    state._stores.update(stores)
    state.publishing.clear()
    state.publishing.update(publishing)
    state.crls_due_at = EARLIEST
    state.created = kept.created
    if kept.random is not None and state.settings.seed is not None:
        state.random.setstate(kept.random)
    state.plans.restore(kept.plans)
    state.log.replace(kept.calls, kept.total_calls)
    state.clock._set(kept.clock)


def _copies(
    stores: dict[tuple[str, str], Store], publishing: dict[CertificateAuthority, None]
) -> tuple[dict[tuple[str, str], Store], dict[CertificateAuthority, None]]:
    """Copies of both, in which the CAs are the same copies."""
    copies: dict[CertificateAuthority, CertificateAuthority] = {}
    new_stores = {}
    for key, store in stores.items():
        copies |= {ca: _copy(ca) for ca in store._in_order}
        in_order = [copies[ca] for ca in store._in_order]
        new_stores[key] = Store(
            store.partition,
            store.region,
            store.account,
            Tokens(dict(store.tokens._known)),
            {ca.arn.ca_id: ca for ca in in_order},
            in_order,
        )
    # A CA that was deleted before it was usable may still be among the publishing ones.
    return new_stores, {copies[ca]: None for ca in publishing if ca in copies}


def _copy(ca: CertificateAuthority) -> CertificateAuthority:
    twin = copy.copy(ca)
    for field in fields(ca):
        value = getattr(ca, field.name)
        if isinstance(value, dict):
            setattr(twin, field.name, dict(value))
    twin.crls = {name: copy.copy(crl) for name, crl in ca.crls.items()}
    for crl in twin.crls.values():
        crl.entries = dict(crl.entries)
    return twin
