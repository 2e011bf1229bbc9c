"""`mock_pca` itself: start and stop, with, decorators of every kind."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

import pytest

from pca_mock import PcaMock, mock_pca
from pca_mock.adapters import waiters
from tests import support
from tests.nowhere import cas, client, is_mocked

# with, async with, start and stop


def test_with_gives_the_handle_and_ends_the_mock() -> None:
    with mock_pca() as pca:
        assert isinstance(pca, PcaMock)
        assert is_mocked()
    assert not is_mocked()


async def test_async_with_gives_the_handle_and_ends_the_mock() -> None:
    async with mock_pca() as pca:
        assert isinstance(pca, PcaMock)
        assert is_mocked()
    assert not is_mocked()


def test_start_and_stop_do_the_same() -> None:
    mock = mock_pca()

    assert isinstance(mock.start(), PcaMock)
    assert is_mocked()
    mock.stop()
    assert not is_mocked()


def test_a_mock_ends_when_its_block_raises() -> None:
    with pytest.raises(ZeroDivisionError), mock_pca():
        _ = 1 / 0

    assert not is_mocked()


def test_a_mock_can_be_used_again_and_is_empty_then() -> None:
    mock = mock_pca()
    with mock:
        support.pending(client)
    with mock:
        assert cas() == 0


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_an_error_at_the_start_or_end_leaves_no_mock_running(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        monkeypatch.undo()
        raise error

    monkeypatch.setattr(waiters, "adjust", fail)
    with pytest.raises(error):
        mock_pca().start()
    assert not is_mocked()

    mock = mock_pca()
    monkeypatch.setattr(type(mock.start()._state.buckets), "send", fail)
    with pytest.raises(error):
        mock.stop()
    assert not is_mocked()


def test_a_mock_that_runs_keeps_its_state_until_its_last_stop() -> None:
    mock = mock_pca()
    outer = mock.start()
    support.pending(client)

    assert mock.start() is outer
    assert cas() == 1
    mock.stop()
    assert cas() == 1
    mock.stop()
    assert not is_mocked()


def test_stopping_a_mock_that_does_not_run_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        mock_pca().stop()


def test_a_start_that_fails_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    mock = mock_pca()
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "mine")

    with pytest.raises(ValueError, match="MOTO_ACCOUNT_ID"):
        mock.start()
    monkeypatch.undo()
    with mock as pca:
        support.pending(client)
        assert len(pca.authorities) == 1


@pytest.mark.parametrize("account_id", ["", "12345678901", "1234567890123", "12345678901a"])
def test_an_account_id_has_twelve_digits(account_id: Any) -> None:
    with pytest.raises(ValueError, match="12 digits"):
        mock_pca(account_id=account_id)


def test_the_account_can_be_set() -> None:
    with mock_pca(account_id="210987654321") as pca:
        assert pca.account_id == "210987654321"
        assert ":210987654321:" in support.pending(client).arn
        assert repr(pca).startswith("<PcaMock account_id=210987654321")


def test_the_client_of_the_handle_takes_the_arguments_of_boto3(pca: PcaMock) -> None:
    assert pca.client(region_name="sa-east-1").meta.region_name == "sa-east-1"


# Functions


@mock_pca
def bare(first: int, *, second: int = 2) -> tuple[int, int, int]:
    """What it says."""
    support.pending(client)
    return first, second, cas()


def test_a_decorated_function_runs_in_a_mock_of_its_own_each_time() -> None:
    assert bare(1) == (1, 2, 1)
    assert bare(1, second=3) == (1, 3, 1)
    assert not is_mocked()


def test_a_decorated_function_keeps_its_signature_and_documentation() -> None:
    assert (
        str(inspect.signature(bare))
        == "(first: 'int', *, second: 'int' = 2) -> 'tuple[int, int, int]'"
    )
    assert (bare.__name__, bare.__doc__) == ("bare", "What it says.")


@mock_pca(account_id="210987654321")
def test_a_decorator_with_options_applies_them(tmp_path: Any) -> None:
    assert tmp_path.exists()
    assert ":210987654321:" in support.pending(client).arn


def test_a_decorated_function_may_call_itself() -> None:
    @mock_pca
    def nested(depth: int) -> list[int]:
        support.pending(client)
        return [*(nested(depth - 1) if depth else []), cas()]

    assert nested(2) == [1, 1, 1]


def test_a_decorated_function_ends_its_mock_when_it_raises() -> None:
    @mock_pca
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not is_mocked()


@mock_pca
@pytest.mark.parametrize("number", [1, 2])
def test_marks_and_fixtures_work_below_the_decorator(number: int, tmp_path: Any) -> None:
    assert number in (1, 2)
    assert tmp_path.exists()
    assert cas() == 0


@pytest.mark.parametrize("number", [1, 2])
@mock_pca()
def test_marks_and_fixtures_work_above_the_decorator(number: int, tmp_path: Any) -> None:
    assert number in (1, 2)
    assert cas() == 0


# Coroutine functions and generators


@mock_pca
async def test_a_coroutine_function_runs_in_the_mock() -> None:
    await asyncio.sleep(0)
    assert cas() == 0


def test_a_decorated_coroutine_function_still_is_one() -> None:
    assert inspect.iscoroutinefunction(test_a_coroutine_function_runs_in_the_mock)


def test_a_coroutine_has_its_mock_only_while_it_runs() -> None:
    @mock_pca
    async def coroutine() -> bool:
        return is_mocked()

    pending = coroutine()
    assert not is_mocked()
    assert asyncio.run(pending)
    assert not is_mocked()


@pytest.fixture
@mock_pca
def ca_of_a_fixture() -> Iterator[support.Ca]:
    yield support.root(client)
    assert cas() == 1


def test_a_generator_fixture_has_its_mock_around_the_test(
    ca_of_a_fixture: support.Ca,
) -> None:
    assert ca_of_a_fixture.status == "ACTIVE"


@pytest.fixture
@mock_pca(account_id="210987654321")
async def arn_of_an_async_fixture() -> AsyncIterator[str]:
    yield support.pending(client).arn
    assert cas() == 1


async def test_an_async_generator_fixture_has_its_mock_around_the_test(
    arn_of_an_async_fixture: str,
) -> None:
    assert ":210987654321:" in arn_of_an_async_fixture
    assert cas() == 1


def test_a_generator_receives_values_and_exceptions_and_can_return() -> None:
    @mock_pca
    def generator() -> Any:
        try:
            received = yield "first"
        except KeyError:
            received = "thrown"
        return received, cas()

    acts: list[tuple[Any, str]] = [
        (lambda running: running.send("sent"), "sent"),
        (lambda running: running.throw(KeyError), "thrown"),
    ]
    for act, expected in acts:
        running = generator()
        assert next(running) == "first"
        with pytest.raises(StopIteration) as stopped:
            act(running)
        assert stopped.value.value == (expected, 0)
    assert not is_mocked()


async def test_an_async_generator_receives_values_and_exceptions() -> None:
    @mock_pca
    async def generator() -> Any:
        received = yield "first"
        try:
            yield received
        except KeyError:
            yield "thrown", cas()

    running = generator()
    assert await running.__anext__() == "first"
    assert await running.asend("sent") == "sent"
    assert await running.athrow(KeyError) == ("thrown", 0)
    with pytest.raises(StopAsyncIteration):
        await running.__anext__()
    assert not is_mocked()


async def test_closing_an_async_generator_closes_the_one_inside() -> None:
    closed = []

    @mock_pca
    async def generator() -> Any:
        try:
            yield
        finally:
            closed.append(is_mocked())

    running = generator()
    await running.__anext__()
    await running.aclose()

    assert closed == [True]
    assert not is_mocked()


def test_context_managers_made_of_decorated_generators_work() -> None:
    @contextmanager
    @mock_pca
    def context() -> Iterator[int]:
        yield cas()

    with context() as count:
        assert count == 0
        assert is_mocked()
    assert not is_mocked()


async def test_async_context_managers_see_the_exception_of_their_block() -> None:
    seen = []

    @asynccontextmanager
    @mock_pca
    async def context() -> AsyncIterator[None]:
        try:
            yield
        except KeyError as error:
            seen.append(error)

    async with context():
        raise KeyError
    assert len(seen) == 1


def test_a_fixture_itself_cannot_be_decorated() -> None:
    @pytest.fixture
    def fixture() -> None: ...

    with pytest.raises(TypeError, match=r"below @pytest\.fixture"):
        mock_pca(fixture)


# Methods


class WithMethods:
    @mock_pca
    def method(self) -> tuple[Any, int]:
        return self, cas()

    @mock_pca
    @classmethod
    def class_method(cls) -> tuple[Any, int]:
        return cls, cas()

    @mock_pca
    @staticmethod
    def static_method() -> int:
        return cas()


def test_methods_of_every_kind_can_be_decorated() -> None:
    it = WithMethods()

    assert it.method() == (it, 0)
    assert it.class_method() == (WithMethods, 0)
    assert it.static_method() == 0


# Options


@pytest.mark.parametrize(
    ("quotas", "text"),
    [({"certificate": 1}, "no quota 'certificate'"), ({"certificates": -1}, "from 0 up")],
)
def test_a_quota_must_exist_and_not_be_negative(quotas: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        mock_pca(quotas=quotas)


def test_options_apply_in_decorators_too() -> None:
    @mock_pca(quotas={"certificate_authorities": 0})
    def create() -> None:
        support.pending(client)

    with pytest.raises(client.exceptions.LimitExceededException):
        create()


def test_an_issuance_delay_exercises_code_that_waits() -> None:
    with mock_pca(issuance_delay=timedelta(seconds=2.5)) as pca:
        pca.clock.freeze("2026-11-23T00:00:00Z")
        before = pca.clock.now()
        ca = support.pending(client)
        arn = ca.issue(ca.csr(), "RootCACertificate")
        name: Any = {"CertificateAuthorityArn": ca.arn, "CertificateArn": arn}
        with pytest.raises(client.exceptions.RequestInProgressException):
            client.get_certificate(**name)

        client.get_waiter("certificate_issued").wait(**name)

        assert pca.clock.now() - before == timedelta(seconds=3)
        assert client.get_certificate(**name)["Certificate"]


def test_a_creation_delay_exercises_code_that_waits() -> None:
    with mock_pca(creation_delay=timedelta(seconds=4)) as pca:
        pca.clock.freeze("2026-11-23T00:00:00Z")
        before = pca.clock.now()
        ca = support.pending(client)
        assert ca.status == "CREATING"

        client.get_waiter("certificate_authority_csr_created").wait(CertificateAuthorityArn=ca.arn)

        assert pca.clock.now() - before == timedelta(seconds=6)
        assert ca.status == "PENDING_CERTIFICATE"
        assert ca.describe()["LastStateChangeAt"] - ca.describe()["CreatedAt"] == timedelta(
            seconds=4
        )


def test_a_delay_is_not_negative() -> None:
    with pytest.raises(ValueError, match="creation_delay is not negative, as -1 day"):
        mock_pca(creation_delay=-timedelta(seconds=1))
