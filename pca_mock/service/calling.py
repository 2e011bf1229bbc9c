"""A call as a client makes it: one attempt or, where faults are planned, several; then the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pca_mock.errors import AwsError
from pca_mock.service import dispatch
from pca_mock.service.context import Response
from pca_mock.service.faults import new_instance
from pca_mock.state.calls import SUCCESS, Call, Caller
from pca_mock.state.plans import Delay, Refusal
from pca_mock.state.randomness import new_uuid
from pca_mock.state.store import State
from pca_mock.structures import copied


class ClientCall:
    """One call of a client.

    Attributes:
        request_id: for the ResponseMetadata.
        is_faulty: whether a planned fault has struck it, so that retries count.
    """

    def __init__(
        self, state: State, operation: str, params: Mapping[str, Any], caller: Caller
    ) -> None:
        """Begin a call. See `dispatch.call` for the arguments."""
        self._state = state
        self._operation = operation
        self._params = params
        self._copy = copied(params)
        self._caller = caller
        self._time = state.clock.now()
        self._refusal: Refusal | None = None
        self._is_delayed = False
        self.request_id = new_uuid(state.random)
        self.is_faulty = False

    def attempt(self) -> Response:
        """Answer one attempt.

        Raises:
            AwsError: what AWS would answer instead; nothing has changed.
            BotoCoreError: a planned failure of the network.
        """
        if self._state.plans.in_force or self._refusal is not None:
            self._meet_faults()
        return dispatch.call(self._state, self._operation, self._params, self._caller)

    def _meet_faults(self) -> None:
        plans, clock = self._state.plans, self._state.clock
        if not self._is_delayed:
            self._is_delayed = True
            if delay := plans.take(Delay, self._operation, self._copy):
                clock.advance(delay.latency)
        refusal = self._refusal or plans.take(Refusal, self._operation, self._copy)
        if refusal is None:
            return
        self.is_faulty = True
        if not refusal.single:
            self._refusal = refusal
        clock.advance(refusal.latency)
        raise new_instance(refusal.error)

    def wait(self, seconds: float) -> None:
        """Let time pass before the next attempt, by the mock's clock alone."""
        self._state.clock.advance(seconds=seconds)

    def end(self, error: Exception | None, retries: int) -> None:
        """Note in the log how it ended."""
        outcome = SUCCESS if error is None else type(error).__name__
        message = error.message if isinstance(error, AwsError) else str(error) if error else None
        self._state.log.add(
            Call(
                self._operation,
                self._copy,
                self._caller,
                self._time,
                outcome,
                message,
                retries,
                self.request_id,
            )
        )
