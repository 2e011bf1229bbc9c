"""The example notebook. `python -m tests.notebook` runs it and keeps its outputs in it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from tests import processes

NOTEBOOK: Final = Path(__file__).parents[1] / "examples" / "notebook.ipynb"
# Signatures with their sizes, what is about RSA keys, and pauses between attempts are random. The
# style is no part of the story.
_RANDOM: Final = re.compile(
    r"<style>[^<]*</style>|[0-9a-f:-]{32,}|:\d\d UTC|:\d\d:\d\d|\d{10}|\d+ (bytes|characters)"
)
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


def read() -> Any:
    return json.loads(NOTEBOOK.read_text("utf-8"))


def executed(folder: Path) -> dict[str, list[Any]]:
    """Execute the notebook; return the outputs of its cells, by id."""
    story = read()
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
    outputs = {cell["id"]: cell["outputs"] for cell in code(json.loads(result.stdout))}
    del outputs["prepare"]
    return outputs


def code(story: Any) -> list[Any]:
    """The cells that have outputs."""
    return [cell for cell in story["cells"] if cell["cell_type"] == "code"]


def shown(outputs: dict[str, list[Any]]) -> dict[str, list[str]]:
    """What a reader sees, by cell, except for the style and what is random."""
    texts = {
        name: [text for output in cell for text in _texts(output)] for name, cell in outputs.items()
    }
    return {name: [_RANDOM.sub("…", text) for text in cell] for name, cell in texts.items()}


def _texts(output: Any) -> list[str]:
    return ["".join(text) for text in (output.get("data") or {"text": output["text"]}).values()]


def write(outputs: dict[str, list[Any]]) -> None:
    """Keep the outputs in the notebook."""
    story = read()
    for number, cell in enumerate(code(story), start=1):
        cell["outputs"], cell["execution_count"] = outputs[cell["id"]], number
        for output in cell["outputs"]:
            if "execution_count" in output:
                output["execution_count"] = number
    NOTEBOOK.write_text(json.dumps(story, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        write(executed(Path(folder)))
