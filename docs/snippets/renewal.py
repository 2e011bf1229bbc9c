"""The program to be tested: it gets a web server's certificate from AWS Private CA."""

from datetime import datetime, timedelta
from pathlib import Path

import boto3
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)


def renew(ca_arn: str, host: str, folder: Path) -> None:
    """Make a key, let the CA certify it for 90 days, and write both to files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    names = x509.SubjectAlternativeName([x509.DNSName(host)])
    csr = x509.CertificateSigningRequestBuilder(name).add_extension(names, critical=False)

    client = boto3.client("acm-pca")
    arn = client.issue_certificate(
        CertificateAuthorityArn=ca_arn,
        Csr=csr.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM),
        SigningAlgorithm="SHA256WITHECDSA",
        Validity={"Type": "DAYS", "Value": 90},
    )["CertificateArn"]
    issued = {"CertificateAuthorityArn": ca_arn, "CertificateArn": arn}
    client.get_waiter("certificate_issued").wait(**issued)
    answer = client.get_certificate(**issued)

    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.key").write_bytes(pem)
    chain = f"{answer['Certificate']}\n{answer['CertificateChain']}\n"
    (folder / "server.pem").write_text(chain)


def is_due(folder: Path, now: datetime) -> bool:
    """Whether the certificate has less than 30 days to live."""
    certificate = x509.load_pem_x509_certificate((folder / "server.pem").read_bytes())
    return certificate.not_valid_after_utc - now < timedelta(days=30)
