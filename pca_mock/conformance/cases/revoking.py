"""The operation that revokes."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from pca_mock.conformance import authorities
from pca_mock.conformance.cases import der, issuing
from pca_mock.conformance.cases.crls import revoke
from pca_mock.conformance.cases.responding import revoked_answer
from pca_mock.conformance.model import Answers, Area, Mark
from pca_mock.conformance.session import OK, Session

AREA: Final = Area("revocation", "API_RevokeCertificate")

_FORMS: Final = (
    ("plain", lambda serial: serial, Mark.OBSERVED),
    (
        "colons",
        lambda serial: ":".join(serial[i : i + 2] for i in range(0, 32, 2)),
        Mark.DOCUMENTED,
    ),
    ("without-leading-zeros", lambda serial: f"{int(serial, 16):x}", Mark.OBSERVED),
    ("capitals", str.upper, Mark.OPEN),
)


def _form(write: Any, aws: Session) -> Answers:
    serial = issuing.serial(issuing.issued_arn(aws))
    return {"code": revoke(aws, aws.shared("root"), write(serial))}


for _name, _write, _mark in _FORMS:
    AREA.add(
        f"serial-{_name}",
        f"A serial number can be written in this form: {_name.replace('-', ' ')}.",
        partial(_form, _write),
        {"code": OK},
        _mark,
    )

_REASONS: Final = (
    ("UNSPECIFIED", "unspecified"),
    ("KEY_COMPROMISE", "keyCompromise"),
    ("CERTIFICATE_AUTHORITY_COMPROMISE", "cACompromise"),
    ("AFFILIATION_CHANGED", "affiliationChanged"),
    ("SUPERSEDED", "superseded"),
    ("CESSATION_OF_OPERATION", "cessationOfOperation"),
    ("PRIVILEGE_WITHDRAWN", "privilegeWithdrawn"),
    ("A_A_COMPROMISE", "aACompromise"),
)


def _reason(reason: str, aws: Session) -> Answers:
    issued = authorities.issue(aws, aws.shared("with OCSP"), **issuing.members())
    serial = issuing.serial(issued["CertificateArn"])
    code = revoke(aws, aws.shared("with OCSP"), serial, reason)
    answer = revoked_answer(aws, issued["Certificate"])
    shown = answer.revocation_reason
    return {"code": code, "reason": None if shown is None else shown.value}


for _word, _rfc in _REASONS:
    AREA.add(
        f"reason-{_word}",
        f"{_word} is RFC 5280's {_rfc} in OCSP answers.",
        partial(_reason, _word),
        {"code": OK, "reason": None if _rfc == "unspecified" else _rfc},
        Mark.OPEN if _rfc == "unspecified" else Mark.DOCUMENTED,
    )


@AREA.case(codes=[OK, "RequestAlreadyProcessedException", "RequestAlreadyProcessedException"])
def _revoked_already(aws: Session) -> Answers:
    """A certificate is revoked once, also for another reason."""
    arn, serial = aws.shared("root"), issuing.serial(issuing.issued_arn(aws))
    reasons = ("SUPERSEDED", "SUPERSEDED", "KEY_COMPROMISE")
    return {"codes": [revoke(aws, arn, serial, reason) for reason in reasons]}


@AREA.case(
    Mark.OBSERVED, code="InvalidRequestException",
    message="Self-signed certificate can not be revoked", source="User Guide; a pasted answer",
)  # fmt: skip
def _self_signed(aws: Session) -> Answers:
    """A root's own certificate cannot be revoked."""
    arn = aws.shared("root")
    serial = der.certificate(issuing.ca_certificate(aws, arn)).serial_number
    return aws.refusal(
        "RevokeCertificate",
        CertificateAuthorityArn=arn,
        CertificateSerial=f"{serial:032x}",
        RevocationReason="SUPERSEDED",
    )


@AREA.case(code="ResourceNotFoundException")
def _of_another_ca(aws: Session) -> Answers:
    """A certificate is revoked at the CA that has issued it."""
    serial = issuing.serial(issuing.issued_arn(aws))
    return {"code": revoke(aws, aws.shared("named"), serial)}


@AREA.case(code=OK)
def _of_a_subordinate(aws: Session) -> Answers:
    """The certificate of a subordinate CA is revoked at its parent."""
    arn = aws.create(CertificateAuthorityType="SUBORDINATE")
    authorities.below(aws, arn, aws.shared("root"), "SubordinateCACertificate_PathLen0")
    serial = der.certificate(issuing.ca_certificate(aws, arn)).serial_number
    return {"code": revoke(aws, aws.shared("root"), f"{serial:032x}")}


@AREA.case(same=True)
def _revoked_ones_can_be_fetched(aws: Session) -> Answers:
    """GetCertificate answers for revoked certificates as before."""
    arn = aws.shared("root")
    issued = authorities.issue(aws, arn, **issuing.members())
    revoke(aws, arn, issuing.serial(issued["CertificateArn"]))
    answer = aws.call(
        "GetCertificate", CertificateAuthorityArn=arn, CertificateArn=issued["CertificateArn"]
    )
    return {"same": answer["Certificate"] == issued["Certificate"]}
