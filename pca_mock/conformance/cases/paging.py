"""Lists in pages, and waiters."""

from __future__ import annotations

from typing import Any, Final

from pca_mock.conformance import authorities
from pca_mock.conformance.cases import issuing, operations
from pca_mock.conformance.cases.operations import ACM
from pca_mock.conformance.ledger import TAG
from pca_mock.conformance.model import Answers, Area, Mark
from pca_mock.conformance.session import OK, Session

AREA: Final = Area("lists", "the service model: paginators; API_ListCertificateAuthorities")
WAITERS: Final = Area("waiters", "the service model: waiters")


def _pages(aws: Session, operation: str, result: str, **members: object) -> list[list[Any]]:
    pages = aws.client.get_paginator(operation).paginate(**members)
    return [page[result] for page in pages]


@AREA.case(sizes=[2, 2, 1], keys=["a", "b", "c", "d"])
def _tags(aws: Session) -> Answers:
    """Tags come in pages of the size that is asked for, each once."""
    arn = aws.create(Tags=[{"Key": key, "Value": ""} for key in "abcd"])
    pages = _pages(
        aws, "list_tags", "Tags", CertificateAuthorityArn=arn, PaginationConfig={"PageSize": 2}
    )
    keys = sorted(tag["Key"] for page in pages for tag in page if tag["Key"] != TAG)
    return {"sizes": [len(page) for page in pages], "keys": keys}


@AREA.case(sizes=[2, 1], accounts=["111122223333", "222233334444", "333344445555"])
def _permissions(aws: Session) -> Answers:
    """Permissions come in pages of the size that is asked for, each once."""
    arn = aws.borrow()
    for account in ("111122223333", "222233334444", "333344445555"):
        aws.call(
            "CreatePermission",
            CertificateAuthorityArn=arn,
            Principal=ACM,
            Actions=["IssueCertificate"],
            SourceAccount=account,
        )
    size = {"PageSize": 2}
    pages = _pages(
        aws, "list_permissions", "Permissions", CertificateAuthorityArn=arn, PaginationConfig=size
    )
    accounts = sorted(each["SourceAccount"] for page in pages for each in page)
    return {"sizes": [len(page) for page in pages], "accounts": accounts}


@AREA.case(size=1, complete=True, deleted=True)
def _authorities(aws: Session) -> Answers:
    """CAs come in pages of the size that is asked for, each once, and deleted ones, too."""
    arns = [aws.shared("deleted"), aws.shared("root"), aws.borrow()]
    name, result = "list_certificate_authorities", "CertificateAuthorities"
    pages = _pages(aws, name, result, PaginationConfig={"PageSize": 1})
    listed = [ca["Arn"] for page in pages for ca in page]
    statuses = {ca["Arn"]: ca["Status"] for page in pages for ca in page}
    return {
        "size": max(len(page) for page in pages),
        "complete": all(listed.count(arn) == 1 for arn in arns),
        "deleted": statuses.get(arns[0]) == "DELETED",
    }


@AREA.case(same=True)
def _list_shows_what_describe_shows(aws: Session) -> Answers:
    """A list has the same members of a CA as Describe."""
    arn = aws.shared("root")
    name, result = "list_certificate_authorities", "CertificateAuthorities"
    (listed,) = (ca for page in _pages(aws, name, result) for ca in page if ca["Arn"] == arn)
    described = aws.call("DescribeCertificateAuthority", CertificateAuthorityArn=arn)
    return {"same": listed == described["CertificateAuthority"]}


@AREA.case(token=False)
def _last_page(aws: Session) -> Answers:
    """The last page has no NextToken."""
    answer = aws.call("ListTags", CertificateAuthorityArn=aws.shared("root"), MaxResults=1000)
    return {"token": "NextToken" in answer}


@AREA.case(empty=[[], []], source="API_ListPermissions, API_GetPolicy")
def _nothing_to_list(aws: Session) -> Answers:
    """Lists without anything in them are empty."""
    arn = aws.shared("root")
    return {
        "empty": [
            aws.call("ListPermissions", CertificateAuthorityArn=arn)["Permissions"],
            aws.call("ListPermissions", CertificateAuthorityArn=arn, MaxResults=1)["Permissions"],
        ]
    }


# Waiters


@WAITERS.case(code=OK)
def _csr(aws: Session) -> Answers:
    """The waiter for a CA's CSR ends when it can be fetched."""
    arn = aws.call("CreateCertificateAuthority", **aws.request())["CertificateAuthorityArn"]
    aws.wait_for("certificate_authority_csr_created", CertificateAuthorityArn=arn)
    return {"code": aws.code("GetCertificateAuthorityCsr", CertificateAuthorityArn=arn)}


@WAITERS.case(code=OK)
def _certificate(aws: Session) -> Answers:
    """The waiter for a certificate ends when it can be fetched."""
    arn = aws.shared("root")
    issued = authorities.issue(aws, arn, **issuing.members())["CertificateArn"]
    names = {"CertificateAuthorityArn": arn, "CertificateArn": issued}
    return {"code": aws.code("GetCertificate", **names)}


@WAITERS.case(status="SUCCESS")
def _report(aws: Session) -> Answers:
    """The waiter for an audit report ends when it is there."""
    arn = aws.borrow("ACTIVE")
    request = operations.request(aws, "CreateCertificateAuthorityAuditReport", arn)
    report = aws.call("CreateCertificateAuthorityAuditReport", **request)["AuditReportId"]
    names = {"CertificateAuthorityArn": arn, "AuditReportId": report}
    aws.wait_for("audit_report_created", **names)
    answer = aws.call("DescribeCertificateAuthorityAuditReport", **names)
    return {"status": answer["AuditReportStatus"]}


@WAITERS.case(Mark.OBSERVED, code="ResourceNotFoundException", source="botocore")
def _unknown_certificate(aws: Session) -> Answers:
    """A waiter ends at once with an error that isn't about something unfinished."""
    unknown = f"{aws.shared('root')}/certificate/{operations.SERIAL}"
    names = {"CertificateAuthorityArn": aws.shared("root"), "CertificateArn": unknown}
    return {"code": aws.waiting_error("certificate_issued", **names)}
