"""Idempotency tokens, and what they were answered with."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

# API_CreateCertificateAuthority, API_IssueCertificate: how long an idempotency token is valid.
TOKEN_LIFETIME: Final = timedelta(minutes=5)


# OPEN RULE token-window
@dataclass(slots=True)
class Tokens:
    """Idempotency tokens of one account and region, each with the ARN that it was answered with.

    Attributes:
        lifetime: how long a token is valid.
    """

    lifetime: timedelta = TOKEN_LIFETIME
    # When a token was used last, and the ARN; the longest ago first.
    _answers: OrderedDict[tuple[str, ...], tuple[datetime, str]] = field(
        default_factory=OrderedDict
    )

    def find(self, now: datetime, *scope: str) -> str | None:
        """The ARN answered to this token in its scope within its lifetime."""
        used_at, arn = self._answers.get(scope, (None, ""))
        return arn if used_at is not None and now - used_at < self.lifetime else None

    def remember(self, now: datetime, arn: str, *scope: str) -> None:
        """Remember the ARN that a token is answered with; forget tokens that are invalid by now."""
        self._answers[scope] = (now, arn)
        self._answers.move_to_end(scope)
        while now - next(iter(self._answers.values()))[0] >= self.lifetime:
            self._answers.popitem(last=False)

    def newest(self) -> tuple[tuple[str, ...], datetime, str]:
        """The token that was used last, of which there must be one: scope, time, and the ARN."""
        scope = next(reversed(self._answers))
        return (scope, *self._answers[scope])

    def copy(self) -> Tokens:
        """A copy for a snapshot."""
        return replace(self, _answers=self._answers.copy())
