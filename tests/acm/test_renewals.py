"""Managed renewal, by the mock's clock, and RenewCertificate."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import time_machine

from pca_mock import Authority, PcaMock
from tests import oracles
from tests.acm.clients import client as shared
from tests.acm.requesting import allow_renewals, detail, export, request
from tests.refusals import refused

FIRST, LONGER = 335, 60  # days until a renewal, and from there to the end


def renewal(acm: Any, arn: str) -> tuple[str, str | None] | None:
    summary = detail(acm, arn).get("RenewalSummary")
    return summary and (summary["RenewalStatus"], summary.get("RenewalStatusReason"))


def test_an_exported_certificate_is_renewed_60_days_before_its_end(
    pca: PcaMock, acm: Any, ca: Authority
) -> None:
    allow_renewals(ca)
    with pca.clock.freeze("2027-01-01T00:00Z") as clock:
        arn = request(acm, ca)
        assert detail(acm, arn)["RenewalEligibility"] == "INELIGIBLE"
        before = export(acm, arn)
        assert detail(acm, arn)["RenewalEligibility"] == "ELIGIBLE"

        clock.advance(days=FIRST, seconds=-1)
        assert renewal(acm, arn) is None
        clock.advance(days=1)

        described = detail(acm, arn)
        assert renewal(acm, arn) == ("SUCCESS", None)
        assert described["CertificateArn"] == arn
        assert described["RenewalEligibility"] == "INELIGIBLE"
        # At its time, not when somebody looked.
        due = clock.now() - timedelta(days=1, seconds=-1)
        assert described["NotAfter"] == due + timedelta(days=395)
        assert described["RenewalSummary"]["UpdatedAt"] == due
        assert described["CreatedAt"] == due - timedelta(days=FIRST)
        after = export(acm, arn)
    assert after["PrivateKey"] != before["PrivateKey"]
    spki = oracles.spki_hex
    assert spki(after["Certificate"]) != spki(before["Certificate"])
    assert pca.certificates[-1].certificate_pem == after["Certificate"].strip()


def test_a_certificate_that_nobody_uses_expires(pca: PcaMock, acm: Any, ca: Authority) -> None:
    allow_renewals(ca)
    arn = request(acm, ca)

    pca.clock.advance(days=FIRST + LONGER + 1)

    assert (detail(acm, arn)["Status"], renewal(acm, arn)) == ("EXPIRED", None)


def test_a_certificate_that_is_in_use_is_renewed_again_and_again(
    pca: PcaMock, acm: Any, ca: Authority
) -> None:
    allow_renewals(ca)
    arn = request(acm, ca)
    listener = {
        "Protocol": "HTTPS",
        "LoadBalancerPort": 443,
        "InstancePort": 80,
        "SSLCertificateId": arn,
    }
    elb = shared("elb", "us-east-1")
    elb.create_load_balancer(
        LoadBalancerName="front", Listeners=[listener], AvailabilityZones=["us-east-1a"]
    )
    assert detail(acm, arn)["RenewalEligibility"] == "ELIGIBLE"

    pca.clock.advance(days=3 * FIRST + 1)

    assert len([each for each in pca.certificates if "www" in each.subject]) == 4
    assert detail(acm, arn)["Status"] == "ISSUED"


def test_a_certificate_that_is_exported_late_is_renewed_then(
    pca: PcaMock, acm: Any, ca: Authority
) -> None:
    allow_renewals(ca)
    with pca.clock.freeze("2027-01-01T00:00Z") as clock:
        arn = request(acm, ca)
        clock.advance(days=FIRST + 10)
        assert detail(acm, arn)["RenewalEligibility"] == "INELIGIBLE"
        export(acm, arn)
        exported_at = clock.now()

        clock.advance(days=1)

        assert detail(acm, arn)["NotAfter"] == exported_at + timedelta(days=395)


def test_renewals_follow_the_machines_time_too(pca: PcaMock, acm: Any, ca: Authority) -> None:
    allow_renewals(ca)
    export(acm, request(acm, ca))
    before = len(pca.certificates)

    with time_machine.travel(datetime.now(timezone.utc) + timedelta(days=FIRST + 1)):
        assert len(pca.certificates) == before + 1


def test_without_permission_the_renewal_waits_for_it(pca: PcaMock, acm: Any, ca: Authority) -> None:
    arn = request(acm, ca)
    export(acm, arn)

    pca.clock.advance(days=FIRST + 1)
    assert renewal(acm, arn) == ("PENDING_AUTO_RENEWAL", "PCA_ACCESS_DENIED")
    assert detail(acm, arn)["RenewalEligibility"] == "ELIGIBLE"

    allow_renewals(ca)
    assert renewal(acm, arn) == ("SUCCESS", None)
    end = pca.clock.now() + timedelta(days=395)
    assert abs(detail(acm, arn)["NotAfter"] - end) < timedelta(minutes=1)


def test_a_part_of_the_permissions_is_not_enough(pca: PcaMock, acm: Any, ca: Authority) -> None:
    allow_renewals(ca, "IssueCertificate", "GetCertificate")
    arn = request(acm, ca)
    export(acm, arn)

    pca.clock.advance(days=FIRST + LONGER - 1)
    assert renewal(acm, arn) == ("PENDING_AUTO_RENEWAL", "PCA_ACCESS_DENIED")
    pca.clock.advance(days=2)

    assert renewal(acm, arn) == ("FAILED", "PCA_ACCESS_DENIED")
    assert detail(acm, arn)["Status"] == "EXPIRED"
    assert renewal(acm, arn) == ("FAILED", "PCA_ACCESS_DENIED")


def test_the_ca_may_refuse_the_renewal(pca: PcaMock, acm: Any, ca: Authority) -> None:
    allow_renewals(ca)
    arn = request(acm, ca)
    export(acm, arn)
    ca.disable()

    acm.renew_certificate(CertificateArn=arn)
    assert renewal(acm, arn) == ("PENDING_AUTO_RENEWAL", "PCA_INVALID_STATE")
    assert detail(acm, arn)["Status"] == "ISSUED"

    ca.enable()
    pca.clock.advance(days=FIRST)
    assert renewal(acm, arn) == ("SUCCESS", None)


def test_a_shared_ca_grants_renewals_by_its_resource_policy(pca: PcaMock, acm: Any) -> None:
    arn = "arn:aws:acm-pca:us-east-1:222222222222:certificate-authority/{}"
    root = pca.create_root_ca(arn=arn.format("11111111-2222-3333-4444-555555555555"))
    keys: Any = {"aws_access_key_id": "222222222222", "aws_secret_access_key": "x"}
    owner = pca.client(region_name="us-east-1", **keys)
    root.share_with(pca.account_id)
    certificate = request(acm, root)
    export(acm, certificate)

    acm.renew_certificate(CertificateArn=certificate)
    assert renewal(acm, certificate) == ("SUCCESS", None)

    owner.delete_policy(ResourceArn=root.arn)
    export(acm, certificate)
    acm.renew_certificate(CertificateArn=certificate)
    assert renewal(acm, certificate) == ("PENDING_AUTO_RENEWAL", "PCA_ACCESS_DENIED")


def test_renew_certificate_renews_what_has_been_exported(
    pca: PcaMock, acm: Any, ca: Authority
) -> None:
    allow_renewals(ca)
    arn = request(acm, ca)
    with refused("ValidationException", pca):
        acm.renew_certificate(CertificateArn=arn)
    serial = detail(acm, arn)["Serial"]
    export(acm, arn)

    acm.renew_certificate(CertificateArn=arn)

    assert renewal(acm, arn) == ("SUCCESS", None)
    assert detail(acm, arn)["Serial"] != serial
    with refused("ValidationException", pca):
        acm.renew_certificate(CertificateArn=arn)


def test_a_renewal_that_takes_time(pca: PcaMock, acm: Any, ca: Authority) -> None:
    allow_renewals(ca)
    arn = request(acm, ca)
    before = export(acm, arn)["Certificate"]
    with pca.hold("IssueCertificate", polls=4):  # of which the renewal is one
        acm.renew_certificate(CertificateArn=arn)

    assert renewal(acm, arn) == ("PENDING_AUTO_RENEWAL", None)
    assert acm.get_certificate(CertificateArn=arn)["Certificate"] == before
    with refused("RequestInProgressException"):
        acm.renew_certificate(CertificateArn=arn)
    assert renewal(acm, arn) == ("SUCCESS", None)
    assert acm.get_certificate(CertificateArn=arn)["Certificate"] != before


def test_a_renewal_whose_issuance_fails_later(pca: PcaMock, acm: Any, ca: Authority) -> None:
    allow_renewals(ca)
    arn = request(acm, ca)
    before = export(acm, arn)["Certificate"]
    with pca.fail_later("IssueCertificate"):
        acm.renew_certificate(CertificateArn=arn)

    assert renewal(acm, arn) == ("PENDING_AUTO_RENEWAL", "PCA_REQUEST_FAILED")
    assert acm.get_certificate(CertificateArn=arn)["Certificate"] == before
