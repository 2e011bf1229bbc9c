"""moto's internals, as far as this package uses any: the only module that touches them.

A module of moto's is taken from `sys.modules`, where moto is in use, or imported while `mock_aws`
is active. So without moto none is imported, and every function answers that there is none.

Held against moto 5.0.26 to 5.2.5, by `tests/adapters/test_moto_seam.py`.
"""

from __future__ import annotations

import copy
import importlib
import os
import sys
from dataclasses import dataclass
from typing import Any

# moto's modules have no types. Its backends are one object for each service, account and region.
Backend = Any


def is_active() -> bool:
    """Whether `mock_aws` answers this process's clients at present."""
    return bool(getattr(stubber(), "enabled", False))


def stubber() -> Any:
    """The handler that answers botocore's clients for moto; None where moto isn't in use."""
    return getattr(sys.modules.get("moto.core.models"), "botocore_stubber", None)


def answers(service: str, url: str) -> bool:
    """Whether moto would answer a request of a service now.

    It would not if `mock_aws` isn't active, if the URL is another endpoint than AWS's own, or if
    moto is configured to pass requests of the service on or to mock only other services.

    Args:
        service: as moto names it in its list of URLs, such as "acm".
        url: of the request.
    """
    if not is_active():
        return False
    patterns = _module("moto.backend_index").backend_url_patterns
    config = _module("moto.core.config")
    return (
        any(name == service and pattern.match(url) for name, pattern in patterns)
        and not config.passthrough_url(url)
        and not config.passthrough_service(service)
        and bool(config.service_whitelisted(service))
    )


def backend(service: str, account_id: str, region: str) -> Backend:
    """The backend of a service in moto, which is made on demand; only while `mock_aws` is active.

    Args:
        service: as moto names it, such as "acm" or "events".
        account_id: 12 digits.
        region: of the service; for global services the partition, such as "aws".
    """
    return _module("moto.backends").get_backend(service)[account_id][region]


def certificates(account_id: str, region: str) -> dict[str, Any]:
    """The certificates in moto's ACM by ARN, to be changed; only while `mock_aws` is active."""
    of_backend: dict[str, Any] = backend("acm", account_id, region)._certificates
    return of_backend


def certificates_in_use() -> list[dict[str, Any]]:
    """The same of each account and region whose ACM is in use in moto."""
    models = sys.modules.get("moto.acm.models")
    accounts = list(getattr(models, "acm_backends", {}).values())
    return [each._certificates for regions in accounts for each in list(regions.values())]


def users_of_certificate(arn: str) -> list[str]:
    """The ARNs of the load balancers in moto whose listeners have a certificate of ACM.

    Args:
        arn: of the certificate.
    """
    _, partition, _, region, account_id, _ = arn.split(":", 5)
    users: list[str] = []
    for each in _load_balancers("elbv2", account_id, region):
        if any(arn in listener.certificates for listener in each.listeners.values()):
            users.append(each.arn)
    for each in _load_balancers("elb", account_id, region):
        if any(listener.ssl_certificate_id == arn for listener in each.listeners):
            place = f"arn:{partition}:elasticloadbalancing:{region}:{account_id}"
            users.append(f"{place}:loadbalancer/{each.name}")
    return users


def _load_balancers(service: str, account_id: str, region: str) -> list[Any]:
    models = sys.modules.get(f"moto.{service}.models")
    regions = getattr(models, f"{service}_backends", {}).get(account_id, {})
    return list(regions[region].load_balancers.values()) if region in regions else []


def resource_types(*, only_if_in_use: bool = False) -> dict[str, Any]:
    """The classes of CloudFormation's resource types in moto, to be changed.

    Args:
        only_if_in_use: whether to answer with an empty dict where moto's CloudFormation has not
            been imported, instead of importing it.
    """
    name = "moto.cloudformation.parsing"
    if only_if_in_use and name not in sys.modules:
        return {}
    types: dict[str, Any] = _module(name).get_model_map()  # of which there is one, in a cache
    return types


def stack_error(message: str) -> Exception:
    """The error with which moto's CloudFormation answers a call about a stack."""
    error: Exception = _module("moto.cloudformation.exceptions").ValidationError(message=message)
    return error


def unknown_attribute() -> Exception:
    """The error after which moto's CloudFormation answers that `Fn::GetAtt` has no such name."""
    error: Exception = _module(
        "moto.cloudformation.exceptions"
    ).UnformattedGetAttTemplateException()
    return error


def shareable_kinds(*, only_if_in_use: bool = False) -> list[str]:
    """The kinds of resources that moto's Resource Access Manager shares, to be changed.

    Args:
        only_if_in_use: whether to answer with an empty list where it has not been imported, instead
            of importing it.
    """
    name = "moto.ram.models"
    if only_if_in_use and name not in sys.modules:
        return []
    kinds: list[str] = _module(name).ResourceShare.SHAREABLE_RESOURCES
    return kinds


def forget_share(arn: str) -> None:
    """Remove a share from moto's Resource Access Manager, as if it had never been made."""
    _, _, _, region, account_id, _ = arn.split(":", 5)
    of_backend = backend("ram", account_id, region)
    of_backend.resource_shares = [each for each in of_backend.resource_shares if each.arn != arn]


def account_of(access_key: str) -> str | None:
    """The account in which moto's IAM or STS made an access key; None if it hasn't made it."""
    models = sys.modules.get("moto.iam.models")
    if models is None:
        return None
    for account_id, partitions in list(models.iam_backends.items()):
        if any(access_key in each.access_keys for each in list(partitions.values())):
            return str(account_id)
    return None


@dataclass(frozen=True, slots=True)
class Identity:
    """A user or a role's session of moto's IAM.

    Attributes:
        arn: as AWS's messages have it.
        principal_arn: the value of aws:PrincipalArn: the user's, or the role's.
        user_id: the value of aws:userid.
        user_name: None for a role.
        tags: of the user or role.
        policies: all documents of the user, its groups or the role: JSON text.
        boundary: the document of the permissions boundary.
        session_policy: the document with which the role was assumed.
    """

    arn: str
    principal_arn: str
    user_id: str
    user_name: str | None
    tags: tuple[tuple[str, str], ...]
    policies: tuple[str, ...]
    boundary: str | None = None
    session_policy: str | None = None


def identity_of(access_key: str | None) -> Identity | None:
    """Who has an access key in moto's IAM; None if it hasn't made the key for anybody."""
    account_id = account_of(access_key) if access_key is not None else None
    if account_id is None or access_key is None:
        return None
    partitions = list(_module("moto.iam.models").iam_backends[account_id].values())
    backend = next(each for each in partitions if access_key in each.access_keys)
    sessions = _module("moto.sts.models").sts_backends[account_id][backend.partition].assumed_roles
    session = next((each for each in sessions if each.access_key_id == access_key), None)
    if session is not None:
        return _role_session(backend, session)
    name = backend.access_keys[access_key].user_name
    return _user(backend, access_key, name) if name in backend.users else None


def _user(backend: Any, access_key: str, name: str) -> Identity:
    control = _module("moto.iam.access_control")
    arguments: Any = (backend.account_id, backend.partition, access_key, {})
    policies = control.IAMUserAccessKey(*arguments).collect_policies()
    user = backend.get_user(name)
    tags = backend.tagger.list_tags_for_resource(user.arn)["Tags"]
    return Identity(
        arn=user.arn,
        principal_arn=user.arn,
        user_id=user.id,
        user_name=name,
        tags=tuple((tag["Key"], tag["Value"]) for tag in tags),
        policies=tuple(map(_document, policies)),
    )


def _role_session(backend: Any, session: Any) -> Identity | None:
    control = _module("moto.iam.access_control")
    name = session.role_arn.split("/")[-1]
    role = next((each for each in backend.roles.values() if each.name == name), None)
    if role is None:
        return None  # in moto, roles that don't exist can be assumed
    headers = {"X-Amz-Security-Token": session.session_token}
    arguments = (session.account_id, backend.partition, session.access_key_id, headers)
    policies = control.AssumedRoleAccessKey(*arguments).collect_policies()
    # Of older versions of moto's: another attribute, and tags by key.
    boundary = getattr(role, "permissions_boundary_arn", role.permissions_boundary)
    tags = role.tags.values() if isinstance(role.tags, dict) else role.tags or ()
    return Identity(
        arn=session.arn,
        principal_arn=role.arn,
        user_id=session.user_id,
        user_name=None,
        tags=tuple((tag["Key"], tag["Value"]) for tag in tags),
        policies=tuple(map(_document, policies)),
        boundary=_document(backend.get_policy(boundary)) if boundary else None,
        session_policy=session.policy or None,
    )


def _document(policy: Any) -> str:
    """The text of a policy in any of the forms in which moto's IAM has them."""
    if isinstance(policy, str):
        return policy
    if isinstance(policy, dict):
        return str(policy["policy_document"])
    return str(next(each.document for each in policy.versions if each.is_default))


def caller_account(access_key: str | None) -> str:
    """The account in which moto answers a call; only while `mock_aws` is active.

    Args:
        access_key: that signs the call; None where it isn't signed.
    """
    configured = os.environ.get("MOTO_ACCOUNT_ID")
    made_in = account_of(access_key) if access_key is not None else None
    return configured or made_in or str(_module("moto.core").DEFAULT_ACCOUNT_ID)


def _module(name: str) -> Any:
    return sys.modules.get(name) or importlib.import_module(name)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a default bus in moto's EventBridge.

    Attributes:
        state: such as "ENABLED".
        pattern: its event pattern; empty for a rule that only has a schedule.
        targets: as `put_targets` got them.
    """

    state: str
    pattern: dict[str, Any]
    targets: tuple[dict[str, Any], ...]
    _rule: Any

    def send(self, target: dict[str, Any], event: dict[str, Any], time: float) -> None:
        """Send an event to a target, whatever the pattern.

        Args:
            target: one of the targets.
            event: as EventBridge delivers it.
            time: of the event, in seconds since 1970: moto needs a number.

        Raises:
            Exception: moto cannot do it.
        """
        arn, notifications = target["Arn"], _module("moto.events.notifications")
        if arn.split(":")[2] == "lambda":  # the others' method knows none
            notifications._invoke_lambda(self._rule.account_id, fn_arn=arn, event=event)
            return
        # A rule with only this target, which any event matches.
        single = copy.copy(self._rule)
        single.targets = [target]
        single.event_pattern = _module("moto.events.models").EventPattern(None, {})
        # moto's transformer needs the ingestion time, and targets get the event without it.
        is_transformed = "InputTransformer" in target
        more = {"ingestion-time": time} if is_transformed else {}
        single.send_to_targets({**event, "time": time, **more}, transform_input=is_transformed)


def has_rules() -> bool:
    """Whether moto's EventBridge has been used; only while `mock_aws` is active."""
    models = sys.modules.get("moto.events.models")
    return any(len(regions) for regions in getattr(models, "events_backends", {}).values())


def rules(account_id: str, region: str) -> list[Rule]:
    """The rules of a default bus; only while `mock_aws` is active."""
    bus = backend("events", account_id, region).event_buses["default"]
    return [
        Rule(str(each.state), each.event_pattern.get_pattern(), tuple(each.targets), each)
        for each in list(bus.rules.values())
    ]
