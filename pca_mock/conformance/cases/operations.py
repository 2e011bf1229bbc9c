"""A request of each operation that is about a CA, without any fault but what its caller adds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from pca_mock.conformance import authorities
from pca_mock.conformance.cases import der, issuing
from pca_mock.conformance.session import Session

ACM: Final = "acm.amazonaws.com"
REPORT_ID: Final = "11111111-2222-3333-4444-555555555555"
SERIAL: Final = "0123456789abcdef0123456789abcdef"  # of a certificate that nobody has issued
PERMITTED: Final = ["IssueCertificate", "GetCertificate", "ListPermissions"]

Members = Mapping[str, Any]


def _only_the_ca(_: Session, __: str) -> Members:
    return {}


def policy(arn: str, principal: object, *actions: str, **statement: object) -> str:
    """A resource policy with one statement that allows actions."""
    whole = {
        "Sid": "1",
        "Effect": "Allow",
        "Principal": principal,
        "Action": [f"acm-pca:{action}" for action in actions],
        "Resource": arn,
        **statement,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [whole]})


def _policy(aws: Session, arn: str) -> Members:
    account = aws.shared("root").split(":")[4]
    text = policy(arn, {"AWS": account}, "DescribeCertificateAuthority")
    return {"ResourceArn": arn, "Policy": text}


def _report(aws: Session, _: str) -> Members:
    return {"S3BucketName": aws.bucket, "AuditReportResponseFormat": "JSON"}


def _import(aws: Session, _: str) -> Members:
    return {"Certificate": issuing.ca_certificate(aws, aws.shared("named")).encode()}


# Operation -> its members besides the ARN of the CA, by the session and that ARN.
_MEMBERS: Final[dict[str, Callable[[Session, str], Members]]] = {
    "CreateCertificateAuthorityAuditReport": _report,
    "CreatePermission": lambda aws, arn: {"Principal": ACM, "Actions": PERMITTED},
    "DeleteCertificateAuthority": lambda aws, arn: {"PermanentDeletionTimeInDays": 7},
    "DeletePermission": lambda aws, arn: {"Principal": ACM},
    "DeletePolicy": lambda aws, arn: {"ResourceArn": arn},
    "DescribeCertificateAuthority": _only_the_ca,
    "DescribeCertificateAuthorityAuditReport": lambda aws, arn: {"AuditReportId": REPORT_ID},
    "GetCertificate": lambda aws, arn: {"CertificateArn": f"{arn}/certificate/{SERIAL}"},
    "GetCertificateAuthorityCertificate": _only_the_ca,
    "GetCertificateAuthorityCsr": _only_the_ca,
    "GetPolicy": lambda aws, arn: {"ResourceArn": arn},
    "ImportCertificateAuthorityCertificate": _import,
    "IssueCertificate": lambda aws, arn: issuing.members(),
    "ListPermissions": _only_the_ca,
    "ListTags": _only_the_ca,
    "PutPolicy": _policy,
    "RestoreCertificateAuthority": _only_the_ca,
    "RevokeCertificate": lambda aws, arn: {
        "CertificateSerial": SERIAL,
        "RevocationReason": "SUPERSEDED",
    },
    "TagCertificateAuthority": lambda aws, arn: {"Tags": [{"Key": "a", "Value": "1"}]},
    "UntagCertificateAuthority": lambda aws, arn: {"Tags": [{"Key": "a", "Value": "1"}]},
    "UpdateCertificateAuthority": lambda aws, arn: {"Status": "DISABLED"},
}
ABOUT_A_CA: Final = tuple(_MEMBERS)


def request(aws: Session, operation: str, arn: str) -> dict[str, Any]:
    """Members of a request that is about a CA."""
    members = dict(_MEMBERS[operation](aws, arn))
    return members if "ResourceArn" in members else {"CertificateAuthorityArn": arn, **members}


def code(aws: Session, operation: str, arn: str, **changes: object) -> str:
    """The error code of such a request, or "ok"."""
    return aws.code(operation, **{**request(aws, operation, arn), **changes})


def unpermitted_name(aws: Session, host: str, permitted_name: str = "example.com") -> str:
    """The code of GetCertificate for a host, at a CA of one's own that permits a name."""
    subtrees = der.tlv(0x30, der.tlv(0xA0, der.tlv(0x30, der.tlv(0x82, permitted_name.encode()))))
    permitted = issuing.custom("2.5.29.30", subtrees, True)
    arn = aws.create(CertificateAuthorityType="SUBORDINATE")
    template = "SubordinateCACertificate_PathLen0_APIPassthrough"
    passed = {"Extensions": {"CustomExtensions": [permitted]}}
    authorities.below(aws, arn, aws.shared("root"), template, ApiPassthrough=passed)
    request = {"CertificateAuthorityArn": arn, **issuing.members(csr=der.csr(der.san(host)))}
    certificate_arn = aws.call("IssueCertificate", **request)["CertificateArn"]
    names = {"CertificateAuthorityArn": arn, "CertificateArn": certificate_arn}
    in_progress = "RequestInProgressException"
    aws.eventually(lambda: aws.code("GetCertificate", **names) != in_progress, 60)
    return aws.code("GetCertificate", **names)
