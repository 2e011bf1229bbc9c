"""A private CA that behaves like AWS's, inside the test process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pca_mock.mock import MockPca, PcaMock, mock_pca

__all__ = ["MockPca", "PcaMock", "mock_pca"]


def __getattr__(name: str) -> Any:
    # Imported when first used: boto3 and cryptography cost more than all of this package.
    if name in __all__:
        from pca_mock import mock

        return getattr(mock, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
