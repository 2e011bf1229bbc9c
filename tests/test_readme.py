"""The README is true. Its examples are tests of their own: pytest collects the page."""

from __future__ import annotations

import re

import pytest

from pca_mock.service.dispatch import OPERATIONS
from pca_mock.service.model import service_model
from tests import pages

README = pages.README.read_text(encoding="utf-8")


def test_all_operations_are_supported() -> None:
    names = service_model().operation_names

    assert sorted(OPERATIONS) == sorted(names)
    assert f"| operations | {len(names)} of {len(names)} |" in README


def test_the_first_screen_shows_installation_a_test_and_the_two_commands() -> None:
    first_screen = "\n".join(README.splitlines()[:40])

    for text in ("pip install pca_mock\n```\n", "\ndef test_"):
        assert text in first_screen
    commands = re.findall(r"^python3 -m venv .*$", first_screen, re.MULTILINE)
    assert commands == re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    assert len(commands) == 2


def test_links_work_on_pypi() -> None:
    assert all(target.startswith("https://") for target in re.findall(r"\]\((.*?)\)", README))


@pytest.mark.parametrize("path", ["README.md", "docs/*.md", "pyproject.toml"])
def test_links_into_the_repository_lead_to_a_file(path: str) -> None:
    project = (pages.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (repository,) = re.findall(r'^Repository = "(.*)"$', project, re.MULTILINE)
    texts = [file.read_text(encoding="utf-8") for file in pages.ROOT.glob(path)]
    targets = [
        target
        for text in texts
        for target in re.findall(rf"{repository}/(?:blob|tree)/main/([\w./]+)", text)
    ]

    assert targets
    assert [target for target in targets if not (pages.ROOT / target).exists()] == []
