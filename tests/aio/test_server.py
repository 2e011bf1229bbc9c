"""aiobotocore over HTTP, against a served mock."""

from __future__ import annotations

import pytest

from pca_mock import PcaMock

aiobotocore = pytest.importorskip(
    "aiobotocore.session", reason="aiobotocore pins botocore: run `tox -e aiobotocore`"
)


async def test_an_asynchronous_client_calls_over_http(pca: PcaMock, pca_endpoint: str) -> None:
    root = pca.create_root_ca("Root")
    pca.fail("ListCertificateAuthorities", "ThrottlingException", attempts=1)
    session = aiobotocore.get_session()
    keys = {"aws_access_key_id": "AKID", "aws_secret_access_key": "secret"}

    async with session.create_client(
        "acm-pca", "us-east-1", endpoint_url=pca_endpoint, **keys
    ) as client:
        answer = await client.list_certificate_authorities()
        with pytest.raises(client.exceptions.InvalidArnException):
            await client.list_tags(CertificateAuthorityArn=f"{root.arn}/x")

    assert [ca["Arn"] for ca in answer["CertificateAuthorities"]] == [root.arn]
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert answer["ResponseMetadata"]["HTTPHeaders"]["server"].startswith("Python")
