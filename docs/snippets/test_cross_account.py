import json
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from renewal import renew

from pca_mock import Authority, PcaMock, mock_pca

PKI, SHOP = "111111111111", "222222222222"


def share(ca: Authority, account_id: str) -> None:
    """Let another account use a CA, for servers and clients alone, as its owner would."""
    reading = ("DescribeCertificateAuthority", "GetCertificate")
    template = "arn:aws:acm-pca:::template/EndEntityCertificate/V1"
    only = {"StringEquals": {"acm-pca:TemplateArn": template}}
    common = {"Effect": "Allow", "Principal": {"AWS": account_id}, "Resource": ca.arn}
    statements = [
        {**common, "Action": [f"acm-pca:{operation}" for operation in reading]},
        {**common, "Action": "acm-pca:IssueCertificate", "Condition": only},
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    boto3.client("acm-pca").put_policy(ResourceArn=ca.arn, Policy=policy)


def test_another_account_needs_a_policy(
    pca: PcaMock, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    with pca.as_account(SHOP), pytest.raises(ClientError, match="AccessDeniedException"):
        renew(pca_issuing_ca.arn, "shop.example.com", tmp_path)

    share(pca_issuing_ca, SHOP)
    with pca.as_account(SHOP):
        renew(pca_issuing_ca.arn, "shop.example.com", tmp_path)

    (leaf,) = pca_issuing_ca.certificates
    assert leaf.subject == "CN=shop.example.com"


def test_the_policy_gives_no_more_than_it_says(pca: PcaMock, pca_issuing_ca: Authority) -> None:
    share(pca_issuing_ca, SHOP)

    with pca.as_account(SHOP), pytest.raises(ClientError, match="AccessDeniedException"):
        boto3.client("acm-pca").list_tags(CertificateAuthorityArn=pca_issuing_ca.arn)


def test_access_keys_may_tell_the_account() -> None:
    keys = {"aws_access_key_id": "AKIASHOP", "aws_secret_access_key": "secret"}
    with mock_pca(account_id=PKI, accounts={"AKIASHOP": SHOP}) as pca:
        ca = pca.create_root_ca("Company Root")
        share(ca, SHOP)

        shop = boto3.client("acm-pca", **keys)
        shared = shop.list_certificate_authorities(ResourceOwner="OTHER_ACCOUNTS")

    assert [each["OwnerAccount"] for each in shared["CertificateAuthorities"]] == [PKI]


def test_each_account_has_its_own_authorities(pca: PcaMock) -> None:
    with pca.as_account(SHOP):
        shops = pca.create_root_ca("Shop Root")
    own = pca.create_root_ca("Company Root")

    assert (shops.account_id, own.account_id) == (SHOP, pca.account_id)
    assert pca.authorities == [shops, own]
