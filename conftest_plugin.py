"""The pytest plugin of pca_mock: fixtures `pca` and `pca_client`.

Importing it imports neither boto3, botocore nor cryptography.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import wrapt

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

    from pca_mock import PcaMock


def _register(_: Any) -> None:
    from pca_mock.adapters import intercept

    intercept.register()


# As soon as botocore is there, before any client can be: test modules make theirs on import.
wrapt.when_imported("botocore.handlers")(_register)


@pytest.fixture
def pca() -> Iterator[PcaMock]:
    """A fresh mock of AWS Private CA that runs during the test."""
    from pca_mock import mock_pca

    with mock_pca() as running:
        yield running


@pytest.fixture
def pca_client(pca: PcaMock) -> ACMPCAClient:
    """A boto3 client of `acm-pca`, answered by `pca`."""
    return pca.client()
