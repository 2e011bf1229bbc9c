"""Kill a server with a state file in mid-load, again and again, and look for losses.

Prints the number of answered calls of each kind. The server is a forked child, so that a round
takes a fraction of a second.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import sys
import threading
import time
from base64 import b64encode
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from pca_mock import mock_pca
from pca_mock.server.persistence import StateFile


class Server:
    """A child process, and its answers."""

    def __init__(self, file: Path) -> None:
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            with mock_pca() as pca:
                StateFile(file, pca._state)
                if not pca.authorities:
                    pca.create_root_ca("Root", crl_bucket="crls", ocsp=True)
                with pca.serve() as url:
                    os.write(writing, json.dumps([url, pca.authorities[0].arn]).encode())
                    time.sleep(60)
            os._exit(1)
        url, self.arn = json.loads(os.read(reading, 10_000))
        os.close(reading)
        os.close(writing)
        self.address = urlsplit(url)

    def call(self, operation: str, **members: Any) -> Any:
        connection = http.client.HTTPConnection(self.address.hostname or "", self.address.port)
        body = json.dumps({"CertificateAuthorityArn": self.arn, **members})
        headers = {"X-Amz-Target": f"ACMPrivateCA.{operation}"}
        try:
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            return json.loads(response.read() or b"{}")
        finally:
            connection.close()

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def csr() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    request = x509.CertificateSigningRequestBuilder(name).sign(key, hashes.SHA256())
    return b64encode(request.public_bytes(Encoding.PEM)).decode()


def load(server: Server, request: str, answered: list[tuple[str, str]]) -> None:
    """Issue and revoke until the server is gone; note its answers."""
    try:
        while True:
            arn = server.call(
                "IssueCertificate",
                Csr=request,
                SigningAlgorithm="SHA256WITHECDSA",
                Validity={"Type": "DAYS", "Value": 30},
            )["CertificateArn"]
            answered.append(("IssueCertificate", arn))
            serial = arn.rpartition("/")[2]
            server.call(
                "RevokeCertificate", CertificateSerial=serial, RevocationReason="UNSPECIFIED"
            )
            answered.append(("RevokeCertificate", arn))
    except (OSError, http.client.HTTPException, ValueError):
        pass


def check(server: Server, answered: list[tuple[str, str]]) -> None:
    for operation, arn in answered:
        assert "Certificate" in server.call("GetCertificate", CertificateArn=arn), arn
        if operation == "RevokeCertificate":
            again = server.call(
                operation,
                CertificateSerial=arn.rpartition("/")[2],
                RevocationReason="UNSPECIFIED",
            )
            assert again["__type"] == "RequestAlreadyProcessedException", arn


def warm_up() -> None:
    """Import and compile in this process what every child would."""
    with mock_pca() as pca:
        pca.create_root_ca("Root", crl_bucket="crls").issue("localhost").revoke()
        with pca.serve():
            pass


def main(rounds: int, file: Path) -> None:
    warm_up()
    total: Counter[str] = Counter()
    request = csr()
    server = Server(file)
    for number in range(rounds):
        answered: list[tuple[str, str]] = []
        threads = [
            threading.Thread(target=load, args=(server, request, answered)) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        time.sleep(random.Random(number).uniform(0.02, 0.08))
        server.kill()
        for thread in threads:
            thread.join()
        server = Server(file)
        check(server, answered)
        total.update(operation for operation, _ in answered)
    server.kill()
    print(json.dumps(total))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
