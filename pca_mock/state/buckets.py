"""Where CRLs and audit reports go: what the service needs of an object store, whoever has one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

_making: Final = threading.Lock()


class BucketError(Exception):
    """The bucket cannot be written to."""


class BucketMissingError(BucketError):
    """There is no such bucket."""


class Content:
    """Bytes that are made when somebody reads them first: `bytes(content)`, the same ever after.

    Attributes:
        size: about how many bytes they are.
    """

    __slots__ = ("_made", "_make", "size")

    def __init__(self, size: int, make: Callable[[], bytes]) -> None:
        """Begin unmade.

        Args:
            size: about how many bytes `make` returns.
            make: depends only on what never changes, and cannot fail.
        """
        self.size = size
        self._make: Callable[[], bytes] | None = make
        self._made = b""

    def __bytes__(self) -> bytes:
        with _making:
            if self._make is not None:
                self._made = self._make()
                self._make = None
            return self._made


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What is to be written.

    Attributes:
        data: bytes, or what becomes bytes.
        acl: a canned ACL of S3, such as "public-read"; None for that of the bucket.
    """

    bucket: str
    key: str
    data: bytes | Content
    content_type: str
    acl: str | None = None


# Objects by bucket and key, missing buckets, forbidden ones.
KeptObjects = tuple[dict[str, dict[str, bytes | Content]], frozenset[str], frozenset[str]]
# What is called with the outcome of a write: None, or why it failed.
Note = Callable[[BucketError | None], None]


class ObjectAccess(Protocol):
    """What can be asked while a call is carried out."""

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
        """Write an object, or write over it, at once.

        Args:
            item: the object.
            region: where the CA is.

        Raises:
            BucketError: it cannot be written; nothing has changed.
        """


class ObjectStore(ObjectAccess, Protocol):
    """Something that keeps objects."""

    def for_a_call(self) -> ObjectAccess:
        """What a single call asks.

        Where an answer may take long, it raises `MustWaitError` when something is asked first, and
        answers when that has been waited for and the same is asked again.
        """

    def note_look(self) -> None:
        """Note that a botocore client calls S3, maybe to look into a bucket or to change it."""

    def publish(self, item: StoredObject, region: str, note: Note) -> None:
        """Write an object now or later.

        Args:
            item: the object. One with the same name that has not been written yet is forgotten.
            region: where the CA is.
            note: called with the outcome, maybe in another thread.
        """

    def send(self, *, everything: bool) -> None:
        """Write what has been published and may take long. Not to be called under a lock.

        Args:
            everything: also what can wait until somebody looks.
        """

    def keep(self) -> KeptObjects:
        """What is in memory, for `restore`."""

    def restore(self, kept: KeptObjects) -> None:
        """Have exactly this in memory."""


class MustWaitError(Exception):
    """The call has to wait for somebody else first: `wait()`, and begin it again."""

    def __init__(self, wait: Callable[[], None]) -> None:
        """Begin with what waits; it fails only if code of the tester's does."""
        super().__init__()
        self.wait = wait


class NoBuckets:
    """Keeps nothing, and accepts everything: for a state without a mock around it."""

    def check(self, bucket: str, region: str) -> None:
        """Find every bucket."""

    def write(self, item: StoredObject, region: str) -> None:
        """Accept the object."""

    def for_a_call(self) -> ObjectAccess:
        """Answer at once."""
        return self

    def note_look(self) -> None:
        """Do nothing: there is nothing to be looked at."""

    def publish(self, item: StoredObject, region: str, note: Note) -> None:
        """Accept the object at once."""
        note(None)

    def send(self, *, everything: bool) -> None:
        """Do nothing: everything is written at once."""

    def keep(self) -> KeptObjects:
        """Nothing: there are no objects."""
        return {}, frozenset(), frozenset()

    def restore(self, kept: KeptObjects) -> None:
        """Do nothing: there are no objects."""
