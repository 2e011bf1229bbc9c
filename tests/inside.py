"""What a mock remembers, seen from inside: for comparisons, and for what no operation can make."""

from __future__ import annotations

import copy
from dataclasses import fields
from typing import Any

from pca_mock import PcaMock
from pca_mock.arns import parse_authority_arn
from pca_mock.state.authority import CertificateAuthority


def authority(pca: PcaMock, arn: str) -> CertificateAuthority:
    """The record of a CA; setting its attributes changes the mock."""
    parts = parse_authority_arn(arn)
    found = pca._state.store(parts.partition, parts.region, parts.account).find(parts)
    assert found is not None
    return found


def snapshot(pca: PcaMock) -> Any:
    """A copy of all that the mock remembers, to be compared with a later one."""
    return {
        place: (copy.deepcopy(store.tokens), [_values(ca) for ca in store._in_order])
        for place, store in pca._state._stores.items()
        if store._in_order or store.tokens._known
    }


def _values(ca: CertificateAuthority) -> dict[str, Any]:
    values = {field.name: getattr(ca, field.name) for field in fields(ca)}
    for name in ("configuration", "revocation_configuration", "tags"):
        values[name] = copy.deepcopy(values[name])
    values["certificates"] = dict(values["certificates"])
    return values
