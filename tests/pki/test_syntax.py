"""Values that are accepted as DER of their type: other parsers must be able to read them."""

from __future__ import annotations

import datetime
import ipaddress
import warnings
from contextlib import suppress
from typing import Any, Final

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from pca_mock.pki import der, syntax
from tests.issuance import oid, tlv


def attribute(dotted: str, tag: int, content: bytes) -> bytes:
    return tlv(0x30, oid(dotted), tlv(tag, content))


def rdn(*attributes: bytes) -> bytes:
    return tlv(0x31, *attributes)


# A Name with every string type that is accepted.
NAME: Final = tlv(
    0x30,
    rdn(attribute("2.5.4.6", 0x13, b"US")),
    rdn(attribute("2.5.4.10", 0x0C, b"\xc3\xa9"), attribute("2.5.4.3", 0x0C, b"localhost")),
    rdn(attribute("0.9.2342.19200300.100.1.25", 0x16, b"example")),
    rdn(attribute("2.5.4.11", 0x1E, b"\0a\0b")),
    rdn(attribute("2.5.4.7", 0x1C, b"\0\0\0a")),
    rdn(attribute("2.5.4.4", 0x14, b"abc")),
    rdn(attribute("1.2.3.4", 0x12, b"12")),
    rdn(attribute("2.5.4.45", 0x03, b"\0ab")),
)
URI: Final = x509.UniformResourceIdentifier("http://example.com/x")
DIRECTORY: Final = x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a")]))
NAMES: Final[Any] = [
    x509.DNSName("a.example.com"),
    x509.RFC822Name("a@example.com"),
    URI,
    x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
    x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
    x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
    DIRECTORY,
    x509.OtherName(x509.ObjectIdentifier("1.2.3"), b"\x0c\x01a"),
]
REASONS: Final = frozenset([x509.ReasonFlags.key_compromise])
POLICY: Final = x509.PolicyInformation(
    x509.ObjectIdentifier("1.2.3"),
    ["http://example.com/cps", x509.UserNotice(x509.NoticeReference("Example", [1, 2]), "Text")],
)
ACCESS: Final = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, URI)
EXTENSIONS: Final[Any] = [
    x509.AuthorityKeyIdentifier(b"x" * 20, [DIRECTORY], 5),
    x509.SubjectKeyIdentifier(b"x" * 20),
    x509.KeyUsage(True, False, False, False, True, False, False, True, False),
    x509.CertificatePolicies([POLICY, x509.PolicyInformation(x509.ObjectIdentifier("1.2"), None)]),
    x509.SubjectAlternativeName(NAMES),
    x509.IssuerAlternativeName(NAMES[:2]),
    x509.NameConstraints(
        [x509.DNSName("a"), x509.IPAddress(ipaddress.ip_network("10.0.0.0/8"))], [DIRECTORY]
    ),
    x509.PolicyConstraints(1, 2),
    x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
    x509.CRLDistributionPoints(
        [
            x509.DistributionPoint([URI], None, REASONS, [DIRECTORY]),
            x509.DistributionPoint(
                None,
                x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COMMON_NAME, "a")]),
                None,
                None,
            ),
        ]
    ),
    x509.InhibitAnyPolicy(3),
    x509.FreshestCRL([x509.DistributionPoint([URI], None, None, None)]),
    x509.AuthorityInformationAccess([ACCESS]),
    x509.SubjectInformationAccess([ACCESS]),
    x509.TLSFeature([x509.TLSFeatureType.status_request]),
    x509.UnrecognizedExtension(
        x509.ObjectIdentifier("2.5.29.33"), bytes.fromhex("300c300a06032a030406032a0305")
    ),
    x509.UnrecognizedExtension(
        x509.ObjectIdentifier("2.5.29.9"), bytes.fromhex("3012301006082b06010505070904310413025553")
    ),
    x509.UnrecognizedExtension(
        x509.ObjectIdentifier("1.2.3.4"), bytes.fromhex("300b0c01610201050101ff0500")
    ),
    x509.UnrecognizedExtension(
        x509.ObjectIdentifier("1.2.3.4"), tlv(0x30, tlv(0x80, b"any"), tlv(0x17, b"270301120000Z"))
    ),
    x509.CertificatePolicies(
        [
            x509.PolicyInformation(
                x509.ObjectIdentifier("1.2.3"),
                [x509.UserNotice(None, "Text"), x509.UserNotice(None, None)],
            )
        ]
    ),
]


def oid_of(extension: Any) -> str:
    return str(extension.oid.dotted_string)


@pytest.mark.parametrize("extension", EXTENSIONS, ids=oid_of)
def test_extensions_that_cryptography_writes_are_accepted(extension: Any) -> None:
    syntax.extension(oid_of(extension), extension.public_bytes())


def test_a_name_of_every_string_type_is_accepted() -> None:
    syntax.name(der.parse(NAME))
    syntax.name(der.parse(tlv(0x30)))


_TEXT: Final = tlv(0x0C, b"a")


def policies_with(*notice: bytes) -> str:
    """Certificate policies with a user notice: hex."""
    qualifier = tlv(0x30, oid("1.3.6.1.5.5.7.2.2"), tlv(0x30, *notice))
    return tlv(0x30, tlv(0x30, oid("1.2.3"), tlv(0x30, qualifier))).hex()


@pytest.mark.parametrize(
    ("dotted", "value"),
    [
        pytest.param("2.5.29.15", "030201ff", id="unused bits that are used"),
        pytest.param("2.5.29.17", "3000", id="no name"),
        pytest.param("2.5.29.17", "3005a503810161", id="EDI party without explicit tags"),
        pytest.param("2.5.29.17", "30078705c000020100", id="address of five octets"),
        pytest.param("2.5.29.31", "300430028101", id="only reasons, cut off"),
        pytest.param("2.5.29.31", "30023000", id="empty distribution point"),
        pytest.param("2.5.29.32", "3010300e06022a033008300606022a040500", id="qualifier"),
        pytest.param("2.5.29.32", policies_with(tlv(0x02, b"\5")), id="notice of a number"),
        pytest.param("2.5.29.32", policies_with(_TEXT, _TEXT), id="notice of two texts"),
        pytest.param(
            "2.5.29.17", tlv(0x30, tlv(0xA5, tlv(0xA1, b"\2\1\5"))).hex(), id="EDI number"
        ),
        pytest.param("2.5.29.15", "0300", id="bits without their number"),
        pytest.param("2.5.29.35", "300682010180018005", id="fields out of order"),
        pytest.param("2.5.29.36", "3000", id="no policy constraint"),
        pytest.param("2.5.29.37", "3000", id="no purpose"),
        pytest.param("2.5.29.37", "3003060180", id="bad OID"),
        pytest.param("2.5.29.54", "0201ff", id="negative number"),
        pytest.param("2.5.29.54", "02020005", id="number with a zero too many"),
        pytest.param("2.5.29.14", "0402616200", id="bytes behind"),
        pytest.param("1.2.3.4", "010105", id="boolean"),
        pytest.param("1.2.3.4", "050100", id="NULL with content"),
        pytest.param("1.2.3.4", "2403040161", id="constructed octet string"),
        pytest.param("1.2.3.4", "1000", id="primitive sequence"),
        pytest.param("1.2.3.4", "0c01ff", id="no UTF-8"),
        pytest.param("1.2.3.4", "170b323630313031303030305a", id="time without seconds"),
        pytest.param("1.2.3.4", "6162", id="text"),
        pytest.param("1.2.3.4", "", id="nothing"),
        pytest.param("1.2.3.4", "30800000", id="indefinite length"),
        pytest.param("1.2." + "9" * 40, "0500", id="OID with an arc of more than 128 bits"),
    ],
)
def test_data_that_is_not_der_of_its_type_is_refused(dotted: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        syntax.extension(dotted, bytes.fromhex(value))


def test_deep_nesting_is_refused_quickly() -> None:
    value = b""
    for _ in range(5000):
        value = der.tlv(0x30, value)

    with pytest.raises(ValueError, match="deep"):
        syntax.extension("1.2.3.4", value)


# A certificate is put together around the accepted value; only its form matters.
_BLANK = (
    x509.CertificateBuilder()
    .subject_name(x509.Name([]))
    .issuer_name(x509.Name([]))
    .public_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    .serial_number(1)
    .not_valid_before(datetime.datetime(2020, 1, 1))
    .not_valid_after(datetime.datetime(2030, 1, 1))
    .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    .public_bytes(Encoding.DER)
)


def certificate(subject: bytes, extension: bytes = b"") -> bytes:
    tbs, *rest = der.parse(_BLANK).children()
    fields = [element.encoded for element in tbs.children()]
    fields[5] = subject
    fields[7:] = [tlv(0xA3, tlv(0x30, extension))] if extension else []
    return tlv(0x30, tlv(0x30, *fields), *(element.encoded for element in rest))


@st.composite
def mutants(draw: st.DrawFn, originals: list[bytes]) -> bytes:
    """One of the originals with octets changed, put in, or left out."""
    mutant = bytearray(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(0, len(mutant) - 1))
        octets = draw(st.binary(max_size=2))
        mutant[place : place + draw(st.integers(0, 2))] = octets
        if not mutant:
            break
    return bytes(mutant)


@settings(max_examples=300)
@given(mutants([NAME]))
def test_a_name_that_is_accepted_can_be_read_by_others(encoded: bytes) -> None:
    try:
        syntax.name(der.parse(encoded))
    except ValueError:
        return

    whole = certificate(encoded)
    with warnings.catch_warnings():  # of names that are too long, or too short
        warnings.simplefilter("ignore")
        assert x509.load_der_x509_certificate(whole).subject is not None
    assert asn1_x509.Certificate.load(whole, strict=True).subject.native is not None


_SAN = x509.SubjectAlternativeName(NAMES).public_bytes()


@settings(max_examples=300)
@given(mutants([_SAN]))
def test_an_alternative_name_that_is_accepted_can_be_read_by_others(value: bytes) -> None:
    try:
        syntax.extension("2.5.29.17", value)
    except ValueError:
        return

    whole = certificate(tlv(0x30), tlv(0x30, oid("2.5.29.17"), tlv(0x04, value)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with suppress(x509.UnsupportedGeneralNameType):  # X.400 addresses and EDI parties
            assert len(x509.load_der_x509_certificate(whole).extensions) == 1
    asn1_x509.GeneralNames.load(value, strict=True)
