from __future__ import annotations

import io
import json
import runpy
from pathlib import Path

import pytest

from pca_mock import PcaMock
from pca_mock.conformance import cli, prices, reports, runner, targets
from pca_mock.conformance.model import Answers, Case, Cost, CouldNotRun, Mark
from pca_mock.conformance.session import Session


def holds(_: Session) -> Answers:
    return {"answer": 1}


def differs(aws: Session) -> Answers:
    aws.create()
    return {"answer": "<1>", "more": None}


def could_not_run(_: Session) -> Answers:
    raise CouldNotRun("no bucket")


def interrupted(aws: Session) -> Answers:
    aws.create()
    raise runner.Interrupted("SIGTERM")


THREE = [
    Case("area", story.__name__, "A rule.", "page", Mark.OPEN, {"answer": 1}, story)
    for story in (holds, differs, could_not_run)
]


@pytest.fixture(autouse=True)
def ledgers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of ledgers that nobody names."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_module_runs_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["conformance", "--select", "waiters/csr"])

    with pytest.raises(SystemExit, match="0"):
        runpy.run_path(
            str(Path(cli.__file__).with_name("__main__.py")), run_name="pca_mock.conformance.run"
        )


def choose(monkeypatch: pytest.MonkeyPatch, *cases: Case) -> None:
    monkeypatch.setattr(cli, "CASES", cases)


def test_differences_are_reported_with_both_values(
    ledgers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    choose(monkeypatch, *THREE, Case("other", "n", "A rule.", "page", Mark.OPEN, {}, lambda _: {}))
    json_file, html_file = ledgers / "report.json", ledgers / "report.html"

    assert cli.main(["--json", str(json_file), "--html", str(html_file)]) == 1

    out, err = capsys.readouterr()
    assert out.split("\n\n")[1].split() == [
        "area", "holds", "differs", "could", "not", "run",
        "area", "1", "1", "1",
        "other", "1", "0", "0",
        "all", "2", "1", "1",
    ]  # fmt: skip
    assert "  answer: expected 1, observed '<1>'\n" in out
    assert "  no bucket" in out
    assert err.splitlines() == ["area/differs: differs", "area/could_not_run: could not run"]
    report = json.loads(json_file.read_text())
    assert report["format"] == reports.FORMAT
    assert report["left_over"] == []
    assert [case["outcome"] for case in report["cases"]] == [
        "holds",
        "differs",
        "could not run",
        "holds",
    ]
    assert report["cases"][1]["cost"] == {"short_lived_cas": 1}
    html = html_file.read_text()
    assert "answer: expected <code>1</code>, observed <code>&quot;&lt;1&gt;&quot;</code>" in html
    assert "src=" not in html
    assert list(ledgers.glob("*.ledger")) == []


def test_the_selected_cases_run_against_the_mock(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--select", "tags/tags"]) == 0
    assert cli.main(["--list", "--select", "tags/tags"]) == 0

    assert (
        "tags/tags-at-creation (documented, USD 0.07): A CA has the tags" in capsys.readouterr().out
    )


def test_an_interrupted_run_reports_what_it_has(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    last = Case("area", "last", "A rule.", "page", Mark.OPEN, {}, interrupted)
    choose(monkeypatch, THREE[0], last, THREE[1])

    assert cli.main([]) == 130
    out, err = capsys.readouterr()
    assert err == "SIGTERM: cleaning up.\n"
    assert out.split("\n\n")[1].split()[-4:] == ["all", "1", "0", "0"]


def test_what_is_left_over_is_named_and_deleted_later(
    ledgers: Path,
    pca: PcaMock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def on_aws(*_: object, **__: object) -> targets.InProcess:
        return targets.InProcess(pca)

    monkeypatch.setattr(targets, "aws", on_aws)
    choose(monkeypatch, THREE[0], Case("area", "n", "A rule.", "page", Mark.OPEN, {}, _shares))
    fault = pca.fail("DeleteCertificateAuthority", "ConcurrentModificationException")
    html_file = ledgers / "report.html"

    assert cli.main(["--aws", "--yes", "--html", str(html_file)]) == 1
    out, err = capsys.readouterr()
    (ledger,) = ledgers.glob("*.ledger")
    assert f"Could not be deleted:\n  {pca.authorities[0].arn}" in out
    assert f"<li>{pca.authorities[0].arn}" in html_file.read_text()
    assert f"--clean-up {ledger}" in err
    assert cli.main(["--aws", "--clean-up", str(ledger)]) == 1
    fault.cancel()
    assert cli.main(["--aws", "--clean-up", str(ledger)]) == 0
    assert {ca.status for ca in pca.authorities} == {"DELETED"}


def _shares(aws: Session) -> Answers:
    aws.shared("root")
    return {}


@pytest.mark.parametrize(("answer", "status", "count"), [("no", 2, 0), ("Yes", 0, 1)])
def test_aws_is_only_called_after_a_yes_to_the_price(
    answer: str,
    status: int,
    count: int,
    pca: PcaMock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(targets, "aws", lambda *_, **__: targets.InProcess(pca))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))

    assert cli.main(["--aws", "--select", "tags/tags-at"]) == status

    assert "about USD 0.07: 1 short-lived and 0 general-purpose CAs" in capsys.readouterr().err
    assert len(pca.calls.filter("CreateCertificateAuthority")) == count


def test_wrong_arguments_are_explained(ledgers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in (
        (["--select", "x"], "no case is selected by 'x'"),
        (["--clean-up", str(ledgers / "none")], "there is no ledger"),
        (["--aws", "--profile", "none"], "none"),
    ):
        with pytest.raises(SystemExit, match="2"):
            cli.main(arguments)
        assert message in capsys.readouterr().err


def test_prices() -> None:
    cost = Cost(1, 2, 3, 4, 120)

    assert prices.price(cost) == pytest.approx(400 / 730 + 2 * 50 / 730 + 3 * 0.75 + 4 * 0.058)
    assert "2 minutes of waiting" in prices.bill(cost)
