"""The context of a call of ACM, which its operation gets besides the request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pca_mock.state.calls import Caller
from pca_mock.state.store import State

# A certificate's ARN in ACM -> the ARNs of the resources that use it.
Users = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class AcmContext:
    """One call.

    Attributes:
        state: of the mock whose CAs are meant.
        caller: who calls, as Private CA sees it.
        account_id: in which ACM's certificates are, 12 digits.
        now: UTC.
        users: of the certificates.
    """

    state: State
    caller: Caller
    account_id: str
    now: datetime
    users: Users

    @property
    def place(self) -> str:
        """The beginning of the ARNs of the certificates that the caller has in its region."""
        caller = self.caller
        return f"arn:{caller.partition}:acm:{caller.region}:{self.account_id}:certificate/"
