"""Whether a caller's identity may call: the permissions that it needs, and facts of its request.

Sources: Service Authorization Reference, "AWS Private Certificate Authority"; User Guide, "AWS
Private CA API operations and permissions"; IAM User Guide, "AWS global condition context keys",
"Troubleshoot access denied error messages".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from pca_mock.arns import AuthorityArn
from pca_mock.errors import AccessDeniedException
from pca_mock.service.context import Context
from pca_mock.service.identity_policies import SERVICE
from pca_mock.state.calls import Caller
from pca_mock.state.enforcement import Decision, rules_of


class Permission(NamedTuple):
    """A permission that a caller needs: an action, on a resource."""

    action: str
    resource: str


# Operations about no CA that is there -> the resource that their permission is about.
# OPEN RULE identity-policy-resource: the reference lists no resource for either. The message of
# a refused CreateCertificateAuthority names this one; ListCertificateAuthorities is a guess.
_RESOURCES: Final = {
    "CreateCertificateAuthority": (
        "arn:{partition}:acm-pca:{region}:{account}:certificate-authority/*"
    ),
    "ListCertificateAuthorities": "*",
}
# Operation -> (the member with which it needs another action, this action).
_MORE_ACTIONS: Final = {"CreateCertificateAuthority": ("Tags", "TagCertificateAuthority")}


def permissions(
    operation: str, request: Mapping[str, Any], caller: Caller, arn: AuthorityArn | None
) -> list[Permission]:
    """The permissions that the caller of an operation needs.

    Args:
        operation: the name on the wire.
        request: its members.
        caller: who calls, and where.
        arn: of the CA that the request is about, if it is about one.
    """
    if arn is not None:
        resource = str(arn)
    else:
        resource = _RESOURCES.get(operation, "*").format(
            partition=caller.partition, region=caller.region, account=caller.account
        )
    member, action = _MORE_ACTIONS.get(operation, ("", ""))
    actions = [operation, action] if request.get(member) else [operation]
    return [Permission(f"{SERVICE}:{name}", resource) for name in actions]


def check(
    ctx: Context, request: Mapping[str, Any], arn: AuthorityArn | None, template_arn: str | None
) -> None:
    """Refuse calls of the code under test that the policies in force don't allow.

    Args:
        ctx: the call.
        request: its members.
        arn: of the CA that the request is about, if it is about one.
        template_arn: the template that would be issued with, where that applies.

    Raises:
        AccessDeniedException: no policy allows it, or one denies it.
        UnrecognizedClientException: nobody knows the caller's access key.
    """
    if not ctx.state.enforced or ctx.caller.origin != "code":
        return
    rules = rules_of(ctx.state.enforced[-1], ctx.caller)
    facts = {**_facts(ctx, request, arn, template_arn), **rules.context}
    user = rules.principal or (facts.get("aws:principalarn") or [ctx.caller.arn])[0]
    for action, resource in permissions(ctx.operation, request, ctx.caller, arn):
        decision = rules.decide(action, resource, facts)
        if decision is not Decision.ALLOWED:
            raise AccessDeniedException(
                f"User: {user} is not authorized to perform: {action} on resource: {resource} "
                + _REASONS[decision].format(action=action)
            )


_REASONS: Final = {
    Decision.NOT_ALLOWED: "because no identity-based policy allows the {action} action",
    Decision.OUTSIDE_BOUNDARY: "because no permissions boundary allows the {action} action",
    Decision.OUTSIDE_SESSION: "because no session policy allows the {action} action",
    Decision.DENIED: "with an explicit deny in an identity-based policy",
}


def _facts(
    ctx: Context, request: Mapping[str, Any], arn: AuthorityArn | None, template_arn: str | None
) -> dict[str, Sequence[str]]:
    """Condition keys in lower case, with their values; `identity_policies.KEYS` are all of them."""
    ca = ctx.state.find(arn) if arn is not None else None
    resource_tags = ca.tags if ca is not None else {}
    tags = {tag["Key"]: tag.get("Value", "") for tag in request.get("Tags", ())}
    facts = {
        "acm-pca:templatearn": template_arn,
        "aws:currenttime": f"{ctx.now:%Y-%m-%dT%H:%M:%SZ}",
        "aws:epochtime": str(int(ctx.now.timestamp())),
        "aws:principalaccount": ctx.caller.account,
        "aws:principalarn": ctx.caller.arn,
        "aws:principalorgid": ctx.state.settings.organization_id,
        "aws:requestedregion": ctx.caller.region,
        "aws:resourceaccount": arn.account if arn is not None else ctx.caller.account,
        "aws:securetransport": "true",
        **{f"aws:requesttag/{key.lower()}": value for key, value in tags.items()},
        **{f"aws:resourcetag/{key.lower()}": value for key, value in resource_tags.items()},
    }
    values = {key: [value] for key, value in facts.items() if value is not None}
    return {**values, "aws:tagkeys": list(tags)}
