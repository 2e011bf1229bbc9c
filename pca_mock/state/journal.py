"""Where a mock's state is kept beyond its process, if anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from pca_mock.state.calls import Caller


class Journal(Protocol):
    """Something that keeps a mock's state, one transaction for each call."""

    def note(self, params: Mapping[str, Any], response: Mapping[str, Any], caller: Caller) -> None:
        """Keep the changes of a call, which is answered afterwards.

        Args:
            params: of the call.
            response: its answer.
            caller: who has called.
        """

    def rewrite(self) -> None:
        """Keep everything again: a snapshot was restored, or the mock was reset."""
