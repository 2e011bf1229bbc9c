"""The records of a mock as JSON values, and back.

Keys are PEM (PKCS #8, not encrypted: they are only for tests). Times are ISO 8601 in UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from pca_mock.arns import parse_authority_arn, parse_certificate_arn
from pca_mock.pki import certificate as ca_certificate
from pca_mock.pki.csr import spki_of
from pca_mock.state.authority import (
    AuditReport,
    CertificateAuthority,
    InstalledCertificate,
    IssuedCertificate,
    Permission,
    Revocation,
    RevocationList,
    Status,
)
from pca_mock.state.progress import Progress

Json = dict[str, Any]
# Members that are JSON values already.
_PLAIN: Final = (
    "position",
    "type",
    "configuration",
    "csr_pem",
    "revocation_configuration",
    "key_storage_security_standard",
    "usage_mode",
    "tags",
    "policy",
    "current_partition",
)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _needed(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _progress(progress: Progress) -> list[Any]:
    return [_time(progress.due_at), progress.polls_left, progress.failure]


def _to_progress(values: list[Any]) -> Progress:
    due_at, polls_left, failure = values
    return Progress(_moment(due_at), polls_left, failure)


def authority_to_json(ca: CertificateAuthority, installed_id: int | None) -> Json:
    """A CA without its certificates, revocations and CRLs.

    Args:
        ca: the CA.
        installed_id: the id of its installed certificate's row.
    """
    key: bytes = ca.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {
        **{name: getattr(ca, name) for name in _PLAIN},
        "arn": str(ca.arn),
        "key": key.decode(),
        "created_at": _time(ca.created_at),
        "progress": _progress(ca.progress),
        "last_state_change_at": _time(ca.last_state_change_at),
        "administrative_status": ca.administrative_status.value,
        "installed": installed_id,
        "deleted_from": ca.deleted_from.value if ca.deleted_from is not None else None,
        "restorable_until": _time(ca.restorable_until),
        "permissions": [
            [each.principal, each.source_account, each.actions, _time(each.created_at)]
            for each in ca.permissions.values()
        ],
        "reports": [
            [
                each.report_id,
                each.bucket,
                each.key,
                _time(each.created_at),
                _progress(each.progress),
                each.is_written,
            ]
            for each in ca.reports.values()
        ],
    }


def authority_from_json(
    values: Json, installed: dict[int, InstalledCertificate]
) -> CertificateAuthority:
    """The CA; see `authority_to_json`."""
    key = load_pem_private_key(values["key"].encode(), None)
    deleted_from, installed_id = values["deleted_from"], values["installed"]
    permissions = [
        Permission(principal, account, tuple(actions), _needed(created_at))
        for principal, account, actions, created_at in values["permissions"]
    ]
    reports = [
        AuditReport(
            report_id, bucket, name, _needed(created_at), _to_progress(progress), is_written
        )
        for report_id, bucket, name, created_at, progress, is_written in values["reports"]
    ]
    return CertificateAuthority(
        **{name: values[name] for name in _PLAIN},
        arn=parse_authority_arn(values["arn"]),
        key=key,
        spki=spki_of(key),
        created_at=_needed(values["created_at"]),
        progress=_to_progress(values["progress"]),
        last_state_change_at=_needed(values["last_state_change_at"]),
        administrative_status=Status(values["administrative_status"]),
        installed=installed[installed_id] if installed_id is not None else None,
        deleted_from=Status(deleted_from) if deleted_from is not None else None,
        restorable_until=_moment(values["restorable_until"]),
        permissions={(each.principal, each.source_account): each for each in permissions},
        reports={each.report_id: each for each in reports},
    )


def installed_to_json(installed: InstalledCertificate) -> Json:
    """A CA's own certificate and its chain: PEM."""
    return {"certificate": installed.pem, "chain": [link.pem for link in installed.chain]}


def installed_from_json(values: Json) -> InstalledCertificate:
    """The certificate and its chain."""
    (certificate,) = ca_certificate.parse_pem(values["certificate"].encode())
    chain = [ca_certificate.parse_pem(link.encode())[0] for link in values["chain"]]
    return InstalledCertificate(certificate, tuple(chain))


def certificate_to_json(certificate: IssuedCertificate, issuer_id: int | None) -> Json:
    """An issued certificate.

    Args:
        certificate: the certificate.
        issuer_id: the id of the row with its CA's certificate at that time.
    """
    return {
        "arn": str(certificate.arn),
        "position": certificate.position,
        "pem": certificate.pem,
        "subject": certificate.subject.hex(),
        "not_before": _time(certificate.not_before),
        "not_after": _time(certificate.not_after),
        "crl_partition": certificate.crl_partition,
        "issuer": issuer_id,
        "template_arn": certificate.template_arn,
        "requested_by": certificate.requested_by,
        "service_principal": certificate.service_principal,
        "issued_at": _time(certificate.issued_at),
        "progress": _progress(certificate.progress),
    }


def certificate_from_json(
    values: Json, installed: dict[int, InstalledCertificate]
) -> IssuedCertificate:
    """The certificate; see `certificate_to_json`."""
    issuer_id = values["issuer"]
    return IssuedCertificate(
        arn=parse_certificate_arn(values["arn"]),
        position=values["position"],
        pem=values["pem"],
        subject=bytes.fromhex(values["subject"]),
        not_before=_needed(values["not_before"]),
        not_after=_needed(values["not_after"]),
        crl_partition=values["crl_partition"],
        issuer=installed[issuer_id] if issuer_id is not None else None,
        template_arn=values["template_arn"],
        requested_by=values["requested_by"],
        service_principal=values.get("service_principal"),  # older files have none
        issued_at=_needed(values["issued_at"]),
        progress=_to_progress(values["progress"]),
    )


def revocation_to_json(revocation: Revocation) -> Json:
    """The revocation of a certificate."""
    return {"revoked_at": _time(revocation.revoked_at), "reason": revocation.reason}


def revocation_from_json(values: Json) -> Revocation:
    """The revocation."""
    return Revocation(_needed(values["revoked_at"]), values["reason"])


def crl_to_json(crl: RevocationList) -> Json:
    """A CRL without its entries, which the revocations have, and its last publication."""
    return {
        "partition": crl.partition,
        "uri": crl.uri,
        "key": crl.key,
        "bound": crl.bound,
        "last_number": crl.last_number,
    }


def crl_from_json(values: Json, due_at: datetime) -> RevocationList:
    """The CRL, to be published again."""
    return RevocationList(**values, due_at=due_at)
