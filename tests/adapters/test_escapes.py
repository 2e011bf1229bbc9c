"""Requests about `acm-pca` that come to botocore's HTTP layer while a mock runs are not sent."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import EndpointConnectionError
from botocore.httpsession import URLLib3Session

from pca_mock import PcaMock, mock_pca
from pca_mock.adapters import intercept
from pca_mock.errors import NotAnsweredByPcaMock
from tests import nowhere
from tests.guard import nothing_leaves
from tests.processes import run

KEYS: Any = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "secret"}
AWS = "https://acm-pca.us-east-1.amazonaws.com/"
LIST = {"X-Amz-Target": "ACMPrivateCA.ListCertificateAuthorities"}


def signed(url: str, service: str = "acm-pca", **headers: str) -> Any:
    """A request that is signed by hand."""
    request = AWSRequest("POST", url, headers=headers, data=b"{}")
    SigV4Auth(Credentials("AKIAEXAMPLE", "secret"), service, "us-east-1").add_auth(request)
    return request.prepare()


def without_handlers(client: Any) -> Any:
    client.meta.events.unregister("before-call", intercept.answer)
    return client


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_the_call_of_a_client_without_handlers_is_refused_and_not_tried_again(mode: str) -> None:
    config = Config(retries={"mode": mode, "total_max_attempts": 3})
    client = without_handlers(boto3.client("acm-pca", "us-east-1", config=config, **KEYS))

    with nothing_leaves(), mock_pca():
        with pytest.raises(NotAnsweredByPcaMock, match="a mock of pca_mock runs"):
            client.list_certificate_authorities()
        made_later = boto3.client("acm-pca", "us-east-1")
        assert made_later.list_certificate_authorities()["CertificateAuthorities"] == []


def test_a_client_of_another_endpoint_is_refused_by_its_target() -> None:
    client = boto3.client("acm-pca", "us-east-1", endpoint_url="http://127.0.0.1:9", **KEYS)

    with nothing_leaves(), mock_pca(), pytest.raises(NotAnsweredByPcaMock):
        without_handlers(client).list_certificate_authorities()


REQUESTS: dict[str, Any] = {
    "to AWS": AWSRequest("POST", AWS).prepare(),
    "to a FIPS endpoint": AWSRequest("POST", "https://acm-pca-fips.us-west-2.api.aws").prepare(),
    "in a VPC": AWSRequest(
        "POST", "https://vpce-1-x.acm-pca.eu-west-1.vpce.amazonaws.com/"
    ).prepare(),
    "to China": AWSRequest("POST", "https://ACM-PCA.cn-north-1.amazonaws.com.cn").prepare(),
    "JSON": AWSRequest("POST", "http://proxy.example", headers=LIST).prepare(),
    "CBOR": AWSRequest(
        "POST", "http://proxy.example/service/ACMPrivateCA/operation/ListTags"
    ).prepare(),
    "signed by hand": signed("http://proxy.example/"),
    "signed in the query": AWSRequest(
        "GET", "https://proxy.example/?X-Amz-Credential=A%2F20260101%2Fus-east-1%2Facm-pca%2F"
        "aws4_request&X-Amz-Signature=0"
    ).prepare(),
}  # fmt: skip


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_a_request_made_by_hand_is_refused(request_: Any) -> None:
    with nothing_leaves(), mock_pca(), pytest.raises(NotAnsweredByPcaMock, match="not sent"):
        URLLib3Session().send(request_)


def test_a_presigned_url_is_refused_if_botocore_opens_it() -> None:
    with nothing_leaves(), mock_pca() as pca:
        url = pca.client().generate_presigned_url("list_certificate_authorities")
        with pytest.raises(NotAnsweredByPcaMock):
            URLLib3Session().send(AWSRequest("GET", url).prepare())


OTHERS: dict[str, str] = {
    "a bucket": "https://acm-pca.s3.us-east-1.amazonaws.com/crl",
    "a bucket of the global endpoint": "https://acm-pca.s3.amazonaws.com/crl",
    "a path": "https://s3.us-east-1.amazonaws.com/acm-pca.us-east-1.amazonaws.com/",
    "another service": "https://acm.us-east-1.amazonaws.com/",
}


@pytest.mark.parametrize("url", OTHERS.values(), ids=OTHERS)
def test_requests_of_other_services_are_sent(url: str) -> None:
    with nothing_leaves(strict=False) as attempts, mock_pca():
        with pytest.raises(EndpointConnectionError):
            URLLib3Session().send(signed(url, "s3"))
        assert str(urlsplit(url).hostname) in attempts[0]


def test_requests_to_a_served_mock_are_sent(pca: PcaMock, pca_endpoint: str) -> None:
    for url in (pca_endpoint, f"{pca_endpoint}/", pca_endpoint.replace("127.0.0.1", "localhost")):
        answer = URLLib3Session().send(signed(url, **LIST))
        assert answer.content == b'{"CertificateAuthorities":[]}'
    client = boto3.client("acm-pca", "us-east-1", endpoint_url=pca_endpoint, **KEYS)
    assert without_handlers(client).list_certificate_authorities()["CertificateAuthorities"] == []


def test_without_a_mock_requests_are_sent() -> None:
    with mock_pca():
        pass
    with nothing_leaves(strict=False), pytest.raises(EndpointConnectionError):
        URLLib3Session().send(signed(AWS))
    assert not nowhere.is_mocked()


def test_a_patch_of_others_that_outlives_the_mock_is_undone_by_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = URLLib3Session.send
    with mock_pca():
        monkeypatch.setattr(URLLib3Session, "send", lambda *_: "answer")
        with mock_pca():  # puts the refusal before the patch
            with pytest.raises(NotAnsweredByPcaMock):
                URLLib3Session().send(signed(AWS))
            assert URLLib3Session().send(signed("https://example.com", "s3")) == "answer"
    assert URLLib3Session().send(signed(AWS)) == "answer"

    monkeypatch.undo()

    assert URLLib3Session.send is original


def test_clients_that_gc_freeze_has_hidden_are_refused_and_clients_of_their_sessions_answered(
    tmp_path: Any,
) -> None:
    run(
        """
import boto3, gc
keys = dict(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")
session = boto3.Session(**keys)
hidden = session.client("acm-pca")
gc.freeze()

from pca_mock import mock_pca
from pca_mock.errors import NotAnsweredByPcaMock

with mock_pca():
    try:
        hidden.list_certificate_authorities()
    except NotAnsweredByPcaMock as error:
        assert "gc.freeze()" in str(error)
    else:
        raise AssertionError
    assert session.client("acm-pca").list_certificate_authorities()
        """,
        tmp_path,
    )
