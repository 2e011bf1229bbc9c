from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from renewal import is_due, renew

from pca_mock import Authority, PcaMock


def test_a_server_gets_a_certificate(
    pca: PcaMock, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    renew(pca_issuing_ca.arn, "shop.example.com", tmp_path)

    (leaf,) = pca_issuing_ca.certificates
    assert leaf.subject == "CN=shop.example.com"
    assert leaf.certificate_pem in (tmp_path / "server.pem").read_text()
    assert leaf.not_after - pca.clock.now() > timedelta(days=89)


def test_a_disabled_ca_leaves_the_old_files_alone(
    pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    renew(pca_issuing_ca.arn, "shop.example.com", tmp_path)
    before = (tmp_path / "server.pem").read_text()
    pca_issuing_ca.disable()

    with pytest.raises(ClientError, match="InvalidStateException"):
        renew(pca_issuing_ca.arn, "shop.example.com", tmp_path)

    assert (tmp_path / "server.pem").read_text() == before


def test_a_certificate_is_due_a_month_before_it_expires(
    pca: PcaMock, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    renew(pca_issuing_ca.arn, "shop.example.com", tmp_path)

    pca.clock.advance(days=59)
    assert not is_due(tmp_path, pca.clock.now())
    pca.clock.advance(days=2)
    assert is_due(tmp_path, pca.clock.now())


def test_a_throttled_call_is_made_again(
    pca: PcaMock, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    pca.fail("IssueCertificate", "ThrottlingException", attempts=2)

    renew(pca_issuing_ca.arn, "shop.example.com", tmp_path)

    (call,) = pca.calls.assert_called("IssueCertificate", times=1, outcome="success")
    assert call.retries == 2


def test_one_certificate_is_asked_for_and_fetched(
    pca: PcaMock, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    renew(pca_issuing_ca.arn, "shop.example.com", tmp_path)

    pca.calls.assert_called("IssueCertificate", times=1, Validity={"Type": "DAYS", "Value": 90})
    pca.calls.assert_called("GetCertificate", outcome="success")
    pca.calls.assert_not_called("RevokeCertificate")
