"""Beside the tests of each suite: a client that only a mock answers."""

import unittest

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from pca_mock import mock_pca

__all__ = ["account", "boto3", "call", "check", "is_mocked", "mock_pca", "pytest", "unittest"]

keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
client = boto3.client("acm-pca", "eu-west-1", endpoint_url="http://127.0.0.1:9", **keys)


def call(token):
    """Make a call that is refused, and can be told from others by the token."""
    try:
        client.list_permissions(CertificateAuthorityArn="arn:aws:" + token)
    except ClientError:
        pass


def is_mocked():
    try:
        client.list_certificate_authorities()
    except BotoCoreError:
        return False
    return True


def account():
    """The account of a new CA."""
    return client.create_certificate_authority(
        CertificateAuthorityType="ROOT",
        CertificateAuthorityConfiguration={
            "KeyAlgorithm": "EC_prime256v1",
            "SigningAlgorithm": "SHA256WITHECDSA",
            "Subject": {"CommonName": "Root"},
        },
    )["CertificateAuthorityArn"].split(":")[4]


async def check(pca, pca_client, issuing):
    leaf = issuing.issue("localhost")
    assert pca.calls.assert_called("IssueCertificate", times=1, origin="handle")
    listed = pca_client.list_certificate_authorities()["CertificateAuthorities"]
    assert len(listed) == 2
    assert leaf.status == "ISSUED"
