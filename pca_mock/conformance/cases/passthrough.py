"""ApiPassthrough: each member, and the bytes that it becomes."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from pca_mock.conformance.cases import der, issuing
from pca_mock.conformance.cases.issuing import API, BLANK
from pca_mock.conformance.model import Answers, Area, Mark
from pca_mock.conformance.session import Session

AREA: Final = Area("passthrough", "API_ApiPassthrough and the pages of its members")
_KEY_USAGE: Final = "2.5.29.15"
_EXTENDED_KEY_USAGE: Final = "2.5.29.37"
_POLICIES: Final = "2.5.29.32"


def _extension(template: str, extensions: dict[str, Any], oid: str, aws: Session) -> Answers:
    pem = issuing.issued(aws, template, extensions=extensions)
    return {"extension": der.extension(pem, oid)}


_BITS: Final = (
    ("DigitalSignature", "8000"),
    ("NonRepudiation", "4000"),
    ("KeyEncipherment", "2000"),
    ("DataEncipherment", "1000"),
    ("KeyAgreement", "0800"),
    ("KeyCertSign", "0400"),
    ("CRLSign", "0200"),
    ("EncipherOnly", "0100"),
    ("DecipherOnly", "0080"),
)
for _bit, _hex in _BITS:
    AREA.add(
        f"KeyUsage-{_bit}",
        f"{_bit} is a bit in a critical key usage of nine bits.",
        partial(_extension, BLANK, {"KeyUsage": {_bit: True}}, _KEY_USAGE),
        {"extension": f"!030307{_hex}"},
        Mark.OBSERVED,
        "User Guide, samples for Matter; a certificate of AWS",
    )
AREA.add(
    "KeyUsage-all",
    "Bits are put together.",
    partial(_extension, BLANK, {"KeyUsage": {bit: True for bit, _ in _BITS}}, _KEY_USAGE),
    {"extension": "!030307ff80"},
    Mark.OBSERVED,
)

_PURPOSES: Final = (
    ("SERVER_AUTH", "06082b06010505070301"),
    ("CLIENT_AUTH", "06082b06010505070302"),
    ("CODE_SIGNING", "06082b06010505070303"),
    ("EMAIL_PROTECTION", "06082b06010505070304"),
    ("TIME_STAMPING", "06082b06010505070308"),
    ("OCSP_SIGNING", "06082b06010505070309"),
    ("SMART_CARD_LOGIN", "060a2b060104018237140202"),
    ("DOCUMENT_SIGNING", "060a2b0601040182370a030c"),
    ("CERTIFICATE_TRANSPARENCY", "060a2b06010401d679020404"),
)
for _purpose, _hex in _PURPOSES:
    _asked = [{"ExtendedKeyUsageType": _purpose}]
    AREA.add(
        f"ExtendedKeyUsage-{_purpose}",
        f"{_purpose} is its OID in an extended key usage that is not critical.",
        partial(_extension, BLANK, {"ExtendedKeyUsage": _asked}, _EXTENDED_KEY_USAGE),
        {"extension": der.tlv(0x30, bytes.fromhex(_hex)).hex()},
    )
AREA.add(
    "ExtendedKeyUsage-order",
    "Purposes are in the order of the request; OIDs are possible, too.",
    partial(
        _extension,
        BLANK,
        {
            "ExtendedKeyUsage": [
                {"ExtendedKeyUsageObjectIdentifier": "1.0.18013.5.1.2"},
                {"ExtendedKeyUsageType": "CLIENT_AUTH"},
            ]
        },
        _EXTENDED_KEY_USAGE,
    ),
    {"extension": "3013" + "060728818c5d050102" + "06082b06010505070302"},
)

_OTHER: Final = {"TypeId": "1.3.6.1.4.1.311.20.2.3", "Value": "alice@example.com"}
_GENERAL_NAMES: Final = (
    (
        {"OtherName": _OTHER},
        "a021060a2b060104018237140203a0130c11616c696365406578616d706c652e636f6d",
        Mark.OPEN,
    ),
    ({"Rfc822Name": "a@example.com"}, "810d61406578616d706c652e636f6d", Mark.DOCUMENTED),
    ({"DnsName": "a.example.com"}, "820d612e6578616d706c652e636f6d", Mark.DOCUMENTED),
    (
        {"DirectoryName": {"Country": "US", "CommonName": "a"}},
        "a41b3019310b3009060355040613025553310a300806035504030c0161",
        Mark.DOCUMENTED,
    ),
    (
        {"EdiPartyName": {"NameAssigner": "Asg", "PartyName": "Pty"}},
        "a50ea0050c03417367a1050c03507479",
        Mark.OPEN,
    ),
    (
        {"UniformResourceIdentifier": "https://example.com/x"},
        "861568747470733a2f2f6578616d706c652e636f6d2f78",
        Mark.DOCUMENTED,
    ),
    ({"IpAddress": "192.0.2.1"}, "8704c0000201", Mark.DOCUMENTED),
    (
        {"IpAddress": "2001:db8::1"},
        "871020010db8000000000000000000000001",
        Mark.DOCUMENTED,
    ),
    ({"RegisteredId": "1.3.6.1.4.1.99999.1"}, "88092b06010401868d1f01", Mark.DOCUMENTED),
)
for _name, _hex, _mark in _GENERAL_NAMES:
    (_kind,) = _name
    _suffix = "-of-version-6" if _hex.startswith("8710") else ""
    AREA.add(
        f"SubjectAlternativeNames-{_kind}{_suffix}",
        f"A {_kind} becomes a name of its kind.",
        partial(_extension, API, {"SubjectAlternativeNames": [_name]}, der.SAN),
        {"extension": der.tlv(0x30, bytes.fromhex(_hex)).hex()},
        _mark,
    )
AREA.add(
    "SubjectAlternativeNames-order",
    "Names are in the order of the request, repeated ones, too.",
    partial(
        _extension,
        API,
        {"SubjectAlternativeNames": [{"DnsName": host} for host in ("b", "a", "b")]},
        der.SAN,
    ),
    {"extension": der.dns_names("b", "a", "b").hex()},
)

_POLICY: Final = "1.3.6.1.4.1.99999.2"
_CPS: Final = [
    {"PolicyQualifierId": "CPS", "Qualifier": {"CpsUri": "https://example.com/cps"}},
]
AREA.add(
    "CertificatePolicies",
    "A policy is its OID in an extension that is not critical.",
    partial(_extension, API, {"CertificatePolicies": [{"CertPolicyId": "2.5.29.32.0"}]}, _POLICIES),
    {"extension": "300830060604551d2000"},
)
AREA.add(
    "CertificatePolicies-with-CPS",
    "A policy can name the URI of a practice statement.",
    partial(
        _extension,
        API,
        {"CertificatePolicies": [{"CertPolicyId": _POLICY, "PolicyQualifiers": _CPS}]},
        _POLICIES,
    ),
    {
        "extension": "3034303206092b06010401868d1f023025302306082b06010505070201161768747470733a2f"
        "2f6578616d706c652e636f6d2f637073"
    },
)
for _critical, _shown in ((None, ""), (False, ""), (True, "!")):
    AREA.add(
        f"CustomExtensions-critical-{_critical}",
        "A custom extension has the bytes of the request; it is critical only if it is said.",
        partial(
            _extension,
            API,
            {"CustomExtensions": [issuing.custom(der.PRIVATE, "ff00", _critical)]},
            der.PRIVATE,
        ),
        {"extension": f"{_shown}ff00"},
    )

# Member of the subject -> the Name, hex.
_MEMBERS: Final = (
    ("Country", "US", "2.5.4.6", 0x13),
    ("Organization", "Example", "2.5.4.10", 0x0C),
    ("OrganizationalUnit", "Sales", "2.5.4.11", 0x0C),
    ("DistinguishedNameQualifier", "q1", "2.5.4.46", 0x13),
    ("State", "WA", "2.5.4.8", 0x0C),
    ("CommonName", "x", "2.5.4.3", 0x0C),
    ("SerialNumber", "1", "2.5.4.5", 0x13),
    ("Locality", "Seattle", "2.5.4.7", 0x0C),
    ("Title", "Dr", "2.5.4.12", 0x0C),
    ("Surname", "Doe", "2.5.4.4", 0x0C),
    ("GivenName", "Jane", "2.5.4.42", 0x0C),
    ("Initials", "JD", "2.5.4.43", 0x0C),
    ("Pseudonym", "x", "2.5.4.65", 0x0C),
    ("GenerationQualifier", "III", "2.5.4.44", 0x0C),
)


def _subject(subject: dict[str, Any], aws: Session) -> Answers:
    return {"subject": der.raw_subject(issuing.issued(aws, API, subject=subject))}


for _member, _text, _oid, _tag in _MEMBERS:
    AREA.add(
        f"Subject-{_member}",
        f"{_member} becomes the attribute {_oid} of the subject.",
        partial(_subject, {_member: _text}),
        {"subject": der.one_name((_oid, _tag, _text)).hex()},
        Mark.DOCUMENTED,
    )
AREA.add(
    "Subject-CustomAttributes",
    "Custom attributes are in the order of the request, and OIDs may come twice.",
    partial(
        _subject,
        issuing.attributes(
            ("2.5.4.6", "US"), ("2.5.4.3", "CommonName"),
            ("1.3.6.1.4.1", "ABCDEFG"), ("1.3.6.1.4.1", "BCDEFGH"),
        ),
    ),
    {
        "subject": "304a310b30090603550406130255533113301106035504030c0a436f6d6d6f6e4e616d65311230"
        "1006052b060104010c07414243444546473112301006052b060104010c0742434445464748"
    },
    Mark.DOCUMENTED,
    "User Guide, Java sample about custom attributes",
)  # fmt: skip
AREA.add(
    "Subject-order",
    "The attributes have AWS's order, whatever the order of the request.",
    partial(
        _subject,
        {"CommonName": "www.example.com", "Country": "US", "Organization": "Example Corp"},
    ),
    {
        "subject": "303e310b300906035504061302555331153013060355040a0c0c4578616d706c6520436f727031"
        "18301606035504030c0f7777772e6578616d706c652e636f6d"
    },
    Mark.OBSERVED,
)


@AREA.case(subject=der.name("x").hex(), source="User Guide, “Template order of operations”")
def _subject_replaces_that_of_the_csr(aws: Session) -> Answers:
    """A subject in ApiPassthrough replaces that of the CSR; nothing of it is left."""
    csr = der.csr(subject=der.one_name(("2.5.4.10", 0x0C, "O"), ("2.5.4.3", 0x0C, "y")))
    pem = issuing.issued(aws, API, csr, subject={"CommonName": "x"})
    return {"subject": der.raw_subject(pem)}


@AREA.case(name=None, subject=der.name("conformance").hex(), source="API_IssueCertificate")
def _base_templates_ignore_it(aws: Session) -> Answers:
    """A template without passthrough ignores ApiPassthrough, without an error."""
    names = {"SubjectAlternativeNames": [{"DnsName": "x"}]}
    pem = issuing.issued(aws, "EndEntityCertificate", extensions=names, subject={"CommonName": "x"})
    return {"name": der.extension(pem, der.SAN), "subject": der.raw_subject(pem)}


# Extensions that the template, the CA or the service define, whatever the request has.
_FIXED: Final = (
    ("basic constraints", API, "2.5.29.19", "30030101ff", "3000"),
    ("key usage", API, "2.5.29.15", "03020106", "!030205a0"),
    ("extended key usage", "EndEntityClientAuthCertificate_APIPassthrough", "2.5.29.37",
     "300a06082b06010505070303", "300a06082b06010505070302"),
)  # fmt: skip
for _what, _template, _oid, _passed, _kept in _FIXED:
    AREA.add(
        f"fixed-{_what.replace(' ', '-')}",
        f"A custom {_what} is ignored where the template defines it.",
        partial(_extension, _template, {"CustomExtensions": [issuing.custom(_oid, _passed)]}, _oid),
        {"extension": _kept},
        Mark.DOCUMENTED,
        "User Guide, “Template order of operations”",
    )


@AREA.case(code="InvalidArgsException", source="API_GeneralName")
def _two_kinds_of_name(aws: Session) -> Answers:
    """A GeneralName has one kind; two are refused."""
    names = {"SubjectAlternativeNames": [{"DnsName": "x", "IpAddress": "192.0.2.1"}]}
    return {"code": issuing.code(aws, API, extensions=names)}


@AREA.case(
    order=["2.5.29.19", "2.5.29.35", "2.5.29.14", "2.5.29.15", "2.5.29.37", "2.5.29.17",
           "2.5.29.32", der.PRIVATE],
    source="certificates that AWS has issued",
)  # fmt: skip
def _order_of_extensions(aws: Session) -> Answers:
    """The extensions of a certificate have AWS's order."""
    extensions = {
        "SubjectAlternativeNames": [{"DnsName": "x"}],
        "CertificatePolicies": [{"CertPolicyId": "2.5.29.32.0"}],
        "CustomExtensions": [issuing.custom(der.PRIVATE, "0500")],
    }
    pem = issuing.issued(aws, API, extensions=extensions)
    return {"order": [each.oid for each in der.extensions(pem)]}


@AREA.case(
    Mark.OBSERVED,
    order=["2.5.29.17", "2.5.29.19", "2.5.29.35", "2.5.29.14", "2.5.29.15", "2.5.29.37"],
    source="certificates that AWS has issued",
)
def _order_with_a_name_of_the_csr(aws: Session) -> Answers:
    """An alternative name from the CSR is the first extension."""
    pem = issuing.issued(aws, csr=der.csr(der.san("x")))
    return {"order": [each.oid for each in der.extensions(pem)]}
