"""`@mock_pca` on classes: which tests run in which mock, and from when to when.

Each test has a mock of its own, from before its set-up to after its tear-down; the tests of a class
in which something is set up for the whole class share one. Under pytest, its plugin starts and ends
these mocks, and under unittest the methods of `TestCase` do that call all others. A test that has
a mock, from the one or the other, gets no second one, so it doesn't matter who overrides what.
"""

from __future__ import annotations

import functools
import inspect
import os
import sys
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import FunctionType
from typing import Any, Final

import wrapt

from pca_mock.decoration import MockFactory, handed_over, runner

_FACTORY: Final = "_pca_mock_factory"
_HANDLE: Final = "_pca_mock_handle"
_FOLLOWING: Final = "__init_subclass__"
_PLUGIN: Final = "pca_mock.pytest_plugin"
# Methods that set up or tear down something for all tests of a class, unless they are those of
# the frameworks themselves.
_FOR_THE_CLASS: Final = (
    "setUpClass",
    "tearDownClass",
    "setUpTestData",
    "setup_class",
    "teardown_class",
)
_FRAMEWORKS: Final = ("unittest", "django")
_SET_UPS: Final = ("setUp", "asyncSetUp")  # unittest calls them without arguments
_FOR_A_TEST: Final = ("setUp", "tearDown", "asyncSetUp", "setup_method", "teardown_method")

# The classes of tests that have mocks at present, with the handles of their own ones; the classes
# whose tests share one, with its handle and the mock.
_tests: Final[list[tuple[type, Any]]] = []
_whole_classes: Final[dict[type, tuple[Any, Any]]] = {}


# What the plugin and the methods below do


def is_decorated(cls: type | None) -> bool:
    """Whether tests of this class run in mocks."""
    return hasattr(cls, _FACTORY)


def is_for_the_class(cls: type) -> bool:
    """Whether the class has methods that set up, or tear down, something for all of its tests."""
    methods = (getattr(cls, name, None) for name in _FOR_THE_CLASS)
    return any(method is not None and _is_users(method) for method in methods)


def _is_users(method: Any) -> bool:
    module = str(getattr(inspect.unwrap(method), "__module__", ""))
    return module.partition(".")[0] not in _FRAMEWORKS


def begin_class(cls: type) -> bool:
    """Start the mock that all tests of a class share; whether it didn't run already."""
    if cls in _whole_classes:
        return False
    mock = getattr(cls, _FACTORY)()
    _whole_classes[cls] = mock.start(), mock
    return True


def end_class(cls: type) -> None:
    """End that mock, if it runs."""
    _, mock = _whole_classes.pop(cls, (None, None))
    if mock is not None:
        mock.stop()


@contextmanager
def mock_of_test(cls: type, shared_with: type | None = None) -> Iterator[None]:
    """In a `with` block, run a test of a class in its mock.

    Args:
        cls: the class.
        shared_with: the class, maybe an outer one, whose mock has been started for all tests;
            by default the test gets a new mock unless it has one.
    """
    is_new = shared_with is None and not _has_mock(cls)
    with getattr(cls, _FACTORY)() if is_new else nullcontext() as handle:
        entry = (cls, handle)
        _tests.append(entry)
        try:
            yield
        finally:
            _tests.remove(entry)


def _has_mock(cls: type) -> bool:
    return any(issubclass(other, cls) for other in (*(test for test, _ in _tests), *_whole_classes))


def present_handles() -> list[Any]:
    """The handles of the mocks of decorated classes that run at present, that of a test last."""
    whole_classes = [handle for handle, _ in _whole_classes.values()]
    return whole_classes + [handle for _, handle in _tests if handle is not None]


# Decorating


def decorate_class(cls: type, new_mock: MockFactory, handle: Callable[[], Any]) -> None:
    """Make the tests of a class, and of its subclasses, run in mocks.

    Of a class that has nothing to do with tests, each call of a public method does.

    Args:
        cls: the class.
        new_mock: called for each mock.
        handle: called in a mock, for methods with a parameter for its handle.
    """
    setattr(cls, _FACTORY, staticmethod(new_mock))
    setattr(cls, _HANDLE, staticmethod(handle))
    _prepare(cls)
    _follow_subclasses(cls)


def _follow_subclasses(cls: type) -> None:
    original = vars(cls).get(_FOLLOWING)

    def prepare(subclass: Any, /, **kwargs: Any) -> None:
        if original is not None:
            original.__get__(None, subclass)(**kwargs)
        else:
            super(cls, subclass).__init_subclass__(**kwargs)  # type: ignore[arg-type]  # is one
        _prepare(subclass)

    setattr(cls, _FOLLOWING, classmethod(prepare))


def _prepare(cls: type) -> None:
    """Wrap what a class has that isn't wrapped: the rest has come from its base classes."""
    if issubclass(cls, unittest.TestCase):
        for name in ("run", "debug"):  # what spans setUp, the test, tearDown and the cleanups
            _wrap(cls, name, _run_test)
        _wrap(cls, "setUpClass", _set_up_class)
        for name in dir(cls):
            if name in _SET_UPS or _is_name_of_test(name):
                _hand_over(cls, name)
    else:
        for name in _methods_in_mocks(cls):
            method = inspect.getattr_static(cls, name)
            if isinstance(method, (FunctionType, staticmethod, classmethod)):
                _hand_over(cls, name)
                _wrap(cls, name, functools.partial(_run_method, cls))
    for inner in _nested_tests(cls):
        if _FACTORY not in vars(inner):
            decorate_class(inner, getattr(cls, _FACTORY), getattr(cls, _HANDLE))


def _hand_over(cls: type, name: str) -> None:
    """Have a method get the handle, if it has a parameter for it."""
    method = inspect.getattr_static(cls, name)
    function = handed_over(method, getattr(cls, _HANDLE))
    if function is not method:
        setattr(cls, name, function)


def _methods_in_mocks(cls: type) -> list[str]:
    if _is_about_tests(cls):
        return [name for name in dir(cls) if _is_name_of_test(name)]
    return [name for name in vars(cls) if not name.startswith("_") or name == "__call__"]


def _is_name_of_test(name: str) -> bool:
    return name.startswith("test")


def _is_about_tests(cls: type) -> bool:
    return (
        issubclass(cls, unittest.TestCase)
        or any(_is_name_of_test(name) and callable(getattr(cls, name)) for name in dir(cls))
        or any(hasattr(cls, name) for name in (*_FOR_A_TEST, *_FOR_THE_CLASS))
        or any(True for _ in _nested_tests(cls))
    )


def _nested_tests(outer: type) -> Iterator[type]:
    for inner in list(vars(outer).values()):
        if inspect.isclass(inner):
            is_defined_there = inner.__qualname__ == f"{outer.__qualname__}.{inner.__name__}"
            if is_defined_there and _is_about_tests(inner):
                yield inner


# What runs in place of the methods


class _Wrapper(wrapt.FunctionWrapper):  # type: ignore[misc, type-arg, unused-ignore]
    """Marks what is wrapped here."""


def _wrap(cls: type, name: str, wrapper: Callable[..., Any]) -> None:
    """Put a wrapper around a method, its own or an inherited one, unless it has one."""
    method = inspect.getattr_static(cls, name)
    if not isinstance(method, _Wrapper):
        setattr(cls, name, _Wrapper(method, wrapper))


def _run_test(wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
    """`TestCase.run`, which reports errors to a result, and `debug`, which raises them."""
    returned = None
    try:
        with mock_of_test(type(instance)):
            returned = wrapped(*args, **kwargs)
    except AssertionError:  # of a mock at its end
        # A `run` that somebody has overridden may return nothing.
        result = returned or next(iter((*args, *kwargs.values())), None)
        if result is None:
            raise
        result.addFailure(instance, sys.exc_info())
    return returned


def _set_up_class(wrapped: Any, cls: Any, args: Any, kwargs: Any) -> Any:
    if is_for_the_class(cls) and begin_class(cls):
        cls.addClassCleanup(end_class, cls)  # the first one: it is done last
    return wrapped(*args, **kwargs)


def _run_method(cls: type, wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
    """Run a method of a class that isn't a TestCase."""
    if instance is not None:
        cls = instance if inspect.isclass(instance) else type(instance)
    if _has_mock(cls):
        return wrapped(*args, **kwargs)
    if _is_set_up_without_plugin(cls):
        raise RuntimeError(
            f"{cls.__qualname__} was set up outside of its mock, as pytest runs without the plugin "
            f"of pca_mock: add -p {_PLUGIN}"
        )
    return runner(lambda: mock_of_test(cls))(wrapped, instance, args, kwargs)


def _is_set_up_without_plugin(cls: type) -> bool:
    has_set_up = is_for_the_class(cls) or any(hasattr(cls, name) for name in _FOR_A_TEST)
    return has_set_up and "PYTEST_CURRENT_TEST" in os.environ and _PLUGIN not in sys.modules
