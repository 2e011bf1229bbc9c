"""Calls and CAs as lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from pca_mock.service import states
from pca_mock.service.eventbridge import Event
from pca_mock.showing import hierarchy, words
from pca_mock.state.calls import SUCCESS, Call
from pca_mock.state.store import State

_LONGEST_NAME: Final = 40  # characters
_LONGEST_MESSAGE: Final = 300
_MOST_AUTHORITIES: Final = 50  # that a tree shows


class _Row(NamedTuple):
    """A line of a report, and the calls that it is about."""

    text: str
    calls: int


def report(
    calls: Sequence[Call],
    most: int,
    *,
    folds: bool = True,
    marked: Collection[int] | None = None,
    in_full: str | None = None,
) -> list[str]:
    """Numbered lines about calls, oldest first.

    Args:
        calls: the calls.
        most: how many lines there may be; then the first one has the number of earlier calls.
        folds: whether successful calls of handles, which prepare a test, share a line.
        marked: the `id` of each call that gets a ">"; None for no column of marks.
        in_full: the operation whose calls are shown with their parameters; None for all.
    """
    rows = [
        row
        for are_folded, run in groupby(
            enumerate(calls, start=1), lambda numbered: folds and is_preparation(numbered[1])
        )
        for row in (_folded(list(run), marked) if are_folded else _rows(run, marked, in_full))
    ]
    hidden = sum(row.calls for row in rows[:-most])
    lines = [row.text for row in rows[-most:]]
    indent = "" if marked is None else "      "
    return [f"{indent}({words.count(hidden, 'earlier call')})", *lines] if hidden else lines


def is_preparation(call: Call) -> bool:
    """Whether a handle or fixture made the call, and it succeeded: it prepares a test."""
    return call.origin == "handle" and call.outcome == SUCCESS


def folded(numbered: Sequence[tuple[int, Call]]) -> str:
    """Calls with their numbers that share a line: "1-3. by handles: GetCertificate (3)"."""
    operations = Counter(call.operation for _, call in numbered)
    names = ", ".join(
        name if times == 1 else f"{name} ({times})" for name, times in operations.items()
    )
    (first, _), (last, _) = numbered[0], numbered[-1]
    numbers = str(first) if first == last else f"{first}-{last}"
    return f"{numbers:>3}. by handles: {names}"


def _folded(numbered: Sequence[tuple[int, Call]], marked: Collection[int] | None) -> list[_Row]:
    mark = "" if marked is None else "  "
    return [_Row(f"{mark}{folded(numbered)}", len(numbered))]


def _rows(
    numbered: Iterable[tuple[int, Call]], marked: Collection[int] | None, in_full: str | None
) -> Iterator[_Row]:
    for number, call in numbered:
        is_full = in_full in (None, call.operation)
        shown = line(call) if is_full else f"{call.operation} {call.outcome}"
        mark = "" if marked is None else ("> " if id(call) in marked else "  ")
        yield _Row(f"{mark}{number:3}. {shown}", 1)


def line(call: Call) -> str:
    """A call as a line of text."""
    params = ", ".join(f"{name}={words.short(value)}" for name, value in call.params.items())
    retried = f" after {retries(call)}" if call.retries else ""
    message = f": {message_of(call)}" if call.message else ""
    origin = "" if call.origin == "code" else f" {call.origin}"
    caller = f"{call.caller.account} {call.caller.region}{origin}"
    outcome = f"{call.outcome}{retried}{message}"
    return f"{call.time:%Y-%m-%d %H:%M:%S} {caller} {call.operation}({params}) -> {outcome}"


def events(events: Sequence[Event], most: int) -> list[str]:
    """Numbered lines about events, oldest first.

    Args:
        events: the events.
        most: how many lines there may be; then the first one has the number of earlier events.
    """
    first = max(0, len(events) - most)
    numbered = enumerate(events[first:], start=first + 1)
    lines = [f"{number:3}. {event_line(event)}" for number, event in numbered]
    return [f"({words.count(first, 'earlier event')})", *lines] if first else lines


def event_line(event: Event) -> str:
    """An event as a line of text."""
    name = f" {event.name}" if event.name is not None else ""
    place = f"{event.time:%Y-%m-%d %H:%M:%S} {event.account} {event.region}"
    return f"{place} {event.detail_type}{name} -> {event_outcome(event)}"


def event_outcome(event: Event) -> str:
    """How that has ended which an event is about: "success", "failure", a status or an error."""
    detail = event.detail
    status = detail.get("serviceEventDetails", {}).get("status", SUCCESS)
    outcome = detail.get("result") or detail.get("errorCode") or status
    reason = detail.get("reason")
    return f"{outcome}: {reason}" if reason else str(outcome)


def retries(call: Call) -> str:
    """How many retries a call had: "1 retry", "2 retries"."""
    return f"{call.retries} {'retry' if call.retries == 1 else 'retries'}"


def message_of(call: Call) -> str:
    """A call's error message, in one line, with this package's hint."""
    message = words.cut(words.printable(call.message or ""), _LONGEST_MESSAGE)
    return f"{message} [{call.hint}]" if call.hint else message


def tree(state: State) -> list[str]:
    """The hierarchy of a mock's CAs, a line for each, in columns.

    A line ends in the parts of the CA's ARN that differ: region and id, and the account if there
    are CAs of other accounts than the mock's.
    """
    with state.lock:
        now = state.clock.now()
        authorities = list(hierarchy.flattened(hierarchy.trees(state)))
        is_alone = all(ca.arn.account == state.account_id for _, ca in authorities)
        rows = [
            (
                f"{'  ' * depth}{words.cut(words.name_of(ca), _LONGEST_NAME)}",
                ca.type,
                states.status(ca, now).value,
                words.algorithm(ca.configuration["KeyAlgorithm"]),
                words.validity_of(ca),
                *(() if is_alone else (ca.arn.account,)),
                ca.arn.region,
                ca.arn.ca_id,
            )
            for depth, ca in authorities[:_MOST_AUTHORITIES]
        ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    hidden = len(authorities) - len(rows)
    return [*lines, f"… and {hidden} more"] if hidden else lines
