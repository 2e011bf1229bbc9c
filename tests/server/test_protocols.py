"""The bytes on the wire, where the protocols define them."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from freezegun import freeze_time

from pca_mock import PcaMock
from pca_mock.service.model import service_model
from tests.server.http import CBOR, JSON, Http

DESCRIBE = "DescribeCertificateAuthority"
IMPORT = "ImportCertificateAuthorityCertificate"
LIST = "ListCertificateAuthorities"
SHAPES = "com.amazonaws.acmpca#"


# AWS JSON 1.1


def test_json_has_timestamps_in_seconds(pca: PcaMock, http: Http) -> None:
    pca.clock.freeze("2024-02-01T21:37:29.096Z")
    root = pca.create_root_ca()

    answer = http.as_json(DESCRIBE, {"CertificateAuthorityArn": root.arn})

    assert answer.status == 200
    assert answer.headers["content-type"] == JSON
    assert uuid.UUID(answer.headers["x-amzn-requestid"]).version == 4
    assert answer.json["CertificateAuthority"]["CreatedAt"] == 1706823449.096
    assert answer.json["CertificateAuthority"]["NotBefore"] == 1706823449 - 3600
    assert b"1706819849," in answer.body or b"1706819849}" in answer.body


def test_json_has_blobs_in_base64(pca: PcaMock, http: Http) -> None:
    root = pca.create_root_ca()
    blob = base64.b64encode(root.certificate_pem.encode()).decode()

    answer = http.as_json(IMPORT, {"CertificateAuthorityArn": root.arn, "Certificate": blob})

    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("body", [b"", b"{}", b'{"MaxResults": null, "Unknown": [1]}'])
def test_json_members_that_are_absent_null_or_unknown_are_ignored(body: bytes, http: Http) -> None:
    answer = http.as_json(LIST, body)

    assert (answer.status, answer.json) == (200, {"CertificateAuthorities": []})


@pytest.mark.parametrize(
    ("operation", "body", "code", "message"),
    [
        (LIST, b"{", "SerializationException", "not valid JSON"),
        (LIST, b"\xff", "SerializationException", "not valid JSON"),
        (LIST, b'{"MaxResults": NaN}', "SerializationException", "not valid JSON"),
        (LIST, b"[" * 100_000, "SerializationException", "not valid JSON"),
        (LIST, b"[]", "SerializationException", "must be a structure"),
        (LIST, {"MaxResults": "1"}, "SerializationException", "STRING_VALUE can not be"),
        (IMPORT, {"Certificate": "a.b"}, "SerializationException", "not valid base64"),
        (IMPORT, {"Certificate": 1}, "SerializationException", "NUMBER_VALUE can not be"),
        (LIST, {"MaxResults": 0}, "ValidationException", "'maxResults' failed to satisfy"),
        (
            DESCRIBE,
            {"CertificateAuthorityArn": "arn:aws:acm-pca:eu-west-1:1:x"},
            "InvalidArnException",
            "arn",
        ),
    ],
)
def test_json_has_errors_by_type_and_message(
    operation: str, body: Any, code: str, message: str, http: Http
) -> None:
    answer = http.as_json(operation, body)

    assert (answer.status, answer.headers["content-type"]) == (400, JSON)
    assert answer.json["__type"] == code
    assert message in answer.json["message"]
    assert "x-amzn-requestid" in answer.headers


@pytest.mark.parametrize(
    "target", ["ACMPrivateCA.DescribeEverything", "ACMPrivateCA", "Other.ListTags", ""]
)
def test_json_has_an_error_for_an_unknown_operation(target: str, http: Http) -> None:
    answer = http.request("POST", "/", b"{}", {"X-Amz-Target": target})

    assert (answer.status, answer.json) == (400, {"__type": "UnknownOperationException"})


def test_a_request_of_no_protocol_is_not_found(http: Http) -> None:
    answer = http.request("POST", "/", b"Action=ListTags")

    assert (answer.status, answer.json) == (404, {"__type": "UnknownOperationException"})


# Smithy RPC v2 CBOR


def test_cbor_has_timestamps_with_tag_1(pca: PcaMock, http: Http) -> None:
    pca.clock.freeze("2024-01-02T03:04:05.678Z")
    root = pca.create_root_ca()

    answer = http.as_cbor(DESCRIBE, {"CertificateAuthorityArn": root.arn})

    assert answer.status == 200
    assert answer.headers["content-type"] == CBOR
    assert answer.headers["smithy-protocol"] == "rpc-v2-cbor"
    assert "x-amzn-requestid" in answer.headers
    assert bytes.fromhex("69437265617465644174c1fb41d964df496b645a") in answer.body
    assert bytes.fromhex("694e6f744265666f7265c11a65936f15") in answer.body
    assert set(answer.cbor) == {"CertificateAuthority"}


def test_cbor_has_the_times_of_freezegun(pca: PcaMock, http: Http) -> None:
    with freeze_time("2024-01-02T03:04:05Z"):
        root = pca.create_root_ca()
        answer = http.as_cbor(DESCRIBE, {"CertificateAuthorityArn": root.arn})

    assert answer.cbor["CertificateAuthority"]["CreatedAt"].timestamp() == 1_704_164_645


def test_cbor_has_blobs_as_bytes(pca: PcaMock, http: Http) -> None:
    root = pca.create_root_ca()
    request = {"CertificateAuthorityArn": root.arn, "Certificate": root.certificate_pem.encode()}

    assert http.as_cbor(IMPORT, request).body == b"\xa0"
    answer = http.as_cbor(IMPORT, request | {"Certificate": root.certificate_pem})
    assert answer.cbor["__type"] == f"{SHAPES}SerializationException"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xa0",
        bytes.fromhex("bfff"),
        bytes.fromhex("a16a4d6178526573756c7473f6"),  # MaxResults: null
        bytes.fromhex("a16a4d6178526573756c7473f7"),  # MaxResults: undefined
        bytes.fromhex("a17f6a4d6178526573756c7473ff1901f4"),  # text in parts
        bytes.fromhex("a16a4d6178526573756c74731b00000000000001f4"),  # 500 in eight bytes
    ],
)
def test_cbor_is_read_in_every_length_and_form(body: bytes, http: Http) -> None:
    answer = http.as_cbor(LIST, body)

    assert (answer.status, answer.cbor) == (200, {"CertificateAuthorities": []})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"\xff", "SerializationException"),
        (b"\xa1", "SerializationException"),
        (b"\x81" * 100_000, "SerializationException"),
        (b"\x80", "SerializationException"),
        (bytes.fromhex("c06161"), "SerializationException"),
        (b"\xa0\xa0", "SerializationException"),
        ({"MaxResults": 1.5}, "SerializationException"),
        ({"NextToken": b"x"}, "SerializationException"),
        ({"MaxResults": 0}, "ValidationException"),
    ],
)
def test_cbor_has_errors_by_the_ids_of_their_shapes(body: Any, code: str, http: Http) -> None:
    answer = http.as_cbor(LIST, body)

    assert (answer.status, answer.headers["content-type"]) == (400, CBOR)
    assert answer.cbor["__type"] == f"{SHAPES}{code}"
    assert answer.cbor["message"]


def test_cbor_has_not_found_for_an_unknown_operation(http: Http) -> None:
    answer = http.as_cbor("DescribeEverything", {})

    assert answer.status == 404
    assert answer.cbor == {"__type": f"{SHAPES}UnknownOperationException", "message": ""}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"/service/Other/operation/{LIST}"),
        ("PUT", f"/service/ACMPrivateCA/operation/{LIST}"),
    ],
)
def test_cbor_has_not_found_for_another_path_or_method(method: str, path: str, http: Http) -> None:
    answer = http.request(method, path, b"\xa0", {"Smithy-Protocol": "rpc-v2-cbor"})

    assert (answer.status, answer.cbor["__type"]) == (404, f"{SHAPES}UnknownOperationException")


def test_blobs_are_members_of_the_request_itself_and_never_of_a_response() -> None:
    model = service_model()
    operations = [model.operation_model(name) for name in model.operation_names]

    places = {path for each in operations for path in _blobs(each.input_shape)}
    assert places == {("Csr",), ("Certificate",), ("CertificateChain",)}
    assert [path for each in operations for path in _blobs(each.output_shape)] == []


def _blobs(shape: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    match getattr(shape, "type_name", None):
        case "blob":
            yield path
        case "list":
            yield from _blobs(shape.member, (*path, "[]"))
        case "structure":
            for name, member in shape.members.items():
                yield from _blobs(member, (*path, name))


def test_cbor_is_recognised_by_its_path_behind_any_prefix(http: Http) -> None:
    path = f"/stage/service/ACMPrivateCA/operation/{LIST}"

    assert http.request("POST", path, b"\xa0", {"Content-Type": f"{CBOR}; x=y"}).status == 200
    assert http.request("POST", path, b"{}", {"Content-Type": JSON}).status == 415


def test_the_protocol_of_the_request_decides(http: Http) -> None:
    target = {"X-Amz-Target": f"ACMPrivateCA.{LIST}"}

    assert http.as_cbor(LIST, {}, **target).headers["content-type"] == CBOR
    assert http.as_json(LIST, {}).headers["content-type"] == JSON
