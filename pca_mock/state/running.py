"""The mocks that run, in the order in which they were started: the one registry.

Interception looks up the mock that answers, handles look up the mock that they are about, and
pytest's plugin is called with each mock that a test starts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from pca_mock.locks import new_rlock

if TYPE_CHECKING:  # interception is registered with pytest's start, which cryptography would delay
    from pca_mock.arns import AuthorityArn
    from pca_mock.state.store import State

# Mocks go on where a test reloads this module.
_running: Final[list[State]] = globals().get("_running", [])
_watchers: Final[list[Callable[[State], None]]] = globals().get("_watchers", [])
_served: Final[list[str]] = globals().get("_served", [])
_lock = new_rlock()
# How many children this process has forked, or is about to, since a mock began, by its id().
_forks: Final[dict[int, int]] = {}
_acting: Final[ContextVar[State | None]] = ContextVar("pca_mock_acting", default=None)


def begin(state: State) -> None:
    """Add a mock: from now on it is the latest one."""
    with _lock:
        _running.append(state)
    for watcher in _watchers:
        watcher(state)


def end(state: State) -> None:
    """Remove a mock, wherever it is in the order."""
    with _lock:
        _running[:] = [other for other in _running if other is not state]
        _forks.pop(id(state), None)


def put_last(state: State) -> None:
    """Have a mock that runs answer in place of those that were started after it."""
    with _lock:
        _running.sort(key=lambda other: other is state)


def mocks() -> list[State]:
    """All mocks that run, the latest one last."""
    return list(_running)


def latest() -> State | None:
    """The mock that answers the code under test: the one that was started last."""
    try:
        return _running[-1]
    except IndexError:
        return None


def is_running(state: State) -> bool:
    """Whether a mock has been started and has not ended."""
    return any(other is state for other in list(_running))


def check(state: State) -> None:
    """Refuse to use a mock that doesn't run: calls would go to AWS.

    Raises:
        RuntimeError: it has ended.
    """
    if not is_running(state):
        raise RuntimeError("this mock has ended: its handles can be looked at, but not used")


def watch(watcher: Callable[[State], None]) -> None:
    """Call a function with each mock that is started from now on."""
    _watchers.append(watcher)


@contextmanager
def served(url: str) -> Iterator[None]:
    """Send requests to a URL over HTTP while the block runs, as a mock is served there."""
    _served.append(url)
    try:
        yield
    finally:
        _served.remove(url)


def is_served(url: str) -> bool:
    """Whether a mock is served at a URL."""
    return any(url.startswith(f"{base}/") for base in _served)


@contextmanager
def acting(state: State) -> Iterator[None]:
    """Send the calls that this package's own clients make in the block to one mock.

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
    """The mock that answers calls of this package's own clients here."""
    return _acting.get()


def state_of(origin: State, arn: AuthorityArn) -> State:
    """Find the mock in which a CA is to be looked up: the one that answers calls about it.

    Args:
        origin: of the mock that returned the handle.
        arn: of the CA.

    Returns:
        Of the running mocks the one started last that is `origin` or has the CA, restored
        from a snapshot; `origin` if there is none.
    """
    for state in reversed(mocks()):
        if state is origin or _has(state, arn):
            return state
    return origin


def _has(state: State, arn: AuthorityArn) -> bool:
    """Whether a mock has a CA, or remembers that it had it."""
    with state.lock:
        return state.remembers(arn)


def _count_fork() -> None:
    for state in _running:
        _forks[id(state)] = _forks.get(id(state), 0) + 1


def _begin_again_in_a_child() -> None:
    """After a fork: draw other random numbers than the parent and its other children do."""
    for state in _running:
        if state.settings.seed is None:
            state.random.seed()
        else:
            # Repeatable, where the parent forks in the same order.
            state.random.seed(f"{state.random.getrandbits(128)} {_forks[id(state)]}")
        state.events.salt = str(state.random.random())


if hasattr(os, "register_at_fork"):  # pragma: no branch: not on Windows
    os.register_at_fork(before=_count_fork, after_in_child=_begin_again_in_a_child)
