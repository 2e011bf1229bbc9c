"""Issuing and fetching certificates.

Sources: API_IssueCertificate, API_GetCertificate; User Guide, "Issuing private end-entity
certificates", "RFC compliance", "Short-lived certificates".
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from pca_mock.arns import (
    AuthorityArn,
    CertificateArn,
    TemplateArn,
    parse_certificate_arn,
    parse_template_arn,
)
from pca_mock.clock import later
from pca_mock.errors import (
    InvalidArgsException,
    LimitExceededException,
    MalformedCSRException,
    RequestFailedException,
    RequestInProgressException,
    ResourceNotFoundException,
    ValidationException,
)
from pca_mock.pki import csr, issue, name_constraints, pem, validity
from pca_mock.pki.algorithms import fitting
from pca_mock.pki.oids import SUBJECT_ALTERNATIVE_NAME
from pca_mock.pki.templates import DEFAULT_TEMPLATE, TEMPLATES, Template
from pca_mock.service import crls, happenings
from pca_mock.service.context import CaContext, Operation, Response
from pca_mock.service.revocation import extensions_for_issued
from pca_mock.service.validation import as_bytes
from pca_mock.state.authority import (
    CertificateAuthority,
    InstalledCertificate,
    IssuedCertificate,
    RevocationList,
)
from pca_mock.state.events import Issuance
from pca_mock.state.randomness import new_serial_number
from pca_mock.state.store import State

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import (
        GetCertificateRequestTypeDef,
        IssueCertificateRequestTypeDef,
    )

# API_CreateCertificateAuthority, UsageMode: of certificates from a short-lived CA.
LONGEST_SHORT_LIFE: Final = timedelta(days=7)


def prepare(request: IssueCertificateRequestTypeDef) -> None:
    """Read the CSR, which is remembered. Its faults are reported later, in AWS's order."""
    with suppress(MalformedCSRException):
        csr.parse(as_bytes(request["Csr"]))


def issue_certificate(request: IssueCertificateRequestTypeDef, ctx: CaContext) -> Response:
    """Answer IssueCertificate: the ARN of a certificate that exists from now on.

    Raises:
        InvalidArgsException: unknown template, unfit signing algorithm, faulty ApiPassthrough.
        InvalidStateException: the CA may not issue this now.
        LimitExceededException: the CA has issued too many certificates.
        MalformedCSRException: the CSR is unreadable or not acceptable.
        ValidationException: the validity or the path length breaks a rule.
    """
    # OPEN RULE issue-order
    ca = ctx.ca
    token = ("IssueCertificate", str(ca.arn), request.get("IdempotencyToken", ""))
    if token[-1] and (earlier_arn := ctx.store.tokens.find(ctx.now, *token)):
        return {"CertificateArn": earlier_arn}
    named = template_arn(request, ca.arn.partition)
    template = _template(named)
    ctx.permit(template)
    csr_subject = csr.parse(as_bytes(request["Csr"]))
    if template.constraints.is_root and not (ca.is_root and csr_subject.spki == ca.spki):
        # OPEN RULE root-csr-class
        raise MalformedCSRException("Root CA CSR is not provided")
    signing_algorithm = request["SigningAlgorithm"]
    _check_algorithm(ca, signing_algorithm)
    issued_at = ctx.now.replace(microsecond=0)
    not_before, not_after = _validity(request, issued_at)
    installed = None if template.constraints.is_root else ca.installed
    if installed is not None:
        _check_limits(ca, installed, template, issued_at, not_after)
    bound_to = None
    if installed is not None:
        bound_to = crls.for_new_certificate(ctx.state, ca, ctx.now)
    contents = issue.contents(
        template,
        csr_subject,
        # OPEN RULE api-ignored
        request.get("ApiPassthrough", {}),
        _issuer(ctx.state, ca, installed, bound_to) if installed is not None else None,
    )
    _check_quota(ctx)
    algorithm = ctx.state.signing_algorithms[signing_algorithm]
    with ctx.begin(request, later(ctx.now, ctx.state.settings.issuance_delay)) as progress:
        serial_number = new_serial_number(ctx.state.random)
        tbs_certificate = issue.tbs_certificate(
            contents, serial_number, not_before, not_after, algorithm
        )
        encoded = issue.sign(tbs_certificate, ca.key, algorithm)
        if installed is not None and (breach := _name_constraints_breach(installed, contents)):
            progress = progress.failing(f"Name Constraints violation: {breach}")

        serial = f"{serial_number:032x}"
        # OPEN RULE issued-arn
        arn = CertificateArn(ca.arn, serial)
        if bound_to is not None and progress.failure is None:
            crls.bind(ctx.state, ca, bound_to, ctx.now)
        ctx.state.created += 1
        issued = ca.certificates[serial] = IssuedCertificate(
            arn=arn,
            position=ctx.state.created,
            pem=pem.encode("CERTIFICATE", encoded),
            subject=contents.subject,
            not_before=not_before,
            not_after=not_after,
            crl_partition=bound_to.partition if bound_to is not None else None,
            issuer=installed,
            template_arn=named,
            requested_by=ctx.caller.account,
            issued_at=ctx.now,
            progress=progress,
            service_principal=ctx.caller.invoked_by,
        )
        issuance = Issuance(ca.arn, issued, signing_algorithm, ctx.caller, progress.failure)
        happenings.begin(ctx.state, issuance, progress, ctx.now)
    if token[-1]:
        ctx.store.tokens.remember(ctx.now, str(arn), *token)
    return {"CertificateArn": str(arn)}


def _name_constraints_breach(
    installed: InstalledCertificate, contents: issue.Contents
) -> str | None:
    """The name in a certificate that the constraints above it forbid; None if there is none.

    AWS finds it only after it has answered: the issuance then fails.
    """
    if not installed.name_constraints:
        return None
    names = [each.value for each in contents.extensions if each.oid == SUBJECT_ALTERNATIVE_NAME]
    return name_constraints.breach(
        installed.name_constraints, contents.subject, names[0] if names else None
    )


# OPEN RULE quota-words
def _check_quota(ctx: CaContext) -> None:
    quotas = ctx.state.settings.limits
    quota = quotas.certificates
    if crls.is_partitioned(ctx.ca):
        quota = quotas.certificates_with_partitioned_crl
    if ctx.ca.has_issued(quota):
        raise LimitExceededException(
            "You have reached the maximum number of certificates for this certificate authority."
        )


def template_arn(request: IssueCertificateRequestTypeDef, partition: str) -> str:
    """The ARN of the template that a request names, or of the one that AWS takes by default."""
    return request.get("TemplateArn") or str(TemplateArn(partition, DEFAULT_TEMPLATE))


def _template(arn: str) -> Template:
    # OPEN RULE template-name, template-partition
    template = TEMPLATES.get(parse_template_arn(arn).name)
    if template is None:
        raise InvalidArgsException(f"The template ARN {arn} is not valid.")
    return template


def _check_algorithm(ca: CertificateAuthority, signing_algorithm: str) -> None:
    key_algorithm = ca.configuration["KeyAlgorithm"]
    valid = fitting(key_algorithm)
    if signing_algorithm not in valid:
        raise InvalidArgsException(
            f"Signing algorithm {signing_algorithm} cannot be used with key type {key_algorithm}. "
            f"Valid signing algorithms are: {', '.join(valid)}."
        )


def _validity(
    request: IssueCertificateRequestTypeDef, issued_at: datetime
) -> tuple[datetime, datetime]:
    """(notBefore, notAfter), each checked against the moment of issuance and the other."""
    end = request["Validity"]
    not_after = validity.resolve(end["Type"], end["Value"], issued_at)
    # OPEN RULE not-before-unclamped
    not_before = issued_at - validity.BACKDATING
    start = request.get("ValidityNotBefore")
    if start is not None:
        # OPEN RULE not-before-type
        if start["Type"] != "ABSOLUTE":
            raise ValidationException("ValidityNotBefore must be of type ABSOLUTE.")
        not_before = validity.resolve(start["Type"], start["Value"], issued_at)
    # OPEN RULE past-end
    if not_after <= issued_at:
        raise ValidationException("The certificate validity end date must be in the future.")
    # OPEN RULE not-before-range
    if not_before >= not_after:
        raise ValidationException("The certificate validity start must be before its end.")
    return not_before, not_after


def _check_limits(
    ca: CertificateAuthority,
    installed: InstalledCertificate,
    template: Template,
    issued_at: datetime,
    not_after: datetime,
) -> None:
    """Check the limits of the issuer's certificate and usage mode, which a root itself has not."""
    issuer = installed.certificate
    if not_after > issuer.not_after:
        raise ValidationException("The certificate validity specified exceeds the CA validity.")
    # OPEN RULE short-lived-ca
    is_short_lived = ca.usage_mode == "SHORT_LIVED_CERTIFICATE"
    if is_short_lived and not_after - issued_at > LONGEST_SHORT_LIFE:
        raise ValidationException(
            "The certificate validity specified exceeds the maximum of "
            f"{LONGEST_SHORT_LIFE.days} days for a short-lived certificate authority."
        )
    if not template.constraints.is_ca:
        return
    # OPEN RULE path-length-words
    path_length = template.constraints.path_length
    assert path_length is not None  # every template for subordinates has one
    limits = (link.path_length for link in (issuer, *installed.chain))
    for depth, limit in enumerate(limits, start=1):
        if limit is not None and path_length + depth > limit:
            raise ValidationException(
                "The path length of the requested certificate exceeds "
                "the limit of the certificate authority."
            )


def _issuer(
    state: State,
    ca: CertificateAuthority,
    installed: InstalledCertificate,
    bound_to: RevocationList | None,
) -> issue.Issuer:
    return issue.Issuer(
        installed.certificate.subject,
        installed.key_identifier,
        extensions_for_issued(state, ca, bound_to),
    )


def certificate_arn(request: GetCertificateRequestTypeDef, _: AuthorityArn) -> str:
    """The ARN of the requested certificate."""
    return request["CertificateArn"]


def get_certificate(request: GetCertificateRequestTypeDef, ctx: CaContext) -> Response:
    """Answer GetCertificate: an issued certificate and its chain, both PEM text.

    Raises:
        ResourceNotFoundException: `ctx.ca` issued no certificate with this ARN.
        RequestInProgressException: it is still being issued.
        RequestFailedException: its issuance has failed.
    """
    arn = parse_certificate_arn(request["CertificateArn"])
    ca, serial = ctx.ca, arn.serial
    certificate = ca.certificates.get(serial)
    # OPEN RULE get-certificate-errors
    if certificate is None or arn.authority != ca.arn:
        raise ResourceNotFoundException(f"Could not find Certificate {arn}.")
    progress = certificate.progress
    if progress.is_pending(ctx.now):
        ca.certificates[serial] = replace(certificate, progress=progress.polled())
        raise RequestInProgressException(
            f"The request to issue certificate {arn} is still in progress. Try again later."
        )
    if progress.failure is not None:
        raise RequestFailedException(f"Certificate {arn} is in a failed state.")
    answer: Response = {"Certificate": certificate.pem}
    if certificate.issuer is not None:
        answer["CertificateChain"] = certificate.issuer.full_pem
    return answer


# By their names on the wire.
OPERATIONS: Final = {
    "GetCertificate": Operation(get_certificate, certificate_arn=certificate_arn),
    "IssueCertificate": Operation(
        issue_certificate,
        prepare=prepare,
        template_arn=template_arn,
        permits_itself=True,
    ),
}
