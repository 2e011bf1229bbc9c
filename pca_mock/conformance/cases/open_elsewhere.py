"""Open rules that other services of AWS show: the pack calls none of them, and has their names."""

from __future__ import annotations

from functools import partial
from typing import Final

from pca_mock.conformance.cases.open_requests import PAGE
from pca_mock.conformance.model import Answers, Area, CouldNotRun, Mark
from pca_mock.conformance.session import Session

SHARING: Final = Area("open rules: sharing", PAGE)
ACM: Final = Area("open rules: ACM", PAGE)
EVENTS: Final = Area("open rules: events", PAGE)

_ROWS: Final = (
    (SHARING, "ram-permissions", "RAM writes a statement for each of its managed permissions."),
    (SHARING, "ram-errors", "RAM refuses CAs that aren't the caller's, and unknown permissions."),
    (ACM, "acm-key-family", "ACM's keys need not be of the family of the CA's."),
    (ACM, "acm-names", "RequestCertificate refuses bad names with an error for each kind."),
    (ACM, "acm-key-algorithm", "RequestCertificate refuses key algorithms of imported ones."),
    (ACM, "acm-public-members", "RequestCertificate refuses members about public certificates."),
    (ACM, "acm-issue-permission", "ACM issues without CreatePermission's permission."),
    (ACM, "acm-options", "A private certificate has logging, and its logging can be changed."),
    (ACM, "acm-token", "A token that is used again gives the first certificate."),
    (ACM, "acm-signature", "A CA signs for ACM with the algorithm of its own CSR."),
    (ACM, "acm-issuer", "The issuer of a CA without an organization is its common name."),
    (ACM, "acm-renewal-key", "A renewed certificate has a new key."),
    (ACM, "acm-renewal-retries", "A refused renewal is tried again until the certificate expires."),
    (ACM, "acm-renew", "RenewCertificate refuses what was never exported, or is renewed."),
    (ACM, "acm-failed", "GetCertificate finds no certificate for a failed request."),
    (ACM, "acm-passphrase", "ExportCertificate refuses some characters in a passphrase."),
    (ACM, "acm-tags", "Reserved and repeated keys of tags are refused."),
    (ACM, "acm-not-private", "Operations on public and imported certificates are refused."),
    (EVENTS, "trail-version", "Records of calls have version 1.11 and its common members."),
    (EVENTS, "trail-resources", "Records of signatures have the CA as a resource."),
    (EVENTS, "trail-shared", "A CA's owner gets records of other accounts' successful calls."),
    (EVENTS, "trail-serial", "Serial numbers in records have whole octets."),
    (EVENTS, "trail-crl", "CRLs that cannot be written are recorded, too."),
    (EVENTS, "trail-ocsp", "Each OCSP response is recorded."),
)


def _story(area: Area, _: Session) -> Answers:
    service = {"open rules: sharing": "RAM", "open rules: ACM": "ACM"}.get(area.name, "CloudTrail")
    raise CouldNotRun(f"only {service} shows it, which the pack doesn't call")


for _area, _name, _rule in _ROWS:
    _area.add(_name, _rule, partial(_story, _area), {}, Mark.OPEN)
