"""Handles where several mocks run: which one they show, and which one they act on."""

from __future__ import annotations

import itertools
import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pca_mock import Authority, PcaMock, mock_pca
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


# Forks

_has_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


def _numbers_of_a_child(pca: PcaMock, ca: Authority, home: Path) -> list[str]:
    """The numbers that a forked child draws: serials, ids, and the public point of a key."""

    def draw() -> int:
        with pca.clock.freeze():
            pca.delay("CreateCertificateAuthority", timedelta(seconds=1))
            root = pca.create_root_ca()
        serials = [hex(ca.issue("localhost").serial_number) for _ in range(2)]
        key: Any = root.certificate.public_key()
        print(*serials, root.arn, hex(key.public_numbers().x), pca.events[-1].id)
        return 0

    code, printed = in_a_fork(draw, home)
    assert code == 0, printed
    assert len(printed.split()) == 5
    return printed.split()


@_has_fork
def test_children_that_are_forked_while_threads_call_answer_and_repeat_nothing(
    tmp_path: Path,
) -> None:
    with mock_pca() as pca:
        pca.create_root_ca()  # leaves a key in the pool, which children must not share
    ended, held = threading.Event(), threading.Event()
    with mock_pca() as pca:
        ca, client, state = pca.create_root_ca(), pca.client(), pca._state

        def call_on() -> None:
            while not ended.is_set():
                client.list_certificate_authorities()
                ca.issue("localhost")

        def hold() -> None:
            with state.lock, state.plans._lock, state.log._lock, state.events._lock:
                held.set()
                ended.wait()

        threads = [threading.Thread(target=call_on) for _ in range(3)]
        holder = threading.Thread(target=hold)
        try:
            for thread in threads:
                thread.start()
            numbers = [_numbers_of_a_child(pca, ca, tmp_path) for _ in range(4)]
            holder.start()
            held.wait()
            numbers += [_numbers_of_a_child(pca, ca, tmp_path) for _ in range(2)]
        finally:
            ended.set()
            for thread in (*threads, holder):
                thread.join()
        drawn = [hex(leaf.serial_number) for leaf in pca.certificates]
    drawn += itertools.chain(*numbers)

    assert len(set(drawn)) == len(drawn)


@_has_fork
def test_children_of_a_seeded_mock_repeat_only_with_their_parent(tmp_path: Path) -> None:
    runs = []
    for _ in range(2):
        with mock_pca(seed=1) as pca:
            ca = pca.create_root_ca()
            runs.append([_numbers_of_a_child(pca, ca, tmp_path) for _ in range(2)])
    first, second = runs[0]

    assert runs[1] == [first, second]
    assert not set(first) & set(second)
