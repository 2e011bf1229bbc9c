"""CRLs and OCSP answers at the address of the server, as revocation URLs in certificates ask."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final
from urllib.parse import unquote

from aiohttp import web

from pca_mock.server.app import in_worker, read
from pca_mock.service import publishing
from pca_mock.service.revocation import ocsp_response
from pca_mock.state.store import State

OCSP_REQUEST: Final = "application/ocsp-request"
_OCSP_RESPONSE: Final = "application/ocsp-response"
_CRL: Final = "application/pkix-crl"


class Revocation:
    """The revocation of one mock."""

    def __init__(self, state: State) -> None:
        """Answer for a mock."""
        self._state = state

    async def get(self, request: web.Request) -> web.StreamResponse:
        """A CRL at the key of its object, or the answer to an OCSP request in the path."""
        path = unquote(request.raw_path.partition("?")[0]).lstrip("/")
        crl = await in_worker(request, publishing.find, self._state, path)
        if crl is not None:
            return web.Response(body=crl, content_type=_CRL)
        try:
            ocsp_request = base64.b64decode(path, validate=True)
        except (binascii.Error, ValueError):
            ocsp_request = b""
        if not ocsp_request:
            raise web.HTTPNotFound(text="neither a CRL nor an OCSP request")
        return await self._answer(request, ocsp_request)

    async def post(self, request: web.Request) -> web.StreamResponse:
        """The answer to an OCSP request in the body."""
        return await self._answer(request, (await read(request)).body)

    async def _answer(self, request: web.Request, ocsp_request: bytes) -> web.Response:
        body: Any = await in_worker(request, ocsp_response, self._state, ocsp_request)
        return web.Response(body=body, content_type=_OCSP_RESPONSE)
