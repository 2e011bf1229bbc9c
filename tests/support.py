"""Helpers for many tests: callers' keys and CSRs, and CAs made only with boto3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

TEN_YEARS: Any = {"Type": "YEARS", "Value": 10}
ONE_YEAR: Any = {"Type": "DAYS", "Value": 365}


def template_arn(name: str, partition: str = "aws") -> str:
    """The ARN of a template, by its name without `/V1`."""
    return f"arn:{partition}:acm-pca:::template/{name}/V1"


def configuration(
    common_name: str = "Test CA",
    key: str = "EC_prime256v1",
    signing: str = "SHA256WITHECDSA",
    **more: Any,
) -> Any:
    """A CertificateAuthorityConfiguration."""
    return {
        "KeyAlgorithm": key,
        "SigningAlgorithm": signing,
        "Subject": {"CommonName": common_name},
        **more,
    }


@dataclass
class KeyHolder:
    """A caller's key, and the CSRs that can be made with it."""

    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def csr(
        self,
        common_name: str | None = "localhost",
        dns: Sequence[str] = (),
        *,
        critical_san: bool = False,
        extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
        algorithm: Any = hashes.SHA256(),  # noqa: B008 - immutable
    ) -> bytes:
        """A CSR in PEM, made by cryptography."""
        names = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []
        builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
        if dns:
            san = x509.SubjectAlternativeName([x509.DNSName(name) for name in dns])
            builder = builder.add_extension(san, critical_san)
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.key, algorithm).public_bytes(Encoding.PEM)


@dataclass
class Ca:
    """A CA that exists in the mock, used through a boto3 client only."""

    client: ACMPCAClient
    arn: str
    signing: str = "SHA256WITHECDSA"

    def csr(self) -> bytes:
        """Its own CSR."""
        return self.client.get_certificate_authority_csr(CertificateAuthorityArn=self.arn)[
            "Csr"
        ].encode()

    def issue(self, csr: bytes, template: str | None = None, **request: Any) -> str:
        """Issue a certificate for a CSR: its ARN."""
        if template is not None:
            request["TemplateArn"] = template_arn(template)
        request.setdefault("Validity", ONE_YEAR)
        request.setdefault("SigningAlgorithm", self.signing)
        return self.client.issue_certificate(CertificateAuthorityArn=self.arn, Csr=csr, **request)[
            "CertificateArn"
        ]

    def get(self, certificate_arn: str) -> tuple[str, str]:
        """(certificate, chain) in PEM; a root's chain is empty."""
        answer = self.client.get_certificate(
            CertificateAuthorityArn=self.arn, CertificateArn=certificate_arn
        )
        return answer["Certificate"], answer.get("CertificateChain", "")

    def issued(self, csr: bytes, template: str | None = None, **request: Any) -> str:
        """Issue a certificate for a CSR: the certificate in PEM."""
        return self.get(self.issue(csr, template, **request))[0]

    def install(self, certificate: str, chain: str = "") -> None:
        """Import the CA's own certificate."""
        more: Any = {"CertificateChain": chain} if chain else {}
        self.client.import_certificate_authority_certificate(
            CertificateAuthorityArn=self.arn, Certificate=certificate, **more
        )

    def certificate(self) -> str:
        """Its installed certificate."""
        return self.client.get_certificate_authority_certificate(CertificateAuthorityArn=self.arn)[
            "Certificate"
        ]

    def describe(self) -> Any:
        """The CA as Describe returns it."""
        return self.client.describe_certificate_authority(CertificateAuthorityArn=self.arn)[
            "CertificateAuthority"
        ]

    @property
    def status(self) -> str:
        """Its status."""
        return str(self.describe()["Status"])


def pending(
    client: ACMPCAClient, kind: str = "ROOT", configuration_: Any = None, **request: Any
) -> Ca:
    """A CA that waits for its certificate."""
    configuration_ = configuration_ or configuration()
    arn = client.create_certificate_authority(
        CertificateAuthorityConfiguration=configuration_,
        CertificateAuthorityType=kind,  # type: ignore[arg-type]
        **request,
    )["CertificateAuthorityArn"]
    return Ca(client, arn, configuration_["SigningAlgorithm"])


def root(
    client: ACMPCAClient,
    configuration_: Any = None,
    validity: Any = TEN_YEARS,
    template: str = "RootCACertificate",
    **request: Any,
) -> Ca:
    """An active root CA."""
    ca = pending(client, "ROOT", configuration_, **request)
    ca.install(ca.issued(ca.csr(), template, Validity=validity))
    return ca


def subordinate(
    parent: Ca,
    path_length: int = 0,
    configuration_: Any = None,
    validity: Any = ONE_YEAR,
    **request: Any,
) -> Ca:
    """An active CA below another one."""
    ca = pending(parent.client, "SUBORDINATE", configuration_, **request)
    template = f"SubordinateCACertificate_PathLen{path_length}"
    ca.install(*parent.get(parent.issue(ca.csr(), template, Validity=validity)))
    return ca
