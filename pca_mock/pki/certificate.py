"""A CA certificate as the service keeps it: parsed once, with the bytes that it copies from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from pca_mock.errors import MalformedCertificateException
from pca_mock.pki import der, oids, pem
from pca_mock.pki.algorithms import PublicKey, verifies
from pca_mock.pki.csr import key_identifier
from pca_mock.pki.extensions import Extension, decode_all

_KEY_CERT_SIGN = 0x04  # bit 5 of the first octet


@dataclass(frozen=True, slots=True)
class BasicConstraints:
    """What the extension says; `path_length` is None without a limit."""

    critical: bool
    is_ca: bool
    path_length: int | None


@dataclass(frozen=True, slots=True)
class CaCertificate:
    """A parsed certificate.

    Attributes:
        x509: the certificate for everything that needs no original bytes.
        encoded: the whole certificate, DER.
        subject, issuer: its Names, DER, byte for byte.
        spki: its SubjectPublicKeyInfo, DER, byte for byte.
        extensions: in its order, no OID twice; what nobody asks for may be unreadable.
        basic_constraints: None without the extension.
        key_identifier: its SKI; without one, SHA-1 of its key (User Guide, "RFC compliance").
        may_sign_certificates: whether its key usage has keyCertSign, or is not limited at all.
        not_before, not_after: UTC, whole seconds.
    """

    x509: x509.Certificate
    encoded: bytes
    subject: bytes
    issuer: bytes
    spki: bytes
    public_key: PublicKey
    extensions: tuple[Extension, ...]
    basic_constraints: BasicConstraints | None
    key_identifier: bytes
    may_sign_certificates: bool
    not_before: datetime
    not_after: datetime
    serial_number: int

    @property
    def pem(self) -> str:
        """The certificate as AWS returns it: no newline at the end."""
        return pem.encode("CERTIFICATE", self.encoded)

    @property
    def is_self_issued(self) -> bool:
        """Whether subject and issuer are the same name."""
        return self.subject == self.issuer

    @property
    def path_length(self) -> int | None:
        """Its pathLenConstraint, if it has one."""
        return self.basic_constraints.path_length if self.basic_constraints else None

    def extension(self, oid: str) -> Extension | None:
        """Its extension with that OID, if it has one."""
        return _find(self.extensions, oid)

    def is_signed_by(self, issuer: CaCertificate) -> bool:
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


def parse(encoded: bytes) -> CaCertificate:
    """Read one certificate, with those of its extensions that every CA certificate is asked for.

    Raises:
        MalformedCertificateException: not DER of a certificate that can be understood.
    """
    try:
        certificate = x509.load_der_x509_certificate(encoded)
        tbs = der.parse(encoded).children()[0].children()
        if tbs[0].tag == 0xA0:  # the version, absent in version 1
            del tbs[0]
        _, _, issuer, _, subject, spki, *optional = tbs
        extensions = _extensions(optional)
        return CaCertificate(
            x509=certificate,
            encoded=encoded,
            subject=subject.encoded,
            issuer=issuer.encoded,
            spki=spki.encoded,
            public_key=certificate.public_key(),
            extensions=extensions,
            basic_constraints=_basic_constraints(extensions),
            key_identifier=_subject_key_identifier(extensions) or key_identifier(spki.encoded),
            may_sign_certificates=_may_sign_certificates(extensions),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            serial_number=certificate.serial_number,
        )
    except (ValueError, IndexError):
        raise _malformed() from None
    except Exception as error:  # UnsupportedAlgorithm is a bare Exception
        raise _malformed() from error


def _extensions(optional: list[der.Element]) -> tuple[Extension, ...]:
    found: list[Extension] = []
    for element in optional:
        if element.tag == 0xA3:  # beside unique identifiers of issuer and subject
            (listed,) = element.children()
            found = decode_all(listed)
    if len({extension.oid for extension in found}) != len(found):
        raise ValueError("an extension stands there twice")
    return tuple(found)


def _find(extensions: tuple[Extension, ...], oid: str) -> Extension | None:
    return next((extension for extension in extensions if extension.oid == oid), None)


def _basic_constraints(extensions: tuple[Extension, ...]) -> BasicConstraints | None:
    extension = _find(extensions, oids.BASIC_CONSTRAINTS)
    if extension is None:
        return None
    fields = {f.tag: f.content for f in der.parse(extension.value).expect(der.SEQUENCE).children()}
    limit = fields.get(der.INTEGER)
    return BasicConstraints(
        extension.critical,
        is_ca=fields.get(der.BOOLEAN, b"\0") != b"\0",
        path_length=None if limit is None else int.from_bytes(limit, "big", signed=True),
    )


def _subject_key_identifier(extensions: tuple[Extension, ...]) -> bytes | None:
    extension = _find(extensions, oids.SUBJECT_KEY_IDENTIFIER)
    return der.parse(extension.value).expect(der.OCTET_STRING).content if extension else None


def _may_sign_certificates(extensions: tuple[Extension, ...]) -> bool:
    extension = _find(extensions, oids.KEY_USAGE)
    if extension is None:
        return True
    _, *octets = der.parse(extension.value).expect(der.BIT_STRING).content
    return bool(octets and octets[0] & _KEY_CERT_SIGN)


def parse_pem(text: bytes) -> list[CaCertificate]:
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
