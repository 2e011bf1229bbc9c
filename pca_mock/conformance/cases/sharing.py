"""Permissions for ACM, resource policies, and what they allow another account."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, Final

from pca_mock.conformance.cases import der, issuing, operations
from pca_mock.conformance.cases.operations import ACM, PERMITTED, policy
from pca_mock.conformance.model import Answers, Area, Mark
from pca_mock.conformance.session import OK, Session

PERMISSIONS: Final = Area("permissions", "API_CreatePermission")
POLICIES: Final = Area("policies", "API_PutPolicy; User Guide, “Resource-based policies”")
SHARED: Final = Area("another account", "User Guide, “Resource-based policies”")
_READING: Final = (
    "DescribeCertificateAuthority",
    "GetCertificate",
    "GetCertificateAuthorityCertificate",
    "ListPermissions",
    "ListTags",
)
_DENIED: Final = "AccessDeniedException"

# Permissions


def _permit(aws: Session, arn: str, *actions: str, **more: object) -> str:
    return aws.code(
        "CreatePermission",
        CertificateAuthorityArn=arn,
        Principal=ACM,
        Actions=list(actions or PERMITTED),
        **more,
    )


def _permissions(aws: Session, arn: str) -> list[Any]:
    return list(aws.call("ListPermissions", CertificateAuthorityArn=arn)["Permissions"])


@PERMISSIONS.case(
    Mark.OBSERVED, principal=ACM, actions=sorted(PERMITTED), account=True, arn=True,
    source="acceptance tests of Terraform",
)  # fmt: skip
def _listed(aws: Session) -> Answers:
    """A permission is listed with its actions, and with the account that gave it."""
    arn = aws.borrow()
    _permit(aws, arn)
    (permission,) = _permissions(aws, arn)
    return {
        "principal": permission["Principal"],
        "actions": sorted(permission["Actions"]),
        "account": permission["SourceAccount"] == arn.split(":")[4],
        "arn": permission["CertificateAuthorityArn"] == arn,
    }


@PERMISSIONS.case(codes=[OK, "PermissionAlreadyExistsException"], actions=["IssueCertificate"])
def _twice(aws: Session) -> Answers:
    """A second permission for the same principal is refused, whatever its actions."""
    arn = aws.borrow()
    codes = [_permit(aws, arn, "IssueCertificate"), _permit(aws, arn)]
    return {"codes": codes, "actions": _permissions(aws, arn)[0]["Actions"]}


@PERMISSIONS.case(codes=[OK, OK], accounts=["111122223333", "444455556666"])
def _of_several_accounts(aws: Session) -> Answers:
    """There is a permission for each source account."""
    arn = aws.borrow()
    accounts = ("111122223333", "444455556666")
    codes = [_permit(aws, arn, SourceAccount=account) for account in accounts]
    listed = sorted(each["SourceAccount"] for each in _permissions(aws, arn))
    return {"codes": codes, "accounts": listed}


@PERMISSIONS.case(code=OK, listed=[])
def _deleted(aws: Session) -> Answers:
    """A deleted permission is gone."""
    arn = aws.borrow()
    _permit(aws, arn)
    code = aws.code("DeletePermission", CertificateAuthorityArn=arn, Principal=ACM)
    return {"code": code, "listed": _permissions(aws, arn)}


@PERMISSIONS.case(Mark.OBSERVED, code=OK, source="acceptance tests of Terraform")
def _at_a_pending_ca(aws: Session) -> Answers:
    """A CA that waits for its certificate can have permissions."""
    return {"code": _permit(aws, aws.borrow())}


# Policies


def put(aws: Session, arn: str, text: str) -> str:
    """The code of PutPolicy."""
    return aws.code("PutPolicy", ResourceArn=arn, Policy=text)


_STRANGER: Final = {"AWS": "111122223333"}


@POLICIES.case(code=OK, same=True)
def _kept(aws: Session) -> Answers:
    """GetPolicy gives the policy that PutPolicy got."""
    arn = aws.borrow()
    text = policy(arn, _STRANGER, *_READING)
    code = put(aws, arn, text)
    kept = aws.call("GetPolicy", ResourceArn=arn)["Policy"]
    return {"code": code, "same": json.loads(kept) == json.loads(text)}


@POLICIES.case(codes=[OK, OK], actions="acm-pca:ListTags")
def _replaced(aws: Session) -> Answers:
    """A CA has one policy, which another one replaces."""
    arn = aws.borrow()
    codes = [
        put(aws, arn, policy(arn, _STRANGER, action)) for action in ("GetCertificate", "ListTags")
    ]
    statement = json.loads(aws.call("GetPolicy", ResourceArn=arn)["Policy"])["Statement"][0]
    (action,) = statement["Action"]
    return {"codes": codes, "actions": action}


@POLICIES.case(codes=[OK, OK, "ResourceNotFoundException"], source="API_DeletePolicy")
def _deleted_policy(aws: Session) -> Answers:
    """A policy can be deleted, also where there is none."""
    arn = aws.borrow()
    put(aws, arn, policy(arn, _STRANGER, "ListTags"))
    names = ("DeletePolicy", "DeletePolicy", "GetPolicy")
    return {"codes": [aws.code(name, ResourceArn=arn) for name in names]}


_TEMPLATE: Final = {
    "StringEquals": {"acm-pca:TemplateArn": "arn:aws:acm-pca:::template/EndEntityCertificate/V1"}
}
_ORGANIZATION: Final = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
_STATEMENTS: Final[tuple[tuple[str, object, tuple[str, ...], Any, str, Mark], ...]] = (
    ("account", _STRANGER, ("ListTags",), {}, OK, Mark.DOCUMENTED),
    ("several-accounts", {"AWS": ["111122223333", "444455556666"]}, ("ListTags",), {}, OK,
     Mark.DOCUMENTED),
    ("all-seven-actions", _STRANGER, (*_READING, "IssueCertificate", "RevokeCertificate"), {}, OK,
     Mark.DOCUMENTED),
    ("condition-on-a-template", _STRANGER, ("IssueCertificate",), {"Condition": _TEMPLATE}, OK,
     Mark.DOCUMENTED),
    ("organization", "*", ("ListTags",), {"Condition": _ORGANIZATION}, OK, Mark.DOCUMENTED),
    ("everybody", "*", ("ListTags",), {}, "InvalidPolicyException", Mark.OPEN),
    ("other-action", _STRANGER, ("DeleteCertificateAuthority",), {}, "InvalidPolicyException",
     Mark.DOCUMENTED),
    ("wildcard-action", _STRANGER, ("*",), {}, "InvalidPolicyException", Mark.OPEN),
    ("other-resource", _STRANGER, ("ListTags",),
     {"Resource": "arn:aws:s3:::bucket"}, "InvalidPolicyException", Mark.DOCUMENTED),
    ("no-principal", None, ("ListTags",), {}, "InvalidPolicyException", Mark.DOCUMENTED),
    ("no-action", _STRANGER, (), {}, "InvalidPolicyException", Mark.DOCUMENTED),
)  # fmt: skip


def _statement(principal: object, actions: tuple[str, ...], more: Any, aws: Session) -> Answers:
    arn = aws.borrow()
    text = policy(arn, principal, *actions, **more)
    return {"code": put(aws, arn, text)}


for _name, _principal, _actions, _more, _code, _mark in _STATEMENTS:
    POLICIES.add(
        f"statement-{_name}",
        f"PutPolicy with this statement gives {_code}: {_name.replace('-', ' ')}.",
        partial(_statement, _principal, _actions, _more),
        {"code": _code},
        _mark,
    )


@POLICIES.case(codes=["InvalidPolicyException"] * 3)
def _no_policy(aws: Session) -> Answers:
    """A policy is a JSON object with statements."""
    arn = aws.borrow()
    return {"codes": [put(aws, arn, text) for text in ("no JSON", "[]", "{}")]}


@POLICIES.case(Mark.OBSERVED, code=OK, source="the user guide's own example")
def _equal_statement_ids(aws: Session) -> Answers:
    """Two statements may have the same Sid."""
    arn = aws.borrow()
    one = json.loads(policy(arn, _STRANGER, "ListTags"))
    return {"code": put(aws, arn, json.dumps({**one, "Statement": one["Statement"] * 2}))}


# Another account


def shared_with(aws: Session, *actions: str, **statement: object) -> str:
    """A root of one's own that is shared with the second account."""
    arn = aws.borrow("ACTIVE")
    principal = {"AWS": aws.second_account()}
    aws.call("PutPolicy", ResourceArn=arn, Policy=policy(arn, principal, *actions, **statement))
    return arn


def _without(operation: str, aws: Session) -> Answers:
    arn = aws.shared("root")
    return {"code": aws.second.code(operation, **operations.request(aws, operation, arn))}


for _operation in operations.ABOUT_A_CA:
    SHARED.add(
        f"not-shared-{_operation}",
        f"{_operation} is denied to an account with which a CA isn't shared.",
        partial(_without, _operation),
        {"code": _DENIED},
        Mark.OBSERVED,
        "cert-manager/aws-privateca-issuer issue 211",
    )


def _with(operation: str, expected: str, aws: Session) -> Answers:
    arn = shared_with(aws, operation)
    code = aws.second.code(operation, **operations.request(aws, operation, arn))
    return {"code": code}


for _operation, _code in (
    ("DescribeCertificateAuthority", OK),
    ("GetCertificate", "ResourceNotFoundException"),
    ("GetCertificateAuthorityCertificate", OK),
    ("ListPermissions", OK),
    ("ListTags", OK),
    ("IssueCertificate", OK),
    ("RevokeCertificate", "ResourceNotFoundException"),
):
    SHARED.add(
        f"shared-{_operation}",
        f"{_operation} is allowed to an account where a policy allows it.",
        partial(_with, _operation, _code),
        {"code": _code},
    )


@SHARED.case(
    Mark.OBSERVED, code=_DENIED, has_words=True, status=400,
    source="cert-manager/aws-privateca-issuer issue 211",
)  # fmt: skip
def _words_of_a_denial(aws: Session) -> Answers:
    """A denial has HTTP status 400, and says which action on which CA no policy allows."""
    arn = aws.shared("root")
    error = aws.second.error("DescribeCertificateAuthority", CertificateAuthorityArn=arn)
    action = "acm-pca:DescribeCertificateAuthority"
    words = (
        f"is not authorized to perform: {action} on resource: {arn} because no "
        f"resource-based policy allows the {action} action"
    )
    return {
        "code": error.response["Error"]["Code"],
        "has_words": words in error.response["Error"]["Message"],
        "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
    }


_OPEN_TEMPLATES: Final = (
    "EndEntityCertificate",
    "EndEntityClientAuthCertificate",
    "EndEntityServerAuthCertificate",
    "BlankEndEntityCertificate_APIPassthrough",
    "BlankEndEntityCertificate_APICSRPassthrough",
    "SubordinateCACertificate_PathLen0",
)


@SHARED.case(codes=[OK] * 6)
def _templates(aws: Session) -> Answers:
    """Another account may use these six templates."""
    arn = shared_with(aws, "IssueCertificate")
    requests = [issuing.members(name) for name in _OPEN_TEMPLATES]
    return {
        "codes": [
            aws.second.code("IssueCertificate", CertificateAuthorityArn=arn, **request)
            for request in requests
        ]
    }


@SHARED.case(codes=[OK, OK, _DENIED])
def _condition(aws: Session) -> Answers:
    """A condition on the template also applies to the default one."""
    arn = shared_with(aws, "IssueCertificate", Condition=_TEMPLATE)
    names = (None, "EndEntityCertificate", "EndEntityClientAuthCertificate")
    return {
        "codes": [
            aws.second.code(
                "IssueCertificate", CertificateAuthorityArn=arn, **issuing.members(name)
            )
            for name in names
        ]
    }


@SHARED.case(own=False, other=True, source="API_ListCertificateAuthorities, ResourceOwner")
def _listed_as_shared(aws: Session) -> Answers:
    """A shared CA is listed among those of other accounts."""
    arn = shared_with(aws, "DescribeCertificateAuthority")

    def lists(owner: str) -> bool:
        pages = aws.second.client.get_paginator("list_certificate_authorities").paginate(
            ResourceOwner=owner
        )
        return arn in [ca["Arn"] for page in pages for ca in page["CertificateAuthorities"]]

    return {"own": lists("SELF"), "other": lists("OTHER_ACCOUNTS")}


@SHARED.case(code=_DENIED)
def _ended(aws: Session) -> Answers:
    """Without the policy the other account has no access any more."""
    arn = shared_with(aws, "ListTags")
    aws.call("DeletePolicy", ResourceArn=arn)
    return {"code": aws.second.code("ListTags", CertificateAuthorityArn=arn)}


@SHARED.case(same=True)
def _gets_its_certificate(aws: Session) -> Answers:
    """Another account issues a certificate and gets it."""
    arn = shared_with(aws, "IssueCertificate", "GetCertificate")
    issued = aws.second.call("IssueCertificate", CertificateAuthorityArn=arn, **issuing.members())
    names = {"CertificateAuthorityArn": arn, "CertificateArn": issued["CertificateArn"]}
    aws.second.client.get_waiter("certificate_issued").wait(**names)
    pem = aws.second.call("GetCertificate", **names)["Certificate"]
    return {"same": der.raw_subject(pem) == der.name("conformance").hex()}
