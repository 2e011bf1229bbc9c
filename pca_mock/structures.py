"""Values as they are in requests and responses: dicts, lists, and what stands in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

# What never changes, and is most of what there is.
_PLAIN: Final = frozenset((str, bytes, int, float, bool, datetime, type(None)))


def copied(value: Any) -> Any:
    """A deep copy of dicts and lists. What they hold besides never changes, and is shared."""
    if isinstance(value, dict):
        copy = value.copy()
        for name, member in value.items():
            if type(member) not in _PLAIN:
                copy[name] = copied(member)
        return copy
    if isinstance(value, list):
        return [copied(item) for item in value]
    return value
