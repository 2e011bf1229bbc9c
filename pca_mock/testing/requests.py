"""What handles ask for: CAs by a few words, and certificates for names, as in trustme."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from pca_mock.pki import oids
from pca_mock.pki.algorithms import KEY_ALGORITHMS, fitting

_COMMON_NAME: Final = oids.of("id-at-commonName")
_LONGEST_COMMON_NAME: Final = 64  # RFC 5280: ub-common-name


def authority_request(
    ca_type: str, common_name: str, key_algorithm: str, more: Mapping[str, Any]
) -> dict[str, Any]:
    """The members of CreateCertificateAuthority. See `PcaMock.create_root_ca` for `more`.

    Raises:
        ValueError: there is no such key algorithm.
    """
    check_key_algorithm(key_algorithm)
    members = dict(more)
    subject = _subject(common_name, members.pop("subject", {}))
    signing_algorithm = members.pop("signing_algorithm", None) or fitting(key_algorithm)[0]
    crl_bucket, ocsp = members.pop("crl_bucket", None), members.pop("ocsp", False)
    revocation: dict[str, Any] = {}
    if crl_bucket is not None:
        crl = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": crl_bucket}
        revocation["CrlConfiguration"] = crl
    if ocsp:
        revocation["OcspConfiguration"] = {"Enabled": True}
    if revocation:
        members.setdefault("RevocationConfiguration", revocation)
    configuration = {
        "KeyAlgorithm": key_algorithm,
        "SigningAlgorithm": signing_algorithm,
        "Subject": subject,
    }
    return {
        "CertificateAuthorityType": ca_type,
        "CertificateAuthorityConfiguration": configuration,
        **members,
    }


def _subject(common_name: str, more: Mapping[str, Any]) -> dict[str, Any]:
    """An ASN1Subject. AWS takes either standard members or CustomAttributes."""
    if "CustomAttributes" not in more:
        return {"CommonName": common_name, **more}
    custom = list(more["CustomAttributes"])
    if all(item["ObjectIdentifier"] != _COMMON_NAME for item in custom):
        custom.insert(0, {"ObjectIdentifier": _COMMON_NAME, "Value": common_name})
    return {**more, "CustomAttributes": custom}


def check_key_algorithm(key_algorithm: str) -> None:
    """Refuse what isn't the name of a key algorithm.

    Raises:
        ValueError: see above.
    """
    if key_algorithm not in KEY_ALGORITHMS:
        known = ", ".join(KEY_ALGORITHMS)
        raise ValueError(f"there is no key algorithm {key_algorithm!r}, only {known}")


def csr_for(key: Any, names: Sequence[str], common_name: str | None) -> bytes:
    """A CSR, PEM.

    Args:
        key: a private key of cryptography.
        names: DNS names, IP addresses, e-mail addresses, URIs.
        common_name: of the subject; empty for a subject without one; None for the first name, if
            the subject has room for it.
    """
    if common_name is None:
        common_name = names[0] if len(names[0]) <= _LONGEST_COMMON_NAME else ""
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
    if names:
        general_names = x509.SubjectAlternativeName([general_name(name) for name in names])
        builder = builder.add_extension(general_names, critical=not subject)
    has_hash = isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey))
    return builder.sign(key, hashes.SHA256() if has_hash else None).public_bytes(Encoding.PEM)


def general_name(text: str) -> x509.GeneralName:
    """The kind of name that a text looks like; international host names become ASCII.

    Raises:
        ValueError: it can be no name.
    """
    if not text or any(character.isspace() for character in text):
        raise ValueError(f"not a name of any kind: {text!r}")
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        pass
    if "://" in text:
        return x509.UniformResourceIdentifier(text)
    if "@" in text:
        return x509.RFC822Name(text)
    return x509.DNSName(text if text.isascii() else text.encode("idna").decode())
