from __future__ import annotations

import io
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from pca_mock import PcaMock, mock_pca
from pca_mock.conformance import runner, targets
from pca_mock.conformance.cases import CASES
from pca_mock.conformance.ledger import Ledger
from pca_mock.conformance.model import CouldNotRun, Outcome, Result
from pca_mock.conformance.session import Session
from pca_mock.service.model import service_model
from tests import needs

BUCKET = "reports"


def ran(session: Session, *patterns: str) -> dict[str, Result]:
    """The results of some cases; what they leave is deleted."""
    results = runner.run_all(runner.selected(CASES, patterns), session, lambda _: None)
    assert session.close() == []
    return {result.case.name: result for result in results}


@pytest.fixture
def s3_url() -> Iterator[str]:
    """A server of S3 with a bucket."""
    if find_spec("flask") is None:
        needs.missing("moto's server is not installed: moto[server]")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    boto3.client("s3", "us-east-1", endpoint_url=url, **keys).create_bucket(Bucket=BUCKET)
    yield url
    server.stop()


def test_the_server_keeps_the_rules_in_cbor_with_a_bucket_in_s3(
    tmp_path: Path, s3_url: str
) -> None:
    if "smithy-rpc-v2-cbor" not in service_model().metadata.get("protocols", ()):
        pytest.skip("this botocore has no CBOR for acm-pca")
    with mock_pca(s3_endpoint_url=s3_url) as pca, pca.serve() as url:
        target = targets.endpoint(url, protocol="cbor", bucket=BUCKET, s3_endpoint_url=s3_url)
        session = Session(target, Ledger(tmp_path / "ledger", target.region), 60)
        content_types = (
            "open rules: revocation/crl-content-t",
            "open rules: audit reports/report-f",
        )
        results = ran(
            session, "open rules: arguments", "OCSP/re", "CRLs/en", "CRLs/d", *content_types
        )
        names = {key for bucket in pca.buckets.values() for key in bucket}

    assert {n for n, r in results.items() if r.outcome is Outcome.DIFFERS} == set()
    assert [n for n, r in results.items() if r.outcome is Outcome.COULD_NOT_RUN] == [
        "serialization",
        "unknown-members",
    ]
    assert names == {"acm-pca-permission-test-key"}


def test_without_s3_an_endpoint_has_crls_and_no_reports(tmp_path: Path, pca_endpoint: str) -> None:
    target = targets.endpoint(pca_endpoint, protocol="json")
    session = Session(target, Ledger(tmp_path / "ledger", target.region), 60)

    results = ran(session, "CRLs/content", "audit reports/csv", "constraints/message")

    assert {name: result.outcome for name, result in results.items()} == {
        "content": Outcome.HOLDS,
        "csv": Outcome.COULD_NOT_RUN,
        "message": Outcome.HOLDS,
        "message-about-a-csr": Outcome.HOLDS,
    }
    assert results["csv"].reason.startswith("the bucket cannot be read")
    assert target.read("crl/none.crl") is None


def test_a_protocol_that_botocore_lacks_is_reported() -> None:
    loader = targets._loader("smoke-signals")

    with pytest.raises(ValueError, match="the installed botocore has no smoke-signals for acm-pca"):
        loader.load_service_model("acm-pca", "service-2")


class FakeS3:
    """S3 that refuses, or has one object."""

    def __init__(self, code: str | None) -> None:
        self.code = code

    def get_object(self, **_: str) -> dict[str, Any]:
        if self.code is None:
            return {"Body": io.BytesIO(b"data"), "ContentType": "text/plain"}
        raise ClientError({"Error": {"Code": self.code}}, "GetObject")


def test_a_missing_object_is_none_and_a_forbidden_one_could_not_be_read() -> None:
    def remote(code: str | None) -> targets.Remote:
        return targets.Remote(
            "t", lambda _: None, region="r", expiry=1, bucket="b", s3=FakeS3(code)
        )

    stored = remote(None).read("key")
    assert stored is not None
    assert (stored.data, stored.content_type) == (b"data", "text/plain")
    assert remote("NoSuchKey").read("key") is None
    with pytest.raises(CouldNotRun, match=r"the bucket cannot be read: .*AccessDenied"):
        remote("AccessDenied").read("key")
    remote(None).sleep(-1)  # what was to be waited for is over
    with pytest.raises(CouldNotRun, match="the OCSP responder cannot be reached"):
        remote(None).ocsp("http://127.0.0.1:1/", b"")


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles of two accounts, and one without a region."""
    keys = "aws_access_key_id = {}\naws_secret_access_key = x\n"
    text = "".join(
        f"[profile {name}]\n{keys.format(account)}{region}"
        for name, account, region in (
            ("first", "111111111111", "region = eu-west-1\n"),
            ("second", "222222222222", ""),
        )
    )
    (tmp_path / "config").write_text(text)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)


def test_aws_is_called_with_the_profiles_in_one_region(profiles: None, pca: PcaMock) -> None:
    target = targets.aws("first", second_profile="second", bucket="b")

    clients = [target.client(), target.client(of_second_account=True)]
    for client in clients:
        client.list_certificate_authorities()
    assert {client.meta.region_name for client in clients} == {"eu-west-1"}
    assert [call.caller.account for call in pca.calls] == ["111111111111", "222222222222"]
    assert (target.name, target.revocation_host) == ("AWS, eu-west-1", None)
    with pytest.raises(CouldNotRun, match="no second account was given"):
        targets.aws("first").client(of_second_account=True)
    with pytest.raises(CouldNotRun, match="no endpoint of S3"):
        targets.aws("first").read("crl/x.crl")
    with pytest.raises(ValueError, match="the profile has none, use --region"):
        targets.aws("second")
