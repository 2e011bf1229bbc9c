"""Pagination tokens: opaque to callers, and valid only for the listing that returned them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Final, TypedDict, TypeVar

from pca_mock.errors import InvalidNextTokenException

_Item = TypeVar("_Item")


class _PagedRequest(TypedDict, total=False):
    MaxResults: int
    NextToken: str


_SEPARATOR: Final = "\n"
_POSITION: Final = re.compile("[0-9]{1,20}")


def token(position: int, *listing: str) -> str:
    """A token that continues a listing after a position.

    Args:
        position: not negative; the listing decides what it means.
        listing: its identity: operation, account, filters …
    """
    text = _SEPARATOR.join((*listing, str(position)))
    return base64.urlsafe_b64encode(text.encode()).decode()


def position(token: str | None, *listing: str) -> int:
    """The position in a token of this listing; 0 without a token.

    Raises:
        InvalidNextTokenException: not a token, or one of another listing.
    """
    if token is None:
        return 0
    try:
        text = base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise _invalid() from None
    *origin, position = text.split(_SEPARATOR)
    if tuple(origin) != listing or not _POSITION.fullmatch(position):
        raise _invalid()
    return int(position)


def page(
    items: Sequence[_Item], request: _PagedRequest, size: int, *listing: str
) -> tuple[Sequence[_Item], dict[str, str]]:
    """A page of a short list, whose positions are places in it.

    Args:
        items: the whole list.
        request: with MaxResults and NextToken, or without.
        size: of a page, unless the request has MaxResults.
        listing: its identity.

    Returns:
        The page, and the member NextToken where there are more.

    Raises:
        InvalidNextTokenException: not a token, or one of another listing.
    """
    start = position(request.get("NextToken"), *listing)
    end = start + request.get("MaxResults", size)
    return items[start:end], {"NextToken": token(end, *listing)} if end < len(items) else {}


# OPEN RULE bad-next-token
def _invalid() -> InvalidNextTokenException:
    return InvalidNextTokenException("The NextToken value is not valid.")
