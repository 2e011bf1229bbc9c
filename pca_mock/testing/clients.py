"""The boto3 clients through which handles do what they do.

Making a client takes longer than anything else that a small test does. These never leave this
package, so nobody can have changed them, and they are kept for the life of the process.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3

from pca_mock.adapters.accounts import access_key_for

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient


@lru_cache(maxsize=100)
def client_of(account_id: str, region_name: str) -> ACMPCAClient:
    """A client whose calls are made in the name of an account, whoever else is acting."""
    client: ACMPCAClient = boto3.client(
        "acm-pca",
        region_name=region_name,
        aws_access_key_id=access_key_for(account_id),
        aws_secret_access_key="pca_mock",
    )
    return client


def default_region() -> str:
    """The region of a client that isn't told one."""
    session: Any = boto3.DEFAULT_SESSION or boto3.Session()
    return str(session.region_name)
