from __future__ import annotations

import signal

import pytest

from pca_mock.conformance import authorities, runner
from pca_mock.conformance.model import Answers, Area, Case, CouldNotRun, Mark, Outcome
from pca_mock.conformance.session import Session

AREA = Area("area", "page")


def case(story: object, **expected: object) -> Case:
    return Case("area", "name", "A rule.", "page", Mark.OPEN, expected, story)  # type: ignore[arg-type]


@AREA.case(answer=[1, 2])
def _two_numbers(_: Session) -> Answers:
    """A rule
    in two lines."""
    return {"answer": (1, 2)}


def test_a_function_becomes_a_case() -> None:
    (made,) = AREA.cases

    assert (made.id, made.rule, made.mark) == (
        "area/two-numbers",
        "A rule in two lines.",
        Mark.DOCUMENTED,
    )
    assert made.source == "page"


def test_a_case_holds_if_all_answers_are_as_expected(session: Session) -> None:
    assert runner.run(AREA.cases[0], session).outcome is Outcome.HOLDS
    assert runner.run(case(lambda _: {"a": 1, "b": 2}, a=1), session).outcome is Outcome.DIFFERS


def test_a_refused_call_and_a_defect_are_differences(session: Session) -> None:
    refused = runner.run(
        case(lambda aws: aws.call("ListTags", CertificateAuthorityArn="x")), session
    )
    broken = runner.run(case(lambda _: dict[str, Answers]()["missing"]), session)

    assert refused.observed == {"error": "ListTags: ValidationException"}
    assert broken.observed == {"error": "KeyError: 'missing'"}
    assert {refused.outcome, broken.outcome} == {Outcome.DIFFERS}


def test_a_case_that_could_not_run_has_a_reason(session: Session) -> None:
    def story(_: Session) -> Answers:
        raise CouldNotRun("no bucket")

    result = runner.run(case(story), session)

    assert (result.outcome, result.reason) == (Outcome.COULD_NOT_RUN, "no bucket")


def test_a_failed_case_leaves_no_ca_and_its_cost_is_counted(session: Session) -> None:
    def story(aws: Session) -> Answers:
        authorities.active(aws)
        aws.shared("general root")
        aws.sleep(60)
        raise ValueError

    result = runner.run(case(story), session)

    listed = session.call("ListCertificateAuthorities")["CertificateAuthorities"]
    assert [ca["Status"] for ca in listed] == ["DELETED", "ACTIVE"]
    assert (result.cost.short_lived_cas, result.cost.short_lived_certificates) == (1, 1)
    assert (result.cost.general_cas, result.cost.waited) == (1, 60)
    assert session.close() == []


def test_a_shared_ca_that_cannot_be_made_is_tried_once(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def fail(_: Session) -> str:
        tries.append(1)
        raise KeyError("Csr")

    monkeypatch.setitem(authorities.MAKERS, "root", fail)
    monkeypatch.setitem(authorities.MAKERS, "pending", lambda aws: aws.shared("root"))
    reasons = {
        runner.run(case(lambda aws: aws.shared("pending")), session).reason for _ in range(2)
    }

    assert reasons == {"no shared CA “root”: KeyError('Csr')"}
    assert tries == [1]


def test_areas_and_names_select_cases() -> None:
    cases = [case(None), Case("other", "n", "", "", Mark.OPEN, {}, lambda _: {})]

    assert runner.selected(cases, []) == cases
    assert runner.selected(cases, ["area/na", "other/n"]) == cases
    assert runner.selected(cases, ["other"]) == cases[1:]
    with pytest.raises(ValueError, match="no case is selected by 'area/x'"):
        runner.selected(cases, ["area", "area/x"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_interrupts_and_the_second_does_not(number: signal.Signals) -> None:
    before = signal.getsignal(number)

    with runner.interruptible() as ignore:
        with pytest.raises(runner.Interrupted, match=number.name):
            signal.raise_signal(number)
        signal.raise_signal(number)
        ignore()

    assert signal.getsignal(number) is before
