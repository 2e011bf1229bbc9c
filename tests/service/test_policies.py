from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ParamValidationError

from pca_mock import PcaMock
from pca_mock.service.model import service_model
from tests.policies import OTHER, OWNER, READ, SEVEN, WRITE, policy, statement
from tests.refusals import refused
from tests.support import Ca, pending, template_arn

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

EVERYBODY_IN = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}


def put(ca: Ca, text: str) -> None:
    """Attach a policy; the answer has nothing in it."""
    answer = ca.client.put_policy(ResourceArn=ca.arn, Policy=text)
    assert answer.keys() == {"ResponseMetadata"}


def get(ca: Ca) -> str:
    """The attached policy."""
    return ca.client.get_policy(ResourceArn=ca.arn)["Policy"]


def delete(ca: Ca) -> None:
    """Detach a policy; the answer has nothing in it."""
    answer = ca.client.delete_policy(ResourceArn=ca.arn)
    assert answer.keys() == {"ResponseMetadata"}


# Attaching


def test_a_policy_is_returned_letter_by_letter(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)
    text = json.dumps(json.loads(policy(statement(ca, Sid="ä"))), indent=3, ensure_ascii=False)

    put(ca, f"\t{text}\r\n ")

    assert get(ca) == f"\t{text}\r\n "


def test_a_second_policy_takes_the_place_of_the_first(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)
    put(ca, policy(statement(ca)))
    second = policy(statement(ca, *READ))

    put(ca, second)

    assert get(ca) == second


def test_without_a_policy_none_is_found(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)
    text = f"Could not find policy for resource {ca.arn}."

    with refused("ResourceNotFoundException", pca, match=text):
        get(ca)


def test_a_policy_is_gone_once_deleted_and_may_be_deleted_again(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca = pending(pca_client)
    delete(ca)
    put(ca, policy(statement(ca)))

    for _ in range(2):
        delete(ca)
        with refused("ResourceNotFoundException", pca):
            get(ca)


def test_a_policy_of_one_ca_is_not_that_of_another(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    first, second = pending(pca_client), pending(pca_client)

    put(first, policy(statement(first)))

    with refused("ResourceNotFoundException", pca):
        get(second)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"Sid": ...}, id="no Sid"),
        *(pytest.param({"Action": action}, id=action) for action in SEVEN),
        pytest.param({"Resource": ["<CA>"]}, id="list of one resource"),
        pytest.param({"Resource": "<CA>/certificate/*"}, id="all certificates"),
        pytest.param({"Resource": "<CA>/certificate/" + 32 * "a"}, id="a certificate"),
        pytest.param({"Resource": ["<CA>", "<CA>/certificate/*"]}, id="CA and certificates"),
        pytest.param({"Principal": {"AWS": [OTHER, "333333333333"]}}, id="two accounts"),
        pytest.param({"Principal": {"AWS": OWNER}}, id="the owner itself"),
        pytest.param({"Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"}}, id="root"),
        pytest.param({"Principal": {"AWS": f"arn:aws:iam::{OTHER}:role/a/b"}}, id="role"),
        pytest.param({"Principal": {"AWS": f"arn:aws:sts::{OTHER}:assumed-role/a/b"}}, id="sts"),
        pytest.param(
            {
                "Principal": {"Service": "proxy.network-firewall.amazonaws.com"},
                "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:network-firewall:a:1:a"}},
            },
            id="service for a resource",
        ),
        pytest.param(
            {
                "Principal": {"Service": ["acm.amazonaws.com", "acm.amazonaws.com.cn"]},
                "Condition": {"StringEquals": {"aws:SourceAccount": OTHER}},
            },
            id="services for an account",
        ),
        pytest.param({"Principal": "*", "Condition": EVERYBODY_IN}, id="everybody"),
        pytest.param({"Principal": {"AWS": "*"}, "Condition": EVERYBODY_IN}, id="AWS: everybody"),
        pytest.param(
            {"Principal": "*", "Condition": {"StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}}},
            id="everybody in a path",
        ),
        pytest.param(
            {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": OTHER}}},
            id="everybody of an account",
        ),
        pytest.param({"Condition": {}}, id="empty condition"),
        pytest.param({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, id="other key"),
        pytest.param(
            {
                "Action": WRITE[0],
                "Condition": {
                    "StringEquals": {"acm-pca:TemplateArn": template_arn("EndEntityCertificate")}
                },
            },
            id="template",
        ),
    ],
)
def test_a_policy_by_the_rules_is_accepted(
    pca_client: ACMPCAClient, changes: dict[str, Any]
) -> None:
    ca = pending(pca_client)
    text = policy(statement(ca, **changes)).replace("<CA>", ca.arn)

    put(ca, text)

    assert get(ca) == text


@pytest.mark.parametrize("version", ["2012-10-17", "2008-10-17", ...])
def test_a_valid_version_or_none_is_accepted(pca_client: ACMPCAClient, version: Any) -> None:
    ca = pending(pca_client)

    put(ca, policy(statement(ca), Version=version))

    assert get(ca)


def test_a_single_statement_needs_no_list(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)

    put(ca, policy(Statement=statement(ca)))

    assert get(ca)


def test_statements_may_share_a_sid_as_in_the_guides_example(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)
    condition = {"StringEquals": {"acm-pca:TemplateArn": template_arn("EndEntityCertificate")}}

    put(ca, policy(statement(ca, *READ), statement(ca, WRITE[0], Condition=condition)))

    assert get(ca)


# Refusals


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x", id="not JSON"),
        pytest.param("{", id="cut off"),
        pytest.param("[" * 20_000, id="deeply nested"),
        pytest.param("[]", id="list"),
        pytest.param('"a"', id="text"),
        pytest.param("{}", id="empty"),
        pytest.param('{"Statement": []}', id="no statement"),
        pytest.param('{"Statement": {}}', id="empty statement"),
        pytest.param('{"Statement": ["a"]}', id="text for a statement"),
        pytest.param('{"Statement": "a"}', id="text for statements"),
        pytest.param('{"Statement": null}', id="null for statements"),
    ],
)
def test_text_that_is_no_policy_is_refused(
    pca: PcaMock, pca_client: ACMPCAClient, text: str
) -> None:
    ca = pending(pca_client)
    put(ca, policy(statement(ca)))

    with refused("InvalidPolicyException", pca):
        put(ca, text)


@pytest.mark.parametrize("version", ["2012-10-18", "", 2012, ["2012-10-17"], {}])
def test_another_version_is_refused(pca: PcaMock, pca_client: ACMPCAClient, version: Any) -> None:
    ca = pending(pca_client)

    with refused("InvalidPolicyException", pca):
        put(ca, policy(statement(ca), Version=version))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"Effect": ...}, id="no effect"),
        pytest.param({"Effect": "allow"}, id="effect in another case"),
        pytest.param({"Effect": ["Allow"]}, id="list of effects"),
        pytest.param({"Effect": "Deny"}, id="deny"),
        pytest.param({"Effect": "Deny", "Action": "acm-pca:PutPolicy"}, id="deny others to put"),
        pytest.param({"Principal": ...}, id="no principal"),
        pytest.param({"Principal": ..., "NotPrincipal": {"AWS": OTHER}}, id="NotPrincipal"),
        pytest.param({"Principal": {"AWS": OTHER}, "NotPrincipal": "*"}, id="NotPrincipal too"),
        pytest.param({"Principal": OTHER}, id="principal that is a text"),
        pytest.param({"Principal": [OTHER]}, id="principal that is a list"),
        pytest.param({"Principal": {"AWS": []}}, id="no accounts"),
        pytest.param({"Principal": {"AWS": OTHER[1:]}}, id="short account"),
        pytest.param({"Principal": {"AWS": [OTHER, "x"]}}, id="account in letters"),
        pytest.param({"Principal": {"AWS": [OTHER, 5]}}, id="account that is a number"),
        pytest.param({"Principal": {"AWS": "arn:aws:iam::22:root"}}, id="ARN of no account"),
        pytest.param({"Principal": {"AWS": f"arn:aws:s3::{OTHER}:a"}}, id="ARN of no principal"),
        pytest.param({"Principal": {"AWS": OTHER, "Service": "a"}}, id="service too"),
        pytest.param({"Principal": {"Service": "acm.example.com"}}, id="service of others"),
        pytest.param({"Principal": {"Service": []}}, id="no service"),
        pytest.param({"Principal": {"Federated": "acm.amazonaws.com"}}, id="federated"),
        pytest.param({"Principal": "*"}, id="everybody"),
        pytest.param({"Principal": {"AWS": [OTHER, "*"]}}, id="everybody in a list"),
        pytest.param(
            {
                "Principal": "*",
                "Condition": {
                    "StringEquals": {"acm-pca:TemplateArn": template_arn("EndEntityCertificate")}
                },
            },
            id="everybody with a template",
        ),
        pytest.param({"Action": ...}, id="no action"),
        pytest.param({"Action": []}, id="empty actions"),
        pytest.param({"Action": ..., "NotAction": SEVEN[0]}, id="NotAction"),
        pytest.param({"Action": "*"}, id="all actions"),
        pytest.param({"Action": "acm-pca:*"}, id="all actions of the service"),
        pytest.param({"Action": "acm-pca:Get*"}, id="wildcard"),
        pytest.param({"Action": [*SEVEN, "acm-pca:PutPolicy"]}, id="an eighth action"),
        pytest.param({"Action": "acm-pca:GetCertificateAuthorityCsr"}, id="CSR"),
        pytest.param({"Action": "GetCertificate"}, id="action without service"),
        pytest.param({"Action": {"a": "b"}}, id="action that is an object"),
        pytest.param({"Resource": ...}, id="no resource"),
        pytest.param({"Resource": "*"}, id="all resources"),
        pytest.param({"Resource": []}, id="empty resources"),
        pytest.param({"Resource": "arn:aws:acm-pca:us-east-1:1:certificate-authority/a"}, id="CA"),
        pytest.param({"Resource": ..., "NotResource": "a"}, id="NotResource"),
        pytest.param({"Condition": "a"}, id="condition that is a text"),
        pytest.param({"Condition": {"StringEquals": "a"}}, id="operator without a key"),
        pytest.param({"Condition": {"StringEquals": {"aws:a": 5}}}, id="value that is a number"),
        pytest.param({"Condition": {"StringEquals": {"aws:a": []}}}, id="no value"),
        pytest.param({"Condition": {"StringEquals": {"aws:a": {"b": "c"}}}}, id="object"),
        pytest.param({"Colour": "red"}, id="unknown member"),
    ],
)
def test_a_statement_against_the_rules_is_refused(
    pca: PcaMock, pca_client: ACMPCAClient, changes: dict[str, Any]
) -> None:
    ca = pending(pca_client)
    good = statement(ca)
    put(ca, policy(good))

    with refused("InvalidPolicyException", pca):
        put(ca, policy(good, statement(ca, **changes)))


def test_a_policy_about_another_ca_or_two_is_refused(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca, other = pending(pca_client), pending(pca_client)

    for resource in (
        other.arn,
        [ca.arn, other.arn],
        f"{ca.arn}/*",
        f"{ca.arn}/certificate/",
        f"{ca.arn}/certificate/a/b",
        f"{other.arn}/certificate/*",
    ):
        with refused("InvalidPolicyException", pca):
            put(ca, policy(statement(ca, Resource=resource)))


@pytest.mark.parametrize("action", ["acm-pca:PutPolicy", "acm-pca:DeletePolicy", "acm-pca:*", "*"])
@pytest.mark.parametrize(
    "principal",
    ["*", {"AWS": "*"}, {"AWS": [OTHER, OWNER]}, {"AWS": f"arn:aws:iam::{OWNER}:role/admin"}],
    ids=str,
)
def test_a_policy_that_locks_its_author_out_is_prevented(
    pca: PcaMock, pca_client: ACMPCAClient, action: str, principal: Any
) -> None:
    ca = pending(pca_client)
    lockout = statement(ca, action, Effect="Deny", Principal=principal)

    with refused("LockoutPreventedException", pca):
        put(ca, policy(statement(ca), lockout))


@pytest.mark.parametrize("text", ["\u2028", "☃", "{}" * 40_961])
def test_a_policy_against_the_model_is_a_validation_exception(
    pca: PcaMock, pca_client: ACMPCAClient, text: str
) -> None:
    ca = pending(pca_client)

    with refused("ValidationException", pca):
        put(ca, text)


def test_an_empty_policy_is_refused_by_botocore(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)

    with pytest.raises(ParamValidationError):
        put(ca, "")


def test_a_policy_of_the_greatest_length_is_accepted(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)
    text = policy(statement(ca)).ljust(service_model().shape_for("AWSPolicy").metadata["max"])

    put(ca, text)

    assert get(ca) == text
