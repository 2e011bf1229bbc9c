from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from asn1crypto import core, parser
from asn1crypto import x509 as asn1_x509
from hypothesis import given
from hypothesis import strategies as st

from pca_mock.pki import der
from pca_mock.pki.der import DerError

# Around each length at which the length itself gets longer.
LENGTHS = [0, 1, 127, 128, 129, 255, 256, 257, 65535, 65536, 65537]


def dotted(draw_second: st.SearchStrategy[int], *first: int) -> st.SearchStrategy[str]:
    arcs = st.lists(st.integers(0, 2**70), max_size=8)
    return st.builds(
        lambda a, b, rest: ".".join(map(str, (a, b, *rest))),
        st.sampled_from(first),
        draw_second,
        arcs,
    )


oids = dotted(st.integers(0, 39), 0, 1) | dotted(st.integers(0, 39), 2)


@given(st.integers(min_value=0, max_value=2**200))
def test_an_integer_is_written_as_by_asn1crypto(value: int) -> None:
    assert der.integer(value) == core.Integer(value).dump()


@pytest.mark.parametrize(
    ("value", "encoded"),
    [(0, "020100"), (127, "02017f"), (128, "02020080"), (255, "020200ff"), (256, "02020100")],
)
def test_an_integer_is_never_longer_than_needed_nor_negative(value: int, encoded: str) -> None:
    assert der.integer(value).hex() == encoded


@given(oids)
def test_an_oid_is_written_as_by_asn1crypto(oid: str) -> None:
    assert der.oid(oid) == core.ObjectIdentifier(oid).dump()


@given(oids | dotted(st.integers(0, 10**9), 2))
def test_an_oid_is_read_as_it_was_written(oid: str) -> None:
    assert der.decode_oid(der.oid_content(oid)) == oid


def test_a_second_arc_over_39_is_read() -> None:
    assert der.oid("2.999.3").hex() == "0603883703"
    assert der.decode_oid(bytes.fromhex("883703")) == "2.999.3"


@pytest.mark.parametrize("content", ["", "80", "2a86", "2a03ff"])
def test_an_oid_that_is_cut_off_is_refused(content: str) -> None:
    with pytest.raises(DerError):
        der.decode_oid(bytes.fromhex(content))


@pytest.mark.parametrize("length", LENGTHS)
def test_a_length_is_written_as_by_asn1crypto(length: int) -> None:
    content = bytes(length)

    encoded = der.octet_string(content)

    assert encoded == core.OctetString(content).dump()
    assert der.parse(encoded) == der.Element(der.OCTET_STRING, content, encoded)


@given(st.booleans())
def test_a_boolean_is_written_as_by_asn1crypto(value: bool) -> None:
    assert der.boolean(value) == core.Boolean(value).dump()


@given(st.binary(max_size=300))
def test_a_bit_string_of_octets_is_written_as_by_asn1crypto(content: bytes) -> None:
    assert der.bit_string(content) == core.OctetBitString(content).dump()


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_a_bit_string_of_single_bits_is_written_as_by_asn1crypto(bits: list[bool]) -> None:
    unused = -len(bits) % 8
    number = int("".join("01"[bit] for bit in bits) + "0" * unused, 2)
    content = number.to_bytes((len(bits) + unused) // 8, "big")

    assert der.bit_string(content, unused) == core.BitString(tuple(map(int, bits))).dump()


@given(st.integers(0, 30), st.binary(max_size=200), st.booleans())
def test_a_context_tag_is_read_by_asn1crypto(
    number: int, content: bytes, constructed: bool
) -> None:
    encoded = der.context(number, content, constructed=constructed)

    class_, method, tag, *_ = parser.parse(encoded, strict=True)
    assert (class_, method, tag) == (2, int(constructed), number)
    assert parser.parse(encoded, strict=True)[4] == content


def moment(*parts: Any) -> datetime:
    return datetime(*parts).replace(tzinfo=timezone.utc)


@given(
    st.datetimes(
        min_value=datetime(1950, 1, 1),
        max_value=datetime(9999, 12, 31, 23, 59, 59),
        timezones=st.just(timezone.utc),
    )
)
def test_a_time_is_written_as_by_asn1crypto(when: datetime) -> None:
    when = when.replace(microsecond=0)
    kind, expected = ("utc_time", core.UTCTime) if when.year < 2050 else (
        "general_time", core.GeneralizedTime,
    )  # fmt: skip

    encoded = der.time(when)

    assert encoded == expected(when).dump()
    assert asn1_x509.Time.load(encoded).name == kind
    assert asn1_x509.Time.load(encoded).native == when


@pytest.mark.parametrize(
    ("when", "tag", "text"),
    [
        (moment(999, 1, 2, 3, 4, 5), der.GENERALIZED_TIME, b"09990102030405Z"),
        (moment(1949, 12, 31, 23, 59, 59), der.GENERALIZED_TIME, b"19491231235959Z"),
        (moment(1950, 1, 1), der.UTC_TIME, b"500101000000Z"),
        (moment(1999, 12, 31, 23, 59, 59), der.UTC_TIME, b"991231235959Z"),
        (moment(2000, 1, 1), der.UTC_TIME, b"000101000000Z"),
        (moment(2049, 12, 31, 23, 59, 59), der.UTC_TIME, b"491231235959Z"),
        (moment(2050, 1, 1), der.GENERALIZED_TIME, b"20500101000000Z"),
        (moment(9999, 12, 31, 23, 59, 59), der.GENERALIZED_TIME, b"99991231235959Z"),
    ],
)
def test_a_time_has_two_digits_for_the_year_from_1950_to_2049_only(
    when: datetime, tag: int, text: bytes
) -> None:
    assert der.time(when) == der.tlv(tag, text)


trees = st.recursive(
    st.builds(der.tlv, st.sampled_from([0x02, 0x04, 0x0C, 0x80, 0x9E]), st.binary(max_size=200)),
    lambda inner: st.lists(inner, max_size=5).map(lambda parts: der.sequence(*parts)),
)


@given(trees)
def test_written_values_are_read_as_asn1crypto_reads_them(encoded: bytes) -> None:
    element = der.parse(encoded)

    _, _, _, header, content, _ = parser.parse(encoded, strict=True)
    assert element.encoded == encoded == header + content
    assert element.content == content


@given(st.lists(trees, max_size=6))
def test_the_children_of_a_sequence_are_its_parts(parts: list[bytes]) -> None:
    children = der.parse(der.sequence(*parts)).children()

    assert [child.encoded for child in children] == parts


@given(trees, st.data())
def test_a_value_that_is_cut_off_is_refused(encoded: bytes, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(encoded) - 1))

    with pytest.raises(DerError):
        der.parse(encoded[:end])


@given(trees, st.binary(min_size=1, max_size=10))
def test_bytes_after_a_value_are_refused(encoded: bytes, more: bytes) -> None:
    with pytest.raises(DerError):
        der.parse(encoded + more)


def test_two_values_are_not_one() -> None:
    with pytest.raises(DerError, match="several"):
        der.parse(der.boolean(True) + der.boolean(False))


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param("04817f" + "00" * 127, id="long form for a short length"),
        pytest.param("048200ff" + "00" * 255, id="leading zero"),
        pytest.param("048180" + "00" * 127, id="one byte missing"),
        pytest.param("0482", id="no length octets"),
        pytest.param("3080020100" + "0000", id="indefinite length"),
        pytest.param("04850100000000", id="over four gigabytes"),
        pytest.param("1f8001" + "00", id="tag of several octets that begins with zeros"),
        pytest.param("1f1e" + "00", id="tag of several octets for a small number"),
        pytest.param("1f81", id="tag of several octets cut off"),
        pytest.param("1f8101", id="tag of several octets alone"),
        pytest.param("1f818181818101" + "00", id="tag of many octets"),
        pytest.param("04", id="tag alone"),
        pytest.param("", id="nothing"),
    ],
)
def test_data_that_is_not_der_is_refused(encoded: str) -> None:
    with pytest.raises(DerError):
        der.parse(bytes.fromhex(encoded))


@pytest.mark.parametrize("encoded", ["1f1f0141", "bf8f3403020105", "5f810000"])
def test_a_tag_of_several_octets_is_read_as_asn1crypto_reads_it(encoded: str) -> None:
    element = der.parse(bytes.fromhex(encoded))

    _, _, _, header, content, _ = parser.parse(bytes.fromhex(encoded), strict=True)
    assert (element.encoded, element.content) == (header + content, content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty"),
        pytest.param("2a8648ce", id="last arc cut off"),
        pytest.param("2a8003", id="arc that begins with zeros"),
    ],
)
def test_an_oid_that_is_not_der_is_refused(content: str) -> None:
    with pytest.raises(DerError):
        der.decode_oid(bytes.fromhex(content))


@given(st.datetimes(datetime(1950, 1, 1), datetime(9999, 12, 31)))
def test_a_time_that_was_written_is_read(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=timezone.utc)

    assert der.decode_time(der.parse(der.time(moment))) == moment
    assert der.decode_time(der.parse(der.generalized_time(moment))) == moment


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        (0x17, "2601010000Z"),
        (0x17, "260101000000+0100"),
        (0x17, "261301000000Z"),
        (0x18, "260101000000Z"),
        (0x18, "20260101000000.5Z"),
        (0x0C, "20260101000000Z"),
    ],
)
def test_a_time_of_another_form_is_refused(tag: int, text: str) -> None:
    with pytest.raises(DerError):
        der.decode_time(der.parse(der.tlv(tag, text.encode())))


def test_children_that_are_cut_off_are_refused() -> None:
    element = der.parse(bytes.fromhex("30020205"))

    with pytest.raises(DerError, match="truncated"):
        element.children()


def test_an_element_with_another_tag_than_expected_is_refused() -> None:
    element = der.parse(der.integer(5))

    assert element.expect(der.INTEGER) is element
    with pytest.raises(DerError, match="0x2 where 0x30"):
        element.expect(der.SEQUENCE)


@pytest.mark.parametrize(
    ("given_", "plain"), [("1.2.3", "1.2.3"), ("1.02.003", "1.2.3"), ("2.05.00.10", "2.5.0.10")]
)
def test_an_oid_has_one_plain_form(given_: str, plain: str) -> None:
    assert der.plain_oid(given_) == plain
    assert der.oid(given_) == core.ObjectIdentifier(plain).dump()
