"""Handles of certificates, those that `issue` gives and those that `pca.certificates` gives."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pca_mock import Authority, PcaMock, mock_pca
from pca_mock.literals import KeyAlgorithm
from tests import oracles, revoking, support
from tests.issuance import custom, oid, passing, raw_csr, tlv
from tests.refusals import refused

NOON = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)


# Values that it shows


def test_a_leaf_carries_texts_and_parsed_objects(pca_issuing_ca: Authority) -> None:
    leaf = pca_issuing_ca.issue("localhost", "127.0.0.1")

    assert leaf.certificate_pem.startswith("-----BEGIN CERTIFICATE-----\n")
    assert leaf.certificate_pem.endswith("\n-----END CERTIFICATE-----")
    parsed = x509.load_pem_x509_certificate(leaf.certificate_pem.encode())
    assert leaf.certificate == parsed
    assert leaf.chain == x509.load_pem_x509_certificates(leaf.chain_pem.encode())
    assert leaf.subject == "CN=localhost"
    assert leaf.serial_number == parsed.serial_number
    assert leaf.serial == f"{parsed.serial_number:032x}"
    assert leaf.not_after == parsed.not_valid_after_utc
    assert leaf.arn == f"{leaf.authority_arn}/certificate/{leaf.serial}"
    assert leaf.authority_arn == pca_issuing_ca.arn


def test_the_private_key_is_that_of_the_certificate(pca_issuing_ca: Authority) -> None:
    leaf, other = pca_issuing_ca.issue("localhost"), pca_issuing_ca.issue("localhost")

    assert leaf.private_key.public_key() == leaf.certificate.public_key()
    assert leaf.private_key.public_key() != other.certificate.public_key()
    loaded = load_pem_private_key(leaf.private_key_pem.encode(), password=None)
    assert loaded.public_key() == leaf.certificate.public_key()
    assert leaf.private_key_pem.startswith("-----BEGIN PRIVATE KEY-----\n")


@pytest.mark.parametrize(
    ("key_algorithm", "shown"),
    [
        ("EC_prime256v1", "P-256"),
        ("EC_secp384r1", "P-384"),
        ("RSA_2048", "Private-Key: (2048 bit"),
    ],
)
def test_openssl_reads_the_private_key(
    key_algorithm: KeyAlgorithm, shown: str, pca_issuing_ca: Authority
) -> None:
    leaf = pca_issuing_ca.issue("localhost", key_algorithm=key_algorithm)

    result = oracles.openssl("pkey", "-text", "-noout", input=leaf.private_key_pem.encode())
    assert result.returncode == 0
    assert shown in result.stdout.decode()


def test_only_the_handle_that_issue_gave_has_the_key(
    pca: PcaMock, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    leaf = pca_issuing_ca.issue("localhost")
    for_csr = pca_issuing_ca.issue(csr=support.KeyHolder().csr())
    result = pca.certificates[-2]

    assert result == leaf
    for handle in (result, for_csr):
        for name in ("private_key", "private_key_pem"):
            with pytest.raises(LookupError, match="where the CSR came from or, if issue"):
                getattr(handle, name)
        with pytest.raises(LookupError, match="where the CSR came from"):
            handle.configure_ssl_context(ssl.create_default_context(ssl.Purpose.CLIENT_AUTH))
    assert leaf.private_key is not None


def test_a_roots_own_certificate_has_nothing_above_it(pca: PcaMock, pca_root_ca: Authority) -> None:
    (own,) = pca.certificates

    assert own.certificate_pem == own.root_pem == pca_root_ca.certificate_pem
    assert (own.chain_pem, own.chain) == ("", [])


def test_a_leaf_keeps_the_chain_that_it_was_issued_with(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    issuing = root.create_subordinate_ca()
    leaf, former = issuing.issue("localhost"), issuing.certificate_pem
    client = pca.client()
    csr = client.get_certificate_authority_csr(CertificateAuthorityArn=issuing.arn)["Csr"]
    renewed = root.issue(csr=csr, template="SubordinateCACertificate_PathLen0")
    client.import_certificate_authority_certificate(
        CertificateAuthorityArn=issuing.arn,
        Certificate=renewed.certificate_pem,
        CertificateChain=renewed.chain_pem,
    )

    assert oracles.blocks(leaf.chain_pem) == [former, root.certificate_pem]
    later = issuing.issue("localhost")
    assert oracles.blocks(later.chain_pem) == [renewed.certificate_pem, root.certificate_pem]


def test_handles_of_one_certificate_are_equal_and_others_are_not(
    pca: PcaMock, pca_issuing_ca: Authority
) -> None:
    leaf, other = pca_issuing_ca.issue("localhost"), pca_issuing_ca.issue("localhost")

    assert leaf in pca.certificates
    assert {leaf, other, *pca_issuing_ca.certificates} == {leaf, other}
    assert leaf != other
    assert leaf != leaf.arn


def test_the_repr_of_a_certificate_shows_its_identity(
    pca: PcaMock, pca_issuing_ca: Authority
) -> None:
    leaf = pca_issuing_ca.issue("localhost")

    assert repr(leaf) == f"<Certificate 'CN=localhost' ISSUED {leaf.arn}>"
    leaf.revoke()
    assert repr(leaf) == f"<Certificate 'CN=localhost' REVOKED {leaf.arn}>"
    pca.reset()
    assert repr(leaf) == f"<Certificate {leaf.arn} (deleted)>"


@pytest.mark.parametrize(
    "name", ["status", "certificate_pem", "chain_pem", "root_pem", "certificate", "not_after"]
)
def test_the_handle_of_a_removed_certificate_reports_that_it_is_gone(
    name: str, pca: PcaMock, pca_issuing_ca: Authority
) -> None:
    leaf = pca_issuing_ca.issue("localhost")
    pca.reset()

    with pytest.raises(LookupError, match=r"\(any more\)"):
        getattr(leaf, name)
    assert leaf.private_key is not None
    assert leaf.subject == ""


# Its status


def test_its_status_follows_the_clock() -> None:
    with mock_pca(issuance_delay=timedelta(minutes=2)) as pca:
        root = pca.create_root_ca()
        leaf = root.issue("localhost", validity=timedelta(days=1))

        assert leaf.status == "PENDING"
        pca.clock.advance(minutes=2)
        assert leaf.status == "ISSUED"
        pca.clock.move_to(leaf.not_after)
        with pca.clock.freeze(leaf.not_after):
            assert leaf.status == "ISSUED"
            pca.clock.advance(timedelta(microseconds=1))
            assert leaf.status == "EXPIRED"


def test_the_code_under_test_cannot_fetch_a_pending_certificate() -> None:
    with mock_pca(issuance_delay=timedelta(minutes=2)) as pca:
        root = pca.create_root_ca()
        leaf = root.issue("localhost")
        request = {"CertificateAuthorityArn": root.arn, "CertificateArn": leaf.arn}

        with refused("RequestInProgressException"):
            pca.client().get_certificate(**request)
        pca.clock.advance(minutes=2)
        assert pca.client().get_certificate(**request)["Certificate"] == leaf.certificate_pem


def test_a_held_certificate_is_pending_until_its_last_poll(
    pca: PcaMock, pca_issuing_ca: Authority
) -> None:
    pca.hold("IssueCertificate", polls=1)
    leaf = pca_issuing_ca.issue("localhost")

    assert (leaf.status, leaf.status) == ("PENDING", "PENDING")
    with refused("RequestInProgressException"):
        pca.client().get_certificate(
            CertificateAuthorityArn=pca_issuing_ca.arn, CertificateArn=leaf.arn
        )
    assert leaf.status == "ISSUED"


def test_a_certificate_whose_issuance_fails_has_a_status_and_nothing_else(
    pca: PcaMock, pca_issuing_ca: Authority
) -> None:
    pca.fail_later("IssueCertificate", times=1)
    leaf = pca_issuing_ca.issue("localhost")

    assert leaf.status == "FAILED"
    assert repr(leaf) == f"<Certificate '' FAILED {leaf.arn}>"
    with pytest.raises(LookupError, match="issuance has failed"):
        _ = leaf.certificate_pem
    assert leaf not in pca.certificates


def test_a_certificate_that_was_revoked_stays_so_when_it_expires(
    pca: PcaMock, pca_issuing_ca: Authority
) -> None:
    leaf = pca_issuing_ca.issue("localhost", validity=timedelta(days=1))
    leaf.revoke()
    pca.clock.advance(days=2)

    assert leaf.status == "REVOKED"


# Actions


def test_revoking_is_seen_in_the_crl_and_in_ocsp(pca: PcaMock) -> None:
    root = pca.create_root_ca(crl_bucket="crls", ocsp=True)
    leaf, other = root.issue("localhost"), root.issue("localhost")
    leaf.revoke("KEY_COMPROMISE")

    crl = pca.buckets["crls"][f"crl/{root.arn.rpartition('/')[2]}.crl"]
    assert [(entry.serial, entry.reason) for entry in revoking.entries(crl)] == [(leaf.serial, 1)]
    client_side = support.Ca(pca.client(), root.arn)
    assert revoking.ocsp_status(pca, client_side, leaf.arn) == "revoked"
    assert revoking.ocsp_status(pca, client_side, other.arn) == "good"
    assert (leaf.status, other.status) == ("REVOKED", "ISSUED")


def test_revoking_goes_through_the_public_operation(
    pca: PcaMock, pca_issuing_ca: Authority
) -> None:
    leaf = pca_issuing_ca.issue("localhost")
    leaf.revoke()

    pca.calls.assert_called(
        "RevokeCertificate",
        times=1,
        origin="handle",
        CertificateAuthorityArn=pca_issuing_ca.arn,
        CertificateSerial=leaf.serial,
        RevocationReason="UNSPECIFIED",
    )
    with refused("RequestAlreadyProcessedException", pca):
        leaf.revoke()


def test_revoking_accepts_only_the_reasons_of_the_model(
    pca: PcaMock, pca_issuing_ca: Authority
) -> None:
    leaf = pca_issuing_ca.issue("localhost")

    with refused("ValidationException", pca):
        leaf.revoke("BOREDOM")  # type: ignore[arg-type]
    assert leaf.status == "ISSUED"


def test_a_root_cannot_revoke_itself_through_a_handle(pca: PcaMock, pca_root_ca: Authority) -> None:
    with refused("InvalidRequestException", pca):
        pca_root_ca.certificates[0].revoke()


def test_any_handle_can_revoke(pca: PcaMock, pca_issuing_ca: Authority) -> None:
    leaf = pca_issuing_ca.issue("localhost")
    with pca.as_account("222222222222"):
        pca.certificates[-1].revoke()

    assert leaf.status == "REVOKED"


def test_a_removed_certificate_cannot_be_revoked(pca: PcaMock, pca_issuing_ca: Authority) -> None:
    leaf = pca_issuing_ca.issue("localhost")
    pca.reset()

    with pytest.raises(ClientError, match="Could not find"):
        leaf.revoke()


def _odd_name(*attributes: tuple[str, int, bytes]) -> bytes:
    return tlv(0x30, *(tlv(0x31, tlv(0x30, oid(o), tlv(tag, text))) for o, tag, text in attributes))


@pytest.mark.parametrize(
    ("attribute", "written"),
    [
        pytest.param(("2.5.4.3", 0x0C, b"a" * 65), f"CN={'a' * 65}", id="long common name"),
        pytest.param(("2.5.4.3", 0x0C, b""), "CN=", id="empty common name"),
        pytest.param(("2.5.4.6", 0x13, b"USA"), "C=USA", id="country of three letters"),
        pytest.param(("2.5.4.3", 0x14, b"cafe"), "CN=cafe", id="TeletexString"),
        pytest.param(("2.5.4.45", 0x03, b"\0ab"), "2.5.4.45=#0303006162", id="bits"),
    ],
)
def test_an_odd_certificate_is_shown_without_error_or_warning(
    attribute: tuple[str, int, bytes], written: str, pca_issuing_ca: Authority
) -> None:
    leaf = pca_issuing_ca.issue(
        csr=raw_csr(subject=_odd_name(attribute)),
        template="BlankEndEntityCertificate_APIPassthrough",
        ApiPassthrough=passing(
            CustomExtensions=[custom(f"2.5.29.{arc}", "ff") for arc in (15, 17, 30, 31, 37)]
        ),
    )

    assert leaf.subject == written
    assert repr(leaf).startswith(f"<Certificate {written!r} ISSUED ")
    assert written.partition("=")[2].removeprefix("#") in leaf._repr_html_()
    assert "ff" in leaf._repr_html_()
