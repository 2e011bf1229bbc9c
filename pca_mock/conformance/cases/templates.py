"""The 61 templates: what each puts into a certificate, and from where.

`templates.json` has a row for each: name without "/V1", passthrough, whether it is for roots, and
the basic constraints, key usage and extended key usage that it defines, in hex with `!` where
critical.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from pca_mock.conformance.cases import der, issuing
from pca_mock.conformance.cases.der import PRIVATE, Extension
from pca_mock.conformance.model import Answers, Area, Mark
from pca_mock.conformance.session import Session

AREA: Final = Area("templates", "User Guide, “Template definitions”")
_OTHER_PRIVATE: Final = "1.3.6.1.4.1.99999.8"
_KEY_USAGE: Final = "2.5.29.15"
_EXTENDED_KEY_USAGE: Final = "2.5.29.37"
_POLICIES: Final = "2.5.29.32"


class Row(NamedTuple):
    """A line of `templates.json`."""

    name: str
    passthrough: str
    is_root: bool
    basic_constraints: str
    key_usage: str | None
    extended_key_usage: str | None


ROWS: Final = [
    Row(*row) for row in json.loads(Path(__file__).with_name("templates.json").read_text("utf-8"))
]

# What the request and the CSR of each case ask for, and how it shows: (API, CSR).
_ASKED: Final = {
    "subject": (der.name("api").hex(), der.name("csr").hex()),
    "alternative name": (der.dns_names("api.example").hex(), der.dns_names("csr.example").hex()),
    "key usage": ("!0303070800", "!03020308"),
    "extended key usage": ("300a06082b06010505070304", "300a06082b06010505070308"),
    "policies": ("300830060604551d2000", "300730050603550401"),
    "private extension of the API": ("0101ff", None),
    "private extension of the CSR": (None, "0500"),
}
_API: Final = {
    "SubjectAlternativeNames": [{"DnsName": "api.example"}],
    "KeyUsage": {"KeyAgreement": True},
    "ExtendedKeyUsage": [{"ExtendedKeyUsageType": "EMAIL_PROTECTION"}],
    "CertificatePolicies": [{"CertPolicyId": "2.5.29.32.0"}],
    "CustomExtensions": [issuing.custom(PRIVATE, "0101ff")],
}
_CSR: Final = (
    der.san("csr.example"),
    Extension(_KEY_USAGE, True, "03020308"),
    Extension(_EXTENDED_KEY_USAGE, False, "300a06082b06010505070308"),
    Extension(_POLICIES, False, "300730050603550401"),
    Extension(_OTHER_PRIVATE, False, "0500"),
)


def _expected(row: Row) -> Answers:
    """The template first, then the API, then the CSR; of the CSR always the names."""
    asked: dict[str, object] = {}
    for name, (of_api, of_csr) in _ASKED.items():
        copies_csr = "csr" in row.passthrough or name in ("subject", "alternative name")
        from_api = of_api if "api" in row.passthrough else None
        asked[name] = from_api or (of_csr if copies_csr and not row.is_root else None)
    if row.is_root and asked["subject"] is None:
        asked["subject"] = "its own"
    return {
        **asked,
        "key usage": row.key_usage or asked["key usage"],
        "extended key usage": row.extended_key_usage or asked["extended key usage"],
        "basic constraints": row.basic_constraints,
        "has the key's identifier": True,
        "has the issuer's identifier": not row.is_root,
    }


def _story(row: Row, aws: Session) -> Answers:
    arn = aws.shared("root")
    csr = der.csr(*_CSR, subject=der.name("csr"))
    if row.is_root:
        csr = aws.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=arn)["Csr"].encode()
    pem = issuing.issued(aws, row.name, csr, extensions=_API, subject={"CommonName": "api"})
    issuer = issuing.ca_certificate(aws, arn)
    subject = der.raw_subject(pem)
    identifier = der.extension(pem, "2.5.29.35")
    return {
        "subject": "its own" if subject == der.raw_subject(issuer) else subject,
        "alternative name": der.extension(pem, der.SAN),
        "key usage": der.extension(pem, _KEY_USAGE),
        "extended key usage": der.extension(pem, _EXTENDED_KEY_USAGE),
        "policies": der.extension(pem, _POLICIES),
        "private extension of the API": der.extension(pem, PRIVATE),
        "private extension of the CSR": der.extension(pem, _OTHER_PRIVATE),
        "basic constraints": der.extension(pem, "2.5.29.19"),
        "has the key's identifier": der.extension(pem, "2.5.29.14")
        == f"0414{issuing.key_identifier(pem)}",
        "has the issuer's identifier": identifier is not None
        and identifier == f"30168014{issuing.key_identifier(issuer)}",
    }


for _row in ROWS:
    AREA.add(
        _row.name,
        f"{_row.name}/V1 gives its own extensions, and copies what its definition says.",
        partial(_story, _row),
        _expected(_row),
        Mark.DOCUMENTED,
    )
