"""Certificates for `ssl`, which reads its own from files alone, and for whoever wants files."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path
from typing import NamedTuple


class Files(NamedTuple):
    """Where `write_to` has put a certificate, all from it to the root, and its key: PEM."""

    certificate: Path
    chain: Path
    private_key: Path | None


def configure(
    context: ssl.SSLContext, certificate_pem: str, chain_pem: str, private_key_pem: str
) -> None:
    """Let a context show a certificate with its chain, and use its key."""
    with tempfile.TemporaryDirectory(prefix="pca_mock-") as folder:
        files = write(Path(folder), "own", certificate_pem, chain_pem, private_key_pem)
        context.load_cert_chain(files.chain, files.private_key)


def write(
    folder: Path, name: str, certificate_pem: str, chain_pem: str, private_key_pem: str | None
) -> Files:
    """Write PEM files; that of the key can be read by its owner alone."""
    certificate, chain = folder / f"{name}.pem", folder / f"{name}-chain.pem"
    certificate.write_text(f"{certificate_pem}\n")
    chain.write_text("\n".join(filter(None, (certificate_pem, chain_pem))) + "\n")
    if private_key_pem is None:
        return Files(certificate, chain, None)
    private_key = folder / f"{name}.key"
    private_key.touch()
    private_key.chmod(0o600)  # also where it was there before
    private_key.write_text(private_key_pem)
    return Files(certificate, chain, private_key)
