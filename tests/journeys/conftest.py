from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pca_mock import PcaMock, mock_pca
from tests.policies import ORGANIZATION, OTHER, OWNER
from tests.support import Ca, configuration, root

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

KEYS: Any = {"aws_secret_access_key": "secret", "region_name": "us-east-1"}


@pytest.fixture
def mock() -> Iterator[PcaMock]:
    """A mock with two accounts in an organization, each with its access key."""
    accounts = {"AKIAOWNER": OWNER, "AKIAOTHER": OTHER}
    with mock_pca(accounts=accounts, organization_id=ORGANIZATION) as running:
        yield running


@pytest.fixture
def owner(mock: PcaMock) -> ACMPCAClient:
    return mock.client(aws_access_key_id="AKIAOWNER", **KEYS)


@pytest.fixture
def other(mock: PcaMock) -> ACMPCAClient:
    return mock.client(aws_access_key_id="AKIAOTHER", **KEYS)


@pytest.fixture
def ca(owner: ACMPCAClient) -> Ca:
    """The owner's active root."""
    return root(owner, configuration("Shared Root"))


@pytest.fixture
def shared(ca: Ca, other: ACMPCAClient) -> Ca:
    """The same CA in the hands of the other account."""
    return Ca(other, ca.arn)
