"""Key and signing algorithms: their names, which of them fit together, and how they sign.

Sources: API_CertificateAuthorityConfiguration; User Guide, "Supported algorithms";
RFC 4055 (RSASSA-PSS), RFC 5758 (ECDSA), RFC 9881 (ML-DSA).
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.backends.openssl.backend import backend
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from pca_mock.errors import NotSupportedByPcaMock
from pca_mock.pki import der, oids

try:  # cryptography has ML-DSA since version 47, where its OpenSSL has it too
    from cryptography.hazmat.primitives.asymmetric import mldsa as _mldsa
except ImportError:  # pragma: no cover: depends on the version
    _mldsa = None  # type: ignore[assignment]

# A private or public key of cryptography. Its classes share no useful base across families.
PrivateKey = Any
PublicKey = Any


class Family(enum.Enum):
    """Algorithms that belong together: a key signs with any algorithm of its own family."""

    RSA = enum.auto()
    EC = enum.auto()
    ML_DSA_44 = enum.auto()
    ML_DSA_65 = enum.auto()
    ML_DSA_87 = enum.auto()
    SM2 = enum.auto()


@dataclass(frozen=True, slots=True)
class KeyAlgorithm:
    """A value of the model's KeyAlgorithm and how such a key is made.

    Attributes:
        derive: makes a key that depends only on random numbers; None where `cryptography` cannot.
        check: raises NotSupportedByPcaMock if the installed `cryptography` cannot make such keys.
    """

    name: str
    family: Family
    generate: Callable[[], PrivateKey]
    derive: Callable[[Random], PrivateKey] | None = None
    check: Callable[[], object] = lambda: None


@dataclass(frozen=True, slots=True)
class SigningAlgorithm:
    """A value of the model's SigningAlgorithm.

    Attributes:
        identifier: the DER AlgorithmIdentifier, as in a certificate.
        sign: (private key, data) -> signature.
    """

    name: str
    family: Family
    identifier: bytes
    sign: Callable[[PrivateKey, bytes], bytes]


def _rsa(bits: int) -> Callable[[], PrivateKey]:
    return lambda: rsa.generate_private_key(public_exponent=65537, key_size=bits)


def _ec(curve: ec.EllipticCurve) -> tuple[Callable[[], PrivateKey], Callable[..., PrivateKey]]:
    def derive(random: Random) -> PrivateKey:
        # With one bit less than the order of the curve has, it is always smaller.
        return ec.derive_private_key(random.getrandbits(curve.key_size - 1) | 1, curve)

    return lambda: ec.generate_private_key(curve), derive


# OPEN RULE ml-dsa-form
def _ml_dsa(
    parameter_set: str,
) -> tuple[Callable[[], PrivateKey], Callable[[Random], PrivateKey], Callable[[], object]]:
    def kind() -> Any:
        if not supports_ml_dsa():
            raise NotSupportedByPcaMock(
                f"ML_DSA_{parameter_set} needs a version of cryptography with ML-DSA (47 or newer)."
            )
        return getattr(_mldsa, f"MLDSA{parameter_set}PrivateKey")

    def derive(random: Random) -> PrivateKey:
        return kind().from_seed_bytes(random.randbytes(32))

    return lambda: kind().generate(), derive, kind


def _sm2() -> PrivateKey:
    raise NotSupportedByPcaMock("pca_mock cannot make SM2 keys: the cryptography library has none.")


def supports_ml_dsa() -> bool:
    """Whether the installed cryptography, and the OpenSSL in it, can do ML-DSA."""
    return bool(_mldsa) and backend.mldsa_supported()


_PKCS1: Final = padding.PKCS1v15()


def _pkcs1(algorithm: hashes.HashAlgorithm) -> Callable[[PrivateKey, bytes], bytes]:
    return lambda key, data: bytes(key.sign(data, _PKCS1, algorithm))


def _pss(algorithm: hashes.HashAlgorithm) -> Callable[[PrivateKey, bytes], bytes]:
    scheme = padding.PSS(padding.MGF1(algorithm), salt_length=algorithm.digest_size)
    return lambda key, data: bytes(key.sign(data, scheme, algorithm))


def _ecdsa(algorithm: hashes.HashAlgorithm) -> Callable[[PrivateKey, bytes], bytes]:
    scheme = ec.ECDSA(algorithm)
    return lambda key, data: bytes(key.sign(data, scheme))


def _deterministic_ecdsa(algorithm: hashes.HashAlgorithm) -> Callable[[PrivateKey, bytes], bytes]:
    try:
        scheme = ec.ECDSA(algorithm, deterministic_signing=True)
    except UnsupportedAlgorithm:  # pragma: no cover: an OpenSSL older than 3.2
        return _ecdsa(algorithm)
    return lambda key, data: bytes(key.sign(data, scheme))


def _pure(key: PrivateKey, data: bytes) -> bytes:
    return bytes(key.sign(data))


_256, _384, _512 = hashes.SHA256(), hashes.SHA384(), hashes.SHA512()

# In the order of the model's enum.
# fmt: off
KEY_ALGORITHMS: Final = {row.name: row for row in (
    KeyAlgorithm("RSA_2048",      Family.RSA,       _rsa(2048)),
    KeyAlgorithm("RSA_3072",      Family.RSA,       _rsa(3072)),
    KeyAlgorithm("RSA_4096",      Family.RSA,       _rsa(4096)),
    KeyAlgorithm("EC_prime256v1", Family.EC,        *_ec(ec.SECP256R1())),
    KeyAlgorithm("EC_secp384r1",  Family.EC,        *_ec(ec.SECP384R1())),
    KeyAlgorithm("EC_secp521r1",  Family.EC,        *_ec(ec.SECP521R1())),
    KeyAlgorithm("ML_DSA_44",     Family.ML_DSA_44, *_ml_dsa("44")),
    KeyAlgorithm("ML_DSA_65",     Family.ML_DSA_65, *_ml_dsa("65")),
    KeyAlgorithm("ML_DSA_87",     Family.ML_DSA_87, *_ml_dsa("87")),
    KeyAlgorithm("SM2",           Family.SM2,       _sm2, check=_sm2),
)}

_NO_PARAMETERS, _NULL = b"", der.tlv(0x05, b"")
_OIDS: Final = oids.by_api((*oids.SIGNATURES, *oids.KEYS))  # ML-DSA signs with its key's OID


# OPEN RULE pss-parameters
def _pss_parameters(hash_word: str, salt_length: int) -> bytes:
    """RSASSA-PSS-params of RFC 4055 section 3.1, with one hash for data and mask: DER."""
    algorithm = der.sequence(der.oid(oids.of(hash_word)), _NULL)
    mask = der.sequence(der.oid(oids.of("id-mgf1")), algorithm)
    salt = der.integer(salt_length)
    return der.sequence(der.context(0, algorithm), der.context(1, mask), der.context(2, salt))


def _signing(
    name: str, family: Family, parameters: bytes, sign: Callable[[PrivateKey, bytes], bytes]
) -> SigningAlgorithm:
    identifier = der.sequence(der.oid(_OIDS[name]), parameters)
    return SigningAlgorithm(name, family, identifier, sign)


# In the order in which AWS's error message lists the ones that fit a key.
SIGNING_ALGORITHMS: Final = {row.name: row for row in (
    _signing("SHA256WITHRSA",     Family.RSA,       _NULL, _pkcs1(_256)),
    _signing("SHA384WITHRSA",     Family.RSA,       _NULL, _pkcs1(_384)),
    _signing("SHA512WITHRSA",     Family.RSA,       _NULL, _pkcs1(_512)),
    _signing("SHA256WITHRSA_PSS", Family.RSA,       _pss_parameters("id-sha256", 32), _pss(_256)),
    _signing("SHA384WITHRSA_PSS", Family.RSA,       _pss_parameters("id-sha384", 48), _pss(_384)),
    _signing("SHA512WITHRSA_PSS", Family.RSA,       _pss_parameters("id-sha512", 64), _pss(_512)),
    _signing("SHA256WITHECDSA",   Family.EC,        _NO_PARAMETERS, _ecdsa(_256)),
    _signing("SHA384WITHECDSA",   Family.EC,        _NO_PARAMETERS, _ecdsa(_384)),
    _signing("SHA512WITHECDSA",   Family.EC,        _NO_PARAMETERS, _ecdsa(_512)),
    _signing("ML_DSA_44",         Family.ML_DSA_44, _NO_PARAMETERS, _pure),
    _signing("ML_DSA_65",         Family.ML_DSA_65, _NO_PARAMETERS, _pure),
    _signing("ML_DSA_87",         Family.ML_DSA_87, _NO_PARAMETERS, _pure),
    _signing("SM3WITHSM2",        Family.SM2,       _NO_PARAMETERS, _pure),
)}

# With them, ECDSA always signs the same data in the same way (RFC 6979), which takes longer.
REPEATING_ALGORITHMS: Final = SIGNING_ALGORITHMS | {
    name: replace(SIGNING_ALGORITHMS[name], sign=_deterministic_ecdsa(algorithm))
    for name, algorithm in (
        ("SHA256WITHECDSA", _256), ("SHA384WITHECDSA", _384), ("SHA512WITHECDSA", _512),
    )
}

# fmt: on

# Signatures of received CSRs and certificates.
_ACCEPTED: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),
    "sha224": hashes.SHA224(),
    "sha256": _256,
    "sha384": _384,
    "sha512": _512,
}
_HASHES: Final = {oids.of(f"id-{name}"): value for name, value in _ACCEPTED.items()}
MD5_WITH_RSA: Final = oids.of("md5WithRSAEncryption")  # which old certificates may have, no CSR
_PKCS1_SIGNATURES: Final = {
    MD5_WITH_RSA: (_PKCS1, hashes.MD5()),
    **{oids.of(f"{name}WithRSAEncryption"): (_PKCS1, value) for name, value in _ACCEPTED.items()},
}
_ECDSA_SIGNATURES: Final = {
    oids.of(f"ecdsa-with-{name.upper()}"): (ec.ECDSA(value),) for name, value in _ACCEPTED.items()
}
_ML_DSA_OIDS: Final = {oids.of(f"id-ml-dsa-{name}"): name for name in ("44", "65", "87")}
# OID -> further arguments of a key's `verify`, after signature and data.
_SIGNATURES: Final[dict[str, tuple[Any, ...]]] = {
    **_PKCS1_SIGNATURES,
    **_ECDSA_SIGNATURES,
    **dict.fromkeys(_ML_DSA_OIDS, ()),
}
_RSASSA_PSS: Final = oids.of("id-RSASSA-PSS")
# RFC 5480: id-ecPublicKey with a named curve.
_EC_IDENTIFIERS: Final = {
    der.sequence(der.oid(oids.of("id-ecPublicKey")), der.oid(oids.of(curve)))
    for curve in ("secp256r1", "secp384r1", "secp521r1")
}
_EC_KEY: Final = oids.of("id-ecPublicKey")
_SM2: Final = der.sequence(der.oid(_EC_KEY), der.oid(oids.of("curveSM2")))
_POINT_FORMS: Final = b"\x02\x03\x04"  # compressed, uncompressed; hybrid ones are for nobody
_KNOWN_KEYS: Final = {oids.of("rsaEncryption"), _RSASSA_PSS, *_ML_DSA_OIDS}
_REFUSED_KEYS: Final = {
    oids.of(word)
    for word in ("id-X25519", "id-X448", "id-Ed25519", "id-Ed448", "id-dsa", "dhpublicnumber")
}
_SMALLEST_RSA_KEY: Final = 1024  # bits


# OPEN RULE ec-hashes
def fitting(key_algorithm: str) -> list[str]:
    """The names of the signing algorithms that a key of this algorithm can use, in order."""
    family = KEY_ALGORITHMS[key_algorithm].family
    return [row.name for row in SIGNING_ALGORITHMS.values() if row.family is family]


# OPEN RULE csr-keys
def load_public_key(spki: bytes) -> PublicKey:
    """The key in a SubjectPublicKeyInfo, if it is of a kind that the service accepts.

    Raises:
        NotSupportedByPcaMock: of a kind that is not known here.
        ValueError: unreadable, or of another kind, curve or size.
    """
    identifier, bits = der.parse(spki).expect(der.SEQUENCE).children()
    oid = der.decode_oid(identifier.children()[0].expect(der.OID).content)
    point = bits.expect(der.BIT_STRING).content
    if oid in _REFUSED_KEYS:
        raise ValueError(f"keys of the kind {oid} are not accepted")
    if oid == _EC_KEY:
        if identifier.encoded == _SM2:
            raise NotSupportedByPcaMock("pca_mock does not know SM2 keys.")
        if identifier.encoded not in _EC_IDENTIFIERS or point[1] not in _POINT_FORMS:
            raise ValueError("not on a NIST curve, or in the hybrid form")
    elif oid not in _KNOWN_KEYS:
        raise NotSupportedByPcaMock(f"pca_mock does not know keys of the kind {oid}.")
    try:
        key = serialization.load_der_public_key(spki)
    except UnsupportedAlgorithm as error:  # pragma: no cover: ML-DSA, in an older cryptography
        raise NotSupportedByPcaMock(f"The cryptography library cannot read it: {error}") from None
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _SMALLEST_RSA_KEY:
        raise ValueError("an RSA key that is too small")
    return key


def _is_ml_dsa(key: PublicKey, *parameter_sets: str) -> bool:
    names = (f"MLDSA{name}PublicKey" for name in parameter_sets or _ML_DSA_OIDS.values())
    return bool(_mldsa) and isinstance(key, tuple(getattr(_mldsa, name) for name in names))


def signature_oid(identifier: der.Element) -> str:
    """The OID in an AlgorithmIdentifier.

    Raises:
        DerError: it isn't one.
    """
    return der.decode_oid(identifier.expect(der.SEQUENCE).children()[0].expect(der.OID).content)


def verifies(key: PublicKey, identifier: der.Element, signature: bytes, data: bytes) -> bool:
    """Whether a signature is valid.

    Args:
        key: the signer's public key.
        identifier: the AlgorithmIdentifier beside the signature.
        signature: its octets.
        data: the signed bytes.

    Raises:
        NotSupportedByPcaMock: the algorithm is not known here.
    """
    try:
        oid = signature_oid(identifier)
        if oid == _RSASSA_PSS:
            arguments = _pss_arguments(identifier.children()[1:])
        elif oid in _SIGNATURES:
            arguments = _SIGNATURES[oid]
        else:
            raise NotSupportedByPcaMock(f"pca_mock does not know the signature algorithm {oid}.")
        if not _fits(key, oid):
            return False
        key.verify(signature, data, *arguments)
    except UnsupportedAlgorithm as error:  # pragma: no cover: a hash that this OpenSSL refuses
        raise NotSupportedByPcaMock(f"The cryptography library cannot verify it: {error}") from None
    except (InvalidSignature, IndexError, ValueError):
        return False
    return True


def _fits(key: PublicKey, oid: str) -> bool:
    """Whether a key can have made a signature of an algorithm."""
    if oid in _ML_DSA_OIDS:
        return _is_ml_dsa(key, _ML_DSA_OIDS[oid])
    kind = ec.EllipticCurvePublicKey if oid in _ECDSA_SIGNATURES else rsa.RSAPublicKey
    return isinstance(key, kind)


def _pss_arguments(parameters: list[der.Element]) -> tuple[Any, ...]:
    algorithm, mask = _pss_hashes(parameters)
    return padding.PSS(padding.MGF1(mask), padding.PSS.AUTO), algorithm


def _pss_hashes(
    parameters: list[der.Element],
) -> tuple[hashes.HashAlgorithm, hashes.HashAlgorithm]:
    """Hash and mask hash of RSASSA-PSS-params (RFC 4055 section 3.1); absent means SHA-1."""
    fields = {field.tag: field.children()[0] for field in parameters[0].children()}
    algorithm = mask = oids.of("id-sha1")
    if 0xA0 in fields:
        algorithm = der.decode_oid(fields[0xA0].children()[0].content)
    if 0xA1 in fields:
        mask = der.decode_oid(fields[0xA1].children()[1].children()[0].content)
    for oid in (algorithm, mask):
        if oid not in _HASHES:
            raise NotSupportedByPcaMock(f"pca_mock does not know the hash {oid} of RSASSA-PSS.")
    return _HASHES[algorithm], _HASHES[mask]
