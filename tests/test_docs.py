"""The documentation: its examples are run, all of them are shown, and Sphinx builds it."""

from __future__ import annotations

import ast
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

import pca_mock
from tests.processes import clean_environment

DOCS = Path(__file__).parents[1] / "docs"
SNIPPETS = DOCS / "snippets"
PAGES = sorted(DOCS.rglob("*.md"))
_FENCE = re.compile(r"^```(\S+)(?: (\S+))?\n((?::.*\n)*)", re.MULTILINE)
_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Include(NamedTuple):
    """A literalinclude of a page."""

    path: Path
    options: dict[str, str]

    def shown(self) -> str:
        """What the page shows of the file."""
        text = self.path.read_text()
        if name := self.options.get("pyobject"):
            return next(source for other, source in definitions(text) if other == name)
        start, end = self.options.get("start-at", ""), self.options.get("end-before")
        rest = text[text.index(start) :]
        return rest if end is None else rest[: rest.index(end)]


def includes(page: Path) -> Iterator[Include]:
    for directive, target, options in _FENCE.findall(page.read_text()):
        if directive == "{literalinclude}":
            pairs = (line[1:].partition(": ")[::2] for line in options.splitlines())
            values = {name: value.strip('"') for name, value in pairs}
            yield Include((page.parent / target).resolve(), values)


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """The functions and classes of a module: names and sources, without what is above `def`."""
    for node in ast.parse(text).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, ast.get_source_segment(text, node) or ""


def test_there_are_pages_and_snippets() -> None:
    assert len(PAGES) > 10
    assert len(list(SNIPPETS.glob("test_*.py"))) > 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_python_on_a_page_comes_from_a_file_that_is_run(page: Path) -> None:
    fences = re.findall(r"^ *```(.*)$", page.read_text(), re.MULTILINE)

    assert len(fences) % 2 == 0
    assert all(kind in ("sh", "text", "toml") or kind.startswith("{") for kind in fences[::2])
    for include in includes(page):
        assert include.path.parent == SNIPPETS
        assert include.path.is_file()


def test_everything_in_a_snippet_is_shown() -> None:
    shown: dict[Path, str] = {}
    for page in PAGES:
        for include in includes(page):
            shown[include.path] = shown.get(include.path, "") + include.shown()

    hidden = [
        f"{path.name}: {name}"
        for path in SNIPPETS.glob("*.py")
        if path.name != "conftest.py"
        for name, source in definitions(path.read_text())
        if source not in shown.get(path, "")
    ]
    assert hidden == []


def test_pytest_says_what_the_page_shows(tmp_path: Path) -> None:
    fences = re.findall(r"^```(\w+)\n(.*?)^```", (DOCS / "pytest.md").read_text(), re.M | re.S)
    (configuration,) = (text for kind, text in fences if kind == "toml")
    (tmp_path / "pyproject.toml").write_text(configuration)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:asyncio"]
    command += ["-c", str(tmp_path / "pyproject.toml"), str(SNIPPETS / "failing.py")]

    result = subprocess.run(
        command,
        env=clean_environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert "1 failed" in result.stdout
    lines = [line for kind, text in fences if kind == "text" for line in text.splitlines()]
    assert len(lines) == 5
    for line in lines:
        assert _ID.sub("…", line) in _ID.sub("…", result.stdout)


def test_the_diagram_of_the_states_is_drawn_from_the_table() -> None:
    draw = runpy.run_path(str(DOCS / "diagrams.py"))["states"]

    shown = (DOCS / "_static" / "states.svg").read_text(encoding="utf-8")
    assert shown == draw(), "run `python docs/diagrams.py`"
    assert "(_static/states.svg)" in (DOCS / "states.md").read_text(encoding="utf-8")


@pytest.mark.skipif(
    not all(find_spec(name) for name in ("sphinx", "myst_parser", "furo")),
    reason="Sphinx isn't installed with its theme and parser: run `tox -e docs`",
)
def test_sphinx_builds_the_pages_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    command += ["-d", str(tmp_path / "doctrees"), str(DOCS), str(tmp_path / "html")]

    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    assert result.returncode == 0, result.stderr
    for page in PAGES:
        assert (tmp_path / "html" / page.relative_to(DOCS)).with_suffix(".html").is_file()
    reference = (tmp_path / "html" / "api.html").read_text()
    for name in pca_mock.__all__:
        assert f'id="pca_mock.{name}"' in reference
