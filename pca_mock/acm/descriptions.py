"""A certificate of ACM's in words of its API: the details, and the summary of a list.

Sources: ACM's API_CertificateDetail, API_CertificateSummary, API_RenewalSummary.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID

from pca_mock.acm import renewals
from pca_mock.acm.context import Users
from pca_mock.clock import milliseconds
from pca_mock.pki import oids
from pca_mock.state.managed import ManagedCertificate

# The attribute of `cryptography`'s KeyUsage -> KeyUsageName.
_KEY_USAGES: Final = {
    "digital_signature": "DIGITAL_SIGNATURE",
    "content_commitment": "NON_REPUDIATION",
    "key_encipherment": "KEY_ENCIPHERMENT",
}
# API_ExtendedKeyUsage.
_PURPOSES: Final = {
    oids.of("id-kp-serverAuth"): "TLS_WEB_SERVER_AUTHENTICATION",
    oids.of("id-kp-clientAuth"): "TLS_WEB_CLIENT_AUTHENTICATION",
}
_SIGNATURES: Final = {row.oid: row.api for row in oids.SIGNATURES if "PSS" not in f"{row.api}"}
_MOST_NAMES_IN_A_SUMMARY: Final = 100


def status(certificate: ManagedCertificate, now: datetime) -> str:
    """The CertificateStatus."""
    if certificate.failure is not None:
        return "FAILED"
    if certificate.delivery is None:
        return "PENDING_VALIDATION"
    return "EXPIRED" if now > certificate.delivery.not_after else "ISSUED"


def detail(certificate: ManagedCertificate, now: datetime, users: Users) -> dict[str, Any]:
    """A CertificateDetail."""
    members = {
        "CertificateArn": certificate.arn,
        "DomainName": certificate.names[0],
        "SubjectAlternativeNames": list(certificate.names),
        "Subject": f"CN={certificate.names[0]}",
        "CreatedAt": certificate.created_at,
        "Status": status(certificate, now),
        "KeyAlgorithm": shown_key_algorithm(certificate),
        "InUseBy": list(users(certificate.arn)),
        "FailureReason": certificate.failure,
        "Type": "PRIVATE",
        "RenewalSummary": _renewal_summary(certificate),
        "CertificateAuthorityArn": certificate.authority_arn,
        "RenewalEligibility": _eligibility(certificate, now, users),
        "Options": dict(certificate.options),
        **_of_the_certificate(certificate),
    }
    return {name: value for name, value in members.items() if value is not None}


def summary(certificate: ManagedCertificate, now: datetime, users: Users) -> dict[str, Any]:
    """A CertificateSummary."""
    details = detail(certificate, now, users)
    names = certificate.names
    return {
        "CertificateArn": certificate.arn,
        "DomainName": names[0],
        "SubjectAlternativeNameSummaries": list(names[:_MOST_NAMES_IN_A_SUMMARY]),
        "HasAdditionalSubjectAlternativeNames": len(names) > _MOST_NAMES_IN_A_SUMMARY,
        "Status": details["Status"],
        "Type": "PRIVATE",
        "KeyAlgorithm": details["KeyAlgorithm"],
        "KeyUsages": [each["Name"] for each in details.get("KeyUsages", ())],
        "ExtendedKeyUsages": [each["Name"] for each in details.get("ExtendedKeyUsages", ())],
        "ExportOption": certificate.options["Export"],
        "InUse": bool(details["InUseBy"]),
        "Exported": certificate.is_exported,
        "RenewalEligibility": details["RenewalEligibility"],
        **{name: details[name] for name in ("NotBefore", "NotAfter") if name in details},
        "CreatedAt": certificate.created_at,
    }


def shown_key_algorithm(certificate: ManagedCertificate) -> str:
    """The key algorithm as ACM's answers have it: with a hyphen, unlike the model's enum.

    Terraform's resource of the certificate replaces it: "DescribeCertificate returns hyphenated
    string values".
    """
    return certificate.key_algorithm.replace("_", "-")


def _eligibility(certificate: ManagedCertificate, now: datetime, users: Users) -> str:
    return "ELIGIBLE" if renewals.is_eligible(certificate, now, users) else "INELIGIBLE"


def _renewal_summary(certificate: ManagedCertificate) -> dict[str, Any] | None:
    renewal = certificate.renewal
    if renewal is None:
        return None
    members: dict[str, Any] = {
        "RenewalStatus": renewal.status,
        "DomainValidationOptions": [],  # a private certificate's names are not validated
        "RenewalStatusReason": renewal.reason,
        "UpdatedAt": milliseconds(renewal.updated_at),
    }
    return {name: value for name, value in members.items() if value is not None}


def _of_the_certificate(certificate: ManagedCertificate) -> dict[str, Any]:
    """The members that are read from the X.509 certificate."""
    if certificate.delivery is None:
        return {"KeyUsages": [], "ExtendedKeyUsages": []}
    parsed = x509.load_pem_x509_certificate(certificate.delivery.certificate_pem.encode())
    key_usage: Any = parsed.extensions.get_extension_for_oid(ExtensionOID.KEY_USAGE).value
    purposes: Any = parsed.extensions.get_extension_for_oid(ExtensionOID.EXTENDED_KEY_USAGE).value
    serial = f"{parsed.serial_number:032x}"
    return {
        "Serial": ":".join(serial[place : place + 2] for place in range(0, len(serial), 2)),
        "Issuer": _issuer(parsed.issuer),
        "NotBefore": parsed.not_valid_before_utc,
        "NotAfter": parsed.not_valid_after_utc,
        "SignatureAlgorithm": _SIGNATURES[parsed.signature_algorithm_oid.dotted_string],
        "KeyUsages": [
            {"Name": word} for name, word in _KEY_USAGES.items() if getattr(key_usage, name)
        ],
        "ExtendedKeyUsages": [
            {"Name": _PURPOSES[each.dotted_string], "OID": each.dotted_string} for each in purposes
        ],
    }


# OPEN RULE acm-issuer
def _issuer(name: x509.Name) -> str:
    """The organization of a CA, as ACM shows "Amazon" for its own; else its common name."""
    for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        for attribute in name.get_attributes_for_oid(oid):
            return str(attribute.value)
    return name.rfc4514_string()
