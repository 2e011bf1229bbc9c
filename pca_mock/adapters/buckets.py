"""Object stores for CRLs and audit reports: memory, moto's S3, or an S3 endpoint of the user's.

The store is chosen at each write: an endpoint if the user has named one, moto's S3 while
`mock_aws` is active, else memory. Real AWS is never among them.
"""

from __future__ import annotations

import functools
import io
import sys
import threading
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.response import HTTPResponse

from pca_mock.adapters import bucket_rules, moto_seam, own_clients
from pca_mock.adapters.outgoing import Outgoing
from pca_mock.notebooks import as_html
from pca_mock.showing import parts
from pca_mock.state.buckets import (
    BucketError,
    BucketMissingError,
    BucketSilentError,
    Content,
    KeptObjects,
    MustWaitError,
    Note,
    ObjectAccess,
    StoredObject,
)
from pca_mock.structures import OnlyOnce

_PATIENCE: Final = 5  # seconds, for an endpoint that may not be there

_Memory = dict[str, dict[str, bytes | Content]]  # objects by bucket and key


class _Acting(threading.local):
    on_its_own = False  # whether this package calls S3


_acting: Final = _Acting()


class BucketStore(OnlyOnce):
    """The buckets of a mock, as the service needs them: an `ObjectStore`."""

    def __init__(self, endpoint_url: str | None) -> None:
        """Begin without objects.

        Args:
            endpoint_url: where objects go; None for memory, or moto's S3 while that is active.
        """
        self._endpoint_url = endpoint_url
        self._clients: dict[str | None, Any] = {}  # of S3, by region
        self._before_look: Callable[[], None] = lambda: None
        self._memory: _Memory = {}
        self._missing: set[str] = set()
        self._forbidden: set[str] = set()
        self._outgoing = Outgoing(functools.partial(_put, self))

    def before_looks(self, act: Callable[[], None]) -> None:
        """Call a function each time before somebody looks into the buckets."""
        self._before_look = act

    def note_look(self) -> None:
        """Note that a botocore client calls S3. See `pca_mock.state.buckets`."""
        if not _acting.on_its_own:
            self._before_look()

    def keep(self) -> KeptObjects:
        """A copy of the objects in memory, for `restore`."""
        return _copied(self._memory), frozenset(self._missing), frozenset(self._forbidden)

    def restore(self, kept: KeptObjects) -> None:
        """Replace all objects in memory. Buckets elsewhere are not this mock's own."""
        memory, missing, forbidden = kept
        self._memory = _copied(memory)
        self._missing, self._forbidden = set(missing), set(forbidden)

    def for_a_call(self) -> ObjectAccess:
        """The access of a single call. See `pca_mock.state.buckets`."""
        return self if self._endpoint_url is None else _Patient(self)

    def check(self, bucket: str, region: str) -> None:
        """Check that a bucket exists. See `pca_mock.state.buckets`."""
        client = _client_for(self, region)
        if client is not None:
            with _translated(bucket):
                client.head_bucket(Bucket=bucket)
        elif bucket in self._missing:
            raise BucketMissingError(bucket)

    def write(self, item: StoredObject, region: str) -> None:
        """Write an object at once. See `pca_mock.state.buckets`."""
        _put(self, item, region)

    def publish(self, item: StoredObject, region: str, note: Note) -> None:
        """Write an object now or later. See `pca_mock.state.buckets`."""
        if self._endpoint_url is None and not moto_seam.is_active():
            try:
                _write_to_memory(self, item)
            except BucketError as error:
                note(error)
            else:
                note(None)
        elif self._endpoint_url is not None or self._outgoing.can_wait(item):
            self._outgoing.add(item, region, note)
        else:  # moto answers at once
            try:
                _put(self, item, region)
            except BucketError as error:
                note(error)
            else:
                self._outgoing.note_written(item)
                note(None)

    def send(self, *, everything: bool) -> None:
        """Write the published objects whose writing may take long. See `pca_mock.state.buckets`."""
        self._outgoing.send(everything=everything)


class Buckets(OnlyOnce, Mapping[str, Mapping[str, bytes]]):
    """The buckets of a mock, for looking into: `pca.buckets["name"]["crl/….crl"]` is bytes.

    In memory every bucket exists, unless it is taken away with `remove`.
    """

    def __init__(self, store: BucketStore) -> None:
        """Only `mock_pca` makes these."""
        self._store = store

    def remove(self, bucket: str) -> None:
        """Remove a bucket from memory, with its contents."""
        self._store._before_look()
        self._store._memory.pop(bucket, None)
        self._store._missing.add(bucket)

    def forbid(self, bucket: str) -> None:
        """Forbid the service to write to a bucket in memory, as the bucket's policy would."""
        self._store._before_look()
        self._store._forbidden.add(bucket)

    def allow(self, bucket: str) -> None:
        """Undo `remove` and `forbid`."""
        self._store._before_look()
        self._store._missing.discard(bucket)
        self._store._forbidden.discard(bucket)

    def __getitem__(self, bucket: str) -> Mapping[str, bytes]:
        self._store._before_look()
        client = _client_for(self._store, None)
        if client is None:
            if bucket not in self._store._memory:
                raise _missing("bucket", bucket, self._store._memory)
            return Objects(self._store._memory[bucket])
        with _own_calls():
            try:
                pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
                keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
                return {k: client.get_object(Bucket=bucket, Key=k)["Body"].read() for k in keys}
            except ClientError as error:
                raise KeyError(bucket) from error

    def __iter__(self) -> Iterator[str]:
        self._store._before_look()
        client = _client_for(self._store, None)
        if client is None:
            return iter(list(self._store._memory))
        with _own_calls():
            return iter([bucket["Name"] for bucket in client.list_buckets()["Buckets"]])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<Buckets {sorted(self)}>"

    def _repr_html_(self) -> str:
        return as_html(self, lambda: parts.of_buckets(self, parts.ended(self._store)))


def _put(buckets: BucketStore, item: StoredObject, region: str) -> None:
    client = _client_for(buckets, region)
    if client is None:
        _write_to_memory(buckets, item)
        return
    more = {"ACL": item.acl} if item.acl else {}
    with _translated(item.bucket):
        if bucket_rules.forbid(client, item):
            raise BucketError(item.bucket)
        client.put_object(
            Bucket=item.bucket,
            Key=item.key,
            Body=bytes(item.data),
            ContentType=item.content_type,
            **more,
        )


def _write_to_memory(buckets: BucketStore, item: StoredObject) -> None:
    if item.bucket in buckets._missing:
        raise BucketMissingError(item.bucket)
    if item.bucket in buckets._forbidden:
        raise BucketError(item.bucket)
    buckets._memory.setdefault(item.bucket, {})[item.key] = item.data


def _client_for(buckets: BucketStore, region: str | None) -> Any:
    """An S3 client, or None for memory."""
    if buckets._endpoint_url is None and not moto_seam.is_active():
        return None
    if region not in buckets._clients:
        buckets._clients[region] = (
            _client_of_moto(region)
            if buckets._endpoint_url is None
            else _client_of_endpoint(region, buckets._endpoint_url)
        )
    return buckets._clients[region]


def _client_of_endpoint(region: str | None, url: str) -> Any:
    config = Config(
        s3={"addressing_style": "path"},
        connect_timeout=_PATIENCE,
        read_timeout=_PATIENCE,
        retries={"total_max_attempts": 1},  # the service tries again by itself
    )
    keys = own_clients.default_keys()
    return own_clients.own_client(
        "s3",
        region or own_clients.default_region(),
        keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
        endpoint_url=url,
        config=config,
    )


def _client_of_moto(region: str | None) -> Any:
    client = own_clients.own_client("s3", region or own_clients.default_region(), "pca_mock")
    # Once, for all handlers are called; the session of own clients may be older than moto's import.
    client.meta.events.unregister("before-send", moto_seam.stubber())
    client.meta.events.register_first("before-send", moto_seam.stubber())
    # Requests that moto's own handler passes on must not reach AWS.
    client.meta.events.register_last("before-send", _refuse)
    return client


class Objects(Mapping[str, bytes]):
    """The objects of a bucket in memory, as they were when it was looked into."""

    def __init__(self, objects: Mapping[str, bytes | Content]) -> None:
        """Only `Buckets` makes these."""
        self._objects = dict(objects)

    def __getitem__(self, key: str) -> bytes:
        if key not in self._objects:
            raise _missing("object", key, self._objects)
        return bytes(self._objects[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._objects)

    def __len__(self) -> int:
        return len(self._objects)

    def __repr__(self) -> str:
        return f"<Objects {list(self._objects)}>"

    def _repr_html_(self) -> str:
        return as_html(self, lambda: parts.of_objects(self))


def _missing(kind: str, name: object, names: Collection[str]) -> KeyError:
    there_are = f"only {', '.join(sorted(names))}" if names else "there are none"
    return KeyError(f"there is no {kind} {name!r}, {there_are}")


class _Patient:
    """The access of a call to an endpoint: waiting for an answer happens without the lock."""

    def __init__(self, buckets: BucketStore) -> None:
        self._buckets = buckets
        self._outcomes: dict[tuple[str, str | None], BucketError | None] = {}

    def check(self, bucket: str, region: str) -> None:
        self._ask((bucket, None), lambda: self._buckets.check(bucket, region))

    def write(self, item: StoredObject, region: str) -> None:
        self._ask((item.bucket, item.key), lambda: self._buckets.write(item, region))

    def _ask(self, question: tuple[str, str | None], act: Callable[[], None]) -> None:
        def wait() -> None:
            try:
                act()
            except BucketError as error:
                self._outcomes[question] = error
            else:
                self._outcomes[question] = None

        if question not in self._outcomes:
            raise MustWaitError(wait)
        if error := self._outcomes[question]:
            raise error


def _copied(memory: _Memory) -> _Memory:
    return {bucket: dict(objects) for bucket, objects in memory.items()}


@contextmanager
def _own_calls() -> Iterator[None]:
    """Mark calls of S3 in this block as this package's own, for which no CRL has to be written."""
    former, _acting.on_its_own = _acting.on_its_own, True
    try:
        yield
    finally:
        _acting.on_its_own = former


@contextmanager
def _translated(bucket: str) -> Iterator[None]:
    """Raise the service's errors in place of S3's and botocore's."""
    try:
        with _own_calls():
            yield
    except ClientError as error:
        missing = error.response["Error"]["Code"] in ("NoSuchBucket", "404")
        raise (BucketMissingError if missing else BucketError)(bucket) from error
    except BotoCoreError as error:  # the user's endpoint doesn't answer
        raise BucketSilentError(bucket) from error
    except Exception as error:
        if not _is_motos(error):  # but raised by code of the tester's, who is to see it
            raise
        raise BucketError(bucket) from error


def _is_motos(error: Exception) -> bool:
    """Whether moto has failed, as it does over some of the policies that S3 accepts."""
    packages = (
        frame.f_globals.get("__name__", "").partition(".")[0]
        for frame, _ in traceback.walk_tb(error.__traceback__)
    )
    others = [package for package in packages if package not in sys.stdlib_module_names]
    return others[-1:] == ["moto"]


def _refuse(request: Any, **_: Any) -> AWSResponse:
    """Forbid a request. Botocore takes the first answer that it finds, so moto's comes first."""
    nothing = HTTPResponse(body=io.BytesIO(), preload_content=False)
    return AWSResponse(request.url, 403, {}, nothing)
