from collections.abc import Iterator

import pytest

from pca_mock import Authority, PcaMock, Snapshot, mock_pca


@pytest.fixture(scope="module")
def hierarchy() -> tuple[Snapshot, Authority]:
    """A root and three levels below it, made once for all tests of this file."""
    with mock_pca() as pca:
        ca = pca.create_root_ca("Root")
        for path_length in (2, 1, 0):
            ca = ca.create_subordinate_ca(f"Level {path_length}", path_length=path_length)
        pca.calls.clear()
        return pca.snapshot(), ca


@pytest.fixture
def issuing(pca: PcaMock, hierarchy: tuple[Snapshot, Authority]) -> Authority:
    snapshot, ca = hierarchy
    pca.restore(snapshot)
    return ca


def test_one_test_uses_it(issuing: Authority, pca: PcaMock) -> None:
    issuing.issue("localhost").revoke()

    assert len(issuing.certificates) == 1
    assert len(pca.calls) == 2


def test_the_next_one_finds_it_unused(issuing: Authority) -> None:
    assert issuing.certificates == []
    assert len(issuing.issue("localhost").chain) == 4


def test_a_test_can_go_back_and_try_another_way(pca: PcaMock, pca_root_ca: Authority) -> None:
    leaf = pca_root_ca.issue("localhost")
    before = pca.snapshot()

    leaf.revoke()
    pca.restore(before)

    assert leaf.status == "ISSUED"


@pytest.fixture(scope="module")
def shared_pca() -> Iterator[PcaMock]:
    with mock_pca() as pca:
        yield pca


def test_one_mock_for_many_tests_can_begin_anew(shared_pca: PcaMock) -> None:
    shared_pca.create_root_ca()

    shared_pca.reset()

    assert shared_pca.authorities == []


def test_with_a_seed_and_a_frozen_clock_everything_repeats() -> None:
    def story() -> str:
        with mock_pca(seed="story") as pca:
            pca.clock.freeze("2030-01-01T00:00:00Z")
            return pca.create_root_ca().issue("localhost").certificate_pem

    assert story() == story()
