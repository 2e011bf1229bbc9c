from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from botocore.config import Config
from botocore.exceptions import ParamValidationError

from pca_mock import PcaMock
from tests.refusals import refused
from tests.support import Ca, pending

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

NOON = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
ACM = "acm.amazonaws.com"
ALL = ["IssueCertificate", "GetCertificate", "ListPermissions"]


def permit(ca: Ca, actions: list[str] = ALL, principal: str = ACM, **request: Any) -> None:
    """Create a permission; the answer has nothing in it."""
    client: Any = ca.client
    answer = client.create_permission(
        CertificateAuthorityArn=ca.arn, Principal=principal, Actions=actions, **request
    )
    assert answer.keys() == {"ResponseMetadata"}


def forbid(ca: Ca, principal: str = ACM, **request: Any) -> None:
    """Delete a permission; the answer has nothing in it."""
    answer = ca.client.delete_permission(
        CertificateAuthorityArn=ca.arn, Principal=principal, **request
    )
    assert answer.keys() == {"ResponseMetadata"}


def permissions(ca: Ca) -> list[Any]:
    """All permissions, in their order."""
    return list(ca.client.list_permissions(CertificateAuthorityArn=ca.arn)["Permissions"])


def accounts(number: int) -> list[str]:
    return [f"{account:012}" for account in range(number)]


# Creation


def test_a_permission_is_listed_as_it_was_created(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)

    with time_machine.travel(NOON, tick=False):
        permit(ca)

    (permission,) = permissions(ca)
    policy = json.loads(permission.pop("Policy"))
    assert permission == {
        "CertificateAuthorityArn": ca.arn,
        "CreatedAt": NOON,
        "Principal": ACM,
        "SourceAccount": "123456789012",
        "Actions": ALL,
    }
    (statement,) = policy["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Principal"] == {"Service": ACM}
    assert statement["Action"] == [f"acm-pca:{action}" for action in ALL]
    assert statement["Resource"] == ca.arn
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


@pytest.mark.parametrize("actions", [[action] for action in ALL] + [ALL[:2], ALL[::-1]])
def test_a_permission_has_the_requested_actions(
    pca_client: ACMPCAClient, actions: list[str]
) -> None:
    ca = pending(pca_client)

    permit(ca, actions)

    assert [set(permission["Actions"]) for permission in permissions(ca)] == [set(actions)]


def test_a_repeated_action_is_kept_once(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)

    permit(ca, ["GetCertificate", "IssueCertificate", "GetCertificate"])

    assert sorted(permissions(ca)[0]["Actions"]) == ["GetCertificate", "IssueCertificate"]


def test_a_permission_is_that_of_the_calling_account_unless_another_is_named(
    pca_client: ACMPCAClient,
) -> None:
    ca = pending(pca_client)

    permit(ca)
    permit(ca, SourceAccount="222222222222")

    assert [permission["SourceAccount"] for permission in permissions(ca)] == [
        "123456789012",
        "222222222222",
    ]


@pytest.mark.parametrize("named", [None, "123456789012", "222222222222"])
@pytest.mark.parametrize("actions", [ALL, ["GetCertificate"]])
def test_a_second_permission_of_an_account_is_refused_whatever_its_actions(
    pca: PcaMock, pca_client: ACMPCAClient, named: str | None, actions: list[str]
) -> None:
    ca = pending(pca_client)
    permit(ca)
    permit(ca, SourceAccount="222222222222")
    request = {"SourceAccount": named} if named else {}

    with refused("PermissionAlreadyExistsException", pca):
        permit(ca, actions, **request)


def test_a_permission_of_one_ca_is_not_that_of_another(pca_client: ACMPCAClient) -> None:
    first, second = pending(pca_client), pending(pca_client)

    permit(first)

    assert permissions(second) == []
    permit(second)
    assert [permission["CertificateAuthorityArn"] for permission in permissions(second)] == [
        second.arn
    ]


@pytest.mark.parametrize("principal", ["ec2.amazonaws.com", "123456789012", "ACM.amazonaws.com"])
def test_acm_is_the_only_principal(pca: PcaMock, pca_client: ACMPCAClient, principal: str) -> None:
    ca = pending(pca_client)

    with refused("ValidationException", pca):
        permit(ca, principal=principal)


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param({"principal": "*"}, id="every principal"),
        pytest.param({"principal": "p" * 129}, id="long principal"),
        pytest.param({"principal": ""}, id="empty principal"),
        pytest.param({"actions": [*ALL, "GetCertificate"]}, id="four actions"),
        pytest.param({"actions": ["RevokeCertificate"]}, id="unknown action"),
        pytest.param({"SourceAccount": "1" * 13}, id="long account"),
        pytest.param({"SourceAccount": "x" * 12}, id="letters for an account"),
    ],
)
def test_a_permission_against_the_model_is_a_validation_exception(
    pca: PcaMock, pca_client: ACMPCAClient, request_: Any
) -> None:
    ca = pending(pca_client)
    ca.client = pca.client(config=Config(parameter_validation=False))

    with refused("ValidationException", pca):
        permit(ca, **request_)


@pytest.mark.parametrize("request_", [{"actions": []}, {"SourceAccount": "1" * 11}])
def test_botocore_refuses_an_incomplete_permission(pca_client: ACMPCAClient, request_: Any) -> None:
    ca = pending(pca_client)

    with pytest.raises(ParamValidationError):
        permit(ca, **request_)


# Deletion


def test_the_permission_of_the_named_account_is_deleted(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)
    permit(ca)
    permit(ca, SourceAccount="222222222222")
    permit(ca, SourceAccount="333333333333")

    forbid(ca, SourceAccount="222222222222")
    assert [p["SourceAccount"] for p in permissions(ca)] == ["123456789012", "333333333333"]

    forbid(ca)
    assert [p["SourceAccount"] for p in permissions(ca)] == ["333333333333"]


def test_to_change_the_actions_a_permission_is_deleted_and_created(
    pca_client: ACMPCAClient,
) -> None:
    ca = pending(pca_client)
    permit(ca)

    forbid(ca)
    permit(ca, ["GetCertificate"])

    assert [permission["Actions"] for permission in permissions(ca)] == [["GetCertificate"]]


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param({"SourceAccount": "222222222222"}, id="other account"),
        pytest.param({"principal": "ec2.amazonaws.com"}, id="other principal"),
    ],
)
def test_a_permission_that_does_not_exist_is_not_found(
    pca: PcaMock, pca_client: ACMPCAClient, request_: Any
) -> None:
    ca = pending(pca_client)
    permit(ca)

    with refused("ResourceNotFoundException", pca):
        forbid(ca, **request_)


def test_a_deleted_permission_is_not_found_again(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)
    permit(ca)
    forbid(ca)

    with refused("ResourceNotFoundException", pca):
        forbid(ca)


# Listing


def test_without_permissions_the_list_is_empty(pca_client: ACMPCAClient) -> None:
    answer = pca_client.list_permissions(CertificateAuthorityArn=pending(pca_client).arn)

    assert answer["Permissions"] == []
    assert "NextToken" not in answer


@pytest.mark.parametrize("size", [1, 2, 5, 6, 1000])
def test_every_permission_is_listed_once_and_in_order_of_creation(
    pca_client: ACMPCAClient, size: int
) -> None:
    ca = pending(pca_client)
    for account in accounts(6):
        permit(ca, SourceAccount=account)

    pages = list(
        pca_client.get_paginator("list_permissions").paginate(
            CertificateAuthorityArn=ca.arn, PaginationConfig={"PageSize": size}
        )
    )

    assert [p["SourceAccount"] for page in pages for p in page["Permissions"]] == accounts(6)
    assert len(pages) == -(-6 // size)
    assert "NextToken" not in pages[-1]


def test_a_bad_token_or_one_of_another_listing_is_refused(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    first, second = pending(pca_client), pending(pca_client)
    for account in accounts(2):
        permit(first, SourceAccount=account)
        permit(second, SourceAccount=account)
    about: Any = {"CertificateAuthorityArn": first.arn}
    token = pca_client.list_permissions(**about, MaxResults=1)["NextToken"]

    for call, arn, bad in (
        (pca_client.list_permissions, first.arn, "x"),
        (pca_client.list_permissions, second.arn, token),
        (pca_client.list_tags, first.arn, token),
    ):
        with refused("InvalidNextTokenException", pca):
            call(CertificateAuthorityArn=arn, NextToken=bad)
    assert len(pca_client.list_permissions(**about, NextToken=token)["Permissions"]) == 1


def test_a_list_of_permissions_is_the_callers_own_to_change(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)
    permit(ca)
    before = permissions(ca)

    permissions(ca)[0]["Actions"].clear()

    assert permissions(ca) == before
