"""The records of a certificate authority and of all that belongs to it.

Source: API_CertificateAuthority.
"""

from __future__ import annotations

import copy
import enum
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING

from pca_mock.pki import name_constraints
from pca_mock.pki.algorithms import PrivateKey
from pca_mock.pki.certificate import CaCertificate
from pca_mock.pki.name_constraints import NameConstraints
from pca_mock.state.progress import Progress

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import (
        CertificateAuthorityConfigurationOutputTypeDef,
        RevocationConfigurationTypeDef,
    )

    from pca_mock.arns import AuthorityArn, CertificateArn
    from pca_mock.state.buckets import Content


class Status(str, enum.Enum):
    """The values of the model's CertificateAuthorityStatus, in the order of a CA's life."""

    CREATING = "CREATING"
    PENDING_CERTIFICATE = "PENDING_CERTIFICATE"
    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True)
class InstalledCertificate:
    """A CA's own certificate and the chain above it, direct issuer first, root last.

    Attributes:
        name_constraints: of all these certificates, for certificates issued below them.
    """

    certificate: CaCertificate
    chain: tuple[CaCertificate, ...] = ()
    pem: str = field(init=False)
    chain_pem: str = field(init=False)
    key_identifier: bytes = field(init=False)
    name_constraints: tuple[NameConstraints, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pem", self.certificate.pem)
        object.__setattr__(self, "chain_pem", "\n".join(link.pem for link in self.chain))
        object.__setattr__(self, "key_identifier", self.certificate.key_identifier)
        read = map(name_constraints.read, (self.certificate, *self.chain))
        object.__setattr__(self, "name_constraints", tuple(each for each in read if each))

    @property
    def full_pem(self) -> str:
        """The certificate and its chain, which together are the chain of a leaf."""
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
        issuer: the CA's certificate at that time; None for a root that signed itself.
        requested_by: the account that asked for it.
        issued_at: UTC.
        progress: of its issuance.
        service_principal: the service that asked for it in the account's name.
    """

    arn: CertificateArn
    position: int
    pem: str
    subject: bytes
    not_before: datetime
    not_after: datetime
    crl_partition: str | None
    # OPEN RULE chain-snapshot
    issuer: InstalledCertificate | None
    template_arn: str
    requested_by: str
    issued_at: datetime
    progress: Progress
    service_principal: str | None = None


@dataclass(frozen=True, slots=True)
class Revocation:
    """The revocation of a certificate: its time (UTC, whole seconds), and the API's reason."""

    revoked_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """A revoked certificate in a CRL, and with it those that were listed earlier.

    A chain of them never changes, so CRLs of different moments share its parts.

    Attributes:
        entry: of revokedCertificates, DER.
        not_after: when the certificate expires: UTC.
    """

    entry: bytes
    not_after: datetime
    earlier: Listed | None


@dataclass(frozen=True, slots=True)
class Crl:
    """A CRL as it was written: its number, when it was generated (UTC), and its DER."""

    number: int
    generated_at: datetime
    content: Content


@dataclass(slots=True)
class RevocationList:
    """A CRL that a CA publishes: the complete one, or that of a partition.

    Attributes:
        partition: its name; None for the complete one.
        uri: the URI in the certificates that are bound to it.
        key: of the object in the bucket.
        due_at: when it is to be written next.
        bound: how many certificates are bound to the partition.
        newest: the certificate that was listed last.
        size: of all entries, in bytes.
        latest: the CRL that was written last; None before the first one.
        last_number: the CRL number that was used last.
        failed: whether the last attempt to write it failed.
    """

    partition: str | None
    uri: str
    key: str
    due_at: datetime
    bound: int = 0
    newest: Listed | None = None
    size: int = 0
    latest: Crl | None = None
    last_number: int = 0
    failed: bool = False

    def copy(self) -> RevocationList:
        """A copy for a snapshot."""
        return copy.copy(self)


@dataclass(frozen=True, slots=True)
class AuditReport:
    """A report on the CA's certificates.

    Attributes:
        is_written: whether writing it has been tried; an S3 endpoint may take its time.
    """

    report_id: str
    bucket: str
    key: str
    created_at: datetime
    progress: Progress
    is_written: bool


@dataclass(frozen=True, slots=True)
class Permission:
    """The actions that a service principal may take with the CA in the name of an account."""

    principal: str
    source_account: str
    actions: tuple[str, ...]
    created_at: datetime


@dataclass(slots=True, eq=False)
class CertificateAuthority:
    """A CA, with everything that belongs to it.

    Attributes:
        position: its place in the order of creation, unique in its account and region.
        progress: of its creation.
        administrative_status: the status without regard to its creation and to expiry.
        deleted_from: the administrative status before its deletion.
        revocation_configuration: in the form in which Describe shows it.
        permissions: by principal and source account.
        policy: the text of its resource policy.
        certificates: by serial, as in their ARNs. `issued` leaves out those that fail.
        revocations: by serial, in the order in which they happened.
        crls: by partition; the complete one under None.
        current_partition: the one that new certificates are bound to.
        reports: by id.
    """

    arn: AuthorityArn
    position: int
    type: str
    configuration: CertificateAuthorityConfigurationOutputTypeDef
    key: PrivateKey
    spki: bytes
    csr_pem: str
    created_at: datetime
    progress: Progress
    last_state_change_at: datetime
    administrative_status: Status
    revocation_configuration: RevocationConfigurationTypeDef
    key_storage_security_standard: str
    usage_mode: str
    tags: dict[str, str]
    installed: InstalledCertificate | None = None
    deleted_from: Status | None = None
    restorable_until: datetime | None = None
    permissions: dict[tuple[str, str], Permission] = field(default_factory=dict)
    policy: str | None = None
    certificates: dict[str, IssuedCertificate] = field(default_factory=dict)
    revocations: dict[str, Revocation] = field(default_factory=dict)
    crls: dict[str | None, RevocationList] = field(default_factory=dict)
    current_partition: str | None = None
    reports: dict[str, AuditReport] = field(default_factory=dict)

    def is_gone(self, now: datetime) -> bool:
        """Whether the CA was deleted, and can no longer be restored."""
        return self.restorable_until is not None and now >= self.restorable_until

    def issued(self) -> Iterator[tuple[str, IssuedCertificate]]:
        """The certificates whose issuance doesn't fail, with their serials, oldest first."""
        return (item for item in self.certificates.items() if item[1].progress.failure is None)

    def has_issued(self, number: int) -> bool:
        """Whether the CA has issued at least this many certificates, without failed issuances."""
        return len(self.certificates) >= number and sum(1 for _ in self.issued()) >= number

    def find_issued(self, serial: str) -> IssuedCertificate | None:
        """The certificate with this serial; None if there is none, or its issuance fails."""
        certificate = self.certificates.get(serial)
        return certificate if certificate and certificate.progress.failure is None else None

    def copy(self) -> CertificateAuthority:
        """A copy with its own dicts, for a snapshot. It shares the records that never change."""
        twin = copy.copy(self)
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, dict):
                setattr(twin, each.name, dict(value))
        twin.crls = {name: crl.copy() for name, crl in self.crls.items()}
        return twin

    @property
    def is_root(self) -> bool:
        """Whether the CA's type is ROOT."""
        return self.type == "ROOT"
