"""botocore's events on one side, a running mock on the other.

`register` adds two handlers to botocore's built-in ones, for good: every client made afterwards
has them. For clients and sessions that exist already it adds them to each emitter that the
garbage collector knows. The handlers do nothing unless a mock is running.

`before-call` comes before credentials, signing, the wire protocol and the network, and an answer
there ends the event: no other mock sees the call. It also passes botocore's retries by.
"""

from __future__ import annotations

import gc
import io
import json
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, tzinfo
from email.utils import formatdate
from typing import Any, Final

from botocore import handlers as botocore_handlers
from botocore.awsrequest import AWSResponse
from botocore.hooks import HierarchicalEmitter
from botocore.utils import get_tzinfo_options

from pca_mock.errors import AwsError

# (operation, parameters, region, credentials) -> response members, or an AwsError
Answerer = Callable[[str, Mapping[str, Any], str, Any], dict[str, Any]]

_PARAMETERS: Final = "pca_mock.parameters"
_JSON: Final = "application/x-amz-json-1.1"
_running: list[tuple[Answerer]] = []
_lock = threading.Lock()
_registered = False


def start(answerer: Answerer) -> Callable[[], None]:
    """Let this mock answer from now on: the one that was started last answers.

    Returns:
        What stops it, wherever it is among the running ones by then.
    """
    register()
    entry = (answerer,)  # of its own identity, should the same answerer be started twice
    with _lock:
        _running.append(entry)

    def stop() -> None:
        with _lock:
            _running[:] = [other for other in _running if other is not entry]

    return stop


def register(*, look_for_existing: bool = True) -> None:
    """Make every botocore client ask the handlers below: those to come, and those that exist.

    Args:
        look_for_existing: False where there can't be any yet, as botocore is being imported.
    """
    global _registered
    with _lock:
        if _registered:
            return
        builtin: list[Any] = botocore_handlers.BUILTIN_HANDLERS
        builtin.extend(_HANDLERS)
        # Sessions from here on are built with the handlers; the others are found now. Sessions and
        # clients each have an emitter of their own, and a client's is a copy of its session's.
        for emitter in _existing_emitters() if look_for_existing else ():
            for event, handler in _HANDLERS:
                emitter.register(event, handler, unique_id=f"pca_mock.{event}")
        _registered = True


def _existing_emitters() -> Iterator[HierarchicalEmitter]:
    for candidate in gc.get_objects():
        # Not isinstance(): that would ask lazy objects for their class, and so load them.
        if issubclass(type(candidate), HierarchicalEmitter):
            yield candidate


def remember(params: Any, context: dict[str, Any], **_: Any) -> None:
    """`before-parameter-build`: keep the caller's own parameters for `answer`."""
    if not _running:
        return
    for name, value in params.items():
        if hasattr(value, "read"):
            # Whether botocore reads it depends on its wire protocol; ours must be left to read.
            params[name] = _reopened(value.read())
    context[_PARAMETERS] = params


def _reopened(content: Any) -> Any:
    return io.StringIO(content) if isinstance(content, str) else io.BytesIO(content)


def answer(
    model: Any, params: Any, context: dict[str, Any], request_signer: Any, **_: Any
) -> tuple[AWSResponse, dict[str, Any]] | None:
    """`before-call`: what the running mock says, as (HTTP response, parsed response)."""
    try:
        (answerer,) = _running[-1]
        parameters: dict[str, Any] = context[_PARAMETERS]
    except (IndexError, KeyError):  # no mock, or it was started in the middle of this call
        return None
    for value in parameters.values():
        if hasattr(value, "seek"):
            value.seek(0)
    try:
        credentials = request_signer._credentials
        parsed = answerer(model.name, parameters, context["client_region"], credentials)
    except AwsError as error:
        status, body = error.status, {"__type": error.code, "message": error.message}
        parsed = {"Error": {"Message": error.message, "Code": error.code}}
        if error.code in (shape.name for shape in model.service_model.error_shapes):
            parsed["message"] = error.message
    else:
        status, body = 200, parsed
    has_body = status != 200 or model.output_shape is not None
    content = _encode(body).encode() if has_body else b""
    headers = {
        "x-amzn-requestid": str(uuid.uuid4()),
        "content-type": _JSON,
        "content-length": str(len(content)),
        "date": formatdate(usegmt=True),
    }
    _localise(parsed, get_tzinfo_options()[0]())
    parsed["ResponseMetadata"] = {
        "RequestId": headers["x-amzn-requestid"],
        "HTTPStatusCode": status,
        "HTTPHeaders": headers,
        "RetryAttempts": 0,
    }
    http_response: Any = AWSResponse
    return http_response(params["url"], status, headers, _Raw(content)), parsed


class _Raw:
    """The raw side of an AWSResponse, for handlers that read `http_response.content`."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._content


def _epoch_seconds(moment: datetime) -> float | int:
    """A timestamp as JSON 1.1 has it: a whole number where it has no fraction."""
    seconds = moment.timestamp()
    return int(seconds) if seconds.is_integer() else seconds


_encode: Final = json.JSONEncoder(default=_epoch_seconds).encode


def _localise(value: Any, zone: tzinfo) -> None:
    """Tell times in the local zone, as botocore's parsers do, in place."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in items:
        if isinstance(member, datetime):
            value[key] = member.astimezone(zone)
        elif isinstance(member, (dict, list)):
            _localise(member, zone)


_HANDLERS: Final[tuple[tuple[str, Callable[..., Any]], ...]] = (
    ("before-parameter-build.acm-pca", remember),
    ("before-call.acm-pca", answer),
)
