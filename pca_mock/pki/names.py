"""ASN1Subject and GeneralName of the API, written as RFC 5280 Name and GeneralName.

Sources: API_ASN1Subject, API_CustomAttribute, API_GeneralName; RFC 5280 sections 4.1.2.4, 4.2.1.6.
Which DER string type AWS gives an attribute was read off certificates that it issued.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from pca_mock.errors import InvalidArgsException
from pca_mock.pki import der, oids

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import (
        ASN1SubjectUnionTypeDef,
        EdiPartyNameTypeDef,
        GeneralNameUnionTypeDef,
        OtherNameTypeDef,
    )

# OPEN RULE api-string-types
# Every other attribute is a UTF8String.
_STRING_TYPES: Final = {
    oids.of("id-at-countryName"): der.PRINTABLE_STRING,
    oids.of("id-at-dnQualifier"): der.PRINTABLE_STRING,
    oids.of("id-at-serialNumber"): der.PRINTABLE_STRING,
    oids.of("id-domainComponent"): der.IA5_STRING,
    oids.of("id-emailAddress"): der.IA5_STRING,
}
# (member, OID, string type): their order is that of the RDNs, whatever order the caller used.
_ATTRIBUTES: Final = [
    (member, oid, _STRING_TYPES.get(oid, der.UTF8_STRING))
    for member, oid in oids.by_api(oids.ATTRIBUTES).items()
]
_COUNTRY: Final = oids.of("id-at-countryName")
_NOT_PRINTABLE: Final = re.compile(r"[^A-Za-z0-9 '()+,\-./:=?]")
EMPTY_NAME: Final = der.sequence()


def subject(value: ASN1SubjectUnionTypeDef) -> bytes:
    """Write an ASN1Subject as a Name: DER, one attribute per RDN.

    Members that are empty strings are treated as absent; without any member the name is empty.

    Raises:
        InvalidArgsException: standard members and CustomAttributes together, or a custom value
            that its attribute's string type cannot hold.
    """
    members: Mapping[str, Any] = value
    # OPEN RULE api-empty-strings
    standard = [(oid, tag, members[m]) for m, oid, tag in _ATTRIBUTES if members.get(m)]
    custom = value.get("CustomAttributes", ())
    # OPEN RULE api-mixed-subject
    if standard and custom:
        raise InvalidArgsException("CustomAttributes cannot be combined with standard attributes.")
    rdns = [_rdn(oid, der.tlv(tag, text.encode())) for oid, tag, text in standard]
    rdns += [_custom_rdn(der.plain_oid(item["ObjectIdentifier"]), item["Value"]) for item in custom]
    return der.sequence(*rdns)


def _rdn(oid: str, value: bytes) -> bytes:
    return der.tlv(der.SET, der.sequence(der.oid(oid), value))


# OPEN RULE api-custom-values
def _custom_rdn(oid: str, text: str) -> bytes:
    tag = _STRING_TYPES.get(oid, der.UTF8_STRING)
    if (
        (tag == der.PRINTABLE_STRING and _NOT_PRINTABLE.search(text))
        or (tag == der.IA5_STRING and not text.isascii())
        or (oid == _COUNTRY and len(text) != 2)
    ):
        raise InvalidArgsException(f"The value of custom attribute {oid} is not valid: {text}")
    return _rdn(oid, der.tlv(tag, text.encode()))


# OPEN RULE api-general-names
def general_name(value: GeneralNameUnionTypeDef, where: str) -> bytes:
    """Write a GeneralName: DER.

    Args:
        value: the structure of the API.
        where: the member's path, for the error.

    Raises:
        InvalidArgsException: not exactly one name, or one that its kind cannot hold.
    """
    if len(value) != 1:
        raise InvalidArgsException(f"{where} must contain exactly one name.")
    ((kind, name),) = value.items()
    try:
        return _GENERAL_NAMES[kind](name)
    except ValueError:
        raise InvalidArgsException(f"{where}.{kind} is not valid: {name}") from None


# OPEN RULE api-other-name
def _other_name(value: OtherNameTypeDef) -> bytes:
    text = der.tlv(der.UTF8_STRING, value["Value"].encode())
    return der.context(0, der.oid(value["TypeId"]) + der.context(0, text))


def _directory_name(value: ASN1SubjectUnionTypeDef) -> bytes:
    name = subject(value)
    if name == EMPTY_NAME:
        raise ValueError("no attribute")
    return der.context(4, name)  # a CHOICE, so the tag is explicit


# OPEN RULE api-edi-party
def _edi_party_name(value: EdiPartyNameTypeDef) -> bytes:
    # DirectoryString is a CHOICE too: explicit tags inside (RFC 5280 appendix A.2).
    parts = [
        der.context(number, der.tlv(der.UTF8_STRING, text.encode()))
        for number, text in enumerate((value.get("NameAssigner"), value["PartyName"]))
        if text is not None
    ]
    return der.context(5, b"".join(parts))


def _ip_address(value: str) -> bytes:
    if "%" in value:
        raise ValueError("a zone is no part of an address")
    return der.context(7, ipaddress.ip_address(value).packed, constructed=False)


def _registered_id(value: str) -> bytes:
    return der.context(8, der.oid_content(value), constructed=False)


def _ia5(number: int) -> Callable[[str], bytes]:
    def write(value: str) -> bytes:
        if not value or not value.isascii():
            raise ValueError("not an IA5String")
        return der.context(number, value.encode("ascii"), constructed=False)

    return write


_GENERAL_NAMES: Final[dict[str, Callable[[Any], bytes]]] = {
    "OtherName": _other_name,
    "Rfc822Name": _ia5(1),
    "DnsName": _ia5(2),
    "DirectoryName": _directory_name,
    "EdiPartyName": _edi_party_name,
    "UniformResourceIdentifier": _ia5(6),
    "IpAddress": _ip_address,
    "RegisteredId": _registered_id,
}
