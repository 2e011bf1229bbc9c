"""The pytest plugin of pca_mock: fixtures, the marker `pca`, ini options, calls of failed tests.

Importing it imports nothing that pytest hasn't: neither boto3, botocore, cryptography nor wrapt
(which has post-import hooks of its own, but brings asyncio along).
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import pytest

from pca_mock.adapters import imports
from pca_mock.settings import ini_options, read_option

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


_MARKER: Final = "pca"
_MOST_CALLS: Final = 50  # of a failed test that are shown
_logs: Final = pytest.StashKey[list[tuple[Any, int]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini options: those of `mock_pca`, with "pca_" in front."""
    for name, text in ini_options().items():
        parser.addini(f"pca_{name}", f"pca_mock: {text}")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and check the ini options."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(**options): run the test in a mock of AWS Private CA with these options of "
        "mock_pca, which count before those of the ini file.",
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


def pytest_report_header(config: pytest.Config) -> str:
    """Say which options the mocks of the fixture `pca` have."""
    options = _ini_options(config)
    shown = ", ".join(f"{name}={value}" for name, value in options.items())
    return f"pca_mock: {shown or 'default options'}"


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let a marked test have the fixture, whether it asks for it or not."""
    names: list[str] | None = getattr(item, "fixturenames", None)
    if names is not None and "pca" not in names and item.get_closest_marker(_MARKER):
        # Not in place: other parameters of the same function have the same list.
        item.fixturenames = ["pca", *names]  # type: ignore[attr-defined]


@pytest.fixture
def pca(request: pytest.FixtureRequest) -> Iterator[PcaMock]:
    """A fresh mock of AWS Private CA that runs during the test."""
    from pca_mock import mock_pca

    options = _ini_options(request.config)
    for marker in reversed(list(request.node.iter_markers(_MARKER))):
        if marker.args:
            pytest.fail(f"@pytest.mark.{_MARKER} takes keyword arguments alone", pytrace=False)
        options |= marker.kwargs
    try:
        mock = mock_pca(**options)
    except (TypeError, ValueError) as error:
        pytest.fail(f"options of the fixture {_MARKER}: {error}", pytrace=False)
    with mock as running:
        yield running


@pytest.fixture
def pca_client(pca: PcaMock) -> ACMPCAClient:
    """A boto3 client of `acm-pca`, answered by `pca`."""
    return pca.client()


@pytest.fixture
def pca_endpoint(pca: PcaMock) -> Iterator[str]:
    """The URL at which `pca` is served, for subprocesses: see `pca.environment()`."""
    with pca.serve() as url:
        yield url


@pytest.fixture
def pca_root_ca(pca: PcaMock) -> Authority:
    """An active root CA in `pca`. The calls that make it are not in the log."""
    with pca.calls.paused():
        return pca.create_root_ca("Example Root CA")


@pytest.fixture
def pca_issuing_ca(pca: PcaMock, pca_root_ca: Authority) -> Authority:
    """An active CA below `pca_root_ca`, which issues to servers and clients alone."""
    with pca.calls.paused():
        return pca_root_ca.create_subordinate_ca("Example Issuing CA", path_length=0)


# What a failed test has called


def pytest_runtest_logstart() -> None:
    """Forget the mocks of earlier tests, except those that still run."""
    if _started:
        from pca_mock.state import running

        _started[:] = [state for state in _started if running.is_running(state)]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note what the mocks that run already have been called for."""
    item.stash[_logs] = [(state.log, state.log.added) for state in _started]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Add the calls of a failed test to its report."""
    report = yield
    if report.failed and _started:
        lines = _lines(item.stash.get(_logs, []))
        if lines:
            report.sections.append((f"pca_mock calls, {report.when}", "\n".join(lines)))
    return report


def _lines(before: list[tuple[Any, int]]) -> list[str]:
    """The calls since the test began, of all mocks that ran meanwhile."""
    from pca_mock.showing import text

    lines = []
    for log in [state.log for state in _started]:
        added = next((number for other, number in before if other is log), 0)
        lines += text.report(log.since(added), _MOST_CALLS)
    return lines
