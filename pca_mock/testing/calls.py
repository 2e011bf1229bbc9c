"""The calls that a mock has answered: to be looked at, filtered and asserted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, overload

from pca_mock.showing import pages, words
from pca_mock.showing.text import line
from pca_mock.state.calls import LIMIT, Call, Log
from pca_mock.state.plans import Params, fits
from pca_mock.testing.words import check_call

_SHOWN: Final = 30  # calls in a failure message


class Calls(Sequence[Call]):
    """A sequence of `Call`, oldest first.

    Those of `PcaMock.calls` grow as calls are made; those that `filter` gives do not. The log keeps
    the latest 10,000.
    """

    def __init__(self, log: Log, chosen: list[Call] | None = None) -> None:
        """Only the mock makes these."""
        self._log = log
        self._chosen = chosen

    def _calls(self) -> list[Call]:
        return list(self._log.latest) if self._chosen is None else self._chosen

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> Calls: ...
    def __getitem__(self, index: int | slice) -> Call | Calls:
        found = self._calls()[index]
        return Calls(self._log, found) if isinstance(found, list) else found

    def __len__(self) -> int:
        return len(self._calls())

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls())

    def __repr__(self) -> str:
        calls = self._calls()
        hidden = max(0, len(calls) - _SHOWN)
        lines = [f"<{len(calls)} calls>"] + [f"({hidden} earlier calls)"] * bool(hidden)
        latest = enumerate(calls[hidden:], start=hidden + 1)
        return "\n".join(lines + [f"{number:3}. {line(call)}" for number, call in latest])

    def _repr_html_(self) -> str:
        return pages.of_calls(self._calls())

    def lines(self) -> list[str]:
        """A line of text for each call, as failure messages and pytest's report show them."""
        return [f"{number:3}. {line(call)}" for number, call in enumerate(self._calls(), start=1)]

    def clear(self) -> None:
        """Forget all calls, for example those that prepared a test.

        Raises:
            TypeError: these were filtered; `pca.calls.clear()` is meant.
        """
        if self._chosen is not None:
            raise TypeError("only pca.calls can be cleared, not calls that were chosen from it")
        self._log.restore(((), 0))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Keep the calls of a block out of the log, such as those that prepare a test.

        Those of other threads, while the block runs, are kept out, too.
        """
        self._log.pauses += 1
        try:
            yield
        finally:
            self._log.pauses -= 1

    def filter(
        self,
        operation: str | None = None,
        *,
        outcome: str | None = None,
        when: Callable[[Call], bool] | None = None,
        **params: Any,
    ) -> Calls:
        """The calls that are so, and were made so far.

        Args:
            operation: the name on the wire.
            outcome: "success" or an error code.
            when: what must say yes to the call.
            params: members that the caller must have passed, with their values.

        Raises:
            ValueError: the service has no such operation, or the operation no such member.
        """
        _check(operation, params)
        return Calls(
            self._log,
            [
                call
                for call in self._calls()
                if operation in (None, call.operation)
                and outcome in (None, call.outcome)
                and fits(call.params, params)
                and (when is None or when(call))
            ],
        )

    def assert_called(
        self,
        operation: str,
        *,
        times: int | None = None,
        outcome: str | None = None,
        when: Callable[[Call], bool] | None = None,
        **params: Any,
    ) -> Calls:
        """Fail unless there was such a call.

        Args:
            operation: the name on the wire.
            times: exactly how many there were; by default one or more.
            outcome: "success" or an error code.
            when: what must say yes to the call.
            params: members that the caller must have passed, with their values.

        Returns:
            These calls.

        Raises:
            AssertionError: there were none, or not so many; the message says what there was.
            ValueError: the service has no such operation, or the operation no such member.
        """
        __tracebackhide__ = True  # pytest shows the line of the test
        found = self.filter(operation, outcome=outcome, when=when, **params)
        is_cut = self._chosen is None and self._log.total > LIMIT
        if (len(found) == times) if times is not None else found:
            return found
        wanted = "at least once" if times is None else _times(times)
        asked = _asked(outcome, when, params)
        message = [f"{operation}{asked} was called {_times(len(found))}, not {wanted}"]
        if is_cut:
            message.append(f"(the log has the latest {LIMIT} of {self._log.total} calls)")
        message += self._instead(operation, found)
        raise AssertionError("\n".join(message))

    def assert_not_called(
        self,
        operation: str,
        *,
        outcome: str | None = None,
        when: Callable[[Call], bool] | None = None,
        **params: Any,
    ) -> None:
        """Fail if there was such a call. For the arguments see `assert_called`.

        Raises:
            AssertionError: there was one.
            ValueError: the service has no such operation, or the operation no such member.
        """
        __tracebackhide__ = True
        self.assert_called(operation, times=0, outcome=outcome, when=when, **params)

    def _instead(self, operation: str, found: Calls) -> list[str]:
        """The calls that there were; the ones asked for are marked."""
        calls = self._calls()
        if not calls:
            return ["There were no calls."]
        chosen = {id(call) for call in found}
        lines = []
        for number, call in enumerate(calls, start=1):
            # What isn't asked for is shown in full only where it is nearly what was asked for.
            text = line(call) if call.operation == operation else f"{call.operation} {call.outcome}"
            lines.append(f"{'>' if id(call) in chosen else ' '} {number:3}. {text}")
        hidden = len(lines) - _SHOWN
        if hidden > 0:
            lines = [f"      ({hidden} earlier calls)", *lines[-_SHOWN:]]
        return ["The calls were:", *lines]


def _check(operation: str | None, params: Params) -> None:
    if operation is not None:
        check_call(operation, params)
    elif params:
        raise ValueError(f"say of which operation {', '.join(params)} is a member")


def _asked(outcome: str | None, when: object, params: Params) -> str:
    parts = [f"{name}={words.short(value)}" for name, value in params.items()]
    if outcome is not None:
        parts.append(f"outcome={outcome!r}")
    if when is not None:
        parts.append("when=…")
    return f"({', '.join(parts)})" if parts else ""


def _times(number: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{number} times")
