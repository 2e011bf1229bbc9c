"""`@mock_pca` on anything: functions of every kind, methods, test classes."""

from __future__ import annotations

import inspect
import unittest
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractContextManager
from types import FunctionType, MethodType
from typing import Any, Final, TypeVar

import wrapt

_Target = TypeVar("_Target", bound=Callable[..., Any])
# Makes a mock that a test can enter, and leave again.
MockFactory = Callable[[], Any]

_RUNNING: Final = "_pca_mock_running"


def decorate(target: _Target, new_mock: MockFactory) -> _Target:
    """Let calls of the target, or the tests in it, run in mocks of their own.

    Raises:
        TypeError: the target is a pytest fixture, or cannot be called.
    """
    if not callable(target) and not hasattr(target, "__get__"):  # as class methods have
        raise TypeError(
            f"mock_pca decorates functions and classes, not {target!r}; its options have names, as "
            "in mock_pca(account_id='111122223333')"
        )
    if hasattr(target, "_pytestfixturefunction") or hasattr(target, "_fixture_function_marker"):
        raise TypeError("put @mock_pca below @pytest.fixture: it decorates the function itself")
    if inspect.isclass(target):
        _decorate_class(target, new_mock)
        return target
    decorated: Any = wrapt.FunctionWrapper(target, _runner(new_mock))
    return decorated  # type: ignore[no-any-return]  # a proxy: the target to everybody


def _runner(new_mock: MockFactory) -> Callable[..., Any]:
    """A wrapper, in wrapt's sense, which runs what it wraps in a new mock."""

    def run(wrapped: Any, _: Any, args: Any, kwargs: Any) -> Any:
        if inspect.iscoroutinefunction(wrapped):
            return _await_in(new_mock(), wrapped, args, kwargs)
        if inspect.isasyncgenfunction(wrapped):
            return _iterate_async_in(new_mock(), wrapped, args, kwargs)
        if inspect.isgeneratorfunction(wrapped):
            return _iterate_in(new_mock(), wrapped, args, kwargs)
        with new_mock():
            return wrapped(*args, **kwargs)

    return run


async def _await_in(
    mock: AbstractContextManager[Any], function: Any, args: Any, kwargs: Any
) -> Any:
    with mock:
        return await function(*args, **kwargs)


def _iterate_in(
    mock: AbstractContextManager[Any], function: Any, args: Any, kwargs: Any
) -> Generator[Any, Any, Any]:
    with mock:
        return (yield from function(*args, **kwargs))


async def _iterate_async_in(
    mock: AbstractContextManager[Any], function: Any, args: Any, kwargs: Any
) -> AsyncGenerator[Any, Any]:
    """`yield from` for asynchronous generators, which the language doesn't have."""
    with mock:
        inner = function(*args, **kwargs)
        try:
            item = await inner.__anext__()
            while True:
                try:
                    sent = yield item
                except GeneratorExit:
                    await inner.aclose()
                    raise
                except BaseException as error:
                    item = await inner.athrow(error)
                else:
                    item = await inner.asend(sent)
        except StopAsyncIteration:
            return


def _decorate_class(cls: type, new_mock: MockFactory) -> None:
    if issubclass(cls, unittest.TestCase):
        _decorate_test_case(cls, new_mock)
    else:
        _decorate_plain_class(cls, new_mock)


def _decorate_test_case(cls: type[unittest.TestCase], new_mock: MockFactory) -> None:
    if _overrides(cls, "setUpClass", unittest.TestCase):

        def start(wrapped: Any, owner: Any, args: Any, kwargs: Any) -> Any:
            mock = new_mock()
            mock.start()
            owner.addClassCleanup(mock.stop)
            return wrapped(*args, **kwargs)

        _wrap(cls, "setUpClass", start)
        return
    # run() and debug() are what spans setUp, the test, tearDown and the cleanups.
    for name in ("run", "debug"):
        _wrap(cls, name, _runner(new_mock))


def _decorate_plain_class(cls: type, new_mock: MockFactory) -> None:
    """Let pytest's own methods before and after start and stop the mock."""
    once = hasattr(cls, "setup_class")

    def start(wrapped: Any, owner: Any, args: Any, kwargs: Any) -> Any:
        mock = new_mock()
        mock.start()
        try:
            result = wrapped(*args, **kwargs)
        except BaseException:
            mock.stop()
            raise
        setattr(owner, _RUNNING, mock)
        return result

    def stop(wrapped: Any, owner: Any, args: Any, kwargs: Any) -> Any:
        try:
            return wrapped(*args, **kwargs)
        finally:
            getattr(owner, _RUNNING).stop()
            delattr(owner, _RUNNING)

    def run(wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
        if hasattr(instance, _RUNNING):
            return wrapped(*args, **kwargs)
        return run_alone(wrapped, instance, args, kwargs)  # called by hand, without pytest

    run_alone = _runner(new_mock)
    if once:
        _wrap_for_class(cls, "setup_class", start)
        _wrap_for_class(cls, "teardown_class", stop)
    else:
        _wrap(cls, "setup_method", start)
        _wrap(cls, "teardown_method", stop)
    for name in dir(cls):
        if name.startswith("test") and isinstance(
            inspect.getattr_static(cls, name), (FunctionType, staticmethod, classmethod)
        ):
            _wrap(cls, name, run)


def _overrides(cls: type, name: str, base: type) -> bool:
    return inspect.getattr_static(cls, name) is not inspect.getattr_static(base, name)


def _wrap(cls: type, name: str, wrapper: Callable[..., Any]) -> None:
    """Put a wrapper around a method, its own or an inherited one; a missing one does nothing."""
    method = inspect.getattr_static(cls, name, _nothing)
    setattr(cls, name, wrapt.FunctionWrapper(method, wrapper))


def _wrap_for_class(cls: type, name: str, wrapper: Callable[..., Any]) -> None:
    """The same for pytest's methods of the class, which it calls as their bare `__func__`."""
    method = inspect.getattr_static(cls, name, _nothing)

    def around(owner: Any) -> Any:
        binds = isinstance(method, (classmethod, staticmethod))
        bound = method.__get__(None, owner) if binds else MethodType(method, owner)
        return wrapper(bound, owner, (), {})

    setattr(cls, name, classmethod(around))


def _nothing(_: Any) -> None:
    pass
