"""Where CRLs and audit reports go: what the service needs of an object store, whoever has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class BucketError(Exception):
    """The bucket cannot be written to."""


class BucketMissingError(BucketError):
    """There is no such bucket."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What is to be written.

    Attributes:
        acl: a canned ACL of S3, such as "public-read"; None for that of the bucket.
    """

    bucket: str
    key: str
    data: bytes
    content_type: str
    acl: str | None = None


# Objects by bucket and key, missing buckets, forbidden ones.
KeptObjects = tuple[dict[str, dict[str, bytes]], frozenset[str], frozenset[str]]


class ObjectStore(Protocol):
    """Something that keeps objects."""

    def check(self, bucket: str, region: str) -> None:
        """Look whether there is a bucket.

        Args:
            bucket: its name.
            region: where the CA is.

        Raises:
            BucketMissingError: there is none.
            BucketError: that cannot be found out.
        """

    def write(self, item: StoredObject, region: str) -> None:
        """Write an object, or write over it.

        Args:
            item: the object.
            region: where the CA is.

        Raises:
            BucketError: it cannot be written; nothing has changed.
        """

    def keep(self) -> KeptObjects:
        """What is in memory, for `restore`."""

    def restore(self, kept: KeptObjects) -> None:
        """Have exactly this in memory."""


class NoBuckets:
    """Keeps nothing, and lets everything be written: for a state without a mock around it."""

    def check(self, bucket: str, region: str) -> None:
        """Let every bucket be there."""

    def write(self, item: StoredObject, region: str) -> None:
        """Accept the object."""

    def keep(self) -> KeptObjects:
        """Nothing: there are no objects."""
        return {}, frozenset(), frozenset()

    def restore(self, kept: KeptObjects) -> None:
        """Do nothing: there are no objects."""
