"""The members of requests in the service model, by their dotted path; lists are passed through."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any


def leaves(shape: Any, path: str = "") -> Iterator[str]:
    """The members of a shape that hold a value."""
    if shape.type_name == "list":
        yield from leaves(shape.member, path)
    elif shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from leaves(member, f"{path}.{name}" if path else name)
    else:
        yield path


def changed(request: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The same request with another value of a member, in the first place that has it.

    The items of a list of plain values are changed all at once.
    """
    request = copy.deepcopy(request)
    *steps, last = path.split(".")
    holders: list[Any] = [request]
    for step in steps:
        result = [holder[step] for holder in holders if step in holder]
        holders = [item for each in result for item in (each if isinstance(each, list) else [each])]
    holder = next(holder for holder in holders if last in holder)
    assert holder[last] != value
    holder[last] = value
    return request
