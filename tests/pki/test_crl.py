"""The fields of CRLs, read by asn1crypto, openssl and cryptography.

Sources: RFC 5280 section 5; User Guide, "Planning a CRL".
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import time_machine
from asn1crypto import core as asn1_core
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from hypothesis import given
from hypothesis import strategies as st

from pca_mock.pki.algorithms import SIGNING_ALGORITHMS, supports_ml_dsa
from pca_mock.pki.crl import Entry, tbs_cert_list
from tests import issuance, oracles, revoking, support
from tests.revoking import NOW, crl, issue, parsed, revoke

if TYPE_CHECKING:
    from pca_mock import PcaMock

_DAYS: Final = timedelta(days=7)
# Samples in the User Guide: Last Update, Next Update, CRL number, lifetime in days.
_DOCUMENTED: Final = (
    ("Feb 26 19:28:25 2018", "Feb 26 20:28:25 2019", 1519676905984, 365),
    ("Jan 10 19:28:47 2018", "Jan  8 20:28:47 2028", 1515616127629, 3650),
)
_ISSUER: Final = issuance.name("Issuer")


def _written(pca: PcaMock, **configuration: Any) -> tuple[support.Ca, bytes]:
    """A CA and its CRL with one entry."""
    ca = revoking.root(pca, **configuration)
    revoke(ca, issue(ca), "SUPERSEDED")
    ((_, data),) = revoking.crls(pca).items()
    return ca, data


def _extensions(data: bytes) -> dict[str, tuple[bool, bytes]]:
    """OID -> (critical, value)."""
    result = parsed(data)["tbs_cert_list"]["crl_extensions"]
    assert len({item["extn_id"].dotted for item in result}) == len(result)
    return {
        item["extn_id"].dotted: (item["critical"].native, bytes(item["extn_value"].contents))
        for item in result
    }


@pytest.mark.parametrize(("last", "following", "number", "days"), _DOCUMENTED)
def test_times_and_numbers_are_those_of_the_documented_samples(
    last: str, following: str, number: int, days: int, pca: PcaMock
) -> None:
    generated = datetime.fromtimestamp(number // 1000, timezone.utc)
    generated += timedelta(milliseconds=number % 1000)
    with time_machine.travel(generated, tick=False):
        ca = revoking.root(pca, ExpirationInDays=days)
        issue(ca)
        data = crl(pca, ca)

    text = oracles.openssl("crl", "-inform", "DER", "-noout", "-text", input=data).stdout.decode()
    assert f"Last Update: {last} GMT" in text
    assert f"Next Update: {following} GMT" in text
    result = re.search(r"X509v3 CRL Number: \n\s+(\S+)", text)
    assert result is not None
    assert int(result[1], 0) == number


def test_a_complete_crl_field_by_field(pca: PcaMock) -> None:
    with time_machine.travel(NOW, tick=False):
        ca, data = _written(pca)
    tbs = parsed(data)["tbs_cert_list"]

    assert tbs["version"].native == "v2"
    assert tbs["signature"].dump() == parsed(data)["signature_algorithm"].dump()
    assert tbs["signature"]["algorithm"].native == "sha256_ecdsa"
    assert tbs["issuer"].dump().hex() == oracles.subject_hex(ca.certificate())
    assert tbs["this_update"].native == NOW - timedelta(minutes=60)
    assert tbs["next_update"].native == NOW + _DAYS
    key_identifier = bytes.fromhex(oracles.key_identifier_hex(ca.certificate()))
    number = asn1_core.Integer(int(NOW.timestamp()) * 1000 + 1).dump()
    assert _extensions(data) == {
        "2.5.29.35": (False, b"\x30\x16\x80\x14" + key_identifier),
        "2.5.29.20": (False, number),
    }


def test_a_partition_names_itself_in_a_critical_extension(pca: PcaMock) -> None:
    ca, data = _written(pca, CrlType="PARTITIONED")
    point = revoking.distribution_point(ca.get(issue(ca))[0])
    assert point is not None

    critical, value = _extensions(data)["2.5.29.28"]
    assert critical
    name = issuance.tlv(0x86, point.encode())
    assert value == issuance.tlv(0x30, issuance.tlv(0xA0, issuance.tlv(0xA0, name)))
    assert set(_extensions(data)) == {"2.5.29.35", "2.5.29.20", "2.5.29.28"}


def test_cryptography_reads_a_partition(pca: PcaMock) -> None:
    ca, data = _written(pca, CrlType="PARTITIONED")

    result = x509.load_der_x509_crl(data)

    idp = result.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
    assert idp.critical
    assert idp.value.full_name is not None
    assert not idp.value.only_contains_ca_certs
    assert not idp.value.only_contains_user_certs
    assert idp.value.only_some_reasons is None
    assert not idp.value.indirect_crl
    key: Any = x509.load_pem_x509_certificate(ca.certificate().encode()).public_key()
    assert result.is_signature_valid(key)


def test_without_entries_the_list_is_left_out(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    issue(ca)

    tbs = parsed(crl(pca, ca))["tbs_cert_list"]

    assert tbs["revoked_certificates"].dump() == b""
    assert len(_extensions(crl(pca, ca))) == 2


@pytest.mark.parametrize("ski", [None, b"own identifier"])
def test_the_aki_is_the_ski_of_the_installed_certificate(ski: bytes | None, pca: PcaMock) -> None:
    ca = support.pending(
        pca.client(region_name="us-east-1"),
        "SUBORDINATE",
        RevocationConfiguration=revoking.crl_on(),
    )
    issuance.ForeignRoot().install_at(ca, key_identifier=ski)
    issue(ca)

    _, value = _extensions(crl(pca, ca))["2.5.29.35"]

    expected = ski or bytes.fromhex(oracles.key_identifier_hex(ca.certificate()))
    assert value == issuance.tlv(0x30, issuance.tlv(0x80, expected))


def test_the_issuer_is_the_installed_subject_byte_for_byte(pca: PcaMock) -> None:
    subject = {"Country": "US", "Organization": "Örg", "SerialNumber": "1"}
    ca = support.root(
        pca.client(region_name="us-east-1"),
        support.configuration(Subject=subject),
        RevocationConfiguration=revoking.crl_on(),
    )
    issue(ca)

    assert parsed(crl(pca, ca)).issuer.dump().hex() == oracles.subject_hex(ca.certificate())


@pytest.mark.parametrize(
    ("generated", "tags"),
    [
        (datetime(2049, 12, 24, tzinfo=timezone.utc), (0x17, 0x17, 0x17)),
        (datetime(2049, 12, 31, tzinfo=timezone.utc), (0x17, 0x18, 0x17)),
        (datetime(2050, 1, 2, tzinfo=timezone.utc), (0x18, 0x18, 0x18)),
    ],
)
def test_times_are_short_until_2049_and_long_after(
    generated: datetime, tags: tuple[int, ...], pca: PcaMock
) -> None:
    with time_machine.travel(generated, tick=False):
        _, data = _written(pca)

    tbs = parsed(data)["tbs_cert_list"]
    revoked = tbs["revoked_certificates"][0]["revocation_date"]
    times = (tbs["this_update"], tbs["next_update"], revoked)
    assert tuple(time.chosen.dump()[0] for time in times) == tags
    assert tbs["next_update"].native == generated + _DAYS


# Signatures


def _signed(pca: PcaMock, key: str, signing: str) -> tuple[str, bytes]:
    """A CA's certificate and its CRL with one entry."""
    ca = support.root(
        pca.client(region_name="us-east-1"),
        support.configuration("Test CA", key, signing),
        RevocationConfiguration=revoking.crl_on(),
    )
    revoke(ca, issue(ca))
    return ca.certificate(), crl(pca, ca)


def _openssl_accepts(folder: Path, certificate: str, data: bytes) -> bool:
    (folder / "ca.pem").write_text(certificate)
    arguments = ("-inform", "DER", "-noout", "-verify", "-CAfile", str(folder / "ca.pem"))
    result = oracles.openssl("crl", *arguments, input=data)
    return result.returncode == 0 and b"verify OK" in result.stderr


_FITTING: Final = {
    "SHA256WITHRSA": "RSA_2048",
    "SHA384WITHRSA": "RSA_2048",
    "SHA512WITHRSA": "RSA_2048",
    "SHA256WITHRSA_PSS": "RSA_2048",
    "SHA384WITHRSA_PSS": "RSA_2048",
    "SHA512WITHRSA_PSS": "RSA_2048",
    "SHA256WITHECDSA": "EC_prime256v1",
    "SHA384WITHECDSA": "EC_secp384r1",
    "SHA512WITHECDSA": "EC_secp521r1",
}
_IN_MODEL: Final = issuance.model_enum("SigningAlgorithm")


@pytest.mark.parametrize("signing", [name for name in _FITTING if name in _IN_MODEL])
def test_openssl_verifies_the_signature(signing: str, pca: PcaMock, tmp_path: Path) -> None:
    certificate, data = _signed(pca, _FITTING[signing], signing)
    stranger, _ = _signed(pca, _FITTING[signing], signing)

    assert _openssl_accepts(tmp_path, certificate, data)
    assert not _openssl_accepts(tmp_path, certificate, data[:-1] + bytes((data[-1] ^ 1,)))
    assert not _openssl_accepts(tmp_path, stranger, data)


@pytest.mark.skipif(not supports_ml_dsa(), reason="this cryptography has no ML-DSA")
@pytest.mark.parametrize("size", ["44", "65", "87"])
def test_a_signature_with_ml_dsa_verifies(size: str, pca: PcaMock) -> None:
    certificate, data = _signed(pca, f"ML_DSA_{size}", f"ML_DSA_{size}")
    key: Any = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    result = parsed(data)

    key.verify(result["signature"].native, result["tbs_cert_list"].dump())
    with pytest.raises(InvalidSignature):
        key.verify(result["signature"].native, result["tbs_cert_list"].dump() + b"\0")


def test_every_signing_algorithm_is_tried() -> None:
    untried = set(SIGNING_ALGORITHMS) - set(_FITTING)

    assert untried == {"SM3WITHSM2", "ML_DSA_44", "ML_DSA_65", "ML_DSA_87"}


# Any list


_moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=timezone.utc)
)
_reasons = st.sampled_from([(reason, code) for reason, code, _ in revoking.REASONS])


@given(st.lists(st.tuples(st.integers(1, 2**128 - 1), _moments, _reasons)), st.integers(0, 2**63))
def test_any_entries_are_read_as_they_were_written(
    given_entries: list[tuple[int, datetime, tuple[str, int | None]]], number: int
) -> None:
    algorithm = SIGNING_ALGORITHMS["SHA256WITHECDSA"]
    offered = [
        Entry(serial, moment, reason).encode() for serial, moment, (reason, _) in given_entries
    ]

    tbs = tbs_cert_list(
        issuer=_ISSUER,
        key_identifier=b"k" * 20,
        entries=offered,
        number=number,
        generated_at=NOW,
        lifetime=_DAYS,
        algorithm=algorithm,
    )

    signature = issuance.tlv(0x03, b"\0")
    data = issuance.tlv(0x30, tbs, algorithm.identifier, signature)
    assert len(data) < 65536
    assert revoking.number(data) == number
    assert revoking.entries(data) == [
        (f"{serial:032x}", moment, code) for serial, moment, (_, code) in given_entries
    ]
