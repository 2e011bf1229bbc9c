"""Whether the rules that moto keeps for a bucket allow the service to write to it.

moto keeps bucket policies, public access blocks and default encryption, but doesn't apply them.

Sources: User Guide, "Access policies for CRLs in Amazon S3"; S3's "Bucket policies"; IAM's "JSON
policy elements".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from botocore.exceptions import ClientError

from pca_mock.service.conditions import is_like
from pca_mock.state.buckets import StoredObject

_SERVICE: Final = "acm-pca.amazonaws.com"
# Actions that the service needs (User Guide, "Access policies for CRLs"), and their resources.
_NEEDED: Final = (
    ("s3:putobject", "{bucket}/{key}"),
    ("s3:putobjectacl", "{bucket}/{key}"),
    ("s3:getbucketacl", "{bucket}"),
    ("s3:getbucketlocation", "{bucket}"),
)


def forbid(client: Any, item: StoredObject) -> bool:
    """Whether a bucket's rules forbid the service to write an object.

    Args:
        client: of S3.
        item: the object.

    Raises:
        ClientError: there is no such bucket.
    """
    block = _setting(client.get_public_access_block, item.bucket, "PublicAccessBlockConfiguration")
    if item.acl == "public-read" and (
        block.get("BlockPublicAcls") or block.get("IgnorePublicAcls")
    ):
        return True
    encryption = _setting(
        client.get_bucket_encryption, item.bucket, "ServerSideEncryptionConfiguration"
    )
    if any(_is_key_of_s3(rule) for rule in encryption.get("Rules", ())):
        return True
    policy = _setting(client.get_bucket_policy, item.bucket, "Policy")
    return bool(policy) and denies(policy, item)


def _setting(get: Callable[..., Any], bucket: str, member: str) -> Any:
    try:
        return get(Bucket=bucket)[member]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucket":
            raise
        return {}


def _is_key_of_s3(rule: Mapping[str, Any]) -> bool:
    """Whether objects are encrypted with `aws/s3`, which the service cannot use."""
    default: Mapping[str, str] = rule.get("ApplyServerSideEncryptionByDefault", {})
    key = default.get("KMSMasterKeyID", "alias/aws/s3")
    return default.get("SSEAlgorithm") == "aws:kms" and str(key).endswith("alias/aws/s3")


def denies(policy: str, item: StoredObject) -> bool:
    """Whether a bucket policy denies the service to write an object.

    Conditions aren't evaluated: the usual ones forbid requests without TLS, or from elsewhere. A
    policy that S3 would not have accepted, but moto has, denies everything.

    Args:
        policy: the text.
        item: the object.
    """
    try:
        statements = _as_list(json.loads(policy)["Statement"])
        answers = [_denies(statement, item) for statement in statements]
    except (ValueError, KeyError, TypeError, RecursionError):
        return True
    return any(answers)


def _denies(statement: Any, item: StoredObject) -> bool:
    """Whether a statement denies something that the service needs.

    Raises:
        KeyError, TypeError, ValueError: S3 would not have accepted it.
    """
    if statement["Effect"] not in ("Allow", "Deny"):
        raise ValueError("neither Allow nor Deny")
    actions, resources = _Element.of(statement, "Action"), _Element.of(statement, "Resource")
    return (
        _names_service(statement)
        and statement["Effect"] == "Deny"
        and not statement.get("Condition")
        and any(
            actions.names(action, str.lower)
            and resources.names(place.format(bucket=item.bucket, key=item.key), _after_the_arn)
            for action, place in _NEEDED
        )
    )


def _names_service(statement: Mapping[str, Any]) -> bool:
    name = "Principal" if "Principal" in statement else "NotPrincipal"
    principal = statement[name]
    values = principal.values() if isinstance(principal, dict) else [principal]
    principals = [one for value in values for one in _strings(value)]
    return ("*" in principals or _SERVICE in principals) == (name == "Principal")


class _Element(NamedTuple):
    """An element of a statement that lists patterns: `Action`, or its opposite `NotAction`."""

    patterns: list[str]
    is_opposite: bool

    @classmethod
    def of(cls, statement: Mapping[str, Any], name: str) -> _Element:
        is_opposite = name not in statement
        return cls(_strings(statement[f"Not{name}" if is_opposite else name]), is_opposite)

    def names(self, value: str, form: Callable[[str], str]) -> bool:
        return any(is_like(value, form(one)) for one in self.patterns) != self.is_opposite


def _after_the_arn(resource: str) -> str:
    """The bucket and key in a resource's ARN, whatever its partition."""
    return resource.split(":", 5)[-1]


def _strings(value: Any) -> list[str]:
    values = _as_list(value)
    if not all(isinstance(one, str) for one in values):
        raise TypeError("not text")
    return values


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
