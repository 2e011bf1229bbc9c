from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
import time_machine
from freezegun import freeze_time

from pca_mock import PcaMock, mock_pca
from pca_mock.clock import Clock, milliseconds, watch

NOON = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
IN_TOKYO = timezone(timedelta(hours=9))


@pytest.fixture
def clock() -> Clock:
    return Clock()


def tells_the_time(clock: Clock) -> bool:
    """Whether the clock shows the machine's time."""
    before = datetime.now(timezone.utc)
    told = clock.now()
    return before <= told <= datetime.now(timezone.utc)


# Running


def test_a_new_clock_shows_the_machines_time_in_utc(clock: Clock) -> None:
    assert tells_the_time(clock)
    assert clock.now().tzinfo is timezone.utc
    assert not clock.is_frozen


def test_it_goes_on_with_the_machine(clock: Clock) -> None:
    with time_machine.travel(NOON, tick=False) as machine:
        machine.shift(HOUR)

        assert clock.now() == NOON + HOUR


def test_freezegun_steers_it(clock: Clock) -> None:
    with freeze_time(NOON) as machine:
        assert clock.now() == NOON
        machine.tick(HOUR)
        assert clock.now() == NOON + HOUR
    assert tells_the_time(clock)


def test_time_machine_steers_it(clock: Clock) -> None:
    with time_machine.travel(NOON, tick=False):
        assert clock.now() == NOON
    assert tells_the_time(clock)


@pytest.mark.parametrize("hours", [-12, 0, 5.5, 14])
def test_the_zone_of_freezegun_moves_the_local_time_only(hours: float, clock: Clock) -> None:
    with freeze_time(NOON, tz_offset=timedelta(hours=hours)):
        assert clock.now() == NOON
        clock.advance(hours=1)
        assert clock.now() == NOON + timedelta(hours=1)
        with clock.freeze(NOON):
            pass
        assert clock.now() == NOON + timedelta(hours=1)


@pytest.mark.parametrize("travel", [freeze_time, lambda at: time_machine.travel(at, tick=False)])
def test_its_offset_is_added_to_the_time_of_a_machine_that_travels(
    travel: Callable[[datetime], Any], clock: Clock
) -> None:
    clock.advance(days=40)

    with travel(NOON):
        assert clock.now() == NOON + timedelta(days=40)
        clock.advance(HOUR)
        assert clock.now() == NOON + timedelta(days=40, hours=1)


# freeze and resume


def test_a_frozen_clock_stops(clock: Clock) -> None:
    before = datetime.now(timezone.utc)
    clock.freeze()

    told = clock.now()
    assert before <= told <= datetime.now(timezone.utc)
    assert clock.is_frozen
    with time_machine.travel(NOON):
        assert clock.now() == told


@pytest.mark.parametrize(
    "at",
    [
        NOON,
        datetime(2027, 3, 1, 21, tzinfo=IN_TOKYO),
        "2027-03-01T12:00:00Z",
        "2027-03-01T12:00:00+00:00",
        "2027-03-01 21:00:00.000+09:00",
    ],
)
def test_it_can_be_frozen_at_and_moved_to_a_moment(at: Any, clock: Clock) -> None:
    clock.freeze(at)
    assert clock.now() == NOON
    assert clock.now().tzinfo is timezone.utc

    clock.reset()
    with time_machine.travel(NOON + 7 * HOUR, tick=False):
        clock.move_to(at)
        assert clock.now() == NOON
        assert clock.now().tzinfo is timezone.utc


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (datetime(2027, 3, 1, 12), "no time zone"),
        ("2027-03-01T12:00:00", "no time zone"),
        ("2027-03-01", "no time zone"),
        ("soon", "Invalid isoformat"),
        ("Z", "Invalid isoformat"),
        ("", "Invalid isoformat"),
        (date(2027, 3, 1), "must be a datetime or text in ISO 8601, not"),
        (1803902400, "must be a datetime or text in ISO 8601, not 1803902400"),
    ],
)
@pytest.mark.parametrize("name", ["freeze", "move_to"])
def test_a_value_that_is_no_moment_is_refused_and_nothing_happens(
    name: str, at: Any, reason: str, clock: Clock
) -> None:
    with pytest.raises((TypeError, ValueError), match=reason):
        getattr(clock, name)(at)

    assert tells_the_time(clock)
    assert not clock.is_frozen


def test_at_the_end_of_a_block_a_running_clock_goes_on_as_if_there_had_been_none(
    clock: Clock,
) -> None:
    with clock.freeze(NOON) as frozen:
        assert frozen is clock
        assert clock.now() == NOON
        clock.advance(days=1)
    assert tells_the_time(clock)
    assert not clock.is_frozen


def test_at_the_end_of_a_block_a_clock_that_was_ahead_still_is(clock: Clock) -> None:
    clock.advance(HOUR)
    with clock.freeze(NOON):
        pass

    with time_machine.travel(NOON, tick=False):
        assert clock.now() == NOON + HOUR


def test_blocks_can_be_nested(clock: Clock) -> None:
    with clock.freeze(NOON):
        clock.advance(HOUR)
        with clock.freeze(NOON - HOUR):
            assert clock.now() == NOON - HOUR
        assert clock.now() == NOON + HOUR
        assert clock.is_frozen


def test_a_block_that_raises_ends_like_any_other(clock: Clock) -> None:
    with pytest.raises(ZeroDivisionError), clock.freeze(NOON):
        _ = 1 / 0

    assert tells_the_time(clock)


def test_a_resumed_clock_goes_on_from_where_it_stopped(clock: Clock) -> None:
    with time_machine.travel(NOON, tick=False) as machine:
        clock.freeze()
        machine.shift(HOUR)
        clock.resume()
        assert clock.now() == NOON
        assert not clock.is_frozen
        machine.shift(HOUR)

        assert clock.now() == NOON + HOUR


def test_resuming_a_clock_that_goes_changes_nothing(clock: Clock) -> None:
    with time_machine.travel(NOON, tick=False) as machine:
        clock.advance(HOUR)
        clock.resume()
        machine.shift(HOUR)

        assert clock.now() == NOON + 2 * HOUR


# advance, move_to and reset


@pytest.mark.parametrize(
    ("by", "units", "expected"),
    [
        (HOUR, {}, HOUR),
        (None, {"days": 40}, timedelta(days=40)),
        (None, {"minutes": 5, "seconds": 0.5}, timedelta(minutes=5, milliseconds=500)),
        (HOUR, {"hours": 1}, 2 * HOUR),
        (HOUR, {"minutes": -60}, timedelta()),
        (None, {}, timedelta()),
    ],
)
@pytest.mark.parametrize("frozen", [False, True])
def test_it_advances_by_the_step(
    frozen: bool, by: Any, units: Any, expected: timedelta, clock: Clock
) -> None:
    with time_machine.travel(NOON, tick=False):
        if frozen:
            clock.freeze()
        clock.advance(by, **units)
        clock.advance(HOUR)

        assert clock.now() == NOON + expected + HOUR
        assert clock.is_frozen is frozen


@pytest.mark.parametrize(
    ("units", "error", "reason"),
    [
        ({"days": -1}, ValueError, re.escape("advance() goes forward, not by -1 day")),
        ({"months": 1}, TypeError, "months"),
        ({"days": "1"}, TypeError, "days"),
        ({"by": 5}, TypeError, "by must be a timedelta, unless a unit is passed"),
        ({"days": 4_000_000}, OverflowError, "out of range"),
        ({"days": 10**9}, OverflowError, "days="),
    ],
)
@pytest.mark.parametrize("frozen", [False, True])
def test_an_impossible_step_is_refused_and_nothing_happens(
    frozen: bool, units: Any, error: type[Exception], reason: str, clock: Clock
) -> None:
    with time_machine.travel(NOON, tick=False):
        if frozen:
            clock.freeze()

        with pytest.raises(error, match=reason):
            clock.advance(**units)
        assert clock.now() == NOON


@pytest.mark.parametrize("frozen", [False, True])
def test_a_moved_clock_runs_or_stays_frozen_as_before(frozen: bool, clock: Clock) -> None:
    with time_machine.travel(NOON, tick=False) as machine:
        if frozen:
            clock.freeze()
        for moment in (NOON - 40 * HOUR, NOON + 40 * HOUR):
            clock.move_to(moment)
            assert clock.now() == moment
            assert clock.is_frozen is frozen
        machine.shift(HOUR)

        assert clock.now() == NOON + (40 if frozen else 41) * HOUR


def test_a_reset_clock_shows_the_machines_time_again(clock: Clock) -> None:
    clock.freeze(NOON)
    clock.reset()
    assert tells_the_time(clock)

    clock.advance(days=1)
    clock.reset()
    assert tells_the_time(clock)
    assert not clock.is_frozen


def test_threads_that_advance_it_together_advance_it_by_the_sum(clock: Clock) -> None:
    clock.freeze(NOON)

    def work() -> None:
        for _ in range(100):
            clock.advance(seconds=1)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert clock.now() == NOON + timedelta(seconds=800)


# Watchers, and the repr


def test_watchers_are_called_after_each_setting(clock: Clock) -> None:
    seen: list[datetime] = []
    watch(clock, lambda: seen.append(clock.now()))

    with time_machine.travel(NOON, tick=False):
        with clock.freeze(NOON - HOUR):
            clock.advance(HOUR)
            clock.move_to(NOON + HOUR)
            clock.resume()
        clock.reset()

    assert seen == [NOON - HOUR, NOON, NOON + HOUR, NOON + HOUR, NOON, NOON]


def test_watchers_are_not_called_for_a_refused_setting(clock: Clock) -> None:
    seen: list[datetime] = []
    watch(clock, lambda: seen.append(clock.now()))

    with pytest.raises(ValueError, match="forward"):
        clock.advance(days=-1)
    with pytest.raises(ValueError, match="time zone"):
        clock.move_to("2027-03-01")
    assert seen == []


def test_it_shows_its_time_and_whether_it_is_frozen(clock: Clock) -> None:
    with time_machine.travel(NOON, tick=False):
        assert repr(clock) == "<Clock 2027-03-01 12:00:00 UTC>"
        clock.freeze()
        assert repr(clock) == "<Clock 2027-03-01 12:00:00 UTC, frozen>"


def test_a_moment_in_milliseconds_is_cut_off_not_rounded() -> None:
    moment = NOON.replace(microsecond=999_999)

    assert milliseconds(moment) == NOON.replace(microsecond=999_000)


# The clock of a mock


def test_each_mock_has_a_clock_of_its_own(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    with mock_pca() as inner:
        assert tells_the_time(inner.clock)
        inner.clock.advance(days=1)

    assert pca.clock.now() == NOON
    assert pca.clock is pca.clock


def test_code_outside_the_mock_keeps_its_own_time(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)

    assert abs(datetime.now(timezone.utc) - NOON) > HOUR
