"""Rules of moto's EventBridge get the mock's events; boto3 alone, in either order of the mocks."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import boto3
import pytest
from freezegun import freeze_time
from moto import mock_aws
from moto.awslambda.utils import get_backend

from pca_mock import PcaMock, mock_pca
from tests import revoking, support
from tests.support import Ca

REGION: Final = "us-east-1"
ISSUED: Final = {"detail-type": ["ACM Private CA Certificate Issuance"]}
NOON: Final = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)


def story() -> list[dict[str, Any]]:
    """A queue with a rule, a CA, a certificate, and what the queue has then."""
    events, sqs, pca = (boto3.client(name, REGION) for name in ("events", "sqs", "acm-pca"))
    url = sqs.create_queue(QueueName="issued")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    pattern = {"source": ["aws.acm-pca"], "detail": {"eventName": ["IssueCertificate"]}}
    events.put_rule(Name="issued", EventPattern=json.dumps(pattern))
    target = {"Id": "queue", "Arn": attributes["QueueArn"]}
    events.put_targets(Rule="issued", Targets=[target])

    ca = support.root(pca)

    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    assert ca.status == "ACTIVE"
    return [json.loads(message["Body"]) for message in messages]


@pytest.mark.parametrize("makers", [(mock_aws, mock_pca), (mock_pca, mock_aws)])
def test_a_rule_delivers_to_a_queue_with_boto3_alone(makers: tuple[Any, Any]) -> None:
    with ExitStack() as stack:
        for make in makers:
            stack.enter_context(make())
        (event,) = story()

    assert event["source"] == "aws.acm-pca"
    assert event["detail-type"] == "AWS API Call via CloudTrail"
    assert event["account"] == event["detail"]["recipientAccountId"] == "123456789012"
    assert event["time"] == event["detail"]["eventTime"]
    assert bytes(event["detail"]["requestParameters"]["csr"]["hb"]).startswith(b"-----BEGIN")


# One session for all tests: `mock_aws` drops the default one, which then reads the models again.
SESSION: Final = boto3.Session("testing", "testing", region_name=REGION)


def client_of(service: str, **keys: Any) -> Any:
    return SESSION.client(service, **keys)


class Queue:
    """A queue in moto, and the rules that deliver to it."""

    def __init__(self) -> None:
        self.events = client_of("events")
        self.sqs = client_of("sqs")
        self.url = self.sqs.create_queue(QueueName="events")["QueueUrl"]
        self.arn = "arn:aws:sqs:us-east-1:123456789012:events"

    def rule(self, pattern: Any, name: str = "rule", **more: Any) -> None:
        self.events.put_rule(Name=name, EventPattern=json.dumps(pattern), **more)
        self.target(name)

    def target(self, name: str = "rule", arn: str | None = None, **more: Any) -> None:
        target = {"Id": f"{arn}", "Arn": arn or self.arn, **more}
        self.events.put_targets(Rule=name, Targets=[target])

    def received(self) -> list[Any]:
        result: list[Any] = []
        while True:
            answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
            if not answer.get("Messages"):
                return result
            for message in answer["Messages"]:
                result.append(json.loads(message["Body"]))
                handle = message["ReceiptHandle"]
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=handle)


@pytest.fixture
def queue(pca: PcaMock) -> Iterator[Queue]:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        yield Queue()


@pytest.fixture
def ca(queue: Queue) -> Ca:
    return support.root(client_of("acm-pca"))


def test_the_events_are_those_of_the_handle(pca: PcaMock, queue: Queue, ca: Ca) -> None:
    pca.events.clear()
    queue.rule({"source": ["aws.acm-pca"]})
    revoking.revoke(ca, ca.issue(revoking.a_csr()))

    received = {event["id"]: event for event in queue.received()}
    assert received == {event["id"]: event for event in pca.events.eventbridge()}
    assert len(received) == 6
    assert queue.received() == []


def test_a_rule_gets_nothing_that_was_before_moto_or_while_it_was_disabled(pca: PcaMock) -> None:
    root = pca.create_root_ca(region_name=REGION)
    with mock_aws():
        queue = Queue()
        queue.rule(ISSUED)
        pca.clock.freeze(NOON)
        assert queue.received() == []
        queue.events.disable_rule(Name="rule")
        root.issue("a.test")
        queue.events.enable_rule(Name="rule")
        leaf = root.issue("b.test")

        (event,) = queue.received()
    assert event["resources"] == [root.arn, leaf.arn]


def test_an_event_arrives_when_the_clock_reaches_its_time() -> None:
    with mock_pca(issuance_delay=timedelta(hours=1)) as pca, mock_aws():
        queue = Queue()
        root = pca.create_root_ca(region_name=REGION)
        pca.clock.freeze(NOON)
        queue.rule(ISSUED)
        client = client_of("acm-pca")
        Ca(client, root.arn).issue(revoking.a_csr())
        assert queue.received() == []

        pca.clock.advance(hours=1)

        assert [event["time"] for event in queue.received()] == ["2027-03-01T13:00:00Z"]


def test_an_event_that_comes_by_time_alone_is_there_when_the_queue_is_read() -> None:
    with freeze_time(NOON) as machine, mock_aws():
        queue = Queue()
        with mock_pca(issuance_delay=timedelta(hours=1)) as pca:
            root = pca.create_root_ca(region_name=REGION)
            queue.rule(ISSUED)
            Ca(client_of("acm-pca"), root.arn).issue(revoking.a_csr())
            assert queue.received() == []

            machine.tick(timedelta(hours=1))

            assert len(queue.received()) == 1
        assert queue.received() == []


def test_an_ocsp_response_is_reported(pca: PcaMock, queue: Queue) -> None:
    client_of("s3").create_bucket(Bucket=revoking.BUCKET)
    ca = revoking.root(pca)
    arn = ca.issue(revoking.a_csr())
    queue.rule({"detail": {"eventName": ["GenerateOCSPResponse"]}})

    assert revoking.ocsp_status(pca, ca, arn) == "good"

    (event,) = queue.received()
    assert [each["ARN"] for each in event["detail"]["resources"]] == [arn]


def test_calls_that_only_read_need_a_rule_of_their_own_state(queue: Queue, ca: Ca) -> None:
    pattern = {"detail": {"eventName": [{"prefix": "Describe"}]}}
    queue.rule(pattern, "usual")
    ca.describe()
    assert queue.received() == []

    queue.rule(pattern, "all", State="ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
    ca.describe()
    assert [event["detail"]["readOnly"] for event in queue.received()] == [True]


def test_a_rule_with_only_a_schedule_gets_nothing(queue: Queue, ca: Ca) -> None:
    queue.events.put_rule(Name="rule", ScheduleExpression="rate(5 minutes)")
    queue.target()
    ca.issue(revoking.a_csr())

    assert queue.received() == []


def test_a_log_group_a_function_and_a_transformer_get_events(
    queue: Queue, ca: Ca, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = client_of("logs")
    logs.create_log_group(logGroupName="/aws/events/pca")
    function = made_function()
    bodies = []
    backend = get_backend("123456789012", REGION)
    monkeypatch.setattr(backend, "invoke", lambda **call: bodies.append(json.loads(call["body"])))
    queue.events.put_rule(Name="rule", EventPattern=json.dumps(ISSUED))
    queue.target(arn="arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/pca")
    queue.target(arn=function)
    paths = {"certificate": "$.resources[1]", "time": "$.time"}
    template = '{"issued": "<certificate>", "time": <time>}'
    transformer = {"InputPathsMap": paths, "InputTemplate": template}
    queue.target(InputTransformer=transformer)

    arn = ca.issue(revoking.a_csr())

    (logged,) = logs.filter_log_events(logGroupName="/aws/events/pca")["events"]
    assert json.loads(logged["message"]) == bodies[0]
    assert bodies[0]["resources"] == [ca.arn, arn]
    (transformed,) = queue.received()
    assert transformed["issued"] == arn


def made_function() -> str:
    """A function in moto's Lambda: its ARN."""
    role = client_of("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("handler.py", "def handle(event, context): ...")
    arn: str = client_of("lambda").create_function(
        FunctionName="f",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="handler.handle",
        Code={"ZipFile": archive.getvalue()},
    )["FunctionArn"]
    return arn


def test_a_target_that_fails_fails_no_call(
    queue: Queue, ca: Ca, caplog: pytest.LogCaptureFixture
) -> None:
    queue.rule(ISSUED)
    queue.target(arn="arn:aws:sqs:us-east-1:123456789012:missing")
    with caplog.at_level(logging.WARNING, "pca_mock"):
        ca.issue(revoking.a_csr())

    assert len(queue.received()) == 1
    (record,) = caplog.records
    assert "event to arn:aws:sqs:us-east-1:123456789012:missing" in record.getMessage()


def test_the_identity_is_that_of_motos_iam(pca: PcaMock, queue: Queue, ca: Ca) -> None:
    iam, sts = client_of("iam"), client_of("sts")
    iam.create_user(UserName="ann")
    made = iam.create_access_key(UserName="ann")["AccessKey"]
    role = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument="{}")["Role"]
    session = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="ci")["Credentials"]
    for keys in (made, session):
        client = client_of(
            "acm-pca",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
        )
        client.describe_certificate_authority(CertificateAuthorityArn=ca.arn)

    user, deployer = (record["userIdentity"] for record in pca.events.cloudtrail()[-2:])
    assert (user["type"], user["userName"]) == ("IAMUser", "ann")
    assert user["accessKeyId"] == made["AccessKeyId"]
    assert deployer["type"] == "AssumedRole"
    assert deployer["sessionContext"]["sessionIssuer"]["arn"] == role["Arn"]
    assert deployer["arn"].endswith(":assumed-role/deployer/ci")
