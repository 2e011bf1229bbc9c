"""Which objects are written at once, and which wait until somebody looks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pca_mock.adapters.outgoing import Outgoing
from pca_mock.state.buckets import Content, StoredObject


def _sized(size: int) -> StoredObject:
    return StoredObject("bucket", "key", Content(size, bytes), "text/plain")


@given(st.integers(1, 100), st.integers(1, 3000))
def test_writing_a_growing_object_costs_a_constant_for_each_byte(step: int, steps: int) -> None:
    written: list[int] = []
    outgoing = Outgoing(lambda item, _: written.append(len(written)))
    sizes: list[int] = []

    for size in range(step, step * steps + 1, step):
        item = _sized(size)
        before = len(written)
        outgoing.add(item, "us-east-1", lambda _: None)
        outgoing.send(everything=False)
        if len(written) > before:
            sizes.append(size)

    small, large = 32 * 1024, step * steps
    assert sizes[: small // step] == list(range(step, min(small, large) + 1, step))
    assert sum(size for size in sizes if size > small) <= 12 * large


def test_an_object_of_unchanged_size_is_written_again() -> None:
    written: list[StoredObject] = []
    outgoing = Outgoing(lambda item, _: written.append(item))
    items = [_sized(100_000), _sized(100_000), _sized(90_000)]

    for item in items:
        outgoing.add(item, "us-east-1", lambda _: None)
        outgoing.send(everything=False)

    assert written == items


class _PutError(Exception):
    """Raised by the tester's own code."""


@pytest.mark.parametrize("error", [_PutError, KeyboardInterrupt])
def test_an_object_whose_writing_was_interrupted_is_written_at_the_next_time(
    error: type[BaseException],
) -> None:
    item, errors = _sized(1), [error()]
    written: list[StoredObject] = []
    outcomes: list[object] = []

    def put(item: StoredObject, _: str) -> None:
        if errors:
            raise errors.pop()
        written.append(item)

    outgoing = Outgoing(put)
    outgoing.add(item, "us-east-1", outcomes.append)

    with pytest.raises(error):
        outgoing.send(everything=True)
    assert (written, outcomes) == ([], [])
    outgoing.send(everything=True)
    assert (written, outcomes) == ([item], [None])
