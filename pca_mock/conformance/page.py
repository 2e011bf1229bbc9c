"""A report as one HTML page that needs nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from pca_mock.conformance.model import Outcome
from pca_mock.conformance.reports import counts, differences

_STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% } caption { text-align: left; font-weight: bold }
th, td { border-bottom: 1px solid #8884; padding: .3rem .6rem; text-align: left;
vertical-align: top }
td.number { text-align: right } code { overflow-wrap: anywhere }
.holds { color: #17692b } .differs { color: #a3230f; font-weight: bold } .could { color: #6b5a00 }
@media (prefers-color-scheme: dark) { body { background: #151719; color: #e4e6e8 }
.holds { color: #7fd492 } .differs { color: #ff9d8c } .could { color: #e3cc6a } }
"""


def as_page(report: Mapping[str, Any]) -> str:
    """The page of a report."""
    title = escape(f"Conformance of {report['target']}")
    left = "".join(f"<li>{escape(each)}</li>" for each in report["left_over"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>{title}</h1><p>{escape(report['ended'])}</p>"
        f"{'<h2>Could not be deleted</h2><ul>' + left + '</ul>' if left else ''}"
        f"{''.join(_summary(report))}{''.join(_areas(report))}</html>\n"
    )


def _summary(report: Mapping[str, Any]) -> Iterator[str]:
    outcomes = [outcome.value for outcome in Outcome]
    heads = "".join(f"<th scope=col>{each}</th>" for each in ("area", *outcomes))
    yield f"<table><caption>By area</caption><tr>{heads}</tr>"
    for area, numbers in counts(report["cases"]).items():
        cells = "".join(f'<td class="number">{numbers[each]}</td>' for each in outcomes)
        yield f'<tr><th scope=row><a href="#{_anchor(area)}">{escape(area)}</a></th>{cells}</tr>'
    yield "</table>"


def _areas(report: Mapping[str, Any]) -> Iterator[str]:
    for area in counts(report["cases"]):
        yield f'<h2 id="{_anchor(area)}">{escape(area)}</h2><table><tr>'
        yield "".join(f"<th scope=col>{each}</th>" for each in ("case", "rule", "outcome", ""))
        yield "</tr>"
        for case in report["cases"]:
            if case["area"] == area:
                yield _row(case)
        yield "</table>"


def _row(case: Mapping[str, Any]) -> str:
    outcome = case["outcome"]
    details = escape(case["reason"])
    if outcome == Outcome.DIFFERS.value:
        details = "<br>".join(
            f"{escape(name)}: expected {_code(expected)}, observed {_code(observed)}"
            for name, expected, observed in differences(case)
        )
    return (
        f"<tr><td><code>{escape(case['name'])}</code></td>"
        f"<td>{escape(case['rule'])} <small>({escape(case['mark'])}: {escape(case['source'])})"
        f'</small></td><td class="{outcome.split()[0]}">{outcome}</td><td>{details}</td></tr>'
    )


def _code(value: object) -> str:
    return f"<code>{escape(json.dumps(value))}</code>"


def _anchor(area: str) -> str:
    return area.lower().replace(" ", "-")
