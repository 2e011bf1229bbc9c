"""The tags of ACM's certificates.

Sources: ACM's API_AddTagsToCertificate, API_RemoveTagsFromCertificate, API_ListTagsForCertificate;
ACM User Guide, "Tag restrictions".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pca_mock.errors import InvalidTagException, TooManyTagsException
from pca_mock.state.managed import ManagedCertificate

_RESERVED_PREFIX: Final = "aws:"
_MOST_TAGS: Final = 50

Tags = Mapping[str, str | None]


def read_tags(tags: Iterable[Mapping[str, str]]) -> dict[str, str | None]:
    """The tags of a request by key; None for one without a value.

    Raises:
        InvalidTagException: a key is reserved, or there twice.
    """
    read: dict[str, str | None] = {}
    for tag in tags:
        key = tag["Key"]
        # OPEN RULE acm-tags
        if key.lower().startswith(_RESERVED_PREFIX):
            raise InvalidTagException(
                f'Invalid Tag Key: "{key}". AWS internal tags cannot be changed with this API'
            )
        if key in read:
            raise InvalidTagException(f"The tag key {key} is there more than once.")
        read[key] = tag.get("Value")
    return read


def add(certificate: ManagedCertificate, tags: Tags) -> None:
    """Add tags, or change the values of existing ones.

    Raises:
        TooManyTagsException: there would be more than 50.
    """
    together = certificate.tags | dict(tags)
    if len(together) > _MOST_TAGS:
        raise TooManyTagsException(f"A certificate can have up to {_MOST_TAGS} tags.")
    certificate.tags = together


def remove(certificate: ManagedCertificate, tags: Tags) -> None:
    """Remove tags; one with a value only if that is its value."""
    for key, value in tags.items():
        if value is None or certificate.tags.get(key) == value:
            certificate.tags.pop(key, None)


def listed(certificate: ManagedCertificate) -> list[dict[str, Any]]:
    """The tags as the API shows them."""
    return [
        {"Key": key} if value is None else {"Key": key, "Value": value}
        for key, value in certificate.tags.items()
    ]
