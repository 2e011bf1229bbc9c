"""Client creation: credentials and region of the clients of `acm-pca` that are made during a mock.

botocore asks a chain of providers for credentials: some run programs, others call STS, SSO or the
metadata service of an instance, and the session keeps their answers. A client of `acm-pca` that
is made while a mock runs gets only keys that need no asking: those in arguments, in
the session, in the environment or in the profile, else dummies. A copy of the session makes it, so
that the session keeps nothing of this. Clients of other services are made as usual.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

import botocore.credentials

from pca_mock.adapters import imports, intercept
from pca_mock.state import running

DEFAULT_REGION: Final = "us-east-1"
DUMMY_ACCESS_KEY: Final = "PCAMOCKDUMMYACCESSKEY"
DUMMY_SECRET_KEY: Final = "pca_mock-dummy-secret-key"
_SERVICE: Final = "acm-pca"
# Where static credentials are: the access key, its secret, and the names of a token.
_IN_MEMORY: Final = ("access_key", "secret_key", "token")
_IN_ENVIRONMENT: Final = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
)
_IN_PROFILE: Final = tuple(name.lower() for name in _IN_ENVIRONMENT)
# In a profile that has one of these, keys of its own only serve to get others.
_SOURCES_OF_OTHER_KEYS: Final = frozenset(
    {"role_arn", "sso_session", "sso_start_url", "login_session", "web_identity_token_file"}
)


@dataclass(frozen=True, slots=True)
class StaticKeys:
    """Credentials that never change.

    Attributes:
        method: where they come from, in botocore's words: "explicit", "env" …
    """

    access_key: str = DUMMY_ACCESS_KEY
    secret_key: str = DUMMY_SECRET_KEY
    token: str | None = None
    method: str = "pca_mock"


def register() -> None:
    """Make sessions of botocore and aiobotocore create clients of `acm-pca` without asking anybody.

    It holds for good, for the sessions that exist and for those to come, and changes nothing
    unless a mock is running.
    """
    imports.watch("botocore.session", _wrap_botocore)
    imports.watch("aiobotocore.session", _wrap_aiobotocore)


def _wrap_botocore(module: ModuleType) -> None:
    imports.wrap(module.Session, "create_client", _creating)


def _creating(original: Callable[..., Any]) -> Callable[..., Any]:
    def create_client(session: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_about_us(args, kwargs):
            return original(session, *args, **kwargs)
        if running.latest() is not None and not isinstance(session, _Offline):
            session = offline(session)
        return _reached(original(session, *args, **kwargs))

    return create_client


def _wrap_aiobotocore(module: ModuleType) -> None:  # pragma: no cover: aiobotocore pins botocore
    def creating(original: Callable[..., Any]) -> Callable[..., Any]:
        async def create_client(session: Any, *args: Any, **kwargs: Any) -> Any:
            if not _is_about_us(args, kwargs):
                return await original(session, *args, **kwargs)
            if running.latest() is not None and not isinstance(session, _Offline):
                session = _copy_of(session, _OfflineAsync, module.AioCredentials)
            return _reached(await original(session, *args, **kwargs))

        return create_client

    imports.wrap(module.AioSession, "_create_client", creating)


def _is_about_us(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool:
    return bool((args[0] if args else kwargs.get("service_name")) == _SERVICE)


def _reached(client: Any) -> Any:
    """The client, with our handlers even if its session was made without built-in ones."""
    intercept.reach(client.meta.events)
    return client


# Sessions that ask nobody


class _Offline:
    """The methods in which a copy of a session differs from the session itself."""

    _pca_mock_credentials: Any
    _pca_mock_emitter: Any

    def get_component(self, name: str) -> Any:
        if name == "event_emitter" and self._pca_mock_emitter is not None:
            return self._pca_mock_emitter
        return super().get_component(name)  # type: ignore[misc]

    def get_credentials(self) -> Any:
        return self._pca_mock_credentials

    def get_auth_token(self, **_: Any) -> None:
        """Give none: this service takes no bearer tokens, and SSO's have to be refreshed."""

    def _resolve_region_name(self, region_name: str | None, config: Any) -> Any:
        if region_name is None and getattr(config, "region_name", None) is None:
            region_name = region_of(self)
        return super()._resolve_region_name(region_name, config)  # type: ignore[misc]

    def _resolve_defaults_mode(self, *args: Any) -> Any:
        # "auto" asks the metadata service. Where that doesn't answer, it means "standard".
        mode = super()._resolve_defaults_mode(*args)  # type: ignore[misc]
        return "standard" if mode == "auto" else mode

    def _get_internal_component(self, name: str) -> Any:
        # The monitor of client-side metrics sends datagrams.
        return None if name == "monitor" else super()._get_internal_component(name)  # type: ignore[misc]


class _OfflineAsync(_Offline):  # pragma: no cover: aiobotocore
    async def get_credentials(self) -> Any:
        return self._pca_mock_credentials


_classes_of_copies: Final[dict[tuple[type, type], type]] = {}


def _class_of_copies(session_class: type, offline_class: type[_Offline]) -> Any:
    classes = (offline_class, session_class)
    if classes not in _classes_of_copies:
        _classes_of_copies[classes] = type(session_class.__name__, classes, {})
    return _classes_of_copies[classes]


def offline(session: Any, *, emitter: Any = None) -> Any:
    """A copy of one of botocore's sessions, for making clients that never ask anybody.

    Args:
        session: stays as it is.
        emitter: for the events of these clients; by default the session's.

    Raises:
        BotoCoreError: the user's configuration cannot be read, or has no such profile.
    """
    return _copy_of(session, _Offline, botocore.credentials.Credentials, emitter)


def _copy_of(
    session: Any,
    offline_class: type[_Offline],
    credentials_class: Callable[..., Any],
    emitter: Any = None,
) -> Any:
    keys = keys_of(session)
    copy = object.__new__(_class_of_copies(type(session), offline_class))
    vars(copy).update(vars(session))
    copy._pca_mock_credentials = credentials_class(
        keys.access_key, keys.secret_key, keys.token, keys.method
    )
    copy._pca_mock_emitter = emitter
    return copy


def region_of(session: Any) -> str:
    """The region of a client for which the code that makes it names none.

    It is the session's, else the mock's, else that in the environment or in the profile.

    Raises:
        BotoCoreError: the user's configuration cannot be read, or has no such profile.
    """
    state = running.latest()
    return (
        session.instance_variables().get("region")
        or (state.settings.region_name if state is not None else None)
        or _configured(session, "region")
        or DEFAULT_REGION
    )


def _configured(session: Any, name: str) -> str | None:
    """A setting in the environment or, failing that, in the profile.

    Not from the session's own store, in which a user may have put a provider that asks others.
    """
    config_name, variables, _, _ = session.session_var_map[name]
    for variable in [variables] if isinstance(variables, str) else variables or ():
        if os.environ.get(variable):
            return os.environ[variable]
    value = session.get_scoped_config().get(config_name)
    return value if isinstance(value, str) else None


def keys_of(session: Any) -> StaticKeys:
    """The keys with which a session's clients would sign, as far as nobody has to be asked.

    Raises:
        BotoCoreError: the user's configuration cannot be read, or has no such profile.
    """
    loaded = vars(session).get("_credentials")
    if loaded is not None:
        return _keys_in_memory(vars(loaded))
    if session.instance_variables().get("profile") is None and os.environ.get("AWS_ACCESS_KEY_ID"):
        return _static_keys(os.environ, _IN_ENVIRONMENT, "env")
    profile = session.get_scoped_config()
    if profile.get("aws_access_key_id") and not _SOURCES_OF_OTHER_KEYS & profile.keys():
        return _static_keys(profile, _IN_PROFILE, "shared-credentials-file")
    return StaticKeys()


def _keys_in_memory(credentials: Mapping[str, Any]) -> StaticKeys:
    """The keys of a session that has loaded its credentials.

    Of those that expire only the access key is used, to find out whose they are. Their class has
    properties of these names, which refresh them.
    """
    if isinstance(credentials.get("access_key"), str):
        return _static_keys(credentials, _IN_MEMORY, str(credentials.get("method")))
    return StaticKeys(access_key=credentials.get("_access_key") or DUMMY_ACCESS_KEY)


def _static_keys(values: Mapping[str, Any], names: tuple[str, ...], method: str) -> StaticKeys:
    access_key, secret_key, *tokens = (values.get(name) or None for name in names)
    token = next(filter(None, tokens), None)
    return StaticKeys(str(access_key), secret_key or DUMMY_SECRET_KEY, token, method)
