"""`mock_pca`: starting and stopping mocks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, overload

from pca_mock import callers, decoration
from pca_mock.adapters import environment, intercept
from pca_mock.handle import PcaMock
from pca_mock.state import running
from pca_mock.state.settings import DEFAULT_ACCOUNT_ID, Quotas, Settings

if TYPE_CHECKING:
    from typing_extensions import Unpack

intercept.answer_with(callers.begin_call)

_Target = TypeVar("_Target", bound=Callable[..., Any])


class Options(TypedDict, total=False):
    """The keyword arguments of `mock_pca`; see there."""

    account_id: str
    accounts: Mapping[str, str]
    organization_id: str
    creation_delay: timedelta
    issuance_delay: timedelta
    report_delay: timedelta
    crl_delay: timedelta
    ocsp_delay: timedelta
    s3_endpoint_url: str
    keys: Literal["pool", "fresh"]
    seed: int | str
    quotas: Mapping[str, int]


class PcaPatcher:
    """A mock that can be started: `with`, `async with`, `start()`/`stop()`, or a decorator.

    Each start makes an empty mock. Starting one that runs already only counts: it ends with the
    last stop. Of several mocks that run, the one that was started last answers, in all threads.
    """

    def __init__(self, settings: Settings) -> None:
        """Only `mock_pca` makes these."""
        self._settings = settings
        self._lock = threading.RLock()
        self._running: PcaMock | None = None
        self._starts = 0

    def start(self) -> PcaMock:
        """Answer all `acm-pca` calls of this process from now on."""
        with self._lock:
            if self._running is None:
                self._running = self._begin()
            self._starts += 1
            return self._running

    def _begin(self) -> PcaMock:
        pca = PcaMock(self._settings)
        intercept.register()
        running.begin(pca._state)
        try:
            environment.adjust()
        except BaseException:
            running.end(pca._state)
            raise
        return pca

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
                state, self._running = self._running._state, None
                running.end(state)
                environment.adjust()
                state.keys.release()

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
        return decoration.decorate(target, lambda: PcaPatcher(self._settings))


@overload
def mock_pca(target: _Target, /) -> _Target: ...
@overload
def mock_pca(**options: Unpack[Options]) -> PcaPatcher: ...
def mock_pca(
    target: Callable[..., Any] | None = None,
    /,
    *,
    account_id: str = DEFAULT_ACCOUNT_ID,
    accounts: Mapping[str, str] | None = None,
    organization_id: str | None = None,
    creation_delay: timedelta = timedelta(),
    issuance_delay: timedelta = timedelta(),
    report_delay: timedelta = timedelta(),
    crl_delay: timedelta = timedelta(),
    ocsp_delay: timedelta = timedelta(),
    s3_endpoint_url: str | None = None,
    keys: Literal["pool", "fresh"] = "pool",
    seed: int | str | None = None,
    quotas: Mapping[str, int] | None = None,
) -> Any:
    """Mock AWS Private CA in this process: every `acm-pca` call of boto3 is answered here.

    Use it as `@mock_pca`, `@mock_pca(account_id=…)`, `with mock_pca() as pca:`,
    `async with mock_pca() as pca:`, or through its methods `start()` and `stop()`.
    Keys and certificates that it makes are for tests alone.

    Args:
        target: what a bare `@mock_pca` decorates.
        account_id: the account in whose name calls are made: 12 digits.
        accounts: further accounts, by the access keys whose calls are theirs. Keys that moto's
            IAM or STS made belong to the account in which it made them.
        organization_id: of the organization that all accounts are in, such as "o-a1b2c3d4e5";
            resource policies can name it.
        creation_delay: how long a new CA is in CREATING.
        issuance_delay: how long GetCertificate answers RequestInProgressException.
        report_delay: how long a new audit report is in CREATING.
        crl_delay: how long after a revocation the CRL says so.
        ocsp_delay: how long after a revocation OCSP says so.
        s3_endpoint_url: where CRLs and audit reports go; by default into moto's S3 while
            `mock_aws` is active, else into memory. See `PcaMock.buckets`.
        keys: "pool" uses the keys of mocks that have ended again, as making RSA keys takes long; at
            any time no two CAs have the same one. "fresh" makes a new key for each CA.
        seed: what ids, serials and keys are made from, so that they repeat where the same calls
            come in the same order: what is to be compared with a stored copy needs it, and a frozen
            clock. RSA keys cannot be made so, nor can RSA-PSS and ML-DSA signatures repeat.
        quotas: other numbers than AWS's, by the names in `pca_mock.state.settings.Quotas`.

    Raises:
        ValueError: an account id isn't 12 digits, a quota is unknown or negative, a delay isn't a
            timedelta or is negative, or `keys` has another value.
    """
    settings = Settings(
        account_id=account_id,
        accounts=dict(accounts or {}),
        organization_id=organization_id,
        creation_delay=creation_delay,
        issuance_delay=issuance_delay,
        report_delay=report_delay,
        crl_delay=crl_delay,
        ocsp_delay=ocsp_delay,
        s3_endpoint_url=s3_endpoint_url,
        keys=keys,
        seed=seed,
        quotas=Quotas.adjusted(quotas or {}),
    )
    mock = PcaPatcher(settings)
    return mock if target is None else mock(target)
