"""A private CA that behaves like AWS's, inside the test process."""

from __future__ import annotations

TYPE_CHECKING = False  # as in typing, which is not imported at run time: it takes a while
if TYPE_CHECKING:
    from typing import Any, Final

    from pca_mock.adapters.buckets import Buckets
    from pca_mock.clock import Clock
    from pca_mock.handle import PcaMock
    from pca_mock.mock import PcaPatcher, mock_pca
    from pca_mock.service.eventbridge import Event
    from pca_mock.state.calls import Call, Caller
    from pca_mock.state.enforcement import Enforcement
    from pca_mock.state.plans import Plan
    from pca_mock.state.store import Snapshot
    from pca_mock.testing.authorities import Authority
    from pca_mock.testing.calls import Calls
    from pca_mock.testing.certificates import Certificate
    from pca_mock.testing.csrs import Csr, create_csr
    from pca_mock.testing.events import Events
    from pca_mock.testing.formats import Files

    __version__: str

__all__ = [
    "Authority",
    "Buckets",
    "Call",
    "Caller",
    "Calls",
    "Certificate",
    "Clock",
    "Csr",
    "Enforcement",
    "Event",
    "Events",
    "Files",
    "PcaMock",
    "PcaPatcher",
    "Plan",
    "Snapshot",
    "create_csr",
    "mock_pca",
]
_HOMES: Final = {
    "Authority": "pca_mock.testing.authorities",
    "Buckets": "pca_mock.adapters.buckets",
    "Call": "pca_mock.state.calls",
    "Caller": "pca_mock.state.calls",
    "Calls": "pca_mock.testing.calls",
    "Certificate": "pca_mock.testing.certificates",
    "Clock": "pca_mock.clock",
    "Csr": "pca_mock.testing.csrs",
    "Enforcement": "pca_mock.state.enforcement",
    "Event": "pca_mock.service.eventbridge",
    "Events": "pca_mock.testing.events",
    "Files": "pca_mock.testing.formats",
    "PcaPatcher": "pca_mock.mock",
    "PcaMock": "pca_mock.handle",
    "Plan": "pca_mock.state.plans",
    "Snapshot": "pca_mock.state.store",
    "create_csr": "pca_mock.testing.csrs",
    "mock_pca": "pca_mock.mock",
}


def __getattr__(name: str) -> Any:
    # Imported when first used: boto3 and cryptography cost more than all of this package.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    if name == "__version__":
        from importlib.metadata import version

        return version("pca_mock")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
