from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import csr as asn1_csr
from asn1crypto import x509 as asn1_x509

from pca_mock.pki.algorithms import KEY_ALGORITHMS, fitting, supports_ml_dsa
from pca_mock.testing.requests import authority_request, csr_for, general_name
from tests import oracles
from tests.issuance import SUBJECT_ALTERNATIVE_NAME, attributes

if TYPE_CHECKING:
    from pca_mock import PcaMock

KEY = KEY_ALGORITHMS["EC_prime256v1"].generate()


def parsed(csr: bytes) -> Any:
    """The signed part of a request, parsed by asn1crypto."""
    request = asn1_csr.CertificationRequest.load(oracles.der(csr.decode()), strict=True)
    return request["certification_request_info"]


def names(csr: bytes) -> list[tuple[str, str]]:
    """The (kind, name) pairs that a request asks for."""
    (extension,) = oracles.requested_extensions(csr.decode())
    assert extension.oid == SUBJECT_ALTERNATIVE_NAME
    found = asn1_x509.GeneralNames.load(bytes.fromhex(extension.value), strict=True)
    return [(name.name, name.native) for name in found]


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("localhost", "dns_name", "localhost"),
        ("*.example.com", "dns_name", "*.example.com"),
        ("127.0.0.1", "ip_address", "127.0.0.1"),
        ("::1", "ip_address", "::1"),
        ("2001:DB8::7", "ip_address", "2001:db8::7"),
        ("1.2.3", "dns_name", "1.2.3"),
        ("ada@example.com", "rfc822_name", "ada@example.com"),
        ("spiffe://example.com/a", "uniform_resource_identifier", "spiffe://example.com/a"),
        ("https://ada@example.com", "uniform_resource_identifier", "https://ada@example.com"),
    ],
)
def test_a_name_is_of_the_kind_that_it_looks_like(text: str, kind: str, name: str) -> None:
    assert names(csr_for(KEY, [text], "")) == [(kind, name)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("bücher.example", "xn--bcher-kva.example"),
        ("*.bücher.example", "*.xn--bcher-kva.example"),
        ("例え.jp", "xn--r8jz45g.jp"),
    ],
)
def test_international_host_names_become_ascii(text: str, name: str) -> None:
    assert general_name(text).value == name


@pytest.mark.parametrize("text", ["ü@example.com", "https://bücher.example/"])
def test_other_international_names_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"ASCII|A-label"):
        general_name(text)


def test_names_stay_in_their_order() -> None:
    wanted = ["b.example", "a.example", "10.0.0.1", "b.example"]

    assert [name for _, name in names(csr_for(KEY, wanted, None))] == wanted


@pytest.mark.parametrize(
    ("common_name", "wanted", "expected"),
    [
        (None, ["localhost", "other"], {"common_name": "localhost"}),
        ("Ada", ["localhost"], {"common_name": "Ada"}),
        ("Ada", [], {"common_name": "Ada"}),
        ("", ["localhost"], {}),
        (None, ["a" * 64], {"common_name": "a" * 64}),
        (None, ["a" * 65, "short"], {}),
    ],
)
def test_the_subject_has_the_common_name_that_fits(
    common_name: str | None, wanted: list[str], expected: Any
) -> None:
    csr = csr_for(KEY, wanted, common_name)

    assert (parsed(csr)["subject"].native or {}) == expected


@pytest.mark.parametrize(("common_name", "critical"), [("Ada", False), ("", True)])
def test_the_names_are_critical_where_the_subject_is_empty(
    common_name: str, critical: bool
) -> None:
    (extension,) = oracles.requested_extensions(csr_for(KEY, ["a"], common_name).decode())

    assert extension.critical is critical


def test_a_request_without_names_has_no_extension() -> None:
    assert oracles.requested_extensions(csr_for(KEY, [], "Ada").decode()) == []


@pytest.mark.parametrize("key_algorithm", ["RSA_2048", "EC_prime256v1", "EC_secp521r1"])
def test_openssl_accepts_the_requests_signature(key_algorithm: str) -> None:
    csr = csr_for(KEY_ALGORITHMS[key_algorithm].generate(), ["localhost"], None)

    assert oracles.openssl("req", "-verify", "-noout", input=csr).returncode == 0
    assert "Signature Algorithm: " in oracles.openssl_text(csr.decode(), "req")


@pytest.mark.skipif(not supports_ml_dsa(), reason="the installed cryptography has no ML-DSA")
def test_a_request_can_be_signed_with_ml_dsa() -> None:
    csr = csr_for(KEY_ALGORITHMS["ML_DSA_44"].generate(), ["localhost"], None)

    assert csr.startswith(b"-----BEGIN CERTIFICATE REQUEST-----")


# CAs


def request(**more: Any) -> dict[str, Any]:
    return authority_request("ROOT", "Name", "EC_prime256v1", more)


def test_a_ca_is_requested_with_few_arguments() -> None:
    assert request() == {
        "CertificateAuthorityType": "ROOT",
        "CertificateAuthorityConfiguration": {
            "KeyAlgorithm": "EC_prime256v1",
            "SigningAlgorithm": "SHA256WITHECDSA",
            "Subject": {"CommonName": "Name"},
        },
    }


@pytest.mark.parametrize("key_algorithm", KEY_ALGORITHMS)
def test_a_ca_signs_with_an_algorithm_that_fits_its_key(key_algorithm: str) -> None:
    asked = authority_request("ROOT", "Name", key_algorithm, {})

    configuration = asked["CertificateAuthorityConfiguration"]
    assert configuration["SigningAlgorithm"] in fitting(key_algorithm)


@pytest.mark.parametrize(
    ("more", "revocation"),
    [
        ({"crl_bucket": "b"}, {"CrlConfiguration"}),
        ({"ocsp": True}, {"OcspConfiguration"}),
        ({"crl_bucket": "b", "ocsp": True}, {"CrlConfiguration", "OcspConfiguration"}),
        ({"ocsp": True, "RevocationConfiguration": {}}, set()),
    ],
)
def test_revocation_is_requested_where_the_caller_chose_it(more: Any, revocation: set[str]) -> None:
    assert request(**more)["RevocationConfiguration"].keys() == revocation


def test_no_revocation_is_requested_by_default() -> None:
    assert "RevocationConfiguration" not in request(ocsp=False, crl_bucket=None)


def test_other_members_are_passed_on_and_may_replace_the_rest() -> None:
    asked = request(Tags=[], CertificateAuthorityType="SUBORDINATE")

    assert asked["Tags"] == []
    assert asked["CertificateAuthorityType"] == "SUBORDINATE"


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ([("1.2.3", "a")], [("2.5.4.3", "Name"), ("1.2.3", "a")]),
        ([("1.2.3", "a"), ("2.5.4.3", "Own")], [("1.2.3", "a"), ("2.5.4.3", "Own")]),
    ],
)
def test_beside_custom_attributes_the_common_name_is_one_of_them(
    given: Any, names: Any, pca: PcaMock
) -> None:
    root = pca.create_root_ca("Name", subject=attributes(*given))

    subject = root.certificate.subject
    assert [(part.oid.dotted_string, part.value) for part in subject] == names
    assert root.common_name == dict(names)["2.5.4.3"]


def test_the_callers_structures_do_not_change() -> None:
    more = {"subject": {"Organization": "Example"}, "signing_algorithm": "SHA512WITHECDSA"}
    authority_request("ROOT", "Name", "EC_prime256v1", more)

    assert more == {
        "subject": {"Organization": "Example"},
        "signing_algorithm": "SHA512WITHECDSA",
    }


def test_an_unknown_key_algorithm_is_refused() -> None:
    with pytest.raises(ValueError, match="no key algorithm 'DSA', only RSA_2048"):
        authority_request("ROOT", "Name", "DSA", {})
