"""A certificate authority, the certificates it issued, and what its status permits.

This file owns the states: everything that depends on a CA's status is in `PERMITTED` and the
functions that its cells name. An operation that isn't permitted raises, and nothing happens.

Sources: User Guide, "Updating a CA" (status table), "Deleting a CA", "Restoring a CA";
API_CertificateAuthority.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from pca_mock.errors import (
    AwsError,
    InvalidStateException,
    RequestInProgressException,
    ResourceNotFoundException,
)
from pca_mock.pki.algorithms import PrivateKey
from pca_mock.pki.certificate import Certificate
from pca_mock.pki.templates import Template

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import (
        CertificateAuthorityConfigurationOutputTypeDef,
        RevocationConfigurationTypeDef,
    )

    from pca_mock.arns import AuthorityArn, CertificateArn


class Status(str, enum.Enum):
    """The values of the model's CertificateAuthorityStatus, in the order of the table below."""

    CREATING = "CREATING"
    PENDING_CERTIFICATE = "PENDING_CERTIFICATE"
    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True)
class InstalledCertificate:
    """A CA's own certificate and the chain above it, direct issuer first, root last."""

    certificate: Certificate
    chain: tuple[Certificate, ...] = ()
    pem: str = field(init=False)
    chain_pem: str = field(init=False)
    key_identifier: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pem", self.certificate.pem)
        object.__setattr__(self, "chain_pem", "\n".join(link.pem for link in self.chain))
        object.__setattr__(self, "key_identifier", self.certificate.key_identifier)

    @property
    def full_pem(self) -> str:
        """The certificate and its chain: what stands above a leaf."""
        return f"{self.pem}\n{self.chain_pem}" if self.chain else self.pem


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """A certificate that a CA issued.

    Attributes:
        position: its place in the order of all issuances of the mock.
        pem: PEM text without a final newline.
        subject: its Name, DER.
        not_before, not_after: UTC, whole seconds.
        crl_partition: the partition of the CRL that it is bound to; None for the complete one.
        issuer: what was installed at the CA then; None for a root that signed itself.
        requested_by: the account that asked for it.
        issued_at, available_at: UTC; GetCertificate answers from `available_at` on.
    """

    arn: CertificateArn
    position: int
    pem: str
    subject: bytes
    not_before: datetime
    not_after: datetime
    crl_partition: str | None
    issuer: InstalledCertificate | None
    template_arn: str
    requested_by: str
    issued_at: datetime
    available_at: datetime


@dataclass(frozen=True, slots=True)
class Revocation:
    """That a certificate was revoked: when (UTC, whole seconds), and the API's reason."""

    revoked_at: datetime
    reason: str


@dataclass(slots=True)
class RevocationList:
    """A CRL that a CA publishes: the complete one, or that of a partition.

    Attributes:
        partition: its name; None for the complete one.
        uri: what stands in the certificates that are bound to it.
        key: of the object in the bucket.
        bound: how many certificates are bound to the partition.
        latest: the CRL that was written last, DER; None before the first one.
        due_at: when it is to be written next.
        last_number: the CRL number that it had then.
        entries: of revokedCertificates, DER, by serial, oldest first; each is encoded only once.
        first_expiry: when the first of these certificates expires.
        failed: whether the last attempt to write it failed.
    """

    partition: str | None
    uri: str
    key: str
    due_at: datetime
    bound: int = 0
    latest: bytes | None = None
    last_number: int = 0
    entries: dict[str, bytes] = field(default_factory=dict)
    first_expiry: datetime | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class AuditReport:
    """A report on the CA's certificates; it is finished from `available_at` (UTC) on."""

    report_id: str
    bucket: str
    key: str
    created_at: datetime
    available_at: datetime
    succeeded: bool


@dataclass(frozen=True, slots=True)
class Permission:
    """What a service principal may do with the CA in the name of an account."""

    principal: str
    source_account: str
    actions: tuple[str, ...]
    created_at: datetime


@dataclass(slots=True, eq=False)
class CertificateAuthority:
    """All that is remembered of a CA.

    Attributes:
        position: its place in the order of creation, unique in its account and region.
        ready_at: until this moment it is being created; None where that took no time.
        administrative_status: the status but for creation and expiry, which are the clock's.
        deleted_from: the administrative status before its deletion.
        revocation_configuration: in the form in which Describe shows it.
        permissions: by principal and source account.
        policy: the text of its resource policy.
        certificates: by serial, as it stands in their ARNs.
        revocations: by serial, in the order in which they happened.
        crls: by partition; the complete one under None.
        current_partition: the one that new certificates are bound to.
        reports: by id.
        failed: when issuances that fail had done so, by the serials that they would have had.
        polls_left: how often something will still be said to be in progress: certificates by
            serial, reports by id, the CA itself by its own id.
    """

    arn: AuthorityArn
    position: int
    type: str
    configuration: CertificateAuthorityConfigurationOutputTypeDef
    key: PrivateKey
    spki: bytes
    csr_pem: str
    created_at: datetime
    ready_at: datetime | None
    last_state_change_at: datetime
    administrative_status: Status
    revocation_configuration: RevocationConfigurationTypeDef
    key_storage_security_standard: str
    usage_mode: str
    tags: dict[str, str]
    installed: InstalledCertificate | None = None
    failure_reason: str | None = None
    deleted_from: Status | None = None
    restorable_until: datetime | None = None
    permissions: dict[tuple[str, str], Permission] = field(default_factory=dict)
    policy: str | None = None
    certificates: dict[str, IssuedCertificate] = field(default_factory=dict)
    revocations: dict[str, Revocation] = field(default_factory=dict)
    crls: dict[str | None, RevocationList] = field(default_factory=dict)
    current_partition: str | None = None
    reports: dict[str, AuditReport] = field(default_factory=dict)
    failed: dict[str, datetime] = field(default_factory=dict)
    polls_left: dict[str, int] = field(default_factory=dict)

    def status(self, now: datetime) -> Status:
        """The status at a moment: EXPIRED is a view of ACTIVE and DISABLED, CREATING of PENDING."""
        if (self.ready_at is not None and now < self.ready_at) or self.is_held(self.arn.ca_id):
            return Status.CREATING
        if (
            self.administrative_status in (Status.ACTIVE, Status.DISABLED)
            and self.installed is not None
            and now > self.installed.certificate.not_after
        ):
            return Status.EXPIRED
        return self.administrative_status

    def is_gone(self, now: datetime) -> bool:
        """Whether it was deleted, and can no longer be restored."""
        return self.restorable_until is not None and now >= self.restorable_until

    def is_held(self, name: str) -> bool:
        """Whether a test wants something to be in progress still. See `polls_left`."""
        return name in self.polls_left

    def hold(self, name: str, polls: int) -> None:
        """Let something be in progress until it has been asked for so often, at least once."""
        self.polls_left[name] = polls

    def note_poll(self, name: str) -> None:
        """Note that it was asked for."""
        left = self.polls_left.pop(name, 0) - 1
        if left > 0:
            self.polls_left[name] = left

    @property
    def is_root(self) -> bool:
        """Whether its type is ROOT."""
        return self.type == "ROOT"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cell that forbids: the error, with `{arn}` for the CA's ARN."""

    error: type[AwsError]
    message: str


# A cell: None permits; a function permits what it says yes to (the CA, and what is asked for: a
# request or, when issuing, the template), and else there is the refusal.
Exceptional = Callable[[CertificateAuthority, Any], bool]
Cell = Refusal | tuple[Exceptional, Refusal] | None


def _refuse(message: str) -> Refusal:
    return Refusal(InvalidStateException, message)


def signs_itself(ca: CertificateAuthority, template: Template) -> bool:
    """A root that waits for its certificate, or whose one has expired, may sign its own."""
    return ca.is_root and template.constraints.is_root


def changes_no_status(_: CertificateAuthority, request: Any) -> bool:
    """An update of the revocation configuration alone is looked at with more leniency."""
    return "Status" not in request


OK: Final = None
RIP: Final = Refusal(
    RequestInProgressException, "The certificate authority is still being created."
)
RNF: Final = Refusal(ResourceNotFoundException, "Could not find the audit report.")
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


def permit(operation: str, ca: CertificateAuthority, now: datetime, wanted: Any) -> None:
    """Let the operation pass, or refuse it for the CA's status.

    Args:
        operation: a row of `PERMITTED`.
        ca: the CA that it is about.
        now: the moment at which the status counts.
        wanted: the request; of IssueCertificate, the template.

    Raises:
        InvalidStateException, RequestInProgressException, ResourceNotFoundException: as the
            cell says.
    """
    cell = PERMITTED[operation][ca.status(now)]
    if isinstance(cell, tuple):
        excepted, refusal = cell
        cell = None if excepted(ca, wanted) else refusal
    if cell is not None:
        raise cell.error(cell.message.format(arn=ca.arn))
