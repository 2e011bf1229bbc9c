"""Waiters of `acm-pca`: while a mock runs they wait by its clock, and take no real time.

botocore's own loop does the waiting, with a delay of zero; the clock moves on before each further
poll. `Waiter.wait` is replaced only while a mock runs. Waiters of other services don't change.
"""

from __future__ import annotations

import copy
import functools
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

from pca_mock.adapters import imports
from pca_mock.locks import new_rlock
from pca_mock.state import running

# The classes whose `wait` all waiters come to, sync and asynchronous.
_CLASSES: Final = {"botocore.waiter": "Waiter", "aiobotocore.waiter": "AIOWaiter"}
_SERVICE: Final = "acm-pca"

_lock: Final = new_rlock()
# The classes at present replaced: their own `wait`, and the one that has taken its place.
_replaced: Final[dict[Any, tuple[Callable[..., Any], Callable[..., Any]]]] = {}


def register() -> None:
    """Replace waiters, too, that are imported while a mock runs."""
    for name in _CLASSES:
        imports.watch(name, _adjust_imported)


def _adjust_imported(_: ModuleType) -> None:
    adjust()


def adjust() -> None:
    """Replace `wait` while a mock runs, and put it back when none does."""
    with _lock:
        if running.latest() is None:
            for waiter_class, (original, replacement) in _replaced.items():
                if vars(waiter_class).get("wait") is replacement:
                    waiter_class.wait = original
            _replaced.clear()
            return
        for module_name, name in _CLASSES.items():
            waiter_class = getattr(sys.modules.get(module_name), name, None)
            if waiter_class is not None and waiter_class not in _replaced:
                original = vars(waiter_class)["wait"]
                replacement = _by_the_mocks_clock(original)
                _replaced[waiter_class] = (original, replacement)
                waiter_class.wait = replacement


def _by_the_mocks_clock(original: Callable[..., Any]) -> Callable[..., Any]:
    """A `wait` that does the same as the original; that of aiobotocore returns its coroutine."""

    @functools.wraps(original)
    def wait(waiter: Any, **kwargs: Any) -> Any:
        if running.latest() is not None and _service_of(waiter) == _SERVICE:
            config = kwargs.get("WaiterConfig", {})
            delay = config.get("Delay", waiter.config.delay)
            kwargs["WaiterConfig"] = {**config, "Delay": 0}
            # Not in place: the same waiter may be waiting in another thread.
            waiter = copy.copy(waiter)
            waiter._operation_method = _Polls(waiter._operation_method, delay)
        return original(waiter, **kwargs)

    return wait


def _service_of(waiter: Any) -> str | None:
    """The service of a waiter that a client has made; None for one that was made otherwise."""
    method = getattr(waiter._operation_method, "_client_method", None)
    model = getattr(getattr(getattr(method, "__self__", None), "meta", None), "service_model", None)
    return getattr(model, "service_name", None)


class _Polls:
    """The polls of one waiter: each one except the first comes a delay later."""

    def __init__(self, poll: Callable[..., Any], delay: float) -> None:
        self._poll = poll
        self._delay = delay
        self._is_first = True

    def __call__(self, **kwargs: Any) -> Any:
        state = running.latest()
        if not self._is_first and state is not None:
            state.clock.advance(seconds=self._delay)
        self._is_first = False
        return self._poll(**kwargs)
