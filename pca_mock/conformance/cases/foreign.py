"""A root CA outside AWS, which signs the requests of CAs."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from pca_mock.conformance.session import Session

_NAME: Final = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Foreign Root")])
_YEAR: Final = timedelta(days=365)


class ForeignRoot:
    """A root with a key of its own, for a year."""

    def __init__(self, now: datetime, permitted: str | None = None) -> None:
        """Begin a day ago.

        Args:
            now: the time.
            permitted: a DNS name, if it has a name constraint.
        """
        self._now = now.replace(microsecond=0)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._permitted = permitted

    @cached_property
    def pem(self) -> bytes:
        """Its own certificate."""
        return self.certify(_NAME, self._key.public_key(), permitted=self._permitted)

    def certify(
        self,
        subject: x509.Name,
        public_key: Any,
        *,
        begin: datetime | None = None,
        end: datetime | None = None,
        path_length: int | None = None,
        permitted: str | None = None,
        dns_name: str | None = None,
    ) -> bytes:
        """A CA certificate in PEM, by default from yesterday and for a year."""
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(_NAME)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin or self._now - timedelta(days=1))
            .not_valid_after(end or self._now + _YEAR)
            .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        )
        if permitted is not None:
            names = x509.NameConstraints([x509.DNSName(permitted)], None)
            builder = builder.add_extension(names, critical=True)
        if dns_name is not None:
            name = x509.SubjectAlternativeName([x509.DNSName(dns_name)])
            builder = builder.add_extension(name, critical=False)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def certify_ca(
        self, aws: Session, arn: str, subject: x509.Name | None = None, **options: Any
    ) -> bytes:
        """A certificate for a CA's request, with its subject unless another is given."""
        csr = aws.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=arn)["Csr"]
        request = x509.load_pem_x509_csr(csr.encode())
        return self.certify(subject or request.subject, request.public_key(), **options)

    def import_at(self, aws: Session, arn: str, certificate: bytes) -> str:
        """The code of importing a certificate with this root as its chain."""
        return aws.code(
            "ImportCertificateAuthorityCertificate",
            CertificateAuthorityArn=arn,
            Certificate=certificate,
            CertificateChain=self.pem,
        )
