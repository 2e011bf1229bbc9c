"""Make the parts of these pages that come from the code: `python docs/generate.py`."""

from __future__ import annotations

import re
from math import hypot
from pathlib import Path
from typing import Final

from pca_mock.service.states import PERMITTED, TRANSITIONS, Cell
from pca_mock.settings import ini_options
from pca_mock.state.authority import Status

Point = tuple[float, float]

_HERE: Final = Path(__file__).parent
_PART: Final = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- /\2 -->)", re.DOTALL)

_SIZE: Final = (1130, 430)
# The middle of each status; None before a CA is created, "gone" afterwards.
_PLACES: Final[dict[Status | str | None, Point]] = {
    None: (110, 70),
    Status.CREATING: (110, 220),
    Status.FAILED: (110, 380),
    "gone": (420, 380),
    Status.PENDING_CERTIFICATE: (420, 220),
    Status.ACTIVE: (670, 220),
    Status.EXPIRED: (850, 50),
    Status.DISABLED: (1030, 220),
    Status.DELETED: (850, 380),
}
_HALF_HEIGHT: Final = 17
_HALF_WIDTHS: Final = {status: 4 * len(status.value) + 14 for status in Status}
_ASIDE: Final = 8  # of an arrow that has another one against it
_STYLE: Final = """
rect { fill: #eef3fb; stroke: #3b6db5 } rect.page { fill: #fff; stroke: none }
circle, .tip { fill: #555 } .arrow { fill: none; stroke: #555; marker-end: url(#tip) }
text { font: 12px sans-serif; text-anchor: middle; fill: #222; stroke: #fff; stroke-width: 5px; \
paint-order: stroke } text.status { font: bold 12px monospace; stroke: none }
"""


def states() -> str:
    """The states of a CA and the steps between them, as SVG."""
    width, height = _SIZE
    arrows = {
        (step.before, "gone" if step.after is None else step.after): step.cause
        for step in TRANSITIONS
    }
    double = {pair for pair in arrows if pair[::-1] in arrows and pair[0] != pair[1]}
    lines = {pair: _line(*pair, _ASIDE if pair in double else 0) for pair in arrows}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>The states of a CA</title><style>{_STYLE}</style>",
        '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker>',
        f'<rect class="page" width="{width}" height="{height}" rx="6"/>',
        *(_arrow(*line) for line in lines.values()),
        *(_node(node, place) for node, place in _PLACES.items()),
        *(
            _label(cause, 0.36 if pair in double else 0.5, *lines[pair])
            for pair, cause in arrows.items()
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _node(node: Status | str | None, place: Point) -> str:
    x, y = place
    if not isinstance(node, Status):
        return f'<circle cx="{x}" cy="{y}" r="8"/>'
    half = _HALF_WIDTHS[node]
    return (
        f'<rect x="{x - half}" y="{y - _HALF_HEIGHT}" width="{2 * half}" '
        f'height="{2 * _HALF_HEIGHT}" rx="6"/>'
        f'<text class="status" x="{x}" y="{y + 4}">{node.value}</text>'
    )


def _line(
    before: Status | str | None, after: Status | str | None, distance: float
) -> tuple[Point, ...]:
    """The points of an arrow, from border to border, at a distance from the line of the middles."""
    (x1, y1), (x2, y2) = _PLACES[before], _PLACES[after]
    if before == after:
        x, top = x1 - 20, y1 - _HALF_HEIGHT
        return (x, top), (x, top - 22), (x - 50, top - 22), (x - 50, y1 - 8), (x - 22, y1 - 8)
    length = hypot(x2 - x1, y2 - y1)
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    aside = -dy * distance, dx * distance
    start = _to_border(before, aside, dx, dy)
    end = _to_border(after, aside, -dx, -dy)
    x1, y1, x2, y2 = x1 + aside[0], y1 + aside[1], x2 + aside[0], y2 + aside[1]
    return (x1 + dx * start, y1 + dy * start), (x2 - dx * end, y2 - dy * end)


def _to_border(node: Status | str | None, aside: Point, dx: float, dy: float) -> float:
    """How far the border of a node is in a direction, from a point beside its middle."""
    if not isinstance(node, Status):
        return 10
    half = _HALF_WIDTHS[node]
    distances = []
    if dx:
        distances.append(((half if dx > 0 else -half) - aside[0]) / dx)
    if dy:
        distances.append(((_HALF_HEIGHT if dy > 0 else -_HALF_HEIGHT) - aside[1]) / dy)
    return min(distances)


def _arrow(*points: Point) -> str:
    return f'<path class="arrow" d="M{" ".join(f"{x:.1f} {y:.1f}" for x, y in points)}"/>'


def _label(cause: str, share: float, *points: Point) -> str:
    """The cause on its arrow, after a share of the way; of an operation the verb."""
    verb = cause.partition("CertificateAuthority")[0]
    (x1, y1), (x2, y2) = points[-2:] if len(points) == 2 else points[1:3]
    x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share + 4
    return f'<text x="{x:.1f}" y="{y:.1f}">{verb}</text>'


def permitted() -> str:
    """The table `PERMITTED` as Markdown: operation x status, with the refusals as notes."""
    names = [status.value.partition("_")[0].capitalize() for status in Status]
    notes: dict[str, int] = {}
    lines = [f"| | {' | '.join(names)} |", f"|---|{':---:|' * len(names)}"]
    for operation, cells in PERMITTED.items():
        shown = [_shown(cells[status], notes) for status in Status]
        lines.append(f"| {operation} | {' | '.join(shown)} |")
    lines += ["", *(f"{number}. {text}" for text, number in notes.items())]
    return "\n".join(lines)


def _shown(cell: Cell, notes: dict[str, int]) -> str:
    """Yes, or the number of a note with the refusal, and with its exception."""
    if cell is None:
        return "yes"
    exception, refusal = cell if isinstance(cell, tuple) else (None, cell)
    message = refusal.message.replace("{arn}", "…").rstrip(".")
    note = f"`{refusal.error.__name__}`: {message}."
    if exception is not None:
        note = f"{exception.__doc__} Otherwise {note}"
    return str(notes.setdefault(note, len(notes) + 1))


def options() -> str:
    """The options that an ini file can have, as a table in Markdown."""
    rows = (f"| `pca_{name}` | {text} |" for name, text in ini_options().items())
    return "\n".join(("| option | value |", "|---|---|", *rows))


def pages() -> dict[Path, str]:
    """The files that are made from the code, or have parts that are, as they should be."""
    made = {_HERE / "_static" / "states.svg": states()}
    for page in _HERE.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        if _PART.search(text):
            made[page] = _PART.sub(_made, text)
    return made


def _made(part: re.Match[str]) -> str:
    makers = {"permitted": permitted, "options": options}
    return f"{part[1]}\n{makers[part[2]]()}\n\n{part[3]}"


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
