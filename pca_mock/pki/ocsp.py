"""OCSP requests and responses (RFC 6960, in the profile of RFC 5019).

Own code, because `cryptography` reads only requests about one certificate, and its responses have
only one status.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pca_mock.pki import der, oids
from pca_mock.pki.algorithms import SigningAlgorithm
from pca_mock.pki.crl import REASONS

_BASIC: Final = oids.of("id-pkix-ocsp-basic")
# Hash algorithms by which a request may name the issuer (RFC 5019 section 2.1.1 has only SHA-1).
_HASHES: Final[dict[str, Callable[[bytes], bytes]]] = {
    oids.of("id-sha1"): lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    oids.of("id-sha256"): lambda data: hashlib.sha256(data).digest(),
    oids.of("id-sha384"): lambda data: hashlib.sha384(data).digest(),
    oids.of("id-sha512"): lambda data: hashlib.sha512(data).digest(),
}
# Tags of the fields that may occur, in their order (RFC 6960 section 4.1.1).
_SIGNATURE: Final = (0xA0,)
_TBS_REQUEST: Final = (0xA0, 0xA1, der.SEQUENCE, 0xA2)
_SINGLE_EXTENSIONS: Final = (0xA0,)


class ResponseStatus(enum.IntEnum):
    """OCSPResponseStatus (RFC 6960 section 4.2.1)."""

    SUCCESSFUL = 0
    MALFORMED_REQUEST = 1
    INTERNAL_ERROR = 2
    TRY_LATER = 3
    SIG_REQUIRED = 5
    UNAUTHORIZED = 6


@dataclass(frozen=True, slots=True)
class CertId:
    """The certificate that a request asks about; `encoded` is the CertID as it came."""

    encoded: bytes
    hash_oid: str
    issuer_name_hash: bytes
    issuer_key_hash: bytes
    serial_number: int

    @property
    def has_known_hash(self) -> bool:
        """Whether the issuer's hashes can be compared."""
        return self.hash_oid in _HASHES

    def is_of(self, issuer_name: bytes, issuer_key_bits: bytes) -> bool:
        """Whether it names this issuer: its Name, DER, and the bits of its public key."""
        digest = _HASHES.get(self.hash_oid)
        return (
            digest is not None
            and digest(issuer_name) == self.issuer_name_hash
            and digest(issuer_key_bits) == self.issuer_key_hash
        )


@dataclass(frozen=True, slots=True)
class CertStatus:
    """The status of a certificate.

    Attributes:
        is_known: whether the CA issued it at all.
        revoked_at: UTC, whole seconds; None where it isn't revoked.
        reason: the API's RevocationReason, where it is revoked.
    """

    is_known: bool = True
    revoked_at: datetime | None = None
    reason: str = "UNSPECIFIED"

    def encode(self) -> bytes:
        """CertStatus: DER. The reason "unspecified" is left out."""
        if not self.is_known:
            return der.context(2, b"", constructed=False)
        if self.revoked_at is None:
            return der.context(0, b"", constructed=False)
        code = REASONS[self.reason]
        reason = der.context(0, der.enumerated(code)) if code else b""
        return der.context(1, der.generalized_time(self.revoked_at) + reason)


def key_hashes(issuer_key_bits: bytes) -> list[bytes]:
    """All issuerKeyHash values by which a request may name a CA: of the bits of its public key."""
    return [digest(issuer_key_bits) for digest in _HASHES.values()]


def parse_request(encoded: bytes) -> list[CertId]:
    """Read the certificates that a request asks about, in its order.

    A signature, a requestor's name and extensions are passed over. A CertID is read strictly: the
    answer repeats its bytes, and clients must be able to read them.

    Raises:
        DerError: not an OCSPRequest, or one without a certificate.
    """
    try:
        tbs_request, *signature = der.parse(encoded).expect(der.SEQUENCE).children()
        _expect_in_order(signature, _SIGNATURE)
        fields = tbs_request.expect(der.SEQUENCE).children()
        _expect_in_order(fields, _TBS_REQUEST)
        (request_list,) = (field for field in fields if field.tag == der.SEQUENCE)
        cert_ids = [_single(request) for request in request_list.children()]
    except (IndexError, ValueError) as error:
        raise der.DerError(f"not an OCSP request: {error}") from error
    if not cert_ids:
        raise der.DerError("an OCSP request without a certificate")
    return cert_ids


def _expect_in_order(elements: list[der.Element], tags: tuple[int, ...]) -> None:
    """Refuse elements with other tags, a tag that occurs twice, or another order."""
    remaining = iter(tags)
    if not all(element.tag in remaining for element in elements):
        raise der.DerError("a field that does not belong there")


def _single(request: der.Element) -> CertId:
    cert_id, *extensions = request.expect(der.SEQUENCE).children()
    _expect_in_order(extensions, _SINGLE_EXTENSIONS)
    algorithm, name_hash, key_hash, serial_number = cert_id.expect(der.SEQUENCE).children()
    return CertId(
        cert_id.encoded,
        _hash_oid(algorithm),
        name_hash.expect(der.OCTET_STRING).content,
        key_hash.expect(der.OCTET_STRING).content,
        der.decode_integer(serial_number.expect(der.INTEGER).content),
    )


def _hash_oid(algorithm: der.Element) -> str:
    """The OID in an AlgorithmIdentifier of a hash: its parameters are NULL or absent."""
    oid, *parameters = algorithm.expect(der.SEQUENCE).children()
    if any(parameter.encoded != der.NULL for parameter in parameters) or len(parameters) > 1:
        raise der.DerError("a hash algorithm with parameters")
    return der.decode_oid(oid.expect(der.OID).content)


def response_data(
    responder_key_hash: bytes,
    statuses: Sequence[tuple[CertId, CertStatus]],
    produced_at: datetime,
    next_update: datetime,
) -> bytes:
    """ResponseData of RFC 6960 section 4.2.1, version 1, responder by key: DER.

    Args:
        responder_key_hash: SHA-1 of the bits of the responder's public key.
        statuses: the answer to each CertID.
        produced_at: UTC, whole seconds; thisUpdate is the same.
        next_update: UTC, whole seconds.
    """
    this_update = der.generalized_time(produced_at)
    until = der.context(0, der.generalized_time(next_update))
    responses = [
        der.sequence(cert_id.encoded, status.encode(), this_update, until)
        for cert_id, status in statuses
    ]
    return der.sequence(
        der.context(2, der.octet_string(responder_key_hash)),
        this_update,
        der.sequence(*responses),
    )


def successful(data: bytes, signature: bytes, algorithm: SigningAlgorithm) -> bytes:
    """An OCSPResponse around signed ResponseData, without certificates: DER."""
    basic = der.sequence(data, algorithm.identifier, der.bit_string(signature))
    payload = der.sequence(der.oid(_BASIC), der.octet_string(basic))
    return der.sequence(der.enumerated(ResponseStatus.SUCCESSFUL), der.context(0, payload))


def unsuccessful(status: ResponseStatus) -> bytes:
    """An OCSPResponse with only an error status: DER."""
    return der.sequence(der.enumerated(status))
