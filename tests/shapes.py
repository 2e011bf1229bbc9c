"""Whether a response is one that botocore's parser could have made of an answer of AWS."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel

_MODEL = ServiceModel(Loader().load_service_model("acm-pca", "service-2"), "acm-pca")
_TYPES: dict[str, type] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "timestamp": datetime,
    "structure": dict,
    "list": list,
}
# Members of one shape that no answer leaves out, though the model requires none in outputs.
_ALWAYS = {
    "CertificateAuthority": {
        "Arn",
        "OwnerAccount",
        "CreatedAt",
        "LastStateChangeAt",
        "Type",
        "Status",
        "CertificateAuthorityConfiguration",
        "RevocationConfiguration",
        "KeyStorageSecurityStandard",
        "UsageMode",
    },
    "RevocationConfiguration": {"CrlConfiguration", "OcspConfiguration"},
    "Permission": {
        "CertificateAuthorityArn",
        "CreatedAt",
        "Principal",
        "SourceAccount",
        "Actions",
        "Policy",
    },
    "Tag": {"Key", "Value"},
    "CreateCertificateAuthorityResponse": {"CertificateAuthorityArn"},
    "CreateCertificateAuthorityAuditReportResponse": {"AuditReportId", "S3Key"},
    "DescribeCertificateAuthorityResponse": {"CertificateAuthority"},
    "DescribeCertificateAuthorityAuditReportResponse": {
        "AuditReportStatus",
        "S3BucketName",
        "S3Key",
        "CreatedAt",
    },
    "GetCertificateResponse": {"Certificate"},
    "GetCertificateAuthorityCertificateResponse": {"Certificate"},
    "GetCertificateAuthorityCsrResponse": {"Csr"},
    "GetPolicyResponse": {"Policy"},
    "IssueCertificateResponse": {"CertificateArn"},
    "ListCertificateAuthoritiesResponse": {"CertificateAuthorities"},
    "ListPermissionsResponse": {"Permissions"},
    "ListTagsResponse": {"Tags"},
}
_OF_A_CERTIFICATE = frozenset({"Serial", "NotBefore", "NotAfter"})
# Status -> (members that a CA has then, members that it may have); all CAs have the others.
_BY_STATUS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "CREATING": (frozenset(), frozenset()),
    "PENDING_CERTIFICATE": (frozenset(), frozenset()),
    "ACTIVE": (_OF_A_CERTIFICATE, _OF_A_CERTIFICATE),
    "DISABLED": (_OF_A_CERTIFICATE, _OF_A_CERTIFICATE),
    "EXPIRED": (_OF_A_CERTIFICATE, _OF_A_CERTIFICATE),
    "FAILED": (frozenset({"FailureReason"}), frozenset({"FailureReason"})),
    "DELETED": (frozenset({"RestorableUntil"}), _OF_A_CERTIFICATE | {"RestorableUntil"}),
}


def check(operation: str, response: Any) -> None:
    """Hold a response, parsed or not, against the operation's output shape.

    Every member must be known and of the right type, those that AWS always gives must be there,
    enums and lengths must hold, and times must be aware.
    """
    members = {name: value for name, value in response.items() if name != "ResponseMetadata"}
    shape = _MODEL.operation_model(operation).output_shape
    if shape is None:
        assert members == {}, f"{operation} has no output"
    else:
        faults = list(_faults(shape, members, operation))
        assert not faults, "; ".join(faults)


def _faults(shape: Any, value: Any, path: str) -> Iterator[str]:
    expected: Any = _TYPES[shape.type_name]
    is_time = shape.type_name == "timestamp" and isinstance(value, expected)  # freezegun's, too
    if type(value) is not expected and not is_time:
        yield f"{path} is a {type(value).__name__}, not a {shape.type_name}"
        return
    smallest, largest = shape.metadata.get("min", 0), shape.metadata.get("max", math.inf)
    match shape.type_name:
        case "structure":
            yield from _faulty_members(shape, value, path)
        case "list":
            for number, item in enumerate(value):
                yield from _faults(shape.member, item, f"{path}[{number}]")
        case "timestamp" if value.tzinfo is None:
            yield f"{path} is a naive time"
        case "string" if shape.enum and value not in shape.enum:
            yield f"{path} is {value}, which the model doesn't know"
        case "string" if not smallest <= len(value) <= largest:
            yield f"{path} has the length {len(value)}"
        case "integer" | "long" if not smallest <= value <= largest:
            yield f"{path} is {value}"


def _faulty_members(shape: Any, value: dict[str, Any], path: str) -> Iterator[str]:
    for name in {*shape.required_members, *_ALWAYS.get(shape.name, ())} - value.keys():
        yield f"{path}.{name} is missing"
    for name, member in value.items():
        if name in shape.members:
            yield from _faults(shape.members[name], member, f"{path}.{name}")
        else:
            yield f"{path}.{name} is unknown"
    if shape.name == "CertificateAuthority" and value.get("Status") in _BY_STATUS:
        expected, allowed = _BY_STATUS[value["Status"]]
        sometimes = (_OF_A_CERTIFICATE | {"FailureReason", "RestorableUntil"}) & value.keys()
        for name in expected - sometimes | sometimes - allowed:
            yield f"{path} is {value['Status']}: {name} must be there or not, as it is"
