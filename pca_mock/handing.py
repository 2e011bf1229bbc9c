"""`@mock_pca` hands its handle to a parameter called `pca`, or annotated with `PcaMock`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator
from types import FunctionType
from typing import Any, Final

_NAME: Final = "pca"
_TYPE: Final = "PcaMock"
_POSITIONS: Final = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def handed_over(target: Any, handle: Callable[[], Any]) -> Any:
    """A function without the parameter for the handle; the target itself if it has none.

    pytest sees the signature without the parameter, and so starts no second mock for its fixture.

    Args:
        target: what is decorated; only functions are given a handle, but no asynchronous
            generators.
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
    signature = inspect.signature(target)
    parameters = [each for each in signature.parameters.values() if each.name != name]
    function.__signature__ = signature.replace(parameters=parameters)
    return function


def _parameter(target: Any) -> str | None:
    """The name of the parameter for the handle; one with a default gets none."""
    if not isinstance(target, FunctionType) or inspect.isasyncgenfunction(target):
        return None
    for parameter in inspect.signature(target).parameters.values():
        annotation = parameter.annotation
        if not isinstance(annotation, str):
            annotation = getattr(annotation, "__name__", "")
        is_meant = parameter.name == _NAME or annotation.rpartition(".")[2] == _TYPE
        if is_meant and parameter.kind in _POSITIONS and parameter.default is parameter.empty:
            return parameter.name
    return None
