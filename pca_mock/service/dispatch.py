"""The one way into the service: knows no transport.

The checks common to all operations come in AWS's order: parameters, form of the ARNs, access,
existence, status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore.model import OperationNotFoundError

from pca_mock.arns import (
    AuthorityArn,
    TemplateArn,
    parse_authority_arn,
    parse_certificate_arn,
    parse_template_arn,
)
from pca_mock.errors import (
    InvalidArnException,
    NotSupportedByPcaMock,
    RequestInProgressException,
    UnknownOperationException,
)
from pca_mock.pki.templates import DEFAULT_TEMPLATE
from pca_mock.service import (
    access,
    authorities,
    certificates,
    crls,
    permissions,
    policies,
    reports,
    revocation,
    tags,
    validation,
)
from pca_mock.service.context import CaContext, Context, Operation, Response
from pca_mock.service.model import operation_model
from pca_mock.state.authority import permit
from pca_mock.state.calls import Caller
from pca_mock.state.store import State

OPERATIONS: Final[dict[str, Operation]] = {
    "CreateCertificateAuthority": authorities.create_certificate_authority,
    "CreateCertificateAuthorityAuditReport": reports.create_certificate_authority_audit_report,
    "CreatePermission": permissions.create_permission,
    "DeleteCertificateAuthority": authorities.delete_certificate_authority,
    "DeletePermission": permissions.delete_permission,
    "DeletePolicy": policies.delete_policy,
    "DescribeCertificateAuthority": authorities.describe_certificate_authority,
    "DescribeCertificateAuthorityAuditReport": reports.describe_certificate_authority_audit_report,
    "GetCertificate": certificates.get_certificate,
    "GetCertificateAuthorityCertificate": authorities.get_certificate_authority_certificate,
    "GetCertificateAuthorityCsr": authorities.get_certificate_authority_csr,
    "GetPolicy": policies.get_policy,
    "ImportCertificateAuthorityCertificate": authorities.import_certificate_authority_certificate,
    "IssueCertificate": certificates.issue_certificate,
    "ListCertificateAuthorities": authorities.list_certificate_authorities,
    "ListPermissions": permissions.list_permissions,
    "ListTags": tags.list_tags,
    "PutPolicy": policies.put_policy,
    "RestoreCertificateAuthority": authorities.restore_certificate_authority,
    "RevokeCertificate": revocation.revoke_certificate,
    "TagCertificateAuthority": tags.tag_certificate_authority,
    "UntagCertificateAuthority": tags.untag_certificate_authority,
    "UpdateCertificateAuthority": authorities.update_certificate_authority,
}
# What takes long and depends on nothing but the request is done before the lock is taken, so that
# threads don't wait for one another.
_PREPARATIONS: Final[dict[str, Callable[[Any], None]]] = {"IssueCertificate": certificates.prepare}
# These look at the status themselves: AWS checks the idempotency token and the template first.
_CHECK_STATUS_THEMSELVES: Final = {"IssueCertificate"}
# Members that hold ARNs, in the order in which they are checked.
_ARN_FORMS: Final[dict[str, Callable[[str], Any]]] = {
    "CertificateAuthorityArn": parse_authority_arn,
    "ResourceArn": parse_authority_arn,
    "CertificateArn": parse_certificate_arn,
    "TemplateArn": parse_template_arn,
}


def call(state: State, operation: str, params: Mapping[str, Any], caller: Caller) -> Response:
    """Carry out one operation.

    Args:
        state: what the mock remembers. Changed only if the operation succeeds.
        operation: the name on the wire, such as "IssueCertificate".
        params: the members, named as in the service model; blobs as bytes, text or file.
        caller: who calls, and where.

    Returns:
        The members of the response, fresh and without absent ones. Times are aware datetimes.

    Raises:
        AwsError: what AWS would answer instead; nothing has changed.
    """
    try:
        operation_model(operation)
    except OperationNotFoundError:
        raise UnknownOperationException(f"There is no operation {operation}.") from None
    if operation not in OPERATIONS:
        raise NotSupportedByPcaMock(
            f"{operation} is newer than pca_mock, which does not support it yet."
        )
    request = validation.check(operation, params)
    if operation in _PREPARATIONS:
        _PREPARATIONS[operation](request)
    with state.lock:
        return _carry_out(state, operation, request, caller)


def _carry_out(state: State, operation: str, request: dict[str, Any], caller: Caller) -> Response:
    arns = {
        member: parse(request[member]) for member, parse in _ARN_FORMS.items() if member in request
    }
    store = state.store(caller.partition, caller.region, caller.account)
    context = Context(caller, state, store, state.clock.now())
    crls.refresh(state, context.now)
    about = arns.get("CertificateAuthorityArn") or arns.get("ResourceArn")
    if isinstance(about, AuthorityArn):
        context = _about_ca(context, operation, about, request)
    return OPERATIONS[operation](request, context)


def _about_ca(
    context: Context, operation: str, arn: AuthorityArn, request: Mapping[str, Any]
) -> CaContext:
    caller, state, store, now = context.caller, context.state, context.store, context.now
    if arn.partition != caller.partition:
        raise InvalidArnException("Not a valid arn.")
    template_arn = None
    if operation == "IssueCertificate":
        template_arn = request.get("TemplateArn", str(TemplateArn(arn.partition, DEFAULT_TEMPLATE)))
    ca = access.find(context, operation, arn, template_arn)
    if operation not in _CHECK_STATUS_THEMSELVES:
        try:
            permit(operation, ca, now, request)
        except RequestInProgressException:
            ca.note_poll(ca.arn.ca_id)
            raise
    return CaContext(caller, state, store, now, ca)
