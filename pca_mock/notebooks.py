"""HTML for notebooks: `_repr_html_` of everything that a test holds.

What makes the HTML of a class is in a higher room, which registers it here.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any, Final

_views: Final[dict[type, Callable[[Any], str]]] = {}


def show_by(cls: type, view: Callable[[Any], str]) -> None:
    """Show the instances of a class by a function that makes HTML."""
    _views[cls] = view


def as_html(thing: Any, view: Callable[[], str] | None = None) -> str:
    """A thing as HTML; as plain text where that fails, as a notebook would show a traceback.

    Args:
        thing: the thing.
        view: what makes its HTML; by default the view of its class.
    """
    try:
        return view() if view is not None else _views[type(thing)](thing)
    except Exception:
        return f"<pre>{escape(repr(thing))}</pre>"
