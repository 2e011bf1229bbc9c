"""How Sphinx builds these pages. It needs no network."""

from __future__ import annotations

import inspect
import re
from importlib.util import find_spec
from typing import Any, Final

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer

import pca_mock

_OPERATION: Final = re.compile("([A-Z][a-z]+){3,}")  # three words or more

project = "pca_mock"
project_copyright = "the authors of pca_mock, Apache-2.0"
html_title = "pca_mock"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
extensions += ["sphinx_copybutton"] if find_spec("sphinx_copybutton") else []
exclude_patterns = ["_build"]
html_theme = "furo"
html_copy_source = False
html_show_sphinx = False

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
    app.connect("doctree-read", break_names)
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


def break_names(_app: Sphinx, page: Any) -> None:
    """Permit a break before each word in the name of an operation, so that tables fit the page."""
    for cell in page.findall(nodes.entry):
        for text in cell.findall(nodes.Text):
            if _OPERATION.fullmatch(text):
                broken = nodes.Text(re.sub("(?<!^)(?=[A-Z])", "\u200b", text))
                text.parent.replace(text, broken)
