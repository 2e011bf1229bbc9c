"""Permissions of ACM to use a CA when it renews certificates.

Sources: API_CreatePermission, API_DeletePermission, API_ListPermissions, API_Permission.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from pca_mock.clock import milliseconds
from pca_mock.errors import (
    PermissionAlreadyExistsException,
    ResourceNotFoundException,
    ValidationException,
)
from pca_mock.service import paging
from pca_mock.service.context import CaContext, Operation, Response
from pca_mock.state.authority import Permission

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import (
        CreatePermissionRequestTypeDef,
        DeletePermissionRequestTypeDef,
        ListPermissionsRequestTypeDef,
    )

_PRINCIPALS: Final = ("acm.amazonaws.com",)
# OPEN RULE page-sizes
_PER_PAGE: Final = 50


def create_permission(request: CreatePermissionRequestTypeDef, ctx: CaContext) -> Response:
    """Answer CreatePermission.

    Raises:
        ValidationException: the principal isn't ACM.
        PermissionAlreadyExistsException: it has one for this account, whatever its actions.
    """
    principal = request["Principal"]
    # OPEN RULE permission-principal
    if principal not in _PRINCIPALS:
        raise ValidationException(f"The principal {principal} is not supported.")
    key = (principal, request.get("SourceAccount", ctx.caller.account))
    if key in ctx.ca.permissions:
        raise PermissionAlreadyExistsException(
            f"The permission already exists for principal {principal}."
        )
    actions = tuple(dict.fromkeys(request["Actions"]))
    ctx.ca.permissions[key] = Permission(*key, actions, milliseconds(ctx.now))
    return {}


def delete_permission(request: DeletePermissionRequestTypeDef, ctx: CaContext) -> Response:
    """Answer DeletePermission.

    Raises:
        ResourceNotFoundException: the principal has none for this account.
    """
    principal = request["Principal"]
    key = (principal, request.get("SourceAccount", ctx.caller.account))
    # OPEN RULE permission-missing
    if key not in ctx.ca.permissions:
        raise ResourceNotFoundException(f"Could not find permission for principal {principal}.")
    del ctx.ca.permissions[key]
    return {}


def list_permissions(request: ListPermissionsRequestTypeDef, ctx: CaContext) -> Response:
    """Answer ListPermissions, in the order of their creation.

    Raises:
        InvalidNextTokenException: the token isn't one of this listing.
    """
    listing = ("ListPermissions", str(ctx.ca.arn))
    permissions = list(ctx.ca.permissions.values())
    page, more = paging.page(permissions, request, _PER_PAGE, *listing)
    return {"Permissions": [_description(permission, ctx) for permission in page], **more}


def _description(permission: Permission, ctx: CaContext) -> Response:
    return {
        "CertificateAuthorityArn": str(ctx.ca.arn),
        "CreatedAt": permission.created_at,
        "Principal": permission.principal,
        "SourceAccount": permission.source_account,
        "Actions": list(permission.actions),
        "Policy": _policy(permission, str(ctx.ca.arn)),
    }


# OPEN RULE permission-policy
def _policy(permission: Permission, ca_arn: str) -> str:
    """The permission as a policy."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": permission.principal},
        "Action": [f"acm-pca:{action}" for action in permission.actions],
        "Resource": ca_arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": permission.source_account}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))


# By their names on the wire.
OPERATIONS: Final = {
    "CreatePermission": Operation(create_permission),
    "DeletePermission": Operation(delete_permission),
    "ListPermissions": Operation(list_permissions),
}
