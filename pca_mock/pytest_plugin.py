"""The pytest plugin of pca_mock: fixtures, the marker `pca`, ini options, calls of failed tests.

Importing it imports nothing that pytest hasn't: neither boto3, botocore, cryptography nor wrapt
(which has post-import hooks of its own, but brings asyncio along).
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import pytest

from pca_mock.adapters import imports
from pca_mock.settings import check_names, ini_options, read_option

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

    from pca_mock import Authority, PcaMock


def _register(_: ModuleType) -> None:
    if "pca_mock.adapters.intercept" in sys.modules:
        return  # it is what imports botocore; the first mock will register

    from pca_mock.adapters import intercept

    intercept.register(look_for_existing=False)


def _watch_mocks(running: ModuleType) -> None:
    running.watch(_started.append)


# The mocks that were started during a test, for its report.
_started: Final[list[Any]] = []
# Before any client can be made. Where botocore is there already, the first mock looks for clients.
if "botocore.handlers" not in sys.modules:
    imports.watch("botocore.handlers", _register)
imports.watch("pca_mock.state.running", _watch_mocks)


NAME: Final = "pca_mock"  # of the entry point, and so of the plugin
_MARKER: Final = "pca"
_MOCK: Final = "_pca_mock"  # the fixture on which the marker and the other fixtures stand
# Fixtures of mocks that outlive a test, with what they last as long as.
_WIDE: Final[dict[str, type[pytest.Collector]]] = {
    "pca_class": pytest.Class,
    "pca_module": pytest.Module,
    "pca_session": pytest.Session,
}
_MOST_CALLS: Final = 50  # of a failed test that are shown
_LONGEST_VALUE: Final = 100  # characters
_OTHER_PCA: Final = (
    "The fixture pca of this test is not that of pca_mock: it gives {}. The marker and the other "
    "fixtures of pca_mock use a mock of their own."
)
_OVERRIDDEN: Final = (
    "the mock of this suite's own fixture pca: it can take the options from the fixture "
    "pca_options."
)
_DECORATED: Final = "the mock of @mock_pca, which has options of its own: pass it there."
_logs: Final = pytest.StashKey[list[tuple[Any, int]]]()
_note: Final = pytest.StashKey[str]()
_mock_of_test: Final = pytest.StashKey[ExitStack]()
_shared: Final = pytest.StashKey[set[pytest.Class]]()  # whose tests share a mock


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the ini options: those of `mock_pca`, with "pca_" in front."""
    for name, text in ini_options().items():
        parser.addini(f"pca_{name}", f"pca_mock: {text}")
    # Asked for by the name of the module as well as by its entry point, it would come twice.
    for name in (NAME, __name__):
        if not pluginmanager.has_plugin(name):
            pluginmanager.set_blocked(name)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and check the ini options."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(**options): run the test in a mock of AWS Private CA with these options of "
        "mock_pca, which are stronger than those of the ini file.",
    )
    _ini_options(config)


def _ini_options(config: pytest.Config) -> dict[str, Any]:
    options = {}
    for name in ini_options():
        text = config.getini(f"pca_{name}")
        if not text:
            continue
        try:
            options[name] = read_option(name, text)
        except (ValueError, OverflowError) as error:
            raise pytest.UsageError(f"pca_{name}: {error}") from None
    return options


def pytest_report_header(config: pytest.Config) -> str | None:
    """Show which options the mocks of the fixtures have, if there are any."""
    options = _ini_options(config)
    shown = ", ".join(f"{name}={value}" for name, value in options.items())
    return f"pca_mock: {shown}" if shown else None


# Mocks of fixtures


def pytest_itemcollected(item: pytest.Item) -> None:
    """Have the mock of a marked test running, whether it asks for the fixture or not."""
    names: list[str] | None = getattr(item, "fixturenames", None)
    if names is not None and _MOCK not in names and _is_marked_for_itself(item, names):
        # Not in place: other parameters of the same function have the same list.
        item.fixturenames = [_MOCK, *names]  # type: ignore[attr-defined]


def _is_marked_for_itself(item: pytest.Item, fixture_names: Iterable[str]) -> bool:
    """Whether a marker applies to the test that a wider mock which it uses doesn't have."""
    nodes = [node for node, _ in item.iter_markers_with_node(_MARKER)]
    for name, kind in _WIDE.items():
        if name in fixture_names:
            last = item.getparent(kind)
            covered = last.listchain() if last is not None else []
            nodes = [node for node in nodes if node not in covered]
    return bool(nodes)


class _WrongOptions(pytest.fail.Exception):  # type: ignore[misc, name-defined]
    """The ini file or a marker has options that no mock can have."""


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What is set in the ini file and, more strongly, by the markers that apply."""
    return _ini_options(request.config) | _marker_options(request)


def _marker_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers(_MARKER))):
        try:
            check_names(marker.kwargs)
            if marker.args:
                raise TypeError("the options of mock_pca are keyword arguments")
        except TypeError as error:
            values = [*map(repr, marker.args), *(f"{k}={v!r}" for k, v in marker.kwargs.items())]
            raise _WrongOptions(
                f"@pytest.mark.{_MARKER}({', '.join(values)}): {error}. This marker is that of "
                "pca_mock's plugin; one that means something else needs another name.",
                pytrace=False,
            ) from None
        options |= marker.kwargs
    return options


def _running(request: pytest.FixtureRequest) -> Iterator[PcaMock]:
    from pca_mock import mock_pca

    try:
        mock = mock_pca(**_options(request))
    except ValueError as error:
        message = f"options of the fixture {request.fixturename}: {error}"
        raise _WrongOptions(message, pytrace=False) from None
    with mock as running:
        if request.scope != "function":
            _put_decorated_last()
        yield running


def _put_decorated_last() -> None:
    """Keep the mocks of decorated classes in front of one that lasts for longer than a test."""
    from pca_mock import classes
    from pca_mock.state import running

    for handle in classes.present_handles():
        running.put_last(handle._state)


@pytest.fixture
def _pca_decorated(request: pytest.FixtureRequest) -> Iterator[PcaMock | None]:
    """The mock of a test that `@mock_pca` decorates, or whose class it decorates."""
    from pca_mock import classes, decoration

    new_mock = decoration.factory_of(getattr(request.node, "obj", None))
    of_class = classes.present_handles() if _decorated_classes(request.node) else [None]
    with decoration.started_early(new_mock) if new_mock else nullcontext(of_class[-1]) as handle:
        if handle is not None:
            _check_options(handle, request, _DECORATED)
        yield handle


@pytest.fixture
def pca_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The options from the ini file and the markers, for a mock that a test makes by itself."""
    return _options(request)


@pytest.fixture
def pca(request: pytest.FixtureRequest, _pca_decorated: PcaMock | None) -> Iterator[PcaMock]:
    """A mock of AWS Private CA that runs during the test: a fresh one, or that of `@mock_pca`."""
    if _pca_decorated is not None:
        yield _pca_decorated
        return
    yield from _running(request)


@pytest.fixture(scope="class")
def pca_class(request: pytest.FixtureRequest) -> Iterator[PcaMock]:
    """A mock that runs during all tests of a class."""
    yield from _running(request)


@pytest.fixture(scope="module")
def pca_module(request: pytest.FixtureRequest) -> Iterator[PcaMock]:
    """A mock that runs during all tests of a module."""
    yield from _running(request)


@pytest.fixture(scope="session")
def pca_session(request: pytest.FixtureRequest) -> Iterator[PcaMock]:
    """A mock that runs during all tests."""
    yield from _running(request)


@pytest.fixture
def _pca_mock(request: pytest.FixtureRequest, _pca_decorated: PcaMock | None) -> Iterator[PcaMock]:
    """The mock of the test: that of `@mock_pca` or of the fixture `pca`, or a wider one.

    A test suite may have a fixture `pca` that means something else.
    """
    if _pca_decorated is not None:
        yield _pca_decorated
        return
    from pca_mock import PcaMock

    names = request.fixturenames
    wide = next((name for name in _WIDE if name in names), None)
    if wide and "pca" not in names and not _is_marked_for_itself(request.node, names):
        yield request.getfixturevalue(wide)
        return
    overriding = _value_of_pca(request)
    if isinstance(overriding, PcaMock):
        _check_options(overriding, request, _OVERRIDDEN)
        yield overriding
        return
    request.node.stash[_note] = _OTHER_PCA.format(_short(overriding))
    yield from _running(request)


def _value_of_pca(request: pytest.FixtureRequest) -> Any:
    is_asked_for = "pca" in request.fixturenames
    try:
        return request.getfixturevalue("pca")
    except _WrongOptions:
        raise
    except pytest.fail.Exception:
        if is_asked_for:
            raise
        return None  # another one, which has parameters that this test doesn't have


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _check_options(pca: PcaMock, request: pytest.FixtureRequest, reason: str) -> None:
    """Fail if a mock that the plugin doesn't make lacks what a marker asks for."""
    settings = pca._state.settings
    for name, value in _marker_options(request).items():
        if getattr(settings, name) != value:
            pytest.fail(
                f"@pytest.mark.{_MARKER}({name}={value!r}) has no effect on {reason}",
                pytrace=False,
            )


@pytest.fixture
def pca_client(_pca_mock: PcaMock) -> ACMPCAClient:
    """A boto3 client of `acm-pca`, answered by `pca`."""
    return _pca_mock.client()


@pytest.fixture
def pca_endpoint(_pca_mock: PcaMock) -> Iterator[str]:
    """The URL at which `pca` is served, for subprocesses: see `pca.environment()`."""
    with _pca_mock.serve() as url:
        yield url


@pytest.fixture
def pca_root_ca(_pca_mock: PcaMock) -> Authority:
    """An active root CA in `pca`. The calls that make it are not in the log."""
    with _pca_mock.calls.paused():
        return _pca_mock.create_root_ca("Example Root CA")


@pytest.fixture
def pca_issuing_ca(_pca_mock: PcaMock, pca_root_ca: Authority) -> Authority:
    """An active CA below `pca_root_ca`, which issues only to servers and clients."""
    with _pca_mock.calls.paused():
        return pca_root_ca.create_subordinate_ca("Example Issuing CA", path_length=0)


# Decorated classes. See `pca_mock.classes`, which has been imported where there are any.


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look which decorated classes have fixtures for the whole class, and read what is needed.

    Within a test, modules and files could meet what the test has replaced.
    """
    if any(_needs_mock(item) for item in session.items):
        import pca_mock.mock  # noqa: F401
        from pca_mock.testing import clients

        clients.prepare()

    shared = {node: None for item in session.items for node in _classes_set_up_once(item)}
    session.stash[_shared] = set(shared)
    for node in shared:
        _start_mock_with(node)


def _start_mock_with(node: pytest.Class) -> None:
    """Start the mock of a class before anything of it is set up, and end it after all of that."""
    from pca_mock import classes

    setup, teardown = node.setup, node.teardown

    def start() -> None:
        classes.begin_class(node.obj)
        setup()

    def end() -> None:
        try:
            teardown()
        finally:
            classes.end_class(node.obj)

    vars(node).update(setup=start, teardown=end)


def _needs_mock(item: pytest.Item) -> bool:
    return any(name.startswith(("pca", _MOCK)) for name in getattr(item, "fixturenames", ()))


def _decorated_classes(item: pytest.Item) -> list[pytest.Class]:
    """The decorated classes in which a test is, the outermost one first."""
    classes = sys.modules.get("pca_mock.classes")
    if classes is None:
        return []
    nodes = [node for node in item.listchain() if isinstance(node, pytest.Class)]
    return [node for node in nodes if classes.is_decorated(node.obj)]


def _classes_set_up_once(item: pytest.Item) -> Iterator[pytest.Class]:
    """Those of them for all of whose tests something that this one uses is set up once."""
    nodes = _decorated_classes(item)
    if not nodes:
        return
    from pca_mock import classes

    fixtures = getattr(item, "_fixtureinfo", None)
    bases = {
        definition.baseid
        for definitions in (fixtures.name2fixturedefs.values() if fixtures is not None else ())
        for definition in definitions
        if definition.scope == "class" and _is_of_the_suite(definition.func, item)
    }
    if bases - {
        node.nodeid for node in nodes
    }:  # a fixture from outside lasts for the innermost one
        bases.add(nodes[-1].nodeid)
    for node in nodes:
        if node.nodeid in bases or classes.is_for_the_class(node.obj):
            yield node


def _is_of_the_suite(fixture: Any, item: Any) -> bool:
    """Whether a fixture is the suite's own: not that of a plugin, which may be everywhere."""
    code = getattr(inspect.unwrap(fixture), "__code__", None)
    modules = [sys.modules.get(base.__module__) for base in item.cls.__mro__]
    files = [str(item.path), *(getattr(module, "__file__", None) for module in modules)]
    return code is not None and (
        code.co_filename in files or Path(code.co_filename).name == "conftest.py"
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Note what the mocks that run have been called for; start that of a decorated class's test."""
    item.stash[_logs] = [(state.log, state.log.added) for state in _started]
    nodes = _decorated_classes(item)
    if nodes:
        from pca_mock import classes

        shared = next((node.obj for node in nodes if node in item.session.stash[_shared]), None)
        stack = item.stash[_mock_of_test] = ExitStack()
        stack.enter_context(classes.mock_of_test(nodes[-1].obj, shared))
    yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """End the mock of a decorated class's test."""
    try:
        yield
    finally:
        if _mock_of_test in item.stash:
            item.stash[_mock_of_test].close()


# What a failed test has called


def pytest_runtest_logstart() -> None:
    """Forget the mocks of earlier tests, except those that still run."""
    if _started:
        from pca_mock.state import running

        _started[:] = [state for state in _started if running.is_running(state)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, Any, Any]:
    """Add the calls of a failed test to its report."""
    report = yield
    if not report.failed:
        return report
    if _started:
        lines = _lines(item.stash.get(_logs, []))
        if lines:
            report.sections.append((f"pca_mock calls, {report.when}", "\n".join(lines)))
    note = item.stash.get(_note, None) or _note_about(call, item)
    if note:
        report.sections.append(("pca_mock", note))
    return report


def _note_about(call: pytest.CallInfo[Any], item: pytest.Item) -> str | None:
    """A hint for a test that takes another fixture called `pca` for ours."""
    error = call.excinfo.value if call.excinfo is not None else None
    pca = getattr(item, "funcargs", {}).get("pca")
    if pca is None or not isinstance(error, AttributeError) or error.obj is not pca:
        return None
    from pca_mock import PcaMock

    return _OTHER_PCA.format(_short(pca)) if hasattr(PcaMock, str(error.name)) else None


def _lines(before: list[tuple[Any, int]]) -> list[str]:
    """The calls since the test began, of all mocks that ran meanwhile."""
    from pca_mock.showing import text

    lines = []
    for log in [state.log for state in _started]:
        added = next((number for other, number in before if other is log), 0)
        lines += text.report(log.since(added), _MOST_CALLS)
    return lines
