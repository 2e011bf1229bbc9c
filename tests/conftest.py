from __future__ import annotations

import copy
import gc
import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import freezegun
import pytest
from botocore.hooks import HierarchicalEmitter
from botocore.loaders import JSONFileLoader, Loader
from coverage import Coverage
from hypothesis import settings
from hypothesis.version import __version_info__

from pca_mock.adapters import own_clients
from pca_mock.adapters.creation import StaticKeys
from pca_mock.service import dispatch
from pca_mock.service.context import Response
from pca_mock.state import running
from pca_mock.state.calls import Caller
from pca_mock.state.store import State
from tests import newer_models, shapes, wire

# Shared and busy machines must not fail a test for its speed. CI tries the same examples each time,
# so that a change is judged by itself; `python -m tests.fuzz` and other machines try new ones. Old
# versions of hypothesis take tests for flaky then.
_REPEATS: Final = "CI" in os.environ and __version_info__ >= (6, 150)
settings.register_profile("pca_mock", deadline=None, max_examples=50, derandomize=_REPEATS)
settings.load_profile("pca_mock")
# pytest's own time goes on, or `--durations` shows how far a test has travelled.
freezegun.configure(extend_ignore_list=["_pytest.timing"])


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
        state: State, operation: str, params: Mapping[str, Any], caller: Caller, *at: Any
    ) -> Response:
        answer = call(state, operation, params, caller, *at)
        shapes.check(operation, answer)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatch, "call", checked)
        yield


# Of the clients that tests share: the emitter and a copy of it as it was, by the emitter's id().
_shared_emitters: Final[dict[int, tuple[Any, Any]]] = {}
_changed_emitters: Final[set[int]] = set()


@pytest.fixture(autouse=True)
def shared_clients_keep_no_handlers() -> Iterator[None]:
    """Handlers that a test registers on a client are gone for the next test."""
    yield
    for number in _changed_emitters & _shared_emitters.keys():
        emitter, original = _shared_emitters[number]
        vars(emitter).update(vars(copy.copy(original)))
        emitter._lookup_cache = {}
    _changed_emitters.clear()


@pytest.fixture(autouse=True, scope="session")
def clients_are_made_once() -> Iterator[None]:
    """Tests share what takes longer than most of them: mocks' plain clients, botocore's files."""
    make = own_clients.users_client
    configuration = _configuration()

    def users_client(service_name: str, **kwargs: Any) -> Any:
        is_plain = kwargs.keys() <= {"region_name"} and _configuration() == configuration
        if not is_plain or own_clients.default_keys() != StaticKeys():
            return make(service_name, **kwargs)
        return kept(service_name, kwargs.get("region_name") or own_clients.default_region())

    @cache
    def kept(service_name: str, region_name: str) -> Any:
        client = make(service_name, region_name=region_name)
        emitter = client.meta.events._emitter
        _shared_emitters[id(emitter)] = emitter, copy.copy(emitter)
        return client

    register = HierarchicalEmitter._register_section

    def noted(self: Any, *arguments: Any, **options: Any) -> Any:
        _changed_emitters.add(id(self))
        return register(self, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(own_clients, "users_client", users_client)
        patch.setattr(HierarchicalEmitter, "_register_section", noted)
        patch.setattr(JSONFileLoader, "load_file", lambda _, path: _json_file(path))
        patch.setattr(Loader, "list_available_services", _available_services)
        yield


def _available_services(
    loader: Loader, type_name: str, list_services: Any = Loader.list_available_services
) -> list[str]:
    """The services in botocore's folders, for all sessions."""
    place = (type_name, *loader.search_paths)
    if place not in _services:
        _services[place] = list_services(loader, type_name)
    return _services[place]


_services: Final[dict[tuple[str, ...], list[str]]] = {}


@cache
def _json_file(path: str, load: Any = JSONFileLoader.load_file) -> Any:
    """One of botocore's files, for all sessions."""
    return load(JSONFileLoader(), path)


def _configuration() -> dict[str, str]:
    """The variables that change what a client is like."""
    names = [name for name in os.environ if name.startswith("AWS_") or name == "HOME"]
    return {name: os.environ[name] for name in names}


def pytest_collection_finish() -> None:
    """Keep what was imported out of garbage collections, which would take a quarter of the time."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Save what has been covered: xdist may kill its workers before their processes end."""
    measuring = Coverage.current()
    if measuring is not None:
        measuring.save()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Skip a test whose request has names that the installed botocore's service model lacks."""
    try:
        return (yield)
    except Exception as error:
        if name := newer_models.missing_in(error):
            pytest.skip(f"the service model of this botocore has no {name}")
        raise
