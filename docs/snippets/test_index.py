import boto3
import pytest

from pca_mock import PcaMock, mock_pca


@mock_pca
def test_as_a_decorator() -> None:
    client = boto3.client("acm-pca")
    assert client.list_certificate_authorities()["CertificateAuthorities"] == []


def test_as_a_context_manager() -> None:
    with mock_pca(account_id="111122223333") as pca:
        root = pca.create_root_ca("Example Root CA")
    assert ":111122223333:" in root.arn


def test_as_a_fixture(pca: PcaMock) -> None:
    leaf = pca.create_root_ca("Example Root CA").issue("localhost", "127.0.0.1")
    assert leaf.status == "ISSUED"


@pytest.mark.pca(account_id="111122223333")
def test_with_a_marker(pca: PcaMock) -> None:
    assert pca.account_id == "111122223333"
