"""The HTTP server: aiohttp in a thread of its own, from `start` until `close`.

Its requests are carried out by worker threads, so that one that makes an RSA key or waits for an S3
endpoint holds up no other. Bodies, slow clients and open connections are bounded; when the server
is closed, connections are closed with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from aiohttp import web

from pca_mock.server.protocols import WireRequest

# A request of ImportCertificateAuthorityCertificate with the longest chain, in base64.
_LARGEST_BODY: Final = 4 * 1024 * 1024
_BODY_TIMEOUT: Final = 30  # seconds in which a body must have arrived
_KEEP_ALIVE: Final = 75  # seconds for which an idle connection stays open
_SHUTDOWN: Final = 2  # seconds that requests have to finish when the server is closed
_TURNS: Final = 10  # of the event loop, until a connection has been accepted
_BACKLOG: Final = 1024
_WORKERS: Final = 16

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Answers for one mock, on one address.

    Attributes:
        url: without a slash at its end; known once the server has been started.
    """

    def __init__(
        self,
        service: Handler,
        routes: list[web.RouteDef],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare a server.

        Args:
            service: answers the requests that no route is for.
            routes: for all other requests.
            host: the address to listen on.
            port: 0 for a free one.
            tls: for HTTPS; it has the certificate.
        """
        self.url = ""
        self._service = service
        self._routes = routes
        self._address = (host, port)
        self._tls = tls
        self._is_ready = threading.Event()
        self._error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event
        self._thread = threading.Thread(target=self._run, name="pca_mock server", daemon=True)
        self._workers = ThreadPoolExecutor(_WORKERS, "pca_mock server")

    def start(self) -> None:
        """Listen from now on.

        Raises:
            OSError: the address cannot be used.
        """
        self._thread.start()
        self._is_ready.wait()
        if self._error is not None:
            self._thread.join()
            raise self._error

    def close(self) -> None:
        """Stop listening, finish the requests that have arrived, and close every connection."""
        assert self._loop is not None  # it has started
        with contextlib.suppress(RuntimeError):  # it has ended by itself
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._workers.shutdown()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._error = error
        finally:
            self._is_ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        runner = web.AppRunner(
            self._application(),
            access_log=None,
            handle_signals=False,
            keepalive_timeout=_KEEP_ALIVE,
            shutdown_timeout=_SHUTDOWN,
        )
        await runner.setup()
        try:
            listener = _listen(*self._address)
            await web.SockSite(runner, listener, ssl_context=self._tls).start()
            self.url = f"{'https' if self._tls else 'http'}://{_name(runner.addresses[0])}"
            self._is_ready.set()
            await self._stop.wait()
            # A connection that is just being accepted would be forgotten, and stay open, if the
            # listener were closed now: accept no more, and finish those first.
            self._loop.remove_reader(listener)
            for _ in range(_TURNS):
                await asyncio.sleep(0)
        finally:
            await runner.cleanup()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=_LARGEST_BODY)
        application[WORKERS] = self._workers
        application[STOPPING] = self._stop
        application.add_routes(self._routes)
        application.router.add_route("*", "/{path:.*}", self._service)
        return application


WORKERS: Final = web.AppKey("workers", ThreadPoolExecutor)
STOPPING: Final = web.AppKey("stopping", asyncio.Event)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=_BACKLOG)


def _name(address: Any) -> str:
    host, port, *_ = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def read(request: web.Request) -> WireRequest:
    """A request with its whole body.

    Raises:
        HTTPRequestEntityTooLarge, HTTPRequestTimeout: the body is too large, or doesn't come.
    """
    try:
        body = await asyncio.wait_for(request.read(), _BODY_TIMEOUT)
    except asyncio.TimeoutError:
        raise web.HTTPRequestTimeout from None
    path, _, _ = request.raw_path.partition("?")
    headers = {name.lower(): value for name, value in request.headers.items()}
    address = request.remote or ""  # of a connection that has ended there is none
    return WireRequest(request.method, path, headers, body, address)


async def in_worker(request: web.Request, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a worker thread."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(request.app[WORKERS], function, *arguments)
