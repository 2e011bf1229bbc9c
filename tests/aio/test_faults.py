"""Planned faults with aiobotocore, beside the true one, which asks a server on loopback."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import chain, repeat
from pathlib import Path
from typing import Any, Final

import pytest

pytest.importorskip("aiobotocore", reason="aiobotocore pins botocore: run `tox -e aiobotocore`")

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    WaiterError,
)

from pca_mock import PcaMock, mock_pca
from pca_mock.errors import ERRORS
from tests import support
from tests.processes import run

LIST: Final = "ListCertificateAuthorities"
CREATE: Final = "CreateCertificateAuthority"
ALWAYS = 99
SUCCESS: Any = (200, {"CertificateAuthorities": []})
MODES: Any = [
    {"mode": "legacy"},
    {"mode": "standard"},
    {"mode": "adaptive"},
    {"mode": "legacy", "total_max_attempts": 1},
    {"mode": "standard", "total_max_attempts": 1},
]
NETWORK: list[Callable[[], BotoCoreError]] = [
    lambda: EndpointConnectionError(endpoint_url="https://pca", error="refused"),
    lambda: ConnectTimeoutError(endpoint_url="https://pca", error="slow"),
    lambda: ReadTimeoutError(endpoint_url="https://pca", error="slow"),
    lambda: HTTPClientError(error="anything"),
]
session = get_session()  # one for all: each reads the service model again
each_mode = pytest.mark.parametrize("mode", MODES, ids=str)


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long aiobotocore would have slept in real time. Nobody does sleep."""
    result: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float, *_: Any) -> None:
        if seconds:
            result.append(seconds)
        await sleep(0)

    async def acquire(*_: Any, **__: Any) -> None:
        """The rate limiter of adaptive mode waits before it sends, which a mock never does."""

    monkeypatch.setattr(asyncio, "sleep", note)
    monkeypatch.setattr("aiobotocore.retries.bucket.AsyncTokenBucket.acquire", acquire)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return result


@pytest.fixture
def pca() -> Iterator[PcaMock]:
    """A mock with a frozen clock."""
    with mock_pca() as running:
        running.clock.freeze("2026-11-23T14:25:49Z")
        yield running


def new_client(retries: Any = None, **more: Any) -> Any:
    return session.create_client(
        "acm-pca",
        config=AioConfig(retries=retries or {"mode": "standard"}),
        aws_access_key_id="a",
        aws_secret_access_key="b",
        region_name="eu-west-1",
        **more,
    )


@asynccontextmanager
async def wire(answers: Iterator[Any]) -> AsyncIterator[str]:
    """A server that gives these answers, statuses with JSON bodies: its URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        assert length is not None
        await reader.readexactly(int(length[1]))
        status, body = next(answers)
        content = json.dumps(body).encode()
        writer.write(
            f"HTTP/1.1 {status} Planned\r\nContent-Type: application/x-amz-json-1.1\r\n"
            f"Content-Length: {len(content)}\r\nConnection: close\r\n\r\n".encode()
        )
        writer.write(content)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def call(client: Any) -> tuple[Any, list[Any]]:
    """(result for the caller, events of the handlers); the random numbers are always the same."""
    seen: list[Any] = []

    async def needs_retry(response: Any, attempts: int, caught_exception: Any, **_: Any) -> None:
        seen.append((response and response[1].get("Error"), attempts, type(caught_exception)))

    def after_call_error(exception: Exception, **_: Any) -> None:
        seen.append(str(exception))

    client.meta.events.register("needs-retry.acm-pca", needs_retry)
    client.meta.events.register("after-call-error.acm-pca", after_call_error)
    random.seed(20261123)
    return await outcome(client), list(seen)


async def outcome(client: Any) -> Any:
    try:
        response, text = await client.list_certificate_authorities(), ""
    except ClientError as error:
        response, text = error.response, f"{type(error).__name__}: {error}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    metadata = dict(response["ResponseMetadata"])
    del metadata["HTTPHeaders"]
    metadata.pop("RequestId", None)
    return text, {**response, "ResponseMetadata": metadata}


def total(slept: list[float]) -> timedelta:
    return sum((timedelta(seconds=seconds) for seconds in slept), timedelta())


async def create(client: Any, **request: Any) -> str:
    answer = await client.create_certificate_authority(
        CertificateAuthorityConfiguration=support.configuration(),
        CertificateAuthorityType="ROOT",
        **request,
    )
    return str(answer["CertificateAuthorityArn"])


async def issue(client: Any, arn: str) -> Any:
    """Make a root sign itself; return the parameters of GetCertificate."""
    csr = await client.get_certificate_authority_csr(CertificateAuthorityArn=arn)
    issued = await client.issue_certificate(
        CertificateAuthorityArn=arn,
        Csr=csr["Csr"],
        SigningAlgorithm="SHA256WITHECDSA",
        TemplateArn=support.template_arn("RootCACertificate"),
        Validity=support.TEN_YEARS,
    )
    return {"CertificateAuthorityArn": arn, "CertificateArn": issued["CertificateArn"]}


# As over the wire


@pytest.mark.parametrize("attempts", [1, ALWAYS])
@pytest.mark.parametrize("code", ["ThrottlingException", "InternalFailure", "InvalidArnException"])
@each_mode
async def test_an_error_ends_as_it_does_over_the_wire(
    mode: Any, code: str, attempts: int, slept: list[float]
) -> None:
    failure = ERRORS[code].status, {"__type": code, "message": "planned"}
    answers = chain(repeat(failure, attempts), repeat(SUCCESS))
    async with wire(answers) as url, new_client(mode, endpoint_url=url) as client:
        expected = await call(client)
    waited = total(slept)
    slept.clear()

    async with mock_pca() as pca, new_client(mode) as client:
        pca.clock.freeze()
        before = pca.clock.now()
        pca.fail(LIST, code, "planned", attempts=attempts)
        result = await call(client)

    assert result == expected
    assert (pca.clock.now() - before, slept) == (waited, [])


@pytest.mark.parametrize("attempts", [1, ALWAYS])
@pytest.mark.parametrize("error", NETWORK, ids=lambda error: type(error()).__name__)
@each_mode
async def test_a_failing_network_ends_as_it_does_in_aiobotocore(
    mode: Any, error: Callable[[], BotoCoreError], attempts: int, slept: list[float]
) -> None:
    failures: Iterator[Any] = chain(repeat(error, attempts), repeat(None))

    def send(**_: Any) -> None:
        if failure := next(failures):
            raise failure()

    async with wire(repeat(SUCCESS)) as url, new_client(mode, endpoint_url=url) as client:
        client.meta.events.register("before-send.acm-pca", send)
        expected = await call(client)
    waited = total(slept)
    slept.clear()

    async with mock_pca() as pca, new_client(mode) as client:
        pca.clock.freeze()
        before = pca.clock.now()
        pca.fail(LIST, error(), attempts=attempts)
        result = await call(client)

    assert result == expected
    assert (pca.clock.now() - before, slept) == (waited, [])


# Whole calls


@pytest.mark.parametrize(
    ("mode", "made"),
    [("legacy", 4), ("standard", 2), ("adaptive", 2)],
)
async def test_calls_fail_as_after_the_last_retry(
    mode: str, made: int, pca: PcaMock, slept: list[float]
) -> None:
    before = pca.clock.now()
    pca.fail(LIST, "ThrottlingException", times=2)

    async with new_client({"mode": mode}) as client:
        result = [await outcome(client) for _ in range(3)]

    metadata = [response["ResponseMetadata"] for _, response in result]
    assert [row["RetryAttempts"] for row in metadata] == [made, made, 0]
    assert [row.get("MaxAttemptsReached", False) for row in metadata] == [True, True, False]
    assert [call.retries for call in pca.calls] == [made, made, 0]
    assert [call.outcome for call in pca.calls] == ["ThrottlingException"] * 2 + ["success"]
    assert slept == []
    assert pca.clock.now() > before


async def test_errors_are_typed(pca: PcaMock) -> None:
    pca.fail(LIST, "LimitExceededException", "enough")

    async with new_client() as client:
        with pytest.raises(client.exceptions.LimitExceededException, match="enough"):
            await client.list_certificate_authorities()


async def test_nothing_of_a_call_that_fails_takes_effect(pca: PcaMock) -> None:
    pca.fail(CREATE, "ThrottlingException", times=1)

    async with new_client() as client:
        with pytest.raises(ClientError, match="Rate exceeded"):
            await create(client, IdempotencyToken="once")
        assert pca.authorities == []
        arn = await create(client, IdempotencyToken="once")
    assert [ca.arn for ca in pca.authorities] == [arn]


async def test_a_call_that_succeeds_at_last_takes_effect_once(pca: PcaMock) -> None:
    pca.fail(CREATE, "ThrottlingException", attempts=2)

    async with new_client() as client:
        arn = await create(client)

    assert [ca.arn for ca in pca.authorities] == [arn]
    assert [call.retries for call in pca.calls] == [2]


async def test_a_fault_ends_with_its_block_and_with_its_mock(pca: PcaMock) -> None:
    async with new_client() as client:
        with pca.fail(LIST, "AccessDeniedException"):
            assert "AccessDenied" in (await outcome(client))[0]
            async with mock_pca():
                assert (await outcome(client))[0] == ""
        assert (await outcome(client))[0] == ""


# At once


async def test_exactly_the_planned_number_of_concurrent_calls_is_struck(pca: PcaMock) -> None:
    pca.fail(LIST, "ThrottlingException", times=3)

    async with new_client() as client:
        result = await asyncio.gather(*(outcome(client) for _ in range(10)))

    retried = sorted(response["ResponseMetadata"]["RetryAttempts"] for _, response in result)
    assert retried == [0] * 7 + [2] * 3
    assert len(pca.calls) == 10


async def test_all_concurrent_calls_survive_failures_of_single_attempts(
    pca: PcaMock,
) -> None:
    pca.fail(LIST, "ThrottlingException", attempts=10)

    async with new_client() as client:
        result = await asyncio.gather(*(outcome(client) for _ in range(10)))

    assert [text for text, _ in result] == [""] * 10
    assert sum(response["ResponseMetadata"]["RetryAttempts"] for _, response in result) == 10


async def test_a_call_that_is_cancelled_between_attempts_ends_and_harms_no_other(
    pca: PcaMock,
) -> None:
    reached = asyncio.Event()

    async def wait_for_ever(**_: Any) -> None:
        reached.set()
        await asyncio.Event().wait()

    plan = pca.fail(LIST, "ThrottlingException", times=1)
    async with new_client() as client, new_client() as other:
        client.meta.events.register_first("needs-retry.acm-pca", wait_for_ever)
        task = asyncio.create_task(client.list_certificate_authorities())
        await reached.wait()
        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await outcome(other))[0] == ""
    assert plan.struck == 1


# The user's own handlers


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_handler_of_the_users_own_decides_on_retries_and_waiting(
    is_async: bool, pca: PcaMock, slept: list[float]
) -> None:
    def handle(attempts: int, **_: Any) -> float | None:
        return 3600 if attempts < 4 else None

    async def handle_later(attempts: int, **_: Any) -> float | None:
        return handle(attempts)

    before = pca.clock.now()
    pca.fail(LIST, "AccessDeniedException", attempts=3)
    async with new_client({"mode": "standard", "total_max_attempts": 1}) as client:
        event = "needs-retry.acm-pca"
        client.meta.events.register_first(event, handle_later if is_async else handle)
        answer = await client.list_certificate_authorities()

    assert answer["ResponseMetadata"]["RetryAttempts"] == 3
    assert pca.clock.now() - before == timedelta(hours=3)
    assert slept == []


@pytest.mark.parametrize("error", [HTTPClientError(error="x"), RuntimeError("x")], ids=repr)
async def test_a_handler_that_raises_ends_the_call(error: Exception, pca: PcaMock) -> None:
    async def give_up(attempts: int, **_: Any) -> None:
        if attempts == 2:
            raise error

    pca.fail(LIST, "ThrottlingException", attempts=ALWAYS)
    async with new_client() as client:
        client.meta.events.register_first("needs-retry.acm-pca", give_up)
        with pytest.raises(type(error)) as raised:
            await client.list_certificate_authorities()

    assert raised.value is error
    assert [(call.outcome, call.retries) for call in pca.calls] == [(type(error).__name__, 1)]


# Latency, later failures, and pending things


async def test_a_delay_only_moves_the_clock(pca: PcaMock, slept: list[float]) -> None:
    before = pca.clock.now()
    pca.delay(LIST, timedelta(minutes=5), times=2)

    async with new_client() as client:
        for _ in range(3):
            await client.list_certificate_authorities()

    assert pca.clock.now() - before == timedelta(minutes=10)
    assert slept == []


async def test_describe_reports_a_failed_creation(pca: PcaMock) -> None:
    pca.fail_later(CREATE, "REQUEST_TIMED_OUT")

    async with new_client() as client:
        answer = await client.describe_certificate_authority(
            CertificateAuthorityArn=await create(client)
        )

    ca = answer["CertificateAuthority"]
    assert (ca["Status"], ca["FailureReason"]) == ("FAILED", "REQUEST_TIMED_OUT")


async def test_waiters_wait_for_pending_certificates(pca: PcaMock, slept: list[float]) -> None:
    pca.hold(CREATE, 2)
    pca.hold("IssueCertificate", 3)

    async with new_client() as client:
        arn = await create(client)
        before = pca.clock.now()
        await client.get_waiter("certificate_authority_csr_created").wait(
            CertificateAuthorityArn=arn
        )
        assert pca.clock.now() - before == timedelta(seconds=6)
        name = await issue(client, arn)
        await client.get_waiter("certificate_issued").wait(WaiterConfig={"Delay": 7}, **name)
        assert pca.clock.now() - before == timedelta(seconds=27)
        assert slept == []
        assert (await client.get_certificate(**name))["Certificate"]


def test_waiters_of_an_aiobotocore_that_is_imported_later_wait_by_the_mocks_clock(
    tmp_path: Path,
) -> None:
    script = """
        import asyncio, sys
        from datetime import timedelta
        from pca_mock import mock_pca

        async def main():
            from aiobotocore.session import get_session
            async with get_session().create_client("acm-pca", region_name="eu-west-1") as client:
                answer = await client.create_certificate_authority(
                    CertificateAuthorityType="ROOT",
                    CertificateAuthorityConfiguration={
                        "KeyAlgorithm": "EC_prime256v1",
                        "SigningAlgorithm": "SHA256WITHECDSA",
                        "Subject": {"CommonName": "Root"},
                    },
                )
                await client.get_waiter("certificate_authority_csr_created").wait(
                    CertificateAuthorityArn=answer["CertificateAuthorityArn"],
                    WaiterConfig={"Delay": 86400},
                )

        with mock_pca(creation_delay=timedelta(days=1)) as pca:
            assert "aiobotocore" not in sys.modules
            asyncio.run(main())
        from aiobotocore.waiter import AIOWaiter
        assert not AIOWaiter.wait.__code__.co_filename.endswith("waiters.py")
        """

    run(script, tmp_path)


async def test_a_waiter_gives_up_on_a_certificate_that_failed(
    pca: PcaMock, slept: list[float]
) -> None:
    pca.fail_later("IssueCertificate")

    async with new_client() as client:
        name = await issue(client, await create(client))
        with pytest.raises(client.exceptions.RequestFailedException):
            await client.get_certificate(**name)
        with pytest.raises(WaiterError, match="RequestFailedException"):
            await client.get_waiter("certificate_issued").wait(**name)

    assert slept == []
