"""`@mock_pca` hands over its handle."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from pca_mock import PcaMock, mock_pca
from tests.processes import passed


def test_a_named_or_annotated_parameter_gets_the_handle() -> None:
    @mock_pca(account_id="111122223333")
    def named(number: int, pca: Any) -> tuple[int, str]:
        return number, pca.account_id

    @mock_pca
    async def annotated(*, mock: PcaMock) -> int:
        return len(mock.authorities)

    called: Any = (named, annotated)
    assert called[0](1) == (1, "111122223333")
    assert asyncio.run(called[1]()) == 0


def test_a_handle_that_the_caller_passes_is_kept(pca: PcaMock) -> None:
    @mock_pca
    def function(pca: PcaMock) -> PcaMock:
        return pca

    assert function(pca=pca) is pca


def test_under_pytest_there_is_one_mock(tmp_path: Path) -> None:
    module = """
        from pca_mock import mock_pca
        from pca_mock.state import running

        @mock_pca(account_id="111122223333")
        def test_it(pca, tmp_path):
            assert pca.account_id == "111122223333"
            assert len(running.mocks()) == 1
        """

    assert "1 passed" in passed({"test_it.py": module}, tmp_path)
