from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

import pytest

from pca_mock.state.calls import LARGEST, LIMIT, SUCCESS, Call, Caller, Log

NOON = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)


def call(name: str) -> Call:
    caller = Caller("123456789012", "eu-west-1", "aws")
    return Call(name, {}, caller, NOON, SUCCESS, None, 0, "request")


def names(calls: Iterable[Call]) -> list[str]:
    return [each.operation for each in calls]


@pytest.fixture
def log() -> Log:
    """A log with the calls A and B."""
    result = Log()
    result.add(call("A"))
    result.add(call("B"))
    return result


def test_a_new_log_is_empty() -> None:
    log = Log()

    assert (list(log.latest), log.total, log.added) == ([], 0, 0)
    assert log.since(0) == []


def test_calls_are_kept_in_their_order(log: Log) -> None:
    assert names(log.latest) == ["A", "B"]
    assert (log.total, log.added) == (2, 2)


def test_only_the_latest_calls_are_kept() -> None:
    log = Log()
    for number in range(LIMIT + 5):
        log.add(call(str(number)))

    assert len(log.latest) == LIMIT
    assert (log.latest[0].operation, log.latest[-1].operation) == ("5", str(LIMIT + 4))
    assert log.total == LIMIT + 5


def test_of_large_calls_fewer_are_kept(log: Log) -> None:
    large = {"Tags": [{"Key": "k", "Value": "x" * (LARGEST // 4)}]}
    for number in range(6):
        log.add(call(str(number))._replace(params=large))
    assert names(log.latest) == ["3", "4", "5"]

    log.restore(log.keep())
    log.add(call("6"))
    assert names(log.latest) == ["3", "4", "5", "6"]
    log.add(call("7")._replace(message="x" * (LARGEST + 1)))
    assert names(log.latest) == ["7"]
    log.add(call("8"))
    assert names(log.latest) == ["8"]

    assert log.total == 11


def test_a_log_that_was_replaced_still_keeps_only_the_latest_calls(log: Log) -> None:
    log.restore(log.keep())
    for number in range(LIMIT - 1):
        log.add(call(str(number)))

    assert len(log.latest) == LIMIT
    assert log.latest[0].operation == "B"


def test_the_calls_added_since_a_moment_can_be_found(log: Log) -> None:
    log.add(call("C"))

    assert [names(log.since(added)) for added in range(4)] == [
        ["A", "B", "C"],
        ["B", "C"],
        ["C"],
        [],
    ]


@pytest.mark.parametrize("kept", [(), ("X",), ("X", "Y", "Z")])
def test_restored_calls_are_not_added_calls(kept: tuple[str, ...], log: Log) -> None:
    log.restore((tuple(call(name) for name in kept), len(kept)))
    assert (log.since(0), log.since(1), log.since(2)) == ([], [], [])
    assert log.total == len(kept)

    log.add(call("C"))
    assert names(log.latest) == [*kept, "C"]
    assert (names(log.since(0)), names(log.since(2)), log.since(3)) == (["C"], ["C"], [])


def test_only_the_latest_of_too_many_added_calls_are_reported() -> None:
    log = Log()
    for number in range(LIMIT + 5):
        log.add(call(str(number)))

    assert len(log.since(0)) == LIMIT
    assert names(log.since(LIMIT + 3)) == [str(LIMIT + 3), str(LIMIT + 4)]


def test_nothing_is_noted_while_there_is_a_reason_for_a_pause(log: Log) -> None:
    log.pauses = 1
    log.add(call("C"))

    assert names(log.latest) == ["A", "B"]
    assert (log.total, log.added) == (2, 2)


def test_a_caller_has_the_arn_that_messages_show() -> None:
    caller = Caller("123456789012", "cn-north-1", "aws-cn")

    assert caller.arn == "arn:aws-cn:iam::123456789012:root"


def test_a_call_that_goes_on_replaces_its_earlier_entry_where_that_is(log: Log) -> None:
    first, _ = log.latest

    log.add(call("again"), instead_of=first)
    assert (names(log.latest), log.total) == (["again", "B"], 2)
    log.restore(((call("C"),), 1))
    log.add(call("later"), instead_of=first)
    assert (names(log.latest), log.total) == (["C", "later"], 2)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, lambda data: data.decode()])
def test_text_and_bytes_of_all_types_have_a_size(kind: Any, log: Log) -> None:
    large = {"Csr": kind(b"x" * (LARGEST + 1))}

    log.add(call("large")._replace(params=large))

    assert names(log.latest) == ["large"]
