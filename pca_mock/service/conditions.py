"""Conditions of IAM policies: operators, wildcards and policy variables.

Sources: IAM User Guide, "Condition operators", "Set operators for multivalued context keys",
"Policy elements: Variables and tags", "Amazon Resource Names (ARNs)".
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from typing import Final

# Condition keys in lower case, as their case doesn't matter, with their values in a request.
Facts = Mapping[str, Sequence[str]]

_ARN_PARTS: Final = 6
_VARIABLE: Final = re.compile(r"\$\{\s*([^,}]+?)\s*(?:,\s*'([^']*)'\s*)?\}")
# Placeholders for characters that are not wildcards: `${*}`, `${?}` and `${$}`.
_LITERALS: Final = {"*": "\ue000", "?": "\ue001", "$": "\ue002"}


def is_like(value: str, pattern: str) -> bool:
    """Whether a text fits a pattern in which `*` is any text, `?` any character."""
    return _compiled(pattern).fullmatch(value) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in re.split(r"([*?])", pattern))
    text = "".join({r"\*": ".*", r"\?": "."}.get(part, part) for part in parts)
    return re.compile(_plain(text), re.DOTALL)


def _plain(text: str) -> str:
    """A text with the placeholders replaced by their characters, escaped for an expression."""
    for character, stand_in in _LITERALS.items():
        text = text.replace(stand_in, re.escape(character))
    return text


def arn_is_like(arn: str, pattern: str) -> bool:
    """Whether an ARN fits a pattern: each of its six parts does, and no wildcard spans two.

    A pattern that has fewer parts ends with one that is compared with the rest.
    """
    parts = pattern.split(":", _ARN_PARTS - 1)
    values = arn.split(":", len(parts) - 1)
    return len(values) == len(parts) and all(map(is_like, values, parts))


def substituted(text: str, facts: Facts) -> str | None:
    """A text with the values of its policy variables; None if one has no value in the request.

    Args:
        text: such as "team-${aws:PrincipalTag/team, 'none'}".
        facts: about the request.
    """
    is_complete = True

    def value_of(match: re.Match[str]) -> str:
        nonlocal is_complete
        key, default = match[1], match[2]
        if key in _LITERALS:
            return _LITERALS[key]
        values = facts.get(key.lower(), ())
        if len(values) == 1:
            return values[0]
        is_complete = is_complete and default is not None
        return default or ""

    replaced = _VARIABLE.sub(value_of, text)
    return replaced if is_complete else None


# Operators


def _literal(text: str) -> str:
    for character, stand_in in _LITERALS.items():
        text = text.replace(stand_in, character)
    return text


def _equals(value: str, expected: str) -> bool:
    return value == _literal(expected)


def _equals_ignoring_case(value: str, expected: str) -> bool:
    return value.casefold() == _literal(expected).casefold()


def _number(text: str) -> float:
    return float(text)


def _moment(text: str) -> float:
    """Seconds since 1970, from such a number or from ISO 8601.

    Raises:
        ValueError: it is neither.
    """
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def _ordered(
    read: Callable[[str], float], is_so: Callable[[float, float], bool]
) -> Callable[[str, str], bool]:
    """A comparison of numbers or moments; unreadable values never fit."""

    def compare(value: str, expected: str) -> bool:
        try:
            return is_so(read(value), read(expected))
        except ValueError:
            return False

    return compare


def _is_same_truth(value: str, expected: str) -> bool:
    return value.lower() == expected.lower()


def _is_same_binary(value: str, expected: str) -> bool:
    try:
        return base64.b64decode(value, validate=True) == base64.b64decode(expected, validate=True)
    except binascii.Error:
        return False


def _is_in_network(value: str, expected: str) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(expected, strict=False)
    except ValueError:
        return False


_ORDERS: Final[dict[str, Callable[[float, float], bool]]] = {
    "Equals": lambda value, expected: value == expected,
    "LessThan": lambda value, expected: value < expected,
    "LessThanEquals": lambda value, expected: value <= expected,
    "GreaterThan": lambda value, expected: value > expected,
    "GreaterThanEquals": lambda value, expected: value >= expected,
}
# Operator -> (value in the request, value in the policy) -> whether it fits.
COMPARISONS: Final[dict[str, Callable[[str, str], bool]]] = {
    "StringEquals": _equals,
    "StringEqualsIgnoreCase": _equals_ignoring_case,
    "StringLike": is_like,
    **{f"Numeric{name}": _ordered(_number, is_so) for name, is_so in _ORDERS.items()},
    **{f"Date{name}": _ordered(_moment, is_so) for name, is_so in _ORDERS.items()},
    "Bool": _is_same_truth,
    "BinaryEquals": _is_same_binary,
    "IpAddress": _is_in_network,
    "ArnEquals": arn_is_like,
    "ArnLike": arn_is_like,
}
# Operator -> the one that it negates.
_NEGATIVE: Final = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
_NULL: Final = "Null"
# Operators whose values can have policy variables.
_WITH_VARIABLES: Final = ("String", "Arn")
OPERATORS: Final = (*COMPARISONS, *_NEGATIVE, _NULL)
_OPERATOR: Final = re.compile(r"(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?")


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a statement.

    Attributes:
        quantifier: "ForAllValues", "ForAnyValue", or None.
        operator: one of `OPERATORS`.
        if_exists: whether a request without the key meets the condition.
        key: as the policy spells it.
        values: one of them must fit or, with a negated operator, none.
        has_variables: whether values can have policy variables.
    """

    quantifier: str | None
    operator: str
    if_exists: bool
    key: str
    values: tuple[str, ...]
    has_variables: bool

    def is_met(self, facts: Facts) -> bool:
        """Whether a request meets it."""
        actual = facts.get(self.key.lower(), ())
        if self.operator == _NULL:
            return any((value.lower() == "true") == (not actual) for value in self.values)
        if not actual:
            return self._is_met_without_key()
        resolved = (self._resolved(text, facts) for text in self.values)
        values = [value for value in resolved if value is not None]
        # OPEN RULE condition-several-values: without a set operator, one of several values of the
        # request suffices.
        quantified = all if self.quantifier == "ForAllValues" else any
        return quantified(self._fits(value, values) for value in actual)

    def _is_met_without_key(self) -> bool:
        if self.quantifier is not None:
            return self.quantifier == "ForAllValues"
        return self.if_exists or self.operator in _NEGATIVE

    def _resolved(self, text: str, facts: Facts) -> str | None:
        if not self.has_variables or not self.operator.startswith(_WITH_VARIABLES):
            return text
        return substituted(text, facts)

    def _fits(self, actual: str, values: Sequence[str]) -> bool:
        compare = COMPARISONS[_NEGATIVE.get(self.operator, self.operator)]
        is_one = any(compare(actual, value) for value in values)
        return is_one != (self.operator in _NEGATIVE)


def condition(operator: str, key: str, values: Sequence[str], *, has_variables: bool) -> Condition:
    """A condition, from the words of a policy. See `Condition` for the arguments.

    Raises:
        ValueError: there is no such operator.
    """
    match = _OPERATOR.fullmatch(operator)
    if match is None or match[2] not in OPERATORS or (match[2] == _NULL and operator != _NULL):
        raise ValueError(f"there is no condition operator {operator!r}")
    return Condition(match[1], match[2], match[3] is not None, key, tuple(values), has_variables)
