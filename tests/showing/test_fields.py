from __future__ import annotations

import ipaddress
import warnings
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from pca_mock import PcaMock
from pca_mock.pki import der
from pca_mock.pki.extensions import EXTENDED_KEY_USAGES
from pca_mock.showing import fields

NOON: Final = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
KEY: Final = ec.generate_private_key(ec.SECP256R1())
EXTENSION_OIDS: Final = (
    "2.5.29.9", "2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.18", "2.5.29.19", "2.5.29.30",
    "2.5.29.31", "2.5.29.32", "2.5.29.33", "2.5.29.35", "2.5.29.36", "2.5.29.37", "2.5.29.46",
    "2.5.29.54", "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.1.11", "1.3.6.1.5.5.7.1.24", "1.2.3.4",
)  # fmt: skip


def read(
    *extensions: x509.ExtensionType,
    name: x509.Name | None = None,
    key: Any = KEY,
    not_after: datetime = NOON,
    critical: bool = False,
) -> fields.Fields:
    """The fields read from a certificate that cryptography has made."""
    name = name or x509.Name([])
    builder = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(NOON - timedelta(days=1))
        .not_valid_after(not_after)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical)
    algorithm = hashes.SHA224() if key is KEY else None
    return fields.read(builder.sign(key, algorithm).public_bytes(Encoding.DER))


def words(extension: x509.ExtensionType) -> list[str]:
    """An extension as it is shown, in parts."""
    (result,) = read(extension).extensions
    return list(result.values)


def raw(oid: str, value: bytes) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value)


# Names


def attribute(oid: x509.ObjectIdentifier, value: str) -> Any:
    return x509.NameAttribute(oid, value)


def test_a_name_is_shown_last_rdn_first_with_its_short_names() -> None:
    name = x509.Name(
        [
            x509.RelativeDistinguishedName([attribute(NameOID.COUNTRY_NAME, "DE")]),
            x509.RelativeDistinguishedName(
                [
                    attribute(NameOID.ORGANIZATION_NAME, "Example, Inc."),
                    attribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Ünit"),
                ]
            ),
            x509.RelativeDistinguishedName([attribute(NameOID.DN_QUALIFIER, "q")]),
            x509.RelativeDistinguishedName([attribute(NameOID.COMMON_NAME, "a\n<b>")]),
            x509.RelativeDistinguishedName([attribute(x509.ObjectIdentifier("1.2.3"), "x")]),
        ]
    )

    told = read(name=name)

    assert told.subject == told.issuer
    assert told.subject in (
        "1.2.3=x, CN=a\\n<b>, dnQualifier=q, O=Example, Inc. + OU=Ünit, C=DE",
        "1.2.3=x, CN=a\\n<b>, dnQualifier=q, OU=Ünit + O=Example, Inc., C=DE",
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from([NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME]),
            st.text("abc ÄÖ€😀", min_size=1, max_size=20),
        ),
        max_size=4,
    )
)
def test_a_name_is_read_as_cryptography_does(
    parts: list[tuple[x509.ObjectIdentifier, str]],
) -> None:
    name = x509.Name([attribute(oid, value) for oid, value in parts])

    told = fields.name(name.public_bytes())

    assert told == ", ".join(
        f"{part.rfc4514_attribute_name}={part.value!s}" for part in reversed(list(name))
    )


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (der.tlv(0x1E, "Ä".encode("utf-16-be")), "CN=Ä"),
        (der.tlv(0x14, b"\xc4"), "CN=Ä"),
        (der.tlv(der.UTF8_STRING, b"\xff"), "CN=\ufffd"),
        (der.integer(5), "CN=#020105"),
    ],
)
def test_a_name_may_be_in_any_string_type(value: bytes, told: str) -> None:
    rdn = der.tlv(der.SET, der.sequence(der.oid("2.5.4.3"), value))

    assert fields.name(der.sequence(rdn)) == told


def test_a_name_that_cannot_be_read_is_hex() -> None:
    assert fields.name(b"\x30\x01\x00") == "30:01:00"


# Keys, signatures, times


def test_an_attribute_that_the_api_lacks_is_shown_by_its_oid() -> None:
    told = read(key=ed25519.Ed25519PrivateKey.generate())

    assert (told.key, told.signature) == ("1.3.101.112", "1.3.101.112")
    assert read().signature == "1.2.840.10045.4.3.1"  # ECDSA with SHA-224


@pytest.mark.parametrize("year", [2027, 2049, 2050, 9999])
def test_times_are_read_in_both_forms(year: int) -> None:
    not_after = datetime(year, 12, 31, 23, 59, 59, tzinfo=timezone.utc)

    told = read(not_after=not_after)

    assert told.not_before == NOON - timedelta(days=1)
    assert told.not_after == not_after


# Extensions


def test_extensions_are_shown_in_their_order_with_their_flags() -> None:
    told = read(
        x509.BasicConstraints(ca=True, path_length=3), raw("1.2.3.4", b"\x05\x00"), critical=True
    )

    assert told.extensions == [
        fields.ShownExtension("Basic constraints", True, ["CA", "path length 3"]),
        fields.ShownExtension("1.2.3.4", True, ["05:00"]),
    ]
    assert not read(x509.OCSPNoCheck()).extensions[0].critical


def test_each_flag_of_the_key_usage_has_a_word() -> None:
    flags = [
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ]
    told = []
    for flag in flags:
        usage = dict.fromkeys(flags, False) | {"key_agreement": True, flag: True}
        word = words(x509.KeyUsage(**usage))
        word.remove("key agreement") if len(word) > 1 else None
        told += word

    assert told == [
        "digital signature",
        "non-repudiation",
        "key encipherment",
        "data encipherment",
        "key agreement",
        "certificate signing",
        "CRL signing",
        "encipher only",
        "decipher only",
    ]


def test_each_purpose_of_the_api_has_words() -> None:
    oids = [x509.ObjectIdentifier(oid) for oid in EXTENDED_KEY_USAGES.values()]

    told = words(x509.ExtendedKeyUsage(oids))

    assert told[:3] == ["server authentication", "client authentication", "code signing"]
    assert not any(word[0].isdigit() for word in told)
    other = [ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE, x509.ObjectIdentifier("1.2.3")]
    assert words(x509.ExtendedKeyUsage(other)) == ["any purpose", "1.2.3"]


def test_basic_constraints_show_whether_it_is_a_ca() -> None:
    assert words(x509.BasicConstraints(ca=False, path_length=None)) == ["not a CA"]
    assert words(x509.BasicConstraints(ca=True, path_length=None)) == ["CA"]
    assert words(x509.BasicConstraints(ca=True, path_length=0)) == ["CA", "path length 0"]


def test_names_are_shown_with_their_kinds() -> None:
    directory = x509.Name([attribute(NameOID.COMMON_NAME, "d")])
    text = der.tlv(der.UTF8_STRING, b"text")
    names = [
        x509.DNSName("*.example.com"),
        x509.RFC822Name("a@example.com"),
        x509.UniformResourceIdentifier("https://example.com/?a&b"),
        x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
        x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
        x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
        x509.DirectoryName(directory),
        x509.OtherName(x509.ObjectIdentifier("1.2.3"), text),
        x509.OtherName(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"),
    ]
    told = [
        "DNS *.example.com",
        "email a@example.com",
        "URI https://example.com/?a&b",
        "IP 192.0.2.1",
        "IP 2001:db8::1",
        "registered id 1.2.3",
        "directory CN=d",
        "other 1.2.3=text",
        "other 1.2.3=05:00",
    ]

    assert words(x509.SubjectAlternativeName(names)) == told
    assert words(x509.IssuerAlternativeName(names)) == told


def test_a_name_that_cryptography_cannot_read_is_shown(pca: PcaMock) -> None:
    party: Any = {"EdiPartyName": {"NameAssigner": "Assigner", "PartyName": "Party"}}
    alone: Any = {"EdiPartyName": {"PartyName": "Alone"}}
    leaf = pca.create_root_ca().issue(
        "localhost",
        template="BlankEndEntityCertificate_APIPassthrough",
        ApiPassthrough={"Extensions": {"SubjectAlternativeNames": [party, alone]}},
    )
    with pytest.raises(x509.UnsupportedGeneralNameType):
        _ = leaf.certificate.extensions

    page = leaf._repr_html_()

    assert "EDI party Assigner / Party, EDI party Alone" in page
    assert "not a CA" in page


def test_key_identifiers_are_hex() -> None:
    issuer = [x509.DirectoryName(x509.Name([attribute(NameOID.COMMON_NAME, "i")]))]

    assert words(x509.SubjectKeyIdentifier(b"\x01\xff")) == ["01:ff"]
    assert words(x509.AuthorityKeyIdentifier(b"\x01\xff", None, None)) == ["01:ff"]
    assert words(x509.AuthorityKeyIdentifier(None, issuer, 255)) == [
        "issuer directory CN=i",
        "serial 00ff",
    ]


def test_distribution_points_are_shown_by_their_uris() -> None:
    name = x509.UniformResourceIdentifier("http://example.com/a.crl")
    point = x509.DistributionPoint([name], None, None, None)
    relative = x509.DistributionPoint(
        None,
        x509.RelativeDistinguishedName([attribute(NameOID.COMMON_NAME, "r")]),
        None,
        [x509.DNSName("issuer")],
    )

    assert words(x509.CRLDistributionPoints([point, relative])) == ["http://example.com/a.crl"]
    assert words(x509.FreshestCRL([point])) == ["http://example.com/a.crl"]


def test_access_locations_are_shown_with_their_methods() -> None:
    oid = x509.oid.AuthorityInformationAccessOID
    access = [
        x509.AccessDescription(oid.OCSP, x509.UniformResourceIdentifier("http://o")),
        x509.AccessDescription(oid.CA_ISSUERS, x509.UniformResourceIdentifier("http://i")),
        x509.AccessDescription(x509.ObjectIdentifier("1.2.3"), x509.DNSName("d")),
    ]

    told = words(x509.AuthorityInformationAccess(access))

    assert told == ["OCSP http://o", "CA issuers http://i", "1.2.3 DNS d"]


def test_policies_are_shown_with_their_statements() -> None:
    policies = [
        x509.PolicyInformation(x509.ObjectIdentifier("2.5.29.32.0"), None),
        x509.PolicyInformation(
            x509.ObjectIdentifier("1.2.3"), ["https://cps", x509.UserNotice(None, "notice")]
        ),
    ]

    assert words(x509.CertificatePolicies(policies)) == ["any policy", "1.2.3", "CPS https://cps"]


def test_name_constraints_are_shown_with_their_networks() -> None:
    permitted = [
        x509.DNSName("example.com"),
        x509.IPAddress(ipaddress.ip_network("192.0.2.0/24")),
        x509.IPAddress(ipaddress.ip_network("2001:db8::/32")),
    ]
    constraints = x509.NameConstraints(permitted, [x509.RFC822Name("example.com")])

    assert words(constraints) == [
        "permitted DNS example.com",
        "permitted IP 192.0.2.0/24",
        "permitted IP 2001:db8::/32",
        "excluded email example.com",
    ]


def test_an_unknown_extension_is_text_or_hex_of_bounded_length() -> None:
    assert words(raw("1.2.3.4", der.tlv(der.UTF8_STRING, b"te\x00xt"))) == ["te\\x00xt"]
    assert words(raw("1.2.3.4", b"no DER")) == ["6e:6f:20:44:45:52"]
    (value,) = words(raw("1.2.3.4", bytes(1000)))
    assert value.endswith("00… (1000 bytes)")
    assert len(value) < 1000


def test_only_the_first_of_many_values_are_shown() -> None:
    names = [x509.DNSName(f"host-{number}") for number in range(100)]

    told = words(x509.SubjectAlternativeName(names))

    assert told[39:] == ["DNS host-39", "and 60 more"]


@pytest.mark.parametrize(
    ("oid", "value", "told"),
    [
        ("2.5.29.17", der.sequence(der.tlv(0xA4, b"")), "30:02:a4:00"),  # a directory name, empty
        ("2.5.29.17", der.sequence(der.tlv(0x87, b"abc")), "30:05:87:03:61:62:63"),
        ("2.5.29.15", der.boolean(True), "01:01:ff"),
        ("2.5.29.37", b"\x30\x05", "30:05"),
    ],
)
def test_a_malformed_extension_is_hex(oid: str, value: bytes, told: str) -> None:
    assert words(raw(oid, value)) == [told]


# Arbitrary values, and the beginnings of well-formed ones.
values = st.binary(max_size=60) | st.lists(
    st.tuples(
        st.sampled_from([0x01, 0x02, 0x03, 0x04, 0x06, 0x0C, 0x30, 0x80, 0xA0, 0xA1, 0x82, 0x87]),
        st.binary(max_size=12),
    )
).map(lambda parts: der.sequence(*(der.tlv(tag, content) for tag, content in parts)))


@given(st.sampled_from(EXTENSION_OIDS), values)
def test_an_extension_that_nobody_understands_is_hex_and_spoils_no_other(
    oid: str, value: bytes
) -> None:
    told = read(raw(oid, value), x509.OCSPNoCheck())

    assert len(told.extensions) == 2
    for part in told.extensions[0].values:
        assert part.isprintable()
    assert told.extensions[1].values == ["05:00"]


def test_nothing_warns_of_names_that_are_too_long() -> None:
    rdn = der.tlv(
        der.SET, der.sequence(der.oid("2.5.4.6"), der.tlv(der.PRINTABLE_STRING, b"Germany"))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        assert fields.name(der.sequence(rdn)) == "C=Germany"


def test_data_that_is_no_certificate_is_refused() -> None:
    with pytest.raises(der.DerError):
        fields.read(b"no certificate")
