"""The private certificates that ACM manages: requested there, issued by a CA of the mock.

Source: ACM's API_CertificateDetail.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from pca_mock.clock import EARLIEST
from pca_mock.pki.algorithms import PrivateKey
from pca_mock.state.tokens import Tokens

# ACM's API_RequestCertificate: how long an idempotency token is valid.
TOKEN_LIFETIME: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Order:
    """A certificate that ACM has asked a CA for, and has not received yet.

    Attributes:
        certificate_arn: its ARN in Private CA.
    """

    certificate_arn: str
    private_key: PrivateKey


@dataclass(frozen=True, slots=True)
class Delivery:
    """A certificate that a CA has issued for ACM.

    Attributes:
        certificate_pem, chain_pem: as GetCertificate of Private CA answers.
        not_after: UTC.
    """

    certificate_pem: str
    chain_pem: str
    private_key: PrivateKey
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Renewal:
    """The latest renewal.

    Attributes:
        status: a RenewalStatus of ACM's model.
        reason: a FailureReason of it, if a CA has refused.
        updated_at: UTC.
    """

    status: str
    reason: str | None
    updated_at: datetime


@dataclass(slots=True, eq=False)
class ManagedCertificate:
    """A certificate of ACM's.

    Attributes:
        arn: in ACM.
        authority_arn: of the CA, as it was requested.
        account: the account that Private CA knows as the requester's.
        partition, region: of the request.
        names: the domain name, then the others.
        key_algorithm: a KeyAlgorithm of ACM's model.
        created_at: UTC.
        options: as they are described.
        tags: a tag may have no value.
        order: what the CA has not delivered yet, the first certificate or a renewed one.
        delivery: the current certificate; None until the first one is delivered.
        failure: a FailureReason of ACM's model, if there is no certificate and never will be.
        is_exported: whether the current certificate has been exported.
        renewal: the latest one.
    """

    arn: str
    authority_arn: str
    account: str
    partition: str
    region: str
    names: tuple[str, ...]
    key_algorithm: str
    created_at: datetime
    options: dict[str, str]
    tags: dict[str, str | None]
    order: Order | None = None
    delivery: Delivery | None = None
    failure: str | None = None
    is_exported: bool = False
    renewal: Renewal | None = None

    def copy(self) -> ManagedCertificate:
        """A copy with its own dicts, for a snapshot."""
        twin = copy.copy(self)
        twin.options, twin.tags = dict(self.options), dict(self.tags)
        return twin


@dataclass(slots=True)
class Managed:
    """All certificates of ACM's, of every account and region.

    Attributes:
        certificates: by ARN, oldest first.
        tokens: of RequestCertificate.
        looked_at: when renewals that were due took place last: UTC.
    """

    certificates: dict[str, ManagedCertificate] = field(default_factory=dict)
    tokens: Tokens = field(default_factory=lambda: Tokens(TOKEN_LIFETIME))
    looked_at: datetime = EARLIEST

    def copy(self) -> Managed:
        """A copy with copies of the certificates, for a snapshot."""
        copies = {arn: each.copy() for arn, each in self.certificates.items()}
        return Managed(copies, self.tokens.copy(), self.looked_at)
