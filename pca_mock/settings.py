"""The options of `mock_pca`: each is one field of `Settings`.

The signature and docstring of `mock_pca`, the options in pytest's ini file, the marker and the
documentation's table are made from these fields. Source of the quotas: "AWS Private CA quotas".
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from typing import Any, Final, Literal, TypeVar, cast, get_args

from pca_mock.arguments import DURATION, FLAG, MAPPING, NUMBER, NUMBER_OR_TEXT, TEXT, Kind

Keys = Literal["pool", "fresh"]
Seed = int | str

_T = TypeVar("_T")
_ACCOUNT_ID: Final = re.compile("[0-9]{12}")
_USUAL_ACCOUNT_ID: Final = "123456789012"
# The form of a host name's label, which botocore demands, too.
_REGION_NAME: Final = re.compile("(?![0-9]+$)(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_HTTP_URL: Final = re.compile(r"https?://[^/\s]+\S*", re.IGNORECASE)
# AWS Organizations API Reference, "Organization".
_ORGANIZATION_ID: Final = re.compile("o-[a-z0-9]{10,32}")


@dataclass(frozen=True, slots=True)
class Quotas:
    """How many there may be, per account and region or per CA; the defaults are AWS's.

    Attributes:
        certificate_authorities: in an account and region, deleted ones included until their
            restoration period ends.
        certificates: certificates that a CA may issue, with a complete CRL or none.
        certificates_with_partitioned_crl: certificates that a CA with a partitioned CRL may issue.
        certificates_per_partition: when it is reached, the next partition is opened; AWS goes by
            size.
        revoked_certificates: unexpired ones that a complete CRL may have.
    """

    certificate_authorities: int = 200
    certificates: int = 1_000_000
    certificates_with_partitioned_crl: int = 100_000_000
    certificates_per_partition: int = 10_000
    revoked_certificates: int = 1_000_000

    @classmethod
    def adjusted(cls, quotas: Mapping[str, int]) -> Quotas:
        """AWS's quotas, with other numbers for some of them.

        Raises:
            TypeError: a quota isn't a number.
            ValueError: no such quota, or a negative number.
        """
        names = {quota.name for quota in fields(cls)}
        for name, number in quotas.items():
            if name not in names:
                raise ValueError(f"there is no quota {name!r}, only {', '.join(sorted(names))}")
            NUMBER.check(**{f"the quota {name}": number})
            if number < 0:
                raise ValueError(f"the quota {name} is a number from 0 up, not {number!r}")
        return cls(**quotas)


def _seconds(text: str) -> timedelta:
    return timedelta(seconds=float(text))


def _number_or_text(text: str) -> Seed:
    return int(text) if text.isdecimal() else text


def _truth(text: str) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text.lower() not in words:
        raise ValueError(f"not true or false, but {text!r}")
    return words[text.lower()]


def _keys(text: str) -> Keys:
    return cast("Keys", text)  # `Settings` checks it


def _option(
    default: _T | Callable[[], _T],
    text: str,
    kind: Kind = TEXT,
    *,
    read: Callable[[str], _T] | None = None,
) -> _T:
    """A field of `Settings`.

    Args:
        default: the value; for a mutable one, the function that makes it.
        text: the effect of the option; it appears wherever options are described.
        kind: the types of its values; None is allowed only where it is the default.
        read: from the text in an ini file to the value; None for an option that cannot be there.
    """
    metadata = {"text": text, "read": read, "kind": kind}
    made: Any = (
        field(default_factory=default, metadata=metadata)
        if callable(default)
        else field(default=default, metadata=metadata)
    )
    return made  # type: ignore[no-any-return]  # to a type checker it is the default


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options of a mock, checked.

    Attributes:
        limits: the quotas in force.

    Raises:
        TypeError: an option has another type.
        ValueError: an account id isn't 12 digits, no region or organization can have this name, a
            quota is unknown or negative, a delay is negative, `s3_endpoint_url` is no URL, or
            `keys` has another value.
    """

    account_id: str | None = _option(
        None,
        "the account in whose name calls are made: 12 digits; by default that in the variable "
        "MOTO_ACCOUNT_ID, else 123456789012",
        read=str,
    )
    region_name: str | None = _option(
        None,
        "the region of clients for which the code names none; by default that in the variable "
        "AWS_DEFAULT_REGION or in the profile, else us-east-1",
        read=str,
    )
    accounts: Mapping[str, str] = _option(
        dict,
        "further accounts, by the access keys whose calls are theirs; keys that moto's IAM or STS "
        "made belong to the account in which it made them",
        MAPPING,
    )
    organization_id: str | None = _option(
        None,
        'the organization that all accounts are in, such as "o-a1b2c3d4e5"; resource policies can '
        "name it",
        read=str,
    )
    # OPEN RULE creation-time
    creation_delay: timedelta = _option(
        timedelta(),
        "how long a new CA is in CREATING",
        DURATION,
        read=_seconds,
    )
    issuance_delay: timedelta = _option(
        timedelta(),
        "how long GetCertificate answers RequestInProgressException",
        DURATION,
        read=_seconds,
    )
    report_delay: timedelta = _option(
        timedelta(),
        "how long a new audit report is in CREATING",
        DURATION,
        read=_seconds,
    )
    crl_delay: timedelta = _option(
        timedelta(),
        "how long after a revocation the CRL has it",
        DURATION,
        read=_seconds,
    )
    ocsp_delay: timedelta = _option(
        timedelta(),
        "how long after a revocation OCSP has it",
        DURATION,
        read=_seconds,
    )
    s3_endpoint_url: str | None = _option(
        None,
        "where CRLs and audit reports go; by default into moto's S3 while `mock_aws` is active, "
        "else into memory",
        read=str,
    )
    keys: Keys = _option(
        "pool",
        '"pool" uses the keys of mocks that have ended again, as making RSA keys takes long (no '
        'two CAs have the same key at any time); "fresh" makes a new key for each CA',
        read=_keys,
    )
    seed: Seed | None = _option(
        None,
        "a number or text that ids, serials and keys are made from, so that they repeat where the "
        "same calls come in the same order (RSA keys, and signatures of RSA-PSS and ML-DSA, don't)",
        NUMBER_OR_TEXT,
        read=_number_or_text,
    )
    faults_must_strike: bool = _option(
        False,
        "whether a test fails if a fault that was planned for a number of calls, or for certain "
        "ones, has struck none by the end of its block or of the mock",
        FLAG,
        read=_truth,
    )
    quotas: Mapping[str, int] = _option(
        dict,
        "other numbers than AWS's, by the names in `pca_mock.settings.Quotas`",
        MAPPING,
    )
    limits: Quotas = field(init=False)

    def __post_init__(self) -> None:
        for option in options():
            value, kind = getattr(self, option.name), option.metadata["kind"]
            if value is not None or option.default is not None:
                kind.check(**{option.name: value})
            if kind is DURATION and value < timedelta():
                raise ValueError(f"{option.name} is not negative, as {value} is")
        if self.account_id is not None:
            check_account_id(self.account_id)
        for account_id in self.accounts.values():
            check_account_id(account_id)
        if self.region_name is not None and not _REGION_NAME.fullmatch(self.region_name):
            raise ValueError(f"no region has the name {self.region_name!r}")
        _check_organization_id(self.organization_id)
        if self.keys not in get_args(Keys):
            raise ValueError(f"keys is one of {', '.join(get_args(Keys))}, not {self.keys!r}")
        _check_url("s3_endpoint_url", self.s3_endpoint_url)
        object.__setattr__(self, "accounts", dict(self.accounts))
        object.__setattr__(self, "quotas", dict(self.quotas))
        object.__setattr__(self, "limits", Quotas.adjusted(self.quotas))


def options() -> Iterator[Field[Any]]:
    """The options in their order; `metadata` has their `text` and, if any, how to `read` them."""
    return (option for option in fields(Settings) if option.init)


def check_names(given: Iterable[str]) -> None:
    """Refuse options that don't exist.

    Raises:
        TypeError: there is one; the message lists those that do exist.
    """
    names = [option.name for option in options()]
    for name in given:
        if name not in names:
            raise TypeError(
                f"mock_pca() got an unexpected keyword argument {name!r}; its options are "
                f"{', '.join(names)}"
            )


def _check_organization_id(organization_id: str | None) -> None:
    if organization_id is not None and not _ORGANIZATION_ID.fullmatch(organization_id):
        raise ValueError(
            f"an organization_id has the form of 'o-a1b2c3d4e5', not {organization_id!r}"
        )


def _check_url(name: str, url: str | None) -> None:
    if url is not None and not _HTTP_URL.fullmatch(url):
        raise ValueError(f"{name} is a URL such as http://localhost:9000, not {url!r}")


def is_account_id(text: str) -> bool:
    """Whether a text has the form of an account id: 12 digits."""
    return _ACCOUNT_ID.fullmatch(text) is not None


def check_account_id(account_id: str) -> None:
    """Refuse a value that isn't an account id.

    Raises:
        TypeError: it isn't text.
        ValueError: it isn't a string of 12 digits.
    """
    TEXT.check(account_id=account_id)
    if not is_account_id(account_id):
        raise ValueError(f"an account id is a string of 12 digits, not {account_id!r}")


def default_account_id() -> str:
    """The account of a mock whose user names none.

    Raises:
        ValueError: MOTO_ACCOUNT_ID isn't 12 digits.
    """
    account_id = os.environ.get("MOTO_ACCOUNT_ID") or _USUAL_ACCOUNT_ID
    if not is_account_id(account_id):
        raise ValueError(f"MOTO_ACCOUNT_ID is {account_id!r}, but an account id is 12 digits")
    return account_id


# From the ini file of pytest


def ini_options() -> dict[str, str]:
    """The options that can be in an ini file, with their texts."""
    return {
        option.name: option.metadata["text"]
        + (", in seconds" if option.metadata["read"] is _seconds else "")
        for option in options()
        if option.metadata["read"] is not None
    }


def read_option(name: str, text: str) -> Any:
    """The value of an option from its text in an ini file.

    Raises:
        ValueError, OverflowError: it is no number of seconds.
    """
    (read,) = (option.metadata["read"] for option in options() if option.name == name)
    return read(text)
