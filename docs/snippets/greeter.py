"""A TLS server that greets its client by name, and a client of it."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


@contextmanager
def greeter(context: ssl.SSLContext) -> Iterator[int]:
    """Serve one client: it is greeted by its certificate's CommonName. Yields the port."""

    def serve() -> None:
        with (
            suppress(OSError),  # a client that is refused, say
            listener.accept()[0] as connection,
            context.wrap_socket(connection, server_side=True) as tls,
        ):
            certificate: Any = tls.getpeercert() or {}
            subject = {key: value for ((key, value),) in certificate.get("subject", ())}
            tls.sendall(f"hello, {subject.get('commonName', 'stranger')}".encode())

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def greeting(context: ssl.SSLContext, port: int) -> str:
    """Connect as a client; return how the server greets."""
    with (
        socket.create_connection(("127.0.0.1", port)) as connection,
        context.wrap_socket(connection, server_hostname="localhost") as tls,
    ):
        return tls.recv(100).decode()
