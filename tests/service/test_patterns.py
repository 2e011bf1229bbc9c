from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pca_mock.service.model import service_model
from pca_mock.service.patterns import Pattern, UntranslatablePatternError

TAG = r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"


def modelled() -> list[str]:
    shapes = map(service_model().shape_for, service_model().shape_names)
    return sorted({shape.metadata["pattern"] for shape in shapes if "pattern" in shape.metadata})


@pytest.mark.parametrize("pattern", modelled())
def test_every_pattern_of_the_model_compiles(pattern: str) -> None:
    fits = Pattern(pattern).fits

    assert not fits("*\x00")
    assert not fits("*\x00\U0001f600")


@given(st.text(max_size=20) | st.text(alphabet="aZ0_.:/=+-@ é٣\u2028", max_size=20))
def test_a_tag_pattern_fits_the_unicode_categories(text: str) -> None:
    allowed = all(c in "_.:/=+-@" or unicodedata.category(c)[0] in "LZN" for c in text)

    assert Pattern(TAG).fits(text) is allowed


@given(st.characters(), st.sampled_from("LNPSZ"))
def test_a_category_has_its_members_and_its_negation_all_others(char: str, name: str) -> None:
    is_member = unicodedata.category(char).startswith(name)

    assert Pattern(rf"[\p{{{name}}}]").fits(char) is is_member
    assert Pattern(rf"[^\p{{{name}}}]").fits(char) is not is_member


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        pytest.param(r"[a\p{N}-]+", ["a1-", "٣"], ["b"], id="category beside characters"),
        pytest.param(r"[\u0009\u0020-\u00FF]+", ["\t aé"], ["\n", "\u0100"], id="code points"),
        pytest.param(r"\d\w\s", ["1_ ", "9z\n"], ["٣a ", "1é ", "1a\xa0"], id="ASCII classes"),
        pytest.param(r"[\d\w]+", ["1a"], ["é"], id="ASCII classes in a class"),
        pytest.param(r"\.[.$^(]\\", [".$\\"], ["a.\\"], id="punctuation"),
        pytest.param(r"[a&|~*+?{2}]+", ["a&|~*+?{2}"], ["b"], id="operators in a class"),
        pytest.param(r"a{2}b{1,}c{0,2}?", ["aab", "aabbcc"], ["ab", "aabccc"], id="counts"),
        pytest.param(r"a+?b??", ["a", "aab"], ["b"], id="reluctant"),
        pytest.param(r"(?:ab|c)+(?=d)(?!e)d", ["abcd"], ["ab"], id="groups"),
        pytest.param(r"^(?!-)[a-z-]+$", ["a-b"], ["-a", "a\n"], id="anchors"),
        pytest.param(r"a|bc", ["a", "bc"], ["abc", "ac", "ab", "a\n", "ba"], id="whole text"),
    ],
)
def test_a_pattern_means_the_same_as_in_java(
    pattern: str, fitting: list[str], others: list[str]
) -> None:
    compiled = Pattern(pattern)

    assert [text for text in fitting if not compiled.fits(text)] == []
    assert [text for text in others if compiled.fits(text)] == []


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"[a-z&&[^b]]", id="intersection of classes"),
        pytest.param(r"[a&&b]", id="intersection"),
        pytest.param(r"[a[b]]", id="class within a class"),
        pytest.param(r"\p{L}", id="category outside a class"),
        pytest.param(r"[\P{L}]", id="negated category"),
        pytest.param(r"[\p{Lu}]", id="subcategory"),
        pytest.param(r"[\p{IsLatin}]", id="script"),
        pytest.param(r"[\p{Alpha}]", id="POSIX class"),
        pytest.param(r"a*+", id="possessive"),
        pytest.param(r"a?++", id="possessive after a question mark"),
        pytest.param(r"a{2}+", id="possessive count"),
        pytest.param(r"a.b", id="dot, which has other line ends"),
        pytest.param(r"a$b", id="end of a line"),
        pytest.param(r"a^b", id="beginning of a line"),
        pytest.param(r"\Qa.b\E", id="quoted"),
        pytest.param(r"\x{e9}", id="hexadecimal"),
        pytest.param(r"\h", id="horizontal space"),
        pytest.param(r"[\v]", id="vertical space"),
        pytest.param(r"a\z", id="very end"),
        pytest.param(r"a\Z", id="end, which Python reads as the very end"),
        pytest.param(r"(?<name>a)", id="named group"),
        pytest.param(r"(?i)a", id="flag"),
        pytest.param(r"(a)\1", id="back reference"),
        pytest.param(r"(a", id="open group"),
        pytest.param(r"[a", id="open class"),
        pytest.param(r"[\p{L}\u00e9]", id="category beside a character that is not ASCII"),
    ],
)
def test_other_syntax_is_an_error(pattern: str) -> None:
    with pytest.raises(UntranslatablePatternError):
        Pattern(pattern)
