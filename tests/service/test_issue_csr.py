"""Which requests for a certificate IssueCertificate reads, accepts and copies."""

from __future__ import annotations

import base64
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import pytest
from asn1crypto import csr as asn1_csr
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from pca_mock.pki.algorithms import supports_ml_dsa
from tests import oracles, support
from tests.issuance import (
    PRIVATE,
    SUBJECT_ALTERNATIVE_NAME,
    armoured,
    general_names,
    listed,
    model_enum,
    name,
    oid,
    passing,
    raw_csr,
    requested,
    san,
    spki_of,
    tlv,
)
from tests.oracles import ParsedExtension
from tests.refusals import refused
from tests.support import Ca, KeyHolder

if TYPE_CHECKING:
    from collections.abc import Callable

    from pca_mock import PcaMock

_KEY: Final = ec.generate_private_key(ec.SECP256R1())
_CSR: Final = raw_csr(san("www.example.com"), key=_KEY)
_DER: Final = oracles.der(_CSR.decode())
_BODY: Final = base64.b64encode(_DER)
_BEGIN, _END = b"-----BEGIN CERTIFICATE REQUEST-----", b"-----END CERTIFICATE REQUEST-----"
_TEXT_BEFORE: Final = b"Certificate Request:\n    Data:\n        Version: 1 (0x0)\n# no more\n"


def _block_of_key(encryption: Any) -> bytes:
    return _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


_PLAIN_KEY: Final = _block_of_key(NoEncryption())
_ENCRYPTED_KEY: Final = _block_of_key(BestAvailableEncryption(b"secret"))


@pytest.fixture
def root(pca: PcaMock) -> Ca:
    """An active root CA with an EC key."""
    return support.root(pca.client(region_name="us-east-1"))


def _spki_hex(csr: bytes) -> str:
    request = asn1_csr.CertificationRequest.load(oracles.der(csr.decode()))
    return str(request["certification_request_info"]["subject_pk_info"].dump().hex())


# Forms


def _in_lines(width: int) -> bytes:
    return b"\n".join(_BODY[i : i + width] for i in range(0, len(_BODY), width))


@pytest.mark.parametrize(
    "csr",
    [
        pytest.param(_CSR, id="openssl's form"),
        pytest.param(_CSR.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(_CSR.rstrip(), id="no newline at the end"),
        pytest.param(_CSR + b"\n\r\n", id="several newlines at the end"),
        pytest.param(raw_csr(san("www.example.com"), key=_KEY, version=1), id="version 1"),
    ],
)
def test_a_request_is_read_in_every_form_that_fits_the_pattern(csr: bytes, root: Ca) -> None:
    certificate = root.issued(csr)

    assert oracles.spki_hex(certificate) == spki_of(_KEY).hex()
    assert oracles.subject_hex(certificate) == name("localhost").hex()
    assert f"{SUBJECT_ALTERNATIVE_NAME} {general_names('www.example.com').hex()}" in listed(
        certificate
    )


@pytest.mark.parametrize("form", [bytes, bytearray, bytes.decode])
def test_a_request_is_read_in_every_type_that_boto3_takes(
    form: Callable[[bytes], Any], root: Ca
) -> None:
    certificate = root.issued(form(_CSR))

    assert oracles.spki_hex(certificate) == spki_of(_KEY).hex()


@pytest.mark.parametrize(
    "csr",
    [
        pytest.param(armoured(_DER, "NEW CERTIFICATE REQUEST"), id="label of Windows certreq"),
        pytest.param(armoured(_DER, "CERTIFICATE"), id="another label"),
        pytest.param(_CSR.replace(b"END CERT", b"END NEW CERT"), id="labels that disagree"),
        pytest.param(_CSR.replace(b"\n", b"\r"), id="CR"),
        pytest.param(_CSR.replace(b"\n", b" "), id="blanks for newlines"),
        pytest.param(_CSR.replace(b"\n", b" \n"), id="blanks at line ends"),
        pytest.param(_CSR.replace(b"\n", b"\n\n"), id="empty lines"),
        pytest.param(_BEGIN + b"\n" + _BODY + b"\n" + _END, id="one line"),
        pytest.param(_BEGIN + b"\n" + _in_lines(76) + b"\n" + _END, id="76 columns"),
        pytest.param(_BEGIN + b"\n" + _in_lines(32) + b"\n" + _END, id="32 columns"),
        pytest.param(b"\n" + _CSR, id="newline before"),
        pytest.param(_TEXT_BEFORE + _CSR, id="text before"),
        pytest.param(_CSR + b"that was it\n", id="text behind"),
        pytest.param(b"\xef\xbb\xbf" + _CSR, id="byte order mark"),
        pytest.param(_PLAIN_KEY + _CSR, id="key before"),
        pytest.param(_CSR + _PLAIN_KEY, id="key behind"),
        pytest.param(_CSR + _CSR, id="two requests"),
        pytest.param(_DER, id="DER"),
        pytest.param(_BODY, id="base64 without armour"),
        pytest.param(base64.b64encode(_CSR), id="PEM in base64"),
        pytest.param(_CSR.replace(_END, b""), id="no end"),
        pytest.param(_CSR.replace(_BEGIN, _BEGIN + b"\n*"), id="not base64"),
        pytest.param(_CSR.replace(_BEGIN, _BEGIN + b"\nAA=="), id="padding inside"),
        pytest.param(_BEGIN + b"\n" + _END, id="nothing in the armour"),
        pytest.param(_PLAIN_KEY, id="key"),
        pytest.param(_ENCRYPTED_KEY, id="encrypted key"),
        pytest.param(b"no request", id="text"),
        pytest.param(bytes(range(256)), id="bytes"),
    ],
)
def test_a_request_of_another_form_breaks_a_constraint(csr: bytes, pca: PcaMock, root: Ca) -> None:
    with refused("ValidationException", pca) as caught:
        root.issue(csr)

    message = caught.value.response["Error"]["Message"]
    assert message.startswith("1 validation error detected: Value at 'csr' failed to satisfy")


@pytest.mark.parametrize(
    "csr",
    [
        pytest.param(
            _BEGIN + b"\n" + _in_lines(64).rstrip(b"=")[:-1] + b"\n" + _END, id="padding gone"
        ),
        pytest.param(armoured(_CSR), id="PEM in PEM"),
        pytest.param(armoured(_DER[:-1]), id="cut off"),
        pytest.param(armoured(_DER + b"\0"), id="bytes behind"),
        pytest.param(armoured(b"\x30\x03\x02\x01\x00"), id="another structure"),
        pytest.param(armoured(tlv(0x31, _DER[4:])), id="another tag"),
        pytest.param(armoured(b"no request"), id="text"),
    ],
)
def test_a_request_that_cannot_be_read_is_malformed(csr: bytes, pca: PcaMock, root: Ca) -> None:
    with refused("MalformedCSRException", pca):
        root.issue(csr)


def test_a_certificate_instead_of_a_request_is_malformed(pca: PcaMock, root: Ca) -> None:
    with refused("MalformedCSRException", pca):
        root.issue(armoured(oracles.der(root.certificate())))


def test_a_request_has_at_most_32768_bytes(pca: PcaMock, root: Ca) -> None:
    longest = _CSR.ljust(32768, b"\n")

    with refused("ValidationException", pca):
        root.issue(longest + b"\n")

    assert root.issued(longest)


# Keys


_ML_DSA: Final = {
    "ML_DSA_44": "300b0609608648016503040311",
    "ML_DSA_65": "300b0609608648016503040312",
    "ML_DSA_87": "300b0609608648016503040313",
}


def _point(key: ec.EllipticCurvePrivateKey, form: PublicFormat) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, form)


def _ec_spki(parameters: bytes, point: bytes) -> bytes:
    return tlv(0x30, tlv(0x30, oid("1.2.840.10045.2.1"), parameters), tlv(0x03, b"\0", point))


_COMPRESSED: Final = _ec_spki(
    oid("1.2.840.10045.3.1.7"), _point(_KEY, PublicFormat.CompressedPoint)
)
_UNCOMPRESSED_POINT: Final = _point(_KEY, PublicFormat.UncompressedPoint)


_HYBRID: Final = _ec_spki(
    oid("1.2.840.10045.3.1.7"),
    bytes((6 | _UNCOMPRESSED_POINT[-1] & 1,)) + _UNCOMPRESSED_POINT[1:],
)


@pytest.mark.parametrize("bits", [1024, 1536, 2048])
def test_an_rsa_key_is_accepted_and_copied(bits: int, root: Ca) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)

    certificate = root.issued(KeyHolder(key).csr())

    assert oracles.spki_hex(certificate) == spki_of(key).hex()


@pytest.mark.parametrize(
    "curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=attrgetter("name")
)
def test_a_key_on_a_nist_curve_is_accepted_and_copied(curve: ec.EllipticCurve, root: Ca) -> None:
    key = ec.generate_private_key(curve)

    certificate = root.issued(raw_csr(key=key))

    assert oracles.spki_hex(certificate) == spki_of(key).hex()


def test_a_compressed_point_is_copied_as_it_is(root: Ca) -> None:
    certificate = root.issued(raw_csr(key=_KEY, spki=_COMPRESSED))

    assert oracles.spki_hex(certificate) == _COMPRESSED.hex()


def test_an_rsa_ca_certifies_an_ec_key_and_the_reverse(pca: PcaMock) -> None:
    client = pca.client(region_name="us-east-1")
    rsa_root = support.root(client, support.configuration("Root", "RSA_2048", "SHA256WITHRSA"))
    ec_root = support.root(client)

    assert "id-ecPublicKey" in oracles.openssl_text(rsa_root.issued(raw_csr()))
    assert "rsaEncryption" in oracles.openssl_text(ec_root.issued(rsa_root.csr()))


def _pss(key: Any, data: bytes) -> bytes:
    algorithm = hashes.SHA256()
    return bytes(key.sign(data, padding.PSS(padding.MGF1(algorithm), 32), algorithm))


_PSS_WITH_SHA256: Final = bytes.fromhex(
    "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a"
    "06092a864886f70d010108300d06096086480165030402010500a203020120"
)


def test_a_key_only_for_pss_is_accepted_and_copied(root: Ca) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    bits = key.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    spki = tlv(0x30, tlv(0x30, oid("1.2.840.113549.1.1.10")), tlv(0x03, b"\0", bits))

    certificate = root.issued(raw_csr(key=key, spki=spki, identifier=_PSS_WITH_SHA256, sign=_pss))

    assert oracles.spki_hex(certificate) == spki.hex()


@pytest.mark.skipif(not supports_ml_dsa(), reason="this cryptography has no ML-DSA")
@pytest.mark.parametrize("kind", [kind for kind in _ML_DSA if kind in model_enum("KeyAlgorithm")])
def test_an_ml_dsa_key_is_accepted_and_copied(kind: str, pca: PcaMock, root: Ca) -> None:
    configuration = support.configuration("ML-DSA", kind, kind)
    csr = support.pending(root.client, "SUBORDINATE", configuration).csr()

    certificate = root.issued(csr)

    assert oracles.spki_hex(certificate) == _spki_hex(csr)
    assert _ML_DSA[kind] in oracles.spki_hex(certificate)
    with refused("MalformedCSRException", pca):
        root.issue(armoured(_tampered(oracles.der(csr.decode()))))


_RSA_512: Final = b"""-----BEGIN CERTIFICATE REQUEST-----
MIHJMHUCAQAwEDEOMAwGA1UEAwwFc21hbGwwXDANBgkqhkiG9w0BAQEFAANLADBI
AkEArp5ctcZbK4BjscWJLKz/Fqfo/3Gw5RIY2Vpaw3wFJPkhKPsokFT2NKi8HaCE
TvVQhyL6Rp/JL9EMMUIiAmg8MwIDAQABoAAwDQYJKoZIhvcNAQELBQADQQAejoYJ
cwpBAZ3kpzW1Q0J0ajS4LjZWNgig6EKgUD7z8pd8FoSiSpJO91Ls5XlT+dQbSu7u
WwKFqUluYVYuuvaT
-----END CERTIFICATE REQUEST-----
"""
_ED25519: Final = KeyHolder(ed25519.Ed25519PrivateKey.generate()).csr(algorithm=None)
_ED448: Final = KeyHolder(ed448.Ed448PrivateKey.generate()).csr(algorithm=None)
_DSA: Final = b"""-----BEGIN CERTIFICATE REQUEST-----
MIICFzCCAdUCAQAwFDESMBAGA1UEAwwJbG9jYWxob3N0MIIBtjCCASsGByqGSM44
BAEwggEeAoGBAJjSXsItqomqtmXN+AITB8IR6iEabDPcVVnwgvokCKqODqMh4SP3
8RoCLM23jZMIWbPJ/sLjR7xwS+oK3rJNzVcVZ54+AYWipbjhmOg9gfTtlftSdVZ7
kPEZas7s/w0ca1CRbZdamHdviMMfAZ0Q1jy5BgQ+d/ClKc6zmfqhsWKrAhUAs2p0
MhkR+hzDwmGOgJfavo5kADECgYAqlmys8/pZTs7j8K9+ptvs3nMJ14LbzlA1oFFq
+h7bm6mGKlhDd9jz54jXMC5VSKEdxdeie67iMAkELwBDLEjIMFXTXuqLyjGXJSYE
LNptZbc7jbNPA33B093mgHNnTfYEhsLdH+PbIGDntvqj+Y1ZjG7ahKEix6tkPiu6
k5c9kQOBhAACgYAYdURxkNuV0omXeOuayzxdeuoo9F2Spij58MJgT3A+nZSUmir1
JGGLKvTrCamTq3WktsW5EAMLKdVQ2AW2iSWa9mfWnPT2Vcz+w1SSgeYwelzmV0Zr
IhgGbB1X8JNRGLb0bAXtHY9Hdcc65BODyekqGlyPN8C+gu2kI8wCYQVQgqAAMAsG
CWCGSAFlAwQDAgMvADAsAhQgYt2y+WF5A/WWS3gapkJwiTfsgwIUNFsJZIES5/8+
zk/TgFFYCJaqNAk=
-----END CERTIFICATE REQUEST-----
"""
_P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_N: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G: Final = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)


def _integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


# P-256, but described by its parameters (SEC 1, appendix C.2) instead of by its name.
_EXPLICIT: Final = tlv(
    0x30,
    _integer(1),
    tlv(0x30, oid("1.2.840.10045.1.1"), _integer(_P)),
    tlv(0x30, tlv(0x04, (_P - 3).to_bytes(32, "big")), tlv(0x04, _B.to_bytes(32, "big"))),
    tlv(0x04, _G),
    _integer(_N),
    _integer(1),
)


@pytest.mark.parametrize(
    "csr",
    [
        pytest.param(_RSA_512, id="RSA 512"),
        pytest.param(_DSA, id="DSA"),
        pytest.param(_ED25519, id="Ed25519"),
        pytest.param(_ED448, id="Ed448"),
        pytest.param(raw_csr(spki=spki_of(x25519.X25519PrivateKey.generate())), id="X25519"),
        pytest.param(raw_csr(key=ec.generate_private_key(ec.SECP224R1())), id="P-224"),
        pytest.param(raw_csr(key=ec.generate_private_key(ec.SECP256K1())), id="secp256k1"),
        pytest.param(raw_csr(key=ec.generate_private_key(ec.BrainpoolP256R1())), id="brainpool"),
        pytest.param(
            raw_csr(key=_KEY, spki=_ec_spki(_EXPLICIT, _UNCOMPRESSED_POINT)),
            id="explicit parameters",
        ),
        pytest.param(
            raw_csr(key=_KEY, spki=_ec_spki(oid("1.2.840.10045.3.1.7"), b"\x04" + bytes(64))),
            id="not a point of the curve",
        ),
        pytest.param(raw_csr(key=_KEY, spki=_HYBRID), id="hybrid point"),
        pytest.param(raw_csr(key=_KEY, spki=tlv(0x30)), id="no key"),
        pytest.param(raw_csr(key=_KEY, spki=tlv(0x05)), id="NULL"),
    ],
)
def test_a_key_of_another_kind_is_refused(csr: bytes, pca: PcaMock, root: Ca) -> None:
    with refused("MalformedCSRException", pca):
        root.issue(csr)


@pytest.mark.parametrize(
    "csr",
    [
        pytest.param(
            raw_csr(key=_KEY, spki=_ec_spki(oid("1.2.156.10197.1.301"), _UNCOMPRESSED_POINT)),
            id="SM2 key",
        ),
        pytest.param(
            raw_csr(key=_KEY, spki=tlv(0x30, tlv(0x30, oid("1.2.3.4")), tlv(0x03, b"\0x"))),
            id="unknown key",
        ),
        pytest.param(
            raw_csr(key=_KEY, identifier=tlv(0x30, oid("2.16.840.1.101.3.4.3.10"))),
            id="ECDSA with SHA3-256",
        ),
    ],
)
def test_an_unknown_algorithm_is_reported_as_such(csr: bytes, pca: PcaMock, root: Ca) -> None:
    with refused("NotSupportedByPcaMock", pca, status=501):
        root.issue(csr)


# Signatures


def _tampered(encoded: bytes) -> bytes:
    return encoded[:-1] + bytes((encoded[-1] ^ 1,))


def _identifier(dotted: str, parameters: bytes = b"") -> bytes:
    return tlv(0x30, oid(dotted), parameters)


_NULL: Final = tlv(0x05)
_RSA_KEY: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)


_PKCS1: Final = {
    "1.2.840.113549.1.1.5": hashes.SHA1(),
    "1.2.840.113549.1.1.14": hashes.SHA224(),
    "1.2.840.113549.1.1.11": hashes.SHA256(),
    "1.2.840.113549.1.1.12": hashes.SHA384(),
    "1.2.840.113549.1.1.13": hashes.SHA512(),
}
_ECDSA: Final = {
    "1.2.840.10045.4.1": hashes.SHA1(),
    "1.2.840.10045.4.3.1": hashes.SHA224(),
    "1.2.840.10045.4.3.2": hashes.SHA256(),
    "1.2.840.10045.4.3.3": hashes.SHA384(),
    "1.2.840.10045.4.3.4": hashes.SHA512(),
}


def _signed_with_rsa(dotted: str, algorithm: hashes.HashAlgorithm) -> bytes:
    return raw_csr(
        key=_RSA_KEY,
        identifier=_identifier(dotted, _NULL),
        sign=lambda key, data: bytes(key.sign(data, padding.PKCS1v15(), algorithm)),
    )


def _signed_with_ecdsa(dotted: str, algorithm: hashes.HashAlgorithm) -> bytes:
    return raw_csr(
        key=_KEY,
        identifier=_identifier(dotted),
        sign=lambda key, data: bytes(key.sign(data, ec.ECDSA(algorithm))),
    )


@pytest.mark.parametrize(
    "csr",
    [
        *(
            pytest.param(_signed_with_rsa(dotted, algorithm), id=f"RSA {algorithm.name}")
            for dotted, algorithm in _PKCS1.items()
        ),
        pytest.param(
            raw_csr(key=_RSA_KEY, identifier=_PSS_WITH_SHA256, sign=_pss), id="PSS SHA-256"
        ),
        *(
            pytest.param(_signed_with_ecdsa(dotted, algorithm), id=f"ECDSA {algorithm.name}")
            for dotted, algorithm in _ECDSA.items()
        ),
    ],
)
def test_a_signature_is_verified_with_the_requests_key(csr: bytes, pca: PcaMock, root: Ca) -> None:
    root.issue(csr)

    with refused("MalformedCSRException", pca):
        root.issue(armoured(_tampered(oracles.der(csr.decode()))))


@pytest.mark.parametrize(
    "csr",
    [
        pytest.param(_signed_with_rsa("1.2.840.113549.1.1.4", hashes.MD5()), id="MD5"),
        pytest.param(_signed_with_rsa("1.2.840.113549.1.1.12", hashes.SHA256()), id="other hash"),
        pytest.param(_signed_with_rsa("1.2.840.10045.4.3.2", hashes.SHA256()), id="other family"),
        pytest.param(
            raw_csr(identifier=_PSS_WITH_SHA256, key=_RSA_KEY, sign=lambda *_: bytes(256)),
            id="zeros",
        ),
        pytest.param(
            raw_csr(
                identifier=_identifier("1.2.840.113549.1.1.10", tlv(0x30)), key=_RSA_KEY, sign=_pss
            ),
            id="PSS whose parameters mean SHA-1",
        ),
        pytest.param(raw_csr(identifier=tlv(0x30)), id="no algorithm"),
        pytest.param(raw_csr(sign=lambda *_: b""), id="no signature"),
        pytest.param(
            raw_csr(spki=spki_of(ec.generate_private_key(ec.SECP256R1()))), id="another's key"
        ),
    ],
)
def test_an_invalid_signature_is_refused(csr: bytes, pca: PcaMock, root: Ca) -> None:
    with refused("MalformedCSRException", pca):
        root.issue(csr)


def test_a_request_that_was_changed_after_signing_is_refused(pca: PcaMock, root: Ca) -> None:
    changed = _DER.replace(b"localhost", b"evil.host")
    assert changed != _DER

    with refused("MalformedCSRException", pca):
        root.issue(armoured(changed))


# Subject and subject alternative name

_CRITICAL: Final = "CSR must mark the SAN extension critical when it has an empty subject"


def test_a_request_for_no_name_is_refused(pca: PcaMock, root: Ca) -> None:
    for csr in (
        raw_csr(subject=name("")),
        raw_csr(san(), subject=name("")),
        raw_csr(san(critical=True), subject=name("")),
    ):
        with refused("MalformedCSRException", pca):
            root.issue(csr)


def test_without_a_subject_the_alternative_name_must_be_critical(pca: PcaMock, root: Ca) -> None:
    with refused("MalformedCSRException", pca, match=_CRITICAL):
        root.issue(raw_csr(san("a.example"), subject=name("")))

    certificate = root.issued(raw_csr(san("a.example", critical=True), subject=name("")))

    assert oracles.subject_hex(certificate) == "3000"
    expected = ParsedExtension(SUBJECT_ALTERNATIVE_NAME, True, general_names("a.example").hex())
    assert oracles.extension(certificate, SUBJECT_ALTERNATIVE_NAME) == expected


def test_the_api_does_not_make_up_for_a_request_without_names(pca: PcaMock, root: Ca) -> None:
    api = {"Subject": {"CommonName": "x"}, **passing(SubjectAlternativeNames=[{"DnsName": "x"}])}

    for csr, message in (
        (raw_csr(subject=name("")), None),
        (raw_csr(san("a.example"), subject=name("")), _CRITICAL),
    ):
        with refused("MalformedCSRException", pca, match=message):
            root.issue(csr, "EndEntityCertificate_APICSRPassthrough", ApiPassthrough=api)


@pytest.mark.parametrize("critical", [False, True])
def test_the_flag_of_the_alternative_name_is_copied(critical: bool, root: Ca) -> None:
    expected = san("a.example", critical=critical)

    for template in ("EndEntityCertificate", "EndEntityCertificate_CSRPassthrough"):
        certificate = root.issued(raw_csr(expected), template)

        assert oracles.extension(certificate, SUBJECT_ALTERNATIVE_NAME) == expected


def test_an_alternative_name_without_names_is_treated_as_absent(root: Ca) -> None:
    for template in ("EndEntityCertificate", "EndEntityCertificate_CSRPassthrough"):
        certificate = root.issued(raw_csr(san()), template)

        assert oracles.extension(certificate, SUBJECT_ALTERNATIVE_NAME) is None


@pytest.mark.parametrize("value", ["3003820178", "30028200", "3006820141820141"])
def test_an_alternative_name_is_copied_whatever_its_contents(value: str, root: Ca) -> None:
    expected = ParsedExtension(SUBJECT_ALTERNATIVE_NAME, False, value)

    certificate = root.issued(raw_csr(expected))

    assert oracles.extension(certificate, SUBJECT_ALTERNATIVE_NAME) == expected


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("ff", id="no DER"),
        pytest.param("300382017800", id="more behind it"),
        pytest.param("3003820278", id="name cut off"),
        pytest.param("3003820180", id="DNS name that is not ASCII"),
        pytest.param("30078705c000020100", id="address of five octets"),
        pytest.param("3003890178", id="name of no form"),
    ],
)
def test_an_alternative_name_that_is_not_der_of_its_type_is_refused(
    value: str, pca: PcaMock, root: Ca
) -> None:
    csr = raw_csr(ParsedExtension(SUBJECT_ALTERNATIVE_NAME, False, value))

    with refused("MalformedCSRException", pca):
        root.issue(csr)
    # One that the API's replaces is not looked at.
    api = passing(SubjectAlternativeNames=[{"DnsName": "a.example"}])
    assert root.issue(csr, "EndEntityCertificate_APIPassthrough", ApiPassthrough=api)


def _attribute(dotted: str, tag: int, content: bytes) -> bytes:
    return tlv(0x30, oid(dotted), tlv(tag, content))


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param(tlv(0x30, tlv(0x31, _attribute("2.5.4.10", 0x0C, b""))), id="empty value"),
        pytest.param(
            tlv(0x30, tlv(0x31, _attribute("2.5.4.3", 0x14, b"cafe"))), id="TeletexString"
        ),
        pytest.param(
            tlv(0x30, tlv(0x31, _attribute("2.5.4.3", 0x1E, "é".encode("utf-16-be")))),
            id="BMPString",
        ),
        pytest.param(
            tlv(0x30, tlv(0x31, _attribute("2.5.4.6", 0x0C, b"Germany"))), id="long country"
        ),
        pytest.param(
            tlv(
                0x30,
                tlv(
                    0x31,
                    _attribute("2.5.4.3", 0x0C, b"x"),
                    _attribute("2.5.4.10", 0x0C, b"y"),
                ),
            ),
            id="multi-valued RDN",
        ),
        pytest.param(
            tlv(
                0x30,
                tlv(0x31, _attribute("2.5.4.3", 0x0C, b"x")),
                tlv(0x31, _attribute("2.5.4.6", 0x13, b"US")),
                tlv(0x31, _attribute("2.5.4.3", 0x0C, b"y")),
            ),
            id="unusual order",
        ),
    ],
)
def test_a_subject_is_copied_as_it_is(subject: bytes, root: Ca) -> None:
    for template in ("EndEntityCertificate", "EndEntityCertificate_APICSRPassthrough"):
        certificate = root.issued(raw_csr(subject=subject), template)

        assert oracles.subject_hex(certificate) == subject.hex()


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param([], id="RDN without attributes"),
        pytest.param([tlv(0x30)], id="empty attribute"),
        pytest.param([tlv(0x30, oid("2.5.4.3"))], id="no value"),
        pytest.param(
            [tlv(0x30, oid("2.5.4.3"), tlv(0x0C, b"a"), tlv(0x0C, b"b"))], id="two values"
        ),
        pytest.param([tlv(0x30, tlv(0x06, b"\x55\x80\x03"), tlv(0x0C, b"a"))], id="OID"),
        pytest.param([_attribute("2.5.4.3", 0x0C, b"\xff")], id="not UTF-8"),
        pytest.param([_attribute("2.5.4.3", 0x13, b"a*")], id="not printable"),
        pytest.param([_attribute("2.5.4.3", 0x14, b"caf\xe9")], id="T.61 or Latin-1"),
        pytest.param([_attribute("2.5.4.3", 0x1E, b"abc")], id="half a character"),
        pytest.param([_attribute("2.5.4.3", 0x02, b"\1")], id="number"),
        pytest.param([_attribute("2.5.4.3", 0x30, b"")], id="sequence"),
        pytest.param([tlv(0x30, oid("2.5.4.3"), tlv(0x2C, tlv(0x0C, b"a")))], id="constructed"),
        pytest.param(
            [_attribute("2.5.4.10", 0x0C, b"a"), _attribute("2.5.4.3", 0x0C, b"a")], id="unsorted"
        ),
        pytest.param(
            [_attribute("2.5.4.3", 0x0C, b"a"), _attribute("2.5.4.3", 0x0C, b"b")], id="twice"
        ),
    ],
)
def test_a_malformed_subject_is_refused_despite_its_good_signature(
    attributes: list[bytes], pca: PcaMock, root: Ca
) -> None:
    with refused("MalformedCSRException", pca):
        root.issue(raw_csr(subject=tlv(0x30, tlv(0x31, *attributes))))


def test_the_common_name_does_not_become_an_alternative_name(root: Ca) -> None:
    certificate = root.issued(raw_csr(subject=name("www.example.com")))

    assert oracles.extension(certificate, SUBJECT_ALTERNATIVE_NAME) is None


# Attributes

_SAN: Final = san("a.example")
_CHALLENGE: Final = tlv(0x30, oid("1.2.840.113549.1.9.7"), tlv(0x31, tlv(0x0C, b"secret")))
_EMPTY: Final = tlv(0x30, oid("1.2.840.113549.1.9.14"), tlv(0x31, tlv(0x30)))


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param([], id="none"),
        pytest.param([_EMPTY], id="empty extension request"),
        pytest.param([_CHALLENGE], id="challenge password"),
        pytest.param(
            [tlv(0x30, oid("1.3.6.1.4.1.311.2.1.14"), tlv(0x31, tlv(0x30)))],
            id="Microsoft's, empty",
        ),
        pytest.param(
            [
                tlv(
                    0x30,
                    oid("1.3.6.1.4.1.311.2.1.14"),
                    tlv(0x31, tlv(0x30, tlv(0x30, oid(PRIVATE), tlv(0x04, b"x")))),
                )
            ],
            id="Microsoft's",
        ),
    ],
)
def test_other_attributes_ask_for_no_extension(attributes: list[bytes], root: Ca) -> None:
    template = "EndEntityCertificate_CSRPassthrough"

    certificate = root.issued(raw_csr(attributes=attributes), template)

    plain = root.issued(raw_csr(), template)
    assert [e.oid for e in oracles.extensions(certificate)] == [
        e.oid for e in oracles.extensions(plain)
    ]


def test_the_extension_request_is_found_among_other_attributes(root: Ca) -> None:
    csr = raw_csr(attributes=[_CHALLENGE, requested([_SAN])])

    certificate = root.issued(csr)

    assert oracles.extension(certificate, SUBJECT_ALTERNATIVE_NAME) == _SAN


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param([requested([_SAN]), requested([])], id="two extension requests"),
        pytest.param(
            [tlv(0x30, oid("1.2.840.113549.1.9.14"), tlv(0x31, tlv(0x30), tlv(0x30)))],
            id="two values",
        ),
        pytest.param(
            [tlv(0x30, oid("1.2.840.113549.1.9.14"), tlv(0x31, tlv(0x04, b"x")))],
            id="not extensions",
        ),
        pytest.param(
            [
                tlv(
                    0x30,
                    oid("1.2.840.113549.1.9.14"),
                    tlv(0x31, tlv(0x30, tlv(0x30, oid(PRIVATE)))),
                )
            ],
            id="an extension without value",
        ),
        pytest.param([tlv(0x04, b"x")], id="not an attribute"),
    ],
)
def test_an_extension_request_that_is_not_one_is_refused(
    attributes: list[bytes], pca: PcaMock, root: Ca
) -> None:
    with refused("MalformedCSRException", pca):
        root.issue(raw_csr(attributes=attributes))


def test_a_request_without_the_field_for_attributes_is_refused(pca: PcaMock, root: Ca) -> None:
    csr = raw_csr(has_attributes=False)

    with refused(
        "MalformedCSRException", pca, match="CSR is missing required element 'attributes'."
    ):
        root.issue(csr)


def test_values_that_a_template_does_not_use_are_not_parsed(pca: PcaMock, root: Ca) -> None:
    broken = ParsedExtension("2.5.29.15", True, "ff")

    base = root.issued(raw_csr(broken))

    assert "2.5.29.15! 030205a0" in listed(base)
    with refused("MalformedCSRException", pca):
        root.issue(raw_csr(broken), "BlankEndEntityCertificate_CSRPassthrough")
