from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from pca_mock.state.plans import Hold, LateFailure, Plan, Plans
from pca_mock.state.progress import Progress, begin

NOON = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)
ISSUE = "IssueCertificate"


@pytest.mark.parametrize(
    ("progress", "end"),
    [
        (Progress(), None),
        (Progress(NOON), NOON),
        (Progress(failure="OTHER"), None),
    ],
    ids=["takes no time", "takes time", "fails"],
)
def test_it_ends_when_its_time_is_over(progress: Progress, end: datetime | None) -> None:
    assert not progress.is_pending(NOON)
    assert progress.is_pending(NOON - SECOND) is (end is not None)


def test_it_does_not_end_before_its_last_poll() -> None:
    first = Progress(NOON, polls_left=2)

    assert first.is_pending(NOON)
    assert first.polled().is_pending(NOON)
    assert not first.polled().polled().is_pending(NOON)
    assert first.polled().polled().polled() == Progress(NOON)


def test_it_begins_as_planned_and_the_plans_are_used_up() -> None:
    plans = Plans()
    hold = plans.add(Plan(ISSUE, Hold(3), left=1))
    failure = plans.add(Plan(ISSUE, LateFailure("REQUEST_TIMED_OUT"), left=1))

    with begin(plans, ISSUE, {}, NOON) as progress:
        assert progress == Progress(NOON, 3, "REQUEST_TIMED_OUT")
        assert (hold.struck, failure.struck) == (0, 0)

    assert (hold.struck, failure.struck) == (1, 1)
    with begin(plans, ISSUE, {}, NOON) as progress:
        assert progress == Progress(NOON)


def test_a_block_that_raises_uses_up_no_plan() -> None:
    plans = Plans()
    plan = plans.add(Plan(ISSUE, Hold(3), left=1))

    with pytest.raises(ZeroDivisionError), begin(plans, ISSUE, {}, None):
        raise ZeroDivisionError

    assert (plan.struck, plans.in_force) == (0, [plan])
