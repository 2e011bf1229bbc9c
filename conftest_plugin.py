"""Asks for pca_mock's plugin by name: `-p conftest_plugin`, or `pytest_plugins` in a conftest.py.

It is needed only where plugins aren't loaded by their entry points, and harmless elsewhere.
"""

from __future__ import annotations

import pytest

from pca_mock import pytest_plugin


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Register the plugin, unless it is there."""
    if not pluginmanager.is_registered(pytest_plugin):
        pluginmanager.register(pytest_plugin, pytest_plugin.NAME)
