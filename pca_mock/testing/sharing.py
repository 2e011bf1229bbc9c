"""Sharing a CA with other accounts in one line, as AWS Resource Access Manager does."""

from __future__ import annotations

from collections.abc import Sequence

from botocore.exceptions import ClientError

from pca_mock.arguments import TEXT
from pca_mock.arns import AuthorityArn
from pca_mock.service.sharing import PERMISSIONS, permission_name, with_share
from pca_mock.settings import check_account_id
from pca_mock.testing.clients import MockClient
from pca_mock.testing.words import no_such


def share(
    client: MockClient, arn: AuthorityArn, accounts: Sequence[str], permission: str, share_id: str
) -> None:
    """Add the statements of a share to the policy of a CA. See `Authority.share_with`.

    Args:
        client: of the account that owns the CA.
        arn: of the CA.
        accounts: with which it is shared.
        permission: a name of `PERMISSIONS`, or its ARN.
        share_id: the end of the share's ARN in RAM.
    """
    TEXT.check(permission=permission)
    if not accounts:
        raise TypeError("a CA is shared with somebody: pass one or more accounts")
    for account in accounts:
        check_account_id(account)
    name = permission_name(permission, arn.partition)
    if name not in PERMISSIONS:
        raise ValueError(no_such("managed permission of RAM", name, PERMISSIONS))
    try:
        policy = client.get_policy(ResourceArn=str(arn))["Policy"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        policy = None
    client.put_policy(
        ResourceArn=str(arn), Policy=with_share(policy, arn, accounts, name, share_id)
    )
