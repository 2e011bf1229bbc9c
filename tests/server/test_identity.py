"""Whose request it is: the Authorization header, and signatures where they are checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from pca_mock import PcaMock
from pca_mock.errors import AwsError
from pca_mock.server.identity import Identity, identity_of
from pca_mock.server.protocols import WireRequest
from tests.server.http import Http

SCOPE = "20261123/eu-west-3/acm-pca/aws4_request"
KEYS = {"AKIDEXAMPLE": "wJalrXUtnFEMI"}


def authorization(key: str, scope: str = SCOPE) -> dict[str, str]:
    fields = f"Credential={key}/{scope}, SignedHeaders=host, Signature=0"
    return {"authorization": f"AWS4-HMAC-SHA256 {fields}"}


def signed(secret_key: str, **changes: Any) -> WireRequest:
    """A request that botocore has signed, and that was changed afterwards."""
    request = AWSRequest("POST", "http://localhost:1/", {"X-Amz-Target": "a.B"}, b"{}")
    SigV4Auth(Credentials("AKIDEXAMPLE", secret_key), "acm-pca", "eu-west-3").add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers |= {"host": "localhost:1", **changes.pop("headers", {})}
    values = {"method": "POST", "path": "/", "headers": headers, "body": b"{}"} | changes
    return WireRequest(**values)


@pytest.mark.pca(accounts={"AKIAOTHER": "222222222222"})
def test_account_and_region_are_those_of_the_credential_scope(pca: PcaMock, http: Http) -> None:
    with pca.as_account("222222222222"):
        other = pca.create_root_ca(region_name="eu-west-3")
    own = pca.create_root_ca(region_name="eu-west-3")

    def arns(**headers: str) -> list[str]:
        answer = http.as_json("ListCertificateAuthorities", {}, **headers)
        return [ca["Arn"] for ca in answer.json["CertificateAuthorities"]]

    assert arns(**authorization("AKIAUNKNOWN")) == [own.arn]
    assert arns(**authorization("AKIAOTHER")) == [other.arn]
    assert arns(**authorization("AKIAUNKNOWN", SCOPE.replace("-3", "-1"))) == []
    assert arns() == []


@pytest.mark.parametrize(
    "header", ["", "Basic YTpi", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b/c"]
)
def test_a_header_that_cannot_be_read_names_nobody(header: str) -> None:
    assert identity_of(WireRequest("POST", "/", {"authorization": header}, b"")) == Identity()


def test_a_signature_of_botocore_is_accepted() -> None:
    identity = identity_of(signed(KEYS["AKIDEXAMPLE"]), KEYS)

    assert identity == Identity("AKIDEXAMPLE", "eu-west-3")


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (signed("another key"), "InvalidSignatureException"),
        (signed(KEYS["AKIDEXAMPLE"], body=b"{} "), "InvalidSignatureException"),
        (signed(KEYS["AKIDEXAMPLE"], path="/other"), "InvalidSignatureException"),
        (
            signed(KEYS["AKIDEXAMPLE"], headers={"x-amz-target": "a.C"}),
            "InvalidSignatureException",
        ),
        (
            signed(KEYS["AKIDEXAMPLE"], headers=authorization("AKIDOTHER")),
            "UnrecognizedClientException",
        ),
        (
            signed(KEYS["AKIDEXAMPLE"], headers={"authorization": "AWS4-HMAC-SHA256 a=b"}),
            "IncompleteSignatureException",
        ),
        (WireRequest("POST", "/", {}, b""), "MissingAuthenticationTokenException"),
    ],
    ids=["key", "body", "path", "header", "unknown", "incomplete", "none"],
)
def test_another_signature_is_refused(request_: WireRequest, code: str) -> None:
    with pytest.raises(AwsError) as raised:
        identity_of(request_, KEYS)

    assert raised.value.code == code


@pytest.fixture
def checking(pca: PcaMock) -> Iterator[str]:
    with pca.serve(secret_keys=KEYS) as url:
        yield url


def test_a_server_that_checks_signatures_answers_only_configured_keys(checking: str) -> None:
    def client(key: str, secret: str) -> Any:
        return boto3.client(
            "acm-pca",
            "eu-west-3",
            endpoint_url=checking,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
        )

    assert client("AKIDEXAMPLE", KEYS["AKIDEXAMPLE"]).list_certificate_authorities()
    with pytest.raises(Exception, match="InvalidSignatureException"):
        client("AKIDEXAMPLE", "wrong").list_certificate_authorities()
