"""The configuration of a CA: algorithms, key storage, subject, revocation.

Sources: API_CreateCertificateAuthority, API_CertificateAuthorityConfiguration,
API_RevocationConfiguration, API_CrlConfiguration, API_OcspConfiguration.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final, TypeVar, cast

from pca_mock.errors import InvalidArgsException
from pca_mock.pki import names
from pca_mock.pki.algorithms import fitting

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import (
        CertificateAuthorityConfigurationUnionTypeDef,
        CrlConfigurationTypeDef,
        OcspConfigurationTypeDef,
        RevocationConfigurationTypeDef,
    )

    _Part = TypeVar("_Part", CrlConfigurationTypeDef, OcspConfigurationTypeDef)

_CHINA: Final = "aws-cn"
# Partition -> the key storage standards that it has; the first one is the default (if any).
_STANDARDS: Final = {_CHINA: ("CCPC_LEVEL_1_OR_HIGHER",)}
_STANDARDS_ELSEWHERE: Final = ("FIPS_140_2_LEVEL_3_OR_HIGHER", "FIPS_140_2_LEVEL_2_OR_HIGHER")
# S3 User Guide, "Bucket naming rules".
# OPEN RULE bucket-names
_BUCKET: Final = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


# OPEN RULE create-algorithms
def check_algorithms(
    configuration: CertificateAuthorityConfigurationUnionTypeDef, partition: str
) -> None:
    """Refuse a key and a signing algorithm that don't go together, and SM2 outside China.

    Raises:
        InvalidArgsException: the algorithms cannot be used together, or here.
    """
    key, signing = configuration["KeyAlgorithm"], configuration["SigningAlgorithm"]
    if signing not in fitting(key):
        raise InvalidArgsException(
            f"The signing algorithm {signing} is not compatible with the key algorithm {key}."
        )
    if key == "SM2" and partition != _CHINA:
        raise InvalidArgsException(f"The key algorithm {key} is not available in this region.")


def needed_key_storage_standard(partition: str) -> str | None:
    """The key storage standard that requests must name in a partition; None if they need not."""
    return _STANDARDS[partition][0] if partition in _STANDARDS else None


# OPEN RULE key-storage
def key_storage_standard(requested: str | None, partition: str) -> str:
    """The key storage standard of a new CA. In China, requests must name one.

    Raises:
        InvalidArgsException: the partition doesn't have it.
    """
    standard = requested or _STANDARDS_ELSEWHERE[0]
    if standard not in _STANDARDS.get(partition, _STANDARDS_ELSEWHERE):
        raise InvalidArgsException(
            "A certificate authority cannot be created in this region "
            "with the specified security standard."
        )
    return standard


def subject_name(configuration: CertificateAuthorityConfigurationUnionTypeDef) -> bytes:
    """The CA's Name, DER.

    Raises:
        InvalidArgsException: no attribute, standard and custom ones together, or a custom one
            whose value doesn't fit.
    """
    name = names.subject(configuration["Subject"])
    if name == names.EMPTY_NAME:
        # OPEN RULE create-empty-subject
        raise InvalidArgsException("The subject must have at least one attribute.")
    return name


def revocation(
    requested: RevocationConfigurationTypeDef, current: RevocationConfigurationTypeDef
) -> RevocationConfigurationTypeDef:
    """The revocation configuration after a create or an update, in the form that Describe shows.

    Args:
        requested: a part that it has is replaced; one that it lacks stays as it is.
        current: the configuration before.

    Raises:
        InvalidArgsException: a member that is missing, superfluous or malformed.
    """
    # OPEN RULE update-parts
    parts: RevocationConfigurationTypeDef = {**current}
    if "CrlConfiguration" in requested:
        parts["CrlConfiguration"] = _crl(_without_empty(requested["CrlConfiguration"]))
    if "OcspConfiguration" in requested:
        parts["OcspConfiguration"] = _ocsp(_without_empty(requested["OcspConfiguration"]))
    return parts


# OPEN RULE empty-members
def _without_empty(part: _Part) -> _Part:
    return cast("_Part", {name: value for name, value in part.items() if value != ""})


def _crl(crl: CrlConfigurationTypeDef) -> CrlConfigurationTypeDef:
    if not crl["Enabled"]:
        return _only_disabled(crl, "CrlConfiguration", "CRL")
    # OPEN RULE crl-members
    for member in ("ExpirationInDays", "S3BucketName"):
        if member not in crl:
            raise InvalidArgsException(f"CrlConfiguration must contain {member} when enabled.")
    _check_bucket_name(crl["S3BucketName"])
    _check_cname(crl.get("CustomCname", ""), "CustomCname")
    omits = crl.get("CrlDistributionPointExtensionConfiguration", {}).get("OmitExtension", False)
    if omits and "CustomCname" in crl:
        raise InvalidArgsException("CustomCname cannot be given when OmitExtension is true.")
    return {"S3ObjectAcl": "PUBLIC_READ", **crl}


def _ocsp(ocsp: OcspConfigurationTypeDef) -> OcspConfigurationTypeDef:
    if not ocsp["Enabled"]:
        return _only_disabled(ocsp, "OcspConfiguration", "OCSP")
    _check_cname(ocsp.get("OcspCustomCname", ""), "OcspCustomCname")
    return ocsp


def _only_disabled(part: _Part, name: str, service: str) -> _Part:
    if part.keys() != {"Enabled"}:
        raise InvalidArgsException(
            f"{name} must contain only Enabled=false when {service} is disabled."
        )
    return part


def _check_cname(cname: str, member: str) -> None:
    if cname.lower().startswith(("http://", "https://")):
        raise InvalidArgsException(f"{member} must not contain a protocol: {cname}")


def is_bucket_name(name: str) -> bool:
    """Whether S3 would accept the name."""
    return _BUCKET.fullmatch(name) is not None and not _is_ipv4(name)


def _check_bucket_name(name: str) -> None:
    if not is_bucket_name(name):
        raise InvalidArgsException(f"The S3 bucket name is not valid: {name}")


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True
