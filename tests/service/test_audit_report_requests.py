"""Asking for audit reports, and for their status (API_CreateCertificateAuthorityAuditReport)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

import pytest
import time_machine
from botocore.exceptions import WaiterError

from pca_mock import mock_pca
from pca_mock.state.authority import Status
from tests import inside, revoking, support
from tests.issuance import unvalidating
from tests.revoking import (
    NOW,
    REGION,
    REPORTS,
    ca_id,
    create_report,
    describe_report,
    issue,
    refused,
)

if TYPE_CHECKING:
    from pca_mock import PcaMock

_ID: Final = "267533dc-9753-4e1a-a777-feaaa3774ca7"


@pytest.fixture
def clock() -> Iterator[Any]:
    """A frozen time that can be moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


# The request and its answer


@pytest.mark.parametrize(("form", "ending"), [("JSON", "json"), ("CSV", "csv")])
def test_the_key_has_the_ca_and_the_id_of_the_report(
    form: str, ending: str, clock: Any, pca: PcaMock
) -> None:
    ca = support.root(pca.client(region_name=REGION))

    answer = create_report(ca, form)

    report_id = answer["AuditReportId"]
    assert str(uuid.UUID(report_id)) == report_id
    assert answer["S3Key"] == f"audit-report/{ca_id(ca)}/{report_id}.{ending}"
    assert list(pca.buckets[REPORTS]) == [answer["S3Key"]]
    described = describe_report(ca, report_id)
    del described["ResponseMetadata"]
    assert described == {
        "AuditReportStatus": "SUCCESS",
        "S3BucketName": REPORTS,
        "S3Key": answer["S3Key"],
        "CreatedAt": NOW,
    }


def test_every_call_makes_a_new_report(pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name=REGION))

    assert create_report(ca)["AuditReportId"] != create_report(ca)["AuditReportId"]
    assert len(pca.buckets[REPORTS]) == 2


def test_a_report_is_not_changed_by_later_events(pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name=REGION))
    key = create_report(ca)["S3Key"]
    before = pca.buckets[REPORTS][key]

    issue(ca)

    assert pca.buckets[REPORTS][key] == before


def test_a_report_fails_if_its_bucket_cannot_be_written_to(pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name=REGION))
    pca.buckets.forbid(REPORTS)

    answer = create_report(ca)

    assert describe_report(ca, answer["AuditReportId"])["AuditReportStatus"] == "FAILED"
    assert REPORTS not in pca.buckets
    with pytest.raises(WaiterError, match="FAILED"):
        ca.client.get_waiter("audit_report_created").wait(
            CertificateAuthorityArn=ca.arn, AuditReportId=answer["AuditReportId"]
        )


def test_a_missing_bucket_is_refused(pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name=REGION))
    pca.buckets.remove(REPORTS)

    with refused("ResourceNotFoundException", pca):
        create_report(ca)


@pytest.mark.parametrize("bucket", ["Upper", "under_score", "192.168.0.1", "a..b", "-abc", "ab/c"])
def test_a_bucket_name_that_s3_would_not_have_is_refused(bucket: str, pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name=REGION))

    with refused("InvalidArgsException", pca):
        create_report(ca, bucket=bucket)


@pytest.mark.parametrize("bucket", ["ab", "a" * 64])
def test_a_bucket_name_of_a_wrong_length_breaks_the_model(bucket: str, pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name=REGION))

    with refused("ValidationException", pca):
        create_report(support.Ca(unvalidating(pca), ca.arn), bucket=bucket)


def test_there_are_only_two_forms(pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name=REGION))

    with refused("ValidationException", pca):
        create_report(ca, "XML")


@pytest.mark.parametrize("report_id", ["00000000-0000-0000-0000-000000000000", _ID])
def test_an_unknown_report_is_not_found(report_id: str, pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name=REGION))

    with refused("ResourceNotFoundException", pca):
        describe_report(ca, report_id)


def test_a_report_of_another_ca_is_not_found(pca: PcaMock) -> None:
    ca, other = (support.root(pca.client(region_name=REGION)) for _ in range(2))
    report_id = create_report(other)["AuditReportId"]

    with refused("ResourceNotFoundException", pca):
        describe_report(ca, report_id)
    assert describe_report(other, report_id)


@pytest.mark.parametrize("report_id", ["", "x", _ID.upper(), "z" * 35, "a" * 36])
def test_a_report_id_of_another_form_breaks_the_model(report_id: str, pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name=REGION))

    with refused("ValidationException", pca):
        describe_report(support.Ca(unvalidating(pca), ca.arn), report_id)


# Statuses


@pytest.mark.parametrize(
    "status", [Status.CREATING, Status.PENDING_CERTIFICATE, Status.FAILED, Status.DELETED]
)
def test_there_are_no_new_reports_in_these_statuses(status: Status, pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name=REGION))
    inside.put_in(pca, ca.arn, status)

    with refused("InvalidStateException", pca):
        create_report(ca)


def test_reports_of_an_expired_or_deleted_ca_can_be_described(clock: Any, pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name=REGION))
    report_id = create_report(ca)["AuditReportId"]
    clock.shift(timedelta(days=3660))
    assert ca.status == "EXPIRED"

    with refused("InvalidStateException", pca):
        create_report(ca)
    assert describe_report(ca, report_id)["AuditReportStatus"] == "SUCCESS"
    inside.put_in(pca, ca.arn, Status.DELETED)
    inside.authority(pca, ca.arn).restorable_until = datetime(9999, 1, 1, tzinfo=timezone.utc)
    assert describe_report(ca, report_id)["AuditReportStatus"] == "SUCCESS"


def test_a_disabled_ca_makes_reports(pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name=REGION))
    revoking.set_status(ca, "DISABLED")

    assert describe_report(ca, create_report(ca)["AuditReportId"])["AuditReportStatus"] == "SUCCESS"


# Waiting


@pytest.mark.parametrize(("seconds", "waited"), [(0, 0), (4, 6), (6, 6)])
def test_the_waiter_waits_until_the_report_is_there(seconds: int, waited: int, clock: Any) -> None:
    with mock_pca(report_delay=timedelta(seconds=seconds)) as pca:
        ca = support.root(pca.client(region_name=REGION))
        report_id = create_report(ca)["AuditReportId"]
        first = describe_report(ca, report_id)["AuditReportStatus"]

        start = pca.clock.now()
        ca.client.get_waiter("audit_report_created").wait(
            CertificateAuthorityArn=ca.arn, AuditReportId=report_id
        )

        assert first == ("CREATING" if seconds else "SUCCESS")
        assert pca.clock.now() - start == timedelta(seconds=waited)
        assert describe_report(ca, report_id)["AuditReportStatus"] == "SUCCESS"


def test_a_report_that_fails_is_being_created_first(clock: Any) -> None:
    with mock_pca(report_delay=timedelta(seconds=5)) as pca:
        ca = support.root(pca.client(region_name=REGION))
        pca.buckets.forbid(REPORTS)
        report_id = create_report(ca)["AuditReportId"]
        assert describe_report(ca, report_id)["AuditReportStatus"] == "CREATING"

        clock.shift(timedelta(seconds=5))

        assert describe_report(ca, report_id)["AuditReportStatus"] == "FAILED"
