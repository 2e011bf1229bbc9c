"""Planned faults, compared with real botocore and a server on loopback that answers the same."""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from types import SimpleNamespace
from typing import Any, Final

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from pca_mock import PcaMock, mock_pca
from pca_mock.adapters import retries
from pca_mock.adapters.retries import Outcome
from pca_mock.errors import ERRORS, ThrottlingException
from tests import support

LIST: Final = "ListCertificateAuthorities"
KEYS: Any = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
SUCCESS: Any = (200, {"CertificateAuthorities": []})
AT_ONCE = {"HTTPStatusCode": 200, "RetryAttempts": 0}
ALWAYS = 99
NOON = "2027-03-01T12:00:00Z"
QUOTA = "You have reached the maximum number of certificate authorities (0) for this account."
MODES: Any = [
    {"mode": "legacy"},
    {"mode": "standard"},
    {"mode": "adaptive"},
    {"mode": "legacy", "total_max_attempts": 1},
    {"mode": "standard", "total_max_attempts": 1},
    {"mode": "legacy", "max_attempts": 1},
    {"mode": "standard", "total_max_attempts": 2},
]
# Throttled, only in some modes or versions so, transient, modelled and not retryable, neither.
CODES = [
    "ThrottlingException",
    "LimitExceededException",
    "InternalFailure",
    "ServiceUnavailable",
    "RequestTimeoutException",
    "InvalidStateException",
    "AccessDeniedException",
]
NETWORK: list[Callable[[], BotoCoreError]] = [
    lambda: EndpointConnectionError(endpoint_url="https://pca", error="refused"),
    lambda: ConnectTimeoutError(endpoint_url="https://pca", error="slow"),
    lambda: ReadTimeoutError(endpoint_url="https://pca", error="slow"),
    lambda: ConnectionClosedError(endpoint_url="https://pca"),
    lambda: ProxyConnectionError(proxy_url="https://proxy"),
    lambda: SSLError(endpoint_url="https://pca", error="expired"),
    lambda: HTTPClientError(error="anything"),
    lambda: NoCredentialsError(),
]


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long botocore would have slept in real time. Nobody does sleep."""
    result: list[float] = []
    monkeypatch.setattr(time, "sleep", result.append)
    # The rate limiter of adaptive mode waits before it sends, which a mock never does.
    monkeypatch.setattr("botocore.retries.bucket.TokenBucket.acquire", lambda *_, **__: True)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return result


class FakeWire:
    """A server with planned answers.

    Attributes:
        answers: its answers in order: statuses with JSON bodies.
        requests: how many there were.
    """

    def __init__(self) -> None:
        self.answers: Iterator[Any] = repeat(SUCCESS)
        self.requests = 0
        self.url = ""

    def fail(self, code: str, times: int = ALWAYS) -> None:
        failure = ERRORS[code].status, {"__type": code, "message": "planned"}
        self.answers = chain(repeat(failure, times), repeat(SUCCESS))

    def client(self, **config: Any) -> Any:
        return boto3.client("acm-pca", endpoint_url=self.url, config=Config(**config), **KEYS)


@pytest.fixture(scope="module")
def server() -> Iterator[FakeWire]:
    wire = FakeWire()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            wire.requests += 1
            status, body = next(wire.answers)
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("x-amzn-RequestId", f"request-{wire.requests}")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        wire.url = f"http://127.0.0.1:{listening.server_port}"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield wire
        listening.shutdown()
        thread.join()


@pytest.fixture
def wire(server: FakeWire) -> FakeWire:
    server.answers, server.requests = repeat(SUCCESS), 0
    return server


def watch(client: Any) -> list[Any]:
    """The events of attempts, and of the end of a call, that the client's handlers receive."""
    seen: list[Any] = []

    def needs_retry(response: Any, attempts: int, caught_exception: Any, **rest: Any) -> None:
        answered = response and (response[0].status_code, response[1].get("Error"))
        number = rest["request_dict"]["context"]["retries"]["attempt"]
        seen.append((answered, attempts, number, type(caught_exception), rest["operation"].name))

    def after_call(http_response: Any, parsed: Any, model: Any, **_: Any) -> None:
        seen.append((http_response.status_code, parsed.get("Error"), model.name))

    def after_call_error(exception: Exception, context: Any, **_: Any) -> None:
        seen.append((str(exception), context["retries"]["attempt"]))

    for event, handler in (
        ("needs-retry.acm-pca", needs_retry),
        ("after-call.acm-pca", after_call),
        ("after-call-error.acm-pca", after_call_error),
    ):
        client.meta.events.register(event, handler)
    return seen


def outcome(client: Any) -> Any:
    """The result of a call for its caller, without values that differ from call to call."""
    try:
        response = client.list_certificate_authorities()
        text = ""
    except ClientError as error:
        response, text = error.response, f"{type(error).__name__}: {error}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    metadata = dict(response["ResponseMetadata"])
    del metadata["RequestId"], metadata["HTTPHeaders"]
    return text, {**response, "ResponseMetadata": metadata}


def call(client: Any) -> tuple[Any, list[Any]]:
    """(outcome, events of the handlers); both botocores draw the same random numbers."""
    seen = watch(client)
    random.seed(20261123)
    return outcome(client), list(seen)


@contextmanager
def standing_clock() -> Iterator[PcaMock]:
    with mock_pca() as pca:
        pca.clock.freeze()
        yield pca


def total(slept: list[float]) -> timedelta:
    return sum((timedelta(seconds=seconds) for seconds in slept), timedelta())


@pytest.mark.parametrize("attempts", [1, ALWAYS])
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("mode", MODES, ids=str)
def test_an_error_ends_as_it_does_over_the_wire(
    mode: Any, code: str, attempts: int, wire: FakeWire, slept: list[float]
) -> None:
    wire.fail(code, attempts)
    client = wire.client(retries=mode)
    expected = call(client)
    client.close()
    waited = total(slept)
    slept.clear()

    with standing_clock() as pca:
        before = pca.clock.now()
        plan = pca.fail(LIST, code, "planned", attempts=attempts)
        result = call(wire.client(retries=mode))

    assert result == expected
    assert plan.struck == min(attempts, wire.requests)
    assert pca.clock.now() - before == waited
    assert slept == []


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_a_call_that_fails_with_all_its_attempts_does_so_as_over_the_wire(
    mode: Any, wire: FakeWire, slept: list[float]
) -> None:
    wire.fail("ThrottlingException")
    client = wire.client(retries=mode)
    expected = call(client)
    client.close()
    waited = total(slept)
    slept.clear()

    with standing_clock() as pca:
        before = pca.clock.now()
        plan = pca.fail(LIST, "ThrottlingException", "planned", times=1)
        client = wire.client(retries=mode)
        result = call(client)
        later = outcome(client)

    assert result == expected
    assert later == ("", {**SUCCESS[1], "ResponseMetadata": AT_ONCE})
    assert plan.struck == 1
    assert (pca.clock.now() - before, slept) == (waited, [])


@pytest.mark.parametrize("attempts", [1, ALWAYS])
@pytest.mark.parametrize("error", NETWORK, ids=lambda error: type(error()).__name__)
@pytest.mark.parametrize("mode", MODES[:5], ids=str)
def test_a_failing_network_ends_as_it_does_in_botocore(
    mode: Any, error: Callable[[], BotoCoreError], attempts: int, wire: FakeWire, slept: list[float]
) -> None:
    failures: Iterator[Any] = chain(repeat(error, attempts), repeat(None))

    def send(**_: Any) -> None:
        if failure := next(failures):
            raise failure()

    client = wire.client(retries=mode)
    client.meta.events.register("before-send.acm-pca", send)
    expected = call(client)
    client.close()
    waited = total(slept)
    slept.clear()

    with standing_clock() as pca:
        before = pca.clock.now()
        pca.fail(LIST, error(), attempts=attempts)
        result = call(wire.client(retries=mode))

    assert result == expected
    assert (pca.clock.now() - before, slept) == (waited, [])


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_errors_that_nobody_planned_end_as_planned_ones(mode: Any, slept: list[float]) -> None:
    result = []
    for is_planned in (True, False):
        quotas = {} if is_planned else {"certificate_authorities": 0}
        with mock_pca(quotas=quotas) as pca, pca.clock.freeze(NOON):
            client = pca.client(config=Config(retries=mode))
            seen = watch(client)
            if is_planned:
                pca.fail("CreateCertificateAuthority", "LimitExceededException", QUOTA)
            random.seed(20261123)
            with pytest.raises(ClientError) as caught:
                support.pending(client)
            metadata = caught.value.response["ResponseMetadata"]
            kept = {name: metadata.get(name) for name in ("RetryAttempts", "MaxAttemptsReached")}
            result.append((seen, kept, str(caught.value), pca.clock.now(), pca.calls[-1].retries))

    assert result[0] == result[1]
    assert slept == []


def test_the_users_own_handlers_can_retry_a_request_in_progress(pca: PcaMock) -> None:
    pca.hold("CreateCertificateAuthority", 2)
    client = pca.client()
    ca = support.pending(client)
    before = pca.clock.now()

    def needs_retry(response: Any, **_: Any) -> int | None:
        error = response[1].get("Error", {})
        return 30 if error.get("Code") == "RequestInProgressException" else None

    client.meta.events.register_first("needs-retry.acm-pca.GetCertificateAuthorityCsr", needs_retry)

    assert ca.csr()
    assert pca.calls[-1].retries == 2
    assert pca.clock.now() - before >= timedelta(seconds=60)


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_a_refused_connection_can_be_planned_word_for_word(mode: Any, slept: list[float]) -> None:
    nowhere = "http://127.0.0.1:9"  # nothing listens there
    config = Config(retries=mode)
    expected = call(boto3.client("acm-pca", endpoint_url=nowhere, config=config, **KEYS))

    with standing_clock() as pca:
        pca.fail(LIST, EndpointConnectionError(endpoint_url=f"{nowhere}/"), times=1)
        result = call(boto3.client("acm-pca", config=config, **KEYS))

    assert result == expected
    assert result[0].startswith("EndpointConnectionError: Could not connect to the endpoint URL")


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalFailure"])
def test_the_quota_of_retries_is_used_up_and_given_back_as_over_the_wire(
    code: str, wire: FakeWire
) -> None:
    def story(client: Any, fail: Callable[[], None], succeed: Callable[[], None]) -> list[Any]:
        random.seed(20261123)
        calls = []
        for number, act in ((110, fail), (30, succeed), (10, fail)):
            act()
            calls += [outcome(client) for _ in range(number)]
        return calls

    client = wire.client(retries={"mode": "standard"})
    expected = story(
        client, lambda: wire.fail(code, 10_000), lambda: setattr(wire, "answers", repeat(SUCCESS))
    )
    client.close()
    with mock_pca() as pca:
        result = story(
            wire.client(retries={"mode": "standard"}),
            lambda: setattr(pca, "plan", pca.fail(LIST, code, "planned")),
            lambda: pca.plan.cancel(),  # type: ignore[attr-defined]
        )

    assert result == expected
    metadata = [response["ResponseMetadata"] for _, response in result]
    assert {row["RetryAttempts"] for row in metadata} >= {0, 2}
    assert any(row.get("RetryQuotaReached") for row in metadata)


# The user's own handlers


@pytest.mark.parametrize("seconds", [0, 0.25, 3600])
def test_a_handler_of_the_users_own_decides_on_retries_and_waiting(
    seconds: float, slept: list[float]
) -> None:
    with standing_clock() as pca:
        client = pca.client(config=Config(retries={"mode": "standard", "total_max_attempts": 1}))
        before = pca.clock.now()
        client.meta.events.register_first("needs-retry.acm-pca", lambda attempts, **_: (
            seconds if attempts < 4 else None
        ))  # fmt: skip
        pca.fail(LIST, "AccessDeniedException", attempts=3)

        answer = client.list_certificate_authorities()

    assert answer["ResponseMetadata"]["RetryAttempts"] == 3
    assert pca.clock.now() - before == timedelta(seconds=3 * seconds)
    assert slept == []


def test_a_handler_of_the_users_own_can_end_the_retries() -> None:
    with standing_clock() as pca:
        client = pca.client(config=Config(retries={"mode": "standard"}))
        client.meta.events.register_first("needs-retry.acm-pca", lambda **_: False)
        pca.fail(LIST, "ThrottlingException", attempts=1)

        with pytest.raises(ClientError) as refused:
            client.list_certificate_authorities()

    assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0


@pytest.mark.parametrize("mode", MODES[:3], ids=str)
@pytest.mark.parametrize(
    "error", [HTTPClientError(error="of a handler"), RuntimeError("of a handler")], ids=repr
)
@pytest.mark.parametrize("attempt", [1, 2])
def test_a_handler_that_raises_ends_the_call_as_in_botocore(
    attempt: int, error: Exception, mode: Any, wire: FakeWire
) -> None:
    def give_up(attempts: int, **_: Any) -> None:
        if attempts == attempt:
            raise error

    def story() -> tuple[Any, list[Any]]:
        client = wire.client(retries=mode)
        client.meta.events.register_first("needs-retry.acm-pca", give_up)
        try:
            return call(client)
        finally:
            client.close()

    wire.fail("ThrottlingException")
    expected = story()
    with standing_clock() as pca:
        pca.fail(LIST, "ThrottlingException", "planned", attempts=ALWAYS)
        result = story()
        (logged,) = pca.calls

    assert result == expected
    assert result[0] == f"{type(error).__name__}: {error}"
    assert (logged.outcome, logged.message) == (type(error).__name__, str(error))
    assert logged.retries == attempt - 1


# Retries are for planned faults


@pytest.mark.parametrize(("mode", "retried"), [("legacy", 1), ("standard", 2)])
def test_refusals_after_a_planned_fault_are_offered_to_the_handlers(
    mode: str, retried: int
) -> None:
    # Only standard mode makes another attempt after a LimitExceededException.
    with mock_pca(quotas={"certificate_authorities": 0}) as pca:
        client = pca.client(config=Config(retries={"mode": mode, "total_max_attempts": 3}))
        pca.fail("CreateCertificateAuthority", "ThrottlingException", attempts=1)

        with pytest.raises(client.exceptions.LimitExceededException) as refused:
            support.pending(client)

    assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == retried


def test_a_delayed_call_is_not_offered_to_the_handlers() -> None:
    with mock_pca() as pca:
        client = pca.client()
        seen = watch(client)
        pca.delay(LIST, timedelta(seconds=1))

        client.list_certificate_authorities()

    assert len(seen) == 1


# Step by step, with an emitter that is to be awaited


class Attempts:
    """A call whose attempts have given outcomes."""

    request_id = "request"
    attempt: Any = None  # they have been made

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.waited: list[float] = []
        self.ended: list[tuple[Exception | None, int]] = []

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)

    def end(self, error: Exception | None, retries: int) -> None:
        self.ended.append((error, retries))

    def steps(self, handle: Callable[..., Any], *, awaited: bool) -> Any:
        """Go through the steps with one handler of all events."""
        request: dict[str, Any] = {"context": {}}

        async def later(event: str, **told: Any) -> list[Any]:
            return [(handle, handle(event, **told))]

        def emit(event: str, **told: Any) -> Any:
            return later(event, **told) if awaited else [(handle, handle(event, **told))]

        def attempt() -> Outcome:
            return self.outcomes.pop(0)

        model = SimpleNamespace(name=LIST)
        return retries.drive(
            retries.steps(self, model, request, emit=emit, attempt=attempt, outcome=attempt())
        )


def answered(code: str | None = None) -> Any:
    http: Any = SimpleNamespace(status_code=400 if code else 200)
    parsed: dict[str, Any] = {"ResponseMetadata": {"RetryAttempts": 0}}
    if code:
        parsed["Error"] = {"Code": code}
    return http, parsed


async def test_with_an_asynchronous_client_the_steps_are_awaited() -> None:
    error, events = ThrottlingException(), []
    attempts = Attempts(
        (answered("ThrottlingException"), error), (None, NETWORK[0]()), (answered(), None)
    )

    def handle(event: str, *, attempts: int, caught_exception: Any, **_: Any) -> float | None:
        events.append((event, attempts, type(caught_exception)))
        return 1.5 if attempts < 3 else None

    http, parsed = await attempts.steps(handle, awaited=True)

    assert (http.status_code, parsed["ResponseMetadata"]["RetryAttempts"]) == (200, 2)
    assert events == [
        (f"needs-retry.acm-pca.{LIST}", 1, type(None)),
        (f"needs-retry.acm-pca.{LIST}", 2, EndpointConnectionError),
        (f"needs-retry.acm-pca.{LIST}", 3, type(None)),
    ]
    assert (attempts.waited, attempts.ended) == ([1.5, 1.5], [(None, 2)])


async def test_other_tasks_take_their_turn_between_attempts() -> None:
    turns: list[str] = []
    failure = answered("ThrottlingException"), ThrottlingException()

    async def act(name: str) -> None:
        def handle(event: str, *, attempts: int, **_: Any) -> int | None:
            turns.append(f"{name}{attempts}")
            return 60 if attempts < 3 else None

        await Attempts(failure, failure, (answered(), None)).steps(handle, awaited=True)

    await asyncio.gather(act("a"), act("b"))

    assert turns == ["a1", "b1", "a2", "b2", "a3", "b3"]


def test_event_loops_other_than_asyncio_get_nothing_specific_to_asyncio() -> None:
    attempts = Attempts(
        (answered("ThrottlingException"), ThrottlingException()), (answered(), None)
    )

    def handle(event: str, *, attempts: int, **_: Any) -> int | None:
        return 60 if attempts < 2 else None

    with pytest.raises(StopIteration) as stopped:
        attempts.steps(handle, awaited=True).send(None)

    assert stopped.value.value[1]["ResponseMetadata"]["RetryAttempts"] == 1


@pytest.mark.parametrize("awaited", [False, True])
@pytest.mark.parametrize("raises", [False, True])
async def test_a_network_error_is_raised_after_its_event(awaited: bool, raises: bool) -> None:
    # Legacy mode raises the error itself; the others report that there is no retry.
    error, events = NETWORK[0](), []
    attempts = Attempts((None, error))

    def handle(event: str, **told: Any) -> None:
        events.append((event, told.get("exception")))
        if raises and event.startswith("needs-retry"):
            raise told["caught_exception"]

    async def act() -> Any:
        result = attempts.steps(handle, awaited=awaited)
        return await result

    with pytest.raises(EndpointConnectionError) as raised:
        await act()

    assert raised.value is error
    assert events == [
        (f"needs-retry.acm-pca.{LIST}", None),
        (f"after-call-error.acm-pca.{LIST}", error),
    ]
    assert attempts.ended == [(error, 0)]


def test_with_a_synchronous_client_the_steps_are_taken_at_once() -> None:
    attempts = Attempts((answered("ThrottlingException"), ThrottlingException()))

    _, parsed = attempts.steps(lambda *_, **__: None, awaited=False)

    assert parsed == {
        "Error": {"Code": "ThrottlingException"},
        "ResponseMetadata": {"RetryAttempts": 0},
    }
    assert [retried for _, retried in attempts.ended] == [0]
