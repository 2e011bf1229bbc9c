"""The policies that a test enforces on the code under test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Protocol

from pca_mock.state.calls import Caller


class Decision(Enum):
    """The decision of an identity's policies on a request, which they allow only by a statement."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not allowed"
    OUTSIDE_BOUNDARY = "not allowed by the permissions boundary"
    OUTSIDE_SESSION = "not allowed by the session policy"
    DENIED = "denied"


class Rules(Protocol):
    """The policies of an identity, together."""

    @property
    def principal(self) -> str | None:
        """The ARN of the identity as messages have it; None for the caller's own."""

    @property
    def context(self) -> Mapping[str, Sequence[str]]:
        """Values of further condition keys, by names in lower case."""

    def decide(self, action: str, resource: str, facts: Mapping[str, Sequence[str]]) -> Decision:
        """Decide on a request.

        Args:
            action: such as "acm-pca:IssueCertificate".
            resource: the ARN of a CA; with wildcards, or "*", for one that isn't there yet.
            facts: condition keys in lower case, with their values.
        """


@dataclass(eq=False, slots=True)
class Enforcement:
    """Identity policies in force: from the start, until it is cancelled.

    As a context manager it is cancelled at the end of the block.
    """

    _rules_of: Callable[[Caller], Rules]
    _in_force: list[Enforcement]

    def cancel(self) -> None:
        """End these policies: those before them apply again, or none."""
        if self in self._in_force:
            self._in_force.remove(self)

    def __enter__(self) -> Enforcement:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.cancel()


def rules_of(enforcement: Enforcement, caller: Caller) -> Rules:
    """The policies that a caller is held to.

    Raises:
        UnrecognizedClientException: nobody knows the caller's access key.
    """
    return enforcement._rules_of(caller)
