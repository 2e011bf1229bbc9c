"""The examples in docstrings are run."""

from __future__ import annotations

from doctest import DocTest, DocTestFinder, DocTestRunner
from importlib import import_module

import pytest

from tests.pages import ROOT

MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "pca_mock").rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]
EXAMPLES = [
    docstring
    for module in MODULES
    for docstring in DocTestFinder(exclude_empty=True).find(import_module(module), globs={})
    if docstring.examples
]


@pytest.mark.parametrize("docstring", EXAMPLES, ids=lambda docstring: docstring.name)
def test_an_example_gives_the_shown_result(docstring: DocTest) -> None:
    output: list[str] = []

    result = DocTestRunner().run(docstring, out=output.append)

    assert result.failed == 0, "".join(output)


def test_the_main_entry_points_show_an_example() -> None:
    assert {docstring.name for docstring in EXAMPLES} >= {
        "pca_mock.clock.Clock",
        "pca_mock.handle.PcaMock.create_root_ca",
        "pca_mock.mock.mock_pca",
        "pca_mock.testing.authorities.Authority.issue",
        "pca_mock.testing.faults.FaultPlanner.fail",
    }
