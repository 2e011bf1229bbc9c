"""Where CRLs and audit reports go: the object store that the service needs, as protocols."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from pca_mock.locks import new_lock

_making: Final = new_lock()


class BucketError(Exception):
    """The bucket cannot be written to."""


class BucketMissingError(BucketError):
    """There is no such bucket."""


class BucketSilentError(BucketError):
    """The endpoint of the bucket doesn't answer."""


class Content:
    """Bytes that are made when `bytes(content)` is first called, and then kept.

    Attributes:
        size: the approximate number of bytes.
    """

    __slots__ = ("_data", "_make", "size")

    def __init__(self, size: int, make: Callable[[], bytes]) -> None:
        """Remember how to make the bytes.

        Args:
            size: the approximate number of bytes that `make` returns.
            make: makes the bytes, only from values that never change, and cannot fail.
        """
        self.size = size
        self._make: Callable[[], bytes] | None = make
        self._data = b""

    def __bytes__(self) -> bytes:
        with _making:
            if self._make is not None:
                self._data = self._make()
                self._make = None
            return self._data


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object to write.

    Attributes:
        data: its bytes, or a `Content` that makes them.
        acl: a canned ACL of S3, such as "public-read"; None for that of the bucket.
    """

    bucket: str
    key: str
    data: bytes | Content
    content_type: str
    acl: str | None = None


# Objects by bucket and key, missing buckets, forbidden ones.
KeptObjects = tuple[dict[str, dict[str, bytes | Content]], frozenset[str], frozenset[str]]
# A function that is called with the outcome of a write: None, or why it failed.
Note = Callable[[BucketError | None], None]


class ObjectAccess(Protocol):
    """Questions about buckets, for use while a call is carried out."""

    def check(self, bucket: str, region: str) -> None:
        """Check that a bucket exists.

        Args:
            bucket: its name.
            region: where the CA is.

        Raises:
            BucketMissingError: there is none.
            BucketError: it is unknown whether it exists.
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
        """The access of a single call.

        A question whose answer may take long raises `MustWaitError`. The call waits, begins again,
        asks the same question, and gets the answer.
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
        """Write the published objects whose writing may take long. Never call it under a lock.

        Args:
            everything: whether to write objects, too, that can wait until somebody looks.
        """

    def keep(self) -> KeptObjects:
        """The objects in memory, for `restore`."""

    def restore(self, kept: KeptObjects) -> None:
        """Replace all objects in memory by those that were kept."""


class MustWaitError(Exception):
    """The call has to wait for somebody else: call `wait()`, then begin the call again."""

    def __init__(self, wait: Callable[[], None]) -> None:
        """Remember the function that waits; it fails only if the tester's code fails."""
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
