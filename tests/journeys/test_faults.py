"""Code under test meets faults: throttling, a broken network, failures that come later, waiting."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    ReadTimeoutError,
    WaiterError,
)
from botocore.stub import Stubber
from moto import mock_aws

from pca_mock import PcaMock, mock_pca
from pca_mock.errors import ResourceNotFoundException
from pca_mock.literals import SlowOperation
from tests import inside, revoking, support
from tests.revoking import REPORTS, create_report, serial
from tests.support import Ca

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

LIST: Final = "ListCertificateAuthorities"
CREATE: Final = "CreateCertificateAuthority"
ISSUE: Final = "IssueCertificate"
REPORT: Final = "CreateCertificateAuthorityAuditReport"
NOWHERE: Any = {
    "endpoint_url": "http://127.0.0.1:9",
    "config": Config(retries={"mode": "standard", "total_max_attempts": 1}),
    "aws_access_key_id": "a",
    "aws_secret_access_key": "b",
    "region_name": "us-east-1",
}


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long botocore has slept, which it never must: it waits by the mock's clock."""
    result: list[float] = []
    monkeypatch.setattr(time, "sleep", lambda seconds: result.append(seconds) if seconds else None)
    return result


@pytest.fixture
def pca() -> Iterator[PcaMock]:
    """A mock with a frozen clock."""
    with mock_pca() as running:
        running.clock.freeze("2026-11-23T14:25:49Z")
        yield running


@pytest.fixture
def client(pca: PcaMock) -> ACMPCAClient:
    return pca.client(region_name="us-east-1")


@pytest.fixture
def ca(client: ACMPCAClient) -> Ca:
    """An active root."""
    return support.root(client)


def issue(ca: Ca, **request: Any) -> str:
    """Issue a leaf: its ARN."""
    return revoking.issue(ca, **request)


def code(act: Any, *arguments: Any, **more: Any) -> str:
    """The outcome of a call: an error code, or "success"."""
    try:
        act(*arguments, **more)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "success"


# Throttled, or unreachable


def test_the_next_two_calls_fail_and_the_third_one_issues(pca: PcaMock, ca: Ca) -> None:
    pca.fail(ISSUE, "ThrottlingException", times=2)

    assert [code(issue, ca) for _ in range(3)] == ["ThrottlingException"] * 2 + ["success"]
    assert len(pca.certificates) == 2  # with the root's own


@pytest.mark.parametrize(
    ("retries", "made"),
    [
        ({"mode": "legacy"}, 4),
        ({"mode": "standard"}, 2),
        ({"mode": "adaptive"}, 2),
        ({"mode": "standard", "total_max_attempts": 7}, 6),
        ({"mode": "legacy", "total_max_attempts": 1}, 0),
        ({"mode": "standard", "total_max_attempts": 1}, 0),
    ],
)
def test_a_call_fails_as_after_the_last_retry_of_botocore(
    retries: Any, made: int, pca: PcaMock, slept: list[float]
) -> None:
    client = pca.client(config=Config(retries=retries))
    before = pca.clock.now()
    pca.fail(LIST, "ThrottlingException", times=1)

    with pytest.raises(ClientError) as refused:
        client.list_certificate_authorities()

    metadata = refused.value.response["ResponseMetadata"]
    assert metadata["RetryAttempts"] == made
    assert metadata["MaxAttemptsReached"] is True
    reached = f" (reached max retries: {made})"
    assert str(refused.value) == (
        f"An error occurred (ThrottlingException) when calling the {LIST} operation{reached}: "
        "Rate exceeded"
    )
    assert slept == []
    assert (pca.clock.now() > before) == (made > 0)


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_botocore_recovers_from_two_failed_attempts(
    mode: Any, pca: PcaMock, slept: list[float]
) -> None:
    client = pca.client(config=Config(retries={"mode": mode}))
    before = pca.clock.now()
    pca.fail(CREATE, "ThrottlingException", attempts=2)

    answer = client.create_certificate_authority(
        CertificateAuthorityConfiguration=support.configuration(), CertificateAuthorityType="ROOT"
    )

    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert [ca.arn for ca in pca.authorities] == [answer["CertificateAuthorityArn"]]
    assert slept == []
    assert pca.clock.now() > before


def test_an_error_that_botocore_does_not_retry_fails_the_first_attempt(
    pca: PcaMock, ca: Ca
) -> None:
    before = pca.clock.now()
    plan = pca.fail(ISSUE, "InvalidStateException", attempts=1)

    with pytest.raises(ca.client.exceptions.InvalidStateException) as refused:
        issue(ca)

    assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert (plan.struck, pca.clock.now()) == (1, before)


def test_the_code_under_test_cannot_reach_the_service(pca: PcaMock, ca: Ca) -> None:
    error = EndpointConnectionError(endpoint_url="https://acm-pca.us-east-1.amazonaws.com/")

    with pca.fail(ISSUE, error), pytest.raises(EndpointConnectionError, match="Could not connect"):
        issue(ca)

    assert issue(ca)


def test_a_call_that_never_arrived_can_be_repeated_with_its_token(pca: PcaMock, ca: Ca) -> None:
    pca.fail(ISSUE, EndpointConnectionError(endpoint_url="https://pca"), times=1)

    with pytest.raises(EndpointConnectionError):
        issue(ca, IdempotencyToken="once")
    arn = issue(ca, IdempotencyToken="once")

    assert issue(ca, IdempotencyToken="once") == arn
    assert len(pca.certificates) == 2


def test_a_call_whose_response_is_lost_has_been_carried_out(pca: PcaMock, ca: Ca) -> None:
    pca.lose_response(ISSUE, times=1)

    with pytest.raises(ReadTimeoutError):
        issue(ca, IdempotencyToken="once")
    (_, lost) = pca.certificates
    assert issue(ca, IdempotencyToken="once") == lost.arn
    issue(ca)

    assert len(pca.certificates) == 3
    assert [call.outcome for call in pca.calls[-3:]] == ["ReadTimeoutError", "success", "success"]


def test_a_retry_after_a_lost_response_is_carried_out_once_more(pca: PcaMock, ca: Ca) -> None:
    with pca.lose_response(ISSUE, "ServiceUnavailable", attempts=1):
        issue(ca)
    assert len(pca.certificates) == 3

    with pca.lose_response(ISSUE, attempts=1):
        issue(ca, IdempotencyToken="once")

    assert len(pca.certificates) == 4


def test_the_response_that_is_lost_may_be_an_error(pca: PcaMock, ca: Ca) -> None:
    with pca.lose_response(ISSUE), pytest.raises(ReadTimeoutError):
        issue(ca, SigningAlgorithm="SHA256WITHRSA")

    assert len(pca.certificates) == 1


# Narrowed


def test_a_fault_can_apply_to_only_one_ca(pca: PcaMock, ca: Ca) -> None:
    other = support.root(ca.client)

    with pca.fail(ISSUE, "ThrottlingException", CertificateAuthorityArn=ca.arn):
        assert (code(issue, ca), code(issue, other)) == ("ThrottlingException", "success")
    assert code(issue, ca) == "success"


def test_a_fault_can_be_for_all_operations(pca: PcaMock, ca: Ca) -> None:
    other = support.root(ca.client)

    with pca.fail("*", "ServiceUnavailable", times=2) as plan:
        assert (code(ca.describe), code(issue, ca)) == ("ServiceUnavailable", "ServiceUnavailable")
        assert code(ca.describe) == "success"
    with pca.fail("*", "AccessDeniedException", CertificateAuthorityArn=ca.arn):
        assert (code(ca.describe), code(issue, ca)) == 2 * ("AccessDeniedException",)
        assert (code(other.describe), code(ca.client.list_certificate_authorities)) == (
            "success",
            "success",
        )
    with pca.hold("*", 1):
        assert code(ca.get, issue(ca)) == "RequestInProgressException"
        assert support.pending(ca.client).status == "CREATING"
    assert plan.struck == 2


# Where a fault ends


def test_faults_are_over_with_their_mock() -> None:
    client = boto3.client("acm-pca", **NOWHERE)
    with mock_pca() as first:
        first.fail(LIST, "InternalFailure")

    with pytest.raises(EndpointConnectionError):
        client.list_certificate_authorities()
    with mock_pca():
        assert code(client.list_certificate_authorities) == "success"


def test_a_mock_that_is_started_again_has_none_of_its_former_faults() -> None:
    mock = mock_pca()
    with mock as pca:
        plan = pca.fail(LIST, "InternalFailure")

    with mock as pca:
        assert code(pca.client().list_certificate_authorities) == "success"
        plan.cancel()


def test_a_nested_mock_has_none_of_the_faults_of_the_outer_one(
    pca: PcaMock, client: ACMPCAClient
) -> None:
    plan = pca.fail(LIST, "InternalFailure", times=1)

    with mock_pca() as inner:
        inner.fail(CREATE, "InternalFailure")
        assert code(client.list_certificate_authorities) == "success"
    assert plan.struck == 0
    assert code(client.list_certificate_authorities) == "InternalFailure"
    assert support.pending(client).arn


def test_a_reset_cancels_all_faults(pca: PcaMock, client: ACMPCAClient) -> None:
    with pca.fail(LIST, "InternalFailure"):
        pca.delay(LIST, timedelta(days=1))
        pca.fail_later(CREATE)
        pca.hold(CREATE, 1)
        pca.reset()
        pca.clock.freeze()
        before = pca.clock.now()

        assert code(client.list_certificate_authorities) == "success"
        assert support.pending(client).status == "PENDING_CERTIFICATE"
        assert pca.clock.now() == before


def test_a_snapshot_keeps_planned_faults(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.fail(LIST, "InternalFailure", times=2)
    assert code(client.list_certificate_authorities) == "InternalFailure"
    kept = pca.snapshot()

    for _ in range(2):
        pca.fail(LIST, "AccessDeniedException")
        pca.restore(kept)
        result = [code(client.list_certificate_authorities) for _ in range(2)]
        assert result == ["InternalFailure", "success"]


def test_a_stubbed_answer_uses_up_no_fault(pca: PcaMock, client: ACMPCAClient) -> None:
    plan = pca.fail(LIST, "InternalFailure", times=1)

    with Stubber(client) as stubber:
        stubber.add_response("list_certificate_authorities", {"CertificateAuthorities": []})
        assert code(client.list_certificate_authorities) == "success"
    assert plan.struck == 0
    assert code(client.list_certificate_authorities) == "InternalFailure"


def test_faults_strike_the_calls_of_all_accounts_and_regions(pca: PcaMock) -> None:
    pca.fail(LIST, "AccessDeniedException")

    assert code(pca.client(region_name="eu-west-1").list_certificate_authorities) != "success"
    with pca.as_account("222222222222"):
        assert code(pca.client().list_certificate_authorities) != "success"


def test_exactly_the_planned_number_of_threads_is_struck(pca: PcaMock, ca: Ca) -> None:
    pca.fail(ISSUE, "AccessDeniedException", times=5)

    with ThreadPoolExecutor(8) as pool:
        result = list(pool.map(lambda _: code(issue, ca), range(24)))

    assert result.count("AccessDeniedException") == 5
    assert result.count("success") == 19
    assert len(pca.certificates) == 1 + 19


def test_calls_in_many_threads_survive_failures_of_single_attempts(
    pca: PcaMock, slept: list[float]
) -> None:
    client = pca.client(config=Config(retries={"mode": "standard", "total_max_attempts": 11}))
    ca = support.root(client)
    plan = pca.fail(ISSUE, "ThrottlingException", attempts=10)

    with ThreadPoolExecutor(8) as pool:
        result = list(pool.map(lambda _: code(issue, ca), range(24)))

    assert result == ["success"] * 24
    assert sum(call.retries for call in pca.calls.filter(ISSUE)) == plan.struck == 10
    assert slept == []


# A CA whose creation fails


def test_describe_and_list_report_a_failed_creation(pca: PcaMock, client: ACMPCAClient) -> None:
    with pca.fail_later(CREATE, "REQUEST_TIMED_OUT"):
        failed = support.pending(client)

    (listed,) = client.list_certificate_authorities()["CertificateAuthorities"]
    for description in (failed.describe(), listed):
        assert description["Status"] == "FAILED"
        assert description["FailureReason"] == "REQUEST_TIMED_OUT"
    assert pca.calls[0].outcome == "success"
    later = support.pending(client).describe()
    assert later["Status"] == "PENDING_CERTIFICATE"
    assert "FailureReason" not in later


def test_a_failed_ca_can_only_be_described_or_deleted(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.fail_later(CREATE)
    failed = support.pending(client)

    acts = [
        failed.csr,
        failed.certificate,
        lambda: issue(failed),
        lambda: failed.install(support.KeyHolder().csr().decode()),
        lambda: create_report(failed, "JSON"),
        lambda: revoking.revoke_serial(failed, "0a"),
        lambda: revoking.set_status(failed, "ACTIVE"),
    ]
    assert [code(act) for act in acts] == ["InvalidStateException"] * len(acts)


def test_a_failed_ca_is_gone_once_it_is_deleted(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.fail_later(CREATE)
    failed = support.pending(client)

    client.delete_certificate_authority(CertificateAuthorityArn=failed.arn)

    assert code(failed.describe) == "ResourceNotFoundException"
    assert client.list_certificate_authorities()["CertificateAuthorities"] == []
    restore = client.restore_certificate_authority
    assert code(restore, CertificateAuthorityArn=failed.arn) == "ResourceNotFoundException"


def test_the_token_of_a_failed_creation_still_names_its_ca(
    pca: PcaMock, client: ACMPCAClient
) -> None:
    pca.fail_later(CREATE, times=1)
    failed = support.pending(client, IdempotencyToken="once")

    again = support.pending(client, IdempotencyToken="once")

    assert (again.arn, again.status) == (failed.arn, "FAILED")
    assert support.pending(client, IdempotencyToken="twice").status == "PENDING_CERTIFICATE"


def test_only_some_creations_fail(pca: PcaMock, client: ACMPCAClient) -> None:
    plan = pca.fail_later(CREATE, times=1, CertificateAuthorityType="SUBORDINATE")
    pca.fail_later(CREATE, when=lambda params: "Tags" in params)

    made = [support.pending(client, kind).status for kind in ("ROOT", "SUBORDINATE", "SUBORDINATE")]
    assert made == ["PENDING_CERTIFICATE", "FAILED", "PENDING_CERTIFICATE"]
    assert support.pending(client, Tags=[{"Key": "a", "Value": "b"}]).status == "FAILED"
    assert (plan.left, plan.struck) == (0, 1)


def test_a_creation_fails_when_it_is_over(client: ACMPCAClient) -> None:
    with mock_pca(creation_delay=timedelta(seconds=4)) as pca:
        pca.clock.freeze("2026-11-23T14:25:49Z")
        pca.fail_later(CREATE)
        failed = support.pending(client)

        assert failed.status == "CREATING"
        assert "FailureReason" not in failed.describe()
        pca.clock.advance(seconds=4)
        assert failed.status == "FAILED"
        assert failed.describe()["FailureReason"] == "OTHER"


def test_a_creation_that_is_refused_uses_up_no_fault(pca: PcaMock, client: ACMPCAClient) -> None:
    plans = [pca.fail_later(CREATE, times=1), pca.hold(CREATE, 1, times=1)]

    mismatch = support.configuration(key="RSA_2048", signing="SHA256WITHECDSA")
    assert code(support.pending, client, "ROOT", mismatch) == "InvalidArgsException"
    assert code(support.pending, client, "ROOT", IdempotencyToken="\u2026") == "ValidationException"
    pca.buckets.forbid("forbidden")
    crl = revoking.crl_on(S3BucketName="forbidden")
    refusal = code(support.pending, client, "ROOT", RevocationConfiguration=crl)
    assert refusal == "ValidationException"
    assert [plan.struck for plan in plans] == [0, 0]
    assert [ca.status for ca in pca.authorities] == []


# A certificate whose issuance fails


def test_a_failed_issuance_is_reported_when_the_certificate_is_fetched(
    pca: PcaMock, ca: Ca
) -> None:
    with pca.fail_later(ISSUE):
        arn = issue(ca)

    for _ in range(2):
        with pytest.raises(ca.client.exceptions.RequestFailedException) as failed:
            ca.get(arn)
        assert failed.value.response["Error"]["Message"] == (
            f"Certificate {arn} is in a failed state."
        )
    assert arn.startswith(f"{ca.arn}/certificate/")
    assert ca.get(issue(ca))[0].startswith("-----BEGIN CERTIFICATE-----")


def test_a_certificate_that_failed_is_nowhere_else(pca: PcaMock, ca: Ca) -> None:
    issued = issue(ca)
    with pca.fail_later(ISSUE):
        failed = issue(ca)

    key = create_report(ca, "JSON")["S3Key"]
    listed = {row["certificateArn"] for row in json.loads(pca.buckets[REPORTS][key])}
    assert issued in listed
    assert failed not in listed
    handle = pca.authority(ca.arn)
    assert failed not in [item.arn for item in (*pca.certificates, *handle.certificates)]
    assert serial(issued) in handle._repr_html_()
    assert serial(failed) not in handle._repr_html_()
    assert code(revoking.revoke, ca, failed) == "ResourceNotFoundException"
    assert code(ca.get, failed) == "RequestFailedException"


def test_a_certificate_that_failed_is_unknown_to_other_cas(pca: PcaMock, ca: Ca) -> None:
    other = support.root(ca.client)
    pca.fail_later(ISSUE)
    failed = issue(ca)

    assert code(other.get, failed) == "ResourceNotFoundException"
    assert code(ca.get, failed[:-1]) == "ResourceNotFoundException"


def test_the_token_of_a_failed_issuance_still_names_its_certificate(pca: PcaMock, ca: Ca) -> None:
    plan = pca.fail_later(ISSUE, times=1)
    failed = issue(ca, IdempotencyToken="once")

    assert issue(ca, IdempotencyToken="once") == failed
    assert code(ca.get, failed) == "RequestFailedException"
    assert code(ca.get, issue(ca, IdempotencyToken="twice")) == "success"
    assert plan.struck == 1


def test_an_issuance_that_repeats_a_token_uses_up_no_fault(pca: PcaMock, ca: Ca) -> None:
    arn = issue(ca, IdempotencyToken="once")
    plans = [pca.fail_later(ISSUE, times=1), pca.hold(ISSUE, 1, times=1)]

    assert issue(ca, IdempotencyToken="once") == arn
    assert code(issue, ca, days=100_000) == "ValidationException"
    assert [plan.struck for plan in plans] == [0, 0]
    assert code(ca.get, arn) == "success"


def test_an_issuance_fails_when_it_is_over(client: ACMPCAClient) -> None:
    with mock_pca(issuance_delay=timedelta(seconds=2)) as pca:
        pca.clock.freeze("2026-11-23T14:25:49Z")
        ca = support.pending(client)
        pca.fail_later(ISSUE)
        arn = ca.issue(ca.csr(), "RootCACertificate")

        assert code(ca.get, arn) == "RequestInProgressException"
        pca.clock.advance(seconds=2)
        assert code(ca.get, arn) == "RequestFailedException"


def test_a_waiter_gives_up_on_a_certificate_that_failed(
    pca: PcaMock, ca: Ca, slept: list[float]
) -> None:
    pca.fail_later(ISSUE)
    arn = issue(ca)

    with pytest.raises(WaiterError, match="RequestFailedException"):
        ca.client.get_waiter("certificate_issued").wait(
            CertificateAuthorityArn=ca.arn, CertificateArn=arn
        )
    assert slept == []


# An audit report that fails


def described(ca: Ca, report: Any) -> Any:
    return ca.client.describe_certificate_authority_audit_report(
        CertificateAuthorityArn=ca.arn, AuditReportId=report["AuditReportId"]
    )


@pytest.mark.parametrize("form", ["JSON", "CSV"])
def test_a_failed_report_is_reported_by_describe_and_never_written(
    form: str, pca: PcaMock, ca: Ca, slept: list[float]
) -> None:
    with pca.fail_later(REPORT):
        failed = create_report(ca, form)
    written = create_report(ca, form)

    assert described(ca, failed)["AuditReportStatus"] == "FAILED"
    assert described(ca, failed)["S3Key"] == failed["S3Key"]
    assert described(ca, written)["AuditReportStatus"] == "SUCCESS"
    assert list(pca.buckets[REPORTS]) == [written["S3Key"]]
    with pytest.raises(WaiterError, match="FAILED"):
        ca.client.get_waiter("audit_report_created").wait(
            CertificateAuthorityArn=ca.arn, AuditReportId=failed["AuditReportId"]
        )
    assert slept == []


# Things that are pending for a few polls


def test_a_held_ca_is_in_creation_for_the_planned_number_of_polls(
    pca: PcaMock, client: ACMPCAClient
) -> None:
    pca.hold(CREATE, 3, times=1)
    held, other = support.pending(client), support.pending(client)

    assert other.status == "PENDING_CERTIFICATE"
    assert held.status == "CREATING"
    assert code(held.csr) == "RequestInProgressException"
    assert held.status == "CREATING"
    assert held.csr().startswith(b"-----BEGIN CERTIFICATE REQUEST-----")
    assert held.status == "PENDING_CERTIFICATE"


def test_polling_other_things_does_not_finish_a_ca(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.hold(CREATE, 1)
    held, other = support.pending(client), support.pending(client)

    for _ in range(3):
        (listed, _) = client.list_certificate_authorities()["CertificateAuthorities"]
        assert listed["Status"] == "CREATING"
        assert code(issue, held) == "InvalidStateException"
        assert client.list_tags(CertificateAuthorityArn=held.arn)["Tags"] == []
    assert [other.status, other.status] == ["CREATING", "PENDING_CERTIFICATE"]
    assert [held.status, held.status] == ["CREATING", "PENDING_CERTIFICATE"]


def test_a_waiter_waits_for_the_csr_of_a_new_ca(
    pca: PcaMock, client: ACMPCAClient, slept: list[float]
) -> None:
    pca.hold(CREATE, 2)
    held = support.pending(client)
    before = pca.clock.now()

    client.get_waiter("certificate_authority_csr_created").wait(CertificateAuthorityArn=held.arn)

    assert (pca.clock.now() - before, slept) == (timedelta(seconds=6), [])
    assert held.csr()


def test_a_ca_that_is_being_created_can_be_deleted_for_good(
    pca: PcaMock, client: ACMPCAClient
) -> None:
    pca.hold(CREATE, 5)
    held = support.pending(client)

    client.delete_certificate_authority(CertificateAuthorityArn=held.arn)

    assert code(held.describe) == "ResourceNotFoundException"


def test_a_creation_that_fails_does_so_after_its_polls(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.hold(CREATE, 2)
    pca.fail_later(CREATE, "UNSUPPORTED_ALGORITHM")
    held = support.pending(client)

    assert [held.status for _ in range(4)] == ["CREATING", "CREATING", "FAILED", "FAILED"]
    assert held.describe()["FailureReason"] == "UNSUPPORTED_ALGORITHM"


def test_a_held_certificate_is_being_issued_for_the_planned_number_of_polls(
    pca: PcaMock, ca: Ca
) -> None:
    pca.hold(ISSUE, 2, times=1)
    held, other = issue(ca), issue(ca)

    assert code(ca.get, other) == "success"
    assert [code(ca.get, held) for _ in range(3)] == ["RequestInProgressException"] * 2 + [
        "success"
    ]


def test_a_certificate_that_is_being_issued_cannot_be_revoked_yet(pca: PcaMock, ca: Ca) -> None:
    pca.hold(ISSUE, 1)
    held = issue(ca)

    for _ in range(3):
        assert code(revoking.revoke, ca, held) == "RequestInProgressException"
    assert code(ca.get, held) == "RequestInProgressException"
    assert code(ca.get, held) == "success"
    assert code(revoking.revoke, ca, held) == "success"


def test_polls_and_time_must_both_be_over(client: ACMPCAClient) -> None:
    with mock_pca(issuance_delay=timedelta(seconds=10)) as pca:
        pca.clock.freeze("2026-11-23T14:25:49Z")
        ca = support.pending(client)
        pca.hold(ISSUE, 1)
        polled, waited = (ca.issue(ca.csr(), "RootCACertificate") for _ in range(2))

        assert [code(ca.get, polled) for _ in range(3)] == ["RequestInProgressException"] * 3
        pca.clock.advance(seconds=10)
        assert code(ca.get, polled) == "success"
        assert code(ca.get, waited) == "RequestInProgressException"
        assert code(ca.get, waited) == "success"


def test_a_waiter_waits_for_a_certificate(pca: PcaMock, ca: Ca, slept: list[float]) -> None:
    pca.hold(ISSUE, 3)
    name: Any = {"CertificateAuthorityArn": ca.arn, "CertificateArn": issue(ca)}
    before = pca.clock.now()

    ca.client.get_waiter("certificate_issued").wait(WaiterConfig={"Delay": 7}, **name)

    assert (pca.clock.now() - before, slept) == (timedelta(seconds=21), [])
    assert ca.client.get_certificate(**name)["Certificate"]


def test_a_waiter_gives_up_after_its_attempts(pca: PcaMock, ca: Ca, slept: list[float]) -> None:
    pca.hold(ISSUE, 3)
    name: Any = {"CertificateAuthorityArn": ca.arn, "CertificateArn": issue(ca)}
    waiter = ca.client.get_waiter("certificate_issued")
    before = pca.clock.now()

    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        waiter.wait(WaiterConfig={"MaxAttempts": 3}, **name)
    assert (pca.clock.now() - before).total_seconds() == 2 * waiter.config.delay
    assert slept == []


def test_an_issuance_that_fails_does_so_after_its_polls(pca: PcaMock, ca: Ca) -> None:
    pca.hold(ISSUE, 2)
    pca.fail_later(ISSUE)
    arn = issue(ca)

    assert [code(ca.get, arn) for _ in range(4)] == [
        *["RequestInProgressException"] * 2,
        *["RequestFailedException"] * 2,
    ]


def test_a_held_report_is_in_creation_for_the_planned_number_of_polls(
    pca: PcaMock, ca: Ca, slept: list[float]
) -> None:
    pca.hold(REPORT, 2, times=2)
    polled, waited, other = (create_report(ca, "JSON") for _ in range(3))

    statuses = [described(ca, polled)["AuditReportStatus"] for _ in range(4)]
    assert statuses == ["CREATING", "CREATING", "SUCCESS", "SUCCESS"]
    assert described(ca, other)["AuditReportStatus"] == "SUCCESS"
    before = pca.clock.now()
    ca.client.get_waiter("audit_report_created").wait(
        CertificateAuthorityArn=ca.arn, AuditReportId=waited["AuditReportId"]
    )
    assert (pca.clock.now() - before, slept) == (timedelta(seconds=6), [])


def test_a_report_that_fails_does_so_after_its_polls(pca: PcaMock, ca: Ca) -> None:
    pca.hold(REPORT, 1)
    pca.fail_later(REPORT)
    report = create_report(ca, "JSON")

    statuses = [described(ca, report)["AuditReportStatus"] for _ in range(2)]
    assert statuses == ["CREATING", "FAILED"]


def test_only_some_things_are_held(pca: PcaMock, ca: Ca) -> None:
    pca.hold(ISSUE, 1, CertificateAuthorityArn=ca.arn, when=lambda params: "Validity" in params)
    pca.hold(CREATE, 1, CertificateAuthorityType="SUBORDINATE")

    other = support.root(ca.client)

    assert code(other.get, issue(other)) == "success"
    assert code(ca.get, issue(ca)) == "RequestInProgressException"


def test_a_hold_ends_with_its_block_but_held_things_stay_held(pca: PcaMock, ca: Ca) -> None:
    with pca.hold(ISSUE, 2):
        held = issue(ca)
    free = issue(ca)

    assert code(ca.get, free) == "success"
    assert [code(ca.get, held) for _ in range(3)] == ["RequestInProgressException"] * 2 + [
        "success"
    ]


# A condition that raises


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError("the test's"),
        ResourceNotFoundException("the test's"),  # of the service's classes
        EndpointConnectionError(endpoint_url="https://the.test"),  # of botocore's
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("kind", ["fail", "delay", "lose_response", "hold", "fail_later"])
@pytest.mark.parametrize("operation", [CREATE, ISSUE, REPORT])
def test_an_error_of_a_condition_reaches_the_test_and_nothing_has_happened(
    operation: SlowOperation, kind: str, error: Exception, pca: PcaMock, ca: Ca
) -> None:
    def when(_: Any) -> bool:
        raise error

    others = [pca.hold(operation, 2), pca.fail_later(operation)]
    arguments: Any = {"fail": ["InternalFailure"], "delay": [timedelta(1)], "hold": [1]}
    getattr(pca, kind)(operation, *arguments.get(kind, []), when=when)
    begin: Any = {
        CREATE: lambda: support.pending(ca.client, RevocationConfiguration=revoking.crl_on()),
        ISSUE: lambda: issue(ca),
        REPORT: lambda: create_report(ca),
    }
    before = everything(pca)

    with pytest.raises(type(error)) as caught:
        begin[operation]()

    assert caught.value is error
    assert caught.value.__context__ is None
    assert everything(pca) == before
    assert [plan.struck for plan in others] == [0, 0]


def everything(pca: PcaMock) -> Any:
    """All that a call could have changed."""
    buckets = {name: dict(pca.buckets[name]) for name in pca.buckets}
    return inside.snapshot(pca), buckets, pca.clock.now(), len(pca.calls)


# Handles


def test_handles_wait_for_held_things(pca: PcaMock, slept: list[float]) -> None:
    pca.hold(CREATE, 2)
    pca.hold(ISSUE, 2)

    issuing = pca.create_root_ca("Root").create_subordinate_ca("Issuing")

    assert issuing.status == "ACTIVE"
    assert slept == []


def test_faults_strike_handles_only_if_they_are_planned_for_them(
    pca: PcaMock, slept: list[float]
) -> None:
    root = pca.create_root_ca("Root")
    client_ca = support.Ca(pca.client(), root.arn)

    with pca.fail(ISSUE, "ThrottlingException"):
        assert root.issue("localhost").certificate_pem
        assert code(issue, client_ca) == "ThrottlingException"
    with pca.fail(ISSUE, "ThrottlingException", origin="handle"):
        assert code(issue, client_ca) == "success"
        with pytest.raises(ClientError, match="Throttling"):
            root.issue("localhost")
    with pca.fail(ISSUE, "ThrottlingException", times=2, origin="any") as plan:
        assert code(issue, client_ca) == "ThrottlingException"
        with pytest.raises(ClientError, match="Throttling"):
            root.issue("localhost")
    assert plan.struck == 2
    assert slept == []


def test_delays_do_not_apply_to_handles_but_holds_do(pca: PcaMock) -> None:
    root = pca.create_root_ca("Root")
    pca.clock.freeze()
    before = pca.clock.now()
    pca.delay(ISSUE, timedelta(hours=1))
    pca.hold(ISSUE, 2)

    assert root.issue("localhost").status == "PENDING"
    assert pca.clock.now() == before


def test_a_report_planned_to_fail_still_needs_its_bucket(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    pca.buckets.remove("missing")
    plans = [pca.fail_later(REPORT, times=1), pca.hold(REPORT, 1, times=1)]

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        pca.client().create_certificate_authority_audit_report(
            CertificateAuthorityArn=root.arn,
            S3BucketName="missing",
            AuditReportResponseFormat="JSON",
        )
    assert [plan.struck for plan in plans] == [0, 0]


def test_a_handle_can_be_passed_for_its_arn(pca: PcaMock) -> None:
    root, other = pca.create_root_ca("One"), pca.create_root_ca("Other")
    describe = pca.client().describe_certificate_authority

    with pca.fail("DescribeCertificateAuthority", "InternalFailure", CertificateAuthorityArn=root):
        with pytest.raises(ClientError, match="InternalFailure"):
            describe(CertificateAuthorityArn=root.arn)
        describe(CertificateAuthorityArn=other.arn)

    pca.calls.assert_called("DescribeCertificateAuthority", CertificateAuthorityArn=root, times=1)


def test_an_ended_mock_plans_nothing() -> None:
    with mock_pca() as pca:
        pass

    with pytest.raises(RuntimeError, match="has ended"):
        pca.fail("DescribeCertificateAuthority", "InternalFailure")


def test_a_report_planned_to_fail_still_needs_its_bucket_in_moto() -> None:
    with mock_aws(), mock_pca() as pca:
        root = pca.create_root_ca()
        pca.fail_later("CreateCertificateAuthorityAuditReport")
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            create_report(Ca(pca.client(), root.arn), bucket="missing")
