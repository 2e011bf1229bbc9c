"""Each error that AWS documents for an operation: how it is provoked, or why it cannot be.

`TABLE` has a row for each error of each operation in AWS's service model.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from pca_mock.conformance import authorities
from pca_mock.conformance.cases import der, issuing, operations
from pca_mock.conformance.model import Answers, Area, CouldNotRun, Mark
from pca_mock.conformance.session import Session

AREA: Final = Area("errors", "API reference: the errors of the operation")
_STRANGER: Final = "11111111-2222-3333-4444-555555555555"
Provoke = Callable[[Session, str], str]  # (session, operation) -> the error code


def _wrong_kind(aws: Session, operation: str) -> str:
    """With the ARN of a certificate, where that of a CA belongs."""
    arn = f"{aws.shared('root')}/certificate/{operations.SERIAL}"
    return operations.code(aws, operation, arn)


def _unknown_ca(aws: Session, operation: str) -> str:
    arn = aws.shared("root").rpartition("/")[0] + f"/{_STRANGER}"
    return operations.code(aws, operation, arn)


def _at_a_deleted_ca(aws: Session, operation: str) -> str:
    return operations.code(aws, operation, aws.shared("deleted"))


def _at_an_active_ca(aws: Session, operation: str) -> str:
    return operations.code(aws, operation, aws.shared("root"))


def _with(**changes: object) -> Provoke:
    """At the shared root, with changed members."""

    def provoked(aws: Session, operation: str) -> str:
        return operations.code(aws, operation, aws.shared("root"), **changes)

    return provoked


def _cannot(reason: str) -> Provoke:
    def refused(aws: Session, operation: str) -> str:
        raise CouldNotRun(reason)

    return refused


def _creating(**changes: object) -> Provoke:
    def provoked(aws: Session, operation: str) -> str:
        return aws.code(operation, **aws.request(**changes))

    return provoked


def _permission_twice(aws: Session, operation: str) -> str:
    arn = aws.borrow()
    operations.code(aws, operation, arn)
    return operations.code(aws, operation, arn)


def _unpermitted_name(aws: Session, _: str) -> str:
    return operations.unpermitted_name(aws, "b.example")


def _foreign_certificate(aws: Session, operation: str) -> str:
    return operations.code(aws, operation, aws.shared("pending"))


def _root_with_a_chain(aws: Session, operation: str) -> str:
    arn = aws.borrow()
    csr = aws.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=arn)["Csr"]
    issued = authorities.issue(aws, arn, **issuing.members("RootCACertificate", csr.encode()))[
        "Certificate"
    ].encode()
    return operations.code(aws, operation, arn, Certificate=issued, CertificateChain=issued)


def _revoked_twice(aws: Session, operation: str) -> str:
    serial = issuing.serial(issuing.issued_arn(aws))
    provoke = _with(CertificateSerial=serial)
    provoke(aws, operation)
    return provoke(aws, operation)


def _unknown_report(aws: Session, operation: str) -> str:
    return operations.code(aws, operation, aws.shared("root"))


def _too_many_tags(aws: Session, operation: str) -> str:
    tags = [{"Key": f"key {number}"} for number in range(50)]
    return operations.code(aws, operation, aws.borrow(), Tags=tags)


def _lockout(aws: Session, operation: str) -> str:
    arn = aws.shared("root")
    account = {"AWS": arn.split(":")[4]}
    text = operations.policy(arn, account, "PutPolicy", Effect="Deny")
    return operations.code(aws, operation, arn, Policy=text)


_TWO_AT_ONCE: Final = _cannot("needs two calls at the same moment")
_TOO_EXPENSIVE: Final = _cannot("needs as many CAs or certificates as the quota")
_FAILURE_OF_AWS: Final = _cannot("needs a failure within the service")
_UNFINISHED: Final = _cannot("needs something that takes the service long")
_UNKNOWN: Final = _cannot("AWS documents no request that gives it")
_ARN: Final = {"InvalidArn": _wrong_kind, "ResourceNotFound": _unknown_ca}
_DELETED: Final = {**_ARN, "InvalidState": _at_a_deleted_ca}
_RESERVED: Final = [{"Key": "aws:x", "Value": "1"}]
_RSA_AND_ECDSA: Final = {"KeyAlgorithm": "RSA_2048", "SigningAlgorithm": "SHA256WITHECDSA"}
_RC: Final = "RevocationConfiguration"
_SCHEME: Final = {"OcspConfiguration": {"Enabled": True, "OcspCustomCname": "http://x.example"}}

TABLE: Final[dict[str, dict[str, Provoke]]] = {
    "CreateCertificateAuthority": {
        "InvalidArgs": _creating(**_RSA_AND_ECDSA),
        "InvalidPolicy": _UNKNOWN,
        "InvalidTag": _creating(Tags=_RESERVED),
        "LimitExceeded": _TOO_EXPENSIVE,
    },
    "CreateCertificateAuthorityAuditReport": {
        **_DELETED,
        "InvalidArgs": _with(S3BucketName="a_b"),
        "RequestFailed": _FAILURE_OF_AWS,
        "RequestInProgress": _UNFINISHED,
    },
    "CreatePermission": {
        **_DELETED,
        "LimitExceeded": _UNKNOWN,
        "PermissionAlreadyExists": _permission_twice,
        "RequestFailed": _FAILURE_OF_AWS,
    },
    "DeleteCertificateAuthority": {
        **_ARN,
        "InvalidState": _at_an_active_ca,
        "ConcurrentModification": _TWO_AT_ONCE,
    },
    "DeletePermission": {**_DELETED, "RequestFailed": _FAILURE_OF_AWS},
    "DeletePolicy": {
        **_DELETED,
        "ConcurrentModification": _TWO_AT_ONCE,
        "LockoutPrevented": _UNKNOWN,
        "RequestFailed": _FAILURE_OF_AWS,
    },
    "DescribeCertificateAuthority": {**_ARN},
    "DescribeCertificateAuthorityAuditReport": {
        "InvalidArn": _wrong_kind,
        "InvalidArgs": _UNKNOWN,
        "ResourceNotFound": _unknown_report,
    },
    "GetCertificate": {
        **_DELETED,
        "RequestFailed": _unpermitted_name,
        "RequestInProgress": _UNFINISHED,
    },
    "GetCertificateAuthorityCertificate": {**_DELETED},
    "GetCertificateAuthorityCsr": {
        **_DELETED,
        "RequestFailed": _FAILURE_OF_AWS,
        "RequestInProgress": _UNFINISHED,
    },
    "GetPolicy": {**_DELETED, "RequestFailed": _FAILURE_OF_AWS},
    "ImportCertificateAuthorityCertificate": {
        **_DELETED,
        "CertificateMismatch": _foreign_certificate,
        "ConcurrentModification": _TWO_AT_ONCE,
        "InvalidRequest": _root_with_a_chain,
        "MalformedCertificate": _with(Certificate=b"no certificate"),
        "RequestFailed": _FAILURE_OF_AWS,
        "RequestInProgress": _UNFINISHED,
    },
    "IssueCertificate": {
        **_DELETED,
        "InvalidArgs": _with(SigningAlgorithm="SHA256WITHRSA"),
        "LimitExceeded": _TOO_EXPENSIVE,
        "MalformedCSR": _with(Csr=der.csr(subject=der.tlv(0x30))),
    },
    "ListCertificateAuthorities": {
        "InvalidNextToken": lambda aws, operation: aws.code(operation, NextToken="x")
    },
    "ListPermissions": {
        **_DELETED,
        "InvalidNextToken": _with(NextToken="x"),
        "RequestFailed": _FAILURE_OF_AWS,
    },
    "ListTags": {**_DELETED, "RequestFailed": _FAILURE_OF_AWS},
    "PutPolicy": {
        **_DELETED,
        "ConcurrentModification": _TWO_AT_ONCE,
        "InvalidPolicy": _with(Policy="{}"),
        "LockoutPrevented": _lockout,
        "RequestFailed": _FAILURE_OF_AWS,
    },
    "RestoreCertificateAuthority": {**_ARN, "InvalidState": _at_an_active_ca},
    "RevokeCertificate": {
        **_DELETED,
        "ConcurrentModification": _TWO_AT_ONCE,
        "InvalidRequest": _with(CertificateSerial="no hex"),
        "LimitExceeded": _TOO_EXPENSIVE,
        "RequestAlreadyProcessed": _revoked_twice,
        "RequestFailed": _FAILURE_OF_AWS,
        "RequestInProgress": _UNFINISHED,
    },
    "TagCertificateAuthority": {
        **_DELETED,
        "InvalidTag": _with(Tags=_RESERVED),
        "TooManyTags": _too_many_tags,
    },
    "UntagCertificateAuthority": {**_DELETED, "InvalidTag": _with(Tags=_RESERVED)},
    "UpdateCertificateAuthority": {
        **_DELETED,
        "ConcurrentModification": _TWO_AT_ONCE,
        "InvalidArgs": _with(Status=None, RevocationConfiguration=_SCHEME),
        "InvalidPolicy": _UNKNOWN,
    },
}
# Errors that AWS defines, but of which it doesn't say which request gives them.
_OPEN: Final = {
    ("CreateCertificateAuthorityAuditReport", "InvalidArgs"),
    ("ImportCertificateAuthorityCertificate", "CertificateMismatch"),
    ("ImportCertificateAuthorityCertificate", "InvalidRequest"),
    ("ImportCertificateAuthorityCertificate", "MalformedCertificate"),
    ("PutPolicy", "LockoutPrevented"),
    ("RevokeCertificate", "InvalidRequest"),
    ("UpdateCertificateAuthority", "InvalidArgs"),
}


def _story(operation: str, provoke: Provoke, aws: Session) -> Answers:
    return {"code": provoke(aws, operation)}


for _operation, _errors in TABLE.items():
    for _error, _provoke in sorted(_errors.items()):
        AREA.add(
            f"{_operation}-{_error}Exception",
            f"{_operation} can give {_error}Exception.",
            partial(_story, _operation, _provoke),
            {"code": f"{_error}Exception"},
            Mark.OPEN if (_operation, _error) in _OPEN else Mark.DOCUMENTED,
        )


# The shape of errors, in the protocol of the target


@AREA.case(
    status=400, has_request_id=True, has_message=True, error_class="InvalidArnException",
    source="API reference, “Common errors”; Smithy and AWS JSON specifications",
)  # fmt: skip
def _shape_of_a_modelled_error(aws: Session) -> Answers:
    """An error of the model has HTTP status 400, a message, a request id and a class of its own."""
    arn = f"{aws.shared('root')}/certificate/{operations.SERIAL}"
    return _shape(aws, CertificateAuthorityArn=arn)


@AREA.case(
    Mark.OBSERVED, status=400, has_request_id=True, has_message=True, error_class="ClientError",
    source="cert-manager/istio-csr issue 83",
)  # fmt: skip
def _shape_of_another_error(aws: Session) -> Answers:
    """A ValidationException is not in the model: its class is botocore's general one."""
    return _shape(aws, CertificateAuthorityArn="arn:aws:s3:::bucket")


def _shape(aws: Session, **members: object) -> Answers:
    error = aws.error("DescribeCertificateAuthority", **members)
    metadata = error.response["ResponseMetadata"]
    return {
        "status": metadata["HTTPStatusCode"],
        "has_request_id": bool(metadata.get("RequestId")),
        "has_message": bool(error.response["Error"].get("Message")),
        "error_class": type(error).__name__,
    }


@AREA.case(status=200, has_request_id=True, members=["CertificateAuthority"])
def _shape_of_an_answer(aws: Session) -> Answers:
    """An answer has HTTP status 200 and a request id."""
    answer = aws.call("DescribeCertificateAuthority", CertificateAuthorityArn=aws.shared("root"))
    metadata = answer.pop("ResponseMetadata")
    return {
        "status": metadata["HTTPStatusCode"],
        "has_request_id": bool(metadata.get("RequestId")),
        "members": sorted(answer),
    }


@AREA.case(
    Mark.OBSERVED, code="ResourceNotFoundException",
    message="Could not find policy for resource {ca}.", source="User Guide, CloudTrail sample",
)  # fmt: skip
def _message_about_a_missing_policy(aws: Session) -> Answers:
    """Where there is no policy, GetPolicy says so in these words."""
    return aws.refusal("GetPolicy", ResourceArn=aws.shared("root"))


@AREA.case(
    Mark.OBSERVED, code="InvalidArgsException", starts=True, source="Tetrate's AWS provider, 2021"
)
def _message_about_an_algorithm(aws: Session) -> Answers:
    """A signing algorithm that doesn't fit the CA's key is refused with those that do."""
    refusal = issuing.refusal(aws, kind="RSA root", SigningAlgorithm="SHA384WITHECDSA")
    words = "Signing algorithm SHA384WITHECDSA cannot be used with key type RSA_2048. Valid "
    return {"code": refusal["code"], "starts": str(refusal.get("message")).startswith(words)}
