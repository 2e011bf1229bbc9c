"""HTTP requests of botocore that are about `acm-pca`, while a mock runs: none of them is sent.

Interception answers before botocore makes a request. What comes to its HTTP sessions nevertheless
was made by a client that lacks our handlers (they were taken off, or the client was hidden by
`gc.freeze()` before this package was imported) or was signed by hand.

The sessions' `send` is replaced for good, and does nothing unless a mock runs. To put it back with
the end of each mock would undo, or bring back, the patches of others that begin or end between.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

from pca_mock.adapters import imports
from pca_mock.errors import NotAnsweredByPcaMock
from pca_mock.state import running

_Send = Callable[..., Any]
# An endpoint of AWS, also in a VPC; an operation of Smithy RPC v2; a signature in the query. A
# bucket, too, may be called "acm-pca": its host has no region in this place.
_URL: Final = re.compile(
    r"^https?://(?:[^/?#]*[.@])?acm-pca(?:-fips)?\.[a-z]{2,}(?:-[a-z]+)+-\d+\."
    r"|/service/ACMPrivateCA/operation/\w+(?:[?#]|$)"
    r"|(?:/|%2F)acm-pca(?:/|%2F)aws4_request",
    re.IGNORECASE,
)
_TARGET: Final = "ACMPrivateCA."  # of AWS JSON 1.1
_SCOPE: Final = "/acm-pca/aws4_request"


def register() -> None:
    """Have the HTTP sessions of botocore and aiobotocore refuse such requests."""
    imports.watch("botocore.httpsession", _guard_botocore)
    imports.watch("aiobotocore.httpsession", _guard_aiohttp)
    imports.watch("aiobotocore.httpxsession", _guard_httpx)


def _guard_botocore(module: ModuleType) -> None:
    imports.wrap(module.URLLib3Session, "send", _refusing)


def _guard_aiohttp(module: ModuleType) -> None:  # pragma: no cover: aiobotocore pins botocore
    imports.wrap(module.AIOHTTPSession, "send", _refusing_asynchronously)


def _guard_httpx(module: ModuleType) -> None:  # pragma: no cover: aiobotocore pins botocore
    imports.wrap(module.HttpxSession, "send", _refusing_asynchronously)


def _refusing(original: _Send) -> _Send:
    def send(session: Any, request: Any) -> Any:
        _check(request)
        return original(session, request)

    return send


def _refusing_asynchronously(original: _Send) -> _Send:  # pragma: no cover: aiobotocore
    async def send(session: Any, request: Any) -> Any:
        _check(request)
        return await original(session, request)

    return send


def _check(request: Any) -> None:
    """Refuse a request about `acm-pca`, unless it goes to a server of this package.

    Raises:
        NotAnsweredByPcaMock: a mock is running, and it is such a request.
    """
    if running.latest() is None or not _is_about_us(request):
        return
    url = request.url.replace("//localhost:", "//127.0.0.1:", 1)
    if not running.is_served(f"{url}/"):
        raise NotAnsweredByPcaMock(
            f"{request.method} {request.url.partition('?')[0]}: this request about acm-pca is not "
            "sent, as a mock of pca_mock runs. The mock could not answer it: it was signed by "
            "hand, or its client lacks the handlers of pca_mock, because they were taken off or "
            "because gc.freeze() was called before pca_mock was imported. Call through a client "
            "that was made later, or send the request to pca.serve()"
        )


def _is_about_us(request: Any) -> bool:
    return (
        _URL.search(request.url) is not None
        or _header(request, "X-Amz-Target").startswith(_TARGET)
        or _SCOPE in _header(request, "Authorization")
    )


def _header(request: Any, name: str) -> str:
    value = request.headers.get(name, "")
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
