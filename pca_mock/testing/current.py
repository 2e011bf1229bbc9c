"""Which mock a handle is about: its own, or one that has taken over its CAs from a snapshot."""

from __future__ import annotations

import threading
from typing import Final

from pca_mock.arns import AuthorityArn
from pca_mock.state.store import State

_running: Final[list[State]] = []
_lock: Final = threading.Lock()


def begin(state: State) -> None:
    """Note that a mock runs."""
    with _lock:
        _running.append(state)


def end(state: State) -> None:
    """Note that it has ended."""
    with _lock:
        _running[:] = [other for other in _running if other is not state]


def is_running(state: State) -> bool:
    """Whether a mock runs."""
    return any(other is state for other in list(_running))


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
