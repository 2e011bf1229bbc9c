"""Resource policies: their rules, the access that they allow, and the operations on them.

Sources: API_PutPolicy, API_GetPolicy, API_DeletePolicy; User Guide, "Resource-based policies",
"Best practices for Resource Access Manager sharing". How strict AWS is isn't documented.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pca_mock.errors import (
    InvalidPolicyException,
    LockoutPreventedException,
    ResourceNotFoundException,
)
from pca_mock.service.conditions import COMPARISONS, is_like
from pca_mock.service.context import CaContext, Operation, Response
from pca_mock.structures import as_list

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import (
        DeletePolicyRequestTypeDef,
        GetPolicyRequestTypeDef,
        PutPolicyRequestTypeDef,
    )

# User Guide, "Resource-based policies": all actions that another account can be allowed.
SHAREABLE: Final = frozenset(
    {
        "acm-pca:DescribeCertificateAuthority",
        "acm-pca:GetCertificate",
        "acm-pca:GetCertificateAuthorityCertificate",
        "acm-pca:ListPermissions",
        "acm-pca:ListTags",
        "acm-pca:IssueCertificate",
        "acm-pca:RevokeCertificate",
    }
)
# User Guide, "Resource-based policies": the only templates that another account can use, whatever
# the policy.
SHAREABLE_TEMPLATES: Final = frozenset(
    {
        "EndEntityCertificate/V1",
        "EndEntityClientAuthCertificate/V1",
        "EndEntityServerAuthCertificate/V1",
        "BlankEndEntityCertificate_APIPassthrough/V1",
        "BlankEndEntityCertificate_APICSRPassthrough/V1",
        "SubordinateCACertificate_PathLen0/V1",
    }
)
_VERSIONS: Final = (None, "2012-10-17", "2008-10-17")
_STATEMENT_MEMBERS: Final = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
_SERVICE: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
_ACCOUNT: Final = re.compile(r"(?P<id>[0-9]{12})|arn:[\w-]+:(?:iam|sts)::(?P<of_arn>[0-9]{12}):.+")
# A policy for everybody must define in one of these ways who everybody is.
_NARROWING: Final = {"aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount"}
# OPEN RULE policy-lockout
# Actions whose denial locks the policy's own author out.
_LOCKING: Final = {"acm-pca:PutPolicy", "acm-pca:DeletePolicy", "acm-pca:*", "*"}


# The condition operators that resource policies can use here.
_OPERATORS: Final = {
    name: COMPARISONS[name] for name in ("StringEquals", "StringLike", "ArnEquals", "ArnLike")
}


@dataclass(frozen=True, slots=True)
class _Principals:
    """Who a statement is about. Callers are accounts; a service never is one."""

    is_everybody: bool = False
    accounts: frozenset[str] = frozenset()

    def include(self, account: str | None) -> bool:
        """Whether an account is among them."""
        return self.is_everybody or account in self.accounts


@dataclass(frozen=True, slots=True)
class _Condition:
    """A key of the call, and the values of which one must fit it."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Statement:
    """An Allow statement.

    Attributes:
        resources: the CA's ARN, or ARNs of its certificates; a `*` in these is a wildcard.
    """

    principals: _Principals
    actions: frozenset[str]
    resources: tuple[str, ...]
    conditions: tuple[_Condition, ...]


@lru_cache(maxsize=256)
def _parse(text: str, ca_arn: str) -> tuple[_Statement, ...]:
    """Read a policy, and refuse one that AWS would refuse.

    Raises:
        InvalidPolicyException: it breaks a rule of the user guide.
        LockoutPreventedException: it would prevent its author from changing it.
    """
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidPolicyException("The policy is not valid JSON.") from None
    if not isinstance(policy, dict) or policy.get("Version") not in _VERSIONS:
        raise InvalidPolicyException("The policy must be an object with a supported Version.")
    statements = as_list(policy.get("Statement"))
    if not statements or not all(isinstance(statement, dict) for statement in statements):
        raise InvalidPolicyException("The policy must have at least one Statement.")
    return tuple(_statement(statement, ca_arn) for statement in statements)


# OPEN RULE policy-rules
def _statement(statement: Mapping[str, object], ca_arn: str) -> _Statement:
    if unknown := statement.keys() - _STATEMENT_MEMBERS:
        raise InvalidPolicyException(f"A statement has an unknown member: {min(unknown)}")
    actions = frozenset(_strings(statement.get("Action"), "Action"))
    principals = _principals(statement.get("Principal"))
    is_about_author = principals.include(ca_arn.split(":")[4])
    if statement.get("Effect") == "Deny" and is_about_author and actions & _LOCKING:
        raise LockoutPreventedException("The policy would prevent you from changing it later.")
    if statement.get("Effect") != "Allow":
        raise InvalidPolicyException("The Effect of a statement must be Allow.")
    if not actions <= SHAREABLE:
        raise InvalidPolicyException(
            f"The policy has an invalid action: {min(actions - SHAREABLE)}"
        )
    resources = tuple(_strings(statement.get("Resource"), "Resource"))
    certificate = re.compile(re.escape(ca_arn) + "/certificate/[^/]+")
    if not all(each == ca_arn or certificate.fullmatch(each) for each in resources):
        raise InvalidPolicyException(
            "The Resource must be the ARN of the certificate authority or of its certificates."
        )
    conditions = _conditions(statement.get("Condition", {}))
    if principals.is_everybody and not any(each.key in _NARROWING for each in conditions):
        raise InvalidPolicyException("A policy for all principals must be limited by a Condition.")
    return _Statement(principals, actions, resources, conditions)


def _principals(principal: object) -> _Principals:
    """Who a Principal means: `*`, AWS accounts, or services."""
    if principal == "*":
        return _Principals(is_everybody=True)
    if not isinstance(principal, dict) or len(principal) != 1:
        raise InvalidPolicyException("A statement must have a Principal of one kind.")
    ((kind, value),) = principal.items()
    names = _strings(value, "Principal")
    if kind == "AWS" and "*" in names:
        return _Principals(is_everybody=True)
    form = {"AWS": _ACCOUNT, "Service": _SERVICE}.get(kind)
    matches = [(name, form.fullmatch(name) if form else None) for name in names]
    for name, match in matches:
        if match is None:
            raise InvalidPolicyException(f"The policy has an invalid principal: {name}")
    if kind == "Service":
        return _Principals()
    accounts = (match["id"] or match["of_arn"] for _, match in matches if match)
    return _Principals(accounts=frozenset(accounts))


def _conditions(condition: object) -> tuple[_Condition, ...]:
    if not isinstance(condition, dict) or not all(
        isinstance(keys, dict) for keys in condition.values()
    ):
        raise InvalidPolicyException("A Condition must be an object of objects.")
    return tuple(
        _Condition(operator, key, tuple(_strings(values, "Condition")))
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def _strings(value: object, member: str) -> list[str]:
    items = as_list(value)
    strings = [item for item in items if isinstance(item, str)]
    if not items or len(strings) < len(items):
        raise InvalidPolicyException(f"A statement must have a valid {member}.")
    return strings


def allows(
    policy: str,
    ca_arn: str,
    action: str,
    facts: Mapping[str, str | None],
    certificate_arn: str | None = None,
) -> bool:
    """Whether a CA's policy allows a caller of another account an action.

    Args:
        policy: the text, as it was put.
        ca_arn: the CA's ARN.
        action: such as "acm-pca:GetCertificate".
        facts: values of the call, by condition key, with the account among them.
        certificate_arn: of the certificate that the action is about, if it is about one.
    """
    return _is_open(facts["acm-pca:TemplateArn"]) and any(
        action in statement.actions
        and statement.principals.include(facts["aws:PrincipalAccount"])
        and _covers(statement, ca_arn, certificate_arn)
        and all(_holds(condition, facts) for condition in statement.conditions)
        for statement in _parse(policy, ca_arn)
    )


# OPEN RULE policy-templates
def _is_open(template_arn: str | None) -> bool:
    """Whether other accounts can issue with a template. Other actions are about none."""
    return template_arn is None or template_arn.partition(":template/")[2] in SHAREABLE_TEMPLATES


def _covers(statement: _Statement, ca_arn: str, certificate_arn: str | None) -> bool:
    """Whether a statement's resources are those of an action.

    OPEN RULE policy-certificate-resource: the guide's sample names certificates, its table of
    actions the CA. So a certificate's ARN means its CA in actions that are about no certificate.
    """
    return (
        certificate_arn is None
        or ca_arn in statement.resources
        or any(is_like(certificate_arn, each) for each in statement.resources)
    )


# OPEN RULE policy-conditions
def _holds(condition: _Condition, facts: Mapping[str, str | None]) -> bool:
    """Whether one of a condition's values fits. A call without the key never fits."""
    fact, fits = facts.get(condition.key), _OPERATORS.get(condition.operator)
    if fact is None or fits is None:
        return False
    return any(fits(fact, value) for value in condition.values)


def put_policy(request: PutPolicyRequestTypeDef, ctx: CaContext) -> Response:
    """Answer PutPolicy: attach the policy, in place of the one so far.

    Raises:
        InvalidPolicyException: not a policy that could be attached to this CA.
        LockoutPreventedException: it would prevent its author from changing it.
    """
    _parse(request["Policy"], str(ctx.ca.arn))
    ctx.ca.policy = request["Policy"]
    return {}


def get_policy(request: GetPolicyRequestTypeDef, ctx: CaContext) -> Response:
    """Answer GetPolicy: the text as it was put.

    Raises:
        ResourceNotFoundException: there is none.
    """
    if ctx.ca.policy is None:
        raise ResourceNotFoundException(f"Could not find policy for resource {ctx.ca.arn}.")
    return {"Policy": ctx.ca.policy}


def delete_policy(request: DeletePolicyRequestTypeDef, ctx: CaContext) -> Response:
    """Answer DeletePolicy: detach it; there may be none."""
    ctx.ca.policy = None
    return {}


# By their names on the wire.
OPERATIONS: Final = {
    "DeletePolicy": Operation(delete_policy),
    "GetPolicy": Operation(get_policy),
    "PutPolicy": Operation(put_policy),
}
