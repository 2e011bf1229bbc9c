"""The server itself: many clients, slow and broken ones, its beginning and its end."""

from __future__ import annotations

import base64
import os
import socket
import ssl
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import boto3
import pytest

from pca_mock import PcaMock, mock_pca
from pca_mock.server import app, wire
from tests import revoking
from tests.server.http import Http

LIST: Final = "ListCertificateAuthorities"
PROGRAM = """
import boto3
ca = boto3.client("acm-pca").list_certificate_authorities()["CertificateAuthorities"][0]
print(ca["Arn"])
"""


def address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 0


def run(environment: dict[str, str]) -> str:
    command = [sys.executable, "-c", PROGRAM]
    result = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_a_subprocess_and_the_test_share_one_mock(pca: PcaMock, url: str) -> None:
    root = pca.create_root_ca()
    pca.calls.clear()

    with pca.fail(LIST, "ThrottlingException", attempts=1):
        assert run(pca.environment()) == root.arn

    pca.calls.assert_called(LIST, times=1, when=lambda call: call.retries == 1)


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"])
def test_the_environment_has_nothing_else_of_aws(
    variable: str, pca: PcaMock, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "mine")
    monkeypatch.setenv("HOME_OF_TESTS", "here")

    environment = pca.environment()

    assert variable not in environment
    assert environment["HOME_OF_TESTS"] == "here"
    assert environment["AWS_ENDPOINT_URL_ACM_PCA"] == url


def test_there_is_no_environment_without_a_server(pca: PcaMock) -> None:
    with pytest.raises(RuntimeError, match="isn't served"):
        pca.environment()


def test_https_verifies_with_the_bundle_of_the_environment(pca: PcaMock, tmp_path: Path) -> None:
    root = pca.create_root_ca()
    with pca.serve(tls=True) as url:
        assert url.startswith("https://127.0.0.1:")
        environment = pca.environment()
        assert run(environment) == root.arn
        with (
            socket.create_connection(address(url), timeout=10) as connection,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            ssl.create_default_context().wrap_socket(connection, server_hostname="localhost")

    assert not os.path.exists(environment["AWS_CA_BUNDLE"])


def test_connections_are_kept_open(http: Http) -> None:
    http.as_json(LIST, {})
    first = http.connection.sock
    http.as_cbor(LIST, {})

    assert http.connection.sock is first


def test_health_is_visible(http: Http) -> None:
    answer = http.request("GET", "/health")

    assert (answer.status, answer.json) == (200, {"status": "ok"})


def test_bodies_have_a_limit(http: Http) -> None:
    assert http.as_json(LIST, b" " * 4_000_000 + b"{}").status == 200
    assert http.as_json(LIST, b" " * 5_000_000 + b"{}").status == 413


def test_slow_and_broken_clients_do_not_block_others(pca: PcaMock, url: str) -> None:
    half = [socket.create_connection(address(url), timeout=10) for _ in range(100)]
    for connection in half:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{")
    garbage = socket.create_connection(address(url), timeout=10)
    garbage.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")

    with Http(url) as http:
        assert http.as_json(LIST, {}).status == 200
    assert garbage.recv(100).startswith(b"HTTP/1.0 400")
    for connection in (*half, garbage):
        connection.close()


def test_fifty_clients_lose_no_call_and_get_no_wrong_answer(pca: PcaMock, url: str) -> None:
    root = pca.create_root_ca()
    pca.calls.clear()

    def tag_and_look(number: int) -> bool:
        with Http(url) as http:
            tag = {"Key": f"key {number}", "Value": str(number)}
            request: dict[str, Any] = {"CertificateAuthorityArn": root.arn}
            call = http.as_json if number % 2 else http.as_cbor
            for _ in range(4):
                assert call("UntagCertificateAuthority", request | {"Tags": [tag]}).status == 200
                assert call("TagCertificateAuthority", request | {"Tags": [tag]}).status == 200
            answer = call("ListTags", request)
            tags = answer.json if number % 2 else answer.cbor
            return tag in tags["Tags"]

    with ThreadPoolExecutor(50) as pool:
        assert all(pool.map(tag_and_look, range(50)))

    assert len(pca.calls) == 50 * 9
    assert {call.outcome for call in pca.calls} == {"success"}


def test_nothing_answers_and_no_thread_remains_after_the_block(pca: PcaMock) -> None:
    before = threading.active_count()
    with pca.serve() as url, Http(url) as http:
        assert http.as_json(LIST, {}).status == 200
        idle = [socket.create_connection(address(url), timeout=10) for _ in range(20)]

    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address(url), timeout=10)
    for connection in idle:
        assert is_closed(connection)


def is_closed(connection: socket.socket) -> bool:
    with connection:
        try:
            return connection.recv(1) == b""
        except ConnectionResetError:
            return True


def test_an_address_in_use_is_an_error_and_leaves_nothing(pca: PcaMock, url: str) -> None:
    before = threading.active_count()

    with pytest.raises(OSError, match="in use"), pca.serve(port=address(url)[1]):
        pass

    assert threading.active_count() == before


def test_a_mock_that_has_ended_is_not_served() -> None:
    with mock_pca() as pca:
        pass

    with pytest.raises(RuntimeError, match="has ended"), pca.serve():
        pass


def test_a_client_for_the_endpoint_calls_over_http_and_others_do_not(
    pca: PcaMock, url: str
) -> None:
    requests: list[str] = []

    def note(request: Any, **_: Any) -> None:
        requests.append(request.url)

    client = boto3.client("acm-pca", "us-east-1", endpoint_url=url)
    for boto in (client, pca.client()):
        boto.meta.events.register(
            "before-send.acm-pca", lambda request, **_: requests.append(request.url)
        )
        boto.list_certificate_authorities()

    assert requests == [f"{url}/"]
    assert len(pca.calls) == 2


def test_revocation_is_at_the_same_address(pca: PcaMock, http: Http) -> None:
    root = pca.create_root_ca(crl_bucket="crls", ocsp=True)
    root.issue("localhost").revoke()
    (key,) = (key for key in pca.buckets["crls"] if key.startswith("crl/"))

    crl = http.request("GET", f"/{key}")
    ocsp = http.request("POST", "/", b"x", {"Content-Type": "application/ocsp-request"})

    assert crl.body == pca.buckets["crls"][key]
    assert crl.headers["content-type"] == "application/pkix-crl"
    assert ocsp.headers["content-type"] == "application/ocsp-response"
    assert http.request("GET", "/nothing-here").status == 404
    request = revoking.ocsp_request(revoking.certificate_id(root.certificate_pem, "00"))
    in_path = http.request("GET", f"/{quote(base64.b64encode(request), safe='')}")
    assert (in_path.status, in_path.headers["content-type"]) == (200, "application/ocsp-response")


def test_a_body_that_does_not_come_is_given_up(
    url: str, pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_BODY_TIMEOUT", 0.01)

    with socket.create_connection(address(url), timeout=10) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{")
        assert connection.recv(100).startswith(b"HTTP/1.1 408")


def test_a_defect_of_the_mock_is_an_internal_failure_and_is_reported(
    http: Http, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(wire.Wire, "_answer", fail)

    answer = http.as_json(LIST, {})

    assert (answer.status, answer.json) == (500, {"__type": "InternalFailure"})
    assert "pca_mock could not answer a request" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_without_the_extra_the_error_names_it(
    pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "pca_mock.server.serving", raising=False)
    monkeypatch.delattr("pca_mock.server.serving", raising=False)
    monkeypatch.setitem(sys.modules, "aiohttp", None)

    with pytest.raises(ImportError, match=r"pip install 'pca_mock\[server\]'"), pca.serve():
        pass
