"""Helpers for the tests of issuance: DER by hand, raw CSRs, short notations, a CA outside AWS."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from asn1crypto import core as asn1_core
from botocore.config import Config
from botocore.session import Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests import oracles

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

    from pca_mock import PcaMock
    from tests.support import Ca

BASIC_CONSTRAINTS = "2.5.29.19"
AUTHORITY_KEY_IDENTIFIER = "2.5.29.35"
SUBJECT_KEY_IDENTIFIER = "2.5.29.14"
KEY_USAGE = "2.5.29.15"
EXTENDED_KEY_USAGE = "2.5.29.37"
SUBJECT_ALTERNATIVE_NAME = "2.5.29.17"
CRL_DISTRIBUTION_POINTS = "2.5.29.31"
AUTHORITY_INFORMATION_ACCESS = "1.3.6.1.5.5.7.1.1"
CERTIFICATE_POLICIES = "2.5.29.32"
NAME_CONSTRAINTS = "2.5.29.30"
PRIVATE = "1.3.6.1.4.1.99999.7"

_ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
_EXTENSION_REQUEST = "1.2.840.113549.1.9.14"


def tlv(tag: int, *parts: bytes) -> bytes:
    """A DER value of at most 65535 bytes."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    if size < 0x100:
        return bytes((tag, 0x81, size)) + content
    return bytes((tag, 0x82)) + size.to_bytes(2, "big") + content


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER, written by asn1crypto."""
    return bytes(asn1_core.ObjectIdentifier(dotted).dump())


def name(common_name: str) -> bytes:
    """A Name with one common name; without any for the empty text."""
    if not common_name:
        return tlv(0x30)
    return tlv(0x30, tlv(0x31, tlv(0x30, oid("2.5.4.3"), tlv(0x0C, common_name.encode()))))


def requested(extensions: Sequence[oracles.ParsedExtension]) -> bytes:
    """An extensionRequest attribute."""
    encoded = (
        tlv(
            0x30,
            oid(item.oid),
            tlv(0x01, b"\xff") if item.critical else b"",
            tlv(0x04, bytes.fromhex(item.value)),
        )
        for item in extensions
    )
    return tlv(0x30, oid(_EXTENSION_REQUEST), tlv(0x31, tlv(0x30, *encoded)))


def armoured(encoded: bytes, label: str = "CERTIFICATE REQUEST") -> bytes:
    """PEM with lines of 64 characters."""
    text = base64.b64encode(encoded).decode()
    lines = [text[i : i + 64] for i in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()


def _with_ecdsa(key: Any, data: bytes) -> bytes:
    return bytes(key.sign(data, ec.ECDSA(hashes.SHA256())))


def spki_of(key: Any) -> bytes:
    """The SubjectPublicKeyInfo of a private key."""
    encoded = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return bytes(encoded)


def raw_csr(
    *extensions: oracles.ParsedExtension,
    subject: bytes | None = None,
    attributes: Sequence[bytes] | None = None,
    has_attributes: bool = True,
    version: int = 0,
    spki: bytes | None = None,
    key: Any = None,
    identifier: bytes = _ECDSA_WITH_SHA256,
    sign: Callable[[Any, bytes], bytes] = _with_ecdsa,
) -> bytes:
    """A CSR in PEM, put together from its parts.

    Args:
        extensions: the requested ones; without any there is no attribute.
        subject: a Name in DER; CN=localhost unless given.
        attributes: encoded ones, instead of `extensions`.
        has_attributes: whether there is a field for them, as the RFC demands.
        version: the number in the CSR; the RFC has only 0.
        spki: shown instead of that of the key.
        key: the signer; a new P-256 key unless given.
        identifier: the AlgorithmIdentifier of the signature, DER.
        sign: (key, data) -> signature.
    """
    key = key or ec.generate_private_key(ec.SECP256R1())
    if attributes is None:
        attributes = [requested(extensions)] if extensions else []
    info = tlv(
        0x30,
        tlv(0x02, bytes((version,))),
        name("localhost") if subject is None else subject,
        spki or spki_of(key),
        tlv(0xA0, *attributes) if has_attributes else b"",
    )
    return armoured(tlv(0x30, info, identifier, tlv(0x03, b"\0", sign(key, info))))


def general_names(*dns: str) -> bytes:
    """GeneralNames with DNS names, as in a subject alternative name."""
    return tlv(0x30, *(tlv(0x82, host.encode()) for host in dns))


def san(*dns: str, critical: bool = False) -> oracles.ParsedExtension:
    """A requested subject alternative name."""
    return oracles.ParsedExtension(SUBJECT_ALTERNATIVE_NAME, critical, general_names(*dns).hex())


def custom(identifier: str, value: str | bytes, critical: bool | None = None) -> Any:
    """A CustomExtension of the API; `value` is hex or bytes."""
    content = bytes.fromhex(value) if isinstance(value, str) else value
    extension: Any = {
        "ObjectIdentifier": identifier,
        "Value": base64.b64encode(content).decode(),
    }
    return extension if critical is None else {**extension, "Critical": critical}


def attributes(*value: tuple[str, str]) -> Any:
    """An ASN1Subject of custom attributes: (OID, text)."""
    return {"CustomAttributes": [{"ObjectIdentifier": oid, "Value": text} for oid, text in value]}


def policy(dotted: str, *uris: str) -> Any:
    """A PolicyInformation of the API, with the URIs of its practice statements."""
    qualifiers = [{"PolicyQualifierId": "CPS", "Qualifier": {"CpsUri": uri}} for uri in uris]
    more = {"PolicyQualifiers": qualifiers} if uris else {}
    return {"CertPolicyId": dotted, **more}


def passing(**extensions: Any) -> Any:
    """An ApiPassthrough with these members of Extensions."""
    return {"Extensions": extensions}


def listed(pem: str) -> list[str]:
    """A certificate's extensions in order: OID, `!` where critical, and hex of the value."""
    return [shown(item) for item in oracles.extensions(pem)]


def shown(extension: oracles.ParsedExtension) -> str:
    """An extension in the notation of `listed`."""
    return f"{extension.oid}{'!' if extension.critical else ''} {extension.value}"


def ski(pem: str) -> str:
    """The SKI that fits a certificate's key, in the notation of `listed`."""
    return f"{SUBJECT_KEY_IDENTIFIER} 0414{oracles.key_identifier_hex(pem)}"


def aki(issuer_pem: str) -> str:
    """The AKI that points to an issuer with such an SKI, in the notation of `listed`."""
    return f"{AUTHORITY_KEY_IDENTIFIER} 30168014{oracles.key_identifier_hex(issuer_pem)}"


@cache
def _model() -> Any:
    return Session().get_service_model("acm-pca")


def model_enum(shape: str) -> list[str]:
    """The values of an enum in the service model of the installed botocore."""
    return list(_model().shape_for(shape).enum)


def unvalidating(pca: PcaMock) -> ACMPCAClient:
    """A client that sends requests which botocore's own validation would refuse."""
    return pca.client(
        region_name="us-east-1",
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )


_FOREIGN = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Foreign Root")])


@dataclass
class ForeignRoot:
    """A root CA outside AWS, below which a CA of AWS can be."""

    path_length: int | None = None
    not_after: datetime = datetime(2099, 1, 1)
    name_constraints: x509.NameConstraints | None = None
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def certificate(self) -> str:
        """Its own certificate."""
        return self._signed(_FOREIGN, self.key.public_key(), self.path_length, self.not_after)

    def install_at(
        self,
        ca: Ca,
        path_length: int | None = None,
        not_before: datetime = datetime(2020, 1, 1),
        not_after: datetime = datetime(2099, 1, 1),
        key_identifier: bytes | None = None,
    ) -> None:
        """Sign a CA's request, and import the certificate; it has an SKI only if given one."""
        request = x509.load_pem_x509_csr(ca.csr())
        certificate = self._signed(
            request.subject,
            request.public_key(),
            path_length,
            not_after,
            not_before,
            key_identifier,
        )
        ca.install(certificate, self.certificate())

    def _signed(
        self,
        subject: x509.Name,
        key: Any,
        path_length: int | None,
        not_after: datetime,
        not_before: datetime = datetime(2020, 1, 1),
        key_identifier: bytes | None = None,
    ) -> str:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(_FOREIGN)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(not_before)
            .not_valid_after(not_after)
            .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        )
        if self.name_constraints is not None and subject == _FOREIGN:
            builder = builder.add_extension(self.name_constraints, True)
        if key_identifier is not None:
            builder = builder.add_extension(x509.SubjectKeyIdentifier(key_identifier), False)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()
