"""When the things end that a call has begun: CAs, certificates and audit reports."""

from __future__ import annotations

from datetime import datetime

from pca_mock.state.events import Begun, Creation, Issuance
from pca_mock.state.progress import Progress
from pca_mock.state.store import State


def begin(state: State, begun: Begun, progress: Progress, now: datetime) -> None:
    """Note how something ends that has just begun, at once or when it is known.

    Args:
        state: of the mock.
        begun: what ends, with its failure.
        progress: its own.
        now: UTC.
    """
    if progress.polls_left:
        state.events.unfinished.append(begun)
    else:
        end = progress.due_at or now
        state.events.add(end, begun, is_to_come=end > now)


def settle(state: State) -> None:
    """Note what has ended since it was begun. Call it without the lock."""
    if not state.events.unfinished:
        return
    with state.lock:
        now = state.clock.now()
        unfinished, state.events.unfinished = state.events.unfinished, []
        for begun in unfinished:
            end = _end(state, begun)
            if end is None:
                continue  # its CA was removed
            progress, is_known = end
            if progress.polls_left or not is_known:
                state.events.unfinished.append(begun)
            else:
                ended = begun._replace(failure=progress.failure)
                end_at = max(now, progress.due_at or now)
                state.events.add(end_at, ended, is_to_come=end_at > now)


def _end(state: State, begun: Begun) -> tuple[Progress, bool] | None:
    """The progress of something, and whether nothing but its polls and its time is missing."""
    ca = state.find(begun.arn)
    if ca is None:
        return None
    if isinstance(begun, Creation):
        return ca.progress, True
    if isinstance(begun, Issuance):
        return ca.certificates[begun.certificate.arn.serial].progress, True
    report = ca.reports[begun.report_id]
    return report.progress, report.is_written
