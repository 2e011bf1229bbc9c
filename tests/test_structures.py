"""Copies of parameters and answers."""

from __future__ import annotations

from typing import Any

import pytest

from pca_mock.structures import TOO_DEEP, as_list, copied


def test_a_copy_has_the_same_values_and_no_container_of_the_original() -> None:
    original = {"a": [1, {"b": (b"c", ["d"])}], "e": None}

    copy: Any = copied(original)
    original["a"][1]["b"][1].append("later")  # type: ignore[index]

    assert copy == {"a": [1, {"b": (b"c", ["d"])}], "e": None}


@pytest.mark.parametrize("around", [lambda value: [value], lambda value: {"x": value}])
def test_what_is_nested_too_deeply_is_left_out_of_a_copy(around: Any) -> None:
    value: Any = "inside"
    for _ in range(5000):
        value = around(value)

    assert TOO_DEEP in repr(copied(value))
    assert "inside" not in repr(copied(value))


def test_a_member_of_a_policy_may_be_a_list_one_item_or_absent() -> None:
    assert [as_list(value) for value in (["a", "b"], "a", None)] == [["a", "b"], ["a"], []]
