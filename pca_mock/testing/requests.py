"""Certificate signing requests for names, as trustme's users know it."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID


def csr_for(key: Any, names: Sequence[str], common_name: str) -> bytes:
    """A CSR, PEM.

    Args:
        key: a private key of cryptography.
        names: DNS names, IP addresses, e-mail addresses, URIs.
        common_name: of the subject; empty for a subject without one.
    """
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
    if names:
        general_names = x509.SubjectAlternativeName([general_name(name) for name in names])
        builder = builder.add_extension(general_names, critical=not subject)
    has_hash = isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey))
    return builder.sign(key, hashes.SHA256() if has_hash else None).public_bytes(Encoding.PEM)


def general_name(text: str) -> x509.GeneralName:
    """The kind of name that a text looks like; international host names become ASCII."""
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        pass
    if "://" in text:
        return x509.UniformResourceIdentifier(text)
    if "@" in text:
        return x509.RFC822Name(text)
    return x509.DNSName(text if text.isascii() else text.encode("idna").decode())
