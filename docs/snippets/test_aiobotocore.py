import pytest

pytest.importorskip("aiobotocore", reason="aiobotocore isn't installed")

from aiobotocore.session import get_session

from pca_mock import Authority, PcaMock, mock_pca


async def test_an_asynchronous_client_is_answered(pca: PcaMock, pca_root_ca: Authority) -> None:
    async with get_session().create_client("acm-pca", region_name="us-east-1") as client:
        answer = await client.describe_certificate_authority(
            CertificateAuthorityArn=pca_root_ca.arn
        )

    assert answer["CertificateAuthority"]["Status"] == "ACTIVE"
    pca.calls.assert_called("DescribeCertificateAuthority", times=1)


@mock_pca
async def test_coroutines_can_be_decorated() -> None:
    async with get_session().create_client("acm-pca", region_name="us-east-1") as client:
        assert (await client.list_certificate_authorities())["CertificateAuthorities"] == []


async def test_planned_faults_strike_asynchronous_clients() -> None:
    async with mock_pca() as pca:
        pca.fail("ListCertificateAuthorities", "ThrottlingException", attempts=1)
        async with get_session().create_client("acm-pca", region_name="us-east-1") as client:
            await client.list_certificate_authorities()

    assert pca.calls[-1].retries == 1
