"""Holding code to the policies of its role: `pca.enforce` and `pca.calls.iam_policy`."""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from pca_mock import Authority, PcaMock, mock_pca
from tests import support
from tests.refusals import refused

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

CSR = support.KeyHolder().csr("app.example.com")
END_ENTITY = support.template_arn("EndEntityCertificate")
CODE_SIGNING = support.template_arn("CodeSigningCertificate")


def allow(*actions: str, resource: Any = "*", **conditions: Any) -> Any:
    statement = {
        "Effect": "Allow",
        "Action": [f"acm-pca:{action}" for action in actions],
        "Resource": resource,
        **({"Condition": conditions} if conditions else {}),
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def outcome(call: Callable[..., Any], **members: Any) -> str:
    try:
        call(**members)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "success"


def message(call: Callable[..., Any], **members: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**members)
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    return str(caught.value.response["Error"]["Message"])


@pytest.fixture
def client(pca: PcaMock) -> ACMPCAClient:
    return pca.client()


# enforce


def test_what_no_policy_allows_is_denied(
    pca: PcaMock, client: ACMPCAClient, pca_root_ca: Authority
) -> None:
    arn: Any = {"CertificateAuthorityArn": pca_root_ca.arn}
    pca.enforce(allow("DescribeCertificateAuthority", resource=pca_root_ca.arn))

    assert outcome(client.describe_certificate_authority, **arn) == "success"
    with refused("AccessDeniedException", pca):
        client.update_certificate_authority(**arn, Status="DISABLED")
    assert message(client.list_tags, **arn) == (
        "User: arn:aws:iam::123456789012:root is not authorized to perform: acm-pca:ListTags on "
        f"resource: {pca_root_ca.arn} because no identity-based policy allows the "
        "acm-pca:ListTags action"
    )


def test_what_a_policy_denies_is_denied_though_another_allows_it(
    pca: PcaMock, client: ACMPCAClient, pca_root_ca: Authority
) -> None:
    deny = copy.deepcopy(allow("ListTags"))
    deny["Statement"][0]["Effect"] = "Deny"
    pca.enforce(allow("*"), json.dumps(deny), context={"aws:PrincipalArn": "arn:aws:sts::1:x"})

    assert message(client.list_tags, CertificateAuthorityArn=pca_root_ca.arn) == (
        "User: arn:aws:sts::1:x is not authorized to perform: acm-pca:ListTags on resource: "
        f"{pca_root_ca.arn} with an explicit deny in an identity-based policy"
    )
    assert outcome(client.list_certificate_authorities) == "success"


def test_handles_may_do_everything(pca: PcaMock) -> None:
    pca.enforce(allow("ListTags"))

    root = pca.create_root_ca()
    assert root.issue("localhost").status == "ISSUED"


def test_the_last_enforcement_applies_until_it_ends(pca: PcaMock, client: ACMPCAClient) -> None:
    listing = client.list_certificate_authorities
    outer = pca.enforce(allow("ListCertificateAuthorities"))

    with pca.enforce(allow("ListTags")):
        assert outcome(listing) == "AccessDeniedException"
    assert outcome(listing) == "success"
    outer.cancel()
    outer.cancel()
    assert outcome(client.list_tags, CertificateAuthorityArn=support.pending(client).arn) == (
        "success"
    )
    pca.enforce(allow("ListTags"))
    pca.reset()
    assert outcome(listing) == "success"


def test_access_comes_before_existence_and_after_the_parameters(
    pca: PcaMock, client: ACMPCAClient
) -> None:
    nowhere = f"arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/{uuid.uuid4()}"
    describe = client.describe_certificate_authority
    pca.enforce(allow("ListTags"))

    assert outcome(describe, CertificateAuthorityArn=nowhere) == "AccessDeniedException"
    assert outcome(describe, CertificateAuthorityArn="nonsense") == "ValidationException"
    assert outcome(client.list_tags, CertificateAuthorityArn=nowhere) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("template", "conditions", "expected"),
    [
        (None, {"ArnEquals": {"acm-pca:TemplateArn": END_ENTITY}}, "success"),
        (END_ENTITY, {"StringLike": {"acm-pca:TemplateArn": "arn:*:template/End*"}}, "success"),
        (CODE_SIGNING, {"ArnLike": {"acm-pca:TemplateArn": END_ENTITY}}, "AccessDeniedException"),
        (CODE_SIGNING, {"StringNotLike": {"acm-pca:TemplateArn": "*/End*"}}, "success"),
    ],
)
def test_a_condition_can_ask_for_the_template(
    template: str | None,
    conditions: Any,
    expected: str,
    pca: PcaMock,
    client: ACMPCAClient,
    pca_root_ca: Authority,
) -> None:
    pca.enforce(allow("IssueCertificate", **conditions))

    assert expected == outcome(
        client.issue_certificate,
        CertificateAuthorityArn=pca_root_ca.arn,
        Csr=CSR,
        SigningAlgorithm="SHA256WITHECDSA",
        Validity=support.ONE_YEAR,
        **({"TemplateArn": template} if template else {}),
    )


def test_a_ca_with_tags_needs_a_permission_more(pca: PcaMock, client: ACMPCAClient) -> None:
    tags: Any = [{"Key": "Team", "Value": "pki"}]
    pca.enforce(allow("CreateCertificateAuthority"))

    assert outcome(support.pending, client=client) == "success"
    assert (
        "acm-pca:TagCertificateAuthority on resource: arn:aws:acm-pca:us-east-1:123456789012:"
        in (message(support.pending, client=client, Tags=tags))
    )
    pca.enforce(allow("CreateCertificateAuthority", "TagCertificateAuthority"))
    assert outcome(support.pending, client=client, Tags=tags) == "success"


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"StringEquals": {"aws:RequestTag/team": "pki"}}, "success"),
        ({"StringEquals": {"aws:RequestTag/Team": "other"}}, "AccessDeniedException"),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["Team", "Stage"]}}, "success"),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": "Stage"}}, "AccessDeniedException"),
        ({"StringEquals": {"aws:ResourceTag/Stage": "test"}}, "success"),
        ({"StringNotEquals": {"aws:ResourceTag/Stage": "test"}}, "AccessDeniedException"),
        ({"Null": {"aws:ResourceTag/Owner": "true"}}, "success"),
        ({"StringEquals": {"aws:PrincipalAccount": "123456789012"}}, "success"),
        ({"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}, "success"),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, "AccessDeniedException"),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}, "success"),
        ({"DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}, "success"),
        ({"NumericLessThan": {"aws:EpochTime": "1893456000"}}, "AccessDeniedException"),
        ({"Bool": {"aws:SecureTransport": "false"}}, "AccessDeniedException"),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, "success"),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, "success"),
    ],
)
def test_conditions_can_ask_for_what_the_service_documents(conditions: Any, expected: str) -> None:
    with mock_pca(organization_id="o-a1b2c3d4e5") as pca:
        pca.clock.freeze("2030-06-01T00:00:00Z")
        client = pca.client(region_name="us-east-1")
        ca = support.pending(client, Tags=[{"Key": "Stage", "Value": "test"}])
        pca.enforce(
            allow("TagCertificateAuthority", resource=ca.arn, **conditions),
            context={"aws:SourceIp": "203.0.113.7"},
        )

        assert expected == outcome(
            client.tag_certificate_authority,
            CertificateAuthorityArn=ca.arn,
            Tags=[{"Key": "Team", "Value": "pki"}],
        )


def test_another_accounts_ca_needs_both_policies(
    pca: PcaMock, client: ACMPCAClient, pca_root_ca: Authority
) -> None:
    describe = client.describe_certificate_authority
    arn = {"CertificateAuthorityArn": pca_root_ca.arn}
    with pca.as_account("222222222222"):
        with pca.enforce(allow("ListTags")):
            assert "no identity-based policy" in message(describe, **arn)
        with pca.enforce(allow("DescribeCertificateAuthority")):
            assert "no resource-based policy" in message(describe, **arn)


def test_something_must_be_enforced_in_a_mock_that_runs(pca: PcaMock) -> None:
    with pytest.raises(TypeError, match="takes one or more policies"):
        pca.enforce()
    with mock_pca() as ended:
        pass
    with pytest.raises(RuntimeError, match="has ended"):
        ended.enforce(allow("ListTags"))


# iam_policy


def work(client: ACMPCAClient, arn: str) -> None:
    """A program to be held to a role."""
    support.Ca(client, arn).issued(CSR)
    support.Ca(client, arn).issued(CSR, "CodeSigningCertificate")
    client.list_tags(CertificateAuthorityArn=arn)


def test_the_smallest_policy_has_what_was_called(
    pca: PcaMock, client: ACMPCAClient, pca_root_ca: Authority
) -> None:
    work(client, pca_root_ca.arn)
    client.list_certificate_authorities()
    support.pending(client, Tags=[{"Key": "a", "Value": "b"}])
    pca_root_ca.disable()

    assert pca.calls.iam_policy() == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [
                    "acm-pca:CreateCertificateAuthority",
                    "acm-pca:ListCertificateAuthorities",
                    "acm-pca:TagCertificateAuthority",
                ],
                "Resource": "*",
            },
            {
                "Effect": "Allow",
                "Action": ["acm-pca:GetCertificate", "acm-pca:ListTags"],
                "Resource": [pca_root_ca.arn],
            },
            {
                "Effect": "Allow",
                "Action": ["acm-pca:IssueCertificate"],
                "Resource": [pca_root_ca.arn],
                "Condition": {"ArnEquals": {"acm-pca:TemplateArn": [CODE_SIGNING, END_ENTITY]}},
            },
        ],
    }
    assert "acm-pca:UpdateCertificateAuthority" in str(pca.calls.iam_policy(origin="any"))


def parts(policy: Any) -> Iterator[Any]:
    """The policy without each of its actions, resources and templates in turn."""
    for number, statement in enumerate(policy["Statement"]):
        lists: list[tuple[str, ...]] = [("Action",), ("Resource",)]
        if "Condition" in statement:
            lists.append(("Condition", "ArnEquals", "acm-pca:TemplateArn"))
        for path in lists:
            length = len(_at(statement, path))
            for index in range(length):
                smaller = copy.deepcopy(policy)
                if length > 1:
                    del _at(smaller["Statement"][number], path)[index]
                else:
                    del smaller["Statement"][number]
                yield smaller


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value[name]
    return value


def test_the_smallest_policy_is_enough_and_nothing_can_be_left_out(
    pca: PcaMock, client: ACMPCAClient, pca_root_ca: Authority
) -> None:
    other = pca.create_root_ca("Other")
    for arn in (pca_root_ca.arn, other.arn):
        work(client, arn)
    policy = pca.calls.iam_policy()

    def all_work() -> None:
        for arn in (pca_root_ca.arn, other.arn):
            work(client, arn)

    with pca.enforce(policy):
        all_work()
    smaller_ones = list(parts(policy))
    assert len(smaller_ones) == 9
    for smaller in smaller_ones:
        with pca.enforce(smaller, allow("DeletePolicy")), pytest.raises(ClientError) as caught:
            all_work()
        assert caught.value.response["Error"]["Code"] == "AccessDeniedException"


def test_iam_accepts_the_smallest_policy(
    pca: PcaMock, client: ACMPCAClient, pca_root_ca: Authority
) -> None:
    work(client, pca_root_ca.arn)
    document = json.dumps(pca.calls.iam_policy())

    with mock_aws():
        iam = boto3.client("iam", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        assert iam.create_policy(PolicyName="role", PolicyDocument=document)["Policy"]["Arn"]


def test_calls_that_nobody_was_asked_about_need_no_permission(
    pca: PcaMock, client: ACMPCAClient, pca_root_ca: Authority
) -> None:
    assert pca.calls.iam_policy() == {"Version": "2012-10-17", "Statement": []}
    outcome(client.list_tags, CertificateAuthorityArn="arn:aws:acm-pca:x")
    assert pca.calls.iam_policy()["Statement"] == []
    outcome(client.get_policy, ResourceArn=pca_root_ca.arn)

    (statement,) = pca.calls.filter(outcome="ResourceNotFoundException").iam_policy()["Statement"]
    assert statement["Action"] == ["acm-pca:GetPolicy"]


def test_the_policies_in_iam_need_moto(pca: PcaMock) -> None:
    with pytest.raises(RuntimeError, match="start mock_aws"):
        pca.enforce_iam()
