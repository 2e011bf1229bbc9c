"""Least privilege: enforcing policies on the code under test, and the smallest sufficient one."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pca_mock.adapters import moto_seam
from pca_mock.arns import AuthorityArn, parse_authority_arn
from pca_mock.errors import AwsError, UnrecognizedClientException
from pca_mock.service import authorization
from pca_mock.service.dispatch import OPERATIONS
from pca_mock.service.identity_policies import KEYS, SERVICE, IdentityPolicies
from pca_mock.state.calls import Call, Caller
from pca_mock.state.enforcement import Decision, Enforcement, Rules
from pca_mock.state.store import State
from pca_mock.structures import as_list

_Context = Mapping[str, str | Sequence[str] | None]
_ANYTHING: Final = "*"
# With those of identities in IAM.
_IAM_KEYS: Final = (*KEYS, "aws:principaltag/")
_NO_TEMPLATES: Final[frozenset[str]] = frozenset()


def enforce(
    state: State, policies: Sequence[str | Mapping[str, Any]], context: _Context
) -> Enforcement:
    """Put policies into force. See `PcaMock.enforce`."""
    if not policies:
        raise TypeError("enforce() takes one or more policies: without any, nothing is allowed")
    values = _values(context)
    rules = IdentityPolicies(policies, values)
    return _in_force(state, lambda caller: rules)


def enforce_iam(state: State, context: _Context) -> Enforcement:
    """Put the policies that identities have in moto's IAM into force. See `PcaMock.enforce_iam`."""
    if not moto_seam.is_active():
        raise RuntimeError(
            "moto isn't active: start mock_aws, too, and make users or roles in its IAM"
        )
    values = _values(context)
    return _in_force(state, lambda caller: _rules_of(caller, values))


def _in_force(state: State, rules_of: Callable[[Caller], Rules]) -> Enforcement:
    enforcement = Enforcement(rules_of, state.enforced)
    state.enforced.append(enforcement)
    return enforcement


def _values(context: _Context) -> dict[str, Sequence[str]]:
    return {
        key: [value] if isinstance(value, str) else value or () for key, value in context.items()
    }


class _WithinLimits:
    """The policies of an identity, with those that limit them: an action needs all of them."""

    def __init__(
        self, policies: IdentityPolicies, limits: Sequence[tuple[IdentityPolicies, Decision]]
    ) -> None:
        """Limit policies.

        Args:
            policies: of the identity.
            limits: further policies, each with the decision on what it doesn't allow.
        """
        self._policies, self._limits = policies, limits
        self.principal, self.context = policies.principal, policies.context

    def decide(self, action: str, resource: str, facts: Mapping[str, Sequence[str]]) -> Decision:
        """Decide on a request. See `enforcement.Rules`."""
        decision = self._policies.decide(action, resource, facts)
        limited = [
            (each.decide(action, resource, facts), outside) for each, outside in self._limits
        ]
        if Decision.DENIED in (decision, *(each for each, _ in limited)):
            return Decision.DENIED
        for each, outside in limited:
            if decision is Decision.ALLOWED and each is not Decision.ALLOWED:
                return outside
        return decision


def _rules_of(caller: Caller, context: Mapping[str, Sequence[str]]) -> Rules:
    """The policies of a caller's identity in moto's IAM.

    Raises:
        UnrecognizedClientException: moto's IAM hasn't made the access key for a user or role.
        MalformedPolicyError: a policy cannot be evaluated here.
    """
    identity = moto_seam.identity_of(caller.access_key)
    if identity is None:
        raise UnrecognizedClientException
    facts: dict[str, Sequence[str]] = {
        "aws:principalarn": [identity.principal_arn],
        "aws:principaltype": ["User" if identity.user_name is not None else "AssumedRole"],
        "aws:userid": [identity.user_id],
        "aws:username": [identity.user_name] if identity.user_name is not None else [],
        **{f"aws:principaltag/{key.lower()}": [value] for key, value in identity.tags},
        **context,
    }

    def read(documents: Iterable[str]) -> IdentityPolicies:
        about_us = [each for each in map(_about_us, documents) if each["Statement"]]
        return IdentityPolicies(about_us, facts, principal=identity.arn, keys=_IAM_KEYS)

    limits = [
        (read([document]), outside)
        for document, outside in (
            (identity.boundary, Decision.OUTSIDE_BOUNDARY),
            (identity.session_policy, Decision.OUTSIDE_SESSION),
        )
        if document is not None
    ]
    return _WithinLimits(read(identity.policies), limits)


def _about_us(document: str) -> dict[str, Any]:
    """A policy without the statements that are only about other services."""
    policy: dict[str, Any] = json.loads(document)
    statements = as_list(policy.get("Statement"))
    return {**policy, "Statement": [each for each in statements if _may_be_about_us(each)]}


def _may_be_about_us(statement: Mapping[str, Any]) -> bool:
    actions = [str(action).lower() for action in as_list(statement.get("Action"))]
    return not actions or any(each == "*" or each.startswith(f"{SERVICE}:") for each in actions)


def smallest_policy(calls: Iterable[Call]) -> dict[str, Any]:
    """The smallest identity policy that allows these calls.

    It has a statement for each set of resources and templates, and no wildcards except for actions
    that are about no CA.
    """
    templates: dict[tuple[str, str], set[str]] = defaultdict(set)
    for action, resource, template in _uses(calls):
        templates[action, resource] |= {template} if template is not None else set()
    resources: dict[tuple[str, frozenset[str]], set[str]] = defaultdict(set)
    for (action, resource), names in templates.items():
        resources[action, frozenset(names)].add(resource)
    actions: dict[tuple[tuple[str, ...], frozenset[str]], list[str]] = defaultdict(list)
    for (action, names_of_templates), names in sorted(
        resources.items(), key=lambda item: (item[0][0], sorted(item[1]))
    ):
        actions[tuple(sorted(names)), names_of_templates].append(action)
    return {
        "Version": "2012-10-17",
        "Statement": [
            _statement(names, on, with_templates) for (on, with_templates), names in actions.items()
        ],
    }


def _uses(calls: Iterable[Call]) -> Iterator[tuple[str, str, str | None]]:
    """The permissions that calls needed: action, resource, and template where that applies."""
    for call in calls:
        arn = _authority_of(call)
        operation = OPERATIONS.get(call.operation)
        template = None
        if arn is not None and operation is not None and operation.template_arn is not None:
            template = operation.template_arn(call.params, arn.partition)
        if arn is None and _names_authority(call):
            continue  # the ARN isn't one, so nobody was asked for permission
        for action, resource in authorization.permissions(
            call.operation, call.params, call.caller, arn
        ):
            # IAM's reference lists no resource for these: "you must specify all resources".
            yield action, resource if arn is not None else _ANYTHING, template


def _names_authority(call: Call) -> bool:
    return "CertificateAuthorityArn" in call.params or "ResourceArn" in call.params


def _authority_of(call: Call) -> AuthorityArn | None:
    """The CA that a call was about; None if it was about none, or the ARN isn't one."""
    text = call.params.get("CertificateAuthorityArn", call.params.get("ResourceArn"))
    try:
        return parse_authority_arn(text) if isinstance(text, str) else None
    except AwsError:
        return None


def _statement(
    actions: Sequence[str], resources: Sequence[str], templates: frozenset[str]
) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": _ANYTHING if _ANYTHING in resources else list(resources),
    }
    if templates:
        statement["Condition"] = {"ArnEquals": {"acm-pca:TemplateArn": sorted(templates)}}
    return statement
