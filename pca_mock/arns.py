"""Amazon Resource Names of AWS Private CA: text to parts, and parts to text.

Sources: API_IssueCertificate, API_CertificateAuthority; User Guide, "Template varieties".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pca_mock.errors import InvalidArnException

_SEGMENT = r"[\w+=/,.@-]+"
_AUTHORITY = (
    rf"arn:(?P<partition>{_SEGMENT}):acm-pca:(?P<region>{_SEGMENT}):(?P<account>[0-9]{{12}})"
    r":certificate-authority/(?P<ca_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
_AUTHORITY_ARN = re.compile(_AUTHORITY, re.ASCII)
_CERTIFICATE_ARN = re.compile(rf"{_AUTHORITY}/certificate/(?P<serial>[^/]+)", re.ASCII)
_TEMPLATE_ARN = re.compile(
    rf"arn:(?P<partition>{_SEGMENT}):acm-pca:::template/(?P<name>.+)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class AuthorityArn:
    """`arn:{partition}:acm-pca:{region}:{account}:certificate-authority/{ca_id}`."""

    partition: str
    region: str
    account: str
    ca_id: str

    def __str__(self) -> str:
        return (
            f"arn:{self.partition}:acm-pca:{self.region}:{self.account}"
            f":certificate-authority/{self.ca_id}"
        )


# OPEN RULE serial-zeros
@dataclass(frozen=True, slots=True)
class CertificateArn:
    """A CA's ARN, then `/certificate/{serial}`; the serial is 32 lower-case hex digits."""

    authority: AuthorityArn
    serial: str

    def __str__(self) -> str:
        return f"{self.authority}/certificate/{self.serial}"


@dataclass(frozen=True, slots=True)
class TemplateArn:
    """`arn:{partition}:acm-pca:::template/{name}`; the name ends in `/V1`."""

    partition: str
    name: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:acm-pca:::template/{self.name}"


# OPEN RULE arn-kind
def _parts(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    match = pattern.fullmatch(text)
    if match is None:
        raise InvalidArnException("Not a valid arn.")
    return match.groups()


@lru_cache(maxsize=1024)
def parse_authority_arn(text: str) -> AuthorityArn:
    """Take a CA's ARN apart.

    Raises:
        InvalidArnException: an ARN of another kind, or not one at all.
    """
    return AuthorityArn(*_parts(_AUTHORITY_ARN, text))


def parse_certificate_arn(text: str) -> CertificateArn:
    """Take a certificate's ARN apart. The form of the serial is not judged here.

    Raises:
        InvalidArnException: an ARN of another kind, or not one at all.
    """
    *authority, serial = _parts(_CERTIFICATE_ARN, text)
    return CertificateArn(AuthorityArn(*authority), serial)


@lru_cache(maxsize=128)
def parse_template_arn(text: str) -> TemplateArn:
    """Take a template's ARN apart. Whether such a template exists is not judged here.

    Raises:
        InvalidArnException: an ARN of another kind, or not one at all.
    """
    return TemplateArn(*_parts(_TEMPLATE_ARN, text))
