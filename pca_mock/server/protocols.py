"""The two protocols of the service: AWS JSON 1.1 and Smithy RPC v2 CBOR.

A protocol turns the body of an HTTP request into an operation's parameters, and its response or
error into a body. Which one is used is decided by the request, never by a model.

Sources: smithy.io, "AWS JSON 1.1 protocol", "Smithy RPC v2 CBOR protocol"; the API Reference,
"Common Errors".
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final, NoReturn, Protocol

import cbor2
from botocore.model import OperationNotFoundError, StructureShape

from pca_mock.errors import AwsError, SerializationException, UnknownOperationException
from pca_mock.service.model import operation_model

_TARGET_PREFIX: Final = "ACMPrivateCA."
_CBOR_PATH: Final = re.compile(r"(?:.*)/service/ACMPrivateCA/operation/(\w+)")
_RPC_V2_CBOR: Final = "rpc-v2-cbor"
REQUEST_ID: Final = "x-amzn-requestid"
_JSON: Final = "application/x-amz-json-1.1"
_CBOR: Final = "application/cbor"
_SHAPE_NAMESPACE: Final = "com.amazonaws.acmpca#"


@dataclass(frozen=True, slots=True)
class WireRequest:
    """An HTTP request. Names of headers are lower case; the address is the sender's."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    address: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class WireResponse:
    """An HTTP response."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class UnsupportedMediaTypeError(AwsError):
    """The body has another type than the protocol's: HTTP 415, as the specification demands."""

    status = 415


class WireProtocol(Protocol):
    """How requests and responses are written."""

    def operation(self, request: WireRequest) -> str:
        """The operation's name.

        Raises:
            UnknownOperationException: the service has no such operation.
            UnsupportedMediaTypeError: the body has another type.
        """

    def parameters(self, operation: str, body: bytes) -> dict[str, Any]:
        """The members in a body, blobs as `bytes`.

        Raises:
            SerializationException: it cannot be read.
        """

    def success(self, operation: str, response: Mapping[str, Any]) -> WireResponse:
        """The answer of an operation that was carried out."""

    def failure(self, error: AwsError) -> WireResponse:
        """The answer that is an error."""


def protocol_of(request: WireRequest) -> WireProtocol:
    """The protocol that a request is written in, which is the one to answer in."""
    if request.headers.get("smithy-protocol") == _RPC_V2_CBOR or "/service/" in request.path:
        return _CborProtocol()
    if "x-amz-target" in request.headers:
        return _JsonProtocol()
    return _NoProtocol()


class _JsonProtocol:
    """AWS JSON 1.1."""

    def operation(self, request: WireRequest) -> str:
        target = request.headers["x-amz-target"]
        name = target.removeprefix(_TARGET_PREFIX)
        if name == target or request.method != "POST":
            raise UnknownOperationException("")
        return _known(name)

    def parameters(self, operation: str, body: bytes) -> dict[str, Any]:
        try:
            members = json.loads(body or b"{}", parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise SerializationException("The body is not valid JSON.") from None
        return _with_blobs(operation, members, _from_base64)

    def success(self, operation: str, response: Mapping[str, Any]) -> WireResponse:
        has_output = operation_model(operation).output_shape is not None
        return self._response(200, _encode_json(response).encode() if has_output else b"")

    def failure(self, error: AwsError) -> WireResponse:
        content = {"__type": error.code}
        if error.message:
            content["message"] = error.message
        return self._response(error.status, _encode_json(content).encode())

    def _response(self, status: int, body: bytes) -> WireResponse:
        return WireResponse(status, body, {"content-type": _JSON, **_request_id()})


class _NoProtocol(_JsonProtocol):
    """A request that names no protocol: it is answered in JSON."""

    def operation(self, request: WireRequest) -> NoReturn:
        error = UnknownOperationException("")
        error.status = 404  # type: ignore[misc]  # of this answer only
        raise error


class _CborProtocol:
    """Smithy RPC v2 CBOR."""

    def operation(self, request: WireRequest) -> str:
        match = _CBOR_PATH.fullmatch(request.path)
        if match is None or request.method != "POST":
            raise UnknownOperationException("")
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if request.body and media_type != _CBOR:
            raise UnsupportedMediaTypeError(f"The Content-Type must be {_CBOR}.")
        return _known(match[1])

    def parameters(self, operation: str, body: bytes) -> dict[str, Any]:
        try:
            members = _plain(_only_item(body or b"\xa0"))
        except (cbor2.CBORDecodeError, RecursionError, TypeError, ValueError, OverflowError):
            raise SerializationException("The body is not valid CBOR.") from None
        return _with_blobs(operation, members, _is_bytes)

    def success(self, operation: str, response: Mapping[str, Any]) -> WireResponse:
        return self._response(200, response)

    def failure(self, error: AwsError) -> WireResponse:
        content = {"__type": f"{_SHAPE_NAMESPACE}{error.code}", "message": error.message}
        is_unknown = isinstance(error, UnknownOperationException)
        return self._response(404 if is_unknown else error.status, content)

    def _response(self, status: int, content: Mapping[str, Any]) -> WireResponse:
        headers = {"content-type": _CBOR, "smithy-protocol": _RPC_V2_CBOR, **_request_id()}
        body = cbor2.dumps(dict(content), datetime_as_timestamp=True, default=_encode_timestamp)
        return WireResponse(status, body, headers)


def _encode_timestamp(encoder: cbor2.CBOREncoder, value: Any) -> None:
    """Write a datetime that cbor2 does not know as one, for instance freezegun's."""
    encoder.encode(cbor2.CBORTag(1, _seconds(value)))


def _request_id() -> dict[str, str]:
    """The id of a request that is refused before it is a call; others have one of their own."""
    return {REQUEST_ID: str(uuid.uuid4())}


def _known(operation: str) -> str:
    try:
        operation_model(operation)
    except OperationNotFoundError:
        raise UnknownOperationException("") from None
    return operation


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _seconds(moment: datetime) -> float:
    """A timestamp as seconds since 1970, whole ones without a fraction."""
    seconds = moment.timestamp()
    return int(seconds) if seconds.is_integer() else seconds


# No response has blobs, so only timestamps are no JSON.
_encode_json: Final = json.JSONEncoder(separators=(",", ":"), default=_seconds).encode


def _only_item(content: bytes) -> Any:
    """The data item that the bytes are.

    Raises:
        ValueError: something follows it.
    """
    stream = io.BytesIO(content)
    item = cbor2.load(stream)
    if stream.read(1):
        raise ValueError("more than one data item")
    return item


def _plain(value: Any) -> Any:
    """A value that only CBOR has, not JSON, in the form that the service's checks expect."""
    if isinstance(value, Mapping):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return None if value is cbor2.undefined else value


# Blobs, which both protocols write in their own way


def _with_blobs(operation: str, members: Any, read_blob: Callable[[Any], Any]) -> dict[str, Any]:
    if not isinstance(members, dict):
        raise SerializationException("The body must be a structure.")
    for name in _blobs(operation) & members.keys():
        members[name] = read_blob(members[name])
    return members


@cache
def _blobs(operation: str) -> frozenset[str]:
    """The members that hold blobs; in no operation is one deeper in a request."""
    shape = operation_model(operation).input_shape
    members = shape.members if isinstance(shape, StructureShape) else {}
    return frozenset(name for name, member in members.items() if member.type_name == "blob")


def _from_base64(value: Any) -> Any:
    if not isinstance(value, str):
        return value  # the service refuses it
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise SerializationException("A blob is not valid base64.") from None


def _is_bytes(value: Any) -> Any:
    if isinstance(value, str):
        raise SerializationException("STRING_VALUE can not be converted to a Blob")
    return value
