"""The mock in this process keeps all rules of the pack."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest

from pca_mock.conformance import prices, reports, runner, targets
from pca_mock.conformance.cases import CASES, errors, templates
from pca_mock.conformance.ledger import Ledger
from pca_mock.conformance.model import Case, Mark, Outcome
from pca_mock.conformance.session import Session
from pca_mock.service.model import service_model
from tests import newer_models, oracles
from tests.pages import ROOT


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One run for all cases, which share its CAs."""
    with targets.in_process() as target:
        session = Session(target, Ledger(tmp_path_factory.mktemp("run") / "ledger", target.region))
        yield session
        assert session.close() == []
        assert session.ledger.is_empty()
        assert prices.price(session.cost) < 100


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_mock_keeps_the_rule(case: Case, run: Session) -> None:
    result = runner.run(case, run)

    (as_reported,) = reports.as_json("", [result])["cases"]
    if result.outcome is Outcome.DIFFERS:
        story: Any = case.story
        told = inspect.getsource(getattr(story, "func", story))
        newer_models.need([as_reported, told, getattr(story, "args", ())])
        pytest.fail(f"{case.rule} {reports.differences(as_reported)}")


def test_names_are_unique_and_rules_are_sentences() -> None:
    ids = [case.id for case in CASES]

    assert len(ids) == len(set(ids))
    assert [case.id for case in CASES if not (case.rule.endswith((".", "?")) and case.source)] == []


def test_the_templates_are_those_of_the_reference() -> None:
    documented = {each["name"]: each for each in oracles.documented_templates()}

    assert {f"{row.name}/V1" for row in templates.ROWS} == documented.keys()
    for row in templates.ROWS:
        each = documented[f"{row.name}/V1"]
        critical = each["basic_constraints"]["critical"]
        assert (row.passthrough, row.is_root) == (each["passthrough"], each["root"])
        assert row.basic_constraints.startswith("!") == critical
        assert (row.key_usage is None) == (each["key_usage"] is None)
        assert (row.extended_key_usage is None) == (each["extended_key_usage"] is None)


def test_every_documented_error_has_a_case() -> None:
    model = service_model()

    if newer_models.MISSING:
        pytest.skip("an older model lacks some errors")
    assert {name: set(row) for name, row in errors.TABLE.items()} == {
        name: {
            shape.name.removesuffix("Exception")
            for shape in model.operation_model(name).error_shapes
        }
        for name in model.operation_names
    }


def test_every_open_rule_is_a_case() -> None:
    page = (ROOT / "docs" / "open_rules.md").read_text("utf-8")
    rows = re.findall(r"^\| ([a-z0-9-]+) \| .+ \| .+ \| .+ \|$", page, re.MULTILINE)
    cases = [case for case in CASES if case.area.startswith("open rules: ")]

    assert sorted(case.name for case in cases) == sorted(rows)
    assert {case.mark for case in cases} == {Mark.OPEN}
