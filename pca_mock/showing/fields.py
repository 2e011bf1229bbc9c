"""A certificate's fields, in words for people.

They are read from its DER, extension by extension, so that one which nobody understands spoils no
other. Source: RFC 5280 section 4.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Final

from pca_mock.pki import der, names
from pca_mock.pki.algorithms import SIGNING_ALGORITHMS
from pca_mock.showing.words import algorithm, printable

_MOST_VALUES: Final = 40  # of one extension
_MOST_BYTES: Final = 256  # of a value that is shown as hex
_KEYS: Final = {
    "1.2.840.10045.3.1.7": "EC P-256",
    "1.3.132.0.34": "EC P-384",
    "1.3.132.0.35": "EC P-521",
    "2.16.840.1.101.3.4.3.17": "ML-DSA-44",
    "2.16.840.1.101.3.4.3.18": "ML-DSA-65",
    "2.16.840.1.101.3.4.3.19": "ML-DSA-87",
}
_RSA: Final = "1.2.840.113549.1.1.1"
_ATTRIBUTES: Final = {
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "STREET",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "title",
    "2.5.4.42": "GN",
    "2.5.4.43": "initials",
    "2.5.4.44": "generationQualifier",
    "2.5.4.46": "dnQualifier",
    "2.5.4.65": "pseudonym",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "emailAddress",
}
_KEY_USAGES: Final = (
    "digital signature",
    "non-repudiation",
    "key encipherment",
    "data encipherment",
    "key agreement",
    "certificate signing",
    "CRL signing",
    "encipher only",
    "decipher only",
)
_PURPOSES: Final = {
    "2.5.29.37.0": "any purpose",
    "1.3.6.1.5.5.7.3.1": "server authentication",
    "1.3.6.1.5.5.7.3.2": "client authentication",
    "1.3.6.1.5.5.7.3.3": "code signing",
    "1.3.6.1.5.5.7.3.4": "email protection",
    "1.3.6.1.5.5.7.3.8": "time stamping",
    "1.3.6.1.5.5.7.3.9": "OCSP signing",
    "1.3.6.1.4.1.311.20.2.2": "smart card login",
    "1.3.6.1.4.1.311.10.3.12": "document signing",
    "1.3.6.1.4.1.11129.2.4.4": "certificate transparency",
}
_ACCESS_METHODS: Final = {
    "1.3.6.1.5.5.7.48.1": "OCSP",
    "1.3.6.1.5.5.7.48.2": "CA issuers",
    "1.3.6.1.5.5.7.48.3": "time stamping",
    "1.3.6.1.5.5.7.48.5": "CA repository",
    "1.3.6.1.5.5.7.48.10": "RPKI manifest",
    "1.3.6.1.5.5.7.48.13": "RPKI notification",
}
_CPS: Final = "1.3.6.1.5.5.7.2.1"
_ANY_POLICY: Final = "2.5.29.32.0"


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension: its name or, if that is unknown, its OID; and its value in parts."""

    name: str
    critical: bool
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Fields:
    """What stands in a certificate; times are UTC, the serial number is hex."""

    subject: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    key: str
    signature: str
    extensions: list[Extension]


def read(certificate: bytes) -> Fields:
    """The fields of a certificate of version 3: DER.

    Raises:
        DerError: it isn't one.
    """
    tbs = der.parse(certificate).children()[0].children()
    _version, serial, signature, issuer, validity, subject, spki, *optional = tbs
    not_before, not_after = (_moment(time) for time in validity.children())
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
    """A string type's text; None of what has none."""
    codec = names.STRING_CODECS.get(value.tag)
    return None if codec is None else printable(value.content.decode(codec, "replace"))


def _moment(time: der.Element) -> datetime:
    digits = time.content.decode("ascii")
    if time.tag == der.UTC_TIME:  # RFC 5280 section 4.1.2.5.1
        digits = f"{'19' if digits >= '50' else '20'}{digits}"
    return datetime.strptime(digits, "%Y%m%d%H%M%SZ").replace(tzinfo=timezone.utc)


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


def _extension(item: der.Element) -> Extension:
    oid, *flag, value = item.children()
    dotted = der.decode_oid(oid.content)
    label, words = _EXTENSIONS.get(dotted, (dotted, _unknown))
    try:
        values = list(words(value.content))
    except (ValueError, IndexError):  # not as RFC 5280 has it
        values = list(_unknown(value.content))
    hidden = len(values) - _MOST_VALUES
    if hidden > 0:
        values[_MOST_VALUES:] = [f"and {hidden} more"]
    return Extension(label, bool(flag) and flag[0].content != b"\0", values)


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
    return (word for bit, word in enumerate(_KEY_USAGES) if bits & 0x8000 >> bit)


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


_Words = Callable[[bytes], Iterator[str]]
# RFC 5280 section 4.2, in its order.
_EXTENSIONS: Final[dict[str, tuple[str, _Words]]] = {
    "2.5.29.35": ("Authority key identifier", _authority_key_identifier),
    "2.5.29.14": ("Subject key identifier", _key_identifier),
    "2.5.29.15": ("Key usage", _key_usage),
    "2.5.29.32": ("Certificate policies", _policies),
    "2.5.29.33": ("Policy mappings", _unknown),
    "2.5.29.17": ("Subject alternative name", _general_names),
    "2.5.29.18": ("Issuer alternative name", _general_names),
    "2.5.29.9": ("Subject directory attributes", _unknown),
    "2.5.29.19": ("Basic constraints", _basic_constraints),
    "2.5.29.30": ("Name constraints", _name_constraints),
    "2.5.29.36": ("Policy constraints", _unknown),
    "2.5.29.37": ("Extended key usage", _purposes),
    "2.5.29.31": ("CRL distribution points", _distribution_points),
    "2.5.29.54": ("Inhibit anyPolicy", _unknown),
    "2.5.29.46": ("Freshest CRL", _distribution_points),
    "1.3.6.1.5.5.7.1.1": ("Authority information access", _access),
    "1.3.6.1.5.5.7.1.11": ("Subject information access", _access),
    "1.3.6.1.5.5.7.1.24": ("TLS features", _unknown),
}
