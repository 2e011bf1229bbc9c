"""The Python on the pages: the blocks of README.md and docs/, on the lines that they have there.

`python -m tests.pages FOLDER` writes it to files, for a type checker.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

from markdown_it import MarkdownIt

ROOT: Final = Path(__file__).parents[1]
README: Final = ROOT / "README.md"
DOCS: Final = ROOT / "docs"
PAGES: Final = sorted(DOCS.glob("*.md")) + sorted(DOCS.glob("recipes/*.md"))
_FILE_NAME: Final = re.compile(r"# (\w+)\.py\n")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    page: Path
    line: int  # where its text begins in the page, from 1
    language: str
    text: str

    @property
    def module_name(self) -> str | None:
        """The name of a module that the block shows whole: it begins with `# name.py`."""
        match = _FILE_NAME.match(self.text)
        return None if match is None else match[1]


@cache
def blocks(page: Path) -> tuple[Block, ...]:
    """The fenced blocks of a page, as Sphinx's own Markdown parser sees them."""
    return tuple(
        Block(page, token.map[0] + 2, token.info, token.content)
        for token in MarkdownIt().parse(page.read_text(encoding="utf-8"))
        if token.type == "fence" and token.map is not None
    )


def examples(page: Path) -> list[Block]:
    """The blocks of Python that together are a page's own module."""
    return [block for block in blocks(page) if block.language == "python" and not block.module_name]


def source(parts: Iterable[Block]) -> str:
    """The text of blocks of one page, in lines with the same numbers as in the page."""
    lines: list[str] = []
    for block in parts:
        lines += [""] * (block.line - 1 - len(lines)) + block.text.splitlines()
    return "\n".join(lines) + "\n"


@cache
def shown_modules() -> dict[str, Block]:
    """The modules that pages show whole, by their names."""
    shown = (block for page in PAGES for block in blocks(page) if block.language == "python")
    return {block.module_name: block for block in shown if block.module_name}


class ShownModules(MetaPathFinder, InspectLoader):
    """Imports the modules that pages show whole: the example of one page uses another's."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find such a module by its name."""
        return ModuleSpec(name, self) if name in shown_modules() else None

    def get_source(self, name: str) -> str:
        """Its text."""
        return source([shown_modules()[name]])

    def get_code(self, name: str) -> CodeType:
        """Its code, which tracebacks show in the page."""
        page = shown_modules()[name].page
        return compile(self.get_source(name), page, "exec", dont_inherit=True)


def write(folder: Path) -> None:
    """Write the modules that are shown whole, and for each page of docs/ one with its examples."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in shown_modules():
        (folder / f"{name}.py").write_text(ShownModules().get_source(name), encoding="utf-8")
    for page in PAGES:
        path = folder / f"page_{page.stem}.py"
        path.write_text(source(examples(page)), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
