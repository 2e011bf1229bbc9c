from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError, NoRegionError

from pca_mock import PcaMock
from pca_mock.testing.clients import client_of, default_region


@pytest.fixture(autouse=True)
def no_clients() -> None:
    """Begin without the clients of earlier tests."""
    client_of.cache_clear()


def test_one_client_serves_an_account_in_a_region(pca: PcaMock) -> None:
    client = client_of("123456789012", "eu-west-1")

    assert client_of("123456789012", "eu-west-1") is client
    assert client_of("222222222222", "eu-west-1") is not client
    assert client_of("123456789012", "eu-north-1") is not client
    assert client.meta.region_name == "eu-west-1"


def test_a_client_acts_for_its_account_in_each_mock_and_whoever_acts(pca: PcaMock) -> None:
    client = client_of("222222222222", "eu-west-1")
    with pca.as_account("333333333333"):
        client.list_certificate_authorities()

    assert pca.calls[0].caller.account == "222222222222"


def test_the_environment_of_the_first_use_does_not_count_for_later_ones(
    pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_RETRY_MODE", "legacy")
    root = pca.create_root_ca()
    pca.fail("IssueCertificate", "ThrottlingException", attempts=2)

    assert root.issue("localhost").status == "ISSUED"
    pca.fail("IssueCertificate", "ThrottlingException", attempts=3)
    with pytest.raises(ClientError, match="ThrottlingException"):
        root.issue("localhost")


def test_the_default_region_is_that_of_the_default_session(
    pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-south-1")
    assert default_region() == "eu-south-1"
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3.Session(region_name="sa-east-1"))

    assert default_region() == "sa-east-1"


def test_without_a_region_there_is_no_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")

    with pytest.raises(NoRegionError):
        default_region()
