"""What ACM asks of a private CA: a certificate for its names, and its delivery.

ACM is a client of Private CA like any other. So each rule about a CA's status, policy, quota and
limits is applied there, and a refusal becomes a FailureReason of ACM's.

Sources: ACM User Guide, "Private certificates", "Handling exceptions"; ACM's API_CertificateDetail.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from pca_mock.arns import TemplateArn, parse_authority_arn, parse_certificate_arn
from pca_mock.errors import AwsError, InvalidArnException, RequestInProgressException
from pca_mock.pki.algorithms import PrivateKey
from pca_mock.pki.templates import DEFAULT_TEMPLATE
from pca_mock.service.attempts import ClientCall
from pca_mock.service.context import Response
from pca_mock.state.authority import CertificateAuthority
from pca_mock.state.calls import Caller
from pca_mock.state.managed import Delivery, ManagedCertificate, Order
from pca_mock.state.store import State

PRINCIPAL: Final = "acm.amazonaws.com"
VALIDITY: Final = timedelta(days=395)
# The error that Private CA answers with -> the FailureReason.
_REASONS: Final = {
    "AccessDeniedException": "PCA_ACCESS_DENIED",
    "InvalidArgsException": "PCA_INVALID_ARGS",
    "InvalidArnException": "PCA_INVALID_ARN",
    "InvalidStateException": "PCA_INVALID_STATE",
    "LimitExceededException": "PCA_LIMIT_EXCEEDED",
    "ResourceNotFoundException": "PCA_RESOURCE_NOT_FOUND",
    "ValidationException": "PCA_INVALID_DURATION",
}
_OTHER_REASON: Final = "PCA_REQUEST_FAILED"
_NAME_CONSTRAINTS: Final = "PCA_NAME_CONSTRAINTS_VALIDATION"
_USUAL_ALGORITHM: Final = "SHA256WITHRSA"


class RefusedError(Exception):
    """Private CA has refused.

    Attributes:
        reason: a FailureReason of ACM's model.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def place(
    state: State, certificate: ManagedCertificate, caller: Caller, at: datetime | None = None
) -> Order:
    """Order a certificate, with a new key.

    Args:
        state: of the mock.
        certificate: whose names, key algorithm and CA are meant.
        caller: who asks for it; ACM does so in the caller's name.
        at: when, if it was before now.

    Raises:
        RefusedError: the CA cannot be used for it.
    """
    # OPEN RULE acm-issue-permission, acm-renewal-key
    private_key = state.keys.take(certificate.key_algorithm)
    answer = _ask(
        state,
        "IssueCertificate",
        {
            "CertificateAuthorityArn": certificate.authority_arn,
            "Csr": _csr(certificate.names, private_key),
            "SigningAlgorithm": _signing_algorithm(state, certificate.authority_arn),
            "TemplateArn": str(TemplateArn(caller.partition, DEFAULT_TEMPLATE)),
            "Validity": {"Type": "DAYS", "Value": VALIDITY.days},
        },
        replace(caller, invoked_by=PRINCIPAL),
        at,
    )
    return Order(str(answer["CertificateArn"]), private_key)


def deliver(state: State, certificate: ManagedCertificate, order: Order) -> Delivery | None:
    """Fetch a certificate that was ordered; None as long as it is being issued.

    Raises:
        RefusedError: its issuance has failed.
    """
    caller = own_caller(certificate)
    try:
        answer = _ask(
            state,
            "GetCertificate",
            {
                "CertificateAuthorityArn": certificate.authority_arn,
                "CertificateArn": order.certificate_arn,
            },
            caller,
        )
    except RefusedError as error:
        if isinstance(error.__cause__, RequestInProgressException):
            return None
        if _breaks_name_constraints(state, order):
            raise RefusedError(_NAME_CONSTRAINTS) from None
        raise
    pem, chain_pem = str(answer["Certificate"]), str(answer["CertificateChain"])
    not_after = x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc
    return Delivery(pem, chain_pem, order.private_key, not_after)


def own_caller(certificate: ManagedCertificate) -> Caller:
    """ACM itself as a caller, in the name of the account that has the certificate."""
    return Caller(
        certificate.account,
        certificate.region,
        certificate.partition,
        origin="handle",
        invoked_by=PRINCIPAL,
    )


def authority(state: State, arn: str) -> CertificateAuthority | None:
    """The CA with an ARN, of any account; None if there is none."""
    try:
        return state.find(parse_authority_arn(arn))
    except InvalidArnException:
        return None


def _ask(
    state: State,
    operation: str,
    params: dict[str, Any],
    caller: Caller,
    at: datetime | None = None,
) -> Response:
    """Call Private CA.

    Raises:
        RefusedError: it has refused; its error is the cause.
    """
    call = ClientCall(state, operation, params, caller, at)
    try:
        response = call.attempt()
    except (AwsError, BotoCoreError) as error:
        call.end(error, 0)
        raise RefusedError(_REASONS.get(type(error).__name__, _OTHER_REASON)) from error
    call.end(None, 0)
    return response


def _csr(names: tuple[str, ...], private_key: PrivateKey) -> bytes:
    common_name = x509.NameAttribute(NameOID.COMMON_NAME, names[0])
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([common_name]))
    alternative_names = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    builder = builder.add_extension(alternative_names, critical=False)
    return builder.sign(private_key, hashes.SHA256()).public_bytes(Encoding.PEM)


# OPEN RULE acm-signature
def _signing_algorithm(state: State, authority_arn: str) -> str:
    """The algorithm that the CA signs its own CSR with, which fits its key."""
    ca = authority(state, authority_arn)
    return ca.configuration["SigningAlgorithm"] if ca is not None else _USUAL_ALGORITHM


def _breaks_name_constraints(state: State, order: Order) -> bool:
    arn = parse_certificate_arn(order.certificate_arn)
    ca = state.find(arn.authority)
    issued = ca.certificates.get(arn.serial) if ca is not None else None
    failure = issued.progress.failure if issued is not None else None
    return failure is not None and failure.startswith("Name Constraints")
