"""Whether a certificate can be a CA's, and whether its chain verifies it.

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
from pca_mock.pki import der, dn, name_constraints, oids, syntax
from pca_mock.pki.certificate import CaCertificate
from pca_mock.pki.name_constraints import Budget, NameConstraints

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
    """Refuse a certificate that cannot be a root's own.

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
    """Refuse a certificate that cannot be a subordinate's, whatever the chain.

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
    """Each certificate is signed by the next one, and only the last is a self-signed root.

    Raises:
        CertificateMismatchException: otherwise, or the chain holds the certificate itself.
        NotSupportedByPcaMock: a signature algorithm is not known.
    """
    if any(link.encoded == certificate.encoded for link in chain):
        raise CertificateMismatchException(
            "The certificate chain must not contain the certificate being imported."
        )
    path = [certificate, *chain]
    for signed, signer in zip(path, [*path[1:], path[-1]], strict=True):
        is_early_root = signed is not signer and signed.is_signed_by(signed)
        if is_early_root or not signed.is_signed_by(signer):
            raise CertificateMismatchException(
                "Each certificate must be signed by the next one in the chain, "
                "and the last one must be a self-signed root."
            )


def check_path(certificate: CaCertificate, chain: Sequence[CaCertificate]) -> None:
    """Basic constraints, path lengths and critical extensions along the whole path.

    Raises:
        ValidationException: basic constraints or a path length.
        MalformedCertificateException: a critical extension.
    """
    path = (certificate, *chain)
    for link in path:
        constraints = link.basic_constraints
        if constraints is None or not constraints.critical or not constraints.is_ca:
            raise ValidationException(
                "Every CA certificate must have critical basic constraints with CA=TRUE."
            )
    # OPEN RULE hierarchy-depth
    below = 0  # CA certificates under a link, self-issued ones not counted
    for link in path:
        if link.path_length is not None and link is not certificate and link.path_length < below:
            raise ValidationException("The path length of a certificate in the chain is exceeded.")
        below += not link.is_self_issued
    for link in path:
        _check_extensions(link)


def check_subject(certificate: CaCertificate, csr_subject: bytes) -> None:
    """The subject has the attributes of the CSR's, in whatever order and string types.

    Raises:
        CertificateMismatchException: it has others.
        MalformedCertificateException: it cannot be the issuer of other certificates.
    """
    try:
        syntax.name(der.parse(certificate.subject))
    except ValueError:
        raise MalformedCertificateException("The certificate's subject is malformed.") from None
    # OPEN RULE import-subject
    if dn.attributes(certificate.subject) != dn.attributes(csr_subject):
        raise CertificateMismatchException(
            "The certificate's subject does not match that of the certificate signing request."
        )


# OPEN RULE import-name-constraints
def check_names(certificate: CaCertificate, chain: Sequence[CaCertificate]) -> None:
    """Each certificate has names that all those above it permit.

    Raises:
        CertificateMismatchException: one has a forbidden name.
        MalformedCertificateException: name constraints that cannot be read or enforced.
    """
    above: list[NameConstraints] = []
    budget = Budget()
    for link in (*reversed(chain), certificate):
        # RFC 5280 section 6.1.3: those of a self-issued certificate only where it is the last.
        if not link.is_self_issued or link is certificate:
            san = link.extension(oids.SUBJECT_ALTERNATIVE_NAME)
            value = san.value if san else None
            if breach := name_constraints.breach(above, link.subject, value, budget):
                raise CertificateMismatchException(f"Name Constraints violation: {breach}")
        if constraints := name_constraints.read(link):
            above.append(constraints)


# OPEN RULE import-expired
def check_expiry(certificate: CaCertificate, now: datetime) -> None:
    """Refuse a certificate that has expired. One that isn't valid yet is accepted.

    Raises:
        MalformedCertificateException: the certificate has expired.
    """
    if certificate.not_after < now:
        raise MalformedCertificateException("The certificate has expired.")


def _check_extensions(certificate: CaCertificate) -> None:
    for extension in certificate.extensions:
        if extension.critical and extension.oid not in _MAY_BE_CRITICAL:
            raise MalformedCertificateException(
                f"The extension {extension.oid} must not be critical."
            )
