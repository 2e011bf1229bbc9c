"""Events as EventBridge gets them: those of the service, and CloudTrail's records.

Sources: User Guide, "Monitor AWS Private CA with CloudWatch Events"; EventBridge's User Guide,
"AWS service events delivered via AWS CloudTrail".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pca_mock.arns import AuthorityArn
from pca_mock.literals import DetailType
from pca_mock.service import cloudtrail
from pca_mock.state.events import (
    Creation,
    CrlWritten,
    Feed,
    Happening,
    Issuance,
    Noted,
    Reported,
    Revoked,
)

SOURCE: Final = "aws.acm-pca"
_VIA_CLOUDTRAIL: Final[dict[str, DetailType]] = {
    "AwsApiCall": "AWS API Call via CloudTrail",
    "AwsServiceEvent": "AWS Service Event via CloudTrail",
}


@dataclass(frozen=True, slots=True)
class Event:
    """An event of EventBridge.

    Attributes:
        id: a UUID.
        detail_type: such as "ACM Private CA Certificate Issuance".
        account: that receives it: 12 digits.
        time: UTC.
        region: where it has happened.
        resources: ARNs; of an audit report its id.
        detail: JSON; of events via CloudTrail, its record.
    """

    id: str
    detail_type: DetailType
    account: str
    time: datetime
    region: str
    resources: tuple[str, ...]
    detail: Mapping[str, Any]

    @property
    def name(self) -> str | None:
        """The record's eventName, such as "IssueCertificate"; None for the service's own events."""
        name: str | None = self.detail.get("eventName")
        return name

    @property
    def is_read(self) -> bool:
        """Whether it is about an API call that only reads.

        EventBridge gives it only to rules whose state is
        ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS.
        """
        return bool(self.detail.get("readOnly"))

    def as_json(self) -> dict[str, Any]:
        """The event as targets of rules get it, for `json.dumps`."""
        return {
            "version": "0",
            "id": self.id,
            "detail-type": self.detail_type,
            "source": SOURCE,
            "account": self.account,
            "time": cloudtrail.time_text(self.time),
            "region": self.region,
            "resources": list(self.resources),
            "detail": self.detail,
        }


def events(feed: Feed, noted: Noted) -> Iterator[Event]:
    """The events about something that has happened.

    Args:
        feed: that it was noted in.
        noted: the happening.
    """
    for record in cloudtrail.records(feed, noted):
        yield _via_cloudtrail(feed, noted, record)
    about = _ABOUT.get(type(noted.happening))
    if about is not None:
        detail_type, arn, resources, detail = about(noted.happening)
        yield Event(
            cloudtrail.new_id(feed, noted, detail_type),
            detail_type,
            arn.account,
            noted.time,
            arn.region,
            resources,
            detail,
        )


def _via_cloudtrail(feed: Feed, noted: Noted, record: cloudtrail.Record) -> Event:
    return Event(
        cloudtrail.new_id(feed, noted, record["eventID"]),
        _VIA_CLOUDTRAIL[record["eventType"]],
        record["recipientAccountId"],
        noted.time,
        record["awsRegion"],
        (),
        record,
    )


# Of the service's own events: detail type, the CA, resources, detail.
_About = tuple[DetailType, AuthorityArn, tuple[str, ...], dict[str, str]]


def _result(failure: str | None) -> dict[str, str]:
    return {"result": "success" if failure is None else "failure"}


def _of_creation(creation: Creation) -> _About:
    arn = creation.arn
    return "ACM Private CA Creation", arn, (str(arn),), _result(creation.failure)


def _of_issuance(issuance: Issuance) -> _About:
    resources = (str(issuance.arn), str(issuance.certificate.arn))
    detail = _result(issuance.failure)
    return "ACM Private CA Certificate Issuance", issuance.arn, resources, detail


def _of_revocation(revoked: Revoked) -> _About:
    authority = revoked.arn.authority
    resources = (str(authority), str(revoked.arn))
    return "ACM Private CA Certificate Revocation", authority, resources, _result(None)


def _of_crl(crl: CrlWritten) -> _About:
    detail = _result(crl.failure)
    if crl.failure is not None:
        detail["reason"] = crl.failure
    return "ACM Private CA CRL Generation", crl.arn, (str(crl.arn),), detail


def _of_report(report: Reported) -> _About:
    resources = (str(report.arn), report.report_id)
    detail = _result(report.failure)
    return "ACM Private CA Audit Report Generation", report.arn, resources, detail


_ABOUT: Final[dict[type[Happening], Any]] = {
    Creation: _of_creation,
    Issuance: _of_issuance,
    Revoked: _of_revocation,
    CrlWritten: _of_crl,
    Reported: _of_report,
}
