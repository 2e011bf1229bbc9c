"""What each status of a CA permits: each operation at a CA in each status.

Nobody can hold a CA of AWS in CREATING, or make its creation fail: these have no cases.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from pca_mock.conformance import authorities
from pca_mock.conformance.cases import operations
from pca_mock.conformance.model import Answers, Area, Mark
from pca_mock.conformance.session import OK, Session

AREA: Final = Area("statuses", "User Guide, “Updating a private CA”, table of statuses")

_IS: Final = "InvalidStateException"
_STATUSES: Final = ("PENDING_CERTIFICATE", "ACTIVE", "DISABLED", "EXPIRED", "DELETED")
_WORDS: Final = {
    "ok": OK,
    "state": _IS,
    "unknown": "ResourceNotFoundException",
    "mismatch": "CertificateMismatchException",
}
_MARKS: Final = {"D": Mark.DOCUMENTED, "O": Mark.OBSERVED, "P": Mark.OPEN}

# The answer in each status, and how well it is known. "unknown" and "mismatch" are permitted, too:
# the requests are about a certificate that doesn't exist, or that of another CA.
_TABLE: Final = """
operation                               PENDING     ACTIVE      DISABLED    EXPIRED     DELETED
CreateCertificateAuthorityAuditReport   state/D     ok/D        ok/D        state/P     state/D
CreatePermission                        ok/O        ok/D        ok/P        ok/P        state/P
DeleteCertificateAuthority              ok/D        state/D     ok/D        ok/D        state/P
DeletePermission                        unknown/P   unknown/P   unknown/P   unknown/P   state/P
DeletePolicy                            ok/P        ok/D        ok/P        ok/P        state/P
DescribeCertificateAuthority            ok/D        ok/D        ok/D        ok/D        ok/D
DescribeCertificateAuthorityAuditReport unknown/P   unknown/D   unknown/P   unknown/P   unknown/P
GetCertificate                          unknown/O   unknown/D   unknown/P   unknown/P   state/O
GetCertificateAuthorityCertificate      state/O     ok/D        ok/P        ok/P        state/O
GetCertificateAuthorityCsr              ok/D        ok/O        ok/P        ok/D        state/P
GetPolicy                               unknown/O   unknown/D   unknown/P   unknown/P   state/P
ImportCertificateAuthorityCertificate   mismatch/P  mismatch/P  state/P     mismatch/P  state/P
IssueCertificate                        state/O     ok/D        state/D     state/D     state/P
ListPermissions                         ok/P        ok/D        ok/P        ok/P        state/O
ListTags                                ok/O        ok/D        ok/P        ok/P        state/O
PutPolicy                               ok/O        ok/D        ok/P        ok/P        state/P
RestoreCertificateAuthority             state/P     state/D     state/P     state/P     ok/D
RevokeCertificate                       state/D     unknown/D   unknown/D   state/D     state/D
TagCertificateAuthority                 ok/O        ok/D        ok/P        ok/P        state/P
UntagCertificateAuthority               ok/O        ok/D        ok/P        ok/P        state/P
UpdateCertificateAuthority              state/O     ok/D        ok/D        state/D     state/P
"""

# The messages that AWS's documentation or users quote, by operation.
_DELETED: Final = (
    "The certificate authority is in the DELETED state and must be restored to complete this "
    "action."
)
_MESSAGES: Final = {
    ("DeleteCertificateAuthority", "ACTIVE"): (
        "The certificate authority is not in a valid state for deletion."
    ),
    ("RestoreCertificateAuthority", "ACTIVE"): (
        "The certificate authority is not in a valid state for restoration."
    ),
    ("GetCertificateAuthorityCertificate", "PENDING_CERTIFICATE"): (
        "The certificate authority {ca} is not in the correct state to have a certificate "
        "signing request."
    ),
    ("GetCertificate", "DELETED"): (
        "The certificate authority {ca} is not in the correct state to have issued certificates."
    ),
    ("IssueCertificate", "DISABLED"): (
        "The certificate authority is not in a valid state for issuing certificates"
    ),
    ("ListTags", "DELETED"): _DELETED,
    ("ListPermissions", "DELETED"): _DELETED,
    ("UpdateCertificateAuthority", "PENDING_CERTIFICATE"): (
        "The certificate authority must be in the ACTIVE or DISABLED state to be updated"
    ),
}


def _disabled(aws: Session) -> str:
    arn = aws.borrow("ACTIVE")
    authorities.disable(aws, arn)
    return arn


def _deleted(aws: Session) -> str:
    arn = aws.borrow()
    authorities.delete(aws, arn)
    return arn


# A CA of the case's own in each status, and the shared one.
_OWN: Final[dict[str, Callable[[Session], str]]] = {
    "PENDING_CERTIFICATE": lambda aws: aws.borrow(),
    "ACTIVE": lambda aws: aws.borrow("ACTIVE"),
    "DISABLED": _disabled,
    "EXPIRED": lambda aws: aws.borrow("EXPIRED"),
    "DELETED": _deleted,
}
_SHARED: Final[dict[str, Callable[[Session], str]]] = {
    "PENDING_CERTIFICATE": lambda aws: aws.shared("pending"),
    "ACTIVE": lambda aws: aws.shared("root"),
    "DISABLED": lambda aws: aws.shared("disabled"),
    "EXPIRED": lambda aws: aws.shared("expired"),
    "DELETED": lambda aws: aws.shared("deleted"),
}
_READS: Final = ("Describe", "Get", "List", "IssueCertificate", "CreateCertificateAuthorityAudit")


def _changes(operation: str, answer: str) -> bool:
    return answer == OK and not operation.startswith(_READS)


def _story(operation: str, status: str, answer: str, aws: Session) -> Answers:
    arn = (_OWN if _changes(operation, answer) else _SHARED)[status](aws)
    return {"code": operations.code(aws, operation, arn)}


def _message(operation: str, status: str, aws: Session) -> Answers:
    arn = _SHARED[status](aws)
    return aws.refusal(operation, **operations.request(aws, operation, arn))


for _operation, *_cells in (line.split() for line in _TABLE.strip().splitlines()[1:]):
    for _name, _cell in zip(_STATUSES, _cells, strict=True):
        _word, _, _letter = _cell.partition("/")
        AREA.add(
            f"{_operation}-{_name}",
            f"{_operation} at a CA that is {_name} gives {_WORDS[_word]}.",
            partial(_story, _operation, _name, _WORDS[_word]),
            {"code": _WORDS[_word]},
            _MARKS[_letter],
        )
for (_operation, _name), _text in _MESSAGES.items():
    AREA.add(
        f"{_operation}-message",
        f"{_operation} at a CA that is {_name} is refused in these words.",
        partial(_message, _operation, _name),
        {"code": _IS, "message": _text},
        Mark.OBSERVED,
        "CloudTrail samples of the user guide; issues and tests of Terraform and aws-nuke",
    )


def _status(aws: Session, arn: str) -> str:
    answer = aws.call("DescribeCertificateAuthority", CertificateAuthorityArn=arn)
    return str(answer["CertificateAuthority"]["Status"])


@AREA.case(statuses=["PENDING_CERTIFICATE", "ACTIVE", "DISABLED", "ACTIVE", "DISABLED", "DELETED"])
def _a_life(aws: Session) -> Answers:
    """A CA waits for its certificate, is used, switched off, on and off, and deleted."""
    arn = aws.borrow()
    statuses = [_status(aws, arn)]
    authorities.install(aws, arn)
    statuses.append(_status(aws, arn))
    for status in ("DISABLED", "ACTIVE", "DISABLED"):
        aws.call("UpdateCertificateAuthority", CertificateAuthorityArn=arn, Status=status)
        statuses.append(_status(aws, arn))
    aws.call(
        "DeleteCertificateAuthority", CertificateAuthorityArn=arn, PermanentDeletionTimeInDays=7
    )
    return {"statuses": [*statuses, _status(aws, arn)]}


@AREA.case(statuses=["PENDING_CERTIFICATE", "DISABLED"], source="API_RestoreCertificateAuthority")
def _restoration(aws: Session) -> Answers:
    """A restored CA has the status that it had before it was deleted."""
    arns = [aws.borrow(), _disabled(aws)]
    for arn in arns:
        authorities.delete(aws, arn)
        aws.call("RestoreCertificateAuthority", CertificateAuthorityArn=arn)
    return {"statuses": [_status(aws, arn) for arn in arns]}


@AREA.case(status="EXPIRED", source="User Guide, “Restoring a private CA”")
def _restoration_of_an_expired_ca(aws: Session) -> Answers:
    """An expired CA is expired again after it was deleted and restored."""
    arn = aws.borrow("EXPIRED")
    authorities.delete(aws, arn)
    aws.call("RestoreCertificateAuthority", CertificateAuthorityArn=arn)
    return {"status": _status(aws, arn)}


@AREA.case(statuses=["EXPIRED", "ACTIVE"])
def _renewal_after_expiry(aws: Session) -> Answers:
    """A root that has expired signs itself a new certificate, and is ACTIVE again."""
    arn = aws.borrow("EXPIRED")
    before = _status(aws, arn)
    authorities.install(aws, arn)
    return {"statuses": [before, _status(aws, arn)]}


@AREA.case(Mark.OBSERVED, code=OK, status="ACTIVE", source="acceptance tests of Terraform")
def _renewal_while_active(aws: Session) -> Answers:
    """An ACTIVE root can get another certificate."""
    arn = aws.borrow("ACTIVE")
    authorities.install(aws, arn, {"Type": "DAYS", "Value": 60})
    return {"code": OK, "status": _status(aws, arn)}


@AREA.case(Mark.OBSERVED, code=OK, source="acceptance tests of Terraform; e2e tests of ACK")
def _revocation_of_a_pending_ca(aws: Session) -> Answers:
    """The revocation configuration of a CA that waits for its certificate can be updated."""
    ocsp = {"OcspConfiguration": {"Enabled": True}}
    arn = aws.borrow()
    return {
        "code": aws.code(
            "UpdateCertificateAuthority", CertificateAuthorityArn=arn, RevocationConfiguration=ocsp
        )
    }


@AREA.case(Mark.OBSERVED, codes=[OK, OK], source="acceptance tests of Terraform")
def _disabling_twice(aws: Session) -> Answers:
    """A CA can be set to the status that it has."""
    arn = aws.borrow("ACTIVE")
    update = {"CertificateAuthorityArn": arn, "Status": "DISABLED"}
    return {"codes": [aws.code("UpdateCertificateAuthority", **update) for _ in range(2)]}
