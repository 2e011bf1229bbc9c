"""CSRs in one line: what asn1crypto and openssl read in them, and how they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import csr as asn1_csr
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pca_mock import Authority, Csr, create_csr
from pca_mock.pki.algorithms import supports_ml_dsa
from tests import oracles, support
from tests.issuance import SUBJECT_ALTERNATIVE_NAME, attributes
from tests.processes import run
from tests.refusals import refused

if TYPE_CHECKING:
    from pathlib import Path

    from pca_mock import PcaMock
    from pca_mock.literals import KeyAlgorithm

KEY = ec.generate_private_key(ec.SECP256R1())
SERVER = x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.3.6.1.5.5.7.3.1")])


def subject(request: Csr) -> Any:
    """The subject as asn1crypto reads it."""
    parsed = asn1_csr.CertificationRequest.load(request.der, strict=True)
    return parsed["certification_request_info"]["subject"].native or {}


def names(request: Csr) -> list[tuple[str, str]]:
    """The (kind, name) pairs that a request asks for."""
    (extension,) = oracles.requested_extensions(request.pem)
    assert extension.oid == SUBJECT_ALTERNATIVE_NAME
    parsed = asn1_x509.GeneralNames.load(bytes.fromhex(extension.value), strict=True)
    return [(name.name, name.native) for name in parsed]


# Its contents


def test_a_request_is_for_its_names_in_their_order() -> None:
    request = create_csr("b.example", "10.0.0.1", "a.example", "a@b.example", "spiffe://a/b")

    assert names(request) == [
        ("dns_name", "b.example"),
        ("ip_address", "10.0.0.1"),
        ("dns_name", "a.example"),
        ("rfc822_name", "a@b.example"),
        ("uniform_resource_identifier", "spiffe://a/b"),
    ]
    assert subject(request) == {"common_name": "b.example"}
    assert repr(request) == "<Csr 'CN=b.example'>"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"common_name": "Ada"}, {"common_name": "Ada"}),
        ({"common_name": ""}, {}),
        ({"subject": {"Organization": "E"}}, {"common_name": "a.b", "organization_name": "E"}),
        (
            {"common_name": "Ada", "subject": {"Organization": "E", "Country": "FI"}},
            {"common_name": "Ada", "organization_name": "E", "country_name": "FI"},
        ),
        ({"subject": {"CommonName": "Ada"}}, {"common_name": "Ada"}),
        ({"subject": attributes(("2.5.4.3", "Ada"))}, {"common_name": "Ada"}),
        (
            {"subject": attributes(("0.9.2342.19200300.100.1.25", "a"))},
            {"common_name": "a.b", "domain_component": "a"},
        ),
    ],
)
def test_the_subject_has_what_is_asked_for(asked: Any, expected: Any) -> None:
    request = create_csr("a.b", **asked)

    assert subject(request) == expected
    (extension,) = oracles.requested_extensions(request.pem)
    assert extension.critical is (expected == {})  # RFC 5280 section 4.2.1.6


def test_the_subject_is_written_in_the_order_of_the_api() -> None:
    request = create_csr(
        "a.b", subject={"GivenName": "Ada", "Organization": "Example", "Country": "FI"}
    )

    assert request.x509.subject.rfc4514_string() == "2.5.4.42=Ada,CN=a.b,O=Example,C=FI"


def test_a_custom_attribute_may_come_twice() -> None:
    parts = attributes(("0.9.2342.19200300.100.1.25", "com"), ("0.9.2342.19200300.100.1.25", "a"))

    request = create_csr("a.b", common_name="", subject=parts)

    assert request.x509.subject.rfc4514_string() == "DC=a,DC=com"


@pytest.mark.parametrize(
    ("length", "expected"), [(52, {"common_name": f"{'a' * 52}.example.com"}), (53, {})]
)
def test_a_first_name_that_is_too_long_is_no_common_name(length: int, expected: Any) -> None:
    assert subject(create_csr(f"{'a' * length}.example.com")) == expected


def test_a_request_may_have_a_common_name_and_no_other() -> None:
    request = create_csr(common_name="Ada")

    assert (subject(request), oracles.requested_extensions(request.pem)) == (
        {"common_name": "Ada"},
        [],
    )


def test_further_extensions_are_asked_for_critical_or_not() -> None:
    usage = x509.KeyUsage(*[True] + 8 * [False])
    critical = x509.Extension(usage.oid, True, usage)

    extensions = oracles.requested_extensions(create_csr("a.b", extensions=[critical, SERVER]).pem)

    assert [(each.oid, each.critical) for each in extensions] == [
        (SUBJECT_ALTERNATIVE_NAME, False),
        ("2.5.29.15", True),
        ("2.5.29.37", False),
    ]


# Its key


@pytest.mark.parametrize(
    ("key_algorithm", "shown"),
    [
        (None, "ASN1 OID: prime256v1"),
        ("EC_secp521r1", "ASN1 OID: secp521r1"),
        ("RSA_2048", "Public-Key: (2048 bit)"),
    ],
)
def test_openssl_verifies_the_request_and_reads_its_key(
    key_algorithm: KeyAlgorithm | None, shown: str
) -> None:
    request = create_csr("localhost", key_algorithm=key_algorithm)

    assert oracles.openssl("req", "-verify", "-noout", input=request.pem.encode()).returncode == 0
    assert shown in oracles.openssl_text(request.pem, "req")
    loaded = load_pem_private_key(request.private_key_pem.encode(), password=None)
    assert loaded.public_key() == request.private_key.public_key() == request.x509.public_key()


@pytest.mark.skipif(not supports_ml_dsa(), reason="the installed cryptography has no ML-DSA")
def test_a_request_can_have_an_ml_dsa_key(pca_issuing_ca: Authority) -> None:
    leaf = pca_issuing_ca.issue(csr=create_csr("localhost", key_algorithm="ML_DSA_44"))

    assert "BEGIN PRIVATE KEY" in leaf.private_key_pem


def test_a_request_can_be_for_an_existing_key() -> None:
    request = create_csr("localhost", private_key=KEY)

    assert request.private_key is KEY
    assert request.x509.public_key() == KEY.public_key()
    assert create_csr("localhost").x509.public_key() != create_csr("localhost").x509.public_key()


# Its use


def test_the_service_takes_it_as_text_and_the_certificate_has_its_names_and_key(
    pca: PcaMock, pca_root_ca: Authority, tmp_path: Path
) -> None:
    request = create_csr("host.example", "10.0.0.1", subject={"Organization": "Example"})
    ca = support.Ca(pca.client(), pca_root_ca.arn)

    pem, chain = ca.get(ca.issue(request.pem.encode()))

    text = oracles.openssl_text(pem)
    assert "DNS:host.example, IP Address:10.0.0.1" in text
    assert "O = Example, CN = host.example" in text
    assert oracles.openssl_verify(tmp_path, pem, chain, pca_root_ca.certificate_pem)
    leaf = pca.certificates[-1].with_private_key(request.private_key)
    assert leaf.private_key.public_key() == leaf.certificate.public_key()


def test_a_certificate_that_is_issued_for_it_has_its_key(pca_issuing_ca: Authority) -> None:
    request = create_csr("host.example")

    leaf = pca_issuing_ca.issue(csr=request)

    assert leaf.private_key is request.private_key
    assert leaf.certificate.public_key() == request.x509.public_key()
    assert leaf.subject == "CN=host.example"


def test_calls_and_faults_can_be_told_by_it(pca: PcaMock, pca_issuing_ca: Authority) -> None:
    request, other = create_csr("host.example"), create_csr("host.example")
    ca = support.Ca(pca.client(), pca_issuing_ca.arn)
    pca.fail("IssueCertificate", "InvalidStateException", Csr=other)

    ca.issue(request.pem.encode())
    with refused("InvalidStateException"):
        ca.issue(other.pem.encode())

    for one, outcome in (request, "success"), (other, "InvalidStateException"):
        (call,) = pca.calls.assert_called("IssueCertificate", times=1, Csr=one)
        assert call.outcome == outcome


def test_no_certificate_takes_the_key_of_another(pca_issuing_ca: Authority) -> None:
    leaf, other = pca_issuing_ca.issue("a.b"), pca_issuing_ca.issue("a.b")

    with pytest.raises(ValueError, match="the key is not that of <Certificate"):
        leaf.with_private_key(other.private_key)


def test_it_needs_no_mock(tmp_path: Path) -> None:
    program = "import pca_mock; print(pca_mock.create_csr('localhost').pem[:35])"

    assert run(program, tmp_path) == "-----BEGIN CERTIFICATE REQUEST-----\n"


# What is refused


@pytest.mark.parametrize(
    ("positional", "asked", "error", "message"),
    [
        ((), {}, TypeError, "pass names, a common_name or a subject"),
        ((), {"common_name": ""}, TypeError, "pass names, a common_name or a subject"),
        (("a.b:1",), {}, ValueError, "whatever the port"),
        (("a",), {"private_key": KEY, "key_algorithm": "RSA_2048"}, TypeError, "has its algorithm"),
        (("a",), {"key_algorithm": "RSA"}, ValueError, "'RSA'; do you mean RSA_"),
        (("a",), {"key_algorithm": "DSS"}, ValueError, "no key algorithm 'DSS'"),
        (("a",), {"subject": {"CN": "a"}}, ValueError, "no member of a subject 'CN'"),
        (
            ("a",),
            {"subject": {"Organisation": "a"}},
            ValueError,
            "'Organisation'; do you mean Organization",
        ),
        (("a",), {"subject": {"Country": "Finland"}}, ValueError, "cannot have C='Finland'"),
        (("a",), {"subject": {"Title": 5}}, TypeError, "cannot have title=5"),
        (("a",), {"subject": attributes(("x", "a"))}, ValueError, "cannot have x='a'"),
        (("a",), {"common_name": "a" * 65}, ValueError, "cannot have CN='aaa"),
        (
            ("a",),
            {"common_name": "a", "subject": {"CommonName": "b"}},
            TypeError,
            "not both",
        ),
        (("a",), {"extensions": [SERVER, SERVER]}, ValueError, "already been set"),
        (("a",), {"extensions": ["keyUsage"]}, TypeError, "not 'keyUsage'"),
        (("a",), {"extensions": [x509.SubjectAlternativeName([])]}, ValueError, "already been set"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(
    positional: Any, asked: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        create_csr(*positional, **asked)

    assert message in str(caught.value)
