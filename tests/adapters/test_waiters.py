"""Waiters of `acm-pca` wait by the mock's clock; all others as always, and so without a mock."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import WaiterError
from botocore.waiter import SingleWaiterConfig, Waiter
from moto import mock_aws

from pca_mock import PcaMock, mock_pca
from tests import support
from tests.processes import run

NOON = "2027-03-01T12:00:00Z"
KEYS: Any = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
client = boto3.client("acm-pca", "eu-west-1", **KEYS)
waiter = client.get_waiter("certificate_authority_csr_created")
WAIT = Waiter.wait


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long anybody has slept. Nobody really does."""
    naps: list[float] = []
    monkeypatch.setattr(time, "sleep", lambda seconds: naps.append(seconds) if seconds else None)
    return naps


@pytest.mark.parametrize(
    ("config", "seconds"), [({}, 9), ({"Delay": 4}, 8), ({"Delay": 0.5}, 7), ({"Delay": 60}, 60)]
)
def test_a_waiter_moves_the_mocks_clock_by_its_delay(
    config: Any, seconds: float, slept: list[float]
) -> None:
    with mock_pca(creation_delay=timedelta(seconds=7)) as pca, pca.clock.freeze(NOON):
        before = pca.clock.now()
        ca = support.pending(client)

        waiter.wait(CertificateAuthorityArn=ca.arn, WaiterConfig=config)

        assert pca.clock.now() - before == timedelta(seconds=seconds)
    assert slept == []


def test_a_waiter_gives_up_as_without_a_mock(pca: PcaMock, slept: list[float]) -> None:
    pca.hold("CreateCertificateAuthority", 9)
    ca = support.pending(client)

    with pytest.raises(WaiterError, match="Max attempts exceeded") as caught:
        waiter.wait(CertificateAuthorityArn=ca.arn, WaiterConfig={"MaxAttempts": 3})

    assert caught.value.last_response["Error"]["Code"] == "RequestInProgressException"
    assert slept == []
    pca.calls.assert_called("GetCertificateAuthorityCsr", times=3)


def test_of_nested_mocks_the_one_that_answers_has_its_clock_moved(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    before = pca.clock.now()

    with mock_pca(creation_delay=timedelta(hours=1)) as inner:
        inner.clock.freeze(NOON)
        ca = support.pending(client)
        waiter.wait(CertificateAuthorityArn=ca.arn, WaiterConfig={"Delay": 3600})
        assert inner.clock.now() - before == timedelta(hours=1)

    assert pca.clock.now() == before


def test_waiters_of_other_services_are_not_changed(pca: PcaMock, slept: list[float]) -> None:
    before = pca.clock.now()

    with mock_aws():
        s3 = boto3.client("s3", "eu-west-1", **KEYS)
        with pytest.raises(WaiterError):
            s3.get_waiter("bucket_exists").wait(
                Bucket="none", WaiterConfig={"Delay": 50, "MaxAttempts": 3}
            )

    assert slept == [50, 50]
    assert pca.clock.now() - before < timedelta(seconds=50)


def test_a_waiter_that_no_client_has_made_is_not_changed(pca: PcaMock, slept: list[float]) -> None:
    answers: Any = iter([{"Status": "CREATING"}, {"Status": "DONE"}])
    done = {"state": "success", "matcher": "path", "argument": "Status", "expected": "DONE"}
    config = SingleWaiterConfig(
        {"operation": "Get", "delay": 5, "maxAttempts": 3, "acceptors": [done]}
    )

    Waiter("own", config, lambda: next(answers)).wait()

    assert slept == [5]


def test_after_the_last_mock_waiters_are_botocores_own(slept: list[float]) -> None:
    with mock_pca():
        with mock_pca():
            pass
        assert Waiter.wait is not WAIT
    assert Waiter.wait is WAIT


def test_a_value_that_a_test_sets_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(waiter: Any, **_: Any) -> None:
        pass

    with mock_pca():
        ours = Waiter.wait
        monkeypatch.setattr(Waiter, "wait", wait)
        with mock_pca():
            assert Waiter.wait is wait
    assert Waiter.wait is wait
    monkeypatch.undo()
    assert Waiter.wait is ours
    monkeypatch.setattr(Waiter, "wait", WAIT)


def test_a_second_botocore_has_its_waiters_replaced_too(tmp_path: Path) -> None:
    script = """
        import sys
        from datetime import timedelta
        from pca_mock import mock_pca

        with mock_pca(creation_delay=timedelta(days=1)) as pca:
            for name in list(sys.modules):
                if name.partition(".")[0] in ("botocore", "boto3"):
                    del sys.modules[name]
            import boto3
            client = boto3.client("acm-pca", "eu-west-1")
            arn = client.create_certificate_authority(
                CertificateAuthorityType="ROOT",
                CertificateAuthorityConfiguration={
                    "KeyAlgorithm": "EC_prime256v1",
                    "SigningAlgorithm": "SHA256WITHECDSA",
                    "Subject": {"CommonName": "Root"},
                },
            )["CertificateAuthorityArn"]
            client.get_waiter("certificate_authority_csr_created").wait(
                CertificateAuthorityArn=arn, WaiterConfig={"Delay": 86400}
            )
        """

    run(script, tmp_path)
