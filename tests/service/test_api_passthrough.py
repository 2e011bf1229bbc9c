"""Each member of an ApiPassthrough, and its value in the certificate."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests import oracles, support
from tests.issuance import (
    CERTIFICATE_POLICIES,
    EXTENDED_KEY_USAGE,
    KEY_USAGE,
    PRIVATE,
    SUBJECT_ALTERNATIVE_NAME,
    attributes,
    custom,
    listed,
    name,
    passing,
    policy,
    raw_csr,
    tlv,
)
from tests.oracles import ParsedExtension
from tests.refusals import refused
from tests.support import Ca

if TYPE_CHECKING:
    from pca_mock import PcaMock

_BLANK: Final = "BlankEndEntityCertificate_APIPassthrough"
_CSR: Final = raw_csr()


@pytest.fixture
def root(pca: PcaMock) -> Ca:
    """An active root CA with an EC key."""
    return support.root(pca.client(region_name="us-east-1"))


def _issued(root: Ca, **extensions: Any) -> str:
    return root.issued(_CSR, _BLANK, ApiPassthrough=passing(**extensions))


# Subject


_UTF8, _PRINTABLE, _IA5 = 0x0C, 0x13, 0x16
# Member, its OID in DER, its string type, and as many characters as it can hold.
_MEMBERS: Final = (
    ("Country", "0603550406", _PRINTABLE, "us"),
    ("Organization", "060355040a", _UTF8, "Ö" * 64),
    ("OrganizationalUnit", "060355040b", _UTF8, "Ü" * 64),
    ("DistinguishedNameQualifier", "060355042e", _PRINTABLE, "aZ09'()+,-.?:/= ".ljust(64, "q")),
    ("State", "0603550408", _UTF8, "state " * 21 + "st"),
    ("CommonName", "0603550403", _UTF8, "*.example.com".ljust(64, "m")),
    ("SerialNumber", "0603550405", _PRINTABLE, "S" * 64),
    ("Locality", "0603550407", _UTF8, "locality" * 16),
    ("Title", "060355040c", _UTF8, "T" * 64),
    ("Surname", "0603550404", _UTF8, "S" * 40),
    ("GivenName", "060355042a", _UTF8, "G" * 16),
    ("Initials", "060355042b", _UTF8, "IIIII"),
    ("Pseudonym", "0603550441", _UTF8, "P" * 128),
    ("GenerationQualifier", "060355042c", _UTF8, "III"),
)


def _rdn(oid: str, tag: int, text: str) -> bytes:
    return tlv(0x31, tlv(0x30, bytes.fromhex(oid), tlv(tag, text.encode())))


def _subject(root: Ca, subject: Any, template: str = _BLANK) -> str:
    certificate = root.issued(_CSR, template, ApiPassthrough={"Subject": subject})
    return oracles.subject_hex(certificate)


@pytest.mark.parametrize(("member", "oid", "tag", "text"), _MEMBERS)
def test_a_member_of_the_subject_becomes_an_attribute(
    member: str, oid: str, tag: int, text: str, root: Ca
) -> None:
    assert _subject(root, {member: text}) == tlv(0x30, _rdn(oid, tag, text)).hex()


@pytest.mark.parametrize(("member", "oid", "tag", "text"), _MEMBERS)
def test_a_member_of_the_subject_has_its_limit(
    member: str, oid: str, tag: int, text: str, pca: PcaMock, root: Ca
) -> None:
    for template in (_BLANK, "EndEntityCertificate"):
        with refused("ValidationException", pca):
            root.issue(_CSR, template, ApiPassthrough={"Subject": {member: text + "x"}})


def test_the_attributes_come_in_one_order_not_the_callers(root: Ca) -> None:
    backwards = {member: text for member, _, _, text in reversed(_MEMBERS)}

    expected = tlv(0x30, *(_rdn(oid, tag, text) for _, oid, tag, text in _MEMBERS))
    assert _subject(root, backwards) == expected.hex()


def test_the_example_of_a_subject_has_the_documented_bytes(root: Ca) -> None:
    subject = {"CommonName": "www.example.com", "Country": "US", "Organization": "Example Corp"}

    assert _subject(root, subject) == (
        "303e310b300906035504061302555331153013060355040a0c0c4578616d706c6520436f7270"
        "3118301606035504030c0f7777772e6578616d706c652e636f6d"
    )


@pytest.mark.parametrize("text", ["Zürich", "東京", "😀", "a\u0308", "tab\tnewline\n", "\x00"])
def test_text_is_written_in_utf_8_without_a_change(text: str, root: Ca) -> None:
    expected = tlv(0x30, _rdn("0603550403", _UTF8, text)).hex()

    assert _subject(root, {"CommonName": text}) == expected
    assert _subject(root, attributes(("2.5.4.3", text))) == expected


def test_custom_attributes_keep_their_order_and_may_repeat(root: Ca) -> None:
    subject = attributes(
        ("0.9.2342.19200300.100.1.25", "corp"),
        ("0.9.2342.19200300.100.1.25", "example"),
        ("2.5.4.3", "x"),
        ("1.2.840.113549.1.9.1", "a@example.com"),
        ("2.5.4.6", "US"),
        ("2.5.4.5", "1"),
        ("2.5.4.46", "2"),
        ("1.3.6.1.4.1.37244.2.1", "1381"),
    )

    expected = tlv(
        0x30,
        _rdn("060a0992268993f22c640119", _IA5, "corp"),
        _rdn("060a0992268993f22c640119", _IA5, "example"),
        _rdn("0603550403", _UTF8, "x"),
        _rdn("06092a864886f70d010901", _IA5, "a@example.com"),
        _rdn("0603550406", _PRINTABLE, "US"),
        _rdn("0603550405", _PRINTABLE, "1"),
        _rdn("060355042e", _PRINTABLE, "2"),
        _rdn("060a2b0601040182a27c0201", _UTF8, "1381"),
    )
    assert _subject(root, subject) == expected.hex()


def test_empty_members_of_the_subject_are_treated_as_absent(root: Ca) -> None:
    some = {"CommonName": "x", "Organization": "", "SerialNumber": ""}

    assert _subject(root, some) == name("x").hex()
    assert _subject(root, {"CommonName": "", "Title": ""}) == name("localhost").hex()


# KeyUsage


@pytest.mark.parametrize(
    ("bits", "value"),
    [
        (["DigitalSignature"], "0303078000"),
        (["NonRepudiation"], "0303074000"),
        (["KeyEncipherment"], "0303072000"),
        (["DataEncipherment"], "0303071000"),
        (["KeyAgreement"], "0303070800"),
        (["KeyCertSign"], "0303070400"),
        (["CRLSign"], "0303070200"),
        (["EncipherOnly"], "0303070100"),
        (["DecipherOnly"], "0303070080"),
        (["DigitalSignature", "KeyEncipherment"], "030307a000"),
        (["DigitalSignature", "NonRepudiation", "KeyEncipherment"], "030307e000"),
        (["KeyCertSign", "CRLSign"], "0303070600"),
        (["DigitalSignature", "KeyCertSign", "CRLSign"], "0303078600"),
        (["KeyAgreement", "EncipherOnly"], "0303070900"),
        (["KeyAgreement", "DecipherOnly"], "0303070880"),
    ],
)
def test_key_usage_has_nine_bits(bits: list[str], value: str, root: Ca) -> None:
    others = {"KeyAgreement": False, "DecipherOnly": False}

    certificate = _issued(root, KeyUsage={**others, **dict.fromkeys(bits, True)})

    assert oracles.extension(certificate, KEY_USAGE) == (KEY_USAGE, True, value)


_ALL_BITS: Final = (
    "DigitalSignature",
    "NonRepudiation",
    "KeyEncipherment",
    "DataEncipherment",
    "KeyAgreement",
    "KeyCertSign",
    "CRLSign",
    "EncipherOnly",
    "DecipherOnly",
)


def test_key_usage_may_have_all_bits_but_not_none(root: Ca) -> None:
    full = _issued(root, KeyUsage=dict.fromkeys(_ALL_BITS, True))

    assert oracles.extension(full, KEY_USAGE) == (KEY_USAGE, True, "030307ff80")
    for none in ({}, dict.fromkeys(_ALL_BITS, False)):
        assert oracles.extension(_issued(root, KeyUsage=none), KEY_USAGE) is None


def test_key_usage_in_its_shortest_form_is_a_custom_extension(root: Ca) -> None:
    for value in ("AwIBBg==", "AwIHgA=="):
        argument = {"ObjectIdentifier": KEY_USAGE, "Value": value, "Critical": True}

        certificate = _issued(root, CustomExtensions=[argument])

        expected = (KEY_USAGE, True, base64.b64decode(value).hex())
        assert oracles.extension(certificate, KEY_USAGE) == expected


# ExtendedKeyUsage

_PURPOSES: Final = {
    "SERVER_AUTH": ("1.3.6.1.5.5.7.3.1", "06082b06010505070301"),
    "CLIENT_AUTH": ("1.3.6.1.5.5.7.3.2", "06082b06010505070302"),
    "CODE_SIGNING": ("1.3.6.1.5.5.7.3.3", "06082b06010505070303"),
    "EMAIL_PROTECTION": ("1.3.6.1.5.5.7.3.4", "06082b06010505070304"),
    "TIME_STAMPING": ("1.3.6.1.5.5.7.3.8", "06082b06010505070308"),
    "OCSP_SIGNING": ("1.3.6.1.5.5.7.3.9", "06082b06010505070309"),
    "SMART_CARD_LOGIN": ("1.3.6.1.4.1.311.20.2.2", "060a2b060104018237140202"),
    "DOCUMENT_SIGNING": ("1.3.6.1.4.1.311.10.3.12", "060a2b0601040182370a030c"),
    "CERTIFICATE_TRANSPARENCY": ("1.3.6.1.4.1.11129.2.4.4", "060a2b06010401d679020404"),
}


def _named(purpose: str) -> Any:
    return {"ExtendedKeyUsageType": purpose}


def _by_oid(dotted: str) -> Any:
    return {"ExtendedKeyUsageObjectIdentifier": dotted}


def _assert_purposes(certificate: str, *encoded: str) -> None:
    value = tlv(0x30, *(bytes.fromhex(oid) for oid in encoded)).hex()
    expected = (EXTENDED_KEY_USAGE, False, value)
    assert oracles.extension(certificate, EXTENDED_KEY_USAGE) == expected


@pytest.mark.parametrize("purpose", _PURPOSES)
def test_a_purpose_is_chosen_by_its_name_or_its_oid(purpose: str, root: Ca) -> None:
    dotted, encoded = _PURPOSES[purpose]

    _assert_purposes(_issued(root, ExtendedKeyUsage=[_named(purpose)]), encoded)
    _assert_purposes(_issued(root, ExtendedKeyUsage=[_by_oid(dotted)]), encoded)


def test_purposes_come_in_the_callers_order_each_once(root: Ca) -> None:
    client, server = "CLIENT_AUTH", "SERVER_AUTH"
    expected = [
        _named(client),
        _named("SMART_CARD_LOGIN"),
        _by_oid("1.0.18013.5.1.2"),
        _named(client),
        _by_oid(_PURPOSES[client][0]),
        _by_oid("1.3.6.1.5.5.7.3.01"),
        _named(server),
    ]

    _assert_purposes(
        _issued(root, ExtendedKeyUsage=expected),
        _PURPOSES[client][1],
        _PURPOSES["SMART_CARD_LOGIN"][1],
        "060728818c5d050102",
        _PURPOSES[server][1],
    )


def test_twenty_purposes_are_the_most(pca: PcaMock, root: Ca) -> None:
    purposes = [_by_oid(f"1.3.6.1.4.1.99999.{number}") for number in range(21)]

    result = oracles.certificate(_issued(root, ExtendedKeyUsage=purposes[:20]))

    assert len(result.extended_key_usage_value) == 20
    with refused("ValidationException", pca):
        _issued(root, ExtendedKeyUsage=purposes)


# SubjectAlternativeNames

_UPN: Final = {"OtherName": {"TypeId": "1.3.6.1.4.1.311.20.2.3", "Value": "alice@example.com"}}


@pytest.mark.parametrize(
    ("item", "encoded"),
    [
        (
            _UPN,
            "a021060a2b060104018237140203a0130c11616c696365406578616d706c652e636f6d",
        ),
        ({"Rfc822Name": "a@example.com"}, "810d61406578616d706c652e636f6d"),
        ({"DnsName": "a.example.com"}, "820d612e6578616d706c652e636f6d"),
        (
            {"DirectoryName": {"Country": "US", "CommonName": "a"}},
            "a41b3019310b3009060355040613025553310a300806035504030c0161",
        ),
        (
            {"DirectoryName": attributes(("2.5.4.3", "a"))},
            "a40e300c310a300806035504030c0161",
        ),
        (
            {"EdiPartyName": {"NameAssigner": "Asg", "PartyName": "Pty"}},
            "a50ea0050c03417367a1050c03507479",
        ),
        ({"EdiPartyName": {"PartyName": "Pty"}}, "a507a1050c03507479"),
        (
            {"UniformResourceIdentifier": "https://example.com/x"},
            "861568747470733a2f2f6578616d706c652e636f6d2f78",
        ),
        ({"IpAddress": "192.0.2.1"}, "8704c0000201"),
        ({"IpAddress": "2001:db8::1"}, "871020010db8000000000000000000000001"),
        ({"IpAddress": "2001:DB8:0:0:0:0:0:1"}, "871020010db8000000000000000000000001"),
        ({"IpAddress": "::"}, "871000000000000000000000000000000000"),
        ({"IpAddress": "::ffff:192.0.2.1"}, "871000000000000000000000ffffc0000201"),
        ({"RegisteredId": "1.3.6.1.4.1.99999.1"}, "88092b06010401868d1f01"),
        # No syntax is checked but that of the string type.
        ({"DnsName": "*.example.com."}, "820e2a2e6578616d706c652e636f6d2e"),
        ({"DnsName": "_x"}, "82025f78"),
        ({"DnsName": "not a host"}, "820a6e6f74206120686f7374"),
        ({"UniformResourceIdentifier": "/relative"}, "86092f72656c6174697665"),
        ({"Rfc822Name": "no mailbox"}, "810a6e6f206d61696c626f78"),
        ({"OtherName": {"TypeId": "1.2.3", "Value": "0x0500"}}, "a00e06022a03a0080c06307830353030"),
    ],
)
def test_an_alternative_name_has_the_documented_bytes(item: Any, encoded: str, root: Ca) -> None:
    certificate = _issued(root, SubjectAlternativeNames=[item])

    value = tlv(0x30, bytes.fromhex(encoded)).hex()
    expected = (SUBJECT_ALTERNATIVE_NAME, False, value)
    assert oracles.extension(certificate, SUBJECT_ALTERNATIVE_NAME) == expected


def test_alternative_names_keep_their_order_and_may_repeat(root: Ca) -> None:
    items = [{"DnsName": "b"}, {"IpAddress": "192.0.2.1"}, {"DnsName": "a"}, {"DnsName": "b"}]

    certificate = _issued(root, SubjectAlternativeNames=items)

    expected = (SUBJECT_ALTERNATIVE_NAME, False, "300f8201628704c0000201820161820162")
    assert oracles.extension(certificate, SUBJECT_ALTERNATIVE_NAME) == expected


def test_150_alternative_names_are_the_most(pca: PcaMock, root: Ca) -> None:
    items = [{"DnsName": f"host{number}.example"} for number in range(151)]

    certificate = _issued(root, SubjectAlternativeNames=items[:150])

    assert len(oracles.certificate(certificate).subject_alt_name_value) == 150
    with refused("ValidationException", pca):
        _issued(root, SubjectAlternativeNames=items)


def test_openssl_reads_all_kinds_of_alternative_names(tmp_path: Path, root: Ca) -> None:
    items = [
        _UPN,
        {"Rfc822Name": "a@example.com"},
        {"DirectoryName": {"CommonName": "a"}},
        {"EdiPartyName": {"NameAssigner": "Asg", "PartyName": "Pty"}},
        {"UniformResourceIdentifier": "https://example.com/x"},
        {"IpAddress": "192.0.2.1"},
        {"RegisteredId": "1.3.6.1.4.1.99999.1"},
        {"DnsName": "last.example.com"},
    ]
    # Tags inside that are implicit, as they may not be around a CHOICE.
    broken = tlv(0x30, tlv(0xA5, tlv(0x81, b"Pty")), tlv(0x82, b"last.example.com"))

    good = oracles.openssl_text(_issued(root, SubjectAlternativeNames=items))
    bad = oracles.openssl_text(
        _issued(root, CustomExtensions=[custom(SUBJECT_ALTERNATIVE_NAME, broken)])
    )

    assert "EdiPartyName:" in good
    assert "email:a@example.com" in good
    assert "IP Address:192.0.2.1" in good
    assert "Registered ID:1.3.6.1.4.1.99999.1" in good
    assert "DNS:last.example.com" in good
    assert "DNS:last.example.com" not in bad


# CertificatePolicies


@pytest.mark.parametrize(
    ("policies", "value"),
    [
        (
            [policy("1.3.6.1.4.1.99999.2", "https://example.com/cps")],
            "3034303206092b06010401868d1f023025302306082b06010505070201161768747470733a2f2f"
            "6578616d706c652e636f6d2f637073",
        ),
        ([policy("2.5.29.32.0")], "300830060604551d2000"),
        ([policy("1.2.3.2"), policy("1.2.3.1")], "300e300506032a0302300506032a0301"),
        (
            [policy("1.2.3", "b", "a")],
            "3026302406022a03301e300d06082b06010505070201160162300d06082b06010505070201160161",
        ),
    ],
)
def test_policies_have_the_documented_bytes(policies: list[Any], value: str, root: Ca) -> None:
    certificate = _issued(root, CertificatePolicies=policies)

    expected = (CERTIFICATE_POLICIES, False, value)
    assert oracles.extension(certificate, CERTIFICATE_POLICIES) == expected


def test_twenty_policies_and_qualifiers_are_the_most(pca: PcaMock, root: Ca) -> None:
    policies = [policy(f"1.2.3.{number}") for number in range(21)]
    uris = [f"https://example.com/{number}" for number in range(21)]

    assert _issued(root, CertificatePolicies=policies[:20])
    assert _issued(root, CertificatePolicies=[policy("1.2.3", *uris[:20])])
    for too_many in (policies, [policy("1.2.3", *uris)]):
        with refused("ValidationException", pca):
            _issued(root, CertificatePolicies=too_many)


# CustomExtensions


@pytest.mark.parametrize(
    "value", [b"\x05\x00", b"\xff", b"\x30\x80", b"text", b"\0" * 3072], ids=len
)
def test_a_custom_extension_passes_whatever_its_value(value: bytes, root: Ca) -> None:
    for critical, expected in ((None, False), (False, False), (True, True)):
        certificate = _issued(root, CustomExtensions=[custom(PRIVATE, value, critical)])

        assert oracles.extension(certificate, PRIVATE) == (PRIVATE, expected, value.hex())


def test_the_bits_behind_the_last_byte_of_base64_are_not_looked_at(root: Ca) -> None:
    value = {"ObjectIdentifier": PRIVATE, "Value": "BQB="}

    certificate = _issued(root, CustomExtensions=[value])

    assert oracles.extension(certificate, PRIVATE) == (PRIVATE, False, "0500")


def test_custom_extensions_keep_their_order(root: Ca) -> None:
    oids = ["1.3.6.1.4.1.99999.3", "2.5.29.30", "1.3.6.1.4.1.99999.1", "2.5.29.31"]

    certificate = _issued(root, CustomExtensions=[custom(oid, "0500") for oid in oids])

    assert listed(certificate)[3:] == [f"{oid} 0500" for oid in oids]


def test_a_user_notice_passes_as_a_custom_extension(root: Ca) -> None:
    value = "301a301806022a03301230100608 2b06010505070202 3004 0c026869".replace(" ", "")

    certificate = _issued(root, CustomExtensions=[custom(CERTIFICATE_POLICIES, value)])

    assert "User Notice" in oracles.openssl_text(certificate)
    expected = ParsedExtension(CERTIFICATE_POLICIES, False, value)
    assert oracles.extension(certificate, CERTIFICATE_POLICIES) == expected


@pytest.mark.parametrize("value", ["BQA", "BQ\n==", "B-_=", "====", "BQA=BQA=", "A" * 4097, " "])
def test_a_value_that_is_not_base64_is_refused(value: str, pca: PcaMock, root: Ca) -> None:
    argument = {"ObjectIdentifier": PRIVATE, "Value": value}

    with refused("ValidationException", pca):
        _issued(root, CustomExtensions=[argument])
