"""`mock_pca` and the handle of a running mock. Wires the floors below together."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

import boto3

from pca_mock import decoration
from pca_mock.adapters import environment, intercept
from pca_mock.service import dispatch
from pca_mock.service.context import Caller, Response
from pca_mock.service.model import partition_of
from pca_mock.state.store import State

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

_Target = TypeVar("_Target", bound=Callable[..., Any])
DEFAULT_ACCOUNT_ID: Final = "123456789012"
_ACCOUNT_ID: Final = re.compile("[0-9]{12}")


@dataclass(frozen=True, slots=True)
class _Options:
    account_id: str

    def __post_init__(self) -> None:
        if not _ACCOUNT_ID.fullmatch(str(self.account_id)):
            raise ValueError(f"an account id is a string of 12 digits, not {self.account_id!r}")


class PcaMock:
    """A running mock: what `with mock_pca() as pca:` and the fixture `pca` give.

    Attributes:
        account_id: the account in whose name calls are made: 12 digits.
    """

    def __init__(self, account_id: str) -> None:
        """Begin with no CA. Only `mock_pca` makes handles."""
        self.account_id = account_id
        self._state = State()

    def __repr__(self) -> str:
        return f"<PcaMock account_id={self.account_id}>"

    def client(self, **kwargs: Any) -> ACMPCAClient:
        """A boto3 client of `acm-pca`, as `boto3.client("acm-pca", **kwargs)` gives it.

        Args:
            kwargs: what `boto3.client` takes besides the service: `region_name`, `config` …
        """
        client: ACMPCAClient = boto3.client("acm-pca", **kwargs)
        return client

    def _answer(self, operation: str, params: Mapping[str, Any], region: str) -> Response:
        caller = Caller(self.account_id, region, partition_of(region))
        return dispatch.call(self._state, operation, params, caller)


class MockPca:
    """A mock that can be started: `with`, `async with`, `start()`/`stop()`, or a decorator.

    Each start makes an empty mock. Starting one that runs already only counts: it ends with the
    last stop. Of several mocks that run, the one that was started last answers, in all threads.
    """

    def __init__(self, options: _Options) -> None:
        """Only `mock_pca` makes these."""
        self._options = options
        self._lock = threading.RLock()
        self._running: PcaMock | None = None
        self._starts = 0
        self._stop_answering: Callable[[], None]

    def start(self) -> PcaMock:
        """Answer all `acm-pca` calls of this process from now on."""
        with self._lock:
            if self._running is None:
                self._running = self._begin()
            self._starts += 1
            return self._running

    def _begin(self) -> PcaMock:
        running = PcaMock(self._options.account_id)
        environment.fill()
        try:
            self._stop_answering = intercept.start(running._answer)
        except BaseException:
            environment.restore()
            raise
        return running

    def stop(self) -> None:
        """Undo one `start()`.

        Raises:
            RuntimeError: the mock isn't running.
        """
        with self._lock:
            if self._running is None:
                raise RuntimeError("this mock is not running")
            self._starts -= 1
            if self._starts == 0:
                self._stop_answering()
                self._running = None
                environment.restore()

    def __enter__(self) -> PcaMock:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> PcaMock:
        return self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __call__(self, target: _Target) -> _Target:
        """Decorate a function of any kind, a method or a test class.

        Each call of a function runs in a mock of its own. In a test class each test does, with
        its `setUp`, `setup_method`, `tearDown` and `teardown_method`; a class that has
        `setUpClass` or `setup_class` shares one mock from there to the end of the class.

        Raises:
            TypeError: the target is a pytest fixture; decorate the function inside instead.
        """
        return decoration.decorate(target, lambda: MockPca(self._options))


@overload
def mock_pca(target: _Target, /) -> _Target: ...
@overload
def mock_pca(*, account_id: str = ...) -> MockPca: ...
def mock_pca(
    target: Callable[..., Any] | None = None, /, *, account_id: str = DEFAULT_ACCOUNT_ID
) -> Any:
    """Mock AWS Private CA in this process: every `acm-pca` call of boto3 is answered here.

    Use it as `@mock_pca`, `@mock_pca(account_id=…)`, `with mock_pca() as pca:`,
    `async with mock_pca() as pca:`, or through its methods `start()` and `stop()`.
    Keys and certificates that it makes are for tests alone.

    Args:
        target: what a bare `@mock_pca` decorates.
        account_id: the account in whose name calls are made: 12 digits.

    Raises:
        ValueError: `account_id` isn't 12 digits.
    """
    mock = MockPca(_Options(account_id))
    return mock if target is None else mock(target)
