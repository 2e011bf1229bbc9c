"""The pytest plugin of pca_mock: fixtures `pca` and `pca_client`.

Importing it imports nothing that pytest hasn't: neither boto3, botocore, cryptography nor wrapt
(which has post-import hooks of its own, but brings asyncio along).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

    from pca_mock import PcaMock

_HANDLERS = "botocore.handlers"


class _BotocoreWatcher(MetaPathFinder):
    """Registers the handlers as soon as botocore is there, before any client can be."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != _HANDLERS:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            _call_after(spec.loader, _register)
        return spec


def _call_after(loader: Any, function: Any) -> None:
    """Let a loader call a function once it has executed its module."""
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        del loader.exec_module
        execute(module)
        function()

    loader.exec_module = exec_module


def _register() -> None:
    if "pca_mock.adapters.intercept" in sys.modules:
        return  # it is what imports botocore; the first mock will register

    from pca_mock.adapters import intercept

    intercept.register(look_for_existing=False)


# Where botocore is there already, the first mock looks for the clients that exist.
if _HANDLERS not in sys.modules:
    sys.meta_path.insert(0, _BotocoreWatcher())


@pytest.fixture
def pca() -> Iterator[PcaMock]:
    """A fresh mock of AWS Private CA that runs during the test."""
    from pca_mock import mock_pca

    with mock_pca() as running:
        yield running


@pytest.fixture
def pca_client(pca: PcaMock) -> ACMPCAClient:
    """A boto3 client of `acm-pca`, answered by `pca`."""
    return pca.client()
