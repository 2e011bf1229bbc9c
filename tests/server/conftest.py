"""A mock that is served, for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.http import Http


@pytest.fixture
def url(pca_endpoint: str) -> str:
    return pca_endpoint


@pytest.fixture
def http(url: str) -> Iterator[Http]:
    with Http(url) as http:
        yield http
