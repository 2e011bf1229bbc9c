"""What the README says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pca_mock.service.dispatch import OPERATIONS
from pca_mock.service.model import service_model
from tests.processes import run, run_pytest

README = (Path(__file__).parents[1] / "README.md").read_text()
SNIPPETS = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "snippet",
    [s for s in SNIPPETS if "def test_" in s],
    ids=["mutual TLS", "revocation", "faults and time", "decorator"],
)
def test_a_snippet_with_a_test_passes(snippet: str, tmp_path: Path) -> None:
    assert "1 passed" in run_pytest({"test_snippet.py": snippet}, tmp_path)


@pytest.mark.parametrize("snippet", [s for s in SNIPPETS if "def test_" not in s], ids=["with"])
def test_a_snippet_without_a_test_runs(snippet: str, tmp_path: Path) -> None:
    assert run(snippet, tmp_path) == "[]\n"


def test_all_operations_are_supported() -> None:
    names = service_model().operation_names

    assert sorted(OPERATIONS) == sorted(names)
    assert f"| operations | {len(names)} of {len(names)} |" in README


def test_there_are_two_commands() -> None:
    assert len(re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)) == 2
