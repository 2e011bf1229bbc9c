"""The order in which IssueCertificate checks: the first of two failed checks is reported."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from pca_mock import PcaMock, mock_pca
from tests import inside, support
from tests.issuance import armoured

if TYPE_CHECKING:
    from collections.abc import Iterator

ARN = "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/"
UNKNOWN = ARN + "11111111-2222-3333-4444-555555555555"


class Fault(NamedTuple):
    """Something wrong with a request: the members that make it so, and the error."""

    name: str
    members: dict[str, Any]
    code: str
    text: str


# In the documented order. Each has a text that no other has.
FAULTS = (
    Fault("constraint", {"SigningAlgorithm": "MD5"}, "ValidationException", "enum value set"),
    Fault(
        "CA ARN",
        {"CertificateAuthorityArn": support.template_arn("RootCACertificate")},
        "InvalidArnException",
        "Not a valid arn.",
    ),
    Fault("template ARN", {"TemplateArn": UNKNOWN}, "InvalidArnException", "Not a valid arn."),
    Fault(
        "access",
        {"CertificateAuthorityArn": UNKNOWN.replace("123456789012", "222222222222")},
        "AccessDeniedException",
        "not authorized",
    ),
    Fault(
        "existence",
        {"CertificateAuthorityArn": UNKNOWN},
        "ResourceNotFoundException",
        "Could not find",
    ),
    Fault(
        "template",
        {"TemplateArn": support.template_arn("Unknown")},
        "InvalidArgsException",
        "template/Unknown/V1",
    ),
    Fault("status", {"status": "DISABLED"}, "InvalidStateException", "not in a valid state"),
    Fault("CSR", {"Csr": armoured(b"garbage")}, "MalformedCSRException", "invalid"),
    Fault(
        "root CSR",
        {"TemplateArn": support.template_arn("RootCACertificate")},
        "MalformedCSRException",
        "Root CA CSR is not provided",
    ),
    Fault(
        "algorithm",
        {"SigningAlgorithm": "SHA256WITHRSA"},
        "InvalidArgsException",
        "cannot be used with key type",
    ),
    Fault(
        "date",
        {"Validity": {"Type": "END_DATE", "Value": 20261399000000}},
        "ValidationException",
        "20261399000000",
    ),
    Fault(
        "validity",
        {"Validity": {"Type": "YEARS", "Value": 11}},
        "ValidationException",
        "exceeds the CA validity",
    ),
    Fault(
        "ApiPassthrough",
        {
            "TemplateArn": support.template_arn("BlankEndEntityCertificate_APIPassthrough"),
            "ApiPassthrough": {"Extensions": {"SubjectAlternativeNames": [{}]}},
        },
        "InvalidArgsException",
        "SubjectAlternativeNames[0]",
    ),
    Fault("quota", {"quota": 1}, "LimitExceededException", "maximum number of certificates"),
)
# Two faults that need different values of one member cannot meet.
PAIRS = [
    pytest.param(first, second, id=f"{first.name} before {second.name}")
    for first, second in combinations(FAULTS, 2)
    if not first.members.keys() & second.members.keys()
]


@pytest.fixture
def full() -> Iterator[PcaMock]:
    """A mock whose CAs can issue one certificate: that of a root for itself."""
    with mock_pca(quotas={"certificates": 1}) as pca:
        yield pca


def told(pca: PcaMock, ca: support.Ca, *faults: Fault) -> tuple[str, str]:
    """(code, message) of the answer to a request with these faults and no other."""
    request: dict[str, Any] = {
        "CertificateAuthorityArn": ca.arn,
        "Csr": support.KeyHolder().csr(),
        "SigningAlgorithm": "SHA256WITHECDSA",
        "Validity": support.ONE_YEAR,
    }
    for fault in faults:
        request |= fault.members
    if request.pop("status", None):
        ca.client.update_certificate_authority(CertificateAuthorityArn=ca.arn, Status="DISABLED")
    if not request.pop("quota", None):
        inside.authority(pca, ca.arn).certificates.clear()
    with pytest.raises(ClientError) as caught:
        ca.client.issue_certificate(**request)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_single_fault_is_reported(full: PcaMock, fault: Fault) -> None:
    code, message = told(full, support.root(full.client(region_name="us-east-1")), fault)

    assert code == fault.code
    assert fault.text in message


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_first_of_two_failed_checks_is_reported(
    full: PcaMock, first: Fault, second: Fault
) -> None:
    code, message = told(full, support.root(full.client(region_name="us-east-1")), second, first)

    assert code == first.code
    assert first.text in message
