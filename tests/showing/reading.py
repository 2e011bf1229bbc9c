"""HTML as a browser takes it apart: nothing may be left open, or be there by accident."""

from __future__ import annotations

from html.parser import HTMLParser

# All that pages are made of. There is nothing that loads or runs anything.
# fmt: off
TAGS = frozenset((
    "b", "br", "code", "details", "div", "i", "li", "p", "pre", "small", "span", "style",
    "summary", "table", "tbody", "td", "th", "thead", "tr", "ul",
))
# fmt: on
ATTRIBUTES = frozenset({"class", "scope"})
_VOID = frozenset({"br"})
_PARENTS = {
    "li": {"ul"},
    "tbody": {"table"},
    "td": {"tr"},
    "th": {"tr"},
    "thead": {"table"},
    "tr": {"tbody", "thead"},
    "summary": {"details"},
}


class HtmlPage(HTMLParser):
    """A fragment, read.

    Attributes:
        text: the readable text, without the style.
        style: the CSS.
        badges: words in their colours, as (meaning, word).
        rows: of all tables, each with the text of its cells.
        depth: how deep lists are nested.
    """

    def __init__(self, fragment: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = self.style = ""
        self.badges: list[tuple[str, str]] = []
        self.rows: list[list[str]] = []
        self.depth = 0
        self._open: list[str] = []
        self.feed(fragment)
        self.close()
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, f"<{tag}>"
        attributes = dict(attrs)
        assert ATTRIBUTES.issuperset(attributes), f"<{tag} {attributes}>"
        assert len(attributes) == len(attrs), f"<{tag}> has an attribute twice"
        if tag in _PARENTS:
            assert self._open[-1] in _PARENTS[tag], f"<{tag}> in <{self._open[-1]}>"
        assert tag != "p" or "p" not in self._open
        if tag in ("br", "div"):
            self.text += "\n"
        if tag in _VOID:
            return
        self._open.append(tag)
        self.depth = max(self.depth, self._open.count("ul"))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag == "b":
            self.badges.append((attributes["class"] or "", ""))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self.text += "\n" if tag in ("p", "tr", "li", "div", "summary") else " "

    def handle_data(self, data: str) -> None:
        if self._open[-1] == "style":
            self.style += data
            return
        self.text += data
        if "td" in self._open or "th" in self._open:
            self.rows[-1][-1] += data
        if self._open[-1] == "b":
            meaning, word = self.badges[-1]
            self.badges[-1] = (meaning, word + data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"declaration: {decl}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"declaration: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"processing instruction: {data}")

    @property
    def fields(self) -> dict[str, str]:
        """Of a card: values by name, "critical" left out."""
        return {row[0].removesuffix(" critical"): row[1] for row in self.rows if len(row) == 2}

    @property
    def critical(self) -> set[str]:
        """Of a card: the names of the extensions that are critical."""
        names = {row[0] for row in self.rows if row[0].endswith(" critical")}
        return {name.removesuffix(" critical") for name in names}
