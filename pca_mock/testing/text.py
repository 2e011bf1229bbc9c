"""Calls and CAs as lines of text."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any, Final

from pca_mock.pki.algorithms import KEY_ALGORITHMS
from pca_mock.state.calls import Call
from pca_mock.state.store import State
from pca_mock.testing import fields, look

_LONGEST_VALUE: Final = 60  # characters
_LONGEST_NAME: Final = 40
_LONGEST_MESSAGE: Final = 300
_MOST_AUTHORITIES: Final = 50  # that a tree shows
_PEM_LABEL: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
_KEY_WIDTH: Final = max(len(fields.algorithm(name)) for name in KEY_ALGORITHMS)


def line(call: Call) -> str:
    """A call as a line of text."""
    params = ", ".join(f"{name}={shown(value)}" for name, value in call.params.items())
    retried = f" after {retries(call)}" if call.retries else ""
    message = f": {message_of(call)}" if call.message else ""
    caller = f"{call.caller.account} {call.caller.region}"
    outcome = f"{call.outcome}{retried}{message}"
    return f"{call.time:%H:%M:%S} {caller} {call.operation}({params}) -> {outcome}"


def retries(call: Call) -> str:
    """How many retries a call had: "1 retry", "2 retries"."""
    return f"{call.retries} {'retry' if call.retries == 1 else 'retries'}"


def message_of(call: Call) -> str:
    """A call's error message, in one line."""
    return cut(look.printable(call.message or ""), _LONGEST_MESSAGE)


def shown(value: Any) -> str:
    """A value as text that fits in a line: of an ARN the end, of PEM what it is."""
    text = look.printable(repr(value))
    if len(text) <= _LONGEST_VALUE:
        return text
    if isinstance(value, (str, bytes)):
        pem = _PEM_LABEL.search(text)
        if pem is not None:
            return f"<{pem[1]}, {len(value)} {'bytes' if isinstance(value, bytes) else 'characters'}>"
        if text.startswith("'arn:"):
            return f"'…{text[2 - _LONGEST_VALUE :]}"
    half = _LONGEST_VALUE // 2 - 1
    return f"{text[:half]}…{text[-half:]}"


def cut(text: str, longest: int) -> str:
    """Text that is not longer than so many characters."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def tree(state: State) -> list[str]:
    """The hierarchy of a mock's CAs, a line for each, in columns; the end of a long one is left out.

    A line ends in the last part of the CA's ARN, with account and region where they are not the
    same for all.
    """
    with state.lock:
        now = state.clock.now()
        found = list(look.flattened(look.hierarchy(state)))
        rows = [
            (
                f"{'  ' * depth}{cut(look.name_of(ca), _LONGEST_NAME)}",
                f"{ca.type:<11} {ca.status(now).value}",
                f"{fields.algorithm(ca.configuration['KeyAlgorithm']):<{_KEY_WIDTH}}",
                look.validity_of(ca),
                str(ca.arn),
            )
            for depth, ca in islice(found, _MOST_AUTHORITIES)
        ]
    widths = [max(map(len, column), default=0) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    hidden = len(found) - len(rows)
    return [*lines, f"… and {hidden} more"] if hidden else lines
