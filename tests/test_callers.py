from __future__ import annotations

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.credentials import Credentials, DeferredRefreshableCredentials, RefreshableCredentials
from moto import mock_aws

from pca_mock import PcaMock, mock_pca
from pca_mock.callers import access_key_of, begin_call
from tests import support

OTHER = "222222222222"


def client(access_key: str, **kwargs: Any) -> Any:
    return boto3.client(
        "acm-pca",
        "us-east-1",
        aws_access_key_id=access_key,
        aws_secret_access_key="secret",
        **kwargs,
    )


def account(boto: Any) -> str:
    """The account in whose name a client creates a CA."""
    return support.pending(boto).arn.split(":")[4]


def test_without_a_mock_no_call_begins() -> None:
    assert begin_call("ListTags", {}, "us-east-1", None) is None


def test_the_access_key_decides_where_the_user_has_set_its_account() -> None:
    with mock_pca(accounts={"AKIAOTHER": OTHER}) as pca:
        assert account(client("AKIAOTHER")) == OTHER
        assert account(client("AKIAUNKNOWN")) == pca.account_id


def test_as_account_wins_over_the_credentials_and_ends_with_its_block() -> None:
    with mock_pca(accounts={"AKIAOTHER": OTHER}) as pca:
        boto = client("AKIAOTHER")
        with pca.as_account("333333333333"):
            assert account(boto) == "333333333333"
            with pca.as_account("444444444444"):
                assert account(boto) == "444444444444"
            assert account(boto) == "333333333333"
        assert account(boto) == OTHER


def test_as_account_ends_when_its_block_raises(pca: PcaMock) -> None:
    with pytest.raises(ZeroDivisionError), pca.as_account(OTHER):
        _ = 1 / 0

    assert account(pca.client()) == pca.account_id


@pytest.mark.parametrize("account_id", ["", "123", "12345678901x"])
def test_accounts_have_twelve_digits(account_id: str, pca: PcaMock) -> None:
    with pytest.raises(ValueError, match="12 digits"), pca.as_account(account_id):
        pass
    with pytest.raises(ValueError, match="12 digits"):
        mock_pca(accounts={"AKIA": account_id})


def test_calls_that_are_not_signed_are_the_default_accounts(pca: PcaMock) -> None:
    from botocore import UNSIGNED
    from botocore.config import Config

    boto = boto3.client("acm-pca", "us-east-1", config=Config(signature_version=UNSIGNED))

    assert account(boto) == pca.account_id


def test_credentials_that_moto_made_belong_to_the_account_in_which_it_made_them() -> None:
    with mock_aws(), mock_pca() as pca:
        sts = boto3.client("sts", "us-east-1")
        assumed = sts.assume_role(
            RoleArn=f"arn:aws:iam::{OTHER}:role/issuer", RoleSessionName="test"
        )["Credentials"]
        boto = boto3.client(
            "acm-pca",
            "us-east-1",
            aws_access_key_id=assumed["AccessKeyId"],
            aws_secret_access_key=assumed["SecretAccessKey"],
            aws_session_token=assumed["SessionToken"],
        )

        assert account(boto) == OTHER
        assert account(pca.client()) == pca.account_id


def test_credentials_that_would_have_to_be_fetched_are_not() -> None:
    def fetch() -> Any:
        raise AssertionError("credentials were fetched")

    deferred = DeferredRefreshableCredentials(fetch, "assume-role")
    expired = RefreshableCredentials(
        "AKIAOTHER", "s", "t", datetime.now(timezone.utc) - timedelta(hours=1), fetch, "assume-role"
    )

    assert access_key_of(deferred) is None
    assert access_key_of(expired) == "AKIAOTHER"
    assert access_key_of(Credentials("AKIAMINE", "s")) == "AKIAMINE"
    assert access_key_of(None) is None


def test_without_moto_an_unknown_key_is_the_default_accounts(
    pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(__import__("sys").modules, "moto.iam.models", raising=False)

    assert account(client("AKIAUNKNOWN")) == pca.account_id
    assert access_key_of(SimpleNamespace(access_key=None)) is None


# Accounts in variables and in access keys


def test_the_default_account_is_motos_where_the_variable_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mock = mock_pca()  # as a decorator, made before
    monkeypatch.setenv("MOTO_ACCOUNT_ID", OTHER)

    with mock as pca:
        assert pca.account_id == OTHER
        assert account(client("AKIAUNKNOWN")) == OTHER
        assert pca.create_root_ca().arn.split(":")[4] == OTHER
    with mock_pca(account_id="111111111111") as pca:
        assert pca.account_id == "111111111111"


@pytest.mark.parametrize("account_id", ["1234", "12345678901x"])
def test_a_variable_that_is_no_account_is_an_error_that_names_it(
    account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", account_id)

    with pytest.raises(ValueError, match="MOTO_ACCOUNT_ID"), mock_pca():
        pass


def test_an_access_key_of_twelve_digits_names_its_account() -> None:
    with mock_pca(account_id="111111111111", accounts={"333333333333": "444444444444"}) as pca:
        assert account(client(OTHER)) == OTHER
        assert account(client("333333333333")) == "444444444444"
        with pca.as_account("555555555555"):
            assert account(client(OTHER)) == "555555555555"


def test_an_account_for_a_key_in_the_environment_is_weaker_than_the_option(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OTHER)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    before = boto3.Session().client("acm-pca", "us-east-1")

    with mock_pca():
        assert account(before) == account(boto3.Session().client("acm-pca")) == OTHER
    with mock_pca(account_id="111111111111"):
        assert account(before) == account(boto3.Session().client("acm-pca")) == "111111111111"
