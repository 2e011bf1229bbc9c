"""The command: arguments, the confirmation before anything is paid for, exit status."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from pca_mock.conformance import page, prices, reports, runner, targets
from pca_mock.conformance.cases import CASES
from pca_mock.conformance.ledger import Ledger
from pca_mock.conformance.model import Case, Outcome, Result
from pca_mock.conformance.session import Session
from pca_mock.conformance.target import Target

_DESCRIPTION: Final = """\
Check what AWS Private CA, or something that imitates it, does against the rules of AWS: by default
the mock in this process."""
_INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the pack.

    Args:
        arguments: of the command line; by default this process's.

    Returns:
        The exit status: 0 if nothing differs, 1 if something does or could not be deleted, 2 if it
        could not run as asked, 130 if it was interrupted.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return _main(options)
    except (BotoCoreError, ClientError, OSError, ValueError) as error:
        parser.error(str(error))


def _main(options: argparse.Namespace) -> int:
    cases = runner.selected(CASES, options.select)
    if options.list:
        _print_list(cases)
        return 0
    with ExitStack() as stack:
        target = _target(options, stack)
        folder = Path.cwd() if options.aws else Path(tempfile.gettempdir())
        path = options.clean_up or options.ledger or folder / _ledger_name()
        if options.clean_up is not None:
            if not path.exists():
                raise ValueError(f"there is no ledger {path}")
            return _clean_up(Session(target, Ledger(path, target.region), options.patience))
        if options.aws and not _is_confirmed(cases, target, options.yes):
            return 2
        session = Session(target, Ledger(path, target.region), options.patience)
        return _run(cases, session, options)


def _run(cases: Sequence[Case], session: Session, options: argparse.Namespace) -> int:
    results: list[Result] = []
    was_interrupted = False
    with runner.interruptible() as ignore_signals:
        try:
            runner.run_all(cases, session, lambda result: _note(result, results))
        except runner.Interrupted as error:
            was_interrupted = True
            _say(f"{error}: cleaning up.")
        finally:
            ignore_signals()
            left_over = session.close()
    report = reports.as_json(session.target.name, results, left_over)
    print(reports.as_text(report))
    if options.json is not None:
        options.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    if options.html is not None:
        options.html.write_text(page.as_page(report), "utf-8")
    if left_over:
        _say(f"Delete them later with --clean-up {session.ledger.path}")
    else:
        session.ledger.path.unlink()
    if was_interrupted:
        return _INTERRUPTED
    return int(bool(left_over) or any(each.outcome is Outcome.DIFFERS for each in results))


def _clean_up(session: Session) -> int:
    left_over = session.close()
    for each in left_over:
        _say(f"Could not be deleted: {each}")
    if not left_over:
        session.ledger.path.unlink()
    return int(bool(left_over))


def _target(options: argparse.Namespace, stack: ExitStack) -> Target:
    if options.aws:
        return targets.aws(
            options.profile,
            second_profile=options.second_profile,
            region=options.region,
            bucket=options.bucket,
        )
    if options.endpoint_url is not None:
        return targets.endpoint(
            options.endpoint_url,
            protocol=options.protocol,
            region=options.region,
            bucket=options.bucket,
            s3_endpoint_url=options.s3_endpoint_url,
        )
    return stack.enter_context(targets.in_process())


def _is_confirmed(cases: Sequence[Case], target: Target, is_certain: bool) -> bool:
    """Show the price, and ask whether to pay it."""
    cost, _ = runner.rehearse(cases)
    _say(f"{len(cases)} cases on {target.name}: {prices.bill(cost)}")
    if is_certain:
        return True
    _say("Type “yes” to go on: ")
    return sys.stdin.readline().strip().lower() == "yes"


def _print_list(cases: Sequence[Case]) -> None:
    """Print each case and what it costs, by a rehearsal."""
    cost, results = runner.rehearse(cases)
    for result in results:
        case = result.case
        print(f"{case.id} ({case.mark.value}, USD {prices.price(result.cost):.2f}): {case.rule}")
    print(f"{len(cases)} cases: {prices.bill(cost)}")


def _note(result: Result, results: list[Result]) -> None:
    results.append(result)
    if result.outcome is not Outcome.HOLDS:
        _say(f"{result.case.id}: {result.outcome.value}")


def _ledger_name() -> str:
    return f"pca_mock-conformance-{datetime.now():%Y%m%d-%H%M%S-%f}.ledger"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m pca_mock.conformance", description=_DESCRIPTION)
    add = parser.add_argument
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--endpoint-url", metavar="URL", help="run against this endpoint")
    where.add_argument("--aws", action="store_true", help="run against AWS, which costs money")
    add("--profile", help="of AWS's configuration files, with --aws")
    add("--second-profile", help="of another account, for shared CAs")
    add("--region", help="the one region in which everything is made")
    add(
        "--bucket",
        help="for CRLs and audit reports: both AWS and the profile may write to it",
    )
    add("--s3-endpoint-url", metavar="URL", help="where the bucket of an endpoint is")
    add("--protocol", choices=["json", "cbor"], help="in which an endpoint is called")
    add("--yes", action="store_true", help="pay the price without a question")
    add("--select", action="append", default=[], metavar="AREA[/NAME]", help="run only these")
    add("--patience", type=float, default=180, metavar="SECONDS", help="of waiters (180)")
    add("--json", type=Path, metavar="FILE", help="write the report as JSON")
    add("--html", type=Path, metavar="FILE", help="write the report as a page")
    add("--ledger", type=Path, metavar="FILE", help="where to note what exists on AWS")
    add("--clean-up", type=Path, metavar="LEDGER", help="delete what a killed run has left")
    add("--list", action="store_true", help="print the cases and their prices, and run nothing")
    return parser


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
