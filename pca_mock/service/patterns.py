r"""Regular expressions of the service model, which are Java's, as Python's.

Same syntax in both but for what is translated here: Unicode categories (`\p{L}`), quoting
(`\Q…\E`), possessive quantifiers, line ends (`.`) and a few escapes. What cannot be translated
is an error, never skipped. Source: Java Platform API, `java.util.regex.Pattern`.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache
from itertools import groupby
from typing import Final

_TOKENS: Final = re.compile(
    r"""
      \\(?P<category>[pP])(?:\{(?P<name>\^?\w+)\}|(?P<letter>[A-Z]))
    | \\Q(?P<quoted>.*?)(?:\\E|$)
    | \\x\{(?P<hex>[0-9A-Fa-f]+)\}
    | \\(?P<escape>u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)
    | (?P<open>\[\^?)
    | (?P<close>\])
    | (?P<intersection>&&)
    | (?P<quantifier>[*+?]|\{\d+(?:,\d*)?\})(?P<mode>[+?]?)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
# POSIX classes, which Java writes as categories (US-ASCII only).
_POSIX: Final = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": r"\x00-\x7f",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": r"!-/:-@\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1f\x7f",
    "XDigit": "0-9a-fA-F",
    "Space": r" \t\n\x0b\f\r",
}
_ESCAPES: Final = {
    "h": r" \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000",
    "v": r"\n\x0b\f\r\x85\u2028\u2029",
    "e": r"\x1b",
}
# Back references too: where groups are added, their numbers would be others.
_UNTRANSLATABLE: Final = set("RXGkNcVHpP123456789")
_ANY_CHARACTER: Final = r"[^\n\r\x85\u2028\u2029]"  # to Java all of these end a line
_ASCII: Final = 0x80
_UNICODE: Final = sys.maxunicode + 1
# Stands for "no character" in a pattern that is only asked about ASCII text.
_NOTHING: Final = r"\U0010ffff"


_CATEGORY: Final = re.compile("L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cfson]?")


class UntranslatablePatternError(ValueError):
    """The pattern uses a construct of Java's that has no translation here."""


class Pattern:
    r"""A pattern of the service model. `\w`, `\d` and `\s` are ASCII, as in Java.

    Unicode categories have many thousand members, and nearly all text that is asked about is
    ASCII: so there are two translations, and the full one is made only when it is needed.
    """

    def __init__(self, pattern: str) -> None:
        """Translate a pattern.

        Raises:
            UntranslatablePatternError: it cannot be said in Python.
        """
        self._pattern = pattern
        try:
            self._ascii = re.compile(_translate(pattern, _ASCII), re.ASCII)
        except re.error as error:
            raise UntranslatablePatternError(f"{error}: {pattern}") from error

    def fits(self, text: str) -> bool:
        """Whether the whole text matches."""
        regex = self._ascii if text.isascii() else _unicode(self._pattern)
        return regex.fullmatch(text) is not None


@cache
def _unicode(pattern: str) -> re.Pattern[str]:
    return re.compile(_translate(pattern, _UNICODE), re.ASCII)


def _translate(pattern: str, limit: int) -> str:
    """Write the pattern in Python's syntax, for text whose characters are all below the limit."""
    out: list[str] = []
    starts: list[int] = []  # of the groups that are open
    atom = 0  # where in `out` the last atom begins
    in_class = False
    for token in _TOKENS.finditer(pattern):
        kind, text = token.lastgroup, token[0]
        if token["category"]:
            name = token["name"] or token["letter"]
            ranges = _ranges(name, token["category"] == "P", limit)
            atom = _append(out, ranges if in_class else f"[{ranges}]", atom, in_class)
        elif token["quoted"] is not None:
            if in_class:
                out.append(re.escape(token["quoted"]))
            else:
                for character in token["quoted"]:
                    atom = _append(out, re.escape(character), atom, False)
        elif token["hex"]:
            atom = _append(out, re.escape(chr(int(token["hex"], 16))), atom, in_class)
        elif token["escape"]:
            atom = _append(out, _escape(token["escape"], in_class), atom, in_class)
        elif token["open"]:
            if in_class:
                raise UntranslatablePatternError(f"a class within a class: {pattern}")
            atom, in_class = len(out), True
            out.append(text)
        elif token["close"] and in_class:
            in_class = False
            out.append(text)
        elif in_class:
            if token["intersection"]:
                raise UntranslatablePatternError(f"an intersection of classes: {pattern}")
            out.append(rf"\{text}" if text in "&|~" else text)  # no set operators of Python's
        elif token["quantifier"]:
            out.append(token["quantifier"])
            if token["mode"] == "+":
                _make_possessive(out, atom)
            else:
                out.append(token["mode"])
        elif kind == "other" and text == "(":
            starts.append(len(out))
            out.append(text)
        elif kind == "other" and text == ")":
            atom = starts.pop() if starts else len(out)
            out.append(text)
        elif text == ".":
            atom = _append(out, _ANY_CHARACTER, atom, False)
        else:
            atom = _append(out, text, atom, False)
    return "".join(out)


def _append(out: list[str], text: str, atom: int, in_class: bool) -> int:
    """Add text; outside a class it is the new last atom."""
    out.append(text)
    return atom if in_class else len(out) - 1


def _make_possessive(out: list[str], atom: int) -> None:
    """Turn the quantified last atom into one that never gives back what it matched."""
    if sys.version_info >= (3, 11):
        out.append("+")
        return
    # A lookahead is atomic: match inside it, then repeat what it found.
    name = f"possessive{''.join(out).count('(?P<')}"
    out[atom:] = [f"(?=(?P<{name}>{''.join(out[atom:])}))(?P={name})"]


def _escape(character: str, in_class: bool) -> str:
    if character in _UNTRANSLATABLE:
        raise UntranslatablePatternError(f"\\{character}")
    if character in _ESCAPES:
        return _ESCAPES[character] if in_class else f"[{_ESCAPES[character]}]"
    return {"z": r"\Z", "Z": r"(?=\n?\Z)"}.get(character, f"\\{character}")


def _ranges(name: str, negated: bool, limit: int) -> str:
    r"""The characters of a category, written for the inside of a character class.

    Args:
        name: a general category (`L`, `Lu`, also with `Is` before it) or a POSIX class.
        negated: whether all others are meant (`\P{…}`).
        limit: characters from here on are left out.
    """
    negated ^= name.startswith("^")
    name = name.removeprefix("^")
    if name in _POSIX:
        posix = re.compile(f"[{_POSIX[name]}]")
        runs = [(code, code) for code in range(_ASCII) if posix.match(chr(code))]
    else:
        category = name.removeprefix("Is")
        if not _CATEGORY.fullmatch(category):
            raise UntranslatablePatternError(rf"\p{{{name}}}")
        runs = [run[:2] for run in _category_runs(limit) if run[2].startswith(category)]
    if negated:
        runs = _complement(runs, limit)
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in runs) or _NOTHING


@cache
def _category_runs(limit: int) -> list[tuple[int, int, str]]:
    """(first, last, general category) of the runs of characters of one category, in order."""
    runs, first = [], 0
    for category, members in groupby(map(unicodedata.category, map(chr, range(limit)))):
        end = first + sum(1 for _ in members)
        runs.append((first, end - 1, category))
        first = end
    return runs


def _complement(runs: list[tuple[int, int]], limit: int) -> list[tuple[int, int]]:
    gaps, start = [], 0
    for first, last in [*runs, (limit, limit)]:
        if first > start:
            gaps.append((start, first - 1))
        start = last + 1
    return gaps
