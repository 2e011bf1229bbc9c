from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from tests import shapes


def listing(**changes: Any) -> Any:
    """An answer to ListCertificateAuthorities with one CA, which has these members besides."""
    moment = datetime(2027, 3, 1, tzinfo=timezone.utc)
    ca = {
        "Arn": "arn",
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
    }
    cas = [{name: value for name, value in {**ca, **changes}.items() if value is not None}]
    return {"CertificateAuthorities": cas, "ResponseMetadata": {}}


def test_a_response_of_the_right_shape_passes() -> None:
    shapes.check("ListCertificateAuthorities", listing(Serial="1"))
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
    ],
)
def test_a_response_of_another_shape_is_told(changes: Any, fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        shapes.check("ListCertificateAuthorities", listing(**changes))


def test_an_answer_where_none_is_modelled_is_told() -> None:
    with pytest.raises(AssertionError):
        shapes.check("DeleteCertificateAuthority", {"Deleted": True})
