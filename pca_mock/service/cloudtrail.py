"""Records of CloudTrail about what has happened: API calls, and what the service does by itself.

Sources: User Guide, "Logging AWS Private Certificate Authority API calls using AWS CloudTrail" and
its examples; CloudTrail's User Guide, "CloudTrail record contents", "userIdentity element".
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, get_args
from uuid import UUID

from botocore.model import OperationNotFoundError, Shape

from pca_mock.arns import AuthorityArn, CertificateArn, parse_authority_arn
from pca_mock.literals import FailureReason
from pca_mock.pki import der, pem
from pca_mock.pki.dn import rfc2253
from pca_mock.service.model import operation_model
from pca_mock.state.calls import Caller
from pca_mock.state.events import (
    ApiCall,
    Creation,
    CrlWritten,
    Feed,
    Issuance,
    Noted,
    OcspAnswered,
)

# JSON: a record as CloudTrail writes it.
Record = dict[str, Any]
EVENT_SOURCE: Final = "acm-pca.amazonaws.com"
# OPEN RULE trail-version
_VERSION: Final = "1.11"
# The operations whose answers are recorded; of all others responseElements is null.
RESPONSE_ELEMENTS: Final = frozenset(
    (
        "CreateCertificateAuthority",
        "CreateCertificateAuthorityAuditReport",
        "IssueCertificate",
        "ListTags",
    )
)
_READS: Final = ("Describe", "Get", "List")
_AUTHORITY: Final = "AWS::ACMPCA::CertificateAuthority"
_CERTIFICATE: Final = "AWS::ACMPCA::Certificate"


def records(feed: Feed, noted: Noted) -> Iterator[Record]:
    """The records about something that has happened, each for the account that receives it.

    Args:
        feed: that it was noted in.
        noted: the happening.
    """
    make = _RECORDS.get(type(noted.happening))
    if make is None:
        return
    for position, record in enumerate(make(feed, noted, noted.happening)):
        identity = new_id(feed, noted, f"record {position}")
        yield {name: identity if name == "eventID" else each for name, each in record.items()}


def new_id(feed: Feed, noted: Noted, part: str) -> str:
    """The id of an event, which is the same whenever it is looked at: a UUID."""
    seed = f"{feed.salt} {noted.number} {part}".encode()
    return str(UUID(bytes=hashlib.sha256(seed).digest()[:16], version=4))


def time_text(moment: datetime) -> str:
    """A UTC moment as events have it, in whole seconds."""
    return f"{moment.year:04}-{moment:%m-%dT%H:%M:%SZ}"


# API calls


def _of_call(feed: Feed, noted: Noted, call: ApiCall) -> Iterator[Record]:
    caller = call.caller
    failure = {}
    if call.error_code is not None:
        failure = {"errorCode": call.error_code, "errorMessage": call.error_message}
    sender = caller.invoked_by or call.sender.address
    record: Record = {
        "eventVersion": _VERSION,
        "userIdentity": user_identity(feed, caller),
        "eventTime": time_text(noted.time),
        "eventSource": EVENT_SOURCE,
        "eventName": call.operation,
        "awsRegion": caller.region,
        "sourceIPAddress": sender,
        "userAgent": caller.invoked_by or call.sender.user_agent,
        **failure,
        "requestParameters": _parameters(call),
        "responseElements": _lower(call.response, None) if call.response else None,
        "requestID": call.request_id,
        "eventID": "",
        "readOnly": call.operation.startswith(_READS),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": caller.account,
        "eventCategory": "Management",
    }
    owner = _other_owner(call)
    if owner is None:
        yield record
        return
    shared = {"sharedEventID": new_id(feed, noted, "shared")}
    yield {**record, **shared}
    stranger = {"type": "AWSAccount", "principalId": caller.account, "accountId": caller.account}
    yield {**record, **shared, "userIdentity": stranger, "recipientAccountId": owner}


# OPEN RULE trail-shared
def _other_owner(call: ApiCall) -> str | None:
    """The account whose CA a call from another account has used; None for own CAs."""
    if call.error_code is not None:
        return None  # the parameters may be anything
    arn = call.params.get("CertificateAuthorityArn", call.params.get("ResourceArn"))
    if arn is None:
        return None
    owner = parse_authority_arn(str(arn)).account
    return owner if owner != call.caller.account else None


def user_identity(feed: Feed, caller: Caller) -> dict[str, Any]:
    """The userIdentity of a caller, as far as it is known."""
    principal = feed.find_principal(caller.access_key) if caller.access_key else None
    is_own = caller.origin == "handle"
    key = {} if caller.access_key is None or is_own else {"accessKeyId": caller.access_key}
    service = {} if caller.invoked_by is None else {"invokedBy": caller.invoked_by}
    if principal is None:
        identity = {"type": "Root", "principalId": caller.account, "arn": caller.arn}
        return {**identity, "accountId": caller.account, **key, **service}
    identity = {"principalId": principal.principal_id, "arn": principal.arn}
    account = {"accountId": caller.account, **key}
    if principal.issuer_arn is None:
        name = {"userName": principal.user_name}
        return {"type": "IAMUser", **identity, **account, **name, **service}
    issuer = {
        "type": "Role",
        "principalId": principal.principal_id.partition(":")[0],
        "arn": principal.issuer_arn,
        "accountId": caller.account,
        "userName": principal.issuer_arn.rpartition("/")[2],
    }
    context = {"sessionContext": {"sessionIssuer": issuer}}
    return {"type": "AssumedRole", **identity, **account, **context, **service}


def _parameters(call: ApiCall) -> Any:
    try:
        shape = operation_model(call.operation).input_shape
    except OperationNotFoundError:
        return None
    return _lower(call.params, shape) if call.params else None


def _lower(value: Any, shape: Shape | None) -> Any:
    """A value with member names in lowerCamelCase, and blobs as the service's buffers.

    Args:
        value: of a request or answer.
        shape: of the model; None where it isn't known, and there are no blobs.
    """
    if isinstance(value, Mapping):
        members = getattr(shape, "members", {})
        return {
            f"{name[:1].lower()}{name[1:]}": _lower(each, members.get(name))
            for name, each in ((str(key), each) for key, each in value.items())
        }
    if isinstance(value, (list, tuple)):
        return [_lower(each, getattr(shape, "member", None)) for each in value]
    is_blob = shape is not None and shape.type_name == "blob"
    if is_blob and isinstance(value, (str, bytes, bytearray, memoryview)):
        return _buffer(value)
    return value if isinstance(value, (str, int, float)) or value is None else str(value)


def _buffer(blob: Any) -> dict[str, Any]:
    """A blob as the Java buffer that the service writes: its bytes are signed numbers."""
    data = blob.encode(errors="replace") if isinstance(blob, str) else bytes(blob)
    return {
        "hb": [octet - 256 if octet > 127 else octet for octet in data],
        "offset": 0,
        "isReadOnly": False,
        "bigEndian": True,
        "nativeByteOrder": False,
        "mark": -1,
        "position": len(data),
        "limit": len(data),
        "capacity": len(data),
        "address": 0,
    }


# Events of the service itself


def _of_service(
    noted: Noted,
    name: str,
    arn: AuthorityArn,
    resources: list[dict[str, str]],
    **more: Any,
) -> Record:
    return {
        "eventVersion": _VERSION,
        "userIdentity": {"accountId": arn.account, "invokedBy": EVENT_SOURCE},
        "eventTime": time_text(noted.time),
        "eventSource": EVENT_SOURCE,
        "eventName": name,
        "awsRegion": arn.region,
        "sourceIPAddress": EVENT_SOURCE,
        "userAgent": EVENT_SOURCE,
        "requestParameters": None,
        "responseElements": None,
        "eventID": "",
        "readOnly": False,
        "resources": resources,
        "eventType": "AwsServiceEvent",
        "managementEvent": True,
        "recipientAccountId": arn.account,
        **more,
        "eventCategory": "Management",
    }


def _authority(arn: AuthorityArn) -> dict[str, str]:
    return {"accountId": arn.account, "type": _AUTHORITY, "ARN": str(arn)}


def _certificate(arn: CertificateArn) -> dict[str, str]:
    return {"accountId": arn.authority.account, "type": _CERTIFICATE, "ARN": str(arn)}


# OPEN RULE trail-resources
def _of_creation(_: Feed, noted: Noted, creation: Creation) -> Iterator[Record]:
    if creation.failure is None:
        yield _of_service(noted, "SignCACSR", creation.arn, [_authority(creation.arn)])


# OPEN RULE trail-crl
def _of_crl(_: Feed, noted: Noted, crl: CrlWritten) -> Iterator[Record]:
    for name in ("SignCRL", "GenerateCRL"):
        yield _of_service(noted, name, crl.arn, [_authority(crl.arn)])


# OPEN RULE trail-ocsp
def _of_ocsp(_: Feed, noted: Noted, answered: OcspAnswered) -> Iterator[Record]:
    resources = list(map(_certificate, answered.certificates))
    for name in ("SignOCSPResponse", "GenerateOCSPResponse"):
        yield _of_service(noted, name, answered.arn, resources)


def _of_issuance(feed: Feed, noted: Noted, issuance: Issuance) -> Iterator[Record]:
    arn = issuance.arn
    resources = [_authority(arn), _certificate(issuance.certificate.arn)]
    if issuance.failure is None:
        yield _of_service(noted, "SignCertificate", arn, resources)
    details = _details(feed, issuance)
    record = _of_service(
        noted, "IssueCertificateDetails", arn, resources, serviceEventDetails=details
    )
    yield record
    requester = issuance.requested_by.account
    if requester != arn.account:
        yield {**record, "recipientAccountId": requester}


def _details(feed: Feed, issuance: Issuance) -> dict[str, Any]:
    """The serviceEventDetails of IssueCertificateDetails, without absent ones."""
    certificate, caller = issuance.certificate, issuance.requested_by
    (encoded,) = pem.blocks(certificate.pem.encode(), "CERTIFICATE")
    tbs_certificate = der.parse(encoded).children()[0]
    names = [each for each in tbs_certificate.children() if each.tag == der.SEQUENCE]
    issuer = certificate.issuer
    has_failed = issuance.failure is not None
    details = {
        "tbsCertificate": base64.b64encode(tbs_certificate.encoded).decode(),
        "issuerAuthorityKeyIdentifier": _colons(issuer.key_identifier) if issuer else None,
        "issuerSerialNumber": _serial(issuer.certificate.serial_number) if issuer else None,
        "issuerName": rfc2253(names[_ISSUER].encoded),
        "subject": rfc2253(certificate.subject),
        "serialNumber": _serial(int(certificate.arn.serial, 16)),
        "notBefore": None if has_failed else time_text(certificate.not_before),
        "notAfter": None if has_failed else time_text(certificate.not_after),
        "issuedAt": None if has_failed else time_text(certificate.issued_at),
        "templateArn": certificate.template_arn,
        "signingAlgorithm": _SIGNING_ALGORITHMS.get(
            issuance.signing_algorithm, issuance.signing_algorithm
        ),
        "status": "FAILED" if has_failed else "ISSUED",
        "statusReason": None if issuance.failure in _NO_REASONS else issuance.failure,
        **_requester(feed, caller),
    }
    return {name: value for name, value in details.items() if value is not None}


def _requester(feed: Feed, caller: Caller) -> dict[str, str]:
    if caller.invoked_by is not None:
        return {"requesterServicePrincipal": caller.invoked_by}
    arn: str = user_identity(feed, caller)["arn"]
    return {"requesterAccountId": caller.account, "requesterArn": arn}


# A planned failure has one of these, which are for CAs. The guide: some failures have no reason.
_NO_REASONS: Final = get_args(FailureReason)
# Among the SEQUENCEs of a TBSCertificate: after the algorithm.
_ISSUER: Final = 1
# The guide's sample has the first one; those of RSA are as in the API.
_SIGNING_ALGORITHMS: Final = {
    f"{digest}WITHECDSA": f"ECDSAWITH{digest}" for digest in ("SHA256", "SHA384", "SHA512")
}


def _colons(data: bytes) -> str:
    return data.hex(":").upper()


# OPEN RULE trail-serial
def _serial(number: int) -> str:
    return _colons(number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big"))


_RECORDS: Final[dict[type, Callable[[Feed, Noted, Any], Iterator[Record]]]] = {
    ApiCall: _of_call,
    Creation: _of_creation,
    Issuance: _of_issuance,
    CrlWritten: _of_crl,
    OcspAnswered: _of_ocsp,
}
