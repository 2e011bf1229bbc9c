from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from pca_mock import PcaMock, mock_pca
from pca_mock.adapters.own_clients import own_client
from pca_mock.testing import clients
from pca_mock.testing.clients import MockClient


@pytest.fixture(autouse=True)
def no_clients() -> None:
    """Start without the clients of earlier tests."""
    clients._client.cache_clear()


def test_one_client_serves_an_account_in_a_region(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    original = own_client

    def counted(service: str, region_name: str, access_key: str) -> Any:
        made.append(region_name)
        return original(service, region_name, access_key)

    monkeypatch.setattr(clients, "own_client", counted)

    for _ in range(2):
        with mock_pca() as pca:
            pca.create_root_ca(region_name="eu-west-1").issue("localhost")
            pca.create_root_ca(region_name="eu-north-1")

    assert made == ["us-east-1", "eu-west-1", "eu-north-1"]  # the first one when a mock starts


def test_a_client_always_acts_for_its_account(pca: PcaMock) -> None:
    client = MockClient(pca._state, "222222222222", "eu-west-1")
    with pca.as_account("333333333333"):
        client.list_certificate_authorities()

    assert pca.calls[0].caller.account == "222222222222"
    assert pca.calls[0].caller.region == "eu-west-1"


def test_a_client_is_answered_by_its_mock_even_below_another_one() -> None:
    with mock_pca() as outer, mock_pca() as inner:
        root = outer.create_root_ca()
        root.issue("localhost")
        inner.client().list_certificate_authorities()

        assert [len(pca.authorities) for pca in (outer, inner)] == [1, 0]
        assert [call.operation for call in inner.calls] == ["ListCertificateAuthorities"]
    assert len(outer.certificates) == 2


def test_a_client_of_an_ended_mock_calls_nobody() -> None:
    with mock_pca() as pca:
        root = pca.create_root_ca()
        leaf = root.issue("localhost")

    for act in (
        lambda: root.issue("localhost"),
        lambda: root.describe(),
        lambda: leaf.revoke(),
        lambda: pca.create_root_ca(),
        lambda: pca.client(),
    ):
        with pytest.raises(RuntimeError, match="has ended"):
            act()
    with mock_pca(), pytest.raises(RuntimeError, match="has ended"):
        root.issue("localhost")
    assert leaf.status == "ISSUED"


def test_the_environment_of_the_first_use_does_not_affect_later_ones(
    pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_RETRY_MODE", "legacy")
    root = pca.create_root_ca()
    pca.fail("IssueCertificate", "ThrottlingException", attempts=2, origin="handle")

    assert root.issue("localhost").status == "ISSUED"
    pca.fail("IssueCertificate", "ThrottlingException", attempts=3, origin="handle")
    with pytest.raises(ClientError, match="ThrottlingException"):
        root.issue("localhost")
