"""Every value of an ApiPassthrough is in the certificate, as other parsers read it."""

from __future__ import annotations

import ipaddress
from typing import Any, Final

from asn1crypto import parser
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from pca_mock import mock_pca
from tests import oracles, support
from tests.issuance import (
    CERTIFICATE_POLICIES,
    EXTENDED_KEY_USAGE,
    KEY_USAGE,
    SUBJECT_ALTERNATIVE_NAME,
    custom,
    policy,
    raw_csr,
)

_CSR: Final = raw_csr()
_STANDARD: Final = {
    "Country": "2.5.4.6",
    "Organization": "2.5.4.10",
    "OrganizationalUnit": "2.5.4.11",
    "DistinguishedNameQualifier": "2.5.4.46",
    "State": "2.5.4.8",
    "CommonName": "2.5.4.3",
    "SerialNumber": "2.5.4.5",
    "Locality": "2.5.4.7",
    "Title": "2.5.4.12",
    "Surname": "2.5.4.4",
    "GivenName": "2.5.4.42",
    "Initials": "2.5.4.43",
    "Pseudonym": "2.5.4.65",
    "GenerationQualifier": "2.5.4.44",
}
# API -> asn1crypto
_BITS: Final = {
    "DigitalSignature": "digital_signature",
    "NonRepudiation": "non_repudiation",
    "KeyEncipherment": "key_encipherment",
    "DataEncipherment": "data_encipherment",
    "KeyAgreement": "key_agreement",
    "KeyCertSign": "key_cert_sign",
    "CRLSign": "crl_sign",
    "EncipherOnly": "encipher_only",
    "DecipherOnly": "decipher_only",
}
_TYPES: Final = {
    "SERVER_AUTH": "1.3.6.1.5.5.7.3.1",
    "CLIENT_AUTH": "1.3.6.1.5.5.7.3.2",
    "CODE_SIGNING": "1.3.6.1.5.5.7.3.3",
    "EMAIL_PROTECTION": "1.3.6.1.5.5.7.3.4",
    "TIME_STAMPING": "1.3.6.1.5.5.7.3.8",
    "OCSP_SIGNING": "1.3.6.1.5.5.7.3.9",
    "SMART_CARD_LOGIN": "1.3.6.1.4.1.311.20.2.2",
    "DOCUMENT_SIGNING": "1.3.6.1.4.1.311.10.3.12",
    "CERTIFICATE_TRANSPARENCY": "1.3.6.1.4.1.11129.2.4.4",
}

_printable = st.text("abcXYZ012'()+,-./:=? ", min_size=1, max_size=64)
_ascii = st.characters(codec="ascii")
_oids = st.lists(st.integers(0, 2**32), max_size=3).map(
    lambda arcs: ".".join(map(str, (1, 3, 6, 1, 4, 1, 99999, *arcs)))
)
_limits: Final = {
    "State": 128,
    "Locality": 128,
    "Pseudonym": 128,
    "Surname": 40,
    "GivenName": 16,
    "Initials": 5,
    "GenerationQualifier": 3,
}
_members: Final[dict[str, st.SearchStrategy[str]]] = {
    member: st.text(min_size=1, max_size=_limits.get(member, 64)) for member in _STANDARD
} | {
    "Country": st.text("ABCxyz", min_size=2, max_size=2),
    "DistinguishedNameQualifier": _printable,
    "SerialNumber": _printable,
}
_custom_attributes = st.lists(
    st.fixed_dictionaries({"ObjectIdentifier": _oids, "Value": st.text(min_size=1, max_size=256)}),
    min_size=1,
    max_size=5,
)
_subjects: Final[st.SearchStrategy[Any]] = st.one_of(
    st.fixed_dictionaries({}, optional=_members).filter(bool),
    st.fixed_dictionaries({"CustomAttributes": _custom_attributes}),
)
_addresses = (
    st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))
    .map(str)
    .filter(lambda text: len(text) <= 39)
)
_general_names: Final[st.SearchStrategy[Any]] = st.one_of(
    st.fixed_dictionaries(
        {
            "OtherName": st.fixed_dictionaries(
                {"TypeId": _oids, "Value": st.text(min_size=1, max_size=256)}
            )
        }
    ),
    *(
        st.fixed_dictionaries({kind: st.text(_ascii, min_size=1, max_size=253)})
        for kind in ("Rfc822Name", "DnsName", "UniformResourceIdentifier")
    ),
    st.fixed_dictionaries({"DirectoryName": _subjects}),
    st.fixed_dictionaries(
        {
            "EdiPartyName": st.fixed_dictionaries(
                {"PartyName": st.text(min_size=1, max_size=256)},
                optional={"NameAssigner": st.text(min_size=1, max_size=256)},
            )
        }
    ),
    st.fixed_dictionaries({"IpAddress": _addresses}),
    st.fixed_dictionaries({"RegisteredId": _oids}),
)
_purposes: Final[st.SearchStrategy[Any]] = st.one_of(
    st.fixed_dictionaries({"ExtendedKeyUsageType": st.sampled_from(sorted(_TYPES))}),
    st.fixed_dictionaries(
        {"ExtendedKeyUsageObjectIdentifier": st.one_of(_oids, st.sampled_from([*_TYPES.values()]))}
    ),
)
_policies = st.builds(
    lambda dotted, uris: policy(dotted, *uris),
    _oids,
    st.lists(st.text(_ascii, min_size=1, max_size=256), max_size=3),
)
_custom_extensions = st.builds(custom, _oids, st.binary(min_size=1, max_size=300), st.booleans())
_extensions = st.fixed_dictionaries(
    {},
    optional={
        "KeyUsage": st.fixed_dictionaries({}, optional=dict.fromkeys(_BITS, st.booleans())),
        "ExtendedKeyUsage": st.lists(_purposes, min_size=1, max_size=20),
        "SubjectAlternativeNames": st.lists(_general_names, min_size=1, max_size=20),
        "CertificatePolicies": st.lists(
            _policies, min_size=1, max_size=5, unique_by=lambda item: item["CertPolicyId"]
        ),
        "CustomExtensions": st.lists(
            _custom_extensions,
            min_size=1,
            max_size=5,
            unique_by=lambda item: item["ObjectIdentifier"],
        ),
    },
)


def _asked_name(subject: Any) -> list[tuple[str, str]]:
    """A subject as it was asked for: (OID, text) in the order of the certificate."""
    standard = [(oid, subject[member]) for member, oid in _STANDARD.items() if member in subject]
    more = subject.get("CustomAttributes", ())
    return standard + [(item["ObjectIdentifier"], item["Value"]) for item in more]


def _read_name(name: Any) -> list[tuple[str, str]]:
    """A Name as asn1crypto reads it."""
    return [
        (attribute["type"].dotted, attribute["value"].native)
        for rdn in name.chosen
        for attribute in rdn
    ]


def _asked(item: Any) -> Any:
    """A general name as it was asked for: (kind, value)."""
    ((kind, value),) = item.items()
    if kind == "DirectoryName":
        return kind, _asked_name(value)
    if kind == "OtherName":
        return kind, (value["TypeId"], value["Value"])
    if kind == "EdiPartyName":
        return kind, (value.get("NameAssigner"), value["PartyName"])
    if kind == "IpAddress":
        return kind, ipaddress.ip_address(value)
    return kind, value


def _read(encoded: bytes) -> list[Any]:
    """Subject alternative names as asn1crypto reads them: (kind, value) each."""
    result, position = [], 0
    _, _, _, _, content, _ = parser.parse(encoded, strict=True)
    while position < len(content):
        _, _, tag, header, inside, _ = parser.parse(content[position:])
        item = content[position : position + len(header) + len(inside)]
        position += len(item)
        result.append(
            _edi_party_name(inside) if tag == 5 else _KINDS[tag](asn1_x509.GeneralName.load(item))
        )
    return result


def _edi_party_name(content: bytes) -> Any:
    """RFC 5280 has explicit tags here, which asn1crypto doesn't know."""
    parts: dict[int, str] = {}
    while content:
        _, _, tag, header, inside, _ = parser.parse(content)
        content = content[len(header) + len(inside) :]
        class_, _, string, _, text, _ = parser.parse(inside, strict=True)
        assert (class_, string) == (0, 12)  # UTF8String
        parts[tag] = text.decode()
    return "EdiPartyName", (parts.get(0), parts[1])


_KINDS: Final[dict[int, Any]] = {
    0: lambda name: (
        "OtherName",
        (name.chosen["type_id"].dotted, name.chosen["value"].parsed.native),
    ),
    1: lambda name: ("Rfc822Name", name.chosen.contents.decode("ascii")),
    2: lambda name: ("DnsName", name.chosen.contents.decode("ascii")),
    4: lambda name: ("DirectoryName", _read_name(name.chosen)),
    6: lambda name: ("UniformResourceIdentifier", name.chosen.contents.decode("ascii")),
    7: lambda name: ("IpAddress", ipaddress.ip_address(name.chosen.contents)),
    8: lambda name: ("RegisteredId", name.chosen.dotted),
}


def _value(certificate: str, oid: str) -> bytes | None:
    result = oracles.extension(certificate, oid)
    return None if result is None else bytes.fromhex(result.value)


def _assert_holds(certificate: str, asked: Any) -> None:
    """The certificate has the requested extensions, one by one."""
    bits = {_BITS[bit] for bit, is_set in asked.get("KeyUsage", {}).items() if is_set}
    key_usage = _value(certificate, KEY_USAGE)
    assert (asn1_x509.KeyUsage.load(key_usage).native if key_usage else set()) == bits

    oids = [
        _TYPES.get(item.get("ExtendedKeyUsageType")) or item.get("ExtendedKeyUsageObjectIdentifier")
        for item in asked.get("ExtendedKeyUsage", ())
    ]
    purposes = _value(certificate, EXTENDED_KEY_USAGE)
    read = asn1_x509.ExtKeyUsageSyntax.load(purposes, strict=True) if purposes else ()
    assert [item.dotted for item in read] == list(dict.fromkeys(oids))

    names = _value(certificate, SUBJECT_ALTERNATIVE_NAME)
    expected = [_asked(item) for item in asked.get("SubjectAlternativeNames", ())]
    assert (_read(names) if names else []) == expected

    policies = _value(certificate, CERTIFICATE_POLICIES)
    listed = asn1_x509.CertificatePolicies.load(policies, strict=True) if policies else ()
    assert [
        policy(
            item["policy_identifier"].dotted,
            *(qualifier["qualifier"].native for qualifier in item["policy_qualifiers"] or ()),
        )
        for item in listed
    ] == asked.get("CertificatePolicies", [])

    value = asked.get("CustomExtensions", [])
    oids_given = {item["ObjectIdentifier"] for item in value}
    assert [
        custom(item.oid, item.value, item.critical)
        for item in oracles.extensions(certificate)
        if item.oid in oids_given
    ] == value


@given(subject=_subjects, extensions=_extensions)
def test_asn1crypto_reads_the_values_passed_through_the_api(subject: Any, extensions: Any) -> None:
    with mock_pca() as pca:
        root = support.root(pca.client(region_name="us-east-1"))

        certificate = root.issued(
            _CSR,
            "BlankEndEntityCertificate_APIPassthrough",
            ApiPassthrough={"Subject": subject, "Extensions": extensions},
        )

    assert _read_name(oracles.certificate(certificate).subject) == _asked_name(subject)
    _assert_holds(certificate, extensions)
    assert x509.load_pem_x509_certificate(certificate.encode()).version is x509.Version.v3
