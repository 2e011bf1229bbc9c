"""Audit reports: every certificate that a CA ever issued, as JSON or CSV.

Sources: API_CreateCertificateAuthorityAuditReport, API_DescribeCertificateAuthorityAuditReport;
User Guide, "Using audit reports".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from pca_mock.clock import later, milliseconds
from pca_mock.errors import InvalidArgsException, ResourceNotFoundException
from pca_mock.pki.dn import rfc2253
from pca_mock.service.configuration import is_bucket_name
from pca_mock.service.context import CaContext, Operation, Response
from pca_mock.state.authority import AuditReport, CertificateAuthority, IssuedCertificate
from pca_mock.state.buckets import BucketError, BucketMissingError, StoredObject
from pca_mock.state.events import Reported
from pca_mock.state.randomness import new_uuid
from pca_mock.state.store import State

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import (
        CreateCertificateAuthorityAuditReportRequestTypeDef,
        DescribeCertificateAuthorityAuditReportRequestTypeDef,
    )

# The keys of the JSON form and the columns of the CSV form, in this order.
_COLUMNS: Final = (
    "awsAccountId",
    "requestedByServicePrincipal",
    "certificateArn",
    "serial",
    "subject",
    "notBefore",
    "notAfter",
    "issuedAt",
    "revokedAt",
    "revocationReason",
    "templateArn",
)


def create_certificate_authority_audit_report(
    request: CreateCertificateAuthorityAuditReportRequestTypeDef, ctx: CaContext
) -> Response:
    """Answer CreateCertificateAuthorityAuditReport: the report is written at once.

    Raises:
        InvalidArgsException: S3 has no such bucket names.
        ResourceNotFoundException: there is no such bucket.
    """
    ca, bucket = ctx.ca, request["S3BucketName"]
    # OPEN RULE report-bucket
    if not is_bucket_name(bucket):
        raise InvalidArgsException(f"The S3 bucket name is not valid: {bucket}")
    _check_bucket(ctx, bucket)
    write, ending, content_type = _FORMATS[request["AuditReportResponseFormat"]]
    with ctx.begin(request, later(ctx.now, ctx.state.settings.report_delay)) as progress:
        # OPEN RULE report-frequency
        report_id = new_uuid(ctx.state.random)
        key = f"audit-report/{ca.arn.ca_id}/{report_id}.{ending}"
        # OPEN RULE report-order
        rows = [_row(ca, *item) for item in reversed(list(ca.issued()))]
        ca.reports[report_id] = AuditReport(
            report_id=report_id,
            bucket=bucket,
            key=key,
            created_at=milliseconds(ctx.now),
            progress=progress,
            is_written=progress.failure is not None,
        )
        if progress.failure is None:
            item = StoredObject(bucket, key, write(rows).encode(), content_type)
            try:
                note = partial(_note_outcome, ctx.state, ca, report_id)
                ctx.state.buckets.publish(item, ca.arn.region, note)
            except BaseException:  # of the tester's own
                del ca.reports[report_id]
                raise
        ctx.state.events.unfinished.append(Reported(ca.arn, report_id))
    return {"AuditReportId": report_id, "S3Key": key}


def _check_bucket(ctx: CaContext, bucket: str) -> None:
    """Refuse a bucket that doesn't exist. Whether it can be written to is checked later."""
    try:
        ctx.buckets.check(bucket, ctx.ca.arn.region)
    except BucketMissingError:
        raise ResourceNotFoundException(f"Could not find S3 bucket {bucket}.") from None
    except BucketError:
        pass


def _note_outcome(
    state: State, ca: CertificateAuthority, report_id: str, error: BucketError | None
) -> None:
    with state.lock:
        report = ca.reports[report_id]
        progress = report.progress
        if error is not None:
            progress = progress.failing("the bucket cannot be written to")
        ca.reports[report_id] = replace(report, progress=progress, is_written=True)


def describe_certificate_authority_audit_report(
    request: DescribeCertificateAuthorityAuditReportRequestTypeDef, ctx: CaContext
) -> Response:
    """Answer DescribeCertificateAuthorityAuditReport.

    Raises:
        ResourceNotFoundException: the CA has no report with this id.
    """
    report = ctx.ca.reports.get(request["AuditReportId"])
    if report is None:
        raise ResourceNotFoundException(f"Could not find audit report {request['AuditReportId']}.")
    status = "SUCCESS" if report.progress.failure is None else "FAILED"
    if not report.is_written or report.progress.is_pending(ctx.now):
        status = "CREATING"
        polled = replace(report, progress=report.progress.polled())
        ctx.ca.reports[report.report_id] = polled
    return {
        "AuditReportStatus": status,
        "S3BucketName": report.bucket,
        "S3Key": report.key,
        "CreatedAt": report.created_at,
    }


# OPEN RULE report-account
def _row(ca: CertificateAuthority, serial: str, certificate: IssuedCertificate) -> dict[str, str]:
    """A certificate's columns, without those that it doesn't have."""
    revocation = ca.revocations.get(serial)
    row = {
        "awsAccountId": certificate.requested_by,
        "certificateArn": str(certificate.arn),
        "serial": ":".join(serial[i : i + 2] for i in range(0, len(serial), 2)),
        "subject": rfc2253(certificate.subject),
        "notBefore": _time(certificate.not_before),
        "notAfter": _time(certificate.not_after),
        "issuedAt": _time(certificate.issued_at),
        "templateArn": certificate.template_arn,
    }
    if certificate.service_principal is not None:
        row["requestedByServicePrincipal"] = certificate.service_principal
    if revocation is not None:
        row["revokedAt"] = _time(revocation.revoked_at)
        row["revocationReason"] = revocation.reason
    return {column: row[column] for column in _COLUMNS if column in row}


def _time(moment: datetime) -> str:
    return f"{moment.year:04}-{moment:%m-%dT%H:%M:%S}+0000"


def _json(rows: list[dict[str, str]]) -> str:
    return json.dumps(rows, separators=(",", ":"), ensure_ascii=False)


# OPEN RULE report-form
def _csv(rows: list[dict[str, str]]) -> str:
    """Only the subject is quoted, which the csv module wouldn't do."""
    lines = [",".join(_COLUMNS)]
    for row in rows:
        quoted = row["subject"].replace('"', '""')
        cells = {**row, "subject": f'"{quoted}"'}
        lines.append(",".join(cells.get(column, "") for column in _COLUMNS))
    return "\n".join(lines) + "\n"


# Format -> how it is written, file name extension, content type.
_FORMATS: Final[dict[str, tuple[Callable[[list[dict[str, str]]], str], str, str]]] = {
    "JSON": (_json, "json", "application/json"),
    "CSV": (_csv, "csv", "text/csv"),
}


# By their names on the wire.
OPERATIONS: Final = {
    "CreateCertificateAuthorityAuditReport": Operation(create_certificate_authority_audit_report),
    "DescribeCertificateAuthorityAuditReport": Operation(
        describe_certificate_authority_audit_report
    ),
}
