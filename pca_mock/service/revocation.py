"""Revoking certificates, answering OCSP, and the extensions for both.

Sources: API_RevokeCertificate, API_OcspConfiguration; User Guide, "Revoking a private
certificate", "OCSP custom CNAME"; RFC 5019, RFC 6960.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from pca_mock.arns import AuthorityArn, CertificateArn
from pca_mock.clock import later
from pca_mock.errors import (
    InvalidRequestException,
    LimitExceededException,
    RequestAlreadyProcessedException,
    RequestInProgressException,
    ResourceNotFoundException,
)
from pca_mock.pki import extensions, ocsp
from pca_mock.pki.certificate import parse_pem
from pca_mock.pki.csr import key_identifier, public_key_bits
from pca_mock.pki.der import DerError
from pca_mock.pki.extensions import Extension
from pca_mock.service import crls, publishing, states
from pca_mock.service.context import CaContext, Operation, Response
from pca_mock.state.authority import (
    CertificateAuthority,
    IssuedCertificate,
    Revocation,
    RevocationList,
)
from pca_mock.state.events import OcspAnswered, Revoked
from pca_mock.state.store import State

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import (
        OcspConfigurationTypeDef,
        RevokeCertificateRequestTypeDef,
    )

_SERIAL: Final = re.compile("[0-9a-fA-F]+")
# OPEN RULE ocsp-answers
_OCSP_LIFETIME: Final = timedelta(hours=1)


def extensions_for_issued(
    state: State, ca: CertificateAuthority, bound_to: RevocationList | None
) -> tuple[Extension, ...]:
    """CRL distribution point and OCSP access, as far as the CA has them switched on."""
    issued_extensions = []
    crl = publishing.configuration(ca)
    omitted = crl.get("CrlDistributionPointExtensionConfiguration", {}).get("OmitExtension", False)
    if bound_to is not None and not omitted:
        issued_extensions.append(extensions.crl_distribution_point(bound_to.uri))
    configuration = _ocsp_configuration(ca)
    if configuration["Enabled"]:
        usual = crls.reachable(state, f"ocsp.acm-pca.{crls.host_domain(ca)}")
        host = configuration.get("OcspCustomCname", usual)
        issued_extensions.append(extensions.ocsp_access(f"http://{host}"))
    return tuple(issued_extensions)


def _ocsp_configuration(ca: CertificateAuthority) -> OcspConfigurationTypeDef:
    return ca.revocation_configuration["OcspConfiguration"]


def revoke_certificate(request: RevokeCertificateRequestTypeDef, ctx: CaContext) -> Response:
    """Answer RevokeCertificate: revoke now, and for good.

    Raises:
        InvalidRequestException: the serial is not hex, or the certificate is self-signed or
            has expired.
        LimitExceededException: the complete CRL is full.
        RequestAlreadyProcessedException: it is revoked; date and reason stay.
        RequestInProgressException: it is still being issued.
        ResourceNotFoundException: the CA issued no certificate with this serial.
    """
    ca = ctx.ca
    serial = _normalised(request["CertificateSerial"])
    certificate = ca.find_issued(serial)
    if certificate is None:
        raise ResourceNotFoundException(
            f"Could not find certificate with serial {request['CertificateSerial']}."
        )
    if certificate.progress.is_pending(ctx.now):
        raise RequestInProgressException("The certificate is still being issued.")
    if _is_self_signed(ca, certificate):
        raise InvalidRequestException("Self-signed certificate can not be revoked")
    if serial in ca.revocations:
        raise RequestAlreadyProcessedException("The certificate has already been revoked.")
    # OPEN RULE revoke-errors
    if certificate.not_after < ctx.now:
        raise InvalidRequestException("Expired certificate can not be revoked")
    _check_quota(ctx)

    # OPEN RULE revoke-subordinate
    moment = ctx.now.replace(microsecond=0)
    revoked = Revocation(moment, request["RevocationReason"])
    number = ctx.state.events.next_number()  # before the CRL's
    crls.note_revocation(ctx.state, ca, serial, revoked, ctx.now)
    ca.revocations[serial] = revoked
    ctx.state.events.add(ctx.now, Revoked(certificate.arn), number)
    return {}


def certificate_arn(request: RevokeCertificateRequestTypeDef, ca: AuthorityArn) -> str | None:
    """The ARN of the certificate that is to be revoked; None if the serial is none."""
    try:
        return str(CertificateArn(ca, _normalised(request["CertificateSerial"])))
    except InvalidRequestException:
        return None


# OPEN RULE revoke-serials
def _normalised(serial: str) -> str:
    """A serial in the form of certificate ARNs: hex with or without colons becomes 32 digits."""
    digits = serial.replace(":", "")
    if not _SERIAL.fullmatch(digits):
        raise InvalidRequestException(
            "The certificate serial number must be in hexadecimal format."
        )
    return f"{int(digits, 16):032x}"


# OPEN RULE revoke-self-signed
def _is_self_signed(ca: CertificateAuthority, certificate: IssuedCertificate) -> bool:
    """Whether it is the CA's own: by a template for roots, or by another one for its own CSR."""
    if certificate.issuer is None:
        return True
    if certificate.subject != certificate.issuer.certificate.subject:
        return False
    (parsed,) = parse_pem(certificate.pem.encode())
    return parsed.spki == ca.spki


def _check_quota(ctx: CaContext) -> None:
    ca, quota = ctx.ca, ctx.state.settings.limits.revoked_certificates
    if not crls.is_complete(ca) or len(ca.revocations) < quota:
        return
    unexpired = sum(ca.certificates[serial].not_after >= ctx.now for serial in ca.revocations)
    if unexpired >= quota:
        raise LimitExceededException("The certificate revocation list is full.")


def ocsp_response(state: State, request: bytes) -> bytes:
    """Answer an OCSP request, for whichever CA of the mock it is about.

    The CA signs itself; a nonce is not repeated (RFC 5019 section 2.1.1).

    Args:
        state: of the mock.
        request: an OCSPRequest, DER.

    Returns:
        An OCSPResponse, DER: also where there is no answer.
    """
    with state.lock:
        try:
            cert_ids = ocsp.parse_request(request)
        except DerError:
            return ocsp.unsuccessful(ocsp.ResponseStatus.MALFORMED_REQUEST)
        now = state.clock.now().replace(microsecond=0)
        ca = state.find_by_key_hash(cert_ids[0].issuer_key_hash)
        is_readable = all(cert_id.has_known_hash for cert_id in cert_ids)
        if ca is None or not is_readable or not _answers(ca, cert_ids[0], now):
            return ocsp.unsuccessful(ocsp.ResponseStatus.UNAUTHORIZED)
        visible_until = now - state.settings.ocsp_delay
        statuses = [(cert_id, _status(ca, cert_id, visible_until)) for cert_id in cert_ids]
        until = later(now, _OCSP_LIFETIME).replace(microsecond=0)
        data = ocsp.response_data(key_identifier(ca.spki), statuses, now, until)
        algorithm = state.signing_algorithms[ca.configuration["SigningAlgorithm"]]
        state.events.add(now, OcspAnswered(ca.arn, _certificates(ca, cert_ids)))
        return ocsp.successful(data, algorithm.sign(ca.key, data), algorithm)


# OPEN RULE ocsp-unauthorized
def _answers(ca: CertificateAuthority, cert_id: ocsp.CertId, now: datetime) -> bool:
    """Whether the request is about this CA, and it answers at present."""
    return (
        _names(ca, cert_id)
        and _ocsp_configuration(ca)["Enabled"]
        and states.reports_revocation(ca, now)
    )


def _names(ca: CertificateAuthority, cert_id: ocsp.CertId) -> bool:
    return ca.installed is not None and cert_id.is_of(
        ca.installed.certificate.subject, public_key_bits(ca.spki)
    )


def _certificates(
    ca: CertificateAuthority, cert_ids: Sequence[ocsp.CertId]
) -> tuple[CertificateArn, ...]:
    """The ARNs of those certificates that the CA has issued."""
    found = (ca.find_issued(f"{cert_id.serial_number:032x}") for cert_id in cert_ids)
    return tuple(certificate.arn for certificate in found if certificate is not None)


def _status(
    ca: CertificateAuthority, cert_id: ocsp.CertId, visible_until: datetime
) -> ocsp.CertStatus:
    """The responder's status of a certificate, without revocations after `visible_until`."""
    serial = f"{cert_id.serial_number:032x}"
    if ca.find_issued(serial) is None or not _names(ca, cert_id):
        return ocsp.CertStatus(is_known=False)
    revocation = ca.revocations.get(serial)
    if revocation is None or revocation.revoked_at > visible_until:
        return ocsp.CertStatus()
    return ocsp.CertStatus(revoked_at=revocation.revoked_at, reason=revocation.reason)


# By their names on the wire.
OPERATIONS: Final = {
    "RevokeCertificate": Operation(revoke_certificate, certificate_arn=certificate_arn),
}
