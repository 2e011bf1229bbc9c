from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from pca_mock import Authority, PcaMock
from tests.acm.clients import REGION
from tests.acm.clients import client as shared


@pytest.fixture
def acm(pca: PcaMock) -> Iterator[Any]:
    """A client of ACM, while moto is active."""
    with mock_aws():
        yield shared("acm", REGION)


@pytest.fixture
def ca(pca: PcaMock) -> Authority:
    root = pca.create_root_ca("Example Root", region_name=REGION)
    return root.create_subordinate_ca("Example Issuing", path_length=0)
