"""Run cases, one after the other, and clean up whatever happens."""

from __future__ import annotations

import json
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from botocore.exceptions import ClientError

from pca_mock.conformance import targets
from pca_mock.conformance.ledger import Ledger
from pca_mock.conformance.model import Answers, Case, Cost, CouldNotRun, Outcome, Result
from pca_mock.conformance.session import Session

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupted(BaseException):
    """Somebody wants the run to end: not an Exception, so that no story catches it."""


@contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """In the block, SIGINT and SIGTERM raise `Interrupted`, once.

    The block gets a function; after it is called, the signals are ignored.
    """

    def ignore() -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def interrupt(number: int, _: FrameType | None) -> None:
        ignore()
        raise Interrupted(signal.Signals(number).name)

    before = {number: signal.signal(number, interrupt) for number in _SIGNALS}
    try:
        yield ignore
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def selected(cases: Iterable[Case], patterns: Sequence[str]) -> list[Case]:
    """The cases of areas, or with names, that begin with one of the patterns; all without any.

    Raises:
        ValueError: a pattern selects nothing.
    """
    cases = list(cases)
    for pattern in patterns:
        if not any(_is_selected(case, pattern) for case in cases):
            raise ValueError(f"no case is selected by {pattern!r}")
    return [
        case for case in cases if not patterns or any(_is_selected(case, each) for each in patterns)
    ]


def _is_selected(case: Case, pattern: str) -> bool:
    area, slash, name = pattern.partition("/")
    return case.area == area and case.name.startswith(name) if slash else case.area == area


def run(case: Case, session: Session) -> Result:
    """Run one case; what it has made is deleted afterwards, also if it fails."""
    before = session.cost.copy()
    reason = ""
    observed: Answers = {}
    try:
        observed = _plain(case.story(session))
    except CouldNotRun as error:
        reason = str(error)
    except ClientError as error:
        fault = error.response["Error"]
        observed = {"error": f"{error.operation_name}: {fault.get('Code')}"}
    except Exception as error:  # whatever the target answered has broken the story
        observed = {"error": f"{type(error).__name__}: {error}"[:300]}
    finally:
        session.end_case()
    outcome = Outcome.DIFFERS
    if reason:
        outcome = Outcome.COULD_NOT_RUN
    elif observed == _plain(case.expected):
        outcome = Outcome.HOLDS
    return Result(case, outcome, observed, reason, session.cost.since(before))


def run_all(
    cases: Iterable[Case], session: Session, note: Callable[[Result], None]
) -> list[Result]:
    """Run cases in order. The caller closes the session.

    Args:
        cases: the cases.
        session: at the target.
        note: called with each result.
    """
    results = []
    for case in cases:
        results.append(run(case, session))
        note(results[-1])
    return results


def rehearse(cases: Sequence[Case]) -> tuple[Cost, list[Result]]:
    """Run cases against the mock in this process, to learn what they cost.

    Returns:
        The cost of all, with the CAs that they share; and each result.
    """
    with tempfile.TemporaryDirectory() as folder, targets.in_process() as target:
        session = Session(target, Ledger(Path(folder, "ledger"), target.region))
        results = run_all(cases, session, lambda _: None)
        return session.cost.copy(), results


def _plain(answers: Answers) -> Mapping[str, object]:
    """The same in JSON's types: tuples become lists."""
    plain: Mapping[str, object] = json.loads(json.dumps(answers))
    return plain
