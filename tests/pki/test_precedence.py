"""Which source of an extension wins: the User Guide's rules, and their consequences.

Certificates are compared without regard to the order of their extensions, except in one test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pca_mock.pki.extensions import Extension
from pca_mock.pki.issue import by_precedence
from tests import oracles, support
from tests.issuance import (
    AUTHORITY_INFORMATION_ACCESS,
    AUTHORITY_KEY_IDENTIFIER,
    BASIC_CONSTRAINTS,
    CERTIFICATE_POLICIES,
    EXTENDED_KEY_USAGE,
    KEY_USAGE,
    NAME_CONSTRAINTS,
    PRIVATE,
    SUBJECT_ALTERNATIVE_NAME,
    aki,
    custom,
    listed,
    name,
    passing,
    raw_csr,
    san,
    ski,
)
from tests.refusals import refused

if TYPE_CHECKING:
    from pca_mock import PcaMock

_A, _B, _X = (san(f"{letter}.example").value for letter in "abx")
_SAN_API: Final[Any] = [{"DnsName": "a.example"}]
_CODE_SIGNING: Final = oracles.ParsedExtension(
    EXTENDED_KEY_USAGE, False, "300a06082b06010505070303"
)
_CLIENT_AUTH: Final = oracles.ParsedExtension(EXTENDED_KEY_USAGE, False, "300a06082b06010505070302")
_KEY_AGREEMENT: Final = oracles.ParsedExtension(KEY_USAGE, True, "03020308")
_CONSTRAINTS: Final = "3015a0133011820f2e7065726d69747465642e74657374"
_NAME_CONSTRAINTS: Final = oracles.ParsedExtension(NAME_CONSTRAINTS, True, _CONSTRAINTS)
_P1, _P2 = "3008300606042a030401", "3008300606042a030402"  # policies 1.2.3.4.1 and 1.2.3.4.2
_POLICIES: Final = oracles.ParsedExtension(CERTIFICATE_POLICIES, False, _P2)
_OWN: Final = oracles.ParsedExtension(PRIVATE, True, "0500")
_OTHER_AIA: Final = "301a301806082b06010505073001860c687474703a2f2f6f74686572"
_OCSP: Final = "http://ocsp.acm-pca.us-east-1.amazonaws.com"

_LEAF, _IDS = "2.5.29.19 3000", ("AKI", "SKI")
_TLS: Final = (
    _LEAF,
    *_IDS,
    "2.5.29.15! 030205a0",
    "2.5.29.37 301406082b0601050507030106082b06010505070302",
)


@dataclass(frozen=True)
class Case:
    """A case: the request, and every extension that the certificate must have.

    Attributes:
        extensions: `AKI` and `SKI` stand for those of the issuer's and the subject's key.
        subject: the common name; empty for an empty subject.
        ocsp: whether the CA has OCSP.
    """

    name: str
    template: str
    extensions: tuple[str, ...]
    api: Any = field(default_factory=dict)
    csr: tuple[oracles.ParsedExtension, ...] = ()
    csr_subject: str = "By CSR"
    subject: str = "By CSR"
    ocsp: bool = False


# In the order of the reference's table of worked cases; number 16 and the refusals have tests of
# their own below.
CASES: Final = (
    Case(
        "1 the template's purposes win over those of API and CSR",
        "EndEntityClientAuthCertificate_APIPassthrough",
        (_LEAF, *_IDS, "2.5.29.15! 030205a0", "2.5.29.37 300a06082b06010505070302"),
        api=passing(ExtendedKeyUsage=[{"ExtendedKeyUsageType": "SERVER_AUTH"}]),
        csr=(_CODE_SIGNING,),
    ),
    Case(
        "2 the API's alternative names replace those of the CSR",
        "EndEntityClientAuthCertificate_APICSRPassthrough",
        (
            _LEAF,
            *_IDS,
            "2.5.29.15! 030205a0",
            "2.5.29.37 300a06082b06010505070302",
            f"2.5.29.17 {_A}",
        ),
        api=passing(SubjectAlternativeNames=_SAN_API),
        csr=(san("b.example"),),
    ),
    Case(
        "3 a base template ignores the API and takes only the names from the CSR",
        "EndEntityCertificate",
        (*_TLS, f"2.5.29.17 {_B}"),
        api={
            "Subject": {"CommonName": "By API"},
            **passing(
                SubjectAlternativeNames=_SAN_API,
                CertificatePolicies=[{"CertPolicyId": "1.2.3.4.1"}],
            ),
        },
        csr=(san("b.example"), _NAME_CONSTRAINTS),
    ),
    Case(
        "4 the API's subject replaces the CSR's",
        "EndEntityCertificate_APIPassthrough",
        _TLS,
        api={"Subject": {"CommonName": "x"}},
        subject="x",
    ),
    Case(
        "5 an API template takes only the alternative names from the CSR",
        "EndEntityCertificate_APIPassthrough",
        (*_TLS, f"2.5.29.17 {_B}"),
        csr=(san("b.example"), _CODE_SIGNING, _POLICIES),
    ),
    Case(
        "6 the template's key usage wins over the API's",
        "EndEntityCertificate_APIPassthrough",
        _TLS,
        api=passing(KeyUsage={"KeyCertSign": True}),
    ),
    Case(
        "7 the template's key usage wins over a custom one",
        "EndEntityCertificate_APIPassthrough",
        _TLS,
        api=passing(CustomExtensions=[custom(KEY_USAGE, "03020106", critical=True)]),
    ),
    Case(
        "8 a custom extension passes with its flag",
        "EndEntityCertificate_APIPassthrough",
        (*_TLS, f"2.5.29.30! {_CONSTRAINTS}"),
        api=passing(CustomExtensions=[custom(NAME_CONSTRAINTS, _CONSTRAINTS, critical=True)]),
    ),
    Case(
        "9 the CSR adds what the template doesn't define, and the API nothing",
        "EndEntityCertificate_CSRPassthrough",
        (*_TLS, f"2.5.29.32 {_P2}"),
        api={
            "Subject": {"CommonName": "By API"},
            **passing(
                SubjectAlternativeNames=_SAN_API,
                CustomExtensions=[custom(PRIVATE, "0500")],
            ),
        },
        csr=(
            _KEY_AGREEMENT,
            _POLICIES,
            oracles.ParsedExtension(BASIC_CONSTRAINTS, True, "30030101ff"),
        ),
    ),
    Case(
        "10 the API's policies win, and the CSR adds what the API lacks",
        "EndEntityCertificate_APICSRPassthrough",
        (*_TLS, f"2.5.29.32 {_P1}", f"{PRIVATE}! 0500"),
        api=passing(CertificatePolicies=[{"CertPolicyId": "1.2.3.4.1"}]),
        csr=(_POLICIES, _OWN),
    ),
    Case(
        "11 a blank template takes the API's key usage and the CSR's purposes",
        "BlankEndEntityCertificate_APICSRPassthrough",
        (_LEAF, *_IDS, "2.5.29.15! 0303078000", "2.5.29.37 300a06082b06010505070302"),
        api=passing(KeyUsage={"DigitalSignature": True}),
        csr=(_KEY_AGREEMENT, _CLIENT_AUTH),
    ),
    Case(
        "12 a blank CSR template ignores the API's key usage",
        "BlankEndEntityCertificate_CSRPassthrough",
        (_LEAF, *_IDS),
        api=passing(KeyUsage={"DigitalSignature": True}),
    ),
    Case(
        "13 a blank API template takes only the alternative names from the CSR",
        "BlankEndEntityCertificate_APIPassthrough",
        (_LEAF, *_IDS, f"2.5.29.17 {_B}"),
        csr=(_KEY_AGREEMENT, _CLIENT_AUTH, san("b.example")),
    ),
    Case(
        "14 the template's basic constraints and key usage win over the CSR's",
        "SubordinateCACertificate_PathLen0_CSRPassthrough",
        ("2.5.29.19! 30060101ff020100", *_IDS, "2.5.29.15! 03020186"),
        csr=(
            oracles.ParsedExtension(BASIC_CONSTRAINTS, True, "30060101ff020103"),
            oracles.ParsedExtension(KEY_USAGE, True, "03020204"),
        ),
    ),
    Case(
        "15 a subordinate CA gets the API's name constraints",
        "SubordinateCACertificate_PathLen0_APIPassthrough",
        (
            "2.5.29.19! 30060101ff020100",
            *_IDS,
            "2.5.29.15! 03020186",
            f"2.5.29.30! {_CONSTRAINTS}",
        ),
        api=passing(CustomExtensions=[custom(NAME_CONSTRAINTS, _CONSTRAINTS, critical=True)]),
    ),
    Case(
        "17 the CA's OCSP responder wins over a custom access",
        "EndEntityCertificate_APIPassthrough",
        (
            *_TLS,
            f"{AUTHORITY_INFORMATION_ACCESS} 3039303706082b06010505073001862b"
            + _OCSP.encode().hex(),
        ),
        api=passing(CustomExtensions=[custom(AUTHORITY_INFORMATION_ACCESS, _OTHER_AIA)]),
        ocsp=True,
    ),
    Case(
        "22a empty Extensions are as good as none",
        "EndEntityCertificate_APIPassthrough",
        (*_TLS, f"2.5.29.17 {_B}"),
        api={"Extensions": {}},
        csr=(san("b.example"),),
    ),
    Case(
        "22b an empty Subject is as good as none",
        "EndEntityCertificate_APIPassthrough",
        (*_TLS, f"2.5.29.17 {_B}"),
        api={"Subject": {}},
        csr=(san("b.example"),),
    ),
    Case(
        "22c an empty ApiPassthrough is as good as none",
        "EndEntityCertificate_APIPassthrough",
        (*_TLS, f"2.5.29.17 {_B}"),
        csr=(san("b.example"),),
    ),
    Case(
        "23 the API's alternative names are critical where the subject is empty",
        "EndEntityCertificate_APIPassthrough",
        (*_TLS, f"2.5.29.17! {_X}"),
        api=passing(SubjectAlternativeNames=[{"DnsName": "x.example"}]),
        csr=(san("b.example", critical=True),),
        csr_subject="",
        subject="",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=attrgetter("name"))
def test_each_extension_is_that_of_its_strongest_source(case: Case, pca: PcaMock) -> None:
    root = support.root(
        pca.client(region_name="us-east-1"),
        RevocationConfiguration={"OcspConfiguration": {"Enabled": case.ocsp}},
    )
    csr = raw_csr(*case.csr, subject=name(case.csr_subject))

    certificate = root.issued(csr, case.template, ApiPassthrough=case.api)

    identifiers = {"AKI": aki(root.certificate()), "SKI": ski(certificate)}
    expected = [identifiers.get(extension, extension) for extension in case.extensions]
    assert sorted(listed(certificate)) == sorted(expected)
    assert oracles.subject_hex(certificate) == name(case.subject).hex()


def test_16_a_root_has_the_authority_key_identifier_from_the_api(pca: PcaMock) -> None:
    root = support.pending(pca.client(region_name="us-east-1"))
    given_one = custom(AUTHORITY_KEY_IDENTIFIER, "30058003aaaaaa")

    plain = root.issued(root.csr(), "RootCACertificate_APIPassthrough")
    certificate = root.issued(
        root.csr(),
        "RootCACertificate_APIPassthrough",
        ApiPassthrough=passing(CustomExtensions=[given_one]),
    )

    added = f"{AUTHORITY_KEY_IDENTIFIER} 30058003aaaaaa"
    assert sorted(listed(certificate)) == sorted([*listed(plain), added])


_API_TEMPLATES: Final = [
    row["name"].removesuffix("/V1")
    for row in oracles.documented_templates()
    if "api" in row["passthrough"]
]
_TWICE: Final = {
    "18 alternative names, structured and custom": passing(
        SubjectAlternativeNames=_SAN_API,
        CustomExtensions=[custom(SUBJECT_ALTERNATIVE_NAME, _B)],
    ),
    "19 two custom extensions": passing(
        CustomExtensions=[custom(PRIVATE, "0500"), custom(PRIVATE, "0500")]
    ),
    "19 two custom extensions, one OID spelled with a zero": passing(
        CustomExtensions=[custom("1.3.6.1.4.1.7", "0500"), custom("1.3.6.1.4.1.07", "0500")]
    ),
    "20 key usage, structured and custom": passing(
        KeyUsage={"DigitalSignature": True}, CustomExtensions=[custom(KEY_USAGE, "03020780")]
    ),
    "20 purposes, structured and custom": passing(
        ExtendedKeyUsage=[{"ExtendedKeyUsageType": "CLIENT_AUTH"}],
        CustomExtensions=[custom(EXTENDED_KEY_USAGE, "300a06082b06010505070302")],
    ),
    "20 policies, structured and custom": passing(
        CertificatePolicies=[{"CertPolicyId": "1.2.3.4.1"}],
        CustomExtensions=[custom(CERTIFICATE_POLICIES, _P2)],
    ),
}


@pytest.mark.parametrize("twice", _TWICE.values(), ids=_TWICE)
def test_an_extension_twice_in_the_api_passthrough_is_refused(twice: Any, pca: PcaMock) -> None:
    root = support.root(pca.client(region_name="us-east-1"))
    own, other = root.csr(), raw_csr()

    for template in _API_TEMPLATES:
        with refused("InvalidArgsException", pca):
            root.issue(own if "Root" in template else other, template, ApiPassthrough=twice)


@pytest.mark.parametrize("twice", _TWICE.values(), ids=_TWICE)
def test_an_extension_twice_in_an_ignored_api_passthrough_is_ignored(
    twice: Any, pca: PcaMock
) -> None:
    root = support.root(pca.client(region_name="us-east-1"))
    csr = raw_csr()

    for template in ("EndEntityCertificate", "EndEntityCertificate_CSRPassthrough"):
        certificate = root.issued(csr, template, ApiPassthrough=twice)

        assert listed(certificate) == listed(root.issued(csr, template))


def test_a_zero_in_an_oid_does_not_get_past_the_template(pca: PcaMock) -> None:
    root = support.root(pca.client(region_name="us-east-1"))
    api = passing(CustomExtensions=[custom("2.5.29.019", "30030101ff")])

    certificate = root.issued(
        raw_csr(), "BlankEndEntityCertificate_APIPassthrough", ApiPassthrough=api
    )

    assert listed(certificate) == [_LEAF, aki(root.certificate()), ski(certificate)]


_CSR_TEMPLATES: Final = [
    row["name"].removesuffix("/V1")
    for row in oracles.documented_templates()
    if row["csr_extensions"]
]


@pytest.mark.parametrize("twice", [_OWN, san("b.example")], ids=["private", "SAN"])
def test_21_an_extension_twice_in_a_csr_that_passes_is_refused(
    twice: oracles.ParsedExtension, pca: PcaMock
) -> None:
    root = support.root(pca.client(region_name="us-east-1"))
    csr = raw_csr(twice, twice)

    for template in _CSR_TEMPLATES:
        with refused("MalformedCSRException", pca):
            root.issue(csr, template)


def test_an_extension_twice_in_a_csr_that_is_dropped_does_no_harm(pca: PcaMock) -> None:
    root = support.root(pca.client(region_name="us-east-1"))
    csr = raw_csr(_OWN, _OWN)

    for template in ("EndEntityCertificate", "EndEntityCertificate_APIPassthrough"):
        assert oracles.extension(root.issued(csr, template), PRIVATE) is None


def test_the_csrs_extensions_come_first_and_custom_ones_last(pca: PcaMock) -> None:
    root = support.root(pca.client(region_name="us-east-1"))
    api = passing(
        CustomExtensions=[custom(CERTIFICATE_POLICIES, _P1)], KeyUsage={"DigitalSignature": True}
    )

    certificate = root.issued(
        raw_csr(_OWN, san("b.example"), _CLIENT_AUTH, _KEY_AGREEMENT),
        "BlankEndEntityCertificate_APICSRPassthrough",
        ApiPassthrough=api,
    )

    assert [item.oid for item in oracles.extensions(certificate)] == [
        *(PRIVATE, SUBJECT_ALTERNATIVE_NAME, EXTENDED_KEY_USAGE),
        *(BASIC_CONSTRAINTS, AUTHORITY_KEY_IDENTIFIER, "2.5.29.14", KEY_USAGE),
        CERTIFICATE_POLICIES,
    ]


_OIDS: Final = st.sampled_from(["2.5.29.15", "2.5.29.17", "2.5.29.37", PRIVATE])
_EXTENSIONS: Final = st.builds(
    Extension, oid=_OIDS, critical=st.booleans(), value=st.binary(max_size=2)
)


@given(st.lists(st.lists(_EXTENSIONS)))
def test_the_strongest_source_of_an_oid_wins_whole(sources: list[list[Extension]]) -> None:
    offered = list(chain.from_iterable(sources))

    kept = by_precedence(*sources)

    assert len({e.oid for e in kept}) == len(kept) == len({e.oid for e in offered})
    assert all(e == next(o for o in offered if o.oid == e.oid) for e in kept)
