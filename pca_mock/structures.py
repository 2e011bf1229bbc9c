"""Values as they are in requests and responses: dicts, lists, and what stands in them."""

from __future__ import annotations

from typing import Any


def copied(value: Any) -> Any:
    """A deep copy of dicts and lists. What they hold besides never changes, and is shared."""
    # Called for containers alone where that can be: most of what they hold is text.
    if isinstance(value, dict):
        return {
            name: copied(member) if isinstance(member, (dict, list)) else member
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [copied(item) for item in value]
    return value
