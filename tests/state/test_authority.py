from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import time_machine

from pca_mock import PcaMock
from pca_mock.service import dispatch
from pca_mock.state.authority import PERMITTED, Status
from pca_mock.state.store import new_serial_number
from tests import inside, support
from tests.refusals import refused
from tests.support import Authority, Caller, configuration, pending

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

ONE_DAY: Any = {"Type": "DAYS", "Value": 1}
STATUSES = ("CREATING", "PENDING_CERTIFICATE", "ACTIVE", "DISABLED", "EXPIRED", "FAILED", "DELETED")


class Refusal(NamedTuple):
    """An error and, where AWS was seen to say it, its text."""

    code: str
    text: str | None = None


def _invalid_state(text: str | None = None) -> Refusal:
    return Refusal("InvalidStateException", text)


OK = None
RIP = Refusal("RequestInProgressException")
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
IS_9 = _invalid_state()

# What is documented or was seen, in the order of STATUSES. The texts of the model are ours.
# fmt: off
DOCUMENTED: dict[str, tuple[Refusal | None, ...]] = {
    "DescribeCertificateAuthority":          (OK,   OK,   OK, OK,   OK,   OK,   OK),
    "GetCertificate":                        (IS_4, OK,   OK, OK,   OK,   IS_4, IS_4),
    "GetCertificateAuthorityCertificate":    (IS_3, IS_3, OK, OK,   OK,   IS_3, IS_3),
    "GetCertificateAuthorityCsr":            (RIP,  OK,   OK, OK,   OK,   IS_3, IS_3),
    "ImportCertificateAuthorityCertificate": (IS_9, OK,   OK, IS_9, OK,   IS_9, IS_9),
    # But for a root that signs itself:
    "IssueCertificate":                      (IS_5, IS_5, OK, IS_5, IS_5, IS_5, IS_5),
    "ListTags":                              (OK,   OK,   OK, OK,   OK,   OK,   IS_6),
}
# A root with a template for roots and its own CSR.
SIGNS_ITSELF: tuple[Refusal | None, ...] =   (IS_5, OK,   OK, IS_5, OK,   IS_5, IS_5)
# fmt: on
CELLS = [
    pytest.param(operation, status, cell, id=f"{operation}-{status}")
    for operation, cells in DOCUMENTED.items()
    for status, cell in zip(STATUSES, cells, strict=True)
]


def in_status(pca: PcaMock, client: ACMPCAClient, status: str) -> Authority:
    """A root CA in a status; it has a certificate where that status can have one.

    A CA that expires must be looked at after the end of its certificate.
    """
    if status in ("CREATING", "PENDING_CERTIFICATE", "FAILED"):
        ca = pending(client)
    else:
        ca = support.root(client)
    if status != "EXPIRED":
        inside.authority(pca, ca.arn).administrative_status = Status(status)
    return ca


def moment(ca: Authority, status: str) -> time_machine.travel:
    """A moment at which the CA has the status: now, or after the end of its certificate."""
    described = ca.describe()
    start = described["LastStateChangeAt"] + timedelta(seconds=1)
    if status == "EXPIRED":
        start = described["NotAfter"] + timedelta(seconds=1)
    return time_machine.travel(start, tick=False)


def self_signed(pca: PcaMock, ca: Authority) -> str:
    """The ARN of a certificate for the CA's key that is good now, whatever its status."""
    record = inside.authority(pca, ca.arn)
    status, record.administrative_status = record.administrative_status, Status.PENDING_CERTIFICATE
    try:
        return ca.issue(ca.csr(), "RootCACertificate", Validity=support.TEN_YEARS)
    finally:
        record.administrative_status = status


def call(operation: str, pca: PcaMock, ca: Authority) -> Any:
    """Call an operation that succeeds unless the status forbids it."""
    client: Any = ca.client
    about = {"CertificateAuthorityArn": ca.arn}
    match operation:
        case "DescribeCertificateAuthority":
            return client.describe_certificate_authority(**about)
        case "GetCertificate":
            return client.get_certificate(**about, CertificateArn=self_signed(pca, ca))
        case "GetCertificateAuthorityCertificate":
            return client.get_certificate_authority_certificate(**about)
        case "GetCertificateAuthorityCsr":
            return client.get_certificate_authority_csr(**about)
        case "ImportCertificateAuthorityCertificate":
            arn = self_signed(pca, ca)
            certificate = inside.authority(pca, ca.arn).certificates[arn.rpartition("/")[2]]
            return client.import_certificate_authority_certificate(
                **about, Certificate=certificate.pem
            )
        case "IssueCertificate":
            return ca.issue(Caller().csr(), Validity=ONE_DAY)
        case _:
            assert operation == "ListTags"
            return client.list_tags(**about)


def test_the_table_has_the_documented_columns_and_a_row_for_each_operation() -> None:
    assert tuple(status.value for status in Status) == STATUSES
    assert PERMITTED.keys() == DOCUMENTED.keys()
    without_ca = {"CreateCertificateAuthority", "ListCertificateAuthorities"}
    assert dispatch.OPERATIONS.keys() - PERMITTED.keys() == without_ca


@pytest.mark.parametrize(("operation", "status", "cell"), CELLS)
def test_an_operation_is_permitted_or_refused_as_documented(
    pca: PcaMock, pca_client: ACMPCAClient, operation: str, status: str, cell: Refusal | None
) -> None:
    ca = in_status(pca, pca_client, status)

    with moment(ca, status):
        assert ca.status == status
        if cell is None:
            assert call(operation, pca, ca)
        else:
            text = cell.text and cell.text.format(arn=ca.arn)
            with refused(cell.code, match=text):
                call(operation, pca, ca)


@pytest.mark.parametrize("status", STATUSES)
def test_an_operation_that_is_refused_for_the_status_changes_nothing(
    pca: PcaMock, pca_client: ACMPCAClient, status: str
) -> None:
    ca = in_status(pca, pca_client, status)
    csr = Caller().csr()
    column = STATUSES.index(status)

    with moment(ca, status):
        if DOCUMENTED["IssueCertificate"][column]:
            with refused("InvalidStateException", pca):
                ca.issue(csr, Validity=ONE_DAY, IdempotencyToken="t")
        if DOCUMENTED["ImportCertificateAuthorityCertificate"][column]:
            with refused("InvalidStateException", pca):
                ca.install("garbage")
        assert ca.status == status


@pytest.mark.parametrize(
    ("status", "cell"), list(zip(STATUSES, SIGNS_ITSELF, strict=True)), ids=STATUSES
)
def test_a_root_signs_itself_where_documented(
    pca: PcaMock, pca_client: ACMPCAClient, status: str, cell: Refusal | None
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
    ca = in_status(pca, pca_client, "DELETED")

    with moment(ca, "EXPIRED"):
        assert ca.status == "DELETED"


def test_an_expired_subordinate_signs_nothing(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    ca = support.subordinate(support.root(pca_client), 0, configuration("Issuing"))

    with moment(ca, "EXPIRED"), refused("InvalidStateException", pca, match=IS_5.text):
        ca.issue(Caller().csr(), Validity=ONE_DAY)


def test_a_serial_number_always_has_32_hex_digits() -> None:
    serials = [new_serial_number() for _ in range(500)]

    assert all(len(f"{serial:x}") == 32 for serial in serials)
    assert len(set(serials)) == len(serials)
