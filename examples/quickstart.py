"""A root CA, an issuing CA, a server certificate, and a TLS handshake that trusts them.

Everything goes through boto3, as in production; nothing leaves this process but the handshake,
which goes over loopback. Run it with `python examples/quickstart.py`.
"""

from __future__ import annotations

import socket
import ssl
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import boto3
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import PolicyBuilder, Store

from pca_mock import mock_pca

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

TEMPLATES = "arn:aws:acm-pca:::template/"


def create_ca(client: ACMPCAClient, kind: Literal["ROOT", "SUBORDINATE"], name: str) -> str:
    """Create a CA that waits for its certificate; return its ARN."""
    return client.create_certificate_authority(
        CertificateAuthorityType=kind,
        CertificateAuthorityConfiguration={
            "KeyAlgorithm": "EC_prime256v1",
            "SigningAlgorithm": "SHA256WITHECDSA",
            "Subject": {"Organization": "Example Corp", "CommonName": name},
        },
    )["CertificateAuthorityArn"]


def issue(
    client: ACMPCAClient, ca: str, csr: str | bytes, template: str, days: int
) -> tuple[str, str]:
    """Let a CA sign a CSR; return the certificate and its chain (empty for a root), in PEM."""
    arn = client.issue_certificate(
        CertificateAuthorityArn=ca,
        Csr=csr,
        SigningAlgorithm="SHA256WITHECDSA",
        TemplateArn=f"{TEMPLATES}{template}/V1",
        Validity={"Type": "DAYS", "Value": days},
    )["CertificateArn"]
    client.get_waiter("certificate_issued").wait(CertificateAuthorityArn=ca, CertificateArn=arn)
    issued = client.get_certificate(CertificateAuthorityArn=ca, CertificateArn=arn)
    return issued["Certificate"], issued.get("CertificateChain", "")


def install(client: ACMPCAClient, ca: str, signer: str, template: str, days: int) -> None:
    """Let the signer issue the CA's certificate, and import it."""
    csr = client.get_certificate_authority_csr(CertificateAuthorityArn=ca)["Csr"]
    certificate, chain = issue(client, signer, csr, template, days)
    if chain:
        client.import_certificate_authority_certificate(
            CertificateAuthorityArn=ca, Certificate=certificate, CertificateChain=chain
        )
    else:
        client.import_certificate_authority_certificate(
            CertificateAuthorityArn=ca, Certificate=certificate
        )


def server_key_and_csr(host: str) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    """What the server makes itself: a key, and a CSR in PEM for a host name."""
    key = ec.generate_private_key(ec.SECP256R1())
    csr = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key, csr.public_bytes(Encoding.PEM)


def verify(leaf_pem: str, chain_pem: str, root_pem: str, host: str) -> int:
    """Verify a server certificate with `cryptography`; return the length of its path."""
    leaf, *chain = x509.load_pem_x509_certificates(f"{leaf_pem}\n{chain_pem}".encode())
    root = x509.load_pem_x509_certificate(root_pem.encode())
    verifier = PolicyBuilder().store(Store([root])).build_server_verifier(x509.DNSName(host))
    return len(verifier.verify(leaf, [link for link in chain if link != root]))


def handshake(leaf_pem: str, chain_pem: str, key: bytes, root_pem: str, host: str) -> str:
    """Shake hands over TLS on loopback; return what the client says of the connection."""
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:  # ssl reads its own certificate from files
        certificate_file, key_file = Path(folder, "server.pem"), Path(folder, "server.key")
        certificate_file.write_text(f"{leaf_pem}\n{chain_pem}\n")
        key_file.write_bytes(key)
        server_context.load_cert_chain(certificate_file, key_file)
    client_context = ssl.create_default_context(cadata=root_pem)

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with server_context.wrap_socket(connection, server_side=True) as tls:
                tls.sendall(b"hello")

        server = threading.Thread(target=serve)
        server.start()
        with (
            socket.create_connection(listener.getsockname()) as connection,
            client_context.wrap_socket(connection, server_hostname=host) as tls,
        ):
            assert tls.recv(5) == b"hello"
            cipher = tls.cipher()
            description = f"{tls.version()}, {cipher[0] if cipher else 'no cipher'}"
        server.join()
    return description


def main(folder: Path | None = None) -> None:
    """Tell the whole story.

    Args:
        folder: where to leave leaf.pem, chain.pem and root.pem; nowhere by default.
    """
    host = "localhost"
    with mock_pca():
        client = boto3.client("acm-pca", region_name="eu-central-1")
        root = create_ca(client, "ROOT", "Example Root")
        install(client, root, root, "RootCACertificate", days=3650)
        issuing = create_ca(client, "SUBORDINATE", "Example Issuing CA")
        install(client, issuing, root, "SubordinateCACertificate_PathLen0", days=1825)
        key, csr = server_key_and_csr(host)
        leaf_pem, chain_pem = issue(client, issuing, csr, "EndEntityCertificate", days=90)
        root_pem = client.get_certificate_authority_certificate(CertificateAuthorityArn=root)[
            "Certificate"
        ]
        for ca in client.list_certificate_authorities()["CertificateAuthorities"]:
            name = ca["CertificateAuthorityConfiguration"]["Subject"]["CommonName"]
            print(f"{ca['Type']:<12}{name:<20}{ca['Status']:<8}{ca['Arn']}")

    leaf = x509.load_pem_x509_certificate(leaf_pem.encode())
    print(f"{'SERVER':<12}{host:<20}serial {leaf.serial_number:032x}")
    print(f"{'':<32}valid until {leaf.not_valid_after_utc:%d %B %Y}")
    print(f"Chain       verified: {verify(leaf_pem, chain_pem, root_pem, host)} certificates")
    key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    print(f"Handshake   {handshake(leaf_pem, chain_pem, key_pem, root_pem, host)}")
    if folder is not None:
        for file, text in (("leaf", leaf_pem), ("chain", chain_pem), ("root", root_pem)):
            (folder / f"{file}.pem").write_text(f"{text}\n")


if __name__ == "__main__":
    main()
