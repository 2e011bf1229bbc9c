"""The OCSP status of each certificate, and when there is none (User Guide, "OCSP")."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from pca_mock.pki.ocsp import CertId
from pca_mock.state.authority import Status
from tests import inside, oracles, revoking, support
from tests.issuance import AUTHORITY_INFORMATION_ACCESS, custom, listed, passing
from tests.revoking import (
    NOW,
    certificate_id,
    issue,
    ocsp_answer,
    ocsp_request,
    ocsp_status,
    revoke,
    serial,
)

if TYPE_CHECKING:
    from pca_mock import PcaMock

_OFF: Any = {"OcspConfiguration": {"Enabled": False}}
_UNKNOWN = "f" * 32


def test_a_certificate_is_good_until_it_is_revoked(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    arn, other = issue(ca), issue(ca)
    assert ocsp_status(pca, ca, arn) == "good"

    revoke(ca, arn)

    assert ocsp_status(pca, ca, arn) == "revoked"
    assert ocsp_status(pca, ca, other) == "good"


@pytest.mark.parametrize("digits", [_UNKNOWN, "0", "7f", "80", "1" + "0" * 40])
def test_a_serial_that_was_never_issued_is_unknown(digits: str, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    issue(ca)

    request = ocsp_request(certificate_id(ca.certificate(), digits))

    assert ocsp_answer(pca, request) == ("successful", [(f"{int(digits, 16):032x}", "unknown")])


def test_a_serial_of_another_ca_is_unknown(pca: PcaMock) -> None:
    ca, other = revoking.root(pca), revoking.root(pca, "Other")
    arn = issue(other)

    assert ocsp_status(pca, ca, arn) == "unknown"
    assert ocsp_status(pca, other, arn) == "good"


def test_a_certificate_whose_issuance_fails_is_unknown(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    with pca.fail_later("IssueCertificate"):
        arn = issue(ca)

    assert ocsp_status(pca, ca, arn) == "unknown"


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_each_certificate_of_a_request_is_answered_in_order(hash_name: str, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    good, revoked = issue(ca), issue(ca)
    revoke(ca, revoked)
    asked = [serial(revoked), _UNKNOWN, serial(good), serial(revoked)]

    request = ocsp_request(*(certificate_id(ca.certificate(), s, hash_name) for s in asked))

    assert ocsp_answer(pca, request) == (
        "successful",
        list(zip(asked, ["revoked", "unknown", "good", "revoked"], strict=True)),
    )


def test_a_second_issuer_in_a_request_is_unknown_to_the_first(pca: PcaMock) -> None:
    ca, other = revoking.root(pca), revoking.root(pca, "Other")
    arns = issue(ca), issue(other)

    request = ocsp_request(
        certificate_id(ca.certificate(), serial(arns[0])),
        certificate_id(other.certificate(), serial(arns[1])),
    )

    assert [status for _, status in ocsp_answer(pca, request)[1]] == ["good", "unknown"]


def test_certificates_from_before_ocsp_was_switched_on_are_answered_too(pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name="us-east-1"))
    good, revoked = issue(ca), issue(ca)
    revoke(ca, revoked)
    assert ocsp_status(pca, ca, good) == "unauthorized"

    revoking.update(ca, revoking.OCSP_ON)

    assert [ocsp_status(pca, ca, arn) for arn in (good, revoked)] == ["good", "revoked"]


def test_a_subordinate_is_answered_by_its_parent(pca: PcaMock) -> None:
    parent = revoking.root(pca)
    below = support.subordinate(parent, RevocationConfiguration=revoking.OCSP_ON)
    digits = f"{int(below.describe()['Serial']):032x}"
    asked = ocsp_request(certificate_id(parent.certificate(), digits))
    assert ocsp_answer(pca, asked) == ("successful", [(digits, "good")])

    revoking.revoke_serial(parent, digits)

    assert ocsp_answer(pca, asked) == ("successful", [(digits, "revoked")])


def test_cas_of_all_accounts_and_regions_are_answered(pca: PcaMock) -> None:
    with pca.as_account("111122223333"):
        ca = support.root(
            pca.client(region_name="eu-west-1"), RevocationConfiguration=revoking.OCSP_ON
        )
        arn = issue(ca)
        certificate = ca.certificate()

    request = ocsp_request(certificate_id(certificate, serial(arn)))

    assert ocsp_answer(pca, request) == ("successful", [(serial(arn), "good")])


def test_an_answer_looks_at_only_one_of_many_cas(
    pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cas = [revoking.root(pca) for _ in range(5)]
    request = ocsp_request(certificate_id(cas[3].certificate(), serial(issue(cas[3]))))
    looks: list[bytes] = []

    def counted(cert_id: CertId, name: bytes, bits: bytes) -> bool:
        looks.append(bits)
        return True

    monkeypatch.setattr(CertId, "is_of", counted)

    assert ocsp_answer(pca, request)[0] == "successful"

    assert len(set(looks)) == 1


def test_the_restored_cas_answer_after_a_restore(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    request = ocsp_request(certificate_id(ca.certificate(), serial(issue(ca))))
    kept = pca.snapshot()
    pca.reset()
    assert ocsp_answer(pca, request) == ("unauthorized", [])

    pca.restore(kept)

    assert ocsp_answer(pca, request)[1][0][1] == "good"


# No answer


def test_an_unknown_issuer_is_unauthorized(pca: PcaMock) -> None:
    ca, other = revoking.root(pca), revoking.root(pca)
    right = certificate_id(ca.certificate(), _UNKNOWN)
    of_other = certificate_id(other.certificate(), _UNKNOWN)
    assert ocsp_answer(pca, ocsp_request(right))[0] == "successful"

    for wrong in (
        {"issuer_name_hash": b"n" * 20},
        {"issuer_key_hash": b"k" * 20},
        {"hash_algorithm": {"algorithm": "md5"}},
        {"hash_algorithm": {"algorithm": "sha256"}},
    ):
        assert ocsp_answer(pca, ocsp_request({**right, **wrong})) == ("unauthorized", [])
    in_sha3 = {"hash_algorithm": {"algorithm": "sha3_256"}}  # which the responder doesn't have
    assert ocsp_answer(pca, ocsp_request(right, {**right, **in_sha3})) == ("unauthorized", [])
    assert of_other["issuer_name_hash"] == right["issuer_name_hash"]
    assert ocsp_answer(pca, ocsp_request(of_other))[0] == "successful"


def test_the_answer_is_signed_by_the_ca_whose_key_is_named(pca: PcaMock) -> None:
    ca, namesake = revoking.root(pca), revoking.root(pca)
    arn = issue(namesake)

    assert ocsp_status(pca, namesake, arn) == "good"
    assert ocsp_status(pca, ca, arn) == "unknown"


def test_a_ca_with_ocsp_switched_off_is_unauthorized(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    arn = issue(ca)
    revoking.update(ca, _OFF)

    assert ocsp_status(pca, ca, arn) == "unauthorized"


def test_a_disabled_ca_answers(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    arn = issue(ca)
    revoking.set_status(ca, "DISABLED")

    assert ocsp_status(pca, ca, arn) == "good"


@pytest.mark.parametrize(
    "status", [Status.CREATING, Status.PENDING_CERTIFICATE, Status.FAILED, Status.DELETED]
)
def test_a_ca_in_another_status_is_unauthorized(status: Status, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    request = ocsp_request(certificate_id(ca.certificate(), serial(issue(ca))))
    assert ocsp_answer(pca, request)[0] == "successful"

    inside.put_in(pca, ca.arn, status)

    assert ocsp_answer(pca, request) == ("unauthorized", [])


def test_an_expired_ca_is_unauthorized(pca: PcaMock) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        ca = revoking.root(pca)
        arn = issue(ca)
        traveller.shift(timedelta(days=3660))
        assert ca.status == "EXPIRED"

        assert ocsp_status(pca, ca, arn) == "unauthorized"


def test_a_ca_without_a_certificate_is_unauthorized(pca: PcaMock) -> None:
    support.pending(pca.client(region_name="us-east-1"), RevocationConfiguration=revoking.OCSP_ON)
    with_certificate = support.root(pca.client(region_name="us-east-1"))
    request = ocsp_request(certificate_id(with_certificate.certificate(), _UNKNOWN))

    assert ocsp_answer(pca, request) == ("unauthorized", [])


@pytest.mark.parametrize("garbage", [b"", b"garbage", b"\x30\x00"])
def test_garbage_is_malformed(garbage: bytes, pca: PcaMock) -> None:
    revoking.root(pca)

    assert ocsp_answer(pca, garbage) == ("malformed_request", [])


def test_a_request_without_certificates_is_malformed(pca: PcaMock) -> None:
    assert ocsp_answer(pca, ocsp_request()) == ("malformed_request", [])


def test_errors_are_a_status_and_nothing_else(pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name="us-east-1"))
    unauthorized = ocsp_request(certificate_id(ca.certificate(), _UNKNOWN))

    assert pca.ocsp_response(b"") == bytes.fromhex("30030a0101")
    assert pca.ocsp_response(unauthorized) == bytes.fromhex("30030a0106")


# In certificates


@pytest.mark.parametrize(
    ("region", "configuration", "uri"),
    [
        ("us-east-1", {}, "http://ocsp.acm-pca.us-east-1.amazonaws.com"),
        ("eu-west-1", {}, "http://ocsp.acm-pca.eu-west-1.amazonaws.com"),
        ("cn-north-1", {}, "http://ocsp.acm-pca.cn-north-1.amazonaws.com.cn"),
        ("us-east-1", {"OcspCustomCname": "ocsp.example.com"}, "http://ocsp.example.com"),
        ("us-east-1", {"OcspCustomCname": ""}, "http://ocsp.acm-pca.us-east-1.amazonaws.com"),
    ],
)
def test_a_certificate_names_the_responder(
    region: str, configuration: Any, uri: str, pca: PcaMock
) -> None:
    china: dict[str, Any] = {"KeyStorageSecurityStandard": "CCPC_LEVEL_1_OR_HIGHER"}
    ca = support.root(
        pca.client(region_name=region),
        RevocationConfiguration={"OcspConfiguration": {"Enabled": True, **configuration}},
        **(china if region.startswith("cn-") else {}),
    )

    pem = ca.get(issue(ca))[0]

    extension = oracles.extension(pem, AUTHORITY_INFORMATION_ACCESS)
    assert extension is not None
    assert not extension.critical
    (access,) = oracles.certificate(pem).authority_information_access_value
    assert access["access_method"].native == "ocsp"
    assert access["access_location"].native == uri


def test_the_responder_is_named_only_while_ocsp_is_on(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    with_ocsp = issue(ca)
    revoking.update(ca, _OFF)
    without = issue(ca)

    named = [
        oracles.extension(ca.get(arn)[0], AUTHORITY_INFORMATION_ACCESS) is not None
        for arn in (with_ocsp, without)
    ]
    assert named == [True, False]
    assert oracles.extension(ca.certificate(), AUTHORITY_INFORMATION_ACCESS) is None


def test_a_responder_cannot_be_passed_through_while_ocsp_is_on(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    own = bytes.fromhex("3014301206082b060105050730018606") + b"http:a"
    template = support.template_arn("BlankEndEntityCertificate_APIPassthrough")
    request: Any = {
        "TemplateArn": template,
        "ApiPassthrough": passing(CustomExtensions=[custom(AUTHORITY_INFORMATION_ACCESS, own)]),
    }

    with_ocsp = ca.get(issue(ca, **request))[0]
    revoking.update(ca, _OFF)
    without = ca.get(issue(ca, **request))[0]

    shown = f"{AUTHORITY_INFORMATION_ACCESS} {own.hex()}"
    assert shown not in listed(with_ocsp)
    assert shown in listed(without)
