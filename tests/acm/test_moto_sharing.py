"""Shares of CAs in moto's Resource Access Manager, with boto3 alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from pca_mock import Authority, PcaMock, mock_pca
from tests.acm.clients import REGION
from tests.acm.clients import client as shared
from tests.refusals import refused

OTHER = "222222222222"
PERMISSION = "arn:aws:ram::aws:permission/AWSRAM{}CertificateAuthority"
TAGS = "acm-pca:ListTags"


@pytest.fixture
def ram(pca: PcaMock) -> Iterator[Any]:
    """A client of RAM, while moto is active."""
    with mock_aws():
        yield shared("ram", REGION)


@pytest.fixture
def ca(pca: PcaMock) -> Authority:
    return pca.create_root_ca(region_name=REGION)


def share(ram: Any, *cas: Authority, principals: Any = (OTHER,), **members: Any) -> str:
    answer = ram.create_resource_share(
        name="pki", resourceArns=[ca.arn for ca in cas], principals=list(principals), **members
    )
    return str(answer["resourceShare"]["resourceShareArn"])


def statements(pca: PcaMock, ca: Authority) -> list[Any]:
    policy = pca.client(region_name=REGION).get_policy(ResourceArn=ca.arn)["Policy"]
    found: list[Any] = json.loads(policy)["Statement"]
    return found


@pytest.mark.parametrize("order", ["mock_aws outside", "mock_pca outside"])
def test_another_account_can_use_a_ca_as_long_as_it_is_shared(order: str) -> None:
    mocks: list[Any] = [mock_aws(), mock_pca()]
    outer, inner = mocks if order == "mock_aws outside" else mocks[::-1]
    with outer, inner:
        client, ram = boto3.client("acm-pca", REGION), boto3.client("ram", REGION)
        arn = client.create_certificate_authority(
            CertificateAuthorityType="ROOT",
            CertificateAuthorityConfiguration={
                "KeyAlgorithm": "EC_prime256v1",
                "SigningAlgorithm": "SHA256WITHECDSA",
                "Subject": {"CommonName": "Root"},
            },
        )["CertificateAuthorityArn"]
        keys: Any = {"aws_access_key_id": OTHER, "aws_secret_access_key": "x"}
        other = boto3.client("acm-pca", REGION, **keys)

        made = ram.create_resource_share(name="pki", resourceArns=[arn], principals=[OTHER])
        assert other.list_tags(CertificateAuthorityArn=arn)["Tags"] == []
        shares = ram.get_resource_shares(resourceOwner="SELF")["resourceShares"]
        assert [each["name"] for each in shares] == ["pki"]

        ram.delete_resource_share(resourceShareArn=made["resourceShare"]["resourceShareArn"])
        with refused("AccessDeniedException"):
            other.list_tags(CertificateAuthorityArn=arn)
        with refused("ResourceNotFoundException"):
            client.get_policy(ResourceArn=arn)


def test_a_share_has_the_statements_of_its_permissions(
    pca: PcaMock, ram: Any, ca: Authority
) -> None:
    names = ("RevokeCertificate", "SubordinateCACertificatePathLen0Issuance")
    arns = [PERMISSION.format(name) for name in names]

    first = share(ram, ca, permissionArns=arns)
    second = share(ram, ca)

    ids = [arn.rpartition("/")[2] for arn in (first, second)]
    written = statements(pca, ca)
    assert [each["Sid"].partition("-ext")[0] for each in written] == [ids[0]] * 3 + [ids[1]] * 2
    conditions = [each["Condition"]["StringEquals"] for each in written if "Condition" in each]
    templates = [each["acm-pca:TemplateArn"].rpartition("template/")[2] for each in conditions]
    assert templates == ["SubordinateCACertificate_PathLen0/V1", "EndEntityCertificate/V1"]
    ram.delete_resource_share(resourceShareArn=first)
    assert [each["Sid"][: len(ids[1])] for each in statements(pca, ca)] == [ids[1]] * 2
    calls = [call for call in pca.calls if call.caller.invoked_by == "ram.amazonaws.com"]
    assert {call.operation for call in calls} == {"GetPolicy", "PutPolicy"}


def test_principals_can_be_accounts_and_organizations(
    pca: PcaMock, ram: Any, ca: Authority
) -> None:
    organizations = shared("organizations", REGION)
    organization = organizations.create_organization(FeatureSet="ALL")["Organization"]

    share(ram, ca, principals=[OTHER, organization["Arn"]])

    written = statements(pca, ca)
    assert [each["Principal"] for each in written] == [{"AWS": [OTHER]}] * 2 + ["*"] * 2
    conditions = [each.get("Condition", {}).get("StringEquals") for each in written]
    assert conditions[-2] == {"aws:PrincipalOrgID": [organization["Id"]]}
    assert conditions[-1]["aws:PrincipalOrgID"] == [organization["Id"]]
    assert "acm-pca:TemplateArn" in conditions[-1]


def test_a_share_of_other_resources_or_with_nobody_writes_nothing(
    pca: PcaMock, ram: Any, ca: Authority
) -> None:
    subnet = f"arn:aws:ec2:{REGION}:123456789012:subnet/subnet-1"
    ram.create_resource_share(name="x", resourceArns=[subnet], principals=[OTHER])
    empty = share(ram, ca, principals=())
    ram.delete_resource_share(resourceShareArn=empty)
    ram.get_resource_shares(resourceOwner="SELF")

    with refused("ResourceNotFoundException"):
        statements(pca, ca)
    with pytest.raises(ClientError, match="not a valid resource owner"):
        ram.get_resource_shares(resourceOwner="NOBODY")


def test_a_share_that_ram_refuses(pca: PcaMock, ram: Any, ca: Authority) -> None:
    with pca.as_account(OTHER), refused("UnknownResourceException", pca):
        share(ram, ca)
    with refused("UnknownResourceException", pca):
        share(ram, ca, permissionArns=[PERMISSION.format("NoSuch")])
    allowed = {"Effect": "Allow", "Action": "acm-pca:GetPolicy", "Resource": "*"}
    with pca.enforce({"Statement": allowed}), refused("AccessDeniedException", pca):
        share(ram, ca)

    assert ram.get_resource_shares(resourceOwner="SELF")["resourceShares"] == []


def test_a_share_whose_policy_is_gone_can_be_deleted(pca: PcaMock, ram: Any, ca: Authority) -> None:
    arn = share(ram, ca)
    pca.client(region_name=REGION).delete_policy(ResourceArn=ca.arn)

    ram.delete_resource_share(resourceShareArn=arn)

    with refused("ResourceNotFoundException"):
        statements(pca, ca)


def test_without_a_mock_moto_shares_no_cas() -> None:
    arn = f"arn:aws:acm-pca:{REGION}:123456789012:certificate-authority/x"
    with mock_aws():
        with mock_pca() as pca:
            share(shared("ram", REGION), pca.create_root_ca(region_name=REGION))
        for _ in range(2):
            with pytest.raises(ClientError, match="cannot share the selected resource type"):
                shared("ram", REGION).create_resource_share(name="x", resourceArns=[arn])


def test_a_call_that_moto_would_not_answer_is_not_answered_here(pca: PcaMock) -> None:
    config: Any = {"core": {"service_whitelist": ["s3"]}}
    with mock_aws(config=config), pytest.raises(Exception, match="ram"):
        shared("ram", REGION).get_resource_shares(resourceOwner="SELF")
