"""One HTTP request of the service: from its headers and body to a response.

A client that retries sends each attempt as a request of its own, with the same
`amz-sdk-invocation-id`. So they are one call in the log, and planned faults strike them as one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final

from botocore.exceptions import BotoCoreError

from pca_mock import callers
from pca_mock.adapters.creation import DEFAULT_REGION
from pca_mock.errors import AwsError, InternalFailure, ServiceUnavailable
from pca_mock.locks import new_lock
from pca_mock.server.identity import identity_of
from pca_mock.server.protocols import (
    REQUEST_ID,
    WireProtocol,
    WireRequest,
    WireResponse,
    protocol_of,
)
from pca_mock.service.attempts import ClientCall
from pca_mock.service.model import partition_of
from pca_mock.showing import text
from pca_mock.state import running
from pca_mock.state.calls import Caller
from pca_mock.state.events import Sender
from pca_mock.state.store import State

_MOST_INVOCATIONS: Final = 1000  # whose next attempt may still come


class Wire:
    """The service of one mock, as seen by HTTP clients."""

    def __init__(
        self,
        state: State,
        secret_keys: Mapping[str, str] | None = None,
        note: Callable[[str], None] | None = None,
    ) -> None:
        """Answer for a mock.

        Args:
            state: of the mock.
            secret_keys: by access key, if signatures are to be checked.
            note: called with a line of text about each attempt of a call.
        """
        self._note = note
        self._state = state
        self._secret_keys = secret_keys
        self._invocations: OrderedDict[str, ClientCall] = OrderedDict()
        self._lock = new_lock()

    def answer(self, request: WireRequest) -> WireResponse | None:
        """Carry out a request.

        Returns:
            The response; None where a planned fault of the network has struck: the connection is
            to be closed without an answer.
        """
        protocol = protocol_of(request)
        try:
            return self._answer(protocol, request)
        except AwsError as error:
            return protocol.failure(error)
        except BotoCoreError:
            return None

    def _answer(self, protocol: WireProtocol, request: WireRequest) -> WireResponse:
        if not running.is_running(self._state):
            raise ServiceUnavailable("The mock has ended.")
        operation = protocol.operation(request)
        caller = self._caller(request)
        parameters = protocol.parameters(operation, request.body)
        invocation = request.headers.get("amz-sdk-invocation-id")
        sender = Sender(request.address, request.headers.get("user-agent", ""))
        call = self._take(invocation) or ClientCall(
            self._state, operation, parameters, caller, sender=sender
        )
        retries = _attempt_number(request) - 1
        try:
            response = call.attempt()
        except (AwsError, BotoCoreError) as error:
            self._end(call, error, retries)
            if invocation is not None:
                self._keep(invocation, call)
            if isinstance(error, AwsError):
                return _with_id_of(call, protocol.failure(error))
            raise
        self._end(call, None, retries)
        return _with_id_of(call, protocol.success(operation, response))

    def _end(self, call: ClientCall, error: Exception | None, retries: int) -> None:
        ended = call.end(error, retries)
        if self._note is not None:
            self._note(text.line(ended))

    def _caller(self, request: WireRequest) -> Caller:
        identity = identity_of(request, self._secret_keys)
        region = identity.region or self._state.settings.region_name or DEFAULT_REGION
        account_id = callers.account_of_code(self._state, identity.access_key)
        return Caller(account_id, region, partition_of(region), access_key=identity.access_key)

    def _take(self, invocation: str | None) -> ClientCall | None:
        """The call whose next attempt this is."""
        with self._lock:
            return self._invocations.pop(invocation, None) if invocation is not None else None

    def _keep(self, invocation: str, call: ClientCall) -> None:
        with self._lock:
            self._invocations[invocation] = call
            if len(self._invocations) > _MOST_INVOCATIONS:
                self._invocations.popitem(last=False)


def _with_id_of(call: ClientCall, response: WireResponse) -> WireResponse:
    response.headers[REQUEST_ID] = call.request_id
    return response


def _attempt_number(request: WireRequest) -> int:
    """From `amz-sdk-request: ttl=…; attempt=2; max=3`; 1 without this header."""
    for item in request.headers.get("amz-sdk-request", "").split(";"):
        name, _, number = item.strip().partition("=")
        if name == "attempt" and number.isdecimal():
            return int(number)
    return 1


def internal_failure(request: WireRequest) -> WireResponse:
    """The answer to a request that a defect of this package has broken."""
    return protocol_of(request).failure(InternalFailure(""))
