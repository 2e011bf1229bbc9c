"""`mock_pca` and the handle of a running mock. Wires the floors below together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, overload

import boto3

from pca_mock import decoration
from pca_mock.adapters import accounts, environment, intercept, responder
from pca_mock.adapters.buckets import Buckets
from pca_mock.service import crls, dispatch, revocation
from pca_mock.service.context import Caller, Response
from pca_mock.service.model import partition_of
from pca_mock.state.keys import SOURCES
from pca_mock.state.settings import DEFAULT_ACCOUNT_ID, Quotas, Settings, check_account_id
from pca_mock.state.store import State

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient
    from typing_extensions import Unpack

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
    quotas: Mapping[str, int]


class PcaMock:
    """A running mock: what `with mock_pca() as pca:` and the fixture `pca` give.

    Attributes:
        account_id: the account in whose name calls are made, unless their credentials say
            otherwise: 12 digits.
    """

    def __init__(self, settings: Settings) -> None:
        """Begin with no CA. Only `mock_pca` makes handles."""
        self.account_id = settings.account_id
        self._buckets = Buckets(settings.s3_endpoint_url)
        self._state = State(settings, buckets=self._buckets, keys=SOURCES[settings.keys]())
        self._acting_as: list[str] = []

    def __repr__(self) -> str:
        return f"<PcaMock account_id={self.account_id}>"

    def client(self, **kwargs: Any) -> ACMPCAClient:
        """A boto3 client of `acm-pca`, as `boto3.client("acm-pca", **kwargs)` gives it.

        Args:
            kwargs: what `boto3.client` takes besides the service: `region_name`, `config` …
        """
        client: ACMPCAClient = boto3.client("acm-pca", **kwargs)
        return client

    @property
    def buckets(self) -> Buckets:
        """Where CRLs and audit reports are: `pca.buckets["name"]["crl/….crl"]` is bytes.

        CRLs that are due by now are written first.
        """
        with self._state.lock:
            crls.refresh(self._state, self._state.clock.now())
        return self._buckets

    def ocsp_response(self, request: bytes) -> bytes:
        """Answer an OCSP request about a certificate of any CA of this mock.

        Args:
            request: an OCSPRequest (RFC 6960), DER.

        Returns:
            An OCSPResponse, DER. Requests that cannot be read or are about another CA, or one
            that has OCSP switched off, are answered with an error status.
        """
        return revocation.ocsp_response(self._state, request)

    def serve_revocation(self) -> AbstractContextManager[str]:
        """Answer OCSP requests (GET and POST), and serve CRLs, over HTTP on 127.0.0.1.

        With CustomCname and OcspCustomCname set to host and port of the URL that the block is
        given ("http://127.0.0.1:12345"), the URLs in the certificates work.
        """
        return responder.serve(self.ocsp_response, lambda key: crls.find(self._state, key))

    @contextmanager
    def as_account(self, account_id: str) -> Iterator[None]:
        """Make calls in the name of another account, whatever the credentials, in all threads.

        Raises:
            ValueError: `account_id` isn't 12 digits.
        """
        check_account_id(account_id)
        self._acting_as.append(account_id)
        try:
            yield
        finally:
            self._acting_as.remove(account_id)

    def _answer(
        self, operation: str, params: Mapping[str, Any], region: str, credentials: Any
    ) -> Response:
        caller = Caller(self._account_of(credentials), region, partition_of(region))
        return dispatch.call(self._state, operation, params, caller)

    def _account_of(self, credentials: Any) -> str:
        if self._acting_as:
            return self._acting_as[-1]
        access_key = accounts.access_key_of(credentials)
        return accounts.account_of(access_key, self._state.settings.accounts, self.account_id)


class MockPca:
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
        self._stop_answering: Callable[[], None]

    def start(self) -> PcaMock:
        """Answer all `acm-pca` calls of this process from now on."""
        with self._lock:
            if self._running is None:
                self._running = self._begin()
            self._starts += 1
            return self._running

    def _begin(self) -> PcaMock:
        running = PcaMock(self._settings)
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
                self._running._state.keys.release()
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
        return decoration.decorate(target, lambda: MockPca(self._settings))


@overload
def mock_pca(target: _Target, /) -> _Target: ...
@overload
def mock_pca(**options: Unpack[Options]) -> MockPca: ...
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
        quotas: other numbers than AWS's, by the names in `pca_mock.state.settings.Quotas`.

    Raises:
        ValueError: an account id isn't 12 digits, a quota is unknown or negative, or `keys`
            has another value.
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
        quotas=Quotas.adjusted(quotas or {}),
    )
    mock = MockPca(settings)
    return mock if target is None else mock(target)
