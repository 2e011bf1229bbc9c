"""Which mock a handle is about: its own, or one that has taken over its CAs from a snapshot.

What handles do is answered by that mock, even where another one that was started later answers the
code under test.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from pca_mock.arns import AuthorityArn
from pca_mock.state.store import State

_running: Final[list[State]] = []
_lock: Final = threading.Lock()
_acting: Final[ContextVar[State | None]] = ContextVar("pca_mock_acting", default=None)


def begin(state: State) -> None:
    """Note that a mock runs."""
    with _lock:
        _running.append(state)


def end(state: State) -> None:
    """Note that it has ended."""
    with _lock:
        _running[:] = [other for other in _running if other is not state]


def check(state: State) -> None:
    """Refuse to use a mock that doesn't run: calls would go to AWS.

    Raises:
        RuntimeError: it has ended.
    """
    if not any(other is state for other in list(_running)):
        raise RuntimeError("this mock has ended: what it has made can be looked at, but not used")


@contextmanager
def acting(state: State) -> Iterator[None]:
    """Let calls of our own clients in this block be answered by a certain mock.

    Raises:
        RuntimeError: it has ended.
    """
    check(state)
    token = _acting.set(state)
    try:
        yield
    finally:
        _acting.reset(token)


def acting_state() -> State | None:
    """The mock that answers calls of our own clients here."""
    return _acting.get()


def state_of(own: State, arn: AuthorityArn) -> State:
    """Where a CA is to be looked up: where calls about it are answered, if that is known.

    Args:
        own: of the mock that gave the handle.
        arn: of the CA.

    Returns:
        Of the running mocks the one started last that is `own` or has the CA, restored from a
        snapshot; `own` if there is none.
    """
    for state in reversed(list(_running)):
        if state is own or _has(state, arn):
            return state
    return own


def _has(state: State, arn: AuthorityArn) -> bool:
    """Whether a mock has a CA, or remembers that it had it."""
    with state.lock:
        return any(ca.arn == arn for ca in state.all_authorities())
