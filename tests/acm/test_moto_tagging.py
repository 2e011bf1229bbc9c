"""The Resource Groups Tagging API with moto: CAs by tag, with boto3 alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.exceptions import ServiceNotWhitelisted
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

from pca_mock import Authority, PcaMock, mock_pca
from tests.acm.clients import REGION
from tests.acm.clients import client as shared


@pytest.fixture
def tagging(pca: PcaMock) -> Iterator[Any]:
    """A client of the Resource Groups Tagging API, while moto is active."""
    with mock_aws():
        yield shared("resourcegroupstaggingapi", REGION)


def tagged(pca: PcaMock, **tags: str) -> Authority:
    pairs: Any = [{"Key": key, "Value": value} for key, value in tags.items()]
    return pca.create_root_ca(region_name=REGION, **({"Tags": pairs} if pairs else {}))


def found(tagging: Any, **members: Any) -> list[str]:
    pages = tagging.get_paginator("get_resources").paginate(**members)
    return [each["ResourceARN"] for page in pages for each in page["ResourceTagMappingList"]]


def tags_of(pca: PcaMock, ca: Authority) -> dict[str, str]:
    client = pca.client(region_name=REGION)
    tags = client.list_tags(CertificateAuthorityArn=ca.arn)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in tags}


@pytest.mark.parametrize("order", ["mock_aws outside", "mock_pca outside"])
def test_a_ca_that_boto3_has_made_is_found_by_its_tag(order: str) -> None:
    mocks: list[Any] = [mock_aws(), mock_pca()]
    outer, inner = mocks if order == "mock_aws outside" else mocks[::-1]
    with outer, inner:
        configuration: Any = {
            "KeyAlgorithm": "EC_prime256v1",
            "SigningAlgorithm": "SHA256WITHECDSA",
            "Subject": {"CommonName": "Root"},
        }
        arn = boto3.client("acm-pca", REGION).create_certificate_authority(
            CertificateAuthorityType="ROOT",
            CertificateAuthorityConfiguration=configuration,
            Tags=[{"Key": "team", "Value": "blue"}],
        )["CertificateAuthorityArn"]

        answer = boto3.client("resourcegroupstaggingapi", REGION).get_resources(
            TagFilters=[{"Key": "team", "Values": ["blue"]}]
        )

    expected = {"ResourceARN": arn, "Tags": [{"Key": "team", "Value": "blue"}]}
    assert answer["ResourceTagMappingList"] == [expected]
    assert not answer.get("PaginationToken")


def test_filters_choose_cas(pca: PcaMock, tagging: Any) -> None:
    blue = tagged(pca, team="blue", stage="test").arn
    red = tagged(pca, team="red").arn
    tagged(pca)
    pca.create_root_ca(region_name="eu-west-1", Tags=[{"Key": "team", "Value": "blue"}])

    def by(*filters: Any, **members: Any) -> list[str]:
        more = {"TagFilters": list(filters)} if filters else {}
        return found(tagging, **more, **members)

    assert by() == [blue, red]
    assert by({"Key": "team"}) == [blue, red]
    assert by({"Key": "team", "Values": ["red", "green"]}) == [red]
    assert by({"Key": "team"}, {"Key": "stage", "Values": ["test"]}) == [blue]
    assert by({"Key": "team", "Values": ["blue"]}, {"Key": "stage", "Values": ["prod"]}) == []
    for types in (["acm-pca"], ["s3", "acm-pca:certificate-authority"]):
        assert by(ResourceTypeFilters=types) == [blue, red]
    assert by(ResourceTypeFilters=["s3"]) == []
    assert by(ResourceARNList=[red]) == [red]


def test_cas_follow_the_resources_of_moto_page_by_page(pca: PcaMock, tagging: Any) -> None:
    s3 = shared("s3", REGION)
    tag = {"TagSet": [{"Key": "team", "Value": "blue"}]}
    for name in ("one", "two", "three"):
        s3.create_bucket(Bucket=name)
        s3.put_bucket_tagging(Bucket=name, Tagging=tag)
    cas = [tagged(pca, team=f"{number}", number=f"{number}").arn for number in range(4)]

    for size in (1, 2, 3, 5, 100):
        arns = found(tagging, ResourcesPerPage=size)
        assert arns[3:] == cas
        assert len(arns) == 7
    first = tagging.get_resources(ResourcesPerPage=5)
    assert len(first["ResourceTagMappingList"]) == 5
    assert first["PaginationToken"]
    assert found(tagging, ResourceTypeFilters=["acm-pca"], ResourcesPerPage=3) == cas


def test_a_page_has_a_limit_of_tags_too(pca: PcaMock, tagging: Any) -> None:
    for number in range(3):
        tagged(pca, **{f"key-{number}-{each}": "" for each in range(40)})

    first = tagging.get_resources(TagsPerPage=100)

    assert len(first["ResourceTagMappingList"]) == 2
    assert len(found(tagging, TagsPerPage=100)) == 3


def test_keys_and_values_of_tags(pca: PcaMock, tagging: Any) -> None:
    tagged(pca, team="blue", stage="test")
    tagged(pca, team="red")
    tagged(pca, team="blue")

    assert tagging.get_tag_keys()["TagKeys"] == ["team", "stage"]
    assert tagging.get_tag_values(Key="team")["TagValues"] == ["blue", "red"]
    assert tagging.get_tag_values(Key="other")["TagValues"] == []


def test_tags_are_set_and_removed(pca: PcaMock, tagging: Any) -> None:
    ca, other = tagged(pca, team="blue"), tagged(pca)
    arns = [ca.arn, other.arn]

    answer = tagging.tag_resources(ResourceARNList=arns, Tags={"team": "red", "stage": "test"})

    assert answer["FailedResourcesMap"] == {}
    assert tags_of(pca, ca) == tags_of(pca, other) == {"team": "red", "stage": "test"}
    call = pca.calls.filter("TagCertificateAuthority")[-1]
    assert (call.params["CertificateAuthorityArn"], call.origin) == (other.arn, "code")
    if hasattr(ResourceGroupsTaggingAPIBackend, "untag_resources"):  # not in older versions
        tagging.untag_resources(ResourceARNList=arns, TagKeys=["stage", "missing"])
        assert tags_of(pca, ca) == {"team": "red"}


def test_what_cannot_be_tagged_is_in_the_map_of_failures(pca: PcaMock, tagging: Any) -> None:
    ca = tagged(pca)
    missing = f"{ca.arn.rpartition('/')[0]}/11111111-2222-3333-4444-555555555555"
    other = f"arn:aws:unknown:{REGION}:123456789012:thing/x"
    arns = [ca.arn, missing, other]

    failed = tagging.tag_resources(ResourceARNList=arns, Tags={"a": "1"})["FailedResourcesMap"]

    assert tags_of(pca, ca) == {"a": "1"}
    assert failed.keys() == {missing, other}
    assert failed[missing]["ErrorCode"] == "InvalidParameterException"
    with pca.enforce({"Statement": {"Effect": "Allow", "Action": "acm-pca:Get*", "Resource": "*"}}):
        denied = tagging.tag_resources(ResourceARNList=[ca.arn], Tags={"a": "2"})
    assert denied["FailedResourcesMap"][ca.arn]["StatusCode"] == 403
    assert tags_of(pca, ca) == {"a": "1"}


def test_errors_of_moto_stay_errors(pca: PcaMock, tagging: Any) -> None:
    tagged(pca, team="blue")

    with pytest.raises(ClientError, match="Token does not exist"):
        tagging.get_resources(PaginationToken="unknown")


def test_the_keys_of_cas_are_on_the_last_page(pca: PcaMock, tagging: Any) -> None:
    tagged(pca, team="blue")
    s3 = shared("s3", REGION)
    for number in range(3):
        s3.create_bucket(Bucket=f"bucket-{number}")
        tags = [{"Key": f"{number}-{each}", "Value": ""} for each in range(45)]
        s3.put_bucket_tagging(Bucket=f"bucket-{number}", Tagging={"TagSet": tags})

    first = tagging.get_tag_keys()
    second = tagging.get_tag_keys(PaginationToken=first["PaginationToken"])

    assert "team" not in first["TagKeys"]
    assert second["TagKeys"][-1] == "team"


def test_a_call_that_moto_would_not_answer_is_not_answered_here(pca: PcaMock) -> None:
    config: Any = {"core": {"service_whitelist": ["s3"]}}
    with mock_aws(config=config), pytest.raises(ServiceNotWhitelisted):
        shared("resourcegroupstaggingapi", REGION).get_resources()


def test_without_a_mock_moto_answers_as_before() -> None:
    with mock_aws():
        tagging = shared("resourcegroupstaggingapi", REGION)
        assert tagging.get_resources()["ResourceTagMappingList"] == []
