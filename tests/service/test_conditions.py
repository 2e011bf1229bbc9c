"""Conditions of IAM policies, as the IAM User Guide describes them."""

from __future__ import annotations

from typing import Any

import pytest

from pca_mock.service.conditions import arn_is_like, condition, is_like, substituted

CA = "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/11111111-2222"
FACTS = {
    "aws:text": ["Blue"],
    "aws:number": ["20"],
    "aws:moment": ["2027-03-01T12:00:00Z"],
    "aws:truth": ["true"],
    "aws:binary": ["QmluYXJ5"],
    "aws:address": ["203.0.113.7"],
    "aws:arn": [CA],
    "aws:many": ["environment", "team"],
    "aws:empty": [],
}


def is_met(operator: str, key: str, *values: str, **more: Any) -> bool:
    return condition(operator, key, values, has_variables=True).is_met({**FACTS, **more})


@pytest.mark.parametrize(
    ("operator", "key", "fitting", "others"),
    [
        ("StringEquals", "aws:text", ["Blue"], ["blue", "Bl*", "Blu?", ""]),
        ("StringEqualsIgnoreCase", "aws:text", ["bLUE"], ["bl*"]),
        ("StringLike", "aws:text", ["Bl*", "?lue", "*", "Blue"], ["bl*", "B[l]ue", "?", ""]),
        ("NumericEquals", "aws:number", ["20", "20.0"], ["2", "x"]),
        ("NumericLessThan", "aws:number", ["21"], ["20", "3", "x"]),
        ("NumericLessThanEquals", "aws:number", ["20"], ["19"]),
        ("NumericGreaterThan", "aws:number", ["3"], ["20"]),
        ("NumericGreaterThanEquals", "aws:number", ["20"], ["21"]),
        ("DateEquals", "aws:moment", ["2027-03-01T13:00:00+01:00", "1803902400"], ["2027-03-01"]),
        ("DateLessThan", "aws:moment", ["2027-03-02T00:00:00Z"], ["2027-03-01T12:00:00Z"]),
        ("DateLessThanEquals", "aws:moment", ["2027-03-01T12:00:00Z"], ["2027-03-01T11:59:59Z"]),
        ("DateGreaterThan", "aws:moment", ["2027-03-01"], ["2027-03-01T12:00:00Z", "soon"]),
        ("DateGreaterThanEquals", "aws:moment", ["2027-03-01T12:00:00Z"], ["2028-01-01"]),
        ("Bool", "aws:truth", ["true", "True"], ["false"]),
        ("BinaryEquals", "aws:binary", ["QmluYXJ5"], ["Qmlu", "?"]),
        ("IpAddress", "aws:address", ["203.0.113.0/24", "203.0.113.7"], ["10.0.0.0/8", "x"]),
        ("ArnEquals", "aws:arn", [CA, "arn:*:acm-pca:*:*:certificate-authority/*"], ["arn:x:*"]),
        ("ArnLike", "aws:arn", ["arn:*:acm-pca:us-*:123456789012:*"], [f"{CA}/x", CA.upper()]),
    ],
)
def test_an_operator_compares_one_of_several_values(
    operator: str, key: str, fitting: list[str], others: list[str]
) -> None:
    assert [value for value in fitting + others if is_met(operator, key, value)] == fitting
    assert is_met(operator, key, *others, fitting[0])
    assert not is_met(operator, "aws:missing", fitting[0])
    assert is_met(f"{operator}IfExists", "aws:missing", others[0])
    assert not is_met(f"{operator}IfExists", key, others[0])


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringNotEquals", "aws:text", "Blue"),
        ("StringNotEqualsIgnoreCase", "aws:text", "blue"),
        ("StringNotLike", "aws:text", "B*"),
        ("NumericNotEquals", "aws:number", "20"),
        ("DateNotEquals", "aws:moment", "2027-03-01T12:00:00Z"),
        ("NotIpAddress", "aws:address", "203.0.113.0/24"),
        ("ArnNotEquals", "aws:arn", CA),
        ("ArnNotLike", "aws:arn", "arn:aws:acm-pca:*:*:*"),
    ],
)
def test_a_negated_operator_wants_none_of_its_values(operator: str, key: str, value: str) -> None:
    assert not is_met(operator, key, value)
    assert not is_met(operator, key, "1", value)
    assert is_met(operator, key, "1")
    assert is_met(operator, "aws:missing", value)


def test_null_asks_whether_there_is_a_value() -> None:
    for key, is_missing in (("aws:text", False), ("aws:missing", True), ("aws:empty", True)):
        assert is_met("Null", key, "true") == is_missing
        assert is_met("Null", key, "false") != is_missing


@pytest.mark.parametrize(
    ("operator", "values", "results"),
    [
        # (environment and team; team; neither; no value)
        ("ForAllValues:StringEquals", ["environment", "team"], (True, True, False, True)),
        ("ForAllValues:StringLike", ["env*"], (False, False, False, True)),
        ("ForAnyValue:StringEquals", ["environment"], (True, False, False, False)),
        ("ForAllValues:StringNotEquals", ["environment"], (False, True, True, True)),
        ("ForAnyValue:StringNotEquals", ["environment"], (True, True, True, False)),
        ("ForAnyValue:StringEqualsIfExists", ["environment"], (True, False, False, False)),
    ],
)
def test_set_operators_look_at_all_values_of_a_key(
    operator: str, values: list[str], results: tuple[bool, ...]
) -> None:
    requests: Any = (["environment", "team"], ["team"], ["other"], [])

    assert results == tuple(
        condition(operator, "aws:TagKeys", values, has_variables=True).is_met({"aws:tagkeys": keys})
        for keys in requests
    )


def test_keys_are_the_same_in_any_case() -> None:
    assert is_met("StringEquals", "AWS:Text", "Blue")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${aws:text}", "Blue"),
        ("a-${AWS:Text}-${aws:number}", "a-Blue-20"),
        ("${aws:missing, 'none'}", "none"),
        ("${aws:missing}", None),
        ("${aws:many}", None),
        ("plain", "plain"),
    ],
)
def test_policy_variables_have_the_values_of_the_request(text: str, value: str | None) -> None:
    assert substituted(text, FACTS) == value


def test_variables_are_for_texts_and_arns_and_escape_wildcards() -> None:
    facts: Any = {"aws:name": ["*?$x"], "aws:team": ["*"]}

    assert is_met("StringLike", "aws:name", "${*}${?}${$}?", **facts)
    assert not is_met("StringLike", "aws:text", "${*}")
    assert is_met("StringEquals", "aws:name", "${*}${?}${$}x", **facts)
    assert is_met("StringNotEquals", "aws:text", "${aws:missing}")
    assert not is_met("NumericEquals", "aws:number", "${aws:number}")
    literal = condition("StringEquals", "aws:text", ["${aws:text}"], has_variables=False)
    assert not literal.is_met(FACTS)


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("*", True),
        ("arn:aws:acm-pca:*", True),
        ("arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/*", True),
        ("arn:aws:acm-pca:us-east-?:*:certificate-authority/1111*", True),
        ("arn:aws:acm-pca:*:certificate-authority/*", False),
        ("arn:aws:acm:*", False),
        ("arn:aws:acm-pca:us-west-2:*:*", False),
    ],
)
def test_a_wildcard_stays_in_its_part_of_an_arn(pattern: str, fits: bool) -> None:
    assert arn_is_like(CA, pattern) == fits


def test_wildcards_span_lines_and_nothing_else_is_one() -> None:
    assert is_like("a\nb", "a*b")
    assert not is_like("ab", "[a]b")
    assert not is_like("a.b", "a.")


@pytest.mark.parametrize(
    "operator",
    ["StringEqual", "stringequals", "ForAll:StringEquals", "NullIfExists", "", "ForAnyValue:Null"],
)
def test_an_operator_that_there_is_not_is_refused(operator: str) -> None:
    with pytest.raises(ValueError, match="there is no condition operator"):
        condition(operator, "aws:text", ["x"], has_variables=True)
