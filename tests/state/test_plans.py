"""Planned faults by themselves: which one strikes a call, and for how long it does."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from pca_mock.errors import AwsError, InvalidStateException, ThrottlingException
from pca_mock.state.plans import (
    Delay,
    Effect,
    Hold,
    LateFailure,
    LostResponse,
    Params,
    Plan,
    Plans,
    Refusal,
    fits,
)

NO_TIME = timedelta()
ARN = "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/1"
ISSUE = "IssueCertificate"


def refusal(error: AwsError | None = None) -> Refusal:
    return Refusal(error or ThrottlingException(), single=False, latency=NO_TIME)


def planned(plans: Plans, left: int | None = None, effect: Effect | None = None) -> Plan:
    """A plan for IssueCertificate that is in force."""
    return plans.add(Plan(ISSUE, effect or refusal(), left=left))


def take(plans: Plans, kind: type[Any], operation: str, params: Params) -> Any:
    """The effect that strikes a call, which is counted; None without one of this kind."""
    return plans.strike(plans.find(kind, operation, params), kind, operation, params)


def struck(plans: Plans, params: Params | None = None) -> str | None:
    """Call IssueCertificate; return the message of the effect that strikes it."""
    result = take(plans, Refusal, ISSUE, params or {})
    return str(result.error) if result is not None else None


# How long


def test_a_counted_plan_strikes_that_many_times_and_no_more() -> None:
    plans = Plans()
    plan = planned(plans, left=2)

    assert [take(plans, Refusal, ISSUE, {}) for _ in range(3)] == [plan.effect, plan.effect, None]
    assert (plan.left, plan.struck) == (0, 2)
    assert plans.in_force == []


def test_a_plan_without_a_number_strikes_until_it_is_cancelled() -> None:
    plans = Plans()
    plan = planned(plans)

    assert all(take(plans, Refusal, ISSUE, {}) is plan.effect for _ in range(20))
    plan.cancel()
    assert take(plans, Refusal, ISSUE, {}) is None
    assert (plan.left, plan.struck) == (None, 20)


def test_cancelling_again_or_after_the_last_strike_does_nothing() -> None:
    plans = Plans()
    other, used_up, cancelled = planned(plans), planned(plans, left=1), planned(plans)
    assert take(plans, Refusal, ISSUE, {}) is used_up.effect

    for plan in (used_up, used_up, cancelled, cancelled):
        plan.cancel()

    assert plans.in_force == [other]


def test_plans_that_are_alike_are_still_two() -> None:
    plans = Plans()
    first, second = (planned(plans, effect=LateFailure("OTHER")) for _ in range(2))

    first.cancel()

    assert plans.in_force == [second]
    assert first != second


def test_cancelling_a_plan_that_was_never_in_force_does_nothing() -> None:
    plan = Plan(ISSUE, refusal())

    plan.cancel()

    assert plan.struck == 0


def test_a_plan_ends_with_its_block() -> None:
    plans = Plans()

    with planned(plans) as plan:
        assert plans.in_force == [plan]
    assert plans.in_force == []


def test_a_plan_ends_with_a_block_that_raises() -> None:
    plans = Plans()

    with pytest.raises(ZeroDivisionError), planned(plans):
        raise ZeroDivisionError
    assert plans.in_force == []


def test_each_nested_block_ends_its_own_plan() -> None:
    plans = Plans()

    with planned(plans, effect=refusal(ThrottlingException("outer"))):
        with planned(plans, effect=refusal(ThrottlingException("inner"))):
            assert struck(plans) == "inner"
        assert struck(plans) == "outer"
    assert struck(plans) is None


def test_a_plan_that_has_ended_does_not_come_back_with_another_block() -> None:
    plans = Plans()
    with planned(plans) as plan:
        pass

    with plan:
        assert struck(plans) is None


# Which one


def test_counted_plans_come_first_oldest_first_and_then_the_others_newest_first() -> None:
    plans = Plans()
    made = {
        name: planned(plans, left, refusal(ThrottlingException(name)))
        for name, left in (("a", None), ("b", 1), ("c", None), ("d", 2), ("e", None), ("f", 1))
    }

    assert [struck(plans) for _ in range(6)] == ["b", "d", "d", "f", "e", "e"]
    made["e"].cancel()
    assert struck(plans) == "c"
    made["c"].cancel()
    assert struck(plans) == "a"
    made["a"].cancel()
    assert struck(plans) is None


def test_only_the_plan_that_strikes_is_counted() -> None:
    plans = Plans()
    first, second = planned(plans, left=3), planned(plans, left=3)

    take(plans, Refusal, ISSUE, {})

    assert [(plan.left, plan.struck) for plan in (first, second)] == [(2, 1), (3, 0)]


def test_a_plan_for_another_operation_is_passed_over() -> None:
    plans = Plans()
    planned(plans)

    assert take(plans, Refusal, "GetCertificate", {}) is None


EFFECTS: list[Effect] = [refusal(), Delay(NO_TIME), LateFailure("OTHER"), Hold(1)]


@pytest.mark.parametrize("expected", EFFECTS, ids=lambda effect: type(effect).__name__)
def test_a_plan_of_another_kind_is_passed_over(expected: Effect) -> None:
    plans = Plans()
    made = {type(effect): planned(plans, 1, effect) for effect in EFFECTS}

    assert take(plans, type(expected), ISSUE, {}) is expected
    assert take(plans, type(expected), ISSUE, {}) is None
    assert [plan.struck for plan in made.values()] == [effect is expected for effect in EFFECTS]


def test_a_plan_that_does_not_fit_leaves_the_call_to_the_next_one() -> None:
    plans = Plans()
    plans.add(Plan(ISSUE, refusal(ThrottlingException("a")), {"IdempotencyToken": "a"}, left=1))
    plans.add(Plan(ISSUE, refusal(ThrottlingException("b")), {"IdempotencyToken": "b"}, left=1))
    planned(plans, effect=refusal(ThrottlingException("any")))

    assert struck(plans, {"IdempotencyToken": "b"}) == "b"
    assert struck(plans, {"IdempotencyToken": "b"}) == "any"
    assert struck(plans, {"IdempotencyToken": "a"}) == "a"


# Narrowed


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, {}),
        ({"CertificateAuthorityArn": ARN, "Csr": b"csr"}, {}),
        ({"CertificateAuthorityArn": ARN, "Csr": b"csr"}, {"CertificateAuthorityArn": ARN}),
        ({"Csr": b"csr"}, {"Csr": "csr"}),
        ({"Csr": "csr"}, {"Csr": b"csr"}),
        ({"Csr": "csr\u00fc"}, {"Csr": "csr\u00fc".encode()}),
        ({"Csr": b"csr"}, {"Csr": bytearray(b"csr")}),
        ({"MaxResults": 5}, {"MaxResults": 5}),
        ({"Tags": [{"Key": "a", "Value": "b"}]}, {"Tags": [{"Key": "a"}]}),
        ({"Validity": {"Type": "DAYS", "Value": 1}}, {"Validity": {"Value": 1, "Type": "DAYS"}}),
        ({"CertificateSerial": "0a:1b:2c"}, {"CertificateSerial": "0a1b2c"}),
        ({"CertificateSerial": "0a1b2c"}, {"CertificateSerial": "0A:1B:2C"}),
        ({"CertificateSerial": "a1b2c"}, {"CertificateSerial": "00:0A:1B:2C"}),
        ({"CertificateSerial": "0A1B2C"}, {"CertificateSerial": "0a:1b:2c"}),
    ],
)
def test_parameters_fit_if_they_have_all_planned_members(value: Params, expected: Params) -> None:
    assert fits(value, expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, {"CertificateAuthorityArn": ARN}),
        ({"CertificateAuthorityArn": ARN}, {"CertificateAuthorityArn": ARN + "2"}),
        ({"CertificateAuthorityArn": ARN}, {"CertificateAuthorityArn": ARN.upper()}),
        ({"CertificateAuthorityArn": ARN}, {"CertificateAuthorityArn": ARN, "Csr": b"csr"}),
        (
            {"CertificateAuthorityArn": ARN, "Csr": b"x"},
            {"CertificateAuthorityArn": ARN, "Csr": "y"},
        ),
        ({"IdempotencyToken": "a:b"}, {"IdempotencyToken": "ab"}),
        ({"IdempotencyToken": "0a"}, {"IdempotencyToken": "a"}),
        ({"IdempotencyToken": "A"}, {"IdempotencyToken": "a"}),
        ({"MaxResults": 5}, {"MaxResults": "5"}),
        ({"Tags": [{"Key": "a"}]}, {"Tags": [{"Key": "b"}]}),
        ({"Tags": [{"Key": "a"}] * 2}, {"Tags": [{"Key": "a"}]}),
        ({"CertificateSerial": "0a:1b:2c"}, {"CertificateSerial": "0a1b2d"}),
        ({"CertificateSerial": "a0"}, {"CertificateSerial": "a"}),
        ({"CertificateSerial": "0a"}, {"CertificateSerial": 10}),
    ],
)
def test_parameters_do_not_fit_if_a_planned_member_is_missing_or_different(
    value: Params, expected: Params
) -> None:
    assert not fits(value, expected)


def test_a_condition_gets_the_parameters_and_decides() -> None:
    plans, seen = Plans(), []

    def is_second(params: Params) -> bool:
        seen.append(params)
        return len(seen) == 2

    plan = plans.add(Plan(ISSUE, refusal(), when=is_second, left=1))
    calls = [{"IdempotencyToken": str(number)} for number in range(3)]

    assert [struck(plans, params) for params in calls] == [None, "Rate exceeded", None]
    assert seen == calls[:2]
    assert plan.struck == 1


def test_the_condition_is_called_only_for_calls_that_fit() -> None:
    plans, seen = Plans(), []

    def when(params: Params) -> bool:
        seen.append(params)
        return True

    plans.add(Plan(ISSUE, refusal(), {"IdempotencyToken": "a"}, when))

    take(plans, Refusal, "GetCertificate", {"IdempotencyToken": "a"})
    take(plans, Delay, ISSUE, {"IdempotencyToken": "a"})
    take(plans, Refusal, ISSUE, {"IdempotencyToken": "b"})
    assert seen == []
    take(plans, Refusal, ISSUE, {"IdempotencyToken": "a", "Csr": b"csr"})
    assert seen == [{"IdempotencyToken": "a", "Csr": b"csr"}]


def test_a_plan_that_ends_while_it_is_being_asked_does_not_strike() -> None:
    plans = Plans()
    plan: Plan

    def too_late(_: Params) -> bool:
        plan.cancel()
        return True

    plan = plans.add(Plan(ISSUE, refusal(), when=too_late, left=1))
    other = planned(plans, effect=refusal(InvalidStateException("the next one")))

    assert struck(plans) == "the next one"
    assert (plan.left, plan.struck, other.struck) == (1, 0, 1)


def test_the_next_plan_strikes_instead_of_one_that_has_ended_meanwhile() -> None:
    plans = Plans()
    first, second = planned(plans, left=1), planned(plans, left=1)

    result = plans.find(Refusal, ISSUE, {})
    first.cancel()
    assert plans.strike(result, Refusal, ISSUE, {}) is second.effect
    assert plans.strike(result, Refusal, ISSUE, {}) is None
    assert (first.struck, second.struck) == (0, 1)


# In threads


def test_exactly_the_planned_number_of_threads_is_struck() -> None:
    threads, calls, left = 8, 200, 50
    plans, together = Plans(), threading.Barrier(threads)
    plan = planned(plans, left)

    def call(_: int) -> int:
        together.wait()
        return sum(take(plans, Refusal, ISSUE, {}) is not None for _ in range(calls))

    with ThreadPoolExecutor(threads) as pool:
        counts = list(pool.map(call, range(threads)))

    assert sum(counts) == left
    assert (plan.left, plan.struck, plans.in_force) == (0, left, [])


def test_only_one_of_two_threads_gets_the_last_strike() -> None:
    plans, both = Plans(), threading.Barrier(2)
    plan = plans.add(Plan(ISSUE, refusal(), when=lambda _: both.wait() >= 0, left=1))

    with ThreadPoolExecutor(2) as pool:
        result = list(pool.map(lambda _: take(plans, Refusal, ISSUE, {}), range(2)))

    assert sorted(effect is None for effect in result) == [False, True]
    assert (plan.left, plan.struck) == (0, 1)


# Kept and restored


def test_restored_plans_are_in_force_with_their_remaining_strikes() -> None:
    plans = Plans()
    names = {name: ThrottlingException(name) for name in ("counted", "used up", "steady", "new")}
    counted = planned(plans, 3, refusal(names["counted"]))
    used_up = planned(plans, 1, refusal(names["used up"]))
    steady = planned(plans, None, refusal(names["steady"]))
    assert struck(plans) == "counted"
    kept = plans.keep()

    assert [struck(plans) for _ in range(3)] == ["counted", "counted", "used up"]
    steady.cancel()
    planned(plans, None, refusal(names["new"]))
    for _ in range(2):
        plans.restore(kept)
        assert plans.in_force == [counted, used_up, steady]
        assert [struck(plans) for _ in range(5)] == ["counted"] * 2 + ["used up"] + ["steady"] * 2


def test_restoring_a_state_without_plans_ends_all_plans() -> None:
    plans = Plans()
    kept = plans.keep()
    plan = planned(plans)

    plans.restore(kept)

    assert struck(plans) is None
    plan.cancel()


def test_a_plan_that_is_restored_elsewhere_can_be_cancelled_there() -> None:
    plans, later = Plans(), Plans()
    plan = planned(plans)

    later.restore(plans.keep())
    assert struck(later) == "Rate exceeded"
    plan.cancel()
    assert struck(later) is None


def test_a_plan_that_is_used_up_elsewhere_does_not_strike_for_ever() -> None:
    plans, other = Plans(), Plans()
    planned(plans, left=2)
    other.restore(plans.keep())

    assert [struck(other) for _ in range(3)] == ["Rate exceeded", "Rate exceeded", None]
    assert [struck(plans) for _ in range(4)][2:] == [None, None]


# Shown


@pytest.mark.parametrize(
    ("effect", "left", "text"),
    [
        (
            refusal(),
            None,
            "<Plan IssueCertificate: ThrottlingException, until cancelled, struck 0>",
        ),
        (refusal(), 2, "<Plan IssueCertificate: ThrottlingException, 2 left, struck 0>"),
        (
            Delay(timedelta(seconds=90)),
            1,
            "<Plan IssueCertificate: takes 0:01:30, 1 left, struck 0>",
        ),
        (
            LostResponse(ThrottlingException(), single=False, latency=NO_TIME),
            1,
            "<Plan IssueCertificate: carried out, then ThrottlingException, 1 left, struck 0>",
        ),
        (LateFailure("OTHER"), 1, "<Plan IssueCertificate: fails later, 1 left, struck 0>"),
        (Hold(3), 1, "<Plan IssueCertificate: pending for 3 polls, 1 left, struck 0>"),
    ],
)
def test_a_plan_describes_itself(effect: Effect, left: int | None, text: str) -> None:
    assert repr(planned(Plans(), left, effect)) == text


def test_a_plan_shows_the_number_of_its_strikes() -> None:
    plans = Plans()
    plan = planned(plans, left=3)

    take(plans, Refusal, ISSUE, {})

    assert repr(plan) == "<Plan IssueCertificate: ThrottlingException, 2 left, struck 1>"
