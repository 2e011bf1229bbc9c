from typing import Any

import boto3
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from moto import mock_aws

from pca_mock import mock_pca


def root_for_a_week() -> x509.Certificate:
    """The certificate that a root of P-256 signs for itself, for seven days."""
    client: Any = boto3.client("acm-pca", "us-east-1")
    algorithms = {"KeyAlgorithm": "EC_prime256v1", "SigningAlgorithm": "SHA256WITHECDSA"}
    ca = client.create_certificate_authority(
        CertificateAuthorityType="ROOT",
        CertificateAuthorityConfiguration={**algorithms, "Subject": {"CommonName": "Root"}},
    )["CertificateAuthorityArn"]
    certificate = client.issue_certificate(
        CertificateAuthorityArn=ca,
        Csr=client.get_certificate_authority_csr(CertificateAuthorityArn=ca)["Csr"],
        SigningAlgorithm="SHA256WITHECDSA",
        TemplateArn="arn:aws:acm-pca:::template/RootCACertificate/V1",
        Validity={"Type": "DAYS", "Value": 7},
    )["CertificateArn"]
    answer = client.get_certificate(CertificateAuthorityArn=ca, CertificateArn=certificate)
    return x509.load_pem_x509_certificate(answer["Certificate"].encode())


@mock_pca
def test_pca_mock_issues_what_was_asked_for() -> None:
    certificate = root_for_a_week()

    assert isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    assert isinstance(certificate.signature_hash_algorithm, hashes.SHA256)
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 7


@mock_aws
def test_moto_issues_what_it_always_does() -> None:
    certificate = root_for_a_week()

    assert isinstance(certificate.public_key(), rsa.RSAPublicKey)
    assert isinstance(certificate.signature_hash_algorithm, hashes.SHA512)
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 365
