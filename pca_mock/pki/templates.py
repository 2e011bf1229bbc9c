"""The 61 certificate templates, one row each.

Sources: User Guide, "Template varieties" (names), "Template definitions" (values), "Template
order of operations" (the meaning of passthrough).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from pca_mock.pki.extensions import (
    EXTENDED_KEY_USAGES,
    Extension,
    basic_constraints,
    extended_key_usage,
    minimal_key_usage,
)


class Passthrough(enum.Flag):
    """Which sources besides the template may bring extensions (and the API a subject)."""

    BASE = 0
    CSR = enum.auto()
    API = enum.auto()


@dataclass(frozen=True, slots=True)
class Constraints:
    """The kind of a certificate: its basic constraints, and whether it signs itself."""

    extension: Extension
    is_ca: bool
    path_length: int | None
    is_root: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """The values that a template fixes. An absent extension may come from its passthrough sources.

    Attributes:
        name: with the final `/V1`, as in a template ARN.
    """

    name: str
    constraints: Constraints
    key_usage: Extension | None
    extended_key_usage: Extension | None
    passthrough: Passthrough

    def fixed(self) -> list[Extension]:
        """The template's own extensions, in the order of a certificate."""
        extensions = (self.constraints.extension, self.key_usage, self.extended_key_usage)
        return [extension for extension in extensions if extension is not None]


def _leaf(*, critical: bool) -> Constraints:
    extension = basic_constraints(ca=False, path_length=None, critical=critical)
    return Constraints(extension, is_ca=False, path_length=None)


def _ca(path_length: int | None, *, is_root: bool) -> Constraints:
    extension = basic_constraints(ca=True, path_length=path_length, critical=True)
    return Constraints(extension, is_ca=True, path_length=path_length, is_root=is_root)


NONE: Final = None
LEAF, CRITICAL_LEAF = _leaf(critical=False), _leaf(critical=True)
CA_0, CA_1, CA_2, CA_3 = (_ca(length, is_root=False) for length in range(4))
ROOT = _ca(None, is_root=True)
ROOT_0, ROOT_1, ROOT_2, ROOT_3 = (_ca(length, is_root=True) for length in range(4))

SIGN = minimal_key_usage("DigitalSignature")
# OPEN RULE ml-dsa-key-usage
SIGN_ENCIPHER = minimal_key_usage("DigitalSignature", "KeyEncipherment")
SIGN_CERTIFY = minimal_key_usage("DigitalSignature", "KeyCertSign", "CRLSign")


def _purposes(*types: str, critical: bool = False) -> Extension:
    return extended_key_usage(*(EXTENDED_KEY_USAGES[name] for name in types), critical=critical)


SERVER_AND_CLIENT = _purposes("SERVER_AUTH", "CLIENT_AUTH")
CLIENT, SERVER = _purposes("CLIENT_AUTH"), _purposes("SERVER_AUTH")
CODE_SIGNING = _purposes("CODE_SIGNING", critical=True)
OCSP_SIGNING = _purposes("OCSP_SIGNING", critical=True)

BASE, CSR, API = Passthrough.BASE, Passthrough.CSR, Passthrough.API
API_CSR = API | CSR

# User Guide, "Template varieties", in its order. The constants carry the criticality.
# fmt: off
_ROWS: Final = (
    # name, without "/V1"                                                  constraints    key usage      extended key usage passthrough
    ("CodeSigningCertificate",                                               LEAF,          SIGN,          CODE_SIGNING,      BASE),
    ("EndEntityCertificate",                                                 LEAF,          SIGN_ENCIPHER, SERVER_AND_CLIENT, BASE),
    ("EndEntityClientAuthCertificate",                                       LEAF,          SIGN_ENCIPHER, CLIENT,            BASE),
    ("EndEntityServerAuthCertificate",                                       LEAF,          SIGN_ENCIPHER, SERVER,            BASE),
    ("OCSPSigningCertificate",                                               LEAF,          SIGN,          OCSP_SIGNING,      BASE),
    ("RootCACertificate",                                                    ROOT,          SIGN_CERTIFY,  NONE,              BASE),
    ("SubordinateCACertificate_PathLen0",                                    CA_0,          SIGN_CERTIFY,  NONE,              BASE),
    ("SubordinateCACertificate_PathLen1",                                    CA_1,          SIGN_CERTIFY,  NONE,              BASE),
    ("SubordinateCACertificate_PathLen2",                                    CA_2,          SIGN_CERTIFY,  NONE,              BASE),
    ("SubordinateCACertificate_PathLen3",                                    CA_3,          SIGN_CERTIFY,  NONE,              BASE),
    ("BlankEndEntityCertificate_CSRPassthrough",                             LEAF,          NONE,          NONE,              CSR),
    ("BlankEndEntityCertificate_CriticalBasicConstraints_CSRPassthrough",    CRITICAL_LEAF, NONE,          NONE,              CSR),
    ("BlankSubordinateCACertificate_PathLen0_CSRPassthrough",                CA_0,          NONE,          NONE,              CSR),
    ("BlankSubordinateCACertificate_PathLen1_CSRPassthrough",                CA_1,          NONE,          NONE,              CSR),
    ("BlankSubordinateCACertificate_PathLen2_CSRPassthrough",                CA_2,          NONE,          NONE,              CSR),
    ("BlankSubordinateCACertificate_PathLen3_CSRPassthrough",                CA_3,          NONE,          NONE,              CSR),
    ("CodeSigningCertificate_CSRPassthrough",                                LEAF,          SIGN,          CODE_SIGNING,      CSR),
    ("EndEntityCertificate_CSRPassthrough",                                  LEAF,          SIGN_ENCIPHER, SERVER_AND_CLIENT, CSR),
    ("EndEntityClientAuthCertificate_CSRPassthrough",                        LEAF,          SIGN_ENCIPHER, CLIENT,            CSR),
    ("EndEntityServerAuthCertificate_CSRPassthrough",                        LEAF,          SIGN_ENCIPHER, SERVER,            CSR),
    ("OCSPSigningCertificate_CSRPassthrough",                                LEAF,          SIGN,          OCSP_SIGNING,      CSR),
    ("SubordinateCACertificate_PathLen0_CSRPassthrough",                     CA_0,          SIGN_CERTIFY,  NONE,              CSR),
    ("SubordinateCACertificate_PathLen1_CSRPassthrough",                     CA_1,          SIGN_CERTIFY,  NONE,              CSR),
    ("SubordinateCACertificate_PathLen2_CSRPassthrough",                     CA_2,          SIGN_CERTIFY,  NONE,              CSR),
    ("SubordinateCACertificate_PathLen3_CSRPassthrough",                     CA_3,          SIGN_CERTIFY,  NONE,              CSR),
    ("BlankEndEntityCertificate_APIPassthrough",                             LEAF,          NONE,          NONE,              API),
    ("BlankEndEntityCertificate_CriticalBasicConstraints_APIPassthrough",    CRITICAL_LEAF, NONE,          NONE,              API),
    ("BlankRootCACertificate_APIPassthrough",                                ROOT,          NONE,          NONE,              API),
    ("BlankRootCACertificate_PathLen0_APIPassthrough",                       ROOT_0,        NONE,          NONE,              API),
    ("BlankRootCACertificate_PathLen1_APIPassthrough",                       ROOT_1,        NONE,          NONE,              API),
    ("BlankRootCACertificate_PathLen2_APIPassthrough",                       ROOT_2,        NONE,          NONE,              API),
    ("BlankRootCACertificate_PathLen3_APIPassthrough",                       ROOT_3,        NONE,          NONE,              API),
    ("BlankSubordinateCACertificate_PathLen0_APIPassthrough",                CA_0,          NONE,          NONE,              API),
    ("BlankSubordinateCACertificate_PathLen1_APIPassthrough",                CA_1,          NONE,          NONE,              API),
    ("BlankSubordinateCACertificate_PathLen2_APIPassthrough",                CA_2,          NONE,          NONE,              API),
    ("BlankSubordinateCACertificate_PathLen3_APIPassthrough",                CA_3,          NONE,          NONE,              API),
    ("CodeSigningCertificate_APIPassthrough",                                LEAF,          SIGN,          CODE_SIGNING,      API),
    ("EndEntityCertificate_APIPassthrough",                                  LEAF,          SIGN_ENCIPHER, SERVER_AND_CLIENT, API),
    ("EndEntityClientAuthCertificate_APIPassthrough",                        LEAF,          SIGN_ENCIPHER, CLIENT,            API),
    ("EndEntityServerAuthCertificate_APIPassthrough",                        LEAF,          SIGN_ENCIPHER, SERVER,            API),
    ("OCSPSigningCertificate_APIPassthrough",                                LEAF,          SIGN,          OCSP_SIGNING,      API),
    ("RootCACertificate_APIPassthrough",                                     ROOT,          SIGN_CERTIFY,  NONE,              API),
    ("SubordinateCACertificate_PathLen0_APIPassthrough",                     CA_0,          SIGN_CERTIFY,  NONE,              API),
    ("SubordinateCACertificate_PathLen1_APIPassthrough",                     CA_1,          SIGN_CERTIFY,  NONE,              API),
    ("SubordinateCACertificate_PathLen2_APIPassthrough",                     CA_2,          SIGN_CERTIFY,  NONE,              API),
    ("SubordinateCACertificate_PathLen3_APIPassthrough",                     CA_3,          SIGN_CERTIFY,  NONE,              API),
    ("BlankEndEntityCertificate_APICSRPassthrough",                          LEAF,          NONE,          NONE,              API_CSR),
    ("BlankEndEntityCertificate_CriticalBasicConstraints_APICSRPassthrough", CRITICAL_LEAF, NONE,          NONE,              API_CSR),
    ("BlankSubordinateCACertificate_PathLen0_APICSRPassthrough",             CA_0,          NONE,          NONE,              API_CSR),
    ("BlankSubordinateCACertificate_PathLen1_APICSRPassthrough",             CA_1,          NONE,          NONE,              API_CSR),
    ("BlankSubordinateCACertificate_PathLen2_APICSRPassthrough",             CA_2,          NONE,          NONE,              API_CSR),
    ("BlankSubordinateCACertificate_PathLen3_APICSRPassthrough",             CA_3,          NONE,          NONE,              API_CSR),
    ("CodeSigningCertificate_APICSRPassthrough",                             LEAF,          SIGN,          CODE_SIGNING,      API_CSR),
    ("EndEntityCertificate_APICSRPassthrough",                               LEAF,          SIGN_ENCIPHER, SERVER_AND_CLIENT, API_CSR),
    ("EndEntityClientAuthCertificate_APICSRPassthrough",                     LEAF,          SIGN_ENCIPHER, CLIENT,            API_CSR),
    ("EndEntityServerAuthCertificate_APICSRPassthrough",                     LEAF,          SIGN_ENCIPHER, SERVER,            API_CSR),
    ("OCSPSigningCertificate_APICSRPassthrough",                             LEAF,          SIGN,          OCSP_SIGNING,      API_CSR),
    ("SubordinateCACertificate_PathLen0_APICSRPassthrough",                  CA_0,          SIGN_CERTIFY,  NONE,              API_CSR),
    ("SubordinateCACertificate_PathLen1_APICSRPassthrough",                  CA_1,          SIGN_CERTIFY,  NONE,              API_CSR),
    ("SubordinateCACertificate_PathLen2_APICSRPassthrough",                  CA_2,          SIGN_CERTIFY,  NONE,              API_CSR),
    ("SubordinateCACertificate_PathLen3_APICSRPassthrough",                  CA_3,          SIGN_CERTIFY,  NONE,              API_CSR),
)
# fmt: on
TEMPLATES: Final = {f"{row[0]}/V1": Template(f"{row[0]}/V1", *row[1:]) for row in _ROWS}

# Used where a request names none (API_IssueCertificate).
DEFAULT_TEMPLATE: Final = "EndEntityCertificate/V1"
