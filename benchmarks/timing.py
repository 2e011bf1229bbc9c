"""Runs a scenario with each runner in turn, and takes the medians."""

from __future__ import annotations

import gc
import statistics
import time
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from benchmarks.runners import Runner
    from benchmarks.scenarios import Scenario

# Seconds for one repetition; None where a scenario means nothing to a runner.
Measured: TypeAlias = "float | None"


def measure(scenario: Scenario, runners: tuple[Runner, ...], rounds: int) -> dict[Runner, Measured]:
    """The median of each runner's rounds, after one that doesn't count."""
    times: dict[Runner, list[float]] = {runner: [] for runner in runners}
    for number in range(rounds + 1):
        for runner in runners:
            repetition = scenario.prepare(runner)
            if repetition is None:
                continue
            with repetition as run:
                seconds = _time(run, scenario.repetitions)
            if number:
                times[runner].append(seconds)
    return {runner: statistics.median(found) if found else None for runner, found in times.items()}


def _time(run: object, repetitions: int) -> float:
    assert callable(run)
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        for _ in range(repetitions):
            run()
        return (time.perf_counter() - start) / repetitions
    finally:
        gc.enable()
