"""pca_mock beside moto, and beside what botocore and cryptography cost by themselves.

`python -m benchmarks` prints one table. Each scenario is run by the three in turn, round after
round, so that a machine which changes its speed meets all of them; a row shows the medians.

The limit is a handler that answers every call with a constant, plus the raw cryptography that
the call cannot do without. Where nothing is to be done, it is empty.
"""

from __future__ import annotations

import argparse
import platform
import sys
from importlib.metadata import version

from benchmarks.runners import RUNNERS, Runner
from benchmarks.scenarios import SCENARIOS, Scenario
from benchmarks.timing import Measured, measure

HEADINGS = ("scenario", "pca_mock", "moto", "limit", "moto / pca_mock", "pca_mock / limit")


def main(arguments: list[str]) -> None:
    """Measure the scenarios and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each scenario is run")
    parser.add_argument("scenario", nargs="*", help="parts of the names of those to run")
    options = parser.parse_args(arguments)
    chosen = [
        scenario
        for scenario in SCENARIOS
        if not options.scenario or any(part in scenario.name for part in options.scenario)
    ]
    packages = ", ".join(f"{name} {version(name)}" for name in ("boto3", "cryptography", "moto"))
    print(f"Python {platform.python_version()}, {packages}; milliseconds, medians\n")
    print(_line(HEADINGS))
    print(_line(["---"] + ["---:"] * (len(HEADINGS) - 1)))
    for scenario in chosen:
        print(_row(scenario, measure(scenario, RUNNERS, options.rounds)), flush=True)


def _row(scenario: Scenario, medians: dict[Runner, Measured]) -> str:
    ours, moto, limit = (medians[runner] for runner in RUNNERS)
    return _line(
        (
            scenario.name,
            _milliseconds(ours),
            _milliseconds(moto),
            _milliseconds(limit),
            _ratio(moto, ours),
            _ratio(ours, limit),
        )
    )


def _milliseconds(seconds: Measured) -> str:
    return "" if seconds is None else f"{seconds * 1000:.3f}"


def _ratio(one: Measured, other: Measured) -> str:
    return "" if one is None or other is None else f"{one / other:.1f}"


def _line(cells: tuple[str, ...] | list[str]) -> str:
    widths = (38, 9, 9, 9, 15, 16)
    padded = (
        cell.ljust(width) if index == 0 else cell.rjust(width)
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"| {' | '.join(padded)} |"


if __name__ == "__main__":
    main(sys.argv[1:])
