"""Make the parts of these pages that come from the code: `python docs/generate.py`."""

from __future__ import annotations

import json
import re
import textwrap
from collections import Counter
from math import hypot
from pathlib import Path
from typing import Any, Final

from pca_mock.conformance.cases import CASES
from pca_mock.conformance.model import Answers, Case, Outcome
from pca_mock.service.states import PERMITTED, TRANSITIONS, Cell
from pca_mock.settings import ini_options
from pca_mock.state.authority import Status

Point = tuple[float, float]

_HERE: Final = Path(__file__).parent
_PART: Final = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- /\2 -->)", re.DOTALL)

# The recorded results that the pages show, and their names there.
_TARGETS: Final = {
    "in-process": "in process",
    "json": "over JSON",
    "cbor": "over CBOR",
    "moto": "moto",
}
_UNRECORDED: Final = {"outcome": "not recorded"}
_WIDEST: Final = 200  # characters of the answers in a cell
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


_Recording = dict[str, dict[str, Any]]  # the results by case


def _recordings() -> dict[str, _Recording]:
    """The recorded results by the target's name on the pages, and AWS's if there are some."""
    files = {name: _HERE / "_conformance" / f"{stem}.json" for stem, name in _TARGETS.items()}
    for path in sorted(_HERE.parent.glob("tests/data/conformance/aws_*.json")):
        if "sample" not in json.loads(path.read_text("utf-8")):
            files[f"AWS ({path.stem.partition('_')[2]})"] = path
    return {name: _recording(path) for name, path in files.items()}


def _recording(path: Path) -> _Recording:
    cases = json.loads(path.read_text("utf-8"))["cases"]
    return {each.get("case") or f"{each['area']}/{each['name']}": each for each in cases}


def conformance_by_area() -> str:
    """How many cases of each area hold, differ and could not run at each target."""
    recordings = _recordings()
    lines = [f"| area | {' | '.join(recordings)} |", f"|---|{'---|' * len(recordings)}"]
    areas = dict.fromkeys(case.area for case in CASES)
    for area in (*areas, "all"):
        cells = []
        for recording in recordings.values():
            outcomes = Counter(
                recording[case.id]["outcome"]
                for case in CASES
                if area in (case.area, "all") and case.id in recording
            )
            cells.append(" / ".join(str(outcomes[outcome.value]) for outcome in Outcome))
        lines.append(f"| {area} | {' | '.join(cells)} |")
    return "\n".join(lines)


def conformance_of_open_rules() -> str:
    """What each target answered to the cases of open rules."""
    recordings = _recordings()
    lines = [
        f"| Rule | As far as pca_mock knows | {' | '.join(recordings)} |",
        f"|---|---|{'---|' * len(recordings)}",
    ]
    for case in (case for case in CASES if case.area.startswith("open rules: ")):
        results = (recording.get(case.id, _UNRECORDED) for recording in recordings.values())
        answers = " | ".join(_answer(case, result) for result in results)
        lines.append(f"| {case.name} | {case.rule} {_values(case.expected)} | {answers} |")
    return "\n".join(lines)


def conformance_of_moto() -> str:
    """What moto's server answered where it differs."""
    recording = _recordings()["moto"]
    lines = []
    for area in dict.fromkeys(case.area for case in CASES):
        cases = [case for case in CASES if case.area == area and case.id in recording]
        others = [case for case in cases if recording[case.id]["outcome"] != Outcome.HOLDS.value]
        lines += [f"## {area[0].upper()}{area[1:]}", ""]
        lines += [f"{len(cases) - len(others)} of {len(cases)} cases hold.", ""]
        if others:
            lines += ["| Case | Rule | Expected | Answered |", "|---|---|---|---|"]
        for case in others:
            answer = _answer(case, recording[case.id])
            lines.append(f"| {case.name} | {case.rule} | {_values(case.expected)} | {answer} |")
        lines += [""] if others else []
    return "\n".join(lines).rstrip()


def _answer(case: Case, result: dict[str, Any]) -> str:
    """A result in a cell: "holds", the answers that differ, or why the case could not run."""
    if result["outcome"] == Outcome.DIFFERS.value:
        observed = result["observed"]
        return _values({k: v for k, v in observed.items() if case.expected.get(k) != v})
    return str(result.get("reason") or result["outcome"]).partition("(")[0].replace("|", " ")


def _values(answers: Answers) -> str:
    shown = ((name, json.dumps(value, ensure_ascii=False)) for name, value in answers.items())
    text = ", ".join(f"{name} {value}" for name, value in shown)
    text = text.replace("{", "(").replace("}", ")").replace("|", " ").replace("`", "'")
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "…", text)
    return f"`{textwrap.shorten(text, _WIDEST, placeholder=' …')}`" if text else ""


def pages() -> dict[Path, str]:
    """The files that are made from the code, or have parts that are, as they should be."""
    made = {_HERE / "_static" / "states.svg": states()}
    for page in _HERE.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        if _PART.search(text):
            made[page] = _PART.sub(_made, text)
    return made


def _made(part: re.Match[str]) -> str:
    makers = {
        "permitted": permitted,
        "options": options,
        "conformance": conformance_by_area,
        "open_rules": conformance_of_open_rules,
        "moto": conformance_of_moto,
    }
    return f"{part[1]}\n{makers[part[2]]()}\n\n{part[3]}"


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
