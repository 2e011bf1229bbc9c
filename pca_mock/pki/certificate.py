"""A CA certificate as the service keeps it: parsed once, with the bytes that it copies from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.x509 import Extension

from pca_mock.errors import MalformedCertificateException
from pca_mock.pki import der, pem
from pca_mock.pki.algorithms import PublicKey, verifies
from pca_mock.pki.csr import key_identifier

_T = TypeVar("_T", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A parsed certificate.

    Attributes:
        x509: the certificate for everything that needs no original bytes.
        encoded: the whole certificate, DER.
        subject, issuer: its Names, DER, byte for byte.
        spki: its SubjectPublicKeyInfo, DER, byte for byte.
    """

    x509: x509.Certificate
    encoded: bytes
    subject: bytes
    issuer: bytes
    spki: bytes
    public_key: PublicKey

    @property
    def pem(self) -> str:
        """The certificate as AWS returns it: no newline at the end."""
        return pem.encode("CERTIFICATE", self.encoded)

    @property
    def not_before(self) -> datetime:
        """UTC, whole seconds."""
        return self.x509.not_valid_before_utc

    @property
    def not_after(self) -> datetime:
        """UTC, whole seconds."""
        return self.x509.not_valid_after_utc

    @property
    def serial_number(self) -> int:
        """The serial number."""
        return self.x509.serial_number

    @property
    def is_self_issued(self) -> bool:
        """Whether subject and issuer are the same name."""
        return self.subject == self.issuer

    @property
    def key_identifier(self) -> bytes:
        """Its SKI; without one, SHA-1 of its public key (User Guide, "RFC compliance")."""
        extension = self.extension(x509.SubjectKeyIdentifier)
        return extension.value.digest if extension else key_identifier(self.spki)

    @property
    def path_length(self) -> int | None:
        """Its pathLenConstraint, if it has one."""
        extension = self.extension(x509.BasicConstraints)
        return extension.value.path_length if extension else None

    def extension(self, kind: type[_T]) -> Extension[_T] | None:
        """Its extension of that kind, if it has one."""
        try:
            return self.x509.extensions.get_extension_for_class(kind)
        except x509.ExtensionNotFound:
            return None

    def is_signed_by(self, issuer: Certificate) -> bool:
        """Whether it names that issuer, and its signature verifies with that one's key."""
        if self.issuer != issuer.subject:
            return False
        _, identifier, signature = der.parse(self.encoded).children()
        return verifies(
            issuer.public_key,
            identifier,
            signature.content[1:],
            self.x509.tbs_certificate_bytes,
        )


def parse(encoded: bytes) -> Certificate:
    """Read one certificate, extensions included.

    Raises:
        MalformedCertificateException: not DER of a certificate that can be understood.
    """
    try:
        certificate = x509.load_der_x509_certificate(encoded)
        certificate.extensions  # noqa: B018 - parsed here once, so that later reads can't fail
        tbs = der.parse(encoded).children()[0].children()
        if tbs[0].tag == 0xA0:  # the version, absent in version 1
            del tbs[0]
        _, _, issuer, _, subject, spki = tbs[:6]
        public_key = certificate.public_key()
    except (ValueError, IndexError, x509.UnsupportedGeneralNameType):
        raise _malformed() from None
    except Exception as error:  # e.g. UnsupportedAlgorithm, DuplicateExtension: bare Exceptions
        raise _malformed() from error
    return Certificate(
        certificate, encoded, subject.encoded, issuer.encoded, spki.encoded, public_key
    )


def parse_pem(text: bytes) -> list[Certificate]:
    """Read all certificates in PEM text, in order; other text is passed over.

    Raises:
        MalformedCertificateException: one of them cannot be understood.
    """
    try:
        blocks = pem.blocks(text, "CERTIFICATE")
    except ValueError:
        raise _malformed() from None
    return [parse(block) for block in blocks]


def _malformed() -> MalformedCertificateException:
    return MalformedCertificateException("The certificate cannot be parsed.")
