"""The plugin among others: fixtures, markers and modules that have the names of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.processes import passed, program, pytest_outcome

_ENTRY_POINTS: Final = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "", "PYTEST_PLUGINS": ""}
_NO_ASYNCIO: Final = ("-p", "no:asyncio")


# Another fixture called pca


OTHER_PCA = {
    "conftest.py": """
        import pytest

        class Principal:
            def __repr__(self):
                return "PrincipalComponents(2)"

        @pytest.fixture
        def pca():
            return Principal()
        """,
}


def test_another_fixture_called_pca_disables_nothing(tmp_path: Path) -> None:
    module = program("another_pca.py")

    assert "5 passed" in passed({**OTHER_PCA, "test_it.py": module}, tmp_path)


def test_a_failed_test_tells_that_its_fixture_pca_is_another_one(tmp_path: Path) -> None:
    module = """
        def test_takes_it_for_ours(pca):
            pca.create_root_ca()

        def test_both(pca, pca_root_ca):
            assert False

        def test_has_nothing_to_do_with_us(pca):
            pca.explained_variance
        """

    code, output = pytest_outcome({**OTHER_PCA, "test_it.py": module}, tmp_path)

    assert code == pytest.ExitCode.TESTS_FAILED
    note = "fixture pca of this test is not that of pca_mock: it gives PrincipalComponents(2)."
    assert output.count(note) == 2
    assert "3 failed" in output


def test_a_suite_may_override_pca_with_a_mock_of_its_own(tmp_path: Path) -> None:
    files = {
        "conftest.py": """
            import pytest
            from pca_mock import mock_pca

            @pytest.fixture
            def pca(pca_options):
                with mock_pca(**{"account_id": "111122223333", **pca_options}) as pca:
                    yield pca
            """,
        "test_it.py": """
            import boto3, pytest

            def test_fixtures(pca_root_ca, pca):
                assert pca_root_ca.account_id == pca.account_id == "111122223333"
                assert pca.authorities == [pca_root_ca]

            @pytest.mark.pca(account_id="222222222222")
            def test_marker(pca):
                assert pca.account_id == "222222222222"

            class TestWithoutOptions:
                @pytest.fixture
                def pca(self):
                    from pca_mock import mock_pca

                    with mock_pca(account_id="111122223333") as pca:
                        yield pca

                @pytest.mark.pca(account_id="111122223333")
                def test_what_it_has_anyway(self, pca): ...

                @pytest.mark.pca(account_id="222222222222")
                def test_what_it_cannot_have(self): ...
            """,
    }

    code, output = pytest_outcome(files, tmp_path)

    assert code == pytest.ExitCode.TESTS_FAILED
    assert "3 passed, 1 error" in output
    assert "\n@pytest.mark.pca(account_id='222222222222') has no effect on the mock" in output


def test_a_failure_of_another_fixture_called_pca_is_the_suites_own(tmp_path: Path) -> None:
    module = """
        import boto3, pytest

        @pytest.fixture
        def pca():
            pytest.fail("its own reason")

        def test_asks_for_it(pca_root_ca, pca): ...

        @pytest.mark.pca
        def test_does_not_ask_for_it():
            assert boto3.client("acm-pca").list_certificate_authorities()
        """

    _, output = pytest_outcome({"test_it.py": module}, tmp_path)

    assert "1 passed, 1 error" in output
    assert "its own reason" in output


# Another marker called pca


def test_another_marker_called_pca_is_told_apart(tmp_path: Path) -> None:
    module = """
        import pytest

        @pytest.mark.pca(n_components=2)
        def test_it(): ...
        """

    code, output = pytest_outcome({"test_it.py": module}, tmp_path)

    assert code == pytest.ExitCode.TESTS_FAILED
    assert "\n@pytest.mark.pca(n_components=2): mock_pca() got an unexpected keyword " in output
    assert "one that means something else needs another name" in output


# Mocks of wider scope


def test_mocks_of_wider_scope_have_the_options_and_markers_of_their_scope(tmp_path: Path) -> None:
    files = {
        "pytest.ini": "[pytest]\npca_account_id = 111122223333\n",
        "conftest.py": """
            import pytest

            @pytest.fixture(scope="session")
            def root(pca_session):
                return pca_session.create_root_ca("Session Root")
            """,
        "test_session.py": """
            import boto3

            def test_the_hierarchy(root, pca_session, pca_client):
                assert root.account_id == pca_session.account_id == "111122223333"
                answer = pca_client.describe_certificate_authority(CertificateAuthorityArn=root.arn)
                assert answer["CertificateAuthority"]["Status"] == "ACTIVE"

            def test_is_the_same_in_every_test(root, pca_root_ca, pca_session):
                assert pca_session.authorities == [root, pca_root_ca]

            def test_a_mock_of_the_test_hides_it(root, pca):
                assert pca.authorities == []
            """,
        "test_module.py": """
            import boto3, pytest

            pytestmark = pytest.mark.pca(account_id="222222222222", region_name="eu-west-1")

            def test_the_marker_of_the_module(pca_module):
                assert pca_module.account_id == "222222222222"
                assert ":eu-west-1:" in pca_module.create_root_ca().arn

            def test_one_mock_of_all_tests(pca_module, pca_client):
                assert len(pca_client.list_certificate_authorities()["CertificateAuthorities"]) == 1

            @pytest.mark.pca(account_id="333333333333")
            def test_a_marker_of_its_own_is_nearer(pca_module, pca_client, pca_root_ca):
                assert pca_root_ca.account_id == "333333333333"

            def test_a_test_without_it(pca_client):
                assert pca_client.list_certificate_authorities()["CertificateAuthorities"] == []

            @pytest.mark.pca(account_id="444444444444")
            class TestClass:
                def test_one(self, pca_class):
                    assert pca_class.create_root_ca().account_id == "444444444444"

                def test_two(self, pca_class):
                    assert len(pca_class.authorities) == 1
            """,
    }

    assert "9 passed" in passed(files, tmp_path)


# Other modules, and asking for the plugin by name


def test_a_module_of_the_users_that_is_called_like_ours_replaces_nothing(tmp_path: Path) -> None:
    files = {
        "conftest_plugin.py": "def pytest_configure(): raise AssertionError",
        "test_it.py": "def test_it(pca): assert pca.authorities == []",
    }

    assert "1 passed" in passed(files, tmp_path, *_NO_ASYNCIO, **_ENTRY_POINTS)


ASKING = {
    "only by its old name": ("", "conftest_plugin", False),
    "in a conftest.py, too": ("conftest_plugin", "", True),
    "by all names": ("pca_mock.pytest_plugin", "conftest_plugin,pca_mock.pytest_plugin", True),
    "in a variable and in a conftest.py": ("conftest_plugin", "pca_mock.pytest_plugin", False),
}


@pytest.mark.parametrize(("conftest", "variable", "autoload"), ASKING.values(), ids=ASKING)
def test_asking_for_the_plugin_by_name_is_harmless(
    conftest: str, variable: str, autoload: bool, tmp_path: Path
) -> None:
    files = {
        "conftest.py": f"pytest_plugins = {[conftest] if conftest else []}",
        "test_it.py": "def test_it(pca): assert pca.authorities == []",
    }
    plugins = {} if autoload else {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    variables = {**_ENTRY_POINTS, **plugins, "PYTEST_PLUGINS": variable}

    assert "1 passed" in passed(files, tmp_path, *_NO_ASYNCIO, **variables)


def test_the_plugin_can_be_switched_off(tmp_path: Path) -> None:
    module = """
        import pytest

        def test_it(request):
            with pytest.raises(pytest.FixtureLookupError):
                request.getfixturevalue("pca")
        """
    arguments = (*_NO_ASYNCIO, "-p", "no:pca_mock", "-p", "conftest_plugin")

    assert "1 passed" in passed({"test_it.py": module}, tmp_path, *arguments, **_ENTRY_POINTS)
