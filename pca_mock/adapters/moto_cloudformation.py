"""CloudFormation's resource types of Private CA, in stacks of moto's CloudFormation.

moto finds the class of a resource type in a dict. While a mock runs, that dict has the four types
of `AWS::ACMPCA`. Their resources are made, changed and deleted by operations of Private CA in the
caller's name, as those of AWS are.

Sources: CloudFormation Template Reference, "AWS::ACMPCA"; the handlers of AWS's own resource
providers (`aws-cloudformation-resource-providers-acmpca`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError

from pca_mock.adapters import company, moto_seam
from pca_mock.errors import (
    AwsError,
    InvalidStateException,
    RequestInProgressException,
    ResourceNotFoundException,
)
from pca_mock.service.attempts import ClientCall
from pca_mock.service.context import Response
from pca_mock.service.model import operation_model, partition_of
from pca_mock.state import running
from pca_mock.state.calls import Caller
from pca_mock.state.store import State

_SERVICE: Final = "cloudformation"
_PRINCIPAL: Final = "cloudformation.amazonaws.com"
_LONGEST_WAIT: Final = timedelta(days=365)
_caller: Final[ContextVar[Caller | None]] = ContextVar("pca_mock_stack_caller", default=None)

_Json = dict[str, Any]


def offer(
    state: State, params: Any, context: dict[str, Any], request_signer: Any, **_: Any
) -> None:
    """`before-call.cloudformation`: give moto the resource types, and note who calls."""
    if moto_seam.answers(_SERVICE, params["url"]):
        _caller.set(company.caller_of(state, request_signer, context)[0])
        moto_seam.resource_types().update(TYPES)


def withdraw() -> None:
    """Take the resource types from moto again: no mock runs."""
    types = moto_seam.resource_types(only_if_in_use=True)
    for name in TYPES:
        types.pop(name, None)


@dataclass(slots=True)
class _Account:
    """Private CA, as a stack's resources use it.

    Attributes:
        account_id, region: of the stack in moto.
    """

    account_id: str
    region: str

    def call(self, operation: str, **members: Any) -> Response:
        """Call Private CA in the name of the stack's caller, whose clock waits until it is done.

        Raises:
            AwsError: it has refused.
        """
        state = running.latest()
        assert state is not None  # `withdraw` takes the types otherwise
        wait = timedelta(seconds=1)
        while True:
            call = ClientCall(state, operation, members, self._caller())
            try:
                response = call.attempt()
            except RequestInProgressException as error:
                call.end(error, 0)
                if wait > _LONGEST_WAIT:
                    raise
                state.clock.advance(wait)
                wait *= 2
            except (AwsError, BotoCoreError) as error:
                call.end(error, 0)
                raise
            else:
                call.end(None, 0)
                return response

    def _caller(self) -> Caller:
        caller = _caller.get()
        account_id = caller.account if caller is not None else self.account_id
        return Caller(
            account_id,
            self.region,
            partition_of(self.region),
            invoked_by=_PRINCIPAL,
            access_key=caller.access_key if caller is not None else None,
        )


@dataclass  # without slots: moto sets attributes, which differ from version to version
class Resource:
    """A resource of a stack, as moto's CloudFormation uses it.

    Attributes:
        kind: its type.
        account: where it is.
        properties: of the template, resolved.
        physical_resource_id: the value of `Ref`.
        attributes: the values of `Fn::GetAtt`.
    """

    kind: ResourceType
    account: _Account
    properties: _Json
    physical_resource_id: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)

    def get_cfn_attribute(self, attribute: str) -> Any:
        """The value of `Fn::GetAtt`."""
        if attribute not in self.attributes:
            raise moto_seam.unknown_attribute()
        return self.attributes[attribute]

    def is_created(self) -> bool:
        """Whether it is there: always, as creation has waited for it."""
        return True

    def delete(self, account_id: str, region_name: str) -> None:
        """Delete it. After a failure moto tries again later: others may have to go first."""
        self.kind.delete(self)


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A type of resources, with the methods that moto calls on the classes of its own types.

    Attributes:
        required, optional: the properties.
        mutable: those whose change updates the resource; that of others replaces it.
        shown: the attributes of `Fn::GetAtt`.
        create, update, delete: make, change and delete what a resource stands for.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...]
    mutable: tuple[str, ...]
    shown: tuple[str, ...]
    create: Callable[[Resource], None]
    update: Callable[[Resource, _Json], None]
    delete: Callable[[Resource], None]

    def has_cfn_attr(self, attribute: str) -> bool:
        """Whether `Fn::GetAtt` has an attribute."""
        return attribute in self.shown

    def create_from_cloudformation_json(
        self,
        resource_name: str,
        cloudformation_json: Mapping[str, Any],
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Resource:
        """Make a resource.

        Raises:
            moto's ValidationError: a property is missing or unknown, or Private CA has refused.
        """
        properties = self._checked(cloudformation_json)
        resource = Resource(self, _Account(account_id, region_name), properties)
        _translating(lambda: self.create(resource))
        return resource

    def update_from_cloudformation_json(
        self,
        original_resource: Resource,
        new_resource_name: str,
        cloudformation_json: Mapping[str, Any],
        account_id: str,
        region_name: str,
    ) -> Resource:
        """Change a resource, or replace it where a property cannot be changed.

        Raises:
            moto's ValidationError: a property is missing or unknown, or Private CA has refused.
        """
        properties, former = self._checked(cloudformation_json), original_resource.properties
        names = properties.keys() | former.keys()
        changed = {name for name in names if properties.get(name) != former.get(name)}
        if changed <= set(self.mutable):
            _translating(lambda: self.update(original_resource, properties))
            original_resource.properties = properties
            return original_resource
        resource = Resource(self, _Account(account_id, region_name), properties)
        _translating(lambda: self.create(resource))
        with suppress(AwsError):  # AWS goes on, too, and leaves the former resource
            self.delete(original_resource)
        return resource

    def _checked(self, template: Mapping[str, Any]) -> _Json:
        properties = {
            name: value
            for name, value in template.get("Properties", {}).items()
            if value is not None
        }
        for name in sorted(properties.keys() - {*self.required, *self.optional}):
            raise moto_seam.stack_error(f"extraneous key [{name}] is not permitted")
        for name in self.required:
            if name not in properties:
                raise moto_seam.stack_error(f"required key [{name}] not found")
        return properties


def _translating(act: Callable[[], None]) -> None:
    """Raise moto's error in place of Private CA's and of botocore's."""
    try:
        act()
    except AwsError as error:
        message = f"{error.message} (Service: AcmPca, Error Code: {error.code})"
        raise moto_seam.stack_error(message) from error
    except BotoCoreError as error:  # with which botocore would call CloudFormation again
        raise moto_seam.stack_error(str(error)) from error


def _request(operation: str, members: Mapping[str, Any]) -> _Json:
    """Members of a request from values of a template, in which numbers may be text."""
    shape = operation_model(operation).input_shape
    return {
        name: _typed(value, shape.members[name])
        for name, value in members.items()
        if value is not None
    }


def _typed(value: Any, shape: Any) -> Any:
    kind = shape.type_name
    if isinstance(value, dict) and kind == "structure":
        return {
            name: _typed(each, shape.members[name]) if name in shape.members else each
            for name, each in value.items()
            if each is not None
        }
    if isinstance(value, list) and kind == "list":
        return [_typed(each, shape.member) for each in value if each is not None]
    if kind in ("integer", "long") and isinstance(value, str) and value.lstrip("-").isdecimal():
        return int(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return str(value) if kind == "string" and isinstance(value, int) else value


# AWS::ACMPCA::CertificateAuthority

_CONFIGURATION: Final = ("KeyAlgorithm", "SigningAlgorithm", "Subject", "CsrExtensions")
_DISABLED: Final = {"Enabled": False}


def _create_authority(resource: Resource) -> None:
    properties = resource.properties
    configuration = {name: properties[name] for name in _CONFIGURATION if name in properties}
    members = {
        "CertificateAuthorityType": properties["Type"],
        "CertificateAuthorityConfiguration": configuration,
        "KeyStorageSecurityStandard": properties.get("KeyStorageSecurityStandard"),
        "RevocationConfiguration": properties.get("RevocationConfiguration"),
        "Tags": properties.get("Tags") or None,
        "UsageMode": properties.get("UsageMode"),
    }
    operation = "CreateCertificateAuthority"
    answer = resource.account.call(operation, **_request(operation, members))
    arn = str(answer["CertificateAuthorityArn"])
    csr = resource.account.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=arn)["Csr"]
    resource.physical_resource_id = arn
    resource.attributes = {"Arn": arn, "CertificateSigningRequest": csr}


def _update_authority(resource: Resource, properties: _Json) -> None:
    account, arn = resource.account, resource.physical_resource_id
    revocation = properties.get("RevocationConfiguration") or {}
    if revocation != (resource.properties.get("RevocationConfiguration") or {}):
        configuration = {
            "CrlConfiguration": revocation.get("CrlConfiguration") or _DISABLED,
            "OcspConfiguration": revocation.get("OcspConfiguration") or _DISABLED,
        }
        members = {"CertificateAuthorityArn": arn, "RevocationConfiguration": configuration}
        operation = "UpdateCertificateAuthority"
        account.call(operation, **_request(operation, members))
    former, tags = (each.get("Tags") or [] for each in (resource.properties, properties))
    for operation, changed in (
        ("UntagCertificateAuthority", [tag for tag in former if tag not in tags]),
        ("TagCertificateAuthority", [tag for tag in tags if tag not in former]),
    ):
        if changed:
            members = {"CertificateAuthorityArn": arn, "Tags": changed}
            account.call(operation, **_request(operation, members))


def _delete_authority(resource: Resource) -> None:
    with suppress(ResourceNotFoundException):
        arn = resource.physical_resource_id
        resource.account.call("DeleteCertificateAuthority", CertificateAuthorityArn=arn)


# AWS::ACMPCA::Certificate


def _create_certificate(resource: Resource) -> None:
    properties = dict(resource.properties)
    members = {"Csr": properties.pop("CertificateSigningRequest"), **properties}
    operation = "IssueCertificate"
    answer = resource.account.call(operation, **_request(operation, members))
    arn = str(answer["CertificateArn"])
    certificate = resource.account.call(
        "GetCertificate",
        CertificateAuthorityArn=properties["CertificateAuthorityArn"],
        CertificateArn=arn,
    )["Certificate"]
    resource.physical_resource_id = arn
    resource.attributes = {"Arn": arn, "Certificate": certificate}


def _update_nothing(resource: Resource, properties: _Json) -> None:
    """Change nothing: the properties are the same."""


def _delete_nothing(resource: Resource) -> None:
    """Leave the certificate: AWS neither deletes nor revokes it."""


# AWS::ACMPCA::CertificateAuthorityActivation


def _activate(resource: Resource) -> None:
    _import(resource, resource.properties)


def _update_activation(resource: Resource, properties: _Json) -> None:
    _import(resource, properties)


def _import(resource: Resource, properties: _Json) -> None:
    arn, pem = properties["CertificateAuthorityArn"], properties["Certificate"]
    chain = properties.get("CertificateChain")
    members = {
        "CertificateAuthorityArn": arn,
        "Certificate": pem,
        "CertificateChain": chain,
    }
    operation = "ImportCertificateAuthorityCertificate"
    resource.account.call(operation, **_request(operation, members))
    status = properties.get("Status", "ACTIVE")
    resource.account.call("UpdateCertificateAuthority", CertificateAuthorityArn=arn, Status=status)
    resource.physical_resource_id = arn
    resource.attributes = {"CompleteCertificateChain": f"{pem}\n{chain}" if chain else pem}


def _deactivate(resource: Resource) -> None:
    with suppress(InvalidStateException, ResourceNotFoundException):
        resource.account.call(
            "UpdateCertificateAuthority",
            CertificateAuthorityArn=resource.physical_resource_id,
            Status="DISABLED",
        )


# AWS::ACMPCA::Permission


def _create_permission(resource: Resource) -> None:
    properties = resource.properties
    resource.account.call("CreatePermission", **_request("CreatePermission", properties))
    arn, principal = properties["CertificateAuthorityArn"], properties["Principal"]
    resource.physical_resource_id = f"{arn}|{principal}"


def _delete_permission(resource: Resource) -> None:
    members = {name: value for name, value in resource.properties.items() if name != "Actions"}
    with suppress(InvalidStateException, ResourceNotFoundException):  # the CA is deleted, too
        resource.account.call("DeletePermission", **_request("DeletePermission", members))


TYPES: Final = {
    "AWS::ACMPCA::CertificateAuthority": ResourceType(
        required=("KeyAlgorithm", "SigningAlgorithm", "Subject", "Type"),
        optional=(
            "CsrExtensions",
            "KeyStorageSecurityStandard",
            "RevocationConfiguration",
            "Tags",
            "UsageMode",
        ),
        mutable=("RevocationConfiguration", "Tags"),
        shown=("Arn", "CertificateSigningRequest"),
        create=_create_authority,
        update=_update_authority,
        delete=_delete_authority,
    ),
    "AWS::ACMPCA::Certificate": ResourceType(
        required=(
            "CertificateAuthorityArn",
            "CertificateSigningRequest",
            "SigningAlgorithm",
            "Validity",
        ),
        optional=("ApiPassthrough", "TemplateArn", "ValidityNotBefore"),
        mutable=(),
        shown=("Arn", "Certificate"),
        create=_create_certificate,
        update=_update_nothing,
        delete=_delete_nothing,
    ),
    "AWS::ACMPCA::CertificateAuthorityActivation": ResourceType(
        required=("Certificate", "CertificateAuthorityArn"),
        optional=("CertificateChain", "Status"),
        mutable=("Certificate", "CertificateChain", "Status"),
        shown=("CompleteCertificateChain",),
        create=_activate,
        update=_update_activation,
        delete=_deactivate,
    ),
    "AWS::ACMPCA::Permission": ResourceType(
        required=("Actions", "CertificateAuthorityArn", "Principal"),
        optional=("SourceAccount",),
        mutable=(),
        shown=(),
        create=_create_permission,
        update=_update_nothing,
        delete=_delete_permission,
    ),
}
