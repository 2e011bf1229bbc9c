"""Tags of CAs.

Sources: API_TagCertificateAuthority, API_UntagCertificateAuthority, API_ListTags, API_Tag;
User Guide, "Tagging a CA".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from pca_mock.errors import InvalidTagException, TooManyTagsException
from pca_mock.service import paging
from pca_mock.service.context import CaContext, Operation, Response

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import (
        ListTagsRequestTypeDef,
        TagCertificateAuthorityRequestTypeDef,
        TagTypeDef,
        UntagCertificateAuthorityRequestTypeDef,
    )

_RESERVED_PREFIXES: Final = ("aws:", "rds:")
_MOST_TAGS: Final = 50  # of a CA
# OPEN RULE page-sizes
_PER_PAGE: Final = 50


def read_tags(tags: Iterable[TagTypeDef]) -> dict[str, str | None]:
    """The tags of a request by key, in their order; None for an absent value.

    Raises:
        InvalidTagException: a key is reserved, or given twice.
    """
    read: dict[str, str | None] = {}
    for tag in tags:
        key = tag["Key"]
        # OPEN RULE tag-keys
        if key.lower().startswith(_RESERVED_PREFIXES):
            raise InvalidTagException(
                f"{key[:4].lower()} prefixed tag key names are not allowed for external use: {key}"
            )
        if key in read:
            raise InvalidTagException(f"The tag key {key} is given more than once.")
        read[key] = tag.get("Value")
    return read


# OPEN RULE tag-values
def with_values(tags: dict[str, str | None]) -> dict[str, str]:
    """Tags as they are kept: an absent value is empty."""
    return {key: value or "" for key, value in tags.items()}


def tag_certificate_authority(
    request: TagCertificateAuthorityRequestTypeDef, ctx: CaContext
) -> Response:
    """Answer TagCertificateAuthority: add tags, or change the values of existing ones.

    Raises:
        InvalidTagException: a key is reserved, or given twice.
        TooManyTagsException: there would be more than 50.
    """
    tags = ctx.ca.tags | with_values(read_tags(request["Tags"]))
    if len(tags) > _MOST_TAGS:
        raise TooManyTagsException(f"You can associate up to {_MOST_TAGS} tags with a private CA.")
    ctx.ca.tags = tags
    return {}


def untag_certificate_authority(
    request: UntagCertificateAuthorityRequestTypeDef, ctx: CaContext
) -> Response:
    """Answer UntagCertificateAuthority: take tags away; a given value must be the one it has.

    Raises:
        InvalidTagException: a key is reserved, or given twice.
    """
    for key, value in read_tags(request["Tags"]).items():
        # OPEN RULE untag
        if value is None or ctx.ca.tags.get(key) == value:
            ctx.ca.tags.pop(key, None)
    return {}


def list_tags(request: ListTagsRequestTypeDef, ctx: CaContext) -> Response:
    """Answer ListTags: the CA's tags in the order in which their keys were first set.

    Raises:
        InvalidNextTokenException: the token isn't one of this listing.
    """
    tags = list(ctx.ca.tags.items())
    page, more = paging.page(tags, request, _PER_PAGE, "ListTags", str(ctx.ca.arn))
    return {"Tags": [{"Key": key, "Value": value} for key, value in page], **more}


# By their names on the wire.
OPERATIONS: Final = {
    "ListTags": Operation(list_tags),
    "TagCertificateAuthority": Operation(tag_certificate_authority),
    "UntagCertificateAuthority": Operation(untag_certificate_authority),
}
