"""The one way into the service: knows no transport.

The checks common to all operations come in AWS's order: parameters, form of the ARNs, access,
existence, status.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from botocore.model import OperationNotFoundError

from pca_mock.arns import (
    AuthorityArn,
    parse_authority_arn,
    parse_certificate_arn,
    parse_template_arn,
)
from pca_mock.errors import (
    InvalidArnException,
    NotSupportedByPcaMock,
    ResourceNotFoundException,
    UnknownOperationException,
)
from pca_mock.service import access, authorities, certificates, validation
from pca_mock.service.context import CaContext, Caller, Context, Operation, Response
from pca_mock.service.model import operation_model
from pca_mock.state.authority import permit
from pca_mock.state.store import State

OPERATIONS: Final[dict[str, Operation]] = {
    "CreateCertificateAuthority": authorities.create_certificate_authority,
    "DescribeCertificateAuthority": authorities.describe_certificate_authority,
    "GetCertificate": certificates.get_certificate,
    "GetCertificateAuthorityCertificate": authorities.get_certificate_authority_certificate,
    "GetCertificateAuthorityCsr": authorities.get_certificate_authority_csr,
    "ImportCertificateAuthorityCertificate": authorities.import_certificate_authority_certificate,
    "IssueCertificate": certificates.issue_certificate,
    "ListCertificateAuthorities": authorities.list_certificate_authorities,
    "ListTags": access.list_tags,
}
# These look at the status themselves: AWS checks the idempotency token and the template first.
_CHECK_STATUS_THEMSELVES: Final = {"IssueCertificate"}
# Members that hold ARNs, in the order in which they are checked.
_ARN_FORMS: Final = {
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
    request = validation.check(operation, params)
    with state.lock:
        return _carry_out(state, operation, request, caller)


def _carry_out(state: State, operation: str, request: dict[str, Any], caller: Caller) -> Response:
    arns = {
        member: parse(request[member]) for member, parse in _ARN_FORMS.items() if member in request
    }
    store = state.store(caller.partition, caller.region, caller.account)
    about = arns.get("CertificateAuthorityArn") or arns.get("ResourceArn")
    now = state.clock.now()
    context = Context(caller, state, store, now)
    if isinstance(about, AuthorityArn):
        context = _about_ca(context, operation, about)
    function = OPERATIONS.get(operation)
    if function is None:
        raise NotSupportedByPcaMock(
            f'pca_mock does not support {operation} yet; see "Limits" in its README.'
        )
    return function(request, context)


def _about_ca(context: Context, operation: str, arn: AuthorityArn) -> CaContext:
    caller, store, now = context.caller, context.store, context.now
    if arn.partition != caller.partition:
        raise InvalidArnException("Not a valid arn.")
    access.check_access(caller, operation, arn)
    ca = store.find(arn)
    if ca is None:
        raise ResourceNotFoundException(f"Could not find Certificate Authority {arn}.")
    if operation in OPERATIONS and operation not in _CHECK_STATUS_THEMSELVES:
        permit(operation, ca, now)
    return CaContext(caller, context.state, store, now, ca)
