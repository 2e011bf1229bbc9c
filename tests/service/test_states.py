from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import time_machine
from botocore import xform_name

from pca_mock import PcaMock, mock_pca
from pca_mock.errors import AwsError
from pca_mock.service.model import service_model
from pca_mock.service.states import (
    DELETE,
    EXPIRY,
    IMPORT,
    PERMITTED,
    RESTORE,
    TRANSITIONS,
    UPDATE,
    Transition,
    move,
    permit,
)
from pca_mock.state.authority import Status
from pca_mock.state.progress import Progress
from tests import inside, support
from tests.constraints import ABOUT_A_CA, fitting
from tests.refusals import refused
from tests.support import Ca, KeyHolder, configuration, pending

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

ACM = "acm.amazonaws.com"
CSR = KeyHolder().csr()
ONE_DAY: Any = {"Type": "DAYS", "Value": 1}
STATUSES = ("CREATING", "PENDING_CERTIFICATE", "ACTIVE", "DISABLED", "EXPIRED", "FAILED", "DELETED")


class DocumentedRefusal(NamedTuple):
    """An error and, where it was observed at AWS, its text."""

    code: str
    text: str | None = None


def _invalid_state(text: str | None = None) -> DocumentedRefusal:
    return DocumentedRefusal("InvalidStateException", text)


OK = None
RIP = DocumentedRefusal("RequestInProgressException")
RNF = DocumentedRefusal("ResourceNotFoundException")
IS = _invalid_state()  # the text isn't known
IS_1 = _invalid_state("The certificate authority is not in a valid state for deletion.")
IS_2 = _invalid_state("The certificate authority is not in a valid state for restoration.")
IS_3 = _invalid_state(
    "The certificate authority {arn} is not in the correct state "
    "to have a certificate signing request."
)
IS_4 = _invalid_state(
    "The certificate authority {arn} is not in the correct state to have issued certificates."
)
IS_5 = _invalid_state("The certificate authority is not in a valid state for issuing certificates")
IS_6 = _invalid_state(
    "The certificate authority is in the DELETED state and must be restored "
    "to complete this action."
)
IS10 = _invalid_state(
    "The certificate authority must be in the ACTIVE or DISABLED state to be updated"
)

# Documented or observed, in the order of STATUSES.
# fmt: off
DOCUMENTED: dict[str, tuple[DocumentedRefusal | None, ...]] = {
    "CreateCertificateAuthorityAuditReport":   (IS,   IS,   OK,   OK,   IS,   IS,   IS),
    "CreatePermission":                        (OK,   OK,   OK,   OK,   OK,   OK,   IS),
    "DeleteCertificateAuthority":              (OK,   OK,   IS_1, OK,   OK,   OK,   IS_1),
    "DeletePermission":                        (OK,   OK,   OK,   OK,   OK,   OK,   IS),
    "DeletePolicy":                            (OK,   OK,   OK,   OK,   OK,   OK,   IS),
    "DescribeCertificateAuthority":            (OK,   OK,   OK,   OK,   OK,   OK,   OK),
    "DescribeCertificateAuthorityAuditReport": (RNF,  RNF,  OK,   OK,   OK,   RNF,  OK),
    "GetCertificate":                          (IS_4, OK,   OK,   OK,   OK,   IS_4, IS_4),
    "GetCertificateAuthorityCertificate":      (IS_3, IS_3, OK,   OK,   OK,   IS_3, IS_3),
    "GetCertificateAuthorityCsr":              (RIP,  OK,   OK,   OK,   OK,   IS,   IS),
    "GetPolicy":                               (OK,   OK,   OK,   OK,   OK,   OK,   IS),
    "ImportCertificateAuthorityCertificate":   (IS,   OK,   OK,   IS,   OK,   IS,   IS),
    # But for a root that signs itself:
    "IssueCertificate":                        (IS_5, IS_5, OK,   IS_5, IS_5, IS_5, IS_5),
    "ListPermissions":                         (OK,   OK,   OK,   OK,   OK,   OK,   IS_6),
    "ListTags":                                (OK,   OK,   OK,   OK,   OK,   OK,   IS_6),
    "PutPolicy":                               (OK,   OK,   OK,   OK,   OK,   OK,   IS),
    "RestoreCertificateAuthority":             (IS_2, IS_2, IS_2, IS_2, IS_2, IS_2, OK),
    "RevokeCertificate":                       (IS,   IS,   OK,   OK,   IS,   IS,   IS),
    "TagCertificateAuthority":                 (OK,   OK,   OK,   OK,   OK,   OK,   IS),
    "UntagCertificateAuthority":               (OK,   OK,   OK,   OK,   OK,   OK,   IS),
    # Except an update of only the revocation configuration:
    "UpdateCertificateAuthority":              (IS10, IS10, OK,   OK,   IS10, IS10, IS10),
}
# A root with a template for roots and its own CSR.
SIGNS_ITSELF: tuple[DocumentedRefusal | None, ...] =     (IS_5, OK,   OK,   IS_5, OK,   IS_5, IS_5)
CHANGES_NO_STATUS: tuple[DocumentedRefusal | None, ...] = (IS10, OK,  OK,   OK,   OK,   IS10, IS10)
# fmt: on
NEED_A_CERTIFICATE_OR_REPORT = (
    "CreateCertificateAuthorityAuditReport",
    "DescribeCertificateAuthorityAuditReport",
    "RevokeCertificate",
)


def cells(*operations: str) -> list[Any]:
    """A parameter set for each cell of these rows."""
    return [
        pytest.param(operation, status, cell, id=f"{operation}-{status}")
        for operation in operations
        for status, cell in zip(STATUSES, DOCUMENTED[operation], strict=True)
    ]


CALLED = [name for name in DOCUMENTED if name not in NEED_A_CERTIFICATE_OR_REPORT]


def in_status(pca: PcaMock, client: ACMPCAClient, status: str) -> Ca:
    """A root with a permission and a policy that has the status in its `moment`."""
    is_new = status in ("CREATING", "PENDING_CERTIFICATE", "FAILED")
    ca = pending(client) if is_new else support.root(client)
    about = {"CertificateAuthorityArn": ca.arn}
    client.create_permission(**about, Principal=ACM, Actions=["GetCertificate"])
    client.put_policy(ResourceArn=ca.arn, Policy=policy(ca))
    if status != "EXPIRED":
        inside.put_in(pca, ca.arn, Status(status))
    return ca


def policy(ca: Ca) -> str:
    """A policy that allows another account to describe the CA."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "222222222222"},
        "Action": "acm-pca:DescribeCertificateAuthority",
        "Resource": ca.arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def moment(ca: Ca, status: str) -> time_machine.travel:
    """A moment at which the CA has the status: now, or after the end of its certificate."""
    described = ca.describe()
    start = described["LastStateChangeAt"] + timedelta(seconds=1)
    if status == "EXPIRED":
        start = described["NotAfter"] + timedelta(seconds=1)
    return time_machine.travel(start, tick=False)


def self_signed(pca: PcaMock, ca: Ca) -> str:
    """The ARN of a certificate for the CA's key that is good now, whatever its status."""
    record = inside.authority(pca, ca.arn)
    before = record.administrative_status, record.progress
    record.administrative_status, record.progress = Status.PENDING_CERTIFICATE, Progress()
    try:
        return ca.issue(ca.csr(), "RootCACertificate", Validity=support.TEN_YEARS)
    finally:
        record.administrative_status, record.progress = before


def request(operation: str, pca: PcaMock, ca: Ca) -> dict[str, Any]:
    """The parameters with which an operation succeeds unless the status forbids it."""
    match operation:
        case "CreatePermission":
            return {
                "Principal": ACM,
                "SourceAccount": "222222222222",
                "Actions": ["GetCertificate"],
            }
        case "DeletePermission":
            return {"Principal": ACM}
        case "GetCertificate":
            return {"CertificateArn": self_signed(pca, ca)}
        case "ImportCertificateAuthorityCertificate":
            serial = self_signed(pca, ca).rpartition("/")[2]
            return {"Certificate": inside.authority(pca, ca.arn).certificates[serial].pem}
        case "IssueCertificate":
            return {"Csr": CSR, "SigningAlgorithm": ca.signing, "Validity": ONE_DAY}
        case "PutPolicy":
            return {"Policy": policy(ca)}
        case "TagCertificateAuthority" | "UntagCertificateAuthority":
            return {"Tags": [{"Key": "a"}]}
        case "UpdateCertificateAuthority":
            return {"Status": "DISABLED"}
    return {}


def call(operation: str, ca: Ca, **request: Any) -> Any:
    """Call an operation about a CA through boto3."""
    about = "ResourceArn" if operation.endswith("Policy") else "CertificateAuthorityArn"
    return getattr(ca.client, xform_name(operation))(**{about: ca.arn}, **request)


def test_the_table_has_the_documented_columns_and_a_row_for_each_operation() -> None:
    assert tuple(status.value for status in Status) == STATUSES
    assert PERMITTED.keys() == DOCUMENTED.keys()
    without_ca = {"CreateCertificateAuthority", "ListCertificateAuthorities"}
    assert set(service_model().operation_names) - PERMITTED.keys() == without_ca


@pytest.mark.parametrize(("operation", "status", "cell"), cells(*CALLED))
def test_an_operation_is_permitted_or_refused_as_documented(
    pca: PcaMock,
    pca_client: ACMPCAClient,
    operation: str,
    status: str,
    cell: DocumentedRefusal | None,
) -> None:
    ca = in_status(pca, pca_client, status)

    with moment(ca, status):
        assert ca.status == status
        more = request(operation, pca, ca)
        if cell is None:
            assert call(operation, ca, **more)
        else:
            with refused(cell.code, pca, match=cell.text and cell.text.format(arn=ca.arn)):
                call(operation, ca, **more)


@pytest.mark.parametrize(("operation", "status", "cell"), cells(*NEED_A_CERTIFICATE_OR_REPORT))
def test_a_status_permits_or_forbids_operations_on_certificates_and_reports(
    pca: PcaMock,
    pca_client: ACMPCAClient,
    operation: str,
    status: str,
    cell: DocumentedRefusal | None,
) -> None:
    ca = in_status(pca, pca_client, status)
    record = inside.authority(pca, ca.arn)

    with moment(ca, status):
        now = datetime.now(timezone.utc)
        if cell is None:
            permit(operation, record, now, {})
        else:
            with pytest.raises(AwsError) as caught:
                permit(operation, record, now, {})
            assert caught.value.code == cell.code


@pytest.mark.parametrize(
    ("status", "cell"), list(zip(STATUSES, CHANGES_NO_STATUS, strict=True)), ids=STATUSES
)
@pytest.mark.parametrize("changes", [{"RevocationConfiguration": {}}, {}], ids=["empty", "none"])
def test_an_update_that_names_no_status_is_permitted_more_widely(
    pca: PcaMock,
    pca_client: ACMPCAClient,
    status: str,
    cell: DocumentedRefusal | None,
    changes: dict[str, Any],
) -> None:
    ca = in_status(pca, pca_client, status)

    with moment(ca, status):
        if cell is None:
            assert call("UpdateCertificateAuthority", ca, **changes)
        else:
            with refused(cell.code, pca, match=cell.text):
                call("UpdateCertificateAuthority", ca, **changes)


@pytest.mark.parametrize("operation", sorted(DOCUMENTED))
def test_no_operation_finds_a_ca_past_its_restoration_period(
    pca: PcaMock, pca_client: ACMPCAClient, operation: str
) -> None:
    ca = in_status(pca, pca_client, "DELETED")
    end = inside.authority(pca, ca.arn).restorable_until
    assert end is not None
    params = {**fitting(operation), ABOUT_A_CA[operation]: ca.arn}
    if operation == "GetCertificate":
        params["CertificateArn"] = f"{ca.arn}/certificate/{'0' * 32}"
    if operation == "IssueCertificate":
        params["TemplateArn"] = support.template_arn("EndEntityCertificate")

    with time_machine.travel(end, tick=False), refused("ResourceNotFoundException", pca):
        getattr(pca_client, xform_name(operation))(**params)


@pytest.mark.parametrize(
    ("status", "cell"), list(zip(STATUSES, SIGNS_ITSELF, strict=True)), ids=STATUSES
)
def test_a_root_signs_itself_where_documented(
    pca: PcaMock, pca_client: ACMPCAClient, status: str, cell: DocumentedRefusal | None
) -> None:
    ca = in_status(pca, pca_client, status)
    csr = inside.authority(pca, ca.arn).csr_pem.encode()

    with moment(ca, status):
        if cell is None:
            assert ca.issue(csr, "RootCACertificate")
        else:
            with refused(cell.code, pca, match=cell.text):
                ca.issue(csr, "RootCACertificate")


@pytest.mark.parametrize("template", ["EndEntityCertificate", "SubordinateCACertificate_PathLen0"])
def test_a_pending_root_signs_with_no_other_template(
    pca: PcaMock, pca_client: ACMPCAClient, template: str
) -> None:
    ca = pending(pca_client)

    with refused("InvalidStateException", pca, match=IS_5.text):
        ca.issue(ca.csr(), template)


def test_a_pending_subordinate_signs_nothing(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client, "SUBORDINATE")

    for template in ("RootCACertificate", "EndEntityCertificate"):
        with refused("InvalidStateException", pca, match=IS_5.text):
            ca.issue(ca.csr(), template)


def test_a_deleted_ca_is_not_expired(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    ca = support.root(pca_client, validity=ONE_DAY)
    inside.put_in(pca, ca.arn, Status.DELETED)

    with moment(ca, "EXPIRED"):
        assert ca.status == "DELETED"


def test_an_expired_subordinate_signs_nothing(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    ca = support.subordinate(support.root(pca_client), 0, configuration("Issuing"))

    with moment(ca, "EXPIRED"), refused("InvalidStateException", pca, match=IS_5.text):
        ca.issue(KeyHolder().csr(), Validity=ONE_DAY)


# The steps between statuses

CREATION_DELAY = timedelta(seconds=5)
# How each step is taken, by its cause: with the mock, the CA and the status after it.
CAUSES: dict[str, Callable[[PcaMock, Ca, Any], object]] = {
    "its key and CSR are ready": lambda pca, ca, _: pca.clock.move_to(ready_at(ca)),
    "its creation fails": lambda pca, ca, _: pca.clock.move_to(ready_at(ca)),
    "its certificate expires": lambda pca, ca, _: pca.clock.move_to(expired_at(ca)),
    "its restoration period ends": lambda pca, ca, _: pca.clock.move_to(
        ca.describe()["RestorableUntil"]
    ),
    IMPORT: lambda pca, ca, _: ca.install(ca.issued(ca.csr(), "RootCACertificate")),
    UPDATE: lambda pca, ca, after: call(UPDATE, ca, Status=after.value),
    DELETE: lambda pca, ca, _: call(DELETE, ca),
    RESTORE: lambda pca, ca, _: call(RESTORE, ca),
}


def ready_at(ca: Ca) -> datetime:
    moment: datetime = ca.describe()["CreatedAt"] + CREATION_DELAY
    return moment


def expired_at(ca: Ca) -> datetime:
    moment: datetime = ca.describe()["NotAfter"] + timedelta(seconds=1)
    return moment


def way_to(status: Status | None, after: Status | None) -> tuple[Status, ...]:
    """The statuses of a CA up to one from which the other can follow."""
    earlier = {
        Status.PENDING_CERTIFICATE: Status.CREATING,
        Status.FAILED: Status.CREATING,
        Status.ACTIVE: Status.PENDING_CERTIFICATE,
        Status.DISABLED: Status.ACTIVE,
        Status.EXPIRED: Status.DISABLED if after is Status.DISABLED else Status.ACTIVE,
        Status.DELETED: after or Status.DISABLED,
    }
    if status is None:
        return ()
    return (*way_to(earlier.get(status), status), status)


def step(before: Status | None, after: Status | None) -> Transition:
    """The row of the table."""
    (row,) = (row for row in TRANSITIONS if (row.before, row.after) == (before, after))
    return row


@pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: f"{row.before}-{row.after}")
def test_every_step_in_the_table_is_taken_and_noted(row: Transition) -> None:
    with mock_pca(creation_delay=CREATION_DELAY) as pca:
        pca.clock.freeze("2027-03-01T12:00:00.500Z")
        if Status.FAILED in (row.before, row.after):
            pca.fail_later("CreateCertificateAuthority")
        ca = pending(pca.client(region_name="us-east-1"))
        changed_at = pca.clock.now()
        assert ca.status == "CREATING"

        for before, after in pairwise((*way_to(row.before, row.after), row.after)):
            changed_at = ca.describe()["LastStateChangeAt"]
            pca.clock.advance(seconds=1)
            cause = step(before, after).cause
            CAUSES[cause](pca, ca, after)
            if after is not None:
                assert ca.status == after
                changed_at = changed_at if cause == EXPIRY else pca.clock.now()
                assert ca.describe()["LastStateChangeAt"] == changed_at

        if row.after is None:
            with refused("ResourceNotFoundException"):
                ca.describe()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Status.PENDING_CERTIFICATE, Status.DISABLED),
        (Status.ACTIVE, Status.PENDING_CERTIFICATE),
        (Status.ACTIVE, Status.EXPIRED),
        (Status.DISABLED, Status.FAILED),
        (Status.FAILED, Status.ACTIVE),
        (Status.DELETED, Status.DELETED),
    ],
)
def test_any_other_step_raises_and_nothing_happens(
    pca: PcaMock, pca_client: ACMPCAClient, before: Status, after: Status
) -> None:
    ca = in_status(pca, pca_client, before)
    unchanged = inside.snapshot(pca)

    with pytest.raises(ValueError, match=f"no CA goes from {before.value} to {after.value}"):
        move(inside.authority(pca, ca.arn), after, pca.clock.now())
    assert inside.snapshot(pca) == unchanged


@pytest.mark.parametrize("operation", [IMPORT, UPDATE, DELETE, RESTORE])
def test_a_status_permits_an_operation_that_takes_a_step_from_it(operation: str) -> None:
    left = {row.before for row in TRANSITIONS if row.cause == operation}

    assert left == {status for status, cell in PERMITTED[operation].items() if cell is None}
