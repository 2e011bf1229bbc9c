"""Behaviour that only a new process without any configuration shows."""

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
assert set(dir(pca_mock)) > set(pca_mock.__all__) and "mock_pca" in dir(pca_mock)
        """,
        tmp_path,
    )
