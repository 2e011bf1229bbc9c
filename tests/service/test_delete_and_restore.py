from __future__ import annotations

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import botocore.waiter
import pytest
import time_machine
from botocore.exceptions import ClientError, ParamValidationError, WaiterError

from pca_mock import PcaMock, mock_pca
from pca_mock.state.authority import Status
from tests import inside
from tests.refusals import refused
from tests.support import Ca, KeyHolder, configuration, pending, root

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

NOON = datetime(2027, 3, 1, 12, 0, 0, 345678, tzinfo=timezone.utc)
NOON_IN_MILLISECONDS = NOON.replace(microsecond=345000)
ONE_DAY: Any = {"Type": "DAYS", "Value": 1}
CSR = KeyHolder().csr()


def delete(ca: Ca, **request: Any) -> None:
    """Delete a CA; the answer has nothing in it."""
    answer = ca.client.delete_certificate_authority(CertificateAuthorityArn=ca.arn, **request)
    assert answer.keys() == {"ResponseMetadata"}


def restore(ca: Ca) -> None:
    """Restore a CA; the answer has nothing in it."""
    answer = ca.client.restore_certificate_authority(CertificateAuthorityArn=ca.arn)
    assert answer.keys() == {"ResponseMetadata"}


def disabled(client: ACMPCAClient, **request: Any) -> Ca:
    """A root CA that is switched off."""
    ca = root(client, **request)
    client.update_certificate_authority(CertificateAuthorityArn=ca.arn, Status="DISABLED")
    return ca


def listed(client: ACMPCAClient) -> list[str]:
    """The ARNs of all CAs."""
    cas = client.list_certificate_authorities()["CertificateAuthorities"]
    return [ca["Arn"] for ca in cas]


# Deletion


@pytest.mark.parametrize("days", [None, 7, 8, 29, 30])
def test_a_deleted_ca_can_be_restored_for_the_requested_days(
    pca_client: ACMPCAClient, days: int | None
) -> None:
    ca = pending(pca_client)
    before = ca.describe()
    request = {} if days is None else {"PermanentDeletionTimeInDays": days}

    with time_machine.travel(NOON, tick=False):
        delete(ca, **request)

        assert ca.describe() == {
            **before,
            "Status": "DELETED",
            "LastStateChangeAt": NOON_IN_MILLISECONDS,
            "RestorableUntil": NOON_IN_MILLISECONDS + timedelta(days=days or 30),
        }


def test_a_deleted_ca_is_still_described_with_its_certificate(pca_client: ACMPCAClient) -> None:
    ca = disabled(pca_client)
    before = ca.describe()

    delete(ca)

    after = ca.describe()
    assert after.keys() - before.keys() == {"RestorableUntil"}
    for member in ("Serial", "NotBefore", "NotAfter"):
        assert after[member] == before[member]


def test_a_deleted_ca_is_listed_until_it_cannot_be_restored(pca_client: ACMPCAClient) -> None:
    first, ca, last = (pending(pca_client) for _ in range(3))
    with time_machine.travel(NOON, tick=False) as clock:
        delete(ca)
        end = ca.describe()["RestorableUntil"]
        clock.move_to(end - timedelta(milliseconds=1))
        assert listed(pca_client) == [first.arn, ca.arn, last.arn]

        clock.move_to(end)

        assert listed(pca_client) == [first.arn, last.arn]


def test_a_ca_whose_time_has_run_out_is_not_found(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)
    with time_machine.travel(NOON, tick=False) as clock:
        delete(ca, PermanentDeletionTimeInDays=7)
        clock.move_to(ca.describe()["RestorableUntil"])

        for call in (restore, delete, Ca.describe, Ca.csr):
            with refused("ResourceNotFoundException", pca):
                call(ca)


@pytest.mark.parametrize("days", [31, 365])
def test_more_days_than_the_model_has_are_a_validation_exception(
    pca: PcaMock, pca_client: ACMPCAClient, days: int
) -> None:
    ca = pending(pca_client)

    with refused("ValidationException", pca):
        delete(ca, PermanentDeletionTimeInDays=days)


@pytest.mark.parametrize("days", [6, 0, -1])
def test_fewer_days_are_refused_by_botocore(pca_client: ACMPCAClient, days: int) -> None:
    ca = pending(pca_client)

    with pytest.raises(ParamValidationError):
        delete(ca, PermanentDeletionTimeInDays=days)
    assert ca.status == "PENDING_CERTIFICATE"


def test_an_active_ca_must_be_disabled_before_it_is_deleted(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca = root(pca_client)
    ca.issue(CSR)  # certificates that are in use don't matter

    with refused("InvalidStateException", pca):
        delete(ca)
    pca_client.update_certificate_authority(CertificateAuthorityArn=ca.arn, Status="DISABLED")
    delete(ca)

    assert ca.status == "DELETED"


def test_a_second_deletion_is_refused_and_does_not_prolong_the_first(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca = pending(pca_client)
    delete(ca, PermanentDeletionTimeInDays=7)

    with refused("InvalidStateException", pca):
        delete(ca)


def test_a_failed_ca_is_gone_at_once(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)
    inside.put_in(pca, ca.arn, Status.FAILED)
    assert ca.describe()["FailureReason"] == "OTHER"

    delete(ca, PermanentDeletionTimeInDays=7)

    assert listed(pca_client) == []
    for call in (restore, Ca.describe):
        with refused("ResourceNotFoundException", pca):
            call(ca)


# Restoration


@pytest.mark.parametrize(
    ("make", "status"), [(pending, "PENDING_CERTIFICATE"), (disabled, "DISABLED")]
)
def test_a_restored_ca_has_the_status_before_its_deletion(
    pca_client: ACMPCAClient, make: Any, status: str
) -> None:
    ca = make(pca_client)
    before = ca.describe()
    delete(ca)

    with time_machine.travel(ca.describe()["RestorableUntil"] - timedelta(seconds=1), tick=False):
        restore(ca)
        after = ca.describe()

        assert after == {**before, "LastStateChangeAt": datetime.now(timezone.utc)}
        assert after["Status"] == status


def test_a_restored_ca_can_be_deleted_and_restored_again(pca_client: ACMPCAClient) -> None:
    ca = disabled(pca_client)

    for days in (7, 30):
        delete(ca, PermanentDeletionTimeInDays=days)
        assert ca.status == "DELETED"
        restore(ca)
        assert ca.status == "DISABLED"


def test_a_restored_ca_works_after_it_is_enabled(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    ca = root(pca_client)
    leaf = ca.issue(CSR)
    pca_client.update_certificate_authority(CertificateAuthorityArn=ca.arn, Status="DISABLED")
    delete(ca)
    with refused("InvalidStateException", pca):
        ca.get(leaf)

    restore(ca)
    assert ca.get(leaf)
    with refused("InvalidStateException", pca):
        ca.issue(CSR)
    pca_client.update_certificate_authority(CertificateAuthorityArn=ca.arn, Status="ACTIVE")

    assert ca.issue(CSR)


def test_a_certificate_can_be_imported_into_a_restored_pending_ca(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)
    delete(ca)
    restore(ca)

    ca.install(ca.issued(ca.csr(), "RootCACertificate"))

    assert ca.status == "ACTIVE"


@pytest.mark.parametrize("expires", ["before the deletion", "after the deletion"])
def test_a_ca_whose_certificate_has_expired_meanwhile_is_restored_as_expired(
    pca_client: ACMPCAClient, expires: str
) -> None:
    ca = disabled(pca_client, validity=ONE_DAY)
    two_days_later = datetime.now(timezone.utc) + timedelta(days=2)
    if expires == "after the deletion":
        delete(ca)

    with time_machine.travel(two_days_later, tick=False):
        if expires == "before the deletion":
            assert ca.status == "EXPIRED"
            delete(ca)
        assert ca.status == "DELETED"
        restore(ca)

        assert ca.status == "EXPIRED"
        ca.install(ca.issued(ca.csr(), "RootCACertificate"))
        assert ca.status == "DISABLED"


def test_an_active_ca_that_expired_is_deleted_restored_and_renewed_to_active(
    pca_client: ACMPCAClient,
) -> None:
    ca = root(pca_client, validity=ONE_DAY)

    with time_machine.travel(datetime.now(timezone.utc) + timedelta(days=2), tick=False):
        delete(ca)
        restore(ca)
        assert ca.status == "EXPIRED"
        ca.install(ca.issued(ca.csr(), "RootCACertificate"))

        assert ca.status == "ACTIVE"


def test_everything_that_belongs_to_a_ca_comes_back_with_it(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    tags: Any = [{"Key": "a", "Value": "b"}]
    ca = disabled(pca_client, Tags=tags)
    about: Any = {"CertificateAuthorityArn": ca.arn}
    pca_client.create_permission(**about, Principal="acm.amazonaws.com", Actions=["GetCertificate"])
    permissions = pca_client.list_permissions(**about)["Permissions"]

    delete(ca)
    for refused_call in (pca_client.list_tags, pca_client.list_permissions):
        with refused("InvalidStateException", pca):
            refused_call(**about)
    restore(ca)

    assert pca_client.list_tags(**about)["Tags"] == tags
    assert pca_client.list_permissions(**about)["Permissions"] == permissions


def test_only_a_deleted_ca_can_be_restored(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    for ca in (pending(pca_client), root(pca_client), disabled(pca_client)):
        with refused("InvalidStateException", pca):
            restore(ca)


def test_a_restored_ca_does_not_vanish_when_its_time_would_have_run_out(
    pca_client: ACMPCAClient,
) -> None:
    ca = pending(pca_client)
    delete(ca)
    end = ca.describe()["RestorableUntil"]
    restore(ca)

    with time_machine.travel(end + timedelta(days=1), tick=False):
        assert ca.status == "PENDING_CERTIFICATE"


# Creation that takes its time


def test_a_ca_is_being_created_for_the_time_that_was_set() -> None:
    with (
        time_machine.travel(NOON, tick=False) as clock,
        mock_pca(creation_delay=timedelta(seconds=5)) as pca,
    ):
        ca = pending(pca.client())
        creating = ca.describe()
        clock.move_to(NOON_IN_MILLISECONDS + timedelta(seconds=4.999))
        assert ca.describe() == creating
        with refused("RequestInProgressException", pca):
            ca.csr()

        clock.move_to(NOON_IN_MILLISECONDS + timedelta(seconds=5))

        assert creating["Status"] == "CREATING"
        assert creating["LastStateChangeAt"] == creating["CreatedAt"] == NOON_IN_MILLISECONDS
        assert ca.describe() == {
            **creating,
            "Status": "PENDING_CERTIFICATE",
            "LastStateChangeAt": NOON_IN_MILLISECONDS + timedelta(seconds=5),
        }
        assert ca.csr()


def test_the_waiter_for_the_csr_waits_until_the_ca_is_made() -> None:
    with mock_pca(creation_delay=timedelta(seconds=7)) as pca:
        pca.clock.freeze(NOON)
        ca = pending(pca.client())

        waiter = pca.client().get_waiter("certificate_authority_csr_created")
        waiter.wait(CertificateAuthorityArn=ca.arn)

        assert pca.clock.now() == NOON + timedelta(seconds=9)
        assert ca.status == "PENDING_CERTIFICATE"
        assert ca.csr()


def test_the_waiter_for_the_csr_does_not_wait_for_a_ca_that_is_made(
    pca_client: ACMPCAClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps: list[float] = []
    monkeypatch.setattr(botocore.waiter, "time", SimpleNamespace(sleep=naps.append))
    ca = pending(pca_client)

    waiter = pca_client.get_waiter("certificate_authority_csr_created")
    waiter.wait(CertificateAuthorityArn=ca.arn)

    assert naps == []


def test_the_waiter_for_the_csr_ends_with_an_error_that_no_time_mends(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca = pending(pca_client)
    inside.put_in(pca, ca.arn, Status.FAILED)

    with pytest.raises(WaiterError, match="certificate signing request"):
        pca_client.get_waiter("certificate_authority_csr_created").wait(
            CertificateAuthorityArn=ca.arn
        )


def test_a_ca_that_is_deleted_while_it_is_created_is_gone_at_once() -> None:
    with mock_pca(creation_delay=timedelta(hours=1)) as pca:
        client = pca.client()
        gone, kept = pending(client), pending(client, configuration_=configuration("Kept"))

        delete(gone)

        assert listed(client) == [kept.arn]
        for call in (restore, Ca.describe):
            with refused("ResourceNotFoundException", pca):
                call(gone)


def test_a_created_ca_goes_on_through_its_life() -> None:
    with (
        time_machine.travel(NOON, tick=False) as clock,
        mock_pca(creation_delay=timedelta(seconds=5)) as pca,
    ):
        ca = pending(pca.client())
        with pytest.raises(ClientError, match="InvalidStateException"):
            ca.install("x")
        clock.shift(10)

        ca.install(ca.issued(ca.csr(), "RootCACertificate"))

        assert ca.status == "ACTIVE"
        assert ca.describe()["LastStateChangeAt"] == NOON_IN_MILLISECONDS + timedelta(seconds=10)
