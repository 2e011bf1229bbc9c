"""Clients that this package makes itself.

A test may have replaced `boto3.client`, botocore's methods or the default session, or have hooks on
it. None of that affects these clients: the methods are those that botocore had when this module
was imported, and the event handlers those of a session that nobody else knows.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from typing import Any, Final

import botocore.client
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from pca_mock.adapters import creation
from pca_mock.service import model
from pca_mock.state import running

_Session: Final = botocore.session.Session
_create_client: Final = _Session.create_client
_BaseClient: Final = botocore.client.BaseClient
_make_api_call: Final = botocore.client.BaseClient._make_api_call
# The clients of handles aren't configured by anything outside, and never leave this package.
_CONFIG: Final = Config(
    retries={"mode": "standard", "total_max_attempts": 3}, ignore_configured_endpoint_urls=True
)


def own_client(service_name: str, region_name: str, access_key: str, **kwargs: Any) -> Any:
    """A client that depends on nothing in the environment, in files or in the default session.

    Args:
        service_name: as botocore names it, such as "s3".
        region_name: of the client.
        access_key: of the client.
        kwargs: further arguments of `create_client`, such as `config`.

    Raises:
        RuntimeError: a test has replaced what makes clients in botocore.
    """
    kwargs.setdefault("config", _CONFIG)
    kwargs.setdefault("aws_secret_access_key", creation.DUMMY_SECRET_KEY)
    client = _create_client(
        _session_without_configuration(),
        service_name,
        region_name=region_name,
        aws_access_key_id=access_key,
        **kwargs,
    )
    if not isinstance(client, _BaseClient):
        raise RuntimeError(
            f"pca_mock needs a client of {service_name} in {region_name} here, but what makes "
            "clients in botocore has been replaced, and gives something else: begin this later, or "
            "use the handles of this account and region before"
        )
    return client


def users_client(service_name: str, **kwargs: Any) -> Any:
    """A client like the user's own, with the configuration of the default session or outside.

    Args:
        service_name: as botocore names it.
        kwargs: of `boto3.client`.

    Raises:
        BotoCoreError: the user's configuration cannot be read, or has no such profile.
    """
    session = creation.offline(
        users_session(), emitter=_session_without_configuration().get_component("event_emitter")
    )
    return _create_client(session, service_name, **kwargs)


def users_session() -> Any:
    """Botocore's session in boto3's default session, or one of our own that resembles it."""
    default = getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)
    session = getattr(default, "_session", None)
    return session if isinstance(session, _Session) else _session_like_the_default_one()


def default_region() -> str:
    """The region of a client for which the code names none."""
    try:
        return creation.region_of(users_session())
    except BotoCoreError:  # the configuration is broken
        state = running.latest()
        return (state.settings.region_name if state else None) or creation.DEFAULT_REGION


def default_keys() -> creation.StaticKeys:
    """The keys of a client to which the code gives none, if there are some that need no asking."""
    try:
        return creation.keys_of(users_session())
    except BotoCoreError:  # the configuration is broken
        return creation.StaticKeys()


@lru_cache(maxsize=1)
def _session_without_configuration() -> Any:
    variables: dict[str, tuple[None, None, Any, Any]] = {
        name: (None, None, default, convert)
        for name, (_, _, default, convert) in _Session.SESSION_VARIABLES.items()
    }
    for file in ("config_file", "credentials_file"):
        variables[file] = (None, None, os.devnull, None)
    session = _Session(session_vars=variables)
    session.register_component("data_loader", model.loader())  # which has read the service's model
    session.register("creating-client-class", _keep_method)
    return session


def _keep_method(class_attributes: dict[str, Any], **_: Any) -> None:
    """`creating-client-class`: put botocore's own method before one that a test has put there."""
    class_attributes["_make_api_call"] = _make_api_call


@lru_cache(maxsize=1)
def _new_session() -> Any:
    return _Session()


def _session_like_the_default_one() -> Any:
    """A session that reads the user's files again."""
    session = _new_session()
    session._config = session._profile = session._profile_map = None
    return session
