"""`pca.enforce_iam()`: the policies that identities have in moto's IAM, with boto3 alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from pca_mock import Authority, PcaMock
from tests import support
from tests.acm.clients import client as shared
from tests.acm.requesting import request
from tests.refusals import refused

REGION = "us-east-1"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


@pytest.fixture(autouse=True)
def moto(pca: PcaMock) -> Iterator[None]:
    """moto, with its IAM enforced."""
    with mock_aws(), pca.enforce_iam():
        yield


@pytest.fixture
def ca(pca: PcaMock) -> Authority:
    return pca.create_root_ca(region_name=REGION, Tags=[{"Key": "team", "Value": "blue"}])


def iam() -> Any:
    return shared("iam")


def document(*actions: str, effect: str = "Allow", resource: str = "*", **condition: Any) -> str:
    statement: dict[str, Any] = {"Effect": effect, "Action": list(actions), "Resource": resource}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def client_of(keys: Any, service: str = "acm-pca") -> Any:
    return boto3.client(
        service,
        REGION,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys.get("SessionToken"),
    )


def user(name: str = "ann", **tags: str) -> Any:
    """A user's keys."""
    iam().create_user(UserName=name, Tags=[{"Key": k, "Value": v} for k, v in tags.items()])
    return iam().create_access_key(UserName=name)["AccessKey"]


def session(name: str = "deployer", policy: str | None = None, **members: Any) -> Any:
    """The keys of a session of a new role, whose name is the session's too."""
    arn = iam().create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, **members)["Role"]["Arn"]
    more: dict[str, Any] = {"Policy": policy} if policy else {}
    sts = shared("sts", REGION)
    return sts.assume_role(RoleArn=arn, RoleSessionName=name, **more)["Credentials"]


def describe(keys: Any, ca: Authority) -> Any:
    return client_of(keys).describe_certificate_authority(CertificateAuthorityArn=ca.arn)


def test_a_user_has_the_policies_of_its_own_and_of_its_groups(pca: PcaMock, ca: Authority) -> None:
    keys = user()
    who = "arn:aws:iam::123456789012:user/ann"
    message = (
        f"User: {who} is not authorized to perform: acm-pca:DescribeCertificateAuthority on "
        f"resource: {ca.arn} because no identity-based policy allows the "
        "acm-pca:DescribeCertificateAuthority action"
    )
    with refused("AccessDeniedException", pca, match=message):
        describe(keys, ca)

    allowed = document("acm-pca:Describe*", resource=ca.arn)
    iam().put_user_policy(UserName="ann", PolicyName="own", PolicyDocument=allowed)
    assert describe(keys, ca)
    iam().delete_user_policy(UserName="ann", PolicyName="own")
    iam().create_group(GroupName="pki")
    iam().add_user_to_group(GroupName="pki", UserName="ann")
    policy = iam().create_policy(PolicyName="describe", PolicyDocument=allowed)["Policy"]["Arn"]
    iam().attach_group_policy(GroupName="pki", PolicyArn=policy)
    assert describe(keys, ca)
    iam().put_group_policy(
        GroupName="pki",
        PolicyName="deny",
        PolicyDocument=document("acm-pca:*", effect="Deny"),
    )
    with refused("AccessDeniedException", pca):
        describe(keys, ca)


def test_a_role_has_its_policies_and_their_default_versions(pca: PcaMock, ca: Authority) -> None:
    keys = session(Tags=[{"Key": "team", "Value": "blue"}])
    policy = iam().create_policy(PolicyName="p", PolicyDocument=document("acm-pca:ListTags"))
    arn = policy["Policy"]["Arn"]
    iam().attach_role_policy(RoleName="deployer", PolicyArn=arn)
    with refused("AccessDeniedException", pca) as caught:
        describe(keys, ca)
    assert "assumed-role/deployer/deployer is not authorized" in str(caught.value)

    team = {"aws:PrincipalTag/team": "blue"}
    allowed = document("acm-pca:DescribeCertificateAuthority", StringEquals=team)
    iam().create_policy_version(PolicyArn=arn, PolicyDocument=allowed, SetAsDefault=True)
    assert describe(keys, ca)


def test_a_permissions_boundary_and_a_session_policy_limit_a_role(
    pca: PcaMock, ca: Authority
) -> None:
    everything = document("acm-pca:*")
    policy = iam().create_policy(PolicyName="b", PolicyDocument=document("acm-pca:List*", "s3:*"))
    bounded = session("bounded", PermissionsBoundary=policy["Policy"]["Arn"])
    limited = session("limited", policy=document("acm-pca:ListTags"))
    for name in ("bounded", "limited"):
        iam().put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=everything)

    for keys, reason in ((bounded, "permissions boundary"), (limited, "session policy")):
        assert client_of(keys).list_tags(CertificateAuthorityArn=ca.arn)
        with refused("AccessDeniedException", pca) as caught:
            describe(keys, ca)
        assert f"because no {reason} allows the acm-pca:Describe" in str(caught.value)

    denied = session("denied", policy=document("acm-pca:*", effect="Deny"))
    iam().put_role_policy(RoleName="denied", PolicyName="all", PolicyDocument=everything)
    with refused("AccessDeniedException", pca) as caught:
        describe(denied, ca)
    assert "with an explicit deny" in str(caught.value)


@pytest.mark.parametrize(
    ("condition", "is_met"),
    [
        ({"StringEquals": {"aws:ResourceTag/team": "blue"}}, True),
        ({"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/other": "x"}}, False),
        ({"StringEquals": {"aws:username": "ann", "aws:PrincipalType": "User"}}, True),
        ({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:user/bob"}}, False),
    ],
)
def test_conditions_know_the_identity(
    pca: PcaMock, ca: Authority, condition: Any, is_met: bool
) -> None:
    keys = user(team="blue")
    allowed = document("acm-pca:DescribeCertificateAuthority", **condition)
    iam().put_user_policy(UserName="ann", PolicyName="own", PolicyDocument=allowed)

    if is_met:
        assert describe(keys, ca)
    else:
        with refused("AccessDeniedException", pca):
            describe(keys, ca)


def test_the_template_of_a_request_is_a_condition_key(pca: PcaMock, ca: Authority) -> None:
    keys = session()
    templates = {"acm-pca:TemplateArn": support.template_arn("EndEntityServerAuthCertificate")}
    allowed = document("acm-pca:IssueCertificate", ArnEquals=templates)
    iam().put_role_policy(RoleName="deployer", PolicyName="issue", PolicyDocument=allowed)
    members: Any = {
        "CertificateAuthorityArn": ca.arn,
        "Csr": support.KeyHolder().csr(),
        "SigningAlgorithm": ca.signing_algorithm,
        "Validity": support.ONE_YEAR,
    }
    client = client_of(keys)

    assert client.issue_certificate(**members, TemplateArn=templates["acm-pca:TemplateArn"])
    with refused("AccessDeniedException", pca):
        client.issue_certificate(**members)


def test_a_request_to_acm_needs_the_right_to_issue(pca: PcaMock, ca: Authority) -> None:
    keys = user()
    acm = client_of(keys, "acm")
    failed = acm.describe_certificate(CertificateArn=request(acm, ca))["Certificate"]
    assert failed["FailureReason"] == "PCA_ACCESS_DENIED"

    allowed = document("acm-pca:IssueCertificate")
    iam().put_user_policy(UserName="ann", PolicyName="own", PolicyDocument=allowed)
    issued = acm.describe_certificate(CertificateArn=request(acm, ca))["Certificate"]
    assert issued["Status"] == "ISSUED"


def test_statements_about_other_services_are_not_read(pca: PcaMock, ca: Authority) -> None:
    keys = user()
    statements = [
        {"Effect": "Allow", "Action": "acm-pca:*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"StringEquals": {"s3:prefix": "x"}},
        },
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam().put_user_policy(UserName="ann", PolicyName="own", PolicyDocument=policy)
    assert describe(keys, ca)

    unknown = document("acm-pca:*", effect="Deny", StringEquals={"aws:SourceVpce": "x"})
    iam().put_user_policy(UserName="ann", PolicyName="deny", PolicyDocument=unknown)
    with pytest.raises(ValueError, match="aws:SourceVpce"):
        describe(keys, ca)
    with pca.enforce_iam(context={"aws:SourceVpce": "x"}), refused("AccessDeniedException", pca):
        describe(keys, ca)


def test_keys_that_nobody_has_made_are_unknown(pca: PcaMock, ca: Authority) -> None:
    strangers = {"AccessKeyId": "AKIASTRANGER", "SecretAccessKey": "x"}
    sts = shared("sts", REGION)
    role = "arn:aws:iam::123456789012:role/missing"
    missing = sts.assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]

    for keys in (strangers, missing):
        with refused("UnrecognizedClientException", pca):
            describe(keys, ca)
    with refused("UnrecognizedClientException", pca):
        shared("acm-pca", REGION).list_certificate_authorities()
    assert ca.describe()
