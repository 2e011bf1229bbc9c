"""`time.sleep` and `asyncio.sleep`: in a block they can move a clock instead of taking time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import Any, Final

from pca_mock.locks import new_lock

# The function that replaces sleeping in this thread or task: called with the seconds.
_advance: Final[ContextVar[Callable[[float], None] | None]] = ContextVar(
    "pca_mock_advance", default=None
)


@contextmanager
def followed_by(advance: Callable[[float], None]) -> Iterator[None]:
    """Have sleeps in the block call a function with their seconds, and return at once.

    It applies to the block's thread, and to the tasks that are started in the block.
    """
    former = _advance.get()
    _advance.set(advance)
    _replacements.install()
    try:
        yield
    finally:
        _replacements.uninstall()
        _advance.set(former)


class _Replacements:
    """The two functions, wherever modules have them, replaced while somebody needs it.

    Modules with `from time import sleep` have names of their own for them.
    """

    def __init__(self) -> None:
        self._lock = new_lock()
        self._users = 0
        # Originals and their replacements. Not at the top of this module, where they would be
        # replaced, too.
        self._pairs: list[tuple[Any, Any]] = []

    def install(self) -> None:
        import asyncio  # only here, as it takes a while

        with self._lock:
            if self._users == 0:
                self._pairs = [
                    (time.sleep, _sleep_instead_of(time.sleep)),
                    (asyncio.sleep, _sleep_instead_of_coroutine(asyncio.sleep)),
                ]
                for original, replacement in self._pairs:
                    _replace(original, replacement)
            self._users += 1

    def uninstall(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                for original, replacement in self._pairs:
                    _replace(replacement, original)
                self._pairs = []


_replacements: Final = _Replacements()


def _replace(old: Any, new: Any) -> None:
    """Put another function in the place of one, in all modules."""
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType):
            names = vars(module)
            for name in [name for name, value in list(names.items()) if value is old]:
                names[name] = new


def _sleep_instead_of(original: Callable[[float], None]) -> Callable[[float], None]:
    def sleep(seconds: float, /) -> None:
        advance = _advance.get()
        if advance is None or seconds <= 0:
            original(seconds)
        else:
            advance(seconds)

    return sleep


def _sleep_instead_of_coroutine(original: Callable[..., Any]) -> Callable[..., Any]:
    async def sleep(delay: float, *args: Any, **kwargs: Any) -> Any:
        advance = _advance.get()
        if advance is not None and delay > 0:
            advance(delay)
            delay = 0  # other tasks take their turn
        return await original(delay, *args, **kwargs)

    return sleep
