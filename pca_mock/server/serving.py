"""Serving a mock: the service, revocation, control and the page at one address."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from pca_mock.server.app import Server, in_worker, read
from pca_mock.server.control import Control, Controlled
from pca_mock.server.page import Page
from pca_mock.server.revocation import OCSP_REQUEST, Revocation
from pca_mock.server.tls import server_context
from pca_mock.server.wire import Wire, internal_failure
from pca_mock.state import running
from pca_mock.state.store import State


@dataclass(frozen=True, slots=True)
class Served:
    """A mock that is being served.

    Attributes:
        url: the base URL, without a slash at its end.
        ca_bundle: a PEM file that verifies the server's certificate; None without TLS.
    """

    url: str
    ca_bundle: Path | None = None


class Front:
    """Passes requests on to the service, or to CRLs and OCSP."""

    def __init__(self, wire: Wire, revocation: Revocation) -> None:
        """Answer with both."""
        self._wire = wire
        self._revocation = revocation

    async def health(self, _: web.Request) -> web.StreamResponse:
        """Show that the server is up."""
        return web.json_response({"status": "ok"})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """A request of any kind."""
        if request.content_type == OCSP_REQUEST:
            return await self._revocation.post(request)
        if request.method in ("GET", "HEAD"):
            return await self._revocation.get(request)
        return await self._answer(request)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        """A request of the service itself."""
        wire_request = await read(request)
        try:
            answer = await in_worker(request, self._wire.answer, wire_request)
        except Exception as error:
            # A defect here. The client gets AWS's words for one, the developer the traceback.
            message = {"message": "pca_mock could not answer a request", "exception": error}
            asyncio.get_running_loop().call_exception_handler(message)
            answer = internal_failure(wire_request)
        if answer is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


@contextmanager
def serve(
    pca: Controlled,
    state: State,
    host: str,
    port: int,
    *,
    tls: bool = False,
    secret_keys: Mapping[str, str] | None = None,
    note: Callable[[str], None] | None = None,
) -> Iterator[Served]:
    """Serve a mock until the block ends. See `PcaMock.serve`.

    Args:
        pca: the mock.
        state: of the mock.
        host: the address to listen on.
        port: 0 for a free one.
        tls: whether to use HTTPS.
        secret_keys: by access key, if signatures are to be checked.
        note: called with a line of text about each attempt of a call.
    """
    with ExitStack() as stack:
        context: ssl.SSLContext | None = None
        ca_bundle: Path | None = None
        if tls:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pca_mock-")))
            context, ca_bundle = server_context(folder, host)
        front = Front(Wire(state, secret_keys, note), Revocation(state))
        routes = [
            web.get("/health", front.health),
            *Control(pca).routes(),
            *Page(state).routes(),
        ]
        server = Server(front.answer, routes, host=host, port=port, tls=context)
        server.start()
        stack.callback(server.close)
        stack.enter_context(running.served(server.url))
        yield Served(server.url, ca_bundle)
