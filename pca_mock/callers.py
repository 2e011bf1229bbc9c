"""Who makes a call: from credentials and region to the account, the partition and the mock.

The account is, in this order: that of `as_account`; the one in the option `accounts` for the access
key; an access key that is itself an account id, as with LocalStack; the account in which moto made
the key; the mock's own. The option `account_id` is stronger than an account id for a key that is
only in the environment or in the profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from pca_mock.adapters import moto_seam
from pca_mock.service.attempts import ClientCall
from pca_mock.service.model import partition_of
from pca_mock.settings import is_account_id
from pca_mock.state import running
from pca_mock.state.calls import Caller, Origin
from pca_mock.state.events import Sender
from pca_mock.state.store import State

# Keys that neither the code under test nor the test has named.
_FROM_SURROUNDINGS: Final = ("env", "shared-credentials-file", "config-file")
_OWN_KEY: Final = "PCAMOCK-"  # no access key of AWS has a hyphen


def begin_call(
    operation: str, params: Mapping[str, Any], region: str, credentials: Any, user_agent: str = ""
) -> ClientCall | None:
    """Begin a call of a client, in the mock that answers it; None if no mock runs.

    Args:
        operation: the name on the wire, such as "IssueCertificate".
        params: the caller's parameters.
        region: of the client.
        credentials: botocore's, None where the request would not be signed.
        user_agent: the header of the request.
    """
    state = running.latest()
    access_key = access_key_of(credentials)
    account_id = own_account(access_key)
    origin: Origin = "code"
    if account_id is not None:  # a handle acts, maybe of another mock
        origin, state = "handle", running.acting_state() or state
    if state is None:
        return None
    if account_id is None:
        account_id = account_of_code(state, access_key, getattr(credentials, "method", None))
    caller = _caller(account_id, region, origin, access_key)
    return ClientCall(state, operation, params, caller, sender=_sender(user_agent))


def identify(state: State, credentials: Any, region: str) -> tuple[Caller, str | None]:
    """The caller of another service's client in the code under test, and its access key.

    Args:
        state: of the mock that answers.
        credentials: botocore's, None where the request would not be signed.
        region: of the client.
    """
    access_key = access_key_of(credentials)
    account_id = account_of_code(state, access_key, getattr(credentials, "method", None))
    return _caller(account_id, region, "code", access_key), access_key


@lru_cache(maxsize=256)
def _sender(user_agent: str) -> Sender:
    return Sender(user_agent=user_agent)


@lru_cache(maxsize=256)
def _caller(account_id: str, region: str, origin: Origin, access_key: str | None) -> Caller:
    return Caller(account_id, region, partition_of(region), origin, access_key=access_key)


def access_key_of(credentials: Any) -> str | None:
    """The access key in botocore's credentials, if it is there without fetching anything.

    Credentials that are to be refreshed show their key only after a call; that isn't made.
    """
    values = vars(credentials) if credentials is not None else {}
    key = values.get("access_key") or values.get("_access_key")
    return key if isinstance(key, str) else None


def access_key_for(account_id: str) -> str:
    """The access key of this package's own clients, which always act for one account."""
    return f"{_OWN_KEY}{account_id}"


def own_account(access_key: str | None) -> str | None:
    """The account of such an access key; None if it is another one."""
    if access_key is None or not access_key.startswith(_OWN_KEY):
        return None
    return access_key.removeprefix(_OWN_KEY)


def account_of_code(state: State, access_key: str | None, method: str | None = None) -> str:
    """The account of a call that the code under test makes.

    Args:
        state: of the mock that answers.
        access_key: None where the call isn't signed.
        method: where it comes from, in botocore's words: "explicit", "env" …
    """
    if state.acting_as:
        return state.acting_as[-1]
    if access_key is None:
        return state.account_id
    settings = state.settings
    is_overruled = settings.account_id is not None and method in _FROM_SURROUNDINGS
    return (
        settings.accounts.get(access_key)
        or (access_key if is_account_id(access_key) and not is_overruled else None)
        or moto_seam.account_of(access_key)
        or state.account_id
    )
