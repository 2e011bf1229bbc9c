"""Identity policies: what IAM refuses, and what it decides."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from moto import mock_aws

from pca_mock.service.identity_policies import IdentityPolicies, MalformedPolicyError
from pca_mock.state.enforcement import Decision

CA = "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/11111111-2222"
OTHER = CA.replace("1111", "9999")
ISSUE, GET = "acm-pca:IssueCertificate", "acm-pca:GetCertificate"
ALLOW: Any = {"Effect": "Allow", "Action": ISSUE, "Resource": CA}
DENY: Any = {**ALLOW, "Effect": "Deny"}


def policy(*statements: Any, **more: Any) -> Any:
    return {"Version": "2012-10-17", "Statement": list(statements), **more}


def decide(
    *statements: Any, action: str = ISSUE, resource: str = CA, facts: Any = None
) -> Decision:
    policies = IdentityPolicies([policy(*statements)], {})
    return policies.decide(action, resource, facts or {})


# What it decides


@pytest.mark.parametrize(
    ("statements", "decision"),
    [
        ([ALLOW], Decision.ALLOWED),
        ([{**ALLOW, "Action": "*", "Resource": "*"}], Decision.ALLOWED),
        ([{**ALLOW, "Action": "ACM-PCA:issuecertificate"}], Decision.ALLOWED),
        ([{**ALLOW, "Action": ["s3:GetObject", "acm-pca:Issue*"]}], Decision.ALLOWED),
        ([{**ALLOW, "Action": "acm-pca:?ssueCertificate"}], Decision.ALLOWED),
        ([{**ALLOW, "Resource": [OTHER, CA]}], Decision.ALLOWED),
        ([{**ALLOW, "Resource": "arn:*:acm-pca:*:*:certificate-authority/*"}], Decision.ALLOWED),
        ([{**ALLOW, "Action": GET}], Decision.NOT_ALLOWED),
        ([{**ALLOW, "Action": "s3:*"}], Decision.NOT_ALLOWED),
        ([{**ALLOW, "Resource": OTHER}], Decision.NOT_ALLOWED),
        ([{**ALLOW, "Resource": CA.replace("authority", "Authority")}], Decision.NOT_ALLOWED),
        ([{**ALLOW, "Resource": f"{CA}/certificate/*"}], Decision.NOT_ALLOWED),
        ([ALLOW, DENY], Decision.DENIED),
        ([DENY, ALLOW], Decision.DENIED),
        ([DENY], Decision.DENIED),
        ([{**DENY, "Action": GET}], Decision.NOT_ALLOWED),
        ([ALLOW, {**DENY, "Resource": OTHER}], Decision.ALLOWED),
        ([{"Effect": "Allow", "NotAction": GET, "Resource": "*"}], Decision.ALLOWED),
        ([{"Effect": "Allow", "NotAction": "acm-pca:*", "Resource": "*"}], Decision.NOT_ALLOWED),
        ([{"Effect": "Allow", "Action": "*", "NotResource": OTHER}], Decision.ALLOWED),
        ([{"Effect": "Allow", "Action": "*", "NotResource": CA}], Decision.NOT_ALLOWED),
        ([ALLOW, {"Effect": "Deny", "NotAction": ISSUE, "Resource": "*"}], Decision.ALLOWED),
    ],
)  # fmt: skip
def test_a_deny_is_stronger_than_any_allow_and_the_rest_is_refused(
    statements: Any, decision: Decision
) -> None:
    assert decide(*statements) == decision


def test_all_conditions_of_a_statement_must_be_met() -> None:
    facts = {"aws:requestedregion": ["us-east-1"], "aws:principalaccount": ["123456789012"]}
    region = {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}

    assert decide({**ALLOW, "Condition": {"StringEquals": region}}, facts=facts) is Decision.ALLOWED
    for more in (
        {"StringEquals": {**region, "aws:PrincipalAccount": "111122223333"}},
        {"StringEquals": region, "Null": {"aws:PrincipalAccount": True}},
    ):
        assert decide({**ALLOW, "Condition": more}, facts=facts) is Decision.NOT_ALLOWED


def test_several_policies_are_one() -> None:
    policies = IdentityPolicies([json.dumps(policy(ALLOW)), policy({**DENY, "Action": GET})], {})

    assert policies.decide(ISSUE, CA, {}) is Decision.ALLOWED
    assert policies.decide(GET, CA, {}) is Decision.DENIED


@pytest.mark.parametrize(
    ("version", "decision"),
    [("2012-10-17", Decision.ALLOWED), ("2008-10-17", Decision.NOT_ALLOWED)],
)
def test_only_the_newer_version_has_variables(version: str, decision: Decision) -> None:
    resource = CA.replace("123456789012", "${aws:PrincipalAccount}")
    facts = {"aws:principalaccount": ["123456789012"]}

    policies = IdentityPolicies([policy({**ALLOW, "Resource": resource}, Version=version)], {})
    assert policies.decide(ISSUE, CA, facts) is decision


# What is refused

# Documents that IAM refuses, too; moto knows most of its rules.
MALFORMED: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "the policy isn't JSON"),
    "no object": ("[]", "a policy is an object"),
    "no statement": (policy(), "a policy has at least one Statement"),
    "an unknown member": (policy(ALLOW, Statements=[]), "a policy has no Statements"),
    "an unknown version": (policy(ALLOW, Version="2020-01-01"), "the Version is one of"),
    "a statement that is a text": (policy("Allow"), "a Statement is an object"),
    "an unknown member of a statement": (policy({**ALLOW, "Actions": "x"}), "has no Actions"),
    "no effect": (policy({"Action": ISSUE, "Resource": CA}), "the Effect is one of Allow, Deny"),
    "an effect in lower case": (policy({**ALLOW, "Effect": "allow"}), "not 'allow'"),
    "a principal": (
        policy({**ALLOW, "Principal": "*"}),
        "a policy of an identity has no Principal",
    ),
    "no action": (policy({"Effect": "Allow", "Resource": CA}), "one of Action, NotAction"),
    "two actions": (policy({**ALLOW, "NotAction": GET}), "one of Action, NotAction"),
    "no resource": (policy({"Effect": "Allow", "Action": ISSUE}), "one of Resource, NotResource"),
    "an empty list": (policy({**ALLOW, "Resource": []}), "Resource is text, or a list of texts"),
    "a number": (policy({**ALLOW, "Action": [1]}), "Action is text, or a list of texts"),
    "an action without its service": (
        policy({**ALLOW, "Action": "IssueCertificate"}),
        "an Action is a service and an operation",
    ),
    "a resource that is no ARN": (policy({**ALLOW, "Resource": "my-ca"}), "is an ARN or *"),
    "a wildcard for the service": (policy({**ALLOW, "Resource": "arn:aws:*:x"}), "is an ARN or *"),
    "equal Sids": (
        policy({**ALLOW, "Sid": "One"}, {**ALLOW, "Sid": "One"}),
        "each Sid of a policy is another one",
    ),
    "a Sid with a blank": (policy({**ALLOW, "Sid": "Sid One"}), "letters and digits"),
    "an unknown operator": (
        policy({**ALLOW, "Condition": {"StringIs": {"aws:RequestedRegion": "x"}}}),
        "there is no condition operator 'StringIs'",
    ),
    "a condition that is a list": (policy({**ALLOW, "Condition": []}), "an object of objects"),
    "an operator of a text": (
        policy({**ALLOW, "Condition": {"StringEquals": "x"}}),
        "an object of objects",
    ),
}
_MOTO_ACCEPTS: Any = {"a Sid with a blank", "a wildcard for the service", "a principal"}


@pytest.mark.parametrize(("document", "reason"), MALFORMED.values(), ids=MALFORMED)
def test_what_iam_refuses_is_refused_with_the_reason(document: Any, reason: str) -> None:
    with pytest.raises(MalformedPolicyError, match=reason):
        IdentityPolicies([document], {})


@mock_aws
def test_moto_refuses_the_same_documents() -> None:
    iam = boto3.client("iam", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    accepted = set()
    for name, (document, _) in MALFORMED.items():
        text = document if isinstance(document, str) else json.dumps(document)
        try:
            iam.create_policy(PolicyName=name.replace(" ", "-"), PolicyDocument=text)
        except iam.exceptions.MalformedPolicyDocumentException:
            continue
        accepted.add(name)

    assert accepted == _MOTO_ACCEPTS


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ({**ALLOW, "Action": "acm-pca:IssueCert"}, "do you mean acm-pca:IssueCertificate"),
        ({**ALLOW, "Action": "acm-pca:Zzz*"}, r"there is no action 'acm-pca:Zzz\*'$"),
        (
            {**ALLOW, "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}},
            r"no condition key 'aws:SourceVpce': give its values with context=\{'aws:SourceVpce'",
        ),
        (
            {**ALLOW, "Condition": {"StringEquals": {"acm-pca:Template": "x"}}},
            "no condition key 'acm-pca:Template'",
        ),
    ],
)
def test_what_would_apply_or_not_by_accident_is_refused(statement: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        IdentityPolicies([policy(statement)], {})


def test_values_of_other_condition_keys_can_be_given() -> None:
    statement = {**ALLOW, "Condition": {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}}

    for values, decision in (
        (["vpce-1"], Decision.ALLOWED),
        (["vpce-2"], Decision.NOT_ALLOWED),
        ([], Decision.ALLOWED),
    ):
        policies = IdentityPolicies([policy(statement)], {"AWS:SourceVpce": values})
        assert policies.decide(ISSUE, CA, policies.context) is decision


def test_a_statement_may_be_single_and_have_numbers_and_truth_values() -> None:
    document = {
        "Id": "x",
        "Statement": {
            **ALLOW,
            "Condition": {
                "Bool": {"aws:SecureTransport": True},
                "NumericLessThan": {"aws:EpochTime": 10},
            },
        },
    }
    facts = {"aws:securetransport": ["true"], "aws:epochtime": ["9"]}

    assert IdentityPolicies([document], {}).decide(ISSUE, CA, facts) is Decision.ALLOWED
