"""Distinguished names that were received: compared with one another, and as text.

A Name is read whether or not its values are those that RFC 5280 allows: nothing here fails on
one that is DER. Sources: RFC 5280 section 7.1; RFC 2253 and 4514.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from pca_mock.pki import der, oids

_Value = str | bytes  # text, or the DER of a value that is no text

# RFC 2253 section 2.3 has no others.
_KEYWORDS: Final = {
    oid: keyword
    for oid, keyword in oids.readable(oids.ATTRIBUTES).items()
    if keyword in {"CN", "L", "ST", "O", "OU", "C", "STREET", "DC", "UID"}
}
# Types that Java 17 takes for text; it reads the octets of all of these as UTF-8.
_JAVA_STRINGS: Final = {
    der.UTF8_STRING,
    der.PRINTABLE_STRING,
    der.TELETEX_STRING,
    der.IA5_STRING,
    der.GENERAL_STRING,
    der.BMP_STRING,
}
_JAVA_SPECIAL: Final = re.compile(r'[,=+<>#;"\\]')
_JAVA_EDGES: Final = re.compile(r"\A[ \r]+|[ \r]+\Z")
_SPECIAL: Final = re.compile(r'[,+"\\<>;]|\A[ #]| \Z')


def text_of(value: der.Element) -> str | None:
    """The text of a string type; None for other types. Octets that it cannot have are replaced."""
    codec = der.STRING_CODECS.get(value.tag)
    return None if codec is None else value.content.decode(codec, "replace")


def attributes(name: bytes) -> Counter[tuple[str, _Value]]:
    """The number of each attribute in a Name: (OID, text), whatever the order and string types."""
    return Counter(_attribute(attribute) for rdn in _rdns(name) for attribute in rdn)


def comparable(name: bytes) -> list[frozenset[tuple[str, _Value]]]:
    """The RDNs of a Name, in which text has no case, no string type and no surplus blanks.

    Source: RFC 5280 section 7.1.
    """
    return [frozenset(map(_caseless, rdn)) for rdn in _rdns(name)]


def are_equal(name: bytes, other: bytes) -> bool:
    """Whether two Names are equal by RFC 5280 section 7.1."""
    return name == other or comparable(name) == comparable(other)


def _rdns(name: bytes) -> list[list[der.Element]]:
    return [rdn.children() for rdn in der.parse(name).expect(der.SEQUENCE).children()]


def _attribute(attribute: der.Element) -> tuple[str, _Value]:
    oid, value = attribute.children()
    text = text_of(value)
    return der.decode_oid(oid.content), value.encoded if text is None else text


def _caseless(attribute: der.Element) -> tuple[str, _Value]:
    oid, value = _attribute(attribute)
    return oid, " ".join(value.casefold().split()) if isinstance(value, str) else value


# OPEN RULE report-subjects
def rfc2253(name: bytes) -> str:
    """A Name as Java's X500Principal writes it: last RDN first, unknown types as hex of their DER.

    Source: User Guide, "Using audit reports" (its samples); compared with Java 17.
    """
    rdns = ["+".join(map(_in_java, rdn)) for rdn in _rdns(name)]
    return ",".join(reversed(rdns))


def _in_java(attribute: der.Element) -> str:
    oid, value = attribute.children()
    dotted = der.decode_oid(oid.content)
    if dotted not in _KEYWORDS or value.tag not in _JAVA_STRINGS:
        return f"{_KEYWORDS.get(dotted, dotted)}=#{value.encoded.hex()}"
    text = _JAVA_SPECIAL.sub(r"\\\g<0>", value.content.decode("utf-8", "replace"))
    text = _JAVA_EDGES.sub(lambda blanks: "".join(f"\\{each}" for each in blanks[0]), text)
    return f"{_KEYWORDS[dotted]}={text.replace(chr(0), chr(92) + '00')}"


def rfc4514(name: bytes) -> str:
    """A Name as RFC 4514 writes it, as `cryptography` does: last RDN first.

    Other types of attributes than the RFC's nine have a dotted OID for a name.
    """
    rdns = ["+".join(map(_in_rfc4514, rdn)) for rdn in _rdns(name)]
    return ",".join(reversed(rdns))


def _in_rfc4514(attribute: der.Element) -> str:
    dotted, value = _attribute(attribute)
    keyword = _KEYWORDS.get(dotted, dotted)
    if isinstance(value, bytes):
        return f"{keyword}=#{value.hex()}"
    text = _SPECIAL.sub(r"\\\g<0>", value)
    return f"{keyword}={text.replace(chr(0), chr(92) + '00')}"
