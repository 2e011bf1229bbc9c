"""RevokeCertificate, rule by rule (API_RevokeCertificate; User Guide, "Revoking a certificate")."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from cryptography.x509 import ocsp

from pca_mock import mock_pca
from pca_mock.state.authority import Status
from tests import inside, oracles, revoking, shapes, support
from tests.issuance import unvalidating
from tests.revoking import NOW, each_reason, issue, refused, revoke, revoke_serial, serial

if TYPE_CHECKING:
    from pca_mock import PcaMock

_SELF_SIGNED = "Self-signed certificate can not be revoked"


def _colons(digits: str) -> str:
    return ":".join(digits[i : i + 2] for i in range(0, len(digits), 2))


# Serial numbers


@pytest.mark.parametrize(
    "form",
    [
        lambda digits: digits,
        _colons,
        str.upper,
        lambda digits: _colons(digits).upper(),
        lambda digits: f"{int(digits, 16):x}",
        lambda digits: "00:" + _colons(digits),
        lambda digits: digits.zfill(128),
    ],
    ids=["arn", "colons", "upper", "upper colons", "integer", "sign byte", "as long as can be"],
)
def test_a_serial_may_be_written_in_any_hex_form(form: Any, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    revoked, other = issue(ca), issue(ca)

    revoke_serial(ca, form(serial(revoked)))

    assert revoking.listed(revoking.crl(pca, ca)) == [serial(revoked)]
    assert revoking.ocsp_status(pca, ca, other) == "good"


def test_a_serial_keeps_its_zeros_but_may_be_passed_without_them(
    pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits = "00a" + "5" * 29
    ca = revoking.root(pca)
    update = {"OcspConfiguration": {"Enabled": True}}
    revoking.update(ca, update)
    monkeypatch.setattr(
        "pca_mock.service.certificates.new_serial_number", lambda _: int(digits, 16)
    )
    arn = issue(ca)
    assert arn == f"{ca.arn}/certificate/{digits}"
    assert oracles.certificate(ca.get(arn)[0]).serial_number == int(digits, 16)

    revoke_serial(ca, digits.lstrip("0"))

    assert revoking.listed(revoking.crl(pca, ca)) == [digits]
    assert revoking.ocsp_status(pca, ca, arn) == "revoked"
    report = revoking.create_report(ca)
    assert _colons(digits) in pca.buckets[revoking.REPORTS][report["S3Key"]].decode()
    assert [each.serial for each in pca.certificates if each.status == "REVOKED"] == [digits]


@pytest.mark.parametrize(
    "text", ["", ":", "0x12", "-12", "12 34", " 12", "12\n", "xyz", "12-34", "\uff11"]
)
def test_a_serial_that_is_not_hex_is_refused(text: str, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    issue(ca)

    with refused("InvalidRequestException", pca):
        revoke_serial(ca, text)


def test_a_serial_that_is_too_long_breaks_the_model(pca: PcaMock) -> None:
    ca = revoking.root(pca)

    with refused("ValidationException", pca):
        revoke_serial(ca, "1" * 129)


def test_the_decimal_serial_of_describe_is_not_found(pca: PcaMock) -> None:
    parent = revoking.root(pca)
    below = support.subordinate(parent)
    decimal = below.describe()["Serial"]

    with refused("ResourceNotFoundException", pca):
        revoke_serial(parent, decimal)

    revoke_serial(parent, f"{int(decimal):x}")
    assert len(revoking.listed(revoking.crl(pca, parent))) == 1


def test_a_serial_of_another_ca_is_not_found(pca: PcaMock) -> None:
    ca, other = revoking.root(pca), revoking.root(pca, "Other")
    text = serial(issue(other))

    with refused(
        "ResourceNotFoundException", pca, match=f"Could not find certificate with serial {text}."
    ):
        revoke_serial(ca, text)


# Reasons


@each_reason
def test_a_reason_becomes_the_code_of_rfc_5280_in_the_crl(
    reason: str, code: int | None, text: str, pca: PcaMock
) -> None:
    with time_machine.travel(NOW, tick=False):
        ca = revoking.root(pca)
        arn = issue(ca)

        revoke(ca, arn, reason)

    crl = revoking.crl(pca, ca)
    assert revoking.entries(crl) == [(serial(arn), NOW, code)]
    printed = oracles.openssl("crl", "-inform", "DER", "-noout", "-text", input=crl).stdout.decode()
    assert serial(arn).upper() in printed
    assert (f"\n                {text}\n" in printed) is (code is not None)


@each_reason
def test_a_reason_becomes_the_code_of_rfc_5280_in_ocsp(
    reason: str, code: int | None, text: str, pca: PcaMock
) -> None:
    with time_machine.travel(NOW, tick=False):
        ca = revoking.root(pca)
        arn = issue(ca)

        revoke(ca, arn, reason)

    request = revoking.ocsp_request(revoking.certificate_id(ca.certificate(), serial(arn)))
    answer = ocsp.load_der_ocsp_response(pca.ocsp_response(request))
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert answer.revocation_time_utc == NOW
    named = {"cACompromise": 2, "aACompromise": 10, "keyCompromise": 1, "affiliationChanged": 3}
    named |= {"superseded": 4, "cessationOfOperation": 5, "privilegeWithdrawn": 9}
    result = answer.revocation_reason
    assert (named[result.value] if result else None) == code


@pytest.mark.parametrize("reason", ["CERTIFICATE_HOLD", "REMOVE_FROM_CRL", "key_compromise", ""])
def test_no_other_reason_exists(reason: str, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    arn = issue(ca)

    with refused("ValidationException", pca):
        revoke(ca, arn, reason)


# Effects


def test_the_answer_is_empty(pca: PcaMock) -> None:
    ca = revoking.root(pca)

    answer = ca.client.revoke_certificate(
        CertificateAuthorityArn=ca.arn,
        CertificateSerial=serial(issue(ca)),
        RevocationReason="SUPERSEDED",
    )

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    shapes.check("RevokeCertificate", answer)


def test_a_revoked_certificate_can_still_be_fetched(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    arn = issue(ca)
    before = ca.get(arn)

    revoke(ca, arn)

    assert ca.get(arn) == before


@pytest.mark.parametrize("second", ["KEY_COMPROMISE", "SUPERSEDED"])
def test_a_certificate_is_revoked_only_once(second: str, pca: PcaMock) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        ca = revoking.root(pca)
        arn = issue(ca)
        revoke(ca, arn, "KEY_COMPROMISE")
        traveller.shift(timedelta(hours=1))

        with refused("RequestAlreadyProcessedException", pca):
            revoke(ca, arn, second)

        assert revoking.entries(revoking.crl(pca, ca)) == [(serial(arn), NOW, 1)]


def test_only_one_of_many_concurrent_callers_revokes(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    arn = issue(ca)

    def attempt(_: int) -> str:
        try:
            revoke(ca, arn)
        except ca.client.exceptions.RequestAlreadyProcessedException:
            return "already"
        return "revoked"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == ["already"] * 3 + ["revoked"]


def test_revoking_needs_neither_crl_nor_ocsp(pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name="us-east-1"))
    arn = issue(ca)

    revoke(ca, arn)

    with refused("RequestAlreadyProcessedException", pca):
        revoke(ca, arn)
    assert revoking.crls(pca) == {}


def test_an_expired_certificate_cannot_be_revoked(pca: PcaMock) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        ca = revoking.root(pca)
        arn, in_time = issue(ca, days=1), issue(ca, days=1)
        traveller.shift(timedelta(days=1))
        revoke(ca, in_time)
        traveller.shift(timedelta(seconds=1))

        with refused("InvalidRequestException", pca):
            revoke(ca, arn)


def test_an_expired_revoked_certificate_is_reported_as_revoked(pca: PcaMock) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        ca = revoking.root(pca)
        arn = issue(ca, days=1)
        revoke(ca, arn)
        traveller.shift(timedelta(days=2))

        with refused("RequestAlreadyProcessedException", pca):
            revoke(ca, arn)


# CA certificates


def test_a_root_certificate_cannot_be_revoked(pca: PcaMock) -> None:
    ca = support.pending(pca.client(region_name="us-east-1"))
    arn = ca.issue(ca.csr(), "RootCACertificate", Validity=support.TEN_YEARS)
    ca.install(ca.get(arn)[0])

    with refused("InvalidRequestException", pca, match=_SELF_SIGNED):
        revoke(ca, arn)


def test_a_former_root_certificate_cannot_be_revoked(pca: PcaMock) -> None:
    ca = support.pending(pca.client(region_name="us-east-1"))
    first, second = (
        ca.issue(ca.csr(), "RootCACertificate", Validity=support.TEN_YEARS) for _ in range(2)
    )
    ca.install(ca.get(first)[0])
    ca.install(ca.get(second)[0])

    for arn in (first, second):
        with refused("InvalidRequestException", pca, match=_SELF_SIGNED):
            revoke(ca, arn)


def test_a_certificate_that_a_ca_issued_itself_by_another_template_is_self_signed(
    pca: PcaMock,
) -> None:
    ca = revoking.root(pca)
    arn = ca.issue(ca.csr(), "SubordinateCACertificate_PathLen0")
    pem = ca.get(arn)[0]
    assert oracles.subject_hex(pem) == oracles.issuer_hex(pem)

    with refused("InvalidRequestException", pca, match=_SELF_SIGNED):
        revoke(ca, arn)


def test_a_subordinate_is_revoked_at_its_parent(pca: PcaMock) -> None:
    parent = revoking.root(pca)
    below = support.subordinate(parent)
    text = f"{int(below.describe()['Serial']):x}"
    described = below.describe()

    with refused("ResourceNotFoundException", pca):
        revoke_serial(below, text)
    revoke_serial(parent, text, "CERTIFICATE_AUTHORITY_COMPROMISE")

    assert [entry.reason for entry in revoking.entries(revoking.crl(pca, parent))] == [2]
    assert below.describe() == described
    assert issue(below)


# Statuses


@pytest.mark.parametrize("status", ["ACTIVE", "DISABLED"])
def test_revoking_works_in_these_statuses(status: str, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    arn = issue(ca)
    revoking.set_status(ca, status)

    revoke(ca, arn)

    assert revoking.listed(revoking.crl(pca, ca)) == [serial(arn)]


@pytest.mark.parametrize(
    "status", [Status.CREATING, Status.PENDING_CERTIFICATE, Status.FAILED, Status.DELETED]
)
def test_revoking_does_not_work_in_these_statuses(status: Status, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    arn = issue(ca)
    inside.put_in(pca, ca.arn, status)
    assert ca.status == status

    for text in (serial(arn), "not hex"):  # the status is looked at first
        with refused("InvalidStateException", pca):
            revoke_serial(ca, text)


def test_an_expired_ca_cannot_revoke(pca: PcaMock) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        ca = revoking.root(pca)
        arn = issue(ca)
        traveller.shift(timedelta(days=3660))
        assert ca.status == "EXPIRED"

        with refused("InvalidStateException", pca):
            revoke(ca, arn)


def test_a_certificate_that_is_still_being_issued_cannot_be_revoked_yet() -> None:
    with (
        time_machine.travel(NOW, tick=False) as traveller,
        mock_pca(issuance_delay=timedelta(minutes=1)) as pca,
    ):
        ca = support.pending(pca.client(region_name="us-east-1"))
        own = ca.issue(ca.csr(), "RootCACertificate", Validity=support.TEN_YEARS)
        traveller.shift(timedelta(minutes=1))
        ca.install(ca.get(own)[0])
        arn = issue(ca)

        with refused("RequestInProgressException", pca):
            revoke(ca, arn)

        traveller.shift(timedelta(minutes=1))
        revoke(ca, arn)


# Accounts


def _grant(ca: support.Ca, *actions: str) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "111122223333"},
        "Action": [f"acm-pca:{action}" for action in actions],
        "Resource": ca.arn,
    }
    ca.client.put_policy(
        ResourceArn=ca.arn, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )


def test_another_account_revokes_only_with_the_grant_for_it(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    arn = issue(ca)
    _grant(ca, "DescribeCertificateAuthority", "GetCertificate")
    with pca.as_account("111122223333"), refused("AccessDeniedException", pca):
        revoke(ca, arn)

    _grant(ca, "DescribeCertificateAuthority", "RevokeCertificate")
    with pca.as_account("111122223333"):
        revoke(ca, arn)

    assert revoking.listed(revoking.crl(pca, ca)) == [serial(arn)]


# Quota


def test_a_complete_crl_has_a_quota_of_unexpired_certificates() -> None:
    with (
        time_machine.travel(NOW, tick=False) as traveller,
        mock_pca(quotas={"revoked_certificates": 2}) as pca,
    ):
        ca = revoking.root(pca)
        arns = [issue(ca, days=days) for days in (1, 30, 30)]
        revoke(ca, arns[0])
        revoke(ca, arns[1])

        with refused("LimitExceededException", pca):
            revoke(ca, arns[2])

        traveller.shift(timedelta(days=2))  # the first one has expired
        revoke(ca, arns[2])


@pytest.mark.parametrize("revocation", [revoking.crl_on(CrlType="PARTITIONED"), revoking.CRL_OFF])
def test_the_quota_applies_only_to_a_complete_crl(revocation: Any) -> None:
    with mock_pca(quotas={"revoked_certificates": 0}) as pca:
        ca = support.root(pca.client(region_name="us-east-1"), RevocationConfiguration=revocation)

        revoke(ca, issue(ca))


# Requests


@pytest.mark.parametrize(
    "member", ["CertificateAuthorityArn", "CertificateSerial", "RevocationReason"]
)
def test_all_members_are_required(member: str, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    request: dict[str, Any] = {
        "CertificateAuthorityArn": ca.arn,
        "CertificateSerial": serial(issue(ca)),
        "RevocationReason": "UNSPECIFIED",
    }
    del request[member]

    with refused("ValidationException", pca):
        unvalidating(pca).revoke_certificate(**request)
