"""The boto3 clients through which handles act.

Making a client takes longer than anything else that a small test does. These never leave this
package, so nobody can have changed them, and they are kept for the life of the process.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pca_mock.adapters import creation
from pca_mock.adapters.own_clients import own_client
from pca_mock.callers import access_key_for
from pca_mock.service.model import partition_of, service_model
from pca_mock.state import running
from pca_mock.state.store import State

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient


class MockClient:
    """A client of one account in one region, whose calls a certain mock answers.

    It has the methods of boto3's client.
    """

    def __init__(self, state: State, account_id: str, region_name: str) -> None:
        self._state = state
        self._account_id = account_id
        self._region_name = region_name

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(**members: Any) -> Any:
            with running.acting(self._state):
                client = _client(self._account_id, self._region_name)
                return getattr(client, method)(**members)

        return call


def prepare(account_id: str = "", region_name: str | None = None) -> None:
    """Make the client of a mock's account in its region, and read the files that calls need.

    Later a test may have replaced the file system, or botocore's own functions. If it has done so
    already, what fails here fails again where it is needed.
    """
    with suppress(Exception):
        service_model()
        partition_of(region_name or creation.DEFAULT_REGION)
        _client(account_id, region_name or creation.DEFAULT_REGION)


@lru_cache(maxsize=100)
def _client(account_id: str, region_name: str) -> ACMPCAClient:
    """A client whose calls are made in the name of an account, whoever else is acting."""
    client: ACMPCAClient = own_client("acm-pca", region_name, access_key_for(account_id))
    return client
