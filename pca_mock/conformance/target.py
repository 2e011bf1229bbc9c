"""What answers the calls of stories, as they see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object of the bucket.

    Attributes:
        content_type: None where the target shows none.
    """

    data: bytes
    content_type: str | None


class Target(Protocol):
    """What answers the calls of stories.

    Attributes:
        name: for the report.
        region: in which it is called.
        bucket: for CRLs and audit reports; None if there is none.
        revocation_host: a host, and maybe a port, that answers OCSP requests and serves CRLs;
            None if AWS's own hosts do.
        expiry: seconds after which a certificate that has to expire soon does so.
    """

    name: str
    region: str
    bucket: str | None
    revocation_host: str | None
    expiry: int

    def client(self, *, of_second_account: bool = False) -> Any:
        """A client of acm-pca that leaves the check of requests to the target.

        Raises:
            CouldNotRun: there is no second account.
        """

    def now(self) -> datetime:
        """The target's time."""

    def sleep(self, seconds: float) -> None:
        """Return when it is that much later at the target."""

    def read(self, key: str) -> StoredObject | None:
        """An object of the bucket; None if it isn't there.

        Raises:
            CouldNotRun: the bucket cannot be read.
        """

    def remove_objects(self, prefix: str) -> None:
        """Delete the objects of the bucket whose keys begin so."""

    def ocsp(self, url: str, request: bytes) -> bytes:
        """The answer of the responder at a URL, DER.

        Raises:
            CouldNotRun: the responder cannot be reached.
        """
