"""Certificates for `ssl`, which reads its own only from files."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path

from pca_mock.testing import formats


def configure(context: ssl.SSLContext, combined_pem: str) -> None:
    """Make a context present a certificate with its chain, and use its key.

    Args:
        context: of a server or a client.
        combined_pem: key, certificate and chain.
    """
    with tempfile.TemporaryDirectory(prefix="pca_mock-") as folder:
        path = Path(folder) / "own.pem"
        formats.write_secret(path, combined_pem)
        context.load_cert_chain(path)
