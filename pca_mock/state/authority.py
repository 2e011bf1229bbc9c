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
from typing import TYPE_CHECKING, Final

from pca_mock.errors import (
    AwsError,
    InvalidStateException,
    RequestInProgressException,
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
        pem: PEM text without a final newline.
        issuer: what was installed at the CA then; None for a root that signed itself.
        issued_at, available_at: UTC; GetCertificate answers from `available_at` on.
    """

    arn: CertificateArn
    pem: str
    issuer: InstalledCertificate | None
    template_arn: str
    issued_at: datetime
    available_at: datetime


@dataclass(slots=True, eq=False)
class CertificateAuthority:
    """All that is remembered of a CA.

    Attributes:
        position: its place in the order of creation, unique in its account and region.
        administrative_status: the status but for expiry, which is a matter of the clock.
        revocation_configuration: in the form in which Describe shows it.
        crl_partition: the name of the CRL partition that new certificates are bound to.
        certificates: by serial, as it stands in their ARNs.
    """

    arn: AuthorityArn
    position: int
    type: str
    configuration: CertificateAuthorityConfigurationOutputTypeDef
    key: PrivateKey
    spki: bytes
    csr_pem: str
    created_at: datetime
    last_state_change_at: datetime
    administrative_status: Status
    revocation_configuration: RevocationConfigurationTypeDef
    key_storage_security_standard: str
    usage_mode: str
    tags: dict[str, str]
    crl_partition: str
    installed: InstalledCertificate | None = None
    failure_reason: str | None = None
    restorable_until: datetime | None = None
    certificates: dict[str, IssuedCertificate] = field(default_factory=dict)

    def status(self, now: datetime) -> Status:
        """The status at a moment: EXPIRED is a view of ACTIVE and DISABLED."""
        if (
            self.administrative_status in (Status.ACTIVE, Status.DISABLED)
            and self.installed is not None
            and now > self.installed.certificate.not_after
        ):
            return Status.EXPIRED
        return self.administrative_status

    @property
    def is_root(self) -> bool:
        """Whether its type is ROOT."""
        return self.type == "ROOT"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cell that forbids: the error, with `{arn}` for the CA's ARN."""

    error: type[AwsError]
    message: str


# A cell: None permits; a function permits what it says yes to, and else refuses.
Exceptional = Callable[[CertificateAuthority, Template], bool]
Cell = Refusal | tuple[Exceptional, Refusal] | None


def _refuse(message: str) -> Refusal:
    return Refusal(InvalidStateException, message)


def signs_itself(ca: CertificateAuthority, template: Template) -> bool:
    """A root that waits for its certificate, or whose one has expired, may sign its own."""
    return ca.is_root and template.constraints.is_root


OK: Final = None
RIP: Final = Refusal(
    RequestInProgressException, "The certificate authority is still being created."
)
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
IS9 = _refuse("The certificate authority is not in a valid state for importing a certificate.")
ROOT_ITSELF: Final = (signs_itself, IS5)

# Operation x status. "Creating a CA" and "Listing CAs" have no CA whose status could matter.
# fmt: off
_ROWS: Final[dict[str, tuple[Cell, ...]]] = {
    #                                        CREATING  PENDING      ACTIVE  DISABLED  EXPIRED      FAILED  DELETED
    "DescribeCertificateAuthority":          (OK,      OK,          OK,     OK,       OK,          OK,     OK),
    "GetCertificate":                        (IS4,     OK,          OK,     OK,       OK,          IS4,    IS4),
    "GetCertificateAuthorityCertificate":    (IS3,     IS3,         OK,     OK,       OK,          IS3,    IS3),
    "GetCertificateAuthorityCsr":            (RIP,     OK,          OK,     OK,       OK,          IS3,    IS3),
    "ImportCertificateAuthorityCertificate": (IS9,     OK,          OK,     IS9,      OK,          IS9,    IS9),
    "IssueCertificate":                      (IS5,     ROOT_ITSELF, OK,     IS5,      ROOT_ITSELF, IS5,    IS5),
    "ListTags":                              (OK,      OK,          OK,     OK,       OK,          OK,     IS6),
}
# fmt: on
PERMITTED: Final = {
    operation: dict(zip(Status, cells, strict=True)) for operation, cells in _ROWS.items()
}


def permit(
    operation: str,
    ca: CertificateAuthority,
    now: datetime,
    template: Template | None = None,
) -> None:
    """Let the operation pass, or refuse it for the CA's status.

    Args:
        operation: a row of `PERMITTED`.
        ca: the CA that it is about.
        now: the moment at which the status counts.
        template: the one that is issued with, where that matters.

    Raises:
        InvalidStateException, RequestInProgressException: as the cell says.
    """
    cell = PERMITTED[operation][ca.status(now)]
    if isinstance(cell, tuple):
        excepted, refusal = cell
        cell = None if template is not None and excepted(ca, template) else refusal
    if cell is not None:
        raise cell.error(cell.message.format(arn=ca.arn))
