"""`python -m pca_mock`: started, used and ended as a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from pca_mock import cli
from tests.processes import clean_environment

SEED = """
[[authorities]]
name = "root"
common_name = "Seeded Root"
write_to = "out"

[[authorities]]
name = "issuing"
issuer = "root"
common_name = "Seeded Issuing CA"
path_length = 0
validity_days = 30

[[certificates]]
issuer = "issuing"
names = ["localhost", "127.0.0.1"]
validity_days = 7
write_to = "out/leaf"

[[certificates]]
issuer = "issuing"
names = ["www.example.com"]
"""


@contextmanager
def server(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A server that is ready, and the lines that it has printed so far."""
    command = [sys.executable, "-W", "error", "-m", "pca_mock", "--port=0", *arguments]
    environment = {**clean_environment(folder), "TMPDIR": str(folder)}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    lines: list[str] = []
    try:
        while (line := process.stderr.readline().strip()) != "Ready.":
            assert line, f"it ended: {lines}"
            lines.append(line)
        yield process, lines
    finally:
        process.kill()
        process.wait(20)
        process.stderr.close()


def url_of(lines: list[str]) -> str:
    return lines[-1].removeprefix("AWS_ENDPOINT_URL_ACM_PCA=")


def client(url: str, **options: Any) -> Any:
    usual = {
        "region_name": "eu-west-1",
        "aws_access_key_id": "AKIDEXAMPLE",
        "aws_secret_access_key": "secret",
    }
    return boto3.client("acm-pca", endpoint_url=url, **usual | options)


def stop(process: subprocess.Popen[str], number: signal.Signals) -> list[str]:
    """Send a signal: the lines that were printed until the end."""
    process.send_signal(number)
    assert process.wait(20) == 0
    return process.communicate()[1].splitlines()


def test_it_answers_and_prints_calls_until_it_is_interrupted(tmp_path: Path) -> None:
    with server(tmp_path, "--account-id=111122223333") as (process, lines):
        answer = client(url_of(lines)).list_certificate_authorities()
        with urllib.request.urlopen(f"{url_of(lines)}/health", timeout=10) as health:
            assert health.status == 200
        printed = stop(process, signal.SIGINT)

    assert answer["CertificateAuthorities"] == []
    assert [line.split(" ", 2)[2] for line in printed] == [
        "111122223333 eu-west-1 ListCertificateAuthorities() -> success"
    ]


def test_a_seed_file_has_cas_and_certificates(tmp_path: Path) -> None:
    (tmp_path / "seed.toml").write_text(SEED)
    arguments = ("--seed-file=seed.toml", "--state=state.db", "--host=localhost", "--quiet")
    with server(tmp_path, *arguments) as (process, lines):
        boto = client(url_of(lines), region_name="us-east-1")
        cas = boto.list_certificate_authorities()["CertificateAuthorities"]
        printed = stop(process, signal.SIGTERM)

    names = [ca["CertificateAuthorityConfiguration"]["Subject"]["CommonName"] for ca in cas]
    assert names == ["Seeded Root", "Seeded Issuing CA"]
    written = {path.suffix for path in (tmp_path / "out" / "leaf").iterdir()}
    assert written == {".pem", ".key"}
    assert printed == []
    assert (tmp_path / "state.db").stat().st_size > 0


def test_on_another_address_it_warns_and_may_use_https_and_check_signatures(
    tmp_path: Path,
) -> None:
    arguments = ("--host=0.0.0.0", "--tls", "--access-key=AKIDEXAMPLE:key")
    with server(tmp_path, *arguments) as (process, lines):
        warning, bundle, _ = lines
        url = url_of(lines).replace("0.0.0.0", "localhost")
        verify = bundle.removeprefix("AWS_CA_BUNDLE=")
        right = client(url, verify=verify, aws_secret_access_key="key")
        assert right.list_certificate_authorities()["CertificateAuthorities"] == []
        with pytest.raises(ClientError, match="InvalidSignatureException"):
            client(url, verify=verify).list_certificate_authorities()
        stop(process, signal.SIGTERM)

    assert warning.startswith("Everybody who can reach 0.0.0.0 can use and control")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--account-id=12"], "12 digits"),
        (["--creation-delay=soon"], "creation_delay"),
        (["--access-key=AKID"], "ID:SECRET"),
        (["--host=256.0.0.1"], "256.0.0.1"),
        (["--seed-file=nowhere.toml"], "nowhere.toml"),
    ],
)
def test_the_command_ends_with_the_reason_if_it_cannot_serve(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        cli.main(["--port=0", *arguments])

    assert raised.value.code == 2
    assert message in capsys.readouterr().err


def test_without_the_extra_the_command_names_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "pca_mock.server.serving", raising=False)
    monkeypatch.delattr("pca_mock.server.serving", raising=False)
    monkeypatch.setitem(sys.modules, "aiohttp", None)

    with pytest.raises(SystemExit):
        cli.main([])

    assert "pip install 'pca_mock[server]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[authorities]]\nissuer = 'root'", "authority 1: there is no authority 'root' above"),
        ("[[authorities]]\nkey_algorithm = 'DSA'", "authority 1: there is no key algorithm"),
        ("[[certificates]]\nissuer = 'a'", "certificate 1: there is no authority 'a'"),
        ("[[certs]]", "not {'certs'}"),
        ("[[", "seed.toml: "),
    ],
)
def test_a_faulty_seed_file_is_refused_with_the_entry(
    content: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "seed.toml").write_text(content)

    with pytest.raises(SystemExit):
        cli.main(["--port=0", f"--seed-file={tmp_path / 'seed.toml'}"])

    assert message in capsys.readouterr().err
