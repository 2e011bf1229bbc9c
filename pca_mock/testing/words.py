"""The words that a test uses, checked with the service model: unknown ones are refused.

A misspelt word would make a fault strike nothing, and an assertion about calls pass by accident.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, get_args

import botocore.exceptions
from botocore.model import Shape

from pca_mock.arguments import TEXT
from pca_mock.errors import ERRORS
from pca_mock.pki.algorithms import KEY_ALGORITHMS
from pca_mock.service.model import operation_model, service_model
from pca_mock.state.calls import SUCCESS, Whose
from pca_mock.state.plans import ANY_OPERATION

# Types of the model -> the class of their values in Python, and its name in messages.
_KINDS: Final[dict[str, tuple[tuple[type, ...], str]]] = {
    "blob": ((str, bytes, bytearray), "bytes or text"),
    "boolean": ((bool,), "True or False"),
    "integer": ((int,), "an integer"),
    "list": ((list, tuple), "a list"),
    "long": ((int,), "an integer"),
    "string": ((str,), "text"),
    "structure": ((Mapping,), "a dict"),
}
# Values of other classes may be equal to whatever they like: `unittest.mock.ANY`, handles.
_PLAIN: Final = (bool, bytearray, bytes, dict, float, int, list, str, tuple, type(None))
_BOTOCORE_ERRORS: Final = frozenset(
    name for name, value in vars(botocore.exceptions).items() if isinstance(value, type)
)
_UNITS: Final = ("days", "hours", "minutes", "seconds", "weeks")


def check_call(operation: str, params: Mapping[str, Any]) -> None:
    """Refuse an operation or a member that the service model doesn't have, at every depth.

    Args:
        operation: the name on the wire, such as "IssueCertificate", or "*" for any.
        params: members of its request, with their values.

    Raises:
        ValueError: there is no such operation, it has no such member, or the member can't have
            such a value.
    """
    names = service_model().operation_names
    if operation == ANY_OPERATION:
        _check_members_of_any(names, params)
        return
    if operation not in names:
        raise ValueError(no_such("operation", operation, names))
    _check_members(operation, operation_model(operation).input_shape, params)


def _check_members_of_any(operations: Iterable[str], params: Mapping[str, Any]) -> None:
    members: dict[str, list[Shape]] = {}
    for operation in operations:
        shape = operation_model(operation).input_shape
        for member, shape_of_member in shape.members.items() if shape is not None else ():
            members.setdefault(member, []).append(shape_of_member)
    for member, value in params.items():
        if member not in members:
            raise ValueError(no_such("member of any operation", member, members))
        _check_value(member, members[member][0], value)


def _check_members(name: str, shape: Shape | None, params: Mapping[str, Any]) -> None:
    members = shape.members if shape is not None else {}
    for member, value in params.items():
        if member not in members:
            raise ValueError(no_such(f"member of {name}", member, members))
        _check_value(member, members[member], value)


def _check_value(name: str, shape: Shape, value: Any) -> None:
    """Refuse a value that no call can have for this member."""
    if not isinstance(value, _PLAIN):
        return
    types, word = _KINDS[shape.type_name]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise ValueError(f"{name} is {word}, not {value!r}")
    if isinstance(value, Mapping):
        _check_members(name, shape, value)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check_value(name, shape.member, item)
    elif shape.type_name == "string" and shape.enum and value not in shape.enum:
        raise ValueError(no_such(name, str(value), shape.enum))


def check_outcome(outcome: str, others: Iterable[str]) -> None:
    """Refuse an outcome that no call can have.

    Args:
        outcome: "success", an error code, or the name of one of botocore's exceptions.
        others: outcomes that there have been; handlers of the user's own can raise anything.

    Raises:
        ValueError: it is none of these.
    """
    if outcome not in _BOTOCORE_ERRORS and outcome not in set(others):
        names = (SUCCESS, *ERRORS)
        if outcome not in names:
            raise ValueError(no_such("outcome", outcome, names))


def check_whose(origin: str) -> None:
    """Refuse a word that names no origin of calls.

    Raises:
        ValueError: it is none of "code", "handle" and "any".
    """
    if origin not in get_args(Whose):
        names = ", ".join(map(repr, get_args(Whose)))
        raise ValueError(f"origin is one of {names}, not {origin!r}")


def check_members(function: Callable[..., Any], operation: str, members: Iterable[str]) -> None:
    """Refuse further arguments of a function that aren't members of an operation's request.

    Args:
        function: it has arguments of its own, and passes these on.
        operation: the name on the wire.
        members: the names of the further arguments.

    Raises:
        TypeError: the request has no such member; the message has those of both.
    """
    shape = operation_model(operation).input_shape
    assert shape is not None  # that of an operation with members
    for member in members:
        if member not in shape.members:
            raise TypeError(_unexpected(function, operation, list(shape.members), member))


def _unexpected(function: Callable[..., Any], operation: str, members: list[str], name: str) -> str:
    parameters = inspect.signature(function).parameters.values()
    own_names = [each.name for each in parameters if each.kind is inspect.Parameter.KEYWORD_ONLY]
    if name in _UNITS and "validity" in own_names:
        hint = f": do you mean validity=timedelta({name}=…)?"
    else:
        close = difflib.get_close_matches(name, [*own_names, *members], n=1, cutoff=0.5)
        hint = f": do you mean {close[0]}?" if close else "."
    return (
        f"{function.__name__}() has no argument {name!r}{hint} It takes {', '.join(own_names)}; "
        f"and of {operation} {', '.join(members)}."
    )


def check_key_algorithm(key_algorithm: str) -> None:
    """Refuse the name of a key algorithm that doesn't exist.

    Raises:
        TypeError: it isn't text.
        ValueError: there is none with this name.
    """
    TEXT.check(key_algorithm=key_algorithm)
    if key_algorithm not in KEY_ALGORITHMS:
        raise ValueError(no_such("key algorithm", key_algorithm, KEY_ALGORITHMS))


def no_such(kind: str, name: str, names: Iterable[str]) -> str:
    """The message about a name that isn't there: with the closest one, else with all there are."""
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    hint = f"; do you mean {close[0]}?" if close else f", only {', '.join(sorted(names))}"
    return f"there is no {kind} {name!r}{hint}"
