from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from pca_mock.service import dispatch
from pca_mock.service.context import Operation
from pca_mock.service.model import service_model
from tests import shapes

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient


ARN = (
    "arn:aws:acm-pca:us-east-1:123456789012:"
    "certificate-authority/11111111-2222-3333-4444-555555555555"
)


def listing(**changes: Any) -> Any:
    """An answer to ListCertificateAuthorities with one CA, which has these members besides."""
    moment = datetime(2027, 3, 1, tzinfo=timezone.utc)
    ca = {
        "Arn": ARN,
        "OwnerAccount": "123456789012",
        "CreatedAt": moment,
        "LastStateChangeAt": moment,
        "Type": "ROOT",
        "Status": "ACTIVE",
        "CertificateAuthorityConfiguration": {
            "KeyAlgorithm": "RSA_2048",
            "SigningAlgorithm": "SHA256WITHRSA",
            "Subject": {},
        },
        "RevocationConfiguration": {
            "CrlConfiguration": {"Enabled": False},
            "OcspConfiguration": {"Enabled": False},
        },
        "KeyStorageSecurityStandard": "FIPS_140_2_LEVEL_3_OR_HIGHER",
        "UsageMode": "GENERAL_PURPOSE",
        "Serial": "1",
        "NotBefore": moment,
        "NotAfter": moment,
    }
    cas = [{name: value for name, value in {**ca, **changes}.items() if value is not None}]
    return {"CertificateAuthorities": cas, "ResponseMetadata": {}}


def test_a_response_of_the_right_shape_passes() -> None:
    shapes.check("ListCertificateAuthorities", listing())
    shapes.check("DeleteCertificateAuthority", {"ResponseMetadata": {}})


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"Colour": "red"}, r"\[0\]\.Colour is unknown"),
        ({"Arn": None}, r"\[0\]\.Arn is missing"),
        ({"Serial": 5}, r"Serial is a int, not a string"),
        ({"CreatedAt": datetime(2027, 3, 1)}, "CreatedAt is a naive time"),
        ({"Status": "READY"}, "Status is READY"),
        ({"RevocationConfiguration": {"CrlConfiguration": {}}}, "CrlConfiguration.Enabled is miss"),
        ({"RevocationConfiguration": []}, "is a list, not a structure"),
        ({"Arn": "arn"}, r"\[0\]\.Arn has the length 3"),
        ({"Serial": None}, "is ACTIVE: Serial must"),
        ({"Status": "PENDING_CERTIFICATE"}, "is PENDING_CERTIFICATE: .* must"),
        ({"FailureReason": "OTHER"}, "is ACTIVE: FailureReason must"),
        ({"Status": "DELETED"}, "is DELETED: RestorableUntil must"),
    ],
)
def test_a_response_of_another_shape_is_reported(changes: Any, fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        shapes.check("ListCertificateAuthorities", listing(**changes))


def test_an_answer_where_none_is_modelled_is_reported() -> None:
    with pytest.raises(AssertionError):
        shapes.check("DeleteCertificateAuthority", {"Deleted": True})


def test_a_number_outside_its_limits_is_reported() -> None:
    crl = {"Enabled": True, "ExpirationInDays": 5001}
    faulty = {"CrlConfiguration": crl, "OcspConfiguration": {"Enabled": False}}

    with pytest.raises(AssertionError, match="ExpirationInDays is 5001"):
        shapes.check("ListCertificateAuthorities", listing(RevocationConfiguration=faulty))


def test_every_answer_of_a_test_is_checked(
    pca_client: ACMPCAClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = Operation(lambda request, context: {})
    monkeypatch.setitem(dispatch.OPERATIONS, "ListCertificateAuthorities", empty)

    with pytest.raises(AssertionError, match="CertificateAuthorities is missing"):
        pca_client.list_certificate_authorities()


def test_every_shape_with_members_that_are_always_there_is_one_of_the_model() -> None:
    model = service_model()

    for name, members in shapes._ALWAYS.items():
        assert members <= model.shape_for(name).members.keys()
