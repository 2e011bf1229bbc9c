"""The parts of the HTML for notebooks: a document, badges, cards, tables, nested lists.

Everything that comes from a user is escaped by `text`. Nothing is loaded from elsewhere. Text has
the colour of the page and lines are half transparent, so that light and dark pages both work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from typing import Final

from pca_mock.showing import words
from pca_mock.state.calls import SUCCESS

_DEEPEST: Final = 20  # further in than this, nothing is indented
_LONGEST_TEXT: Final = 2000  # characters of a value
_LONGEST_IN_A_ROW: Final = 40  # characters of values that share a line

# Names and values of a card, both HTML already.
Rows = list[tuple[str, str]]

# "@" is the outermost element; named twice, it outweighs the notebook's rules for tables and lists.
_STYLE: Final = """
@{font:13px/1.5 system-ui,sans-serif;color:inherit;max-width:85em;text-align:left}
@ p{margin:0 0 .4em}
@ .name{font-size:15px;font-weight:600;margin-right:.4em;unicode-bidi:isolate}
@ .key{font-weight:600;unicode-bidi:isolate}
@ .dim{opacity:.68}
@ .whole{white-space:nowrap}
@ small{font-size:11.5px}
@ code,@ pre{font:12px/1.5 ui-monospace,SFMono-Regular,Consolas,monospace;color:inherit;
 background:none;border:0;padding:0;margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
@ .arn code{font-size:11px}
@ b{display:inline-block;font-size:11px;font-weight:600;line-height:1.5;padding:0 .6em;
 border:1px solid;border-radius:.8em;white-space:nowrap;vertical-align:baseline;margin-right:.4em}
@ .good{background:#2a9d4a30;border-color:#2a9d4ab0}
@ .waiting{background:#d08a0030;border-color:#d08a00b0}
@ .over{background:#88888830;border-color:#888888b0}
@ .bad{background:#d33a3a30;border-color:#d33a3ab0}
@ ul{list-style:none;margin:0;padding:0}
@ ul ul{margin-left:.5em;padding-left:1.4em}
@ li{position:relative;margin:0;padding:.2em 0}
@ ul ul>li::before,@ ul ul>li:not(:last-child)::after{content:"";position:absolute;left:-1.2em;
 top:0;width:.9em;border:solid #88888899;border-width:0 0 1px 1px}
@ ul ul>li::before{height:1.1em;border-bottom-left-radius:.4em}
@ ul ul>li:not(:last-child)::after{bottom:0;border-bottom:0}
@ .card{border:1px solid #88888866;border-radius:.6em;padding:.7em 1em;margin:.2em 0;
 width:60em;max-width:100%;box-sizing:border-box}
@ table{border-collapse:collapse;border:0;margin:0;width:auto;background:none;font:inherit;
 color:inherit;table-layout:auto}
@ tr:nth-child(n){background:none;border:0}
@ th,@ td{text-align:left;vertical-align:baseline;padding:.12em 1.1em .12em 0;border:0;
 background:none;color:inherit;white-space:normal;overflow-wrap:anywhere;max-width:none}
@ th{font-weight:400;opacity:.68;white-space:nowrap}
@ thead th{border-bottom:1px solid #88888866}
@ .calls,@ .calls tbody,@ .calls thead,@ .card table,@ .card tbody,@ .list,@ .list tbody{
 display:block}
@ .calls tr,@ .card>table tr,@ .list tr{display:flex;flex-wrap:wrap;align-items:baseline}
@ .list tr>*{flex:0 0 9.5em;max-width:100%;box-sizing:border-box}
@ .list tr>:nth-child(1){flex-basis:20em}
@ .list tr>:nth-child(4){flex-basis:14.5em}
@ .list tr>:last-child{flex:1 1 19em}
@ .calls tr{border-bottom:1px solid #88888833;padding:.15em 0}
@ .calls thead tr{flex-wrap:nowrap;overflow:hidden}
@ .calls thead th{border:0}
@ .calls tr>*{flex:0 0 19em;box-sizing:border-box}
@ .calls tr>:nth-child(1){flex-basis:4em}
@ .calls tr>:nth-child(2){flex-basis:13em}
@ .calls.day tr>:nth-child(2){flex-basis:6em}
@ .calls tr>:nth-child(4){flex-basis:14.5em}
@ .calls tr>:nth-child(5){flex:1 1 24em}
@ .calls p{margin:.1em 0;font-style:italic}
@ .card>table th{flex:0 0 15em}
@ .card>table td{flex:1 1 24em}
@ .card tr.part{margin-top:.7em}
@ details{margin:.1em 0}
@ summary{cursor:pointer}
@ details>table,@ details>pre{margin:.2em 0 .3em 1.1em}
@ .calls+details{border-bottom:1px solid #88888833;padding:.25em 0}
""".replace("@", ".pca-mock.pca-mock")
# The colour of a word. Any other word, such as an error code, is bad.
_COLOURS: Final = {
    "good": ("ACTIVE", "ISSUED", SUCCESS),
    "waiting": ("CREATING", "PENDING_CERTIFICATE", "PENDING", "DISABLED", "FROZEN", "IN FORCE"),
    "over": ("EXPIRED", "DELETED", "ENDED", "OVER"),
}
_COLOUR_OF: Final = {word: colour for colour, members in _COLOURS.items() for word in members}


def document(*parts: str) -> str:
    """A fragment that carries its own style."""
    return f'<div class="pca-mock"><style>{_STYLE}</style>{"".join(parts)}</div>'


def text(value: str) -> str:
    """Text as HTML: cut where it is long, with all that is invisible made visible."""
    return escape(words.printable(words.cut(value, _LONGEST_TEXT)))


def whole_text(value: str) -> str:
    """Text of many lines as HTML, with all of them."""
    return f"<pre>{escape(value)}</pre>"


def badge(word: str, label: str | None = None) -> str:
    """A word such as a status, or a label, in the colour of the word."""
    return f'<b class="{_COLOUR_OF.get(word, "bad")}">{text(label or word)}</b>'


# About a mock that has ended.
ENDED: Final = badge("ENDED", "the mock has ended")


def title(name: str) -> str:
    """A name (HTML already), more important than what is beside it."""
    return f'<span class="name">{name}</span>'


def moment(value: datetime) -> str:
    """A moment in UTC."""
    return f"{value:%Y-%m-%d %H:%M:%S} UTC"


def folded(summary: str, contents: str) -> str:
    """HTML that can be unfolded, with a summary (HTML already)."""
    return f"<details><summary>{summary}</summary>{contents}</details>"


def values(texts: Sequence[str]) -> str:
    """Short values beside each other, long ones and those with commas below each other."""
    is_short = all(len(value) <= _LONGEST_IN_A_ROW and "," not in value for value in texts)
    return (", " if is_short else "<br>").join(map(text, texts))


def heading(name: str, status: str, arn: str, note: str = "") -> str:
    """A name (HTML already), a status, a note (HTML already), and an ARN."""
    return f'{title(name)}{badge(status)}{note}<div class="arn dim"><code>{text(arn)}</code></div>'


def card(heading: str, parts: Iterable[Rows], folded: str) -> str:
    """A card of names and values in parts; `folded` is the HTML that can be unfolded."""
    lines = []
    for rows in parts:
        for number, (name, value) in enumerate(rows):
            begins = ' class="part"' if number == 0 else ""
            lines.append(f'<tr{begins}><th scope="row">{name}</th><td>{value}</td></tr>')
    table = f"<table><tbody>{''.join(lines)}</tbody></table>"
    return f'<div class="card">{heading}{table}{folded}</div>'


def head(names: Iterable[str]) -> str:
    """The head of a table: the names of its columns."""
    columns = "".join(f'<th scope="col">{name}</th>' for name in names)
    return f"<thead><tr>{columns}</tr></thead>"


def body(rows: Iterable[Sequence[str]]) -> str:
    """The rows of a table's body; cells are HTML already."""
    lines = (f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<tbody>{''.join(lines)}</tbody>"


def listing(rows: Iterable[Sequence[str]]) -> str:
    """A table of things, one a row: its name first, its ARN or number last."""
    return f'<table class="list">{body(rows)}</table>'


def tree(items: Iterable[tuple[int, str]]) -> str:
    """Items (depth, HTML) as nested lists."""
    parts: list[str] = []
    level = -1
    for true_depth, item in items:
        depth = min(true_depth, _DEEPEST)
        if depth > level:
            parts.append("<ul><li>")
        else:
            parts.append("</li></ul>" * (level - depth) + "</li><li>")
        parts.append(item)
        level = depth
    return "".join(parts) + "</li></ul>" * (level + 1)
