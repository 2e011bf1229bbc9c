"""Where a mock's CAs get their keys from.

Making an RSA key takes longer than everything else that a test does with a CA. So keys are made on
demand, and those of a mock that has ended are used again by later ones; no two CAs that exist at
the same time share a key.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Final, Protocol

from pca_mock.pki.algorithms import KEY_ALGORITHMS, PrivateKey


class Keys(Protocol):
    """A mock's source of keys."""

    def take(self, key_algorithm: str) -> PrivateKey:
        """A private key that no other CA of any running mock has.

        Raises:
            NotSupportedByPcaMock: the installed `cryptography` cannot make such a key.
        """

    def release(self) -> None:
        """Note that the mock has ended, and with it all CAs that have its keys."""


class FreshKeys:
    """Makes a new key for each CA."""

    def take(self, key_algorithm: str) -> PrivateKey:
        """A new private key."""
        return KEY_ALGORITHMS[key_algorithm].generate()

    def release(self) -> None:
        """Forget nothing: each key was used once."""


@dataclass(slots=True)
class PooledKeys:
    """Takes keys out of the pool of the process, and puts them back when the mock has ended."""

    _taken: list[tuple[str, PrivateKey]] = field(default_factory=list)

    def take(self, key_algorithm: str) -> PrivateKey:
        """A private key of an ended mock, else a new one."""
        with _lock:
            free = _free.get(key_algorithm)
            key = free.popleft() if free else None
        if key is None:
            key = KEY_ALGORITHMS[key_algorithm].generate()
        self._taken.append((key_algorithm, key))
        return key

    def release(self) -> None:
        """Put all keys back."""
        with _lock:
            for key_algorithm, key in self._taken:
                _free.setdefault(key_algorithm, deque()).append(key)
        self._taken.clear()


_lock: Final = threading.Lock()
_free: Final[dict[str, deque[PrivateKey]]] = {}

# Values of the option `keys`.
SOURCES: Final[dict[str, type[FreshKeys | PooledKeys]]] = {"pool": PooledKeys, "fresh": FreshKeys}
