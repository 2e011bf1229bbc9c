"""Locks that are open in a forked child, whoever held them in its parent.

Other threads don't exist in the child, so nobody there would release what they held.
"""

from __future__ import annotations

import os
import threading
from typing import Any, Final
from weakref import WeakSet

_all: Final[WeakSet[Any]] = WeakSet()


def new_lock() -> threading.Lock:
    """A lock like `threading.Lock()`."""
    lock = threading.Lock()
    _all.add(lock)
    return lock


def new_rlock() -> threading.RLock:
    """A lock like `threading.RLock()`."""
    lock = threading.RLock()
    _all.add(lock)
    return lock


def _open_all() -> None:
    for lock in list(_all):
        lock._at_fork_reinit()  # noqa: SLF001 - as the standard library does with its own


if hasattr(os, "register_at_fork"):  # pragma: no branch: not on Windows
    os.register_at_fork(after_in_child=_open_all)
