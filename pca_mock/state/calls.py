"""The log of a mock's calls, newest last."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from pca_mock.locks import new_lock
from pca_mock.notebooks import as_html
from pca_mock.structures import OnlyOnce

# How many calls are kept. Tests ask for a few; a loop that issues 100,000 certificates for none.
LIMIT: Final = 10_000
# About how many bytes the parameters of the calls that are kept may have; the latest call is always
# kept.
LARGEST: Final = 64 * 2**20
SUCCESS: Final = "success"
# Who makes a call: the code under test, or a handle or fixture of this package.
Origin = Literal["code", "handle"]
# Whose calls a filter or plan is about.
Whose = Literal["code", "handle", "any"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a call, and where.

    Attributes:
        account: that the request is signed for: 12 digits.
        region: that the request is signed for.
        partition: of the region.
        origin: "code" for the code under test, "handle" for the handles and fixtures of `pca_mock`
            and for what another service does by itself.
        invoked_by: the principal of the service that makes the call for the caller, such as
            "acm.amazonaws.com".
        access_key: that signs the request, if it is known.
    """

    account: str
    region: str
    partition: str
    origin: Origin = "code"
    invoked_by: str | None = None
    access_key: str | None = field(default=None, repr=False, compare=False)

    @property
    def arn(self) -> str:
        """The caller as AWS's messages name it."""
        return f"arn:{self.partition}:iam::{self.account}:root"


class Call(NamedTuple):
    """A call of a client, with all its attempts.

    Attributes:
        operation: the name on the wire, such as "IssueCertificate".
        params: a copy of the caller's parameters.
        caller: account, region, partition and origin.
        time: when it began, by the mock's clock: UTC.
        outcome: "success", or the error code, or the class of botocore's exception.
        message: of the error; None after a success.
        retries: how many further attempts botocore made.
        request_id: as in the ResponseMetadata.
        hint: where the CA is that wasn't found, if it is anywhere; AWS's message doesn't show it.
    """

    operation: str
    params: Mapping[str, Any]
    caller: Caller
    time: datetime
    outcome: str
    message: str | None
    retries: int
    request_id: str
    hint: str | None = None

    @property
    def origin(self) -> Origin:
        """Who made it: "code" or "handle". See `Caller`."""
        return self.caller.origin

    def _repr_html_(self) -> str:
        return as_html(self)


KeptCalls = tuple[tuple[Call, ...], int]


@dataclass(slots=True)
class Log(OnlyOnce):
    """The latest calls of a mock.

    Attributes:
        latest: oldest first.
        total: how many there have been since the log was empty.
        added: how many have been noted in all, even if the log was cleared since.
        pauses: how many reasons there are to note none.
    """

    latest: deque[Call] = field(default_factory=deque)
    total: int = 0
    added: int = 0
    pauses: int = 0
    _added_before: int = 0  # the calls that `latest` was replaced with
    _sizes: deque[int] = field(default_factory=deque)  # of these calls
    _size: int = 0  # of all of them
    _lock: threading.Lock = field(default_factory=new_lock, repr=False)

    def add(self, call: Call, *, instead_of: Call | None = None) -> None:
        """Note a call that has ended.

        Args:
            call: the call.
            instead_of: the call that was noted after the attempt before, if there was one.
        """
        if self.pauses:
            return
        with self._lock:
            if instead_of is not None and self._replace(instead_of, call):
                return
            self._append(call)
            self.total += 1
            self.added += 1

    def _append(self, call: Call) -> None:
        size = size_of(call.params) + len(call.message or "")
        self.latest.append(call)
        self._sizes.append(size)
        self._size += size
        while len(self.latest) > LIMIT or (self._size > LARGEST and len(self.latest) > 1):
            self.latest.popleft()
            self._size -= self._sizes.popleft()

    def _replace(self, former: Call, call: Call) -> bool:
        for index in range(len(self.latest) - 1, -1, -1):
            if self.latest[index] is former:
                self.latest[index] = call
                return True
        return False

    def since(self, added: int) -> list[Call]:
        """The calls that were noted after a number of others, and are still here."""
        number = self.added - max(added, self._added_before)
        return list(self.latest)[-number:] if number else []

    def keep(self) -> KeptCalls:
        """The calls, and how many there have been, for `restore`."""
        return tuple(self.latest), self.total

    def restore(self, kept: KeptCalls) -> None:
        """Replace all calls by those that were kept."""
        calls, total = kept
        with self._lock:
            self.latest, self._sizes, self._size = deque(), deque(), 0
            for call in calls:
                self._append(call)
            self.total = total
            self._added_before = self.added


def size_of(params: Mapping[str, Any]) -> int:
    """About how many bytes parameters have, of which there is a copy that isn't nested deeply."""
    size = 0
    for value in params.values():
        if isinstance(value, (str, bytes, bytearray)):
            size += len(value)
        elif isinstance(value, dict):
            size += size_of(value)
        elif isinstance(value, (list, tuple)):
            size += sum(size_of({"": item}) for item in value)
        elif isinstance(value, memoryview):
            size += value.nbytes
    return size


def is_meant(origin: Origin, whose: Whose) -> bool:
    """Whether a choice of origins includes this one."""
    return whose in ("any", origin)
