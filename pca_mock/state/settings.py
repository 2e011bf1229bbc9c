"""What a user can set of a mock. Source of the quotas: AWS Private CA quotas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Final

from pca_mock.state.keys import SOURCES
from pca_mock.state.randomness import Seed

DEFAULT_ACCOUNT_ID: Final = "123456789012"
_ACCOUNT_ID: Final = re.compile("[0-9]{12}")


@dataclass(frozen=True, slots=True)
class Quotas:
    """How many there may be, per account and region or per CA; by default as AWS documents it.

    Attributes:
        certificate_authorities: in an account and region, deleted ones included until they are
            beyond restoration.
        certificates: that a CA may issue, with a complete CRL or none.
        certificates_with_partitioned_crl: that a CA may issue, with a partitioned CRL.
        certificates_per_partition: after which the next partition is opened; AWS goes by size.
        revoked_certificates: unexpired ones that a complete CRL may have.
    """

    certificate_authorities: int = 200
    certificates: int = 1_000_000
    certificates_with_partitioned_crl: int = 100_000_000
    certificates_per_partition: int = 10_000
    revoked_certificates: int = 1_000_000

    @classmethod
    def adjusted(cls, quotas: Mapping[str, int]) -> Quotas:
        """AWS's quotas, some of them with other numbers.

        Raises:
            ValueError: no such quota, or a negative number.
        """
        names = {quota.name for quota in fields(cls)}
        for name, number in quotas.items():
            if name not in names:
                raise ValueError(f"there is no quota {name!r}, only {', '.join(sorted(names))}")
            if number < 0:
                raise ValueError(f"the quota {name} is a number from 0 up, not {number!r}")
        return cls(**quotas)


_DELAYS: Final = ("creation_delay", "issuance_delay", "report_delay", "crl_delay", "ocsp_delay")


@dataclass(frozen=True, slots=True)
class Settings:
    """The arguments of `mock_pca`, checked. See there."""

    account_id: str = DEFAULT_ACCOUNT_ID
    accounts: Mapping[str, str] = field(default_factory=dict)
    organization_id: str | None = None
    creation_delay: timedelta = timedelta()
    issuance_delay: timedelta = timedelta()
    report_delay: timedelta = timedelta()
    crl_delay: timedelta = timedelta()
    ocsp_delay: timedelta = timedelta()
    s3_endpoint_url: str | None = None
    keys: str = "pool"
    seed: Seed | None = None
    quotas: Quotas = field(default_factory=Quotas)

    def __post_init__(self) -> None:
        for name in _DELAYS:
            delay = getattr(self, name)
            if not isinstance(delay, timedelta) or delay < timedelta():
                raise ValueError(f"{name} is a timedelta that is not negative, not {delay!r}")
        for account_id in (self.account_id, *self.accounts.values()):
            check_account_id(account_id)
        if self.keys not in SOURCES:
            raise ValueError(f"keys is one of {', '.join(SOURCES)}, not {self.keys!r}")


def check_account_id(account_id: str) -> None:
    """Refuse what isn't an account id.

    Raises:
        ValueError: see above.
    """
    if not _ACCOUNT_ID.fullmatch(str(account_id)):
        raise ValueError(f"an account id is a string of 12 digits, not {account_id!r}")
