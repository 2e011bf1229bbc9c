"""`pca.events`: when things are reported, and how they are looked at."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from pca_mock import PcaMock, mock_pca
from tests import inside, revoking, support
from tests.showing import reading

NOON: Final = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
ISSUANCE: Final = "ACM Private CA Certificate Issuance"
CREATION: Final = "ACM Private CA Creation"
CRL: Final = "ACM Private CA CRL Generation"
REPORT: Final = "ACM Private CA Audit Report Generation"
HOUR: Final = timedelta(hours=1)
REGION: Final = "eu-west-1"


def own(pca: PcaMock) -> list[str]:
    """The results of the service's own events, by their kinds."""
    return [
        f"{event.detail_type.removeprefix('ACM Private CA ')} {event.detail['result']}"
        for event in pca.events
        if event.name is None
    ]


def test_a_revocation_is_before_the_crl_that_it_leads_to(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    root = pca.create_root_ca(crl_bucket="crls")
    leaf = root.issue("localhost")
    pca.events.clear()
    leaf.revoke()

    assert [event.name or event.detail_type for event in pca.events] == [
        "RevokeCertificate",
        "ACM Private CA Certificate Revocation",
        "SignCRL",
        "GenerateCRL",
        CRL,
    ]


def test_a_refused_revocation_has_only_its_record(pca: PcaMock) -> None:
    leaf = pca.create_root_ca().issue("localhost")
    leaf.revoke()
    pca.events.clear()
    with pytest.raises(Exception, match="already"):
        leaf.revoke()

    (event,) = pca.events
    assert event.detail["errorCode"] == "RequestAlreadyProcessedException"


def test_a_delayed_crl_is_reported_with_the_time_at_which_it_is_written() -> None:
    with mock_pca(crl_delay=HOUR) as pca:
        pca.clock.freeze(NOON)
        root = pca.create_root_ca(crl_bucket="crls")
        root.issue("a.test")
        root.issue("b.test").revoke()
        pca.events.clear()
        assert list(pca.events.filter(CRL)) == []

        pca.clock.advance(HOUR)

        (event,) = pca.events.filter(CRL)
        assert event.time == NOON + HOUR
        assert root.crl is not None
        assert root.crl.last_update_utc <= event.time


def test_a_crl_that_fails_is_reported_each_time_until_it_is_written(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    root = pca.create_root_ca(crl_bucket="crls")
    leaf = root.issue("localhost")
    pca.events.clear()
    pca.buckets.forbid("crls")
    leaf.revoke()
    pca.clock.advance(minutes=15)
    pca.buckets.allow("crls")
    pca.clock.advance(minutes=15)

    events = pca.events.filter(CRL)
    assert [(event.time - NOON, event.detail.get("reason")) for event in events] == [
        (timedelta(), "Failed to write CRL to S3. Check your S3 bucket permissions."),
        (timedelta(minutes=15), "Failed to write CRL to S3. Check your S3 bucket permissions."),
        (timedelta(minutes=30), None),
    ]
    assert f"{CRL} -> failure: Failed to write" in repr(events)


def test_what_takes_time_is_reported_at_its_end() -> None:
    with mock_pca(creation_delay=HOUR, issuance_delay=HOUR, report_delay=HOUR) as pca:
        pca.clock.freeze(NOON)
        client: Any = pca.client(region_name=REGION)
        configuration = {
            "KeyAlgorithm": "EC_prime256v1",
            "SigningAlgorithm": "SHA256WITHECDSA",
            "Subject": {"CommonName": "CA"},
        }
        client.create_certificate_authority(
            CertificateAuthorityConfiguration=configuration, CertificateAuthorityType="ROOT"
        )
        assert own(pca) == []
        pca.clock.advance(HOUR)
        assert own(pca) == ["Creation success"]
        assert pca.events.filter(CREATION)[0].time == NOON + HOUR

        root = pca.create_root_ca(region_name=REGION)  # which moves the clock
        client.create_certificate_authority_audit_report(
            CertificateAuthorityArn=root.arn,
            S3BucketName="reports",
            AuditReportResponseFormat="JSON",
        )
        assert list(pca.events.filter(REPORT)) == []
        pca.clock.advance(HOUR)
        assert [event.time for event in pca.events.filter(REPORT)] == [pca.clock.now()]


def test_what_is_held_is_reported_after_its_polls(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    client = pca.client(region_name=REGION)
    root = support.root(client)
    pca.events.clear()
    pca.hold("*", polls=1)
    pca.fail_later("IssueCertificate", times=1)
    arn = root.issue(support.KeyHolder().csr())
    waiting = support.pending(client)
    report_id = revoking.create_report(root)["AuditReportId"]
    pca.clock.advance(HOUR)
    assert own(pca) == []

    for look in (
        lambda: root.get(arn),
        waiting.describe,
        lambda: revoking.describe_report(root, report_id),
    ):
        with suppress(ClientError):
            look()

    assert own(pca) == [
        "Certificate Issuance failure",
        "Creation success",
        "Audit Report Generation success",
    ]
    assert {event.time for event in pca.events if event.name is None} == {NOON + HOUR}


def test_the_end_of_something_whose_ca_was_removed_is_not_reported(pca: PcaMock) -> None:
    pca.hold("CreateCertificateAuthority", polls=9)
    waiting = support.pending(pca.client(region_name=REGION))
    ca = inside.authority(pca, waiting.arn)
    pca._state.forget(ca)

    assert own(pca) == []
    assert pca._state.events.unfinished == []


# A look at them


def test_events_are_chosen_by_kind_name_and_resource(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    issuing = root.create_subordinate_ca()
    leaf = issuing.issue("localhost")

    assert len(pca.events.filter(ISSUANCE)) == 3
    assert len(pca.events.filter(ISSUANCE, resource=root)) == 2
    assert [event.resources for event in pca.events.filter(ISSUANCE, resource=leaf.arn)] == [
        (issuing.arn, leaf.arn)
    ]
    names = [event.name for event in pca.events.filter(resource=leaf)]
    assert names == ["SignCertificate", "IssueCertificateDetails", None]
    imports = pca.events.filter(name="ImportCertificateAuthorityCertificate", resource=issuing)
    assert len(imports) == 1
    late = pca.events.filter(when=lambda event: event.time > pca.clock.now())
    assert list(late) == []
    with pytest.raises(ValueError, match="no detail type 'ACM Certificate Issuance', but 'ACM P"):
        pca.events.filter("ACM Certificate Issuance")  # type: ignore[arg-type]


RULES: Final[dict[str, Any]] = {
    "a CA certificate": {
        "detail": {
            "eventName": ["IssueCertificateDetails"],
            "serviceEventDetails": {"templateArn": [{"wildcard": "*CACertificate*"}]},
        }
    },
    "a wildcard": {"detail": {"serviceEventDetails": {"subject": [{"wildcard": "*CN=\\*.*"}]}}},
    "a failure": {"detail": {"serviceEventDetails": {"status": ["FAILED"]}}},
}


def test_detection_rules_find_what_they_are_for(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    root.issue("*.example.com")
    root.issue("a.test")

    result = {name: pca.events.matching(rule) for name, rule in RULES.items()}
    assert {name: len(events) for name, events in result.items()} == {
        "a CA certificate": 1,
        "a wildcard": 1,
        "a failure": 0,
    }
    (record,) = result["a wildcard"].cloudtrail()
    assert record["serviceEventDetails"]["subject"] == "CN=*.example.com"
    text = json.dumps(RULES["a CA certificate"])
    assert len(pca.events.matching(text)) == 1


def test_calls_that_only_read_are_for_rules_that_want_them(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    pca.events.clear()
    root.describe()
    rule = {"source": ["aws.acm-pca"]}

    assert list(pca.events) == list(pca.events.matching(rule)) == []
    assert pca.events.eventbridge() == []
    (event,) = pca.events.matching(rule, read_only=True)
    assert event.name == "DescribeCertificateAuthority"
    assert len(pca.events.eventbridge(read_only=True)) == len(pca.events.cloudtrail()) == 1


def test_chosen_events_stay_as_they_were(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    chosen = pca.events.filter(ISSUANCE)
    root.issue("localhost")

    assert len(chosen) == 1
    assert chosen[0].id == chosen[:1][0].id
    with pytest.raises(TypeError, match=r"only pca\.events can be cleared"):
        chosen.clear()


def test_looking_at_events_changes_nothing(pca: PcaMock) -> None:
    pca.create_root_ca(crl_bucket="crls").issue("localhost").revoke()
    before = inside.snapshot(pca)

    repr(pca.events)

    assert inside.snapshot(pca) == before


def test_the_representation_has_a_line_for_each_of_the_latest(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    assert repr(pca.events) == "<0 events>"
    root = pca.create_root_ca(region_name=REGION)
    short = repr(pca.events).splitlines()
    for number in range(10):
        root.issue(f"{number}.test")

    assert short[:4] == [
        "<8 events>",
        f"  1. 2027-03-01 12:00:00 {pca.account_id} eu-west-1 "
        "AWS API Call via CloudTrail CreateCertificateAuthority -> success",
        f"  2. 2027-03-01 12:00:00 {pca.account_id} eu-west-1 "
        "AWS Service Event via CloudTrail SignCACSR -> success",
        f"  3. 2027-03-01 12:00:00 {pca.account_id} eu-west-1 ACM Private CA Creation -> success",
    ]
    lines = repr(pca.events).splitlines()
    assert lines[:2] == ["<48 events>", "(18 earlier events)"]
    assert len(lines) == 32


def test_a_notebook_shows_a_table_of_the_latest(
    pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "0 events" in pca.events._repr_html_()
    pca.create_root_ca("<b>")
    whole = reading.HtmlPage(pca.events._repr_html_())
    monkeypatch.setattr("pca_mock.showing.parts._MOST_EVENTS", 3)
    cut = reading.HtmlPage(pca.events._repr_html_())

    assert len(whole.rows) == 9
    assert "ACM Private CA Creation" in whole.text
    assert "8 events, the latest 3" in cut.text
    assert len(cut.rows) == 4
