"""Which account a call is made for: asked of the credentials that would have signed it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Final

_OWN_KEY: Final = "PCAMOCK-"  # no access key of AWS has a hyphen


def access_key_of(credentials: Any) -> str | None:
    """The access key in botocore's credentials, if it is there without fetching anything.

    Credentials that are to be refreshed show their key only after a call; that isn't made.
    """
    values = vars(credentials) if credentials is not None else {}
    key = values.get("access_key") or values.get("_access_key")
    return key if isinstance(key, str) else None


def access_key_for(account_id: str) -> str:
    """The access key of clients that are this package's own, and always act for one account."""
    return f"{_OWN_KEY}{account_id}"


def own_account(access_key: str | None) -> str | None:
    """The account of such an access key; None if it is another one."""
    if access_key is None or not access_key.startswith(_OWN_KEY):
        return None
    return access_key.removeprefix(_OWN_KEY)


def account_of(access_key: str | None, accounts: Mapping[str, str], default: str) -> str:
    """The account of an access key.

    Args:
        access_key: None where a call isn't signed.
        accounts: accounts by access key, as the user has set them.
        default: the account of all other keys, but for those that moto's IAM or STS made.
    """
    if access_key is None:
        return default
    return accounts.get(access_key) or _account_in_moto(access_key) or default


def _account_in_moto(access_key: str) -> str | None:
    """The account in which moto made the key, where moto is in use."""
    models = sys.modules.get("moto.iam.models")
    if models is None:
        return None
    for account_id, partitions in list(models.iam_backends.items()):
        if any(access_key in backend.access_keys for backend in list(partitions.values())):
            return str(account_id)
    return None
