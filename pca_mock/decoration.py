"""`@mock_pca` on functions of every kind, and methods. Classes: see `classes`.

A parameter called `pca`, or annotated with `PcaMock`, gets the handle of the mock.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FunctionType
from typing import Any, Final, TypeVar

import wrapt

_Target = TypeVar("_Target", bound=Callable[..., Any])
# Makes a mock that a test can enter, and leave again.
MockFactory = Callable[[], Any]
_NAME: Final = "pca"
_TYPE: Final = "PcaMock"
_ANY_TYPE: Final = ("", "Any", "object")  # of a parameter that only its name is about
_POSITIONS: Final = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)

# What makes the mocks of the decorated functions whose mocks run before they are called.
_early: Final[list[MockFactory]] = []


class _Decorated(wrapt.FunctionWrapper):  # type: ignore[misc, type-arg, unused-ignore]
    """A decorated function, of which it is known what makes its mocks."""

    def __init__(self, target: Any, new_mock: MockFactory) -> None:
        super().__init__(target, runner(new_mock))
        self._self_new_mock = new_mock


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
    decorated: Any = _Decorated(target, new_mock)
    return decorated  # type: ignore[no-any-return]  # a proxy: the target to everybody


def factory_of(function: Any) -> MockFactory | None:
    """What makes the mocks of a decorated function, maybe one with other decorators above."""
    while function is not None:
        function = getattr(function, "_self_parent", None) or function  # of a bound method
        if type(function) is _Decorated:
            factory: MockFactory = function._self_new_mock  # noqa: SLF001  # the name is wrapt's
            return factory
        function = getattr(function, "__wrapped__", None)
    return None


@contextmanager
def started_early(new_mock: MockFactory) -> Iterator[Any]:
    """In a `with` block, run the mock of a decorated function: its call starts no other one.

    Yields:
        The handle.
    """
    with new_mock() as handle:
        _early.append(new_mock)
        try:
            yield handle
        finally:
            _early.remove(new_mock)


def runner(new_mock: MockFactory) -> Callable[..., Any]:
    """A wrapper, in wrapt's sense, which runs its function in a new mock."""

    def run(wrapped: Any, _: Any, args: Any, kwargs: Any) -> Any:
        mock = nullcontext() if new_mock in _early else new_mock()
        if inspect.iscoroutinefunction(wrapped):
            return _await_in(mock, wrapped, args, kwargs)
        if inspect.isasyncgenfunction(wrapped):
            return _iterating_async(lambda: mock, wrapped)(*args, **kwargs)
        if inspect.isgeneratorfunction(wrapped):
            return _iterate_in(mock, wrapped, args, kwargs)
        with mock:
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


def _iterating_async(
    new_mock: MockFactory, begin: Callable[..., AsyncGenerator[Any, Any]]
) -> Callable[..., AsyncGenerator[Any, Any]]:
    """A function with `yield from` for asynchronous generators, which the language doesn't have."""

    async def iterate(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        with new_mock():
            inner = begin(*args, **kwargs)
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

    return iterate


# Handing over the handle


def handed_over(target: Any, handle: Callable[[], Any]) -> Any:
    """A function without the parameter for the handle; the target itself if it has none.

    pytest sees the signature without the parameter, and so doesn't look for a fixture.

    Args:
        target: a function of any kind; anything else has no such parameter.
        handle: called for each call of the function, while its mock runs.
    """
    name = _parameter(target)
    if name is None:
        return target

    def arguments(kwargs: dict[str, Any]) -> dict[str, Any]:
        return kwargs if name in kwargs else {**kwargs, name: handle()}

    @functools.wraps(target)
    def call(*args: Any, **kwargs: Any) -> Any:
        return target(*args, **arguments(kwargs))

    @functools.wraps(target)
    async def call_async(*args: Any, **kwargs: Any) -> Any:
        return await target(*args, **arguments(kwargs))

    @functools.wraps(target)
    def iterate(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        return (yield from target(*args, **arguments(kwargs)))

    function: Any = call
    if inspect.iscoroutinefunction(target):
        function = call_async
    elif inspect.isgeneratorfunction(target):
        function = iterate
    elif inspect.isasyncgenfunction(target):
        function = functools.wraps(target)(_iterating_async(nullcontext, call))
    signature = inspect.signature(target)
    parameters = [each for each in signature.parameters.values() if each.name != name]
    function.__signature__ = signature.replace(parameters=parameters)
    return function


def _parameter(target: Any) -> str | None:
    """The name of the parameter for the handle; one with a default or another type gets none."""
    if not isinstance(target, FunctionType):
        return None
    for parameter in inspect.signature(target).parameters.values():
        annotation = parameter.annotation
        if annotation is parameter.empty:
            annotation = ""
        elif not isinstance(annotation, str):
            annotation = getattr(annotation, "__name__", "?")
        type_name = annotation.strip("'\"").rpartition(".")[2]
        is_meant = type_name == _TYPE or (parameter.name == _NAME and type_name in _ANY_TYPE)
        if is_meant and parameter.kind in _POSITIONS and parameter.default is parameter.empty:
            return parameter.name
    return None
