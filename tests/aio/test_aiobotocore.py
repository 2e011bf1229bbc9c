"""aiobotocore: clients, sessions, stubber. In a tox environment of its own: it pins botocore."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiobotocore", reason="aiobotocore pins botocore: run `tox -e aiobotocore`")

from aiobotocore.session import get_session
from aiobotocore.stub import AioStubber
from botocore.exceptions import ClientError

from pca_mock import mock_pca
from tests import support
from tests.processes import run

KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "eu-west-1"}


async def create(client: Any, name: str = "Root") -> str:
    answer = await client.create_certificate_authority(
        CertificateAuthorityConfiguration=support.configuration(name),
        CertificateAuthorityType="ROOT",
    )
    return str(answer["CertificateAuthorityArn"])


async def test_a_whole_story_with_an_async_client() -> None:
    async with mock_pca(), get_session().create_client("acm-pca", **KEYS) as client:
        arn = await create(client)
        csr = await client.get_certificate_authority_csr(CertificateAuthorityArn=arn)
        issued = await client.issue_certificate(
            CertificateAuthorityArn=arn,
            Csr=csr["Csr"],
            SigningAlgorithm="SHA256WITHECDSA",
            TemplateArn=support.template_arn("RootCACertificate"),
            Validity=support.TEN_YEARS,
        )
        name = {"CertificateAuthorityArn": arn, "CertificateArn": issued["CertificateArn"]}
        await client.get_waiter("certificate_issued").wait(**name)
        certificate = await client.get_certificate(**name)
        await client.import_certificate_authority_certificate(
            CertificateAuthorityArn=arn, Certificate=certificate["Certificate"]
        )
        described = await client.describe_certificate_authority(CertificateAuthorityArn=arn)

    assert described["CertificateAuthority"]["Status"] == "ACTIVE"
    assert described["ResponseMetadata"]["HTTPStatusCode"] == 200


@mock_pca
async def test_paginators_work() -> None:
    async with get_session().create_client("acm-pca", **KEYS) as client:
        arns = [await create(client) for _ in range(5)]
        paginator = client.get_paginator("list_certificate_authorities")
        pages = [page async for page in paginator.paginate(PaginationConfig={"PageSize": 2})]

    assert [len(page["CertificateAuthorities"]) for page in pages] == [2, 2, 1]
    assert [ca["Arn"] for page in pages for ca in page["CertificateAuthorities"]] == arns


@mock_pca
async def test_errors_are_typed() -> None:
    async with get_session().create_client("acm-pca", **KEYS) as client:
        arn = (await create(client))[:-12] + "000000000000"
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            await client.describe_certificate_authority(CertificateAuthorityArn=arn)
        with pytest.raises(ClientError, match="ValidationException"):
            await client.describe_certificate_authority(CertificateAuthorityArn="x" * 5)


async def test_a_client_made_before_the_mock_is_answered() -> None:
    async with get_session().create_client("acm-pca", **KEYS) as client:
        with mock_pca():
            assert (await create(client)).startswith("arn:aws:acm-pca:eu-west-1:")


@mock_pca
async def test_a_stubbed_client_keeps_its_stubbed_answers() -> None:
    async with get_session().create_client("acm-pca", **KEYS) as client:
        with AioStubber(client) as stubber:
            stubber.add_response("list_certificate_authorities", {"NextToken": "stubbed"})
            assert (await client.list_certificate_authorities())["NextToken"] == "stubbed"


def test_sessions_made_before_the_package_is_imported_are_answered(tmp_path: Path) -> None:
    run(
        """
import asyncio
from aiobotocore.session import get_session

keys = dict(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")

async def main():
    session = get_session()
    async with session.create_client("acm-pca", **keys) as client:
        from pca_mock import mock_pca

        with mock_pca():
            await client.list_certificate_authorities()
            async with session.create_client("acm-pca", **keys) as later:
                await later.list_certificate_authorities()

asyncio.run(main())
        """,
        tmp_path,
    )


def test_the_network_is_not_used_without_credentials(tmp_path: Path) -> None:
    run(
        """
import asyncio
from aiobotocore.session import get_session
from pca_mock import mock_pca

async def main():
    async with mock_pca(), get_session().create_client("acm-pca") as client:
        await client.list_certificate_authorities()

asyncio.run(main())
        """,
        tmp_path,
    )
