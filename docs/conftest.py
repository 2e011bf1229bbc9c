"""Run the examples of README.md and docs/: pytest collects a page like a file of tests."""

from __future__ import annotations

import ast
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
from _pytest.assertion.rewrite import rewrite_asserts

from tests import pages

_OPTIONAL: Final = ("aiobotocore",)  # an example that needs it is skipped without it

sys.meta_path.append(pages.ShownModules())


class Page(pytest.Module):
    """A page as a module of tests. Line numbers are the page's own, also in tracebacks."""

    def __init__(self, examples: list[pages.Block] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._examples = pages.examples(self.path) if examples is None else examples

    def _getobj(self) -> ModuleType:
        text = pages.source(self._examples)
        tree = ast.parse(text, self.path)
        rewrite_asserts(tree, text.encode(), str(self.path), self.config)
        module = ModuleType(f"page_{self.path.stem}")
        module.__file__ = str(self.path)
        sys.modules[module.__name__] = module
        try:
            exec(compile(tree, self.path, "exec", dont_inherit=True), module.__dict__)
        except ModuleNotFoundError as error:
            if error.name not in _OPTIONAL:
                raise
            pytest.skip(f"{error.name} isn't installed", allow_module_level=True)
        return module


class Readme(pytest.File):
    """The README: readers copy its examples one at a time, so each is a module of its own."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Collect the tests of each example."""
        for block in pages.examples(self.path):
            yield from Page.from_parent(self, path=self.path, examples=[block]).collect()


class Index(pytest.File):
    """The first page, and with it the README, which is in another folder."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Collect both."""
        yield Page.from_parent(self, path=self.path)
        yield Readme.from_parent(self, path=pages.README)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect pages."""
    if file_path not in pages.PAGES:
        return None
    kind = Index if file_path.name == "index.md" else Page
    return kind.from_parent(parent, path=file_path)


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches anything but this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            assert address[0] in ("127.0.0.1", "::1", "localhost"), f"network access: {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
