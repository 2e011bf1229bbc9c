from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import boto3
import pytest

from pca_mock import mock_pca
from pca_mock.adapters.environment import DUMMY_ACCESS_KEY


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment without anything of AWS; the folder is HOME."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return tmp_path


def aws_variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("AWS_")}


def test_what_is_missing_is_there_during_the_mock_and_gone_afterwards() -> None:
    with mock_pca():
        assert aws_variables().keys() == {
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_DEFAULT_REGION",
            "AWS_EC2_METADATA_DISABLED",
        }
    assert aws_variables() == {}


def test_what_is_configured_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    configured = {
        "AWS_ACCESS_KEY_ID": "AKIAMINE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "eu-north-1",
        "AWS_EC2_METADATA_DISABLED": "false",
    }
    for name, value in configured.items():
        monkeypatch.setenv(name, value)

    with mock_pca():
        assert aws_variables() == configured
    assert aws_variables() == configured


def test_an_empty_variable_counts_as_missing_and_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "")

    with mock_pca():
        assert os.environ["AWS_DEFAULT_REGION"] == "us-east-1"
    assert aws_variables() == {"AWS_DEFAULT_REGION": ""}


def test_what_was_changed_meanwhile_stays_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_pca():
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")

    assert aws_variables() == {"AWS_DEFAULT_REGION": "eu-north-1"}


def test_the_environment_lasts_until_the_last_mock_ends() -> None:
    first, second = mock_pca(), mock_pca()
    first.start()
    second.start()

    first.stop()
    assert os.environ["AWS_ACCESS_KEY_ID"] == DUMMY_ACCESS_KEY
    second.stop()

    assert aws_variables() == {}


def test_the_environment_comes_back_after_an_exception() -> None:
    with pytest.raises(ZeroDivisionError), mock_pca():
        _ = 1 / 0

    assert aws_variables() == {}


@pytest.mark.parametrize(
    "credentials",
    [
        "aws_access_key_id = AKIAMINE",
        "role_arn = arn:aws:iam::123456789012:role/mine",
        "sso_session = mine",
        "credential_process = mine",
    ],
)
def test_a_default_profile_with_credentials_of_any_kind_is_enough(
    credentials: str, bare: Path
) -> None:
    (bare / ".aws").mkdir()
    (bare / ".aws" / "config").write_text(f"[default]\n{credentials}\nregion = eu-north-1\n")

    with mock_pca():
        assert aws_variables().keys() == {"AWS_EC2_METADATA_DISABLED"}


def test_a_profile_without_credentials_gets_the_dummy_ones(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = bare / "config"
    file.write_text("[default]\naws_access_key_id = A\n[profile other]\nregion = eu-west-3\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.setenv("AWS_PROFILE", "other")

    with mock_pca():
        assert os.environ["AWS_ACCESS_KEY_ID"] == DUMMY_ACCESS_KEY
        assert "AWS_DEFAULT_REGION" not in os.environ


def test_a_broken_configuration_file_is_left_to_botocore(bare: Path) -> None:
    (bare / ".aws").mkdir()
    (bare / ".aws" / "config").write_text("no section\n")

    with mock_pca():
        assert os.environ["AWS_DEFAULT_REGION"] == "us-east-1"


def test_credentials_of_containers_are_never_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/credentials")

    with mock_pca() as pca:
        pca.client().list_certificate_authorities()


def test_a_default_session_of_the_users_forgets_the_dummy_credentials_only() -> None:
    boto3.setup_default_session()
    session: Any = boto3.DEFAULT_SESSION
    with mock_pca():
        boto3.client("acm-pca")
        assert session.get_credentials().access_key == DUMMY_ACCESS_KEY

    assert vars(boto3)["DEFAULT_SESSION"] is session
    assert session._session._credentials is None


def test_a_default_session_keeps_credentials_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    boto3.setup_default_session(aws_access_key_id="AKIAMINE", aws_secret_access_key="secret")
    with mock_pca() as pca:
        pca.client()

    session: Any = boto3.DEFAULT_SESSION
    assert session.get_credentials().access_key == "AKIAMINE"
