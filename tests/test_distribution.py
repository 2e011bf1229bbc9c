"""The files in the wheel and in the sdist that users download."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import pca_mock

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel and an sdist of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder


def modules() -> set[str]:
    return {str(path.relative_to(ROOT)) for path in (ROOT / "pca_mock").rglob("*.py")}


def test_the_wheel_has_the_package_its_types_and_the_plugin(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")

    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (entry_points,) = (n for n in names if n.endswith(".dist-info/entry_points.txt"))
        text = archive.read(entry_points).decode()

    assert (
        modules()
        | {
            "pca_mock/py.typed",
            "pca_mock/server/page.html",
            "pca_mock/conformance/cases/templates.json",
            "conftest_plugin.py",
        }
        <= names
    )
    assert wheel.name.startswith(f"pca_mock-{pca_mock.__version__}-")
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {
        "pca_mock",
        "conftest_plugin.py",
    }
    assert text.splitlines()[:2] == ["[console_scripts]", "pca-mock = pca_mock.cli:main"]
    assert text.splitlines()[-2:] == ["[pytest11]", "pca_mock = pca_mock.pytest_plugin"]


def test_the_sdist_has_all_that_is_needed_to_test_it(distributions: Path) -> None:
    (sdist,) = distributions.glob("*.tar.gz")

    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert (
        modules()
        | {
            "pca_mock/py.typed",
            "pca_mock/server/page.html",
            "pca_mock/conformance/cases/templates.json",
            "conftest_plugin.py",
        }
        <= names
    )
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "tox.ini"} <= names
    assert {
        "docs/conftest.py",
        "tests/conftest.py",
        "tests/data/templates.json",
        "examples/quickstart.py",
    } <= names
