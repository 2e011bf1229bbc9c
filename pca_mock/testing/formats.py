"""The forms in which programs want keys and certificates: PEM, PKCS #12, and files.

Sources: RFC 7468 (PEM), RFC 7292 (PKCS #12).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from pca_mock.arguments import PATH, TEXT
from pca_mock.pki import dn, oids
from pca_mock.pki.algorithms import PrivateKey

_COMMON_NAME: Final = oids.of("id-at-commonName")
_UNFIT_FOR_A_FILE: Final = re.compile(r"[^\w.@-]+", re.ASCII)
_LONGEST_READABLE: Final = 100
_DIGITS_OF_THE_SERIAL: Final = 8


@dataclass(frozen=True, slots=True)
class Files:
    """Where `write_to` has put a certificate: PEM files.

    Attributes:
        certificate: the certificate.
        chain: all from it to the root.
        root: the root, which the other side must trust.
        private_key: its key; None if the handle doesn't have it.
    """

    certificate: Path
    chain: Path
    root: Path
    private_key: Path | None

    @property
    def combined(self) -> Path:
        """Key, certificate and chain in one file.

        Raises:
            LookupError: the handle doesn't have the key.
        """
        if self.private_key is None:
            raise LookupError(f"there is no file with the key of {self.certificate}")
        return _combined(self.private_key)


def key_pem(key: PrivateKey) -> str:
    """A key as PEM text: PKCS #8, not encrypted."""
    encoded: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return encoded.decode()


def chain_text(certificate_pem: str, chain_pem: str) -> str:
    """A certificate and all above it as the text of a PEM file."""
    return "".join(f"{pem}\n" for pem in (certificate_pem, chain_pem) if pem)


def to_pkcs12(
    subject: bytes, key: PrivateKey, chain: Sequence[x509.Certificate], password: str | None
) -> bytes:
    """A key and its certificate with all above it, as PKCS #12.

    Args:
        subject: that of the certificate: a Name, DER.
        key: the key.
        chain: the certificate first, the root last.
        password: None for no encryption.
    """
    certificate, *above = chain
    encryption = NoEncryption() if password is None else BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(
        _common_name(subject).encode(), key, certificate, above or None, encryption
    )


def to_java_trust_store(subject: bytes, certificate_pem: str, password: str) -> bytes:
    """A PKCS #12 file whose certificate Java trusts.

    Args:
        subject: that of the certificate: a Name, DER.
        certificate_pem: the certificate.
        password: that opens the file.

    Raises:
        NotImplementedError: the installed `cryptography` is older than version 45.
    """
    TEXT.check(password=password)
    if not hasattr(pkcs12, "serialize_java_truststore"):
        raise NotImplementedError("trust stores for Java need cryptography 45 or newer")
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    trusted = pkcs12.PKCS12Certificate(certificate, _common_name(subject).encode())
    return pkcs12.serialize_java_truststore([trusted], BestAvailableEncryption(password.encode()))


def file_name(subject: bytes, serial: str) -> str:
    """The beginning of the names of a certificate's files, which no other certificate's files have.

    Args:
        subject: a Name, DER.
        serial: 32 hex digits.
    """
    readable = _UNFIT_FOR_A_FILE.sub("-", _common_name(subject))[:_LONGEST_READABLE].strip("-.")
    return f"{readable or 'certificate'}-{serial[-_DIGITS_OF_THE_SERIAL:]}"


def _common_name(subject: bytes) -> str:
    texts = (text for oid, text in dn.attributes(subject) if oid == _COMMON_NAME)
    return str(next(texts, ""))


def write(
    folder: str | Path, name: str, certificate_pem: str, chain_pem: str, private_key_pem: str | None
) -> Files:
    """Write a certificate, all above it and, if there is one, its key.

    Files with a key can be read only by their owner.

    Args:
        folder: an existing one.
        name: the beginning of the files' names.
        certificate_pem: without a newline at its end, as the next one.
        chain_pem: its issuer first, the root last; empty for a root.
        private_key_pem: with a newline at its end.
    """
    PATH.check(folder=folder)
    TEXT.check(name=name)
    folder = Path(folder)
    all_pem = chain_text(certificate_pem, chain_pem)
    certificate = folder / f"{name}.pem"
    chain, root = folder / f"{name}-chain.pem", folder / f"{name}-root.pem"
    certificate.write_text(f"{certificate_pem}\n")
    chain.write_text(all_pem)
    root.write_text(all_pem[all_pem.rindex("-----BEGIN") :])
    if private_key_pem is None:
        return Files(certificate, chain, root, None)
    private_key = folder / f"{name}.key"
    write_secret(private_key, private_key_pem)
    write_secret(_combined(private_key), f"{private_key_pem}{all_pem}")
    return Files(certificate, chain, root, private_key)


def _combined(private_key: Path) -> Path:
    return private_key.with_name(f"{private_key.name.removesuffix('.key')}-combined.pem")


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    path.touch()
    path.chmod(0o600)  # also where it was there before
    path.write_text(text)
