"""State in a file: whatever has been answered is there again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from pca_mock import Authority, PcaMock, mock_pca
from pca_mock.server.persistence import StateFile, StateFileError
from tests import revoking, support
from tests.acm.clients import client
from tests.acm.requesting import request

PROGRAM = Path(__file__).parents[1] / "programs" / "killed.py"
# Each kill takes a while; CI does it fifty times.
KILLS = 50 if os.environ.get("PCA_MOCK_NOTHING_MISSING") else 4


@contextmanager
def kept(file: Path, **options: Any) -> Iterator[PcaMock]:
    """A mock whose state is kept in a file."""
    with mock_pca(**options) as pca:
        state_file = StateFile(file, pca._state)
        try:
            yield pca
        finally:
            state_file.close()


def report(pca: PcaMock, ca: Authority) -> None:
    pca.client().create_certificate_authority_audit_report(
        CertificateAuthorityArn=ca.arn, S3BucketName="reports", AuditReportResponseFormat="JSON"
    )


def populate(pca: PcaMock) -> None:
    """Something of everything that can be remembered."""
    root = pca.create_root_ca(
        "Root", crl_bucket="crls", ocsp=True, Tags=[{"Key": "a", "Value": ""}]
    )
    issuing = root.create_subordinate_ca("Issuing", key_algorithm="RSA_2048")
    root.issue("www.example.com").revoke("KEY_COMPROMISE")
    issuing.issue("mail.example.com", IdempotencyToken="once")
    client = pca.client()
    client.create_permission(
        CertificateAuthorityArn=issuing.arn,
        Principal="acm.amazonaws.com",
        Actions=["IssueCertificate", "GetCertificate", "ListPermissions"],
    )
    report(pca, root)
    pca.create_root_ca("Other", region_name="eu-west-1").delete(7)
    with pca.hold("CreateCertificateAuthority", polls=2), pca.as_account("222222222222"):
        client.create_certificate_authority(
            CertificateAuthorityType="ROOT",
            CertificateAuthorityConfiguration={
                "KeyAlgorithm": "EC_prime256v1",
                "SigningAlgorithm": "SHA256WITHECDSA",
                "Subject": {"CommonName": "Pending"},
            },
            IdempotencyToken="twice",
        )


def test_everything_is_there_again(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with kept(file) as pca:
        pca.clock.freeze("2030-01-01T00:00:00Z")
        populate(pca)
        before = [(ca.arn, ca.status, ca.describe()) for ca in pca.authorities]
        issued = [(each.arn, each.status, each.chain_pem) for each in pca.certificates]
        reports = dict(pca.buckets["reports"])
        tags = pca.client().list_tags(CertificateAuthorityArn=before[0][0])["Tags"]

    with kept(file) as pca:
        assert pca.clock.now().year == 2030
        assert [(ca.arn, ca.status, ca.describe()) for ca in pca.authorities] == before
        assert [(each.arn, each.status, each.chain_pem) for each in pca.certificates] == issued
        assert dict(pca.buckets["reports"]) == reports
        assert pca.client().list_tags(CertificateAuthorityArn=before[0][0])["Tags"] == tags
        root, issuing, *_ = pca.authorities
        assert len(
            pca.client().list_permissions(CertificateAuthorityArn=issuing.arn)["Permissions"]
        )
        again = issuing.issue("mail.example.com", IdempotencyToken="once")
        assert again.arn in [arn for arn, *_ in issued]
        (revoked,) = root.crl
        assert f"{revoked.serial_number:032x}" == next(
            each.serial for each in pca.certificates if each.status == "REVOKED"
        )
        assert root.issue("new.example.com").chain_pem == root.certificate_pem


def test_refused_deleted_and_reset_things_are_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with kept(file) as pca:
        first = pca.create_root_ca("First")
        report(pca, first)
        snapshot = pca.snapshot()
        pca.create_root_ca("Second")
        with pytest.raises(Exception, match="ValidationException"):
            first.issue("localhost", validity=timedelta(days=-1))
        pca.restore(snapshot)
        with pca.hold("CreateCertificateAuthority", polls=9):
            support.pending(client := pca.client())
        (held,) = (ca for ca in pca.authorities if ca.status == "CREATING")
        client.delete_certificate_authority(CertificateAuthorityArn=held.arn)

    with kept(file) as pca:
        assert [ca.arn for ca in pca.authorities] == [first.arn]
        assert len(pca.certificates) == 1
        assert len(pca.buckets["reports"]) == 1
        pca.reset()
    with kept(file) as pca:
        assert pca.authorities == []


def test_a_report_in_motos_s3_is_not_kept_here_too(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with mock_aws():
        boto3.client("s3", "us-east-1").create_bucket(Bucket="reports")
        with kept(file) as pca:
            report(pca, pca.create_root_ca())
            assert len(pca.buckets["reports"]) == 1

    with kept(file) as pca:
        assert "reports" not in pca.buckets


def test_each_crl_goes_on_with_its_own_entries(tmp_path: Path) -> None:
    file, quotas = tmp_path / "state.db", {"certificates_per_partition": 1}
    with kept(file, quotas=quotas) as pca:
        ca = revoking.root(pca, CrlType="PARTITIONED")
        serials = [revoking.serial(revoking.issue(ca)) for _ in range(3)]
        for serial in serials[:2]:
            revoking.revoke_serial(ca, serial)

    with kept(file, quotas=quotas) as pca:
        revoking.revoke_serial(support.Ca(pca.client(), ca.arn), serials[2])
        lists = [
            revoking.listed(data)
            for key, data in pca.buckets[revoking.BUCKET].items()
            if key.endswith(".crl")
        ]
        assert sorted(lists) == [[serial] for serial in sorted(serials)]


def test_with_a_seed_ids_do_not_repeat_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    for number in (1, 2):
        with kept(file, seed=1) as pca:
            pca.create_root_ca()
            assert len(pca.authorities) == number


@pytest.mark.parametrize("content", [b"nonsense" * 1000, "newer"])
def test_a_file_of_another_kind_is_refused(content: bytes | str, tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        with kept(file) as pca:
            journal: Any = pca._state.journal
            journal._database.execute("UPDATE meta SET value = '99' WHERE name = 'format'")

    with mock_pca() as pca, pytest.raises(StateFileError, match=r"state\.db cannot be used"):
        StateFile(file, pca._state)


def test_a_file_has_one_user_at_a_time(tmp_path: Path) -> None:
    with kept(tmp_path / "state.db") as pca, mock_pca() as other:
        with pytest.raises(StateFileError, match="locked"):
            StateFile(tmp_path / "state.db", other._state)
        assert pca.create_root_ca().status == "ACTIVE"


def test_a_server_that_is_killed_loses_nothing_that_it_has_answered(tmp_path: Path) -> None:
    command = [sys.executable, str(PROGRAM), str(KILLS), str(tmp_path / "state.db")]

    result = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)

    assert result.returncode == 0, result.stderr
    answered = json.loads(result.stdout)
    assert answered["IssueCertificate"] > KILLS
    assert answered["RevokeCertificate"] > 0


def test_the_service_that_asked_for_a_certificate_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "state.sqlite"
    with kept(file) as pca, mock_aws():
        root = pca.create_root_ca(region_name="us-east-1")
        root.issue("localhost")
        request(client("acm"), root, KeyAlgorithm="EC_prime256v1")

    with kept(file) as pca:
        (ca,) = pca._state.all_authorities()
        principals = [each.service_principal for each in ca.certificates.values()]
    assert principals == [None, None, "acm.amazonaws.com"]
