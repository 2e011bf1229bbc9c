"""Calls and CAs as lines of text."""

from __future__ import annotations

from typing import Final

from pca_mock.service import states
from pca_mock.showing import hierarchy, words
from pca_mock.state.calls import Call
from pca_mock.state.store import State

_LONGEST_NAME: Final = 40  # characters
_LONGEST_MESSAGE: Final = 300
_MOST_AUTHORITIES: Final = 50  # that a tree shows


def line(call: Call) -> str:
    """A call as a line of text."""
    params = ", ".join(f"{name}={words.short(value)}" for name, value in call.params.items())
    retried = f" after {retries(call)}" if call.retries else ""
    message = f": {message_of(call)}" if call.message else ""
    caller = f"{call.caller.account} {call.caller.region}"
    outcome = f"{call.outcome}{retried}{message}"
    return f"{call.time:%H:%M:%S} {caller} {call.operation}({params}) -> {outcome}"


def retries(call: Call) -> str:
    """How many retries a call had: "1 retry", "2 retries"."""
    return f"{call.retries} {'retry' if call.retries == 1 else 'retries'}"


def message_of(call: Call) -> str:
    """A call's error message, in one line, with what this package has to add."""
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
