"""Sharing a CA as AWS Resource Access Manager does: the policy that each managed permission writes.

Sources: RAM User Guide, "AWS RAM managed permissions"; User Guide, "Resource-based policies",
"Revoke a private certificate", "Certificate templates".
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from pca_mock.arns import AuthorityArn
from pca_mock.structures import as_list

_READ: Final = (
    "acm-pca:DescribeCertificateAuthority",
    "acm-pca:GetCertificate",
    "acm-pca:GetCertificateAuthorityCertificate",
    "acm-pca:ListPermissions",
    "acm-pca:ListTags",
)
_ISSUE: Final = "acm-pca:IssueCertificate"
_REVOKE: Final = "acm-pca:RevokeCertificate"
_ORGANIZATION: Final = re.compile(r"arn:[\w-]+:organizations::\d{12}:organization/(o-\w+)")
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


def permission_name(text: str, partition: str) -> str:
    """The name of a managed permission, from the name itself or from its ARN."""
    return text.removeprefix(f"arn:{partition}:ram::aws:permission/")


def with_share(
    policy: str | None,
    arn: AuthorityArn,
    principals: Sequence[str],
    permission: str,
    share_id: str,
) -> str:
    """The policy of a CA with the statements of a share.

    Args:
        policy: the text so far; None if there is none.
        arn: of the CA.
        principals: accounts, ARNs of IAM, organizations or services.
        permission: a name of `PERMISSIONS`.
        share_id: the end of the share's ARN in RAM.
    """
    document = json.loads(policy) if policy is not None else {"Version": "2012-10-17"}
    statements = as_list(document.get("Statement"))
    for who in _whom(principals):
        statements = [*statements, *_statements(arn, who, PERMISSIONS[permission], share_id)]
    return json.dumps({**document, "Statement": statements})


def without_share(policy: str, share_id: str) -> str | None:
    """The policy of a CA without the statements of a share; None if nothing is left."""
    document = json.loads(policy)
    statements = [
        each
        for each in as_list(document["Statement"])
        if not str(each.get("Sid", "")).startswith(share_id)
    ]
    return json.dumps({**document, "Statement": statements}) if statements else None


def _whom(principals: Sequence[str]) -> list[dict[str, Any]]:
    """The Principal and, where it needs one, the Condition of statements."""
    whom: list[dict[str, Any]] = []
    services = [each for each in principals if each.endswith(".amazonaws.com")]
    organizations = [match[1] for each in principals if (match := _ORGANIZATION.fullmatch(each))]
    others = [
        each
        for each in principals
        if each not in services and _ORGANIZATION.fullmatch(each) is None
    ]
    if others:
        whom.append({"Principal": {"AWS": others}})
    if services:
        whom.append({"Principal": {"Service": services}})
    if organizations:
        condition = {"StringEquals": {"aws:PrincipalOrgID": organizations}}
        whom.append({"Principal": "*", "Condition": condition})
    return whom


def _statements(
    arn: AuthorityArn, who: dict[str, Any], template: str | None, share_id: str
) -> list[dict[str, Any]]:
    common = {
        "Sid": f"{share_id}-external-principals",
        "Effect": "Allow",
        "Resource": str(arn),
        **who,
    }
    if template is None:
        return [{**common, "Action": [*_READ, _REVOKE]}]
    template_arn = f"arn:{arn.partition}:acm-pca:::template/{template}/V1"
    conditions = dict(who.get("Condition", {}).get("StringEquals", {}))
    only = {"StringEquals": {**conditions, "acm-pca:TemplateArn": template_arn}}
    return [
        {**common, "Action": list(_READ)},
        {**common, "Action": [_ISSUE], "Condition": only},
    ]
