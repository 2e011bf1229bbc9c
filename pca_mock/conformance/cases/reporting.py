"""Audit reports."""

from __future__ import annotations

import csv
import io
import json
from functools import partial
from typing import Any, Final

from pca_mock.conformance import authorities
from pca_mock.conformance.cases import der, issuing
from pca_mock.conformance.cases.crls import revoke
from pca_mock.conformance.model import Answers, Area, Mark
from pca_mock.conformance.session import Session
from pca_mock.conformance.target import StoredObject

AREA: Final = Area("audit reports", "User Guide, “Using audit reports with your private CA”")
COLUMNS: Final = (
    "awsAccountId,requestedByServicePrincipal,certificateArn,serial,subject,notBefore,notAfter,"
    "issuedAt,revokedAt,revocationReason,templateArn"
)


def report(aws: Session, arn: str, form: str = "JSON") -> tuple[dict[str, Any], StoredObject]:
    """Make a report: what the operation answered, and the object."""
    answer = aws.call(
        "CreateCertificateAuthorityAuditReport",
        CertificateAuthorityArn=arn,
        S3BucketName=aws.bucket,
        AuditReportResponseFormat=form,
    )
    names = {"CertificateAuthorityArn": arn, "AuditReportId": answer["AuditReportId"]}
    aws.wait_for("audit_report_created", **names)
    return answer, aws.object(answer["S3Key"])


def entries(aws: Session, arn: str) -> list[dict[str, str]]:
    """The entries of a new report in JSON."""
    _, stored = report(aws, arn)
    read: list[dict[str, str]] = json.loads(stored.data)
    return read


def _key(form: str, aws: Session) -> Answers:
    arn = aws.borrow("ACTIVE")
    answer, _ = report(aws, arn, form)
    ca_id, report_id = arn.rpartition("/")[2], answer["AuditReportId"]
    return {"key": answer["S3Key"].replace(ca_id, "{ca}").replace(report_id, "{id}")}


for _form in ("JSON", "CSV"):
    AREA.add(
        f"key-{_form}",
        f"A report in {_form} is an object with this key.",
        partial(_key, _form),
        {"key": f"audit-report/{{ca}}/{{id}}.{_form.lower()}"},
    )


@AREA.case(status="SUCCESS", same=True, source="API_DescribeCertificateAuthorityAuditReport")
def _description(aws: Session) -> Answers:
    """A finished report is described with its bucket and its key."""
    arn = aws.borrow("ACTIVE")
    answer, _ = report(aws, arn)
    described = aws.call(
        "DescribeCertificateAuthorityAuditReport",
        CertificateAuthorityArn=arn,
        AuditReportId=answer["AuditReportId"],
    )
    return {
        "status": described["AuditReportStatus"],
        "same": (described["S3BucketName"], described["S3Key"]) == (aws.bucket, answer["S3Key"]),
    }


@AREA.case(
    keys=["awsAccountId", "certificateArn", "serial", "subject", "notBefore", "notAfter",
          "issuedAt", "templateArn"],
    account=True, serial=True, template="arn:aws:acm-pca:::template/EndEntityCertificate/V1",
    subject="CN=a,O=Example",
)  # fmt: skip
def _entry(aws: Session) -> Answers:
    """An entry has these keys, in this order; the subject is read from its end."""
    arn = aws.borrow("ACTIVE")
    subject = der.one_name(("2.5.4.10", 0x0C, "Example"), ("2.5.4.3", 0x0C, "a"))
    issued = authorities.issue(aws, arn, **issuing.members(csr=der.csr(subject=subject)))
    (entry,) = (e for e in entries(aws, arn) if e["certificateArn"] == issued["CertificateArn"])
    serial = issuing.serial(issued["CertificateArn"])
    return {
        "keys": list(entry),
        "account": entry["awsAccountId"] == arn.split(":")[4],
        "serial": entry["serial"] == ":".join(serial[i : i + 2] for i in range(0, 32, 2)),
        "template": entry["templateArn"],
        "subject": entry["subject"],
    }


@AREA.case(form=True, begin=True, seconds=3600)
def _times(aws: Session) -> Answers:
    """Times end with +0000; the certificate was issued an hour after it begins."""
    arn = aws.borrow("ACTIVE")
    issued = authorities.issue(aws, arn, **issuing.members())
    certificate = der.certificate(issued["Certificate"])
    begin = f"{certificate.not_valid_before_utc:%Y-%m-%dT%H:%M:%S+0000}"
    (entry,) = (e for e in entries(aws, arn) if e["certificateArn"] == issued["CertificateArn"])
    hours = int(entry["issuedAt"][11:13]) - int(entry["notBefore"][11:13])
    return {
        "form": entry["notAfter"].endswith("+0000") and len(entry["notAfter"]) == 24,
        "begin": entry["notBefore"] == begin,
        "seconds": hours % 24 * 3600,
    }


@AREA.case(reason="KEY_COMPROMISE", has_time=True)
def _revoked(aws: Session) -> Answers:
    """A revoked certificate is in the report with the moment and the reason."""
    arn = aws.borrow("ACTIVE")
    issued = authorities.issue(aws, arn, **issuing.members())["CertificateArn"]
    revoke(aws, arn, issuing.serial(issued), "KEY_COMPROMISE")
    (entry,) = (each for each in entries(aws, arn) if each["certificateArn"] == issued)
    return {"reason": entry.get("revocationReason"), "has_time": "revokedAt" in entry}


@AREA.case(templates=["RootCACertificate/V1"])
def _roots_are_in_it(aws: Session) -> Answers:
    """The certificate that a root has signed for itself is in its report."""
    read = entries(aws, authorities.active(aws))
    return {"templates": [each["templateArn"].partition("/")[2] for each in read]}


@AREA.case(header=COLUMNS, quoted=True, columns=11)
def _csv(aws: Session) -> Answers:
    """A report in CSV has a header, and quotes only the subject."""
    arn = aws.borrow("ACTIVE")
    _, stored = report(aws, arn, "CSV")
    header, line, *_ = stored.data.decode().splitlines()
    row = next(csv.reader(io.StringIO(line)))
    return {"header": header, "quoted": line.count('"') == 2, "columns": len(row)}


@AREA.case(code="ResourceNotFoundException")
def _of_another_ca(aws: Session) -> Answers:
    """A report is described at its CA only."""
    answer, _ = report(aws, aws.borrow("ACTIVE"))
    return {
        "code": aws.code(
            "DescribeCertificateAuthorityAuditReport",
            CertificateAuthorityArn=aws.shared("root"),
            AuditReportId=answer["AuditReportId"],
        )
    }


@AREA.case(Mark.DOCUMENTED, code="ok", source="User Guide, “Updating a private CA”")
def _while_disabled(aws: Session) -> Answers:
    """A CA that is DISABLED has audit reports."""
    report(aws, aws.shared("disabled"))
    return {"code": "ok"}
