from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pca_mock import Call, PcaMock
from pca_mock.state.calls import Caller
from pca_mock.testing import look, text
from tests import inside, support

NOON: Final = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
CA_ID: Final = "11111111-2222-3333-4444-555555555555"
CA_ARN: Final = f"arn:aws-us-gov:acm-pca:us-gov-west-1:123456789012:certificate-authority/{CA_ID}"


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
        "12:00:00 123456789012 eu-central-1 ListTags(MaxResults=1) -> success"
    )


def test_the_line_of_a_call_that_failed_has_retries_and_message() -> None:
    failed = call(params={}, outcome="ThrottlingException", message="Slow\ndown", retries=2)

    assert text.line(failed) == (
        "12:00:00 123456789012 eu-central-1 ListTags() "
        "-> ThrottlingException after 2 retries: Slow\\ndown"
    )
    assert "after 1 retry:" in text.line(call(retries=1, message="x"))


def test_a_long_message_is_cut() -> None:
    message = text.message_of(call(message="x" * 1000))

    assert message == "x" * 299 + "…"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.datetimes(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_value_fits_in_a_line(value: Any) -> None:
    shown = text.shown(value)

    assert len(shown) <= 64
    assert shown.isprintable()
    assert shown == repr(value) or "…" in shown or "<" in shown or "\\" in shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a" * 62, f"'{'a' * 62}'"),
        ("a" * 32 + "b" * 32, f"'{'a' * 30}…{'b' * 30}'"),
        (CA_ARN, f"'…certificate-authority/{CA_ID}'"),
        (f"{CA_ARN}/certificate/{'0' * 32}", f"'…certificate/{'0' * 32}'"),
        (f"{CA_ARN}/{'0' * 100}", f"'…{CA_ID}/{'0' * 23}…'"),
        (f"arn:{'a' * 70}", f"'…{'a' * 60}…'"),
        (
            "arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen0/V1",
            "'…template/SubordinateCACertificate_PathLen0/V1'",
        ),
        ([CA_ARN], f"['arn:aws-us-gov:acm-pca:us-gov…{CA_ID[7:]}']"),
    ],
)
def test_a_value_shows_what_tells_it_from_others(value: Any, shown: str) -> None:
    assert text.shown(value) == shown
    assert len(shown) <= 64


def test_pem_is_told_by_its_label_and_length() -> None:
    csr = support.Caller().csr()

    assert text.shown(csr) == f"<CERTIFICATE REQUEST, {len(csr)} bytes>"
    assert text.shown(csr.decode()) == f"<CERTIFICATE REQUEST, {len(csr)} characters>"


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
    branch = look.Branch(inside.authority(pca, pca.create_root_ca().arn))
    monkeypatch.setattr(look, "hierarchy", lambda state: [branch] * 60)

    lines = text.tree(pca._state)

    assert len(lines) == 51
    assert lines[-1] == "… and 10 more"
