"""`mock_pca`: starting and stopping mocks."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, ParamSpec, Protocol, TypeVar, overload

from pca_mock import callers, classes, decoration
from pca_mock.adapters import company, creation, escapes, intercept, waiters
from pca_mock.handle import PcaMock
from pca_mock.locks import new_rlock
from pca_mock.settings import Settings, check_names
from pca_mock.settings import options as all_options
from pca_mock.state import running
from pca_mock.state.plans import Plan, about_idle
from pca_mock.structures import OnlyOnce
from pca_mock.testing import clients

intercept.answer_with(callers.begin_call)
# As early as possible, so that the patches of tests begin later, and end earlier.
creation.register()
escapes.register()
company.identify_with(callers.identify)

_Options = ParamSpec("_Options")
_Target = TypeVar("_Target", bound=Callable[..., Any])


# The handles of the mocks that run, by the identity of their states.
_handles: Final[dict[int, PcaMock]] = {}


def _latest_handle() -> PcaMock:
    return _handles[id(running.latest())]


class PcaPatcher(OnlyOnce):
    """A mock that can be started: `with`, `async with`, `start()`/`stop()`, or a decorator.

    Each start makes an empty mock. Starting one that runs already only counts: it ends with the
    last stop. Of several mocks that run, the one that was started last answers, in all threads.
    """

    def __init__(self, settings: Settings) -> None:
        """Only `mock_pca` makes these."""
        self._settings = settings
        self._lock = new_rlock()
        self._running: PcaMock | None = None
        self._starts = 0

    def start(self) -> PcaMock:
        """Answer all `acm-pca` calls of this process from now on."""
        new: PcaMock | None = None
        try:
            with self._lock:
                if self._running is None:
                    new = PcaMock(self._settings)
                    _begin(self, new)
                    self._running, self._starts = new, 0
                self._starts += 1
                return self._running
        except BaseException:  # such as an interrupt, which must not leave anything behind
            if new is not None:
                _clean_up(self, new)
            raise

    def stop(self) -> None:
        """Undo one `start()`.

        Raises:
            AssertionError: planned faults should have struck, and have not; the mock has ended.
            RuntimeError: the mock isn't running.
        """
        idle = _stop(self)
        if idle:
            raise AssertionError(about_idle(idle))

    def __enter__(self) -> PcaMock:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _end(self, error)

    async def __aenter__(self) -> PcaMock:
        return self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _end(self, error)

    def __call__(self, target: _Target) -> _Target:
        """Decorate a function of any kind, a method or a class.

        Each call of a function runs in a mock of its own. In a test class each test does, with
        all of its set-up and tear-down; where something is set up for the whole class, by
        `setUpClass`, `setup_class` or a fixture, the tests share one mock. Subclasses and nested
        classes are included. Of another class, each call of a public method runs in a mock.

        A parameter of a function, a method of a class or `setUp` that is called `pca`, or annotated
        with `PcaMock`, and that the caller leaves out, gets the handle of this mock. In tests of
        pytest, fixtures such as `pca_root_ca` use this mock, too.

        Raises:
            TypeError: the target is a pytest fixture; decorate the function inside instead.
        """

        def new_mock() -> PcaPatcher:
            return PcaPatcher(self._settings)

        if inspect.isclass(target):
            classes.decorate_class(target, new_mock, _latest_handle)
            return target
        function: _Target = decoration.handed_over(target, _latest_handle)
        return decoration.decorate(function, new_mock)


def _begin(patcher: PcaPatcher, pca: PcaMock) -> None:
    intercept.register()
    creation.register()
    escapes.register()
    waiters.register()
    clients.prepare(pca.account_id, pca._state.settings.region_name)
    running.begin(pca._state)
    _handles[id(pca._state)] = pca
    waiters.adjust()


def _stop(patcher: PcaPatcher) -> list[Plan]:
    """Undo one `start()`; if the mock ends with it, return the plans that have not struck."""
    try:
        return _undo_start(patcher)
    except BaseException:  # such as an interrupt
        if patcher._running is not None and patcher._starts <= 1:
            _clean_up(patcher, patcher._running)
        raise


def _undo_start(patcher: PcaPatcher) -> list[Plan]:
    with patcher._lock:
        if patcher._running is None:
            raise RuntimeError("this mock is not running")
        if patcher._starts > 1:
            patcher._starts -= 1
            return []
        state = patcher._running._state
        state.buckets.send(everything=True)
        idle = state.plans.idle()
        _clean_up(patcher, patcher._running)
        return idle


def _clean_up(patcher: PcaPatcher, pca: PcaMock) -> None:
    """End the mock. To do it twice, or after a part of it, does no harm."""
    running.end(pca._state)
    waiters.adjust()
    _handles.pop(id(pca._state), None)
    pca._state.keys.release()
    patcher._running, patcher._starts = None, 0


def _end(patcher: PcaPatcher, error: BaseException | None) -> None:
    if error is None:
        patcher.stop()
    else:
        _stop(patcher)  # what went wrong is more important


_OPTIONS_IN_DOCSTRING: Final = "        **options: the fields of `pca_mock.settings.Settings`.\n"


class _MockPca(Protocol[_Options]):
    """`mock_pca`: bare as a decorator, or with options."""

    @overload
    def __call__(  # type: ignore[overload-overlap]  # the options have no positional one
        self, target: _Target, /
    ) -> _Target: ...
    @overload
    def __call__(self, *args: _Options.args, **options: _Options.kwargs) -> PcaPatcher: ...


def _with_options_of(
    settings: Callable[_Options, Settings],
) -> Callable[[Callable[..., Any]], _MockPca[_Options]]:
    """Give a function the signature and documentation of the options, whose types are known."""

    def add(function: Callable[..., Any]) -> _MockPca[_Options]:
        parameters = [
            inspect.Parameter("target", inspect.Parameter.POSITIONAL_ONLY, default=None),
            *inspect.signature(settings).parameters.values(),
        ]
        vars(function)["__signature__"] = inspect.Signature(parameters)
        summary, _, rest = f"{function.__doc__}".partition(_OPTIONS_IN_DOCSTRING)
        texts = (f"        {option.name}: {option.metadata['text']}.\n" for option in all_options())
        function.__doc__ = f"{summary}{''.join(texts)}{rest}"
        return function

    return add


@_with_options_of(Settings)
def mock_pca(target: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Mock AWS Private CA in this process: every `acm-pca` call of boto3 is answered here.

    Use it as `@mock_pca`, `@mock_pca(account_id=…)`, `with mock_pca() as pca:`,
    `async with mock_pca() as pca:`, or through its methods `start()` and `stop()`.
    Keys and certificates that it makes are only for tests.

    Example:
        >>> import boto3
        >>> from pca_mock import mock_pca
        >>> with mock_pca(account_id="111122223333"):
        ...     client = boto3.client("acm-pca")
        ...     client.list_certificate_authorities()["CertificateAuthorities"]
        []

    Args:
        target: the function or class that a bare `@mock_pca` decorates.
        **options: the fields of `pca_mock.settings.Settings`.

    Raises:
        TypeError: there is no such option.
        ValueError: an option has an invalid value.
    """
    check_names(options)
    mock = PcaPatcher(Settings(**options))
    return mock if target is None else mock(target)
