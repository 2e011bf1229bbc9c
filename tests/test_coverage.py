"""What need not be covered by tests is named, with the reason."""

from __future__ import annotations

import re
from pathlib import Path

import pca_mock

_PRAGMA = re.compile(r"pragma: no.*")
_WITH_REASON = re.compile(r"pragma: no (?:cover|branch): \S.{3,}")


def test_every_exception_from_coverage_has_a_reason() -> None:
    modules = Path(pca_mock.__file__).parent.rglob("*.py")
    pragmas = [match[0] for path in modules for match in _PRAGMA.finditer(path.read_text("utf-8"))]

    assert pragmas
    assert [pragma for pragma in pragmas if not _WITH_REASON.fullmatch(pragma)] == []
