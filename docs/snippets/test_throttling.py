from datetime import timedelta

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from pca_mock import PcaMock


def test_botocore_tries_again_and_waits_by_the_mocks_clock(pca: PcaMock) -> None:
    client = pca.client(config=Config(retries={"mode": "standard", "total_max_attempts": 5}))
    pca.clock.freeze("2030-01-01T00:00:00Z")
    start = pca.clock.now()
    pca.fail("ListCertificateAuthorities", "ThrottlingException", attempts=3)

    client.list_certificate_authorities()

    (call,) = pca.calls
    assert (call.outcome, call.retries) == ("success", 3)
    assert pca.clock.now() > start  # and no real time has passed


def test_a_client_that_has_no_attempts_left_raises(pca: PcaMock) -> None:
    client = pca.client(config=Config(retries={"mode": "standard", "total_max_attempts": 2}))
    pca.fail("ListCertificateAuthorities", "ThrottlingException", attempts=2)

    with pytest.raises(ClientError, match="ThrottlingException"):
        client.list_certificate_authorities()

    client.list_certificate_authorities()


def test_an_outage_ends_with_its_block(pca: PcaMock) -> None:
    client = pca.client()

    with pca.fail("ListCertificateAuthorities", "ThrottlingException") as outage:
        for _ in range(3):
            with pytest.raises(ClientError):
                client.list_certificate_authorities()
    client.list_certificate_authorities()

    assert outage.struck == 3


def test_the_network_may_fail_too(pca: PcaMock) -> None:
    timeout = ReadTimeoutError(endpoint_url="https://acm-pca.us-east-1.amazonaws.com")
    pca.fail("ListCertificateAuthorities", timeout, attempts=1, latency=timedelta(minutes=1))

    pca.client().list_certificate_authorities()

    assert pca.calls[-1].retries == 1


@pytest.mark.pca(quotas={"certificate_authorities": 1})
def test_a_quota_may_be_smaller(pca: PcaMock) -> None:
    pca.create_root_ca("The only one")

    with pytest.raises(ClientError, match="LimitExceededException"):
        pca.create_root_ca("One too many")
