"""A switch of the test suite: clients' calls go through one of the protocols of the server.

`PCA_MOCK_WIRE=json pytest tests/journeys tests/service`, or `cbor`. Every request is written by
botocore, read and answered by `pca_mock.server.wire`, and read by botocore again; only HTTP itself
is left out. Handles call as always.
"""

from __future__ import annotations

import functools
import io
import os
from typing import Any, Final
from urllib.parse import urlsplit

import botocore.model
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError
from botocore.httpsession import URLLib3Session
from urllib3.response import HTTPResponse

from pca_mock import callers
from pca_mock.adapters import intercept
from pca_mock.server.protocols import WireRequest
from pca_mock.server.wire import Wire
from pca_mock.state import running
from pca_mock.state.store import State

PROTOCOL: Final = os.environ.get("PCA_MOCK_WIRE")
# Modules about what happens within the process: they are left out.
IN_PROCESS: Final = (
    "test_attempts",  # botocore's retry handlers, and their clock
    "test_faults",
    "test_events_with_moto",
    "test_moto_iam",  # moto answers at the same place
    "test_revocation_with_moto",
    "test_with_moto",
    "test_seeds",  # botocore's request ids come from another source
)
_NAMES: Final = {"json": "json", "cbor": "smithy-rpc-v2-cbor"}
# For requests that botocore's writer of CBOR fails on by itself.
not_in_cbor: Final = pytest.mark.skipif(PROTOCOL == "cbor", reason="botocore cannot write it")


def switch_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer at the place where botocore would open a connection."""
    assert PROTOCOL is not None
    others = botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS  # for clients of other services
    protocols = (_NAMES[PROTOCOL], *others)
    monkeypatch.setattr(botocore.model, "PRIORITY_ORDERED_SUPPORTED_PROTOCOLS", protocols)
    wires: dict[int, tuple[State, Wire]] = {}
    in_process = intercept._answer
    send = URLLib3Session.send

    def answer(model: Any, remembered: Any, context: Any, request_signer: Any, request: Any) -> Any:
        access_key = callers.access_key_of(request_signer._credentials)
        if callers.own_account(access_key) is None:
            return None  # so botocore goes on
        return in_process(model, remembered, context, request_signer, request)

    @functools.wraps(send)  # it refuses nothing
    def answered(self: URLLib3Session, request: Any) -> AWSResponse:
        state = running.latest()
        parts = urlsplit(request.url)
        if state is None or "acm-pca" not in (parts.hostname or ""):
            return send(self, request)
        wire = wires.setdefault(id(state), (state, Wire(state)))[1]
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        body = request.body or b""
        content = body if isinstance(body, bytes) else body.encode()
        answer = wire.answer(WireRequest(request.method, parts.path, headers, content))
        if answer is None:
            raise EndpointConnectionError(endpoint_url=request.url)
        raw = HTTPResponse(body=io.BytesIO(answer.body), preload_content=False)
        return AWSResponse(request.url, answer.status, answer.headers, raw)

    monkeypatch.setattr(intercept, "_answer", answer)
    monkeypatch.setattr(URLLib3Session, "send", answered)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
