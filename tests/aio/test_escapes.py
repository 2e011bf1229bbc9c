"""Requests about `acm-pca` that come to aiobotocore's HTTP layers while a mock runs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytest.importorskip("aiobotocore", reason="aiobotocore pins botocore: run `tox -e aiobotocore`")

from aiobotocore.session import get_session
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from pca_mock import mock_pca
from pca_mock.adapters import intercept
from pca_mock.errors import NotAnsweredByPcaMock
from tests.guard import nothing_leaves

KEYS: Any = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "secret"}


async def test_the_call_of_a_client_without_handlers_is_refused() -> None:
    async with get_session().create_client("acm-pca", "us-east-1", **KEYS) as client:
        client.meta.events.unregister("before-call", intercept.answer)

        with nothing_leaves(), mock_pca(), pytest.raises(NotAnsweredByPcaMock):
            await client.list_certificate_authorities()


async def test_requests_of_other_services_are_sent() -> None:
    once = Config(retries={"total_max_attempts": 1})
    async with get_session().create_client(
        "s3", "us-east-1", endpoint_url="http://127.0.0.1:9", config=once, **KEYS
    ) as client:
        with mock_pca(), pytest.raises(EndpointConnectionError):
            await client.list_buckets()


async def test_the_session_of_httpx_refuses_too() -> None:
    httpx = pytest.importorskip("aiobotocore.httpxsession")
    request = AWSRequest("POST", "https://acm-pca.us-east-1.amazonaws.com/").prepare()
    session = object.__new__(httpx.HttpxSession)  # without httpx, which isn't needed to refuse

    with mock_pca(), pytest.raises(NotAnsweredByPcaMock):
        await session.send(request)


async def test_handlers_of_the_users_own_that_come_last_are_asked_before_the_mock() -> None:
    answers: list[Any] = [None, {"mine": 1}]
    seen: list[str] = []

    async def handle(event_name: str, **_: Any) -> Any:
        seen.append(event_name)
        answer = answers.pop(0)
        return answer and (AWSResponse("", 200, {}, None), answer)

    with nothing_leaves(), mock_pca() as pca:
        async with get_session().create_client("acm-pca", "us-east-1", **KEYS) as client:
            client.meta.events.register_last("before-call", lambda **_: seen.append("not awaited"))
            client.meta.events.register_last("before-call", handle)
            listed = await client.list_certificate_authorities()
            pca.fail("ListCertificateAuthorities", "AccessDeniedException")
            answers.insert(0, None)
            with pytest.raises(client.exceptions.ClientError):
                await client.list_certificate_authorities()
            answered = await client.list_certificate_authorities()

    assert listed["CertificateAuthorities"] == []
    assert answered == {"mine": 1}
    assert seen == ["not awaited", "before-call.acm-pca.ListCertificateAuthorities"] * 3


@pytest.mark.parametrize("is_running", [False, True], ids=["starts", "ends"])
async def test_a_mock_that_starts_or_ends_in_the_middle_of_a_tasks_call_stops_it(
    is_running: bool,
) -> None:
    reached, may_go_on, mock = asyncio.Event(), asyncio.Event(), mock_pca()

    async def wait(**_: Any) -> None:
        reached.set()
        await may_go_on.wait()

    with nothing_leaves():
        async with get_session().create_client("acm-pca", "us-east-1", **KEYS) as client:
            client.meta.events.register("before-call.acm-pca", wait)
            if is_running:
                mock.start()
            call = asyncio.ensure_future(client.list_certificate_authorities())
            await reached.wait()
            if is_running:
                mock.stop()
            else:
                mock.start()
            may_go_on.set()
            try:
                with pytest.raises(NotAnsweredByPcaMock, match="in the middle of this call"):
                    await call
            finally:
                if not is_running:
                    mock.stop()
