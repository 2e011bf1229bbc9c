r"""Regular expressions of the service model, which are Java's, compiled by Python's `re`.

The models of botocore 1.36 to 1.44 use one thing that `re` lacks: the Unicode categories
`\p{L}`, `\p{Z}` and `\p{N}` within a class. They are replaced by their members; all else must be
syntax that means the same in both languages. Source: Java Platform API, `java.util.regex.Pattern`.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache
from itertools import groupby
from typing import Final

_CATEGORY: Final = re.compile(r"\\p\{([LNPSZ])\}")
_ESCAPE: Final = r"\\(?:[dDsSwW]|u[0-9A-Fa-f]{4}|[^\sA-Za-z0-9])"
_CLASS: Final = rf"\[\^?(?:{_ESCAPE}|{_CATEGORY.pattern}|&(?!&)|[^\\\[\]&])+\]"
_QUANTIFIER: Final = r"(?:[*+?]|\{\d+(?:,\d*)?\})\??(?!\+)"  # `a++` is possessive in Java
_SAME_IN_BOTH: Final = re.compile(
    rf"(?:{_ESCAPE}|{_CLASS}|{_QUANTIFIER}|\((?:\?[:=!]|(?!\?))|[)|]|[^\\\[\]{{}}()|*+?.^$])*"
)
_ASCII: Final = 0x80


class UntranslatablePatternError(ValueError):
    """The pattern uses syntax that Python's `re` lacks, or reads differently."""


class Pattern:
    r"""A pattern of the service model. `\w`, `\d` and `\s` are ASCII, as in Java.

    A Unicode category has many thousand members, and almost all text to match is ASCII: so there
    are two regular expressions, and the one for all of Unicode is compiled on first use.
    """

    def __init__(self, pattern: str) -> None:
        """Compile a pattern.

        Raises:
            UntranslatablePatternError: its syntax is not common to Java and Python.
        """
        if not _SAME_IN_BOTH.fullmatch(pattern):
            raise UntranslatablePatternError(pattern)
        self._pattern = pattern
        try:
            self._ascii = _compile(pattern, _ASCII)
        except re.error as error:
            raise UntranslatablePatternError(f"{error}: {pattern}") from error

    def fits(self, text: str) -> bool:
        """Whether the whole text matches."""
        regex = self._ascii if text.isascii() else _compile(self._pattern, sys.maxunicode + 1)
        return regex.fullmatch(text) is not None


@cache
def _compile(pattern: str, limit: int) -> re.Pattern[str]:
    """Compile a pattern for text whose characters are all below `limit`."""
    return re.compile(_CATEGORY.sub(lambda name: _members(name[1], limit), pattern), re.ASCII)


@cache
def _members(category: str, limit: int) -> str:
    """A general category's characters below `limit`, as ranges for a character class."""
    ranges = []
    first = 0
    for initial, run in groupby(unicodedata.category(chr(code))[0] for code in range(limit)):
        end = first + sum(1 for _ in run)
        if initial == category:
            ranges.append(rf"\U{first:08x}-\U{end - 1:08x}")
        first = end
    return "".join(ranges)
