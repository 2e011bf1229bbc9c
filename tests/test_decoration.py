"""`@mock_pca` on functions and methods: they get its handle, and pytest's fixtures use its mock."""

from __future__ import annotations

import asyncio
import inspect
import unittest
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, ClassVar

from pca_mock import PcaMock, mock_pca
from tests.processes import passed, pytest_outcome


def test_a_named_or_annotated_parameter_gets_the_handle() -> None:
    @mock_pca(account_id="111122223333")
    def named(number: int, pca: Any) -> tuple[int, str]:
        return number, pca.account_id

    @mock_pca
    async def annotated(*, mock: PcaMock) -> int:
        return len(mock.authorities)

    called: Any = (named, annotated)
    assert called[0](1) == (1, "111122223333")
    assert asyncio.run(called[1]()) == 0


def test_generators_of_both_kinds_get_the_handle() -> None:
    @mock_pca(account_id="111122223333")
    def generator(pca: PcaMock) -> Iterator[str]:
        yield pca.account_id

    @mock_pca(account_id="111122223333")
    async def generator_async(number: int, pca: PcaMock) -> AsyncIterator[Any]:
        yield number
        yield pca.account_id

    async def items(function: Any) -> list[Any]:
        return [item async for item in function(1)]

    called: Any = generator
    assert list(called()) == ["111122223333"]
    assert inspect.isasyncgenfunction(generator_async)
    assert asyncio.run(items(generator_async)) == [1, "111122223333"]


def test_a_parameter_of_another_type_gets_no_handle() -> None:
    @mock_pca
    def components(pca: int) -> int:
        return pca

    @mock_pca
    def listed(pca: list[int]) -> list[int]:
        return pca

    assert components(3) == 3
    assert listed([3]) == [3]


def test_methods_of_a_decorated_class_get_the_handle() -> None:
    @mock_pca(account_id="111122223333")
    class Tests(unittest.TestCase):
        seen: ClassVar[list[str]] = []

        def setUp(self, pca: PcaMock) -> None:  # type: ignore[override]
            self.root = pca.create_root_ca()

        def test_one(self, pca: Any) -> None:
            self.seen.append(pca.account_id)
            assert pca.authorities == [self.root]

        def test_two(self) -> None:
            self.seen.append("no handle")

    @mock_pca
    class Program:
        def run(self, *, mock: PcaMock) -> int:
            return len(mock.authorities)

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Tests).run(result)
    program: Any = Program()

    assert (result.testsRun, result.failures, result.errors) == (2, [], [])
    assert Tests.seen == ["111122223333", "no handle"]
    assert program.run() == 0


def test_a_handle_that_the_caller_passes_is_kept(pca: PcaMock) -> None:
    @mock_pca
    def function(pca: PcaMock) -> PcaMock:
        return pca

    assert function(pca=pca) is pca


def test_under_pytest_there_is_one_mock(tmp_path: Path) -> None:
    module = """
        from pca_mock import mock_pca
        from pca_mock.state import running

        @mock_pca(account_id="111122223333")
        def test_it(pca, tmp_path):
            assert pca.account_id == "111122223333"
            assert len(running.mocks()) == 1
        """

    assert "1 passed" in passed({"test_it.py": module}, tmp_path)


def test_fixtures_use_the_mock_of_the_decorator(tmp_path: Path) -> None:
    module = """
        import functools
        import pytest
        from pca_mock import PcaMock, mock_pca
        from pca_mock.state import running

        def other(function):
            @functools.wraps(function)
            def call(*args, **kwargs):
                return function(*args, **kwargs)
            return call

        @pytest.fixture
        def leaf(pca, pca_issuing_ca):
            return pca_issuing_ca.issue("localhost")

        def check(pca, leaf):
            assert running.mocks() == [pca._state]
            assert leaf in pca.certificates
            assert pca.account_id == "111122223333"

        @other
        @mock_pca(account_id="111122223333")
        def test_function(pca, leaf):
            check(pca, leaf)

        @mock_pca(account_id="111122223333")
        @pytest.mark.pca(account_id="111122223333")
        def test_function_with_a_marker(mock: PcaMock, pca_root_ca, pca_client):
            assert mock.authorities == [pca_root_ca]

        class TestMethod:
            @mock_pca(account_id="111122223333")
            def test_method(self, pca, leaf):
                check(pca, leaf)

        @mock_pca(account_id="111122223333")
        class TestClass:
            @pytest.fixture(autouse=True)
            def _each(self, pca):
                self.pca = pca

            def test_it(self, mock: PcaMock, leaf):
                assert mock is self.pca
                check(mock, leaf)

            @pytest.mark.parametrize("number", [1, 2])
            def test_again(self, number, leaf):
                check(self.pca, leaf)
        """

    assert "6 passed" in passed({"test_it.py": module}, tmp_path)


def test_a_wider_mock_is_behind_that_of_the_decorator(tmp_path: Path) -> None:
    conftest = """
        import pytest

        @pytest.fixture(scope="session", autouse=True)
        def everywhere(pca_session):
            return pca_session
        """
    module = """
        import boto3
        import pytest
        from pca_mock import mock_pca

        def used(pca):
            boto3.client("acm-pca").list_certificate_authorities()
            return len(pca.calls)

        @mock_pca
        class TestClass:
            def test_first_of_the_session(self, pca, everywhere):
                assert (used(pca), len(everywhere.calls)) == (1, 0)

            def test_second(self, pca, pca_root_ca, everywhere):
                assert (used(pca), len(everywhere.calls)) == (1, 0)
                assert pca.authorities == [pca_root_ca]

        @mock_pca
        def test_function(pca, pca_root_ca, everywhere):
            assert (used(pca), len(everywhere.calls)) == (1, 0)
            assert pca.authorities == [pca_root_ca]
        """

    assert "3 passed" in passed({"conftest.py": conftest, "test_it.py": module}, tmp_path)


def test_options_of_a_marker_that_the_decorator_lacks_are_refused(tmp_path: Path) -> None:
    module = """
        import pytest
        from pca_mock import mock_pca

        @mock_pca
        @pytest.mark.pca(seed=1)
        def test_function(pca):
            pass

        @pytest.mark.pca(seed=1)
        @mock_pca
        class TestClass:
            def test_it(self):
                pass
        """

    _, output = pytest_outcome({"test_it.py": module}, tmp_path)

    assert "2 errors" in output
    assert output.count("pca(seed=1) has no effect on the mock of @mock_pca") >= 2
