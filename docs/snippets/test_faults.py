from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, WaiterError

from pca_mock import Authority, PcaMock


def test_a_call_fails_once(pca: PcaMock, pca_root_ca: Authority) -> None:
    plan = pca.fail("IssueCertificate", "RequestFailedException", "no luck today", times=1)

    with pytest.raises(ClientError, match="no luck today"):
        pca_root_ca.issue("localhost")
    assert pca_root_ca.issue("localhost").status == "ISSUED"
    assert plan.struck == 1


def test_only_certain_calls_fail(pca: PcaMock) -> None:
    good, bad = pca.create_root_ca("Good"), pca.create_root_ca("Bad")
    pca.fail("IssueCertificate", "InternalFailure", CertificateAuthorityArn=bad.arn)

    good.issue("localhost")
    with pytest.raises(ClientError, match="InternalFailure"):
        bad.issue("localhost")


def test_a_function_may_choose_them(pca: PcaMock, pca_root_ca: Authority) -> None:
    def is_long(params: Any) -> bool:
        return "TemplateArn" in params and "Subordinate" in params["TemplateArn"]

    pca.fail("IssueCertificate", "AccessDeniedException", when=is_long)

    pca_root_ca.issue("localhost")
    with pytest.raises(ClientError, match="AccessDeniedException"):
        pca_root_ca.create_subordinate_ca()


def test_a_certificate_cannot_be_issued_after_all(pca: PcaMock, pca_root_ca: Authority) -> None:
    pca.fail_later("IssueCertificate", times=1)

    leaf = pca_root_ca.issue("localhost")

    assert leaf.status == "FAILED"
    with pytest.raises(ClientError, match="RequestFailedException"):
        boto3.client("acm-pca").get_certificate(
            CertificateAuthorityArn=leaf.authority_arn, CertificateArn=leaf.arn
        )


def test_a_new_ca_ends_as_failed(pca: PcaMock) -> None:
    pca.fail_later("CreateCertificateAuthority", "REQUEST_TIMED_OUT")

    with pytest.raises(ClientError):
        pca.create_root_ca()

    (ca,) = pca.authorities
    assert (ca.status, ca.describe()["FailureReason"]) == ("FAILED", "REQUEST_TIMED_OUT")


def test_a_certificate_is_pending_until_it_has_been_asked_for_twice(
    pca: PcaMock, pca_root_ca: Authority
) -> None:
    pca.hold("IssueCertificate", polls=2)
    leaf = pca_root_ca.issue("localhost")
    waiter = boto3.client("acm-pca").get_waiter("certificate_issued")

    waiter.wait(
        CertificateAuthorityArn=leaf.authority_arn,
        CertificateArn=leaf.arn,
        WaiterConfig={"Delay": 0},
    )

    pca.calls.assert_called("GetCertificate", outcome="RequestInProgressException", times=2)
    pca.calls.assert_called("GetCertificate", outcome="success", times=1)


def test_a_waiter_gives_up(pca: PcaMock, pca_root_ca: Authority) -> None:
    pca.hold("IssueCertificate", polls=100)
    leaf = pca_root_ca.issue("localhost")

    with pytest.raises(WaiterError):
        boto3.client("acm-pca").get_waiter("certificate_issued").wait(
            CertificateAuthorityArn=leaf.authority_arn,
            CertificateArn=leaf.arn,
            WaiterConfig={"Delay": 0, "MaxAttempts": 3},
        )


def test_an_answer_takes_its_time(pca: PcaMock, pca_root_ca: Authority) -> None:
    pca.clock.freeze()
    before = pca.clock.now()
    pca.delay("IssueCertificate", timedelta(seconds=3))

    pca_root_ca.issue("localhost")

    assert pca.clock.now() - before == timedelta(seconds=3)


def test_a_bucket_may_be_missing_or_closed(pca: PcaMock) -> None:
    pca.buckets.remove("gone")
    pca.buckets.forbid("closed")

    for bucket in ("gone", "closed"):
        with pytest.raises(ClientError, match="ValidationException"):
            pca.create_root_ca(crl_bucket=bucket)
