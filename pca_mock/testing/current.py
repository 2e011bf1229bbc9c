"""Which mock a handle is about: its own while that runs, else one that has taken over its CAs."""

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


def state_of(own: State, arn: AuthorityArn) -> State:
    """Where a CA is to be looked up.

    Args:
        own: of the mock that gave the handle.
        arn: of the CA.

    Returns:
        `own` if that mock runs, or no other one has the CA, restored from a snapshot.
    """
    states = list(_running)
    if any(state is own for state in states):
        return own
    return next((state for state in reversed(states) if state.find(arn) is not None), own)
