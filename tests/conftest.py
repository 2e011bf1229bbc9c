from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import settings

from pca_mock.service import dispatch
from pca_mock.service.context import Response
from pca_mock.state import running
from pca_mock.state.calls import Caller
from pca_mock.state.store import State
from tests import newer_models, shapes, wire

# Shared and busy machines must not fail a test for its speed.
settings.register_profile("pca_mock", deadline=None, max_examples=50)
settings.load_profile("pca_mock")


@pytest.fixture(autouse=True)
def nothing_stays_active() -> Iterator[None]:
    """Whatever a test does, no mock that it starts outlives it."""
    before = running.mocks()
    yield
    assert running.mocks() == before


@pytest.fixture(autouse=wire.PROTOCOL is not None)
def over_the_wire(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """If asked for, clients call through a protocol of the server."""
    if request.path.stem in wire.IN_PROCESS:
        pytest.skip("about what happens within the process")
    wire.switch_on(monkeypatch)


@pytest.fixture(autouse=True, scope="session")
def every_answer_has_its_shape() -> Iterator[None]:
    """Check that every answer of the service in a test has the shape in AWS's model."""
    call = dispatch.call

    def checked(
        state: State, operation: str, params: Mapping[str, Any], caller: Caller
    ) -> Response:
        answer = call(state, operation, params, caller)
        shapes.check(operation, answer)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatch, "call", checked)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Skip a test whose request has names that the installed botocore's service model lacks."""
    try:
        return (yield)
    except Exception as error:
        if name := newer_models.missing_in(error):
            pytest.skip(f"the service model of this botocore has no {name}")
        raise
