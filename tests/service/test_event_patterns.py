"""Event patterns: EventBridge's operators, held against moto's reading of them."""

from __future__ import annotations

import json
import warnings
from contextlib import suppress
from typing import Any, Final

import pytest
from moto.events.models import EventPattern as MotosPattern

from pca_mock.service.event_patterns import EventPattern

EVENT: Final[dict[str, Any]] = {
    "source": "aws.acm-pca",
    "resources": ["arn:aws:acm-pca:eu-west-1:1:x", "arn:aws:acm-pca:eu-west-1:1:x/certificate/1"],
    "detail": {
        "subject": "CN=*.Example.com",
        "path": "C:\\a*b",
        "readOnly": False,
        "count": 3,
        "nothing": None,
        "empty": [],
        "address": "192.0.2.77",
        "tags": [{"key": "team", "value": "pki"}, {"key": "stage", "value": "test"}],
    },
}
# A member of the detail, its values in the pattern, and whether they match.
ROWS: Final[list[tuple[str, list[Any], bool]]] = [
    ("subject", ["CN=*.Example.com"], True),
    ("subject", ["CN=*.example.com"], False),
    ("subject", ["CN=x", "CN=*.Example.com"], True),
    ("count", [3], True),
    ("count", ["3"], False),
    ("readOnly", [False], True),
    ("readOnly", [0], False),
    ("nothing", [None], True),
    ("absent", [None], False),
    ("subject", [{"prefix": "CN="}], True),
    ("subject", [{"prefix": "cn="}], False),
    ("subject", [{"prefix": {"equals-ignore-case": "cn="}}], True),
    ("count", [{"prefix": "3"}], False),
    ("subject", [{"suffix": ".com"}], True),
    ("subject", [{"suffix": {"equals-ignore-case": "EXAMPLE.COM"}}], True),
    ("count", [{"suffix": {"equals-ignore-case": "3"}}], False),
    ("subject", [{"equals-ignore-case": "cn=*.EXAMPLE.com"}], True),
    ("subject", [{"equals-ignore-case": "cn=example.com"}], False),
    ("subject", [{"wildcard": "CN=*.com"}], True),
    ("subject", [{"wildcard": "*example*"}], False),
    ("subject", [{"wildcard": "CN=\\*.*"}], True),
    ("address", [{"wildcard": "\\*"}], False),
    ("path", [{"wildcard": "C:\\\\a\\*b"}], True),
    ("count", [{"wildcard": "*"}], False),
    ("count", [{"numeric": ["=", 3]}], True),
    ("count", [{"numeric": [">", 0, "<=", 3]}], True),
    ("count", [{"numeric": [">=", 3, "<", 3]}], False),
    ("subject", [{"numeric": ["=", 3]}], False),
    ("readOnly", [{"numeric": ["=", 0]}], False),
    ("subject", [{"anything-but": "CN=x"}], True),
    ("subject", [{"anything-but": ["CN=x", "CN=*.Example.com"]}], False),
    ("count", [{"anything-but": [1, 2]}], True),
    ("count", [{"anything-but": 3}], False),
    ("absent", [{"anything-but": "x"}], False),
    ("subject", [{"anything-but": {"prefix": "CN="}}], False),
    ("subject", [{"anything-but": {"prefix": ["O=", "OU="]}}], True),
    ("subject", [{"anything-but": {"suffix": ".com"}}], False),
    ("subject", [{"anything-but": {"equals-ignore-case": ["cn=*.example.com"]}}], False),
    ("subject", [{"anything-but": {"wildcard": "*.org"}}], True),
    ("subject", [{"exists": True}], True),
    ("absent", [{"exists": True}], False),
    ("subject", [{"exists": False}], False),
    ("absent", [{"exists": False}], True),
    ("tags", [{"exists": True}], False),
    ("empty", [{"exists": False}], True),
    ("nothing", [{"exists": True}], True),
    ("address", [{"cidr": "192.0.2.0/24"}], True),
    ("address", [{"cidr": "198.51.100.0/24"}], False),
    ("subject", [{"cidr": "192.0.2.0/24"}], False),
    ("count", [{"cidr": "192.0.2.0/24"}], False),
]
# moto takes other types for leaves, and reads these operators in another way or not at all.
MOTO_DIFFERS: Final = (
    [0],
    [None],
    [{"numeric": ["=", 0]}],
    [{"exists": True}],
    [{"exists": False}],
)


@pytest.mark.parametrize(("member", "values", "expected"), ROWS)
def test_an_operator_compares_as_documented(member: str, values: list[Any], expected: bool) -> None:
    pattern = {"detail": {member: values}}

    assert EventPattern(pattern).matches(EVENT) is expected
    assert EventPattern(json.dumps(pattern)).matches(EVENT) is expected


def test_moto_agrees_where_it_knows_the_operator() -> None:
    compared, disagreeing = 0, []
    for member, values, expected in ROWS:
        pattern = {"detail": {member: values}}
        with warnings.catch_warnings(), suppress(Exception):
            warnings.simplefilter("error")  # of older versions, about unknown operators
            motos = MotosPattern(None, pattern).matches_event(EVENT)  # type: ignore[arg-type]
            compared += 1
            if bool(motos) is not expected and values not in MOTO_DIFFERS:
                disagreeing.append((member, values))
    assert disagreeing == []
    assert compared > len(ROWS) / 3


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"source": ["aws.acm-pca"]}, True),
        ({"source": ["aws.acm-pca"], "detail": {"count": [4]}}, False),
        ({"resources": [{"wildcard": "*/certificate/*"}]}, True),
        ({"resources": ["arn:aws:acm-pca:eu-west-1:1:y"]}, False),
        ({"resources": [{"anything-but": "arn:aws:acm-pca:eu-west-1:1:x"}]}, True),
        ({"detail": {"tags": {"key": ["team"], "value": ["pki"]}}}, True),
        ({"detail": {"tags": {"key": ["team"], "value": ["test"]}}}, False),
        ({"detail": {"missing": {"x": [{"exists": False}]}}}, True),
        ({"source": {"x": ["y"]}}, False),
        ({"$or": [{"source": ["x"]}, {"detail": {"count": [3]}}]}, True),
        ({"detail": {"$or": [{"count": [1]}, {"nothing": ["x"]}]}}, False),
        ({"source": ["x"], "$or": [{"detail": {"count": [3]}}]}, False),
    ],
)
def test_members_lists_and_alternatives_are_combined(pattern: Any, expected: bool) -> None:
    assert EventPattern(pattern).matches(EVENT) is expected


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "a JSON object with members"),
        ({}, "a JSON object with members"),
        ({"source": "aws.acm-pca"}, "objects and lists with values, not so at source"),
        ({"detail": {"a": []}}, r"not so at detail\.a"),
        ({"$or": {"a": ["b"]}}, r"\$or in an event pattern needs a list of objects$"),
        ({"detail": {"$or": ["b"]}}, "needs a list of objects, not so at detail"),
        ({"a": [{}]}, "has one operator"),
        ({"a": [{"prefix": "a", "suffix": "b"}]}, "has one operator, not so at a"),
        ({"a": [{"like": "b"}]}, "no operator 'like'"),
        ({"a": [{"exists": "yes"}]}, "no operator 'exists'"),
        ({"a": [{"prefix": 1}]}, "'prefix' in an event pattern: text is needed, not 1"),
        ({"a": [{"numeric": ["=", 1, "<"]}]}, "one or two comparisons"),
        ({"a": [{"numeric": ["~", 1]}]}, "'~' and 1 are no comparison"),
        ({"a": [{"numeric": ["=", "1"]}]}, "'=' and '1' are no comparison"),
        ({"a": [{"cidr": "x"}]}, "'cidr' in an event pattern"),
        ({"a": [{"anything-but": {"numeric": ["=", 1]}}]}, "there is no 'numeric' in it"),
        ({"a": [{"anything-but": {"prefix": "a", "suffix": "b"}}]}, "'anything-but'"),
    ],
)
def test_a_pattern_that_eventbridge_would_refuse_is_refused(pattern: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        EventPattern(pattern)
