from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from botocore.config import Config

from pca_mock import PcaMock, mock_pca
from pca_mock.settings import Quotas
from pca_mock.state.authority import Status
from tests import inside
from tests.refusals import refused
from tests.support import Ca, KeyHolder, pending, root

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

NOON = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
CSR = KeyHolder().csr()


def fill(client: ACMPCAClient, number: int) -> list[Ca]:
    return [pending(client) for _ in range(number)]


def test_the_quotas_are_those_of_aws_unless_the_user_sets_others() -> None:
    quotas = Quotas()

    assert quotas.certificate_authorities == 200
    assert quotas.certificates == 1_000_000
    assert quotas.certificates_with_partitioned_crl == 100_000_000


def test_an_account_has_200_cas_at_most(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    fill(pca_client, 200)

    with refused("LimitExceededException", pca):
        pending(pca_client)


def test_a_refused_ca_is_refused_again_and_leaves_its_token_free() -> None:
    with mock_pca(quotas={"certificate_authorities": 1}) as pca:
        (ca,) = fill(pca.client(), 1)
        for _ in range(3):
            with refused("LimitExceededException", pca):
                pending(pca.client(), IdempotencyToken="t")
        inside.put_in(pca, ca.arn, Status.FAILED)
        pca.client().delete_certificate_authority(CertificateAuthorityArn=ca.arn)

        assert pending(pca.client(), IdempotencyToken="t").arn != ca.arn


def test_a_used_token_is_answered_when_no_more_cas_are_allowed() -> None:
    with mock_pca(quotas={"certificate_authorities": 1}) as pca:
        ca = pending(pca.client(), IdempotencyToken="t")

        assert pending(pca.client(), IdempotencyToken="t").arn == ca.arn


def test_a_deleted_ca_uses_the_quota_until_it_cannot_be_restored() -> None:
    with (
        mock_pca(quotas={"certificate_authorities": 2}) as pca,
        time_machine.travel(NOON, tick=False) as clock,
    ):
        # Without retries, which would move the mock's clock.
        client = pca.client(config=Config(retries={"total_max_attempts": 1}))
        ca, _ = fill(client, 2)
        client.delete_certificate_authority(
            CertificateAuthorityArn=ca.arn, PermanentDeletionTimeInDays=7
        )
        clock.shift(timedelta(days=7) - timedelta(seconds=1))
        with refused("LimitExceededException", pca):
            pending(client)

        clock.shift(1)

        assert pending(client).status == "PENDING_CERTIFICATE"
        with refused("LimitExceededException", pca):
            pending(client)


def test_the_quota_is_one_of_each_account_and_region() -> None:
    with mock_pca(quotas={"certificate_authorities": 1}) as pca:
        here, elsewhere = (pca.client(region_name=name) for name in ("us-east-1", "eu-west-1"))
        fill(here, 1)
        fill(elsewhere, 1)
        with pca.as_account("222222222222"):
            fill(here, 1)
            with refused("LimitExceededException", pca):
                pending(here)

        for client in (here, elsewhere):
            with refused("LimitExceededException", pca):
                pending(client)


def test_the_quota_is_the_last_check_of_a_creation() -> None:
    with mock_pca(quotas={"certificate_authorities": 0}) as pca:
        with refused("InvalidArgsException", pca):
            pending(pca.client(), KeyStorageSecurityStandard="CCPC_LEVEL_1_OR_HIGHER")
        with refused("InvalidTagException", pca):
            pending(pca.client(), Tags=[{"Key": "aws:a"}])
        with refused("LimitExceededException", pca):
            pending(pca.client())


@pytest.mark.parametrize(
    ("crl_type", "quota"),
    [
        (None, "certificates"),
        ("COMPLETE", "certificates"),
        ("PARTITIONED", "certificates_with_partitioned_crl"),
    ],
)
def test_the_quota_of_certificates_depends_on_the_kind_of_crl(
    crl_type: str | None, quota: str
) -> None:
    crl: Any = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "crl-bucket"}
    revocation = {"CrlConfiguration": {**crl, "CrlType": crl_type}} if crl_type else {}
    quotas = {"certificates": 9, "certificates_with_partitioned_crl": 9, quota: 3}
    with mock_pca(quotas=quotas) as pca:
        ca = root(pca.client(), RevocationConfiguration=revocation)  # its own counts, too

        ca.issue(CSR)
        last = ca.issue(CSR)
        with refused("LimitExceededException", pca):
            ca.issue(CSR)

        assert ca.get(last)


def test_the_certificates_of_one_ca_do_not_use_up_the_quota_of_another() -> None:
    with mock_pca(quotas={"certificates": 2}) as pca:
        first, second = root(pca.client()), root(pca.client())
        first.issue(CSR)

        assert second.issue(CSR)
        for ca in (first, second):
            with refused("LimitExceededException", pca):
                ca.issue(CSR)


def test_a_used_token_is_answered_when_no_more_certificates_are_allowed() -> None:
    with mock_pca(quotas={"certificates": 2}) as pca:
        ca = root(pca.client())
        leaf = ca.issue(CSR, IdempotencyToken="t")

        assert ca.issue(CSR, IdempotencyToken="t") == leaf
        with refused("LimitExceededException", pca):
            ca.issue(CSR, IdempotencyToken="u")


@pytest.mark.parametrize(
    ("quotas", "message"),
    [
        ({"cas": 1}, "no quota 'cas', only certificate_authorities"),
        ({"certificates": -1}, "certificates is a number from 0 up"),
    ],
)
def test_an_impossible_quota_is_refused_at_once(quotas: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mock_pca(quotas=quotas)


def test_a_failed_issuance_does_not_use_up_the_quota() -> None:
    with mock_pca(quotas={"certificates": 2}) as pca:
        ca = root(pca.client())
        with pca.fail_later("IssueCertificate"):
            ca.issue(CSR)
        ca.issue(CSR)

        with refused("LimitExceededException", pca):
            ca.issue(CSR)
