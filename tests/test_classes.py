"""Decorated classes: which test has which mock, under pytest and under unittest."""

from __future__ import annotations

import asyncio
import copy
import sys
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from pca_mock import PcaMock, classes, mock_pca
from pca_mock.state import running
from tests import support
from tests.nowhere import cas, client, is_mocked
from tests.processes import passed, program


@mock_pca
class TestEachTestOfAClassHasAMockOfItsOwn:
    def setup_method(self) -> None:
        support.pending(client)

    def teardown_method(self) -> None:
        assert cas() == 2

    @pytest.mark.parametrize("time", ["first", "second"])
    def test_setup_method_and_the_test_share_it(self, time: str) -> None:
        support.pending(client)

    async def test_coroutines_too(self) -> None:
        support.pending(client)
        assert cas() == 2


@mock_pca(account_id="210987654321")
class TestAClassWithoutSetUp:
    @pytest.fixture(autouse=True)
    def one_ca(self) -> Iterator[None]:
        support.pending(client)
        yield
        assert is_mocked()

    def test_its_fixtures_share_the_mock(self) -> None:
        assert cas() == 1

    def test_has_a_mock(self) -> None:
        assert ":210987654321:" in support.pending(client).arn


class TestThatInheritsADecoratedClass(TestAClassWithoutSetUp):
    def test_of_its_own_has_a_mock_too(self) -> None:
        assert cas() == 1


@mock_pca
class TestAClassWithSetupClassSharesOneMock:
    @classmethod
    def setup_class(cls) -> None:
        support.pending(client)

    @classmethod
    def teardown_class(cls) -> None:
        assert cas() == 3

    @pytest.mark.parametrize("count", [2, 3])
    def test_what_one_test_makes_the_next_one_sees(self, count: int) -> None:
        support.pending(client)
        assert cas() == count


def test_a_test_method_called_by_hand_has_a_mock() -> None:
    it = TestAClassWithoutSetUp()

    it.test_has_a_mock()

    assert not is_mocked()


@mock_pca
class ACase(unittest.TestCase):
    def setUp(self) -> None:
        self.addCleanup(self.assert_two)
        support.pending(client)

    def tearDown(self) -> None:
        self.assert_two()

    def assert_two(self) -> None:
        assert cas() == 2

    def test_first(self) -> None:
        support.pending(client)
        assert cas() == 2

    def test_second(self) -> None:
        support.pending(client)
        assert cas() == 2


@mock_pca
class AnAsyncCase(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        support.pending(client)

    async def test_it(self) -> None:
        await asyncio.sleep(0)
        assert cas() == 1


@mock_pca
class ACaseWithSetUpClass(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        support.pending(client)

    def test_first(self) -> None:
        assert cas() == 1

    def test_second(self) -> None:
        assert cas() == 1


@pytest.mark.parametrize("case", [ACase, AnAsyncCase, ACaseWithSetUpClass])
def test_unittest_runs_decorated_test_cases(case: type[unittest.TestCase]) -> None:
    result = unittest.TestResult()

    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)

    assert result.testsRun > 0
    assert (result.errors, result.failures) == ([], [])
    assert not is_mocked()


def test_unittest_debug_has_a_mock_too() -> None:
    ACase("test_first").debug()

    assert not is_mocked()


def test_unittest_debug_raises_what_the_test_raises() -> None:
    @mock_pca
    class Failing(unittest.TestCase):
        def test_it(self) -> None:
            self.fail("as it should")

    with pytest.raises(AssertionError, match="as it should"):
        Failing("test_it").debug()
    assert not is_mocked()


def test_a_set_up_class_that_raises_ends_the_mock() -> None:
    @mock_pca
    class Broken(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            raise ZeroDivisionError

        def test_it(self) -> None: ...

    result = unittest.TestResult()
    unittest.TestSuite([Broken("test_it")]).run(result)

    assert len(result.errors) == 1
    assert not is_mocked()


# unittest, whoever overrides what


def account() -> str:
    """Create a CA: the account in which it is."""
    return support.pending(client).arn.split(":")[4]


def assert_new() -> None:
    """Fail unless a mock runs that is as new."""
    assert cas() == 0
    support.pending(client)


@mock_pca(account_id="111111111111")
class Base(unittest.TestCase):
    def setUp(self) -> None:
        assert_new()

    def tearDown(self) -> None:
        assert is_mocked()

    def test_of_the_base(self) -> None:
        assert account() == "111111111111"


def overriding_without_super() -> type[unittest.TestCase]:
    class Case(Base):
        def setUp(self) -> None:
            assert_new()
            self.addCleanup(assert_mocked)

        def tearDown(self) -> None:
            assert is_mocked()

        def test_of_its_own(self) -> None:
            assert cas() == 1

    return Case


def overriding_with_super() -> type[unittest.TestCase]:
    class Case(Base):
        def setUp(self) -> None:
            super().setUp()
            assert cas() == 1

        def tearDown(self) -> None:
            super().tearDown()
            assert is_mocked()

        def run(self, result: Any = None) -> Any:
            assert is_mocked()
            return super().run(result)

    return Case


def both_decorated() -> type[unittest.TestCase]:
    @mock_pca(account_id="222222222222")
    class Case(Base):
        def test_of_the_base(self) -> None:
            assert account() == "222222222222"
            assert cas() == 2

    return Case


@mock_pca
class Mixin:
    def setUp(self) -> None:
        assert_new()

    def test_of_the_mixin(self) -> None:
        assert cas() == 1


def a_mixin_in_front() -> type[unittest.TestCase]:
    class Case(Mixin, unittest.TestCase):
        def tearDown(self) -> None:
            assert is_mocked()

        def test_of_its_own(self) -> None:
            assert cas() == 1

    return Case


def a_mixin_behind() -> type[unittest.TestCase]:
    class Case(unittest.TestCase, Mixin):
        def setUp(self) -> None:
            assert_new()

        def test_of_its_own(self) -> None:
            assert cas() == 1

    return Case


def a_mixin_with_helpers_alone() -> type[unittest.TestCase]:
    @mock_pca
    class Helpers:
        def helper(self) -> int:
            support.pending(client)
            return cas()

    class Case(Helpers, unittest.TestCase):
        def test_helpers_use_the_mock_of_the_test(self) -> None:
            assert [self.helper(), self.helper()] == [1, 2]

    return Case


def for_the_class_without_super() -> type[unittest.TestCase]:
    class Case(Base):
        @classmethod
        def setUpClass(cls) -> None:
            assert_new()
            cls.addClassCleanup(assert_mocked)

        @classmethod
        def tearDownClass(cls) -> None:
            assert is_mocked()

        def setUp(self) -> None:
            assert cas() >= 1

    return Case


def torn_down_for_the_class() -> type[unittest.TestCase]:
    @mock_pca
    class Case(unittest.TestCase):
        @classmethod
        def tearDownClass(cls) -> None:
            assert cas() == 2

        def test_first(self) -> None:
            support.pending(client)

        def test_second(self) -> None:
            support.pending(client)

    return Case


class DjangosTestCase(unittest.TestCase):
    """Like Django's: it always has a `setUpClass`, which calls what a user may override."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.setUpTestData()

    @classmethod
    def setUpTestData(cls) -> None: ...

    for method in (setUpClass, setUpTestData):
        vars(method.__func__)  # type: ignore[attr-defined]
        method.__func__.__module__ = "django.test.testcases"  # type: ignore[attr-defined]


def data_of_django() -> type[unittest.TestCase]:
    @mock_pca
    class Case(DjangosTestCase):
        @classmethod
        def setUpTestData(cls) -> None:
            assert_new()

        def test_first(self) -> None:
            assert cas() == 1

        def test_second(self) -> None:
            assert cas() == 1

    return Case


def handles_in_data_of_django() -> type[unittest.TestCase]:
    @mock_pca
    class Case(DjangosTestCase):
        kept: Any
        planned: Any

        @classmethod
        def setUpTestData(cls) -> None:
            mock = mock_pca()
            pca = mock.start()
            cls.addClassCleanup(mock.stop)
            cls.kept = (mock, pca, pca.create_root_ca(), pca.clock, pca.calls, pca.buckets)
            cls.planned = pca.fail("ListCertificateAuthorities", "ThrottlingException")

        def test_copies_are_about_the_same_mock(self) -> None:
            _, pca, root, clock, calls, _ = copy.deepcopy(self.kept)

            assert root.issue("localhost").status == "ISSUED"
            clock.advance(days=40000)
            assert self.kept[2].status == "EXPIRED"
            assert pca.calls[-1] == calls[-1] == self.kept[4][-1]
            copy.deepcopy((pca.snapshot(), self.planned))

    return Case


def no_data_of_django() -> type[unittest.TestCase]:
    @mock_pca
    class Case(DjangosTestCase):
        def test_first(self) -> None:
            assert_new()

        def test_second(self) -> None:
            assert_new()

    return Case


def nested() -> type[unittest.TestCase]:
    @mock_pca
    class Outer:
        class Case(unittest.TestCase):
            def test_it(self) -> None:
                assert_new()

    return Outer.Case


def assert_mocked() -> None:
    assert is_mocked()


@pytest.mark.parametrize(
    "new_case",
    [
        overriding_without_super,
        overriding_with_super,
        both_decorated,
        a_mixin_in_front,
        a_mixin_behind,
        a_mixin_with_helpers_alone,
        for_the_class_without_super,
        torn_down_for_the_class,
        data_of_django,
        handles_in_data_of_django,
        no_data_of_django,
        nested,
    ],
)
def test_each_test_has_its_mock_under_unittest(
    new_case: Callable[[], type[unittest.TestCase]],
) -> None:
    result = unittest.TestResult()

    unittest.defaultTestLoader.loadTestsFromTestCase(new_case()).run(result)

    assert [text for _, text in result.errors + result.failures] == []
    assert result.testsRun > 0
    assert not is_mocked()


def test_a_mock_that_fails_at_its_end_fails_a_test_and_not_the_runner() -> None:
    @mock_pca(faults_must_strike=True)
    class Case(unittest.TestCase):
        def test_a_plan_that_never_strikes(self) -> None:
            pca = object.__new__(PcaMock)
            pca._state = running.mocks()[-1]
            pca.fail("GetPolicy", "ThrottlingException", times=1)

        def test_no_plan(self) -> None: ...

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)

    assert result.testsRun == 2
    assert ["GetPolicy" in text for _, text in result.failures] == [True]


# pytest, whoever overrides what


SUITE = {
    "conftest.py": """
        import pytest
        from suite import assert_mocked, assert_new

        @pytest.fixture(scope="class")
        def prepared():
            assert_new()
            yield
            assert_mocked()
        """,
    "suite.py": """
        from tests.nowhere import cas, client, is_mocked
        from tests import support

        def assert_new():
            assert cas() == 0
            support.pending(client)

        def assert_mocked():
            assert is_mocked()
        """,
    "test_suite.py": program("decorated_classes.py"),
}


def test_each_test_has_its_mock_under_pytest(tmp_path: Path) -> None:
    assert "24 passed" in passed(SUITE, tmp_path)


def test_a_class_that_was_set_up_outside_of_its_mock_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @mock_pca
    class WithSetUp:
        def setup_method(self) -> None: ...
        def test_it(self) -> None: ...

    monkeypatch.delitem(sys.modules, "pca_mock.pytest_plugin")  # as with -p no:pca_mock

    TestAClassWithoutSetUp().test_has_a_mock()
    with pytest.raises(RuntimeError, match=r"add -p pca_mock\.pytest_plugin"):
        WithSetUp().test_it()


@mock_pca(account_id="111111111111")
class TestAroundAnother:
    other = TestAClassWithoutSetUp  # defined elsewhere: none of the nested ones
    test_data = (1, 2)

    @mock_pca(account_id="222222222222")
    class TestInside:
        def test_has_its_own_options(self) -> None:
            assert ":222222222222:" in support.pending(client).arn

    def test_has_its_own_options(self) -> None:
        assert ":111111111111:" in support.pending(client).arn


def test_to_end_the_mock_of_a_class_that_has_none_does_nothing() -> None:
    classes.end_class(TestAroundAnother)

    assert not is_mocked()


# Classes that aren't tests


@mock_pca
class Helper:
    @classmethod
    def of_the_class(cls) -> int:
        return cas()

    @staticmethod
    def static() -> int:
        return cas()

    def method(self) -> int:
        support.pending(client)
        return cas()

    async def coroutine(self) -> int:
        return self.method() + self.method()

    def __call__(self) -> int:
        return cas()

    def _private(self) -> int:
        return cas()


def test_a_class_keeps_its_attributes_and_its_own_treatment_of_subclasses() -> None:
    @mock_pca
    class Base:
        limit = 5
        names: ClassVar[list[str]] = []

        def __init_subclass__(cls, name: str) -> None:
            cls.names.append(name)

        def method(self) -> int:
            return cas()

    class Derived(Base, name="derived"):
        def method(self) -> int:
            return cas() + self.limit

    assert (Base().method(), Derived().method()) == (0, 5)
    assert Base.names == ["derived"]


async def test_each_call_of_a_public_method_of_another_class_runs_in_a_mock() -> None:
    class Derived(Helper):
        def own(self) -> int:
            return self.method() + self.method()

    helper = Derived()

    assert [helper.method(), helper.method(), helper(), helper.static()] == [1, 1, 0, 0]
    assert (Helper.of_the_class(), helper.own(), await helper.coroutine()) == (0, 3, 3)
    assert not is_mocked()
    with pytest.raises(Exception, match=r"127\.0\.0\.1"):
        helper._private()
