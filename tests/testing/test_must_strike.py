"""`faults_must_strike`: a fault that was planned for something, and never struck, fails a test."""

from __future__ import annotations

from typing import Final

import pytest

from pca_mock import PcaMock, mock_pca

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
    assert not plan.is_idle
