"""A KeyboardInterrupt at any line of starting and ending a mock leaves nothing behind."""

from __future__ import annotations

import sys
import threading
from types import FrameType
from typing import Any

import pytest

from pca_mock import mock_pca
from pca_mock.adapters import waiters
from pca_mock.state import running

_MODULES = ("pca_mock.mock", "pca_mock.handle", "pca_mock.adapters.", "pca_mock.state.")


class _Interrupter:
    """Raises KeyboardInterrupt at one line of the package: that with a number, from 0."""

    def __init__(self, at: int) -> None:
        self._left = at
        self.place: tuple[str, int] | None = None

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        name = frame.f_globals.get("__name__", "")
        if not name.startswith(_MODULES):
            return None
        if event == "line" and self.place is None:
            if self._left == 0:
                self.place = (frame.f_code.co_name, frame.f_lineno)
                raise KeyboardInterrupt
            self._left -= 1
        return self


def _interrupted(at: int) -> tuple[str, int] | None:
    """Start and end a mock with an interrupt at a line: its place, if there is such a line."""
    interrupter = _Interrupter(at)
    former = sys.gettrace()
    sys.settrace(interrupter)
    try:
        with mock_pca():
            pass
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(former)
    return interrupter.place


def test_an_interrupt_at_any_line_leaves_nothing_behind() -> None:
    with mock_pca():
        pass  # which registers what stays
    threads = threading.active_count()
    left: list[tuple[str, int]] = []
    at = 0

    while (place := _interrupted(at)) is not None:
        at += 1
        if running.mocks() or waiters._replaced:
            left.append(place)
            for state in running.mocks():
                running.end(state)
            waiters.adjust()

    assert at > 50
    # Before the first lines of the end, no code of ours has had the chance to begin it.
    assert {name for name, _ in left} <= {"__exit__", "_end", "stop", "_stop"}
    assert len(left) <= 8
    assert threading.active_count() == threads


@pytest.mark.parametrize("again", [False, True])
def test_after_an_interrupted_end_the_patcher_can_be_started_again(again: bool) -> None:
    mock = mock_pca()
    mock.start()
    if again:
        mock.start()
        mock.stop()
    mock.stop()

    with mock as pca:
        assert pca.authorities == []
