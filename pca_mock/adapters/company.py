"""Who calls another service, whose calls are answered together with moto."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pca_mock.state.calls import Caller
from pca_mock.state.store import State

# (state, credentials, region) -> the caller and its access key
Identify = Callable[[State, Any, str], tuple[Caller, "str | None"]]

_identify: Identify


def identify_with(identify: Identify) -> None:
    """Set the function that names the caller of a call."""
    global _identify
    _identify = identify


def caller_of(
    state: State, request_signer: Any, context: dict[str, Any]
) -> tuple[Caller, str | None]:
    """The caller of a call at `before-call`, and its access key.

    Args:
        state: of the mock that answers.
        request_signer: of the client.
        context: of the request.
    """
    return _identify(state, request_signer._credentials, context["client_region"])
