"""Object stores for CRLs and audit reports: memory, moto's S3, or an S3 endpoint of the user's.

Which one counts is decided at each write: an endpoint if the user has named one, moto's S3 while
`mock_aws` is active, else memory. Real AWS is never among them.
"""

from __future__ import annotations

import fnmatch
import io
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.response import HTTPResponse

from pca_mock.adapters import own_clients
from pca_mock.state.buckets import BucketError, BucketMissingError, KeptObjects, StoredObject
from pca_mock.structures import as_list

_PATIENCE: Final = 5  # seconds, for an endpoint that may not be there
_SERVICE: Final = "acm-pca.amazonaws.com"
# What the service must be allowed (User Guide, "Access policies for CRLs"), and with what.
_NEEDED: Final = (
    ("s3:PutObject", "{bucket}/{key}"),
    ("s3:PutObjectAcl", "{bucket}/{key}"),
    ("s3:GetBucketAcl", "{bucket}"),
    ("s3:GetBucketLocation", "{bucket}"),
)


class Buckets(Mapping[str, Mapping[str, bytes]]):
    """The buckets of a mock, for looking into: `pca.buckets["name"]["crl/….crl"]` is bytes.

    In memory every bucket exists, unless it is taken away with `remove`.
    """

    def __init__(self, endpoint_url: str | None) -> None:
        """Only `mock_pca` makes these."""
        self._endpoint_url = endpoint_url
        self._memory: dict[str, dict[str, bytes]] = {}
        self._missing: set[str] = set()
        self._forbidden: set[str] = set()

    def remove(self, bucket: str) -> None:
        """Let a bucket in memory not exist, and forget what is in it."""
        self._memory.pop(bucket, None)
        self._missing.add(bucket)

    def forbid(self, bucket: str) -> None:
        """Let the service not write to a bucket in memory, as if its policy forbade it."""
        self._forbidden.add(bucket)

    def allow(self, bucket: str) -> None:
        """Let a bucket in memory exist, and the service write to it, again."""
        self._missing.discard(bucket)
        self._forbidden.discard(bucket)

    def keep(self) -> KeptObjects:
        """A copy of what is in memory, for `restore`."""
        return _copied(self._memory), frozenset(self._missing), frozenset(self._forbidden)

    def restore(self, kept: KeptObjects) -> None:
        """Let exactly this be in memory. Other buckets are not this mock's own."""
        memory, missing, forbidden = kept
        self._memory = _copied(memory)
        self._missing, self._forbidden = set(missing), set(forbidden)

    def __getitem__(self, bucket: str) -> Mapping[str, bytes]:
        client = self._client(None)
        if client is None:
            return dict(self._memory[bucket])
        try:
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
            return {key: client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
        except ClientError as error:
            raise KeyError(bucket) from error

    def __iter__(self) -> Iterator[str]:
        client = self._client(None)
        if client is None:
            return iter(list(self._memory))
        return iter([bucket["Name"] for bucket in client.list_buckets()["Buckets"]])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<Buckets {sorted(self)}>"

    def check(self, bucket: str, region: str) -> None:
        """Look whether there is a bucket. See `pca_mock.state.buckets`."""
        client = self._client(region)
        if client is not None:
            with _translated(bucket):
                client.head_bucket(Bucket=bucket)
        elif bucket in self._missing:
            raise BucketMissingError(bucket)

    def write(self, item: StoredObject, region: str) -> None:
        """Write an object. See `pca_mock.state.buckets`."""
        client = self._client(region)
        if client is None:
            self._write_to_memory(item)
            return
        more = {"ACL": item.acl} if item.acl else {}
        with _translated(item.bucket):
            _check_policy(client, item)
            client.put_object(
                Bucket=item.bucket,
                Key=item.key,
                Body=item.data,
                ContentType=item.content_type,
                **more,
            )

    def _write_to_memory(self, item: StoredObject) -> None:
        if item.bucket in self._missing:
            raise BucketMissingError(item.bucket)
        if item.bucket in self._forbidden:
            raise BucketError(item.bucket)
        self._memory.setdefault(item.bucket, {})[item.key] = item.data

    def _client(self, region: str | None) -> Any:
        """An S3 client, or None where memory is meant."""
        if self._endpoint_url is not None:
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
                endpoint_url=self._endpoint_url,
                config=config,
            )
        if not _is_moto_active():
            return None
        client = own_clients.own_client("s3", region or own_clients.default_region(), "pca_mock")
        # What moto's own handler lets pass must not go out.
        client.meta.events.register_last("before-send", _refuse)
        return client


def _copied(memory: dict[str, dict[str, bytes]]) -> dict[str, dict[str, bytes]]:
    return {bucket: dict(objects) for bucket, objects in memory.items()}


@contextmanager
def _translated(bucket: str) -> Iterator[None]:
    """Raise the service's errors in place of S3's and botocore's."""
    try:
        yield
    except ClientError as error:
        missing = error.response["Error"]["Code"] in ("NoSuchBucket", "404")
        raise (BucketMissingError if missing else BucketError)(bucket) from error
    except BotoCoreError as error:  # the user's endpoint doesn't answer
        raise BucketError(bucket) from error


def _is_moto_active() -> bool:
    models = sys.modules.get("moto.core.models")
    return models is not None and bool(models.botocore_stubber.enabled)


def _refuse(request: Any, **_: Any) -> AWSResponse:
    """Forbid a request. Botocore takes the first answer that it finds, so moto's comes first."""
    nothing = HTTPResponse(body=io.BytesIO(), preload_content=False)
    return AWSResponse(request.url, 403, {}, nothing)


def _check_policy(client: Any, item: StoredObject) -> None:
    """Moto keeps policies, public access blocks and encryption, but doesn't act on them.

    Raises:
        BucketError: the service could not write.
    """
    block = _setting(client.get_public_access_block, item.bucket, "PublicAccessBlockConfiguration")
    if item.acl == "public-read" and (
        block.get("BlockPublicAcls") or block.get("IgnorePublicAcls")
    ):
        raise BucketError(item.bucket)
    encryption = _setting(
        client.get_bucket_encryption, item.bucket, "ServerSideEncryptionConfiguration"
    )
    if any(_is_key_of_s3(rule) for rule in encryption.get("Rules", ())):
        raise BucketError(item.bucket)
    policy = _setting(client.get_bucket_policy, item.bucket, "Policy")
    try:
        statements = json.loads(policy)["Statement"] if policy else []
    except (ValueError, KeyError, TypeError) as error:  # S3 would not have taken it
        raise BucketError(item.bucket) from error
    if any(_denies(statement, item) for statement in as_list(statements)):
        raise BucketError(item.bucket)


def _is_key_of_s3(rule: Mapping[str, Any]) -> bool:
    """Whether objects are encrypted with `aws/s3`, which the service cannot use."""
    default: Mapping[str, str] = rule.get("ApplyServerSideEncryptionByDefault", {})
    key = default.get("KMSMasterKeyID", "alias/aws/s3")
    return default.get("SSEAlgorithm") == "aws:kms" and str(key).endswith("alias/aws/s3")


def _setting(get: Any, bucket: str, member: str) -> Any:
    try:
        return get(Bucket=bucket)[member]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucket":
            raise
        return {}


def _denies(statement: Mapping[str, Any], item: StoredObject) -> bool:
    """Whether it forbids the service to write the object.

    Conditions aren't evaluated: the usual ones forbid requests without TLS, or from elsewhere.
    """
    principal = statement.get("Principal", {})
    named = principal.values() if isinstance(principal, dict) else [principal]
    principals = {one for each in named for one in as_list(each)}
    return (
        statement.get("Effect") == "Deny"
        and "Condition" not in statement
        and bool({"*", _SERVICE} & principals)
        and any(
            _fits(action.lower(), [each.lower() for each in as_list(statement.get("Action"))])
            and _fits(
                place.format(bucket=item.bucket, key=item.key),
                [each.rpartition(":")[2] for each in as_list(statement.get("Resource"))],
            )
            for action, place in _NEEDED
        )
    )


def _fits(name: str, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
