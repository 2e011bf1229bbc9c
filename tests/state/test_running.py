"""Handles where several mocks run: which one they show, and which one they act on."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from pca_mock import mock_pca
from tests.processes import in_a_fork


def test_a_handle_is_about_its_own_mock_while_that_is_the_last_one() -> None:
    with mock_pca() as outer:
        kept = outer.snapshot()
        with mock_pca() as inner:
            inner.restore(kept)
            root = inner.create_root_ca()
            root.disable()

            assert root.status == "DISABLED"
            assert outer.authorities == []


def test_a_handle_of_an_ended_mock_is_about_the_one_that_has_its_ca() -> None:
    with mock_pca() as pca:
        root = pca.create_root_ca()
        leaf = root.issue("localhost")
        kept = pca.snapshot()
    with mock_pca() as pca:
        pca.restore(kept)
        leaf.revoke()
        root.disable()

        assert (root.status, leaf.status) == ("DISABLED", "REVOKED")
        assert root.describe()["Status"] == "DISABLED"
        assert pca.authorities == [root]
    assert (root.status, leaf.status) == ("ACTIVE", "ISSUED")


def test_a_handle_of_a_mock_that_still_runs_is_about_the_later_one_that_has_its_ca() -> None:
    with mock_pca() as outer:
        root = outer.create_root_ca()
        leaf = root.issue("localhost")
        with mock_pca() as inner:
            inner.restore(outer.snapshot())
            leaf.revoke()
            root.disable()

            assert (root.status, leaf.status) == ("DISABLED", "REVOKED")
        assert (root.status, leaf.status) == ("ACTIVE", "ISSUED")


def test_a_ca_that_is_gone_from_the_later_mock_is_gone() -> None:
    with mock_pca() as outer:
        root = outer.create_root_ca()
        with mock_pca() as inner:
            inner.restore(outer.snapshot())
            root.delete(7)
            inner.clock.advance(days=7)

            with pytest.raises(LookupError, match="any more"):
                _ = root.status
        assert root.status == "ACTIVE"


def test_a_handle_is_about_its_own_mock_where_no_other_has_its_ca() -> None:
    with mock_pca() as outer:
        root = outer.create_root_ca()
        with mock_pca() as inner:
            inner.create_root_ca()
            root.disable()
            assert root.status == "DISABLED"
    with mock_pca():
        assert root.status == "DISABLED"


def test_a_handle_uses_the_latest_mock_that_has_its_ca() -> None:
    with mock_pca() as pca:
        root = pca.create_root_ca()
        kept = pca.snapshot()
    with mock_pca() as outer:
        outer.restore(kept)
        with mock_pca() as inner:
            inner.restore(kept)
            root.disable()
            assert root.status == "DISABLED"
        assert root.status == "ACTIVE"


def test_a_handle_creates_in_its_own_mock_below_another_one() -> None:
    with mock_pca() as outer, mock_pca() as inner:
        root = outer.create_root_ca()
        leaf = root.issue("localhost")

        assert outer.authorities == [root]
        assert inner.authorities == []
        assert (root.status, leaf.status) == ("ACTIVE", "ISSUED")


def test_a_handles_clock_is_that_of_the_mock_that_it_is_about() -> None:
    with mock_pca() as pca:
        root = pca.create_root_ca()
        kept = pca.snapshot()
    with mock_pca() as pca:
        pca.restore(kept)
        pca.clock.advance(days=11 * 365)

        assert root.status == "EXPIRED"
    assert root.status == "ACTIVE"


def test_mocks_that_run_again_and_again_leave_nothing_behind() -> None:
    mock = mock_pca()
    with mock as pca:
        root = pca.create_root_ca()
    with mock as again:
        assert again is not pca
        assert again.authorities == []
        assert root.status == "ACTIVE"
        with pytest.raises(RuntimeError, match="has ended"):
            root.issue("localhost")


def test_a_handle_never_falls_back_on_an_earlier_mock() -> None:
    with mock_pca() as outer:
        root = outer.create_root_ca()
        with mock_pca() as inner:
            inner.restore(outer.snapshot())
            (restored,) = inner.authorities
            inner.reset()

            with pytest.raises(LookupError, match="any more"):
                _ = restored.status
            assert root.status == "ACTIVE"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("seed", [None, 7])
def test_a_forked_child_has_locks_and_random_numbers_of_its_own(
    seed: int | None, tmp_path: Path
) -> None:
    with mock_pca(seed=seed) as pca:
        held, done = threading.Event(), threading.Event()

        def hold() -> None:
            state = pca._state
            with state.lock, state.log._lock, state.events._lock:
                held.set()
                done.wait()

        def create() -> int:
            print(pca.create_root_ca().arn, pca.events[0].id)
            return 0

        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        code, printed = in_a_fork(create, tmp_path)
        done.set()
        thread.join()

        assert code == 0, printed
        arn, event_id = printed.split()
        is_same = (pca.create_root_ca().arn == arn, pca.events[0].id == event_id)
    assert is_same == (seed is not None, seed is not None)
