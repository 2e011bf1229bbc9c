from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pca_mock.conformance import targets
from pca_mock.conformance.ledger import Ledger
from pca_mock.conformance.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A run against a mock of its own."""
    with targets.in_process() as target:
        yield Session(target, Ledger(tmp_path / "ledger", target.region))
