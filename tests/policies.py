"""Resource policies for tests, with which a CA's owner allows another account to use it."""

from __future__ import annotations

import json
from typing import Any

from tests.support import Ca

OWNER = "123456789012"
OTHER = "222222222222"
ORGANIZATION = "o-a1b2c3d4e5"  # of both
READ = (
    "acm-pca:DescribeCertificateAuthority",
    "acm-pca:GetCertificate",
    "acm-pca:GetCertificateAuthorityCertificate",
    "acm-pca:ListPermissions",
    "acm-pca:ListTags",
)
WRITE = ("acm-pca:IssueCertificate", "acm-pca:RevokeCertificate")
SEVEN = (*READ, *WRITE)


def statement(ca: Ca, *actions: str, **changes: Any) -> dict[str, Any]:
    """A statement that allows `OTHER` these actions (by default all seven); `...` leaves out."""
    members = {
        "Sid": "1",
        "Effect": "Allow",
        "Principal": {"AWS": OTHER},
        "Action": list(actions or SEVEN),
        "Resource": ca.arn,
        **changes,
    }
    return {name: value for name, value in members.items() if value is not ...}


def policy(*statements: Any, **changes: Any) -> str:
    """The text of a policy; `...` leaves a member out."""
    members = {"Version": "2012-10-17", "Statement": list(statements), **changes}
    return json.dumps({name: value for name, value in members.items() if value is not ...})


def share(ca: Ca, *actions: str, **changes: Any) -> None:
    """Allow `OTHER` to use a CA, by a policy of one statement."""
    text = policy(statement(ca, *actions, **changes))
    ca.client.put_policy(ResourceArn=ca.arn, Policy=text)
