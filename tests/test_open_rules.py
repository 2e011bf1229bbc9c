"""Each guess about AWS is marked in the code, and explained on a page of the documentation."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[1]
_MARKER = re.compile(r"OPEN RULE ([a-z0-9-]+(?:, [a-z0-9-]+)*)")
_ROW = re.compile(r"^\| ([a-z0-9-]+) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)


def sources() -> list[str]:
    return [path.read_text("utf-8") for path in (ROOT / "pca_mock").rglob("*.py")]


def test_the_marked_rules_are_those_of_the_page() -> None:
    result = (_MARKER.findall(text) for text in sources())
    marked = set(chain.from_iterable(names.split(", ") for names in chain.from_iterable(result)))
    rows = _ROW.findall((ROOT / "docs" / "open_rules.md").read_text("utf-8"))
    explained = [name for name, *_ in rows]

    assert len(explained) == len(set(explained)) > 100
    assert marked == set(explained)
    assert all("`" in call for *_, call in rows)


def test_no_guess_is_marked_otherwise() -> None:
    assert not any(re.search("not documented", text, re.IGNORECASE) for text in sources())
