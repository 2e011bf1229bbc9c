"""Control of a mock by JSON, as tests in other languages use it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pca_mock import PcaMock, mock_pca
from tests.server.http import Answer, Http

LIST = "ListCertificateAuthorities"


def send(http: Http, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    content = b"" if body is None else json.dumps(body).encode()
    own = {"Content-Type": "application/json"} | headers
    return http.request(method, f"/_pca_mock/{path}", content, own)


def test_the_clock_is_frozen_moved_and_released(pca: PcaMock, http: Http) -> None:
    send(http, "POST", "clock", {"freeze": "2030-01-01T00:00:00Z"})
    send(http, "POST", "clock", {"advance": {"days": 40}})
    answer = send(http, "POST", "clock", {"advance": 1.5})

    assert answer.json == {"now": "2030-02-10T00:00:01.500000Z", "frozen": True}
    assert send(http, "GET", "clock").json == answer.json
    send(http, "POST", "clock", {"move_to": "2031-01-01T00:00:00Z"})
    assert pca.clock.now().year == 2031
    send(http, "POST", "clock", {"freeze": True})
    send(http, "POST", "clock", {"resume": True})
    assert not pca.clock.is_frozen
    send(http, "POST", "clock", {"reset": True})
    assert pca.clock.now().year != 2031


def test_faults_are_planned_listed_and_cancelled(pca: PcaMock, http: Http) -> None:
    plan = {"kind": "fail", "operation": LIST, "error": "ThrottlingException", "times": 2}
    made = send(http, "POST", "faults", plan).json
    assert http.as_json(LIST, {}).json["__type"] == "ThrottlingException"

    (listed,) = send(http, "GET", "faults").json["faults"]
    assert listed == made | {"left": 1, "struck": 1}
    assert send(http, "DELETE", f"faults/{made['id']}").status == 200
    assert http.as_json(LIST, {}).status == 200
    assert send(http, "DELETE", f"faults/{made['id']}").status == 404


def test_a_fault_can_be_narrowed_and_take_time(pca: PcaMock, http: Http) -> None:
    root = pca.create_root_ca()
    members = {"CertificateAuthorityArn": root.arn}
    delay = {"kind": "delay", "operation": "ListTags", "latency": 5, "members": members}
    before = pca.clock.now()

    assert send(http, "POST", "faults", delay).status == 200
    http.as_json("ListTags", members)
    assert send(http, "DELETE", "faults").status == 200
    http.as_json("ListTags", members)

    assert 5 <= (pca.clock.now() - before).total_seconds() < 10


def test_events_are_listed_matched_and_cleared(pca: PcaMock, http: Http) -> None:
    root = pca.create_root_ca()
    assert send(http, "GET", "events").json["events"] == pca.events.eventbridge()
    assert send(http, "GET", "records").json["records"] == pca.events.cloudtrail()

    created = {"detail-type": ["ACM Private CA Creation"]}
    (event,) = send(http, "POST", "events/matching", created).json["events"]

    assert event["resources"] == [root.arn]
    send(http, "DELETE", "events")
    assert send(http, "GET", "events").json == {"events": []}


def test_calls_are_listed_filtered_and_cleared(pca: PcaMock, http: Http) -> None:
    http.as_json(LIST, {"MaxResults": 0})
    http.as_json(LIST, {})
    http.as_cbor("GetPolicy", {"ResourceArn": "arn:aws:acm-pca:eu-west-1:1:x"})
    http.as_cbor("IssueCertificate", {"Csr": b"a\xff"})

    calls = send(http, "GET", "calls").json["calls"]
    assert [call["operation"] for call in calls] == [LIST, LIST, "GetPolicy", "IssueCertificate"]
    assert calls[0]["outcome"] == "ValidationException"
    assert calls[0]["params"] == {"MaxResults": 0}
    assert calls[3]["params"] == {"Csr": "a\N{REPLACEMENT CHARACTER}"}
    chosen = send(http, "GET", f"calls?operation={LIST}&outcome=success").json["calls"]
    assert chosen == [calls[1]]
    send(http, "DELETE", "calls")
    assert send(http, "GET", "calls").json == {"calls": []}


def test_snapshots_are_taken_restored_and_forgotten(pca: PcaMock, http: Http) -> None:
    kept = send(http, "POST", "snapshots").json["id"]
    send(http, "POST", "authorities", {"common_name": "Root"})

    assert send(http, "POST", f"snapshots/{kept}/restore").status == 200
    assert pca.authorities == []
    assert send(http, "DELETE", f"snapshots/{kept}").status == 200
    assert send(http, "POST", f"snapshots/{kept}/restore").status == 404


def test_a_hierarchy_is_made_in_two_requests(pca: PcaMock, http: Http) -> None:
    root = send(http, "POST", "authorities", {"common_name": "Root", "ocsp": True}).json
    issuing = send(
        http, "POST", "authorities", {"issuer": root["arn"], "validity": {"days": 30}}
    ).json

    assert root["status"] == issuing["status"] == "ACTIVE"
    assert issuing["chain"] == root["certificate"]
    pca.client().create_certificate_authority(
        CertificateAuthorityType="ROOT",
        CertificateAuthorityConfiguration={
            "KeyAlgorithm": "EC_prime256v1",
            "SigningAlgorithm": "SHA256WITHECDSA",
            "Subject": {"CommonName": "x"},
        },
    )
    listed = send(http, "GET", "authorities").json["authorities"]
    assert listed[:2] == [root, issuing]
    assert listed[2]["status"] == "PENDING_CERTIFICATE"


def test_a_reset_leaves_nothing(pca: PcaMock, http: Http) -> None:
    send(http, "POST", "authorities", {})

    assert send(http, "POST", "reset").status == 200

    assert pca.authorities == []
    assert len(pca.calls) == 0


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("POST", "faults", {"kind": "explode"}, 400, "the kind is one of"),
        ("POST", "faults", {"kind": "fail", "operation": "List", "error": "x"}, 400, "no error"),
        ("POST", "faults", {"kind": "fail"}, 400, "operation"),
        ("POST", "clock", {"advance": -1}, 400, "forward"),
        ("POST", "clock", {"move_to": "yesterday"}, 400, "Invalid isoformat"),
        ("POST", "clock", {"stop": True}, 400, "exactly one of"),
        ("POST", "clock", {}, 400, "exactly one of"),
        ("POST", "clock", [], 400, "must be a JSON object"),
        ("POST", "authorities", {"issuer": "x"}, 400, "Not a valid arn"),
        ("POST", "authorities", {"key_algorithm": "DSA"}, 400, "no key algorithm"),
        ("POST", "authorities", {"validity": {"days": -1}}, 400, "ValidationException"),
        ("GET", "calls?operation=Nothing", None, 400, "no operation"),
        ("POST", "events/matching", {"source": "x"}, 400, "objects and lists"),
    ],
)
def test_impossible_requests_are_refused_with_the_reason(
    method: str, path: str, body: Any, status: int, message: str, http: Http
) -> None:
    answer = send(http, method, path, body)

    assert answer.status == status
    assert message in answer.json["error"]


def test_a_page_of_another_site_can_change_nothing(pca: PcaMock, http: Http) -> None:
    answer = send(http, "POST", "clock", {"freeze": True}, **{"Content-Type": "text/plain"})

    assert answer.status == 400
    assert not pca.clock.is_frozen


def test_a_mock_that_has_ended_is_a_conflict() -> None:
    mock = mock_pca()
    pca = mock.start()
    with pca.serve() as url, Http(url) as http:
        mock.stop()

        answer = send(http, "POST", "authorities", {})

    assert (answer.status, "has ended" in answer.json["error"]) == (409, True)
