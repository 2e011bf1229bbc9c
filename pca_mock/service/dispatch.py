"""The one way into the service, whatever the transport.

The checks common to all operations come in AWS's order: parameters, form of the ARNs, access,
existence, status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from botocore.model import OperationNotFoundError

from pca_mock.arns import (
    AuthorityArn,
    CertificateArn,
    TemplateArn,
    parse_authority_arn,
    parse_certificate_arn,
    parse_template_arn,
)
from pca_mock.errors import (
    InvalidArnException,
    NotSupportedByPcaMock,
    UnknownOperationException,
)
from pca_mock.service import (
    access,
    authorities,
    authorization,
    certificates,
    permissions,
    policies,
    publishing,
    reports,
    revocation,
    tags,
    validation,
)
from pca_mock.service.context import CaContext, Context, Operation, Request, Response
from pca_mock.service.model import operation_model
from pca_mock.state.buckets import MustWaitError, ObjectAccess
from pca_mock.state.calls import Caller
from pca_mock.state.store import State

# Each module of operations has a table of them.
OPERATIONS: Final[dict[str, Operation]] = {
    **authorities.OPERATIONS,
    **certificates.OPERATIONS,
    **permissions.OPERATIONS,
    **policies.OPERATIONS,
    **reports.OPERATIONS,
    **revocation.OPERATIONS,
    **tags.OPERATIONS,
}
# Members that hold ARNs, in the order in which they are checked.
_ARN_FORMS: Final[dict[str, Callable[[str], AuthorityArn | CertificateArn | TemplateArn]]] = {
    "CertificateAuthorityArn": parse_authority_arn,
    "ResourceArn": parse_authority_arn,
    "CertificateArn": parse_certificate_arn,
    "TemplateArn": parse_template_arn,
}


def call(
    state: State,
    operation: str,
    params: Mapping[str, object],
    caller: Caller,
    at: datetime | None = None,
) -> Response:
    """Carry out one operation.

    Args:
        state: the mock's state. It changes only if the operation succeeds.
        operation: the name on the wire, such as "IssueCertificate".
        params: the members, named as in the service model; blobs as bytes, text or file.
        caller: who calls, and where.
        at: when, if another service has called before now.

    Returns:
        The members of the response, fresh and without absent ones. Times are aware datetimes.

    Raises:
        AwsError: AWS would refuse the call; nothing has changed.
    """
    try:
        operation_model(operation)
    except OperationNotFoundError:
        raise UnknownOperationException(f"There is no operation {operation}.") from None
    if operation not in OPERATIONS:
        raise NotSupportedByPcaMock(
            f"{operation} is newer than pca_mock, which does not support it yet."
        )
    # OPEN RULE argument-order
    request = validation.check(operation, params)
    if (prepare := OPERATIONS[operation].prepare) is not None:
        prepare(request)
    buckets = state.buckets.for_a_call()
    try:
        while True:
            try:
                with state.lock:
                    context = _context(state, operation, caller, buckets, at)
                    return _carry_out(context, request)
            except MustWaitError as error:  # nothing has changed
                error.wait()
    finally:
        state.buckets.send(everything=False)


def _context(
    state: State, operation: str, caller: Caller, buckets: ObjectAccess, at: datetime | None
) -> Context:
    store = state.store(caller.partition, caller.region, caller.account)
    return Context(operation, caller, state, store, at or state.clock.now(), buckets)


def _carry_out(context: Context, request: Request) -> Response:
    arns = {
        member: parse(request[member]) for member, parse in _ARN_FORMS.items() if member in request
    }
    publishing.refresh(context.state, context.now)
    about = arns.get("CertificateAuthorityArn") or arns.get("ResourceArn")
    if isinstance(about, AuthorityArn):
        context = _about_ca(context, about, request)
    else:
        authorization.check(context, request, None, None)
    return OPERATIONS[context.operation].carry_out(request, context)


def _about_ca(context: Context, arn: AuthorityArn, request: Request) -> CaContext:
    operation, caller = OPERATIONS[context.operation], context.caller
    if arn.partition != caller.partition:
        raise InvalidArnException("Not a valid arn.")
    name_template = operation.template_arn
    template_arn = name_template(request, arn.partition) if name_template is not None else None
    name_certificate = operation.certificate_arn
    certificate_arn = name_certificate(request, arn) if name_certificate is not None else None
    authorization.check(context, request, arn, template_arn)
    ca = access.find(context, arn, template_arn, certificate_arn)
    about_ca = CaContext(
        context.operation,
        caller,
        context.state,
        context.store,
        context.now,
        context.buckets,
        ca,
    )
    if not operation.permits_itself:
        about_ca.permit(request)
    return about_ca
