"""Faults that can be planned, and those refused at once because the service has no such thing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)

from pca_mock import PcaMock
from pca_mock.errors import ERRORS, AwsError
from pca_mock.literals import FailureReason
from pca_mock.service.model import service_model
from pca_mock.state.plans import Refusal
from tests import support

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

LIST: Final = "ListCertificateAuthorities"
CREATE: Final = "CreateCertificateAuthority"
SECOND = timedelta(seconds=1)
USUAL_MESSAGES = {
    "ExpiredTokenException": "The security token included in the request is expired",
    "ThrottlingException": "Rate exceeded",
    "UnrecognizedClientException": "The security token included in the request is invalid.",
}
NETWORK: list[BotoCoreError] = [
    EndpointConnectionError(endpoint_url="https://pca", error="refused"),
    ConnectTimeoutError(endpoint_url="https://pca", error="slow"),
    ReadTimeoutError(endpoint_url="https://pca", error="slow"),
    SSLError(endpoint_url="https://pca", error="expired"),
]


def refused(client: ACMPCAClient) -> ClientError:
    with pytest.raises(ClientError) as raised:
        client.list_certificate_authorities()
    return raised.value


# Errors of the service


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_of_the_service_can_be_planned(
    code: str, pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    pca.fail(LIST, code)

    error = refused(pca_client)

    statuses = {"InternalFailure": 500, "ServiceUnavailable": 503}
    usual = USUAL_MESSAGES.get(code, "planned by the test")
    assert error.response["Error"] == {"Code": code, "Message": usual}
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == statuses.get(code, 400)


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_of_the_model_has_its_class_and_any_other_is_a_client_error(
    code: str, pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    modelled = {shape.name for shape in service_model().error_shapes}
    pca.fail(LIST, code, "as planned")

    error = refused(pca_client)

    response: Any = error.response
    if code in modelled:
        assert type(error) is getattr(pca_client.exceptions, code)
        assert response["message"] == "as planned"
    else:
        assert type(error) is ClientError
        assert "message" not in response


@pytest.mark.parametrize("message", ["no more for today", ""])
def test_the_message_can_be_chosen(message: str, pca: PcaMock, pca_client: ACMPCAClient) -> None:
    pca.fail(LIST, "ThrottlingException", message)

    assert refused(pca_client).response["Error"]["Message"] == message


# Errors of the network


@pytest.mark.parametrize("error", NETWORK, ids=lambda error: type(error).__name__)
def test_errors_of_botocore_can_be_planned(
    error: BotoCoreError, pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    pca.fail(LIST, error)

    with pytest.raises(type(error)) as raised:
        pca_client.list_certificate_authorities()

    assert type(raised.value) is type(error)
    assert str(raised.value) == str(error)


def test_each_call_raises_an_error_of_its_own(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    planned = NETWORK[0]
    pca.fail(LIST, planned)

    raised = []
    for _ in range(2):
        with pytest.raises(EndpointConnectionError) as result:
            pca_client.list_certificate_authorities()
        raised.append(result.value)

    assert len({id(error) for error in (planned, *raised)}) == 3
    assert planned.__traceback__ is None


@pytest.mark.parametrize(
    "error", [*NETWORK, *(kind("text") for kind in ERRORS.values())], ids=lambda e: type(e).__name__
)
def test_a_new_instance_has_the_same_message(error: BotoCoreError | AwsError) -> None:
    twin = Refusal(error, False, timedelta()).new_error()

    assert twin is not error
    assert (type(twin), str(twin)) == (type(error), str(error))
    assert getattr(twin, "message", None) == getattr(error, "message", None)
    assert getattr(twin, "kwargs", None) == getattr(error, "kwargs", None)


# Reasons of failures


@pytest.mark.parametrize("reason", [None, *service_model().shape_for("FailureReason").enum])
def test_a_creation_fails_for_each_reason_of_the_model(
    reason: FailureReason | None, pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    pca.fail_later(CREATE, reason)

    ca = support.pending(pca_client).describe()

    assert (ca["Status"], ca["FailureReason"]) == ("FAILED", reason or "OTHER")


# Refusals

ANYTHING: Any = mock.ANY
# Any: a type checker refuses most of these.
WRONG: dict[str, tuple[Callable[[Any], Any], str]] = {
    "an operation that is nearly one": (
        lambda pca: pca.fail("IssueCertificat", "ThrottlingException"),
        "there is no operation 'IssueCertificat'; do you mean IssueCertificate?",
    ),
    "an operation in boto3's spelling": (
        lambda pca: pca.fail("issue_certificate", "ThrottlingException"),
        "there is no operation 'issue_certificate'; do you mean IssueCertificate?",
    ),
    "an operation like no other": (
        lambda pca: pca.fail("X", "ThrottlingException"),
        "there is no operation 'X', only CreateCertificateAuthority, ",
    ),
    "no operation": (
        lambda pca: pca.fail("", "ThrottlingException"),
        "there is no operation '', only CreateCertificateAuthority, ",
    ),
    "an operation to delay": (
        lambda pca: pca.delay("ListCertificateAuthoritys", SECOND),
        "do you mean ListCertificateAuthorities?",
    ),
    "an error that is nearly one": (
        lambda pca: pca.fail(LIST, "ThrotlingException"),
        "there is no error 'ThrotlingException'; do you mean ThrottlingException?",
    ),
    "an error like no other": (
        lambda pca: pca.fail(LIST, "?"),
        "there is no error '?', only AccessDeniedException, CertificateMismatchException, ",
    ),
    "an error of the mock alone": (
        lambda pca: pca.fail(LIST, "NotSupportedByPcaMock"),
        "there is no error 'NotSupportedByPcaMock'",
    ),
    "the class of an error": (
        lambda pca: pca.fail(LIST, ReadTimeoutError),
        "there is no error <class 'botocore.exceptions.ReadTimeoutError'>",
    ),
    "an error of Python": (
        lambda pca: pca.fail(LIST, TimeoutError("slow")),
        "there is no error TimeoutError('slow')",
    ),
    "a member that is nearly one": (
        lambda pca: pca.fail("GetPolicy", "ThrottlingException", ResourceARN=ANYTHING),
        "there is no member of GetPolicy 'ResourceARN'; do you mean ResourceArn?",
    ),
    "a member like no other": (
        lambda pca: pca.fail(LIST, "ThrottlingException", Zzz=ANYTHING),
        "there is no member of ListCertificateAuthorities 'Zzz', only MaxResults, NextToken, ",
    ),
    "a member of another operation": (
        lambda pca: pca.fail(LIST, "ThrottlingException", MaxResults=1, Csr=ANYTHING),
        "there is no member of ListCertificateAuthorities 'Csr'",
    ),
    "a member of no operation": (
        lambda pca: pca.fail("*", "ThrottlingException", CertificateAuthorityAr=ANYTHING),
        "there is no member of any operation 'CertificateAuthorityAr'; do you mean Certi",
    ),
    "a value of no operation": (
        lambda pca: pca.fail("*", "ThrottlingException", RevocationReason="NONE"),
        "there is no RevocationReason 'NONE'",
    ),
    "an origin": (
        lambda pca: pca.fail(LIST, "ThrottlingException", origin="all"),
        "origin is one of 'code', 'handle', 'any', not 'all'",
    ),
    "a member to delay": (
        lambda pca: pca.delay(LIST, SECOND, Csr=ANYTHING),
        "there is no member of ListCertificateAuthorities 'Csr'",
    ),
    "a member to fail later": (
        lambda pca: pca.fail_later(CREATE, Csr=ANYTHING),
        "there is no member of CreateCertificateAuthority 'Csr'",
    ),
    "a member to hold": (
        lambda pca: pca.hold(CREATE, 1, Csr=ANYTHING),
        "there is no member of CreateCertificateAuthority 'Csr'",
    ),
    "no times": (
        lambda pca: pca.fail(LIST, "ThrottlingException", times=0),
        "the number of times is a positive integer, not 0",
    ),
    "negative times": (
        lambda pca: pca.fail(LIST, "ThrottlingException", times=-1),
        "the number of times is a positive integer, not -1",
    ),
    "no attempts": (
        lambda pca: pca.fail(LIST, "ThrottlingException", attempts=0),
        "the number of times is a positive integer, not 0",
    ),
    "no times to delay": (
        lambda pca: pca.delay(LIST, SECOND, times=0),
        "the number of times is a positive integer, not 0",
    ),
    "no times to fail later": (
        lambda pca: pca.fail_later(CREATE, times=0),
        "the number of times is a positive integer, not 0",
    ),
    "no times to hold": (
        lambda pca: pca.hold(CREATE, 1, times=0),
        "the number of times is a positive integer, not 0",
    ),
    "no polls": (
        lambda pca: pca.hold(CREATE, 0),
        "the number of polls is a positive integer, not 0",
    ),
    "negative polls": (
        lambda pca: pca.hold(CREATE, -1),
        "the number of polls is a positive integer, not -1",
    ),
    "a negative latency": (
        lambda pca: pca.fail(LIST, "ThrottlingException", latency=-SECOND),
        "a latency is not negative, as -1 day, 23:59:59 is",
    ),
    "a negative latency of the network": (
        lambda pca: pca.fail(LIST, NETWORK[0], latency=-SECOND),
        "a latency is not negative, as -1 day, 23:59:59 is",
    ),
    "a negative delay": (
        lambda pca: pca.delay(LIST, -SECOND),
        "a latency is not negative, as -1 day, 23:59:59 is",
    ),
    "what begins nothing cannot fail later": (
        lambda pca: pca.fail_later("RevokeCertificate"),
        "'RevokeCertificate' begins nothing that takes time; these do: CreateCertificateAuthority, "
        "CreateCertificateAuthorityAuditReport, IssueCertificate",
    ),
    "what begins nothing cannot be held": (
        lambda pca: pca.hold("GetCertificate", 1),
        "'GetCertificate' begins nothing that takes time; these do: CreateCertificateAuthority, ",
    ),
    "an unknown operation cannot fail later": (
        lambda pca: pca.fail_later("IssueCertificat"),
        "'IssueCertificat' begins nothing that takes time; these do: ",
    ),
    "a reason that is nearly one": (
        lambda pca: pca.fail_later(CREATE, "REQUEST_TIMEDOUT"),
        "there is no failure reason 'REQUEST_TIMEDOUT'; do you mean REQUEST_TIMED_OUT?",
    ),
    "a reason like no other": (
        lambda pca: pca.fail_later(CREATE, "because"),
        "there is no failure reason 'because', only OTHER, REQUEST_TIMED_OUT, ",
    ),
    "a certificate's reason": (
        lambda pca: pca.fail_later("IssueCertificate", "OTHER"),
        "only CreateCertificateAuthority has failure reasons, IssueCertificate has none",
    ),
    "a report's reason": (
        lambda pca: pca.fail_later("CreateCertificateAuthorityAuditReport", "OTHER"),
        "only CreateCertificateAuthority has failure reasons, "
        "CreateCertificateAuthorityAuditReport has none",
    ),
}


@pytest.mark.parametrize(("act", "text"), WRONG.values(), ids=WRONG)
def test_unknown_names_are_refused_at_once_and_nothing_is_planned(
    act: Callable[[Any], Any], text: str, pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    pca.clock.freeze()
    before = pca.clock.now()

    with pytest.raises(ValueError, match=re.escape(text)):
        act(pca)

    assert pca_client.list_certificate_authorities()["ResponseMetadata"]["RetryAttempts"] == 0
    assert support.pending(pca_client).status == "PENDING_CERTIFICATE"
    assert pca.clock.now() == before


def test_times_and_attempts_exclude_each_other(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    with pytest.raises(TypeError, match="not both"):
        pca.fail(LIST, "ThrottlingException", times=1, attempts=1)

    assert pca_client.list_certificate_authorities()["CertificateAuthorities"] == []


@pytest.mark.parametrize("message", ["text", ""])
def test_an_error_of_the_network_has_a_message_of_its_own(
    message: str, pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    with pytest.raises(TypeError, match="EndpointConnectionError has a message of its own"):
        pca.fail(LIST, NETWORK[0], message)

    assert pca_client.list_certificate_authorities()["CertificateAuthorities"] == []


def test_a_latency_of_zero_is_accepted(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    pca.clock.freeze()
    before = pca.clock.now()

    pca.delay(LIST, timedelta())
    pca_client.list_certificate_authorities()

    assert pca.clock.now() == before


def test_every_member_of_every_operation_can_narrow_a_fault(pca: PcaMock) -> None:
    for name in service_model().operation_names:
        shape = service_model().operation_model(name).input_shape
        assert shape is not None
        plan = pca.fail(name, "ThrottlingException", **dict.fromkeys(shape.members, ANYTHING))
        assert plan.operation == name
        assert set(plan.params) == set(shape.members)
