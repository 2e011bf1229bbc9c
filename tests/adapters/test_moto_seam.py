"""The seam to moto: held against the installed version, and without moto."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import moto
import pytest
from moto import mock_aws

from pca_mock.adapters import moto_seam
from tests.processes import run

ACM = "https://acm.us-east-1.amazonaws.com/"


@pytest.fixture
def active() -> Iterator[None]:
    with mock_aws():
        yield


def test_moto_is_active_between_its_start_and_its_end() -> None:
    with mock_aws():
        assert moto_seam.is_active()
    assert not moto_seam.is_active()


def test_what_moto_has_not_imported_is_not_imported_to_be_put_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("moto.cloudformation.parsing", "moto.ram.models"):
        monkeypatch.delitem(sys.modules, name, raising=False)

    assert moto_seam.resource_types(only_if_in_use=True) == {}
    assert moto_seam.shareable_kinds(only_if_in_use=True) == []
    assert "moto.ram.models" not in sys.modules


def test_a_backend_is_the_one_that_answers_clients(active: None) -> None:
    bus = boto3.client("events", "eu-west-1").create_event_bus(Name="mine")

    backend = moto_seam.backend("events", "123456789012", "eu-west-1")

    assert backend.event_buses["mine"].arn == bus["EventBusArn"]


@pytest.mark.parametrize(
    ("url", "config", "expected"),
    [
        (ACM, {}, True),
        ("https://acm.eu-west-1.amazonaws.com/", {}, True),
        ("https://acm-pca.us-east-1.amazonaws.com/", {}, False),
        ("http://localhost:4566/", {}, False),
        (ACM, {"passthrough": {"services": ["acm"], "urls": []}}, False),
        (ACM, {"passthrough": {"services": [], "urls": ["https://acm"]}}, False),
        (ACM, {"service_whitelist": ["s3"]}, False),
        (ACM, {"service_whitelist": ["acm"]}, True),
    ],
)
def test_moto_answers_the_requests_that_it_would_answer(
    url: str, config: dict[str, Any], expected: bool
) -> None:
    core: Any = {"core": config}
    with mock_aws(config=core):
        assert moto_seam.answers("acm", url) is expected
    assert not moto_seam.answers("acm", url)


def test_the_account_of_a_call_is_the_one_in_which_moto_answers_it(
    active: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = "arn:aws:iam::222222222222:role/deployer"
    sts = boto3.client("sts", "us-east-1")
    key = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]["AccessKeyId"]

    assert moto_seam.caller_account(key) == "222222222222"
    assert moto_seam.caller_account("AKIASTRANGER") == "123456789012"
    assert moto_seam.caller_account(None) == "123456789012"
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "333333333333")
    assert moto_seam.caller_account(key) == "333333333333"


def test_without_moto_there_is_none(tmp_path: Path) -> None:
    program = """
        import sys
        sys.modules["moto"] = None  # as if it weren't installed
        from pca_mock import mock_pca
        from pca_mock.adapters import moto_seam
        with mock_pca() as pca:
            pca.create_root_ca().issue("localhost")
            assert not moto_seam.is_active() and moto_seam.stubber() is None
            assert not moto_seam.answers("acm", "https://acm.us-east-1.amazonaws.com/")
            assert moto_seam.account_of("AKIA") is None
        assert not [name for name in sys.modules if name.startswith("moto.")]
    """
    run(program, tmp_path)


def test_the_installed_moto_is_one_of_those_that_the_seam_supports() -> None:
    (supported,) = re.findall(r"moto ([\d.]+) to ([\d.]+)", f"{moto_seam.__doc__}")
    oldest, newest = ([int(part) for part in text.strip(".").split(".")] for text in supported)
    installed = [int(part) for part in re.findall(r"\d+", moto.__version__)[:3]]

    assert oldest <= installed
    assert installed[0] == newest[0]


def test_acm_that_nobody_uses_has_no_certificates(active: None) -> None:
    assert [len(each) for each in moto_seam.certificates_in_use()] == []
    moto_seam.certificates("123456789012", "us-east-1")["arn"] = "a certificate"
    assert moto_seam.certificates_in_use() == [{"arn": "a certificate"}]


def test_no_other_module_touches_those_of_moto() -> None:
    package = Path(moto_seam.__file__).parents[1]
    texts = {path.name: path.read_text("utf-8") for path in package.rglob("*.py")}
    module = re.compile(r"""^\s*(?:from|import) moto\b|["']moto\.\w""", re.MULTILINE)

    assert [name for name, text in texts.items() if module.search(text)] == ["moto_seam.py"]
