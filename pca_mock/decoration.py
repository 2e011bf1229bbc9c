"""`@mock_pca` on functions of every kind, and methods. Classes: see `classes`."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import wrapt

_Target = TypeVar("_Target", bound=Callable[..., Any])
# Makes a mock that a test can enter, and leave again.
MockFactory = Callable[[], Any]


def decorate(target: _Target, new_mock: MockFactory) -> _Target:
    """Make each call of the target run in a mock of its own.

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
    decorated: Any = wrapt.FunctionWrapper(target, runner(new_mock))
    return decorated  # type: ignore[no-any-return]  # a proxy: the target to everybody


def runner(new_mock: MockFactory) -> Callable[..., Any]:
    """A wrapper, in wrapt's sense, which runs its function in a new mock."""

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
