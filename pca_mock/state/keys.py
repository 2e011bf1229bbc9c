"""Where a mock's CAs get their keys from."""

from __future__ import annotations

from pca_mock.pki.algorithms import KEY_ALGORITHMS, PrivateKey


class FreshKeys:
    """Makes a new key for each CA."""

    def take(self, key_algorithm: str) -> PrivateKey:
        """A private key that no other CA of this mock has.

        Raises:
            NotSupportedByPcaMock: the installed `cryptography` cannot make such a key.
        """
        return KEY_ALGORITHMS[key_algorithm].generate()
