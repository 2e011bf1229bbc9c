"""What every operation is given besides its request: who calls, when, and about which CA."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pca_mock.state.authority import CertificateAuthority
from pca_mock.state.calls import Caller
from pca_mock.state.store import State, Store

Response = dict[str, Any]


@dataclass(slots=True)  # one or two for each call: freezing them would take the longest
class Context:
    """One call. Nobody changes it.

    Attributes:
        state: what the whole mock remembers.
        store: the part of it that belongs to the caller's account and region.
        now: the moment of the call: UTC.
    """

    caller: Caller
    state: State
    store: Store
    now: datetime


@dataclass(slots=True)
class CaContext(Context):
    """A call about a CA, which exists and whose use the caller is allowed."""

    ca: CertificateAuthority


# An operation: (request, context) -> response, or an AwsError. Those about a CA get a CaContext.
Operation = Callable[[Any, Any], Response]
