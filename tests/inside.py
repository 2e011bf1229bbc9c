"""The state of a mock from inside: for comparisons, and for states that no operation can make."""

from __future__ import annotations

import copy
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from pca_mock import PcaMock
from pca_mock.arns import parse_authority_arn
from pca_mock.state.authority import CertificateAuthority, Status
from pca_mock.state.progress import Progress


def authority(pca: PcaMock, arn: str) -> CertificateAuthority:
    """The record of a CA; setting its attributes changes the mock."""
    parts = parse_authority_arn(arn)
    return pca._state.store(parts.partition, parts.region, parts.account)._by_id[parts.ca_id]


def put_in(pca: PcaMock, arn: str, status: Status) -> None:
    """Give a CA a status and its data. EXPIRED is not one: it follows from the clock."""
    ca = authority(pca, arn)
    ca.administrative_status = status
    match status:
        case Status.CREATING:
            ca.administrative_status = Status.PENDING_CERTIFICATE
            ca.installed, ca.progress = None, Progress(ca.created_at + timedelta(days=1))
        case Status.PENDING_CERTIFICATE:
            ca.installed = None
        case Status.FAILED:
            ca.installed, ca.progress = None, Progress(failure="OTHER")
        case Status.DELETED:
            ca.deleted_from = Status.DISABLED if ca.installed else Status.PENDING_CERTIFICATE
            ca.restorable_until = ca.created_at + timedelta(days=30)


def snapshot(pca: PcaMock) -> Any:
    """A copy of all that the mock remembers, to be compared with a later one."""
    stores: dict[Any, Any] = {
        place: (copy.deepcopy(store.tokens), [_values(ca) for ca in store._in_order])
        for place, store in pca._state._stores.items()
        if store._in_order or store.tokens._answers
    }
    managed = pca._state.managed.copy()
    certificates = [
        {field.name: getattr(each, field.name) for field in fields(each)}
        for each in managed.certificates.values()
    ]
    return {**stores, "managed": (certificates, managed.tokens)}


def _values(ca: CertificateAuthority) -> dict[str, Any]:
    values = {field.name: getattr(ca, field.name) for field in fields(ca)}
    for name in (
        "configuration",
        "revocation_configuration",
        "tags",
        "permissions",
        "revocations",
        "reports",
    ):
        values[name] = copy.deepcopy(values[name])
    values["crls"] = {name: replace(crl) for name, crl in values["crls"].items()}
    values["certificates"] = dict(values["certificates"])
    return values
