"""Nothing is left, whatever happens to a run."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from pca_mock import PcaMock, mock_pca
from pca_mock.conformance import authorities, cli, targets
from pca_mock.conformance.ledger import Ledger
from pca_mock.conformance.session import Session
from tests import processes

REGION = "us-east-1"


def begun(tmp_path: Path, pca: PcaMock, url: str) -> subprocess.Popen[bytes]:
    """A run over HTTP in a process of its own, which waits for a certificate."""
    pca.hold("IssueCertificate", polls=1000)
    command = [sys.executable, "-m", "pca_mock.conformance", "--endpoint-url", url]
    command += ["--ledger", str(tmp_path / "ledger"), "--select", "templates"]
    process = subprocess.Popen(
        command, env=processes.clean_environment(tmp_path), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not pca.calls.filter("GetCertificate"):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


def statuses(pca: PcaMock) -> set[str]:
    return {ca.status for ca in pca.authorities}


def test_a_run_that_is_ended_leaves_nothing(
    tmp_path: Path, pca: PcaMock, pca_endpoint: str
) -> None:
    process = begun(tmp_path, pca, pca_endpoint)
    process.send_signal(signal.SIGTERM)

    assert process.wait(60) == 130
    assert statuses(pca) == {"DELETED"}
    assert not (tmp_path / "ledger").exists()


def test_what_a_killed_run_leaves_is_deleted_by_its_ledger(
    tmp_path: Path, pca: PcaMock, pca_endpoint: str
) -> None:
    others = pca.create_root_ca("Somebody else's")
    process = begun(tmp_path, pca, pca_endpoint)
    process.kill()
    process.wait(60)
    ledger = tmp_path / "ledger"
    with ledger.open("a") as file:
        file.write('{"begun": true}\n{"torn')
    before = len(pca.authorities)

    status = cli.main(["--endpoint-url", pca_endpoint, "--clean-up", str(ledger)])

    assert status == 0
    assert not ledger.exists()
    assert [ca.status for ca in pca.authorities] == ["ACTIVE"] + ["DELETED"] * (before - 1)
    assert others.status == "ACTIVE"


@pytest.fixture
def run(tmp_path: Path, pca: PcaMock) -> Session:
    target = targets.InProcess(pca)
    return Session(target, Ledger(tmp_path / "ledger", target.region))


def test_a_ca_whose_creation_was_not_confirmed_is_found_by_its_tag(
    pca: PcaMock, run: Session
) -> None:
    run.create()
    run.ledger.begun()
    for tags in (run.request()["Tags"], [{"Key": "a"}]):
        pca.client().create_certificate_authority(**{**run.request(), "Tags": tags})

    assert run.close() == []
    assert [ca.status for ca in pca.authorities] == ["DELETED", "DELETED", "PENDING_CERTIFICATE"]
    again = Ledger(run.ledger.path, REGION)
    assert again.is_empty()
    assert again.run == run.ledger.run


def test_a_ca_is_deleted_whatever_its_status(tmp_path: Path) -> None:
    with mock_pca(creation_delay=timedelta(seconds=4)) as pca:
        session = Session(targets.InProcess(pca), Ledger(tmp_path / "ledger", REGION))
        creating = session.call("CreateCertificateAuthority", **session.request())
        arns = [creating["CertificateAuthorityArn"], session.shared("expired")]
        arns += [authorities.active(session), session.shared("deleted"), f"{arns[0][:-4]}0000"]

        assert [session.delete(arn) for arn in arns[:3]] == [None, None, None]
        for arn in arns[3:]:
            authorities.delete(session, arn)
        assert {ca.status for ca in pca.authorities} == {"DELETED"}


def test_what_cannot_be_deleted_is_reported(pca: PcaMock, run: Session) -> None:
    arn = run.create()
    pca.fail("DescribeCertificateAuthority", "AccessDeniedException")

    (left,) = run.close()

    assert left.startswith(f"{arn}: ")
    assert "AccessDeniedException" in left
    assert Ledger(run.ledger.path, REGION).authorities == [arn]


def test_refused_creations_and_repeated_ones_leave_no_line(pca: PcaMock, run: Session) -> None:
    arn = run.create(IdempotencyToken="a")
    assert run.create(IdempotencyToken="a") == arn
    with pytest.raises(ClientError):
        run.create(Subject={})

    for ledger in (run.ledger, Ledger(run.ledger.path, REGION)):
        assert (ledger.authorities, ledger.unconfirmed) == ([arn], 0)


def test_a_ledger_is_only_read_for_its_region(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    Ledger(path, "eu-central-1")

    with pytest.raises(ValueError, match="is of the region eu-central-1, not us-east-1"):
        Ledger(path, REGION)
    path.write_text(json.dumps({"created": "x"}) + "\n")
    with pytest.raises(ValueError, match="is no ledger"):
        Ledger(path, REGION)
