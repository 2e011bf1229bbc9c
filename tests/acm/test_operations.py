"""ACM's operations on a private certificate that there is."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from pca_mock import Authority, PcaMock
from tests import oracles
from tests.acm.requesting import PASSPHRASE, detail, export, request
from tests.refusals import refused


def tags_of(acm: Any, arn: str) -> list[Any]:
    tags: list[Any] = acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]
    return tags


def test_the_details_of_a_certificate(pca: PcaMock, acm: Any) -> None:
    subject = {"Organization": "Example Corp", "Country": "US"}
    root = pca.create_root_ca("Example Root", subject=subject)

    described = detail(acm, request(acm, root, SubjectAlternativeNames=["example.com"]))

    leaf = pca.certificates[-1]
    serial = f"{leaf.serial_number:032x}"
    moments = {"CreatedAt", "NotBefore", "NotAfter", "CertificateArn"}
    assert {name: value for name, value in described.items() if name not in moments} == {
        "DomainName": "www.example.com",
        "SubjectAlternativeNames": ["www.example.com", "example.com"],
        "Subject": "CN=www.example.com",
        "Issuer": "Example Corp",
        "Serial": ":".join(serial[place : place + 2] for place in range(0, 32, 2)),
        "Status": "ISSUED",
        "Type": "PRIVATE",
        "KeyAlgorithm": "RSA-2048",
        "SignatureAlgorithm": "SHA256WITHECDSA",
        "InUseBy": [],
        "KeyUsages": [{"Name": "DIGITAL_SIGNATURE"}, {"Name": "KEY_ENCIPHERMENT"}],
        "ExtendedKeyUsages": [
            {"Name": "TLS_WEB_SERVER_AUTHENTICATION", "OID": "1.3.6.1.5.5.7.3.1"},
            {"Name": "TLS_WEB_CLIENT_AUTHENTICATION", "OID": "1.3.6.1.5.5.7.3.2"},
        ],
        "CertificateAuthorityArn": root.arn,
        "RenewalEligibility": "INELIGIBLE",
        "Options": {
            name: value
            for name, value in (
                ("CertificateTransparencyLoggingPreference", "ENABLED"),
                ("Export", "DISABLED"),
            )
            if name in acm.meta.service_model.shape_for("CertificateOptions").members
        },
    }


@pytest.mark.parametrize(
    ("subject", "expected"),
    [({"CommonName": "A CA"}, "A CA"), ({"Country": "US"}, "C=US")],
)
def test_the_issuer_is_the_cas_organization_or_else_another_name(
    pca: PcaMock, acm: Any, subject: Any, expected: str
) -> None:
    root = pca.create_root_ca("", subject=subject) if "CommonName" not in subject else None
    root = root or pca.create_root_ca(subject["CommonName"])

    assert detail(acm, request(acm, root))["Issuer"] == expected


def test_the_chain_goes_up_to_the_root_and_no_further(
    pca: PcaMock, acm: Any, ca: Authority, tmp_path: Path
) -> None:
    answer = acm.get_certificate(CertificateArn=request(acm, ca))

    root = pca.authorities[0].certificate_pem
    chain = [ca.certificate_pem, root]
    assert [each.strip() for each in oracles.blocks(answer["CertificateChain"])] == chain
    assert oracles.openssl_verify(tmp_path, answer["Certificate"], answer["CertificateChain"], root)
    stranger = pca.create_root_ca("Example Root").certificate_pem
    pems = (answer["Certificate"], answer["CertificateChain"], stranger)
    assert not oracles.openssl_verify(tmp_path, *pems)


@pytest.mark.parametrize("key_algorithm", ["RSA_2048", "EC_prime256v1"])
def test_an_exported_key_opens_with_its_passphrase(
    acm: Any, ca: Authority, key_algorithm: str, tmp_path: Path
) -> None:
    arn = request(acm, ca, KeyAlgorithm=key_algorithm)

    exported = export(acm, arn)

    assert exported["PrivateKey"].startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    path = tmp_path / "key.pem"
    path.write_text(exported["PrivateKey"])
    arguments = ("pkey", "-in", str(path), "-passin")
    opened = oracles.openssl(*arguments, f"pass:{PASSPHRASE.decode()}", "-pubout").stdout.decode()
    assert oracles.openssl(*arguments, "pass:wrong").returncode != 0
    certificate = ssl.PEM_cert_to_DER_cert(exported["Certificate"].strip())
    public = serialization.load_pem_public_key(opened.encode())
    assert x509.load_der_x509_certificate(certificate).public_key() == public
    chain = acm.get_certificate(CertificateArn=arn)["CertificateChain"]
    assert exported["CertificateChain"] == chain


@pytest.mark.parametrize("passphrase", [b"hash#", b"dollar$", b"percent%", "naïve".encode()])
def test_a_passphrase_that_acm_refuses(
    pca: PcaMock, acm: Any, ca: Authority, passphrase: bytes
) -> None:
    arn = request(acm, ca)

    with refused("ValidationException", pca):
        export(acm, arn, passphrase)
    assert detail(acm, arn)["RenewalEligibility"] == "INELIGIBLE"


def test_a_certificate_whose_issuance_takes_time(pca: PcaMock, acm: Any, ca: Authority) -> None:
    with pca.hold("IssueCertificate", polls=3):  # of which the request is one
        arn = request(acm, ca)

    assert detail(acm, arn)["Status"] == "PENDING_VALIDATION"
    with refused("RequestInProgressException"):
        acm.get_certificate(CertificateArn=arn)
    assert acm.get_certificate(CertificateArn=arn)["Certificate"]
    assert detail(acm, arn)["Status"] == "ISSUED"


def test_a_certificate_whose_issuance_fails_later(pca: PcaMock, acm: Any, ca: Authority) -> None:
    pca.fail_later("IssueCertificate")
    arn = request(acm, ca)

    assert detail(acm, arn)["FailureReason"] == "PCA_REQUEST_FAILED"
    with refused("ResourceNotFoundException", pca):
        acm.get_certificate(CertificateArn=arn)


def test_a_certificate_expires_by_the_mocks_clock(pca: PcaMock, acm: Any, ca: Authority) -> None:
    arn = request(acm, ca)

    pca.clock.advance(days=396)

    assert detail(acm, arn)["Status"] == "EXPIRED"


def test_tags_are_added_changed_and_removed(pca: PcaMock, acm: Any, ca: Authority) -> None:
    arn = request(acm, ca, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b"}])
    acm.add_tags_to_certificate(
        CertificateArn=arn, Tags=[{"Key": "a", "Value": "2"}, {"Key": "c", "Value": "3"}]
    )
    expected = [{"Key": "a", "Value": "2"}, {"Key": "b"}, {"Key": "c", "Value": "3"}]
    assert tags_of(acm, arn) == expected

    removed = [{"Key": "a", "Value": "1"}, {"Key": "b"}, {"Key": "x"}, {"Key": "c", "Value": "3"}]
    acm.remove_tags_from_certificate(CertificateArn=arn, Tags=removed)

    assert tags_of(acm, arn) == [{"Key": "a", "Value": "2"}]
    many = [{"Key": f"{number}"} for number in range(50)]
    with refused("TooManyTagsException", pca):
        acm.add_tags_to_certificate(CertificateArn=arn, Tags=many)
    assert tags_of(acm, arn) == [{"Key": "a", "Value": "2"}]


def test_options_can_be_changed_except_for_the_export(
    pca: PcaMock, acm: Any, ca: Authority
) -> None:
    arn = request(acm, ca)
    logging = {"CertificateTransparencyLoggingPreference": "DISABLED"}

    acm.update_certificate_options(CertificateArn=arn, Options=logging)

    assert detail(acm, arn)["Options"].items() >= logging.items()
    members = acm.meta.service_model.shape_for("CertificateOptions").members
    for options in ({"Export": "ENABLED"}, {"ValidationMethod": "DNS"}):
        if options.keys() <= members.keys():
            with refused("ValidationException", pca):
                acm.update_certificate_options(CertificateArn=arn, Options=options)


def test_a_deleted_certificate_is_gone_and_the_ca_still_has_its_own(
    pca: PcaMock, acm: Any, ca: Authority
) -> None:
    arn, kept = request(acm, ca), request(acm, ca, "kept.example.com")
    acm.delete_certificate(CertificateArn=arn)

    for operation in (acm.describe_certificate, acm.delete_certificate, acm.get_certificate):
        with refused("ResourceNotFoundException"):
            operation(CertificateArn=arn)
    listed = acm.list_certificates()["CertificateSummaryList"]
    assert [each["CertificateArn"] for each in listed] == [kept]
    assert [each.subject for each in pca.certificates[-2:]] == [
        "CN=www.example.com",
        "CN=kept.example.com",
    ]


@pytest.mark.parametrize(
    ("operation", "members", "code"),
    [
        ("import_certificate", {"Certificate": b"x", "PrivateKey": b"x"}, "ValidationException"),
        ("revoke_certificate", {"RevocationReason": "SUPERSEDED"}, "ValidationException"),
        (
            "resend_validation_email",
            {"Domain": "www.example.com", "ValidationDomain": "example.com"},
            "InvalidStateException",
        ),
    ],
)
def test_an_operation_for_other_certificates(
    pca: PcaMock, acm: Any, ca: Authority, operation: str, members: Any, code: str
) -> None:
    arn = request(acm, ca)
    if not hasattr(acm, operation):
        pytest.skip("this botocore doesn't have the operation yet")
    with refused(code, pca):
        getattr(acm, operation)(CertificateArn=arn, **members)
