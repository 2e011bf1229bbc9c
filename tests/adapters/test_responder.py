"""OCSP and CRLs over loopback HTTP, as clients use them (RFC 6960 appendix A, RFC 5019)."""

from __future__ import annotations

import base64
import http.client
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

import pytest
from asn1crypto import ocsp as asn1_ocsp

from pca_mock import mock_pca
from pca_mock.adapters import responder
from tests import oracles, revoking, support
from tests.revoking import certificate_id, issue, ocsp_request, revoke, serial
from tests.support import Ca

if TYPE_CHECKING:
    from pca_mock import PcaMock

_OCSP = {"Content-Type": "application/ocsp-request"}


class Answer(NamedTuple):
    """A response."""

    status: int
    content_type: str | None
    body: bytes


class ServedCa(NamedTuple):
    """A CA with one good and one revoked certificate, and the address of its responder."""

    pca: PcaMock
    ca: Ca
    good: str
    revoked: str
    base_url: str

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection(self.host, timeout=10)
        try:
            connection.request(
                method, path, body, {name.replace("_", "-"): v for name, v in headers.items()}
            )
            response = connection.getresponse()
            return Answer(response.status, response.getheader("Content-Type"), response.read())
        finally:
            connection.close()

    def send(self, text: str) -> bytes:
        """Everything that comes back until the connection is closed."""
        host, port = self.host.split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(text.encode())
            return b"".join(iter(lambda: connection.recv(4096), b""))

    def request(self, arn: str) -> bytes:
        return ocsp_request(certificate_id(self.ca.certificate(), serial(arn)))


@pytest.fixture
def served(pca: PcaMock) -> Iterator[ServedCa]:
    ca = revoking.root(pca)
    good, revoked = issue(ca), issue(ca)
    revoke(ca, revoked)
    with pca.serve_revocation() as base_url:
        yield ServedCa(pca, ca, good, revoked, base_url)


def _statuses(body: bytes) -> list[str]:
    response = asn1_ocsp.OCSPResponse.load(body, strict=True)
    if response["response_status"].native != "successful":
        return [response["response_status"].native]
    return [item["cert_status"].name for item in response.response_data["responses"]]


# The address


def test_the_address_is_loopback_and_has_no_slash_at_its_end(served: ServedCa) -> None:
    parts = urlsplit(served.base_url)

    assert (parts.scheme, parts.hostname, parts.path) == ("http", "127.0.0.1", "")
    assert parts.port


def test_nothing_listens_on_other_addresses(served: ServedCa) -> None:
    port = urlsplit(served.base_url).port
    with socket.socket() as other:
        other.bind(("127.0.0.2", port or 0))  # would be taken if the server listened everywhere


def test_two_can_be_served_at_once(pca: PcaMock) -> None:
    with pca.serve_revocation() as first, pca.serve_revocation() as second:
        assert first != second


def test_after_the_block_there_is_no_server_and_no_thread(pca: PcaMock) -> None:
    before = threading.active_count()
    with pca.serve_revocation() as base_url:
        assert threading.active_count() > before

    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", urlsplit(base_url).port or 0), timeout=10)


def test_an_error_in_the_block_ends_the_server_too(pca: PcaMock) -> None:
    before = threading.active_count()

    with pytest.raises(KeyError), pca.serve_revocation():
        raise KeyError

    assert threading.active_count() == before


def test_after_the_block_a_client_that_stayed_connected_gets_no_answer(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    issue(ca)
    path = f"/crl/{revoking.ca_id(ca)}.crl"
    with pca.serve_revocation() as base_url:
        connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=10)
        connection.request("GET", path)
        assert connection.getresponse().read() == revoking.crl(pca, ca)

    with pytest.raises(ConnectionRefusedError):
        connection.request("GET", path)
    connection.close()


# OCSP


def test_ocsp_is_answered_by_post(served: ServedCa) -> None:
    for arn, status in ((served.good, "good"), (served.revoked, "revoked")):
        answer = served.ask("POST", "/", served.request(arn), **_OCSP)

        assert answer[:2] == (200, "application/ocsp-response")
        assert _statuses(answer.body) == [status]


@pytest.mark.parametrize("path", ["/", "/ocsp", "/a/b?c=d"])
def test_ocsp_is_answered_at_any_path(path: str, served: ServedCa) -> None:
    answer = served.ask("POST", path, served.request(served.revoked), **_OCSP)

    assert _statuses(answer.body) == ["revoked"]


@pytest.mark.parametrize("safe", ["", "/", "/+="], ids=["all quoted", "slashes", "nothing quoted"])
def test_ocsp_is_answered_by_get(safe: str, served: ServedCa) -> None:
    for arn, status in ((served.good, "good"), (served.revoked, "revoked")):
        path = "/" + quote(base64.b64encode(served.request(arn)), safe=safe)

        answer = served.ask("GET", path)

        assert answer[:2] == (200, "application/ocsp-response")
        assert _statuses(answer.body) == [status]


def test_every_character_of_base64_survives_a_get(served: ServedCa) -> None:
    seen = set()
    for number in range(64):
        request = ocsp_request(
            certificate_id(served.ca.certificate(), f"{number << 64 | 0xFBFF:x}")
        )
        path = base64.b64encode(request).decode()
        seen |= set(path)
        assert _statuses(served.ask("GET", f"/{quote(path, safe='')}").body) == ["unknown"]

    assert {"+", "/", "="} <= seen


def test_errors_of_ocsp_are_answers_too(served: ServedCa) -> None:
    stranger = support.root(served.pca.client(region_name="us-east-1"))
    about_stranger = ocsp_request(certificate_id(stranger.certificate(), "1"))

    for body, status in ((b"garbage", "malformed_request"), (about_stranger, "unauthorized")):
        answer = served.ask("POST", "/", body, **_OCSP)

        assert answer[:2] == (200, "application/ocsp-response")
        assert _statuses(answer.body) == [status]


def test_a_revocation_shows_at_once(served: ServedCa) -> None:
    revoke(served.ca, served.good)

    answer = served.ask("POST", "/", served.request(served.good), **_OCSP)

    assert _statuses(answer.body) == ["revoked"]


@pytest.mark.parametrize("content_type", ["application/pkix-crl", "text/plain", ""])
def test_another_content_type_is_refused(content_type: str, served: ServedCa) -> None:
    answer = served.ask("POST", "/", served.request(served.good), **{"Content-Type": content_type})

    assert answer.status == 415


def test_parameters_of_the_content_type_do_not_matter(served: ServedCa) -> None:
    kind = "Application/OCSP-Request; charset=binary"

    answer = served.ask("POST", "/", served.request(served.good), **{"Content-Type": kind})

    assert _statuses(answer.body) == ["good"]


@pytest.mark.parametrize("length", [None, "many", "-1", "+5", "1e3", ""])
def test_without_a_sensible_content_length_a_post_is_refused(
    length: str | None, served: ServedCa
) -> None:
    header = "" if length is None else f"Content-Length: {length}\r\n"
    kind = "Content-Type: application/ocsp-request\r\n"

    answer = served.send(f"POST / HTTP/1.1\r\nHost: a\r\n{kind}{header}\r\n")

    assert answer.split(b" ")[1] == b"400"


# Limits


def test_two_hundred_clients_at_once_are_all_answered(served: ServedCa) -> None:
    request = served.request(served.revoked)
    together = threading.Barrier(200)

    def ask(_: int) -> list[str]:
        together.wait(30)
        return _statuses(served.ask("POST", "/", request, **_OCSP).body)

    with ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(ask, range(200)))

    assert answers == [["revoked"]] * 200


@contextmanager
def _connected(host: str, text: str = "") -> Iterator[socket.socket]:
    """A client that has sent some bytes, and waits."""
    name, port = host.split(":")
    with socket.create_connection((name, int(port)), timeout=10) as connection:
        connection.sendall(text.encode())
        yield connection


_UNFINISHED = (
    "",
    "GET /crl",
    "GET /crl/x.crl HTTP/1.1\r\nHost: a\r\n",
    "POST / HTTP/1.1\r\nContent-Type: application/ocsp-request\r\nContent-Length: 9\r\n\r\nx",
)


def _rest(connection: socket.socket) -> bytes:
    """The bytes that are still sent until the connection is closed."""
    try:
        return b"".join(iter(lambda: connection.recv(4096), b""))
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize("text", _UNFINISHED)
def test_the_end_of_the_block_closes_open_connections(text: str, pca: PcaMock) -> None:
    before = threading.active_count()
    with ExitStack() as clients:
        with pca.serve_revocation() as base_url:
            host = urlsplit(base_url).netloc
            connections = [clients.enter_context(_connected(host, text)) for _ in range(20)]

        assert threading.active_count() == before
        assert [_rest(connection) for connection in connections] == [b""] * 20


@pytest.mark.parametrize("text", _UNFINISHED)
def test_a_slow_client_is_disconnected_and_keeps_nobody_waiting(
    text: str, served: ServedCa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responder, "_PATIENCE", 0.0)
    with _connected(served.host, text) as slow:
        assert _rest(slow) == b""

    monkeypatch.undo()
    with _connected(served.host, text):
        assert _statuses(served.ask("POST", "/", served.request(served.good), **_OCSP).body) == [
            "good"
        ]


def test_after_the_mock_has_ended_nothing_is_answered() -> None:
    mock = mock_pca()
    pca = mock.start()
    ca = revoking.root(pca)
    request = ocsp_request(certificate_id(ca.certificate(), serial(issue(ca))))
    with pca.serve_revocation() as base_url:
        served = ServedCa(pca, ca, "", "", base_url)
        mock.stop()

        for method, body in (("POST", request), ("GET", None), ("PUT", b"x")):
            with pytest.raises(http.client.RemoteDisconnected):
                served.ask(method, "/", body, **_OCSP)
    with pytest.raises(RuntimeError, match="has ended"):
        pca.serve_revocation()


def test_a_large_body_is_refused_in_full_view_of_the_client(served: ServedCa) -> None:
    assert served.ask("POST", "/", b"x" * 65536, **_OCSP).status == 200

    assert served.ask("POST", "/", b"x" * 65537, **_OCSP).status == 413
    assert served.ask("POST", "/", b"x" * 10_000_000, **_OCSP).status == 413


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (f"GET /{'x' * 70_000} HTTP/1.1\r\n\r\n", b"414"),
        ("GET / HTTP/1.1\r\n" + f"a: {'x' * 60_000}\r\n" * 3 + "\r\n", b"431"),
        ("GET / HTTP/1.1\r\n" + "a: b\r\n" * 200 + "\r\n", b"431"),
    ],
)
def test_a_large_head_is_refused(head: str, status: bytes, served: ServedCa) -> None:
    host, port = served.host.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(head.encode())
        connection.shutdown(socket.SHUT_WR)

        assert _rest(connection).split(b" ")[1] == status


# CRLs


@pytest.mark.parametrize("suffix", ["", "?version=1"])
def test_a_crl_is_at_the_path_of_its_key(suffix: str, served: ServedCa) -> None:
    answer = served.ask("GET", f"/crl/{revoking.ca_id(served.ca)}.crl{suffix}")

    assert answer == Answer(200, "application/pkix-crl", revoking.crl(served.pca, served.ca))
    assert revoking.listed(answer.body) == [serial(served.revoked)]


@pytest.mark.parametrize(
    "configuration",
    [
        {"CustomPath": "/"},
        {"CustomPath": "my/list(s)+~"},
        {"CrlType": "PARTITIONED"},
        {"CrlType": "PARTITIONED", "CustomPath": "lists"},
    ],
)
def test_the_uri_in_a_certificate_works_with_the_servers_address(
    configuration: Any, served: ServedCa
) -> None:
    ca = revoking.root(served.pca, CustomCname=served.host, **configuration)
    arn = issue(ca)
    revoke(ca, arn)
    point = revoking.distribution_point(ca.get(arn)[0])
    assert point is not None
    assert point.startswith(served.base_url)

    answer = served.ask("GET", point.removeprefix(served.base_url))

    assert revoking.listed(answer.body) == [serial(arn)]


def test_head_returns_only_the_headers(served: ServedCa) -> None:
    path = f"/crl/{revoking.ca_id(served.ca)}.crl"

    head = served.send(f"HEAD {path} HTTP/1.1\r\nHost: a\r\n\r\n")

    assert head.split(b" ")[1] == b"200"
    assert head.endswith(f"Content-Length: {len(served.ask('GET', path).body)}\r\n\r\n".encode())


@pytest.mark.parametrize(
    "path", ["/", "/crl", "/crl/unknown.crl", "/acm-pca-permission-test-key", "/not base64", "/=="]
)
def test_there_is_nothing_at_other_paths(path: str, served: ServedCa) -> None:
    assert served.ask("GET", quote(path)).status == 404
    assert served.ask("HEAD", quote(path)).status == 404


def test_other_methods_are_unknown(served: ServedCa) -> None:
    assert served.ask("PUT", "/crl/x.crl", b"x").status == 501


def addresses(pem: str) -> tuple[str | None, list[str]]:
    """The CRL's and the OCSP responder's address in a certificate."""
    point = revoking.distribution_point(pem)
    return (str(point) if point is not None else None), oracles.certificate(pem).ocsp_urls


@pytest.mark.parametrize("kind", ["COMPLETE", "PARTITIONED"])
def test_certificates_of_a_block_have_its_address(kind: str, pca: PcaMock) -> None:
    before = pca.create_root_ca(crl_bucket="crls", ocsp=True)
    usual = addresses(before.issue("localhost").certificate_pem)
    with pca.serve_revocation() as url:
        crl = revoking.crl_on(CrlType=kind, S3BucketName="crls")["CrlConfiguration"]
        configuration: Any = {"CrlConfiguration": crl, "OcspConfiguration": {"Enabled": True}}
        inside = pca.create_root_ca(RevocationConfiguration=configuration)
        for ca in (before, inside):
            point, (responder,) = addresses(ca.issue("localhost").certificate_pem)
            assert responder == url
            assert str(point).startswith(f"{url}/crl/")
            host = urlsplit(url).netloc
            connection = http.client.HTTPConnection(host, timeout=10)
            connection.request("GET", urlsplit(str(point)).path)
            assert connection.getresponse().status == 200
            connection.close()

    assert addresses(before.issue("localhost").certificate_pem) == usual


def test_a_name_of_the_users_own_stays_in_certificates(pca: PcaMock) -> None:
    crl = revoking.crl_on(CustomCname="crl.example")["CrlConfiguration"]
    ocsp = {"Enabled": True, "OcspCustomCname": "ocsp.example"}
    configuration: Any = {"CrlConfiguration": crl, "OcspConfiguration": ocsp}
    with pca.serve_revocation():
        ca = pca.create_root_ca(RevocationConfiguration=configuration)
        point, responders = addresses(ca.issue("localhost").certificate_pem)

    assert str(point).startswith("http://crl.example/")
    assert responders == ["http://ocsp.example"]


def test_a_defect_of_the_mock_is_reported_and_closes_the_connection(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pca: PcaMock
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(type(pca), "ocsp_response", fail)
    with pca.serve_revocation() as base_url:
        connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=10)
        connection.request("POST", "/", b"x", _OCSP)
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            connection.getresponse()
        connection.close()

    assert "ZeroDivisionError: a defect" in capsys.readouterr().err
