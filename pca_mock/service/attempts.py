"""A call as a client makes it: one attempt or, where it is tried again, several; then the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeVar

from pca_mock.arns import parse_authority_arn
from pca_mock.errors import (
    AccessDeniedException,
    AwsError,
    InvalidArnException,
    ResourceNotFoundException,
)
from pca_mock.service import access, cloudtrail, dispatch, happenings
from pca_mock.service.context import Response
from pca_mock.state.calls import SUCCESS, Call, Caller
from pca_mock.state.events import UNKNOWN_SENDER, ApiCall, Sender
from pca_mock.state.plans import Delay, Failure, LostResponse, Plan, Refusal
from pca_mock.state.randomness import new_uuid
from pca_mock.state.store import State
from pca_mock.structures import copied

_Effect = TypeVar("_Effect", bound=Delay | Failure)

# Operations that change nothing which has to survive the process.
_READS: Final = ("Describe", "Get", "List")


class ClientCall:
    """One call of a client.

    Attributes:
        request_id: for the ResponseMetadata.
    """

    def __init__(
        self,
        state: State,
        operation: str,
        params: Mapping[str, object],
        caller: Caller,
        at: datetime | None = None,
        sender: Sender = UNKNOWN_SENDER,
    ) -> None:
        """Begin a call, which a sender makes. See `dispatch.call` for the other arguments."""
        self._state = state
        self._operation = operation
        self._params = params
        self._copy = copied(params)
        self._caller = caller
        self._at = at
        self._sender = sender
        self._time = self._attempted_at = at or state.clock.now()
        self._failure: Failure | None = None  # of all attempts
        self._is_delayed = False
        self._noted: Call | None = None
        self.request_id = new_uuid(state.random)

    def attempt(self) -> Response:
        """Answer one attempt.

        Raises:
            AwsError: AWS would refuse the call; nothing has changed.
            BotoCoreError: a planned failure of the network.
            ConditionError: the condition of a plan has raised; nothing has changed.
        """
        if self._noted is not None:  # over the wire, another attempt has ended
            self._attempted_at = self._state.clock.now()
        if not self._state.plans.in_force and self._failure is None:
            return self._carry_out()
        # All conditions are asked before anything happens.
        delay = self._find(Delay) if not self._is_delayed else None
        refusal = self._find(Refusal) if self._failure is None else None
        loss = self._find(LostResponse) if self._failure is None and refusal is None else None
        self._wait_as_planned(delay)
        self._fail_as_planned(refusal, Refusal)
        try:
            response = self._carry_out()
        except AwsError:
            self._fail_as_planned(loss, LostResponse)
            raise
        self._fail_as_planned(loss, LostResponse)
        return response

    def _carry_out(self) -> Response:
        number = self._state.events.next_number()  # before those of what the call does
        try:
            response = dispatch.call(
                self._state, self._operation, self._params, self._caller, self._at
            )
        except AwsError as error:
            self._note_attempt(number, error=error)
            raise
        self._note_attempt(number, response)
        if self._state.journal is not None and not self._operation.startswith(_READS):
            self._state.journal.note(self._params, response, self._caller)
        return response

    def _note_attempt(
        self,
        number: int | None = None,
        response: Response | None = None,
        error: AwsError | None = None,
    ) -> None:
        """Note that an attempt has reached AWS, for CloudTrail."""
        is_recorded = response and self._operation in cloudtrail.RESPONSE_ELEMENTS
        attempt = ApiCall(
            self._operation,
            self._copy,
            self._caller,
            self._sender,
            self.request_id,
            copied(response) if is_recorded else None,
            error.code if error is not None else None,
            error.message if error is not None else None,
        )
        self._state.events.add(self._attempted_at, attempt, number)

    def _find(self, kind: type[Delay] | type[Failure]) -> Plan | None:
        return self._state.plans.find(kind, self._operation, self._copy, self._caller.origin)

    def _strike(self, plan: Plan | None, kind: type[_Effect]) -> _Effect | None:
        origin = self._caller.origin
        return self._state.plans.strike(plan, kind, self._operation, self._copy, origin)

    def _wait_as_planned(self, plan: Plan | None) -> None:
        self._is_delayed = True
        delay = self._strike(plan, Delay)
        if delay is not None:
            self._state.clock.advance(delay.latency)

    def _fail_as_planned(self, plan: Plan | None, kind: type[Failure]) -> None:
        failure = self._failure
        if failure is None:
            failure = self._strike(plan, kind)
        if not isinstance(failure, kind):
            return
        if not failure.single:
            self._failure = failure
        self._state.clock.advance(failure.latency)
        error = failure.new_error()
        if kind is Refusal and isinstance(error, AwsError):
            self._note_attempt(error=error)
        raise error

    def wait(self, seconds: float) -> None:
        """Advance the mock's clock to the next attempt, without real waiting."""
        self._state.clock.advance(seconds=seconds)
        self._attempted_at = self._state.clock.now()

    def end(self, error: Exception | None, retries: int) -> Call:
        """Log how the call ended, for now: over the wire another attempt may follow."""
        outcome = SUCCESS if error is None else type(error).__name__
        message = error.message if isinstance(error, AwsError) else str(error) if error else None
        call = Call(
            operation=self._operation,
            params=self._copy,
            caller=self._caller,
            time=self._time,
            outcome=outcome,
            message=message,
            retries=retries,
            request_id=self.request_id,
            hint=self._hint(error),
        )
        self._state.log.add(call, instead_of=self._noted)
        self._noted = call
        happenings.settle(self._state)
        self._state.events.tell()
        return call

    def _hint(self, error: Exception | None) -> str | None:
        """Where the CA of the call is, if it wasn't found where the call was made."""
        if not isinstance(error, (ResourceNotFoundException, AccessDeniedException)):
            return None
        text = self._copy.get("CertificateAuthorityArn") or self._copy.get("ResourceArn")
        try:
            arn = parse_authority_arn(str(text))
        except InvalidArnException:
            return None
        return access.whereabouts(self._state, arn, self._caller)
