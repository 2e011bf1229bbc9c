"""Tests that replace what is botocore's, boto3's or Python's own, while mocks run."""

from __future__ import annotations

import builtins
import io
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
import botocore.session
import pytest
from botocore.loaders import JSONFileLoader

from pca_mock import PcaMock, mock_pca
from pca_mock.adapters import own_clients
from pca_mock.service import model
from pca_mock.testing import clients
from tests.guard import nothing_leaves
from tests.processes import in_a_fork, passed

REPLACED = (
    "boto3.client",
    "boto3.DEFAULT_SESSION",
    "boto3.Session",
    "boto3.session.Session.client",
    "botocore.client.BaseClient._make_api_call",
    "botocore.client.ClientCreator.create_client",
    "botocore.httpsession.URLLib3Session.send",
    "botocore.loaders.Loader.load_service_model",
    "botocore.session.Session",
    "botocore.session.Session.create_client",
    "botocore.session.Session.get_credentials",
    "botocore.session.get_session",
)


def forget_what_was_kept() -> None:
    """Make the next mock like the first one of a process."""
    kept: list[Any] = [
        clients._client,
        model.loader,
        model._operation_model,
        model._partitions,
        model._service_model,
        model.partition_of,
        own_clients._session_without_configuration,
    ]
    for each in kept:
        each.cache_clear()


def use_everything(pca: PcaMock) -> None:
    """Call with handles, and with the client that a fixture would give."""
    root = pca.create_root_ca("Root", crl_bucket="crls")
    leaf = root.create_subordinate_ca("Issuing").issue("localhost")
    leaf.revoke()
    assert leaf.status == "REVOKED"
    assert root.crl is not None


@pytest.mark.parametrize("name", REPLACED)
def test_handles_work_while_something_of_botocores_is_replaced_and_afterwards(
    name: str, tmp_path: Path
) -> None:
    def act() -> int:
        # A fork, as whatever has been kept must be that of a first mock.
        forget_what_was_kept()
        with nothing_leaves():
            with mock_pca() as pca, mock.patch(name):
                use_everything(pca)
            with mock.patch(name), mock_pca():
                pass
            with mock_pca() as pca:
                use_everything(pca)
                assert len(pca.client().list_certificate_authorities()) == 2
                assert boto3.client("acm-pca", "eu-west-1").list_certificate_authorities()
        return 0

    code, printed = in_a_fork(act, tmp_path)

    assert code == 0, printed


def test_a_client_that_was_made_of_something_else_is_refused_and_not_kept() -> None:
    with mock_pca() as pca:
        with (
            mock.patch("botocore.client.ClientCreator.create_client"),
            pytest.raises(RuntimeError, match="has been replaced"),
        ):
            pca.create_root_ca(region_name="eu-replaced-1")
        assert pca.create_root_ca(region_name="eu-replaced-1").status == "ACTIVE"


def test_hooks_on_the_default_session_see_the_code_under_test_but_not_the_handles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []
    session = boto3.Session(region_name="us-east-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)

    def refuse(model: Any, **_: Any) -> None:
        seen.append(model.name)
        raise PermissionError

    session.events.register("before-call.acm-pca", refuse)
    with nothing_leaves(), mock_pca() as pca:
        with pytest.raises(PermissionError):
            boto3.client("acm-pca").list_certificate_authorities()
        assert seen == ["ListCertificateAuthorities"]
        use_everything(pca)
        pca.client().list_certificate_authorities()

    assert seen == ["ListCertificateAuthorities"]


def test_sessions_of_subclasses_are_used_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    class Boto3Session(boto3.Session):  # type: ignore[misc]  # has no types
        def client(self, service_name: str, *args: Any, **kwargs: Any) -> Any:
            made.append(service_name)
            return super().client(service_name, *args, **kwargs)

    class BotocoreSession(botocore.session.Session):  # type: ignore[misc]
        def get_credentials(self) -> Any:
            raise AssertionError("asked")

    session = Boto3Session(botocore_session=BotocoreSession(), region_name="eu-west-2")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)

    with nothing_leaves(), mock_pca() as pca:
        client = boto3.client("acm-pca")
        assert client.list_certificate_authorities()["CertificateAuthorities"] == []
        use_everything(pca)

    assert made == ["acm-pca"]
    assert client.meta.region_name == "eu-west-2"


# Files


@contextmanager
def no_files() -> Iterator[list[str]]:
    """No file can be opened or looked at, except the modules that Python imports."""
    tried: list[str] = []

    def refuse(path: Any, *_: Any, **__: Any) -> Any:
        tried.append(str(path))
        raise FileNotFoundError(path)

    with ExitStack() as stack:
        for place, name in ((builtins, "open"), (io, "open"), (os, "listdir"), (os, "scandir")):
            stack.enter_context(mock.patch.object(place, name, refuse))
        for name in ("isfile", "exists", "isdir"):
            stack.enter_context(mock.patch.object(os.path, name, return_value=False))
        # The fixtures of these tests keep what botocore has read.
        stack.enter_context(mock.patch.object(JSONFileLoader, "load_file", refuse))
        yield tried


def test_nothing_is_read_from_disk_at_the_first_call(tmp_path: Path) -> None:
    def act() -> int:
        forget_what_was_kept()
        client = boto3.client("acm-pca", "us-east-1", aws_access_key_id="a",
                              aws_secret_access_key="b")  # fmt: skip
        with mock_pca() as pca, no_files() as tried:
            listed = client.list_certificate_authorities()["CertificateAuthorities"]
            assert (listed, tried) == ([], [])
            root = pca.create_root_ca("Root", region_name="us-east-1")
            assert root.issue("localhost").status == "ISSUED"
            assert tried == []
        return 0

    code, printed = in_a_fork(act, tmp_path)

    assert code == 0, printed


def test_a_fixture_may_fake_the_file_system_before_the_first_mock_starts(tmp_path: Path) -> None:
    test = """
        import pytest
        from tests.test_replaced import forget_what_was_kept, no_files

        forget_what_was_kept()  # as it is collected

        @pytest.fixture
        def fs():
            with no_files() as tried:
                yield tried

        def test_it(fs, pca):
            root = pca.create_root_ca("Root", region_name="eu-central-1")
            assert root.issue("localhost").status == "ISSUED"
            assert fs == []
    """

    passed({"test_it.py": test}, tmp_path)
