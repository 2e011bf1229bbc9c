"""Identity policies: their grammar, and the access that they allow.

Sources: IAM User Guide, "JSON policy element reference", "Policy evaluation logic", "Grammar of the
IAM JSON policy language".
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pca_mock.service import conditions
from pca_mock.service.conditions import Condition, Facts
from pca_mock.service.model import service_model
from pca_mock.state.enforcement import Decision
from pca_mock.structures import as_list

SERVICE: Final = "acm-pca"
# Condition keys that requests have here, in lower case; one that ends in "/" is followed by the key
# of a tag.
KEYS: Final = (
    "acm-pca:templatearn",
    "aws:currenttime",
    "aws:epochtime",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:requestedregion",
    "aws:requesttag/",
    "aws:resourceaccount",
    "aws:resourcetag/",
    "aws:securetransport",
    "aws:tagkeys",
)


class MalformedPolicyError(ValueError):
    """IAM would refuse the policy, or it has an element that cannot be evaluated here."""


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement. `is_inverted…`: its element is NotAction, or NotResource."""

    allows: bool
    actions: tuple[str, ...]
    is_inverted_action: bool
    resources: tuple[str, ...]
    is_inverted_resource: bool
    conditions: tuple[Condition, ...]
    has_variables: bool

    def applies(self, action: str, resource: str, facts: Facts) -> bool:
        """Whether it is about a request."""
        is_action = any(conditions.is_like(action.lower(), each.lower()) for each in self.actions)
        return (
            is_action != self.is_inverted_action
            and self._is_about(resource, facts) != self.is_inverted_resource
            and all(condition.is_met(facts) for condition in self.conditions)
        )

    def _is_about(self, resource: str, facts: Facts) -> bool:
        for text in self.resources:
            pattern = conditions.substituted(text, facts) if self.has_variables else text
            if pattern is not None and conditions.arn_is_like(resource, pattern):
                return True
        return False


class IdentityPolicies:
    """The policies of one identity.

    Attributes:
        principal: the ARN of the identity as messages have it; None for the caller's own.
        context: values of further condition keys, by names in lower case.
    """

    def __init__(
        self,
        policies: Iterable[str | Mapping[str, Any]],
        context: Mapping[str, Sequence[str]],
        *,
        principal: str | None = None,
        keys: Sequence[str] = KEYS,
    ) -> None:
        """Read the policies.

        Args:
            policies: documents, as JSON text or as dicts.
            context: condition keys of requests besides those of `keys`; without values for one that
                requests don't have.
            principal: the ARN of the identity as messages have it; None for the caller's own.
            keys: the condition keys that requests have, as in `KEYS`.

        Raises:
            MalformedPolicyError: IAM would refuse one, or it cannot be evaluated here.
        """
        self.principal = principal
        self.context: Mapping[str, Sequence[str]] = {
            key.lower(): tuple(values) for key, values in context.items()
        }
        reader = _Reader(self.context, keys)
        self._statements = [each for policy in policies for each in reader.statements(policy)]

    def decide(self, action: str, resource: str, facts: Facts) -> Decision:
        """Decide on a request: a Deny is stronger than any Allow. See `enforcement.Rules`."""
        applying = [each for each in self._statements if each.applies(action, resource, facts)]
        if not all(each.allows for each in applying):
            return Decision.DENIED
        return Decision.ALLOWED if applying else Decision.NOT_ALLOWED


_VERSIONS: Final = ("2012-10-17", "2008-10-17")
_MEMBERS: Final = {"Version", "Id", "Statement"}
_STATEMENT_MEMBERS: Final = {
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}
_EFFECTS: Final = ("Allow", "Deny")
_SID: Final = re.compile("[A-Za-z0-9]*")
_ACTION: Final = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_RESOURCE: Final = re.compile(r"\*|arn:[^:]+:[^:*?]+:.+", re.DOTALL)


class _Reader:
    """Reads policies, and refuses those that IAM would refuse.

    It also refuses actions that the service doesn't have, which IAM accepts, and condition keys
    whose values aren't known: such a statement would apply, or not, by accident.
    """

    def __init__(self, context: Mapping[str, Sequence[str]], keys: Sequence[str]) -> None:
        self._context = context
        self._keys = keys

    def statements(self, policy: str | Mapping[str, Any]) -> list[_Statement]:
        """The statements of a policy.

        Raises:
            MalformedPolicyError: IAM would refuse it, or it cannot be evaluated here.
        """
        document = _loaded(policy)
        version = document.get("Version", _VERSIONS[1])
        _check(
            not document.keys() - _MEMBERS, f"a policy has no {_list(document.keys() - _MEMBERS)}"
        )
        _check(version in _VERSIONS, f"the Version is one of {_list(_VERSIONS)}, not {version!r}")
        statements = as_list(document.get("Statement"))
        _check(bool(statements), "a policy has at least one Statement")
        read = [self._statement(each, version == _VERSIONS[0]) for each in statements]
        sids = [each["Sid"] for each in statements if each.get("Sid")]
        _check(len(set(sids)) == len(sids), "each Sid of a policy is another one")
        return read

    def _statement(self, statement: Any, has_variables: bool) -> _Statement:
        _check(isinstance(statement, Mapping), "a Statement is an object")
        if {"Principal", "NotPrincipal"} & statement.keys():
            raise MalformedPolicyError(
                "a policy of an identity has no Principal: this one is a resource's, for PutPolicy"
            )
        unknown = statement.keys() - _STATEMENT_MEMBERS
        _check(not unknown, f"a Statement has no {_list(unknown)}")
        effect, sid = statement.get("Effect"), statement.get("Sid", "")
        _check(effect in _EFFECTS, f"the Effect is one of {_list(_EFFECTS)}, not {effect!r}")
        _check(
            isinstance(sid, str) and _SID.fullmatch(sid) is not None,
            f"a Sid consists of letters and digits, not {sid!r}",
        )
        actions, is_inverted_action = _one_of(statement, "Action", "NotAction")
        resources, is_inverted_resource = _one_of(statement, "Resource", "NotResource")
        for action in actions:
            _check_action(action)
        for resource in resources:
            _check(
                _RESOURCE.fullmatch(resource) is not None,
                f"a Resource is an ARN or *, not {resource!r}",
            )
        return _Statement(
            allows=effect == "Allow",
            actions=actions,
            is_inverted_action=is_inverted_action,
            resources=resources,
            is_inverted_resource=is_inverted_resource,
            conditions=tuple(self._conditions(statement.get("Condition", {}), has_variables)),
            has_variables=has_variables,
        )

    def _conditions(self, condition: Any, has_variables: bool) -> Iterable[Condition]:
        _check(
            isinstance(condition, Mapping)
            and all(isinstance(keys, Mapping) for keys in condition.values()),
            "a Condition is an object of objects",
        )
        for operator, keys in condition.items():
            for key, values in keys.items():
                self._check_key(key)
                try:
                    yield conditions.condition(
                        operator, key, _texts(values, key), has_variables=has_variables
                    )
                except ValueError as error:
                    raise MalformedPolicyError(str(error)) from None

    def _check_key(self, key: str) -> None:
        name = key.lower()
        is_known = name in self._context or any(
            name.startswith(each) if each.endswith("/") else name == each for each in self._keys
        )
        _check(
            is_known,
            f"requests to the mock have no condition key {key!r}: give its values with "
            f"context={{{key!r}: …}}, or None where a request has none",
        )


def _loaded(policy: str | Mapping[str, Any]) -> Mapping[str, Any]:
    document: Any = policy
    if isinstance(policy, str):
        try:
            document = json.loads(policy)
        except ValueError as error:
            raise MalformedPolicyError(f"the policy isn't JSON: {error}") from None
    if not isinstance(document, Mapping):
        raise MalformedPolicyError("a policy is an object")
    return document


def _one_of(statement: Mapping[str, Any], name: str, inverted: str) -> tuple[tuple[str, ...], bool]:
    """The values of one of two elements, and whether it is the inverted one."""
    _check(
        (name in statement) != (inverted in statement), f"a Statement has one of {name}, {inverted}"
    )
    is_inverted = inverted in statement
    values = as_list(statement[inverted if is_inverted else name])
    _check(
        bool(values) and all(isinstance(value, str) for value in values),
        f"{inverted if is_inverted else name} is text, or a list of texts",
    )
    return tuple(values), is_inverted


def _texts(values: Any, key: str) -> list[str]:
    """The values of a condition key: JSON's truth values and numbers are texts, too."""
    texts = [
        json.dumps(value) if isinstance(value, (bool, int, float)) else value
        for value in as_list(values)
    ]
    _check(
        bool(texts) and all(isinstance(text, str) for text in texts),
        f"the values of {key} are texts",
    )
    return texts


def _check_action(action: str) -> None:
    _check(
        _ACTION.fullmatch(action) is not None,
        f"an Action is a service and an operation, such as s3:GetObject, not {action!r}",
    )
    service, _, pattern = action.lower().partition(":")
    if service != SERVICE:
        return
    names = service_model().operation_names
    if not any(conditions.is_like(name.lower(), pattern) for name in names):
        close = difflib.get_close_matches(action.partition(":")[2], names, n=1, cutoff=0.5)
        hint = f"; do you mean {SERVICE}:{close[0]}?" if close else ""
        raise MalformedPolicyError(f"there is no action {action!r}{hint}")


def _check(is_so: bool, message: str) -> None:
    if not is_so:
        raise MalformedPolicyError(message)


def _list(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
