"""Where a mock's CAs get their keys from.

Making an RSA key takes longer than everything else that a test does with a CA. So keys are made on
demand, and those of a mock that has ended are used again by later ones; no two CAs that exist at
the same time share a key.
"""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass, field
from random import Random
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
        """Note that all CAs that have these keys are gone, as the mock has ended."""

    def keep(self) -> None:
        """Never give the keys that were taken so far to anybody else: a snapshot has them."""


class FreshKeys:
    """Makes a new key for each CA."""

    def take(self, key_algorithm: str) -> PrivateKey:
        """A new private key."""
        return KEY_ALGORITHMS[key_algorithm].generate()

    def release(self) -> None:
        """Do nothing: each key was used once."""

    def keep(self) -> None:
        """Do nothing: each key was used once."""


@dataclass(slots=True)
class PooledKeys:
    """Takes keys out of the pool of the process, and puts them back when the mock has ended."""

    _taken: list[tuple[str, PrivateKey]] = field(default_factory=list)

    def take(self, key_algorithm: str) -> PrivateKey:
        """A private key of an ended mock, else a new one."""
        try:
            key = _free[key_algorithm].popleft()
        except (KeyError, IndexError):  # there is none
            key = KEY_ALGORITHMS[key_algorithm].generate()
        self._taken.append((key_algorithm, key))
        return key

    def release(self) -> None:
        """Put all keys back."""
        while self._taken:  # one by one: an interrupt must not make one free twice
            key_algorithm, key = self._taken.pop()
            _free.setdefault(key_algorithm, deque()).append(key)

    def keep(self) -> None:
        """Leave the keys that were taken so far out of the pool for good."""
        self._taken.clear()


class SeededKeys:
    """Derives keys from a seed, and takes keys from another source where that is impossible."""

    def __init__(self, source: Keys, random: Random) -> None:
        """Take RSA keys from `source`, and the others out of `random`."""
        self._source = source
        self._random = random

    def take(self, key_algorithm: str) -> PrivateKey:
        """A private key. The same seed gives the same keys in the same order, except RSA keys."""
        derive = KEY_ALGORITHMS[key_algorithm].derive
        return self._source.take(key_algorithm) if derive is None else derive(self._random)

    def release(self) -> None:
        """Pass this on to the other source."""
        self._source.release()

    def keep(self) -> None:
        """Pass this on to the other source."""
        self._source.keep()


# Dicts and deques are safe in threads without a lock, which an interrupted or forked process could
# leave locked.
_free: Final[dict[str, deque[PrivateKey]]] = {}
if hasattr(os, "register_at_fork"):  # pragma: no branch: not on Windows
    os.register_at_fork(after_in_child=_free.clear)  # the parent has these keys

# Values of the option `keys`.
SOURCES: Final[dict[str, type[FreshKeys | PooledKeys]]] = {"pool": PooledKeys, "fresh": FreshKeys}
