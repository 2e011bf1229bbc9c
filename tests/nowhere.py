"""A client that only a mock answers: nothing listens at its endpoint."""

from __future__ import annotations

import boto3
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

client = boto3.client(
    "acm-pca",
    "us-east-1",
    endpoint_url="http://127.0.0.1:9",
    config=Config(retries={"total_max_attempts": 1}),
    aws_access_key_id="a",
    aws_secret_access_key="b",
)


def cas() -> int:
    """How many CAs there are; raises EndpointConnectionError without a mock."""
    return len(client.list_certificate_authorities()["CertificateAuthorities"])


def is_mocked() -> bool:
    try:
        cas()
    except EndpointConnectionError:
        return False
    return True
