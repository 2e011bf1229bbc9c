"""Credentials and region of asynchronous clients, in every surrounding."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiobotocore", reason="aiobotocore pins botocore: run `tox -e aiobotocore`")

from aiobotocore.session import AioSession, get_session
from botocore.exceptions import BotoCoreError

from pca_mock import mock_pca
from tests.aio.test_aiobotocore import create
from tests.environments import ENVIRONMENTS, Environment, set_up
from tests.guard import nothing_leaves

pytestmark = pytest.mark.filterwarnings("ignore:.*was never awaited")  # where nobody can be asked


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment without anything of AWS; the folder is HOME."""
    set_up(Environment(), tmp_path, monkeypatch)
    return tmp_path


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
async def test_nothing_outside_is_asked_for_anything(
    environment: Environment, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(environment, bare, monkeypatch)
    monkeypatch.setattr("botocore.utils.ContainerMetadataFetcher.SLEEP_TIME", 0)
    session = get_session()

    async with AsyncExitStack() as clients:
        made = [await made_without_a_mock(clients)]
        with nothing_leaves(), mock_pca():
            made.append(await clients.enter_async_context(session.create_client("acm-pca")))
            for client in filter(None, made):
                await client.list_certificate_authorities()
            assert (await create(made[-1])).split(":")[3:5] == ["us-east-1", "123456789012"]
        made.append(await made_without_a_mock(clients))
        with nothing_leaves(), mock_pca():
            for client in filter(None, made):
                await client.list_certificate_authorities()

    assert session._credentials is session._auth_token is None


async def made_without_a_mock(clients: AsyncExitStack) -> Any:
    """A client, if one can be made: whoever is asked for credentials cannot answer."""
    with nothing_leaves(strict=False):
        try:
            client = get_session().create_client("acm-pca", region_name="us-east-1")
            return await clients.enter_async_context(client)
        except (BotoCoreError, OSError, ValueError):
            return None


async def test_the_region_and_static_keys_are_found_as_for_other_clients(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Vault(AioSession):  # type: ignore[misc]  # has no types
        async def get_credentials(self) -> Any:
            raise AssertionError("the vault was opened")

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "222222222222")
    named = AioSession()
    named.set_credentials("333333333333", "secret")
    named.set_config_variable("region", "eu-west-1")

    places = []
    with nothing_leaves(), mock_pca(region_name="ca-west-1"):
        for session in (AioSession(), Vault(), named):
            async with session.create_client("acm-pca") as client:
                places.append((await create(client)).split(":")[3:5])

    assert places == [
        ["ca-west-1", "222222222222"],
        ["ca-west-1", "222222222222"],
        ["eu-west-1", "333333333333"],
    ]
