"""The documentation: it is complete in a code viewer, its examples are true, and Sphinx builds it.

Its examples are tests of their own: pytest collects the pages.
"""

from __future__ import annotations

import ast
import re
import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import pca_mock
from tests import pages
from tests.pages import ROOT
from tests.processes import pytest_outcome

DESIGN = pages.DOCS / "design.md"
PACKAGE = ROOT / "pca_mock"
_DIRECTIVES = ("{toctree}", "{eval-rst}", "{include}")  # unbuilt, they lack nothing but looks
_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.mark.parametrize("page", [pages.README, *pages.PAGES], ids=lambda page: page.stem)
def test_a_page_is_complete_before_it_is_built(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    languages = {block.language.partition(" ")[0] for block in pages.blocks(page)}

    assert languages <= {"python", "sh", "text", "toml", *_DIRECTIVES}
    assert "{{" not in text
    assert not re.search(r"\{\w+:?\w*\}`", text)


def test_examples_keep_the_line_numbers_of_their_page() -> None:
    (page,) = (page for page in pages.PAGES if page.stem == "faults")
    lines = page.read_text(encoding="utf-8").splitlines()
    examples = pages.source(pages.examples(page)).splitlines()

    assert sum(line.startswith("def test_") for line in examples) > 5
    assert all(line in ("", lines[number]) for number, line in enumerate(examples))


def test_the_first_page_links_to_every_other_one() -> None:
    text = (pages.DOCS / "index.md").read_text(encoding="utf-8")

    links = set(re.findall(r"\]\((\S+\.md)\)", text))
    assert links == {str(page.relative_to(pages.DOCS)) for page in pages.PAGES} - {"index.md"}


@pytest.mark.parametrize(
    ("page", "name", "most"),
    [
        ("recipes/lambda.md", "test_the_handler", 8),
        ("recipes/mtls.md", "test_mutual_tls_with_files", 12),
        (
            "recipes/rotation.md",
            "test_a_year_of_renewals_never_leaves_an_expired_certificate",
            8,
        ),
        ("recipes/throttling.md", "test_a_throttled_waiter", 6),
        ("recipes/iam.md", "test_the_role_is_enough", 6),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)
def test_a_usual_test_is_short(page: str, name: str, most: int) -> None:
    examples = pages.source(pages.examples(pages.DOCS / page))
    (function,) = (
        node
        for node in ast.parse(examples).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    )
    lines = examples.splitlines()[function.body[0].lineno - 1 : function.end_lineno]

    assert len([line for line in lines if line.strip()]) + 1 <= most  # its first line is one, too


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.stem)
def test_examples_have_types(page: Path) -> None:
    shown = [block for block in pages.blocks(page) if block.language == "python"]
    trees = [ast.parse(block.text) for block in shown]
    functions = [
        node
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]

    assert [function.name for function in functions if function.returns is None] == []


def test_pytest_prints_the_output_on_the_page(tmp_path: Path) -> None:
    blocks = pages.blocks(pages.DOCS / "pytest.md")
    (configuration,) = (block.text for block in blocks if block.language == "toml")
    (failing,) = (block for block in blocks if block.module_name)
    files = {"pyproject.toml": configuration, f"{failing.module_name}.py": failing.text}

    _, output = pytest_outcome(files, tmp_path)

    assert "1 failed" in output
    shown = [line for b in blocks if b.language == "text" for line in b.text.splitlines()]
    assert len(shown) == 6
    for line in shown:
        assert _ID.sub("…", line) in _ID.sub("…", output)


def test_tables_and_diagrams_are_those_of_the_code() -> None:
    made = runpy.run_path(str(pages.DOCS / "generate.py"))["pages"]()

    assert {path.name for path in made} == {
        "states.svg",
        "states.md",
        "pytest.md",
        "conformance.md",
        "conformance_moto.md",
    }
    for path, text in made.items():
        assert path.read_text(encoding="utf-8") == text, "run `python docs/generate.py`"


def test_the_floors_of_the_design_are_those_of_import_linter() -> None:
    drawing, *_ = (block.text for block in pages.blocks(DESIGN) if block.language == "text")
    floors = re.findall(r"^ *\d+ +((?:\w+, )*\w+)", drawing, re.MULTILINE)
    _, _, contract = (ROOT / "pyproject.toml").read_text().partition("\nlayers = [\n")
    layers = re.findall(r'"(.*)"', contract.partition("]")[0])

    assert [floor.split(", ") for floor in floors] == [
        [name.removeprefix("pca_mock.") for name in layer.split(" | ")] for layer in layers
    ]


def test_the_design_names_only_files_that_exist() -> None:
    names = set(re.findall(r"`((?:\w+/)*\w+(?:\.py|/))`", DESIGN.read_text(encoding="utf-8")))

    assert len(names) > 20
    assert {n for n in names if not (ROOT / n).exists() and not (PACKAGE / n).exists()} == set()


def test_the_design_names_only_functions_that_exist() -> None:
    modules = {path.stem: path for path in PACKAGE.rglob("*.py")}
    text = DESIGN.read_text(encoding="utf-8")
    names = {name for name in re.findall(r"`(\w+)\.(\w+)`", text) if name[0] in modules}

    assert len(names) > 5
    for module, function in names - {(module, "py") for module in modules}:
        assert f"\ndef {function}(" in modules[module].read_text(encoding="utf-8")


@pytest.mark.skipif(
    not all(find_spec(name) for name in ("sphinx", "myst_parser", "furo")),
    reason="Sphinx isn't installed with its theme and parser: run `tox -e docs`",
)
def test_sphinx_builds_the_pages_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    command += ["-d", str(tmp_path / "doctrees"), str(pages.DOCS), str(tmp_path / "html")]

    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    assert result.returncode == 0, result.stderr
    for page in pages.PAGES:
        assert (tmp_path / "html" / page.relative_to(pages.DOCS)).with_suffix(".html").is_file()
    if find_spec("sphinx_copybutton"):
        assert "copybutton.js" in (tmp_path / "html" / "index.html").read_text()
    reference = (tmp_path / "html" / "api.html").read_text()
    for name in pca_mock.__all__:
        assert f'id="pca_mock.{name}"' in reference
