from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from pca_mock.adapters import environment, intercept

# Shared and busy machines must not fail a test for its speed.
settings.register_profile("pca_mock", deadline=None, max_examples=50)
settings.load_profile("pca_mock")


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches anything but this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            assert address[0] in ("127.0.0.1", "::1", "localhost"), f"network access: {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def nothing_stays_active() -> Iterator[None]:
    """Whatever a test does, no mock that it starts outlives it."""
    before = list(intercept._running), environment._users
    yield
    assert (intercept._running, environment._users) == before
