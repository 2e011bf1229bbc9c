from __future__ import annotations

import re
import uuid
from random import Random
from typing import Any

import pytest

from pca_mock.state.randomness import new_partition_name, new_serial_number, new_uuid, source

SEEDS = (0, 1, -1, "one", "")


class Bits(Random):
    """A source that gives exactly these numbers, one after the other."""

    def __init__(self, numbers: tuple[int, ...]) -> None:  # one argument, as Python 3.10 wants
        super().__init__()
        self._numbers = iter(numbers)

    def getrandbits(self, k: int) -> int:
        assert k == 128
        return next(self._numbers)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("new", [new_uuid, new_serial_number, new_partition_name])
def test_everything_repeats_with_a_seed(seed: Any, new: Any) -> None:
    first, second = source(seed), source(seed)

    assert [new(first) for _ in range(20)] == [new(second) for _ in range(20)]


@pytest.mark.parametrize("new", [new_uuid, new_serial_number, new_partition_name])
def test_other_seeds_and_no_seed_give_other_values(new: Any) -> None:
    sources = [source(seed) for seed in (*SEEDS, None, None)]
    result = [new(each) for each in sources for _ in range(20)]

    assert len(set(result)) == 20 * len(sources)


@pytest.mark.parametrize("bits", [0, (1 << 128) - 1, 0x0123456789ABCDEF << 64])
def test_a_uuid_is_one_of_version_4(bits: int) -> None:
    text = new_uuid(Bits((bits,)))

    parsed = uuid.UUID(text)
    assert str(parsed) == text
    assert (parsed.version, parsed.variant) == (4, uuid.RFC_4122)
    assert parsed == uuid.UUID(int=bits, version=4)


@pytest.mark.parametrize("first", [1, 1 << 124, (1 << 128) - 1])
def test_a_serial_number_is_the_number_that_was_drawn(first: int) -> None:
    assert new_serial_number(Bits((first,))) == first


def test_a_serial_number_is_never_zero() -> None:
    assert new_serial_number(Bits((0, 0, 7))) == 7


def test_some_serial_numbers_begin_with_zeros() -> None:
    result = source(7)

    assert 0 < sum(new_serial_number(result) < 1 << 124 for _ in range(160)) < 40


def test_a_partition_has_a_name_of_eleven_letters_and_digits() -> None:
    result = source(7)
    names = [new_partition_name(result) for _ in range(99)]

    assert all(re.fullmatch("[A-Za-z0-9]{11}", name) for name in names)
    assert any(re.search("[A-Z]", name) and re.search("[a-z]", name) for name in names)
