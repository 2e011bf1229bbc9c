"""Many attempts to break the service: `python -m tests.fuzz`.

It prints a line for each kind of attempt, and stops at the first breakage with what broke it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

from tests.fuzz.attacks import ATTACKS, attempt, cuts_and_flips
from tests.fuzz.world import World

_ATTEMPTS = 5_000
_IN_ORDER = "cuts and flips"
# Kinds whose attempts start a process each: one for so many of the others.
_FEWER = {"ocsp answers": 20}


def main(arguments: list[str]) -> None:
    """Make the attempts, and print what came of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--attempts", type=int, default=_ATTEMPTS, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("kind", nargs="*", help="parts of the names of those to make")
    options = parser.parse_args(arguments)
    total = 0
    for kind in (_IN_ORDER, *ATTACKS):
        if options.kind and not any(part in kind for part in options.kind):
            continue
        if kind == _IN_ORDER:
            total += _run(kind, cuts_and_flips)
        else:
            number = options.attempts // _FEWER.get(kind, 1)
            total += _run(kind, _at_random(kind, number, options.seed))
    print(f"{total} attempts: every answer was a success or an error of AWS's")


def _at_random(kind: str, attempts: int, seed: int) -> Callable[[World], Iterator[str]]:
    def outcomes(world: World) -> Iterator[str]:
        for number in range(attempts):
            yield attempt(kind, world, Random(f"{kind} {seed} {number}"))

    return outcomes


def _run(kind: str, outcomes: Callable[[World], Iterator[str]]) -> int:
    """Make all attempts of a kind, and print a line about them: how many there were."""
    counts: Counter[str] = Counter()
    with World() as world:
        try:
            counts.update(outcomes(world))
        except BaseException:
            print(f"{kind}: broken after {counts.total()} attempts")
            raise
        slowest = world.slowest * 1000
    common = ", ".join(f"{number} {name}" for name, number in counts.most_common(3))
    print(f"{kind}: {counts.total()} attempts, {common}, slowest {slowest:.0f} ms", flush=True)
    return counts.total()


if __name__ == "__main__":
    main(sys.argv[1:])
