"""Whether a value is DER of its type, at every depth.

Values that are copied byte for byte must be: nobody could read a certificate with anything else.
Meanings are not checked, and neither are lengths and spellings of names. Own code, because
`cryptography` parses only some of these types, refuses harmless odd ones, and warns of others.

Sources: RFC 5280 appendix A for the types, ITU-T X.690 for the encoding of each.

Each type is a function that raises ValueError for an element that isn't of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeAlias

from pca_mock.pki import der, oids
from pca_mock.pki.der import DerError, Element

Type: TypeAlias = Callable[[Element], None]

_CONSTRUCTED: Final = 0x20
_NULL_TAG: Final = 0x05
_GREATEST_UNIVERSAL: Final = 0x3E  # constructed, in one octet
_COLLECTIONS: Final = (der.SEQUENCE, der.SET)
_DEEPEST: Final = 64  # levels of a value of a type that is not known
_MOST_OID_OCTETS, _ARC_LIMIT = 63, 1 << 128  # the arcs of UUIDs have 128 bits
_CHARACTERS: Final = {
    der.NUMERIC_STRING: re.compile(rb"[0-9 ]*"),
    der.PRINTABLE_STRING: re.compile(rb"[A-Za-z0-9 '()+,\-./:=?]*"),
    # OPEN RULE csr-teletex: T.61 and Latin-1 disagree on the other half, and so do readers.
    der.TELETEX_STRING: re.compile(rb"[\x00-\x7f]*"),
    der.VISIBLE_STRING: re.compile(rb"[ -~]*"),
}
_TIMES: Final = {
    der.UTC_TIME: re.compile(rb"\d{12}Z"),
    der.GENERALIZED_TIME: re.compile(rb"\d{14}(\.\d*[1-9])?Z"),
}


# Types without parts


def _string(element: Element) -> None:
    """A string of any type, whose octets are such a string."""
    codec = der.STRING_CODECS.get(element.tag)
    if codec is None:
        raise DerError(f"tag {element.tag:#x} where a string belongs")
    try:
        element.content.decode(codec)
    except UnicodeDecodeError as error:
        raise DerError(str(error)) from None
    allowed = _CHARACTERS.get(element.tag)
    if allowed is not None and not allowed.fullmatch(element.content):
        raise DerError("characters that the string's type doesn't have")


def _boolean(element: Element) -> None:
    if element.expect(der.BOOLEAN).content not in (b"\x00", b"\xff"):
        raise DerError("not a BOOLEAN")


def _integer(element: Element) -> None:
    content = element.expect(der.INTEGER).content
    if not content or (
        len(content) > 1
        and (content[0], content[1] & 0x80) in ((0, 0), (0xFF, 0x80))  # shorter without
    ):
        raise DerError("not an INTEGER in its shortest form")


def _count(element: Element) -> None:
    """An INTEGER (0..MAX)."""
    _integer(element)
    if element.content[0] & 0x80:
        raise DerError("a negative number")


def _bit_string(element: Element) -> None:
    content = element.expect(der.BIT_STRING).content
    if not content or content[0] > 7 or (len(content) == 1 and content[0]):
        raise DerError("not a BIT STRING")
    if content[-1] & ((1 << content[0]) - 1) and len(content) > 1:
        raise DerError("the unused bits of a BIT STRING are not zero")


def _octet_string(element: Element) -> None:
    element.expect(der.OCTET_STRING)


def _null(element: Element) -> None:
    if element.expect(_NULL_TAG).content:
        raise DerError("NULL with content")


def _oid(element: Element) -> None:
    _check_oid(der.decode_oid(element.expect(der.OID).content))


@lru_cache(maxsize=256)
def _check_oid(dotted: str) -> None:
    """Refuse an OID that is longer, or has a larger arc, than common tools read."""
    if len(der.oid_content(dotted)) > _MOST_OID_OCTETS or any(
        int(arc) >= _ARC_LIMIT for arc in dotted.split(".")
    ):
        raise DerError("an object identifier that is too long")


def _time(element: Element) -> None:
    form = _TIMES.get(element.tag)
    if form is None or not form.fullmatch(element.content):
        raise DerError("not a time")


_PRIMITIVES: Final[dict[int, Type]] = {
    der.BOOLEAN: _boolean,
    der.INTEGER: _integer,
    der.BIT_STRING: _bit_string,
    _NULL_TAG: _null,
    der.OID: _oid,
    **dict.fromkeys(der.STRING_CODECS, _string),
    **dict.fromkeys(_TIMES, _time),
}


def anything(element: Element) -> None:
    """Any value: well-formed to its last level.

    Raises:
        ValueError: it is malformed.
    """
    level = [element]
    for _ in range(_DEEPEST):
        below: list[Element] = []
        for each in level:
            if each.encoded[0] & _CONSTRUCTED:
                if each.tag <= _GREATEST_UNIVERSAL and each.tag not in _COLLECTIONS:
                    raise DerError(f"tag {each.tag:#x} is never constructed")
                below += each.children()
            elif each.tag in _PRIMITIVES:
                _PRIMITIVES[each.tag](each)
            elif each.tag | _CONSTRUCTED in _COLLECTIONS:
                raise DerError(f"tag {each.tag:#x} is always constructed")
        if not below:
            return
        level = below
    raise DerError("nested too deeply")


# Types with parts


def _sequence_of(part: Type, *, least: int = 1, tag: int = der.SEQUENCE) -> Type:
    def check(element: Element) -> None:
        parts = element.expect(tag).children()
        if len(parts) < least:
            raise DerError("too few values")
        for each in parts:
            part(each)

    return check


def _sequence(*parts: Type) -> Type:
    """A SEQUENCE of these fields; those that may be absent are made by `_optional`, and last."""

    def check(element: Element) -> None:
        elements = element.expect(der.SEQUENCE).children()
        needed = sum(not isinstance(part, _Optional) for part in parts)
        if not needed <= len(elements) <= len(parts):
            raise DerError("too few or too many fields")
        for part, each in zip(parts, elements, strict=False):
            part(each)

    return check


class _Optional:
    def __init__(self, part: Type) -> None:
        self._part = part

    def __call__(self, element: Element) -> None:
        self._part(element)


def _tagged(fields: dict[int, Type], *, least: int = 0, tag: int = der.SEQUENCE) -> Type:
    """A SEQUENCE of fields with tags of their own, in ascending order, each at most once."""

    def check(element: Element) -> None:
        elements = element.expect(tag).children()
        if len(elements) < least:
            raise DerError("too few fields")
        order = [each.tag & ~_CONSTRUCTED for each in elements]
        if any(second <= first for first, second in pairwise(order)):
            raise DerError("fields twice, or not in their order")
        for each in elements:
            _choice(fields)(each)

    return check


def _choice(alternatives: dict[int, Type]) -> Type:
    def check(element: Element) -> None:
        alternative = alternatives.get(element.tag)
        if alternative is None:
            raise DerError(f"tag {element.tag:#x} doesn't belong here")
        alternative(element)

    return check


def _explicit(part: Type) -> Type:
    """A tag around a whole value."""

    def check(element: Element) -> None:
        (inner,) = element.children()
        part(inner)

    return check


def _implicit(part: Type, tag: int) -> Type:
    """A tag in place of that of a type."""

    def check(element: Element) -> None:
        part(element._replace(tag=tag))

    return check


# Names

# RFC 5280 section 4.1.2.4: DirectoryString, and the one other string type of attributes there.
_ATTRIBUTE_STRINGS: Final = {
    *(der.UTF8_STRING, der.PRINTABLE_STRING, der.TELETEX_STRING),
    *(der.UNIVERSAL_STRING, der.BMP_STRING, der.IA5_STRING),
}
_NAMED_ATTRIBUTES: Final = {row.oid for row in oids.ATTRIBUTES}
# Attributes whose values are of one type.
_ONE_TYPE: Final = {
    oids.of("x500UniqueIdentifier"): der.BIT_STRING,
    oids.of("id-domainComponent"): der.IA5_STRING,
}


def name(element: Element) -> None:
    """A Name, of whatever attributes.

    Raises:
        ValueError: it is malformed.
    """
    for rdn in element.expect(der.SEQUENCE).children():
        _rdn(rdn.encoded)


@lru_cache(maxsize=1024)  # most RDNs come again and again
def _rdn(encoded: bytes) -> None:
    attributes = der.parse(encoded).expect(der.SET).children()
    types = set()
    for attribute in attributes:
        oid, value = attribute.expect(der.SEQUENCE).children()
        dotted = der.decode_oid(oid.expect(der.OID).content)
        _check_oid(dotted)
        types.add(dotted)
        if value.tag not in _tags_for(dotted):
            raise DerError(f"tag {value.tag:#x} for the value of {dotted}")
        _PRIMITIVES[value.tag](value)
    if not attributes or len(types) != len(attributes):
        raise DerError("an RDN without attributes, or with one twice")
    order = [attribute.encoded for attribute in attributes]
    if order != sorted(order):
        raise DerError("the values of a SET OF are not in ascending order")


def _tags_for(dotted: str) -> set[int]:
    if dotted in _ONE_TYPE:
        return {_ONE_TYPE[dotted]}
    if dotted in _NAMED_ATTRIBUTES:
        return _ATTRIBUTE_STRINGS
    return _ATTRIBUTE_STRINGS | {der.NUMERIC_STRING}


def _ascii(element: Element) -> None:
    """An IA5String with a tag of its own. In nearly every SAN, so it is made short."""
    if not element.content.isascii():
        raise DerError("not an IA5String")


_OTHER_NAME: Final = _implicit(_sequence(_oid, _choice({0xA0: _explicit(anything)})), der.SEQUENCE)
_EDI_PARTY_NAME: Final = _tagged(
    {0xA0: _explicit(_string), 0xA1: _explicit(_string)}, least=1, tag=0xA5
)


def _address_of(*lengths: int) -> Type:
    def check(element: Element) -> None:
        if len(element.content) not in lengths:
            raise DerError("not the length of an address")

    return check


def _network(element: Element) -> None:
    """An address and a mask of the same length: ones, then zeros (RFC 4632)."""
    _address_of(8, 32)(element)
    half = len(element.content) // 2
    mask = f"{int.from_bytes(element.content[half:], 'big'):0{8 * half}b}"
    if "01" in mask:
        raise DerError("a mask that is no prefix")


def _general_names_of(address: Type) -> dict[int, Type]:
    return {
        0xA0: _OTHER_NAME,
        0x81: _ascii,  # rfc822Name
        0x82: _ascii,  # dNSName
        0xA3: anything,  # x400Address
        0xA4: _explicit(name),
        0xA5: _EDI_PARTY_NAME,
        0x86: _ascii,  # uniformResourceIdentifier
        0x87: address,
        0x88: _implicit(_oid, der.OID),
    }


_GENERAL_NAME: Final = _choice(_general_names_of(_address_of(4, 16)))
_GENERAL_NAMES: Final = _sequence_of(_GENERAL_NAME)
_SUBTREE: Final = _sequence(_choice(_general_names_of(_network)))
NAME_CONSTRAINTS: Final = _tagged(
    {tag: _sequence_of(_SUBTREE, tag=tag) for tag in (0xA0, 0xA1)}, least=1
)


# Extensions

_LABELLED_NAMES: Final = _implicit(_GENERAL_NAMES, der.SEQUENCE)


def _labelled_rdn(element: Element) -> None:
    _rdn(der.tlv(der.SET, element.content))


_DISTRIBUTION_POINT: Final = _tagged(
    {
        0xA0: _explicit(_choice({0xA0: _LABELLED_NAMES, 0xA1: _labelled_rdn})),
        0x81: _implicit(_bit_string, der.BIT_STRING),
        0xA2: _LABELLED_NAMES,
    },
    least=1,
)
_DISPLAY_TEXT: Final = _choice(
    dict.fromkeys((der.IA5_STRING, der.VISIBLE_STRING, der.BMP_STRING, der.UTF8_STRING), _string)
)
_NOTICE_REFERENCE: Final = _sequence(_DISPLAY_TEXT, _sequence_of(_integer))


def _user_notice(element: Element) -> None:
    fields = element.expect(der.SEQUENCE).children()
    if fields and fields[0].tag == der.SEQUENCE:
        _NOTICE_REFERENCE(fields.pop(0))
    if fields:
        _DISPLAY_TEXT(fields.pop(0))
    if fields:
        raise DerError("too many fields in a user notice")


def _ia5_string(element: Element) -> None:
    _string(element.expect(der.IA5_STRING))


_QUALIFIERS: Final[dict[str, Type]] = {
    oids.of("id-qt-cps"): _ia5_string,
    oids.of("id-qt-unotice"): _user_notice,
}


def _qualifier(element: Element) -> None:
    oid, value = element.expect(der.SEQUENCE).children()
    _oid(oid)
    check = _QUALIFIERS.get(der.decode_oid(oid.content))
    if check is None:  # RFC 5280 has no others
        raise DerError("a policy qualifier of another kind")
    check(value)


_ACCESS: Final = _sequence_of(_sequence(_oid, _GENERAL_NAME))
_TYPES: Final[dict[str, Type]] = {
    oids.of("id-ce-authorityKeyIdentifier"): _tagged(
        {
            0x80: _implicit(_octet_string, der.OCTET_STRING),
            0xA1: _LABELLED_NAMES,
            0x82: _implicit(_integer, der.INTEGER),
        }
    ),
    oids.of("id-ce-subjectKeyIdentifier"): _octet_string,
    oids.of("id-ce-keyUsage"): _bit_string,
    oids.of("id-ce-certificatePolicies"): _sequence_of(
        _sequence(_oid, _Optional(_sequence_of(_qualifier)))
    ),
    oids.of("id-ce-policyMappings"): _sequence_of(_sequence(_oid, _oid)),
    oids.of("id-ce-subjectAltName"): _GENERAL_NAMES,
    oids.of("id-ce-issuerAltName"): _GENERAL_NAMES,
    oids.of("id-ce-subjectDirectoryAttributes"): _sequence_of(
        _sequence(_oid, _sequence_of(anything, tag=der.SET))
    ),
    oids.of("id-ce-nameConstraints"): NAME_CONSTRAINTS,
    oids.of("id-ce-policyConstraints"): _tagged(
        {tag: _implicit(_count, der.INTEGER) for tag in (0x80, 0x81)}, least=1
    ),
    oids.of("id-ce-extKeyUsage"): _sequence_of(_oid),
    oids.of("id-ce-cRLDistributionPoints"): _sequence_of(_DISTRIBUTION_POINT),
    oids.of("id-ce-inhibitAnyPolicy"): _count,
    oids.of("id-ce-freshestCRL"): _sequence_of(_DISTRIBUTION_POINT),
    oids.of("id-pe-authorityInfoAccess"): _ACCESS,
    oids.of("id-pe-subjectInfoAccess"): _ACCESS,
    oids.of("id-pe-tlsfeature"): _sequence_of(_count),
}


def extension(oid: str, value: bytes) -> None:
    """An extension's OID, and a value of its type; any value where the type isn't known.

    Raises:
        ValueError: it is malformed.
    """
    _check_oid(oid)
    _TYPES.get(oid, anything)(der.parse(value))
