"""The states of a CA: which operations each permits, and the only function that changes them.

Everything that depends on a CA's status is in `PERMITTED`, `TRANSITIONS` and the functions of this
module. A forbidden operation or step raises, and nothing happens. The documentation's table and diagram are
drawn from these two.

Sources: User Guide, "Updating a CA" (status table), "Deleting a CA", "Restoring a CA";
API_CertificateAuthority.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from pca_mock.clock import milliseconds
from pca_mock.errors import (
    AwsError,
    InvalidStateException,
    RequestInProgressException,
    ResourceNotFoundException,
)
from pca_mock.state.authority import CertificateAuthority, Status

if TYPE_CHECKING:
    from pca_mock.pki.templates import Template


def status(ca: CertificateAuthority, now: datetime) -> Status:
    """The status at a moment.

    CREATING and FAILED follow from the progress of the creation; EXPIRED is a view of ACTIVE and
    DISABLED.
    """
    if ca.progress.is_pending(now):
        return Status.CREATING
    if ca.progress.failure is not None:
        return Status.FAILED
    if (
        ca.administrative_status in _EXPIRING
        and ca.installed is not None
        and now > ca.installed.certificate.not_after
    ):
        return Status.EXPIRED
    return ca.administrative_status


def last_change(ca: CertificateAuthority, now: datetime) -> datetime:
    """When the status last changed: by `move`, or at the end of the creation.

    That its certificate has expired doesn't show here.
    """
    # OPEN RULE last-change
    ready_at = ca.progress.due_at
    if ready_at is None or now < ready_at:
        return ca.last_state_change_at
    return max(ca.last_state_change_at, ready_at)


def with_new_certificate(ca: CertificateAuthority) -> Status:
    """The administrative status of a CA once a certificate is imported; the first makes it ACTIVE."""
    if ca.administrative_status is Status.PENDING_CERTIFICATE:
        return Status.ACTIVE
    return ca.administrative_status


def reports_revocation(ca: CertificateAuthority, now: datetime) -> bool:
    """Whether a CA publishes CRLs and answers OCSP requests."""
    return status(ca, now) in (Status.ACTIVE, Status.DISABLED)


def is_removed_by_deletion(ca: CertificateAuthority, now: datetime) -> bool:
    """Whether deleting a CA now removes it for good: it never was usable."""
    return status(ca, now) in _REMOVED_BY_DELETION


# Which operations a status permits


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A cell that forbids the operation: the error, with `{arn}` for the CA's ARN."""

    error: type[AwsError]
    message: str


# A cell: None permits; a function is called with the CA and the request or, when issuing, the
# template, and returns whether it permits them.
Exceptional = Callable[[CertificateAuthority, Any], bool]  # Any: each takes only one of them
Cell = Forbidden | tuple[Exceptional, Forbidden] | None


def _refuse(message: str) -> Forbidden:
    return Forbidden(InvalidStateException, message)


def signs_itself(ca: CertificateAuthority, template: Template) -> bool:
    """A root that waits for its certificate, or whose certificate has expired, may sign its own."""
    return ca.is_root and template.constraints.is_root


def changes_no_status(_: CertificateAuthority, request: Mapping[str, object]) -> bool:
    """An update of only the revocation configuration is permitted."""
    return "Status" not in request


OK: Final = None
RIP: Final = Forbidden(
    RequestInProgressException, "The certificate authority is still being created."
)
RNF: Final = Forbidden(ResourceNotFoundException, "Could not find the audit report.")
IS1 = _refuse("The certificate authority is not in a valid state for deletion.")
IS2 = _refuse("The certificate authority is not in a valid state for restoration.")
IS3 = _refuse(
    "The certificate authority {arn} is not in the correct state "
    "to have a certificate signing request."
)
IS4 = _refuse(
    "The certificate authority {arn} is not in the correct state to have issued certificates."
)
IS5 = _refuse("The certificate authority is not in a valid state for issuing certificates")
IS6 = _refuse(
    "The certificate authority is in the DELETED state and must be restored to complete this action."
)
IS7 = _refuse("The certificate authority is not in a valid state for creating audit reports.")
IS8 = _refuse("The certificate authority is not in a valid state for revoking certificates.")
IS9 = _refuse("The certificate authority is not in a valid state for importing a certificate.")
IS10 = _refuse("The certificate authority must be in the ACTIVE or DISABLED state to be updated")
ROOT_ITSELF: Final = (signs_itself, IS5)
NO_STATUS: Final = (changes_no_status, IS10)

# OPEN RULE status-table
# Operation x status. Creating and listing CAs have no CA whose status could matter.
# fmt: off
_ROWS: Final[dict[str, tuple[Cell, ...]]] = {
    #                                           CREATING  PENDING      ACTIVE  DISABLED  EXPIRED      FAILED  DELETED
    "CreateCertificateAuthorityAuditReport":   (IS7,      IS7,         OK,     OK,       IS7,         IS7,    IS7),
    "CreatePermission":                        (OK,       OK,          OK,     OK,       OK,          OK,     IS6),
    "DeleteCertificateAuthority":              (OK,       OK,          IS1,    OK,       OK,          OK,     IS1),
    "DeletePermission":                        (OK,       OK,          OK,     OK,       OK,          OK,     IS6),
    "DeletePolicy":                            (OK,       OK,          OK,     OK,       OK,          OK,     IS6),
    "DescribeCertificateAuthority":            (OK,       OK,          OK,     OK,       OK,          OK,     OK),
    "DescribeCertificateAuthorityAuditReport": (RNF,      RNF,         OK,     OK,       OK,          RNF,    OK),
    "GetCertificate":                          (IS4,      OK,          OK,     OK,       OK,          IS4,    IS4),
    "GetCertificateAuthorityCertificate":      (IS3,      IS3,         OK,     OK,       OK,          IS3,    IS3),
    "GetCertificateAuthorityCsr":              (RIP,      OK,          OK,     OK,       OK,          IS3,    IS3),
    "GetPolicy":                               (OK,       OK,          OK,     OK,       OK,          OK,     IS6),
    "ImportCertificateAuthorityCertificate":   (IS9,      OK,          OK,     IS9,      OK,          IS9,    IS9),
    "IssueCertificate":                        (IS5,      ROOT_ITSELF, OK,     IS5,      ROOT_ITSELF, IS5,    IS5),
    "ListPermissions":                         (OK,       OK,          OK,     OK,       OK,          OK,     IS6),
    "ListTags":                                (OK,       OK,          OK,     OK,       OK,          OK,     IS6),
    "PutPolicy":                               (OK,       OK,          OK,     OK,       OK,          OK,     IS6),
    "RestoreCertificateAuthority":             (IS2,      IS2,         IS2,    IS2,      IS2,         IS2,    OK),
    "RevokeCertificate":                       (IS8,      IS8,         OK,     OK,       IS8,         IS8,    IS8),
    "TagCertificateAuthority":                 (OK,       OK,          OK,     OK,       OK,          OK,     IS6),
    "UntagCertificateAuthority":               (OK,       OK,          OK,     OK,       OK,          OK,     IS6),
    "UpdateCertificateAuthority":              (IS10,     NO_STATUS,   OK,     OK,       NO_STATUS,   IS10,   IS10),
}
# fmt: on
PERMITTED: Final = {
    operation: dict(zip(Status, cells, strict=True)) for operation, cells in _ROWS.items()
}


def permit(operation: str, ca: CertificateAuthority, now: datetime, details: object) -> None:
    """Do nothing if the status of a CA permits an operation; refuse it otherwise.

    Args:
        operation: a row of `PERMITTED`.
        ca: the CA that it is about.
        now: the moment at which the status is looked at.
        details: the request; of IssueCertificate, the template.

    Raises:
        InvalidStateException, RequestInProgressException, ResourceNotFoundException: the refusal
            in the cell.
    """
    cell = PERMITTED[operation][status(ca, now)]
    if isinstance(cell, tuple):
        is_exception, refusal = cell
        cell = None if is_exception(ca, details) else refusal
    if cell is None:
        return
    if cell is RIP:
        ca.progress = ca.progress.polled()
    raise cell.error(cell.message.format(arn=ca.arn))


# The steps between statuses


@dataclass(frozen=True, slots=True)
class Transition:
    """A step in the life of a CA.

    Attributes:
        before: the status, or None if there is no such CA yet.
        cause: the operation that takes the step, or the event.
        after: the status, or None if the CA is gone.
    """

    before: Status | None
    cause: str
    after: Status | None


CREATE: Final = "CreateCertificateAuthority"
IMPORT: Final = "ImportCertificateAuthorityCertificate"
UPDATE: Final = "UpdateCertificateAuthority"
DELETE: Final = "DeleteCertificateAuthority"
RESTORE: Final = "RestoreCertificateAuthority"
EXPIRY: Final = "its certificate expires"

# fmt: off
TRANSITIONS: Final = tuple(Transition(*row) for row in (
    (None,                       CREATE,                        Status.CREATING),
    (Status.CREATING,            "its key and CSR are ready",   Status.PENDING_CERTIFICATE),
    (Status.CREATING,            "its creation fails",          Status.FAILED),
    (Status.PENDING_CERTIFICATE, IMPORT,                        Status.ACTIVE),
    (Status.ACTIVE,              IMPORT,                        Status.ACTIVE),
    (Status.ACTIVE,              UPDATE,                        Status.DISABLED),
    (Status.DISABLED,            UPDATE,                        Status.ACTIVE),
    (Status.ACTIVE,              EXPIRY,                        Status.EXPIRED),
    (Status.DISABLED,            EXPIRY,                        Status.EXPIRED),
    # It returns to the status in which its certificate expired:
    (Status.EXPIRED,             IMPORT,                        Status.ACTIVE),
    (Status.EXPIRED,             IMPORT,                        Status.DISABLED),
    (Status.PENDING_CERTIFICATE, DELETE,                        Status.DELETED),
    (Status.DISABLED,            DELETE,                        Status.DELETED),
    (Status.EXPIRED,             DELETE,                        Status.DELETED),
    # It returns to the status in which it was deleted:
    (Status.DELETED,             RESTORE,                       Status.PENDING_CERTIFICATE),
    (Status.DELETED,             RESTORE,                       Status.DISABLED),
    (Status.DELETED,             RESTORE,                       Status.EXPIRED),
    (Status.CREATING,            DELETE,                        None),
    (Status.FAILED,              DELETE,                        None),
    (Status.DELETED,             "its restoration period ends", None),
))
# fmt: on
_REMOVED_BY_DELETION: Final = {
    row.before for row in TRANSITIONS if row.cause == DELETE and row.after is None
}
# The administrative statuses that EXPIRED is a view of.
_EXPIRING: Final = frozenset(row.before for row in TRANSITIONS if row.cause == EXPIRY)


def _administrative(status: Status | None) -> frozenset[Status | None]:
    return _EXPIRING if status is Status.EXPIRED else frozenset((status,))


_STEPS: Final = {
    (before, after)
    for row in TRANSITIONS
    for before in _administrative(row.before)
    for after in _administrative(row.after)
}


def move(ca: CertificateAuthority, to: Status, now: datetime) -> None:
    """Give a CA another administrative status, and note the time; nothing else changes it.

    Args:
        ca: the CA.
        to: the status, which may be the one that it has.
        now: the moment.

    Raises:
        ValueError: `TRANSITIONS` has no such step; nothing has changed.
    """
    before = ca.administrative_status if ca.progress.failure is None else Status.FAILED
    if (before, to) not in _STEPS:
        raise ValueError(f"no CA goes from {before.value} to {to.value}")
    ca.deleted_from = ca.administrative_status if to is Status.DELETED else None
    ca.restorable_until = None
    ca.administrative_status = to
    ca.last_state_change_at = milliseconds(now)
