"""Words that stories of issuance share: requests, passthrough, what a certificate shows."""

from __future__ import annotations

import base64
import hashlib
from datetime import timezone
from typing import Any, Final

from pca_mock.conformance import authorities
from pca_mock.conformance.authorities import TEMPLATE, Kind
from pca_mock.conformance.cases import der
from pca_mock.conformance.session import Session

DAY: Final = {"Type": "DAYS", "Value": 1}
API: Final = "EndEntityCertificate_APIPassthrough"
BLANK: Final = "BlankEndEntityCertificate_APIPassthrough"


def template(name: str) -> str:
    """The ARN of a template."""
    return TEMPLATE.format(name)


def members(
    template_name: str | None = None, csr: bytes | None = None, **changes: object
) -> dict[str, Any]:
    """Members of IssueCertificate for a day: `api` is ApiPassthrough, `extensions` a part of it."""
    extensions = changes.pop("extensions", None)
    subject = changes.pop("subject", None)
    passed = {"Extensions": extensions, "Subject": subject}
    passed = {name: value for name, value in passed.items() if value is not None}
    request: dict[str, Any] = {
        "Csr": der.csr() if csr is None else csr,
        "SigningAlgorithm": "SHA256WITHECDSA",
        "Validity": DAY,
        **changes,
    }
    if template_name is not None:
        request["TemplateArn"] = template(template_name)
    if passed:
        request["ApiPassthrough"] = passed
    return request


def issued(
    aws: Session,
    template_name: str | None = None,
    csr: bytes | None = None,
    kind: Kind = "root",
    **changes: object,
) -> str:
    """Issue at a shared CA, and return the certificate's PEM."""
    return issued_at(aws, aws.shared(kind), template_name, csr, **changes)


def issued_at(
    aws: Session,
    arn: str,
    template_name: str | None = None,
    csr: bytes | None = None,
    **changes: object,
) -> str:
    """Issue at a CA, and return the certificate's PEM."""
    answer = authorities.issue(aws, arn, **members(template_name, csr, **changes))
    return str(answer["Certificate"])


def code(
    aws: Session,
    template_name: str | None = None,
    csr: bytes | None = None,
    kind: Kind = "root",
    **changes: object,
) -> str:
    """The error code of IssueCertificate at a shared CA, or "ok"."""
    return aws.code(
        "IssueCertificate",
        CertificateAuthorityArn=aws.shared(kind),
        **members(template_name, csr, **changes),
    )


def refusal(
    aws: Session,
    template_name: str | None = None,
    csr: bytes | None = None,
    kind: Kind = "root",
    **changes: object,
) -> dict[str, object]:
    """The code and message of IssueCertificate at a shared CA."""
    return aws.refusal(
        "IssueCertificate",
        CertificateAuthorityArn=aws.shared(kind),
        **members(template_name, csr, **changes),
    )


def outcome(
    aws: Session,
    identifier: str,
    template_name: str | None = None,
    csr: bytes | None = None,
    kind: Kind = "root",
    **changes: object,
) -> str | None:
    """One extension of the certificate."""
    return der.extension(issued(aws, template_name, csr, kind, **changes), identifier)


def custom(identifier: str, value: str | bytes, critical: bool | None = None) -> dict[str, Any]:
    """A CustomExtension; `value` is hex or bytes."""
    content = bytes.fromhex(value) if isinstance(value, str) else value
    extension: dict[str, Any] = {
        "ObjectIdentifier": identifier,
        "Value": base64.b64encode(content).decode(),
    }
    return extension if critical is None else {**extension, "Critical": critical}


def attributes(*pairs: tuple[str, str]) -> dict[str, Any]:
    """An ASN1Subject of custom attributes: (OID, text)."""
    return {"CustomAttributes": [{"ObjectIdentifier": oid, "Value": text} for oid, text in pairs]}


def key_identifier(pem: str) -> str:
    """SHA-1 of the bits of a certificate's public key, hex."""
    return hashlib.sha1(der.bits(der.certificate(pem).public_key())).hexdigest()


def ca_certificate(aws: Session, arn: str) -> str:
    """The certificate of a CA."""
    answer = aws.call("GetCertificateAuthorityCertificate", CertificateAuthorityArn=arn)
    return str(answer["Certificate"])


def seconds(pem: str) -> tuple[int, int]:
    """The beginning and the end of a certificate, Unix seconds."""
    certificate = der.certificate(pem)
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    assert begin.tzinfo is timezone.utc
    return int(begin.timestamp()), int(end.timestamp())


def serial(certificate_arn: str) -> str:
    """The end of a certificate's ARN."""
    return certificate_arn.rpartition("/")[2]


def issued_arn(aws: Session, kind: Kind = "root", **changes: object) -> str:
    """Issue at a shared CA, and return the ARN."""
    request = members(None, None, **changes)
    answer = authorities.issue(aws, aws.shared(kind), **request)
    return str(answer["CertificateArn"])


def issued_root(aws: Session, template_name: str, **changes: object) -> str:
    """Make the shared root sign its own request; the certificate is not imported."""
    arn = aws.shared("root")
    csr = aws.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=arn)["Csr"].encode()
    return issued_at(aws, arn, template_name, csr, **changes)
