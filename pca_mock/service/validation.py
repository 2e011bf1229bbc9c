"""The service model of the installed botocore, compiled to one checker per operation.

A checker copies and normalises the parameters, and reports every breach of a constraint in one
ValidationException, in AWS's words. Sources: the service model; the phrases were seen in answers
of this service and of ACM, which shares its framework. One constraint is not in the model: the
form of a CSR, which a message of the service quotes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence, Sized
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from botocore.model import ListShape, Shape, StringShape, StructureShape

from pca_mock.errors import SerializationException, ValidationException
from pca_mock.service.context import Request
from pca_mock.service.model import SERVICE, operation_model
from pca_mock.service.patterns import Pattern

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import BlobTypeDef

# Where a value is: (where its container is, its name or number there); None at the top. It becomes
# text only for a breach.
Path: TypeAlias = "tuple[Path, str | int] | None"
# (value, path, breaches) -> the value, normalised. Breaches are added to the list.
Checker = Callable[[object, Path, list[str]], object]

_Sized = TypeVar("_Sized", bound=Sized)

# Shape -> the pattern of its bytes. A CSR is the one block that openssl prints.
# OPEN RULE csr-armour-end: the message that quotes the pattern was cut off behind the end label; so
# there may be newlines behind it, any number of them, and nothing else.
_PATTERNS_OF_BLOBS: Final = {
    "CsrBlob": (
        r"-----BEGIN CERTIFICATE REQUEST-----\r?\n"
        r"([A-Za-z0-9+/]{64}\r?\n)*[A-Za-z0-9+/]{1,64}={0,2}\r?\n"
        r"-----END CERTIFICATE REQUEST-----(\r?\n)*"
    )
}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NOT_UNICODE: Final = "The text is not valid Unicode."
_SATISFY_PATTERN: Final = "satisfy regular expression pattern"
# Type -> the power of two that bounds it, and its name in SerializationException.
_INTEGERS: Final = {"integer": (2**31, "an Integer"), "long": (2**63, "a Long")}


def check(operation: str, params: Mapping[str, object], service: str = SERVICE) -> Request:
    """Copy an operation's parameters: blobs as `bytes`, nothing that is None or unknown.

    Args:
        operation: the name on the wire, one that the model has.
        params: the members as a caller gives them.
        service: of the operation, as botocore names it.

    Raises:
        SerializationException: a member has the wrong type.
        ValidationException: members break constraints; the message has them all.
    """
    breaches: list[str] = []
    checked = _checker(operation, service)(params, None, breaches)
    if breaches:
        plural = "s" if len(breaches) > 1 else ""
        raise ValidationException(
            f"{len(breaches)} validation error{plural} detected: {'; '.join(breaches)}"
        )
    assert isinstance(checked, dict)  # an operation's input is a structure
    return checked


def as_bytes(blob: BlobTypeDef) -> bytes:
    """A blob member of checked parameters, which is `bytes` whatever the caller passed."""
    assert isinstance(blob, bytes)
    return blob


@cache
def _checker(operation: str, service: str) -> Checker:
    shape = operation_model(operation, service).input_shape
    return _compile(shape) if shape is not None else lambda value, path, breaches: {}


def _compile(shape: Shape) -> Checker:
    return _COMPILERS[shape.type_name](shape)


def _structure(shape: StructureShape) -> Checker:
    required = set(shape.required_members)
    members = [
        (name, f"{name[0].lower()}{name[1:]}", name in required, _compile(member))
        for name, member in shape.members.items()
    ]

    def checker(value: object, path: Path, breaches: list[str]) -> object:
        if type(value) is not dict and not isinstance(value, Mapping):  # the first is quick
            raise _wrong_type(value, "a Structure")
        # OPEN RULE unknown-members
        copy = {}
        for name, step, is_required, check_member in members:
            member = value.get(name)
            if member is not None:
                copy[name] = check_member(member, (path, step), breaches)
            elif is_required:
                _breach(breaches, "Value null", (path, step), "not be null")
        return copy

    return checker


def _list(shape: ListShape) -> Checker:
    check_item = _compile(shape.member)
    check_length = _length(shape, _list_text)

    def checker(value: object, path: Path, breaches: list[str]) -> object:
        if not isinstance(value, (list, tuple)):
            raise _wrong_type(value, "a List")
        place = len(breaches)
        items = [
            check_item(item, (path, number), breaches) for number, item in enumerate(value, start=1)
        ]
        of_length: list[str] = []
        check_length(items, path, of_length)  # whose message shows items that have the right types
        breaches[place:place] = of_length
        return items

    return checker


def _list_text(items: Sequence[object]) -> str:
    return _quoted(f"[{', '.join(map(str, items))}]")


def _string(shape: StringShape) -> Checker:
    values: list[str] = list(shape.enum)
    pattern: str | None = shape.metadata.get("pattern")
    matches = Pattern(pattern).fits if pattern else None
    check_length = _length(shape, _quoted)
    smallest, largest = _limits(shape)

    def checker(value: object, path: Path, breaches: list[str]) -> object:
        if not isinstance(value, str):
            raise _wrong_type(value, "a String")
        if type(value) is not str:
            value = str.__str__(value)  # of an enum that is text, its value
        if not value.isascii() and _SURROGATE.search(value):
            raise SerializationException(_NOT_UNICODE)
        if values and value not in values:
            _breach(
                breaches, _quoted(value), path, f"satisfy enum value set: [{', '.join(values)}]"
            )
        if matches is not None and not matches(value):
            _breach(breaches, _quoted(value), path, f"{_SATISFY_PATTERN}: {pattern}")
        if not smallest <= len(value) <= largest:
            check_length(value, path, breaches)
        return value

    return checker


def _blob(shape: Shape) -> Checker:
    check_length = _length(shape, lambda _: "Value")  # without the bytes
    pattern = _PATTERNS_OF_BLOBS.get(shape.name)
    matches = re.compile(pattern.encode()).fullmatch if pattern else None

    def checker(value: object, path: Path, breaches: list[str]) -> object:
        if hasattr(value, "read"):
            value = value.read()
        if isinstance(value, str):
            if _SURROGATE.search(value):
                raise SerializationException(_NOT_UNICODE)
            value = value.encode()
        if not isinstance(value, (bytes, bytearray, memoryview)):
            raise _wrong_type(value, "a Blob")
        blob = bytes(value)
        if matches is not None and not matches(blob):
            _breach(breaches, "Value", path, f"{_SATISFY_PATTERN}: {pattern}")
        check_length(blob, path, breaches)
        return blob

    return checker


def _integer(shape: Shape) -> Checker:
    bound, type_name = _INTEGERS[shape.type_name]
    smallest, largest = shape.metadata.get("min"), shape.metadata.get("max")

    def checker(value: object, path: Path, breaches: list[str]) -> object:
        if not isinstance(value, int) or isinstance(value, bool) or not -bound <= value < bound:
            raise _wrong_type(value, type_name)
        value = int(value)
        if smallest is not None and value < smallest:
            _breach(
                breaches, _quoted(value), path, f"have value greater than or equal to {smallest}"
            )
        if largest is not None and value > largest:
            _breach(breaches, _quoted(value), path, f"have value less than or equal to {largest}")
        return value

    return checker


def _boolean(_: Shape) -> Checker:
    def checker(value: object, path: Path, breaches: list[str]) -> object:
        if not isinstance(value, bool):
            raise _wrong_type(value, "a Boolean")
        return value

    return checker


def _limits(shape: Shape) -> tuple[int, float]:
    """The smallest and the largest length."""
    return shape.metadata.get("min") or 0, shape.metadata.get("max", math.inf)


def _length(
    shape: Shape, show: Callable[[_Sized], str]
) -> Callable[[_Sized, Path, list[str]], None]:
    smallest, largest = _limits(shape)

    def check_length(value: _Sized, path: Path, breaches: list[str]) -> None:
        length = len(value)
        if length < smallest:
            _breach(breaches, show(value), path, f"have length greater than or equal to {smallest}")
        if length > largest:
            _breach(breaches, show(value), path, f"have length less than or equal to {largest}")

    return check_length


def _text(path: Path) -> str:
    """A path as AWS writes it: `tags.2.member.value`."""
    steps: list[str] = []
    while path is not None:
        path, step = path
        steps.append(step if isinstance(step, str) else f"{step}.member")
    return ".".join(reversed(steps))


def _quoted(value: object) -> str:
    """How a breach begins that shows the value."""
    return f"Value '{value}'"


# OPEN RULE constraint-words
def _breach(breaches: list[str], shown: str, path: Path, constraint: str) -> None:
    breaches.append(
        f"{shown} at '{_text(path)}' failed to satisfy constraint: Member must {constraint}"
    )


# OPEN RULE serialization
def _wrong_type(value: object, type_name: str) -> SerializationException:
    actual = _JSON_TYPES.get(type(value), "OBJECT")
    return SerializationException(f"{actual}_VALUE can not be converted to {type_name}")


_JSON_TYPES: Final = {
    str: "STRING",
    int: "NUMBER",
    float: "NUMBER",
    bool: "BOOLEAN",
    list: "LIST",
    dict: "STRUCTURE",
}
# Any: each takes its own kind of Shape.
_COMPILERS: Final[dict[str, Callable[[Any], Checker]]] = {
    "structure": _structure,
    "list": _list,
    "string": _string,
    "blob": _blob,
    "integer": _integer,
    "long": _integer,
    "boolean": _boolean,
}
