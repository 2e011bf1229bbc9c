"""What can only be seen in a process that begins with nothing."""

from __future__ import annotations

from pathlib import Path

from tests.processes import run

CREATE = """
def create(client):
    return client.create_certificate_authority(
        CertificateAuthorityType="ROOT",
        CertificateAuthorityConfiguration={
            "KeyAlgorithm": "EC_prime256v1",
            "SigningAlgorithm": "SHA256WITHECDSA",
            "Subject": {"CommonName": "Root"},
        },
    )["CertificateAuthorityArn"]
"""


def test_everything_works_without_credentials_region_and_configuration(tmp_path: Path) -> None:
    run(
        CREATE
        + """
import boto3, os
from pca_mock import mock_pca

before = dict(os.environ)
with mock_pca() as pca:
    for client in (boto3.client("acm-pca"), boto3.Session().client("acm-pca"), pca.client()):
        assert create(client).startswith("arn:aws:acm-pca:us-east-1:123456789012:")
assert dict(os.environ) == before
        """,
        tmp_path,
    )


def test_after_the_mock_boto3_has_no_credentials_again(tmp_path: Path) -> None:
    run(
        """
import boto3, botocore.exceptions
from pca_mock import mock_pca

with mock_pca():
    boto3.client("acm-pca").list_certificate_authorities()
client = boto3.client("acm-pca", "us-east-1")
try:
    client.list_certificate_authorities()
except botocore.exceptions.NoCredentialsError:
    pass
else:
    raise AssertionError("the dummy credentials are still there")
        """,
        tmp_path,
        AWS_EC2_METADATA_DISABLED="true",
    )


def test_clients_and_sessions_made_before_the_package_is_imported_are_answered(
    tmp_path: Path,
) -> None:
    run(
        CREATE
        + """
import boto3, botocore.session, sys

keys = dict(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")
session = boto3.Session(**keys)
bare = botocore.session.get_session()
clients = [
    boto3.client("acm-pca", **keys),
    session.client("acm-pca"),
    bare.create_client("acm-pca", **keys),
]
assert "pca_mock" not in sys.modules

from pca_mock import mock_pca

with mock_pca():
    later = [session.client("acm-pca"), bare.create_client("acm-pca", **keys)]
    for client in clients + later:
        assert create(client).startswith("arn:aws:acm-pca:eu-west-1:")
        """,
        tmp_path,
    )


def test_importing_the_package_imports_nothing_heavy(tmp_path: Path) -> None:
    run(
        """
import sys
import pca_mock

assert not {"boto3", "botocore", "cryptography", "wrapt"} & set(sys.modules)
assert dir(pca_mock) == sorted(pca_mock.__all__) and "mock_pca" in dir(pca_mock)
        """,
        tmp_path,
    )


def test_configured_profiles_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[profile mine]\nregion = ap-south-1\n")
    (tmp_path / ".aws" / "credentials").write_text(
        "[mine]\naws_access_key_id = AKIAMINE\naws_secret_access_key = x\n"
    )
    run(
        """
import boto3, os
from pca_mock import mock_pca

with mock_pca():
    session = boto3.Session()
    assert session.get_credentials().access_key == "AKIAMINE"
    assert session.client("acm-pca").meta.region_name == "ap-south-1"
    assert "AWS_ACCESS_KEY_ID" not in os.environ
    session.client("acm-pca").list_certificate_authorities()
        """,
        tmp_path,
        AWS_PROFILE="mine",
    )
