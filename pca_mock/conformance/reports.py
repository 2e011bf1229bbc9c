"""Results as JSON and as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Final

from pca_mock.conformance.model import COST_MEMBERS, Outcome, Result

FORMAT: Final = 1


def as_json(target: str, results: Sequence[Result], left_over: Sequence[str] = ()) -> Any:
    """A report: an object of JSON, as `docs/conformance.md` describes it.

    Args:
        target: the name of the target.
        results: of the cases that ran.
        left_over: what could not be deleted.
    """
    return {
        "format": FORMAT,
        "target": target,
        "ended": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "left_over": list(left_over),
        "cases": [_case(result) for result in results],
    }


def _case(result: Result) -> dict[str, Any]:
    case = result.case
    cost = {name: getattr(result.cost, name) for name in COST_MEMBERS}
    return {
        "area": case.area,
        "name": case.name,
        "rule": case.rule,
        "source": case.source,
        "mark": case.mark.value,
        "outcome": result.outcome.value,
        "expected": dict(case.expected),
        "observed": dict(result.observed),
        "reason": result.reason,
        "cost": {name: number for name, number in cost.items() if number},
    }


def counts(cases: Iterable[Mapping[str, Any]]) -> dict[str, Counter[str]]:
    """How many cases of a report had each outcome, by area, in the order of the areas."""
    numbers: dict[str, Counter[str]] = {}
    for case in cases:
        numbers.setdefault(case["area"], Counter())[case["outcome"]] += 1
    return numbers


def differences(case: Mapping[str, Any]) -> list[tuple[str, object, object]]:
    """The answers of a case that are not as expected: their name, expected, observed."""
    expected, observed = case["expected"], case["observed"]
    names = dict.fromkeys((*expected, *observed))
    return [
        (name, expected.get(name), observed.get(name))
        for name in names
        if expected.get(name) != observed.get(name)
    ]


def as_text(report: Mapping[str, Any]) -> str:
    """A report for a terminal: a table by area, then the cases that don't hold."""
    outcomes = [outcome.value for outcome in Outcome]
    numbers = counts(report["cases"])
    total = sum(numbers.values(), Counter[str]())
    width = max(map(len, ("area", "all", *numbers)))
    rows = [("area", outcomes)] + [
        (area, [str(number[outcome]) for outcome in outcomes])
        for area, number in (*numbers.items(), ("all", total))
    ]
    lines = [f"{report['target']}, {report['ended']}", ""]
    lines += [
        "  ".join([area.ljust(width), *(cell.rjust(13) for cell in cells)]) for area, cells in rows
    ]
    for case in report["cases"]:
        if case["outcome"] == Outcome.HOLDS.value:
            continue
        lines += ["", f"{case['area']}/{case['name']} ({case['mark']}): {case['outcome']}"]
        lines.append(f"  {case['rule']}")
        if case["outcome"] == Outcome.COULD_NOT_RUN.value:
            lines.append(f"  {case['reason']}")
            continue
        for name, expected, observed in differences(case):
            lines.append(f"  {name}: expected {expected!r}, observed {observed!r}")
    if report["left_over"]:
        lines += ["", "Could not be deleted:", *(f"  {each}" for each in report["left_over"])]
    return "\n".join(lines)
