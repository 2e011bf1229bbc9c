"""HTTP on loopback: OCSP requests are answered and CRLs are served at their paths.

A connection is for one request, which must arrive, and be answered, within ten seconds. At the end
of the block all connections are closed and all threads have ended.

Sources: RFC 6960 appendix A, RFC 5019 section 5 (OCSP over HTTP); RFC 5280 section 4.2.1.13.
"""

from __future__ import annotations

import base64
import binascii
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, Final
from urllib.parse import unquote

_OCSP_REQUEST: Final = "application/ocsp-request"
_OCSP_RESPONSE: Final = "application/ocsp-response"
_CRL: Final = "application/pkix-crl"
_TEXT: Final = "text/plain"
_LARGEST_BODY: Final = 65536  # bytes
# The request line, which has a limit of as much in http.server, and the header fields.
_LARGEST_HEAD: Final = 2 * 65536
_PATIENCE: Final = 10.0  # seconds from the connection to the end of the answer
_POLL_INTERVAL: Final = 0.01  # seconds until the end of the block, or of patience, is noticed


@contextmanager
def serve(
    ocsp_response: Callable[[bytes], bytes],
    find_crl: Callable[[str], bytes | None],
    is_open: Callable[[], bool],
) -> Iterator[str]:
    """Serve on a free port of 127.0.0.1 until the block ends.

    Args:
        ocsp_response: an OCSPRequest, DER -> an OCSPResponse, DER.
        find_crl: the key of an object -> the CRL, DER, if there is one.
        is_open: whether requests are answered; connections are closed without an answer otherwise.

    Yields:
        The base URL, such as "http://127.0.0.1:12345", without a slash at its end.
    """

    class Handler(_Handler):
        answer_ocsp = staticmethod(ocsp_response)
        find = staticmethod(find_crl)
        may_answer = staticmethod(is_open)

    with _Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": _POLL_INTERVAL}, daemon=True
        )
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    """A thread for each connection."""

    request_queue_size = 1024
    daemon_threads = False

    def __init__(self, address: tuple[str, int], handler: type[_Handler]) -> None:
        # Connection -> until when it may be open, by time.monotonic(); the oldest one first.
        self._connections: dict[Any, float] = {}
        super().__init__(address, handler)

    def server_bind(self) -> None:
        # HTTPServer would ask a name server for the name of 127.0.0.1.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections[request] = time.monotonic() + _PATIENCE
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Disconnect clients that take too long. `serve_forever` calls it again and again."""
        now = time.monotonic()
        for connection, until in list(self._connections.items()):
            if until > now:
                break
            _disconnect(connection)

    def server_close(self) -> None:
        """Disconnect all clients, and wait for the threads that serve them, which notice it."""
        for connection in list(self._connections):  # pragma: no branch: a race with clients
            _disconnect(connection)  # pragma: no cover: the same race
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report errors of this package, and be silent about clients that have gone."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def _disconnect(connection: Any) -> None:
    with suppress(OSError):  # it is closed already
        connection.shutdown(socket.SHUT_RDWR)


class _TooLargeError(HTTPException):
    """The request's head is larger than the limit; http.server answers with 431."""


class _Limited:
    """The bytes that a client sends, as a file whose lines have a limited size in all."""

    def __init__(self, file: Any) -> None:
        self._left = _LARGEST_HEAD
        self._readline = file.readline
        self.read = file.read
        self.close = file.close

    def readline(self, limit: int) -> bytes:
        line: bytes = self._readline(limit)
        self._left -= len(line)
        if self._left < 0:
            raise _TooLargeError(f"more than {_LARGEST_HEAD} bytes")
        return line


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"  # a connection for each request
    answer_ocsp: Callable[[bytes], bytes]
    find: Callable[[str], bytes | None]
    may_answer: Callable[[], bool]

    def setup(self) -> None:
        super().setup()
        self.rfile: Any = _Limited(self.rfile)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._refuse(400, "a Content-Length is needed")
        elif int(length) > _LARGEST_BODY:
            self._refuse(413, f"a request has {_LARGEST_BODY} bytes at most")
        elif self.headers.get_content_type() != _OCSP_REQUEST:
            self._refuse(415, f"the Content-Type must be {_OCSP_REQUEST}")
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):  # else the client has gone, or took too long
                self._reply(200, _OCSP_RESPONSE, self.answer_ocsp(body))

    def do_GET(self) -> None:
        path = unquote(self.path.partition("?")[0]).lstrip("/")
        crl = self.find(path)
        if crl is not None:
            self._reply(200, _CRL, crl)
            return
        try:
            request = base64.b64decode(path, validate=True)
        except (binascii.Error, ValueError):
            request = b""
        if request:
            self._reply(200, _OCSP_RESPONSE, self.answer_ocsp(request))
        else:
            self._reply(404, _TEXT, b"neither a CRL nor an OCSP request")

    def do_HEAD(self) -> None:
        self.do_GET()

    def _reply(self, status: int, content_type: str, content: bytes) -> None:
        if not self.may_answer():
            return
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _refuse(self, status: int, text: str) -> None:
        """Refuse a request whose body has not been read."""
        self._reply(status, _TEXT, text.encode())
        self._pass_over()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse a request for http.server: an unknown method, or a head that is too large."""
        if self.may_answer():
            super().send_error(code, message, explain)
            self._pass_over()

    def _pass_over(self) -> None:
        """Read the rest of a refused request: closing earlier would reset the connection.

        The client might not see the answer then.
        """
        self.connection.shutdown(socket.SHUT_WR)
        while self.connection.recv(65536):
            pass

    def log_message(self, *_: Any) -> None:
        """Print nothing: tests have their own output."""
