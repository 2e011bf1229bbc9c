"""What is measured: single calls, and the stories that tests are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from benchmarks.runners import Runner, answering_with_constants, client
from pca_mock import mock_pca

Run = Callable[[], Any]


@dataclass(frozen=True)
class Scenario:
    """Something to do, again and again.

    Attributes:
        prepare: gives a context in which it can be done, or None for a runner that can't.
    """

    name: str
    repetitions: int
    prepare: Callable[[Runner], AbstractContextManager[Run] | None]


EC, RSA = ("EC_prime256v1", "SHA256WITHECDSA"), ("RSA_2048", "SHA256WITHRSA")
_ARN = "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/" + "0" * 36


def configuration(algorithms: tuple[str, str], name: str) -> Any:
    key, signing = algorithms
    return {"KeyAlgorithm": key, "SigningAlgorithm": signing, "Subject": {"CommonName": name}}


def create(boto: Any, algorithms: tuple[str, str], kind: str, name: str) -> str:
    return str(
        boto.create_certificate_authority(
            CertificateAuthorityConfiguration=configuration(algorithms, name),
            CertificateAuthorityType=kind,
        )["CertificateAuthorityArn"]
    )


def issue(boto: Any, ca: str, signing: str, csr: Any, template: str, days: int, **more: Any) -> str:
    return str(
        boto.issue_certificate(
            CertificateAuthorityArn=ca,
            Csr=csr,
            SigningAlgorithm=signing,
            TemplateArn=f"arn:aws:acm-pca:::template/{template}/V1",
            Validity={"Type": "DAYS", "Value": days},
            **more,
        )["CertificateArn"]
    )


def install(boto: Any, ca: str, signer: str, signing: str, template: str, days: int) -> None:
    csr = boto.get_certificate_authority_csr(CertificateAuthorityArn=ca)["Csr"]
    arn = issue(boto, signer, signing, csr, template, days)
    issued = boto.get_certificate(CertificateAuthorityArn=signer, CertificateArn=arn)
    chain = {"CertificateChain": issued["CertificateChain"]} if ca != signer else {}
    boto.import_certificate_authority_certificate(
        CertificateAuthorityArn=ca, Certificate=issued["Certificate"], **chain
    )


def create_root(boto: Any, algorithms: tuple[str, str]) -> str:
    arn = create(boto, algorithms, "ROOT", "Root")
    install(boto, arn, arn, algorithms[1], "RootCACertificate", 3650)
    return arn


@cache
def leaf_csrs(family: str, number: int = 200) -> tuple[Any, tuple[bytes, ...]]:
    """A key, and CSRs for two names each, made once; more than pca_mock remembers of late."""
    key: Any = (
        ec.generate_private_key(ec.SECP256R1())
        if family.startswith("EC")
        else rsa.generate_private_key(65537, 2048)
    )
    return key, tuple(_csr(key, f"host-{place}.example.com") for place in range(number))


def _csr(key: Any, name: str) -> bytes:
    names = [x509.DNSName(name), x509.DNSName("example.com")]
    builder = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def leaf_csr(family: str) -> tuple[Any, bytes]:
    """The key, and one of these CSRs."""
    key, csrs = leaf_csrs(family)
    return key, csrs[0]


def sign(key: Any, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return bytes(key.sign(data, ec.ECDSA(hashes.SHA256())))


# Entering and leaving


def entering(runner: Runner) -> AbstractContextManager[Run] | None:
    @contextmanager
    def context() -> Iterator[Run]:
        def run() -> None:
            with runner.mock():
                pass

        yield run

    return None if runner.is_limit else context()


# Calls without cryptography


def describing(runner: Runner) -> AbstractContextManager[Run]:
    @contextmanager
    def context() -> Iterator[Run]:
        with runner.mock():
            boto = client()
            arn = create(boto, EC, "ROOT", "Root")
            yield lambda: boto.describe_certificate_authority(CertificateAuthorityArn=arn)

    return (
        _constant("DescribeCertificateAuthority", {"CertificateAuthorityArn": _ARN})
        if runner.is_limit
        else context()
    )


def listing(runner: Runner) -> AbstractContextManager[Run]:
    @contextmanager
    def context() -> Iterator[Run]:
        with runner.mock():
            boto = client()
            for _ in range(10):
                create(boto, EC, "ROOT", "Root")
            yield boto.list_certificate_authorities

    return _constant("ListCertificateAuthorities", {}) if runner.is_limit else context()


def listing_tags(runner: Runner) -> AbstractContextManager[Run]:
    @contextmanager
    def context() -> Iterator[Run]:
        with runner.mock():
            boto = client()
            arn = create(boto, EC, "ROOT", "Root")
            tags = [{"Key": f"key-{number}", "Value": "value"} for number in range(10)]
            boto.tag_certificate_authority(CertificateAuthorityArn=arn, Tags=tags)
            yield lambda: boto.list_tags(CertificateAuthorityArn=arn)

    return (
        _constant("ListTags", {"CertificateAuthorityArn": _ARN}) if runner.is_limit else context()
    )


def getting(runner: Runner) -> AbstractContextManager[Run]:
    @contextmanager
    def context() -> Iterator[Run]:
        with runner.mock():
            boto = client()
            root = create_root(boto, EC)
            arn = issue(boto, root, EC[1], leaf_csr("EC")[1], "EndEntityCertificate", 90)
            yield lambda: boto.get_certificate(CertificateAuthorityArn=root, CertificateArn=arn)

    names = {"CertificateAuthorityArn": _ARN, "CertificateArn": f"{_ARN}/certificate/{'0' * 32}"}
    return _constant("GetCertificate", names) if runner.is_limit else context()


@contextmanager
def _constant(operation: str, params: dict[str, Any]) -> Iterator[Run]:
    with answering_with_constants({operation: {}}) as boto:
        yield lambda: boto._make_api_call(operation, dict(params))


# Calls with cryptography


def creating(algorithms: tuple[str, str]) -> Callable[[Runner], AbstractContextManager[Run]]:
    @contextmanager
    def context(runner: Runner) -> Iterator[Run]:
        with runner.mock():
            boto = client()
            yield lambda: create(boto, algorithms, "ROOT", "Root")

    @contextmanager
    def limit() -> Iterator[Run]:
        key, _ = leaf_csr(algorithms[0])
        answers = {"CreateCertificateAuthority": {"CertificateAuthorityArn": _ARN}}
        with answering_with_constants(answers, lambda _: (sign(key, b"CSR"), None)[1]) as boto:
            yield lambda: create(boto, algorithms, "ROOT", "Root")

    return lambda runner: limit() if runner.is_limit else context(runner)


@dataclass(frozen=True)
class Issuance:
    """What is issued.

    Attributes:
        is_repeated: whether it is for the same CSR every time.
        more: further members of IssueCertificate.
    """

    algorithms: tuple[str, str]
    template: str = "EndEntityCertificate"
    is_repeated: bool = False
    more: Any = field(default_factory=dict)


def issuing(issuance: Issuance) -> Callable[[Runner], AbstractContextManager[Run]]:
    key, csrs = leaf_csrs(issuance.algorithms[0])
    signing = issuance.algorithms[1]
    coming = cycle(csrs[:1] if issuance.is_repeated else csrs)

    def call(boto: Any, ca: str) -> None:
        issue(boto, ca, signing, next(coming), issuance.template, 90, **issuance.more)

    @contextmanager
    def context(runner: Runner) -> Iterator[Run]:
        with runner.mock():
            boto = client()
            root = create_root(boto, issuance.algorithms)
            yield lambda: call(boto, root)

    @contextmanager
    def limit() -> Iterator[Run]:
        checked = cycle(csrs)

        def work(_: str) -> None:
            csr = next(checked)
            assert x509.load_pem_x509_csr(csr).is_signature_valid
            sign(key, csr)

        with answering_with_constants({"IssueCertificate": {"CertificateArn": _ARN}}, work) as boto:
            yield lambda: call(boto, _ARN)

    return lambda runner: limit() if runner.is_limit else context(runner)


# Every kind of member of ApiPassthrough.
_PASSTHROUGH: Any = {
    "Subject": {
        "Country": "DE",
        "Organization": "Example Corp",
        "OrganizationalUnit": "Tests",
        "CommonName": "host.example.com",
    },
    "Extensions": {
        "KeyUsage": {"DigitalSignature": True, "KeyEncipherment": True},
        "ExtendedKeyUsage": [{"ExtendedKeyUsageType": "SERVER_AUTH"}],
        "CertificatePolicies": [
            {
                "CertPolicyId": "1.2.3.4",
                "PolicyQualifiers": [
                    {"PolicyQualifierId": "CPS", "Qualifier": {"CpsUri": "https://example.com/cps"}}
                ],
            }
        ],
        "SubjectAlternativeNames": [
            {"DnsName": "host.example.com"},
            {"IpAddress": "192.0.2.1"},
            {"Rfc822Name": "someone@example.com"},
            {"UniformResourceIdentifier": "spiffe://example.com/service"},
            {"DirectoryName": {"Organization": "Example Corp", "CommonName": "Host"}},
        ],
        "CustomExtensions": [
            {"ObjectIdentifier": "1.2.3.4.5", "Value": "BAMBAgM=", "Critical": False}
        ],
    },
}


# Stories


def hierarchy(algorithms: tuple[str, str]) -> Callable[[Runner], Any]:
    _, csr = leaf_csr(algorithms[0])

    @contextmanager
    def context(runner: Runner) -> Iterator[Run]:
        with runner.mock():
            boto = client()

            def run() -> None:
                root = create_root(boto, algorithms)
                issuing_ca = create(boto, algorithms, "SUBORDINATE", "Issuing")
                template = "SubordinateCACertificate_PathLen0"
                install(boto, issuing_ca, root, algorithms[1], template, 365)
                issue(boto, issuing_ca, algorithms[1], csr, "EndEntityCertificate", 90)

            yield run

    return lambda runner: None if runner.is_limit else context(runner)


def small_test(runner: Runner) -> AbstractContextManager[Run] | None:
    _, csr = leaf_csr("EC")

    @contextmanager
    def context() -> Iterator[Run]:
        def run() -> None:
            with runner.mock():
                boto = client()
                root = create_root(boto, EC)
                issue(boto, root, EC[1], csr, "EndEntityCertificate", 90)

        yield run

    return None if runner.is_limit else context()


def with_rsa_root(runner: Runner) -> AbstractContextManager[Run] | None:
    @contextmanager
    def context() -> Iterator[Run]:
        def run() -> None:
            with runner.mock():
                create_root(client(), RSA)

        yield run

    return None if runner.is_limit else context()


def with_handles(runner: Runner) -> AbstractContextManager[Run] | None:
    """The same through `pca.create_root_ca`, which nobody else has."""

    @contextmanager
    def context() -> Iterator[Run]:
        def run() -> None:
            with mock_pca() as pca:
                pca.create_root_ca("Root").issue("localhost")

        yield run

    return context() if runner.name == "pca_mock" else None


SCENARIOS = (
    Scenario("enter and leave the mock", 20, entering),
    Scenario("describe a CA", 100, describing),
    Scenario("list 10 CAs", 50, listing),
    Scenario("list 10 tags", 50, listing_tags),
    Scenario("get a certificate", 100, getting),
    Scenario("create a CA, EC_prime256v1", 10, creating(EC)),
    Scenario("create a CA, RSA_2048", 4, creating(RSA)),
    Scenario("issue a certificate, EC_prime256v1", 10, issuing(Issuance(EC))),
    Scenario("... for the same CSR again", 10, issuing(Issuance(EC, is_repeated=True))),
    Scenario(
        "... with a full ApiPassthrough",
        10,
        issuing(
            Issuance(
                EC, "EndEntityCertificate_APIPassthrough", more={"ApiPassthrough": _PASSTHROUGH}
            )
        ),
    ),
    Scenario("issue a certificate, RSA_2048", 10, issuing(Issuance(RSA))),
    Scenario("root, subordinate, leaf, EC_prime256v1", 3, hierarchy(EC)),
    Scenario("a test: mock, client, root, leaf", 3, small_test),
    Scenario("a test: mock, root, leaf as handles", 3, with_handles),
    Scenario("a test: mock, client, RSA_2048 root", 2, with_rsa_root),
)
