"""One call with its attempts: which faults strike it, how time passes, and the entry in the log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from pca_mock import Call, PcaMock
from pca_mock.service.attempts import ClientCall
from pca_mock.state.calls import Caller
from tests import support

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

LIST: Final = "ListCertificateAuthorities"
CREATE: Final = "CreateCertificateAuthority"
SECOND = timedelta(seconds=1)
UNREACHABLE = EndpointConnectionError(endpoint_url="https://pca")


@pytest.fixture(autouse=True)
def nobody_sleeps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    yield
    assert slept == []


@pytest.fixture
def client(pca: PcaMock) -> ACMPCAClient:
    """Makes four attempts at most, and waits a second before each but the first."""
    pca.clock.freeze("2026-11-23T12:00:00Z")
    client = pca.client(config=Config(retries={"mode": "standard", "total_max_attempts": 1}))
    client.meta.events.register_first(
        "needs-retry.acm-pca",
        lambda response, attempts, **_: (
            1 if attempts < 4 and (response is None or response[0].status_code != 200) else None
        ),
    )
    return client


def list_cas(client: ACMPCAClient) -> str:
    """Call ListCertificateAuthorities; return the outcome."""
    try:
        client.list_certificate_authorities()
    except ClientError as error:
        return str(error.response["Error"]["Message"])
    except EndpointConnectionError:
        return "unreachable"
    return "success"


# Failures


def test_a_call_is_struck_with_all_its_attempts(pca: PcaMock, client: ACMPCAClient) -> None:
    plan = pca.fail(LIST, "ThrottlingException", "failed", times=2)

    assert [list_cas(client) for _ in range(3)] == ["failed", "failed", "success"]
    assert plan.struck == 2
    assert [call.retries for call in pca.calls] == [3, 3, 0]


def test_single_attempts_are_struck_and_then_the_call_succeeds(
    pca: PcaMock, client: ACMPCAClient
) -> None:
    plan = pca.fail(LIST, "ThrottlingException", attempts=2)

    answer = client.list_certificate_authorities()

    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert plan.struck == 2
    assert [call.retries for call in pca.calls] == [2]


def test_single_attempts_of_several_calls_may_be_struck(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.fail(LIST, "ThrottlingException", "failed", attempts=6)

    assert [list_cas(client) for _ in range(3)] == ["failed", "success", "success"]
    assert [call.retries for call in pca.calls] == [3, 2, 0]


def test_without_a_number_every_call_is_struck_until_it_is_cancelled(
    pca: PcaMock, client: ACMPCAClient
) -> None:
    plan = pca.fail(LIST, "ThrottlingException", "failed")

    assert [list_cas(client) for _ in range(5)] == ["failed"] * 5
    plan.cancel()
    assert list_cas(client) == "success"
    assert plan.struck == 5


def test_a_call_that_has_been_struck_fails_to_its_end_even_if_the_plan_is_cancelled_meanwhile(
    pca: PcaMock, client: ACMPCAClient
) -> None:
    plan = pca.fail(LIST, "ThrottlingException", "failed")

    def cancel(**_: Any) -> None:
        plan.cancel()

    client.meta.events.register_first("needs-retry.acm-pca", cancel)

    assert [list_cas(client), list_cas(client)] == ["failed", "success"]
    assert [call.retries for call in pca.calls] == [3, 0]


def test_a_single_attempt_is_free_again_when_the_plan_is_cancelled_meanwhile(
    pca: PcaMock, client: ACMPCAClient
) -> None:
    plan = pca.fail(LIST, "ThrottlingException", "failed", attempts=99)

    def cancel(attempts: int, **_: Any) -> None:
        if attempts == 2:
            plan.cancel()

    client.meta.events.register_first("needs-retry.acm-pca", cancel)

    assert list_cas(client) == "success"
    assert [call.retries for call in pca.calls] == [2]


def test_attempts_may_fail_for_one_reason_after_the_other(
    pca: PcaMock, client: ACMPCAClient
) -> None:
    errors: list[Any] = []

    def note(response: Any, caught_exception: Any, **_: Any) -> None:
        errors.append(response[1].get("Error", {}).get("Code") if response else caught_exception)

    client.meta.events.register_first("needs-retry.acm-pca", note)
    pca.fail(LIST, "ThrottlingException", attempts=1)
    pca.fail(LIST, UNREACHABLE, attempts=1)
    pca.fail(LIST, "InternalFailure", attempts=1)

    assert list_cas(client) == "success"
    assert [str(error) for error in errors] == [
        "ThrottlingException",
        str(UNREACHABLE),
        "InternalFailure",
        "None",
    ]


def test_a_call_may_fail_for_good_after_single_attempts(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.fail(LIST, "ThrottlingException", "single", attempts=1)
    pca.fail(LIST, "ThrottlingException", "whole", times=1)

    assert [list_cas(client), list_cas(client)] == ["whole", "success"]
    assert [call.retries for call in pca.calls] == [3, 0]


def test_a_fault_comes_before_all_checks_of_the_service(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.fail("DescribeCertificateAuthority", "ThrottlingException", times=1)

    with pytest.raises(ClientError, match="ThrottlingException"):
        client.describe_certificate_authority(CertificateAuthorityArn="nonsense")
    with pytest.raises(ClientError, match="ValidationException"):
        client.describe_certificate_authority(CertificateAuthorityArn="nonsense")


@pytest.mark.parametrize("error", ["ThrottlingException", UNREACHABLE])
def test_nothing_of_a_call_that_fails_takes_effect(
    error: Any, pca: PcaMock, client: ACMPCAClient
) -> None:
    request: Any = {"IdempotencyToken": "token"}
    pca.fail(CREATE, error, times=1)

    with pytest.raises((ClientError, EndpointConnectionError)):
        support.pending(client, **request)
    assert pca.authorities == []
    arn = support.pending(client, **request).arn
    assert [ca.arn for ca in pca.authorities] == [arn]


def test_a_call_that_succeeds_at_last_takes_effect_once(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.fail(CREATE, UNREACHABLE, attempts=3)

    arn = support.pending(client).arn

    assert [ca.arn for ca in pca.authorities] == [arn]


# Which parameters are used


def test_a_fault_is_matched_against_the_callers_own_parameters(
    pca: PcaMock, client: ACMPCAClient
) -> None:
    seen = []

    def when(params: Any) -> bool:
        seen.append(params)
        return False

    pca.fail(LIST, "ThrottlingException", when=when)

    client.list_certificate_authorities(MaxResults=7)
    client.list_certificate_authorities()

    assert seen == [{"MaxResults": 7}, {}]


def test_a_condition_is_called_once_for_a_whole_call_and_for_each_single_attempt(
    pca: PcaMock, client: ACMPCAClient
) -> None:
    asked = []

    def when(params: Any) -> bool:
        asked.append(params)
        return True

    with pca.fail(LIST, "ThrottlingException", "failed", when=when):
        assert list_cas(client) == "failed"
        assert len(asked) == 1
    with pca.fail(LIST, "ThrottlingException", attempts=99, when=when):
        list_cas(client)
    assert len(asked) == 5


def test_a_call_raises_the_error_of_its_condition(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.fail(LIST, "ThrottlingException", when=lambda params: bool(params["MaxResults"]))

    with pytest.raises(KeyError, match="MaxResults"):
        client.list_certificate_authorities()


# Time


def took(pca: PcaMock, client: ACMPCAClient) -> float:
    """Call ListCertificateAuthorities: how many seconds have passed by the mock's clock."""
    before = pca.clock.now()
    list_cas(client)
    return (pca.clock.now() - before).total_seconds()


def test_waiting_before_each_further_attempt_moves_the_clock(
    pca: PcaMock, client: ACMPCAClient
) -> None:
    pca.fail(LIST, "ThrottlingException", times=1)

    assert [took(pca, client), took(pca, client)] == [3, 0]


def test_a_clock_that_runs_is_moved_too(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.clock.resume()
    pca.fail(LIST, "ThrottlingException", times=1)

    assert 3 <= took(pca, client) < 1000
    assert not pca.clock.is_frozen


@pytest.mark.parametrize("error", ["ThrottlingException", UNREACHABLE])
def test_each_answer_of_a_fault_takes_its_latency(
    error: Any, pca: PcaMock, client: ACMPCAClient
) -> None:
    with pca.fail(LIST, error, latency=10 * SECOND):
        assert took(pca, client) == 4 * 10 + 3 * 1
    with pca.fail(LIST, error, attempts=2, latency=10 * SECOND):
        assert took(pca, client) == 2 * 10 + 2 * 1
    assert took(pca, client) == 0


def test_a_delay_takes_time_and_nothing_else(pca: PcaMock, client: ACMPCAClient) -> None:
    plan = pca.delay(LIST, 1.5 * SECOND)

    assert [took(pca, client) for _ in range(3)] == [1.5, 1.5, 1.5]
    assert [(call.outcome, call.retries) for call in pca.calls] == [("success", 0)] * 3
    plan.cancel()
    assert took(pca, client) == 0
    assert plan.struck == 3


def test_a_delay_can_apply_only_to_some_calls(pca: PcaMock, client: ACMPCAClient) -> None:
    plan = pca.delay(LIST, SECOND, times=2, when=lambda params: "NextToken" not in params)
    other = pca.delay(LIST, SECOND, MaxResults=5)
    pca.delay(CREATE, SECOND)

    assert [took(pca, client) for _ in range(3)] == [1, 1, 0]
    assert (plan.left, plan.struck, other.struck) == (0, 2, 0)


def test_a_delay_ends_with_its_block(pca: PcaMock, client: ACMPCAClient) -> None:
    with pca.delay(LIST, SECOND):
        assert took(pca, client) == 1
    assert took(pca, client) == 0


def test_the_operation_is_carried_out_after_its_delay(pca: PcaMock, client: ACMPCAClient) -> None:
    before = pca.clock.now()
    pca.delay(CREATE, timedelta(hours=2))

    ca = support.pending(client)

    assert pca.calls[0].time == before
    assert ca.describe()["CreatedAt"] == before + timedelta(hours=2)


def test_refusals_of_the_service_are_delayed_too(pca: PcaMock) -> None:
    pca.clock.freeze()
    client = pca.client()
    before = pca.clock.now()
    pca.delay("DescribeCertificateAuthority", SECOND)

    with pytest.raises(ClientError, match="ValidationException"):
        client.describe_certificate_authority(CertificateAuthorityArn="nonsense")
    assert pca.clock.now() - before == SECOND


def test_only_one_of_several_delays_strikes_a_call(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.delay(LIST, 30 * SECOND)
    pca.delay(LIST, 20 * SECOND, times=1)
    pca.delay(LIST, 10 * SECOND)

    assert [took(pca, client), took(pca, client)] == [20, 10]


def test_a_call_that_is_delayed_and_fails_is_delayed_once(
    pca: PcaMock, client: ACMPCAClient
) -> None:
    delay = pca.delay(LIST, 60 * SECOND)
    pca.fail(LIST, "ThrottlingException", latency=10 * SECOND, times=1)

    assert [took(pca, client), took(pca, client)] == [60 + 4 * 10 + 3, 60]
    assert delay.struck == 2


# The log


def test_the_log_has_the_error_of_a_failed_call(pca: PcaMock, client: ACMPCAClient) -> None:
    before = pca.clock.now()
    pca.fail(LIST, "ThrottlingException", "slow down", latency=SECOND)

    with pytest.raises(ClientError) as refused:
        client.list_certificate_authorities(MaxResults=3)

    (call,) = pca.calls
    request_id = refused.value.response["ResponseMetadata"]["RequestId"]
    assert call == Call(
        operation=LIST,
        params={"MaxResults": 3},
        caller=Caller(pca.account_id, client.meta.region_name, "aws"),
        time=before,
        outcome="ThrottlingException",
        message="slow down",
        retries=3,
        request_id=request_id,
    )


def test_the_log_names_the_failure_of_the_network(pca: PcaMock, client: ACMPCAClient) -> None:
    error = ReadTimeoutError(endpoint_url="https://pca", error="slow")
    pca.fail(LIST, error)

    with pytest.raises(ReadTimeoutError):
        client.list_certificate_authorities()

    (call,) = pca.calls
    assert (call.outcome, call.message, call.retries) == ("ReadTimeoutError", str(error), 3)
    assert call.request_id


def test_the_log_shows_that_a_call_succeeded_at_last(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.fail(LIST, UNREACHABLE, attempts=2)

    answer = client.list_certificate_authorities()

    (call,) = pca.calls
    assert (call.outcome, call.message, call.retries) == ("success", None, 2)
    assert call.request_id == answer["ResponseMetadata"]["RequestId"]


def test_the_log_has_the_error_that_ended_a_call(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.fail("DescribeCertificateAuthority", "ThrottlingException", attempts=1)

    with pytest.raises(client.exceptions.InvalidArnException) as refused:
        client.describe_certificate_authority(CertificateAuthorityArn="arn:aws:acm-pca:::x")

    (call,) = pca.calls
    assert (call.outcome, call.retries) == ("InvalidArnException", 3)
    assert call.message == refused.value.response["Error"]["Message"]


def test_the_log_keeps_an_empty_message(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.fail(LIST, "InternalFailure", "")

    with pytest.raises(ClientError):
        client.list_certificate_authorities()

    assert [call.message for call in pca.calls] == [""]


def test_failed_calls_can_be_selected(pca: PcaMock, client: ACMPCAClient) -> None:
    pca.fail(LIST, "ThrottlingException", times=2)

    for _ in range(3):
        list_cas(client)

    pca.calls.assert_called(LIST, times=2, outcome="ThrottlingException")
    pca.calls.assert_called(LIST, times=1, outcome="success")


def test_each_call_has_a_request_id_of_its_own(pca: PcaMock) -> None:
    caller = Caller(pca.account_id, "us-east-1", "aws")

    one, other = (ClientCall(pca._state, LIST, {}, caller) for _ in range(2))

    assert one.request_id != other.request_id
