from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path

import pytest

from pca_mock import mock_pca
from pca_mock.conformance import authorities, runner, targets
from pca_mock.conformance.cases import CASES, operations
from pca_mock.conformance.ledger import TAG, Ledger
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


def test_what_is_not_refused_and_what_does_not_happen_is_noticed(session: Session) -> None:
    arn = session.shared("root")
    session.patience = 20

    with pytest.raises(AssertionError, match="ListTags was not refused"):
        session.error("ListTags", CertificateAuthorityArn=arn)
    assert session.refusal("ListTags", CertificateAuthorityArn=arn) == {"code": "ok"}
    assert session.waiting_error("certificate_authority_csr_created", **{
        "CertificateAuthorityArn": arn}) is None  # fmt: skip
    with pytest.raises(CouldNotRun, match="no audit-report was written while the patience lasted"):
        session.object("audit-report/x.json")
    assert session.cost.waited == 20


def test_what_the_target_lacks_is_a_reason(session: Session) -> None:
    session.target.bucket = None
    with pytest.raises(CouldNotRun, match="no bucket was given"):
        _ = session.bucket
    session.target.region = "cn-north-1"
    (china,) = runner.selected(CASES, ["authorities/refused-sm2"])
    assert runner.run(china, session).reason == "the rule is about regions outside China"
    session._second = session  # an account that isn't another one
    with pytest.raises(CouldNotRun, match="doesn't show the second account"):
        session.second_account()


def test_a_borrowed_ca_is_handed_on_as_it_was(session: Session, tmp_path: Path) -> None:
    arns: list[str] = []

    def change(aws: Session) -> Answers:
        arn = aws.borrow("ACTIVE")
        arns.append(arn)
        aws.call("TagCertificateAuthority", CertificateAuthorityArn=arn, Tags=[{"Key": "a"}])
        aws.call("PutPolicy", **operations.request(aws, "PutPolicy", arn))
        aws.call("CreatePermission", **operations.request(aws, "CreatePermission", arn))
        authorities.delete(aws, arn)
        return {}

    for _ in range(2):
        assert runner.run(case(change), session).outcome is Outcome.HOLDS

    names = {"CertificateAuthorityArn": arns[0]}
    assert arns[0] == arns[1]
    assert [tag["Key"] for tag in session.call("ListTags", **names)["Tags"]] == [TAG]
    assert session.call("ListPermissions", **names)["Permissions"] == []
    assert session.code("GetPolicy", ResourceArn=arns[0]) == "ResourceNotFoundException"


def test_a_borrowed_ca_that_cannot_be_handed_on_is_deleted(tmp_path: Path) -> None:
    with mock_pca(creation_delay=timedelta(seconds=4)) as pca:
        session = Session(targets.InProcess(pca), Ledger(tmp_path / "ledger", "us-east-1"))
        arns = [session.borrow() for _ in range(2)]
        creating = session.call("CreateCertificateAuthority", **session.request())
        session._borrowed.append(creating["CertificateAuthorityArn"])
        session._of_case.clear()
        pca.fail("DeletePolicy", "RequestFailedException", ResourceArn=arns[0])
        session.end_case()

        assert [ca.status for ca in pca.authorities] == [
            "DELETED",
            "PENDING_CERTIFICATE",
            "DELETED",
        ]


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
