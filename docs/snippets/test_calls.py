from pathlib import Path

import pytest
from renewal import renew

from pca_mock import Authority, Call, PcaMock


def test_what_was_called(pca: PcaMock, pca_issuing_ca: Authority, tmp_path: Path) -> None:
    renew(pca_issuing_ca.arn, "shop.example.com", tmp_path)

    assert [call.operation for call in pca.calls] == [
        "IssueCertificate",
        "GetCertificate",  # of the waiter
        "GetCertificate",
    ]
    assert pca.calls[0].params["Validity"] == {"Type": "DAYS", "Value": 90}


def test_assertions_say_what_there_was_instead(
    pca: PcaMock, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    renew(pca_issuing_ca.arn, "shop.example.com", tmp_path)

    pca.calls.assert_called("IssueCertificate", times=1, outcome="success")
    pca.calls.assert_not_called("RevokeCertificate")
    with pytest.raises(AssertionError, match="GetCertificate was called twice, not never"):
        pca.calls.assert_not_called("GetCertificate")


def test_calls_can_be_chosen(pca: PcaMock, pca_issuing_ca: Authority) -> None:
    pca_issuing_ca.issue("localhost")
    pca_issuing_ca.disable()

    def is_mine(call: Call) -> bool:
        return call.caller.region == pca_issuing_ca.region_name

    assert len(pca.calls.filter(when=is_mine)) == 2
    assert len(pca.calls.filter("UpdateCertificateAuthority", Status="DISABLED")) == 1


def test_preparations_can_be_left_out(pca: PcaMock) -> None:
    with pca.calls.paused():
        root = pca.create_root_ca()
    root.disable()

    assert [call.operation for call in pca.calls] == ["UpdateCertificateAuthority"]
