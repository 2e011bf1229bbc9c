"""Credentials and region of clients, in every surrounding, with a guard that nothing passes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore import monitoring
from botocore.config import Config
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigParseError,
    ProfileNotFound,
)

from pca_mock import mock_pca
from pca_mock.adapters import own_clients
from pca_mock.adapters.creation import DUMMY_ACCESS_KEY, StaticKeys, keys_of
from tests import support
from tests.environments import BROKEN, ENVIRONMENTS, Environment, set_up
from tests.guard import nothing_leaves

KEYS: Any = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "secret"}
MAKERS: dict[str, Callable[[], Any]] = {
    "default": lambda: boto3.client("acm-pca"),
    "own session": lambda: boto3.Session(region_name="eu-west-1").client("acm-pca"),
    "botocore": lambda: botocore.session.get_session().create_client(service_name="acm-pca"),
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment without anything of AWS; the folder is HOME."""
    set_up(Environment(), tmp_path, monkeypatch)
    return tmp_path


def caller(client: Any) -> tuple[str, str]:
    """(region, account) of a client: those of a CA that it creates."""
    _, _, _, region, account, _ = support.pending(client).arn.split(":")
    return region, account


def keys(client: Any) -> str:
    return str(client._request_signer._credentials.access_key)


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_nothing_outside_is_asked_for_anything(
    environment: Environment, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(environment, bare, monkeypatch)
    monkeypatch.setattr("botocore.utils.ContainerMetadataFetcher.SLEEP_TIME", 0)
    variables = dict(os.environ)
    session = boto3.Session()
    clients = [made_without_a_mock(), made_without_a_mock()]

    with nothing_leaves(), mock_pca() as pca:
        clients += [make() for make in MAKERS.values()] + [session.client("acm-pca")]
        for client in filter(None, clients):
            client.list_certificate_authorities()
        assert len(pca.calls) == len(list(filter(None, clients))) >= 4
        assert ":us-east-1:" in pca.create_root_ca().arn
    clients.append(made_without_a_mock())
    with nothing_leaves(), mock_pca():
        for client in filter(None, clients):
            client.list_certificate_authorities()

    assert clients[-2].meta.region_name == "us-east-1"
    assert dict(os.environ) == variables
    for each in (session, boto3.DEFAULT_SESSION):
        assert each._session._credentials is each._session._auth_token is None


def made_without_a_mock() -> Any:
    """A client, if one can be made: whoever is asked for credentials cannot answer."""
    with nothing_leaves(strict=False):
        try:
            return boto3.Session().client("acm-pca", "us-east-1")
        except (BotoCoreError, OSError, ValueError):
            return None


def test_metrics_of_a_client_that_was_made_before_the_mock_are_not_sent(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(ENVIRONMENTS["client-side metrics"], bare, monkeypatch)
    sent: list[Any] = []

    class Publisher:
        def __init__(self, socket: Any, **_: Any) -> None:
            socket.close()

        def publish(self, event: Any) -> None:
            sent.append(event)

    monkeypatch.setattr(monitoring, "SocketPublisher", Publisher)
    client = boto3.client("acm-pca", "us-east-1", **KEYS)

    with mock_pca() as pca:
        client.list_certificate_authorities()
        pca.fail("ListCertificateAuthorities", "AccessDeniedException")
        with pytest.raises(ClientError):
            client.list_certificate_authorities()

    assert sent == []


@pytest.mark.parametrize("environment", BROKEN.values(), ids=BROKEN)
def test_an_error_of_boto3_itself_is_raised_and_handles_work(
    environment: Environment, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(environment, bare, monkeypatch)

    with nothing_leaves(), mock_pca() as pca:
        for make in (*MAKERS.values(), pca.client):
            assert own_clients.default_keys() == StaticKeys()
            with pytest.raises((ConfigParseError, ProfileNotFound)):
                make()
        assert ":us-east-1:" in pca.create_root_ca().issue("localhost").arn


def test_credentials_of_a_session_are_not_refreshed_by_the_end_of_a_mock() -> None:
    def refresh() -> Any:
        raise AssertionError("credentials were refreshed")

    session = botocore.session.get_session()
    expired = RefreshableCredentials.create_from_metadata(
        {
            "access_key": "ASIAMINE",
            "secret_key": "s",
            "token": "t",
            "expiry_time": "2020-01-01T00:00:00Z",
        },
        refresh,
        "assume-role",
    )
    session._credentials = expired
    boto3.setup_default_session(botocore_session=session)

    with mock_pca(accounts={"ASIAMINE": "222222222222"}):
        assert caller(boto3.client("acm-pca")) == ("us-east-1", "222222222222")
    assert session._credentials is expired


def test_a_sessions_own_way_to_credentials_and_regions_is_not_gone() -> None:
    class Vault(botocore.session.Session):  # type: ignore[misc]  # has no types
        def get_credentials(self) -> Any:
            raise AssertionError("the vault was opened")

        def create_client(self, *args: Any, **kwargs: Any) -> Any:
            return super().create_client(*args, **kwargs | {"endpoint_url": "http://127.0.0.1:9"})

    session = Vault()

    with nothing_leaves(), mock_pca():
        client = boto3.Session(botocore_session=session).client("acm-pca")
        assert caller(client) == ("us-east-1", "123456789012")
    assert client.meta.endpoint_url == "http://127.0.0.1:9"


def test_sessions_without_built_in_handlers_are_answered() -> None:
    session = botocore.session.Session(include_builtin_handlers=False)
    with mock_pca():
        pass
    client = session.create_client("acm-pca", "us-east-1", **KEYS)

    with nothing_leaves(), mock_pca():
        assert caller(client) == caller(session.create_client("acm-pca"))


def test_clients_of_other_services_use_the_users_configuration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    session = botocore.session.get_session()

    def load() -> Credentials:
        asked.append("credentials")
        return Credentials("AKIAMINE", "secret")

    session.get_component("credential_provider").load_credentials = load
    with mock_pca():
        session.create_client("acm-pca")
        assert asked == []
        s3 = session.create_client("s3", "eu-west-3")

    assert asked == ["credentials"]
    assert (keys(s3), s3.meta.region_name) == ("AKIAMINE", "eu-west-3")


# Static keys stay


STATIC: dict[str, Environment] = {
    "variables": Environment(
        {
            "AWS_ACCESS_KEY_ID": "AKIAMINE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": "token",
        }
    ),
    "the credentials file": Environment(
        credentials="[default]\naws_access_key_id=AKIAMINE\naws_secret_access_key=secret\n"
        "aws_session_token = token\n"
    ),
    "a profile of the configuration": Environment(
        {"AWS_PROFILE": "mine"},
        "[profile mine]\naws_access_key_id=AKIAMINE\naws_secret_access_key=secret\n"
        "aws_session_token = token\n",
    ),
}


@pytest.mark.parametrize("environment", STATIC.values(), ids=STATIC)
def test_static_keys_stay_and_can_name_an_account(
    environment: Environment, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(environment, bare, monkeypatch)

    with mock_pca(accounts={"AKIAMINE": "222222222222"}) as pca:
        for client in (boto3.client("acm-pca"), pca.client()):
            signing = client._request_signer._credentials
            assert caller(client) == ("us-east-1", "222222222222")
            assert (signing.secret_key, signing.token) == ("secret", "token")


def test_a_profile_that_a_session_names_is_stronger_than_variables(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = "[profile mine]\naws_access_key_id = AKIAMINE\naws_secret_access_key = secret\n"
    set_up(Environment({"AWS_ACCESS_KEY_ID": "AKIAOTHER"}, config), bare, monkeypatch)

    with mock_pca():
        assert keys(boto3.Session(profile_name="mine").client("acm-pca")) == "AKIAMINE"
        assert keys(boto3.Session().client("acm-pca")) == "AKIAOTHER"


def test_keys_of_a_session_and_of_a_client_stay() -> None:
    boto3.setup_default_session(aws_access_key_id="AKIAMINE", aws_secret_access_key="secret")

    with mock_pca() as pca:
        assert keys(pca.client()) == keys(boto3.client("acm-pca")) == "AKIAMINE"
        explicit = boto3.client("acm-pca", aws_access_key_id="AKIA", aws_secret_access_key="s")
        assert keys(explicit) == "AKIA"


def test_all_other_credentials_are_dummies(bare: Path) -> None:
    with mock_pca() as pca:
        assert keys(pca.client()) == keys(boto3.client("acm-pca")) == DUMMY_ACCESS_KEY
    assert keys_of(botocore.session.get_session()).access_key == DUMMY_ACCESS_KEY


# The region


REGIONS: dict[str, tuple[str, Callable[[], Any]]] = {
    "of the client": ("ca-west-1", lambda: boto3.client("acm-pca", region_name="ca-west-1")),
    "of its configuration": (
        "ca-west-1",
        lambda: boto3.client("acm-pca", config=Config(region_name="ca-west-1")),
    ),
    "of its session": (
        "ca-west-1",
        lambda: boto3.Session(region_name="ca-west-1").client("acm-pca"),
    ),
    "of the mock": ("eu-central-1", lambda: boto3.client("acm-pca")),
}


@pytest.mark.parametrize(("expected", "make"), REGIONS.values(), ids=REGIONS)
def test_a_region_in_the_code_is_stronger_than_the_option_and_this_than_the_environment(
    expected: str, make: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "sa-east-1")

    with mock_pca(region_name="eu-central-1") as pca:
        assert make().meta.region_name == expected
        assert pca.client().meta.region_name == "eu-central-1"
        assert pca.create_root_ca().arn.split(":")[3] == "eu-central-1"
    with mock_pca() as pca:
        assert boto3.client("acm-pca").meta.region_name == "sa-east-1"
        assert pca.create_root_ca().arn.split(":")[3] == "sa-east-1"


def test_the_region_of_the_default_session_is_that_of_the_handle() -> None:
    boto3.setup_default_session(region_name="ap-south-1")

    with mock_pca(region_name="eu-central-1") as pca:
        assert pca.client().meta.region_name == "ap-south-1"
        assert pca.create_root_ca().arn.split(":")[3] == "ap-south-1"


def test_the_region_of_a_profile_is_the_sessions(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(Environment(config="[profile mine]\nregion = eu-south-2\n"), bare, monkeypatch)

    with mock_pca():
        assert boto3.Session(profile_name="mine").client("acm-pca").meta.region_name == "eu-south-2"


@pytest.mark.parametrize("region_name", ["", "eu west", "-eu", "12", "a" * 64])
def test_a_region_has_a_name_that_a_host_can_have(region_name: str) -> None:
    with pytest.raises(ValueError, match="region"):
        mock_pca(region_name=region_name)


# Environments that change during the mock


def test_a_test_may_clear_the_environment() -> None:
    with nothing_leaves(), mock_pca() as pca, pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            patch.delenv(name)
        client = boto3.client("acm-pca")
        assert caller(client) == caller(pca.client()) == ("us-east-1", "123456789012")


def test_crls_go_to_an_endpoint_with_keys_that_are_there(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(ENVIRONMENTS["a program"], bare, monkeypatch)

    with nothing_leaves():
        assert own_clients.default_keys().access_key == DUMMY_ACCESS_KEY
    set_up(STATIC["variables"], bare, monkeypatch)
    assert own_clients.default_keys().access_key == "AKIAMINE"
