"""Constraints of the service model: what breaks one is refused with a ValidationException."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from pca_mock.conformance.cases import issuing, operations
from pca_mock.conformance.model import Answers, Area, Mark
from pca_mock.conformance.session import Session

AREA: Final = Area("constraints", "the service model; its error in cert-manager/istio-csr issue 83")

_NAME: Final = [{"DnsName": "a.example"}]
_OID: Final = "1.3.6.1.4.1.99999.7"
_CREATE: Final = "CreateCertificateAuthority"
_ISSUE: Final = "IssueCertificate"
_CRL: Final = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "bucket"}


def _crl(**members: object) -> dict[str, Any]:
    return {"RevocationConfiguration": {"CrlConfiguration": {**_CRL, **members}}}


def _api(**extensions: object) -> dict[str, Any]:
    return {"ApiPassthrough": {"Extensions": extensions}}


def _subject(**members: str) -> dict[str, Any]:
    return {"Subject": members}


def _tag(key: str, value: str = "") -> dict[str, Any]:
    return {"Tags": [{"Key": key, "Value": value}]}


# (operation, what is wrong, the changed members)
_ROWS: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    (_CREATE, "unknown type", {"CertificateAuthorityType": "LEAF"}),
    (_CREATE, "unknown usage mode", {"UsageMode": "FOREVER"}),
    (_CREATE, "unknown key algorithm", {"KeyAlgorithm": "RSA_1024"}),
    (_CREATE, "unknown signing algorithm", {"SigningAlgorithm": "SHA1WITHRSA"}),
    (_CREATE, "unknown key storage", {"KeyStorageSecurityStandard": "FIPS"}),
    (_CREATE, "token of 37 characters", {"IdempotencyToken": "x" * 37}),
    (_CREATE, "no configuration", {"CertificateAuthorityConfiguration": None}),
    (_CREATE, "no type", {"CertificateAuthorityType": None}),
    (_CREATE, "51 tags", {"Tags": [{"Key": str(number)} for number in range(51)]}),
    (_CREATE, "country of three letters", _subject(Country="USA")),
    (_CREATE, "country with a digit", _subject(Country="U1")),
    (_CREATE, "organization of 65 characters", _subject(Organization="x" * 65)),
    (_CREATE, "unit of 65 characters", _subject(OrganizationalUnit="x" * 65)),
    (_CREATE, "qualifier with an underscore", _subject(DistinguishedNameQualifier="_")),
    (_CREATE, "state of 129 characters", _subject(State="x" * 129)),
    (_CREATE, "common name of 65 characters", _subject(CommonName="x" * 65)),
    (_CREATE, "serial number of 65 characters", _subject(SerialNumber="1" * 65)),
    (_CREATE, "locality of 129 characters", _subject(Locality="x" * 129)),
    (_CREATE, "title of 65 characters", _subject(Title="x" * 65)),
    (_CREATE, "surname of 41 characters", _subject(Surname="x" * 41)),
    (_CREATE, "given name of 17 characters", _subject(GivenName="x" * 17)),
    (_CREATE, "initials of 6 characters", _subject(Initials="x" * 6)),
    (_CREATE, "pseudonym of 129 characters", _subject(Pseudonym="x" * 129)),
    (_CREATE, "generation of 4 characters", _subject(GenerationQualifier="x" * 4)),
    (_CREATE, "custom attribute without arcs", {"Subject": issuing.attributes(("1", "x"))}),
    (_CREATE, "custom attribute without a value", {"Subject": issuing.attributes((_OID, ""))}),
    (_CREATE, "CRL of 5001 days", _crl(ExpirationInDays=5001)),
    (_CREATE, "CRL of 0 days", _crl(ExpirationInDays=0)),
    (_CREATE, "bucket of 2 characters", _crl(S3BucketName="ab")),
    (_CREATE, "unknown ACL", _crl(S3ObjectAcl="PRIVATE")),
    (_CREATE, "unknown CRL type", _crl(CrlType="DELTA")),
    (_CREATE, "CNAME with a blank", _crl(CustomCname="a b")),
    (_CREATE, "path with a slash at its end", _crl(CustomPath="a/")),
    (_ISSUE, "malformed CA ARN", {"CertificateAuthorityArn": "arn:aws:s3:::bucket"}),
    (_ISSUE, "malformed template ARN", {"TemplateArn": "EndEntityCertificate/V1"}),
    (_ISSUE, "empty CSR", {"Csr": b""}),
    (_ISSUE, "CSR of 32769 bytes", {"Csr": b"x" * 32769}),
    (_ISSUE, "unknown signing algorithm", {"SigningAlgorithm": "MD5WITHRSA"}),
    (_ISSUE, "no validity", {"Validity": None}),
    (_ISSUE, "validity of 0", {"Validity": {"Type": "DAYS", "Value": 0}}),
    (_ISSUE, "validity without a value", {"Validity": {"Type": "DAYS"}}),
    (_ISSUE, "unknown type of validity", {"Validity": {"Type": "HOURS", "Value": 1}}),
    (_ISSUE, "token of 37 characters", {"IdempotencyToken": "x" * 37}),
    (_ISSUE, "151 names", _api(SubjectAlternativeNames=_NAME * 151)),
    (_ISSUE, "no name", _api(SubjectAlternativeNames=[])),
    (_ISSUE, "host of 254 characters", _api(SubjectAlternativeNames=[{"DnsName": "a" * 254}])),
    (_ISSUE, "address of 40 characters", _api(SubjectAlternativeNames=[{"IpAddress": "1" * 40}])),
    (_ISSUE, "mail of 257 characters", _api(SubjectAlternativeNames=[{"Rfc822Name": "a" * 257}])),
    (_ISSUE, "registered id with an arc of 40", _api(
        SubjectAlternativeNames=[{"RegisteredId": "2.40.1"}])),
    (_ISSUE, "21 purposes", _api(
        ExtendedKeyUsage=[{"ExtendedKeyUsageType": "CLIENT_AUTH"}] * 21)),
    (_ISSUE, "unknown purpose", _api(ExtendedKeyUsage=[{"ExtendedKeyUsageType": "ALL"}])),
    (_ISSUE, "no policy", _api(CertificatePolicies=[])),
    (_ISSUE, "custom extension without a value", _api(
        CustomExtensions=[{"ObjectIdentifier": _OID, "Value": ""}])),
    (_ISSUE, "custom extension that is no Base64", _api(
        CustomExtensions=[{"ObjectIdentifier": _OID, "Value": "a"}])),
    (_ISSUE, "custom extension of 4100 characters", _api(
        CustomExtensions=[{"ObjectIdentifier": _OID, "Value": "A" * 4100}])),
    ("DeleteCertificateAuthority", "6 days", {"PermanentDeletionTimeInDays": 6}),
    ("DeleteCertificateAuthority", "31 days", {"PermanentDeletionTimeInDays": 31}),
    ("DescribeCertificateAuthority", "no ARN", {"CertificateAuthorityArn": None}),
    ("DescribeCertificateAuthority", "ARN of 201 characters", {
        "CertificateAuthorityArn": "arn:aws:acm-pca:us-east-1:111122223333:" + "x" * 162}),
    ("DescribeCertificateAuthorityAuditReport", "no UUID", {"AuditReportId": "X" * 36}),
    ("CreateCertificateAuthorityAuditReport", "unknown format", {
        "AuditReportResponseFormat": "XML", "S3BucketName": "bucket"}),
    ("CreatePermission", "unknown action", {"Actions": ["RevokeCertificate"]}),
    ("CreatePermission", "no action", {"Actions": []}),
    ("CreatePermission", "principal with a star", {"Principal": "*"}),
    ("CreatePermission", "account of 11 digits", {"SourceAccount": "1" * 11}),
    ("ImportCertificateAuthorityCertificate", "empty certificate", {"Certificate": b""}),
    ("ListPermissions", "0 a page", {"MaxResults": 0}),
    ("ListTags", "1001 a page", {"MaxResults": 1001}),
    ("ListTags", "empty token", {"NextToken": ""}),
    ("PutPolicy", "empty policy", {"Policy": ""}),
    ("RevokeCertificate", "unknown reason", {"RevocationReason": "CERTIFICATE_HOLD"}),
    ("RevokeCertificate", "serial of 129 characters", {"CertificateSerial": "1" * 129}),
    ("TagCertificateAuthority", "empty key", _tag("")),
    ("TagCertificateAuthority", "key of 129 characters", _tag("x" * 129)),
    ("TagCertificateAuthority", "value of 257 characters", _tag("x", "x" * 257)),
    ("TagCertificateAuthority", "key with a star", _tag("*")),
    ("TagCertificateAuthority", "no tag", {"Tags": []}),
    ("UpdateCertificateAuthority", "unknown status", {"Status": "RETIRED"}),
)  # fmt: skip


def _story(operation: str, changes: dict[str, Any], aws: Session) -> Answers:
    if operation == _CREATE:
        request = aws.request(**changes)
    else:
        arn = aws.shared("root")
        changes = {"S3BucketName": "bucket"} | changes if "S3BucketName" in changes else changes
        request = {**operations.request(aws, operation, arn), **changes}
    request = {name: value for name, value in request.items() if value is not None}
    return {"code": aws.code(operation, **request)}


for _operation, _fault, _changes in _ROWS:
    AREA.add(
        f"{_operation}-{_fault.replace(' ', '-')}",
        f"{_operation} refuses this: {_fault}.",
        partial(_story, _operation, _changes),
        {"code": "ValidationException"},
    )


@AREA.case(
    Mark.OBSERVED,
    code="ValidationException",
    message="1 validation error detected: Value '0' at 'validity.value' failed to satisfy "
    "constraint: Member must have value greater than or equal to 1",
)
def _message(aws: Session) -> Answers:
    """A breach of a constraint is reported with the value, the path and the constraint."""
    return issuing.refusal(aws, Validity={"Type": "DAYS", "Value": 0})


@AREA.case(Mark.OBSERVED, code="ValidationException", starts=True)
def _message_about_a_csr(aws: Session) -> Answers:
    """The message about a CSR of another form doesn't print the CSR."""
    refusal = issuing.refusal(aws, csr=b"no request")
    words = "1 validation error detected: Value at 'csr' failed to satisfy constraint: "
    return {"code": refusal["code"], "starts": str(refusal.get("message")).startswith(words)}
