"""Planning faults: the words in which a test asks for them. What they may be is the service's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from pca_mock.service import faults
from pca_mock.state import running
from pca_mock.state.plans import Effect, Params, Plan
from pca_mock.state.store import State

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError

_NO_TIME: Final = timedelta()


class FaultPlanner:
    """What a running mock can be told to do to calls."""

    _state: State

    def fail(
        self,
        operation: str,
        error: str | BotoCoreError,
        message: str | None = None,
        *,
        times: int | None = None,
        attempts: int | None = None,
        latency: timedelta = _NO_TIME,
        when: Callable[[Params], bool] | None = None,
        **params: Any,
    ) -> Plan:
        """Let calls fail, from now on, without carrying them out.

        botocore's own retry handlers decide whether it makes another attempt. Their waiting moves
        the mock's clock, and takes no real time.

        Args:
            operation: the name on the wire, such as "IssueCertificate".
            error: an error code of the service, or what botocore raises when the network fails,
                such as `ReadTimeoutError(endpoint_url="…")`.
            message: of an error code; by default the usual one.
            times: how many calls fail, with all their attempts; by default each one, until the
                plan is cancelled or its block ends.
            attempts: how many single attempts fail instead, so that a retry may succeed.
            latency: how long each answer takes, by the mock's clock.
            when: what must say yes to the parameters of a call.
            params: members that a call must have, with their values; a handle stands for its ARN.

        Returns:
            The plan: in force already, and a context manager that ends it. Of several plans that
            match a call, counted ones go first, oldest first; then the others, newest first.

        Raises:
            RuntimeError: the mock has ended.
            TypeError: both `times` and `attempts`, or a message for an exception, which has one.
            ValueError: the service has no such operation, error or member; not a positive number;
                a negative latency.
        """
        if times is not None and attempts is not None:
            raise TypeError("say times (whole calls) or attempts (single ones), not both")
        effect = faults.refusal(error, message, latency, single=attempts is not None)
        left = times if attempts is None else attempts
        return self._plan(operation, effect, left, when, params)

    def delay(
        self,
        operation: str,
        latency: timedelta,
        *,
        times: int | None = None,
        when: Callable[[Params], bool] | None = None,
        **params: Any,
    ) -> Plan:
        """Let answers take time, by the mock's clock: once for each call, retries included.

        For arguments, result and errors see `fail`.
        """
        return self._plan(operation, faults.delay(latency), times, when, params)

    def fail_later(
        self,
        operation: str,
        reason: str | None = None,
        *,
        times: int | None = None,
        when: Callable[[Params], bool] | None = None,
        **params: Any,
    ) -> Plan:
        """Let calls succeed, but what they begin fail.

        Args:
            operation: CreateCertificateAuthority (the CA becomes FAILED), IssueCertificate
                (GetCertificate answers RequestFailedException), or
                CreateCertificateAuthorityAuditReport (the report becomes FAILED).
            reason: of a CA, a FailureReason of the model; by default OTHER.
            times: how many calls; by default each one.
            when: what must say yes to the parameters of a call.
            params: members that a call must have, with their values.

        Raises:
            ValueError: another operation, no such reason or member, or not a positive number.
        """
        return self._plan(operation, faults.late_failure(operation, reason), times, when, params)

    def hold(
        self,
        operation: str,
        polls: int,
        *,
        times: int | None = None,
        when: Callable[[Params], bool] | None = None,
        **params: Any,
    ) -> Plan:
        """Let what calls begin be in progress until it has been asked for so often.

        The delays of `mock_pca` must be over, too. When the plan ends, what is held stays so.

        Args:
            operation: one of those of `fail_later`.
            polls: how often GetCertificate answers RequestInProgressException, a new CA is CREATING
                when it is described or its CSR is asked for, or a report is CREATING.
            times: how many calls; by default each one.
            when: what must say yes to the parameters of a call.
            params: members that a call must have, with their values.

        Raises:
            ValueError: another operation, no such member, or not a positive number.
        """
        return self._plan(operation, faults.hold(operation, polls), times, when, params)

    def _plan(
        self,
        operation: str,
        effect: Effect,
        left: int | None,
        when: Callable[[Params], bool] | None,
        params: dict[str, Any],
    ) -> Plan:
        plan = faults.plan(operation, effect, left, when, params)
        running.check(self._state)
        return self._state.plans.add(plan)
