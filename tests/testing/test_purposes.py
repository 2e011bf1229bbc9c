"""What a certificate is for, in a word: openssl decides whether it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest
from botocore.exceptions import ClientError

from pca_mock import Authority, create_csr
from pca_mock.literals import Purpose
from pca_mock.testing.purposes import PURPOSES
from tests import oracles
from tests.issuance import armoured

if TYPE_CHECKING:
    from pathlib import Path

    from pca_mock.literals import KeyAlgorithm

# What `openssl verify -purpose` knows. It has none for code signing and OCSP before version 3.2.
CHECKS = ("sslserver", "sslclient", "smimesign", "timestampsign")
GOOD_FOR: dict[Purpose, set[str]] = {
    "server": {"sslserver"},
    "client": {"sslclient"},
    "smime": {"smimesign"},
    "code_signing": set(),
    "time_stamping": {"timestampsign"},
    "ocsp_signing": set(),
}
EXTENDED_KEY_USAGE = "2.5.29.37"


def usages(pem: str) -> tuple[set[str], list[str]]:
    """Key usage and extended key usage, as asn1crypto reads them."""
    certificate = oracles.certificate(pem)
    return (
        certificate.key_usage_value.native,
        certificate.extended_key_usage_value.native,
    )


def test_there_is_a_way_to_issue_for_each_purpose() -> None:
    assert tuple(PURPOSES) == get_args(Purpose)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_openssl_takes_a_certificate_for_its_purpose_alone(
    purpose: Purpose, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    leaf = pca_issuing_ca.issue("ada@example.com", purpose=purpose, key_algorithm="RSA_2048")

    chain = (leaf.certificate_pem, leaf.chain_pem, pca_issuing_ca.root_pem)
    good_for = {
        check for check in CHECKS if oracles.openssl_verify(tmp_path, *chain, "-purpose", check)
    }
    assert good_for == GOOD_FOR[purpose]
    assert "email:ada@example.com" in oracles.openssl_text(leaf.certificate_pem)
    assert oracles.pkilint_errors(leaf.certificate_pem) == set()


@pytest.mark.parametrize(
    ("purpose", "key_usage", "extended_key_usage"),
    [
        ("code_signing", {"digital_signature"}, ["code_signing"]),
        ("ocsp_signing", {"digital_signature"}, ["ocsp_signing"]),
        ("time_stamping", {"digital_signature"}, ["time_stamping"]),
    ],
)
def test_signers_have_one_critical_purpose(
    purpose: Purpose, key_usage: set[str], extended_key_usage: list[str], pca_issuing_ca: Authority
) -> None:
    leaf = pca_issuing_ca.issue(common_name="Signer", purpose=purpose)

    assert usages(leaf.certificate_pem) == (key_usage, extended_key_usage)
    extension = oracles.extension(leaf.certificate_pem, EXTENDED_KEY_USAGE)
    assert extension is not None
    assert extension.critical


@pytest.mark.parametrize(
    ("key_algorithm", "enciphering"),
    [("RSA_2048", "key_encipherment"), ("EC_prime256v1", "key_agreement")],
)
def test_mail_can_be_encrypted_for_a_key_of_each_kind(
    key_algorithm: KeyAlgorithm, enciphering: str, pca_issuing_ca: Authority
) -> None:
    for_names = pca_issuing_ca.issue(
        "ada@example.com", purpose="smime", key_algorithm=key_algorithm
    )
    request = create_csr("ada@example.com", key_algorithm=key_algorithm)
    for_csr = pca_issuing_ca.issue(csr=request.pem.encode(), purpose="smime")

    for leaf in (for_names, for_csr):
        assert usages(leaf.certificate_pem) == (
            {"digital_signature", enciphering},
            ["email_protection"],
        )


def test_without_a_purpose_a_certificate_is_for_servers_and_clients(
    pca_issuing_ca: Authority,
) -> None:
    _, purposes = usages(pca_issuing_ca.issue("localhost").certificate_pem)

    assert purposes == ["server_auth", "client_auth"]


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"purpose": "servers"}, ValueError, "no purpose 'servers'; do you mean server?"),
        ({"purpose": "mail"}, ValueError, "no purpose 'mail', only client, code_signing, "),
        (
            {"purpose": "client", "template": "EndEntityCertificate"},
            TypeError,
            "leave template and ApiPassthrough out",
        ),
        (
            {"purpose": "client", "ApiPassthrough": {}},
            TypeError,
            "leave template and ApiPassthrough out",
        ),
    ],
)
def test_a_purpose_is_one_of_the_table_and_has_its_own_template(
    asked: Any, error: type[Exception], message: str, pca_issuing_ca: Authority
) -> None:
    with pytest.raises(error) as caught:
        pca_issuing_ca.issue("ada@example.com", **asked)

    assert message in str(caught.value)


def test_a_csr_that_cannot_be_read_is_refused_by_the_service(pca_issuing_ca: Authority) -> None:
    with pytest.raises(ClientError, match="certificate signing request is invalid"):
        pca_issuing_ca.issue(csr=armoured(b"nonsense"), purpose="smime")
