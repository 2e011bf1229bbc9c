"""Faults as a test asks for them, held against the service model: what isn't there is refused.

Sources: API Reference, "Common Errors"; the model's FailureReason; API_GetCertificate.
"""

from __future__ import annotations

import copy
import difflib
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError

from pca_mock.errors import ERRORS, AwsError
from pca_mock.service.model import operation_model, service_model
from pca_mock.state.plans import Delay, Effect, Hold, LateFailure, Params, Plan, Refusal

# Operations that begin something which takes time on AWS, and may fail then.
_BEGIN_SOMETHING: Final = (
    "CreateCertificateAuthority",
    "CreateCertificateAuthorityAuditReport",
    "IssueCertificate",
)
_MEANS_A_CA: Final = "CreateCertificateAuthority"
_USUAL_REASON: Final = "OTHER"


def refusal(
    error: str | BotoCoreError, message: str | None, latency: timedelta, *, single: bool
) -> Refusal:
    """What lets calls fail.

    Args:
        error: an error code, or what botocore raises when the network fails.
        message: of an error code; by default the usual one.
        latency: how long the answer takes.
        single: whether botocore may try again.

    Raises:
        TypeError: a message for an exception, which has its own.
        ValueError: the service has no such error, or the latency is negative.
    """
    _check_latency(latency)
    if isinstance(error, BotoCoreError):
        if message is not None:
            raise TypeError(f"{type(error).__name__} has a message of its own")
        return Refusal(error, single, latency)
    kind = ERRORS.get(error)
    if kind is None:
        raise ValueError(_unknown("error", error, ERRORS))
    text = message if message is not None else kind.usual_message or "planned by the test"
    return Refusal(kind(text), single, latency)


def new_instance(error: Exception) -> Exception:
    """The error of a refusal for one more call: what is raised keeps its traceback."""
    return type(error)(error.message) if isinstance(error, AwsError) else copy.copy(error)


def delay(latency: timedelta) -> Delay:
    """What lets answers take time.

    Raises:
        ValueError: the latency is negative.
    """
    _check_latency(latency)
    return Delay(latency)


def late_failure(operation: str, reason: str | None) -> LateFailure:
    """What lets the thing fail that a call begins.

    Args:
        operation: one that begins something.
        reason: a FailureReason of the model, of a CA.

    Raises:
        ValueError: see above.
    """
    _check_begins(operation)
    reasons = service_model().shape_for("FailureReason").enum
    if reason is None:
        return LateFailure(_USUAL_REASON)
    if operation != _MEANS_A_CA:
        raise ValueError(f"only {_MEANS_A_CA} has failure reasons, {operation} has none")
    if reason not in reasons:
        raise ValueError(_unknown("failure reason", reason, reasons))
    return LateFailure(reason)


def hold(operation: str, polls: int) -> Hold:
    """What lets the thing be in progress for a while that a call begins.

    Raises:
        ValueError: the operation begins nothing, or not a positive number of polls.
    """
    _check_begins(operation)
    _check_number("polls", polls)
    return Hold(polls)


def plan(
    operation: str,
    effect: Effect,
    left: int | None,
    when: Callable[[Params], bool] | None,
    params: Mapping[str, Any],
) -> Plan:
    """A plan that isn't in force yet.

    Args:
        operation: the name on the wire.
        effect: one of the above.
        left: how many calls it strikes; None for all.
        when: what must say yes to the call's parameters.
        params: members that the call must have, with their values.

    Raises:
        ValueError: the model has no such operation or member, or `left` isn't positive.
    """
    check_call(operation, params)
    if left is not None:
        _check_number("times", left)
    return Plan(operation, effect, dict(params), when, left)


def check_call(operation: str, members: Iterable[str]) -> None:
    """Refuse what the service model doesn't know.

    Raises:
        ValueError: no such operation, or it has no such member.
    """
    names = service_model().operation_names
    if operation not in names:
        raise ValueError(_unknown("operation", operation, names))
    shape = operation_model(operation).input_shape
    known = shape.members if shape is not None else {}
    for member in members:
        if member not in known:
            raise ValueError(_unknown(f"member of {operation}", member, known))


def _check_number(what: str, number: int) -> None:
    if number < 1 or number != int(number):
        raise ValueError(f"the number of {what} is a positive integer, not {number!r}")


def _check_begins(operation: str) -> None:
    if operation not in _BEGIN_SOMETHING:
        names = ", ".join(_BEGIN_SOMETHING)
        raise ValueError(f"{operation!r} begins nothing that takes time; these do: {names}")


def _check_latency(latency: timedelta) -> None:
    if latency < timedelta():
        raise ValueError(f"a latency is not negative, as {latency} is")


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
    hint = f"; do you mean {close[0]}?" if close else f", only {', '.join(sorted(known))}"
    return f"there is no {kind} {name!r}{hint}"
