"""Which ApiPassthrough is refused: by a rule, where it applies, or by its shape, everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from tests import oracles, support
from tests.issuance import (
    PRIVATE,
    SUBJECT_ALTERNATIVE_NAME,
    attributes,
    custom,
    listed,
    name,
    passing,
    policy,
    raw_csr,
    unvalidating,
)
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


# Rules that the model's shapes cannot express


def _alternative(*items: Any) -> Any:
    return passing(SubjectAlternativeNames=items)


_FAULTS: Final[dict[str, Any]] = {
    "standard and custom attributes": {
        "Subject": {"CommonName": "x", **attributes(("2.5.4.3", "x"))}
    },
    "custom country of three letters": {"Subject": attributes(("2.5.4.6", "USA"))},
    "custom country of one letter": {"Subject": attributes(("2.5.4.6", "U"))},
    "custom serial number with an asterisk": {"Subject": attributes(("2.5.4.5", "*"))},
    "custom qualifier that is not ASCII": {"Subject": attributes(("2.5.4.46", "ü"))},
    "custom mailbox that is not ASCII": {"Subject": attributes(("1.2.840.113549.1.9.1", "ü@x"))},
    "custom domain that is not ASCII": {"Subject": attributes(("0.9.2342.19200300.100.1.25", "ü"))},
    "country hidden behind a zero": {"Subject": attributes(("2.5.4.06", "USA"))},
    "no name": _alternative({}),
    "two names": _alternative({"DnsName": "a", "IpAddress": "192.0.2.1"}),
    "two names behind a good one": _alternative(
        {"DnsName": "a"}, {"Rfc822Name": "a@b", "UniformResourceIdentifier": "http://b"}
    ),
    "all names": _alternative(
        {
            "OtherName": {"TypeId": "1.2.3", "Value": "a"},
            "Rfc822Name": "a@b",
            "DnsName": "a",
            "DirectoryName": {"CommonName": "a"},
            "EdiPartyName": {"PartyName": "a"},
            "UniformResourceIdentifier": "http://a",
            "IpAddress": "192.0.2.1",
            "RegisteredId": "1.2.3",
        }
    ),
    "empty mailbox": _alternative({"Rfc822Name": ""}),
    "empty host": _alternative({"DnsName": ""}),
    "empty URI": _alternative({"UniformResourceIdentifier": ""}),
    "mailbox that is not ASCII": _alternative({"Rfc822Name": "ü@example.com"}),
    "host that is not ASCII": _alternative({"DnsName": "zürich.example"}),
    "URI that is not ASCII": _alternative({"UniformResourceIdentifier": "http://zürich"}),
    "directory name without attribute": _alternative({"DirectoryName": {}}),
    "directory name of empty attributes": _alternative({"DirectoryName": {"CommonName": ""}}),
    "directory name of both kinds": _alternative(
        {"DirectoryName": {"CommonName": "x", **attributes(("2.5.4.3", "x"))}}
    ),
    **{
        f"IP address {text!r}": _alternative({"IpAddress": text})
        for text in (
            "",
            "10.0.0.0/8",
            "fe80::1%eth0",
            "fe80::1%1",
            "010.0.0.1",
            "10.0.0",
            "256.0.0.1",
            "10.0.0.1.",
            "localhost",
            "20010db8000000000000000000000001",
            "2001:db8:::1",
            "1::2::3",
            " 10.0.0.1",
            "[::1]",
            "3232235777",
        )
    },
    "purpose by name and OID": passing(
        ExtendedKeyUsage=[
            {
                "ExtendedKeyUsageType": "SERVER_AUTH",
                "ExtendedKeyUsageObjectIdentifier": "1.3.6.1.5.5.7.3.1",
            }
        ]
    ),
    "purpose by neither": passing(ExtendedKeyUsage=[{}]),
    "policy twice": passing(CertificatePolicies=[policy("1.2.3"), policy("1.2.3", "a")]),
    "policy twice, once with a zero": passing(
        CertificatePolicies=[policy("1.2.3"), policy("1.2.03")]
    ),
    "empty CPS URI": passing(CertificatePolicies=[policy("1.2.3", "")]),
    "CPS URI that is not ASCII": passing(CertificatePolicies=[policy("1.2.3", "http://zürich")]),
    "extension twice": passing(CustomExtensions=[custom(PRIVATE, "0500")] * 2),
    "alternative names twice": passing(
        SubjectAlternativeNames=[{"DnsName": "a"}],
        CustomExtensions=[custom(SUBJECT_ALTERNATIVE_NAME, "3003820161")],
    ),
}


@pytest.mark.parametrize("fault", _FAULTS.values(), ids=_FAULTS)
def test_a_fault_is_refused_where_the_template_passes_it_through(
    fault: Any, pca: PcaMock, root: Ca
) -> None:
    for template in (_BLANK, "EndEntityCertificate_APICSRPassthrough"):
        with refused("InvalidArgsException", pca):
            root.issue(_CSR, template, ApiPassthrough=fault)


@pytest.mark.parametrize("fault", _FAULTS.values(), ids=_FAULTS)
def test_a_fault_is_ignored_where_the_template_ignores_it(fault: Any, root: Ca) -> None:
    for template in ("EndEntityCertificate", "BlankEndEntityCertificate_CSRPassthrough"):
        certificate = root.issued(_CSR, template, ApiPassthrough=fault)

        assert listed(certificate) == listed(root.issued(_CSR, template))
        assert oracles.subject_hex(certificate) == name("localhost").hex()


# Rules of the model's shapes


def _custom_oid(dotted: str) -> Any:
    return passing(CustomExtensions=[{"ObjectIdentifier": dotted, "Value": "BQA="}])


_BREACHES: Final[dict[str, Any]] = {
    "no purpose": passing(ExtendedKeyUsage=[]),
    "no policy": passing(CertificatePolicies=[]),
    "no alternative name": passing(SubjectAlternativeNames=[]),
    "no custom extension": passing(CustomExtensions=[]),
    "151 custom extensions": passing(
        CustomExtensions=[custom(f"1.2.3.{number}", "0500") for number in range(151)]
    ),
    "no custom attribute": {"Subject": {"CustomAttributes": []}},
    "151 custom attributes": {"Subject": attributes(*[("2.5.4.3", "x")] * 151)},
    "empty custom attribute": {"Subject": attributes(("2.5.4.3", ""))},
    "long custom attribute": {"Subject": attributes(("2.5.4.3", "x" * 257))},
    "country with a digit": {"Subject": {"Country": "U1"}},
    "serial number with an asterisk": {"Subject": {"SerialNumber": "*"}},
    "purpose that does not exist": passing(ExtendedKeyUsage=[{"ExtendedKeyUsageType": "FLYING"}]),
    "qualifier that does not exist": passing(
        CertificatePolicies=[
            {
                "CertPolicyId": "1.2.3",
                "PolicyQualifiers": [
                    {"PolicyQualifierId": "NOTICE", "Qualifier": {"CpsUri": "a"}}
                ],
            }
        ]
    ),
    "no qualifier": passing(
        CertificatePolicies=[{"CertPolicyId": "1.2.3", "PolicyQualifiers": []}]
    ),
    "long CPS URI": passing(CertificatePolicies=[policy("1.2.3", "a" * 257)]),
    "long mailbox": _alternative({"Rfc822Name": "a" * 257}),
    "long host": _alternative({"DnsName": "a" * 254}),
    "long URI": _alternative({"UniformResourceIdentifier": "a" * 254}),
    "long IP address": _alternative({"IpAddress": "0000:0000:0000:0000:0000:ffff:192.168.100.228"}),
    "long other name": _alternative({"OtherName": {"TypeId": "1.2.3", "Value": "a" * 257}}),
    "long party": _alternative({"EdiPartyName": {"PartyName": "a" * 257}}),
    "other name without type": _alternative({"OtherName": {"Value": "a"}}),
    "other name without value": _alternative({"OtherName": {"TypeId": "1.2.3"}}),
    "no party": _alternative({"EdiPartyName": {"NameAssigner": "a"}}),
    "policy without OID": passing(CertificatePolicies=[{}]),
    "extension without OID": passing(CustomExtensions=[{"Value": "BQA="}]),
    "extension without value": passing(CustomExtensions=[{"ObjectIdentifier": PRIVATE}]),
    "empty value": passing(CustomExtensions=[{"ObjectIdentifier": PRIVATE, "Value": ""}]),
    **{
        f"OID {dotted!r}": _custom_oid(dotted)
        for dotted in (
            "", "1", "3.1", "2.40.1", "2.100.3", "2.999.1", "1.2.", "1.2.x", "1..2", " 1.2",
        )
    },
    "long OID": _custom_oid("1.2." + "1" * 61),
}  # fmt: skip


@pytest.mark.parametrize("breach", _BREACHES.values(), ids=_BREACHES)
def test_a_breach_of_the_shape_is_refused_whatever_the_template(
    breach: Any, pca: PcaMock, root: Ca
) -> None:
    lenient = Ca(unvalidating(pca), root.arn)

    for template in (_BLANK, "EndEntityCertificate"):
        with refused("ValidationException", pca):
            lenient.issue(_CSR, template, ApiPassthrough=breach)


@pytest.mark.parametrize("dotted", ["0.0", "1.2", "1.39.1", "2.39.1", "1.2." + "1" * 60])
def test_an_oid_of_the_right_shape_passes(dotted: str, root: Ca) -> None:
    certificate = root.issued(_CSR, _BLANK, ApiPassthrough=_custom_oid(dotted))

    assert oracles.extension(certificate, dotted) == (dotted, False, "0500")
