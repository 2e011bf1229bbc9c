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
    "snippet", [s for s in SNIPPETS if "def test_" in s], ids=["decorator", "fixture"]
)
def test_a_snippet_with_a_test_passes(snippet: str, tmp_path: Path) -> None:
    assert "1 passed" in run_pytest({"test_snippet.py": snippet}, tmp_path)


@pytest.mark.parametrize("snippet", [s for s in SNIPPETS if "def test_" not in s], ids=["with"])
def test_a_snippet_without_a_test_runs(snippet: str, tmp_path: Path) -> None:
    assert run(snippet, tmp_path) == "[]\n"


def test_the_operations_that_are_not_supported_are_listed() -> None:
    limits = README.partition("## Limits")[2]
    named = re.search(r"not supported yet: (.*?)\.$", limits, re.MULTILINE | re.DOTALL)

    assert named is not None
    listed = re.findall(r"`(\w+)`", named[1])
    assert listed == sorted(set(service_model().operation_names) - set(OPERATIONS))


def test_the_number_of_supported_operations_is_right() -> None:
    total = len(service_model().operation_names)

    assert f"{len(OPERATIONS)} of {total}, see below" in README


def test_there_are_two_commands() -> None:
    assert len(re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)) == 2
