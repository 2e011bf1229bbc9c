"""Calls over the wire: attempts, planned faults, the log."""

from __future__ import annotations

from datetime import timedelta
from http.client import RemoteDisconnected
from typing import Final

import pytest
from botocore.exceptions import ReadTimeoutError

from pca_mock import PcaMock, mock_pca
from pca_mock.server import wire
from tests.server.http import Http

CLOSED = (RemoteDisconnected, ConnectionError)
LIST: Final = "ListCertificateAuthorities"


def attempt(http: Http, number: int, invocation: str = "a") -> str:
    """Send an attempt of a call, as an SDK does: the error code, or success."""
    answer = http.as_json(
        LIST,
        {},
        **{"amz-sdk-invocation-id": invocation, "amz-sdk-request": f"attempt={number}; max=3"},
    )
    return str(answer.json.get("__type", "success"))


def test_attempts_with_one_invocation_id_are_one_call(pca: PcaMock, http: Http) -> None:
    pca.fail(LIST, "ThrottlingException", attempts=2)

    outcomes = [attempt(http, number) for number in (1, 2, 3)]

    assert outcomes == ["ThrottlingException", "ThrottlingException", "success"]
    (call,) = pca.calls
    assert (call.outcome, call.retries, call.message) == ("success", 2, None)


def test_an_answer_has_the_request_id_of_its_record_and_each_attempt_its_time(
    pca: PcaMock, http: Http
) -> None:
    pca.clock.freeze("2027-03-01T12:00:00Z")
    pca.fail(LIST, "ThrottlingException", attempts=1)
    answers = []
    for _ in range(2):
        headers = {"amz-sdk-invocation-id": "a", "user-agent": "app/1.0"}
        answers.append(http.as_json(LIST, {}, **headers))
        pca.clock.advance(minutes=1)

    (call,) = pca.calls
    assert {answer.headers["x-amzn-requestid"] for answer in answers} == {call.request_id}
    records = pca.events.cloudtrail()
    names = ("requestID", "userAgent", "sourceIPAddress")
    values = [[each[name] for name in names] for each in records]
    assert values == [[call.request_id, "app/1.0", "127.0.0.1"]] * 2
    assert [each["eventTime"] for each in records] == [
        "2027-03-01T12:00:00Z",
        "2027-03-01T12:01:00Z",
    ]


def test_a_whole_call_fails_with_all_its_attempts(pca: PcaMock, http: Http) -> None:
    pca.fail(LIST, "ThrottlingException", times=1)

    outcomes = [attempt(http, number) for number in (1, 2)]
    others = [attempt(http, 1, "b"), attempt(http, 1, "c")]

    assert outcomes == ["ThrottlingException"] * 2
    assert others == ["success"] * 2
    assert [(call.outcome, call.retries) for call in pca.calls] == [
        ("ThrottlingException", 1),
        ("success", 0),
        ("success", 0),
    ]


def test_only_the_latest_calls_wait_for_another_attempt(
    pca: PcaMock, http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "_MOST_INVOCATIONS", 1)
    pca.fail(LIST, "ThrottlingException", attempts=2)

    for invocation in ("a", "b"):
        attempt(http, 1, invocation)
    for invocation in ("b", "a"):
        attempt(http, 2, invocation)

    assert [call.outcome for call in pca.calls] == ["ThrottlingException", "success", "success"]


def test_a_delay_moves_the_clock_once_for_each_call(pca: PcaMock, http: Http) -> None:
    pca.clock.freeze("2026-11-23T12:00:00Z")
    pca.delay(LIST, timedelta(seconds=5))
    pca.fail(LIST, "ThrottlingException", attempts=1)
    start = pca.clock.now()

    for number in (1, 2):
        attempt(http, number)

    assert pca.clock.now() - start == timedelta(seconds=5)


def test_a_planned_failure_of_the_network_closes_the_connection(pca: PcaMock, http: Http) -> None:
    with pca.fail(LIST, ReadTimeoutError(endpoint_url="https://pca")), pytest.raises(CLOSED):
        attempt(http, 1)
    http.connection.close()

    assert attempt(http, 1, "b") == "success"
    assert [call.outcome for call in pca.calls] == ["ReadTimeoutError", "success"]


def test_a_call_whose_response_is_lost_has_been_carried_out(pca: PcaMock, http: Http) -> None:
    root = pca.create_root_ca()
    request = {"CertificateAuthorityArn": root.arn, "Tags": [{"Key": "a", "Value": "b"}]}

    with pca.lose_response("TagCertificateAuthority"), pytest.raises(CLOSED):
        http.as_json("TagCertificateAuthority", request)

    tags = pca.client().list_tags(CertificateAuthorityArn=root.arn)["Tags"]
    assert tags == request["Tags"]


def test_an_unreadable_attempt_header_means_the_first_attempt(pca: PcaMock, http: Http) -> None:
    for text in ("", "attempt", "attempt=x", "max=3"):
        http.as_json(LIST, {}, **{"amz-sdk-request": text})

    assert [call.retries for call in pca.calls] == [0] * 4


def test_a_mock_that_has_ended_does_not_answer_any_more() -> None:
    mock = mock_pca()
    pca = mock.start()
    served = pca.serve()
    url = served.__enter__()
    try:
        with Http(url) as http:
            assert attempt(http, 1) == "success"
            mock.stop()
            assert attempt(http, 1, "b") == "ServiceUnavailable"
    finally:
        served.__exit__(None, None, None)
