from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pca_mock import Authority, PcaMock
from tests import oracles, support
from tests.processes import passed, program, pytest_outcome, run, run_pytest

HEAVY = (
    "{'boto3', 'botocore', 'cryptography', 'wrapt', 'asyncio', 'pca_mock.mock', 'pca_mock.state'}"
)


def test_the_fixture_pca_is_a_running_mock(pca: PcaMock) -> None:
    assert pca.client().list_certificate_authorities()["CertificateAuthorities"] == []


def test_the_fixture_pca_client_is_a_client_of_that_mock(pca: PcaMock, pca_client: Any) -> None:
    arn = support.pending(pca_client).arn

    listed = pca.client().list_certificate_authorities()["CertificateAuthorities"]
    assert [ca["Arn"] for ca in listed] == [arn]


def test_it_is_found_by_its_entry_point_and_answers_clients_made_when_modules_are_imported(
    tmp_path: Path,
) -> None:
    module = """
        import boto3

        client = boto3.client("acm-pca", "eu-west-1")

        def test_it(pca, pca_client):
            assert client.list_certificate_authorities()["CertificateAuthorities"] == []
        """
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    only_ours = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    code, output = run_pytest(
        {"test_it.py": module}, tmp_path, "-p", "pca_mock", **keys, **only_ours
    )

    assert code == pytest.ExitCode.OK, output
    assert "1 passed" in output


def test_handlers_are_registered_as_soon_as_botocore_is_imported(tmp_path: Path) -> None:
    run(
        """
import sys, pca_mock.pytest_plugin
assert "botocore" not in sys.modules
import botocore.handlers
from botocore.session import get_session

ours = [row for row in botocore.handlers.BUILTIN_HANDLERS if "pca_mock" in row[1].__module__]
assert {"before-parameter-build.acm-pca", "before-call"} <= {event for event, *_ in ours}
assert not {"boto3", "cryptography", "wrapt"} & set(sys.modules)
assert "exec_module" not in vars(botocore.handlers.__loader__)
        """,
        tmp_path,
    )


def test_the_package_may_be_what_imports_botocore_first(tmp_path: Path) -> None:
    run(
        """
import pca_mock.pytest_plugin
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
import pca_mock.pytest_plugin
from pca_mock import mock_pca

with mock_pca():
    client.list_certificate_authorities()
        """,
        tmp_path,
    )


def test_this_process_has_the_plugin_from_its_entry_point() -> None:
    assert "pca_mock.pytest_plugin" in sys.modules


# Ini options


def test_every_ini_option_applies_to_the_fixture(tmp_path: Path) -> None:
    files = {
        "pytest.ini": """
            [pytest]
            pca_account_id = 111122223333
            pca_organization_id = o-a1b2c3d4e5
            pca_seed = seven
            pca_keys = fresh
            pca_faults_must_strike = true
            pca_s3_endpoint_url = http://127.0.0.1:9
            pca_creation_delay = 1.5
            pca_issuance_delay = 60
            pca_report_delay = 2
            pca_crl_delay = 3
            pca_ocsp_delay = 4
            """,
        "test_it.py": """
            from datetime import timedelta
            from pca_mock.settings import Settings

            def test_it(pca):
                assert pca._state.settings == Settings(
                    account_id="111122223333",
                    organization_id="o-a1b2c3d4e5",
                    seed="seven",
                    keys="fresh",
                    faults_must_strike=True,
                    s3_endpoint_url="http://127.0.0.1:9",
                    creation_delay=timedelta(seconds=1.5),
                    issuance_delay=timedelta(minutes=1),
                    report_delay=timedelta(seconds=2),
                    crl_delay=timedelta(seconds=3),
                    ocsp_delay=timedelta(seconds=4),
                )
            """,
    }

    assert "1 passed" in passed(files, tmp_path)


@pytest.mark.parametrize(("text", "seed"), [("7", "7"), ("0", "0"), ("", "None")])
def test_a_seed_of_digits_is_a_number(text: str, seed: str, tmp_path: Path) -> None:
    module = f"def test_it(pca): assert pca._state.settings.seed == {seed}"

    assert "1 passed" in passed({"test_it.py": module}, tmp_path, "-o", f"pca_seed={text}")


def test_an_ini_option_affects_the_code_under_test(tmp_path: Path) -> None:
    files = {
        "pytest.ini": "[pytest]\npca_account_id = 111122223333\npca_creation_delay = 5\n",
        "test_it.py": """
            def test_it(pca, pca_root_ca):
                assert ":111122223333:" in pca_root_ca.arn

            def test_creation_takes_time(pca, pca_client):
                before = pca.clock.now()
                pca.create_root_ca()
                pca.calls.assert_called(
                    "GetCertificateAuthorityCsr",
                    outcome="RequestInProgressException",
                    origin="handle",
                )
                assert (pca.clock.now() - before).total_seconds() >= 5

            def test_other_mocks_have_their_own_options():
                from pca_mock import mock_pca
                with mock_pca() as pca:
                    assert pca.account_id == "123456789012"
            """,
    }

    assert "3 passed" in passed(files, tmp_path)


def test_an_ini_option_that_cannot_be_read_is_named_before_any_test(tmp_path: Path) -> None:
    files = {
        "pytest.ini": "[pytest]\npca_creation_delay = soon\n",
        "test_it.py": "def test_a(): pass",
    }

    code, output = pytest_outcome(files, tmp_path)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: pca_creation_delay: could not convert string to float: 'soon'" in output
    assert "INTERNALERROR" not in output
    assert "Traceback" not in output


def test_only_the_fixture_reports_an_ini_option_with_a_wrong_value(tmp_path: Path) -> None:
    files = {
        "pytest.ini": "[pytest]\npca_account_id = 42\n",
        "test_it.py": "def test_a(pca): pass\ndef test_b(): pass",
    }

    code, output = pytest_outcome(files, tmp_path)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "1 passed, 1 error" in output
    message = "options of the fixture pca: an account id is a string of 12 digits, not '42'"
    assert f"\n{message}" in output
    assert "pytest_plugin.py" not in output


# The header


def test_the_header_shows_the_options_if_there_are_any(tmp_path: Path) -> None:
    options = "[pytest]\npca_creation_delay = 5\npca_account_id = 111122223333\n"
    module = {"test_it.py": "def test_a(): pass"}

    with_options = passed({"pytest.ini": options, **module}, tmp_path, "-v")
    without = passed({"pytest.ini": "[pytest]\n", **module}, tmp_path, "-v")

    assert "\npca_mock: account_id=111122223333, creation_delay=0:00:05\n" in with_options
    assert "\npca_mock:" not in without


# The marker


def test_the_marker_is_declared(tmp_path: Path) -> None:
    module = """
        import pytest

        @pytest.mark.pca(seed=7)
        def test_it(pca):
            pass
        """
    output = passed({"test_it.py": module}, tmp_path, "--strict-markers")
    assert "1 passed" in output

    assert "@pytest.mark.pca(**options): run the test in a mock" in passed(
        {}, tmp_path, "--markers"
    )


def test_markers_are_merged_and_the_closest_one_wins(tmp_path: Path) -> None:
    files = {
        "pytest.ini": "[pytest]\npca_seed = ini\npca_organization_id = o-a1b2c3d4e5\n"
        "pca_keys = fresh\n",
        "test_it.py": program("merged_markers.py"),
    }

    assert "6 passed" in passed(files, tmp_path)


def test_a_marked_test_runs_in_a_mock_though_it_does_not_ask_for_one(tmp_path: Path) -> None:
    module = program("marked.py")
    output = passed({"test_it.py": module}, tmp_path, AWS_MAX_ATTEMPTS="1")

    assert "11 passed" in output


def test_the_marker_of_a_module_applies_to_all_of_its_tests(tmp_path: Path) -> None:
    module = """
        import boto3, pytest

        pytestmark = pytest.mark.pca(account_id="111122223333")

        def test_it():
            assert boto3.client("acm-pca").list_certificate_authorities()

        class TestIt:
            def test_it(self, pca_root_ca):
                assert pca_root_ca.account_id == "111122223333"
        """

    assert "2 passed" in passed({"test_it.py": module}, tmp_path)


def test_a_marker_with_wrong_options_is_reported_in_a_line(tmp_path: Path) -> None:
    module = """
        import pytest

        @pytest.mark.pca(acount_id="111122223333")
        def test_name():
            pass

        @pytest.mark.pca(account_id="42")
        def test_account():
            pass

        @pytest.mark.pca(quotas={"cas": 1})
        def test_quota():
            pass

        @pytest.mark.pca(keys="stolen")
        def test_keys():
            pass

        @pytest.mark.pca("111122223333")
        def test_position():
            pass
        """

    code, output = pytest_outcome({"test_it.py": module}, tmp_path)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "5 errors" in output
    for message in (
        "@pytest.mark.pca(acount_id='111122223333'): mock_pca() got an unexpected keyword "
        "argument 'acount_id'",
        "options of the fixture pca: an account id is a string of 12 digits, not '42'",
        "options of the fixture pca: there is no quota 'cas'",
        "options of the fixture pca: keys is one of pool, fresh, not 'stolen'",
        "@pytest.mark.pca('111122223333'): the options of mock_pca are keyword arguments. This "
        "marker is that of pca_mock's plugin; one that means something else needs another name.",
    ):
        assert f"\n{message}" in output
    assert "pytest_plugin.py" not in output


# The other fixtures


def test_the_fixture_pca_root_ca_is_an_active_root(pca: PcaMock, pca_root_ca: Authority) -> None:
    assert (pca_root_ca.type, pca_root_ca.status) == ("ROOT", "ACTIVE")
    assert pca.authorities == [pca_root_ca]
    assert len(pca.calls) == 0


def test_the_fixture_pca_issuing_ca_is_below_it(
    pca_issuing_ca: Authority, pca: PcaMock, pca_root_ca: Authority, tmp_path: Path
) -> None:
    assert pca.authorities == [pca_root_ca, pca_issuing_ca]
    assert len(pca.calls) == 0
    leaf = pca_issuing_ca.issue("localhost")
    root_pem = pca_root_ca.certificate_pem
    assert oracles.openssl_verify(tmp_path, leaf.certificate_pem, leaf.chain_pem, root_pem)
    with pytest.raises(ClientError, match="path length"):
        pca_issuing_ca.create_subordinate_ca()


# The calls of a failed test


def sections(output: str) -> dict[str, list[str]]:
    """The text of pca_mock's sections in a report, by the test that they are about."""
    result: dict[str, list[str]] = {}
    test, is_ours = "", False
    for line in output.splitlines():
        if match := re.fullmatch(r"_{3,} (?:ERROR at \w+ of )?(\S+) _{3,}", line):
            test, is_ours = match[1], False
        elif line.startswith("--") or line.startswith("=="):
            is_ours = "pca_mock calls, " in line
        elif is_ours and line.strip():
            result.setdefault(test, []).append(line)
    return result


def test_a_failed_test_shows_its_calls_however_it_is_mocked(tmp_path: Path) -> None:
    module = program("failing.py")
    code, output = pytest_outcome({"test_it.py": module}, tmp_path)

    assert code == pytest.ExitCode.TESTS_FAILED
    shown = sections(output)
    assert {name: len(lines) for name, lines in shown.items()} == {
        "test_fixture": 1,
        "test_decorator": 1,
        "test_block": 1,
        "test_two_blocks": 2,
        "TestCase.test_case": 1,
        "TestPlain.test_plain": 1,
        "test_marked": 1,
        "test_coroutine": 1,
    }
    for name, lines in shown.items():
        assert "ListPermissions(CertificateAuthorityArn='arn:aws:" in lines[0]
        assert "-> ValidationException: " in lines[0]
        assert name == "test_two_blocks" or f"'arn:aws:{name.rpartition('test_')[2]}'" in lines[0]
    assert ["arn:aws:one" in shown["test_two_blocks"][0], "two" in shown["test_two_blocks"][1]] == [
        True,
        True,
    ]


def test_a_test_that_does_not_fail_shows_nothing(tmp_path: Path) -> None:
    module = """
        from calling import *
        def test_passes(pca):
            call("passes")

        def test_is_skipped(pca):
            call("skipped")
            pytest.skip()

        @pytest.mark.xfail
        def test_is_expected_to_fail(pca):
            call("xfails")
            assert False

        def test_fails_without_calls(pca):
            assert False

        def test_fails_without_a_mock():
            assert False

        def test_fails_after_others_ended():
            with mock_pca():
                pass
            assert False
        """
    code, output = pytest_outcome({"test_it.py": module}, tmp_path, "-rA")

    assert code == pytest.ExitCode.TESTS_FAILED
    assert "3 failed, 1 passed, 1 skipped, 1 xfailed" in output
    assert "pca_mock calls" not in output


def test_setup_and_teardown_that_fail_show_the_calls(tmp_path: Path) -> None:
    module = """
        from calling import *
        @pytest.fixture
        def failing_setup(pca):
            call("setup")
            assert False

        @pytest.fixture
        def failing_teardown(pca):
            yield
            call("teardown")
            assert False

        def test_setup(failing_setup):
            pass

        def test_teardown(failing_teardown):
            call("body")
        """
    _, output = pytest_outcome({"test_it.py": module}, tmp_path)

    assert "pca_mock calls, setup" in output
    assert "pca_mock calls, teardown" in output
    shown = sections(output)
    assert ["setup" in line for line in shown["test_setup"]] == [True]
    assert ["body" in shown["test_teardown"][0], "teardown" in shown["test_teardown"][1]] == [
        True,
        True,
    ]


SHARED = """
import pytest
from calling import call, mock_pca

@pytest.fixture(scope="session")
def shared():
    with mock_pca() as pca:
        for n in range(3):
            call(f"preparation{n}")
        yield pca, pca.snapshot()
"""


def test_only_the_failed_tests_calls_of_a_shared_mock_are_shown(tmp_path: Path) -> None:
    module = """
        from calling import *
        def test_first(shared):
            call("first")

        def test_second(shared):
            call("second")
            call("second")
            assert False

        def test_third(shared):
            call("third")
            assert False

        def test_without(shared):
            assert False
        """
    _, output = pytest_outcome({"conftest.py": SHARED, "test_it.py": module}, tmp_path)

    shown = sections(output)
    assert shown.keys() == {"test_second", "test_third"}
    assert ["second" in line for line in shown["test_second"]] == [True, True]
    assert ["third" in line for line in shown["test_third"]] == [True]


def test_that_holds_where_the_test_begins_by_emptying_the_shared_mock(tmp_path: Path) -> None:
    module = """
        from calling import *

        ACTS = {
            "clear": lambda pca, kept: pca.calls.clear(),
            "reset": lambda pca, kept: pca.reset(),
            "restore": lambda pca, kept: pca.restore(kept),
        }

        @pytest.fixture(params=ACTS.values(), ids=ACTS)
        def clean(shared, request):
            request.param(*shared)

        @pytest.mark.parametrize("n", range(3))
        def test_many(clean, n):
            for _ in range(10 - n):
                call("many")

        def test_it(clean):
            call("it")
            call("it")
            assert False
        """
    _, output = pytest_outcome({"conftest.py": SHARED, "test_it.py": module}, tmp_path)

    shown = sections(output)
    assert shown.keys() == {"test_it[clear]", "test_it[reset]", "test_it[restore]"}
    for lines in shown.values():
        assert ["arn:aws:it" in line for line in lines] == [True, True]


def test_calls_that_a_snapshot_brings_back_are_not_those_of_the_test(tmp_path: Path) -> None:
    module = """
        from calling import *
        @pytest.fixture(scope="session")
        def kept():
            with mock_pca() as pca:
                root = pca.create_root_ca()
                return root, pca.snapshot()

        def test_first(pca, kept):
            pca.restore(kept[1])

        def test_it(pca, kept):
            pca.restore(kept[1], calls=True)
            kept[0].issue("localhost")
            assert len(pca.calls) == 0
        """
    _, output = pytest_outcome({"test_it.py": module}, tmp_path)

    (line,) = sections(output)["test_it"]
    assert line == "  1. by handles: IssueCertificate"


def test_calls_that_were_kept_out_of_the_log_are_not_shown(tmp_path: Path) -> None:
    module = """
        from calling import *
        def test_it(pca, pca_root_ca):
            pca_root_ca.disable()
            assert False
        """
    _, output = pytest_outcome({"test_it.py": module}, tmp_path)

    (line,) = sections(output)["test_it"]
    assert "UpdateCertificateAuthority" in line


def test_only_the_latest_of_many_calls_are_shown(tmp_path: Path) -> None:
    module = """
        from calling import *
        def test_it(pca):
            for n in range(60):
                call(f"n{n}")
            assert False
        """
    _, output = pytest_outcome({"test_it.py": module}, tmp_path)

    first, *lines = sections(output)["test_it"]
    assert first == "(10 earlier calls)"
    assert len(lines) == 50
    assert "n10'" in lines[0]
    assert "n59'" in lines[-1]


def test_the_calls_are_shown_though_the_package_was_there_before_the_plugin(
    tmp_path: Path,
) -> None:
    (tmp_path / "early.py").write_text("import pca_mock.state.calls\n")
    module = """
        from calling import *
        def test_passes():
            pass

        def test_it(pca):
            call("it")
            assert False
        """
    early = ("-p", "no:asyncio", "-p", "early")
    code, output = run_pytest({"test_it.py": module}, tmp_path, *early, PYTHONPATH=str(tmp_path))

    assert code == pytest.ExitCode.TESTS_FAILED, output
    assert "1 failed, 1 passed" in output
    assert len(sections(output)["test_it"]) == 1


# With pytest-xdist


def test_everything_works_in_the_workers_of_xdist(tmp_path: Path) -> None:
    module = """
        from calling import *

        @pytest.mark.parametrize("n", range(6))
        @pytest.mark.pca(seed=7)
        def test_seeded(pca, n):
            pca.clock.freeze("2027-03-01T12:00:00Z")
            root = pca.create_root_ca()
            assert root.certificate_pem == pca_of_seed_seven()

        def pca_of_seed_seven():
            with mock_pca(seed=7, account_id="111122223333") as pca:
                pca.clock.freeze("2027-03-01T12:00:00Z")
                return pca.create_root_ca().certificate_pem

        def test_client_made_when_the_module_is_imported(pca):
            assert is_mocked()
            assert account() == pca.account_id == "111122223333"

        @pytest.mark.pca
        def test_fails():
            call("fails")
            assert False
        """
    files = {"pytest.ini": "[pytest]\npca_account_id = 111122223333\n", "test_it.py": module}
    _, output = pytest_outcome(files, tmp_path, "-p", "xdist.plugin", "-n", "1", "-v")

    assert "1 failed, 7 passed" in output
    assert output.count("pca_mock: account_id=111122223333") == 1
    (line,) = sections(output)["test_fails"]
    assert "arn:aws:fails" in line


# Asynchronous tests

# An option that new versions of pytest-asyncio require; and old ones leave loops open.
QUIET_ASYNCIO = (
    *("-o", "asyncio_default_fixture_loop_scope=function"),
    *("-W", "ignore::pytest.PytestUnraisableExceptionWarning"),
)


@pytest.mark.parametrize("plugins", [(), ("-p", "pytest_asyncio.plugin")])
def test_anyio_tests_use_the_fixtures(plugins: tuple[str, ...], tmp_path: Path) -> None:
    module = """
        from calling import *
        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.anyio
        async def test_fixtures(pca, pca_client, pca_issuing_ca):
            await check(pca, pca_client, pca_issuing_ca)

        @pytest.mark.anyio
        @pytest.mark.pca(account_id="111122223333")
        async def test_marked():
            client = boto3.client("acm-pca")
            assert client.list_certificate_authorities()["CertificateAuthorities"] == []

        @pytest.fixture
        async def root(pca):
            yield pca.create_root_ca()

        @pytest.mark.anyio
        async def test_async_fixture(root, pca):
            assert pca.authorities == [root]
        """
    quiet = QUIET_ASYNCIO if plugins else ()
    anyio = ("-p", "anyio.pytest_plugin")
    output = passed({"test_it.py": module}, tmp_path, *anyio, *plugins, *quiet)

    assert "3 passed" in output


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_pytest_asyncio_tests_use_the_fixtures(mode: str, tmp_path: Path) -> None:
    module = f"""
        from calling import *
        import pytest_asyncio

        mark = pytest.mark.asyncio if "{mode}" == "strict" else lambda test: test

        @mark
        async def test_fixtures(pca, pca_client, pca_issuing_ca):
            await check(pca, pca_client, pca_issuing_ca)

        @mark
        @pytest.mark.pca(account_id="111122223333")
        async def test_marked():
            client = boto3.client("acm-pca")
            assert client.list_certificate_authorities()["CertificateAuthorities"] == []

        @pytest_asyncio.fixture
        async def root(pca):
            yield pca.create_root_ca()

        @mark
        async def test_async_fixture(root, pca):
            assert pca.authorities == [root]

        @mark
        @pytest.mark.pca
        async def test_fails(pca):
            pca.create_root_ca()
            assert False
        """
    _, output = pytest_outcome(
        {"test_it.py": module},
        tmp_path,
        *("-p", "pytest_asyncio.plugin", "-o", f"asyncio_mode={mode}"),
        *QUIET_ASYNCIO,
    )

    assert "1 failed, 3 passed" in output
    assert len(sections(output)["test_fails"]) == 1  # of handles


# Costs


def test_neither_start_up_nor_tests_without_mocks_import_anything_heavy(tmp_path: Path) -> None:
    files = {
        "pytest.ini": "[pytest]\npca_seed = 7\npca_creation_delay = 5\n",
        "test_unused.py": f"""
            import sys

            def test_passes():
                pass

            def test_fails():
                assert "pca_mock.pytest_plugin" in sys.modules
                assert not {HEAVY} & set(sys.modules), "heavy"
                assert False, "as it should"
            """,
    }
    variables = {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_PLUGINS": "pca_mock.pytest_plugin",
    }
    _, output = run_pytest(files, tmp_path, **variables)

    assert "1 failed, 1 passed" in output
    assert "AssertionError: as it should" in output
    assert "pca_mock calls" not in output


# Items that are no functions


def test_items_of_other_kinds_are_not_changed(tmp_path: Path) -> None:
    files = {
        "conftest.py": """
            import pytest

            class Line(pytest.Item):
                def runtest(self):
                    assert "fails" not in self.name

            class Lines(pytest.File):
                def collect(self):
                    for line in self.path.read_text().splitlines():
                        item = Line.from_parent(self, name=line)
                        item.add_marker(pytest.mark.pca)
                        yield item

            def pytest_collect_file(parent, file_path):
                if file_path.suffix == ".lines":
                    return Lines.from_parent(parent, path=file_path)
            """,
        "some.lines": "passes\nfails\n",
        "module.py": '''
            def documented():
                """It can be seen in a mock.

                >>> with mock_pca() as pca:
                ...     pca.create_root_ca().status
                'ACTIVE'
                """

            from pca_mock import mock_pca
            ''',
    }
    _, output = pytest_outcome(files, tmp_path, "--doctest-modules")

    assert "1 failed, 2 passed" in output
    assert "pca_mock calls" not in output
