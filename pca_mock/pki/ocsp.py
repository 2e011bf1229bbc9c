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
# Hash algorithms by which a request may name the issuer (RFC 5019 section 2.1.1 has SHA-1 alone).
_HASHES: Final[dict[str, Callable[[bytes], bytes]]] = {
    oids.of("id-sha1"): lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    oids.of("id-sha256"): lambda data: hashlib.sha256(data).digest(),
    oids.of("id-sha384"): lambda data: hashlib.sha384(data).digest(),
    oids.of("id-sha512"): lambda data: hashlib.sha512(data).digest(),
}


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
    """What is known of a certificate.

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


def parse_request(encoded: bytes) -> list[CertId]:
    """The certificates that a request asks about, in its order. A signature is not looked at.

    Raises:
        DerError: not an OCSPRequest, or an empty one.
    """
    try:
        tbs_request = der.parse(encoded).expect(der.SEQUENCE).children()[0]
        fields = tbs_request.expect(der.SEQUENCE).children()
        (request_list,) = (field for field in fields if field.tag == der.SEQUENCE)
        found = [_cert_id(request.children()[0]) for request in request_list.children()]
    except (IndexError, ValueError) as error:
        raise der.DerError(f"not an OCSP request: {error}") from error
    if not found:
        raise der.DerError("an OCSP request without a certificate")
    return found


def _cert_id(element: der.Element) -> CertId:
    algorithm, name_hash, key_hash, serial_number = element.expect(der.SEQUENCE).children()
    return CertId(
        element.encoded,
        der.decode_oid(algorithm.children()[0].expect(der.OID).content),
        name_hash.expect(der.OCTET_STRING).content,
        key_hash.expect(der.OCTET_STRING).content,
        int.from_bytes(serial_number.expect(der.INTEGER).content, "big"),
    )


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
    """An OCSPResponse that says only why there is no answer: DER."""
    return der.sequence(der.enumerated(status))
