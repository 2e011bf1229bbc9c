"""botocore, boto3 and this package, imported again while clients and mocks exist."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from pca_mock.adapters import imports
from tests.processes import run

# Calls never reach a socket; each client gives how many CAs there are.
_PROGRAM = """
import importlib, sys
import boto3

keys = dict(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")
clients, sessions = {}, {}

def purge(*names):
    for name in list(sys.modules):
        if name.split(".")[0] in names:
            del sys.modules[name]

def make(when):
    import boto3
    sessions[when] = boto3.Session(**keys)
    clients[when] = sessions[when].client("acm-pca")
    clients[when + ", botocore"] = sessions[when]._session.create_client("acm-pca", **keys)

def check(number):
    made = {"of " + when: session.client("acm-pca") for when, session in sessions.items()}
    sessions.clear()
    for when, client in (clients | made).items():
        listed = client.list_certificate_authorities()["CertificateAuthorities"]
        assert len(listed) == number, when
"""


def test_clients_of_every_import_of_botocore_are_answered(tmp_path: Path) -> None:
    run(
        _PROGRAM
        + """
make("first")
purge("boto3", "botocore")
make("second, before the package")

from pca_mock import mock_pca

with mock_pca(region_name="eu-west-1") as pca:
    pca.create_root_ca()
    check(1)
    purge("boto3", "botocore")
    make("third, in a mock")
    check(1)
    for name in ("session", "handlers", "hooks", "client", "httpsession", "endpoint"):
        importlib.reload(importlib.import_module("botocore." + name))
    for module in ("botocore", "boto3.session", "boto3"):
        importlib.reload(importlib.import_module(module))
    make("after reloads")
    check(1)
    assert pca.create_root_ca().issue("localhost").status == "ISSUED"
    assert len(pca.client().list_certificate_authorities()["CertificateAuthorities"]) == 2
# The new copy asks nobody for credentials, and sends nothing, either.
import boto3
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
with mock_pca() as pca:
    assert boto3.client("acm-pca").meta.region_name == "us-east-1"
    try:
        URLLib3Session().send(AWSRequest("POST", "https://acm-pca.us-east-1.amazonaws.com").prepare())
    except Exception as error:
        assert type(error).__name__ == "NotAnsweredByPcaMock"
    else:
        raise AssertionError
        """,
        tmp_path,
    )


def test_each_copy_of_the_package_answers_while_its_mock_runs(tmp_path: Path) -> None:
    run(
        _PROGRAM
        + """
make("first")
from pca_mock import mock_pca as first

with first(region_name="eu-west-1") as pca:
    root = pca.create_root_ca()
    check(1)
    purge("pca_mock")
    check(1)
    from pca_mock import mock_pca as second
    assert second is not first
    make("second")
    check(1)
    with second() as other:
        check(0)  # it was started last
        assert boto3.client("acm-pca").meta.region_name == "eu-west-1"
    make("after both")
    check(1)
    assert root.issue("localhost").status == "ISSUED"
with second() as other:
    assert boto3.client("acm-pca").list_certificate_authorities()["CertificateAuthorities"] == []
    check(0)
    root = other.create_root_ca(region_name="eu-west-1")
    assert root.issue("localhost").status == "ISSUED"
    check(1)
with first(), first():
    check(0)

# A module that is reloaded while a mock runs doesn't end it.
with second(region_name="eu-west-1") as other:
    other.create_root_ca()
    for name in ("pca_mock", "pca_mock.state.running", "pca_mock.adapters.intercept",
                 "pca_mock.adapters.creation", "pca_mock.adapters.escapes",
                 "pca_mock.adapters.imports", "pca_mock.callers", "pca_mock.mock"):
        importlib.reload(importlib.import_module(name))
        check(1)
    make("after reloads")
    check(1)
        """,
        tmp_path,
    )


def test_a_function_is_called_now_and_after_each_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "watched_module.py").write_text("number = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(imports, "_functions", {})
    seen: list[ModuleType] = []
    imports.watch("watched_module", seen.append)
    imports.watch("watched_module_that_is_missing", seen.append)

    first = importlib.import_module("watched_module")
    assert seen == [first]
    imports.watch("watched_module", seen.append)
    assert seen == [first, first]  # once more now, but only once after each import
    importlib.reload(first)
    assert seen == [first] * 3
    monkeypatch.delitem(sys.modules, "watched_module")
    second = importlib.import_module("watched_module")

    assert seen == [first] * 3 + [second]
    assert second is not first
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("watched_module_that_is_missing")


def test_a_module_that_fails_is_not_announced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "failing_module.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(imports, "_functions", {})
    seen: list[ModuleType] = []
    imports.watch("failing_module", seen.append)

    with pytest.raises(ZeroDivisionError):
        importlib.import_module("failing_module")

    assert seen == []
