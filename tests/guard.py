"""A guard that nothing passes: no socket of the internet, no name that is looked up, no program."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

# Replaced by the guard, with their names in its report.
_DOORS: tuple[tuple[Any, str], ...] = (
    (socket, "getaddrinfo"),
    (socket, "gethostbyname"),
    (socket, "gethostbyname_ex"),
    (subprocess.Popen, "__init__"),
    (os, "system"),
    (os, "posix_spawn"),
    (os, "fork"),
)


@contextmanager
def nothing_leaves(*, strict: bool = True) -> Iterator[list[str]]:
    """In a `with` block, refuse to open sockets, to look names up and to start programs.

    Args:
        strict: whether an attempt, even one whose error was handled, is a failure.

    Yields:
        The attempts.
    """
    attempts: list[str] = []

    def refuse(what: str) -> OSError:
        attempts.append(what)
        return OSError(f"refused by the test: {what}")

    open_socket = socket.socket.__init__

    def guarded(self: socket.socket, family: int = -1, *args: Any, **kwargs: Any) -> None:
        if family in (-1, socket.AF_INET, socket.AF_INET6) and "fileno" not in kwargs:
            raise refuse("socket")
        open_socket(self, family, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "__init__", guarded)
        for place, name in _DOORS:
            patch.setattr(place, name, _Refusal(refuse, name))
        yield attempts
    if strict:
        assert attempts == []


class _Refusal:
    def __init__(self, refuse: Any, name: str) -> None:
        self._refuse = refuse
        self._name = name

    def __call__(self, *args: Any, **_: Any) -> Any:
        raise self._refuse(f"{self._name} {args}")
