"""pkilint's findings in CRLs and OCSP answers."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from tests import oracles, revoking, support
from tests.issuance import model_enum
from tests.revoking import certificate_id, issue, ocsp_request, revoke, serial

if TYPE_CHECKING:
    from pca_mock import PcaMock

_FAMILIES = {
    "EC": ("EC_prime256v1", "SHA256WITHECDSA"),
    "RSA": ("RSA_2048", "SHA256WITHRSA"),
    "RSA-PSS": ("RSA_2048", "SHA384WITHRSA_PSS"),
}
each_family = pytest.mark.parametrize(
    "family", [name for name, (_, s) in _FAMILIES.items() if s in model_enum("SigningAlgorithm")]
)


def _ca(pca: PcaMock, family: str, **crl: Any) -> support.Ca:
    return support.root(
        pca.client(region_name="us-east-1"),
        support.configuration("Test CA", *_FAMILIES[family]),
        RevocationConfiguration={**revoking.crl_on(**crl), **revoking.OCSP_ON},
    )


@pytest.mark.parametrize("crl_type", ["COMPLETE", "PARTITIONED"])
@each_family
def test_pkilint_finds_no_error_in_a_crl(family: str, crl_type: str, pca: PcaMock) -> None:
    ca = _ca(pca, family, CrlType=crl_type)
    issue(ca)
    ((key, empty),) = revoking.crls(pca).items()
    for reason, _, _ in revoking.REASONS:
        revoke(ca, issue(ca), reason)
    full = revoking.crls(pca)[key]

    assert len(revoking.listed(full)) == len(revoking.REASONS)
    assert oracles.pkilint_crl_errors(empty) == set()
    assert oracles.pkilint_crl_errors(full) == set()


def test_pkilint_finds_no_error_in_a_crl_that_lasts_beyond_2049(pca: PcaMock) -> None:
    with time_machine.travel(datetime(2044, 1, 1, tzinfo=timezone.utc), tick=False):
        ca = _ca(pca, "EC", ExpirationInDays=5000)
        revoke(ca, issue(ca))

        data = revoking.crl(pca, ca)

    assert revoking.parsed(data)["tbs_cert_list"]["next_update"].native.year == 2057
    assert oracles.pkilint_crl_errors(data) == set()


def test_pkilint_finds_an_error_that_was_put_into_a_crl(pca: PcaMock) -> None:
    ca = _ca(pca, "EC")
    issue(ca)
    data = revoking.crl(pca, ca)
    crl_number = bytes.fromhex("0603551d14")
    twice = bytes.fromhex("0603551d23")  # a second AKI in its place

    assert oracles.pkilint_crl_errors(data.replace(crl_number, twice))


@each_family
def test_pkilint_finds_no_error_in_an_ocsp_answer(family: str, pca: PcaMock) -> None:
    ca = _ca(pca, family)
    arns = [issue(ca) for _ in revoking.REASONS]
    for arn, (reason, _, _) in zip(arns, revoking.REASONS, strict=True):
        revoke(ca, arn, reason)
    asked = [serial(arn) for arn in (*arns, issue(ca))] + ["1"]

    for hash_name in ("sha1", "sha256"):
        request = ocsp_request(
            *(certificate_id(ca.certificate(), each, hash_name) for each in asked)
        )
        assert oracles.pkilint_ocsp_errors(pca.ocsp_response(request)) == set()


def test_pkilint_finds_no_error_in_a_refusal(pca: PcaMock) -> None:
    assert oracles.pkilint_ocsp_errors(pca.ocsp_response(b"garbage")) == set()


def test_pkilint_finds_an_error_that_was_put_into_an_ocsp_answer(pca: PcaMock) -> None:
    ca = _ca(pca, "EC")
    data = pca.ocsp_response(ocsp_request(certificate_id(ca.certificate(), "1")))

    assert oracles.pkilint_ocsp_errors(data.replace(b"Z\x30", b"X\x30", 1))
