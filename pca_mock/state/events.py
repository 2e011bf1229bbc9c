"""What has happened in a mock, as far as AWS reports it to other services: compact records.

Each of them becomes one or more events of EventBridge and records of CloudTrail, when somebody
looks. So a call costs little more than an entry in a list.
"""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from pca_mock.arns import AuthorityArn, CertificateArn
from pca_mock.locks import new_lock
from pca_mock.state.authority import IssuedCertificate
from pca_mock.state.calls import LARGEST, LIMIT, Caller, size_of
from pca_mock.structures import OnlyOnce


class Sender(NamedTuple):
    """The program that sends a request.

    Attributes:
        address: its IP address.
        user_agent: the header; "" for a request without one.
    """

    address: str = "127.0.0.1"
    user_agent: str = ""


UNKNOWN_SENDER: Final = Sender()


class Principal(NamedTuple):
    """A user or a role's session that an access key belongs to.

    Attributes:
        arn: as AWS's messages have it.
        principal_id: the unique id.
        issuer_arn: the role's ARN; None for a user.
        user_name: None for a role.
    """

    arn: str
    principal_id: str
    issuer_arn: str | None = None
    user_name: str | None = None


class ApiCall(NamedTuple):
    """A request, as far as it has reached AWS.

    Attributes:
        params: the caller's parameters.
        response: the members that CloudTrail records, if there are any.
        error_code, error_message: None after a success.
    """

    operation: str
    params: Mapping[str, Any]
    caller: Caller
    sender: Sender
    request_id: str
    response: Mapping[str, Any] | None = None
    error_code: str | None = None
    error_message: str | None = None


class Creation(NamedTuple):
    """The creation of a CA has ended."""

    arn: AuthorityArn
    failure: str | None = None


class Issuance(NamedTuple):
    """The issuance of a certificate has ended.

    Attributes:
        arn: of the CA.
        signing_algorithm: by its name in the API.
        requested_by: who has asked for it.
    """

    arn: AuthorityArn
    certificate: IssuedCertificate
    signing_algorithm: str
    requested_by: Caller
    failure: str | None = None


class Revoked(NamedTuple):
    """A certificate was revoked."""

    arn: CertificateArn


class CrlWritten(NamedTuple):
    """A CRL was made, and has reached its bucket or has not.

    Attributes:
        failure: why not, in AWS's words.
    """

    arn: AuthorityArn
    failure: str | None = None


class Reported(NamedTuple):
    """An audit report was written, or could not be."""

    arn: AuthorityArn
    report_id: str
    failure: str | None = None


class OcspAnswered(NamedTuple):
    """An OCSP response was made, for these certificates of a CA."""

    arn: AuthorityArn
    certificates: tuple[CertificateArn, ...]


Happening = ApiCall | Creation | Issuance | Revoked | CrlWritten | Reported | OcspAnswered
# What may be begun in one call and end later.
Begun = Creation | Issuance | Reported


class Noted(NamedTuple):
    """Something that has happened.

    Attributes:
        time: UTC.
        number: its place among those of the same time.
        is_to_come: whether the time was to come when it was noted, as something ends by the clock.
    """

    time: datetime
    number: int
    happening: Happening
    is_to_come: bool = False

    def is_over(self, now: datetime) -> bool:
        """Whether it has happened: also where the clock was set back since."""
        return not self.is_to_come or self.time <= now


class KeptFeed(NamedTuple):
    """A feed in a snapshot."""

    latest: tuple[Noted, ...]
    unfinished: tuple[Begun, ...]
    next_number: int
    salt: str


def _nobody(access_key: str) -> None:
    """Find no principal."""


@dataclass(slots=True)
class Feed(OnlyOnce):
    """The latest happenings of a mock.

    Attributes:
        salt: what makes the ids of its events different from those of other mocks.
        latest: in the order in which they were noted.
        unfinished: what has begun and whose end isn't noted yet.
        listener: called after a call, and after the clock was set, if there is something that it
            hasn't taken yet.
        find_principal: (access key) -> who has it; None if nobody knows.
    """

    salt: str = ""
    latest: deque[Noted] = field(default_factory=deque)
    unfinished: list[Begun] = field(default_factory=list)
    listener: Callable[[], None] | None = None
    find_principal: Callable[[str], Principal | None] = field(default=_nobody)
    _untold: list[Noted] = field(default_factory=list)
    _to_come: list[Noted] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _sizes: deque[int] = field(default_factory=deque)
    _size: int = 0
    _lock: threading.Lock = field(default_factory=new_lock, repr=False)

    def next_number(self) -> int:
        """A place in the order, after all earlier ones."""
        return next(self._numbers)

    def add(
        self,
        time: datetime,
        happening: Happening,
        number: int | None = None,
        *,
        is_to_come: bool = False,
    ) -> None:
        """Note something.

        Args:
            time: when it has happened, or will have: UTC.
            happening: the record.
            number: its place in the order; by default the next one.
            is_to_come: whether the time is not here yet.
        """
        number = next(self._numbers) if number is None else number
        noted = Noted(time, number, happening, is_to_come)
        with self._lock:
            self._append(noted)
            if self.listener is not None:
                (self._to_come if is_to_come else self._untold).append(noted)

    def _append(self, noted: Noted) -> None:
        happening = noted.happening
        size = size_of(happening.params) if isinstance(happening, ApiCall) else 0
        self.latest.append(noted)
        self._sizes.append(size)
        self._size += size
        while len(self.latest) > LIMIT or (self._size > LARGEST and len(self.latest) > 1):
            self.latest.popleft()
            self._size -= self._sizes.popleft()

    def until(self, now: datetime) -> list[Noted]:
        """What has happened until a moment (UTC), in order."""
        with self._lock:
            return sorted(noted for noted in self.latest if noted.is_over(now))

    def tell(self) -> None:
        """Call the listener, if there may be something new."""
        if (self._untold or self._to_come) and self.listener is not None:
            self.listener()

    def take_untold(self, now: datetime) -> list[Noted]:
        """What has happened until a moment (UTC) and nobody has taken yet, in order."""
        with self._lock:
            taken = [*self._untold, *(each for each in self._to_come if each.is_over(now))]
            self._to_come = [each for each in self._to_come if not each.is_over(now)]
            self._untold = []
        return sorted(taken)

    def skip_untold(self) -> None:
        """Drop what has happened and the listener has not taken. It is quick: calls end with it."""
        self._untold = []

    def clear(self, now: datetime) -> None:
        """Forget what has happened until a moment (UTC)."""
        with self._lock:
            self._replace([noted for noted in self.latest if not noted.is_over(now)])

    def keep(self) -> KeptFeed:
        """Everything, for `restore`."""
        return KeptFeed(tuple(self.latest), tuple(self.unfinished), self.next_number(), self.salt)

    def restore(self, kept: KeptFeed, now: datetime) -> None:
        """Replace everything by what was kept. The listener gets only what is to come."""
        with self._lock:
            self._replace(kept.latest)
            self.unfinished = list(kept.unfinished)
            self._numbers = itertools.count(kept.next_number)
            self.salt = kept.salt
            self._untold, self._to_come = [], []
            if self.listener is not None:
                self._to_come = [noted for noted in kept.latest if not noted.is_over(now)]

    def _replace(self, latest: Sequence[Noted]) -> None:
        self.latest, self._sizes, self._size = deque(), deque(), 0
        for noted in latest:
            self._append(noted)
