"""The operations of ACM on a private certificate, and which calls they answer.

Sources: ACM's API Reference, the page of each operation; ACM User Guide, "Export a private
certificate".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from pca_mock.acm import descriptions, renewals, tags
from pca_mock.acm.context import AcmContext
from pca_mock.acm.errors import ResourceInUseException
from pca_mock.acm.requests import request_certificate
from pca_mock.errors import (
    InvalidStateException,
    RequestInProgressException,
    ResourceNotFoundException,
    ValidationException,
)
from pca_mock.service import validation
from pca_mock.service.context import Response
from pca_mock.state.managed import Delivery, ManagedCertificate

SERVICE: Final = "acm"
_FORBIDDEN_IN_PASSPHRASE: Final = b"#$%"
_Carry = Callable[[dict[str, Any], AcmContext, ManagedCertificate], Response]


def call(operation: str, params: Mapping[str, object], ctx: AcmContext) -> Response | None:
    """Carry out an operation, if it is about a private certificate.

    Args:
        operation: the name on the wire, such as "RequestCertificate".
        params: its members; blobs as bytes, text or file.
        ctx: of the call.

    Returns:
        The members of the response; None if the call is about something else.

    Raises:
        AwsError: ACM would refuse the call; nothing has changed.
    """
    with ctx.state.lock:
        renewals.refresh(ctx.state, ctx.users)
        if operation == _REQUEST:
            if params.get("CertificateAuthorityArn") is None:
                return None
            return request_certificate(validation.check(operation, params, SERVICE), ctx)
        arn = str(params.get("CertificateArn"))
        certificate = ctx.state.managed.certificates.get(arn)
        carry_out = _OPERATIONS.get(operation)
        if certificate is None or carry_out is None or not arn.startswith(ctx.place):
            return None
        return carry_out(validation.check(operation, params, SERVICE), ctx, certificate)


_REQUEST: Final = "RequestCertificate"


def _describe(_: dict[str, Any], ctx: AcmContext, certificate: ManagedCertificate) -> Response:
    return {"Certificate": descriptions.detail(certificate, ctx.now, ctx.users)}


def _get(_: dict[str, Any], ctx: AcmContext, certificate: ManagedCertificate) -> Response:
    delivery = _delivered(certificate)
    return {
        "Certificate": f"{delivery.certificate_pem}\n",
        "CertificateChain": f"{delivery.chain_pem}\n",
    }


def _export(request: dict[str, Any], ctx: AcmContext, certificate: ManagedCertificate) -> Response:
    delivery = _delivered(certificate)
    passphrase: bytes = request["Passphrase"]
    # OPEN RULE acm-passphrase
    if not passphrase.isascii() or any(each in passphrase for each in _FORBIDDEN_IN_PASSPHRASE):
        raise ValidationException(
            "The passphrase can have any ASCII characters except #, $, and %."
        )
    key_pem = encrypted_key(delivery, passphrase)
    certificate.is_exported = True
    return {**_get(request, ctx, certificate), "PrivateKey": key_pem}


def encrypted_key(delivery: Delivery, passphrase: bytes) -> str:
    """The key of a certificate as PEM text: PKCS #8, encrypted."""
    key: bytes = delivery.private_key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase)
    )
    return key.decode()


def _delivered(certificate: ManagedCertificate) -> Delivery:
    """The current certificate.

    Raises:
        RequestInProgressException: it is being issued.
        ResourceNotFoundException: its request has failed.
    """
    if certificate.delivery is not None:
        return certificate.delivery
    # OPEN RULE acm-failed
    if certificate.failure is not None:
        raise ResourceNotFoundException(f"The request for {certificate.arn} has failed.")
    raise RequestInProgressException(f"The certificate {certificate.arn} is being issued.")


# OPEN RULE acm-renew
def _renew(_: dict[str, Any], ctx: AcmContext, certificate: ManagedCertificate) -> Response:
    if certificate.delivery is not None and certificate.order is not None:
        raise RequestInProgressException(f"The certificate {certificate.arn} is being renewed.")
    is_eligible = renewals.is_eligible(certificate, ctx.now, ctx.users)
    if not (is_eligible and certificate.is_exported):
        raise ValidationException(
            f"The certificate {certificate.arn} is not eligible: it has not been exported since it "
            "was issued, or has expired."
        )
    renewals.renew(ctx.state, certificate, ctx.now)
    return {}


def _delete(_: dict[str, Any], ctx: AcmContext, certificate: ManagedCertificate) -> Response:
    if users := ctx.users(certificate.arn):
        raise ResourceInUseException(
            f"Certificate {certificate.arn} in account {ctx.account_id} is in use by {users[0]}."
        )
    del ctx.state.managed.certificates[certificate.arn]
    return {}


def _add_tags(request: dict[str, Any], _: AcmContext, certificate: ManagedCertificate) -> Response:
    tags.add(certificate, tags.read_tags(request["Tags"]))
    return {}


def _remove_tags(
    request: dict[str, Any], _: AcmContext, certificate: ManagedCertificate
) -> Response:
    tags.remove(certificate, tags.read_tags(request["Tags"]))
    return {}


def _list_tags(_: dict[str, Any], ctx: AcmContext, certificate: ManagedCertificate) -> Response:
    return {"Tags": tags.listed(certificate)}


# OPEN RULE acm-options
def _update_options(
    request: dict[str, Any], _: AcmContext, certificate: ManagedCertificate
) -> Response:
    options = request["Options"]
    if options.get("Export", certificate.options["Export"]) != certificate.options["Export"]:
        raise ValidationException("Export cannot be changed after the certificate is created.")
    if "ValidationMethod" in options:
        raise ValidationException("The names of a private certificate are not validated.")
    certificate.options |= options
    return {}


# OPEN RULE acm-not-private
def _only_public(operation: str) -> _Carry:
    def refuse(_: dict[str, Any], ctx: AcmContext, certificate: ManagedCertificate) -> Response:
        raise ValidationException(
            f"{operation} is not for private certificates, as {certificate.arn} is."
        )

    return refuse


def _resend(_: dict[str, Any], ctx: AcmContext, certificate: ManagedCertificate) -> Response:
    raise InvalidStateException(f"The names of {certificate.arn} are not validated.")


_OPERATIONS: Final[dict[str, _Carry]] = {
    "AddTagsToCertificate": _add_tags,
    "DeleteCertificate": _delete,
    "DescribeCertificate": _describe,
    "ExportCertificate": _export,
    "GetCertificate": _get,
    "ImportCertificate": _only_public("ImportCertificate"),
    "ListTagsForCertificate": _list_tags,
    "RemoveTagsFromCertificate": _remove_tags,
    "RenewCertificate": _renew,
    "ResendValidationEmail": _resend,
    "RevokeCertificate": _only_public("RevokeCertificate"),
    "UpdateCertificateOptions": _update_options,
}
