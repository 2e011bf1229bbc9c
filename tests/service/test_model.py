from __future__ import annotations

import pytest
from botocore.model import OperationNotFoundError

from pca_mock.service import model


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        pytest.param("us-east-1", "aws", id="known"),
        pytest.param("cn-north-1", "aws-cn", id="China"),
        pytest.param("us-gov-west-1", "aws-us-gov", id="GovCloud"),
        pytest.param("eu-central-99", "aws", id="by its form"),
        pytest.param("cn-south-99", "aws-cn", id="China by its form"),
        pytest.param("us-gov-north-99", "aws-us-gov", id="GovCloud by its form"),
        pytest.param("aws-global", "aws", id="no place"),
        pytest.param("nowhere", "aws", id="of no form"),
    ],
)
def test_a_region_has_the_partition_of_its_name_or_else_of_its_form(
    region: str, partition: str
) -> None:
    assert model.partition_of(region) == partition


@pytest.mark.parametrize(
    ("partition", "suffix"), [("aws", "amazonaws.com"), ("aws-cn", "amazonaws.com.cn")]
)
def test_a_partition_has_its_domain(partition: str, suffix: str) -> None:
    assert model.dns_suffix(partition) == suffix


def test_an_operation_is_found_by_its_name_on_the_wire() -> None:
    assert model.operation_model("ListTags").name == "ListTags"
    with pytest.raises(OperationNotFoundError):
        model.operation_model("list_tags")
