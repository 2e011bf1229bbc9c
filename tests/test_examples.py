from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

from tests import notebook, oracles
from tests.showing.reading import HtmlPage

EXAMPLES = Path(__file__).parents[1] / "examples"


class Quickstart(NamedTuple):
    """What it printed, and the folder with its files."""

    printed: list[str]
    folder: Path


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Quickstart:
    folder = tmp_path_factory.mktemp("quickstart")
    script = (
        f"import sys; sys.path.insert(0, {str(EXAMPLES)!r})\n"
        f"import pathlib, quickstart; quickstart.main(pathlib.Path({str(folder)!r}))"
    )
    command = [sys.executable, "-W", "error", "-c", script]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    return Quickstart(result.stdout.splitlines(), folder)


def test_the_quickstart_prints_its_story(quickstart: Quickstart) -> None:
    lines = quickstart.printed

    assert [line.split()[0] for line in lines] == [
        "ROOT",
        "SUBORDINATE",
        "SERVER",
        "valid",
        "Chain",
        "Handshake",
    ]
    assert "ACTIVE" in lines[0]
    assert "TLSv1.3" in lines[-1]


def test_openssl_verifies_the_chain_of_the_quickstart(quickstart: Quickstart) -> None:
    leaf, chain, root = (
        (quickstart.folder / f"{name}.pem").read_text() for name in ("leaf", "chain", "root")
    )
    flags = ("-purpose", "sslserver", "-verify_hostname")

    verify = partial(oracles.openssl_verify, quickstart.folder, leaf, chain, root, *flags)
    assert verify("localhost")
    assert not verify("example.com")


# The notebook


def test_the_notebook_is_kept_with_the_outputs_of_a_run(tmp_path: Path) -> None:
    story = notebook.read()

    nbformat.validate(story)
    assert (story["nbformat"], story["nbformat_minor"]) == (4, 5)
    assert story["metadata"]["kernelspec"]["name"] == "python3"
    assert all(cell["id"].replace("-", "").isalpha() for cell in story["cells"])
    kept = {cell["id"]: cell["outputs"] for cell in notebook.code(story)}
    assert notebook.shown(kept) == notebook.shown(notebook.executed(tmp_path)), (
        "run `python -m tests.notebook`"
    )


def test_the_notebook_shows_its_story_in_text_and_html() -> None:
    outputs = {cell["id"]: cell["outputs"] for cell in notebook.code(notebook.read())}

    def shown(cell: str) -> str:
        output = outputs[cell][-1]
        return "".join(output.get("text") or output["data"]["text/plain"])

    def page(cell: str) -> HtmlPage:
        return HtmlPage("".join(outputs[cell][-1]["data"]["text/html"]))

    hierarchy = shown("hierarchy").splitlines()[1:]
    assert [line.split()[:2] for line in hierarchy] == [
        ["Example", "Root"],
        ["Example", "Servers"],
        ["Example", "People"],
    ]
    assert shown("leaf").startswith("<Certificate 'CN=localhost' ISSUED arn:")
    assert shown("revoke") == "'REVOKED'"
    assert shown("crl")[1:].startswith("CRL of ")
    assert "OCSPCertStatus.REVOKED" in shown("ocsp")
    assert "LimitExceededException" in shown("fault")
    assert shown("calls").startswith("<19 calls>")
    assert outputs["stop"] == []

    assert page("hierarchy").depth == 2
    assert page("hierarchy").badges.count(("good", "ACTIVE")) == 3
    assert page("leaf").fields["Subject"] == "CN=localhost"
    # Two CAs, and the certificates of one person; the server's one was revoked.
    assert page("clock").badges.count(("over", "EXPIRED")) == 5
    assert ("bad", "LimitExceededException") in page("calls").badges
