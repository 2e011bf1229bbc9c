"""What the README says is so. Its examples are tests of their own: pytest collects the page."""

from __future__ import annotations

import re

from pca_mock.service.dispatch import OPERATIONS
from pca_mock.service.model import service_model
from tests import pages

README = pages.README.read_text(encoding="utf-8")


def test_all_operations_are_supported() -> None:
    names = service_model().operation_names

    assert sorted(OPERATIONS) == sorted(names)
    assert f"| operations | {len(names)} of {len(names)} |" in README


def test_there_are_two_commands() -> None:
    assert len(re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)) == 2
