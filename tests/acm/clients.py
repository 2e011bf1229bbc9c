"""Clients of services that moto answers, which all tests share: making one takes long."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
import moto.core.models  # noqa: F401 - whose handler a client gets only if it is made later

REGION = "us-east-1"


@cache
def client(service: str, region: str = REGION) -> Any:
    """A client of a service, with keys that nobody has made."""
    keys = {"aws_access_key_id": "AKIATESTS", "aws_secret_access_key": "x"}
    return boto3.session.Session(**keys).client(service, region)
