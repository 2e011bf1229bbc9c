"""What doesn't fit into a table of single calls: much of everything, memory, threads, start-up.

`python -m benchmarks.scale` prints a line for each, and takes about three minutes.
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
from functools import partial
from itertools import cycle
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from benchmarks.runners import client
from benchmarks.scenarios import EC, create, create_root, issue, leaf_csrs
from pca_mock import mock_pca

_STARTS = 15
_PUBLISHED: Any = {
    "CrlConfiguration": {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "crls"}
}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--certificates", type=int, default=100_000)
    parser.add_argument("--authorities", type=int, default=10_000)
    parser.add_argument("--revocations", type=int, default=100_000)
    options = parser.parse_args(arguments)
    for line in _lines(options.certificates, options.authorities, options.revocations):
        print(line, flush=True)


def _lines(certificates: int, authorities: int, revocations: int) -> Iterator[str]:
    yield from _many_certificates(certificates)
    yield from _many_authorities(authorities)
    yield from _many_revocations(revocations)
    yield from _many_responders(authorities // 4)
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


def _many_revocations(number: int) -> Iterator[str]:
    """The time of a revocation and of the CRL, at a tenth of the number and at all of it."""
    part = max(1, number // 100)
    revoked: list[float] = []
    written: list[float] = []
    with mock_pca() as pca:
        boto = client()
        root = create_root(boto, EC)
        boto.update_certificate_authority(
            CertificateAuthorityArn=root, RevocationConfiguration=_PUBLISHED
        )
        csr = leaf_csrs("EC")[1][0]
        arns = [issue(boto, root, EC[1], csr, "EndEntityCertificate", 90) for _ in range(number)]
        coming = iter(arns)

        def revoke_one() -> None:
            boto.revoke_certificate(
                CertificateAuthorityArn=root,
                CertificateSerial=next(coming).rpartition("/")[2],
                RevocationReason="SUPERSEDED",
            )

        done = 0
        for goal in (number // 10, number):
            while done < goal - part:
                revoke_one()
                done += 1
            revoked.append(_median(revoke_one, part))
            done = goal
            start = time.perf_counter()
            ((_, crl),) = [item for item in pca.buckets["crls"].items() if item[0].endswith(".crl")]
            written.append((time.perf_counter() - start) * 1000)
            assert len(crl) > 30 * goal
    yield _growth("revoke a certificate", number, revoked)
    yield _growth("sign and read the CRL", number, written)


def _many_responders(number: int) -> Iterator[str]:
    """The time of an OCSP answer, at a tenth of the number of CAs and at all of them."""
    times = []
    with mock_pca(quotas={"certificate_authorities": number}) as pca:
        boto = client()
        made = 0
        for goal in (number // 10, number):
            while made < goal:
                root = create_root(boto, EC)
                made += 1
            boto.update_certificate_authority(
                CertificateAuthorityArn=root,
                RevocationConfiguration={"OcspConfiguration": {"Enabled": True}},
            )
            certificate = pca.authority(root).certificate
            builder = ocsp.OCSPRequestBuilder()
            request = builder.add_certificate(certificate, certificate, hashes.SHA1()).build()
            encoded = request.public_bytes(Encoding.DER)
            times.append(_median(partial(pca.ocsp_response, encoded), 200))
            answer = ocsp.load_der_ocsp_response(pca.ocsp_response(encoded))
            assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    yield _growth("answer an OCSP request", number, times, "CAs")


def _growth(what: str, number: int, milliseconds: list[float], unit: str = "revocations") -> str:
    """Two times, and how many times as long the second one is, where there is ten times as much."""
    few, many = milliseconds
    return (
        f"{what}: {few:.3f} ms at {number // 10} {unit}, {many:.3f} ms at {number}, "
        f"growth ratio {many / few:.2f}"
    )


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
