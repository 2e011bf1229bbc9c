"""Every template against AWS's documentation, through boto3.

`tests/data/templates.json` has the values that each template fixes, and for each extension which
sources may give it, strongest first. Here each source offers a value of its own; the certificate
must have that of the strongest source which is documented and has offered one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import chain, combinations
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import pytest
from asn1crypto import csr as asn1_csr
from asn1crypto import x509 as asn1_x509

from pca_mock import mock_pca
from pca_mock.pki.templates import DEFAULT_TEMPLATE, TEMPLATES
from tests import oracles, support
from tests.issuance import (
    AUTHORITY_INFORMATION_ACCESS,
    AUTHORITY_KEY_IDENTIFIER,
    BASIC_CONSTRAINTS,
    CERTIFICATE_POLICIES,
    CRL_DISTRIBUTION_POINTS,
    EXTENDED_KEY_USAGE,
    KEY_USAGE,
    PRIVATE,
    SUBJECT_ALTERNATIVE_NAME,
    SUBJECT_KEY_IDENTIFIER,
    ForeignRoot,
    custom,
    general_names,
    name,
    oid,
    passing,
    raw_csr,
    tlv,
)
from tests.oracles import ParsedExtension

if TYPE_CHECKING:
    from pca_mock import PcaMock

each_template = pytest.mark.parametrize(
    "documented", oracles.documented_templates(), ids=itemgetter("name")
)
_OFFERING: Final = ("ca-configuration", "api", "csr")
# Every choice of sources that offer something, from none to all.
_SITUATIONS: Final = tuple(
    frozenset(chosen)
    for chosen in chain.from_iterable(combinations(_OFFERING, size) for size in range(4))
)
_REVOCATION: Final[Any] = {
    "CrlConfiguration": {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "crls"},
    "OcspConfiguration": {"Enabled": True},
}
_MINIMAL_KEY_USAGES: Final = {
    ("digitalSignature",): "03020780",
    ("digitalSignature", "keyEncipherment"): "030205a0",
    ("digitalSignature", "keyCertSign", "cRLSign"): "03020186",
}


def _uri(text: str) -> bytes:
    return tlv(0x86, text.encode())


def _distribution_point(uri: str) -> str:
    return tlv(0x30, tlv(0x30, tlv(0xA0, tlv(0xA0, _uri(uri))))).hex()


def _ocsp_access(uri: str) -> str:
    return tlv(0x30, tlv(0x30, oid("1.3.6.1.5.5.7.48.1"), _uri(uri))).hex()


def _policy(identifier: str) -> bytes:
    return tlv(0x30, tlv(0x30, oid(identifier)))


# Offers of the API: (request members, and the extensions that they mean).
_API_SUBJECT: Final = "By API"
_API_STRUCTURES: Final[Any] = {
    "KeyUsage": {"KeyAgreement": True},
    "ExtendedKeyUsage": [{"ExtendedKeyUsageType": "EMAIL_PROTECTION"}],
    "SubjectAlternativeNames": [{"DnsName": "by-api.example"}],
    "CertificatePolicies": [{"CertPolicyId": "1.3.6.1.4.1.99999.1"}],
}
_BY_STRUCTURE: Final = (
    ParsedExtension(KEY_USAGE, True, "0303070800"),
    ParsedExtension(EXTENDED_KEY_USAGE, False, "300a06082b06010505070304"),
    ParsedExtension(SUBJECT_ALTERNATIVE_NAME, False, general_names("by-api.example").hex()),
    ParsedExtension(CERTIFICATE_POLICIES, False, _policy("1.3.6.1.4.1.99999.1").hex()),
)
_CUSTOM: Final = (
    ParsedExtension(BASIC_CONSTRAINTS, True, "30060101ff020109"),
    ParsedExtension(SUBJECT_KEY_IDENTIFIER, False, "0403aaaaaa"),
    ParsedExtension(AUTHORITY_KEY_IDENTIFIER, True, "30058003aaaaaa"),
    ParsedExtension(CRL_DISTRIBUTION_POINTS, True, _distribution_point("http://by-api.example")),
    ParsedExtension(AUTHORITY_INFORMATION_ACCESS, True, _ocsp_access("http://by-api.example")),
    ParsedExtension(PRIVATE, True, "0c03617069"),
)
_API_PASSTHROUGH: Final[Any] = {
    "Subject": {"CommonName": _API_SUBJECT},
    **passing(
        **_API_STRUCTURES, CustomExtensions=[custom(e.oid, e.value, e.critical) for e in _CUSTOM]
    ),
}
# Offers of the CSR; flags differ from those of the other sources.
_REQUESTED: Final = (
    ParsedExtension(BASIC_CONSTRAINTS, True, "30060101ff020108"),
    ParsedExtension(SUBJECT_KEY_IDENTIFIER, True, "0403bbbbbb"),
    ParsedExtension(AUTHORITY_KEY_IDENTIFIER, False, "30058003bbbbbb"),
    ParsedExtension(KEY_USAGE, False, "03020410"),
    ParsedExtension(EXTENDED_KEY_USAGE, True, "300a06082b06010505070308"),
    ParsedExtension(SUBJECT_ALTERNATIVE_NAME, True, general_names("by-csr.example").hex()),
    ParsedExtension(CERTIFICATE_POLICIES, True, _policy("1.3.6.1.4.1.99999.2").hex()),
    ParsedExtension(CRL_DISTRIBUTION_POINTS, False, _distribution_point("http://by-csr.example")),
    ParsedExtension(AUTHORITY_INFORMATION_ACCESS, False, _ocsp_access("http://by-csr.example")),
    ParsedExtension(PRIVATE, False, "0c03637372"),
)


@dataclass(frozen=True)
class Issued:
    """A certificate, and the offers of each source."""

    certificate: str
    issuer: str | None
    offered: dict[str, dict[str, ParsedExtension]]
    csr_subject: str

    def strongest(self, oid: str, sources: list[str]) -> ParsedExtension | None:
        """The extension that the documented sources make from the offers."""
        offers = (self.offered.get(source, {}).get(oid) for source in sources)
        return next((offer for offer in offers if offer is not None), None)

    def extension(self, oid: str) -> ParsedExtension | None:
        """The extension in the certificate."""
        return oracles.extension(self.certificate, oid)


@cache
def _issued(template: str, value: frozenset[str]) -> Issued:
    """Issue with offers from the given sources; a root template makes a root's certificate."""
    more: Any = {"RevocationConfiguration": _REVOCATION} if "ca-configuration" in value else {}
    request: Any = {"ApiPassthrough": _API_PASSTHROUGH} if "api" in value else {}
    with mock_pca() as pca:
        client = pca.client(region_name="us-east-1")
        if "RootCA" in template:
            expected: Any = {"CsrExtensions": {"KeyUsage": {"DataEncipherment": True}}}
            configuration = support.configuration("Root", **(expected if "csr" in value else {}))
            ca, issuer = support.pending(client, "ROOT", configuration, **more), None
            csr = ca.csr()
        else:
            ca = support.root(client, **more)
            issuer = ca.certificate()
            csr = raw_csr(*(_REQUESTED if "csr" in value else ()), subject=name("By CSR"))
        certificate = ca.issued(csr, template.removesuffix("/V1"), **request)
    crl = f"http://crls.s3.us-east-1.amazonaws.com/crl/{ca.arn.rpartition('/')[2]}.crl"
    offered = {
        "template": _fixed(template),
        "ca-configuration": (
            ParsedExtension(CRL_DISTRIBUTION_POINTS, False, _distribution_point(crl)),
            ParsedExtension(
                AUTHORITY_INFORMATION_ACCESS,
                False,
                _ocsp_access("http://ocsp.acm-pca.us-east-1.amazonaws.com"),
            ),
        ),
        "api": (*_BY_STRUCTURE, *_CUSTOM),
        "csr": oracles.requested_extensions(csr.decode()),
    }
    return Issued(
        certificate,
        issuer,
        {
            source: {extension.oid: extension for extension in extensions}
            for source, extensions in offered.items()
            if source == "template" or source in value
        },
        _csr_subject_hex(csr),
    )


def _csr_subject_hex(csr: bytes) -> str:
    request = asn1_csr.CertificationRequest.load(oracles.der(csr.decode()), strict=True)
    return str(request["certification_request_info"]["subject"].dump().hex())


def _fixed(template: str) -> list[ParsedExtension]:
    """The template's own extension, in the byte form of certificates that AWS issued."""
    (documented,) = (row for row in oracles.documented_templates() if row["name"] == template)
    result = []
    if usage := documented["key_usage"]:
        value = _MINIMAL_KEY_USAGES[tuple(usage["values"])]
        result.append(ParsedExtension(KEY_USAGE, usage["critical"], value))
    if purposes := documented["extended_key_usage_oids"]:
        encoded: bytes = asn1_x509.ExtKeyUsageSyntax(purposes).dump()
        critical = documented["extended_key_usage_critical"]
        result.append(ParsedExtension(EXTENDED_KEY_USAGE, critical, encoded.hex()))
    return result


def test_the_templates_are_the_documented_ones() -> None:
    assert list(TEMPLATES) == [row["name"] for row in oracles.documented_templates()]
    assert len(TEMPLATES) == 61


def test_without_a_template_the_certificate_is_for_an_end_entity(pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name="us-east-1"))
    csr = raw_csr(*_REQUESTED)

    by_default, by_name = ca.issued(csr), ca.issued(csr, "EndEntityCertificate")

    assert DEFAULT_TEMPLATE == "EndEntityCertificate/V1"
    assert oracles.extensions(by_default) == oracles.extensions(by_name)
    other = ca.issued(csr, "EndEntityServerAuthCertificate")
    assert oracles.extensions(by_default) != oracles.extensions(other)


@each_template
def test_basic_constraints_are_the_templates(documented: dict[str, Any]) -> None:
    constraints = documented["basic_constraints"]
    expected: dict[str, Any] = {
        "ca": constraints["ca"],
        "path_len_constraint": constraints["path_length"],
    }

    for argument in _SITUATIONS:
        result = _issued(documented["name"], argument).extension(BASIC_CONSTRAINTS)

        assert result is not None
        assert result.critical is constraints["critical"]
        value = asn1_x509.BasicConstraints.load(bytes.fromhex(result.value), strict=True)
        assert dict(value.native) == expected
        assert constraints["ca"] or result.value == "3000"


@each_template
def test_the_subject_key_identifier_is_the_keys(documented: dict[str, Any]) -> None:
    for argument in _SITUATIONS:
        issued = _issued(documented["name"], argument)

        value = "0414" + oracles.key_identifier_hex(issued.certificate)
        assert issued.extension(SUBJECT_KEY_IDENTIFIER) == (SUBJECT_KEY_IDENTIFIER, False, value)


@each_template
def test_the_authority_key_identifier_is_the_issuers_except_in_roots(
    documented: dict[str, Any],
) -> None:
    kind = documented["authority_key_identifier"]

    for argument in _SITUATIONS:
        issued = _issued(documented["name"], argument)

        result = issued.extension(AUTHORITY_KEY_IDENTIFIER)
        if kind == "issuer-ski-keyid-only":
            assert issued.issuer is not None
            value = "30168014" + oracles.key_identifier_hex(issued.issuer)
            assert result == (AUTHORITY_KEY_IDENTIFIER, False, value)
        else:
            by_api = kind == "api-custom-extension-only"
            sources = ["api"] if by_api else []
            assert result == issued.strongest(AUTHORITY_KEY_IDENTIFIER, sources)


@pytest.mark.parametrize("own", [None, b"any identifier"])
def test_the_authority_key_identifier_is_the_one_in_the_issuers_certificate(
    own: bytes | None, pca: PcaMock
) -> None:
    ca = support.pending(pca.client(region_name="us-east-1"), "SUBORDINATE")
    ForeignRoot().install_at(ca, key_identifier=own)
    # Without an identifier in the issuer's certificate, that of its key is used.
    identifier = own or bytes.fromhex(oracles.key_identifier_hex(ca.certificate()))

    certificate = ca.issued(raw_csr())

    result = oracles.extension(certificate, AUTHORITY_KEY_IDENTIFIER)
    expected = tlv(0x30, tlv(0x80, identifier)).hex()
    assert result == (AUTHORITY_KEY_IDENTIFIER, False, expected)


@pytest.mark.parametrize(
    ("oid", "documented_as"),
    [
        pytest.param(KEY_USAGE, "key_usage_source", id="key usage"),
        pytest.param(EXTENDED_KEY_USAGE, "extended_key_usage_source", id="extended key usage"),
        pytest.param(SUBJECT_ALTERNATIVE_NAME, "san_source", id="subject alternative name"),
        pytest.param(
            CRL_DISTRIBUTION_POINTS, "crl_distribution_points_source", id="CRL distribution points"
        ),
        pytest.param(
            AUTHORITY_INFORMATION_ACCESS,
            "authority_information_access_source",
            id="authority information access",
        ),
    ],
)
@each_template
def test_an_extension_comes_from_its_strongest_documented_source(
    documented: dict[str, Any], oid: str, documented_as: str
) -> None:
    for value in _SITUATIONS:
        issued = _issued(documented["name"], value)

        assert issued.extension(oid) == issued.strongest(oid, documented[documented_as]), value


@each_template
def test_other_extensions_pass_from_the_api_and_the_csr_as_documented(
    documented: dict[str, Any],
) -> None:
    csr = ["csr"] if documented["csr_extensions"] else []
    private = (["api"] if documented["api_custom_extensions"] else []) + csr
    policies = (["api"] if documented["api_certificate_policies"] else []) + csr

    for value in _SITUATIONS:
        issued = _issued(documented["name"], value)

        assert issued.extension(PRIVATE) == issued.strongest(PRIVATE, private), value
        expected = issued.strongest(CERTIFICATE_POLICIES, policies)
        assert issued.extension(CERTIFICATE_POLICIES) == expected, value


@each_template
def test_the_subject_comes_from_its_strongest_documented_source(documented: dict[str, Any]) -> None:
    by_api = "api" in documented["subject_source"]
    assert by_api is documented["api_subject"]

    for value in _SITUATIONS:
        issued = _issued(documented["name"], value)

        replaced = by_api and "api" in value
        subject = name(_API_SUBJECT).hex() if replaced else issued.csr_subject
        assert oracles.subject_hex(issued.certificate) == subject
        issuer = oracles.subject_hex(issued.issuer) if issued.issuer else subject
        assert oracles.issuer_hex(issued.certificate) == issuer


@each_template
def test_a_certificate_has_only_extensions_from_its_sources(documented: dict[str, Any]) -> None:
    own = {e.oid for e in _fixed(documented["name"])} | {BASIC_CONSTRAINTS, SUBJECT_KEY_IDENTIFIER}
    if not documented["root"]:
        own.add(AUTHORITY_KEY_IDENTIFIER)

    issued = _issued(documented["name"], frozenset())

    assert {extension.oid for extension in oracles.extensions(issued.certificate)} == own


@pytest.mark.parametrize(
    ("region", "partition", "more"),
    [
        ("us-east-1", "aws", {}),
        ("cn-north-1", "aws-cn", {"KeyStorageSecurityStandard": "CCPC_LEVEL_1_OR_HIGHER"}),
        ("us-gov-west-1", "aws-us-gov", {}),
    ],
)
def test_every_template_exists_in_every_partition(
    region: str, partition: str, more: dict[str, Any], pca: PcaMock
) -> None:
    root = support.root(pca.client(region_name=region), **more)
    csrs = {True: root.csr(), False: raw_csr()}

    for documented in oracles.documented_templates():
        arn = documented["arn"].replace("arn:aws:", f"arn:{partition}:")
        certificate = root.issued(csrs[documented["root"]], TemplateArn=arn)

        result = oracles.certificate(certificate)
        assert result.ca is documented["ca"]
        assert result.max_path_length == documented["basic_constraints"]["path_length"]
    assert root.issue(csrs[False]).startswith(f"arn:{partition}:acm-pca:{region}:")


def test_a_template_arn_of_the_standard_partition_works_in_the_others(pca: PcaMock) -> None:
    root = support.root(pca.client(region_name="us-gov-west-1"))

    certificate = root.issued(raw_csr(), TemplateArn=support.template_arn("CodeSigningCertificate"))

    purposes = oracles.extension(certificate, EXTENDED_KEY_USAGE)
    assert purposes == (EXTENDED_KEY_USAGE, True, "300a06082b06010505070303")


_NOT_ROOT: Final = [row for row in oracles.documented_templates() if not row["root"]]


@pytest.mark.parametrize("documented", _NOT_ROOT, ids=itemgetter("name"))
def test_a_ca_that_omits_the_distribution_point_leaves_it_to_the_other_sources(
    documented: dict[str, Any], pca: PcaMock
) -> None:
    omitting = {
        **_REVOCATION["CrlConfiguration"],
        "CrlDistributionPointExtensionConfiguration": {"OmitExtension": True},
    }
    root = support.root(
        pca.client(region_name="us-east-1"), RevocationConfiguration={"CrlConfiguration": omitting}
    )
    template = documented["name"].removesuffix("/V1")
    by_api = next(e for e in _CUSTOM if e.oid == CRL_DISTRIBUTION_POINTS)
    by_csr = next(e for e in _REQUESTED if e.oid == CRL_DISTRIBUTION_POINTS)
    api = passing(CustomExtensions=[custom(by_api.oid, by_api.value, by_api.critical)])

    plain = root.issued(raw_csr(), template)
    passed = root.issued(raw_csr(by_csr), template, ApiPassthrough=api)

    sources = documented["crl_distribution_points_source"]
    expected = by_api if "api" in sources else by_csr if "csr" in sources else None
    assert oracles.extension(plain, CRL_DISTRIBUTION_POINTS) is None
    assert oracles.extension(passed, CRL_DISTRIBUTION_POINTS) == expected


@pytest.mark.parametrize(
    ("crl", "uri"),
    [
        ({}, "http://crls.s3.us-east-1.amazonaws.com/crl/{id}.crl"),
        ({"CustomCname": "crl.example"}, "http://crl.example/crl/{id}.crl"),
        pytest.param(
            {"CrlType": "COMPLETE"},
            "http://crls.s3.us-east-1.amazonaws.com/crl/{id}.crl",
        ),
    ],
)
def test_the_distribution_point_names_the_cas_crl(
    crl: dict[str, Any], uri: str, pca: PcaMock
) -> None:
    revocation = {"CrlConfiguration": {**_REVOCATION["CrlConfiguration"], **crl}}
    root = support.root(pca.client(region_name="us-east-1"), RevocationConfiguration=revocation)

    certificate = root.issued(raw_csr())

    value = _distribution_point(uri.format(id=root.arn.rpartition("/")[2]))
    result = oracles.extension(certificate, CRL_DISTRIBUTION_POINTS)
    assert result == (CRL_DISTRIBUTION_POINTS, False, value)


def test_the_distribution_point_of_a_partitioned_crl_names_the_partition(pca: PcaMock) -> None:
    crl = {**_REVOCATION["CrlConfiguration"], "CrlType": "PARTITIONED"}
    root = support.root(
        pca.client(region_name="us-east-1"), RevocationConfiguration={"CrlConfiguration": crl}
    )

    certificate = root.issued(raw_csr())

    (point,) = oracles.certificate(certificate).crl_distribution_points
    (uri,) = point.native["distribution_point"]
    folder = f"http://crls.s3.us-east-1.amazonaws.com/crl/{root.arn.rpartition('/')[2]}"
    assert re.fullmatch(rf"{re.escape(folder)}/[A-Za-z0-9]{{11}}\.crl", uri)


def test_the_responders_own_name_is_in_the_certificate(pca: PcaMock) -> None:
    ocsp = {"OcspConfiguration": {"Enabled": True, "OcspCustomCname": "ocsp.example"}}
    root = support.root(pca.client(region_name="us-east-1"), RevocationConfiguration=ocsp)

    certificate = root.issued(raw_csr())

    result = oracles.extension(certificate, AUTHORITY_INFORMATION_ACCESS)
    expected = _ocsp_access("http://ocsp.example")
    assert result == (AUTHORITY_INFORMATION_ACCESS, False, expected)
