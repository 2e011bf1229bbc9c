"""Certificates that ACM requests, in tests."""

from __future__ import annotations

from typing import Any

from pca_mock import Authority
from pca_mock.testing.authorities import client_of

PASSPHRASE = b"correct horse"


def request(acm: Any, ca: Authority | str, name: str = "www.example.com", **members: Any) -> str:
    """Request a certificate; return its ARN in ACM."""
    arn = ca if isinstance(ca, str) else ca.arn
    answer = acm.request_certificate(DomainName=name, CertificateAuthorityArn=arn, **members)
    return str(answer["CertificateArn"])


def detail(acm: Any, arn: str) -> Any:
    return acm.describe_certificate(CertificateArn=arn)["Certificate"]


def export(acm: Any, arn: str, passphrase: bytes = PASSPHRASE) -> Any:
    return acm.export_certificate(CertificateArn=arn, Passphrase=passphrase)


def allow_renewals(ca: Authority, *actions: str) -> None:
    """Grant ACM all that it needs to renew certificates of the CA, or only some actions."""
    client_of(ca).create_permission(
        CertificateAuthorityArn=ca.arn,
        Principal="acm.amazonaws.com",
        Actions=actions or ("IssueCertificate", "GetCertificate", "ListPermissions"),
    )
