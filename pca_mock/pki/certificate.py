"""A CA certificate as the service keeps it: parsed once, with the bytes that it copies from it.

It is read from its DER. `cryptography` would warn of serial numbers and names that are odd but
harmless, and a warning can be an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.x509 import Certificate, load_der_x509_certificate

from pca_mock.errors import MalformedCertificateException
from pca_mock.pki import der, dn, oids, pem
from pca_mock.pki.algorithms import PublicKey, load_public_key, verifies
from pca_mock.pki.csr import key_identifier
from pca_mock.pki.extensions import Extension, decode_all

_VERSION: Final = 0xA0
_EXTENSIONS: Final = 0xA3
_UNIQUE_IDENTIFIERS: Final = (0x81, 0x82)
_VERSION_3: Final = 2


@dataclass(frozen=True, slots=True)
class BasicConstraints:
    """The contents of the extension; `path_length` is None without a limit."""

    critical: bool
    is_ca: bool
    path_length: int | None


@dataclass(frozen=True, slots=True)
class CaCertificate:
    """A parsed certificate.

    Attributes:
        encoded: the whole certificate, DER.
        tbs_certificate: its signed part, DER.
        signature_algorithm: the AlgorithmIdentifier beside the signature.
        signature: its octets.
        subject, issuer: its Names, DER, byte for byte.
        spki: its SubjectPublicKeyInfo, DER, byte for byte.
        extensions: in its order, no OID twice; extensions that nobody needs may be unreadable.
        basic_constraints: None without the extension.
        key_identifier: its SKI; without one, SHA-1 of its key (User Guide, "RFC compliance").
        not_before, not_after: UTC, whole seconds.
    """

    encoded: bytes
    tbs_certificate: bytes
    signature_algorithm: der.Element
    signature: bytes
    subject: bytes
    issuer: bytes
    spki: bytes
    public_key: PublicKey
    extensions: tuple[Extension, ...]
    basic_constraints: BasicConstraints | None
    key_identifier: bytes
    not_before: datetime
    not_after: datetime
    serial_number: int

    @property
    def x509(self) -> Certificate:
        """The certificate as `cryptography` reads it."""
        return load_der_x509_certificate(self.encoded)

    @property
    def pem(self) -> str:
        """The certificate as AWS returns it: no newline at the end."""
        return pem.encode("CERTIFICATE", self.encoded)

    @property
    def is_self_issued(self) -> bool:
        """Whether subject and issuer are the same name."""
        return dn.are_equal(self.subject, self.issuer)

    @property
    def path_length(self) -> int | None:
        """Its pathLenConstraint, if it has one."""
        return self.basic_constraints.path_length if self.basic_constraints else None

    def extension(self, oid: str) -> Extension | None:
        """Its extension with that OID, if it has one."""
        return _find(self.extensions, oid)

    def is_signed_by(self, issuer: CaCertificate) -> bool:
        """Whether it names that issuer, and its signature verifies with that one's key.

        Raises:
            NotSupportedByPcaMock: its signature algorithm is not known.
        """
        return dn.are_equal(self.issuer, issuer.subject) and verifies(
            issuer.public_key, self.signature_algorithm, self.signature, self.tbs_certificate
        )


def parse(encoded: bytes) -> CaCertificate:
    """Read one certificate, with those of its extensions that every CA certificate needs.

    Raises:
        MalformedCertificateException: not DER of a certificate that can be understood.
        NotSupportedByPcaMock: its key is of a kind that is not known.
    """
    try:
        return _read(encoded)
    except (ValueError, IndexError):
        raise _malformed() from None


def _read(encoded: bytes) -> CaCertificate:
    signed, identifier, signature = der.parse(encoded).expect(der.SEQUENCE).children()
    version, fields = 0, signed.expect(der.SEQUENCE).children()
    if fields[0].tag == _VERSION:  # absent in version 1
        (number,) = fields.pop(0).children()
        version = int.from_bytes(number.expect(der.INTEGER).content, "big")
    serial_number, algorithm, issuer, validity, subject, spki, *optional = fields
    if algorithm.encoded != identifier.encoded:
        raise ValueError("two different signature algorithms")
    for name in (issuer, subject):
        dn.attributes(name.encoded)  # so that they can be compared
    not_before, not_after = (der.decode_time(time) for time in validity.children())
    extensions = _extensions(optional)
    if extensions and version != _VERSION_3:
        raise ValueError("extensions in a certificate that isn't of version 3")
    return CaCertificate(
        encoded=encoded,
        tbs_certificate=signed.encoded,
        signature_algorithm=identifier,
        signature=signature.expect(der.BIT_STRING).content[1:],
        subject=subject.encoded,
        issuer=issuer.encoded,
        spki=spki.encoded,
        public_key=load_public_key(spki.encoded),
        extensions=extensions,
        basic_constraints=_basic_constraints(extensions),
        key_identifier=_subject_key_identifier(extensions) or key_identifier(spki.encoded),
        not_before=not_before,
        not_after=not_after,
        serial_number=int.from_bytes(serial_number.expect(der.INTEGER).content, "big", signed=True),
    )


def _extensions(optional: list[der.Element]) -> tuple[Extension, ...]:
    extensions: list[Extension] = []
    for element in optional:
        if element.tag == _EXTENSIONS:
            (listed,) = element.children()
            extensions = decode_all(listed)
        elif element.tag not in _UNIQUE_IDENTIFIERS:
            raise ValueError("a field that certificates don't have")
    if len({extension.oid for extension in extensions}) != len(extensions):
        raise ValueError("an extension is there twice")
    return tuple(extensions)


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


def parse_pem(text: bytes) -> list[CaCertificate]:
    """Read all certificates in PEM text, in order; other text is ignored.

    Raises:
        MalformedCertificateException: one of them cannot be understood, or a PEM block is
            something else.
        NotSupportedByPcaMock: a key is of a kind that is not known.
    """
    try:
        blocks = pem.blocks(text, "CERTIFICATE")
    except ValueError:
        raise _malformed() from None
    return [parse(block) for block in blocks]


def _malformed() -> MalformedCertificateException:
    return MalformedCertificateException("The certificate cannot be parsed.")
