from __future__ import annotations

import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError
from botocore.parsers import create_parser
from botocore.stub import Stubber

from pca_mock import PcaMock, mock_pca
from pca_mock.adapters import intercept
from pca_mock.errors import NotAnsweredByPcaMock
from pca_mock.service.model import service_model
from tests import support

# Nothing listens there: a call that isn't intercepted fails at once, on loopback.
NOWHERE = "http://127.0.0.1:9"
ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})
KEYS: Any = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "secret"}


def call(client: Any) -> str:
    """Create a CA: its ARN."""
    return support.pending(client).arn


def client_to_nowhere() -> Any:
    return boto3.client("acm-pca", "us-east-1", endpoint_url=NOWHERE, config=ONE_ATTEMPT, **KEYS)


made_at_import = client_to_nowhere()


MAKERS = {
    "boto3.client": lambda: boto3.client("acm-pca", "us-east-1"),
    "boto3.Session": lambda: boto3.Session(region_name="us-east-1").client("acm-pca"),
    "botocore.session": lambda: botocore.session.get_session().create_client(
        "acm-pca", "us-east-1"
    ),
    "a custom endpoint": client_to_nowhere,
    "a FIPS endpoint": lambda: boto3.client(
        "acm-pca", "us-east-1", config=Config(use_fips_endpoint=True)
    ),
    "a dual-stack endpoint": lambda: boto3.client(
        "acm-pca", "us-east-1", config=Config(use_dualstack_endpoint=True)
    ),
    "legacy retries": lambda: boto3.client(
        "acm-pca", "us-east-1", config=Config(retries={"mode": "legacy"})
    ),
    "unsigned requests": lambda: boto3.client(
        "acm-pca", "us-east-1", config=Config(signature_version=botocore.UNSIGNED)
    ),
}


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_a_client_made_inside_the_mock_is_answered(maker: Any) -> None:
    with mock_pca():
        assert call(maker()).startswith("arn:aws:acm-pca:us-east-1:123456789012:")


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_a_client_made_before_the_mock_is_answered(
    maker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    client = maker()

    with mock_pca():
        assert call(client).startswith("arn:aws:acm-pca:us-east-1:123456789012:")


def test_a_client_made_when_the_test_module_was_imported_is_answered() -> None:
    with mock_pca():
        assert call(made_at_import)


def test_a_client_of_an_earlier_mock_is_answered_by_a_later_one() -> None:
    with mock_pca() as pca:
        client = pca.client()
        call(client)

    with mock_pca():
        assert client.list_certificate_authorities()["CertificateAuthorities"] == []


def test_after_the_mock_calls_go_to_the_endpoint_again() -> None:
    client = client_to_nowhere()
    with mock_pca():
        call(client)

    with pytest.raises(EndpointConnectionError):
        call(client)


def test_other_services_are_not_intercepted() -> None:
    with mock_pca():
        s3 = boto3.client("s3", "us-east-1", endpoint_url=NOWHERE, config=ONE_ATTEMPT, **KEYS)

        with pytest.raises(EndpointConnectionError):
            s3.list_buckets()


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-central-1", "aws"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-nowhere-7", "aws"),
    ],
)
def test_arns_have_the_region_and_its_partition(region: str, partition: str, pca: PcaMock) -> None:
    arn = call(pca.client(region_name=region))

    assert arn.startswith(f"arn:{partition}:acm-pca:{region}:123456789012:certificate-authority/")


def test_arns_in_china_have_the_partition_aws_cn(pca: PcaMock) -> None:
    client = pca.client(region_name="cn-north-1")

    ca = support.pending(client, KeyStorageSecurityStandard="CCPC_LEVEL_1_OR_HIGHER")

    assert ca.arn.startswith("arn:aws-cn:acm-pca:cn-north-1:")


def test_a_call_in_another_thread_is_answered(pca: PcaMock) -> None:
    arns: list[str] = []
    thread = threading.Thread(target=lambda: arns.append(call(made_at_import)))

    thread.start()
    thread.join()

    assert len(arns) == 1


def test_a_stubbed_client_keeps_its_stubbed_answers(pca: PcaMock) -> None:
    client = pca.client()
    with Stubber(client) as stubber:
        stubber.add_response("list_certificate_authorities", {"NextToken": "stubbed"})

        assert client.list_certificate_authorities()["NextToken"] == "stubbed"
    assert client.list_certificate_authorities()["CertificateAuthorities"] == []


# Spellings of the event, and ways to register a handler.
_SPELLINGS = (
    "before-call",
    "before-call.*",
    "before-call.*.*",
    "before-call.acm-pca",
    "before-call.acm-pca.*",
    "before-call.acm-pca.ListCertificateAuthorities",
    "before-call.*.ListCertificateAuthorities",
    "*",
    "*.acm-pca",
)
_WAYS = ("register", "register_first", "register_last")


def test_handlers_of_the_users_own_are_asked_before_the_mock_in_botocores_order() -> None:
    client, seen = client_to_nowhere(), []
    for spelling in _SPELLINGS:
        for way in _WAYS:

            def handle(name: str = f"{way} {spelling}", **event: Any) -> None:
                if event["event_name"].startswith("before-call."):
                    seen.append(name)
                    event["params"]["headers"]["X-Seen"] = name

            getattr(client.meta.events, way)(spelling, handle)
    with pytest.raises(EndpointConnectionError):
        client.list_certificate_authorities()
    without_mock = seen.copy()
    seen.clear()

    with mock_pca() as pca:
        client.list_certificate_authorities()
        assert len(pca.calls) == 1

    assert seen == without_mock
    assert len(seen) == len(set(seen)) == len(_SPELLINGS) * len(_WAYS)


@pytest.mark.parametrize("way", _WAYS)
@pytest.mark.parametrize("spelling", _SPELLINGS)
def test_a_handler_of_the_users_own_can_refuse_a_call_or_answer_it(
    spelling: str, way: str, pca: PcaMock
) -> None:
    client, refusal, answers = client_to_nowhere(), PermissionError("no"), [{"mine": 1}, None]

    def handle(event_name: str, **_: Any) -> Any:
        if not event_name.startswith("before-call."):
            return None
        if not answers:
            raise refusal
        answer = answers.pop(0)
        return answer and (AWSResponse(NOWHERE, 200, {}, None), answer)

    getattr(client.meta.events, way)(spelling, handle)

    assert client.list_certificate_authorities() == {"mine": 1}
    assert client.list_certificate_authorities()["CertificateAuthorities"] == []
    with pytest.raises(PermissionError):
        client.list_certificate_authorities()
    assert len(pca.calls) == 1


def test_a_handler_that_registers_another_one_during_the_call_breaks_nothing(pca: PcaMock) -> None:
    client, seen = client_to_nowhere(), []

    def other(**_: Any) -> None:
        seen.append("other")

    def handle(**_: Any) -> None:
        if not pca.calls:
            client.meta.events.register_last("before-call", other)

    client.meta.events.register("before-call.acm-pca", handle)

    assert client.list_certificate_authorities()["CertificateAuthorities"] == []
    assert seen == []
    assert client.list_certificate_authorities()["CertificateAuthorities"] == []
    assert seen == ["other"]


def test_parameters_changed_by_a_handler_of_the_users_are_used(pca: PcaMock) -> None:
    client = pca.client(config=ONE_ATTEMPT)

    def rename(params: Any, **_: Any) -> None:
        params["CertificateAuthorityConfiguration"]["Subject"]["CommonName"] = "Renamed"

    client.meta.events.register("before-parameter-build.acm-pca.CreateCertificateAuthority", rename)
    ca = support.pending(client)

    assert ca.describe()["CertificateAuthorityConfiguration"]["Subject"]["CommonName"] == "Renamed"


def test_botocore_still_checks_parameters_on_the_client(pca_client: Any) -> None:
    with pytest.raises(ParamValidationError):
        pca_client.describe_certificate_authority()


# The form of responses


def test_a_response_has_the_metadata_of_a_real_one(pca_client: Any) -> None:
    metadata = pca_client.list_certificate_authorities()["ResponseMetadata"]

    assert metadata["HTTPStatusCode"] == 200
    assert metadata["RetryAttempts"] == 0
    assert metadata["HTTPHeaders"]["x-amzn-requestid"] == metadata["RequestId"]
    assert metadata["HTTPHeaders"]["content-type"] == "application/x-amz-json-1.1"
    assert metadata["HTTPHeaders"].keys() == {"x-amzn-requestid", "content-type", "date"}


def test_request_ids_differ(pca_client: Any) -> None:
    answers = [pca_client.list_certificate_authorities() for _ in range(3)]

    assert len({answer["ResponseMetadata"]["RequestId"] for answer in answers}) == 3


@pytest.mark.parametrize("operation", ["describe", "issue", "import", "unknown CA", "bad value"])
def test_responses_are_those_that_botocore_would_parse_from_the_wire(
    operation: str, pca_client: Any
) -> None:
    """The body of the HTTP response, read by botocore's own JSON parser, is the oracle."""
    ca = support.pending(pca_client)
    ca.install(ca.issued(ca.csr(), "RootCACertificate", Validity=support.TEN_YEARS))
    unknown = ca.arn[:-12] + "000000000000"
    seen: list[Any] = []
    pca_client.meta.events.register("after-call.acm-pca", lambda **event: seen.append(event))

    try:
        if operation == "describe":
            ca.describe()
        elif operation == "issue":
            ca.issue(support.KeyHolder().csr())
        elif operation == "import":
            ca.install(ca.certificate())
        elif operation == "unknown CA":
            pca_client.describe_certificate_authority(CertificateAuthorityArn=unknown)
        else:
            pca_client.describe_certificate_authority(CertificateAuthorityArn="x" * 5)
    except ClientError:
        pass
    http, parsed, model = (seen[-1][key] for key in ("http_response", "parsed", "model"))
    wire = {
        "status_code": http.status_code,
        "headers": http.headers,
        "body": http.content,
        "context": {"operation_name": model.name},
    }
    expected = create_parser("json").parse(wire, model.output_shape)
    if http.status_code >= 300:
        code = expected["Error"]["Code"]
        shape = service_model().shape_for_error_code(code)
        if shape is not None:
            expected["message"] = json.loads(http.content)["message"]
    expected["ResponseMetadata"]["RetryAttempts"] = 0
    length = expected["ResponseMetadata"]["HTTPHeaders"].pop("content-length")

    assert parsed == expected
    assert int(length) == len(http.content)


def test_times_are_in_the_local_zone_as_in_botocore(pca_client: Any) -> None:
    created = support.pending(pca_client).describe()["CreatedAt"]

    assert type(created.tzinfo).__name__ == "tzlocal"
    assert isinstance(created, datetime)


def test_an_operation_without_output_answers_only_with_metadata(pca_client: Any) -> None:
    ca = support.pending(pca_client)
    certificate = ca.issued(ca.csr(), "RootCACertificate")

    seen: list[Any] = []
    pca_client.meta.events.register("after-call.acm-pca", lambda **event: seen.append(event))

    answer = pca_client.import_certificate_authority_certificate(
        CertificateAuthorityArn=ca.arn, Certificate=certificate
    )

    assert answer.keys() == {"ResponseMetadata"}
    assert seen[-1]["http_response"].content == b""
    assert seen[-1]["http_response"].headers["Content-Length"] == "0"


def test_errors_are_botocores_typed_exceptions(pca_client: Any) -> None:
    missing = support.pending(pca_client).arn[:-12] + "000000000000"

    with pytest.raises(pca_client.exceptions.ResourceNotFoundException) as caught:
        pca_client.describe_certificate_authority(CertificateAuthorityArn=missing)

    response = caught.value.response
    assert response["Error"]["Code"] == "ResourceNotFoundException"
    assert response["message"] == response["Error"]["Message"]
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert caught.value.operation_name == "DescribeCertificateAuthority"


def test_errors_that_the_model_lacks_are_client_errors(pca_client: Any) -> None:
    with pytest.raises(ClientError) as caught:
        pca_client.describe_certificate_authority(CertificateAuthorityArn="x" * 5)

    assert type(caught.value) is ClientError
    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_the_answer_belongs_to_the_caller(pca_client: Any) -> None:
    ca = support.pending(pca_client)

    ca.describe()["CertificateAuthorityConfiguration"]["Subject"]["CommonName"] = "Changed"

    assert ca.describe()["CertificateAuthorityConfiguration"] == support.configuration()


def test_the_parameters_stay_the_callers(pca_client: Any) -> None:
    configuration = support.configuration()
    ca = support.pending(pca_client, configuration_=configuration)

    configuration["Subject"]["CommonName"] = "Changed"

    assert ca.describe()["CertificateAuthorityConfiguration"] == support.configuration()


# Blobs


@pytest.mark.parametrize(
    "kind", [bytes, bytearray, bytes.decode], ids=["bytes", "bytearray", "str"]
)
def test_a_blob_may_be_bytes_a_bytearray_or_text(kind: Any, pca_client: Any) -> None:
    ca = support.pending(pca_client)

    assert ca.issue(kind(ca.csr()), "RootCACertificate")


def speaks_cbor(pca: PcaMock, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client that serialises as CBOR, whose serializer takes files for blobs."""
    serialize = pytest.importorskip("botocore.serialize")
    if not hasattr(serialize, "CBORSerializer"):
        pytest.skip("this botocore has no CBOR")
    client = pca.client()
    monkeypatch.setattr(client, "_serializer", serialize.create_serializer("smithy-rpc-v2-cbor"))
    return client


def test_a_blob_may_be_a_file_where_the_protocol_takes_files(
    pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca = support.pending(speaks_cbor(pca, monkeypatch))

    assert ca.issue(io.BytesIO(ca.csr()), "RootCACertificate")  # type: ignore[arg-type]


def test_a_file_is_refused_where_the_protocol_refuses_files(pca_client: Any) -> None:
    if type(pca_client._serializer._serializer).__name__ != "JSONSerializer":
        pytest.skip("this botocore doesn't speak JSON 1.1 by default")
    ca = support.pending(pca_client)

    with pytest.raises(TypeError):
        ca.issue(io.BytesIO(ca.csr()), "RootCACertificate")  # type: ignore[arg-type]


# One mock and another


def test_the_inner_of_two_mocks_answers_and_the_outer_one_keeps_its_state() -> None:
    with mock_pca(account_id="111111111111"):
        outer = call(made_at_import)
        with mock_pca(account_id="222222222222"):
            assert made_at_import.list_certificate_authorities()["CertificateAuthorities"] == []
            inner = call(made_at_import)
        listed = made_at_import.list_certificate_authorities()["CertificateAuthorities"]

    assert [ca["Arn"] for ca in listed] == [outer]
    assert ":111111111111:" in outer
    assert ":222222222222:" in inner


def test_mocks_may_end_in_any_order() -> None:
    first, second = mock_pca(account_id="111111111111"), mock_pca(account_id="222222222222")
    first.start()
    second.start()

    first.stop()
    assert ":222222222222:" in call(made_at_import)
    second.stop()

    with pytest.raises(EndpointConnectionError):
        call(made_at_import)


def test_concurrent_calls_lose_nothing(pca: PcaMock) -> None:
    client = pca.client()
    ca = support.root(client)
    csr = support.KeyHolder().csr()

    with ThreadPoolExecutor(8) as threads:
        arns = list(threads.map(lambda _: ca.issue(csr), range(64)))
        created = list(threads.map(lambda _: call(client), range(16)))

    assert len(set(arns)) == 64
    listed = client.list_certificate_authorities()["CertificateAuthorities"]
    assert {item["Arn"] for item in listed} == {ca.arn, *created}
    assert all(ca.get(arn) for arn in arns)


@pytest.mark.parametrize("event", ["before-call.acm-pca.*", "before-call"])
def test_a_mock_that_starts_or_ends_during_a_call_does_not_send_it(event: str) -> None:
    starting, ending, mock = client_to_nowhere(), client_to_nowhere(), mock_pca()

    def start(**_: Any) -> None:
        mock.start()

    starting.meta.events.register(event, start)
    ending.meta.events.register_last(event, lambda **_: mock.stop())

    with pytest.raises(NotAnsweredByPcaMock, match="started in the middle of this call"):
        starting.list_certificate_authorities()
    with pytest.raises(NotAnsweredByPcaMock, match="ended in the middle of this call"):
        ending.list_certificate_authorities()


def test_a_mock_that_starts_between_the_attempts_of_a_call_stops_it() -> None:
    config = Config(retries={"mode": "standard", "total_max_attempts": 3})
    client = boto3.client("acm-pca", "us-east-1", endpoint_url=NOWHERE, config=config, **KEYS)
    mock, attempts = mock_pca(), []

    def start(**_: Any) -> None:
        attempts.append(mock.start())

    client.meta.events.register("needs-retry.acm-pca", start)

    try:
        with pytest.raises(NotAnsweredByPcaMock, match="is not sent"):
            client.list_certificate_authorities()
    finally:
        for _ in attempts:
            mock.stop()
    assert len(attempts) == 2  # the second one was refused


def test_registering_again_adds_nothing() -> None:
    from botocore import handlers

    with mock_pca():
        before = len(handlers.BUILTIN_HANDLERS)
    intercept.register()

    assert len(handlers.BUILTIN_HANDLERS) == before


@pytest.mark.parametrize(
    "handler",
    [
        intercept.deliver_events,
        intercept.answer_acm,
        intercept.complete_acm_list,
        intercept.answer_tagging,
        intercept.complete_tagging,
        intercept.offer_resource_types,
        intercept.answer_sharing,
        intercept.complete_sharing,
    ],
)
def test_calls_of_other_services_are_left_alone_without_moto(handler: Any) -> None:
    handler()
    with mock_pca():
        assert handler() is None
