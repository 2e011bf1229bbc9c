"""How Sphinx builds these pages. It needs no network."""

from __future__ import annotations

import inspect
import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer

import pca_mock
from pca_mock.service.states import PERMITTED, Cell
from pca_mock.state.authority import Status

project = "pca_mock"
project_copyright = "the authors of pca_mock, Apache-2.0"
html_title = "pca_mock"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "snippets"]
html_theme = "furo"
html_copy_source = False
html_show_sphinx = False

myst_enable_extensions = ["substitution"]
myst_heading_anchors = 3

# Docstrings: Google's style, code in single backticks.
default_role = "code"
autodoc_member_order = "bysource"
python_maximum_signature_line_length = 88  # else an argument on each line
napoleon_attr_annotations = False
napoleon_use_ivar = True
napoleon_use_rtype = False


def setup(app: Sphinx) -> None:
    """Show what users need of signatures and docstrings."""
    app.connect("autodoc-process-signature", hide_constructor)
    app.connect("autodoc-process-docstring", keep_colon, priority=600)  # after napoleon
    app.connect("missing-reference", link_public_name)
    app.connect("doctree-read", strip_code)
    # Of mock_pca the signature with all arguments, not those of its overloads.
    analyzer = ModuleAnalyzer.for_module("pca_mock.mock")
    analyzer.analyze()
    analyzer.overloads.clear()


def hide_constructor(_app: Sphinx, what: str, *_: Any) -> tuple[str, None] | None:
    """A class without its arguments: mocks and handles make these, nobody else."""
    return ("", None) if what == "class" else None


def keep_colon(_app: Sphinx, what: str, _name: str, obj: Any, _: Any, lines: list[str]) -> None:
    """Undo that napoleon takes what is before a colon for the type of a property."""
    text = inspect.getdoc(obj) or ""
    if what == "property" and ":\n" not in text:  # it has no sections
        lines[:] = [*text.split("\n"), ""]


def link_public_name(app: Sphinx, env: Any, node: Any, content: Any) -> Any:
    """Find a public class in `pca_mock`, wherever it is defined."""
    module, _, name = node.get("reftarget", "").rpartition(".")
    if not module.startswith("pca_mock.") or name not in pca_mock.__all__:
        return None
    domain, public = env.get_domain("py"), f"pca_mock.{name}"
    return domain.resolve_xref(env, node["refdoc"], app.builder, "class", public, node, content)


def strip_code(_app: Sphinx, page: Any) -> None:
    """Drop the empty lines at the ends of included code."""
    for block in page.findall(lambda node: node.tagname == "literal_block"):
        block.rawsource = block.astext().rstrip()
        block[:] = [type(block[0])(block.rawsource)]


def permitted() -> str:
    """The table `PERMITTED` as Markdown: operation x status, and what is answered otherwise."""
    names = [status.value.partition("_")[0].capitalize() for status in Status]
    notes: dict[str, int] = {}
    lines = [f"| | {' | '.join(names)} |", f"|---|{':---:|' * len(names)}"]
    for operation, cells in PERMITTED.items():
        shown = [_shown(cells[status], notes) for status in Status]
        name = "<wbr>".join(re.findall("[A-Z][a-z]+", operation))  # it may be broken there
        lines.append(f"| {name} | {' | '.join(shown)} |")
    lines += ["", *(f"{number}. {text}" for text, number in notes.items())]
    return "\n".join(lines)


def _shown(cell: Cell, notes: dict[str, int]) -> str:
    """Yes, or the number of a note that says what is answered instead, or what is permitted."""
    if cell is None:
        return "yes"
    exception, refusal = cell if isinstance(cell, tuple) else (None, cell)
    message = refusal.message.replace("{arn}", "…").rstrip(".")
    note = f"`{refusal.error.__name__}`: {message}."
    if exception is not None:
        note = f"{exception.__doc__} Else {note}"
    return str(notes.setdefault(note, len(notes) + 1))


myst_substitutions = {"permitted": permitted()}
