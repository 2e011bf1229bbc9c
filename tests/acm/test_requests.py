"""RequestCertificate with a private CA: the certificate, its rules, and what the CA refuses."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from pca_mock import Authority, PcaMock
from tests import oracles, support
from tests.acm.clients import client as shared
from tests.acm.requesting import detail, request
from tests.issuance import ForeignRoot
from tests.refusals import refused

CN = "2.5.4.3"
SAN, BASIC_CONSTRAINTS = "2.5.29.17", "2.5.29.19"
AKI, SKI, KEY_USAGE, PURPOSES = "2.5.29.35", "2.5.29.14", "2.5.29.15", "2.5.29.37"


def failure(acm: Any, arn: str) -> str:
    described = detail(acm, arn)
    assert described["Status"] == "FAILED"
    return str(described["FailureReason"])


def test_the_ca_signs_the_certificate_with_the_template_for_servers_and_clients(
    pca: PcaMock, acm: Any, ca: Authority
) -> None:
    names = ["*.example.com", "www.example.com", "example.com"]

    arn = request(acm, ca, SubjectAlternativeNames=names)

    leaf = pca.certificates[-1]
    assert leaf.authority_arn == ca.arn
    assert (
        leaf.certificate_pem.strip()
        == acm.get_certificate(CertificateArn=arn)["Certificate"].strip()
    )
    result = oracles.extensions(leaf.certificate_pem)
    assert [each.oid for each in result] == [SAN, BASIC_CONSTRAINTS, AKI, SKI, KEY_USAGE, PURPOSES]
    assert [each.oid for each in result if each.critical] == [KEY_USAGE]
    parsed = oracles.certificate(leaf.certificate_pem)
    assert parsed.subject_alt_name_value.native == ["www.example.com", *names[:1], names[2]]
    ((attribute,),) = ([*rdn] for rdn in parsed.subject.chosen)
    assert attribute["type"].dotted == CN
    assert attribute["value"].chosen.tag == 12  # UTF8String
    assert parsed.subject.native == {"common_name": "www.example.com"}


def test_it_is_valid_for_395_days_from_now_and_an_hour_back(
    pca: PcaMock, acm: Any, ca: Authority
) -> None:
    with pca.clock.freeze("2027-02-01T10:30:00Z") as clock:
        described = detail(acm, request(acm, ca))

        assert described["NotBefore"] == clock.now() - timedelta(hours=1)
        assert described["NotAfter"] == clock.now() + timedelta(days=395)
        assert described["CreatedAt"] == clock.now()


@pytest.mark.parametrize(
    ("ca_key", "key_algorithm", "key", "signature"),
    [
        ("RSA_2048", None, "rsa2048", "sha256_rsa"),
        ("EC_prime256v1", "RSA_2048", "rsa2048", "sha256_ecdsa"),
        ("RSA_2048", "EC_prime256v1", "secp256r1", "sha256_rsa"),
        ("EC_secp384r1", "EC_secp384r1", "secp384r1", "sha384_ecdsa"),
    ],
)
def test_the_key_is_the_requested_one_and_the_signature_that_of_the_ca(
    pca: PcaMock, acm: Any, ca_key: Any, key_algorithm: str | None, key: str, signature: str
) -> None:
    algorithm: Any = signature.upper().replace("_", "WITH")
    root = pca.create_root_ca(key_algorithm=ca_key, signing_algorithm=algorithm)
    more = {"KeyAlgorithm": key_algorithm} if key_algorithm else {}

    described = detail(acm, request(acm, root, **more))

    parsed = oracles.certificate(pca.certificates[-1].certificate_pem)
    public_key = parsed.public_key
    name = "rsa2048" if public_key.algorithm == "rsa" else public_key.curve[1]
    assert name == key
    assert parsed["signature_algorithm"]["algorithm"].native == signature
    assert described["KeyAlgorithm"] == (key_algorithm or "RSA_2048").replace("_", "-")
    assert described["SignatureAlgorithm"] == algorithm


def test_the_audit_report_names_acm(pca: PcaMock, acm: Any, ca: Authority) -> None:
    shared("s3", "us-east-1").create_bucket(Bucket="reports")
    leaf = ca.issue("by-hand")
    request(acm, ca)

    client = pca.client(region_name="us-east-1")
    report = client.create_certificate_authority_audit_report(
        CertificateAuthorityArn=ca.arn,
        S3BucketName="reports",
        AuditReportResponseFormat="JSON",
    )

    rows = json.loads(pca.buckets["reports"][report["S3Key"]])
    principals = {row["certificateArn"]: row.get("requestedByServicePrincipal") for row in rows}
    assert principals == {pca.certificates[-1].arn: "acm.amazonaws.com", leaf.arn: None}


# Names, options and tokens


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("localhost", "ValidationException"),
        ("a.*.example.com", "ValidationException"),
        ("-a.example.com", "ValidationException"),
        ("10.0.0.1", "ValidationException"),
        ("ab--c.example.com", "InvalidParameterException"),
        ("xn--99999999999.example.com", "InvalidParameterException"),
        ("xn--abc-0.example.com", "InvalidParameterException"),
        (f"{'a' * 61}.org", "InvalidDomainValidationOptionsException"),
    ],
)
def test_a_name_that_acm_refuses(
    pca: PcaMock, acm: Any, ca: Authority, name: str, code: str
) -> None:
    with refused(code, pca):
        request(acm, ca, name)


@pytest.mark.parametrize("name", ["*.example.com", "xn--bcher-kva.example", f"{'a' * 60}.org"])
def test_a_name_that_acm_accepts(acm: Any, ca: Authority, name: str) -> None:
    assert detail(acm, request(acm, ca, name))["Status"] == "ISSUED"


def test_ten_different_names_are_the_quota(pca: PcaMock, acm: Any, ca: Authority) -> None:
    names = [f"{number}.example.com" for number in range(9)]

    assert request(acm, ca, SubjectAlternativeNames=[*names, "www.example.com"])
    with refused("LimitExceededException", pca):
        request(acm, ca, SubjectAlternativeNames=[*names, "one.more"])


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("KeyAlgorithm", "RSA_4096", "ValidationException"),
        ("ManagedBy", "CLOUDFRONT", "InvalidParameterException"),
        ("Tags", [{"Key": "aws:x", "Value": ""}], "InvalidTagException"),
        ("Tags", [{"Key": "a"}, {"Key": "a"}], "InvalidTagException"),
    ],
)
def test_a_member_that_acm_refuses(
    pca: PcaMock, acm: Any, ca: Authority, member: str, value: Any, code: str
) -> None:
    members = acm.meta.service_model.operation_model("RequestCertificate").input_shape.members
    if member not in members:
        pytest.skip("this botocore doesn't have the member yet")
    with refused(code, pca):
        request(acm, ca, **{member: value})


def test_a_token_is_answered_with_the_first_certificate_for_an_hour(
    pca: PcaMock, acm: Any, ca: Authority
) -> None:
    first = request(acm, ca, IdempotencyToken="mine")
    assert request(acm, ca, "other.example.com", IdempotencyToken="mine") == first
    assert request(acm, ca, IdempotencyToken="another") != first
    assert shared("acm", "eu-west-1").list_certificates()["CertificateSummaryList"] == []

    pca.clock.advance(minutes=59)
    assert request(acm, ca, IdempotencyToken="mine") == first
    pca.clock.advance(minutes=1)
    second = request(acm, ca, IdempotencyToken="mine")
    assert second != first
    acm.delete_certificate(CertificateArn=second)
    assert request(acm, ca, IdempotencyToken="mine") != second


# What the CA refuses


def test_a_ca_that_is_not_active(acm: Any, ca: Authority) -> None:
    ca.disable()
    assert failure(acm, request(acm, ca)) == "PCA_INVALID_STATE"

    ca.delete(7)
    assert failure(acm, request(acm, ca)) == "PCA_INVALID_STATE"


def test_a_ca_that_does_not_exist(acm: Any, ca: Authority) -> None:
    ca_id = "11111111-2222-3333-4444-555555555555"
    missing = f"{ca.arn.rpartition('/')[0]}/{ca_id}"

    assert failure(acm, request(acm, missing)) == "PCA_RESOURCE_NOT_FOUND"
    assert failure(acm, request(acm, f"{missing}x")) == "PCA_INVALID_ARN"


def test_a_ca_that_ends_before_the_certificate(pca: PcaMock, acm: Any) -> None:
    short = pca.create_root_ca(validity=timedelta(days=394))
    long = pca.create_root_ca(validity=timedelta(days=396))

    assert failure(acm, request(acm, short)) == "PCA_INVALID_DURATION"
    assert detail(acm, request(acm, long))["Status"] == "ISSUED"


def test_a_short_lived_ca(pca: PcaMock, acm: Any) -> None:
    short_lived = pca.create_root_ca(UsageMode="SHORT_LIVED_CERTIFICATE")

    assert failure(acm, request(acm, short_lived)) == "PCA_INVALID_DURATION"


def test_a_ca_whose_names_are_constrained(pca: PcaMock, acm: Any) -> None:
    ca = support.pending(pca.client(region_name="us-east-1"), "SUBORDINATE")
    permitted = x509.NameConstraints([x509.DNSName("example.org")], None)
    ForeignRoot(name_constraints=permitted).install_at(ca)

    assert failure(acm, request(acm, ca.arn)) == "PCA_NAME_CONSTRAINTS_VALIDATION"
    assert detail(acm, request(acm, ca.arn, "www.example.org"))["Status"] == "ISSUED"


def test_a_ca_of_another_account_has_to_be_shared_by_a_resource_policy(
    pca: PcaMock, acm: Any
) -> None:
    arn = "arn:aws:acm-pca:us-east-1:222222222222:certificate-authority/{}"
    ca = pca.create_root_ca(arn=arn.format("11111111-2222-3333-4444-555555555555"))
    assert failure(acm, request(acm, ca)) == "PCA_ACCESS_DENIED"

    ca.share_with(pca.account_id)

    shared = detail(acm, request(acm, ca))
    assert (shared["Status"], shared["CertificateAuthorityArn"]) == ("ISSUED", ca.arn)
    assert f":{pca.account_id}:certificate/" in shared["CertificateArn"]


def test_a_policy_of_the_caller_has_to_allow_the_issuance(
    pca: PcaMock, acm: Any, ca: Authority
) -> None:
    allowed = {"Effect": "Allow", "Action": "acm-pca:IssueCertificate", "Resource": ca.arn}
    other = {**allowed, "Action": "acm-pca:GetCertificate"}
    with pca.enforce({"Statement": other}):
        assert failure(acm, request(acm, ca)) == "PCA_ACCESS_DENIED"
    with pca.enforce({"Statement": allowed}):
        assert detail(acm, request(acm, ca))["Status"] == "ISSUED"


def test_a_planned_fault_of_the_ca(pca: PcaMock, acm: Any, ca: Authority) -> None:
    pca.fail("IssueCertificate", "ThrottlingException")

    assert failure(acm, request(acm, ca)) == "PCA_REQUEST_FAILED"
    assert pca.calls[-1].outcome == "ThrottlingException"


def test_an_error_of_a_plans_condition_reaches_the_test(
    pca: PcaMock, acm: Any, ca: Authority
) -> None:
    def broken(params: Any) -> bool:
        raise ZeroDivisionError

    pca.fail("IssueCertificate", "ThrottlingException", when=broken)
    with pytest.raises(ZeroDivisionError):
        request(acm, ca)
    assert acm.list_certificates()["CertificateSummaryList"] == []
