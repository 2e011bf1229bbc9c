"""May this caller? Sources: User Guide, "Resource-based policies"; API_TagCertificateAuthority."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from pca_mock.arns import AuthorityArn
from pca_mock.errors import AccessDeniedException, InvalidTagException
from pca_mock.service import paging
from pca_mock.service.context import CaContext, Caller, Response

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import ListTagsRequestTypeDef, TagTypeDef

_RESERVED_PREFIXES: Final = ("aws:", "rds:")
# Not documented: how many tags a page has unless the caller says.
_TAGS_PER_PAGE: Final = 50


def check_access(caller: Caller, operation: str, ca: AuthorityArn) -> None:
    """Let the CA's own account pass.

    Raises:
        AccessDeniedException: another account calls; also where that CA doesn't exist.
    """
    if caller.account != ca.account:
        action = f"acm-pca:{operation}"
        raise AccessDeniedException(
            f"User: {caller.arn} is not authorized to perform: {action} on resource: {ca} "
            f"because no resource-based policy allows the {action} action"
        )


def read_tags(tags: Iterable[TagTypeDef]) -> dict[str, str]:
    """The tags of a request by key, in their order; an absent value is empty.

    Raises:
        InvalidTagException: a key is reserved, or given twice.
    """
    read: dict[str, str] = {}
    for tag in tags:
        key = tag["Key"]
        if key.lower().startswith(_RESERVED_PREFIXES):
            raise InvalidTagException(
                f"{key[:4].lower()} prefixed tag key names are not allowed for external use: {key}"
            )
        if key in read:
            raise InvalidTagException(f"The tag key {key} is given more than once.")
        read[key] = tag.get("Value", "")
    return read


def list_tags(request: ListTagsRequestTypeDef, ctx: CaContext) -> Response:
    """Answer ListTags: the CA's tags in the order in which their keys were first set.

    Raises:
        InvalidNextTokenException: the token isn't one of this listing.
    """
    listing = ("ListTags", str(ctx.ca.arn))
    start = paging.position(request.get("NextToken"), *listing)
    end = start + request.get("MaxResults", _TAGS_PER_PAGE)
    tags = list(ctx.ca.tags.items())
    page: Response = {"Tags": [{"Key": key, "Value": value} for key, value in tags[start:end]]}
    if end < len(tags):
        page["NextToken"] = paging.token(end, *listing)
    return page
