"""Calls and CAs as lines of text."""

from __future__ import annotations

from typing import Any, Final

from pca_mock.state.calls import Call
from pca_mock.state.store import State
from pca_mock.testing import look

_LONGEST_VALUE: Final = 60  # characters


def line(call: Call) -> str:
    """A call as a line of text."""
    params = ", ".join(f"{name}={shown(value)}" for name, value in call.params.items())
    retried = f" after {call.retries} retries" if call.retries else ""
    message = f": {call.message}" if call.message else ""
    caller = f"{call.caller.account} {call.caller.region}"
    outcome = f"{call.outcome}{retried}{message}"
    return f"{call.time:%H:%M:%S} {caller} {call.operation}({params}) -> {outcome}"


def shown(value: Any) -> str:
    """A value as text that fits in a line."""
    text = repr(value)
    if len(text) <= _LONGEST_VALUE:
        return text
    half = _LONGEST_VALUE // 2 - 1
    return f"{text[:half]}…{text[-half:]}"


def tree(state: State) -> list[str]:
    """The hierarchy of a mock's CAs, a line for each."""
    now = state.clock.now()
    return [
        f"{'  ' * depth}{look.name_of(ca)}  {ca.type} {ca.status(now).value} "
        f"{ca.configuration['KeyAlgorithm']}  {look.validity_of(ca)}  {ca.arn}"
        for depth, ca in look.flattened(look.hierarchy(state))
    ]
