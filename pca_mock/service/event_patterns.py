"""Event patterns of EventBridge's rules: whether an event matches one.

Source: EventBridge's User Guide, "Creating Amazon EventBridge event patterns" and "Comparison
operators". All of its operators are here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from ipaddress import ip_address, ip_network
from operator import eq, ge, gt, le, lt
from typing import Any, Final

# JSON: the pattern of a rule, or the text of one.
Pattern = Mapping[str, Any]
# A leaf of an event: text, a number, true, false or null.
_Test = Callable[[Any], bool]

_ABSENT: Final = object()
_OR: Final = "$or"


class EventPattern:
    """The pattern of a rule."""

    def __init__(self, pattern: Pattern | str) -> None:
        """Read a pattern.

        Args:
            pattern: as for `put_rule(EventPattern=…)`, or not yet JSON text.

        Raises:
            ValueError: EventBridge would refuse it.
        """
        try:
            read = json.loads(pattern) if isinstance(pattern, str) else pattern
        except ValueError as error:
            raise ValueError(f"the event pattern is not JSON: {error}") from None
        if not isinstance(read, Mapping) or not read:
            raise ValueError(f"an event pattern is a JSON object with members, not {read!r}")
        self._matches = _of_object(read, "")

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Whether an event, as JSON, matches."""
        return self._matches(event)


def _of_object(pattern: Mapping[str, Any], path: str) -> _Test:
    tests = [
        _any_of(member, path) if name == _OR else _of_member(name, member, f"{path}.{name}")
        for name, member in pattern.items()
    ]
    return lambda node: all(test(node) for test in tests)


def _any_of(alternatives: Any, path: str) -> _Test:
    if not isinstance(alternatives, list) or not all(isinstance(a, Mapping) for a in alternatives):
        raise ValueError(f"{_OR} in an event pattern needs a list of objects{_at(path)}")
    tests = [_of_object(each, path) for each in alternatives]
    return lambda node: any(test(node) for test in tests)


def _of_member(name: str, member: Any, path: str) -> _Test:
    """The test of an object: whether its member matches."""
    if isinstance(member, Mapping):
        inside = _of_object(member, path)
        # Of an array of objects, one has to match as a whole.
        return lambda node: any(inside(each) for each in _objects(_get(node, name)))
    if not isinstance(member, list) or not member:
        raise ValueError(f"an event pattern has objects and lists with values{_at(path)}")
    tests = [_of_value(each, path) for each in member]
    return lambda node: any(test(leaf) for leaf in _leaves(_get(node, name)) for test in tests)


def _at(path: str) -> str:
    return f", not so at {path[1:]}" if path else ""


def _get(node: Any, name: str) -> Any:
    return node.get(name, _ABSENT) if isinstance(node, Mapping) else _ABSENT


def _objects(node: Any) -> list[Any]:
    return list(node) if isinstance(node, (list, tuple)) else [node]


def _leaves(node: Any) -> Iterator[Any]:
    """The values in a member; the mark of absence, if it has none."""
    leaves = [each for each in _objects(node) if not isinstance(each, (Mapping, list))]
    return iter(leaves or [_ABSENT])


def _of_value(value: Any, path: str) -> _Test:
    """The test of a leaf, for one of the values in a list."""
    if not isinstance(value, Mapping):
        return partial(_is_same, value)
    if len(value) != 1:
        raise ValueError(f"a comparison in an event pattern has one operator{_at(path)}")
    ((operator, operand),) = value.items()
    if operator == "exists" and isinstance(operand, bool):
        return lambda leaf: (leaf is not _ABSENT) == operand
    make = _OPERATORS.get(operator)
    if make is None:
        raise ValueError(f"an event pattern has no operator {operator!r}{_at(path)}")
    try:
        test = make(operand)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{operator!r} in an event pattern: {error}{_at(path)}") from None
    return lambda leaf: leaf is not _ABSENT and test(leaf)


def _is_same(value: Any, leaf: Any) -> bool:
    # In Python True equals 1, in JSON it doesn't.
    return isinstance(value, bool) == isinstance(leaf, bool) and bool(value == leaf)


def _text(operand: Any) -> str:
    if not isinstance(operand, str):
        raise TypeError(f"text is needed, not {operand!r}")
    return operand


def _folded_or_not(compare: Callable[[str, str], bool], operand: Any) -> _Test:
    """A test of text, which ignores case if the operand says so."""
    if isinstance(operand, Mapping) and set(operand) == {"equals-ignore-case"}:
        folded = _text(operand["equals-ignore-case"]).casefold()
        return lambda leaf: isinstance(leaf, str) and compare(leaf.casefold(), folded)
    text = _text(operand)
    return lambda leaf: isinstance(leaf, str) and compare(leaf, text)


def _ignoring_case(operand: Any) -> _Test:
    return _folded_or_not(str.__eq__, {"equals-ignore-case": operand})


def _wildcard(operand: Any) -> _Test:
    r"""`*` is any text, also none; `\*` and `\\` are the characters themselves."""
    parts = re.findall(r"\\[*\\]|.", _text(operand), re.DOTALL)
    expression = "".join(".*" if part == "*" else re.escape(part[-1]) for part in parts)
    fits = re.compile(expression, re.DOTALL).fullmatch
    return lambda leaf: isinstance(leaf, str) and fits(leaf) is not None


def _numeric(operand: Any) -> _Test:
    """One comparison or two, such as `[">", 0, "<=", 5]`."""
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        raise ValueError("a list of one or two comparisons is needed")
    pairs = list(zip(operand[::2], operand[1::2], strict=True))
    for symbol, number in pairs:
        if symbol not in _COMPARISONS or not _is_number(number):
            raise ValueError(f"{symbol!r} and {number!r} are no comparison")
    return lambda leaf: (
        _is_number(leaf) and all(_COMPARISONS[symbol](leaf, number) for symbol, number in pairs)
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _cidr(operand: Any) -> _Test:
    network = ip_network(_text(operand), strict=False)

    def is_inside(leaf: Any) -> bool:
        try:
            return isinstance(leaf, str) and ip_address(leaf) in network
        except ValueError:
            return False

    return is_inside


def _anything_but(operand: Any) -> _Test:
    """Not a value, not one of a list, or not what an operator with one or several texts matches."""
    if isinstance(operand, Mapping):
        ((operator, texts),) = operand.items()
        if operator not in _NEGATED:
            raise ValueError(f"there is no {operator!r} in it")
        tests = [_OPERATORS[operator](each) for each in _objects(texts)]
    else:
        tests = [partial(_is_same, each) for each in _objects(operand)]
    return lambda leaf: not any(test(leaf) for test in tests)


_COMPARISONS: Final[dict[object, Callable[[Any, Any], bool]]] = {
    "=": eq,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
_OPERATORS: Final[dict[str, Callable[[Any], _Test]]] = {
    "prefix": partial(_folded_or_not, str.startswith),
    "suffix": partial(_folded_or_not, str.endswith),
    "equals-ignore-case": _ignoring_case,
    "wildcard": _wildcard,
    "numeric": _numeric,
    "cidr": _cidr,
    "anything-but": _anything_but,
}
# The operators that anything-but can negate.
_NEGATED: Final = ("prefix", "suffix", "equals-ignore-case", "wildcard")
