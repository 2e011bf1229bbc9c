"""The requests of handles: the place and the members of a new CA, by a few arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypedDict

from pca_mock.adapters.own_clients import default_region
from pca_mock.arguments import FLAG, MAPPING, TEXT
from pca_mock.arns import AuthorityArn, parse_authority_arn
from pca_mock.errors import InvalidArnException
from pca_mock.pki import oids
from pca_mock.pki.algorithms import fitting
from pca_mock.service.model import partition_of
from pca_mock.testing.words import check_key_algorithm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_acm_pca.literals import (
        CertificateAuthorityUsageModeType,
        KeyStorageSecurityStandardType,
    )
    from mypy_boto3_acm_pca.type_defs import (
        ApiPassthroughTypeDef,
        RevocationConfigurationTypeDef,
        TagTypeDef,
        ValidityTypeDef,
    )

    from pca_mock import literals

_COMMON_NAME: Final = oids.of("id-at-commonName")
_EXAMPLE: Final = AuthorityArn(
    "aws", "us-east-1", "123456789012", "11111111-2222-3333-4444-555555555555"
)


class AuthorityMembers(TypedDict, total=False):
    """Further members of CreateCertificateAuthority."""

    IdempotencyToken: str
    KeyStorageSecurityStandard: KeyStorageSecurityStandardType
    RevocationConfiguration: RevocationConfigurationTypeDef
    Tags: Sequence[TagTypeDef]
    UsageMode: CertificateAuthorityUsageModeType


class CertificateMembers(TypedDict, total=False):
    """Further members of IssueCertificate."""

    ApiPassthrough: ApiPassthroughTypeDef
    IdempotencyToken: str
    SigningAlgorithm: literals.SigningAlgorithm
    Validity: ValidityTypeDef
    ValidityNotBefore: ValidityTypeDef


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new CA is to be; without an id it gets one of its own."""

    account_id: str
    region_name: str
    ca_id: str | None = None


def place_of(
    account_id: str, region_name: str | None, *, ca_id: str | None = None, arn: str | None = None
) -> Place:
    """The place of a new CA.

    Args:
        account_id: that of the CA, unless an ARN has another one.
        region_name: the region; None for that of clients for which the code names none.
        ca_id: the last part of its ARN.
        arn: the whole of it, which has account and region.

    Raises:
        TypeError: an ARN beside a part of it, or an argument of another type.
        ValueError: not the ARN of a CA, or not such an id.
    """
    TEXT.check_if_given(region_name=region_name, ca_id=ca_id, arn=arn)
    if arn is not None:
        if ca_id is not None or region_name is not None:
            raise TypeError("an arn has region and id in it: leave region_name and ca_id out")
        parsed = _parsed(arn, f"{arn!r} is not the ARN of a CA")
        if parsed.partition != partition_of(parsed.region):
            raise ValueError(
                f"{arn!r} has the partition {parsed.partition}, but {parsed.region} is in "
                f"{partition_of(parsed.region)}"
            )
        return Place(parsed.account, parsed.region, parsed.ca_id)
    if ca_id is not None:
        _parsed(str(replace(_EXAMPLE, ca_id=ca_id)), f"{ca_id!r} is not the id of a CA")
    return Place(account_id, region_name or default_region(), ca_id)


def _parsed(arn: str, fault: str) -> AuthorityArn:
    try:
        return parse_authority_arn(arn)
    except InvalidArnException:
        raise ValueError(
            f"{fault}: an id is a UUID in lower case, and an ARN such as {_EXAMPLE}"
        ) from None


def authority_request(
    ca_type: str,
    common_name: str,
    key_algorithm: str,
    members: Mapping[str, Any],
    *,
    subject: Mapping[str, Any] | None = None,
    signing_algorithm: str | None = None,
    crl_bucket: str | None = None,
    ocsp: bool = False,
) -> dict[str, Any]:
    """The members of CreateCertificateAuthority. For the arguments see `PcaMock.create_root_ca`.

    Raises:
        TypeError: an argument has another type.
        ValueError: there is no such key algorithm.
    """
    check_key_algorithm(key_algorithm)
    TEXT.check(common_name=common_name)
    TEXT.check_if_given(signing_algorithm=signing_algorithm, crl_bucket=crl_bucket)
    MAPPING.check_if_given(subject=subject)
    FLAG.check(ocsp=ocsp)
    configuration = {
        "KeyAlgorithm": key_algorithm,
        "SigningAlgorithm": signing_algorithm or fitting(key_algorithm)[0],
        "Subject": _subject(common_name, subject or {}),
    }
    request: dict[str, Any] = {
        "CertificateAuthorityType": ca_type,
        "CertificateAuthorityConfiguration": configuration,
    }
    revocation: dict[str, Any] = {}
    if crl_bucket is not None:
        crl = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": crl_bucket}
        revocation["CrlConfiguration"] = crl
    if ocsp:
        revocation["OcspConfiguration"] = {"Enabled": True}
    if revocation:
        request["RevocationConfiguration"] = revocation
    return {**request, **members}


def _subject(common_name: str, more: Mapping[str, Any]) -> dict[str, Any]:
    """An ASN1Subject. AWS takes either standard members or CustomAttributes."""
    if "CustomAttributes" not in more:
        return {"CommonName": common_name, **more}
    custom = list(more["CustomAttributes"])
    if all(item["ObjectIdentifier"] != _COMMON_NAME for item in custom):
        custom.insert(0, {"ObjectIdentifier": _COMMON_NAME, "Value": common_name})
    return {**more, "CustomAttributes": custom}
