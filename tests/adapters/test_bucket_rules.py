"""Which bucket policies keep the service out (User Guide, "Access policies for CRLs")."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pca_mock.adapters.bucket_rules import denies
from pca_mock.state.buckets import StoredObject

_ITEM = StoredObject("mine", "crl/[1].crl", b"", "text/plain")
_DENY: Any = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::mine/*",
}


def _without(name: str, **more: Any) -> Any:
    return {key: value for key, value in _DENY.items() if key != name} | more


@pytest.mark.parametrize(
    ("statement", "denied"),
    [
        (_DENY, True),
        ({**_DENY, "Effect": "Allow"}, False),
        ({**_DENY, "Condition": {}}, True),
        ({**_DENY, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, False),
        ({**_DENY, "Resource": "arn:aws-cn:s3:::mine/*"}, True),
        ({**_DENY, "Resource": "arn:aws:s3:::mine/crl/?1?.crl"}, True),
        ({**_DENY, "Resource": "arn:aws:s3:::mine/crl/[1].crl"}, True),  # [ and ] are no wildcards
        ({**_DENY, "Resource": "arn:aws:s3:::mine/crl/[12].crl"}, False),
        ({**_DENY, "Resource": "arn:aws:s3:::mine/(*"}, False),
        ({**_DENY, "Resource": []}, False),
        (_without("Resource", NotResource="arn:aws:s3:::other/*"), True),
        (_without("Resource", NotResource=["arn:aws:s3:::mine", "arn:aws:s3:::mine/*"]), False),
        (_without("Action", NotAction="s3:GetObject"), True),
        (_without("Action", NotAction="s3:*"), False),
        (_without("Principal", NotPrincipal={"AWS": "arn:aws:iam::111122223333:root"}), True),
        (_without("Principal", NotPrincipal={"Service": "acm-pca.amazonaws.com"}), False),
        ({**_DENY, "Principal": {"AWS": [], "Service": ["acm-pca.amazonaws.com"]}}, True),
        ({**_DENY, "Principal": {}}, False),
    ],
)
def test_a_statement_denies_the_actions_and_objects_that_it_names(
    statement: Any, denied: bool
) -> None:
    assert denies(json.dumps({"Statement": statement}), _ITEM) is denied
    assert denies(json.dumps({"Statement": [statement]}), _ITEM) is denied


@pytest.mark.parametrize(
    "policy",
    [
        "{",
        "[]",
        "{}",
        "null",
        "5",
        "[" * 100_000,
        *(
            json.dumps({"Statement": statement})
            for statement in (
                None,
                "x",
                [5],
                [None],
                {},
                _without("Effect"),
                _without("Principal"),
                _without("Action"),
                _without("Resource"),
                {**_DENY, "Effect": "Maybe"},
                {**_DENY, "Principal": None},
                {**_DENY, "Principal": {"AWS": [["x"]]}},
                {**_DENY, "Action": {"x": "y"}},
                {**_DENY, "Action": [None]},
                {**_DENY, "Resource": 5},
                [_DENY | {"Effect": "Allow"}, "x"],
            )
        ),
    ],
)
def test_a_policy_that_s3_would_not_accept_denies_everything(policy: str) -> None:
    assert denies(policy, _ITEM)
