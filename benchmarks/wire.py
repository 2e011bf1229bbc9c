"""Calls over HTTP: our server beside moto's, and beside what the HTTP server costs by itself.

`python -m benchmarks.wire` prints calls a second of eight clients that keep their connections. Each
server is a process of its own; the limit is aiohttp with a constant answer.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3

from benchmarks.runners import KEYS
from benchmarks.scenarios import leaf_csr

CLIENTS = 8
SECONDS = 3.0
CONSTANT = """
import sys
from aiohttp import web

async def answer(request):
    await request.read()
    return web.Response(body=sys.argv[2].encode(), content_type="application/x-amz-json-1.1")

application = web.Application()
application.router.add_route("*", "/{path:.*}", answer)
web.run_app(application, host="127.0.0.1", port=int(sys.argv[1]), print=None)
"""
Call = Callable[[http.client.HTTPConnection], int]


def main() -> None:
    """Measure, and print the table."""
    print("| calls a second | pca_mock | moto | limit | pca_mock / moto |")
    print("| --- | ---: | ---: | ---: | ---: |")
    ours = _measured(["-m", "pca_mock", "--quiet", "--port"])
    moto = _measured(["-m", "moto.server", "-p"])
    with _server(["-c", CONSTANT], '{"a": 1}') as port:
        limit = _rate(port, lambda connection: len(_post(connection, "X", {})))
    for name in ours:
        row = f"{ours[name]:,.0f} | {moto[name]:,.0f} | {limit:,.0f}"
        print(f"| {name} | {row} | {ours[name] / moto[name]:.1f} |")


def _measured(command: list[str]) -> dict[str, float]:
    with _server(command) as port:
        arn = _root(port)
        csr = b64encode(leaf_csr("EC")[1]).decode()

        def describe(connection: http.client.HTTPConnection) -> int:
            _post(connection, "DescribeCertificateAuthority", {"CertificateAuthorityArn": arn})
            return 1

        def issue_and_get(connection: http.client.HTTPConnection) -> int:
            members = {
                "CertificateAuthorityArn": arn,
                "Csr": csr,
                "SigningAlgorithm": "SHA256WITHECDSA",
                "Validity": {"Type": "DAYS", "Value": 30},
            }
            issued = _post(connection, "IssueCertificate", members)
            _post(connection, "GetCertificate", {"CertificateAuthorityArn": arn, **issued})
            return 2

        return {"describe": _rate(port, describe), "issue and get": _rate(port, issue_and_get)}


@contextmanager
def _server(command: list[str], *more: str) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *command, str(port), *more],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def _root(port: int) -> str:
    client: Any = boto3.client("acm-pca", endpoint_url=f"http://127.0.0.1:{port}", **KEYS)
    algorithms = {"KeyAlgorithm": "EC_prime256v1", "SigningAlgorithm": "SHA256WITHECDSA"}
    arn: str = client.create_certificate_authority(
        CertificateAuthorityType="ROOT",
        CertificateAuthorityConfiguration={**algorithms, "Subject": {"CommonName": "Root"}},
    )["CertificateAuthorityArn"]
    csr = client.get_certificate_authority_csr(CertificateAuthorityArn=arn)["Csr"]
    issued = client.issue_certificate(
        CertificateAuthorityArn=arn,
        Csr=csr,
        SigningAlgorithm="SHA256WITHECDSA",
        TemplateArn="arn:aws:acm-pca:::template/RootCACertificate/V1",
        Validity={"Type": "YEARS", "Value": 10},
    )["CertificateArn"]
    certificate = client.get_certificate(CertificateAuthorityArn=arn, CertificateArn=issued)
    client.import_certificate_authority_certificate(
        CertificateAuthorityArn=arn, Certificate=certificate["Certificate"]
    )
    return arn


def _post(connection: http.client.HTTPConnection, operation: str, members: Any) -> Any:
    headers = {
        "X-Amz-Target": f"ACMPrivateCA.{operation}",
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/acm-pca/aws4_request",
    }
    connection.request("POST", "/", json.dumps(members), headers)
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200, body
    return json.loads(body)


def _rate(port: int, call: Call) -> float:
    """Calls a second, of all clients together."""
    numbers = [0] * CLIENTS
    until = time.perf_counter() + SECONDS

    def work(index: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < until:
            numbers[index] += call(connection)
        connection.close()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(CLIENTS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(numbers) / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
