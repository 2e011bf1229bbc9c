"""The examples of the User Guide and of AWS's Java samples, each to its last byte.

The values of the extensions are DER in hex, in the order of the certificate; `!` means critical,
AKI and SKI stand for the identifiers of the issuer's and of the certificate's own key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests import oracles, support
from tests.issuance import (
    aki,
    attributes,
    custom,
    general_names,
    listed,
    name,
    passing,
    raw_csr,
    ski,
    tlv,
)

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

    from pca_mock import PcaMock

_MATTER: Final = "1.3.6.1.4.1.37244"


def _extension(oid: str, value: str, critical: bool) -> Any:
    return {"ObjectIdentifier": oid, "Value": value, "Critical": critical}


def _rdn(oid: str, tag: int, text: str) -> bytes:
    return tlv(0x31, tlv(0x30, bytes.fromhex(oid), tlv(tag, text.encode())))


_EXAMPLE: Final = tlv(
    0x30,
    _rdn("0603550406", 0x13, "US"),
    _rdn("060355040a", 0x0C, "Example Corp"),
    _rdn("0603550403", 0x0C, "www.example.com"),
)
_EXAMPLE_HEX: Final = (
    "303e310b300906035504061302555331153013060355040a0c0c4578616d706c6520436f7270"
    "3118301606035504030c0f7777772e6578616d706c652e636f6d"
)
_LEAF: Final = "2.5.29.19 3000"
_IDS: Final = ("AKI", "SKI")
_TLS: Final = (
    _LEAF,
    *_IDS,
    "2.5.29.15! 030205a0",
    "2.5.29.37 301406082b0601050507030106082b06010505070302",
)
_TLS_SAN: Final = "2.5.29.17 301e820f7777772e6578616d706c652e636f6d820b6578616d706c652e636f6d"

# The custom extensions that the samples pass.
_CERTIFIER: Final = _extension("2.5.29.15", "AwIBBg==", True)
_SIGNER: Final = _extension("2.5.29.15", "AwIHgA==", True)
_CLIENT_SERVER: Final = _extension("2.5.29.37", "MBQGCCsGAQUFBwMCBggrBgEFBQcDAQ==", True)
_ISSUER_URI: Final = _extension("2.5.29.18", "MBiGFmh0dHBzOi8vaXNzdWVyLmV4YW1wbGU=", False)
_CRL_URI: Final = _extension(
    "2.5.29.31", "MCMwIaAfoB2GG2h0dHA6Ly9jcmwuZXhhbXBsZS9pYWNhLmNybA==", False
)
_SUBTREES: Final = _extension(
    "2.5.29.30",
    "MEOgHzAKgggucHJpdmF0ZTAIggYubG9jYWwwB4IFLmNvcnChIDAOggwuc2VjcmV0LmNvcnAwDoIMLmV4YW1wbGUuY29t",
    True,
)
_PERMITTED_TEST: Final = _extension("2.5.29.30", "MBWgEzARgg8ucGVybWl0dGVkLnRlc3Q=", True)
_SID: Final = _extension(
    "1.3.6.1.4.1.311.25.2",
    "MCWgIwYKKwYBBAGCNxkCAaAVBBNTLTEtNS0yMS0xLTItMy0xMDAx",
    False,
)
_ISSUER_URI_HEX: Final = "2.5.29.18 3018861668747470733a2f2f6973737565722e6578616d706c65"
_CRL_URI_HEX: Final = (
    "2.5.29.31 30233021a01fa01d861b687474703a2f2f63726c2e6578616d706c652f696163612e63726c"
)

_MATTER_TEST_PAI: Final = attributes(
    ("2.5.4.3", "Matter Test PAI"), (f"{_MATTER}.2.1", "FFF1"), (f"{_MATTER}.2.2", "8000")
)
_PAI_HEX: Final = (
    "30463118301606035504030c0f4d617474657220546573742050414931143012060a2b0601040182a27c0201"
    "0c044646463131143012060a2b0601040182a27c02020c0438303030"
)
_IACA_SUBJECT: Final = {"Country": "US", "State": "CA", "CommonName": "mDL IACA"}
_IACA_HEX: Final = (
    "302d310b3009060355040613025553310b300906035504080c0243413111300f06035504030c086d444c2049414341"
)


# Who asks: each makes a CA and a CSR for it.
Asking = Callable[["ACMPCAClient"], tuple[support.Ca, bytes]]


def _leaf(*dns: str, subject: bytes | None = None) -> Asking:
    """A stranger's CSR, with a SAN and an extension that only passthrough could copy."""

    def asking(client: ACMPCAClient) -> tuple[support.Ca, bytes]:
        expected = [oracles.ParsedExtension("2.5.29.37", False, "300a06082b06010505070303")]
        if dns:
            expected.append(oracles.ParsedExtension("2.5.29.17", False, general_names(*dns).hex()))
        return support.root(client), raw_csr(*expected, subject=subject)

    return asking


def _subordinate(subject: Any) -> Asking:
    """The CSR of a subordinate CA, and its parent."""

    def asking(client: ACMPCAClient) -> tuple[support.Ca, bytes]:
        configuration = support.configuration(Subject=subject)
        return support.root(client), support.pending(client, "SUBORDINATE", configuration).csr()

    return asking


def _root(subject: Any) -> Asking:
    """A root CA's own CSR."""

    def asking(client: ACMPCAClient) -> tuple[support.Ca, bytes]:
        ca = support.pending(client, "ROOT", support.configuration(Subject=subject))
        return ca, ca.csr()

    return asking


@dataclass(frozen=True)
class Case:
    """An example: the request, and the certificate that must be issued.

    Attributes:
        template: None for none in the request.
        subject: hex of the Name.
        is_root: whether the certificate signs itself.
    """

    name: str
    asking: Asking
    template: str | None
    subject: str
    extensions: tuple[str, ...]
    api: Any = field(default_factory=dict)
    is_root: bool = False


CASES: Final = (
    Case(
        "1 base end entity",
        _leaf("www.example.com", "example.com", subject=_EXAMPLE),
        None,
        _EXAMPLE_HEX,
        (_TLS_SAN, *_TLS),
    ),
    Case(
        "2 server authentication with the API's alternative names",
        _leaf("other.example.com"),
        "EndEntityServerAuthCertificate_APIPassthrough",
        name("localhost").hex(),
        (
            _LEAF,
            *_IDS,
            "2.5.29.15! 030205a0",
            "2.5.29.37 300a06082b06010505070301",
            "2.5.29.17 3015820d612e6578616d706c652e636f6d8704c0000201",
        ),
        api=passing(
            SubjectAlternativeNames=[{"DnsName": "a.example.com"}, {"IpAddress": "192.0.2.1"}]
        ),
    ),
    Case(
        "5 Matter PAI",
        _subordinate(_MATTER_TEST_PAI),
        "BlankSubordinateCACertificate_PathLen0_APIPassthrough",
        _PAI_HEX,
        ("2.5.29.19! 30060101ff020100", *_IDS, "2.5.29.15! 03020106"),
        api=passing(CustomExtensions=[_CERTIFIER]),
    ),
    Case(
        "6 Matter intermediate CA",
        _subordinate(attributes((f"{_MATTER}.1.3", "CACACACA00000003"))),
        "BlankSubordinateCACertificate_PathLen0_APIPassthrough",
        "30223120301e060a2b0601040182a27c01030c1043414341434143413030303030303033",
        ("2.5.29.19! 30060101ff020100", *_IDS, "2.5.29.15! 03020106"),
        api=passing(CustomExtensions=[_CERTIFIER]),
    ),
    Case(
        "7 Matter DAC",
        _leaf(),
        "BlankEndEntityCertificate_CriticalBasicConstraints_APIPassthrough",
        "304b311d301b06035504030c144d6174746572205465737420444143203030303131143012060a2b06010401"
        "82a27c02010c044646463131143012060a2b0601040182a27c02020c0438303030",
        ("2.5.29.19! 3000", *_IDS, "2.5.29.15! 03020780"),
        api={
            "Subject": attributes(
                ("2.5.4.3", "Matter Test DAC 0001"),
                (f"{_MATTER}.2.1", "FFF1"),
                (f"{_MATTER}.2.2", "8000"),
            ),
            **passing(CustomExtensions=[_SIGNER]),
        },
    ),
    Case(
        "8 Matter NOC",
        _leaf(),
        "BlankEndEntityCertificate_CriticalBasicConstraints_APIPassthrough",
        "30443120301e060a2b0601040182a27c01010c10444544454445444530303031303030313120301e060a2b06"
        "01040182a27c01050c1046414230303030303030303030303144",
        (
            "2.5.29.19! 3000",
            *_IDS,
            "2.5.29.15! 03020780",
            "2.5.29.37! 301406082b0601050507030206082b06010505070301",
        ),
        api={
            "Subject": attributes(
                (f"{_MATTER}.1.1", "DEDEDEDE00010001"), (f"{_MATTER}.1.5", "FAB000000000001D")
            ),
            **passing(CustomExtensions=[_SIGNER, _CLIENT_SERVER]),
        },
    ),
    Case(
        "9 smart card",
        _leaf(),
        "BlankEndEntityCertificate_APIPassthrough",
        "3010310e300c06035504030c05416c696365",
        (
            _LEAF,
            *_IDS,
            "2.5.29.15! 030307e000",
            "2.5.29.37 301606082b06010505070302060a2b060104018237140202",
            "2.5.29.17 3023a021060a2b060104018237140203a0130c11616c696365406578616d706c652e636f6d",
        ),
        api={
            "Subject": {"CommonName": "Alice"},
            **passing(
                KeyUsage={
                    "DigitalSignature": True,
                    "NonRepudiation": True,
                    "KeyEncipherment": True,
                },
                ExtendedKeyUsage=[
                    {"ExtendedKeyUsageType": "CLIENT_AUTH"},
                    {"ExtendedKeyUsageType": "SMART_CARD_LOGIN"},
                ],
                SubjectAlternativeNames=[
                    {
                        "OtherName": {
                            "TypeId": "1.3.6.1.4.1.311.20.2.3",
                            "Value": "alice@example.com",
                        }
                    }
                ],
            ),
        },
    ),
    Case(
        "10 mDL IACA",
        _root(_IACA_SUBJECT),
        "BlankRootCACertificate_PathLen0_APIPassthrough",
        _IACA_HEX,
        (
            "2.5.29.19! 30060101ff020100",
            "SKI",
            "2.5.29.15! 03020106",
            _ISSUER_URI_HEX,
            _CRL_URI_HEX,
        ),
        api=passing(CustomExtensions=[_CERTIFIER, _ISSUER_URI, _CRL_URI]),
        is_root=True,
    ),
    Case(
        "11 mDL document signer",
        _leaf(),
        "BlankEndEntityCertificate_APIPassthrough",
        "301e310b3009060355040613025553310f300d06035504030c066d444c204453",
        (
            _LEAF,
            *_IDS,
            "2.5.29.37 3009060728818c5d050102",
            "2.5.29.15! 03020780",
            _ISSUER_URI_HEX,
            _CRL_URI_HEX,
        ),
        api={
            "Subject": {"Country": "US", "CommonName": "mDL DS"},
            **passing(
                CustomExtensions=[_SIGNER, _ISSUER_URI, _CRL_URI],
                ExtendedKeyUsage=[{"ExtendedKeyUsageObjectIdentifier": "1.0.18013.5.1.2"}],
            ),
        },
    ),
    Case(
        "12 subordinate CA with name constraints",
        _leaf(),
        "SubordinateCACertificate_PathLen0_APIPassthrough",
        name("localhost").hex(),
        (
            "2.5.29.19! 30060101ff020100",
            *_IDS,
            "2.5.29.15! 03020186",
            "2.5.29.30! 3043a01f300a82082e70726976617465300882062e6c6f63616c300782052e636f7270a120"
            "300e820c2e7365637265742e636f7270300e820c2e6578616d706c652e636f6d",
        ),
        api=passing(CustomExtensions=[_SUBTREES]),
    ),
    Case(
        "13 code signing",
        _leaf(),
        "CodeSigningCertificate",
        name("localhost").hex(),
        (_LEAF, *_IDS, "2.5.29.15! 03020780", "2.5.29.37! 300a06082b06010505070303"),
    ),
    Case(
        "14 custom attributes",
        _leaf("www.example.com", "example.com"),
        "EndEntityCertificate_APIPassthrough",
        "304a310b30090603550406130255533113301106035504030c0a436f6d6d6f6e4e616d653112301006052b06"
        "0104010c07414243444546473112301006052b060104010c0742434445464748",
        (_TLS_SAN, *_TLS),
        api={
            "Subject": attributes(
                ("2.5.4.6", "US"),
                ("2.5.4.3", "CommonName"),
                ("1.3.6.1.4.1", "ABCDEFG"),
                ("1.3.6.1.4.1", "BCDEFGH"),
            )
        },
    ),
    Case(
        "15 domain controller of Active Directory",
        _leaf(),
        "BlankEndEntityCertificate_APIPassthrough",
        name("localhost").hex(),
        (
            _LEAF,
            *_IDS,
            "2.5.29.15! 030307a000",
            "2.5.29.37 302906082b0601050507030106082b0601050507030206072b060105020305"
            "060a2b060104018237140202",
            "2.5.29.17 3011820f6463312e6578616d706c652e636f6d",
            "1.3.6.1.4.1.311.25.2 "
            "3025a023060a2b060104018237190201a0150413532d312d352d32312d312d322d332d31303031",
        ),
        api=passing(
            KeyUsage={"DigitalSignature": True, "KeyEncipherment": True},
            ExtendedKeyUsage=[
                {"ExtendedKeyUsageType": "SERVER_AUTH"},
                {"ExtendedKeyUsageType": "CLIENT_AUTH"},
                {"ExtendedKeyUsageObjectIdentifier": "1.3.6.1.5.2.3.5"},
                {"ExtendedKeyUsageObjectIdentifier": "1.3.6.1.4.1.311.20.2.2"},
            ],
            SubjectAlternativeNames=[{"DnsName": "dc1.example.com"}],
            CustomExtensions=[_SID],
        ),
    ),
    Case(
        "16 the guide's name constraints on an end entity",
        _leaf("www.example.com", "example.com"),
        "EndEntityCertificate_APIPassthrough",
        name("localhost").hex(),
        (
            _TLS_SAN,
            *_TLS,
            "2.5.29.30! 3015a0133011820f2e7065726d69747465642e74657374",
        ),
        api=passing(CustomExtensions=[_PERMITTED_TEST]),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=attrgetter("name"))
def test_an_example_gives_the_documented_certificate_byte_for_byte(
    case: Case, pca: PcaMock
) -> None:
    ca, csr = case.asking(pca.client(region_name="us-east-1"))

    certificate = ca.issued(csr, case.template, ApiPassthrough=case.api)

    issuer = certificate if case.is_root else ca.certificate()
    stands_for = {"AKI": aki(issuer), "SKI": ski(certificate)}
    expected = [stands_for.get(extension, extension) for extension in case.extensions]
    assert listed(certificate) == expected
    assert oracles.subject_hex(certificate) == case.subject
    assert oracles.issuer_hex(certificate) == oracles.subject_hex(issuer)


@pytest.mark.parametrize(
    ("subject", "encoded"),
    [
        pytest.param(
            {"CommonName": "Matter Test PAA FFF1"},
            "301f311d301b06035504030c144d61747465722054657374205041412046464631",
            id="3 Matter PAA",
        ),
        pytest.param(
            attributes((f"{_MATTER}.1.4", "CACACACA00000001")),
            "30223120301e060a2b0601040182a27c01040c1043414341434143413030303030303031",
            id="4 Matter root CA",
        ),
    ],
)
def test_a_matter_root_has_the_authority_key_identifier_that_it_computed(
    subject: Any, encoded: str, pca: PcaMock
) -> None:
    root, csr = _root(subject)(pca.client(region_name="us-east-1"))
    # Callers compute it from their CSR; here the identifier is read from a first certificate.
    identifier = oracles.key_identifier_hex(root.issued(csr, "RootCACertificate"))
    own = custom("2.5.29.35", f"30168014{identifier}", critical=False)

    certificate = root.issued(
        csr,
        "RootCACertificate_APIPassthrough",
        ApiPassthrough=passing(CustomExtensions=[own]),
    )

    assert listed(certificate) == [
        "2.5.29.19! 30030101ff",
        ski(certificate),
        "2.5.29.15! 03020186",
        aki(certificate),
    ]
    assert oracles.subject_hex(certificate) == oracles.issuer_hex(certificate) == encoded
