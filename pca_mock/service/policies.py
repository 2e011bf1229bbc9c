"""Resource policies: what they may say, whom they let do what, and the operations on them.

Sources: API_PutPolicy, API_GetPolicy, API_DeletePolicy; User Guide, "Resource-based policies",
"Best practices for Resource Access Manager sharing". How strict AWS is isn't documented.
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pca_mock.errors import (
    InvalidPolicyException,
    LockoutPreventedException,
    ResourceNotFoundException,
)
from pca_mock.service.context import CaContext, Response
from pca_mock.structures import as_list

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import (
        DeletePolicyRequestTypeDef,
        GetPolicyRequestTypeDef,
        PutPolicyRequestTypeDef,
    )

# User Guide, "Resource-based policies": all that another account can be allowed.
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
# User Guide, "Cross-account access": what another account can issue with unless a condition on
# `acm-pca:TemplateArn` says otherwise (older text: only with these).
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
_TEMPLATE: Final = "acm-pca:TemplateArn"
_VERSIONS: Final = (None, "2012-10-17", "2008-10-17")
_STATEMENT_MEMBERS: Final = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
_ACCOUNT: Final = re.compile(r"(?P<id>[0-9]{12})|arn:[\w-]+:(?:iam|sts)::(?P<of_arn>[0-9]{12}):.+")
# A policy for everybody must say in one of these ways who everybody is.
_NARROWING: Final = {"aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount"}
# Actions whose denial locks the policy's own author out.
_LOCKING: Final = {"acm-pca:PutPolicy", "acm-pca:DeletePolicy", "acm-pca:*", "*"}


def _equals(value: str, wanted: str) -> bool:
    return value == wanted


def is_like(value: str, wanted: str) -> bool:
    """Whether a value fits; `*` and `?` are wildcards, and nothing else is."""
    return fnmatch.fnmatchcase(value, wanted.replace("[", "[[]"))


# Condition operator -> (value, wanted) -> whether it holds.
_OPERATORS: Final[dict[str, Callable[[str, str], bool]]] = {
    "StringEquals": _equals,
    "StringLike": is_like,
    "ArnEquals": is_like,
    "ArnLike": is_like,
}


@dataclass(frozen=True, slots=True)
class _Statement:
    """An Allow statement. `accounts` is empty where everybody is meant."""

    accounts: frozenset[str]
    actions: frozenset[str]
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]


@lru_cache(maxsize=256)
def _parse(text: str, ca_arn: str) -> tuple[_Statement, ...]:
    """Read a policy, and refuse one that AWS would refuse.

    Raises:
        InvalidPolicyException: see the rules in the user guide.
        LockoutPreventedException: it denies the author the way back.
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


def _statement(statement: Mapping[str, object], ca_arn: str) -> _Statement:
    if unknown := statement.keys() - _STATEMENT_MEMBERS:
        raise InvalidPolicyException(f"A statement has an unknown member: {min(unknown)}")
    actions = frozenset(_strings(statement.get("Action"), "Action"))
    accounts = _accounts(statement.get("Principal"))
    is_about_author = not accounts or ca_arn.split(":")[4] in accounts
    if statement.get("Effect") == "Deny" and is_about_author and actions & _LOCKING:
        raise LockoutPreventedException("The policy would prevent you from changing it later.")
    if statement.get("Effect") != "Allow":
        raise InvalidPolicyException("The Effect of a statement must be Allow.")
    if not actions <= SHAREABLE:
        raise InvalidPolicyException(
            f"The policy has an invalid action: {min(actions - SHAREABLE)}"
        )
    if _strings(statement.get("Resource"), "Resource") != [ca_arn]:
        raise InvalidPolicyException("The Resource must be the ARN of the certificate authority.")
    conditions = tuple(_conditions(statement.get("Condition", {})))
    if not accounts and not any(key in _NARROWING for _, key, _ in conditions):
        raise InvalidPolicyException("A policy for all principals must be limited by a Condition.")
    return _Statement(accounts, actions, conditions)


def _accounts(principal: object) -> frozenset[str]:
    """The accounts that a Principal names; empty for `*`."""
    if isinstance(principal, dict) and principal.keys() == {"AWS"}:
        principal = principal["AWS"]
    elif principal != "*":
        raise InvalidPolicyException("A statement must have a Principal of AWS accounts.")
    accounts = set()
    for name in _strings(principal, "Principal"):
        if name == "*":
            return frozenset()
        match = _ACCOUNT.fullmatch(name)
        if match is None:
            raise InvalidPolicyException(f"The policy has an invalid principal: {name}")
        accounts.add(match["id"] or match["of_arn"])
    return frozenset(accounts)


def _conditions(condition: object) -> list[tuple[str, str, tuple[str, ...]]]:
    if not isinstance(condition, dict) or not all(
        isinstance(keys, dict) for keys in condition.values()
    ):
        raise InvalidPolicyException("A Condition must be an object of objects.")
    return [
        (operator, key, tuple(_strings(values, "Condition")))
        for operator, keys in condition.items()
        for key, values in keys.items()
    ]


def _strings(value: object, member: str) -> list[str]:
    items = as_list(value)
    strings = [item for item in items if isinstance(item, str)]
    if not items or len(strings) < len(items):
        raise InvalidPolicyException(f"A statement must have a valid {member}.")
    return strings


def allows(policy: str, ca_arn: str, action: str, facts: Mapping[str, str | None]) -> bool:
    """Whether a CA's policy lets a caller do something.

    Args:
        policy: the text, as it was put.
        ca_arn: the CA's ARN.
        action: such as "acm-pca:GetCertificate".
        facts: what is known of the call, by condition key; the account among it.
    """
    account = facts["aws:PrincipalAccount"]
    return any(
        action in statement.actions
        and (not statement.accounts or account in statement.accounts)
        and _opens(statement, facts[_TEMPLATE])
        and all(
            _holds(facts.get(key), operator, wanted)
            for operator, key, wanted in statement.conditions
        )
        for statement in _parse(policy, ca_arn)
    )


def _opens(statement: _Statement, template_arn: str | None) -> bool:
    """Whether a template is open to other accounts, or the statement names templates itself."""
    if template_arn is None or any(key == _TEMPLATE for _, key, _ in statement.conditions):
        return True
    return template_arn.partition(":template/")[2] in SHAREABLE_TEMPLATES


def _holds(fact: str | None, operator: str, wanted: tuple[str, ...]) -> bool:
    """Whether a condition holds: one of its values suffices. What isn't known never holds."""
    if fact is None or operator not in _OPERATORS:
        return False
    return any(_OPERATORS[operator](fact, value) for value in wanted)


def put_policy(request: PutPolicyRequestTypeDef, ctx: CaContext) -> Response:
    """Answer PutPolicy: attach the policy, in place of the one so far.

    Raises:
        InvalidPolicyException: not a policy that could be attached to this CA.
        LockoutPreventedException: it denies the author the way back.
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
