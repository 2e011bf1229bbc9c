"""Something that was begun and takes time: when it ends, and how.

A new CA, a certificate and an audit report carry such a record. The delays of the mock, and
the plans that a test made with `hold` and `fail_later`, come together here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from pca_mock.state.calls import Origin
from pca_mock.state.plans import Hold, LateFailure, Params, Plans


@dataclass(frozen=True, slots=True)
class Progress:
    """How something that was begun goes on. It ends when its time and its polls are both over.

    Attributes:
        due_at: when its time is over: UTC; None if it takes no time.
        polls_left: how many more times it will be reported as unfinished.
        failure: why it fails at its end; None if it succeeds.
    """

    due_at: datetime | None = None
    polls_left: int = 0
    failure: str | None = None

    def is_pending(self, now: datetime) -> bool:
        """Whether it isn't finished yet."""
        return self.polls_left > 0 or (self.due_at is not None and now < self.due_at)

    def polled(self) -> Progress:
        """This progress after one more poll."""
        return replace(self, polls_left=self.polls_left - 1) if self.polls_left else self

    def failing(self, reason: str) -> Progress:
        """This progress, with a failure at its end."""
        return replace(self, failure=reason)


def begin(
    plans: Plans,
    operation: str,
    params: Params,
    due_at: datetime | None,
    origin: Origin = "code",
) -> AbstractContextManager[Progress]:
    """Begin something that takes time, in the way that a test has planned.

    Conditions of plans are asked at the beginning of the block, and the plans are used up at its
    end, unless it raises. So all that the call changes belongs in the block.

    Args:
        plans: of the mock.
        operation: the one that begins it.
        params: of the call.
        due_at: when its time is over: UTC; None if it takes no time.
        origin: of the call.
    """
    if not plans.in_force:
        return nullcontext(Progress(due_at))
    return _begin_as_planned(plans, operation, params, due_at, origin)


@contextmanager
def _begin_as_planned(
    plans: Plans, operation: str, params: Params, due_at: datetime | None, origin: Origin
) -> Iterator[Progress]:
    with plans.striking(operation, params, origin, Hold, LateFailure) as (hold, late_failure):
        yield Progress(
            due_at,
            hold.polls if isinstance(hold, Hold) else 0,
            late_failure.reason if isinstance(late_failure, LateFailure) else None,
        )
