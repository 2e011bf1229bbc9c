"""DER by hand, as far as stories need it: to write odd requests and to read raw bytes."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SAN: Final = "2.5.29.17"
PRIVATE: Final = "1.3.6.1.4.1.99999.7"
_EXTENSION_REQUEST: Final = "1.2.840.113549.1.9.14"
ECDSA_WITH_SHA256: Final = bytes.fromhex("300a06082a8648ce3d040302")


class Extension(NamedTuple):
    """An extension; `value` is the hex of its content."""

    oid: str
    critical: bool
    value: str

    def __str__(self) -> str:
        return f"{self.oid}{'!' if self.critical else ''} {self.value}"


# Writing


def tlv(tag: int, *parts: bytes) -> bytes:
    """A DER value of at most 65535 bytes."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes(2 if size > 0xFF else 1, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *arcs = map(int, dotted.split("."))
    content = b""
    for arc in (40 * first + second, *arcs):
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(0x80 | arc & 0x7F)
        content += bytes(reversed(digits))
    return tlv(0x06, content)


def name(common_name: str | bytes, tag: int = 0x0C) -> bytes:
    """A Name with one common name; without any for the empty text."""
    value = common_name.encode() if isinstance(common_name, str) else common_name
    if not value:
        return tlv(0x30)
    return tlv(0x30, tlv(0x31, tlv(0x30, oid("2.5.4.3"), tlv(tag, value))))


def one_name(*attributes: tuple[str, int, str]) -> bytes:
    """A Name with one attribute in each RDN: (OID, tag of the string type, text)."""
    return tlv(
        0x30,
        *(
            tlv(0x31, tlv(0x30, oid(identifier), tlv(tag, text.encode())))
            for identifier, tag, text in attributes
        ),
    )


def dns_names(*hosts: str) -> bytes:
    """GeneralNames with DNS names."""
    return tlv(0x30, *(tlv(0x82, host.encode()) for host in hosts))


def san(*hosts: str, critical: bool = False) -> Extension:
    """A requested subject alternative name."""
    return Extension(SAN, critical, dns_names(*hosts).hex())


def requested(*extensions: Extension) -> bytes:
    """An attribute extensionRequest."""
    encoded = (
        tlv(
            0x30,
            oid(each.oid),
            tlv(0x01, b"\xff") if each.critical else b"",
            tlv(0x04, bytes.fromhex(each.value)),
        )
        for each in extensions
    )
    return tlv(0x30, oid(_EXTENSION_REQUEST), tlv(0x31, tlv(0x30, *encoded)))


def armoured(encoded: bytes, label: str = "CERTIFICATE REQUEST") -> bytes:
    """PEM with lines of 64 characters."""
    text = base64.b64encode(encoded).decode()
    lines = [text[i : i + 64] for i in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()


@cache
def key() -> ec.EllipticCurvePrivateKey:
    """The key of the requests: one for all, as AWS copies the public key."""
    return ec.generate_private_key(ec.SECP256R1())


def spki(private_key: Any) -> bytes:
    """The SubjectPublicKeyInfo of a private key."""
    return bytes(
        private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )


def ecdsa() -> ec.ECDSA:
    """How `key()` signs."""
    return ec.ECDSA(hashes.SHA256())


def bits(public_key: Any) -> bytes:
    """The bits of a public key, without the algorithm: of these its identifier is the SHA-1."""
    encoded = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return children(encoded)[1].content[1:]


def _with_ecdsa(data: bytes) -> bytes:
    return key().sign(data, ecdsa())


def csr(
    *extensions: Extension,
    subject: bytes | None = None,
    attributes: Sequence[bytes] | None = None,
    has_attributes: bool = True,
    version: int = 0,
    public_key: bytes | None = None,
    identifier: bytes = ECDSA_WITH_SHA256,
    sign: Callable[[bytes], bytes] = _with_ecdsa,
) -> bytes:
    """A CSR in PEM, put together from its parts.

    Args:
        extensions: the requested ones; without any there is no attribute.
        subject: a Name in DER; CN=conformance unless given.
        attributes: encoded ones, instead of `extensions`.
        has_attributes: whether there is a field for them, as the RFC demands.
        version: the number in the CSR; the RFC has only 0.
        public_key: a SubjectPublicKeyInfo, instead of that of `key()`.
        identifier: the AlgorithmIdentifier of the signature, DER.
        sign: makes the signature.
    """
    if attributes is None:
        attributes = [requested(*extensions)] if extensions else []
    info = tlv(
        0x30,
        tlv(0x02, bytes((version,))),
        name("conformance") if subject is None else subject,
        public_key or spki(key()),
        tlv(0xA0, *attributes) if has_attributes else b"",
    )
    return armoured(tlv(0x30, info, identifier, tlv(0x03, b"\0", sign(info))))


# Reading


class Value(NamedTuple):
    """A DER value: its tag, its content and all its bytes."""

    tag: int
    content: bytes
    whole: bytes


def values(encoded: bytes) -> Iterator[Value]:
    """The values in a sequence of DER values, one after the other."""
    while encoded:
        size, header = encoded[1], 2
        if size & 0x80:
            header += size & 0x7F
            size = int.from_bytes(encoded[2:header], "big")
        yield Value(encoded[0], encoded[header : header + size], encoded[: header + size])
        encoded = encoded[header + size :]


def children(encoded: bytes) -> list[Value]:
    """The values in a constructed DER value."""
    return list(values(next(values(encoded)).content))


def decoded(pem: str) -> bytes:
    """The DER in the first PEM block of a text."""
    lines = pem.strip().splitlines()
    return base64.b64decode("".join(lines[1 : lines.index(lines[0].replace("BEGIN", "END"))]))


def certificate(pem: str) -> x509.Certificate:
    """The first certificate of a PEM text."""
    return x509.load_pem_x509_certificate(pem.encode())


def _listed(encoded: bytes) -> list[Extension]:
    """The extensions in an Extensions."""
    found = []
    for extension in children(encoded):
        identifier, *flag, value = values(extension.content)
        found.append(Extension(dotted(identifier.content), bool(flag), value.content.hex()))
    return found


def extensions(pem: str) -> list[Extension]:
    """The extensions of a certificate, in order."""
    tbs = children(certificate(pem).tbs_certificate_bytes)
    return [each for part in tbs if part.tag == 0xA3 for each in _listed(part.content)]


def extension(pem: str, identifier: str) -> str | None:
    """One extension of a certificate in the notation `!0304…`, with `!` if it is critical."""
    for each in extensions(pem):
        if each.oid == identifier:
            return f"{'!' if each.critical else ''}{each.value}"
    return None


def requested_extensions(pem: str) -> list[str]:
    """The extensions that a CSR asks for, in the notation of `Extension`."""
    info = children(x509.load_pem_x509_csr(pem.encode()).tbs_certrequest_bytes)
    attributes = (tuple(values(attribute.content)) for attribute in values(info[3].content))
    return [
        str(extension)
        for identifier, value in attributes
        if dotted(identifier.content) == _EXTENSION_REQUEST
        for extension in _listed(value.content)
    ]


def raw_subject(pem: str) -> str:
    """The subject of a certificate as it is encoded there, hex."""
    return children(certificate(pem).tbs_certificate_bytes)[5].whole.hex()


def raw_issuer(pem: str) -> str:
    """The issuer of a certificate as it is encoded there, hex."""
    return children(certificate(pem).tbs_certificate_bytes)[3].whole.hex()


def dotted(content: bytes) -> str:
    """An OID from its content octets."""
    arcs, arc = [], 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))
