"""Modules of others: imported already, or later, or again; and their methods, wrapped once.

It imports nothing that pytest hasn't: its plugin watches from the start.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

_Function = Callable[[ModuleType], None]
_WRAPPERS: Final = "_pca_mock_wrappers"


def watch(name: str, function: _Function) -> None:
    """Call a function with a module: now if it has been imported, and after each import to come.

    After imports to come it is called once, however often it has been asked for.

    A module is imported again where a test has removed it from `sys.modules`, or reloads it.
    """
    functions = _functions.setdefault(name, [])
    if function not in functions:
        functions.append(function)
    if _watcher not in sys.meta_path:
        sys.meta_path.insert(0, _watcher)
    module = sys.modules.get(name)
    if module is not None:
        function(module)


def wrap(owner: Any, name: str, wrapper: Callable[[Any], Any]) -> None:
    """Replace a method by a wrapper of it, for good, unless this has been done.

    Args:
        owner: the class.
        name: of the method.
        wrapper: called with the method, returns what takes its place.
    """
    original = getattr(owner, name)
    # A test may import this package again: each copy has wrappers of its own.
    wrappers = vars(original).get(_WRAPPERS, ())
    if _watcher not in wrappers:
        replacement = functools.wraps(original)(wrapper(original))
        setattr(replacement, _WRAPPERS, (*wrappers, _watcher))
        setattr(owner, name, replacement)


class _Watcher(MetaPathFinder):
    """Finds no module itself, but makes the loaders of others call the functions."""

    def __init__(self) -> None:
        self._finding = threading.local()

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in _functions or getattr(self._finding, "name", None) == name:
            return None
        self._finding.name = name  # another copy of this package may have a watcher, too
        try:
            spec = _found_by_others(self, name, path, target)
        finally:
            self._finding.name = None
        if spec is not None and spec.loader is not None:
            _call_after(spec.loader, name)
        return spec


def _found_by_others(
    watcher: _Watcher, name: str, path: Sequence[str] | None, target: ModuleType | None
) -> ModuleSpec | None:
    for finder in list(sys.meta_path):
        if finder is not watcher:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                return spec
    return None


def _call_after(loader: Any, name: str) -> None:
    """Make a loader call the functions after it has executed the module."""
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        vars(loader).pop("exec_module", None)
        execute(module)
        for function in list(_functions[name]):
            function(module)

    loader.exec_module = exec_module


_functions: Final[dict[str, list[_Function]]] = {}
_watcher: Final = _Watcher()
