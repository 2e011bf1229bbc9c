"""What doesn't fit into a table of single calls: much of everything, memory, threads, start-up.

`python -m benchmarks.scale` prints a line for each, and takes about two minutes.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import Any

from benchmarks.runners import client
from benchmarks.scenarios import EC, create, create_root, issue, leaf_csrs
from pca_mock import mock_pca

_STARTS = 15


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--certificates", type=int, default=100_000)
    parser.add_argument("--authorities", type=int, default=10_000)
    options = parser.parse_args(arguments)
    for line in _lines(options.certificates, options.authorities):
        print(line, flush=True)


def _lines(certificates: int, authorities: int) -> Iterator[str]:
    yield from _many_certificates(certificates)
    yield from _many_authorities(authorities)
    yield from _threads()
    yield from _imports()
    yield from _pytest()


def _issuer(boto: Any) -> Callable[[], str]:
    root = create_root(boto, EC)
    coming = cycle(leaf_csrs("EC")[1])
    return lambda: issue(boto, root, EC[1], next(coming), "EndEntityCertificate", 90)


def _many_certificates(number: int) -> Iterator[str]:
    """The time of the last certificates of a CA against that of the first, and what they weigh."""
    with mock_pca():
        issue_one = _issuer(client())
        issue_one()
        part = min(1000, number // 4)
        first = _median(issue_one, part)
        for _ in range(number - 2 * part):
            issue_one()
        last = _median(issue_one, part)
    yield f"issue a certificate, of the first {part}: {first:.3f} ms"
    yield f"issue a certificate, of the last {part} of {number}: {last:.3f} ms"
    with mock_pca() as pca:
        issue_one = _issuer(client())
        tracemalloc.start()
        sizes = []
        for number in (200, 2000):
            for _ in range(number):
                issue_one()
            pca.calls.clear()  # which has an end, unlike the CA's certificates
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
    yield f"memory for a certificate: {(sizes[1] - sizes[0]) / 2000:.0f} bytes"


def _many_authorities(number: int) -> Iterator[str]:
    """Listing all page by page, at a tenth of the number and at all of it."""
    with mock_pca(quotas={"certificate_authorities": number}):
        boto = client()
        made = 0
        paginator = boto.get_paginator("list_certificate_authorities")
        for goal in (number // 10, number):
            while made < goal:
                create(boto, EC, "ROOT", "Root")
                made += 1
            start = time.perf_counter()
            listed = sum(len(page["CertificateAuthorities"]) for page in paginator.paginate())
            assert listed == goal
            seconds = time.perf_counter() - start
            yield f"list {goal} CAs: {seconds:.3f} s, {seconds / goal * 1e6:.1f} us each"


def _threads() -> Iterator[str]:
    """400 certificates by one thread, and by eight, in turn."""
    times: dict[int, list[float]] = {1: [], 8: []}
    with mock_pca():
        issue_one = _issuer(client())
        for _ in range(9):
            for threads, found in times.items():
                with ThreadPoolExecutor(threads) as pool:
                    start = time.perf_counter()
                    for future in [pool.submit(issue_one) for _ in range(400)]:
                        future.result()
                    found.append(time.perf_counter() - start)
    for threads, found in times.items():
        yield f"400 certificates, {threads} threads: {statistics.median(found):.3f} s"


def _imports() -> Iterator[str]:
    nothing, package = _start("pass"), _start("import pca_mock")
    boto = _start("import boto3, cryptography.x509, wrapt")
    used = _start("import boto3, cryptography.x509, wrapt; from pca_mock import mock_pca")
    yield f"import pca_mock: {package - nothing:.1f} ms more than starting Python"
    yield f"using it: {used - boto:.1f} ms more than boto3, cryptography and wrapt, {boto:.0f} ms"


def _pytest() -> Iterator[str]:
    """pytest without a test: with the plugin, and without."""
    command = "import sys, pytest; sys.exit(pytest.main(['--version', *sys.argv[1:]]) * 0)"
    differences = []
    for _ in range(_STARTS):
        without = _run(command, "-p", "no:pca_mock")
        differences.append(_run(command) - without)
    yield f"pytest's start with the plugin: {statistics.median(differences):+.1f} ms"


def _start(code: str) -> float:
    return statistics.median(_run(code) for _ in range(_STARTS))


def _run(code: str, *arguments: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True)
    return (time.perf_counter() - start) * 1000


def _median(run: Callable[[], Any], number: int) -> float:
    times = []
    for _ in range(number):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    main(sys.argv[1:])
