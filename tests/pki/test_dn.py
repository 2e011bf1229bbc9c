"""Names as text and compared. Java and cryptography are the oracles."""

from __future__ import annotations

import json

from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from pca_mock.pki import dn
from tests import oracles
from tests.issuance import oid, tlv

COMMON_NAME, ORGANIZATION = "2.5.4.3", "2.5.4.10"
UTF8, PRINTABLE, BMP, INTEGER = 0x0C, 0x13, 0x1E, 0x02


def name(*rdns: list[tuple[str, int, bytes]]) -> bytes:
    """A Name of RDNs, each of (OID, tag, content)."""
    return tlv(
        0x30,
        *(
            tlv(0x31, *(tlv(0x30, oid(dotted), tlv(tag, content)) for dotted, tag, content in rdn))
            for rdn in rdns
        ),
    )


def test_a_name_is_written_as_javas_x500_principal_does() -> None:
    # Each line: a Name, and the output of Java 17's `getName(X500Principal.RFC2253)`.
    lines = (oracles.DATA / "x500_principal.jsonl").read_text("utf-8").splitlines()
    expected = dict(map(json.loads, lines))

    assert len(expected) > 40
    assert {encoded: dn.rfc2253(bytes.fromhex(encoded)) for encoded in expected} == expected


_OIDS = st.sampled_from(["2.5.4.3", "2.5.4.10", "2.5.4.5", "0.9.2342.19200300.100.1.25", "1.2.3.4"])
_TEXTS = st.text(st.sampled_from('ab ,+="\\<>;#\0é☃'), min_size=1, max_size=6).filter(
    lambda text: text != " "  # which older versions of cryptography escape twice
)


@given(st.lists(st.tuples(_OIDS, _TEXTS), max_size=4))
def test_a_name_is_written_as_cryptography_does(attributes: list[tuple[str, str]]) -> None:
    written = name(*([(dotted, UTF8, text.encode())] for dotted, text in attributes))

    expected = x509.Name(
        [x509.NameAttribute(x509.ObjectIdentifier(dotted), text) for dotted, text in attributes]
    )
    assert dn.rfc4514(written) == expected.rfc4514_string()


def test_odd_values_are_written_too() -> None:
    odd = name(
        [(COMMON_NAME, UTF8, b"")],
        [(COMMON_NAME, UTF8, b"a" * 65)],
        [("2.5.4.6", PRINTABLE, b"USA")],
        [(ORGANIZATION, INTEGER, b"\5")],
        [(COMMON_NAME, UTF8, b"\xff"), (ORGANIZATION, BMP, b"\0")],
    )

    assert dn.rfc4514(odd) == f"CN=\ufffd+O=\ufffd,O=#020105,C=USA,CN={'a' * 65},CN="
    assert dn.rfc2253(odd) == f"CN=\ufffd+O=\\00,O=#020105,C=USA,CN={'a' * 65},CN="


def test_names_are_equal_whatever_their_case_blanks_and_string_types() -> None:
    plain = name([(COMMON_NAME, UTF8, b"Example CA")], [(ORGANIZATION, UTF8, b"\xc3\x89")])
    odd = name(
        [(COMMON_NAME, PRINTABLE, b" EXAMPLE   ca ")],
        [(ORGANIZATION, BMP, "é".encode("utf-16-be"))],
    )

    assert dn.are_equal(plain, odd)
    for other in (
        name([(COMMON_NAME, UTF8, b"Example CA")]),
        name([(ORGANIZATION, UTF8, b"\xc3\x89")], [(COMMON_NAME, UTF8, b"Example CA")]),
        name([(COMMON_NAME, UTF8, b"ExampleCA")], [(ORGANIZATION, UTF8, b"\xc3\x89")]),
    ):
        assert not dn.are_equal(plain, other)


def test_repeated_attributes_match_in_any_order_and_string_type() -> None:
    plain = name([(COMMON_NAME, UTF8, b"a")], [(ORGANIZATION, UTF8, b"b")])
    odd = name([(ORGANIZATION, PRINTABLE, b"b"), (COMMON_NAME, BMP, b"\0a")])

    assert dn.attributes(plain) == dn.attributes(odd)
    for other in (
        name([(COMMON_NAME, UTF8, b"A")], [(ORGANIZATION, UTF8, b"b")]),
        name([(COMMON_NAME, UTF8, b"a")], *[[(ORGANIZATION, UTF8, b"b")]] * 2),
    ):
        assert dn.attributes(plain) != dn.attributes(other)
