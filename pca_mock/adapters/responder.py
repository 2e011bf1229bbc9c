"""HTTP on loopback: OCSP requests are answered and CRLs are served at their paths.

Sources: RFC 6960 appendix A, RFC 5019 section 5 (OCSP over HTTP); RFC 5280 section 4.2.1.13.
"""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import unquote

_OCSP_REQUEST: Final = "application/ocsp-request"
_OCSP_RESPONSE: Final = "application/ocsp-response"
_CRL: Final = "application/pkix-crl"
_LARGEST_REQUEST: Final = 65536  # bytes


@contextmanager
def serve(
    ocsp_response: Callable[[bytes], bytes], find_crl: Callable[[str], bytes | None]
) -> Iterator[str]:
    """Serve on a free port of 127.0.0.1 until the block ends.

    Args:
        ocsp_response: an OCSPRequest, DER -> an OCSPResponse, DER.
        find_crl: the key of an object -> the CRL, DER, if there is one.

    Yields:
        The base URL, such as "http://127.0.0.1:12345", without a slash at its end.
    """

    class Handler(_Handler):
        answer_ocsp = staticmethod(ocsp_response)
        find = staticmethod(find_crl)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    # A connection that is kept would have a thread, and answers, beyond the end of the block.
    protocol_version = "HTTP/1.0"
    answer_ocsp: Callable[[bytes], bytes]
    find: Callable[[str], bytes | None]

    def do_POST(self) -> None:
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            length = -1
        if not 0 <= length <= _LARGEST_REQUEST:
            self._reply(400, "text/plain", b"a Content-Length is needed")
            return
        body = self.rfile.read(length)
        if self.headers.get_content_type() != _OCSP_REQUEST:
            self._reply(415, "text/plain", f"{_OCSP_REQUEST} is wanted".encode())
            return
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
            self._reply(404, "text/plain", b"neither a CRL nor an OCSP request")

    def do_HEAD(self) -> None:
        self.do_GET()

    def _reply(self, status: int, content_type: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing: tests have their own output."""
