"""Certificate extensions: from the API's structures, from keys, from a CA's configuration.

Sources: API_Extensions and the pages of its members, API_CsrExtensions; RFC 5280 section 4.2;
User Guide, "Template definitions". Byte forms were read off certificates that AWS issued.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from pca_mock.errors import InvalidArgsException
from pca_mock.pki import der, names, oids

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import (
        AccessDescriptionOutputTypeDef,
        AccessDescriptionTypeDef,
        CsrExtensionsOutputTypeDef,
        CsrExtensionsTypeDef,
        ExtendedKeyUsageTypeDef,
        ExtensionsTypeDef,
        GeneralNameUnionTypeDef,
        KeyUsageTypeDef,
        PolicyInformationTypeDef,
    )

_OCSP: Final = oids.of("id-ad-ocsp")
_CPS: Final = oids.of("id-qt-cps")

# KeyUsage members with readable words, bit 0 first (RFC 5280 section 4.2.1.3).
KEY_USAGES: Final = {
    "DigitalSignature": "digital signature",
    "NonRepudiation": "non-repudiation",
    "KeyEncipherment": "key encipherment",
    "DataEncipherment": "data encipherment",
    "KeyAgreement": "key agreement",
    "KeyCertSign": "certificate signing",
    "CRLSign": "CRL signing",
    "EncipherOnly": "encipher only",
    "DecipherOnly": "decipher only",
}
EXTENDED_KEY_USAGES: Final = oids.by_api(oids.PURPOSES)
_ACCESS_METHODS: Final = oids.by_api(oids.ACCESS_METHODS)


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension: dotted OID, critical flag, and the bytes inside its OCTET STRING."""

    oid: str
    critical: bool
    value: bytes

    def encode(self) -> bytes:
        """The Extension of RFC 5280 section 4.1: DER. A false flag is left out (DEFAULT)."""
        return _encoded(self.oid, self.critical, self.value)


@lru_cache(maxsize=256)  # those of templates and issuers come again and again
def _encoded(oid: str, critical: bool, value: bytes) -> bytes:
    flag = der.boolean(True) if critical else b""
    return der.sequence(der.oid(oid), flag, der.octet_string(value))


def encode_all(extensions: Sequence[Extension]) -> bytes:
    """Extensions of RFC 5280 section 4.1: the SEQUENCE OF, DER."""
    return der.sequence(*[extension.encode() for extension in extensions])


def decode_all(encoded: der.Element) -> list[Extension]:
    """The extensions in a received SEQUENCE OF Extension, values untouched.

    Raises:
        DerError: not that structure.
    """
    extensions = []
    for item in encoded.expect(der.SEQUENCE).children():
        oid, *flags, value = item.expect(der.SEQUENCE).children()
        if len(flags) > 1:
            raise der.DerError("an extension has one critical flag")
        critical = any(flag.expect(der.BOOLEAN).content != b"\x00" for flag in flags)
        oid.expect(der.OID), value.expect(der.OCTET_STRING)
        extensions.append(Extension(der.decode_oid(oid.content), critical, value.content))
    return extensions


def basic_constraints(*, ca: bool, path_length: int | None, critical: bool) -> Extension:
    """RFC 5280 section 4.2.1.9; `CA:FALSE` is an empty SEQUENCE."""
    limit = b"" if path_length is None else der.integer(path_length)
    value = der.sequence(der.boolean(True), limit) if ca else der.sequence()
    return Extension(oids.BASIC_CONSTRAINTS, critical, value)


def subject_key_identifier(key_identifier: bytes) -> Extension:
    """RFC 5280 section 4.2.1.2."""
    return Extension(oids.SUBJECT_KEY_IDENTIFIER, False, der.octet_string(key_identifier))


@lru_cache(maxsize=256)
def authority_key_identifier(key_identifier: bytes) -> Extension:
    """RFC 5280 section 4.2.1.1, with only keyIdentifier."""
    value = der.sequence(der.context(0, key_identifier, constructed=False))
    return Extension(oids.AUTHORITY_KEY_IDENTIFIER, False, value)


def minimal_key_usage(*bits: str) -> Extension:
    """Key usage as templates have it: critical, unused trailing bits cut off (DER)."""
    number = _key_usage_number(dict.fromkeys(bits, True))
    unused = (number & -number).bit_length() - 1
    octets = number.to_bytes(2, "big")
    if unused >= 8:
        octets, unused = octets[:1], unused - 8
    return Extension(oids.KEY_USAGE, True, der.bit_string(octets, unused))


def nine_bit_key_usage(value: KeyUsageTypeDef) -> Extension | None:
    """Key usage as the API's structure gives it: critical, always nine bits; none if all are false.

    AWS doesn't cut trailing zero bits off here, as DER would (User Guide, "Matter").
    """
    number = _key_usage_number(value)
    # OPEN RULE api-no-key-usage
    if number == 0:
        return None
    return Extension(oids.KEY_USAGE, True, der.bit_string(number.to_bytes(2, "big"), 7))


def _key_usage_number(value: Any) -> int:
    return sum(0x8000 >> bit for bit, name in enumerate(KEY_USAGES) if value.get(name))


# OPEN RULE api-purposes-twice
def extended_key_usage(*purposes: str, critical: bool = False) -> Extension:
    """RFC 5280 section 4.2.1.12, purposes (OIDs) in the given order, each once."""
    encoded = (der.oid(purpose) for purpose in dict.fromkeys(purposes))
    return Extension(oids.EXTENDED_KEY_USAGE, critical, der.sequence(*encoded))


def subject_alternative_name(
    items: Sequence[GeneralNameUnionTypeDef], *, critical: bool
) -> Extension:
    """RFC 5280 section 4.2.1.6, names in the given order.

    Raises:
        InvalidArgsException: an item doesn't have exactly one name that its kind can hold.
    """
    encoded = [
        names.general_name(item, f"SubjectAlternativeNames[{index}]")
        for index, item in enumerate(items)
    ]
    return Extension(oids.SUBJECT_ALTERNATIVE_NAME, critical, der.sequence(*encoded))


def crl_distribution_point(uri: str) -> Extension:
    """RFC 5280 section 4.2.1.13: one distribution point, one fullName URI."""
    return Extension(
        oids.CRL_DISTRIBUTION_POINTS, False, der.sequence(der.sequence(full_name(uri)))
    )


def full_name(uri: str) -> bytes:
    """The field distributionPoint of RFC 5280 section 4.2.1.13 with one fullName URI: DER."""
    return der.context(0, der.context(0, der.context(6, uri.encode(), constructed=False)))


def ocsp_access(uri: str) -> Extension:
    """RFC 5280 section 4.2.2.1: authority information access with one OCSP responder."""
    name = der.context(6, uri.encode(), constructed=False)
    value = der.sequence(der.sequence(der.oid(_OCSP), name))
    return Extension(oids.AUTHORITY_INFORMATION_ACCESS, False, value)


def subject_information_access(
    items: Sequence[AccessDescriptionTypeDef | AccessDescriptionOutputTypeDef],
) -> Extension:
    """RFC 5280 section 4.2.2.2, descriptions in the given order.

    Raises:
        InvalidArgsException: an item doesn't have exactly one method and one location.
    """
    descriptions = []
    for index, item in enumerate(items):
        where = f"SubjectInformationAccess[{index}]"
        oid = _one_of(
            item["AccessMethod"],
            "AccessMethodType",
            "CustomObjectIdentifier",
            _ACCESS_METHODS,
            f"{where}.AccessMethod",
        )
        location = names.general_name(item["AccessLocation"], f"{where}.AccessLocation")
        descriptions.append(der.sequence(der.oid(oid), location))
    return Extension(oids.SUBJECT_INFORMATION_ACCESS, False, der.sequence(*descriptions))


# OPEN RULE api-choices
def _one_of(value: Any, named: str, by_oid: str, table: dict[str, str], where: str) -> str:
    """The OID that a structure has either by name or in dotted form."""
    if len(value) != 1:
        raise InvalidArgsException(f"{where} must contain exactly one of {named} and {by_oid}.")
    return table[value[named]] if named in value else der.plain_oid(value[by_oid])


# OPEN RULE ca-csr
def for_csr(requested: CsrExtensionsTypeDef | CsrExtensionsOutputTypeDef) -> list[Extension]:
    """The extensions in a CA's own CSR: critical `CA:TRUE`, and those that the caller requests.

    Raises:
        InvalidArgsException: a faulty access description.
    """
    extensions = [basic_constraints(ca=True, path_length=None, critical=True)]
    if key_usage := nine_bit_key_usage(requested.get("KeyUsage", {})):
        extensions.append(key_usage)
    if access := requested.get("SubjectInformationAccess"):
        extensions.append(subject_information_access(access))
    return extensions


def _structured(requested: ExtensionsTypeDef, *, empty_subject: bool) -> Iterator[Extension]:
    if key_usage := nine_bit_key_usage(requested.get("KeyUsage", {})):
        yield key_usage
    if purposes := requested.get("ExtendedKeyUsage"):
        yield extended_key_usage(
            *(_purpose(item, f"ExtendedKeyUsage[{i}]") for i, item in enumerate(purposes))
        )
    if alternative_names := requested.get("SubjectAlternativeNames"):
        # OPEN RULE api-san-critical
        # RFC 5280 section 4.2.1.6: critical where the subject is empty.
        yield subject_alternative_name(alternative_names, critical=empty_subject)
    if policies := requested.get("CertificatePolicies"):
        yield _certificate_policies(policies)


def _purpose(item: ExtendedKeyUsageTypeDef, where: str) -> str:
    return _one_of(
        item,
        "ExtendedKeyUsageType",
        "ExtendedKeyUsageObjectIdentifier",
        EXTENDED_KEY_USAGES,
        where,
    )


# OPEN RULE api-policies
def _certificate_policies(policies: Sequence[PolicyInformationTypeDef]) -> Extension:
    policy_oids = {der.plain_oid(policy["CertPolicyId"]) for policy in policies}
    if len(policy_oids) != len(policies):
        raise InvalidArgsException("CertificatePolicies must not repeat a CertPolicyId.")
    informations = []
    for policy in policies:
        qualifiers = []
        for qualifier in policy.get("PolicyQualifiers", ()):
            uri = qualifier["Qualifier"]["CpsUri"]
            if not uri or not uri.isascii():
                raise InvalidArgsException(f"CpsUri is not valid: {uri}")
            qualifiers.append(
                der.sequence(der.oid(_CPS), der.tlv(der.IA5_STRING, uri.encode("ascii")))
            )
        listed = der.sequence(*qualifiers) if qualifiers else b""
        informations.append(der.sequence(der.oid(policy["CertPolicyId"]), listed))
    return Extension(oids.CERTIFICATE_POLICIES, False, der.sequence(*informations))


def passed_through(
    requested: ExtensionsTypeDef, *, empty_subject: bool
) -> tuple[list[Extension], list[Extension]]:
    """The extensions of an ApiPassthrough: (from structured members, custom ones in their order).

    Args:
        requested: `ApiPassthrough["Extensions"]`.
        empty_subject: whether the certificate's subject will be empty.

    Raises:
        InvalidArgsException: a faulty structure, or the same extension twice.
    """
    structured = list(_structured(requested, empty_subject=empty_subject))
    custom = [
        Extension(
            der.plain_oid(item["ObjectIdentifier"]),
            item.get("Critical", False),
            base64.b64decode(item["Value"]),
        )
        for item in requested.get("CustomExtensions", ())
    ]
    all_oids = [extension.oid for extension in (*structured, *custom)]
    for oid in all_oids:
        # OPEN RULE api-extension-twice
        if all_oids.count(oid) > 1:
            raise InvalidArgsException(f"The extension {oid} is given more than once.")
    return structured, custom
