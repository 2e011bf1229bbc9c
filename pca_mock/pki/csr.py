"""Certificate signing requests (PKCS#10, RFC 2986): the CA's own, and those of callers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pca_mock.errors import MalformedCSRException
from pca_mock.pki import der, oids, pem, syntax
from pca_mock.pki.algorithms import (
    MD5_WITH_RSA,
    PrivateKey,
    SigningAlgorithm,
    load_public_key,
    signature_oid,
    verifies,
)
from pca_mock.pki.extensions import Extension, decode_all, encode_all
from pca_mock.pki.names import EMPTY_NAME

_EXTENSION_REQUEST: Final = oids.of("pkcs-9-at-extensionRequest")
_LABEL: Final = "CERTIFICATE REQUEST"
_INVALID: Final = "The certificate signing request is invalid."
# RFC 2986 section 4.1: the field may be empty, but not absent. The message was observed.
# OPEN RULE csr-without-attributes: the error code is unknown.
_NO_ATTRIBUTES: Final = "CSR is missing required element 'attributes'."


@dataclass(frozen=True, slots=True)
class CertificateRequest:
    """The parts of a CSR that issuance uses; `subject` and `spki` are its own bytes (DER).

    Attributes:
        key_identifier: of the key, by `key_identifier`.
        subject_alternative_name: the requested SAN; None if it has no name.
    """

    subject: bytes
    spki: bytes
    key_identifier: bytes
    extensions: tuple[Extension, ...]
    subject_alternative_name: Extension | None


def create(
    subject: bytes, extensions: list[Extension], key: PrivateKey, algorithm: SigningAlgorithm
) -> str:
    """Write and sign a request: PEM text, with a final newline.

    Args:
        subject: a Name, DER.
        extensions: the contents of the extensionRequest attribute.
        key: the subject's private key.
        algorithm: one that fits the key.
    """
    values = der.tlv(der.SET, encode_all(extensions))
    attribute = der.sequence(der.oid(_EXTENSION_REQUEST), values)
    info = der.sequence(der.integer(0), subject, spki_of(key), der.context(0, attribute))
    signature = der.bit_string(algorithm.sign(key, info))
    # OPEN RULE csr-newline
    return pem.encode(_LABEL, der.sequence(info, algorithm.identifier, signature)) + "\n"


def spki_of(key: PrivateKey) -> bytes:
    """The SubjectPublicKeyInfo of a private key: DER."""
    encoded = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return bytes(encoded)


def key_identifier(spki: bytes) -> bytes:
    """SHA-1 of the subjectPublicKey BIT STRING's content (RFC 5280 section 4.2.1.2, method 1)."""
    return _key_identifier(der.parse(spki))


def _key_identifier(spki: der.Element) -> bytes:
    bits = spki.children()[1].content[1:]
    return hashlib.sha1(bits, usedforsecurity=False).digest()


def public_key_bits(spki: bytes) -> bytes:
    """The content of the subjectPublicKey BIT STRING, whole octets."""
    return der.parse(spki).children()[1].content[1:]


@lru_cache(maxsize=64)
def parse(text: bytes) -> CertificateRequest:
    """Read a PEM request and check everything that AWS checks about only the request.

    Tests often issue for the same request; so recent ones are remembered.

    Raises:
        MalformedCSRException: not exactly one readable request, a key that is not accepted, an
            invalid signature, or neither subject nor subject alternative name.
        NotSupportedByPcaMock: a key or a signature of a kind that is not known here.
    """
    try:
        (encoded,) = pem.blocks(text, _LABEL)
        info, algorithm, signature = der.parse(encoded).expect(der.SEQUENCE).children()
        version, subject, spki, *attributes = info.expect(der.SEQUENCE).children()
        # OPEN RULE csr-version
        version.expect(der.INTEGER)
        # OPEN RULE csr-subject-syntax
        syntax.name(subject)
        public_key = load_public_key(spki.encoded)
        if not attributes:
            raise MalformedCSRException(_NO_ATTRIBUTES)
        (attributes_field,) = attributes
        extensions = tuple(_requested_extensions(attributes_field))
        signature_octets = signature.expect(der.BIT_STRING).content[1:]
        # OPEN RULE csr-hashes
        is_refused = signature_oid(algorithm) == MD5_WITH_RSA
    # OPEN RULE csr-errors
    except (ValueError, IndexError):
        raise MalformedCSRException(_INVALID) from None
    if is_refused or not verifies(public_key, algorithm, signature_octets, info.encoded):
        raise MalformedCSRException("The certificate signing request could not be verified.")
    request = CertificateRequest(
        subject.encoded,
        spki.encoded,
        _key_identifier(spki),
        extensions,
        _subject_alternative_name(extensions),
    )
    _check_names(request)
    return request


# OPEN RULE csr-empty-san
def _subject_alternative_name(extensions: tuple[Extension, ...]) -> Extension | None:
    for extension in extensions:
        if extension.oid == oids.SUBJECT_ALTERNATIVE_NAME and extension.value != EMPTY_NAME:
            return extension
    return None


# OPEN RULE csr-attributes
def _requested_extensions(attributes: der.Element) -> list[Extension]:
    requests = []
    for attribute in attributes.expect(0xA0).children():
        oid, values = attribute.expect(der.SEQUENCE).children()
        if der.decode_oid(oid.expect(der.OID).content) == _EXTENSION_REQUEST:
            requests.append(values.expect(der.SET).children())
    if not requests:
        return []
    ((request,),) = requests
    return decode_all(request)


# OPEN RULE csr-without-names
def _check_names(request: CertificateRequest) -> None:
    if request.subject != EMPTY_NAME:
        return
    alternative_name = request.subject_alternative_name
    if alternative_name is None:
        raise MalformedCSRException("CSR must contain a subject or a subject alternative name")
    if not alternative_name.critical:
        raise MalformedCSRException(
            "CSR must mark the SAN extension critical when it has an empty subject"
        )
