from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from botocore.config import Config

from pca_mock import PcaMock
from pca_mock.service.model import service_model
from tests import oracles, support
from tests.refusals import refused
from tests.support import Ca, KeyHolder, pending, root

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

NOON = datetime(2027, 3, 1, 12, 0, 0, 345678, tzinfo=timezone.utc)
NOON_IN_MILLISECONDS = NOON.replace(microsecond=345000)
ONE_DAY: Any = {"Type": "DAYS", "Value": 1}
OFF: Any = {"Enabled": False}
CRL: Any = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "crl-bucket"}
OCSP: Any = {"Enabled": True, "OcspCustomCname": "ocsp.example.com"}
CSR = KeyHolder().csr()


def update(ca: Ca, **changes: Any) -> None:
    """Update a CA; the answer has nothing in it."""
    answer = ca.client.update_certificate_authority(CertificateAuthorityArn=ca.arn, **changes)
    assert answer.keys() == {"ResponseMetadata"}


def reconfigure(ca: Ca, **parts: Any) -> Any:
    """The revocation configuration in Describe after an update of these parts."""
    named = {f"{name}Configuration": part for name, part in parts.items()}
    update(ca, RevocationConfiguration=named)
    return ca.describe()["RevocationConfiguration"]


# The status


def test_a_disabled_ca_issues_nothing_until_it_is_enabled(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca = root(pca_client)

    update(ca, Status="DISABLED")
    assert ca.status == "DISABLED"
    with refused("InvalidStateException", pca):
        ca.issue(CSR)

    update(ca, Status="ACTIVE")
    assert ca.status == "ACTIVE"
    assert ca.issue(CSR)


def test_a_disabled_ca_still_shows_its_certificates(pca_client: ACMPCAClient) -> None:
    ca = root(pca_client)
    before, certificate, leaf = ca.describe(), ca.certificate(), ca.issue(CSR)

    update(ca, Status="DISABLED")

    assert ca.certificate() == certificate
    assert ca.get(leaf)
    after = ca.describe()
    assert {**after, "Status": "ACTIVE", "LastStateChangeAt": 0} == {
        **before,
        "LastStateChangeAt": 0,
    }


@pytest.mark.parametrize(("old", "new"), [("ACTIVE", "DISABLED"), ("DISABLED", "ACTIVE")])
def test_a_new_status_is_a_state_change(pca_client: ACMPCAClient, old: str, new: str) -> None:
    ca = root(pca_client)
    update(ca, Status=old)

    with time_machine.travel(NOON, tick=False):
        update(ca, Status=new)

        assert ca.status == new
        assert ca.describe()["LastStateChangeAt"] == NOON_IN_MILLISECONDS


@pytest.mark.parametrize("status", ["ACTIVE", "DISABLED"])
def test_setting_the_current_status_is_no_state_change(
    pca_client: ACMPCAClient, status: str
) -> None:
    ca = root(pca_client)
    update(ca, Status=status)
    before = ca.describe()

    with time_machine.travel(NOON):
        update(ca, Status=status)

        assert ca.describe() == before


@pytest.mark.parametrize(
    "status", sorted(set(service_model().shape_for("CertificateAuthorityStatus").metadata["enum"]))
)
def test_only_active_and_disabled_can_be_requested(
    pca: PcaMock, pca_client: ACMPCAClient, status: str
) -> None:
    ca = root(pca_client)

    if status in ("ACTIVE", "DISABLED"):
        update(ca, Status=status)
        assert ca.status == status
    else:
        with refused("InvalidArgsException", pca):
            update(ca, Status=status)


def test_a_status_that_the_model_lacks_is_a_validation_exception(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca = root(pca_client)

    with refused("ValidationException", pca):
        update(ca, Status="PAUSED")


def test_a_ca_without_a_certificate_cannot_be_activated(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca = pending(pca_client)

    for status in ("ACTIVE", "DISABLED"):
        with refused("InvalidStateException", pca):
            update(ca, Status=status)


@pytest.mark.parametrize("status", ["ACTIVE", "DISABLED"])
def test_an_expired_ca_cannot_change_its_status(
    pca: PcaMock, pca_client: ACMPCAClient, status: str
) -> None:
    ca = root(pca_client, validity=ONE_DAY)

    with time_machine.travel(datetime.now(timezone.utc) + timedelta(days=2), tick=False):
        with refused("InvalidStateException", pca):
            update(ca, Status=status)
        assert ca.status == "EXPIRED"


# Expiry and renewal


def renew(ca: Ca) -> None:
    """Install a new self-signed certificate at a root, valid for ten years from now."""
    ca.install(ca.issued(ca.csr(), "RootCACertificate", Validity=support.TEN_YEARS))


@pytest.mark.parametrize("status", ["ACTIVE", "DISABLED"])
def test_an_expired_ca_comes_back_with_the_status_in_which_it_expired(
    pca_client: ACMPCAClient, status: str
) -> None:
    ca = root(pca_client, validity=ONE_DAY)
    update(ca, Status=status)
    expired = ca.describe()

    with time_machine.travel(NOON, tick=False):
        assert ca.describe() == {**expired, "Status": "EXPIRED"}
        renew(ca)

        after = ca.describe()
        assert after["Status"] == status
        assert after["LastStateChangeAt"] == NOON_IN_MILLISECONDS
        assert after["NotAfter"] > NOON
        assert after["Serial"] != expired["Serial"]


def test_a_ca_that_was_disabled_and_expired_can_be_enabled_once_it_is_renewed(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca = root(pca_client, validity=ONE_DAY)
    update(ca, Status="DISABLED")

    with time_machine.travel(NOON, tick=False):
        renew(ca)
        with refused("InvalidStateException", pca):
            ca.issue(CSR)
        update(ca, Status="ACTIVE")

        assert ca.issue(CSR)


def test_a_disabled_ca_cannot_be_renewed_before_it_expires(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca = root(pca_client)
    certificate = ca.certificate()
    update(ca, Status="DISABLED")

    with refused("InvalidStateException", pca):
        ca.install(certificate)


def test_a_renewal_keeps_everything_except_the_certificate(pca_client: ACMPCAClient) -> None:
    tags: Any = [{"Key": "a", "Value": "b"}]
    ca = root(pca_client, Tags=tags, RevocationConfiguration={"CrlConfiguration": CRL})
    leaf, before, csr = ca.issue(CSR), ca.describe(), ca.csr()

    with time_machine.travel(NOON, tick=False):
        renew(ca)
        after = ca.describe()

    changed = {"Serial", "NotBefore", "NotAfter", "LastStateChangeAt"}
    assert {name for name in after if after[name] != before[name]} == changed
    assert ca.csr() == csr
    assert ca.get(leaf)
    assert pca_client.list_tags(CertificateAuthorityArn=ca.arn)["Tags"] == tags


# The revocation configuration


def test_an_update_of_nothing_changes_nothing(pca_client: ACMPCAClient) -> None:
    ca = root(pca_client, RevocationConfiguration={"CrlConfiguration": CRL})
    before = ca.describe()

    with time_machine.travel(NOON):
        update(ca)
        update(ca, RevocationConfiguration={})

        assert ca.describe() == before


def test_a_part_that_is_left_out_stays_as_it_is(pca_client: ACMPCAClient) -> None:
    ca = root(pca_client)
    shown = {**CRL, "S3ObjectAcl": "PUBLIC_READ"}

    assert reconfigure(ca, Crl=CRL) == {"CrlConfiguration": shown, "OcspConfiguration": OFF}
    assert reconfigure(ca, Ocsp=OCSP) == {"CrlConfiguration": shown, "OcspConfiguration": OCSP}
    assert reconfigure(ca, Crl=OFF) == {"CrlConfiguration": OFF, "OcspConfiguration": OCSP}
    assert reconfigure(ca, Ocsp=OFF) == {"CrlConfiguration": OFF, "OcspConfiguration": OFF}


def test_a_requested_part_replaces_the_whole_earlier_one(pca_client: ACMPCAClient) -> None:
    ca = root(pca_client)
    full = {
        **CRL,
        "CustomCname": "crl.example.com",
        "CustomPath": "path",
        "CrlType": "PARTITIONED",
        "S3ObjectAcl": "BUCKET_OWNER_FULL_CONTROL",
    }

    before = reconfigure(ca, Crl=full, Ocsp=OCSP)
    after = reconfigure(ca, Crl=CRL, Ocsp={"Enabled": True})

    assert before == {"CrlConfiguration": full, "OcspConfiguration": OCSP}
    assert after == {
        "CrlConfiguration": {**CRL, "S3ObjectAcl": "PUBLIC_READ"},
        "OcspConfiguration": {"Enabled": True},
    }


def test_changing_only_the_revocation_configuration_is_no_state_change(
    pca_client: ACMPCAClient,
) -> None:
    ca = root(pca_client)
    before = ca.describe()

    with time_machine.travel(NOON):
        shown = reconfigure(ca, Crl=CRL, Ocsp=OCSP)

        assert ca.describe() == {**before, "RevocationConfiguration": shown}


def test_a_new_revocation_configuration_applies_only_to_later_certificates(
    pca_client: ACMPCAClient,
) -> None:
    ca = root(pca_client)
    before = ca.issue(CSR)

    reconfigure(ca, Ocsp=OCSP)

    assert list(oracles.certificate(ca.get(before)[0]).ocsp_urls) == []
    assert list(oracles.certificate(ca.issued(CSR)).ocsp_urls) == ["http://ocsp.example.com"]


def test_another_bucket_is_named_only_in_later_certificates(pca_client: ACMPCAClient) -> None:
    ca = root(pca_client, RevocationConfiguration={"CrlConfiguration": CRL})
    before = ca.issue(CSR)

    reconfigure(ca, Crl={**CRL, "S3BucketName": "other"})

    def crl_urls(certificate: str) -> Any:
        points = oracles.certificate(certificate).crl_distribution_points_value
        return points[0]["distribution_point"].chosen[0].native

    assert crl_urls(ca.get(before)[0]).startswith("http://crl-bucket.s3.")
    assert crl_urls(ca.issued(CSR)).startswith("http://other.s3.")


FAULTY = [
    pytest.param({"CrlConfiguration": {**CRL, "Enabled": False}}, id="off beside others"),
    pytest.param({"CrlConfiguration": {"Enabled": True}}, id="neither days nor bucket"),
    pytest.param({"CrlConfiguration": {**CRL, "S3BucketName": "No_Bucket"}}, id="bucket name"),
    pytest.param({"CrlConfiguration": {**CRL, "CustomCname": "http://a"}}, id="protocol"),
    pytest.param(
        {
            "CrlConfiguration": {
                **CRL,
                "CustomCname": "a",
                "CrlDistributionPointExtensionConfiguration": {"OmitExtension": True},
            }
        },
        id="name for what is left out",
    ),
    pytest.param({"OcspConfiguration": {**OCSP, "Enabled": False}}, id="OCSP off beside a name"),
    pytest.param({"OcspConfiguration": {**OCSP, "OcspCustomCname": "HTTPS://a"}}, id="OCSP name"),
]


@pytest.mark.parametrize("faulty", FAULTY)
def test_a_faulty_part_makes_the_whole_update_fail(
    pca: PcaMock, pca_client: ACMPCAClient, faulty: Any
) -> None:
    ca = root(pca_client)
    good: Any = {"OcspConfiguration": OCSP, "CrlConfiguration": CRL}

    with refused("InvalidArgsException", pca):
        update(ca, RevocationConfiguration={**good, **faulty}, Status="DISABLED")


def test_a_faulty_status_makes_a_good_configuration_fail(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca = root(pca_client)

    with refused("InvalidArgsException", pca):
        update(ca, RevocationConfiguration={"OcspConfiguration": OCSP}, Status="FAILED")


def test_status_and_configuration_change_together(pca_client: ACMPCAClient) -> None:
    ca = root(pca_client)

    update(ca, Status="DISABLED", RevocationConfiguration={"OcspConfiguration": OCSP})

    described = ca.describe()
    assert described["Status"] == "DISABLED"
    assert described["RevocationConfiguration"]["OcspConfiguration"] == OCSP


def test_a_configuration_that_lacks_enabled_is_a_validation_exception(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca = root(pca_client)
    ca.client = pca.client(config=Config(parameter_validation=False))

    with refused("ValidationException", pca):
        update(ca, RevocationConfiguration={"OcspConfiguration": {"OcspCustomCname": "a"}})


def test_the_callers_own_configuration_is_not_shared_with_the_mock(
    pca_client: ACMPCAClient,
) -> None:
    ca = root(pca_client)
    value = {**CRL, "CrlDistributionPointExtensionConfiguration": {"OmitExtension": True}}
    before = reconfigure(ca, Crl=value)

    value["CrlDistributionPointExtensionConfiguration"]["OmitExtension"] = False

    assert ca.describe()["RevocationConfiguration"] == before
