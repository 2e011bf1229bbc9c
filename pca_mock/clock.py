"""The only source of "now"."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta, timezone
from typing import Final

from pca_mock import sleeping
from pca_mock.arguments import Kind
from pca_mock.locks import new_rlock
from pca_mock.notebooks import as_html
from pca_mock.structures import OnlyOnce

EARLIEST: Final = datetime.min.replace(tzinfo=timezone.utc)
LATEST: Final = datetime.max.replace(tzinfo=timezone.utc)
_MOMENT: Final = Kind("a datetime or text in ISO 8601", (datetime, str))
_STEP: Final = Kind("a timedelta, unless a unit is passed as in seconds=5", (timedelta,))
_UNITS: Final = Kind("a number", (int, float))


def _machine_time() -> datetime:
    """The present moment by the machine, or by what has replaced its clock: UTC."""
    now = datetime.now(timezone.utc)
    offset = getattr(datetime, "_tz_offset", None)
    if offset is None:
        return now
    # freezegun adds its `tz_offset`, that of the local zone, to any zone; but not to time.time().
    shifted: datetime = now - offset()
    return min(now, shifted, key=lambda moment: abs(moment.timestamp() - time.time()))


def milliseconds(moment: datetime) -> datetime:
    """The moment in the precision of AWS's answers."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def later(moment: datetime, by: timedelta) -> datetime:
    """A later moment, or the last one that there is."""
    return moment + by if by <= LATEST - moment else LATEST


# (the moment at which a clock is stopped, else None; how far it is ahead of the machine's)
Setting = tuple[datetime | None, timedelta]


class Clock(OnlyOnce):
    """The time of a mock, which a test can stop and move; code outside the mock keeps its own.

    Until it is moved it shows the machine's time, and so follows freezegun and time-machine, which
    change `datetime` itself.

    Example:
        >>> from pca_mock import mock_pca
        >>> with mock_pca() as pca, pca.clock.freeze("2030-01-01T12:00Z") as clock:
        ...     clock.advance(days=40)
        ...     print(clock.now())
        2030-02-10 12:00:00+00:00
    """

    def __init__(self) -> None:
        """Start with the machine's time."""
        self._setting: Setting = (None, timedelta())
        self._lock = new_rlock()
        self._watchers: list[Callable[[], None]] = []

    def __repr__(self) -> str:
        state = ", frozen" if self.is_frozen else ""
        return f"<Clock {self.now():%Y-%m-%d %H:%M:%S} UTC{state}>"

    def _repr_html_(self) -> str:
        return as_html(self)

    @property
    def is_frozen(self) -> bool:
        """Whether the clock is frozen."""
        return self._setting[0] is not None

    def now(self) -> datetime:
        """The present moment: UTC, timezone-aware."""
        frozen_at, ahead = self._setting
        return frozen_at or _machine_time() + ahead

    def freeze(self, at: datetime | str | None = None) -> AbstractContextManager[Clock]:
        """Stop the clock, from now on or until the end of a `with` block.

        Args:
            at: the time at which it stops: a datetime with a time zone, or ISO 8601 text with one;
                by default the present one.

        Returns:
            A context manager, at whose end the clock is as it was before.

        Raises:
            TypeError: neither a datetime nor text.
            ValueError: no such moment, or without a time zone.
        """
        _MOMENT.check_if_given(at=at)
        with self._lock:
            before = self._setting
            moment = self.now() if at is None else _moment(at)
            self._setting = (moment, timedelta())
        _tell(self)
        return _until_the_end(self, before)

    def resume(self) -> None:
        """Make the clock go on from its present time."""
        with self._lock:
            self._setting = (None, self.now() - _machine_time())
        _tell(self)

    def advance(
        self,
        by: timedelta | None = None,
        *,
        weeks: float = 0,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        milliseconds: float = 0,
        microseconds: float = 0,
    ) -> None:
        """Move the clock forward, frozen or not: `advance(days=40)`, or by a timedelta.

        Raises:
            TypeError: `by` isn't a timedelta, or a unit isn't a number.
            ValueError: the time would go back; `move_to` does that.
            OverflowError: it would be after the year 9999.
        """
        _STEP.check_if_given(by=by)
        _UNITS.check(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        _UNITS.check(milliseconds=milliseconds, microseconds=microseconds)
        step = timedelta(days, seconds, microseconds, milliseconds, minutes, hours, weeks)
        step += by or timedelta()
        if step < timedelta():
            raise ValueError(f"advance() goes forward, not by {step}; move_to() goes anywhere")
        with self._lock:
            frozen_at, ahead = self._setting
            target = self.now() + step  # where this raises, nothing has happened
            if frozen_at is not None:
                self._setting = (target, ahead)
            else:
                self._setting = (None, ahead + step)
        _tell(self)

    def move_to(self, moment: datetime | str) -> None:
        """Set the clock to a moment. A frozen clock stays frozen, a running one goes on.

        Args:
            moment: a datetime with a time zone, or ISO 8601 text with one.

        Raises:
            TypeError: neither a datetime nor text.
            ValueError: no such moment, or without a time zone.
        """
        _MOMENT.check(moment=moment)
        target = _moment(moment)
        with self._lock:
            if self.is_frozen:
                self._setting = (target, timedelta())
            else:
                self._setting = (None, target - _machine_time())
        _tell(self)

    @contextmanager
    def follow_sleep(self) -> Iterator[Clock]:
        """In a `with` block, make `time.sleep` and `asyncio.sleep` move this clock, and return.

        It is for programs that wait in a loop of their own; boto3's waiters need no such block. It
        applies to the thread of the block and to the tasks that are started in it. Other ways to
        wait, such as `threading.Event.wait`, take their time.
        """
        with sleeping.followed_by(lambda seconds: self.advance(seconds=seconds)):
            yield self

    def reset(self) -> None:
        """Show the machine's time again."""
        set_to(self, (None, timedelta()))
        _tell(self)


def watch(clock: Clock, watcher: Callable[[], None]) -> None:
    """Call a function whenever a clock has been set."""
    clock._watchers.append(watcher)


def setting_of(clock: Clock) -> Setting:
    """The setting of a clock, for `set_to`."""
    return clock._setting


def set_to(clock: Clock, setting: Setting) -> None:
    """Set a clock as it was. The watchers are not called."""
    clock._setting = setting


def _tell(clock: Clock) -> None:
    # Not under the lock: the watchers have one of their own, under which others ask the time.
    for watcher in clock._watchers:
        watcher()


@contextmanager
def _until_the_end(clock: Clock, former: Setting) -> Iterator[Clock]:
    try:
        yield clock
    finally:
        set_to(clock, former)
        _tell(clock)


def _moment(value: datetime | str) -> datetime:
    """A moment in UTC.

    Raises:
        ValueError: not a moment, or one whose time zone is unknown, or with a year that UTC lacks.
    """
    if isinstance(value, str):
        # Python 3.10 doesn't read the Z of ISO 8601.
        value = datetime.fromisoformat(value[:-1] + "+00:00" if value.endswith("Z") else value)
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone: add one, for example timezone.utc")
    try:
        return value.astimezone(timezone.utc)
    except OverflowError:
        raise ValueError(f"{value} is before the year 1 or after the year 9999 in UTC") from None
