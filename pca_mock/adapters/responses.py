"""Answers as botocore would have made them from the network: (HTTP response, parsed response).

Only event handlers see the HTTP response, and hardly any looks at its headers or body. So those are
made when they are read; ResponseMetadata has the headers except the length of the body.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from email.utils import formatdate
from functools import cache, lru_cache, partial
from typing import Any, Final

from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.utils import get_tzinfo_options

from pca_mock.adapters.retries import Answer
from pca_mock.errors import AwsError
from pca_mock.service.model import operation_model

_JSON: Final = "application/x-amz-json-1.1"
# Values that identify the local zone.
_Zone = tuple[Any, ...]
# Changes the times in a structure or list, in place.
_Localiser = Callable[[Any, _Zone], None]


def success(request_id: str, model: Any, url: str, parsed: dict[str, Any]) -> Answer:
    """A response with the members that `parsed` has, which gets its ResponseMetadata."""
    localise = _localiser(model.name, model.service_model.service_name)
    if localise is not None:
        localise(parsed, (time.timezone, time.altzone, time.tzname))
    content = parsed.copy() if model.output_shape is not None else None
    return _answer(request_id, url, 200, content, parsed)


def failure(request_id: str, model: Any, url: str, error: AwsError) -> Answer:
    """A response that is an error; the message is there twice where the error is modelled."""
    parsed: dict[str, Any] = {"Error": {"Message": error.message, "Code": error.code}}
    if error.code in (shape.name for shape in model.service_model.error_shapes):
        parsed["message"] = error.message
    content = {"__type": error.code, "message": error.message}
    return _answer(request_id, url, error.status, content, parsed)


def localised(structure: dict[str, Any], shape: Any) -> dict[str, Any]:
    """A part of an answer, of a shape of the model with times, in the local zone."""
    localise = _localiser_of(shape)
    assert localise is not None  # it has times
    localise(structure, (time.timezone, time.altzone, time.tzname))
    return structure


def _answer(
    request_id: str, url: str, status: int, content: dict[str, Any] | None, parsed: dict[str, Any]
) -> Answer:
    headers = {
        "x-amzn-requestid": request_id,
        "content-type": _JSON,
        "date": _http_date(int(time.time())),
    }
    parsed["ResponseMetadata"] = {
        "RequestId": request_id,
        "HTTPStatusCode": status,
        "HTTPHeaders": headers,
        "RetryAttempts": 0,
    }
    return _Response(url, status, headers, content), parsed


class _Response(AWSResponse):  # type: ignore[misc]  # botocore has no types
    """An AWSResponse whose headers and body are made when they are read."""

    def __init__(
        self, url: str, status: int, headers: dict[str, str], content: dict[str, Any] | None
    ) -> None:
        self.url = url
        self.status_code = status
        self.raw = None
        self._own_headers = headers
        self._members = content

    @property
    def content(self) -> bytes:
        """The body: JSON, or nothing."""
        return _encode(self._members).encode() if self._members is not None else b""

    @property
    def headers(self) -> HeadersDict:
        """The headers, with the length of the body."""
        return HeadersDict({**self._own_headers, "content-length": str(len(self.content))})


def _epoch_seconds(moment: datetime) -> float | int:
    """A timestamp as JSON 1.1 has it: a whole number where it has no fraction."""
    seconds = moment.timestamp()
    return int(seconds) if seconds.is_integer() else seconds


_encode: Final = json.JSONEncoder(default=_epoch_seconds).encode


@lru_cache(maxsize=4)
def _http_date(epoch_seconds: int) -> str:
    return formatdate(epoch_seconds, usegmt=True)


# botocore's parsers return times in the local zone. The model shows where there are any.


@cache
def _localiser(operation: str, service: str) -> _Localiser | None:
    """A function that localises the answers of an operation; None where these have no times."""
    # Not the model of the client that calls: to remember it would keep it in memory for good.
    shape = operation_model(operation, service).output_shape
    return _localiser_of(shape) if shape is not None else None


def _localiser_of(shape: Any) -> _Localiser | None:
    if shape.type_name == "list":
        localise_item = _localiser_of(shape.member)
        return None if localise_item is None else partial(_each, localise_item)
    if shape.type_name != "structure":
        return None
    times = [name for name, member in shape.members.items() if member.type_name == "timestamp"]
    inner = {name: _localiser_of(member) for name, member in shape.members.items()}
    deeper = [(name, localiser) for name, localiser in inner.items() if localiser is not None]

    def localise(structure: dict[str, Any], zone: _Zone) -> None:
        for name in times:
            if name in structure:
                structure[name] = _localised(structure[name], zone)
        for name, localise_member in deeper:
            if name in structure:
                localise_member(structure[name], zone)

    return localise if times or deeper else None


def _each(localise: _Localiser, items: list[Any], zone: _Zone) -> None:
    for item in items:
        localise(item, zone)


@lru_cache(maxsize=4096)
def _localised(moment: datetime, _: _Zone) -> datetime:
    """A moment in the local zone, which is an argument because it may change between answers.

    The last hours of the year 9999 stay in UTC where the local zone has the year 10000: botocore
    raises RuntimeError then.
    """
    try:
        return moment.astimezone(get_tzinfo_options()[0]())
    except OverflowError:
        return moment
