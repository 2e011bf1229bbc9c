"""Fills in what botocore needs and the environment lacks, and takes it out again.

Without credentials botocore asks the instance metadata service, over the network; without a
region it makes no client. What a user has configured stays as it is.
"""

from __future__ import annotations

import configparser
import os
import sys
import threading
from typing import Any, Final

from pca_mock.state import running

DUMMY_ACCESS_KEY: Final = "PCAMOCKDUMMYACCESSKEY"
_DUMMY_CREDENTIALS: Final = {
    "AWS_ACCESS_KEY_ID": DUMMY_ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": "pca_mock-dummy-secret-key",
}
_DEFAULT_REGION: Final = {"AWS_DEFAULT_REGION": "us-east-1"}
_NO_METADATA_SERVICE: Final = {"AWS_EC2_METADATA_DISABLED": "true"}
# What a profile has that can give credentials of some kind.
_CREDENTIAL_KEYS: Final = {
    "aws_access_key_id",
    "role_arn",
    "sso_session",
    "sso_start_url",
    "credential_process",
    "web_identity_token_file",
    "login_session",
}

_lock = threading.Lock()
_is_filled = False
# What was filled in, with what was there before.
_filled: dict[str, tuple[str, str | None]] = {}


def adjust() -> None:
    """Fill in what is missing while a mock runs, and take it out again when none does."""
    with _lock:
        is_needed = running.latest() is not None
        if is_needed and not _is_filled:
            _fill()
        elif _is_filled and not is_needed:
            _restore()


def _fill() -> None:
    global _is_filled, _filled
    missing = _missing()
    _filled = {name: (value, os.environ.get(name)) for name, value in missing.items()}
    os.environ.update(missing)
    _is_filled = True


def _restore() -> None:
    """Take out what was filled in and hasn't been changed since."""
    global _is_filled
    _is_filled = False
    for name, (value, former) in _filled.items():
        if os.environ.get(name) == value:
            if former is None:
                del os.environ[name]
            else:
                os.environ[name] = former
    _forget_credentials()
    _filled.clear()


def _missing() -> dict[str, str]:
    profile = _profile()
    missing: dict[str, str] = {}
    if not os.environ.get("AWS_ACCESS_KEY_ID") and not _CREDENTIAL_KEYS & profile.keys():
        missing |= _DUMMY_CREDENTIALS
    if not os.environ.get("AWS_DEFAULT_REGION") and "region" not in profile:
        missing |= _DEFAULT_REGION
    if not os.environ.get("AWS_EC2_METADATA_DISABLED"):
        missing |= _NO_METADATA_SERVICE
    return missing


def _profile() -> dict[str, str]:
    """The settings of the profile in use, from botocore's two files."""
    name = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
    settings: dict[str, str] = {}
    for variable, path in (
        ("AWS_CONFIG_FILE", "~/.aws/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    ):
        file = os.path.expanduser(os.environ.get(variable) or path)
        if not os.path.isfile(file):
            continue
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read(file)
        except (configparser.Error, UnicodeDecodeError):
            continue  # botocore will say so when it reads it
        for section in (name, f"profile {name}"):
            if parser.has_section(section):
                settings.update(parser.items(section))
    return settings


def _default_session() -> Any:
    return getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)


def _forget_credentials() -> None:
    """boto3's default session must not keep the dummy credentials that it found meanwhile."""
    session = _default_session()
    if session is None:
        return
    credentials = session._session._credentials
    if credentials is not None and credentials.access_key == DUMMY_ACCESS_KEY:
        session._session._credentials = None
