"""DER (ITU-T X.690), as much of it as X.509 needs.

AWS copies names, keys and extensions byte for byte. `cryptography` encodes them again: a compressed
point of an EC key comes out uncompressed, a key usage of nine bits shortened, and it refuses a SAN
with an ediPartyName. So values are written here, and received ones are cut out unchanged.
"""

from __future__ import annotations

from datetime import datetime, timezone
from functools import lru_cache
from typing import Final, NamedTuple

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OID, ENUMERATED = 0x01, 0x02, 0x03, 0x04, 0x06, 0x0A
UTF8_STRING, NUMERIC_STRING, PRINTABLE_STRING, TELETEX_STRING = 0x0C, 0x12, 0x13, 0x14
IA5_STRING, VISIBLE_STRING, GENERAL_STRING = 0x16, 0x1A, 0x1B
UNIVERSAL_STRING, BMP_STRING = 0x1C, 0x1E
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31
NULL = b"\x05\x00"  # the one value that the type has
# String types, with Python's codec for them.
STRING_CODECS: Final = {
    UTF8_STRING: "utf-8",
    NUMERIC_STRING: "ascii",
    PRINTABLE_STRING: "ascii",
    TELETEX_STRING: "latin-1",
    IA5_STRING: "ascii",
    VISIBLE_STRING: "ascii",
    UNIVERSAL_STRING: "utf-32-be",
    BMP_STRING: "utf-16-be",
}
_MOST_TAG_OCTETS = 5


class DerError(ValueError):
    """The bytes are not the DER that was expected."""


def tlv(tag: int, content: bytes) -> bytes:
    """One value: identifier octet, length, content."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def sequence(*parts: bytes) -> bytes:
    """SEQUENCE or SEQUENCE OF: the encoded parts in order."""
    return tlv(SEQUENCE, b"".join(parts))


def context(number: int, content: bytes, *, constructed: bool = True) -> bytes:
    """A context-specific tag: EXPLICIT around an encoded value, or IMPLICIT around content."""
    return tlv((0xA0 if constructed else 0x80) | number, content)


def boolean(value: bool) -> bytes:
    """BOOLEAN; DER writes TRUE as 0xFF."""
    return tlv(BOOLEAN, b"\xff" if value else b"\x00")


def integer(value: int) -> bytes:
    """INTEGER, not negative; shortest form, with a leading zero octet where the top bit is set."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def decode_integer(content: bytes) -> int:
    """The number that an INTEGER's content octets are, which may be negative.

    Raises:
        DerError: empty, or not in its shortest form.
    """
    value = int.from_bytes(content, "big", signed=True)
    magnitude = value if value >= 0 else ~value
    if len(content) != magnitude.bit_length() // 8 + 1:
        raise DerError("bad integer")
    return value


def bit_string(content: bytes, unused_bits: int = 0) -> bytes:
    """BIT STRING of whole octets, the last `unused_bits` bits of which are padding."""
    return tlv(BIT_STRING, bytes((unused_bits,)) + content)


def octet_string(content: bytes) -> bytes:
    """OCTET STRING."""
    return tlv(OCTET_STRING, content)


@lru_cache(maxsize=1024)
def oid_content(dotted: str) -> bytes:
    """The content octets of an OBJECT IDENTIFIER in dotted form."""
    first, second, *rest = map(int, dotted.split("."))
    content = bytearray()
    for arc in (first * 40 + second, *rest):
        octets = [arc & 0x7F]
        while arc := arc >> 7:
            octets.append(0x80 | arc & 0x7F)
        content.extend(reversed(octets))
    return bytes(content)


def plain_oid(dotted: str) -> str:
    """The one dotted form of an OBJECT IDENTIFIER: the API accepts arcs with leading zeros."""
    return ".".join(str(int(arc)) for arc in dotted.split("."))


@lru_cache(maxsize=1024)
def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER from its dotted form."""
    return tlv(OID, oid_content(dotted))


def enumerated(value: int) -> bytes:
    """ENUMERATED, not negative."""
    return tlv(ENUMERATED, integer(value)[2:])


def generalized_time(moment: datetime) -> bytes:
    """GeneralizedTime of a UTC moment in whole seconds."""
    return tlv(GENERALIZED_TIME, b"%04d" % moment.year + _after_the_year(moment))


def time(moment: datetime) -> bytes:
    """Time of RFC 5280 section 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050."""
    if 1950 <= moment.year < 2050:
        return tlv(UTC_TIME, b"%02d" % (moment.year % 100) + _after_the_year(moment))
    return generalized_time(moment)


def _after_the_year(moment: datetime) -> bytes:
    # strftime takes ten times as long.
    parts = (moment.month, moment.day, moment.hour, moment.minute, moment.second)
    return b"%02d%02d%02d%02d%02dZ" % parts


def decode_time(element: Element) -> datetime:
    """The UTC moment of a Time of RFC 5280 section 4.1.2.5.

    Raises:
        DerError: it isn't one.
    """
    form = "%Y%m%d%H%M%SZ"
    try:
        digits = element.content.decode("ascii")
        if element.tag == UTC_TIME:
            digits = f"{'19' if digits >= '50' else '20'}{digits}"
        moment = datetime.strptime(digits, form).replace(tzinfo=timezone.utc)
    except ValueError as error:
        raise DerError(f"not a time: {error}") from None
    if element != parse(time(moment)) and element != parse(generalized_time(moment)):
        raise DerError("a time in another form than RFC 5280 has")
    return moment


class Element(NamedTuple):
    """A value that was read: its tag, its content, and all its bytes (`encoded`)."""

    tag: int
    content: bytes
    encoded: bytes

    def children(self) -> list[Element]:
        """The values inside a constructed one.

        Raises:
            DerError: the content is not a run of complete values.
        """
        return _elements(self.content)

    def expect(self, tag: int) -> Element:
        """This element, if it has the tag.

        Raises:
            DerError: it has another one.
        """
        if self.tag != tag:
            raise DerError(f"tag {self.tag:#x} where {tag:#x} belongs")
        return self


def parse(data: bytes) -> Element:
    """Read one value that fills the data to its end.

    Raises:
        DerError: truncated, not DER, or followed by more bytes.
    """
    elements = _elements(data)
    if len(elements) != 1:
        raise DerError("not one value, but nothing or several")
    return elements[0]


def _elements(data: bytes) -> list[Element]:
    """The values that follow one another in the data. In one loop: everything is read here."""
    elements = []
    start, total = 0, len(data)
    while start < total:
        position = start + 2
        if position > total:
            raise DerError("truncated")
        tag, length = data[start], data[start + 1]
        if tag & 0x1F == 0x1F:  # nothing of RFC 5280 has such a tag, but private extensions may
            tag, position = _long_tag(data, start)
            length = data[position - 1]
        if length >= 0x80:
            octets = data[position : position + (length & 0x7F)]
            if len(octets) != length & 0x7F or not octets or octets[0] == 0 or len(octets) > 4:
                raise DerError("bad length")
            position += len(octets)
            length = int.from_bytes(octets, "big")
            if length < 0x80:
                raise DerError("length not in its shortest form")
        end = position + length
        if end > total:
            raise DerError("truncated")
        elements.append(Element(tag, data[position:end], data[start:end]))
        start = end
    return elements


def _long_tag(data: bytes, start: int) -> tuple[int, int]:
    """A tag of several octets as one number, and the position behind the first length octet."""
    position = start + 1
    while position < len(data) and data[position] & 0x80:
        position += 1
    octets = data[start : position + 1]
    if position + 1 >= len(data) or len(octets) > _MOST_TAG_OCTETS:
        raise DerError("truncated, or a tag that is too long")
    if octets[1] == 0x80 or (len(octets) == 2 and octets[1] < 0x1F):
        raise DerError("tag not in its shortest form")
    return int.from_bytes(octets, "big"), position + 2


@lru_cache(maxsize=1024)
def decode_oid(content: bytes) -> str:
    """The dotted form of an OBJECT IDENTIFIER's content octets.

    Raises:
        DerError: empty, its last arc is cut off, or an arc begins with zeros.
    """
    if not content or content[-1] & 0x80:
        raise DerError("bad object identifier")
    arcs, arc = [], 0
    for octet in content:
        if octet == 0x80 and not arc:
            raise DerError("object identifier not in its shortest form")
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))
