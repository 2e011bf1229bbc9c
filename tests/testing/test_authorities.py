"""Ready-made authorities: their results seen through boto3 and read by openssl and others."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ParamValidationError
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pca_mock import Authority, PcaMock, mock_pca
from pca_mock.errors import InvalidArnException
from pca_mock.literals import KeyAlgorithm, SlowOperation
from pca_mock.pki.algorithms import supports_ml_dsa
from pca_mock.server.persistence import StateFile
from tests import inside, issuance, newer_models, oracles, revoking, support
from tests.refusals import refused

NOON = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
YEAR = timedelta(days=365)
SECOND = timedelta(seconds=1)
OTHER_ACCOUNT = "222222222222"
# KeyAlgorithm -> SigningAlgorithm by default, and openssl's names for both.
# fmt: off
KEY_ALGORITHMS = (
    ("RSA_2048",      "SHA256WITHRSA",   "sha256WithRSAEncryption", "Public-Key: (2048 bit)"),
    ("RSA_3072",      "SHA256WITHRSA",   "sha256WithRSAEncryption", "Public-Key: (3072 bit)"),
    ("EC_prime256v1", "SHA256WITHECDSA", "ecdsa-with-SHA256",       "ASN1 OID: prime256v1"),
    ("EC_secp384r1",  "SHA256WITHECDSA", "ecdsa-with-SHA256",       "ASN1 OID: secp384r1"),
    ("EC_secp521r1",  "SHA256WITHECDSA", "ecdsa-with-SHA256",       "ASN1 OID: secp521r1"),
)
# fmt: on
each_key_algorithm = pytest.mark.parametrize(
    ("key_algorithm", "signing_algorithm", "signature", "key"),
    KEY_ALGORITHMS,
    ids=[row[0] for row in KEY_ALGORITHMS],
)


def described(pca: PcaMock, authority: Authority) -> Any:
    """A CA as a boto3 client sees it."""
    client = pca.client(region_name=authority.region_name)
    return client.describe_certificate_authority(CertificateAuthorityArn=authority.arn)[
        "CertificateAuthority"
    ]


def validity(pem: str) -> tuple[datetime, datetime]:
    """(notBefore, notAfter), read by asn1crypto."""
    result = oracles.certificate(pem)["tbs_certificate"]["validity"]
    return result["not_before"].native, result["not_after"].native


def path_length(pem: str) -> int | None:
    """The path length in a CA's certificate, read by asn1crypto."""
    constraints = oracles.certificate(pem).basic_constraints_value
    assert constraints["ca"].native
    result: int | None = constraints["path_len_constraint"].native
    return result


def operations(pca: PcaMock) -> list[str]:
    return [call.operation for call in pca.calls]


# Roots


def test_a_root_is_there_for_the_code_under_test(pca: PcaMock) -> None:
    root = pca.create_root_ca("Example Root")

    (listed,) = pca.client().list_certificate_authorities()["CertificateAuthorities"]
    assert listed["Arn"] == root.arn
    assert (listed["Type"], listed["Status"]) == ("ROOT", "ACTIVE")
    assert listed["CertificateAuthorityConfiguration"] == {
        "KeyAlgorithm": "EC_prime256v1",
        "SigningAlgorithm": "SHA256WITHECDSA",
        "Subject": {"CommonName": "Example Root"},
    }
    answer = pca.client().get_certificate_authority_certificate(CertificateAuthorityArn=root.arn)
    assert answer["Certificate"] == root.certificate_pem
    assert oracles.certificate(root.certificate_pem).subject.native == {
        "common_name": "Example Root"
    }


def test_it_is_made_through_the_public_operations(pca: PcaMock) -> None:
    pca.create_root_ca()

    assert operations(pca) == [
        "CreateCertificateAuthority",
        "GetCertificateAuthorityCsr",
        "IssueCertificate",
        "GetCertificate",
        "ImportCertificateAuthorityCertificate",
    ]
    assert {call.outcome for call in pca.calls} == {"success"}
    assert pca.calls[2].params["TemplateArn"].endswith(":template/RootCACertificate/V1")


def test_a_root_signs_itself_and_has_no_chain(pca: PcaMock, tmp_path: Path) -> None:
    root, stranger = pca.create_root_ca(), pca.create_root_ca()

    assert oracles.openssl_verify(tmp_path, root.certificate_pem, "", root.certificate_pem)
    assert not oracles.openssl_verify(tmp_path, root.certificate_pem, "", stranger.certificate_pem)
    assert (root.chain_pem, root.chain) == ("", [])
    assert root.root_pem == root.certificate_pem
    assert oracles.pkilint_errors(root.certificate_pem) == set()


@each_key_algorithm
def test_a_hierarchy_can_have_keys_of_each_kind(
    key_algorithm: KeyAlgorithm,
    signing_algorithm: str,
    signature: str,
    key: str,
    pca: PcaMock,
    tmp_path: Path,
) -> None:
    root = pca.create_root_ca(key_algorithm=key_algorithm)
    issuing = root.create_subordinate_ca(key_algorithm=key_algorithm)
    leaf = issuing.issue("localhost", key_algorithm=key_algorithm)

    for ca in (root, issuing):
        assert (ca.key_algorithm, ca.signing_algorithm) == (key_algorithm, signing_algorithm)
        configuration = described(pca, ca)["CertificateAuthorityConfiguration"]
        assert configuration["KeyAlgorithm"] == key_algorithm
    for pem in (root.certificate_pem, issuing.certificate_pem, leaf.certificate_pem):
        text = oracles.openssl_text(pem)
        assert f"Signature Algorithm: {signature}" in text
        assert key in text
    chain = (leaf.certificate_pem, leaf.chain_pem, root.certificate_pem)
    assert oracles.openssl_verify(tmp_path, *chain)
    assert oracles.certvalidator_verifies(*chain)


@pytest.mark.skipif(not supports_ml_dsa(), reason="the installed cryptography has no ML-DSA")
@pytest.mark.parametrize("key_algorithm", ["ML_DSA_44", "ML_DSA_65", "ML_DSA_87"])
def test_a_hierarchy_can_have_ml_dsa_keys(key_algorithm: KeyAlgorithm, pca: PcaMock) -> None:
    root = pca.create_root_ca(key_algorithm=key_algorithm)
    issuing = root.create_subordinate_ca(key_algorithm=key_algorithm)
    leaf = issuing.issue("localhost", key_algorithm=key_algorithm)

    assert root.signing_algorithm == issuing.signing_algorithm == key_algorithm
    leaf.certificate.verify_directly_issued_by(issuing.certificate)
    issuing.certificate.verify_directly_issued_by(root.certificate)
    with pytest.raises(ValueError, match="Issuer"):
        leaf.certificate.verify_directly_issued_by(root.certificate)
    assert "BEGIN PRIVATE KEY" in leaf.private_key_pem


def test_keys_of_one_kind_certify_those_of_another(pca: PcaMock, tmp_path: Path) -> None:
    root = pca.create_root_ca(key_algorithm="RSA_2048")
    issuing = root.create_subordinate_ca(key_algorithm="EC_secp384r1")
    leaf = issuing.issue("localhost", key_algorithm="RSA_2048")

    assert oracles.openssl_verify(
        tmp_path, leaf.certificate_pem, leaf.chain_pem, root.certificate_pem
    )


@pytest.mark.parametrize("key_algorithm", ["RSA_1024", "EC_p256", ""])
def test_an_unknown_key_algorithm_is_refused_before_any_call(
    key_algorithm: KeyAlgorithm, pca_root_ca: Authority, pca: PcaMock
) -> None:
    for make in (pca.create_root_ca, pca_root_ca.create_subordinate_ca, pca_root_ca.issue):
        with pytest.raises(ValueError, match=f"no key algorithm '{key_algorithm}'"):
            make("name", key_algorithm=key_algorithm)
    assert len(pca.calls) == 0


def test_a_signing_algorithm_can_be_chosen(pca: PcaMock) -> None:
    root = pca.create_root_ca(signing_algorithm="SHA512WITHECDSA")
    leaf = root.issue("localhost")

    for pem in (root.certificate_pem, leaf.certificate_pem):
        assert "Signature Algorithm: ecdsa-with-SHA512" in oracles.openssl_text(pem)
    assert root.signing_algorithm == "SHA512WITHECDSA"


def test_further_members_of_the_subject_can_be_set(pca: PcaMock) -> None:
    root = pca.create_root_ca("Example Root", subject={"Organization": "Example", "Country": "FI"})
    other = root.create_subordinate_ca(subject={"CommonName": "Said Here"})

    assert oracles.certificate(root.certificate_pem).subject.native == {
        "common_name": "Example Root",
        "organization_name": "Example",
        "country_name": "FI",
    }
    assert other.common_name == "Said Here"


def test_a_roots_validity_is_ten_years_by_default(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)

    assert validity(pca.create_root_ca().certificate_pem)[1] == NOON + 10 * YEAR
    short = pca.create_root_ca(validity=timedelta(hours=3))
    assert validity(short.certificate_pem)[1] == NOON + timedelta(hours=3)


def test_a_crl_bucket_switches_crls_on(pca: PcaMock) -> None:
    root = pca.create_root_ca(crl_bucket="crls")
    without = pca.create_root_ca()

    revocation = described(pca, root)["RevocationConfiguration"]
    assert revocation["CrlConfiguration"]["ExpirationInDays"] == 7
    assert revocation["CrlConfiguration"]["S3BucketName"] == "crls"
    assert not revocation["OcspConfiguration"]["Enabled"]
    assert "/crl/" in str(revoking.distribution_point(root.issue("a").certificate_pem))
    assert revoking.distribution_point(without.issue("a").certificate_pem) is None


def test_ocsp_can_be_switched_on(pca: PcaMock) -> None:
    root = pca.create_root_ca(ocsp=True, crl_bucket="crls")
    crl_alone = pca.create_root_ca(crl_bucket="crls", ocsp=False)

    revocation = described(pca, root)["RevocationConfiguration"]
    assert revocation["OcspConfiguration"]["Enabled"]
    assert revocation["CrlConfiguration"]["Enabled"]
    assert not described(pca, crl_alone)["RevocationConfiguration"]["OcspConfiguration"]["Enabled"]
    (url,) = oracles.certificate(root.issue("a").certificate_pem).ocsp_urls
    assert url.startswith("http://ocsp.acm-pca.")


def test_a_revocation_configuration_overrides_the_short_forms(pca: PcaMock) -> None:
    configuration = revoking.crl_on(ExpirationInDays=30, S3BucketName="mine")
    root = pca.create_root_ca(crl_bucket="crls", ocsp=True, RevocationConfiguration=configuration)

    revocation = described(pca, root)["RevocationConfiguration"]
    assert revocation["CrlConfiguration"]["S3BucketName"] == "mine"
    assert not revocation["OcspConfiguration"]["Enabled"]


def test_members_of_the_operation_are_passed_on(pca: PcaMock) -> None:
    tags = [{"Key": "team", "Value": "pki"}]
    expected: Any = {"Tags": tags, "UsageMode": "SHORT_LIVED_CERTIFICATE"}
    root = pca.create_root_ca(**expected)

    assert described(pca, root)["UsageMode"] == "SHORT_LIVED_CERTIFICATE"
    assert pca.client().list_tags(CertificateAuthorityArn=root.arn)["Tags"] == tags


@pytest.mark.parametrize(
    ("expected", "code"),
    [
        ({"common_name": ""}, "InvalidArgsException"),
        ({"signing_algorithm": "SHA256WITHRSA"}, "InvalidArgsException"),
        ({"Tags": [{"Key": "aws:x", "Value": ""}]}, "InvalidTagException"),
        ({"validity": timedelta(0)}, "ValidationException"),
        ({"validity": -SECOND}, "ValidationException"),
    ],
)
def test_a_request_that_aws_would_refuse_is_refused(expected: Any, code: str, pca: PcaMock) -> None:
    with pytest.raises(ClientError) as caught:
        pca.create_root_ca(**expected)

    assert caught.value.response["Error"]["Code"] == code


def of_root_subordinate_and_leaf(pca: PcaMock) -> tuple[Callable[..., Any], ...]:
    root = pca.create_root_ca()
    pca.calls.clear()
    return pca.create_root_ca, root.create_subordinate_ca, root.issue


def test_an_argument_that_nobody_has_is_refused_at_once_with_those_that_there_are(
    pca: PcaMock,
) -> None:
    for make in of_root_subordinate_and_leaf(pca):
        with pytest.raises(TypeError) as caught:
            make("name", Xyz=1)
        message = str(caught.value)
        assert message.startswith(f"{make.__name__}() has no argument 'Xyz'. It takes ")
        assert "key_algorithm, validity, " in message
        assert ", IdempotencyToken" in message
    assert len(pca.calls) == 0


@pytest.mark.parametrize(
    ("number", "asked", "hint"),
    [
        (0, {"region": "eu-west-1"}, "do you mean region_name?"),
        (0, {"keyalgorithm": "RSA_2048"}, "do you mean key_algorithm?"),
        (1, {"tags": []}, "do you mean Tags?"),
        (1, {"days": 30}, "do you mean validity=timedelta(days=…)?"),
        (2, {"hours": 1}, "do you mean validity=timedelta(hours=…)?"),
        (2, {"ApiPassthru": {}}, "do you mean ApiPassthrough?"),
    ],
)
def test_what_was_meant_is_said(number: int, asked: Any, hint: str, pca: PcaMock) -> None:
    make = of_root_subordinate_and_leaf(pca)[number]

    with pytest.raises(TypeError) as caught:
        make("name", **asked)
    assert hint in str(caught.value)


# Regions, partitions and accounts


def test_a_root_is_in_the_default_region_of_clients(
    pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3.Session(region_name="sa-east-1"))
    root = pca.create_root_ca()

    assert root.region_name == pca.client().meta.region_name == "sa-east-1"
    assert ":sa-east-1:" in root.arn


@pytest.mark.parametrize(
    ("region", "partition", "more"),
    [
        ("eu-central-1", "aws", {}),
        ("us-gov-west-1", "aws-us-gov", {}),
        ("cn-north-1", "aws-cn", {"KeyStorageSecurityStandard": "CCPC_LEVEL_1_OR_HIGHER"}),
    ],
)
def test_a_hierarchy_stays_in_the_region_of_its_root(
    region: str, partition: str, more: Any, pca: PcaMock, tmp_path: Path
) -> None:
    root = pca.create_root_ca(region_name=region, **more)
    leaf = root.create_subordinate_ca(**more).issue("localhost")

    assert leaf.arn.startswith(f"arn:{partition}:acm-pca:{region}:")
    assert {call.caller.region for call in pca.calls} == {region}
    assert oracles.openssl_verify(
        tmp_path, leaf.certificate_pem, leaf.chain_pem, root.certificate_pem
    )
    elsewhere = pca.client(region_name="eu-north-1").list_certificate_authorities()
    assert elsewhere["CertificateAuthorities"] == []


def test_a_root_belongs_to_the_account_of_the_mock() -> None:
    with mock_pca(account_id="111122223333") as pca:
        root = pca.create_root_ca()

    assert root.account_id == "111122223333"
    assert ":111122223333:" in root.arn


def test_a_root_belongs_to_the_account_that_acts(pca: PcaMock) -> None:
    with pca.as_account(OTHER_ACCOUNT):
        theirs = pca.create_root_ca("Theirs")
    ours = pca.create_root_ca("Ours")

    assert (theirs.account_id, ours.account_id) == (OTHER_ACCOUNT, pca.account_id)
    assert [ca.common_name for ca in pca.authorities] == ["Theirs", "Ours"]
    listed = pca.client().list_certificate_authorities()["CertificateAuthorities"]
    assert [ca["Arn"] for ca in listed] == [ours.arn]


def test_handles_always_act_for_the_owner(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    with pca.as_account(OTHER_ACCOUNT):
        issuing = root.create_subordinate_ca()
        leaf = issuing.issue("localhost")
        leaf.revoke()
        issuing.disable()
        with pytest.raises(ClientError, match="not authorized"):
            described(pca, root)

    assert issuing.account_id == pca.account_id
    assert {call.caller.account for call in pca.calls[:-1]} == {pca.account_id}
    assert pca.calls[-1].caller.account == OTHER_ACCOUNT
    assert described(pca, issuing)["Status"] == "DISABLED"


def test_handles_act_for_the_owner_whatever_the_access_keys_are() -> None:
    with mock_pca(accounts={"AKIAOTHER": OTHER_ACCOUNT}) as pca, pytest.MonkeyPatch.context() as at:
        at.setenv("AWS_ACCESS_KEY_ID", "AKIAOTHER")
        at.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        root = pca.create_root_ca()
        leaf = root.issue("localhost")

    assert root.account_id == pca.account_id
    assert leaf.arn.startswith(root.arn)


# CAs below


@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_a_subordinate_has_the_requested_path_length(length: int, pca: PcaMock) -> None:
    root = pca.create_root_ca()
    ca = root.create_subordinate_ca("Issuing", path_length=length)

    assert path_length(ca.certificate_pem) == length
    assert (ca.type, ca.status, ca.common_name) == ("SUBORDINATE", "ACTIVE", "Issuing")
    assert described(pca, ca)["Status"] == "ACTIVE"


def test_a_subordinate_issues_no_cas_by_default(pca: PcaMock) -> None:
    assert path_length(pca.create_root_ca().create_subordinate_ca().certificate_pem) == 0


def test_a_path_length_that_the_issuer_does_not_allow_is_refused(pca: PcaMock) -> None:
    ca = pca.create_root_ca().create_subordinate_ca(path_length=1)

    assert path_length(ca.create_subordinate_ca(path_length=0).certificate_pem) == 0
    with pytest.raises(ClientError, match="path length"):
        ca.create_subordinate_ca(path_length=1)


def test_there_is_no_template_for_other_path_lengths(pca: PcaMock) -> None:
    root = pca.create_root_ca()

    with pytest.raises(ClientError, match="SubordinateCACertificate_PathLen4"):
        root.create_subordinate_ca(path_length=4)


def test_chains_name_the_direct_issuer_first_and_the_root_last(pca: PcaMock) -> None:
    root = pca.create_root_ca("Root")
    middle = root.create_subordinate_ca("Middle", path_length=1)
    issuing = middle.create_subordinate_ca("Issuing")
    leaf = issuing.issue("localhost")

    middle_pem, root_pem = middle.certificate_pem, root.certificate_pem
    assert oracles.blocks(middle.chain_pem) == [root_pem]
    assert oracles.blocks(issuing.chain_pem) == [middle_pem, root_pem]
    assert oracles.blocks(leaf.chain_pem) == [issuing.certificate_pem, middle_pem, root_pem]
    assert issuing.chain == [middle.certificate, root.certificate]
    assert leaf.chain == [issuing.certificate, middle.certificate, root.certificate]
    assert issuing.root_pem == leaf.root_pem == root_pem


def test_a_chain_verifies_only_up_to_its_own_root(pca: PcaMock, tmp_path: Path) -> None:
    root, stranger = pca.create_root_ca("Root"), pca.create_root_ca("Root")
    leaf = root.create_subordinate_ca(path_length=1).create_subordinate_ca().issue("localhost")

    pems = leaf.certificate_pem, leaf.chain_pem
    assert oracles.openssl_verify(tmp_path, *pems, root.certificate_pem)
    assert oracles.certvalidator_verifies(*pems, root.certificate_pem)
    assert not oracles.openssl_verify(tmp_path, *pems, stranger.certificate_pem)
    assert not oracles.certvalidator_verifies(*pems, stranger.certificate_pem)


def test_a_subordinates_validity_is_five_years_by_default(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    root = pca.create_root_ca()

    assert validity(root.create_subordinate_ca().certificate_pem)[1] == NOON + 5 * YEAR
    short = root.create_subordinate_ca(validity=YEAR)
    assert validity(short.certificate_pem)[1] == NOON + YEAR


@pytest.mark.parametrize("frozen", [True, False])
def test_by_default_nothing_outlives_its_issuer(frozen: bool, pca: PcaMock) -> None:
    if frozen:
        pca.clock.freeze(NOON.replace(microsecond=999_999))
    root = pca.create_root_ca(validity=timedelta(days=2))
    ca = root.create_subordinate_ca(path_length=1)
    leaf = ca.create_subordinate_ca().issue("localhost")

    end = validity(root.certificate_pem)[1]
    assert validity(ca.certificate_pem)[1] == validity(leaf.certificate_pem)[1] == end


def test_by_default_nothing_outlives_its_issuer_even_where_creation_takes_time() -> None:
    with mock_pca(creation_delay=timedelta(minutes=1)) as pca:
        root = pca.create_root_ca(validity=timedelta(days=2))
        ca = root.create_subordinate_ca()

        assert validity(ca.certificate_pem)[1] == validity(root.certificate_pem)[1]


def test_a_validity_longer_than_the_issuers_is_refused(pca: PcaMock) -> None:
    root = pca.create_root_ca(validity=timedelta(days=2))

    for make in (root.create_subordinate_ca, root.issue):
        with pytest.raises(ClientError, match="exceeds the CA validity"):
            make("name", validity=timedelta(days=3))


@pytest.mark.parametrize("nothing", [timedelta(0), -SECOND])
def test_no_validity_at_all_is_refused(nothing: timedelta, pca_root_ca: Authority) -> None:
    for make in (pca_root_ca.create_subordinate_ca, pca_root_ca.issue):
        with pytest.raises(ClientError, match="must be in the future"):
            make("name", validity=nothing)


def test_a_short_lived_ca_issues_for_seven_days_at_most(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    ca = pca.create_root_ca().create_subordinate_ca(UsageMode="SHORT_LIVED_CERTIFICATE")
    leaf = ca.issue("localhost")

    assert validity(leaf.certificate_pem)[1] == NOON + timedelta(days=7)
    with pytest.raises(ClientError, match="maximum of 7 days"):
        ca.issue("localhost", validity=timedelta(days=7) + SECOND)


def test_an_expired_ca_issues_nothing(pca: PcaMock) -> None:
    root = pca.create_root_ca(validity=timedelta(days=2))
    pca.clock.advance(days=3)

    assert root.status == "EXPIRED"
    with pytest.raises(ClientError, match="not in a valid state for issuing"):
        root.issue("localhost")
    with pytest.raises(ClientError, match="not in a valid state for issuing"):
        root.create_subordinate_ca()


# Leaves


def test_a_leaf_is_for_the_names_that_it_is_issued_for(pca_issuing_ca: Authority) -> None:
    names = ("localhost", "*.example.com", "127.0.0.1", "::1", "a@example.com", "spiffe://a/b")
    leaf = pca_issuing_ca.issue(*names)

    text = oracles.openssl_text(leaf.certificate_pem)
    assert (
        "DNS:localhost, DNS:*.example.com, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, "
        "email:a@example.com, URI:spiffe://a/b" in text
    )
    subject = oracles.certificate(leaf.certificate_pem).subject
    assert subject.native == {"common_name": "localhost"}


def test_a_leaf_is_the_certificate_that_get_certificate_returns(
    pca: PcaMock, pca_issuing_ca: Authority
) -> None:
    leaf = pca_issuing_ca.issue("localhost")

    answer = pca.client().get_certificate(
        CertificateAuthorityArn=pca_issuing_ca.arn, CertificateArn=leaf.arn
    )
    assert answer["Certificate"] == leaf.certificate_pem
    assert answer["CertificateChain"] == leaf.chain_pem
    assert leaf.authority_arn == pca_issuing_ca.arn


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "b.example.com"])
def test_a_leaf_verifies_only_for_its_names(
    host: str, pca_root_ca: Authority, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    leaf = pca_issuing_ca.issue("localhost", "127.0.0.1", "*.example.com")

    flag = "-verify_ip" if host[0].isdigit() else "-verify_hostname"
    other = "127.0.0.2" if host[0].isdigit() else "localhost.localdomain"
    pems = (leaf.certificate_pem, leaf.chain_pem, pca_root_ca.certificate_pem)
    assert oracles.openssl_verify(tmp_path, *pems, flag, host)
    assert not oracles.openssl_verify(tmp_path, *pems, flag, other)


def test_a_leafs_validity_is_a_year_by_default(pca: PcaMock, pca_issuing_ca: Authority) -> None:
    pca.clock.freeze()
    now = pca.clock.now().replace(microsecond=0)

    assert validity(pca_issuing_ca.issue("a").certificate_pem)[1] == now + YEAR
    short = pca_issuing_ca.issue("a", validity=timedelta(minutes=5))
    assert validity(short.certificate_pem) == (
        now - timedelta(hours=1),
        now + timedelta(minutes=5),
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"common_name": "Ada"}, {"common_name": "Ada"}),
        ({"common_name": ""}, {}),
        ({}, {"common_name": "localhost"}),
    ],
)
def test_the_common_name_of_a_leaf_can_be_set(
    asked: Any, expected: Any, pca_issuing_ca: Authority
) -> None:
    leaf = pca_issuing_ca.issue("localhost", **asked)

    assert oracles.certificate(leaf.certificate_pem).subject.native == expected
    assert "DNS:localhost" in oracles.openssl_text(leaf.certificate_pem)


def test_a_leaf_may_have_a_common_name_and_no_other(pca_issuing_ca: Authority) -> None:
    leaf = pca_issuing_ca.issue(common_name="Ada")

    assert oracles.certificate(leaf.certificate_pem).subject.native == {"common_name": "Ada"}
    assert oracles.extension(leaf.certificate_pem, issuance.SUBJECT_ALTERNATIVE_NAME) is None


def test_a_name_that_is_too_long_for_the_subject_is_only_in_the_extension(
    pca_issuing_ca: Authority,
) -> None:
    label = "a" * 52
    leaf = pca_issuing_ca.issue(f"{label}.example.com", "localhost")
    longer = pca_issuing_ca.issue(f"{label}a.example.com", "localhost")

    assert oracles.certificate(leaf.certificate_pem).subject.native == {
        "common_name": f"{label}.example.com"
    }
    assert oracles.certificate(longer.certificate_pem).subject.native == {}
    assert f"DNS:{label}a.example.com" in oracles.openssl_text(longer.certificate_pem)
    extension = oracles.extension(longer.certificate_pem, issuance.SUBJECT_ALTERNATIVE_NAME)
    assert extension is not None
    assert extension.critical  # RFC 5280 section 4.2.1.6: where the subject is empty


@pytest.mark.parametrize("form", [bytes, str])
def test_a_leaf_can_be_issued_for_a_csr(
    form: type, pca_issuing_ca: Authority, pca_root_ca: Authority, tmp_path: Path
) -> None:
    csr = support.KeyHolder().csr("mine", ["example.com"])
    leaf = pca_issuing_ca.issue(csr=csr if form is bytes else csr.decode())

    assert leaf.subject == "CN=mine"
    expected = x509.load_pem_x509_csr(csr).public_key()
    assert leaf.certificate.public_key() == expected
    assert oracles.openssl_verify(
        tmp_path, leaf.certificate_pem, leaf.chain_pem, pca_root_ca.certificate_pem
    )
    with pytest.raises(LookupError, match="where the CSR came from"):
        _ = leaf.private_key


@pytest.mark.parametrize("asked", [{}, {"common_name": ""}, {"subject": {}}])
def test_a_leaf_is_for_somebody(asked: Any, pca: PcaMock, pca_issuing_ca: Authority) -> None:
    with pytest.raises(TypeError, match="pass names, a common_name, a subject or a csr"):
        pca_issuing_ca.issue(**asked)
    assert len(pca.calls) == 0


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        (["localhost"], {}),
        ([], {"common_name": ""}),
        ([], {"subject": {}}),
        ([], {"key_algorithm": "RSA_2048"}),
    ],
)
def test_nothing_is_asked_for_beside_a_csr(
    names: list[str], asked: Any, pca: PcaMock, pca_issuing_ca: Authority
) -> None:
    with pytest.raises(TypeError, match="a csr has names, subject and key already"):
        pca_issuing_ca.issue(*names, csr=support.KeyHolder().csr(), **asked)
    assert len(pca.calls) == 0


def test_a_csr_that_cannot_be_read_is_refused(pca_issuing_ca: Authority) -> None:
    for csr in (b"nonsense", "nonsense"):
        with pytest.raises(ClientError) as caught:
            pca_issuing_ca.issue(csr=csr)
        assert caught.value.response["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize(
    "template",
    ["EndEntityClientAuthCertificate", support.template_arn("EndEntityClientAuthCertificate")],
)
def test_a_template_is_chosen_by_name_or_arn(template: str, pca_issuing_ca: Authority) -> None:
    leaf = pca_issuing_ca.issue("client", template=template)
    usual = pca_issuing_ca.issue("both")

    assert "TLS Web Server Authentication" not in oracles.openssl_text(leaf.certificate_pem)
    text = oracles.openssl_text(usual.certificate_pem)
    assert "TLS Web Server Authentication, TLS Web Client Authentication" in text


def test_an_unknown_template_is_refused(pca_issuing_ca: Authority) -> None:
    with pytest.raises(ClientError, match="template/Nothing/V1 is not valid"):
        pca_issuing_ca.issue("localhost", template="Nothing")


def test_further_members_of_the_operation_are_passed_on(
    pca: PcaMock, pca_issuing_ca: Authority
) -> None:
    passthrough: Any = {"Subject": {"CommonName": "Passed Through", "Organization": "Example"}}
    leaf = pca_issuing_ca.issue(
        "localhost",
        template="EndEntityCertificate_APIPassthrough",
        ApiPassthrough=passthrough,
        SigningAlgorithm="SHA512WITHECDSA",
        Validity={"Type": "DAYS", "Value": 3},
        IdempotencyToken="once",
    )

    assert oracles.certificate(leaf.certificate_pem).subject.native == {
        "common_name": "Passed Through",
        "organization_name": "Example",
    }
    assert "ecdsa-with-SHA512" in oracles.openssl_text(leaf.certificate_pem)
    pca.calls.assert_called("IssueCertificate", times=1, origin="handle", IdempotencyToken="once")
    assert leaf.not_after < pca.clock.now() + timedelta(days=3)


def test_a_root_may_issue_itself(pca_root_ca: Authority, tmp_path: Path) -> None:
    leaf = pca_root_ca.issue("localhost")

    root_pem = pca_root_ca.certificate_pem
    assert leaf.chain_pem == leaf.root_pem == root_pem
    assert oracles.openssl_verify(tmp_path, leaf.certificate_pem, leaf.chain_pem, root_pem)


def test_no_two_leaves_share_a_key(pca_issuing_ca: Authority) -> None:
    keys = {pca_issuing_ca.issue("localhost").private_key_pem for _ in range(5)}

    assert len(keys) == 5


# Values that a handle shows


def test_a_ca_that_waits_for_its_certificate_has_none(pca: PcaMock) -> None:
    support.pending(pca.client(), configuration_=support.configuration("Waiting"))
    (ca,) = pca.authorities

    assert (ca.common_name, ca.type, ca.status) == ("Waiting", "ROOT", "PENDING_CERTIFICATE")
    names = ("certificate_pem", "chain_pem", "certificate", "chain", "root_pem")
    for name in names:
        with pytest.raises(LookupError, match="has no certificate yet"):
            getattr(ca, name)
    with pytest.raises(LookupError, match="has no certificate yet"):
        ca.revoke()
    with pytest.raises(ClientError, match="not in a valid state for issuing"):
        ca.issue("localhost")
    assert ca.certificates == []


def test_a_ca_need_not_have_a_common_name(pca: PcaMock) -> None:
    configuration = {**support.configuration(), "Subject": {"Organization": "Example"}}
    support.pending(pca.client(), configuration_=configuration)

    assert pca.authorities[0].common_name == ""


def test_the_authorities_are_those_of_all_accounts_and_regions_oldest_first(pca: PcaMock) -> None:
    made = [pca.create_root_ca("A", region_name="eu-west-1")]
    with pca.as_account(OTHER_ACCOUNT):
        made.append(pca.create_root_ca("B"))
    made.append(made[0].create_subordinate_ca("C"))
    made.append(pca.create_root_ca("D", region_name="eu-west-1"))

    assert pca.authorities == made
    assert [ca.common_name for ca in pca.authorities] == ["A", "B", "C", "D"]


def test_a_deleted_ca_is_among_the_authorities_while_it_can_be_restored(pca: PcaMock) -> None:
    root, other = pca.create_root_ca(), pca.create_root_ca()
    root.delete(7)

    assert pca.authorities == [root, other]
    pca.clock.advance(days=7)
    assert pca.authorities == [other]
    assert list(pca.certificates) == other.certificates


def test_the_certificates_are_those_that_were_issued_oldest_first(pca: PcaMock) -> None:
    root = pca.create_root_ca("Root")
    issuing = root.create_subordinate_ca("Issuing")
    leaves = [issuing.issue("one"), issuing.issue("two")]
    last = root.issue("three")

    assert [item.subject for item in pca.certificates] == [
        "CN=Root",
        "CN=Issuing",
        "CN=one",
        "CN=two",
        "CN=three",
    ]
    assert issuing.certificates == leaves
    assert root.certificates[-1] == last
    assert [item.subject for item in root.certificates] == ["CN=Root", "CN=Issuing", "CN=three"]


def test_the_certificates_are_in_their_order_with_a_frozen_clock(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    root = pca.create_root_ca("Root")
    issuing = root.create_subordinate_ca("Issuing")
    made = [issuing.issue("one"), root.issue("two"), issuing.issue("three")]

    assert list(pca.certificates)[2:] == made


def test_handles_of_one_thing_are_equal_and_others_are_not(pca: PcaMock) -> None:
    root, other = pca.create_root_ca(), pca.create_root_ca()

    assert pca.authorities[0] == root
    assert {*pca.authorities, root, other} == {root, other}
    assert root != other
    assert root != root.arn


def test_the_repr_of_a_handle_shows_its_ca(pca: PcaMock) -> None:
    root = pca.create_root_ca("Example Root")

    assert repr(root) == f"<Authority 'Example Root' ROOT ACTIVE {root.arn}>"
    root.disable()
    assert repr(root) == f"<Authority 'Example Root' ROOT DISABLED {root.arn}>"
    pca.reset()
    assert repr(root) == f"<Authority {root.arn} (deleted)>"


def test_the_handle_of_a_removed_ca_reports_that_it_is_gone(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    pca.reset()

    names = ("status", "type", "common_name", "certificate_pem", "certificates", "key_algorithm")
    for name in names:
        with pytest.raises(LookupError, match=r"has no CA .* \(any more\)"):
            getattr(root, name)
    with pytest.raises(ClientError, match="Could not find"):
        root.disable()
    with pytest.raises(LookupError, match="any more"):
        root.delete()


def test_a_handle_describes_as_the_operation_does(pca: PcaMock, pca_root_ca: Authority) -> None:
    assert pca_root_ca.describe() == described(pca, pca_root_ca)
    pca.calls.assert_called("DescribeCertificateAuthority", times=2, origin="any")


def test_parsed_objects_match_the_texts(pca_issuing_ca: Authority) -> None:
    parsed = x509.load_pem_x509_certificate(pca_issuing_ca.certificate_pem.encode())
    chain = x509.load_pem_x509_certificates(pca_issuing_ca.chain_pem.encode())

    assert pca_issuing_ca.certificate == parsed
    assert pca_issuing_ca.chain == chain


# Actions of a handle


def test_a_disabled_ca_issues_nothing_until_it_is_enabled(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    root.disable()

    assert root.status == described(pca, root)["Status"] == "DISABLED"
    with refused("InvalidStateException", pca):
        root.issue("localhost")
    root.enable()
    assert root.status == described(pca, root)["Status"] == "ACTIVE"
    assert root.issue("localhost").status == "ISSUED"


def test_a_deleted_ca_can_be_restored_for_thirty_days_by_default(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    root, other = pca.create_root_ca(), pca.create_root_ca()
    root.delete()
    other.delete(restorable_days=7)

    assert root.status == described(pca, root)["Status"] == "DELETED"
    assert described(pca, root)["RestorableUntil"] == NOON + timedelta(days=30)
    assert described(pca, other)["RestorableUntil"] == NOON + timedelta(days=7)
    root.restore()
    assert root.status == "DISABLED"
    with refused("InvalidStateException", pca):
        root.restore()


def test_deleting_first_disables_only_an_active_ca(pca: PcaMock) -> None:
    active, disabled = pca.create_root_ca(), pca.create_root_ca()
    disabled.disable()
    support.pending(pca.client())
    waiting = pca.authorities[-1]
    pca.calls.clear()
    for ca in (active, disabled, waiting):
        ca.delete()

    assert operations(pca) == ["UpdateCertificateAuthority"] + 3 * ["DeleteCertificateAuthority"]
    assert {ca.status for ca in pca.authorities} == {"DELETED"}


def test_a_ca_that_is_being_created_is_gone_at_once(pca: PcaMock) -> None:
    pca.hold("CreateCertificateAuthority", polls=9)
    support.pending(pca.client())
    (ca,) = pca.authorities
    assert repr(ca) == f"<Authority 'Test CA' ROOT CREATING {ca.arn}>"
    ca.delete()

    assert pca.authorities == []
    assert repr(ca) == f"<Authority {ca.arn} (deleted)>"


@pytest.mark.parametrize("days", [6, 31])
def test_a_ca_cannot_be_deleted_for_another_time(days: int, pca: PcaMock) -> None:
    root = pca.create_root_ca()

    with pytest.raises(Exception, match=r"[Pp]ermanentDeletionTimeInDays"):
        root.delete(days)
    assert root.status != "DELETED"


def test_a_ca_that_is_deleted_cannot_be_deleted_again(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    root.delete()

    with refused("InvalidStateException", pca):
        root.delete()


def test_revoking_a_ca_revokes_its_certificate_at_its_issuer(pca: PcaMock) -> None:
    root = pca.create_root_ca(crl_bucket="crls", ocsp=True)
    issuing, other = root.create_subordinate_ca(), root.create_subordinate_ca()
    issuing.revoke()

    serial = f"{issuing.certificate.serial_number:032x}"
    pca.calls.assert_called(
        "RevokeCertificate",
        times=1,
        origin="handle",
        CertificateAuthorityArn=root.arn,
        CertificateSerial=serial,
        RevocationReason="CESSATION_OF_OPERATION",
    )
    (crl,) = (pca.buckets["crls"][f"crl/{root.arn.rpartition('/')[2]}.crl"],)
    assert revoking.listed(crl) == [serial]
    assert [item.status for item in root.certificates] == ["ISSUED", "REVOKED", "ISSUED"]
    assert (issuing.status, other.status) == ("ACTIVE", "ACTIVE")


def test_revoking_a_ca_takes_a_reason_and_happens_once(pca: PcaMock) -> None:
    issuing = pca.create_root_ca().create_subordinate_ca()
    issuing.revoke("CERTIFICATE_AUTHORITY_COMPROMISE")

    pca.calls.assert_called(
        "RevokeCertificate",
        origin="handle",
        RevocationReason="CERTIFICATE_AUTHORITY_COMPROMISE",
    )
    with refused("RequestAlreadyProcessedException", pca):
        issuing.revoke()


def test_a_root_cannot_be_revoked(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    root.create_subordinate_ca()

    with pytest.raises(LookupError, match="no other CA of this mock has issued"):
        root.revoke()
    pca.calls.assert_not_called("RevokeCertificate", origin="any")


def test_a_ca_that_was_certified_elsewhere_cannot_be_revoked(pca: PcaMock) -> None:
    ca = support.pending(pca.client(), "SUBORDINATE")
    outside = issuance.ForeignRoot()
    outside.install_at(ca)
    (handle,) = pca.authorities

    assert oracles.certificate(handle.root_pem).subject.native == {"common_name": "Foreign Root"}
    with pytest.raises(LookupError, match="no other CA of this mock has issued"):
        handle.revoke()


def test_a_ca_is_revoked_by_its_issuer_in_another_region(pca: PcaMock) -> None:
    root = pca.create_root_ca(region_name="eu-west-1")
    ca = support.pending(pca.client(region_name="eu-north-1"), "SUBORDINATE")
    signed = root.issue(csr=ca.csr(), template="SubordinateCACertificate_PathLen0")
    ca.install(signed.certificate_pem, signed.chain_pem)
    pca.authorities[-1].revoke()

    assert signed.status == "REVOKED"


def test_the_certificate_that_is_installed_now_is_the_one_that_is_revoked(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    issuing = root.create_subordinate_ca()
    (*_, former) = root.certificates
    client = pca.client()
    csr = client.get_certificate_authority_csr(CertificateAuthorityArn=issuing.arn)["Csr"]
    renewed = root.issue(csr=csr, template="SubordinateCACertificate_PathLen0")
    client.import_certificate_authority_certificate(
        CertificateAuthorityArn=issuing.arn,
        Certificate=renewed.certificate_pem,
        CertificateChain=renewed.chain_pem,
    )
    assert issuing.certificate_pem == renewed.certificate_pem
    issuing.revoke()

    assert (former.status, renewed.status) == ("ISSUED", "REVOKED")


# Where things take time, and where they fail


def test_a_hierarchy_is_ready_though_creation_and_issuance_take_time() -> None:
    delays: Any = {"creation_delay": timedelta(seconds=10), "issuance_delay": timedelta(minutes=2)}
    with mock_pca(**delays) as pca:
        before = pca.clock.now()
        root = pca.create_root_ca()
        issuing = root.create_subordinate_ca()

        assert (root.status, issuing.status) == ("ACTIVE", "ACTIVE")
        assert pca.clock.now() - before >= 2 * (delays["creation_delay"] + delays["issuance_delay"])
        leaf = issuing.issue("localhost")
        assert leaf.status == "PENDING"
        pca.clock.advance(delays["issuance_delay"])
        assert leaf.status == "ISSUED"


def test_waiting_moves_a_frozen_clock_too() -> None:
    with mock_pca(creation_delay=timedelta(seconds=10)) as pca:
        pca.clock.freeze(NOON)
        pca.create_root_ca()

        assert pca.clock.now() == NOON + timedelta(seconds=10)
        assert pca.clock.is_frozen


def test_a_hierarchy_is_ready_though_things_are_held(pca: PcaMock) -> None:
    pca.hold("CreateCertificateAuthority", polls=3)
    pca.hold("IssueCertificate", polls=2)
    root = pca.create_root_ca()

    assert root.status == "ACTIVE"
    in_progress = pca.calls.filter(outcome="RequestInProgressException", origin="handle")
    assert [call.operation for call in in_progress] == (
        3 * ["GetCertificateAuthorityCsr"] + 2 * ["GetCertificate"]
    )


def test_waiting_has_an_end(pca: PcaMock) -> None:
    pca.hold("IssueCertificate", polls=1000)

    with pytest.raises(ClientError, match="RequestInProgressException"):
        pca.create_root_ca()


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("CreateCertificateAuthority", "InvalidStateException"),
        ("IssueCertificate", "RequestFailedException"),
    ],
)
def test_a_failure_after_the_call_is_reported(
    operation: SlowOperation, code: str, pca: PcaMock
) -> None:
    pca.fail_later(operation)

    with pytest.raises(ClientError) as caught:
        pca.create_root_ca()
    assert caught.value.response["Error"]["Code"] == code


def test_faults_that_are_planned_for_handles_strike_them_and_botocore_tries_again(
    pca: PcaMock,
) -> None:
    pca.fail("IssueCertificate", "ThrottlingException", attempts=1, origin="handle")
    root = pca.create_root_ca()
    pca.fail("IssueCertificate", "ThrottlingException", times=1, origin="any")

    (call,) = pca.calls.assert_called("IssueCertificate", times=1, origin="handle")
    assert call.retries == 1
    with pytest.raises(ClientError, match="ThrottlingException"):
        root.issue("localhost")
    assert root.issue("localhost").status == "ISSUED"


# Several mocks


def test_a_handle_of_an_ended_mock_still_shows_its_data() -> None:
    with mock_pca() as pca:
        root = pca.create_root_ca("Example Root")
        leaf = root.issue("localhost")

    assert (root.status, leaf.status) == ("ACTIVE", "ISSUED")
    assert [item.subject for item in root.certificates] == ["CN=Example Root", "CN=localhost"]


def test_inside_another_mock_a_handle_acts_on_its_own() -> None:
    with mock_pca() as outer:
        root = outer.create_root_ca()
        with mock_pca() as inner:
            assert root.issue("localhost").status == "ISSUED"
            inner.calls.assert_not_called("IssueCertificate", origin="any")
        outer.calls.assert_called("IssueCertificate", times=2, outcome="success", origin="any")


def test_a_refused_subordinate_leaves_nothing(pca: PcaMock) -> None:
    issuing = pca.create_root_ca().create_subordinate_ca(path_length=0)
    before = pca.authorities

    with pytest.raises(ClientError, match="path length"):
        issuing.create_subordinate_ca(path_length=0)

    assert pca.authorities == before


def test_an_expired_root_can_sign_itself_again(pca: PcaMock) -> None:
    root = pca.create_root_ca(validity=timedelta(days=10))
    pca.clock.advance(days=11)

    root.install(root, "RootCACertificate")

    assert root.status == "ACTIVE"
    assert root.issue("localhost").status == "ISSUED"


def test_a_root_in_china_has_the_key_storage_standard_of_china(pca: PcaMock) -> None:
    root = pca.create_root_ca(region_name="cn-north-1")

    assert root.arn.startswith("arn:aws-cn:")
    assert root.describe()["KeyStorageSecurityStandard"] == "CCPC_LEVEL_1_OR_HIGHER"


def test_a_ca_has_the_crl_that_it_has_published(pca: PcaMock) -> None:
    root = pca.create_root_ca(crl_bucket="crls")
    leaf, other = root.issue("localhost"), root.issue("example.com")
    leaf.revoke()

    assert root.crl.get_revoked_certificate_by_serial_number(leaf.serial_number) is not None
    assert root.crl.get_revoked_certificate_by_serial_number(other.serial_number) is None
    (published,) = (data for key, data in pca.buckets["crls"].items() if key.endswith(".crl"))
    assert root.crl.public_bytes(Encoding.DER) == published


def test_without_a_crl_there_is_none(pca: PcaMock) -> None:
    root = pca.create_root_ca()

    with pytest.raises(LookupError, match="complete CRL"):
        _ = root.crl


def test_a_ca_of_the_code_under_test_is_found_by_its_arn(pca: PcaMock) -> None:
    made = support.pending(pca.client())

    assert pca.authority(made.arn).status == "PENDING_CERTIFICATE"
    with pytest.raises(LookupError, match="no CA"):
        pca.authority(f"{made.arn[:-12]}000000000000")
    with pytest.raises(InvalidArnException):
        pca.authority("arn:aws:s3:::bucket")


def test_a_hundred_polls_take_a_hundred_seconds(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    pca.hold("CreateCertificateAuthority", polls=100)
    pca.create_root_ca()

    assert pca.clock.now() == NOON + timedelta(seconds=100)


def test_waiting_for_something_that_never_ends_gives_up(pca: PcaMock) -> None:
    pca.hold("CreateCertificateAuthority", polls=1000)

    with pytest.raises(ClientError, match="RequestInProgressException"):
        pca.create_root_ca()
    assert pca.authorities == []


# Threads


def test_threads_may_make_and_look_at_the_same_things(pca: PcaMock, pca_root_ca: Authority) -> None:
    def work(_: int) -> None:
        issuing = pca_root_ca.create_subordinate_ca()
        for _ in range(10):
            issuing.issue("localhost")
            pca_root_ca.issue("localhost")
            assert len(pca_root_ca.certificates) <= len(pca.certificates)
            assert issuing in pca.authorities
        issuing.revoke()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert len(pca.authorities) == 5
    assert len(pca.certificates) == 1 + 4 * 21
    assert len(inside.authority(pca, pca_root_ca.arn).revocations) == 4


@pytest.fixture(autouse=True)
def only_what_the_model_knows(request: pytest.FixtureRequest) -> None:
    """Skip tests with parameters that an older service model lacks."""
    if hasattr(request.node, "callspec"):
        newer_models.need(request.node.callspec.params)


@pytest.mark.parametrize("days", [3, 31])
def test_a_deletion_that_is_refused_leaves_the_ca_active(days: int, pca: PcaMock) -> None:
    root = pca.create_root_ca()
    before = inside.snapshot(pca)

    with pytest.raises((ClientError, ParamValidationError)):
        root.delete(days)

    assert root.status == "ACTIVE"
    assert inside.snapshot(pca) == before


def test_a_root_that_cannot_be_installed_is_not_kept_in_a_file_either(
    pca: PcaMock, tmp_path: Path
) -> None:
    other = pca.create_root_ca("Other")
    state_file = StateFile(tmp_path / "state.db", pca._state)
    plan = pca.fail("ImportCertificateAuthorityCertificate", "InternalFailure", origin="handle")

    with plan, pytest.raises(ClientError):
        pca.create_root_ca("Root", crl_bucket="crls")

    assert pca.authorities == [other]
    assert list(pca._state.publishing) == []
    state_file.close()
    with mock_pca() as again:
        StateFile(tmp_path / "state.db", again._state).close()
        assert [ca.arn for ca in again.authorities] == [other.arn]
