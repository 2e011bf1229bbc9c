from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator

import pytest
from botocore.model import Shape
from hypothesis import given
from hypothesis import strategies as st

from pca_mock.service import patterns
from pca_mock.service.model import service_model
from pca_mock.service.patterns import Pattern, UntranslatablePatternError

TAG = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*"


@pytest.fixture
def python_3_10(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if `re` had no possessive quantifiers."""
    monkeypatch.setattr(patterns, "sys", type("sys310", (), {"version_info": (3, 10, 14)}))
    patterns._unicode.cache_clear()
    yield
    patterns._unicode.cache_clear()


def modelled() -> list[Shape]:
    shapes = map(service_model().shape_for, service_model().shape_names)
    return [shape for shape in shapes if "pattern" in shape.metadata]


@pytest.mark.parametrize("shape", modelled(), ids=lambda shape: shape.name)
def test_every_pattern_of_the_model_is_translated(shape: Shape) -> None:
    pattern = Pattern(shape.metadata["pattern"])

    assert not pattern.fits("*\x00")
    assert not pattern.fits("*\x00\U0001f600")


@given(st.text(max_size=20) | st.text(alphabet="aZ0_.:/=+-@ é٣\u2028", max_size=20))
def test_a_tag_pattern_fits_what_the_unicode_categories_say(text: str) -> None:
    allowed = all(c in "_.:/=+-@" or unicodedata.category(c)[0] in "LZN" for c in text)

    assert Pattern(TAG).fits(text) is allowed


@given(st.characters(), st.sampled_from(["L", "Lu", "Nd", "N", "P", "S", "Zs", "C", "Cc", "M"]))
def test_a_category_has_its_members_and_its_negation_all_others(char: str, name: str) -> None:
    is_member = unicodedata.category(char).startswith(name)

    assert Pattern(rf"\p{{{name}}}").fits(char) is is_member
    assert Pattern(rf"[\p{{{name}}}]").fits(char) is is_member
    assert Pattern(rf"\p{{Is{name}}}").fits(char) is is_member
    assert Pattern(rf"\P{{{name}}}").fits(char) is not is_member
    assert Pattern(rf"[\P{{{name}}}]").fits(char) is not is_member
    assert Pattern(rf"[^\p{{{name}}}]").fits(char) is not is_member
    assert Pattern(rf"\p{{^{name}}}").fits(char) is not is_member


POSIX: dict[str, Callable[[str], bool]] = {
    "Lower": str.islower,
    "Upper": str.isupper,
    "ASCII": str.isascii,
    "Alpha": str.isalpha,
    "Digit": str.isdigit,
    "Alnum": str.isalnum,
    "Punct": lambda c: c.isprintable() and not c.isalnum() and c != " ",
    "Graph": lambda c: c.isprintable() and c != " ",
    "Print": str.isprintable,
    "Blank": lambda c: c in " \t",
    "Cntrl": lambda c: not c.isprintable(),
    "XDigit": lambda c: c in "0123456789abcdefABCDEF",
    "Space": lambda c: c in " \t\n\x0b\f\r",
}


@pytest.mark.parametrize("name", POSIX)
def test_a_posix_class_is_ascii_alone(name: str) -> None:
    fits, fits_not = Pattern(rf"\p{{{name}}}").fits, Pattern(rf"\P{{{name}}}").fits

    for character in map(chr, range(0x80)):
        assert fits(character) is POSIX[name](character), ascii(character)
        assert fits_not(character) is not fits(character)
    for character in "éÉ٣\xa0\u3000\x85":
        assert not fits(character)
        assert fits_not(character)


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        pytest.param(r"\pL+", ["é", "ab"], ["1", ""], id="category of one letter"),
        pytest.param(r"a\p{Lu}?b", ["ab", "aÉb", "aEb"], ["aeb"], id="category in between"),
        pytest.param(r"[a\p{N}-]+", ["a1-", "٣"], ["b"], id="category beside characters"),
        pytest.param(r"\Qa.b*\E+", ["a.b*", "a.b**"], ["axb", "a.bb", "a.b"], id="quoted"),
        pytest.param(r"\Q[x\E", ["[x"], ["x"], id="quoted bracket"),
        pytest.param(r"\Qa.b", ["a.b"], ["axb"], id="quoted to the end"),
        pytest.param(r"[\Q^]-\E]+", ["^-]"], ["\\", "Q"], id="quoted in a class"),
        pytest.param(r"\x{e9}+", ["é", "éé"], ["e", "xe9"], id="hex"),
        pytest.param(r"[\x{1F600}-\x{1F64F}]", ["\U0001f601"], ["a"], id="hex in a class"),
        pytest.param(r"\x41\u0042", ["AB"], ["ab"], id="short hex"),
        pytest.param(r"\h", [" ", "\t", "\xa0", "\u3000"], ["\n", "h"], id="horizontal space"),
        pytest.param(r"[\hx]+", [" x\xa0"], ["h", "\n"], id="horizontal space in a class"),
        pytest.param(r"\v", ["\n", "\x0b", "\u2028"], [" ", "v"], id="vertical space"),
        pytest.param(r"\e", ["\x1b"], ["e"], id="escape"),
        pytest.param(r"a\z", ["a"], ["a\n"], id="very end"),
        pytest.param(r"a\Z\n?", ["a", "a\n"], ["a\n\n"], id="end but for a newline"),
        pytest.param(r"\d\w\s", ["1_ ", "9z\n"], ["٣a ", "1é ", "1a\xa0"], id="ASCII classes"),
        pytest.param(r"[\d\w]+", ["1a"], ["é"], id="ASCII classes in a class"),
        pytest.param(r".", ["a", "é", "\x00"], ["\n", "\r", "\x85", "\u2028", "\u2029"], id="dot"),
        pytest.param(r"[.]", ["."], ["a"], id="dot in a class"),
        pytest.param(r"\.", ["."], ["a"], id="dot escaped"),
        pytest.param(r"[a&|~\[]+", ["a&|~["], ["b"], id="operators of sets"),
        pytest.param(r"a&&b", ["a&&b"], ["a&b"], id="and outside a class"),
        pytest.param(r"[*+?{2}]+", ["*+?{2}"], ["a"], id="quantifiers in a class"),
        pytest.param(r"a{2}b{1,}c{0,2}", ["aab", "aabbcc"], ["ab", "aabccc"], id="counts"),
        pytest.param(r"a+?b??", ["a", "aab"], ["b"], id="reluctant"),
        pytest.param(r"(?:ab|c)+(?=d)d", ["abcd"], ["ab"], id="groups"),
        pytest.param(r"a|bc", ["a", "bc"], ["abc", "ac"], id="alternatives"),
        pytest.param(r"[\P{L}]+", ["12", "٣"], ["a", "é"], id="all but a category"),
        pytest.param(r"\P{ASCII}", ["é"], ["e"], id="all but ASCII"),
        pytest.param(r"[^\P{ASCII}]", ["e"], ["é"], id="doubly negated"),
        pytest.param(r"[\p{Lt}x]", ["x", "ǅ"], ["y", "\U0010ffff"], id="no member below 0x80"),
    ],
)
def test_a_pattern_means_what_it_means_in_java(
    pattern: str, fitting: list[str], others: list[str]
) -> None:
    translated = Pattern(pattern)

    assert [text for text in fitting if not translated.fits(text)] == []
    assert [text for text in others if translated.fits(text)] == []


def test_the_whole_text_must_match() -> None:
    assert not Pattern("a").fits("ab")
    assert not Pattern("a").fits("ba")
    assert not Pattern("a").fits("a\n")


# (pattern, fitting, others): those that fit only if something is given back are among the others.
POSSESSIVE = [
    ("a*+a", [], ["a", "aa", "aaa", ""]),
    ("a*a", ["a", "aaa"], [""]),
    ("a++b", ["ab", "aab"], ["b", "aa"]),
    ("a?+a", ["aa"], ["a"]),
    ("a{1,2}+a", ["aaa"], ["a", "aa"]),
    ("a{2}+b", ["aab"], ["ab"]),
    ("(ab)*+ab", [], ["ab", "abab"]),
    ("(?:ab|a)++b", [], ["ab", "aab"]),
    ("x[a-c]*+c", [], ["xc", "xabc"]),
    (r"\p{L}*+é", [], ["é", "aé"]),
    (r"\p{L}*+1", ["1", "aé1"], ["é"]),
    (r"\Qab\E*+b", [], ["ab", "abb"]),
    (r".*+x", [], ["x", "ax"]),
    (r"(?:a*+b*+)*+c*+d*+e*+f*+g*+h*+", ["", "abcdefgh", "abba"], ["ca", "x"]),
]


@pytest.mark.parametrize(("pattern", "fitting", "others"), POSSESSIVE)
def test_a_possessive_quantifier_never_gives_back(
    pattern: str, fitting: list[str], others: list[str]
) -> None:
    test_a_pattern_means_what_it_means_in_java(pattern, fitting, others)


@pytest.mark.parametrize(("pattern", "fitting", "others"), POSSESSIVE)
def test_a_possessive_quantifier_never_gives_back_on_python_3_10_either(
    python_3_10: None, pattern: str, fitting: list[str], others: list[str]
) -> None:
    compiled = Pattern(pattern)._ascii

    assert ("(?P=" in compiled.pattern) is (pattern != "a*a")
    test_a_pattern_means_what_it_means_in_java(pattern, fitting, others)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="there both ways are the same one")
@given(
    st.from_regex(r"(?:[ab](?:[*+?]\+?)?){1,5}", fullmatch=True),
    st.text(alphabet="ab", max_size=8),
)
def test_both_ways_to_be_possessive_agree(pattern: str, text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patterns, "sys", type("sys310", (), {"version_info": (3, 10, 14)}))
        emulated = Pattern(pattern).fits(text)

    assert emulated is (re.fullmatch(pattern, text) is not None)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"[a-z&&[^b]]", id="intersection of classes"),
        pytest.param(r"[a&&b]", id="intersection"),
        pytest.param(r"[a[b]]", id="class within a class"),
        pytest.param(r"\p{IsLatin}", id="script"),
        pytest.param(r"\p{InGreek}", id="block"),
        pytest.param(r"\p{IsAlphabetic}", id="binary property"),
        pytest.param(r"\p{javaLowerCase}", id="method of java.lang.Character"),
        pytest.param(r"\p{gc=Lu}", id="property with a value"),
        pytest.param(r"\p{L1}", id="Latin-1"),
        pytest.param(r"\p{LC}", id="cased letters"),
        pytest.param(r"\p{}", id="no category"),
        pytest.param(r"\R", id="linebreak"),
        pytest.param(r"\X", id="grapheme cluster"),
        pytest.param(r"\G", id="end of the previous match"),
        pytest.param(r"\H", id="no horizontal space"),
        pytest.param(r"\V", id="no vertical space"),
        pytest.param(r"\N{DIGIT ONE}", id="named character"),
        pytest.param(r"\cA", id="control character"),
        pytest.param(r"(?<name>a)\k<name>", id="back reference by name"),
        pytest.param(r"(?<name>a)", id="named group"),
        pytest.param(r"(a)\1", id="back reference"),
        pytest.param(r"(a", id="open group"),
        pytest.param(r"[a", id="open class"),
    ],
)
def test_what_cannot_be_translated_is_an_error(pattern: str) -> None:
    with pytest.raises(UntranslatablePatternError):
        Pattern(pattern)
