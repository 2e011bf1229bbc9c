from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from pca_mock import PcaMock
from tests import support
from tests.processes import run, run_pytest

HEAVY = "{'boto3', 'botocore', 'cryptography', 'wrapt', 'asyncio', 'pca_mock'}"


def test_the_fixture_pca_is_a_running_mock(pca: PcaMock) -> None:
    assert pca.client().list_certificate_authorities()["CertificateAuthorities"] == []


def test_the_fixture_pca_client_is_a_client_of_that_mock(pca: PcaMock, pca_client: Any) -> None:
    arn = support.pending(pca_client).arn

    listed = pca.client().list_certificate_authorities()["CertificateAuthorities"]
    assert [ca["Arn"] for ca in listed] == [arn]


def test_the_plugin_imports_nothing_heavy_at_start_up(tmp_path: Path) -> None:
    output = run_pytest(
        {
            "test_unused.py": f"""
                import sys

                def test_a():
                    assert "conftest_plugin" in sys.modules
                    assert not {HEAVY} & set(sys.modules)
                """
        },
        tmp_path,
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
        PYTEST_PLUGINS="conftest_plugin",
    )

    assert "1 passed" in output


def test_the_plugin_is_found_by_its_entry_point(tmp_path: Path) -> None:
    output = run_pytest({"test_it.py": "def test_a(pca, pca_client): pass"}, tmp_path)

    assert "1 passed" in output


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_clients_made_when_test_modules_are_imported_are_answered(
    workers: str, tmp_path: Path
) -> None:
    module = """
        import boto3, pytest

        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        client = boto3.client("acm-pca", "eu-west-1", **keys)

        @pytest.mark.parametrize("n", range(4))
        def test_it(pca, n):
            assert client.list_certificate_authorities()["CertificateAuthorities"] == []
            client.create_certificate_authority(
                CertificateAuthorityType="ROOT",
                CertificateAuthorityConfiguration={
                    "KeyAlgorithm": "EC_prime256v1",
                    "SigningAlgorithm": "SHA256WITHECDSA",
                    "Subject": {"CommonName": "Root"},
                },
            )
        """
    output = run_pytest({"test_one.py": module, "test_two.py": module}, tmp_path, workers)

    assert "8 passed" in output


def test_handlers_are_registered_as_soon_as_botocore_is_imported(tmp_path: Path) -> None:
    run(
        """
import conftest_plugin, sys
assert "botocore" not in sys.modules
import botocore.handlers
from botocore.session import get_session

assert [event for event, *_ in botocore.handlers.BUILTIN_HANDLERS if "acm-pca" in event] == [
    "before-parameter-build.acm-pca", "before-call.acm-pca"
]
assert not {"boto3", "cryptography", "wrapt"} & set(sys.modules)
assert not [finder for finder in sys.meta_path if type(finder).__name__ == "_BotocoreWatcher"]
assert "exec_module" not in vars(botocore.handlers.__loader__)
        """,
        tmp_path,
    )


def test_the_package_may_be_what_imports_botocore_first(tmp_path: Path) -> None:
    run(
        """
import conftest_plugin
from pca_mock import mock_pca
import boto3
client = boto3.client("acm-pca", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")

with mock_pca():
    client.list_certificate_authorities()
        """,
        tmp_path,
    )


def test_sessions_older_than_the_plugin_are_reached_too(tmp_path: Path) -> None:
    run(
        """
import boto3
client = boto3.client("acm-pca", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
import conftest_plugin
from pca_mock import mock_pca

with mock_pca():
    client.list_certificate_authorities()
        """,
        tmp_path,
    )


def test_this_process_has_the_plugin_from_its_entry_point() -> None:
    assert "conftest_plugin" in sys.modules
