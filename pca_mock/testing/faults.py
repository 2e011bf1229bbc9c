"""Planning faults: how a test requests them, and which requests are refused.

Sources: API Reference, "Common Errors"; the model's FailureReason; API_GetCertificate.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeVar, get_args

from botocore.exceptions import BotoCoreError, ReadTimeoutError

from pca_mock.arguments import DURATION, FUNCTION, NUMBER, TEXT
from pca_mock.errors import ERRORS
from pca_mock.literals import (
    AllOperations,
    ErrorCode,
    FailureReason,
    Operation,
    SlowOperation,
)
from pca_mock.service.model import service_model
from pca_mock.state import running
from pca_mock.state.calls import Whose
from pca_mock.state.plans import (
    ANY_OPERATION,
    Delay,
    Effect,
    Failure,
    Hold,
    LateFailure,
    LostResponse,
    Params,
    Plan,
    Refusal,
)
from pca_mock.state.store import State
from pca_mock.testing.words import check_call, check_whose, no_such

_Failure = TypeVar("_Failure", bound=Failure)
_NO_TIME: Final = timedelta()
# Operations that begin something which takes time on AWS, and may fail then.
_BEGIN_SOMETHING: Final = get_args(SlowOperation)
_CREATES_A_CA: Final = "CreateCertificateAuthority"
_USUAL_REASON: Final = "OTHER"


class FaultPlanner:
    """The faults that a running mock can have."""

    _state: State

    def fail(
        self,
        operation: Operation | AllOperations,
        error: ErrorCode | BotoCoreError,
        message: str | None = None,
        *,
        times: int | None = None,
        attempts: int | None = None,
        latency: timedelta = _NO_TIME,
        when: Callable[[Params], bool] | None = None,
        origin: Whose = "code",
        **params: Any,
    ) -> Plan:
        """Make calls of the code under test fail, from now on, without carrying them out.

        botocore's own retry handlers decide whether it makes another attempt. Their waiting moves
        the mock's clock, and takes no real time.

        Example:
            >>> from pca_mock import mock_pca
            >>> with mock_pca() as pca:
            ...     plan = pca.fail("ListCertificateAuthorities", "ThrottlingException", attempts=2)
            ...     answer = pca.client().list_certificate_authorities()
            ...     answer["ResponseMetadata"]["RetryAttempts"], plan.struck
            (2, 2)

        Args:
            operation: the name on the wire, such as "IssueCertificate", or "*" for all.
            error: an error code of the service, or an error of botocore's for a failing network,
                such as `ReadTimeoutError(endpoint_url="…")`.
            message: of an error code; by default the usual one.
            times: how many calls fail, with all their attempts; by default each one, until the
                plan is cancelled or its block ends.
            attempts: how many single attempts fail instead, so that a retry may succeed.
            latency: how long each answer takes, by the mock's clock.
            when: called with the parameters of a call; it is struck if this returns true. Its
                errors reach the caller unchanged, and nothing has happened then.
            origin: whose calls: "code" for those of the code under test, "handle" for those of
                handles and fixtures, "any" for both.
            params: members that a call must have, with their values; a handle means its ARN.

        Returns:
            The plan: in force already, and a context manager that ends it. Of several plans that
            match a call, counted ones go first, oldest first; then the others, newest first.

        Raises:
            RuntimeError: the mock has ended.
            TypeError: both `times` and `attempts`, or a message for an exception, which has one.
            ValueError: the service has no such operation, error or member; not a positive number;
                a negative latency.
        """
        left = _number(times, attempts)
        effect = _failure(Refusal, error, message, latency, single=attempts is not None)
        return _planned(self, operation, effect, left, when, origin, params)

    def lose_response(
        self,
        operation: Operation | AllOperations,
        error: ErrorCode | BotoCoreError | None = None,
        message: str | None = None,
        *,
        times: int | None = None,
        attempts: int | None = None,
        latency: timedelta = _NO_TIME,
        when: Callable[[Params], bool] | None = None,
        origin: Whose = "code",
        **params: Any,
    ) -> Plan:
        """Carry out calls of the code under test, but lose their responses on the way.

        A retry carries the operation out once more, unless an idempotency token prevents it.

        Args:
            operation: the name on the wire, such as "IssueCertificate", or "*" for all.
            error: the error that the caller gets instead: an error code of the service, or an error
                of botocore's; by default its ReadTimeoutError.
            message: of an error code; by default the usual one.
            times: how many calls lose all their responses; by default each one.
            attempts: how many single responses get lost instead, so that a retry may get one.
            latency: how long it takes until the response is given up, by the mock's clock.
            when: called with the parameters of a call; it is struck if this returns true.
            origin: whose calls, as for `fail`.
            params: members that a call must have, with their values.

        Returns:
            The plan, as for `fail`.

        Raises:
            RuntimeError: the mock has ended.
            TypeError: both `times` and `attempts`, or a message for an exception, which has one.
            ValueError: the service has no such operation, error or member; not a positive number;
                a negative latency.
        """
        left = _number(times, attempts)
        if error is None:
            error = ReadTimeoutError(endpoint_url="https://acm-pca.amazonaws.com/")
        effect = _failure(LostResponse, error, message, latency, single=attempts is not None)
        return _planned(self, operation, effect, left, when, origin, params)

    def delay(
        self,
        operation: Operation | AllOperations,
        latency: timedelta,
        *,
        times: int | None = None,
        when: Callable[[Params], bool] | None = None,
        origin: Whose = "code",
        **params: Any,
    ) -> Plan:
        """Make answers to the code under test take time, by the mock's clock.

        A call takes it once, however often botocore tries again.

        For arguments, result and errors see `fail`.
        """
        _check_latency(latency)
        return _planned(self, operation, Delay(latency), times, when, origin, params)

    def fail_later(
        self,
        operation: SlowOperation | AllOperations,
        reason: FailureReason | None = None,
        *,
        times: int | None = None,
        when: Callable[[Params], bool] | None = None,
        origin: Whose = "any",
        **params: Any,
    ) -> Plan:
        """Make calls succeed, but make the things that they begin fail.

        Args:
            operation: CreateCertificateAuthority (the CA becomes FAILED), IssueCertificate
                (GetCertificate answers RequestFailedException),
                CreateCertificateAuthorityAuditReport (the report becomes FAILED), or "*" for all
                of them.
            reason: of a CA, a FailureReason of the model; by default OTHER.
            times: how many calls; by default each one.
            when: called with the parameters of a call; it is struck if this returns true.
            origin: whose calls, by default anybody's: a handle may begin things that the code
                under test gets.
            params: members that a call must have, with their values.

        Raises:
            ValueError: another operation, no such reason or member, or not a positive number.
        """
        _check_begins(operation)
        effect = LateFailure(_failure_reason(operation, reason))
        return _planned(self, operation, effect, times, when, origin, params)

    def hold(
        self,
        operation: SlowOperation | AllOperations,
        polls: int,
        *,
        times: int | None = None,
        when: Callable[[Params], bool] | None = None,
        origin: Whose = "any",
        **params: Any,
    ) -> Plan:
        """Keep the things that calls begin in progress for a number of polls.

        The delays of `mock_pca` must be over, too. When the plan ends, held things stay held.

        Args:
            operation: one of those of `fail_later`.
            polls: how often GetCertificate answers RequestInProgressException, a new CA is CREATING
                when it is described or its CSR is asked for, or a report is CREATING.
            times: how many calls; by default each one.
            when: called with the parameters of a call; it is struck if this returns true.
            origin: whose calls, by default anybody's: a handle may begin things that the code
                under test gets.
            params: members that a call must have, with their values.

        Raises:
            ValueError: another operation, no such member, or not a positive number.
        """
        _check_begins(operation)
        _check_number("polls", polls)
        return _planned(self, operation, Hold(polls), times, when, origin, params)


def _planned(
    planner: FaultPlanner,
    operation: str,
    effect: Effect,
    left: int | None,
    when: Callable[[Params], bool] | None,
    origin: Whose,
    params: dict[str, Any],
) -> Plan:
    check_call(operation, params)
    check_whose(origin)
    FUNCTION.check_if_given(when=when)
    if left is not None:
        _check_number("times", left)
    running.check(planner._state)
    is_narrow = left is not None or bool(params) or when is not None
    must_strike = planner._state.settings.faults_must_strike and is_narrow
    plan = Plan(operation, effect, dict(params), when, left, origin, must_strike)
    return planner._state.plans.add(plan)


def _number(times: int | None, attempts: int | None) -> int | None:
    """How many calls or attempts are struck; None for all calls.

    Raises:
        TypeError: both were asked for, or one isn't a number.
    """
    NUMBER.check_if_given(times=times, attempts=attempts)
    if times is not None and attempts is not None:
        raise TypeError("pass times (whole calls) or attempts (single ones), not both")
    return times if attempts is None else attempts


def _failure(
    kind: type[_Failure],
    error: ErrorCode | BotoCoreError,
    message: str | None,
    latency: timedelta,
    *,
    single: bool,
) -> _Failure:
    """The effect of `fail` and `lose_response`.

    Args:
        kind: before or after the operation is carried out.
        error: an error code, or an error of botocore's for a failing network.
        message: of an error code; by default the usual one.
        latency: how long the answer takes.
        single: whether botocore may try again.

    Raises:
        TypeError: a message for an exception, which has its own.
        ValueError: the service has no such error, or the latency is negative.
    """
    _check_latency(latency)
    TEXT.check_if_given(message=message)
    if isinstance(error, BotoCoreError):
        if message is not None:
            raise TypeError(f"{type(error).__name__} has a message of its own")
        return kind(error, single, latency)
    error_class = ERRORS.get(error)
    if error_class is None:
        raise ValueError(no_such("error", error, ERRORS))
    text = message if message is not None else error_class.usual_message or "planned by the test"
    return kind(error_class(text), single, latency)


def _failure_reason(operation: str, reason: str | None) -> str:
    """A FailureReason of the model, which only CAs have.

    Raises:
        ValueError: the model has no such reason, or the operation makes no CA.
    """
    TEXT.check_if_given(reason=reason)
    reasons = service_model().shape_for("FailureReason").enum
    if reason is None:
        return _USUAL_REASON
    if operation != _CREATES_A_CA:
        raise ValueError(f"only {_CREATES_A_CA} has failure reasons, {operation} has none")
    if reason not in reasons:
        raise ValueError(no_such("failure reason", reason, reasons))
    return reason


def _check_number(noun: str, number: int) -> None:
    NUMBER.check(**{noun: number})
    if number < 1:
        raise ValueError(f"the number of {noun} is a positive integer, not {number!r}")


def _check_begins(operation: str) -> None:
    if operation not in (*_BEGIN_SOMETHING, ANY_OPERATION):
        names = ", ".join(_BEGIN_SOMETHING)
        raise ValueError(
            f"the operation {operation!r} begins nothing that takes time; these do: {names}"
        )


def _check_latency(latency: timedelta) -> None:
    DURATION.check(latency=latency)
    if latency < timedelta():
        raise ValueError(f"a latency is not negative, as {latency} is")
