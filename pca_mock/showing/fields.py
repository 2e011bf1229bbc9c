"""A certificate's fields, in words for people.

They are read from its DER, extension by extension, so that one which nobody understands spoils no
other. Source: RFC 5280 section 4.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pca_mock.pki import der, dn, oids
from pca_mock.pki.algorithms import SIGNING_ALGORITHMS
from pca_mock.pki.extensions import KEY_USAGES
from pca_mock.showing.words import algorithm, printable

_MOST_VALUES: Final = 40  # of one extension
_MOST_BYTES: Final = 256  # of a value that is shown as hex
_KEYS: Final = oids.readable(oids.KEYS)
_RSA: Final = oids.of("rsaEncryption")
_ATTRIBUTES: Final = oids.readable(oids.ATTRIBUTES)
_LABELS: Final = oids.readable(oids.EXTENSIONS)
_PURPOSES: Final = oids.readable(oids.PURPOSES)
_ACCESS_METHODS: Final = oids.readable(oids.ACCESS_METHODS)
_CPS: Final = oids.of("id-qt-cps")
_ANY_POLICY: Final = oids.of("anyPolicy")


@dataclass(frozen=True, slots=True)
class ShownExtension:
    """An extension: its name or, if that is unknown, its OID; and its value in parts."""

    name: str
    critical: bool
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Fields:
    """A certificate's contents; times are UTC, the serial number is hex."""

    subject: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    key: str
    signature: str
    extensions: list[ShownExtension]


def read(certificate: bytes) -> Fields:
    """The fields of a certificate of version 3: DER.

    Raises:
        DerError: it isn't one.
    """
    tbs = der.parse(certificate).children()[0].children()
    _version, serial, signature, issuer, validity, subject, spki, *optional = tbs
    not_before, not_after = (der.decode_time(time) for time in validity.children())
    return Fields(
        subject=name(subject.encoded),
        issuer=name(issuer.encoded),
        serial=f"{int.from_bytes(serial.content, 'big', signed=True):032x}",
        not_before=not_before,
        not_after=not_after,
        key=_key(spki),
        signature=_signature(signature),
        extensions=[
            _extension(item)
            for element in optional
            if element.tag == 0xA3
            for item in element.children()[0].children()
        ],
    )


def name(encoded: bytes) -> str:
    """A Name (DER) as RFC 4514 orders it: last RDN first; with short names where there are any."""
    try:
        rdns = [
            " + ".join(_attribute(attribute) for attribute in rdn.children())
            for rdn in der.parse(encoded).children()
        ]
    except ValueError:
        return _hex(encoded)
    return ", ".join(reversed(rdns))


def _attribute(attribute: der.Element) -> str:
    oid, value = attribute.children()
    dotted = der.decode_oid(oid.content)
    text = _text(value)
    return (
        f"{_ATTRIBUTES.get(dotted, dotted)}={f'#{value.encoded.hex()}' if text is None else text}"
    )


def _text(value: der.Element) -> str | None:
    """The text of a string type; None for other types."""
    text = dn.text_of(value)
    return None if text is None else printable(text)


def _key(spki: der.Element) -> str:
    identifier, key = spki.children()
    oids = [der.decode_oid(part.content) for part in identifier.children() if part.tag == der.OID]
    if oids[0] == _RSA:
        modulus = der.parse(key.content[1:]).children()[0]
        return f"RSA {int.from_bytes(modulus.content, 'big').bit_length()}"
    return _KEYS.get(oids[-1], oids[0])


_SIGNATURES: Final = {row.identifier: algorithm(row.name) for row in SIGNING_ALGORITHMS.values()}


def _signature(identifier: der.Element) -> str:
    oid = identifier.children()[0]
    return _SIGNATURES.get(identifier.encoded) or der.decode_oid(oid.content)


def _extension(item: der.Element) -> ShownExtension:
    oid, *flag, value = item.children()
    dotted = der.decode_oid(oid.content)
    words = _READERS.get(dotted, _unknown)
    try:
        values = list(words(value.content))
    except (ValueError, IndexError):  # not as RFC 5280 has it
        values = list(_unknown(value.content))
    hidden = len(values) - _MOST_VALUES
    if hidden > 0:
        values[_MOST_VALUES:] = [f"and {hidden} more"]
    return ShownExtension(
        _LABELS.get(dotted, dotted), bool(flag) and flag[0].content != b"\0", values
    )


def _unknown(value: bytes) -> Iterator[str]:
    try:
        text = _text(der.parse(value))
    except ValueError:
        text = None
    yield _hex(value) if text is None else text


def _hex(value: bytes) -> str:
    more = f"… ({len(value)} bytes)" if len(value) > _MOST_BYTES else ""
    return f"{value[:_MOST_BYTES].hex(':')}{more}"


def _items(value: bytes) -> list[der.Element]:
    return der.parse(value).expect(der.SEQUENCE).children()


def _key_usage(value: bytes) -> Iterator[str]:
    octets = der.parse(value).expect(der.BIT_STRING).content[1:]
    bits = int.from_bytes(octets.ljust(2, b"\0")[:2], "big")
    return (word for bit, word in enumerate(KEY_USAGES.values()) if bits & 0x8000 >> bit)


def _purposes(value: bytes) -> Iterator[str]:
    for item in _items(value):
        dotted = der.decode_oid(item.expect(der.OID).content)
        yield _PURPOSES.get(dotted, dotted)


def _basic_constraints(value: bytes) -> Iterator[str]:
    parts = {part.tag: part.content for part in _items(value)}
    yield "CA" if parts.get(der.BOOLEAN, b"\0") != b"\0" else "not a CA"
    if der.INTEGER in parts:
        yield f"path length {int.from_bytes(parts[der.INTEGER], 'big')}"


def _key_identifier(value: bytes) -> Iterator[str]:
    yield _hex(der.parse(value).expect(der.OCTET_STRING).content)


def _authority_key_identifier(value: bytes) -> Iterator[str]:
    for part in _items(value):
        if part.tag == 0x80:
            yield _hex(part.content)
        elif part.tag == 0xA1:
            yield from (f"issuer {general_name(issuer)}" for issuer in part.children())
        else:
            yield f"serial {part.content.hex()}"


def _general_names(value: bytes) -> Iterator[str]:
    return map(general_name, _items(value))


def general_name(item: der.Element) -> str:
    """A GeneralName with its kind: "DNS localhost", "IP 127.0.0.1", "email …" …"""
    kind = item.tag & 0x1F
    if kind in (1, 2, 6):
        label = {1: "email", 2: "DNS", 6: "URI"}[kind]
        return f"{label} {printable(item.content.decode('ascii', 'backslashreplace'))}"
    if kind == 4:
        return f"directory {name(item.children()[0].encoded)}"
    if kind == 7:
        return f"IP {_address(item.content)}"
    if kind == 8:
        return f"registered id {der.decode_oid(item.content)}"
    if kind == 0:
        type_id, value = item.children()
        text = _text(value.children()[0])
        return f"other {der.decode_oid(type_id.content)}={text or _hex(value.content)}"
    texts = [_text(part.children()[0]) or "" for part in item.children()]
    return f"EDI party {' / '.join(texts)}"


def _address(octets: bytes) -> str:
    """An address or, in name constraints, one with its mask."""
    if len(octets) in (4, 16):
        return str(ipaddress.ip_address(octets))
    half = len(octets) // 2
    mask = ipaddress.ip_address(octets[half:])
    if isinstance(mask, ipaddress.IPv4Address):
        return str(ipaddress.ip_network(f"{ipaddress.ip_address(octets[:half])}/{mask}", False))
    return f"{ipaddress.ip_address(octets[:half])}/{int(mask).bit_count()}"


def _name_constraints(value: bytes) -> Iterator[str]:
    for subtrees in _items(value):
        word = "permitted" if subtrees.tag == 0xA0 else "excluded"
        for subtree in subtrees.children():
            yield f"{word} {general_name(subtree.children()[0])}"


def _distribution_points(value: bytes) -> Iterator[str]:
    for point in _items(value):
        for part in point.children():
            if part.tag == 0xA0 and part.children()[0].tag == 0xA0:
                yield from map(_location, part.children()[0].children())


def _access(value: bytes) -> Iterator[str]:
    for description in _items(value):
        method, location = description.children()
        dotted = der.decode_oid(method.content)
        yield f"{_ACCESS_METHODS.get(dotted, dotted)} {_location(location)}"


def _location(item: der.Element) -> str:
    return general_name(item).removeprefix("URI ")


def _policies(value: bytes) -> Iterator[str]:
    for information in _items(value):
        policy, *qualifiers = information.children()
        dotted = der.decode_oid(policy.content)
        yield "any policy" if dotted == _ANY_POLICY else dotted
        for qualifier in qualifiers[0].children() if qualifiers else ():
            kind, text = qualifier.children()
            if der.decode_oid(kind.content) == _CPS:
                yield f"CPS {_text(text)}"


_READERS: Final[dict[str, Callable[[bytes], Iterator[str]]]] = {
    oids.of(word): reader
    for word, reader in (
        ("id-ce-authorityKeyIdentifier", _authority_key_identifier),
        ("id-ce-subjectKeyIdentifier", _key_identifier),
        ("id-ce-keyUsage", _key_usage),
        ("id-ce-certificatePolicies", _policies),
        ("id-ce-subjectAltName", _general_names),
        ("id-ce-issuerAltName", _general_names),
        ("id-ce-basicConstraints", _basic_constraints),
        ("id-ce-nameConstraints", _name_constraints),
        ("id-ce-extKeyUsage", _purposes),
        ("id-ce-cRLDistributionPoints", _distribution_points),
        ("id-ce-freshestCRL", _distribution_points),
        ("id-pe-authorityInfoAccess", _access),
        ("id-pe-subjectInfoAccess", _access),
    )
}
