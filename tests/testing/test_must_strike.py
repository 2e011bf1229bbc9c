"""`faults_must_strike`: a fault that was planned for something, and never struck, fails a test."""

from __future__ import annotations

import unittest
from pathlib import Path
from typing import Any, Final

import pytest

from pca_mock import PcaMock, mock_pca
from pca_mock.state import plans
from tests.processes import pytest_outcome

LIST: Final = "ListCertificateAuthorities"


def test_a_counted_or_narrowed_fault_that_never_struck_is_reported_at_the_end_of_the_mock() -> None:
    patcher = mock_pca(faults_must_strike=True)
    pca = patcher.start()
    pca.fail(LIST, "ThrottlingException", times=1)
    pca.fail("GetPolicy", "ThrottlingException", when=lambda _: True)
    pca.fail("ListTags", "ThrottlingException")

    with pytest.raises(AssertionError, match="2 planned faults never struck") as caught:
        patcher.stop()

    assert "ListTags" not in str(caught.value)
    with pytest.raises(RuntimeError):
        patcher.stop()


def test_the_end_of_its_block_reports_it_and_counts_calls_of_another_origin() -> None:
    with mock_pca(faults_must_strike=True) as pca:
        root = pca.create_root_ca()
        with (
            pytest.raises(AssertionError, match='1 such attempts had another origin: origin="any"'),
            pca.fail("IssueCertificate", "ThrottlingException", times=1),
        ):
            root.issue("localhost")


def test_a_fault_that_struck_or_was_cancelled_or_belongs_to_a_failing_test_is_not_reported() -> (
    None
):
    with mock_pca(faults_must_strike=True) as pca:
        with pca.fail(LIST, "ThrottlingException", attempts=1):
            pca.client().list_certificate_authorities()
        pca.fail(LIST, "ThrottlingException", times=1).cancel()

    def fails() -> None:
        with mock_pca(faults_must_strike=True) as pca:
            pca.fail(LIST, "ThrottlingException", times=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()


def test_by_default_a_fault_need_not_strike(pca: PcaMock) -> None:
    with pca.fail(LIST, "ThrottlingException", times=1) as plan:
        pass
    assert not plans.is_idle(plan)


class _IdleFaults:
    def test_idle(self, pca: Any) -> None:
        pca.fail(LIST, "ThrottlingException", times=1)

    def test_struck(self) -> None:
        pass


class _RunsWithoutResult(_IdleFaults):
    def run(self, result: Any = None) -> None:
        super().run(result)  # type: ignore[misc]  # of TestCase


@pytest.mark.parametrize("base", [_IdleFaults, _RunsWithoutResult])
def test_unittest_reports_it_as_the_failure_of_its_test(base: type) -> None:
    cases: Any = mock_pca(faults_must_strike=True)(type("Cases", (base, unittest.TestCase), {}))
    result = unittest.TestResult()

    unittest.defaultTestLoader.loadTestsFromTestCase(cases).run(result)

    ((case, text),) = result.failures
    assert (result.testsRun, result.errors) == (2, [])
    assert case.id().endswith("test_idle")
    assert "a planned fault never struck" in text
    with pytest.raises(AssertionError, match="never struck"):
        cases("test_idle").debug()


def test_unittest_reports_a_fault_of_a_whole_class_as_an_error_of_the_class() -> None:
    @mock_pca(faults_must_strike=True)
    class Cases(_IdleFaults, unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            pass

    result = unittest.TestResult()

    unittest.defaultTestLoader.loadTestsFromTestCase(Cases).run(result)

    ((_, text),) = result.errors
    assert (result.testsRun, result.failures) == (2, [])
    assert "a planned fault never struck" in text


def test_pytest_reports_it_after_the_test(tmp_path: Path) -> None:
    module = """
        import pytest
        import unittest
        from pca_mock import mock_pca

        @pytest.mark.pca(faults_must_strike=True)
        def test_fixture(pca):
            pca.fail("ListTags", "ThrottlingException", times=1)

        @mock_pca(faults_must_strike=True)
        def test_function(pca):
            pca.fail("ListTags", "ThrottlingException", times=1)

        @mock_pca(faults_must_strike=True)
        class Cases(unittest.TestCase):
            def test_method(self, pca):
                pca.fail("ListTags", "ThrottlingException", times=1)
        """

    _, output = pytest_outcome({"test_it.py": module}, tmp_path)

    assert "1 failed, 2 passed, 2 errors" in output
    assert "a planned fault never struck" in output
