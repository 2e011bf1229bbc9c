"""Whether a caller may use a CA.

Sources: User Guide, "Resource-based policies", "Cross-account access".
"""

from __future__ import annotations

from pca_mock.arns import AuthorityArn
from pca_mock.errors import AccessDeniedException, ResourceNotFoundException
from pca_mock.service import policies
from pca_mock.service.context import Context
from pca_mock.state import running
from pca_mock.state.authority import CertificateAuthority
from pca_mock.state.calls import Caller
from pca_mock.state.store import State


def find(
    ctx: Context, arn: AuthorityArn, template_arn: str | None, certificate_arn: str | None
) -> CertificateAuthority:
    """The CA with an ARN, if the caller may use it for the operation.

    Args:
        ctx: the call.
        arn: in the caller's partition.
        template_arn: the template that would be issued with, where that applies.
        certificate_arn: of the certificate that the call is about, where that applies.

    Raises:
        AccessDeniedException: another account's CA whose policy doesn't allow it,
            whether that CA exists or not.
        ResourceNotFoundException: the caller's account has no such CA in this region.
    """
    caller = ctx.caller
    # OPEN RULE other-region
    store = ctx.state.store(caller.partition, caller.region, arn.account)
    ca = store.find(arn, ctx.now)
    if arn.account == caller.account:
        if ca is None:
            raise ResourceNotFoundException(f"Could not find Certificate Authority {arn}.")
        return ca
    # OPEN RULE foreign-ca-missing
    action = f"acm-pca:{ctx.operation}"
    if ca is None or not is_shared(ctx, ca, action, template_arn, certificate_arn):
        raise AccessDeniedException(
            f"User: {caller.arn} is not authorized to perform: {action} on resource: {arn} "
            f"because no resource-based policy allows the {action} action"
        )
    return ca


def is_shared(
    ctx: Context,
    ca: CertificateAuthority,
    action: str,
    template_arn: str | None = None,
    certificate_arn: str | None = None,
) -> bool:
    """Whether a CA's policy allows the caller an action."""
    if ca.policy is None:
        return False
    facts = {
        "acm-pca:TemplateArn": template_arn,
        "aws:PrincipalAccount": ctx.caller.account,
        "aws:PrincipalArn": ctx.caller.arn,
        "aws:PrincipalOrgID": ctx.state.settings.organization_id,
    }
    return policies.allows(ca.policy, str(ca.arn), action, facts, certificate_arn)


def whereabouts(state: State, arn: AuthorityArn, caller: Caller) -> str | None:
    """The place of a CA that was not found where the caller looked, in words; None if it is there.

    Args:
        state: of the mock that answered.
        arn: of the CA that the caller named; no two CAs have the same id.
        caller: the account and region of the call.
    """
    for other in (state, *running.mocks()):
        with other.lock:
            places = [ca.arn for ca in other.all_authorities() if ca.arn.ca_id == arn.ca_id]
        for place in places:
            is_here = (place.region, place.account) == (caller.region, caller.account)
            if other is state and place == arn and is_here:
                return None
            where = f"region {place.region}, account {place.account}"
            mock = "" if other is state else " of another mock that is running"
            return f"a CA with this id is in {where}{mock}"
    return None
