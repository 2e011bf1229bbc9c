"""Least privilege: enforcing policies on the code under test, and the smallest sufficient one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pca_mock.arns import AuthorityArn, parse_authority_arn
from pca_mock.errors import AwsError
from pca_mock.service import authorization
from pca_mock.service.dispatch import OPERATIONS
from pca_mock.service.identity_policies import IdentityPolicies
from pca_mock.state.calls import Call
from pca_mock.state.enforcement import Enforcement
from pca_mock.state.store import State

_Context = Mapping[str, str | Sequence[str] | None]
_ANYTHING: Final = "*"
_NO_TEMPLATES: Final[frozenset[str]] = frozenset()


def enforce(
    state: State, policies: Sequence[str | Mapping[str, Any]], context: _Context
) -> Enforcement:
    """Put policies into force. See `PcaMock.enforce`."""
    if not policies:
        raise TypeError("enforce() takes one or more policies: without any, nothing is allowed")
    values = {
        key: [value] if isinstance(value, str) else value or () for key, value in context.items()
    }
    enforcement = Enforcement(IdentityPolicies(policies, values), state.enforced)
    state.enforced.append(enforcement)
    return enforcement


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
    text = call.params.get("CertificateAuthorityArn") or call.params.get("ResourceArn")
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
