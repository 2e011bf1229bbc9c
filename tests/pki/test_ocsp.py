"""OCSP answers as asn1crypto, cryptography and openssl read them (RFC 6960)."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import time_machine
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from pca_mock.pki.algorithms import supports_ml_dsa
from pca_mock.pki.der import DerError
from pca_mock.pki.ocsp import parse_request
from tests import issuance, oracles, revoking, support
from tests.revoking import NOW, certificate_id, issue, ocsp_request, revoke, serial

if TYPE_CHECKING:
    from pca_mock import PcaMock

_HASHES: Final = ("sha1", "sha256", "sha384", "sha512")
each_hash = pytest.mark.parametrize("hash_name", _HASHES)
_ALGORITHMS: Final = (
    ("RSA_2048", "SHA256WITHRSA"),
    ("RSA_2048", "SHA512WITHRSA"),
    ("RSA_2048", "SHA256WITHRSA_PSS"),
    ("EC_prime256v1", "SHA256WITHECDSA"),
    ("EC_secp384r1", "SHA384WITHECDSA"),
    ("EC_secp521r1", "SHA512WITHECDSA"),
)
_IN_MODEL: Final = issuance.model_enum("SigningAlgorithm")
_VALID: Final = ocsp_request(
    {
        "hash_algorithm": {"algorithm": "sha1"},
        "issuer_name_hash": b"n" * 20,
        "issuer_key_hash": b"k" * 20,
        "serial_number": 5,
    }
)
_SHA1: Final = b"\x06\x05\x2b\x0e\x03\x02\x1a"


def _with_serial(content: bytes) -> bytes:
    """A request that is valid except for the INTEGER's content octets."""
    length = len(content) - 1
    serial_number = bytes((2, len(content))) + content
    # The five values around it are longer or shorter.
    outer = bytearray(_VALID.replace(b"\x02\x01\x05", serial_number))
    for position in range(1, 11, 2):
        outer[position] += length
    return bytes(outer)


# Requests


@pytest.mark.parametrize("nonce", [None, b"\x04\x08whatever"])
@each_hash
def test_a_request_of_asn1crypto_is_read(hash_name: str, nonce: bytes | None) -> None:
    length = hashlib.new(hash_name).digest_size
    expected = [
        {
            "hash_algorithm": {"algorithm": hash_name},
            "issuer_name_hash": bytes((number,)) * length,
            "issuer_key_hash": b"k" * length,
            "serial_number": number,
        }
        for number in (0, 127, 128)
    ]

    result = parse_request(ocsp_request(*expected, nonce=nonce))

    assert [item.serial_number for item in result] == [0, 127, 128]
    assert [item.issuer_name_hash for item in result] == [
        bytes((number,)) * length for number in (0, 127, 128)
    ]
    assert {item.issuer_key_hash for item in result} == {b"k" * length}


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\x30",
        b"\x30\x00",
        b"\x30\x02\x30\x00",
        b"\x30\x04\x30\x02\x30\x00",
        b"\x05\x00",
        b"GET / HTTP/1.1",
        _VALID[:-1],
        _VALID + b"\0",
        b"\x31" + _VALID[1:],
        _VALID.replace(b"\x02\x01\x05", b"\x04\x01\x05"),
        _VALID.replace(b"\x04\x14nnn", b"\x02\x14nnn"),
        _VALID.replace(b"\x05\x00", b"\x04\x00"),  # parameters of the hash algorithm
        _VALID.replace(_SHA1, b"\x06\x05\x2b\x80\x03\x02\x1a"),  # an arc that begins with zeros
        _VALID.replace(b"\x02\x01\x05", b"\x02\x01\x05\x05\x00"),
        _with_serial(b""),
        _with_serial(b"\x00\x05"),
        _with_serial(b"\xff\x85"),
    ],
)
def test_garbage_is_no_request(garbage: bytes) -> None:
    with pytest.raises(DerError):
        parse_request(garbage)


@given(st.integers(0, len(_VALID) - 1), st.integers(0, 255))
def test_a_request_with_another_byte_is_read_or_refused(position: int, octet: int) -> None:
    changed = _VALID[:position] + bytes((octet,)) + _VALID[position + 1 :]

    try:
        result = parse_request(changed)
    except DerError:
        return
    assert len(result) == 1


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(DerError):
        assert parse_request(data)


def _statuses_as_cryptography_reads_them(answer: bytes) -> list[str]:
    response = ocsp.load_der_ocsp_response(answer)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return [response.response_status.name]
    return [single.certificate_status.name for single in response.responses]


def test_whatever_byte_of_a_request_is_changed_the_answer_can_be_read(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    expected = certificate_id(ca.certificate(), serial(issue(ca)))
    request = ocsp_request(expected, expected)
    statuses = set()

    for position, octet in enumerate(request):
        for other in (0, 0x80, 0xFF, octet ^ 1):
            changed = request[:position] + bytes((other,)) + request[position + 1 :]
            statuses |= set(_statuses_as_cryptography_reads_them(pca.ocsp_response(changed)))

    assert statuses == {"GOOD", "UNKNOWN", "MALFORMED_REQUEST", "UNAUTHORIZED"}


def test_a_negative_serial_is_unknown(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    expected = certificate_id(ca.certificate(), "1") | {"serial_number": -1}

    answer = pca.ocsp_response(ocsp_request(expected))

    assert _statuses_as_cryptography_reads_them(answer) == ["UNKNOWN"]


# Answers, field by field


@each_hash
def test_an_answer_field_by_field(hash_name: str, pca: PcaMock) -> None:
    with time_machine.travel(NOW.replace(microsecond=678901), tick=False):
        ca = revoking.root(pca)
        arn = issue(ca)
        expected = certificate_id(ca.certificate(), serial(arn), hash_name)
        request = ocsp_request(expected)

        encoded = pca.ocsp_response(request)

    response = asn1_ocsp.OCSPResponse.load(encoded, strict=True)
    assert response["response_status"].native == "successful"
    assert response["response_bytes"]["response_type"].native == "basic_ocsp_response"
    basic = response.basic_ocsp_response
    assert basic["signature_algorithm"]["algorithm"].native == "sha256_ecdsa"
    assert basic["certs"].native is None
    data = basic["tbs_response_data"]
    assert data["version"].native == "v1"
    key_hash = bytes.fromhex(oracles.key_identifier_hex(ca.certificate()))
    assert data["responder_id"].name == "by_key"
    assert data["responder_id"].native == key_hash
    assert data["produced_at"].native == NOW
    assert data["response_extensions"].native is None
    (single,) = data["responses"]
    asked = asn1_ocsp.OCSPRequest.load(request)["tbs_request"]["request_list"][0]["req_cert"]
    assert single["cert_id"].dump() == asked.dump()
    assert single["cert_status"].name == "good"
    assert single["this_update"].native == NOW
    assert single["next_update"].native == NOW + timedelta(minutes=60)
    assert single["single_extensions"].native is None


def test_a_nonce_is_not_repeated(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    request = ocsp_request(certificate_id(ca.certificate(), serial(issue(ca))), nonce=b"n" * 16)

    response = asn1_ocsp.OCSPResponse.load(pca.ocsp_response(request), strict=True)

    assert response["response_status"].native == "successful"
    assert response.response_data["response_extensions"].native is None
    assert b"n" * 16 not in response.dump()


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256()], ids=lambda item: item.name)
def test_cryptography_asks_and_reads(algorithm: Any, pca: PcaMock) -> None:
    with time_machine.travel(NOW, tick=False):
        ca = revoking.root(pca)
        arn = issue(ca)
        revoke(ca, arn, "AFFILIATION_CHANGED")
        leaf, issuer = (
            x509.load_pem_x509_certificate(pem.encode())
            for pem in (ca.get(arn)[0], ca.certificate())
        )
        builder = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, algorithm)
        builder = builder.add_extension(x509.OCSPNonce(b"nonce"), critical=False)

        encoded = pca.ocsp_response(builder.build().public_bytes(Encoding.DER))

    answer = ocsp.load_der_ocsp_response(encoded)
    assert answer.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert answer.revocation_reason is x509.ReasonFlags.affiliation_changed
    assert answer.revocation_time_utc == NOW
    assert answer.serial_number == leaf.serial_number
    assert answer.responder_name is None
    assert answer.certificates == []
    assert answer.next_update_utc == NOW + timedelta(hours=1)
    with pytest.raises(x509.ExtensionNotFound):
        answer.extensions.get_extension_for_class(x509.OCSPNonce)


# Signatures


def _ca(pca: PcaMock, key: str, signing: str) -> support.Ca:
    return support.root(
        pca.client(region_name="us-east-1"),
        support.configuration("Test CA", key, signing),
        RevocationConfiguration=revoking.OCSP_ON,
    )


def _openssl_reads(folder: Path, certificate: str, request: bytes, answer: bytes) -> str | None:
    """The status that openssl reads in an answer signed by the CA; None if it doesn't verify."""
    for name, data in (("q", request), ("a", answer), ("ca", certificate.encode())):
        (folder / name).write_bytes(data)
    result = oracles.openssl(
        "ocsp", "-reqin", str(folder / "q"), "-respin", str(folder / "a"),
        "-CAfile", str(folder / "ca"), "-verify_other", str(folder / "ca"), "-resp_text",
    )  # fmt: skip
    verified = result.returncode == 0 and b"Response verify OK" in result.stderr
    return result.stdout.decode() if verified else None


@pytest.mark.parametrize(("key", "signing"), [row for row in _ALGORITHMS if row[1] in _IN_MODEL])
def test_openssl_verifies_the_signature(
    key: str, signing: str, pca: PcaMock, tmp_path: Path
) -> None:
    ca, stranger = _ca(pca, key, signing), _ca(pca, key, signing)
    request = ocsp_request(certificate_id(ca.certificate(), serial(issue(ca))))
    answer = pca.ocsp_response(request)
    broken = answer[:-1] + bytes((answer[-1] ^ 1,))

    text = _openssl_reads(tmp_path, ca.certificate(), request, answer)
    assert text is not None
    assert "Cert Status: good" in text
    assert _openssl_reads(tmp_path, ca.certificate(), request, broken) is None
    assert _openssl_reads(tmp_path, stranger.certificate(), request, answer) is None


@pytest.mark.parametrize(("key", "signing"), [row for row in _ALGORITHMS if row[1] in _IN_MODEL])
def test_the_signature_algorithm_is_that_of_the_ca(key: str, signing: str, pca: PcaMock) -> None:
    ca = _ca(pca, key, signing)
    request = ocsp_request(certificate_id(ca.certificate(), "1"))

    response = asn1_ocsp.OCSPResponse.load(pca.ocsp_response(request), strict=True)

    own = oracles.certificate(ca.certificate())["signature_algorithm"]
    assert response.basic_ocsp_response["signature_algorithm"].dump() == own.dump()


@pytest.mark.skipif(not supports_ml_dsa(), reason="this cryptography has no ML-DSA")
def test_a_signature_with_ml_dsa_verifies(pca: PcaMock) -> None:
    ca = _ca(pca, "ML_DSA_44", "ML_DSA_44")
    key: Any = x509.load_pem_x509_certificate(ca.certificate().encode()).public_key()
    answer = ocsp.load_der_ocsp_response(
        pca.ocsp_response(ocsp_request(certificate_id(ca.certificate(), "1")))
    )

    key.verify(answer.signature, answer.tbs_response_bytes)
    with pytest.raises(InvalidSignature):
        key.verify(answer.signature, answer.tbs_response_bytes + b"\0")
