from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import pytest

from tests import oracles, processes
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

# It runs in a process of its own: nbclient's event loop and warnings are not for pytest.
# The kernel is the interpreter that runs the tests, whatever else is installed.
_EXECUTE = """
import sys
import nbformat
from ipykernel.kernelspec import write_kernel_spec
from nbclient import NotebookClient

write_kernel_spec("kernels/same-python")
notebook = nbformat.reads(sys.stdin.read(), as_version=4)
NotebookClient(notebook, kernel_name="same-python", timeout=100).execute()
print(nbformat.writes(notebook))
"""
# The cell that goes first: the kernel reaches nothing but loopback, and our warnings are errors.
_PREPARE = f"""{processes._GUARD}
import warnings as _warnings
_warnings.filterwarnings("error", module="pca_mock|__main__")
"""


def notebook() -> Any:
    return json.loads((EXAMPLES / "notebook.ipynb").read_text("utf-8"))


def executed(folder: Path) -> dict[str, list[Any]]:
    """Execute the notebook; return the outputs of its cells, by id."""
    story = notebook()
    first: Any = {"cell_type": "code", "id": "prepare", "execution_count": None, "metadata": {}}
    story["cells"].insert(0, {**first, "outputs": [], "source": _PREPARE})
    result = subprocess.run(
        [sys.executable, "-c", _EXECUTE],
        cwd=folder,
        env=processes.clean_environment(folder, JUPYTER_PATH=str(folder)),
        input=json.dumps(story),
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return {cell["id"]: cell["outputs"] for cell in _code(json.loads(result.stdout))}


def _code(story: Any) -> list[Any]:
    return [cell for cell in story["cells"] if cell["cell_type"] == "code"]


def test_the_notebook_is_kept_without_outputs() -> None:
    story = notebook()

    nbformat.validate(story)
    assert (story["nbformat"], story["nbformat_minor"]) == (4, 5)
    assert story["metadata"]["kernelspec"]["name"] == "python3"
    assert all(cell["outputs"] == [] for cell in _code(story))
    assert all(cell["execution_count"] is None for cell in _code(story))
    assert all(cell["id"].replace("-", "").isalpha() for cell in story["cells"])


def test_the_notebook_shows_its_story_in_text_and_html(tmp_path: Path) -> None:
    outputs = executed(tmp_path)

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
    assert shown("calls").startswith("<6 calls>")
    assert outputs["stop"] == []

    assert page("hierarchy").depth == 2
    assert page("hierarchy").badges.count(("good", "ACTIVE")) == 3
    assert page("leaf").fields["Subject"] == "CN=localhost"
    # Two CAs, their certificates, and that of one person; the server's one was revoked.
    assert page("clock").badges.count(("over", "EXPIRED")) == 5
    assert ("bad", "LimitExceededException") in page("calls").badges
