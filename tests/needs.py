"""Programs and packages that some tests need besides Python packages."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """Skip a test that needs something which isn't installed; in CI, where all is, fail it."""
    if os.environ.get("PCA_MOCK_NOTHING_MISSING"):
        pytest.fail(reason)
    pytest.skip(reason)
