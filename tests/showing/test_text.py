from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Final

import pytest

from pca_mock import Call, PcaMock
from pca_mock.showing import hierarchy, text
from pca_mock.state.calls import Caller
from tests import inside

HANDLE: Final = Caller("123456789012", "eu-central-1", "aws", "handle")
NOON: Final = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)


def call(**values: Any) -> Call:
    known: dict[str, Any] = {
        "operation": "ListTags",
        "params": {"MaxResults": 1},
        "caller": Caller("123456789012", "eu-central-1", "aws"),
        "time": NOON,
        "outcome": "success",
        "message": None,
        "retries": 0,
        "request_id": "",
    }
    return Call(**{**known, **values})


# Calls


def test_a_call_is_a_line() -> None:
    assert text.line(call()) == (
        "2027-03-01 12:00:00 123456789012 eu-central-1 ListTags(MaxResults=1) -> success"
    )
    assert text.line(call(caller=HANDLE)) == (
        "2027-03-01 12:00:00 123456789012 eu-central-1 handle ListTags(MaxResults=1) -> success"
    )


def test_the_line_of_a_call_that_failed_has_retries_and_message() -> None:
    failed = call(params={}, outcome="ThrottlingException", message="Slow\ndown", retries=2)

    assert text.line(failed) == (
        "2027-03-01 12:00:00 123456789012 eu-central-1 ListTags() "
        "-> ThrottlingException after 2 retries: Slow\\ndown"
    )
    assert "after 1 retry:" in text.line(call(retries=1, message="x"))


def test_a_report_folds_successful_calls_of_handles() -> None:
    made, failed = call(caller=HANDLE), call(caller=HANDLE, outcome="InvalidArnException")
    calls = [call(), *3 * [made], call(), failed, made]

    lines = text.report(calls, 10)

    assert lines == [
        f"  1. {text.line(call())}",
        "2-4. by handles: ListTags (3)",
        f"  5. {text.line(call())}",
        f"  6. {text.line(failed)}",
        "  7. by handles: ListTags",
    ]
    assert text.report(calls, 3) == ["(4 earlier calls)", *lines[2:]]
    assert len(text.report(calls, 10, folds=False)) == 7


def test_a_long_message_is_cut() -> None:
    message = text.message_of(call(message="x" * 1000))

    assert message == "x" * 299 + "…"


# The mock


def test_a_mock_without_cas_has_no_tree(pca: PcaMock) -> None:
    assert text.tree(pca._state) == []
    assert repr(pca) == "<PcaMock account_id=123456789012, 0 calls>"


def test_a_mock_is_a_tree_in_columns(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    root = pca.create_root_ca("Example Root")
    below = root.create_subordinate_ca("Below", key_algorithm="RSA_2048")
    where = [f"us-east-1  {ca.arn[-36:]}" for ca in (root, below)]

    assert text.tree(pca._state) == [
        f"Example Root  ROOT         ACTIVE  EC P-256  2027-03-01 to 2037-02-26  {where[0]}",
        f"  Below       SUBORDINATE  ACTIVE  RSA 2048  2027-03-01 to 2032-02-28  {where[1]}",
    ]
    assert repr(pca).splitlines()[1:] == [f"  {line}" for line in text.tree(pca._state)]


def test_the_tree_names_accounts_if_there_are_others(pca: PcaMock) -> None:
    pca.create_root_ca()
    assert "123456789012" not in text.tree(pca._state)[0]

    with pca.as_account("222222222222"):
        pca.create_root_ca()

    assert "  123456789012  us-east-1  " in text.tree(pca._state)[0]
    assert "  222222222222  us-east-1  " in text.tree(pca._state)[1]


def test_a_ca_is_a_line_whatever_it_is_called(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    name = "two\nlines\u202e and much more than there is room for in one of them"
    inside.authority(pca, root.arn).configuration["Subject"]["CommonName"] = name

    (line,) = text.tree(pca._state)

    assert line.startswith("two\\nlines\\u202e and much more than the…  ROOT  ACTIVE")
    assert line.isprintable()


def test_a_tree_shows_the_first_fifty_cas(pca: PcaMock, monkeypatch: pytest.MonkeyPatch) -> None:
    branch = hierarchy.Branch(inside.authority(pca, pca.create_root_ca().arn))
    monkeypatch.setattr(hierarchy, "trees", lambda state: [branch] * 60)

    lines = text.tree(pca._state)

    assert len(lines) == 51
    assert lines[-1] == "… and 10 more"
