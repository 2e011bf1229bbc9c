"""Where CRLs and audit reports go: memory, and an S3 endpoint of the user's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

import pytest

from pca_mock import mock_pca
from tests import inside, revoking, support
from tests.revoking import BUCKET, crl_on, issue, listed, refused, revoke, serial

if TYPE_CHECKING:
    from pca_mock import PcaMock

_PROBE = "acm-pca-permission-test-key"
_NOBODY = "http://127.0.0.1:9"


# Memory


def test_buckets_are_a_mapping_of_mappings(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    issue(ca)
    key = f"crl/{revoking.ca_id(ca)}.crl"

    assert list(pca.buckets) == [BUCKET]
    assert len(pca.buckets) == 1
    assert BUCKET in pca.buckets
    assert set(pca.buckets[BUCKET]) == {_PROBE, key}
    assert pca.buckets[BUCKET][key].startswith(b"0")
    assert repr(pca.buckets) == f"<Buckets ['{BUCKET}']>"


def test_a_bucket_that_was_never_written_to_is_not_there(pca: PcaMock) -> None:
    assert "unknown" not in pca.buckets
    assert pca.buckets.get("unknown") is None
    with pytest.raises(KeyError):
        pca.buckets["unknown"]


def test_an_object_that_is_missing_is_reported_with_those_that_are_there(pca: PcaMock) -> None:
    revoking.root(pca)

    with pytest.raises(KeyError, match=f"there is no object 'unknown', only {_PROBE}"):
        pca.buckets[BUCKET]["unknown"]


def test_reading_a_bucket_returns_a_copy(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    before: Any = pca.buckets[BUCKET]
    issue(ca)

    assert list(before) == [_PROBE]
    assert before == {_PROBE: before[_PROBE]}
    assert repr(before) == f"<Objects ['{_PROBE}']>"
    assert revoking.crl(pca, ca)


def test_a_removed_bucket_is_empty_when_it_is_back(pca: PcaMock) -> None:
    revoking.root(pca)

    pca.buckets.remove(BUCKET)
    assert BUCKET not in pca.buckets
    pca.buckets.allow(BUCKET)

    assert BUCKET not in pca.buckets


def test_a_forbidden_bucket_keeps_its_objects(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    arn = issue(ca)
    pca.buckets.forbid(BUCKET)

    revoke(ca, arn)

    assert listed(revoking.crl(pca, ca)) == []


def test_mocks_do_not_share_buckets() -> None:
    with mock_pca() as first:
        revoking.root(first)
        with mock_pca() as second:
            assert list(second.buckets) == []
    with mock_pca() as third:
        assert list(third.buckets) == []


# An endpoint


class Endpoint:
    """As much of S3 as a client needs to put, list and get objects, path-style."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.objects: dict[str, bytes] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.forbids = ""
        self.is_asked, self.may_answer = threading.Event(), threading.Event()
        self.may_answer.set()
        self.heads_are_quick = False

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        if request.command != "HEAD" or not self.heads_are_quick:
            self.is_asked.set()
            assert self.may_answer.wait(10)
        parts = urlsplit(request.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        if bucket == "missing":
            return 404, b"<Error><Code>NoSuchBucket</Code><Message>no</Message></Error>"
        if request.command == "PUT":
            if bucket == self.forbids:
                return 403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
            self.objects[f"{bucket}/{key}"] = body
            self.headers[f"{bucket}/{key}"] = {k.lower(): v for k, v in request.headers.items()}
            return 200, b""
        if key:
            return 200, self.objects[f"{bucket}/{key}"]
        if "list-type=2" in parts.query:
            keys = [name.partition("/")[2] for name in self.objects if name.startswith(bucket)]
            inside = "".join(f"<Contents><Key>{name}</Key></Contents>" for name in keys)
            return 200, f"<ListBucketResult>{inside}</ListBucketResult>".encode()
        if not bucket:
            names = sorted({name.partition("/")[0] for name in self.objects})
            inside = "".join(f"<Bucket><Name>{name}</Name></Bucket>" for name in names)
            return 200, f"<R><Buckets>{inside}</Buckets></R>".encode()
        if request.command == "HEAD":
            return 200, b""
        return 404, b"<Error><Code>NoSuchConfiguration</Code><Message>no</Message></Error>"


@contextmanager
def _listening() -> Iterator[Endpoint]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # with "100 Continue", which botocore waits for

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, content = served.answer(self, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_PUT = do_HEAD = do_GET  # noqa: N815 - the names are http.server's

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = Endpoint(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with _listening() as result:
        yield result


def test_objects_go_to_the_endpoint_that_the_user_names(endpoint: Endpoint) -> None:
    with mock_pca(s3_endpoint_url=endpoint.url) as pca:
        ca = revoking.root(pca)
        arn = issue(ca)
        revoke(ca, arn)
        key = f"{BUCKET}/crl/{revoking.ca_id(ca)}.crl"

        assert set(endpoint.objects) == {f"{BUCKET}/{_PROBE}", key}
        assert listed(endpoint.objects[key]) == [serial(arn)]
        assert endpoint.headers[key]["x-amz-acl"] == "public-read"
        assert endpoint.headers[key]["content-type"] == "application/pkix-crl"


def test_the_mapping_looks_into_the_endpoint(endpoint: Endpoint) -> None:
    with mock_pca(s3_endpoint_url=endpoint.url) as pca:
        ca = revoking.root(pca)
        issue(ca)

        assert list(pca.buckets) == [BUCKET]
        assert listed(revoking.crl(pca, ca)) == []
        assert "missing" not in pca.buckets


def test_a_bucket_that_the_endpoint_does_not_have_is_missing(endpoint: Endpoint) -> None:
    with mock_pca(s3_endpoint_url=endpoint.url) as pca:
        client = pca.client(region_name="us-east-1")
        ca = support.root(client)

        with refused("ValidationException", pca):
            support.pending(client, RevocationConfiguration=crl_on(S3BucketName="missing"))
        with refused("ResourceNotFoundException", pca):
            _report(ca, "missing")


def test_a_bucket_that_the_endpoint_does_not_let_write_is_forbidden(endpoint: Endpoint) -> None:
    endpoint.forbids = "closed"
    with mock_pca(s3_endpoint_url=endpoint.url) as pca:
        client = pca.client(region_name="us-east-1")

        with refused("ValidationException", pca):
            support.pending(client, RevocationConfiguration=crl_on(S3BucketName="closed"))

        assert _report(support.root(client), "closed") == "FAILED"


def test_an_endpoint_that_does_not_answer_is_treated_as_forbidden() -> None:
    with mock_pca(s3_endpoint_url=_NOBODY) as pca:
        client = pca.client(region_name="us-east-1")

        with pytest.raises(client.exceptions.ClientError, match="Permission error"):
            support.pending(client, RevocationConfiguration=crl_on())

        assert _report(support.root(client), BUCKET) == "FAILED"


def test_a_crl_for_an_endpoint_that_is_gone_is_reported_as_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ExitStack() as stack:
        served = stack.enter_context(_listening())
        with mock_pca(s3_endpoint_url=served.url) as pca:
            ca = revoking.root(pca)
            arn = issue(ca)
            stack.close()
            revoke(ca, arn)

            event = pca.events.filter("ACM Private CA CRL Generation")[-1]
    assert event.detail["reason"] == "Failed to write CRL to S3. Internal failure."


def _report(ca: support.Ca, bucket: str) -> str:
    answer = ca.client.create_certificate_authority_audit_report(
        CertificateAuthorityArn=ca.arn, S3BucketName=bucket, AuditReportResponseFormat="JSON"
    )
    described = ca.client.describe_certificate_authority_audit_report(
        CertificateAuthorityArn=ca.arn, AuditReportId=answer["AuditReportId"]
    )
    return str(described["AuditReportStatus"])


class Held(NamedTuple):
    """A call that waits for the endpoint in a thread of its own."""

    thread: threading.Thread
    answers: list[Any]


@contextmanager
def _held(endpoint: Endpoint, call: Callable[[], Any]) -> Iterator[Held]:
    """While the block runs, a call waits for the endpoint, which has heard of it."""
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(call()))
    endpoint.may_answer.clear()
    endpoint.is_asked.clear()
    thread.start()
    assert endpoint.is_asked.wait(10)
    try:
        yield Held(thread, answers)
        assert answers == []
    finally:
        endpoint.may_answer.set()
        thread.join()


@pytest.mark.parametrize("waiting", ["create", "update", "revoke", "report", "advance"])
def test_while_one_call_waits_for_the_endpoint_others_are_answered(
    waiting: str, endpoint: Endpoint
) -> None:
    with mock_pca(s3_endpoint_url=endpoint.url) as pca:
        client = pca.client(region_name="us-east-1")
        ca = revoking.root(pca)
        arn, other = issue(ca), issue(ca)
        calls: dict[str, Callable[[], Any]] = {
            "create": lambda: support.pending(client, RevocationConfiguration=crl_on()),
            "update": lambda: revoking.update(ca, crl_on(ExpirationInDays=3)),
            "revoke": lambda: revoke(ca, arn),
            "report": lambda: _report(ca, BUCKET),
            "advance": lambda: pca.clock.advance(days=40),
        }

        with _held(endpoint, calls[waiting]) as held:
            assert ca.describe()["Status"] == "ACTIVE"
            assert ca.get(issue(ca))
            assert support.root(client).status == "ACTIVE"
            assert len(pca.authorities) == 2
            assert revoking.ocsp_status(pca, ca, other) == "good"

        assert len(held.answers) == 1
        assert revoking.number(revoking.crl(pca, ca)) > 0


def test_a_call_that_waits_for_the_endpoint_is_not_done_yet(endpoint: Endpoint) -> None:
    with mock_pca(s3_endpoint_url=endpoint.url) as pca:
        client = pca.client(region_name="us-east-1")
        ca = revoking.root(pca)

        with _held(endpoint, lambda: support.pending(client, RevocationConfiguration=crl_on())):
            assert [other.arn for other in pca.authorities] == [ca.arn]
        assert len(pca.authorities) == 2

        answers = revoking.create_report
        with _held(endpoint, lambda: answers(ca, bucket=BUCKET)) as held:
            pass
        assert _described(ca, held.answers[0]["AuditReportId"]) == "SUCCESS"


def test_a_report_is_being_created_until_the_endpoint_has_it(endpoint: Endpoint) -> None:
    with mock_pca(s3_endpoint_url=endpoint.url) as pca:
        ca = support.root(pca.client(region_name="us-east-1"))
        endpoint.heads_are_quick = True

        with _held(endpoint, lambda: revoking.create_report(ca, bucket=BUCKET)):
            (report_id,) = inside.authority(pca, ca.arn).reports
            assert _described(ca, report_id) == "CREATING"

        assert _described(ca, report_id) == "SUCCESS"


def _described(ca: support.Ca, report_id: str) -> str:
    return str(revoking.describe_report(ca, report_id)["AuditReportStatus"])


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1", "http://", ""])
def test_an_endpoint_that_is_no_url_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="s3_endpoint_url"):
        mock_pca(s3_endpoint_url=url)
