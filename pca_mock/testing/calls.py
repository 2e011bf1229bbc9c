"""The calls that a mock has answered: to be looked at, filtered and asserted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, overload

from pca_mock.arguments import FUNCTION, NUMBER, TEXT
from pca_mock.literals import AllOperations, Operation, Outcome
from pca_mock.notebooks import as_html
from pca_mock.showing import parts, text, words
from pca_mock.state.calls import Call, Log, Whose, is_meant
from pca_mock.state.plans import ANY_OPERATION, Params, fits
from pca_mock.testing import privileges
from pca_mock.testing.words import check_call, check_outcome, check_whose

_SHOWN: Final = 30  # lines in a failure message


class Calls(Sequence[Call]):
    """A sequence of `Call`, oldest first.

    Those of `PcaMock.calls` grow as calls are made; those that `filter` returns do not. The log
    keeps the latest 10,000; of calls with large parameters, as many as have 64 MiB in all.

    The sequence has all calls. `filter` and the assertions are about those of the code under test;
    with `origin="any"` they are also about those of handles and fixtures.
    """

    def __init__(
        self, log: Log, chosen: list[Call] | None = None, default_origin: Whose = "code"
    ) -> None:
        """Only the mock makes these."""
        self._log = log
        self._chosen = chosen
        self._default_origin = default_origin

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> Calls: ...
    def __getitem__(self, index: int | slice) -> Call | Calls:
        chosen = _kept(self)[index]
        if isinstance(chosen, list):
            return Calls(self._log, chosen, self._default_origin)
        return chosen

    def __len__(self) -> int:
        return len(_kept(self))

    def __iter__(self) -> Iterator[Call]:
        return iter(_kept(self))

    def __repr__(self) -> str:
        calls = _kept(self)
        lines = text.report(calls, _SHOWN, folds=False)
        return "\n".join([f"<{words.count(len(calls), 'call')}>", *lines])

    def _repr_html_(self) -> str:
        return as_html(self, lambda: parts.of_calls(_kept(self), parts.ended(self._log)))

    def lines(self) -> list[str]:
        """A line of text for each call."""
        calls = _kept(self)
        return text.report(calls, len(calls), folds=False)

    def clear(self) -> None:
        """Forget all calls, for example those that prepared a test.

        Raises:
            TypeError: these are filtered calls; use `pca.calls.clear()`.
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
        operation: Operation | AllOperations | None = None,
        *,
        outcome: Outcome | None = None,
        when: Callable[[Call], bool] | None = None,
        origin: Whose | None = None,
        **params: Any,
    ) -> Calls:
        """The calls made so far that meet all conditions.

        Args:
            operation: the name on the wire; None or "*" for all.
            outcome: "success", an error code, or the name of botocore's exception.
            when: called with each call; it is chosen if this returns true.
            origin: whose calls: "code" for those of the code under test, "handle" for those of
                handles and fixtures, "any" for both. By default those of the code under test; of
                calls that were chosen by their origin, all.
            params: members that the caller must have passed, with their values. Structures need to
                have only these members; a handle means its ARN.

        Raises:
            ValueError: the service has no such operation or outcome, the operation no such member,
                or the member no such value.
        """
        whose = origin or self._default_origin
        check_whose(whose)
        _check(operation, params)
        TEXT.check_if_given(outcome=outcome)
        FUNCTION.check_if_given(when=when)
        calls = _kept(self)
        if outcome is not None:
            check_outcome(outcome, (call.outcome for call in calls))
        chosen = [
            call
            for call in calls
            if operation in (None, ANY_OPERATION, call.operation)
            and is_meant(call.origin, whose)
            and outcome in (None, call.outcome)
            and fits(call.params, params)
            and (when is None or when(call))
        ]
        return Calls(self._log, chosen, self._default_origin if origin is None else "any")

    def assert_called(
        self,
        operation: Operation | AllOperations,
        *,
        times: int | None = None,
        outcome: Outcome | None = None,
        when: Callable[[Call], bool] | None = None,
        origin: Whose | None = None,
        **params: Any,
    ) -> Calls:
        """Fail unless the code under test made such a call.

        Args:
            operation: the name on the wire, or "*" for any.
            times: exactly how many there were; by default one or more.
            outcome: as for `filter`.
            when: as for `filter`.
            origin: whose calls, as for `filter`: with "any" those of handles and fixtures apply,
                too.
            params: as for `filter`.

        Returns:
            These calls.

        Raises:
            AssertionError: there were none, or another number; the message lists the calls that
                there were.
            ValueError: the service has no such operation or outcome, the operation no such member,
                or the member no such value.
        """
        __tracebackhide__ = True  # pytest shows the line of the test
        NUMBER.check_if_given(times=times)
        chosen = self.filter(operation, outcome=outcome, when=when, origin=origin, **params)
        if (len(chosen) == times) if times is not None else chosen:
            return chosen
        expected = "at least once" if times is None else _times(times)
        asked = _asked(outcome, when, params)
        whose = origin or self._default_origin
        name = "Any operation" if operation == ANY_OPERATION else operation
        message = [f"{name}{asked} was called {_times(len(chosen))}{_BY[whose]}, not {expected}"]
        kept = len(self._log.latest)
        if self._chosen is None and self._log.total > kept:
            message.append(f"(the log has the latest {kept} of {self._log.total} calls)")
        if whose == "code":
            others = self.filter(operation, outcome=outcome, when=when, origin="handle", **params)
            if others:
                message.append(
                    f'(handles or fixtures did {_times(len(others))}: origin="any" includes that)'
                )
        message += _instead(self, operation, chosen, whose)
        raise AssertionError("\n".join(message))

    def assert_not_called(
        self,
        operation: Operation | AllOperations,
        *,
        outcome: Outcome | None = None,
        when: Callable[[Call], bool] | None = None,
        origin: Whose | None = None,
        **params: Any,
    ) -> None:
        """Fail if the code under test made such a call. For the arguments see `assert_called`.

        Raises:
            AssertionError: there was one.
            ValueError: the service has no such operation or outcome, the operation no such member,
                or the member no such value.
        """
        __tracebackhide__ = True
        self.assert_called(operation, times=0, outcome=outcome, when=when, origin=origin, **params)

    def iam_policy(self, *, origin: Whose | None = None) -> dict[str, Any]:
        """The smallest IAM policy for the role of the code that made these calls.

        It allows the actions that were called, on the CAs, with the certificate templates, and
        nothing else. Calls that failed are included.

        Args:
            origin: whose calls, as for `filter`; by default those of the code under test.

        Returns:
            The document, for `json.dumps`. Its ARNs are those of the mock's CAs.
        """
        return privileges.smallest_policy(self.filter(origin=origin))


def _kept(log: Calls) -> list[Call]:
    return list(log._log.latest) if log._chosen is None else log._chosen


def _instead(log: Calls, operation: str, chosen: Calls, whose: Whose) -> list[str]:
    """The calls so far; the requested ones are marked.

    Other calls are shown in full only if they are similar to the requested ones.
    """
    calls = _kept(log)
    if not calls:
        return ["There were no calls."]
    marked = {id(call) for call in chosen}
    in_full = None if operation == ANY_OPERATION else operation
    lines = text.report(calls, _SHOWN, folds=whose == "code", marked=marked, in_full=in_full)
    return ["The calls were:", *lines]


_BY: Final[dict[Whose, str]] = {"code": "", "handle": " by handles", "any": ""}


def _check(operation: str | None, params: Params) -> None:
    if operation is not None:
        check_call(operation, params)
    elif params:
        raise ValueError(f'name the operation of which {", ".join(params)} is a member, or "*"')


def _asked(outcome: str | None, when: object, params: Params) -> str:
    parts = [f"{name}={words.short(value)}" for name, value in params.items()]
    if outcome is not None:
        parts.append(f"outcome={outcome!r}")
    if when is not None:
        parts.append("when=…")
    return f"({', '.join(parts)})" if parts else ""


def _times(number: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{number} times")
