"""Values as they are in requests, responses and policies, and copies of things."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, TypeVar

_Item = TypeVar("_Item")
_Value = TypeVar("_Value")
_DEEPEST: Final = 30  # the model's own structures end at nine
TOO_DEEP: Final = "…"
# Types of most members; their values never change.
_PLAIN: Final = frozenset((str, bytes, int, float, bool, datetime, type(None)))


def copied(value: _Value) -> _Value:
    """A deep copy of dicts, lists and tuples. Their other members never change, and are shared.

    Values nested deeper than any request of the API are replaced with `TOO_DEEP`.
    `copy.deepcopy` takes three times as long, and each answer with CAs needs copies.
    """
    copy: Any = _copied(value, 0)
    return copy  # type: ignore[no-any-return]


def _copied(value: Any, depth: int) -> Any:
    if isinstance(value, dict):
        if depth > _DEEPEST:
            return TOO_DEEP
        copy = value.copy()
        for name, member in value.items():
            if type(member) not in _PLAIN:
                copy[name] = _copied(member, depth + 1)
        return copy
    if isinstance(value, (list, tuple)):
        if depth > _DEEPEST:
            return TOO_DEEP
        items = [_copied(item, depth + 1) for item in value]
        return items if isinstance(value, list) else tuple(items)
    return value


def as_list(value: list[_Item] | _Item | None) -> list[_Item]:
    """The items of a JSON member that is a list, one item, or absent: as in IAM's policies."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


class OnlyOnce:
    """A thing of which there is one: a deep copy of something that has it has the same thing.

    Django copies deeply what a test class keeps in `setUpTestData`.
    """

    __slots__ = ()

    def __deepcopy__(self: _Item, _: object) -> _Item:
        return self
