from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from asn1crypto import core, parser
from asn1crypto import csr as asn1_csr
from asn1crypto import x509 as asn1_x509
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pca_mock import PcaMock, mock_pca
from pca_mock.pki import algorithms
from pca_mock.service.model import service_model
from tests import newer_models, oracles, support
from tests.inside import snapshot
from tests.pki.test_names import GENERAL_NAMES, MATTER_NODE, MEMBERS, UTF8, custom, read
from tests.refusals import refused
from tests.support import Ca, KeyHolder, configuration, pending

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

NOON = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
SUBJECT_INFORMATION_ACCESS = "1.3.6.1.5.5.7.1.11"
BASIC_CONSTRAINTS = oracles.ParsedExtension("2.5.29.19", True, "30030101ff")
FIPS_2, FIPS_3 = "FIPS_140_2_LEVEL_2_OR_HIGHER", "FIPS_140_2_LEVEL_3_OR_HIGHER"
CCPC = "CCPC_LEVEL_1_OR_HIGHER"
WRONG_STANDARD = (
    "A certificate authority cannot be created in this region with the specified security standard."
)

KEYS: Any = {
    "RSA_2048": ("rsa", 2048),
    "RSA_3072": ("rsa", 3072),
    "RSA_4096": ("rsa", 4096),
    "EC_prime256v1": ("ec", "secp256r1"),
    "EC_secp384r1": ("ec", "secp384r1"),
    "EC_secp521r1": ("ec", "secp521r1"),
    "ML_DSA_44": ("2.16.840.1.101.3.4.3.17", None),
    "ML_DSA_65": ("2.16.840.1.101.3.4.3.18", None),
    "ML_DSA_87": ("2.16.840.1.101.3.4.3.19", None),
}
# Signing algorithm -> its OID and, where that leaves it open, its hash.
SIGNATURES: Any = {
    "SHA256WITHRSA": ("1.2.840.113549.1.1.11", None),
    "SHA384WITHRSA": ("1.2.840.113549.1.1.12", None),
    "SHA512WITHRSA": ("1.2.840.113549.1.1.13", None),
    "SHA256WITHRSA_PSS": ("1.2.840.113549.1.1.10", ("sha256", 32)),
    "SHA384WITHRSA_PSS": ("1.2.840.113549.1.1.10", ("sha384", 48)),
    "SHA512WITHRSA_PSS": ("1.2.840.113549.1.1.10", ("sha512", 64)),
    "SHA256WITHECDSA": ("1.2.840.10045.4.3.2", None),
    "SHA384WITHECDSA": ("1.2.840.10045.4.3.3", None),
    "SHA512WITHECDSA": ("1.2.840.10045.4.3.4", None),
    "ML_DSA_44": ("2.16.840.1.101.3.4.3.17", None),
    "ML_DSA_65": ("2.16.840.1.101.3.4.3.18", None),
    "ML_DSA_87": ("2.16.840.1.101.3.4.3.19", None),
    "SM3WITHSM2": ("1.2.156.10197.1.501", None),
}
FAMILIES = (
    (("RSA_2048", "RSA_3072", "RSA_4096"), [name for name in SIGNATURES if "RSA" in name]),
    (
        ("EC_prime256v1", "EC_secp384r1", "EC_secp521r1"),
        [name for name in SIGNATURES if "ECDSA" in name],
    ),
    *(((name,), [name]) for name in ("ML_DSA_44", "ML_DSA_65", "ML_DSA_87")),
    (("SM2",), ["SM3WITHSM2"]),
)
KEY_NAMES, SIGNING_NAMES = (
    set(service_model().shape_for(shape).metadata["enum"])
    for shape in ("KeyAlgorithm", "SigningAlgorithm")
)
# All that the installed model knows of.
COMBINATIONS = [
    (key, signing, signing in signings)
    for keys, signings in FAMILIES
    for key in keys
    for signing in SIGNATURES
    if key in KEY_NAMES and signing in SIGNING_NAMES
]
PAIRS = [(key, signing) for key, signing, fits in COMBINATIONS if fits]
MISFITS = [(key, signing) for key, signing, fits in COMBINATIONS if not fits]
# Keys that take long are made with only one signing algorithm, ML-DSA where cryptography has it.
QUICK_PAIRS = [
    (key, signing)
    for key, signing in PAIRS
    if (key not in ("RSA_3072", "RSA_4096", "SM2") or signing == "SHA256WITHRSA")
    and (not key.startswith("ML_DSA") or algorithms.supports_ml_dsa())
]


@pytest.fixture
def unchecked(pca: PcaMock) -> ACMPCAClient:
    """A client that leaves all checks to the service."""
    return pca.client(config=Config(parameter_validation=False))


def in_region(pca: PcaMock, region: str) -> ACMPCAClient:
    return pca.client(region_name=region)


def create(client: ACMPCAClient, **changes: Any) -> str:
    """The ARN of a new root CA, made with other members."""
    request: Any = {
        "CertificateAuthorityConfiguration": configuration(),
        "CertificateAuthorityType": "ROOT",
        **changes,
    }
    return client.create_certificate_authority(**request)["CertificateAuthorityArn"]


def parsed_csr(ca: Ca) -> Any:
    request = asn1_csr.CertificationRequest.load(oracles.der(ca.csr().decode()), strict=True)
    return request["certification_request_info"]


def subject(ca: Ca) -> list[tuple[str, str, str]]:
    return read(parsed_csr(ca)["subject"].dump())


def verified_by_openssl(ca: Ca) -> bool:
    result = oracles.openssl("req", "-verify", "-noout", input=ca.csr())
    return result.returncode == 0 and b"verify OK" in result.stderr


def with_extensions(**extensions: Any) -> Any:
    return configuration(CsrExtensions=extensions)


def with_access(*locations: Any, method: Any = None) -> Any:
    method = method or {"AccessMethodType": "CA_REPOSITORY"}
    return with_extensions(
        SubjectInformationAccess=[
            {"AccessMethod": method, "AccessLocation": location} for location in locations
        ]
    )


def access_hex(ca: Ca) -> str:
    (extension,) = [
        e
        for e in oracles.requested_extensions(ca.csr().decode())
        if e.oid == SUBJECT_INFORMATION_ACCESS
    ]
    assert not extension.critical
    return extension.value


# The answer


def test_the_answer_is_an_arn_and_nothing_else(pca_client: ACMPCAClient) -> None:
    answer = pca_client.create_certificate_authority(
        CertificateAuthorityConfiguration=configuration(), CertificateAuthorityType="ROOT"
    )

    assert answer.keys() == {"CertificateAuthorityArn", "ResponseMetadata"}
    prefix, _, ca_id = answer["CertificateAuthorityArn"].rpartition("/")
    assert prefix == "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority"
    assert str(uuid.UUID(ca_id)) == ca_id
    assert uuid.UUID(ca_id).version == 4


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-central-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")],
)
def test_the_arn_has_the_clients_region_and_its_partition(
    pca: PcaMock, region: str, partition: str
) -> None:
    standard = CCPC if partition == "aws-cn" else FIPS_3

    arn = create(in_region(pca, region), KeyStorageSecurityStandard=standard)

    assert arn.startswith(f"arn:{partition}:acm-pca:{region}:123456789012:")


def test_two_creations_make_two_cas_with_keys_of_their_own(pca_client: ACMPCAClient) -> None:
    first, second = pending(pca_client), pending(pca_client)

    assert first.arn != second.arn
    keys = {parsed_csr(ca)["subject_pk_info"].dump() for ca in (first, second)}
    assert len(keys) == 2


@pytest.mark.parametrize("kind", ["ROOT", "SUBORDINATE"])
def test_a_new_ca_has_its_type_and_waits_for_a_certificate(
    pca_client: ACMPCAClient, kind: str
) -> None:
    described = pending(pca_client, kind).describe()

    assert described["Type"] == kind
    assert described["Status"] == "PENDING_CERTIFICATE"


# Algorithms (5.3)


@pytest.mark.parametrize(("key", "signing"), QUICK_PAIRS)
def test_key_and_signature_of_the_csr_have_the_requested_algorithms(
    pca_client: ACMPCAClient, key: str, signing: str
) -> None:
    ca = pending(pca_client, configuration_=configuration(key=key, signing=signing))

    request = asn1_csr.CertificationRequest.load(oracles.der(ca.csr().decode()), strict=True)
    spki = request["certification_request_info"]["subject_pk_info"]
    algorithm = request["signature_algorithm"]
    kind, detail = KEYS[key]
    oid, pss = SIGNATURES[signing]
    assert algorithm["algorithm"].dotted == oid
    if kind == "ec":
        assert spki["algorithm"]["parameters"].native == detail
    elif kind == "rsa":
        assert spki.bit_size == detail
        assert spki["public_key"].native["public_exponent"] == 65537
    else:
        # asn1crypto's own class for public keys doesn't know ML-DSA.
        assert core.Sequence.load(spki.dump())[0].dump() == algorithm.dump()
    if pss:
        parameters = algorithm["parameters"]
        digest, salt_length = pss
        assert parameters["hash_algorithm"]["algorithm"].native == digest
        assert parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native == digest
        assert parameters["salt_length"].native == salt_length
    assert x509.load_pem_x509_csr(ca.csr()).is_signature_valid
    if not key.startswith("ML_DSA"):  # the openssl of today's systems doesn't know it
        assert verified_by_openssl(ca)
    described = ca.describe()["CertificateAuthorityConfiguration"]
    assert (described["KeyAlgorithm"], described["SigningAlgorithm"]) == (key, signing)


@pytest.mark.parametrize(("key", "signing"), MISFITS)
def test_algorithms_that_do_not_fit_are_refused(
    pca: PcaMock, pca_client: ACMPCAClient, key: str, signing: str
) -> None:
    with refused("InvalidArgsException", pca):
        pending(pca_client, configuration_=configuration(key=key, signing=signing))


def test_the_pairs_and_misfits_are_all_that_the_model_knows() -> None:
    assert {key for key, _ in MISFITS} == KEY_NAMES
    assert {signing for _, signing in MISFITS} == SIGNING_NAMES


def test_sm2_is_refused_outside_china(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    with refused("InvalidArgsException", pca):
        pending(pca_client, configuration_=configuration(key="SM2", signing="SM3WITHSM2"))


def test_sm2_in_china_is_reported_as_unsupported(pca: PcaMock) -> None:
    before = snapshot(pca)

    with pytest.raises(ClientError, match="NotSupportedByPcaMock") as caught:
        pending(
            in_region(pca, "cn-north-1"),
            configuration_=configuration(key="SM2", signing="SM3WITHSM2"),
            KeyStorageSecurityStandard=CCPC,
        )

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert snapshot(pca) == before


def test_ml_dsa_is_reported_as_unsupported_where_cryptography_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newer_models.need("ML_DSA_65")
    monkeypatch.setattr(algorithms, "supports_ml_dsa", lambda: False)

    with mock_pca(keys="fresh") as pca:
        before = snapshot(pca)
        with pytest.raises(ClientError, match=r"NotSupportedByPcaMock.*cryptography"):
            pending(
                pca.client(), configuration_=configuration(key="ML_DSA_65", signing="ML_DSA_65")
            )

        assert snapshot(pca) == before


# Key storage (5.4)


@pytest.mark.parametrize(
    ("region", "given_", "shown"),
    [
        ("us-east-1", None, FIPS_3),
        ("us-east-1", FIPS_3, FIPS_3),
        ("us-east-1", FIPS_2, FIPS_2),
        ("us-gov-west-1", None, FIPS_3),
        ("ap-southeast-3", FIPS_2, FIPS_2),
        ("cn-north-1", CCPC, CCPC),
        ("cn-northwest-1", CCPC, CCPC),
    ],
)
def test_the_key_storage_standard_is_kept(
    pca: PcaMock, region: str, given_: str | None, shown: str
) -> None:
    more: Any = {"KeyStorageSecurityStandard": given_} if given_ else {}

    ca = pending(in_region(pca, region), **more)

    assert ca.describe()["KeyStorageSecurityStandard"] == shown


@pytest.mark.parametrize(
    ("region", "given_"),
    [
        ("us-east-1", CCPC),
        ("us-gov-west-1", CCPC),
        ("cn-north-1", FIPS_3),
        ("cn-north-1", FIPS_2),
        ("cn-north-1", None),
        ("cn-northwest-1", None),
    ],
)
def test_a_standard_that_the_region_lacks_is_refused(
    pca: PcaMock, region: str, given_: str | None
) -> None:
    more: Any = {"KeyStorageSecurityStandard": given_} if given_ else {}

    with refused("InvalidArgsException", pca, match=WRONG_STANDARD):
        pending(in_region(pca, region), **more)


# Subject (5.2)


@pytest.mark.parametrize(("member", "oid", "kind", "text"), MEMBERS, ids=[m[0] for m in MEMBERS])
def test_a_member_of_the_subject_is_in_the_csr(
    pca_client: ACMPCAClient, member: str, oid: str, kind: str, text: str
) -> None:
    ca = pending(pca_client, configuration_=configuration() | {"Subject": {member: text}})

    assert subject(ca) == [(oid, kind, text)]
    assert ca.describe()["CertificateAuthorityConfiguration"]["Subject"] == {member: text}


def test_the_subject_of_the_documentations_sample_is_in_its_order(
    pca_client: ACMPCAClient,
) -> None:
    expected = {
        "Country": "US",
        "Organization": "Example Corp",
        "OrganizationalUnit": "Sales",
        "State": "WA",
        "Locality": "Seattle",
        "CommonName": "www.example.com",
    }

    ca = pending(pca_client, configuration_=configuration() | {"Subject": expected})

    printed = re.findall(r"Subject: (.*)", oracles.openssl_text(ca.csr().decode(), "req"))
    assert re.sub(r"\s*=\s*", "=", printed[0]) == (
        "C=US, O=Example Corp, OU=Sales, ST=WA, CN=www.example.com, L=Seattle"
    )


def test_custom_attributes_are_in_the_csr(pca_client: ACMPCAClient) -> None:
    expected = custom((MATTER_NODE, "CACACACA00000001"), ("2.5.4.6", "DE"), (MATTER_NODE, "ü"))

    ca = pending(pca_client, configuration_=configuration() | {"Subject": expected})

    assert [(oid, text) for oid, _, text in subject(ca)] == [
        (MATTER_NODE, "CACACACA00000001"),
        ("2.5.4.6", "DE"),
        (MATTER_NODE, "ü"),
    ]


def test_custom_attributes_beside_standard_ones_are_refused(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    expected = custom((MATTER_NODE, "CACACACA00000001"), CommonName="Matter Root")

    with refused("InvalidArgsException", pca):
        create(
            pca_client, CertificateAuthorityConfiguration=configuration() | {"Subject": expected}
        )


def test_an_empty_string_in_the_subject_is_treated_as_absent(pca_client: ACMPCAClient) -> None:
    expected = {"CommonName": "a", "Organization": ""}

    ca = pending(pca_client, configuration_=configuration() | {"Subject": expected})

    assert subject(ca) == [("2.5.4.3", UTF8, "a")]


@pytest.mark.parametrize("expected", [{}, {"CommonName": ""}, {"CommonName": "", "State": ""}])
def test_an_empty_subject_is_refused(pca: PcaMock, pca_client: ACMPCAClient, expected: Any) -> None:
    with refused("InvalidArgsException", pca):
        create(
            pca_client, CertificateAuthorityConfiguration=configuration() | {"Subject": expected}
        )


@pytest.mark.parametrize(("oid", "text"), [("2.5.4.6", "DEU"), ("2.5.4.5", "a_b")])
def test_a_custom_attribute_that_cannot_be_written_is_refused(
    pca: PcaMock, pca_client: ACMPCAClient, oid: str, text: str
) -> None:
    expected = custom((oid, text))

    with refused("InvalidArgsException", pca):
        create(
            pca_client, CertificateAuthorityConfiguration=configuration() | {"Subject": expected}
        )


@pytest.mark.parametrize(
    "expected",
    [
        {"Country": "USA"},
        {"Country": "1a"},
        {"Surname": "x" * 41},
        {"CommonName": "x" * 65},
        {"SerialNumber": "a_b"},
        custom(("2.999.1", "x")),
        custom(("1.2.x", "x")),
    ],
)
def test_a_subject_against_the_model_is_a_validation_exception(
    pca: PcaMock, unchecked: ACMPCAClient, expected: Any
) -> None:
    with refused("ValidationException", pca):
        create(unchecked, CertificateAuthorityConfiguration=configuration() | {"Subject": expected})


# The CSR (5.5)


@pytest.mark.parametrize("kind", ["ROOT", "SUBORDINATE"])
def test_the_csr_asks_for_critical_ca_true_and_nothing_else(
    pca_client: ACMPCAClient, kind: str
) -> None:
    ca = pending(pca_client, kind)

    info = parsed_csr(ca)
    assert info["version"].native == "v1"
    assert [attribute["type"].dotted for attribute in info["attributes"]] == [
        "1.2.840.113549.1.9.14"
    ]
    assert oracles.requested_extensions(ca.csr().decode()) == [BASIC_CONSTRAINTS]
    assert verified_by_openssl(ca)


def test_the_csr_is_pem_with_lines_of_64_and_a_newline_at_the_end(
    pca_client: ACMPCAClient,
) -> None:
    first, *body, last, rest = pending(pca_client).csr().decode().split("\n")

    assert first == "-----BEGIN CERTIFICATE REQUEST-----"
    assert last == "-----END CERTIFICATE REQUEST-----"
    assert rest == ""
    assert {len(line) for line in body[:-1]} == {64}
    assert 1 <= len(body[-1]) <= 64


def test_the_csr_is_the_same_every_time(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)
    before = ca.csr()

    ca.install(ca.issued(before, "RootCACertificate"))

    assert ca.csr() == before


BITS = (
    "DigitalSignature", "NonRepudiation", "KeyEncipherment", "DataEncipherment", "KeyAgreement",
    "KeyCertSign", "CRLSign", "EncipherOnly", "DecipherOnly",
)  # fmt: skip


@pytest.mark.parametrize("bit", BITS)
def test_a_key_usage_of_the_csr_has_the_requested_bit(pca_client: ACMPCAClient, bit: str) -> None:
    ca = pending(pca_client, configuration_=with_extensions(KeyUsage={bit: True}))

    usage = oracles.requested_extensions(ca.csr().decode())[1]
    number = 1 << (15 - BITS.index(bit))
    assert usage == oracles.ParsedExtension("2.5.29.15", True, f"030307{number:04x}")
    assert ca.describe()["CertificateAuthorityConfiguration"]["CsrExtensions"] == {
        "KeyUsage": {bit: True}
    }
    assert verified_by_openssl(ca)


@pytest.mark.parametrize("usage", [{}, {"KeyCertSign": False, "CRLSign": False}])
def test_a_key_usage_without_any_bit_is_none(pca_client: ACMPCAClient, usage: Any) -> None:
    ca = pending(pca_client, configuration_=with_extensions(KeyUsage=usage))

    assert oracles.requested_extensions(ca.csr().decode()) == [BASIC_CONSTRAINTS]


def test_a_key_usage_without_key_cert_sign_is_accepted(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client, configuration_=with_extensions(KeyUsage={"CRLSign": True}))

    assert "CRL Sign" in oracles.openssl_text(ca.csr().decode(), "req")


@pytest.mark.parametrize(("location", "encoded"), GENERAL_NAMES)
def test_an_access_location_is_in_the_csr(
    pca_client: ACMPCAClient, location: Any, encoded: str
) -> None:
    ca = pending(pca_client, configuration_=with_access(location))

    (description,) = asn1_x509.SubjectInfoAccessSyntax.load(
        bytes.fromhex(access_hex(ca)), strict=True
    )
    assert description["access_method"].dotted == "1.3.6.1.5.5.7.48.5"
    assert description["access_location"].dump().hex() == encoded
    extensions = ca.describe()["CertificateAuthorityConfiguration"]["CsrExtensions"]
    assert extensions["SubjectInformationAccess"][0]["AccessLocation"] == location
    assert verified_by_openssl(ca)


@pytest.mark.parametrize(("member", "oid", "kind", "text"), MEMBERS, ids=[m[0] for m in MEMBERS])
def test_a_member_of_a_directory_name_is_in_the_csr(
    pca_client: ACMPCAClient, member: str, oid: str, kind: str, text: str
) -> None:
    location = {"DirectoryName": {member: text}}

    ca = pending(pca_client, configuration_=with_access(location))

    assert directory_name(ca) == [(oid, kind, text)]


def directory_name(ca: Ca) -> list[tuple[str, str, str]]:
    (description,) = asn1_x509.SubjectInfoAccessSyntax.load(bytes.fromhex(access_hex(ca)))
    return read(parser.parse(description["access_location"].dump(), strict=True)[4])


def test_custom_attributes_of_a_directory_name_are_in_the_csr(pca_client: ACMPCAClient) -> None:
    location = {"DirectoryName": custom((MATTER_NODE, "1"))}

    ca = pending(pca_client, configuration_=with_access(location))

    assert directory_name(ca) == [(MATTER_NODE, UTF8, "1")]


@pytest.mark.parametrize(
    ("method", "oid"),
    [
        ({"AccessMethodType": "CA_REPOSITORY"}, "1.3.6.1.5.5.7.48.5"),
        ({"AccessMethodType": "RESOURCE_PKI_MANIFEST"}, "1.3.6.1.5.5.7.48.10"),
        ({"AccessMethodType": "RESOURCE_PKI_NOTIFY"}, "1.3.6.1.5.5.7.48.13"),
        ({"CustomObjectIdentifier": "1.3.6.1.5.5.7.48.3"}, "1.3.6.1.5.5.7.48.3"),
    ],
)
def test_an_access_method_is_in_the_csr(pca_client: ACMPCAClient, method: Any, oid: str) -> None:
    ca = pending(pca_client, configuration_=with_access({"DnsName": "a"}, method=method))

    (description,) = asn1_x509.SubjectInfoAccessSyntax.load(bytes.fromhex(access_hex(ca)))
    assert description["access_method"].dotted == oid
    assert description["access_location"].native == "a"


def test_access_descriptions_keep_their_order_and_come_after_the_key_usage(
    pca_client: ACMPCAClient,
) -> None:
    expected = with_access({"DnsName": "b"}, {"DnsName": "a"}, {"DnsName": "b"})
    expected["CsrExtensions"]["KeyUsage"] = {"KeyCertSign": True}

    ca = pending(pca_client, configuration_=expected)

    assert [e.oid for e in oracles.requested_extensions(ca.csr().decode())] == [
        "2.5.29.19",
        "2.5.29.15",
        SUBJECT_INFORMATION_ACCESS,
    ]
    result = asn1_x509.SubjectInfoAccessSyntax.load(bytes.fromhex(access_hex(ca)))
    assert [d["access_location"].native for d in result] == ["b", "a", "b"]
    assert verified_by_openssl(ca)


def test_a_list_without_access_descriptions_asks_for_nothing(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client, configuration_=with_access())

    assert oracles.requested_extensions(ca.csr().decode()) == [BASIC_CONSTRAINTS]


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param(with_access({}), id="no location"),
        pytest.param(with_access({"DnsName": "a", "Rfc822Name": "a@b"}), id="two locations"),
        pytest.param(with_access({"DnsName": "ü"}), id="not ASCII"),
        pytest.param(with_access({"IpAddress": "10.0.0.0/8"}), id="network"),
        pytest.param(with_access({"DirectoryName": {}}), id="empty name"),
        pytest.param(
            with_extensions(
                SubjectInformationAccess=[
                    {"AccessMethod": {}, "AccessLocation": {"DnsName": "a"}},
                ]
            ),
            id="no method",
        ),
        pytest.param(
            with_access(
                {"DnsName": "a"},
                method={"AccessMethodType": "CA_REPOSITORY", "CustomObjectIdentifier": "1.2.3"},
            ),
            id="two methods",
        ),
    ],
)
def test_a_faulty_access_description_is_refused(
    pca: PcaMock, pca_client: ACMPCAClient, expected: Any
) -> None:
    with refused("InvalidArgsException", pca):
        create(pca_client, CertificateAuthorityConfiguration=expected)


# IdempotencyToken (5.6)


def test_a_token_makes_one_ca_within_five_minutes(pca_client: ACMPCAClient) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        first = create(pca_client, IdempotencyToken="t")
        clock.shift(timedelta(minutes=4, seconds=59.999))
        second = create(pca_client, IdempotencyToken="t")

    assert second == first
    assert len(pca_client.list_certificate_authorities()["CertificateAuthorities"]) == 1


def test_a_token_is_free_again_five_minutes_after_its_first_use(pca_client: ACMPCAClient) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        first = create(pca_client, IdempotencyToken="t")
        clock.shift(timedelta(minutes=4))
        create(pca_client, IdempotencyToken="t")
        clock.shift(timedelta(minutes=1))
        second = create(pca_client, IdempotencyToken="t")
        third = create(pca_client, IdempotencyToken="t")

    assert second != first
    assert third == second


def test_another_token_and_none_make_another_ca(pca_client: ACMPCAClient) -> None:
    tokens: Any = [{"IdempotencyToken": "t"}, {}, {}, {"IdempotencyToken": "T"}]

    arns = [create(pca_client, **token) for token in tokens]

    assert len(set(arns)) == 4


def test_a_used_token_is_answered_whatever_the_other_parameters_are(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    first = create(pca_client, IdempotencyToken="t", Tags=[{"Key": "a"}])
    before = snapshot(pca)

    second = create(
        pca_client,
        IdempotencyToken="t",
        CertificateAuthorityType="SUBORDINATE",
        CertificateAuthorityConfiguration=configuration(key="RSA_2048"),
        Tags=[{"Key": "aws:b"}],
    )

    assert second == first
    assert snapshot(pca) == before


def test_a_used_token_does_not_bypass_constraints(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    create(pca_client, IdempotencyToken="t")

    with refused("ValidationException", pca):
        create(pca_client, IdempotencyToken="t", CertificateAuthorityType="LEAF")


def test_a_failed_call_leaves_its_token_free(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    with refused("InvalidArgsException", pca):
        create(pca_client, IdempotencyToken="t", KeyStorageSecurityStandard=CCPC)

    arn = create(pca_client, IdempotencyToken="t")

    listed = pca_client.list_certificate_authorities()["CertificateAuthorities"]
    assert [ca["Arn"] for ca in listed] == [arn]


def test_a_token_is_valid_only_in_its_own_region(pca: PcaMock) -> None:
    here, there = in_region(pca, "us-east-1"), in_region(pca, "us-east-2")

    assert create(here, IdempotencyToken="t") != create(there, IdempotencyToken="t")


def test_a_token_is_valid_only_for_creating(pca_client: ACMPCAClient) -> None:
    ca = support.root(pca_client)
    certificate_arn = ca.issue(KeyHolder().csr(), IdempotencyToken="t")

    assert create(pca_client, IdempotencyToken="t") not in (ca.arn, certificate_arn)


@pytest.mark.parametrize("token", ["", "x" * 37, "\N{SNOWMAN}", "\x00"])
def test_a_token_against_the_model_is_a_validation_exception(
    pca: PcaMock, unchecked: ACMPCAClient, token: str
) -> None:
    with refused("ValidationException", pca):
        create(unchecked, IdempotencyToken=token)


# RevocationConfiguration (5.7)

OFF: Any = {"Enabled": False}
CRL: Any = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "crl-bucket"}


def with_crl(**changes: Any) -> Any:
    crl = {name: value for name, value in {**CRL, **changes}.items() if value is not ...}
    return {"RevocationConfiguration": {"CrlConfiguration": crl}}


def with_ocsp(**members: Any) -> Any:
    return {"RevocationConfiguration": {"OcspConfiguration": {"Enabled": True, **members}}}


@pytest.mark.parametrize(
    ("request_", "crl", "ocsp"),
    [
        pytest.param({}, OFF, OFF, id="nothing"),
        pytest.param({"RevocationConfiguration": {}}, OFF, OFF, id="empty"),
        pytest.param(
            {"RevocationConfiguration": {"CrlConfiguration": OFF, "OcspConfiguration": OFF}},
            OFF, OFF, id="both off",
        ),
        pytest.param(with_crl(), CRL | {"S3ObjectAcl": "PUBLIC_READ"}, OFF, id="CRL"),
        pytest.param(
            with_crl(S3ObjectAcl="BUCKET_OWNER_FULL_CONTROL"),
            CRL | {"S3ObjectAcl": "BUCKET_OWNER_FULL_CONTROL"}, OFF, id="ACL",
        ),
        pytest.param(
            with_crl(ExpirationInDays=5000),
            CRL | {"S3ObjectAcl": "PUBLIC_READ", "ExpirationInDays": 5000}, OFF, id="expiration",
        ),
        pytest.param(
            with_crl(CrlType="PARTITIONED", CustomPath="a/b", CustomCname="crl.example.com"),
            CRL | {
                "S3ObjectAcl": "PUBLIC_READ", "CrlType": "PARTITIONED", "CustomPath": "a/b",
                "CustomCname": "crl.example.com",
            },
            OFF, id="partitioned",
        ),
        pytest.param(
            with_crl(CrlDistributionPointExtensionConfiguration={"OmitExtension": True}),
            CRL | {
                "S3ObjectAcl": "PUBLIC_READ",
                "CrlDistributionPointExtensionConfiguration": {"OmitExtension": True},
            },
            OFF, id="without distribution point",
        ),
        pytest.param(
            with_crl(CustomCname=""), CRL | {"S3ObjectAcl": "PUBLIC_READ"}, OFF, id="empty CNAME",
        ),
        pytest.param(with_ocsp(), OFF, {"Enabled": True}, id="OCSP"),
        pytest.param(
            with_ocsp(OcspCustomCname="ocsp.example.com"),
            OFF, {"Enabled": True, "OcspCustomCname": "ocsp.example.com"}, id="OCSP name",
        ),
        pytest.param(with_ocsp(OcspCustomCname=""), OFF, {"Enabled": True}, id="empty OCSP name"),
        pytest.param(
            {
                "RevocationConfiguration": {
                    "CrlConfiguration": {**OFF, "CustomCname": "", "ExpirationInDays": None},
                    "OcspConfiguration": {**OFF, "OcspCustomCname": ""},
                }
            },
            OFF, OFF, id="off beside what counts as absent",
        ),
        pytest.param(
            {
                "RevocationConfiguration": {
                    **with_crl()["RevocationConfiguration"],
                    **with_ocsp()["RevocationConfiguration"],
                }
            },
            CRL | {"S3ObjectAcl": "PUBLIC_READ"}, {"Enabled": True}, id="both on",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["GENERAL_PURPOSE", "SHORT_LIVED_CERTIFICATE"])
def test_a_revocation_configuration_is_shown_with_defaults(
    unchecked: ACMPCAClient, request_: Any, crl: Any, ocsp: Any, mode: str
) -> None:
    newer_models.need(request_)
    ca = pending(unchecked, UsageMode=mode, **request_)

    assert ca.describe()["RevocationConfiguration"] == {
        "CrlConfiguration": crl,
        "OcspConfiguration": ocsp,
    }


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(with_crl(ExpirationInDays=...), id="no expiration"),
        pytest.param(with_crl(S3BucketName=...), id="no bucket"),
        pytest.param(with_crl(Enabled=False), id="off beside expiration and bucket"),
        *(
            pytest.param(
                {"RevocationConfiguration": {"CrlConfiguration": {"Enabled": False, **more}}},
                id=f"off beside {next(iter(more))}",
            )
            for more in (
                {"ExpirationInDays": 7},
                {"S3BucketName": "crl-bucket"},
                {"CustomCname": "a"},
                {"S3ObjectAcl": "PUBLIC_READ"},
                {"CrlType": "COMPLETE"},
                {"CustomPath": "a"},
                {"CrlDistributionPointExtensionConfiguration": {"OmitExtension": False}},
            )
        ),
        pytest.param(with_ocsp(Enabled=False, OcspCustomCname="a"), id="OCSP off beside a name"),
        pytest.param(with_crl(CustomCname="http://a"), id="CNAME with http"),
        pytest.param(with_crl(CustomCname="HTTPS://a"), id="CNAME with HTTPS"),
        pytest.param(with_ocsp(OcspCustomCname="https://a"), id="OCSP name with https"),
        pytest.param(with_ocsp(OcspCustomCname="Http://a"), id="OCSP name with Http"),
        pytest.param(
            with_crl(
                CustomCname="a",
                CrlDistributionPointExtensionConfiguration={"OmitExtension": True},
            ),
            id="CNAME for an extension that is left out",
        ),
        *(
            pytest.param(with_crl(S3BucketName=name), id=f"bucket {name[:20]}")
            for name in (
                "Bucket", "a_b", "a/b", "-ab", "ab-", ".ab", "ab.", "a..b", "192.0.2.1", "a" * 64,
            )
        ),
    ],
)  # fmt: skip
def test_a_faulty_revocation_configuration_is_refused(
    pca: PcaMock, pca_client: ACMPCAClient, request_: Any
) -> None:
    with refused("InvalidArgsException", pca):
        create(pca_client, **request_)


@pytest.mark.parametrize("bucket", ["abc", "a-b.c1", "1bucket", "a" * 63, "192.0.2.256"])
def test_a_bucket_name_by_the_rules_of_s3_is_accepted(
    pca_client: ACMPCAClient, bucket: str
) -> None:
    shown = pending(pca_client, **with_crl(S3BucketName=bucket)).describe()

    assert shown["RevocationConfiguration"]["CrlConfiguration"]["S3BucketName"] == bucket


@pytest.mark.parametrize(
    "request_",
    [
        with_crl(Enabled=...),
        with_crl(ExpirationInDays=0),
        with_crl(ExpirationInDays=5001),
        with_crl(S3BucketName="ab"),
        with_crl(S3BucketName="a b"),
        with_crl(S3ObjectAcl="PRIVATE"),
        with_crl(CrlType="DELTA"),
        with_crl(CustomPath=""),
        with_crl(CustomPath="/a"),
        with_crl(CustomPath="a//b"),
        with_crl(CustomCname="a b"),
        with_crl(CustomCname="a" * 254),
        with_crl(CrlDistributionPointExtensionConfiguration={}),
        with_ocsp(Enabled=None),
        with_ocsp(OcspCustomCname='"'),
    ],
)
def test_a_revocation_configuration_against_the_model_is_a_validation_exception(
    pca: PcaMock, unchecked: ACMPCAClient, request_: Any
) -> None:
    newer_models.need(request_)
    with refused("ValidationException", pca):
        create(unchecked, **request_)


def crl_uri(certificate_pem: str) -> str | None:
    points = oracles.certificate(certificate_pem).crl_distribution_points_value
    return points[0]["distribution_point"].chosen[0].native if points else None


def ocsp_uris(certificate_pem: str) -> list[str]:
    return list(oracles.certificate(certificate_pem).ocsp_urls)


@pytest.mark.parametrize(
    ("changes", "uri"),
    [
        ({}, "http://crl-bucket.s3.us-east-1.amazonaws.com/crl/{id}.crl"),
        ({"CrlType": "COMPLETE"}, "http://crl-bucket.s3.us-east-1.amazonaws.com/crl/{id}.crl"),
        (
            {"CrlType": "PARTITIONED"},
            "http://crl-bucket.s3.us-east-1.amazonaws.com/crl/{id}/{part}.crl",
        ),
        ({"S3BucketName": "other"}, "http://other.s3.us-east-1.amazonaws.com/crl/{id}.crl"),
        ({"CustomCname": "crl.example.com:8080"}, "http://crl.example.com:8080/crl/{id}.crl"),
        ({"CustomCname": "a", "CustomPath": "b/c"}, "http://a/b/c/{id}.crl"),
        ({"CustomCname": "a", "CustomPath": "/"}, "http://a/{id}.crl"),
        (
            {"CustomCname": "a", "CustomPath": "b", "CrlType": "PARTITIONED"},
            "http://a/b/{part}.crl",
        ),
        (
            {"CrlDistributionPointExtensionConfiguration": {"OmitExtension": False}},
            "http://crl-bucket.s3.us-east-1.amazonaws.com/crl/{id}.crl",
        ),
        ({"CrlDistributionPointExtensionConfiguration": {"OmitExtension": True}}, None),
    ],
)
def test_a_crl_configuration_changes_issued_certificates(
    pca_client: ACMPCAClient, changes: Any, uri: str | None
) -> None:
    ca = support.root(pca_client, **with_crl(**changes))

    result = crl_uri(ca.issued(KeyHolder().csr()))

    if uri is None:
        assert result is None
    else:
        ca_id = ca.arn.rpartition("/")[2]
        pattern = re.escape(uri).replace(r"\{id\}", ca_id).replace(r"\{part\}", r"[\w-]{8,40}")
        assert re.fullmatch(pattern, result or "")


@pytest.mark.parametrize(
    ("request_", "uris"),
    [
        ({}, []),
        (with_ocsp(), ["http://ocsp.acm-pca.us-east-1.amazonaws.com"]),
        (with_ocsp(OcspCustomCname="ocsp.example.com"), ["http://ocsp.example.com"]),
    ],
)
def test_an_ocsp_configuration_changes_issued_certificates(
    pca_client: ACMPCAClient, request_: Any, uris: list[str]
) -> None:
    ca = support.root(pca_client, **request_)

    leaf = ca.issued(KeyHolder().csr())

    assert ocsp_uris(leaf) == uris
    assert crl_uri(leaf) is None


# Tags and UsageMode


def test_tags_are_kept_in_their_order(pca_client: ACMPCAClient) -> None:
    tags: Any = [{"Key": "b", "Value": "1"}, {"Key": "a"}, {"Key": "B ü/٣", "Value": ""}]

    ca = pending(pca_client, Tags=tags)

    assert pca_client.list_tags(CertificateAuthorityArn=ca.arn)["Tags"] == [
        {"Key": "b", "Value": "1"},
        {"Key": "a", "Value": ""},
        {"Key": "B ü/٣", "Value": ""},
    ]


def test_fifty_tags_are_kept(pca_client: ACMPCAClient) -> None:
    tags: Any = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]

    ca = pending(pca_client, Tags=tags)

    assert pca_client.list_tags(CertificateAuthorityArn=ca.arn)["Tags"] == tags


@pytest.mark.parametrize("key", ["aws:a", "AWS:a", "aWs:", "rds:a", "Rds:b"])
def test_a_reserved_tag_is_refused(pca: PcaMock, pca_client: ACMPCAClient, key: str) -> None:
    with refused("InvalidTagException", pca) as caught:
        create(pca_client, Tags=[{"Key": "good"}, {"Key": key}])

    assert key in caught.value.response["Error"]["Message"]


@pytest.mark.parametrize("key", ["aws", "awsx:a", "my-aws:a"])
def test_a_key_that_only_looks_reserved_is_accepted(pca_client: ACMPCAClient, key: str) -> None:
    arn = create(pca_client, Tags=[{"Key": key}])

    assert pca_client.list_tags(CertificateAuthorityArn=arn)["Tags"] == [{"Key": key, "Value": ""}]


def test_a_repeated_key_is_refused_unless_its_case_differs(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    with refused("InvalidTagException", pca):
        create(pca_client, Tags=[{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}])

    assert create(pca_client, Tags=[{"Key": "a"}, {"Key": "A"}])


@pytest.mark.parametrize(
    "tags",
    [[], [{"Key": "a"}] * 51, [{"Key": ""}], [{"Key": "a*"}], [{"Key": "a", "Value": "x" * 257}]],
)
def test_tags_against_the_model_are_a_validation_exception(
    pca: PcaMock, unchecked: ACMPCAClient, tags: Any
) -> None:
    with refused("ValidationException", pca):
        create(unchecked, Tags=tags)


@pytest.mark.parametrize("mode", ["GENERAL_PURPOSE", "SHORT_LIVED_CERTIFICATE"])
def test_the_usage_mode_is_shown(pca_client: ACMPCAClient, mode: str) -> None:
    assert pending(pca_client, UsageMode=mode).describe()["UsageMode"] == mode


def test_a_short_lived_ca_issues_for_seven_days_at_most_but_lives_longer_itself(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca = support.root(pca_client, UsageMode="SHORT_LIVED_CERTIFICATE")
    csr = KeyHolder().csr()

    assert ca.issue(csr, Validity={"Type": "DAYS", "Value": 7})
    with refused("ValidationException", pca):
        ca.issue(csr, Validity={"Type": "DAYS", "Value": 8})


# The order of the checks (5.1)

_FAULTS: Any = [
    ("ValidationException", {"CertificateAuthorityType": "LEAF"}),
    (
        "InvalidArgsException",
        {"CertificateAuthorityConfiguration": configuration(signing="SHA256WITHRSA")},
    ),
    ("InvalidTagException", {"Tags": [{"Key": "aws:a"}]}),
    ("InvalidArgsException", with_crl(S3BucketName=...)),
]


@pytest.mark.parametrize("first", range(len(_FAULTS)))
def test_the_first_failed_check_is_reported(
    pca: PcaMock, pca_client: ACMPCAClient, first: int
) -> None:
    request: Any = {}
    for _, changes in _FAULTS[first:]:
        request |= changes

    with refused(_FAULTS[first][0], pca):
        create(pca_client, **request)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=64))
def test_any_common_name_can_be_read_back(common_name: str) -> None:
    with mock_pca() as pca:
        ca = pending(pca.client(), configuration_=configuration(common_name))

        assert subject(ca) == [("2.5.4.3", UTF8, common_name)]


# Every member has an effect

_SUBJECT = {
    **dict.fromkeys((m[0] for m in MEMBERS), "test_a_member_of_the_subject_is_in_the_csr"),
    "CustomAttributes": "test_custom_attributes_are_in_the_csr",
    "CustomAttributes.ObjectIdentifier": "test_custom_attributes_are_in_the_csr",
    "CustomAttributes.Value": "test_custom_attributes_are_in_the_csr",
}
_DIRECTORY_NAME = {
    **dict.fromkeys((m[0] for m in MEMBERS), "test_a_member_of_a_directory_name_is_in_the_csr"),
    "CustomAttributes": "test_custom_attributes_of_a_directory_name_are_in_the_csr",
    "CustomAttributes.ObjectIdentifier": (
        "test_custom_attributes_of_a_directory_name_are_in_the_csr"
    ),
    "CustomAttributes.Value": "test_custom_attributes_of_a_directory_name_are_in_the_csr",
}
_LOCATION = dict.fromkeys(
    (
        "OtherName",
        "OtherName.TypeId",
        "OtherName.Value",
        "Rfc822Name",
        "DnsName",
        "DirectoryName",
        "EdiPartyName",
        "EdiPartyName.PartyName",
        "EdiPartyName.NameAssigner",
        "UniformResourceIdentifier",
        "IpAddress",
        "RegisteredId",
    ),
    "test_an_access_location_is_in_the_csr",
)
_ACCESS = {
    "": "test_access_descriptions_keep_their_order_and_come_after_the_key_usage",
    "AccessMethod": "test_an_access_method_is_in_the_csr",
    "AccessMethod.CustomObjectIdentifier": "test_an_access_method_is_in_the_csr",
    "AccessMethod.AccessMethodType": "test_an_access_method_is_in_the_csr",
    "AccessLocation": "test_an_access_location_is_in_the_csr",
    **{f"AccessLocation.{name}": test for name, test in _LOCATION.items()},
    **{f"AccessLocation.DirectoryName.{name}": test for name, test in _DIRECTORY_NAME.items()},
}
_CONFIGURATION = {
    "": "test_key_and_signature_of_the_csr_have_the_requested_algorithms",
    "KeyAlgorithm": "test_key_and_signature_of_the_csr_have_the_requested_algorithms",
    "SigningAlgorithm": "test_key_and_signature_of_the_csr_have_the_requested_algorithms",
    "Subject": "test_the_subject_of_the_documentations_sample_is_in_its_order",
    **{f"Subject.{name}": test for name, test in _SUBJECT.items()},
    "CsrExtensions": "test_a_key_usage_of_the_csr_has_the_requested_bit",
    "CsrExtensions.KeyUsage": "test_a_key_usage_of_the_csr_has_the_requested_bit",
    **{
        f"CsrExtensions.KeyUsage.{bit}": "test_a_key_usage_of_the_csr_has_the_requested_bit"
        for bit in BITS
    },
    **{
        f"CsrExtensions.SubjectInformationAccess.{name}".rstrip("."): test
        for name, test in _ACCESS.items()
    },
}
_REVOCATION = {
    "": "test_a_revocation_configuration_is_shown_with_defaults",
    "CrlConfiguration": "test_a_crl_configuration_changes_issued_certificates",
    "CrlConfiguration.Enabled": "test_a_crl_configuration_changes_issued_certificates",
    "CrlConfiguration.ExpirationInDays": "test_a_revocation_configuration_is_shown_with_defaults",
    "CrlConfiguration.CustomCname": "test_a_crl_configuration_changes_issued_certificates",
    "CrlConfiguration.S3BucketName": "test_a_crl_configuration_changes_issued_certificates",
    "CrlConfiguration.S3ObjectAcl": "test_a_revocation_configuration_is_shown_with_defaults",
    "CrlConfiguration.CrlDistributionPointExtensionConfiguration": (
        "test_a_crl_configuration_changes_issued_certificates"
    ),
    "CrlConfiguration.CrlDistributionPointExtensionConfiguration.OmitExtension": (
        "test_a_crl_configuration_changes_issued_certificates"
    ),
    "CrlConfiguration.CrlType": "test_a_crl_configuration_changes_issued_certificates",
    "CrlConfiguration.CustomPath": "test_a_crl_configuration_changes_issued_certificates",
    "OcspConfiguration": "test_an_ocsp_configuration_changes_issued_certificates",
    "OcspConfiguration.Enabled": "test_an_ocsp_configuration_changes_issued_certificates",
    "OcspConfiguration.OcspCustomCname": "test_an_ocsp_configuration_changes_issued_certificates",
}
# Member -> the test that shows its effect.
EFFECTS = {
    **{
        f"CertificateAuthorityConfiguration.{name}".rstrip("."): test
        for name, test in _CONFIGURATION.items()
    },
    **{f"RevocationConfiguration.{name}".rstrip("."): test for name, test in _REVOCATION.items()},
    "CertificateAuthorityType": "test_a_new_ca_has_its_type_and_waits_for_a_certificate",
    "IdempotencyToken": "test_a_token_makes_one_ca_within_five_minutes",
    "KeyStorageSecurityStandard": "test_the_key_storage_standard_is_kept",
    "Tags": "test_tags_are_kept_in_their_order",
    "Tags.Key": "test_tags_are_kept_in_their_order",
    "Tags.Value": "test_tags_are_kept_in_their_order",
    "UsageMode": "test_a_short_lived_ca_issues_for_seven_days_at_most_but_lives_longer_itself",
}


def members(shape: Any, path: str = "") -> Iterator[str]:
    """The dotted paths of all members; members of a list's items are those of the list."""
    if shape.type_name == "list":
        yield from members(shape.member, path)
    elif shape.type_name == "structure":
        for name, member in shape.members.items():
            yield f"{path}{name}"
            yield from members(member, f"{path}{name}.")


def test_every_member_of_the_request_has_a_test_of_its_effect() -> None:
    shape = service_model().operation_model("CreateCertificateAuthority").input_shape

    assert set(members(shape)) <= EFFECTS.keys()
    assert [test for test in EFFECTS.values() if not callable(globals().get(test))] == []
