from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pca_mock.errors import InvalidNextTokenException
from pca_mock.service import paging

LISTING = ("ListTags", "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/x")


@given(st.integers(0, 10**15), st.lists(st.text(alphabet="abc:/-", max_size=9), max_size=4))
def test_a_token_leads_to_its_position_in_its_own_listing(
    position: int, listing: list[str]
) -> None:
    token = paging.token(position, *listing)

    assert paging.position(token, *listing) == position


def test_a_listing_without_a_token_begins_at_the_first_item() -> None:
    assert paging.position(None, *LISTING) == 0


def test_tokens_of_two_pages_differ() -> None:
    assert paging.token(50, *LISTING) != paging.token(100, *LISTING)


def test_a_token_is_opaque_and_fits_the_model() -> None:
    token = paging.token(100, *LISTING)

    assert re.fullmatch(r"[A-Za-z0-9_=-]{1,500}", token)


@pytest.mark.parametrize(
    "other",
    [
        ("ListPermissions", LISTING[1]),
        ("ListTags", LISTING[1] + "y"),
        ("ListTags",),
        (*LISTING, "SELF"),
        (),
    ],
)
def test_a_token_of_another_listing_is_refused(other: tuple[str, ...]) -> None:
    with pytest.raises(InvalidNextTokenException):
        paging.position(paging.token(1, *other), *LISTING)


def forged(position: str) -> str:
    return base64.urlsafe_b64encode("\n".join((*LISTING, position)).encode()).decode()


def test_a_forged_token_would_be_accepted_if_its_position_were_one() -> None:
    assert paging.position(forged("7"), *LISTING) == 7


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param("x", id="cut off"),
        pytest.param("no token!", id="not Base64"),
        pytest.param("tökën", id="not ASCII"),
        pytest.param("////", id="other alphabet"),
        pytest.param(base64.urlsafe_b64encode(b"\xff\xfe\xfd").decode(), id="not UTF-8"),
        pytest.param(forged(""), id="no position"),
        pytest.param(forged("-1"), id="negative"),
        pytest.param(forged("1.5"), id="fraction"),
        pytest.param(forged(" 1"), id="space"),
        pytest.param(forged("\u0661"), id="other digits"),
        pytest.param(forged("9" * 30000), id="too many digits"),
    ],
)
def test_a_value_that_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidNextTokenException):
        paging.position(token, *LISTING)
