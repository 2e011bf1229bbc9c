"""All cases of the pack, by area."""

from __future__ import annotations

from itertools import chain
from typing import Final

from pca_mock.conformance.cases import (
    certificates,
    constraints,
    creating,
    crls,
    errors,
    open_authorities,
    open_elsewhere,
    open_requests,
    open_revocation,
    open_sharing,
    paging,
    passthrough,
    reporting,
    responding,
    revoking,
    sharing,
    statuses,
    tags,
    templates,
)
from pca_mock.conformance.model import Area, Case

AREAS: Final[tuple[Area, ...]] = (
    creating.AREA,
    templates.AREA,
    passthrough.AREA,
    certificates.AREA,
    revoking.AREA,
    crls.AREA,
    responding.AREA,
    statuses.AREA,
    errors.AREA,
    constraints.AREA,
    reporting.AREA,
    tags.AREA,
    sharing.PERMISSIONS,
    sharing.POLICIES,
    sharing.SHARED,
    paging.AREA,
    paging.WAITERS,
    open_requests.ARGUMENTS,
    open_requests.TEMPLATES,
    open_requests.CSRS,
    open_requests.PASSTHROUGH,
    open_authorities.VALIDITY,
    open_authorities.ISSUED,
    open_authorities.AUTHORITIES,
    open_authorities.IMPORTING,
    open_sharing.SHARING,
    open_revocation.REVOCATION,
    open_elsewhere.SHARING,
    open_elsewhere.ACM,
    open_elsewhere.EVENTS,
    open_revocation.REPORTS,
)
CASES: Final[tuple[Case, ...]] = tuple(chain.from_iterable(area.cases for area in AREAS))
