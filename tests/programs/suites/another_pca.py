"""Tests that have another fixture called pca."""

import boto3
import pytest


def account(arn):
    return arn.split(":")[4]


@pytest.mark.pca(account_id="111122223333")
def test_marker():
    client = boto3.client("acm-pca")
    assert client.list_certificate_authorities()["CertificateAuthorities"] == []


@pytest.mark.pca(account_id="111122223333")
def test_fixtures(pca_client, pca_issuing_ca, pca):
    assert account(pca_issuing_ca.arn) == "111122223333"
    assert len(pca_client.list_certificate_authorities()["CertificateAuthorities"]) == 2
    assert repr(pca) == "PrincipalComponents(2)"


class TestParameters:
    @pytest.fixture(params=[2, 3])
    def pca(self, request):
        return request.param

    @pytest.mark.pca
    def test_marker(self):
        assert boto3.client("acm-pca").list_certificate_authorities()

    def test_fixtures(self, pca, pca_root_ca):
        assert pca in (2, 3)
        assert pca_root_ca.status == "ACTIVE"
