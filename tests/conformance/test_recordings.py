"""Recorded runs: the mock answers as AWS did, and the documentation's results are of all cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pca_mock.conformance import reports, runner
from pca_mock.conformance.cases import CASES, open_elsewhere
from pca_mock.conformance.model import Outcome
from pca_mock.conformance.session import Session
from tests.pages import ROOT

RECORDINGS = sorted((ROOT / "tests" / "data" / "conformance").glob("aws_*.json"))
RESULTS = sorted((ROOT / "docs" / "_conformance").glob("*.json"))


def loaded(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_the_mock_answers_as_aws_did(path: Path, session: Session) -> None:
    report = loaded(path)
    cases = {case.id: case for case in CASES}
    told = {f"{each['area']}/{each['name']}": each for each in report["cases"]}
    ran = {id: each for id, each in told.items() if each["outcome"] != Outcome.COULD_NOT_RUN.value}

    assert report["format"] == reports.FORMAT
    observed = {id: dict(runner.run(cases[id], session).observed) for id in ran}
    assert observed == {id: each["observed"] for id, each in ran.items()}


def test_the_sample_has_the_form_of_a_report_and_is_on_no_page(session: Session) -> None:
    (sample,) = (loaded(path) for path in RECORDINGS if path.stem == "aws_sample")
    report = reports.as_json("target", [runner.run(CASES[0], session)])

    assert sample.keys() - report.keys() == {"sample"}
    assert {frozenset(case) for case in sample["cases"]} == {frozenset(report["cases"][0])}
    for page in (ROOT / "docs").glob("conformance*.md"):
        assert sample["target"] not in page.read_text("utf-8")


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_the_results_in_the_documentation_are_of_all_cases(path: Path) -> None:
    recorded = {each["case"]: each["outcome"] for each in loaded(path)["cases"]}
    elsewhere = (open_elsewhere.SHARING, open_elsewhere.ACM, open_elsewhere.EVENTS)
    never_run = {case.id for area in elsewhere for case in area.cases}

    ids = {case.id for case in CASES}
    assert ids - never_run <= recorded.keys() <= ids, "run `python docs/record_conformance.py`"
    if path.stem != "moto":
        assert Outcome.DIFFERS.value not in recorded.values()
