r"""Regular expressions of the service model, which are Java's, compiled by Python's `re`.

The models of botocore 1.36 to 1.44 use one thing that `re` lacks: the Unicode categories
`\p{L}`, `\p{Z}` and `\p{N}` within a class. They are replaced by their members; all else must be
syntax that means the same in both languages. Source: Java Platform API, `java.util.regex.Pattern`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_CATEGORY: Final = re.compile(r"\\p\{([LNPSZ])\}")
_ESCAPE: Final = r"\\(?:[dDsSwW]|u[0-9A-Fa-f]{4}|[^\sA-Za-z0-9])"
_CLASS: Final = rf"\[\^?(?:{_ESCAPE}|{_CATEGORY.pattern}|&(?!&)|[^\\\[\]&])+\]"
_QUANTIFIER: Final = r"(?:[*+?]|\{\d+(?:,\d*)?\})\??(?!\+)"  # `a++` is possessive in Java
_SAME_IN_BOTH: Final = re.compile(
    rf"(?:{_ESCAPE}|{_CLASS}|{_QUANTIFIER}|\((?:\?[:=!]|(?!\?))|[)|]|[^\\\[\]{{}}()|*+?.^$])*"
)
_ANCHORS: Final = re.compile(r"\A\^|(?<!\\)\$\Z")  # without effect, as all the text must match
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]|\\u(?!00[0-7])")
# Surrogates, which are in no text that is valid Unicode, by the category that they replace.
_STAND_INS: Final = {category: 0xD800 + place for place, category in enumerate("LNPSZ")}
_OTHER: Final = 0xD800 + len(_STAND_INS)
# The members of a category, for a character class.
_MEMBERS: Final = {
    category: "".join(
        rf"\u{code:04x}"
        for code in (*range(0x80), stand_in)
        if code == stand_in or unicodedata.category(chr(code)).startswith(category)
    )
    for category, stand_in in _STAND_INS.items()
}


class UntranslatablePatternError(ValueError):
    """The pattern uses syntax that Python's `re` lacks, or reads differently."""


class Pattern:
    r"""A pattern of the service model. `\w`, `\d` and `\s` are ASCII, as in Java.

    A Unicode category has many thousand members. So where a pattern has categories, one character
    replaces all members of each that are not ASCII, in the regular expression and in the text.
    """

    def __init__(self, pattern: str) -> None:
        """Compile a pattern.

        Raises:
            UntranslatablePatternError: its syntax is not common to Java and Python.
        """
        pattern = _ANCHORS.sub("", pattern)
        if not _SAME_IN_BOTH.fullmatch(pattern):
            raise UntranslatablePatternError(pattern)
        self._has_categories = _CATEGORY.search(pattern) is not None
        if self._has_categories and _NOT_ASCII.search(pattern):
            raise UntranslatablePatternError(f"categories beside other characters: {pattern}")
        try:
            self._regex = re.compile(
                _CATEGORY.sub(lambda name: _MEMBERS[name[1]], pattern), re.ASCII
            )
        except re.error as error:
            raise UntranslatablePatternError(f"{error}: {pattern}") from error

    def fits(self, text: str) -> bool:
        """Whether the whole text matches. It has no surrogates."""
        if self._has_categories and not text.isascii():
            text = text.translate(_TO_STAND_INS)
        return self._regex.fullmatch(text) is not None


class _ToStandIns(dict[int, int]):
    """A table for `str.translate`, which keeps ASCII as it is."""

    def __missing__(self, code: int) -> int:
        return code if code < 0x80 else _STAND_INS.get(unicodedata.category(chr(code))[0], _OTHER)


_TO_STAND_INS: Final = _ToStandIns()
