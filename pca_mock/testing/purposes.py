"""The purposes of certificates, by a word: the template and extensions for each.

Sources: User Guide, "Template definitions"; RFC 5280 section 4.2.1.3 and 4.2.1.12; RFC 8550 section
4.4 (S/MIME), RFC 3161 section 2.3 (time stamping), RFC 8813 section 3 (usage of EC keys).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from pca_mock.literals import Purpose
from pca_mock.pki.extensions import (
    EXTENDED_KEY_USAGES,
    Extension,
    extended_key_usage,
    minimal_key_usage,
)
from pca_mock.testing.words import no_such

_BLANK: Final = "BlankEndEntityCertificate_APIPassthrough"


@dataclass(frozen=True, slots=True)
class _Row:
    """How certificates for a purpose are made.

    Attributes:
        template: its name, without "/V1".
        extended_key_usage: for the blank template, which has none; others have their own.
        enciphers: whether others encrypt for the key, as mail is.
    """

    template: str
    extended_key_usage: Extension | None = None
    enciphers: bool = False


def _usage(purpose: str, *, critical: bool) -> Extension:
    return extended_key_usage(EXTENDED_KEY_USAGES[purpose], critical=critical)


PURPOSES: Final[dict[Purpose, _Row]] = {
    "server": _Row("EndEntityServerAuthCertificate"),
    "client": _Row("EndEntityClientAuthCertificate"),
    "smime": _Row(_BLANK, _usage("EMAIL_PROTECTION", critical=False), enciphers=True),
    "code_signing": _Row("CodeSigningCertificate"),
    "time_stamping": _Row(_BLANK, _usage("TIME_STAMPING", critical=True)),
    "ocsp_signing": _Row("OCSPSigningCertificate"),
}


def template_and_members(purpose: Purpose, csr: str | bytes) -> tuple[str, dict[str, Any]]:
    """How to ask IssueCertificate for a certificate for a purpose.

    Args:
        purpose: a word of the table.
        csr: the request, PEM; the service refuses one that can't be read.

    Returns:
        The name of the template, and further members of the request.

    Raises:
        ValueError: there is no such purpose.
    """
    row = PURPOSES.get(purpose)
    if row is None:
        raise ValueError(no_such("purpose", purpose, PURPOSES))
    if row.extended_key_usage is None:
        return row.template, {}
    bits = ["DigitalSignature", *(_enciphering(csr) if row.enciphers else ())]
    # Not as ApiPassthrough's KeyUsage: AWS doesn't write that one as DER, which linters report.
    extensions = [_custom(minimal_key_usage(*bits)), _custom(row.extended_key_usage)]
    return row.template, {"ApiPassthrough": {"Extensions": {"CustomExtensions": extensions}}}


def _custom(extension: Extension) -> dict[str, Any]:
    value = base64.b64encode(extension.value).decode()
    return {"ObjectIdentifier": extension.oid, "Critical": extension.critical, "Value": value}


def _enciphering(csr: str | bytes) -> list[str]:
    """The key usage for encryption, which depends on the kind of the key."""
    encoded = csr.encode() if isinstance(csr, str) else csr
    try:
        key = x509.load_pem_x509_csr(encoded).public_key()
    except ValueError:
        return []
    if isinstance(key, rsa.RSAPublicKey):
        return ["KeyEncipherment"]
    return ["KeyAgreement"] if isinstance(key, ec.EllipticCurvePublicKey) else []
