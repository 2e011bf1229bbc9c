"""Sharing a CA as AWS Resource Access Manager does: the policy that each managed permission writes.

Sources: RAM User Guide, "AWS RAM managed permissions"; User Guide, "Resource-based policies",
"Revoke a private certificate", "Certificate templates".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from botocore.exceptions import ClientError

from pca_mock.arguments import TEXT
from pca_mock.arns import AuthorityArn
from pca_mock.settings import check_account_id
from pca_mock.structures import as_list
from pca_mock.testing.clients import MockClient
from pca_mock.testing.words import no_such

_READ: Final = (
    "acm-pca:DescribeCertificateAuthority",
    "acm-pca:GetCertificate",
    "acm-pca:GetCertificateAuthorityCertificate",
    "acm-pca:ListPermissions",
    "acm-pca:ListTags",
)
_ISSUE: Final = "acm-pca:IssueCertificate"
_REVOKE: Final = "acm-pca:RevokeCertificate"
DEFAULT: Final = "AWSRAMDefaultPermissionCertificateAuthority"
# OPEN RULE ram-permissions
# Name -> the template with which certificates can be issued; None for revocation.
PERMISSIONS: Final[dict[str, str | None]] = {
    DEFAULT: "EndEntityCertificate",
    "AWSRAMBlankEndEntityCertificateAPICSRPassthroughIssuanceCertificateAuthority": (
        "BlankEndEntityCertificate_APICSRPassthrough"
    ),
    "AWSRAMBlankEndEntityCertificateAPIPassthroughIssuanceCertificateAuthority": (
        "BlankEndEntityCertificate_APIPassthrough"
    ),
    "AWSRAMEndEntityClientAuthCertificateIssuanceCertificateAuthority": (
        "EndEntityClientAuthCertificate"
    ),
    "AWSRAMEndEntityServerAuthCertificateIssuanceCertificateAuthority": (
        "EndEntityServerAuthCertificate"
    ),
    "AWSRAMRevokeCertificateCertificateAuthority": None,
    "AWSRAMSubordinateCACertificatePathLen0IssuanceCertificateAuthority": (
        "SubordinateCACertificate_PathLen0"
    ),
}


def share(
    client: MockClient, arn: AuthorityArn, accounts: Sequence[str], permission: str, share_id: str
) -> None:
    """Add the statements of a share to the policy of a CA. See `Authority.share_with`.

    Args:
        client: of the account that owns the CA.
        arn: of the CA.
        accounts: with which it is shared.
        permission: a name of `PERMISSIONS`, or its ARN.
        share_id: the end of the share's ARN in RAM.
    """
    if not accounts:
        raise TypeError("a CA is shared with somebody: pass one or more accounts")
    for account in accounts:
        check_account_id(account)
    TEXT.check(permission=permission)
    name = permission.removeprefix(f"arn:{arn.partition}:ram::aws:permission/")
    if name not in PERMISSIONS:
        raise ValueError(no_such("managed permission of RAM", name, PERMISSIONS))
    try:
        policy = json.loads(client.get_policy(ResourceArn=str(arn))["Policy"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        policy = {"Version": "2012-10-17", "Statement": []}
    added = _statements(arn, accounts, PERMISSIONS[name], share_id)
    policy["Statement"] = [*as_list(policy["Statement"]), *added]
    client.put_policy(ResourceArn=str(arn), Policy=json.dumps(policy))


def _statements(
    arn: AuthorityArn, accounts: Sequence[str], template: str | None, share_id: str
) -> list[dict[str, Any]]:
    common = {
        "Sid": f"{share_id}-external-principals",
        "Effect": "Allow",
        "Principal": {"AWS": list(accounts)},
        "Resource": str(arn),
    }
    if template is None:
        return [{**common, "Action": [*_READ, _REVOKE]}]
    template_arn = f"arn:{arn.partition}:acm-pca:::template/{template}/V1"
    only = {"StringEquals": {"acm-pca:TemplateArn": template_arn}}
    return [
        {**common, "Action": list(_READ)},
        {**common, "Action": [_ISSUE], "Condition": only},
    ]
