import boto3
from cryptography import x509
from moto import mock_aws

from pca_mock import PcaMock, mock_pca


@mock_aws
@mock_pca
def test_decorators_stack_in_either_order() -> None:
    boto3.client("s3", "us-east-1").create_bucket(Bucket="mine")

    assert boto3.client("acm-pca").list_certificate_authorities()["CertificateAuthorities"] == []


def test_crls_go_to_motos_s3(pca: PcaMock) -> None:
    with mock_aws():
        s3 = boto3.client("s3", "us-east-1")
        s3.create_bucket(Bucket="crls")
        root = pca.create_root_ca(crl_bucket="crls")
        leaf = root.issue("localhost")
        leaf.revoke("SUPERSEDED")

        key = f"crl/{root.arn.rpartition('/')[2]}.crl"
        crl = x509.load_der_x509_crl(s3.get_object(Bucket="crls", Key=key)["Body"].read())

    assert [entry.serial_number for entry in crl] == [leaf.serial_number]


def test_keys_that_moto_gave_out_belong_to_their_account(pca: PcaMock) -> None:
    with mock_aws():
        role = "arn:aws:iam::222222222222:role/deployer"
        sts = boto3.client("sts", "us-east-1")
        given = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        boto3.client(
            "acm-pca",
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        ).list_certificate_authorities()

    assert pca.calls[-1].caller.account == "222222222222"
