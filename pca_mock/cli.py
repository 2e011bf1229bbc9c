"""`python -m pca_mock`: serve a mock on its own, for programs in any language."""

from __future__ import annotations

import argparse
import ipaddress
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from pca_mock.mock import mock_pca
from pca_mock.settings import ini_options, read_option

_PORT: Final = 8400
_DESCRIPTION: Final = """\
Serve a mock of AWS Private CA (acm-pca) over HTTP. Point an SDK or the AWS CLI at it with
AWS_ENDPOINT_URL_ACM_PCA or --endpoint-url; any credentials will do. Keys and certificates that it
makes are only for tests."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM.

    Args:
        arguments: of the command line; by default this process's.

    Returns:
        The exit status: 0, or 2 if the server cannot be started as asked.
    """
    parser = _parser()
    options = vars(parser.parse_args(arguments))
    try:
        from pca_mock.server import seeding, serving
        from pca_mock.server.persistence import StateFile, StateFileError
    except ModuleNotFoundError as error:
        parser.error(f"{error}: install the extra, pip install 'pca_mock[server]'")
    mock_options = {name: options[name] for name in ini_options() if options.get(name) is not None}
    stopped = threading.Event()
    try:
        with ExitStack() as stack:
            for number in (signal.SIGINT, signal.SIGTERM):  # before there is anything to clean up
                former = signal.signal(number, lambda *_: stopped.set())
                stack.callback(signal.signal, number, former)
            pca = stack.enter_context(mock_pca(**mock_options))
            state = pca._state
            if options["state"] is not None:
                stack.callback(StateFile(options["state"], state).close)
            if options["seed_file"] is not None and not pca.authorities:
                seeding.plant(pca, options["seed_file"])
            served = stack.enter_context(
                serving.serve(
                    pca,
                    state,
                    options["host"],
                    options["port"],
                    tls=options["tls"],
                    secret_keys=dict(options["access_key"]) or None,
                    note=None if options["quiet"] else _say,
                )
            )
            if not _is_loopback(options["host"]):
                _say(
                    f"Everybody who can reach {options['host']} can use and control this server, "
                    "and read the keys of its CAs."
                )
            if served.ca_bundle is not None:
                _say(f"AWS_CA_BUNDLE={served.ca_bundle}")
            _say(f"AWS_ENDPOINT_URL_ACM_PCA={served.url}")
            _say("Ready.")
            while not stopped.wait(1):  # with a timeout: else Windows delivers no signal
                pass  # pragma: no cover: only after a second
    except (OSError, StateFileError, TypeError, ValueError) as error:
        parser.error(str(error))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("pca_mock", description=_DESCRIPTION)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=_PORT, help=f"0 for a free one ({_PORT})")
    parser.add_argument("--tls", action="store_true", help="use HTTPS, with a root of its own")
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="keep the state in this SQLite file"
    )
    parser.add_argument(
        "--seed-file",
        type=Path,
        metavar="FILE",
        help="CAs and certificates to start with (TOML), where the state has none",
    )
    parser.add_argument(
        "--access-key",
        type=_access_key,
        action="append",
        default=[],
        metavar="ID:SECRET",
        help="check signatures: only requests signed with one of these keys are answered",
    )
    parser.add_argument("--quiet", action="store_true", help="print no line for each call")
    for name, text in ini_options().items():
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            dest=name,
            type=_reader(name),
            metavar="VALUE",
            help=text.replace("%", "%%"),
        )
    return parser


def _reader(name: str) -> Any:
    def read(text: str) -> Any:
        return read_option(name, text)

    read.__name__ = name  # argparse names it in its messages
    return read


def _access_key(text: str) -> tuple[str, str]:
    access_key, colon, secret_key = text.partition(":")
    if not colon:
        raise argparse.ArgumentTypeError("an access key is ID:SECRET")
    return access_key, secret_key


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
