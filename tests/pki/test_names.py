from __future__ import annotations

from typing import Any

import pytest
from asn1crypto import parser
from asn1crypto import x509 as asn1_x509
from hypothesis import given
from hypothesis import strategies as st

from pca_mock.errors import InvalidArgsException
from pca_mock.pki import names

PRINTABLE, UTF8, IA5 = "PrintableString", "UTF8String", "IA5String"
_STRING_TYPES = {0x0C: UTF8, 0x13: PRINTABLE, 0x16: IA5}
# API_ASN1Subject, in the order in which AWS writes the attributes.
# fmt: off
MEMBERS = (
    ("Country",                    "2.5.4.6",  PRINTABLE, "US"),
    ("Organization",               "2.5.4.10", UTF8,      "Example Corp"),
    ("OrganizationalUnit",         "2.5.4.11", UTF8,      "Sales"),
    ("DistinguishedNameQualifier", "2.5.4.46", PRINTABLE, "q (1)"),
    ("State",                      "2.5.4.8",  UTF8,      "WA"),
    ("CommonName",                 "2.5.4.3",  UTF8,      "www.example.com"),
    ("SerialNumber",               "2.5.4.5",  PRINTABLE, "0815"),
    ("Locality",                   "2.5.4.7",  UTF8,      "Seattle"),
    ("Title",                      "2.5.4.12", UTF8,      "Dr."),
    ("Surname",                    "2.5.4.4",  UTF8,      "Doe"),
    ("GivenName",                  "2.5.4.42", UTF8,      "Jo"),
    ("Initials",                   "2.5.4.43", UTF8,      "JD"),
    ("Pseudonym",                  "2.5.4.65", UTF8,      "jd"),
    ("GenerationQualifier",        "2.5.4.44", UTF8,      "III"),
)
# fmt: on
DOMAIN_COMPONENT = "0.9.2342.19200300.100.1.25"
EMAIL_ADDRESS = "1.2.840.113549.1.9.1"
MATTER_NODE = "1.3.6.1.4.1.37244.1.1"


def read(encoded: bytes) -> list[tuple[str, str, str]]:
    """(OID, string type, text) of each attribute; every RDN must have exactly one."""
    result = []
    for rdn in asn1_x509.Name.load(encoded, strict=True).chosen:
        (attribute,) = rdn
        _, _, tag, _, content, _ = parser.parse(attribute["value"].dump(), strict=True)
        result.append((attribute["type"].dotted, _STRING_TYPES[tag], content.decode()))
    return result


def custom(*attributes: tuple[str, str], **standard: str) -> Any:
    return {
        **standard,
        "CustomAttributes": [{"ObjectIdentifier": oid, "Value": text} for oid, text in attributes],
    }


@pytest.mark.parametrize("order", [1, -1], ids=["as documented", "the other way round"])
def test_attributes_come_in_the_documented_order_not_the_callers(order: int) -> None:
    subject: Any = {member: text for member, _, _, text in MEMBERS[::order]}

    result = read(names.subject(subject))

    assert result == [(oid, kind, text) for _, oid, kind, text in MEMBERS]


@pytest.mark.parametrize(("member", "oid", "kind", "text"), MEMBERS, ids=[m[0] for m in MEMBERS])
def test_an_attribute_has_the_documented_oid_and_string_type(
    member: str, oid: str, kind: str, text: str
) -> None:
    subject: Any = {member: text}

    assert read(names.subject(subject)) == [(oid, kind, text)]


@given(st.dictionaries(st.sampled_from([m[0] for m in MEMBERS]), st.just("ab"), min_size=1))
def test_any_choice_of_attributes_keeps_their_order(members: Any) -> None:
    result = read(names.subject(members))

    assert result == [(oid, kind, "ab") for member, oid, kind, _ in MEMBERS if member in members]


def test_a_subject_has_the_bytes_that_aws_writes() -> None:
    subject: Any = {
        "CommonName": "www.example.com",
        "Country": "US",
        "Organization": "Example Corp",
    }

    assert names.subject(subject).hex() == (
        "303e310b300906035504061302555331153013060355040a0c0c4578616d706c6520436f7270"
        "3118301606035504030c0f7777772e6578616d706c652e636f6d"
    )


def test_text_that_is_not_ascii_is_written_as_it_is() -> None:
    assert names.subject({"CommonName": "Zürich"}).hex() == (
        "30123110300e06035504030c075ac3bc72696368"
    )
    assert read(names.subject({"CommonName": "e\u0301\x01"}))[0][2] == "e\u0301\x01"


def test_empty_strings_are_treated_as_absent() -> None:
    assert names.subject({"CommonName": "a", "Organization": ""}) == names.subject(
        {"CommonName": "a"}
    )
    assert names.subject({"CommonName": "", "Organization": ""}) == names.EMPTY_NAME
    assert names.subject({}) == names.EMPTY_NAME == bytes.fromhex("3000")


def test_custom_attributes_keep_their_order_and_may_repeat() -> None:
    subject = custom(
        (DOMAIN_COMPONENT, "com"),
        ("2.5.4.3", "x"),
        (DOMAIN_COMPONENT, "example"),
        ("2.5.4.6", "DE"),
    )

    assert read(names.subject(subject)) == [
        (DOMAIN_COMPONENT, IA5, "com"),
        ("2.5.4.3", UTF8, "x"),
        (DOMAIN_COMPONENT, IA5, "example"),
        ("2.5.4.6", PRINTABLE, "DE"),
    ]


@pytest.mark.parametrize(
    ("oid", "kind"),
    [
        *((oid, kind) for _, oid, kind, _ in MEMBERS),
        (DOMAIN_COMPONENT, IA5),
        (EMAIL_ADDRESS, IA5),
        (MATTER_NODE, UTF8),
        ("1.2.3.4", UTF8),
    ],
)
def test_a_custom_attribute_has_the_string_type_of_its_oid(oid: str, kind: str) -> None:
    assert read(names.subject(custom((oid, "ab")))) == [(oid, kind, "ab")]


def test_custom_attributes_beside_standard_ones_are_refused() -> None:
    subject = custom((MATTER_NODE, "CACACACA00000001"), CommonName="Matter CA")

    with pytest.raises(InvalidArgsException):
        names.subject(subject)
    with pytest.raises(InvalidArgsException):
        names.general_name({"DirectoryName": subject}, "here")


def test_custom_attributes_beside_an_empty_standard_one_are_accepted() -> None:
    subject = custom((MATTER_NODE, "1"), CommonName="")

    assert read(names.subject(subject)) == [(MATTER_NODE, UTF8, "1")]


@pytest.mark.parametrize(
    ("oid", "text"),
    [
        ("2.5.4.6", "USA"),
        ("2.5.4.6", "U"),
        ("2.5.4.6", "Ü1"),
        ("2.5.4.5", "a_b"),
        ("2.5.4.5", "ü"),
        ("2.5.4.46", "a*"),
        (DOMAIN_COMPONENT, "bücher"),
        (EMAIL_ADDRESS, "ü@example.com"),
    ],
)
def test_a_custom_value_that_its_string_type_cannot_hold_is_refused(oid: str, text: str) -> None:
    with pytest.raises(InvalidArgsException, match=oid):
        names.subject(custom((oid, text)))


@given(st.text(alphabet="abzAZ059 '()+,-./:=?", min_size=1, max_size=64))
def test_every_character_of_a_printable_string_is_accepted(text: str) -> None:
    assert read(names.subject(custom(("2.5.4.5", text)))) == [("2.5.4.5", PRINTABLE, text)]


OTHER_NAME = {"TypeId": "1.3.6.1.4.1.311.20.2.3", "Value": "alice@example.com"}
# fmt: off
GENERAL_NAMES: Any = (
    ({"OtherName": OTHER_NAME},
     "a021060a2b060104018237140203a0130c11616c696365406578616d706c652e636f6d"),
    ({"Rfc822Name": "a@example.com"}, "810d61406578616d706c652e636f6d"),
    ({"DnsName": "a.example.com"}, "820d612e6578616d706c652e636f6d"),
    ({"DirectoryName": {"CommonName": "a", "Country": "US"}},
     "a41b3019310b3009060355040613025553310a300806035504030c0161"),
    ({"EdiPartyName": {"PartyName": "Pty", "NameAssigner": "Asg"}},
     "a50ea0050c03417367a1050c03507479"),
    ({"EdiPartyName": {"PartyName": "Pty"}}, "a507a1050c03507479"),
    ({"UniformResourceIdentifier": "https://example.com/x"},
     "861568747470733a2f2f6578616d706c652e636f6d2f78"),
    ({"IpAddress": "192.0.2.1"}, "8704c0000201"),
    ({"IpAddress": "2001:db8::1"}, "871020010db8000000000000000000000001"),
    ({"RegisteredId": "1.3.6.1.4.1.99999.1"}, "88092b06010401868d1f01"),
)
# fmt: on


@pytest.mark.parametrize(("name", "encoded"), GENERAL_NAMES)
def test_a_general_name_has_the_bytes_that_aws_writes(name: Any, encoded: str) -> None:
    assert names.general_name(name, "here").hex() == encoded


@pytest.mark.parametrize(
    ("name", "kind", "native"),
    [
        ({"Rfc822Name": "a@example.com"}, "rfc822_name", "a@example.com"),
        ({"DnsName": "*.a_b.example.com."}, "dns_name", "*.a_b.example.com."),
        ({"DnsName": "xn--bcher-kva.example"}, "dns_name", "bücher.example"),
        ({"DirectoryName": {"CommonName": "ä"}}, "directory_name", {"common_name": "ä"}),
        (
            {"UniformResourceIdentifier": "urn:x"},
            "uniform_resource_identifier",
            "urn:x",
        ),
        ({"IpAddress": "::ffff:192.0.2.1"}, "ip_address", "::ffff:192.0.2.1"),
        ({"IpAddress": "255.255.255.255"}, "ip_address", "255.255.255.255"),
        ({"RegisteredId": "2.5.4.3"}, "registered_id", "2.5.4.3"),
    ],
)
def test_a_general_name_is_read_by_asn1crypto(name: Any, kind: str, native: Any) -> None:
    result = asn1_x509.GeneralName.load(names.general_name(name, "here"), strict=True)

    assert (result.name, result.native) == (kind, native)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param({}, id="none"),
        pytest.param({"DnsName": "a", "Rfc822Name": "a@b"}, id="two"),
        pytest.param({"DnsName": ""}, id="empty"),
        pytest.param({"DnsName": "bücher.example"}, id="IDN"),
        pytest.param({"Rfc822Name": ""}, id="empty mail address"),
        pytest.param({"Rfc822Name": "ü@example.com"}, id="mail address with umlaut"),
        pytest.param({"UniformResourceIdentifier": ""}, id="empty URI"),
        pytest.param({"UniformResourceIdentifier": "http://ü"}, id="IRI"),
        pytest.param({"DirectoryName": {}}, id="empty directory name"),
        pytest.param({"DirectoryName": {"CommonName": ""}}, id="directory name of an empty string"),
        pytest.param({"IpAddress": ""}, id="empty address"),
        pytest.param({"IpAddress": "10.0.0.0/8"}, id="network"),
        pytest.param({"IpAddress": "192.0.2.01"}, id="leading zero"),
        pytest.param({"IpAddress": "192.0.2"}, id="three parts"),
        pytest.param({"IpAddress": "fe80::1%eth0"}, id="zone"),
        pytest.param({"IpAddress": "localhost"}, id="host name"),
        pytest.param({"IpAddress": "c0000201"}, id="hex"),
        pytest.param({"IpAddress": "\u0661.0.0.1"}, id="other digits"),
    ],
)
def test_a_general_name_that_its_kind_cannot_hold_is_refused(name: Any) -> None:
    with pytest.raises(InvalidArgsException, match="Names\\[3\\]"):
        names.general_name(name, "Names[3]")


@given(st.ip_addresses())
def test_every_ip_address_is_written_in_its_octets(address: Any) -> None:
    encoded = names.general_name({"IpAddress": str(address)}, "here")

    assert encoded[0] == 0x87
    assert encoded[2:] == address.packed
