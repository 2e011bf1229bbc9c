"""`pca.snapshot()`, `pca.restore(kept)` and `pca.reset()`."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import time_machine
from botocore.exceptions import ClientError
from moto import mock_aws

from pca_mock import Authority, Certificate, PcaMock, Snapshot, mock_pca
from pca_mock.literals import KeyAlgorithm
from pca_mock.state.tokens import Tokens
from tests import inside, oracles, policies, revoking, support
from tests.refusals import refused

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

NOON = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
REGION = "us-east-1"


@dataclass
class Hierarchy:
    """A root and an issuing CA with a CRL, two leaves; and a snapshot of the mock that has them."""

    root: Authority
    issuing: Authority
    leaf: Certificate
    other: Certificate
    kept: Snapshot
    report_id: str = ""

    @classmethod
    def made_in(cls, pca: PcaMock) -> Hierarchy:
        root = pca.create_root_ca("Root", region_name=REGION, crl_bucket="crls")
        issuing = root.create_subordinate_ca("Issuing", crl_bucket="crls")
        leaves = issuing.issue("one"), issuing.issue("two")
        return cls(root, issuing, *leaves, pca.snapshot())


@pytest.fixture
def ended() -> Hierarchy:
    """Of a mock that has ended."""
    with mock_pca() as pca:
        return Hierarchy.made_in(pca)


def listed(pca: PcaMock, issuing: Authority) -> list[str]:
    """The serials in the CA's CRL."""
    return revoking.listed(pca.buckets["crls"][f"crl/{issuing.arn.rpartition('/')[2]}.crl"])


def crl_number(pca: PcaMock, issuing: Authority) -> int:
    return revoking.number(pca.buckets["crls"][f"crl/{issuing.arn.rpartition('/')[2]}.crl"])


# A hierarchy in a later mock


def test_a_hierarchy_lives_on_in_a_later_mock(ended: Hierarchy, tmp_path: Path) -> None:
    with mock_pca() as pca:
        pca.restore(ended.kept)

        assert pca.authorities == [ended.root, ended.issuing]
        assert ended.issuing.certificates == [ended.leaf, ended.other]
        listing = pca.client(region_name=REGION).list_certificate_authorities()
        assert {ca["Status"] for ca in listing["CertificateAuthorities"]} == {"ACTIVE"}
        leaf = ended.issuing.issue("localhost")
        pems = (leaf.certificate_pem, leaf.chain_pem, ended.root.certificate_pem)
        assert oracles.openssl_verify(tmp_path, *pems)
        stranger = pca.create_root_ca("Root")
        assert not oracles.openssl_verify(tmp_path, *pems[:2], stranger.certificate_pem)


def test_handles_of_the_ended_mock_act_on_the_later_one(ended: Hierarchy) -> None:
    with mock_pca() as pca:
        pca.restore(ended.kept)
        ended.leaf.revoke()
        ended.issuing.disable()

        assert (ended.leaf.status, ended.other.status) == ("REVOKED", "ISSUED")
        assert pca.authorities[1].status == "DISABLED"
        assert listed(pca, ended.issuing) == [ended.leaf.serial]
        assert ended.leaf.private_key.public_key() == ended.leaf.certificate.public_key()


def test_a_later_mock_has_no_hierarchy_without_a_restore(ended: Hierarchy) -> None:
    with mock_pca() as pca:
        assert pca.authorities == []
        with pytest.raises(RuntimeError, match="has ended"):
            ended.issuing.issue("localhost")


@pytest.mark.parametrize("number", range(3))
def test_each_test_can_have_a_hierarchy_of_its_session(
    number: int, session_hierarchy: Hierarchy, pca: PcaMock
) -> None:
    pca.restore(session_hierarchy.kept)
    assert session_hierarchy.leaf.status == "ISSUED"
    session_hierarchy.leaf.revoke()
    session_hierarchy.root.create_subordinate_ca(f"{number}")

    assert session_hierarchy.leaf.status == "REVOKED"
    assert len(pca.authorities) == 3


@pytest.fixture(scope="module")
def session_hierarchy() -> Iterator[Hierarchy]:
    """Of a mock that runs as long as the tests that share it."""
    with mock_pca() as pca:
        hierarchy = Hierarchy.made_in(pca)
        yield hierarchy
        assert hierarchy.leaf.status == "ISSUED"
        assert len(pca.authorities) == 2


def test_a_mock_of_another_account_can_restore_it_too(ended: Hierarchy) -> None:
    with mock_pca(account_id="111122223333") as pca:
        pca.restore(ended.kept)

        assert ended.issuing.issue("localhost").status == "ISSUED"
        assert (
            pca.client(region_name=REGION).list_certificate_authorities()["CertificateAuthorities"]
            == []
        )


# Everything comes back


@pytest.fixture
def full(pca: PcaMock) -> Hierarchy:
    """A hierarchy with something of everything."""
    pca.clock.freeze(NOON)
    result = Hierarchy.made_in(pca)
    client = pca.client(region_name=REGION)
    arn = result.issuing.arn
    client.tag_certificate_authority(
        CertificateAuthorityArn=arn, Tags=[{"Key": "team", "Value": "pki"}]
    )
    client.create_permission(
        CertificateAuthorityArn=arn,
        Principal="acm.amazonaws.com",
        Actions=["IssueCertificate", "GetCertificate", "ListPermissions"],
    )
    policies.share(support.Ca(client, arn))
    result.report_id = revoking.create_report(support.Ca(client, arn))["AuditReportId"]
    result.other.revoke("SUPERSEDED")
    result.kept = pca.snapshot()
    return result


def everything(pca: PcaMock) -> Any:
    """All that the mock remembers, and its buckets, clock and plans."""
    return (
        inside.snapshot(pca),
        revoking._remembered(pca)[1],
        {name: dict(pca.buckets[name]) for name in pca.buckets},
        pca.clock.now(),
        [repr(plan) for plan in pca._state.plans.in_force],
        pca.events.eventbridge(),
    )


def change_everything(pca: PcaMock, result: Hierarchy) -> None:
    """Change whatever there is."""
    client = pca.client(region_name=REGION)
    arn = result.issuing.arn
    pca.clock.advance(days=10)
    client.untag_certificate_authority(
        CertificateAuthorityArn=arn, Tags=[{"Key": "team", "Value": "pki"}]
    )
    client.tag_certificate_authority(
        CertificateAuthorityArn=arn, Tags=[{"Key": "other", "Value": "x"}]
    )
    client.delete_permission(CertificateAuthorityArn=arn, Principal="acm.amazonaws.com")
    client.delete_policy(ResourceArn=arn)
    revoking.create_report(support.Ca(client, arn))
    result.leaf.revoke()
    result.issuing.issue("three", IdempotencyToken="token")
    result.root.create_subordinate_ca("Later")
    revocation = {"RevocationConfiguration": revoking.crl_on(S3BucketName="elsewhere")}
    client.update_certificate_authority(CertificateAuthorityArn=arn, **revocation)
    pca.fail("ListTags", "ThrottlingException")
    result.issuing.delete()
    result.root.delete()
    pca.clock.advance(days=31)
    assert pca.authorities[:1] != [result.root]


def test_everything_comes_back(pca: PcaMock, full: Hierarchy) -> None:
    before = everything(pca)
    change_everything(pca, full)
    assert everything(pca) != before
    pca.restore(full.kept)

    assert everything(pca) == before
    client = pca.client(region_name=REGION)
    arn = full.issuing.arn
    assert client.list_tags(CertificateAuthorityArn=arn)["Tags"] == [
        {"Key": "team", "Value": "pki"}
    ]
    (permission,) = client.list_permissions(CertificateAuthorityArn=arn)["Permissions"]
    assert permission["Principal"] == "acm.amazonaws.com"
    assert policies.OTHER in client.get_policy(ResourceArn=arn)["Policy"]
    report = revoking.describe_report(support.Ca(client, arn), full.report_id)
    assert report["AuditReportStatus"] == "SUCCESS"
    assert (full.leaf.status, full.other.status) == ("ISSUED", "REVOKED")
    assert listed(pca, full.issuing) == [full.other.serial]


def test_everything_comes_back_in_a_later_mock(pca: PcaMock, full: Hierarchy) -> None:
    before = everything(pca)
    with mock_pca() as later:
        later.restore(full.kept)
        assert everything(later) == before


def test_a_snapshot_can_be_restored_again_and_again(pca: PcaMock, full: Hierarchy) -> None:
    before = everything(pca)
    for _ in range(3):
        change_everything(pca, full)
        pca.restore(full.kept)
        assert everything(pca) == before


def test_a_later_mock_changes_neither_the_snapshot_nor_the_mock_that_it_is_of(
    pca: PcaMock, full: Hierarchy
) -> None:
    before = everything(pca)
    with mock_pca() as later:
        later.restore(full.kept)
        change_everything(later, full)

    assert everything(pca) == before
    pca.restore(full.kept)
    assert everything(pca) == before


def test_later_snapshots_do_not_change_earlier_ones(pca: PcaMock, full: Hierarchy) -> None:
    before = everything(pca)
    change_everything(pca, full)
    after, later = everything(pca), pca.snapshot()

    pca.restore(full.kept)
    assert everything(pca) == before
    pca.restore(later)
    assert everything(pca) == after


def test_the_repr_of_a_snapshot_shows_its_contents(ended: Hierarchy) -> None:
    with mock_pca() as pca:
        assert repr(pca.snapshot()) == "<Snapshot of 0 CAs>"
    assert repr(ended.kept) == "<Snapshot of 2 CAs>"


# The parts


def test_crls_go_on_from_where_they_were(ended: Hierarchy) -> None:
    with mock_pca() as pca:
        pca.restore(ended.kept)
        number = crl_number(pca, ended.issuing)
        ended.leaf.revoke()
        first = crl_number(pca, ended.issuing)
        ended.other.revoke()

        assert number < first < crl_number(pca, ended.issuing)
        assert listed(pca, ended.issuing) == [ended.other.serial, ended.leaf.serial]
        pca.restore(ended.kept)
        assert crl_number(pca, ended.issuing) == number
        assert listed(pca, ended.issuing) == []


def test_crls_that_became_due_meanwhile_are_written_at_the_restore() -> None:
    with time_machine.travel(NOON, tick=False) as machine:
        with mock_pca() as pca:
            hierarchy = Hierarchy.made_in(pca)
            number = crl_number(pca, hierarchy.issuing)
        machine.shift(timedelta(days=4))
        with mock_pca() as pca:
            pca.restore(hierarchy.kept)

            assert crl_number(pca, hierarchy.issuing) > number


def test_partitions_of_crls_come_back(pca: PcaMock) -> None:
    configuration = revoking.crl_on(CrlType="PARTITIONED")
    root = pca.create_root_ca(RevocationConfiguration=configuration, region_name=REGION)
    leaf = root.issue("localhost")
    kept, before = pca.snapshot(), revoking.crls(pca)
    leaf.revoke()
    assert revoking.crls(pca) != before
    pca.restore(kept)

    assert revoking.crls(pca) == before
    assert len(before) == 1
    leaf.revoke()
    (crl,) = revoking.crls(pca).values()
    assert revoking.listed(crl) == [leaf.serial]


def test_idempotency_tokens_come_back(pca: PcaMock, pca_root_ca: Authority) -> None:
    csr = support.KeyHolder().csr()
    first = pca_root_ca.issue(csr=csr, IdempotencyToken="early")
    kept = pca.snapshot()
    late = pca_root_ca.issue(csr=csr, IdempotencyToken="late")
    pca.restore(kept)

    assert pca_root_ca.issue(csr=csr, IdempotencyToken="early") == first
    assert pca_root_ca.issue(csr=csr, IdempotencyToken="late") != late
    assert len(pca_root_ca.certificates) == 3


def test_the_clock_comes_back_as_it_was_set(pca: PcaMock) -> None:
    with time_machine.travel(NOON, tick=False) as machine:
        pca.clock.advance(days=1)
        ahead = pca.snapshot()
        pca.clock.freeze(NOON - timedelta(days=1))
        frozen = pca.snapshot()
        pca.clock.reset()
        machine.shift(timedelta(hours=1))

        pca.restore(ahead)
        assert pca.clock.now() == NOON + timedelta(days=1, hours=1)
        assert not pca.clock.is_frozen
        pca.restore(frozen)
        assert pca.clock.now() == NOON - timedelta(days=1)
        assert pca.clock.is_frozen


def test_planned_faults_come_back_with_their_remaining_strikes(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    plan = pca.fail("ListCertificateAuthorities", "LimitExceededException", times=2)
    kept = pca.snapshot()
    for _ in range(2):
        for _ in range(2):
            with refused("LimitExceededException"):
                pca_client.list_certificate_authorities()
        pca_client.list_certificate_authorities()
        pca.restore(kept)
    plan.cancel()
    pca_client.list_certificate_authorities()

    assert plan.left == 2


def test_a_fault_that_a_later_mock_has_got_can_be_cancelled_there() -> None:
    with mock_pca() as pca:
        plan = pca.fail("ListCertificateAuthorities", "LimitExceededException")
        kept = pca.snapshot()
    with mock_pca() as pca:
        pca.restore(kept)
        with refused("LimitExceededException"):
            pca.client().list_certificate_authorities()
        plan.cancel()
        pca.client().list_certificate_authorities()


def test_held_things_come_back_with_their_remaining_polls(
    pca: PcaMock, pca_root_ca: Authority
) -> None:
    pca.hold("IssueCertificate", polls=1, times=1)
    leaf = pca_root_ca.issue("localhost")
    kept = pca.snapshot()
    for _ in range(2):
        assert leaf.status == "PENDING"
        with refused("RequestInProgressException"):
            pca.client().get_certificate(
                CertificateAuthorityArn=pca_root_ca.arn, CertificateArn=leaf.arn
            )
        assert leaf.status == "ISSUED"
        pca.restore(kept)


def test_failed_issuances_come_back(pca: PcaMock, pca_root_ca: Authority) -> None:
    pca.fail_later("IssueCertificate", times=1)
    leaf = pca_root_ca.issue("localhost")
    kept = pca.snapshot()
    pca.reset()
    pca.restore(kept)

    assert leaf.status == "FAILED"


def test_the_log_stays_unless_it_is_to_come_back_too(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    pca_client.list_certificate_authorities(MaxResults=1)
    kept = pca.snapshot()
    pca_client.list_certificate_authorities(MaxResults=2)

    pca.restore(kept)
    assert [call.params["MaxResults"] for call in pca.calls] == [1, 2]
    pca.restore(kept, calls=True)
    assert [call.params["MaxResults"] for call in pca.calls] == [1]
    pca_client.list_certificate_authorities(MaxResults=3)
    pca.restore(kept, calls=True)
    assert len(pca.calls) == 1


def test_the_log_comes_back_in_a_later_mock(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    pca_client.list_certificate_authorities()
    kept = pca.snapshot()

    with mock_pca() as later:
        later.restore(kept)
        assert len(later.calls) == 0
        later.restore(kept, calls=True)
        assert list(later.calls) == list(pca.calls)


def test_accounts_and_regions_come_back(pca: PcaMock) -> None:
    with pca.as_account("222222222222"):
        theirs = pca.create_root_ca(region_name="eu-west-1")
    ours = pca.create_root_ca(region_name="eu-north-1")
    kept = pca.snapshot()
    pca.reset()
    assert pca.authorities == []
    pca.restore(kept)

    assert pca.authorities == [theirs, ours]


def test_new_cas_come_after_those_that_came_back(ended: Hierarchy) -> None:
    with mock_pca() as pca:
        pca.create_root_ca()
        pca.restore(ended.kept)
        new = pca.create_root_ca(region_name=REGION)

        assert pca.authorities == [ended.root, ended.issuing, new]
        client = pca.client(region_name=REGION)
        arns = [ca.arn for ca in pca.authorities]
        pages = client.get_paginator("list_certificate_authorities").paginate(
            PaginationConfig={"PageSize": 1}
        )
        assert [ca["Arn"] for page in pages for ca in page["CertificateAuthorities"]] == arns


def test_a_seeded_mock_goes_on_as_it_would_have() -> None:
    with mock_pca(seed=7) as pca:
        pca.clock.freeze(NOON)
        root = pca.create_root_ca()
        kept = pca.snapshot()
        expected = root.issue("localhost").certificate_pem
        pca.restore(kept)
        assert root.issue("localhost").certificate_pem == expected
    with mock_pca(seed="another") as pca:
        pca.restore(kept)
        assert root.issue("localhost").certificate_pem == expected


def test_a_seed_and_a_snapshot_without_one_get_along(ended: Hierarchy) -> None:
    def made() -> str:
        with mock_pca(seed=7) as pca:
            pca.restore(ended.kept)
            return pca.create_root_ca().arn

    assert made() == made()
    with mock_pca(seed=7) as pca:
        kept = pca.snapshot()
    with mock_pca() as pca:
        pca.restore(kept)
        first = pca.create_root_ca().arn
        pca.restore(kept)
        assert pca.create_root_ca().arn != first


def test_forbidden_and_removed_buckets_come_back_as_such(pca: PcaMock) -> None:
    pca.buckets.forbid("forbidden")
    pca.buckets.remove("missing")
    kept = pca.snapshot()
    for bucket in ("forbidden", "missing"):
        pca.buckets.allow(bucket)
        pca.create_root_ca(crl_bucket=bucket)
    pca.restore(kept)

    for bucket in ("forbidden", "missing"):
        with pytest.raises(ClientError, match="Permission error"):
            pca.create_root_ca(crl_bucket=bucket)


def test_buckets_of_moto_are_not_the_mocks_own(pca: PcaMock) -> None:
    with mock_aws():
        s3 = boto3.client("s3", REGION)
        s3.create_bucket(Bucket="crls")
        hierarchy = Hierarchy.made_in(pca)
        hierarchy.leaf.revoke()
        pca.restore(hierarchy.kept)

        assert hierarchy.leaf.status == "ISSUED"
        assert listed(pca, hierarchy.issuing) == [hierarchy.leaf.serial]


# Reset


def test_a_reset_mock_is_as_it_was_at_its_start(pca: PcaMock) -> None:
    result = Hierarchy.made_in(pca)
    pca.clock.freeze(NOON)
    pca.fail("ListTags", "ThrottlingException")
    pca.reset()

    assert (pca.authorities, list(pca.certificates), len(pca.calls)) == ([], [], 0)
    assert dict(pca.buckets) == {}
    assert not pca.clock.is_frozen
    assert abs(pca.clock.now() - datetime.now(timezone.utc)) < timedelta(minutes=1)
    assert pca._state.plans.in_force == []
    with refused("ResourceNotFoundException"):
        result.root.disable()
    pca.restore(result.kept)
    assert result.root.issue("localhost").status == "ISSUED"


def test_buckets_can_be_written_to_after_a_reset(pca: PcaMock) -> None:
    pca.buckets.forbid("forbidden")
    pca.buckets.remove("missing")
    pca.reset()

    for bucket in ("forbidden", "missing"):
        assert pca.create_root_ca(crl_bucket=bucket).status == "ACTIVE"


def test_a_reset_keeps_the_options_of_the_mock() -> None:
    with mock_pca(account_id="111122223333", quotas={"certificate_authorities": 1}) as pca:
        pca.create_root_ca()
        pca.reset()

        assert pca.create_root_ca().account_id == "111122223333"
        with refused("LimitExceededException"):
            pca.create_root_ca()


def test_a_reset_starts_the_seed_again() -> None:
    with mock_pca(seed=7) as pca:
        first = pca.create_root_ca().arn
        pca.reset()

        assert pca.create_root_ca().arn == first


# Keys


@pytest.fixture
def empty_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start with an empty pool of keys."""
    monkeypatch.setattr("pca_mock.state.keys._free", {})


def public_keys(pca: PcaMock) -> set[bytes]:
    return {ca.spki for ca in pca._state.all_authorities()}


@pytest.mark.usefixtures("empty_pool")
@pytest.mark.parametrize("key_algorithm", ["EC_prime256v1", "RSA_2048"])
def test_no_other_ca_ever_gets_the_keys_of_a_snapshot(key_algorithm: KeyAlgorithm) -> None:
    with mock_pca() as pca:
        pca.create_root_ca(key_algorithm=key_algorithm)
        kept, keys = pca.snapshot(), public_keys(pca)
    with mock_pca() as pca:
        pca.restore(kept)
        for _ in range(3):
            pca.create_root_ca(key_algorithm=key_algorithm)
        assert len(public_keys(pca)) == 4
    with mock_pca() as pca:
        pca.restore(kept)
        pca.reset()
        for _ in range(3):
            pca.create_root_ca(key_algorithm=key_algorithm)
        assert not public_keys(pca) & keys
        pca.restore(kept)
        assert public_keys(pca) == keys


@pytest.mark.usefixtures("empty_pool")
def test_keys_that_came_after_a_snapshot_are_used_again() -> None:
    with mock_pca() as pca:
        kept = pca.snapshot()
        pca.create_root_ca(key_algorithm="RSA_2048")
        keys = public_keys(pca)
        pca.restore(kept)
        pca.create_root_ca(key_algorithm="RSA_2048")
        assert not public_keys(pca) & keys
        keys |= public_keys(pca)
    with mock_pca() as pca:
        for _ in range(2):
            pca.create_root_ca(key_algorithm="RSA_2048")
        assert public_keys(pca) == keys


@pytest.mark.usefixtures("empty_pool")
def test_keys_are_used_again_right_after_a_reset() -> None:
    with mock_pca() as pca:
        pca.create_root_ca(key_algorithm="RSA_2048")
        keys = public_keys(pca)
        pca.reset()
        pca.create_root_ca(key_algorithm="RSA_2048")

        assert public_keys(pca) == keys


def test_an_ended_mock_has_no_snapshot_because_others_may_have_its_keys() -> None:
    with mock_pca() as pca:
        pca.create_root_ca()

    with pytest.raises(RuntimeError, match="this mock has ended"):
        pca.snapshot()


# Costs


@pytest.mark.parametrize("number", [1, 50])
def test_a_snapshot_copies_cas_and_crls_but_no_certificate(
    number: int, pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = pca.create_root_ca(crl_bucket="crls")
    csr = support.KeyHolder().csr()
    for _ in range(number):
        root.issue(csr=csr)
    copied: list[object] = []
    monkeypatch.setattr("pca_mock.state.authority.copy", _Counting(copied))

    kept = pca.snapshot()
    assert len(copied) == 2
    pca.restore(kept)
    assert len(copied) == 4


class _Counting:
    """The module `copy`, with a list of the objects that it has copied."""

    def __init__(self, copied: list[object]) -> None:
        self._copied = copied

    def copy(self, value: Any) -> Any:
        self._copied.append(value)
        return copy.copy(value)


def test_snapshots_share_the_records_that_never_change(ended: Hierarchy) -> None:
    result = []
    for _ in range(2):
        with mock_pca() as pca:
            pca.restore(ended.kept)
            result.append(inside.authority(pca, ended.issuing.arn))
    first, second = result

    assert first is not second
    assert first.installed is second.installed
    assert first.key is second.key
    assert first.certificates is not second.certificates
    for serial, certificate in first.certificates.items():
        assert certificate is second.certificates[serial]


# Threads


def test_threads_may_issue_while_others_take_and_restore_snapshots(
    pca: PcaMock, pca_root_ca: Authority
) -> None:
    csr = support.KeyHolder().csr()
    kept = pca.snapshot()

    def issue() -> None:
        for _ in range(20):
            pca_root_ca.issue(csr=csr)

    def restore() -> None:
        for _ in range(20):
            pca.restore(kept)
            pca.snapshot()

    with ThreadPoolExecutor(4) as pool:
        for result in [pool.submit(work) for work in (issue, restore, issue, restore)]:
            result.result()
    pca.restore(kept)

    assert len(pca_root_ca.certificates) == 1


def test_one_snapshot_may_be_restored_in_several_threads(ended: Hierarchy, pca: PcaMock) -> None:
    barrier = threading.Barrier(4)

    def work(_: int) -> None:
        barrier.wait()
        for _ in range(10):
            pca.restore(ended.kept)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert pca.authorities == [ended.root, ended.issuing]
    ended.leaf.revoke()
    assert listed(pca, ended.issuing) == [ended.leaf.serial]


# Idempotency tokens


def test_tokens_are_forgotten_when_they_have_become_invalid() -> None:
    tokens = Tokens()
    for second in range(1000):
        tokens.remember(NOON + timedelta(seconds=second), f"arn {second}", "Issue", str(second))

    now = NOON + timedelta(seconds=999)
    assert tokens.find(now, "Issue", "699") is None
    assert tokens.find(now, "Issue", "700") == "arn 700"
    assert len(tokens._answers) == 300


def test_a_token_that_is_used_again_after_its_time_is_kept_as_long_as_others() -> None:
    tokens = Tokens()
    for minutes in (0, 6, 10):
        tokens.remember(NOON + timedelta(minutes=minutes), f"arn {minutes}", "Issue", "token")
        tokens.remember(NOON + timedelta(minutes=minutes), "other", "Issue", f"token {minutes}")

    assert tokens.find(NOON + timedelta(minutes=14), "Issue", "token") == "arn 10"
    assert tokens.find(NOON + timedelta(minutes=14), "Issue", "token 6") is None
