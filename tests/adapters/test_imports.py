"""Modules of others that are watched."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from pca_mock.adapters import imports


@pytest.fixture(autouse=True)
def nothing_else_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "_functions", {})


def test_a_module_is_reported_now_and_after_each_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "watched_module.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    seen: list[ModuleType] = []
    imports.watch("watched_module", seen.append)
    assert seen == []

    first = importlib.import_module("watched_module")
    imports.watch("watched_module", seen.append)
    del sys.modules["watched_module"]
    second = importlib.import_module("watched_module")
    del sys.modules["watched_module"]

    assert seen == [first, first, second]


def test_a_watched_module_that_does_not_exist_cannot_be_imported() -> None:
    imports.watch("no_such_module_of_anybody", lambda _: None)

    with pytest.raises(ModuleNotFoundError, match="no_such_module_of_anybody"):
        importlib.import_module("no_such_module_of_anybody")
