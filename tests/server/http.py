"""Raw HTTP requests, as clients of the service send them."""

from __future__ import annotations

import http.client
import json
from contextlib import AbstractContextManager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import cbor2

JSON = "application/x-amz-json-1.1"
CBOR = "application/cbor"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def cbor(self) -> Any:
        return cbor2.loads(self.body)


class Http(AbstractContextManager["Http"]):
    """One connection, which is kept open from request to request."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)

    def __exit__(self, *_: Any) -> None:
        self.connection.close()

    def request(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        self.connection.request(method, path, body, headers or {})
        response = self.connection.getresponse()
        lower = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, lower, response.read())

    def as_json(self, operation: str, body: Any, **headers: str) -> Answer:
        """Call by AWS JSON 1.1; a body that is no bytes is encoded."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        target = {"X-Amz-Target": f"ACMPrivateCA.{operation}", "Content-Type": JSON}
        return self.request("POST", "/", content, target | headers)

    def as_cbor(self, operation: str, body: Any, **headers: str) -> Answer:
        """Call by Smithy RPC v2 CBOR; a body that is no bytes is encoded."""
        content = body if isinstance(body, bytes) else cbor2.dumps(body)
        own = {"Smithy-Protocol": "rpc-v2-cbor", "Content-Type": CBOR, "Accept": CBOR}
        return self.request(
            "POST", f"/service/ACMPrivateCA/operation/{operation}", content, own | headers
        )
