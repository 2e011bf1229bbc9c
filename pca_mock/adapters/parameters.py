"""The caller's own parameters of a call, kept until it is answered."""

from __future__ import annotations

import io
from typing import Any, Final

from pca_mock.state import running

# In the context of a call. Another copy of this package, in the same process, has another one.
_KEY: Final = object()


def remember(params: Any, context: dict[Any, Any], **_: Any) -> None:
    """`before-parameter-build`: keep the caller's own parameters for `remembered`."""
    if running.latest() is None:
        return
    for name, value in params.items():
        if hasattr(value, "read"):
            # Whether botocore reads it depends on its wire protocol; ours must be left to read.
            params[name] = _reopened(value.read())
    context[_KEY] = params


def remembered(context: dict[Any, Any]) -> dict[str, Any] | None:
    """The parameters, with contents in place of files; None if no mock ran when they were made."""
    parameters: dict[str, Any] | None = context.get(_KEY)
    if parameters is not None and any(hasattr(each, "getvalue") for each in parameters.values()):
        return {name: _contents(value) for name, value in parameters.items()}
    return parameters


def _reopened(content: Any) -> Any:
    return io.StringIO(content) if isinstance(content, str) else io.BytesIO(content)


def _contents(value: Any) -> Any:
    return value.getvalue() if hasattr(value, "getvalue") else value
