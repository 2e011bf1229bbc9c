"""The only source of "now"."""

from __future__ import annotations

from datetime import datetime, timezone


def milliseconds(moment: datetime) -> datetime:
    """The moment in the precision in which AWS tells it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class Clock:
    """Tells a mock the time. freezegun and time-machine steer it as they steer `datetime`."""

    def now(self) -> datetime:
        """The present moment: UTC, timezone-aware."""
        return datetime.now(timezone.utc)
