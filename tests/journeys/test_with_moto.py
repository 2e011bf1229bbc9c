"""moto's `mock_aws` and `mock_pca` in either order: each answers its own calls."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from pca_mock import mock_pca
from tests import support
from tests.processes import run

REGION = "eu-west-1"


def client(service: str) -> Any:
    return boto3.client(service, REGION)


def both_work() -> None:
    pca, s3 = client("acm-pca"), client("s3")
    ca = support.root(pca)
    s3.create_bucket(Bucket="mine", CreateBucketConfiguration={"LocationConstraint": REGION})

    # moto ignores Validity and has no such template; its CAs have another default account too.
    assert ca.issue(support.KeyHolder().csr(), "BlankEndEntityCertificate_CSRPassthrough")
    assert ":210987654321:" in ca.arn
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["mine"]


def test_mock_pca_inside_mock_aws() -> None:
    with mock_aws(), mock_pca(account_id="210987654321"):
        both_work()


def test_mock_aws_inside_mock_pca() -> None:
    with mock_pca(account_id="210987654321"), mock_aws():
        both_work()


@mock_aws
@mock_pca(account_id="210987654321")
def test_decorators_mock_aws_above() -> None:
    both_work()


@mock_pca(account_id="210987654321")
@mock_aws
def test_decorators_mock_pca_above() -> None:
    both_work()


def test_after_mock_pca_motos_own_acm_pca_answers_again() -> None:
    with mock_aws():
        pca = client("acm-pca")
        with mock_pca():
            ours = support.pending(pca).arn
        theirs = support.pending(pca).arn

        assert pca.describe_certificate_authority(CertificateAuthorityArn=theirs)
        with pytest.raises(pca.exceptions.ResourceNotFoundException):
            pca.describe_certificate_authority(CertificateAuthorityArn=ours)


def test_after_mock_aws_mock_pca_goes_on() -> None:
    with mock_pca() as pca:
        with mock_aws():
            arn = support.pending(client("acm-pca")).arn

        assert pca.client(region_name=REGION).describe_certificate_authority(
            CertificateAuthorityArn=arn
        )


@pytest.mark.parametrize("outer", ["mock_aws", "mock_pca"])
def test_the_environment_is_as_before(outer: str) -> None:
    before = dict(os.environ)
    first, second = (mock_aws(), mock_pca()) if outer == "mock_aws" else (mock_pca(), mock_aws())
    with first, second:
        pass

    assert dict(os.environ) == before


def test_both_work_in_a_process_without_configuration(tmp_path: Path) -> None:
    for nested in ("mock_aws(), mock_pca()", "mock_pca(), mock_aws()"):
        run(
            f"""
import boto3
from moto import mock_aws
from pca_mock import mock_pca

with {nested}:
    boto3.client("s3").create_bucket(Bucket="mine")
    assert boto3.client("acm-pca").list_certificate_authorities()["CertificateAuthorities"] == []
            """,
            tmp_path,
            PYTHONWARNINGS="default",
        )
