"""Calls and CAs as lines of text."""

from __future__ import annotations

import re
from typing import Any, Final

from pca_mock.state.calls import Call
from pca_mock.state.store import State
from pca_mock.testing import fields, look

_LONGEST_VALUE: Final = 64  # characters
_LONGEST_NAME: Final = 40
_LONGEST_MESSAGE: Final = 300
_MOST_AUTHORITIES: Final = 50  # that a tree shows
_PEM_LABEL: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")


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
            return (
                f"<{pem[1]}, {len(value)} {'bytes' if isinstance(value, bytes) else 'characters'}>"
            )
        if text.startswith("'arn:"):
            *_, resource = text[1:-1].split(":", 5)
            if len(resource) > _LONGEST_VALUE - 3:
                resource = "/".join(resource.split("/")[-2:])
            return f"'…{cut(resource, _LONGEST_VALUE - 3)}'"
    half = _LONGEST_VALUE // 2 - 1
    return f"{text[:half]}…{text[-half:]}"


def cut(text: str, longest: int) -> str:
    """Text that is not longer than so many characters."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def tree(state: State) -> list[str]:
    """The hierarchy of a mock's CAs, a line for each, in columns.

    A line ends in what tells the CA's ARN from others: region and id, and the account if there are
    CAs of other accounts than the mock's.
    """
    with state.lock:
        now = state.clock.now()
        found = list(look.flattened(look.hierarchy(state)))
        is_alone = all(ca.arn.account == state.settings.account_id for _, ca in found)
        rows = [
            (
                f"{'  ' * depth}{cut(look.name_of(ca), _LONGEST_NAME)}",
                ca.type,
                ca.status(now).value,
                fields.algorithm(ca.configuration["KeyAlgorithm"]),
                look.validity_of(ca),
                *(() if is_alone else (ca.arn.account,)),
                ca.arn.region,
                ca.arn.ca_id,
            )
            for depth, ca in found[:_MOST_AUTHORITIES]
        ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    hidden = len(found) - len(rows)
    return [*lines, f"… and {hidden} more"] if hidden else lines
