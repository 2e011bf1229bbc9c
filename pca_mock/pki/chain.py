"""May this certificate become a CA's, and does this chain carry it?

Own code, because each check has an error of AWS's, and `cryptography`'s verifier takes no CA
certificate as the one to verify.

Sources: User Guide, "Installing the CA certificate", "RFC compliance";
API_ImportCertificateAuthorityCertificate. AWS doesn't document which check raises which error.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pca_mock.errors import (
    CertificateMismatchException,
    InvalidRequestException,
    MalformedCertificateException,
    ValidationException,
)
from pca_mock.pki import name_constraints, oids
from pca_mock.pki.certificate import CaCertificate

# User Guide, "RFC compliance": extensions that may be critical in an imported CA certificate.
_MAY_BE_CRITICAL: Final = frozenset(
    map(
        oids.of,
        (
            "id-ce-authorityKeyIdentifier",
            "id-ce-basicConstraints",
            "id-ce-certificatePolicies",
            "id-ce-extKeyUsage",
            "id-ce-inhibitAnyPolicy",
            "id-ce-issuerAltName",
            "id-ce-keyUsage",
            "id-ce-nameConstraints",
            "id-ce-policyMappings",
            "id-ce-subjectAltName",
            "id-ce-subjectDirectoryAttributes",
            "id-ce-subjectKeyIdentifier",
            "id-pe-subjectInfoAccess",
        ),
    )
)


def check_root(certificate: CaCertificate, has_chain: bool) -> None:
    """Refuse what cannot become a root's own certificate.

    Raises:
        InvalidRequestException: not self-signed, or accompanied by a chain.
    """
    if not certificate.is_signed_by(certificate):
        raise InvalidRequestException(
            "Only a self-signed certificate can be imported for a root certificate authority."
        )
    if has_chain:
        raise InvalidRequestException("A root certificate authority has no certificate chain.")


def check_subordinate(certificate: CaCertificate, has_chain: bool) -> None:
    """Refuse what cannot become a subordinate's certificate, whatever the chain.

    Raises:
        InvalidRequestException: self-signed, or without a chain.
    """
    if certificate.is_signed_by(certificate):
        raise InvalidRequestException(
            "A self-signed certificate cannot be imported for a subordinate certificate authority."
        )
    if not has_chain:
        raise InvalidRequestException(
            "A certificate chain is required for a subordinate certificate authority."
        )


def check_links(certificate: CaCertificate, chain: Sequence[CaCertificate]) -> None:
    """Each certificate is signed by the next one, and the last is a self-signed root.

    Raises:
        CertificateMismatchException: otherwise, or the chain holds the certificate itself.
    """
    if any(link.encoded == certificate.encoded for link in chain):
        raise CertificateMismatchException(
            "The certificate chain must not contain the certificate being imported."
        )
    path = [certificate, *chain]
    for signed, signer in zip(path, [*path[1:], path[-1]], strict=True):
        if not signed.is_signed_by(signer):
            raise CertificateMismatchException(
                "Each certificate must be signed by the next one in the chain, "
                "and the last one must be a self-signed root."
            )


def check_path(certificate: CaCertificate, chain: Sequence[CaCertificate], now: datetime) -> None:
    """Basic constraints, path lengths, extensions, names and expiry along the whole path.

    Raises:
        ValidationException: basic constraints or a path length.
        MalformedCertificateException: a critical extension, the key usage, expiry, or name
            constraints that cannot be read.
        CertificateMismatchException: the name constraints of an issuer.
    """
    path = (certificate, *chain)
    for link in path:
        constraints = link.basic_constraints
        if constraints is None or not constraints.critical or not constraints.is_ca:
            raise ValidationException(
                "Every CA certificate must have critical basic constraints with CA=TRUE."
            )
    below = 0  # CA certificates under a link, self-issued ones not counted
    for link in path:
        if link.path_length is not None and link is not certificate and link.path_length < below:
            raise ValidationException("The path length of a certificate in the chain is exceeded.")
        below += not link.is_self_issued
    for link in path:
        _check_extensions(link)
    for position, issuer in enumerate(path):
        for link in path[:position]:
            exempt = link.is_self_issued and link is not certificate
            if not exempt and not name_constraints.permits(issuer, link):
                raise CertificateMismatchException(
                    "A certificate breaks the name constraints of its chain."
                )
    if certificate.not_after < now:
        raise MalformedCertificateException("The certificate has expired.")


def _check_extensions(certificate: CaCertificate) -> None:
    for extension in certificate.extensions:
        if extension.critical and extension.oid not in _MAY_BE_CRITICAL:
            raise MalformedCertificateException(
                f"The extension {extension.oid} must not be critical."
            )
    if not certificate.may_sign_certificates:
        raise MalformedCertificateException("The key usage must include keyCertSign.")
