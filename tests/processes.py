"""Python in a process of its own, with an environment that has nothing of the user's."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

# Put before every script: whatever it does, it reaches nothing but loopback.
_GUARD = """
import socket as _socket
_connect = _socket.socket.connect
_internet = (_socket.AF_INET, _socket.AF_INET6)
def _guarded(self, address):
    if self.family in _internet and address[0] not in ("127.0.0.1", "::1"):
        raise AssertionError(f"network access: {address}")
    return _connect(self, address)
_socket.socket.connect = _guarded
"""
# Where Python may not write bytecode, each process would compile all of its modules again.
_BYTECODE = tempfile.TemporaryDirectory() if sys.dont_write_bytecode else None


def clean_environment(home: Path, **variables: str) -> dict[str, str]:
    """No credentials, no region, no configuration; HOME is an empty folder."""
    if _BYTECODE is not None:
        variables = {"PYTHONPYCACHEPREFIX": _BYTECODE.name, **variables}
        variables["PYTHONDONTWRITEBYTECODE"] = ""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "PYTEST", "COVERAGE_"))
        and name not in ("HOME", "PYTHONPATH")
    }
    return {**kept, "HOME": str(home), **variables}


def run(script: str, home: Path, **variables: str) -> str:
    """Run a script with `-W error`; return its output. It must succeed."""
    return _succeed([sys.executable, "-W", "error", "-c", _GUARD + textwrap.dedent(script)],
                    home, variables)  # fmt: skip


def run_pytest(files: dict[str, str], home: Path, *arguments: str, **variables: str) -> str:
    """Run pytest on files, by name, in the folder; return its output. It must succeed."""
    for name, text in files.items():
        (home / name).write_text(textwrap.dedent(text))
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error"]
    command += ["-p", "no:cacheprovider", "-p", "no:asyncio"]
    return _succeed([*command, *arguments], home, variables)


def _succeed(command: list[str], home: Path, variables: dict[str, str]) -> str:
    result = subprocess.run(
        command,
        cwd=home,
        env=clean_environment(home, **variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
    return result.stdout


# pytest with the plugin of this package only


# Beside the tests of each run; not imported unless a test does it.
CALLING = """
import boto3, pytest, unittest
from pca_mock import mock_pca

keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
client = boto3.client("acm-pca", "eu-west-1", **keys)

def call(token):
    try:
        client.list_permissions(CertificateAuthorityArn="arn:aws:" + token)
    except client.exceptions.ClientError:
        pass

async def check(pca, pca_client, issuing):
    leaf = issuing.issue("localhost")
    assert pca.calls.assert_called("IssueCertificate", times=1, origin="handle")
    listed = pca_client.list_certificate_authorities()["CertificateAuthorities"]
    assert len(listed) == 2
    assert leaf.status == "ISSUED"
"""


def pytest_outcome(
    files: dict[str, str], home: Path, *arguments: str, **variables: str
) -> tuple[int, str]:
    """Run pytest on files with only this plugin: (exit code, what it printed)."""
    for name, text in {"calling.py": CALLING, **files}.items():
        (home / name).write_text(textwrap.dedent(text))
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "pca_mock.pytest_plugin"}
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-W", "error", "-p", "no:cacheprovider", *arguments],
        cwd=home,
        env=clean_environment(home, **alone, **variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return result.returncode, result.stdout + result.stderr


def passed(files: dict[str, str], home: Path, *arguments: str, **variables: str) -> str:
    """What pytest printed, which must succeed."""
    code, output = pytest_outcome(files, home, *arguments, **variables)
    assert code == pytest.ExitCode.OK, output
    return output
