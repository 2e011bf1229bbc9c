"""Python in a process of its own, with an environment that has nothing of the user's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

import pytest
from coverage import Coverage

# Put before every script: whatever it does, it reaches nothing but loopback.
_GUARD = """
import socket as _socket
_connect = _socket.socket.connect
_internet = (_socket.AF_INET, _socket.AF_INET6)
def _guarded(self, address):
    if self.family in _internet and address[0] not in ("127.0.0.1", "::1"):
        raise AssertionError(f"network access: {address}")
    return _connect(self, address)
_socket.socket.connect = _guarded
"""
_LONGEST: Final = 120  # seconds that a process may take
_CRASHED: Final = 99  # exit code of a fork
_SUITES: Final = Path(__file__).with_name("programs") / "suites"
_QUIET: Final = ("-p", "no:cacheprovider", "--tb=native")  # the usual one looks at all modules
# The fork has imported the plugin: pytest before 8.4 minds.
_IN_A_FORK: Final = ("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning")
# Where Python may not write bytecode, each process would compile all of its modules again.
_BYTECODE = tempfile.TemporaryDirectory() if sys.dont_write_bytecode else None


def clean_environment(home: Path, **variables: str) -> dict[str, str]:
    """No credentials, no region, no configuration; HOME is an empty folder."""
    if _BYTECODE is not None:
        variables = {"PYTHONPYCACHEPREFIX": _BYTECODE.name, **variables}
        variables["PYTHONDONTWRITEBYTECODE"] = ""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "PYTEST")) and name not in ("HOME", "PYTHONPATH")
    }
    return {**kept, "HOME": str(home), **variables}


def run(script: str, home: Path, **variables: str) -> str:
    """Run a script with `-W error`; return its output. It must succeed."""
    command = [sys.executable, "-W", "error", "-c", _GUARD + textwrap.dedent(script)]
    result = _run(command, home, variables)
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
    return result.stdout


def run_pytest(
    files: dict[str, str], home: Path, *arguments: str, **variables: str
) -> tuple[int, str]:
    """Run pytest on files in a process of its own: (exit code, what it printed).

    It costs a second: whatever doesn't depend on what has been imported is for `pytest_outcome`.

    Args:
        files: their texts, by name.
        home: the folder for them.
        arguments: of the command line.
        variables: more of them, for the environment.
    """
    _write(files, home)
    command = [sys.executable, "-m", "pytest", "-W", "error", *_QUIET, *arguments]
    result = _run(command, home, variables)
    return result.returncode, result.stdout + result.stderr


def _run(
    command: list[str], home: Path, variables: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=home,
        env=clean_environment(home, **variables),
        capture_output=True,
        text=True,
        timeout=_LONGEST,
        check=False,
    )


def program(name: str) -> str:
    """The text of one of the suites that tests run with pytest."""
    return (_SUITES / name).read_text(encoding="utf-8")


def _write(files: dict[str, str], folder: Path) -> None:
    for name, text in {"calling.py": program("calling.py"), **files}.items():
        (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")


def pytest_outcome(
    files: dict[str, str], home: Path, *arguments: str, **variables: str
) -> tuple[int, str]:
    """Run pytest on files in a fork of this process: (exit code, what it printed).

    The fork has imported all that takes long. By default its pytest has only this plugin. See
    `run_pytest` for the arguments.
    """
    _write(files, home)
    only_ours = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "pca_mock.pytest_plugin"}
    command = ["-W", "error", *_IN_A_FORK, *_QUIET, *arguments]
    return in_a_fork(lambda: pytest.main(command), home, **(only_ours | variables))


def in_a_fork(act: Callable[[], int], home: Path, **variables: str) -> tuple[int, str]:
    """Call a function in a fork of this process: (its result, what it printed).

    Args:
        act: the function; its result becomes the exit code.
        home: the current folder; Python also looks there for modules.
        variables: more of them, for the environment.
    """
    environment = clean_environment(home, **variables)
    with tempfile.TemporaryFile() as output:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of other threads, which sleep
            process = os.fork()
        if process == 0:
            _be_the_fork(act, home, environment, output)
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        output.seek(0)
        return code, output.read().decode()


def _be_the_fork(
    act: Callable[[], int], folder: Path, environment: dict[str, str], output: BinaryIO
) -> NoReturn:
    code = _CRASHED
    try:
        for descriptor in (1, 2):
            os.dup2(output.fileno(), descriptor)
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115 - until the process ends
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        sys.path.insert(0, str(folder))
        signal.alarm(_LONGEST)
        code = act()
        sys.stdout.flush()
        measuring = Coverage.current()
        if measuring is not None:
            measuring.save()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def passed(files: dict[str, str], home: Path, *arguments: str, **variables: str) -> str:
    """The same, which must succeed: what it printed."""
    code, output = pytest_outcome(files, home, *arguments, **variables)
    assert code == pytest.ExitCode.OK, output
    return output
