"""Objects on their way to moto's S3 or an S3 endpoint: which wait, how long, and who sends them.

The rule for waiting is in `pca_mock.service.publishing`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, NamedTuple

from pca_mock.locks import new_lock, new_rlock
from pca_mock.state.buckets import BucketError, Note, StoredObject

# Up to this size, or having grown by this share, an object is written without waiting for a look.
_SMALL: Final = 32 * 1024  # bytes
_GROWTH: Final = 0.1


class _Thread(threading.local):
    has_added = False  # whether this thread has added something since it sent


_Place = tuple[str, str]  # bucket, key


class _Parcel(NamedTuple):
    item: StoredObject
    region: str
    note: Note
    can_wait: bool


class Outgoing:
    """Published objects that are not written yet: for each place, the latest one."""

    def __init__(self, put: Callable[[StoredObject, str], None]) -> None:
        """Start without objects.

        Args:
            put: writes an object, and raises BucketError where it cannot be written.
        """
        self._put = put
        self._parcels: dict[_Place, _Parcel] = {}
        self._sizes: dict[_Place, int] = {}  # as they were written last
        self._lock = new_lock()
        self._sending = new_rlock()  # a later object is not overwritten by an earlier one
        self._thread = _Thread()

    def can_wait(self, item: StoredObject) -> bool:
        """Whether nobody needs to see the object before somebody looks."""
        size, last = _size(item), self._sizes.get(_place(item))
        return last is not None and size > _SMALL and last < size < last * (1 + _GROWTH)

    def add(self, item: StoredObject, region: str, note: Note) -> None:
        """Take an object, in place of an earlier one that has not been sent."""
        with self._lock:
            self._parcels[_place(item)] = _Parcel(item, region, note, self.can_wait(item))
        self._thread.has_added = True

    def note_written(self, item: StoredObject) -> None:
        """Note that an object was written by somebody else."""
        with self._lock:
            self._parcels.pop(_place(item), None)
            self._sizes[_place(item)] = _size(item)

    def send(self, *, everything: bool) -> None:
        """Write the objects.

        Args:
            everything: whether to write also objects that can wait, or that other threads added.
        """
        if not everything and not self._thread.has_added:
            return  # other threads wait for these objects
        self._thread.has_added = False
        while self._parcels:
            with self._sending:
                parcel = self._take(everything)
                if parcel is None:
                    return
                error = self._send(parcel)
            # Not while others cannot send: it takes the mock's lock.
            parcel.note(error)

    def _take(self, everything: bool) -> _Parcel | None:
        with self._lock:
            for place, parcel in self._parcels.items():
                if everything or not parcel.can_wait:
                    return self._parcels.pop(place)
        return None

    def _send(self, parcel: _Parcel) -> BucketError | None:
        place = _place(parcel.item)
        try:
            self._put(parcel.item, parcel.region)
        except BucketError as error:
            return error
        except BaseException:  # the tester's own, or an interrupt: somebody may try again
            with self._lock:
                self._parcels.setdefault(place, parcel)
            raise
        with self._lock:
            self._sizes[place] = _size(parcel.item)
        return None


def _place(item: StoredObject) -> _Place:
    return item.bucket, item.key


def _size(item: StoredObject) -> int:
    return len(item.data) if isinstance(item.data, bytes) else item.data.size
