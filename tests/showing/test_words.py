from __future__ import annotations

import ast
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pca_mock import PcaMock
from pca_mock.pki.algorithms import KEY_ALGORITHMS, SIGNING_ALGORITHMS
from pca_mock.showing import words
from tests import inside, support
from tests.refusals import refused

NOON: Final = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
CA_ID: Final = "11111111-2222-3333-4444-555555555555"
CA_ARN: Final = f"arn:aws-us-gov:acm-pca:us-gov-west-1:123456789012:certificate-authority/{CA_ID}"


# Words for certificates and CAs


def test_a_certificate_is_first_pending_then_issued_then_expired(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    with pca.hold("IssueCertificate", 1):
        leaf = root.issue("localhost", validity=timedelta(days=1))
    ca = inside.authority(pca, root.arn)

    def status(now: datetime) -> str:
        return words.certificate_status(ca, leaf.serial, now)

    assert status(pca.clock.now()) == "PENDING"
    with refused("RequestInProgressException"):
        pca.client(region_name="us-east-1").get_certificate(
            CertificateAuthorityArn=root.arn, CertificateArn=leaf.arn
        )
    assert status(leaf.not_after) == "ISSUED"
    assert status(leaf.not_after + timedelta(seconds=1)) == "EXPIRED"
    leaf.revoke()
    assert status(leaf.not_after + timedelta(seconds=1)) == "REVOKED"
    assert status(ca.created_at - timedelta(seconds=1)) == "PENDING"


def test_an_issuance_that_failed_is_failed(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    with pca.fail_later("IssueCertificate"):
        leaf = root.issue("localhost")

    ca = inside.authority(pca, root.arn)

    assert words.certificate_status(ca, leaf.serial, pca.clock.now()) == "FAILED"


def test_a_certificate_that_was_never_issued_has_no_status(pca: PcaMock) -> None:
    ca = inside.authority(pca, pca.create_root_ca().arn)

    with pytest.raises(LookupError, match=f"{ca.arn} has no certificate 00"):
        words.certificate_status(ca, "00", NOON)


def custom(oid: str, value: str) -> dict[str, str]:
    return {"ObjectIdentifier": oid, "Value": value}


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ({"Organization": "Example Corp", "CommonName": "Root"}, "Root"),
        ({"Organization": "Example Corp", "Country": "DE"}, "Example Corp"),
        ({"State": "Berlin", "Country": "DE"}, "DE"),
        ({"CommonName": "", "Country": "DE"}, "DE"),
        ({"CustomAttributes": [custom("1.2.3", "other"), custom("2.5.4.3", "Root")]}, "Root"),
        ({"CustomAttributes": [custom("1.2.3", "other")]}, "other"),
        ({"CommonName": "two\nlines"}, "two\\nlines"),
    ],
)
def test_a_ca_is_named_after_its_subject(subject: Any, name: str, pca: PcaMock) -> None:
    ca = support.pending(
        boto3.client("acm-pca"), "ROOT", {**support.configuration(), "Subject": subject}
    )

    assert words.name_of(inside.authority(pca, ca.arn)) == name


def test_the_validity_of_a_ca_is_that_of_its_certificate(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    root = pca.create_root_ca(validity=timedelta(days=30))
    pending = support.pending(boto3.client("acm-pca"))

    assert words.validity_of(inside.authority(pca, root.arn)) == "2027-03-01 to 2027-03-31"
    assert words.validity_of(inside.authority(pca, pending.arn)) == "no certificate"


# Words


@pytest.mark.parametrize(
    ("away", "distance"),
    [
        (timedelta(days=3650), "in 3,650 days"),
        (timedelta(days=364, hours=23), "in 365 days"),
        (timedelta(days=1, hours=11), "in 1 day"),
        (timedelta(hours=2), "in 2 hours"),
        (timedelta(minutes=59), "in 59 minutes"),
        (timedelta(seconds=1), "in 1 second"),
        (timedelta(milliseconds=999), "now"),
        (timedelta(), "now"),
        (-timedelta(seconds=59), "59 seconds ago"),
        (-timedelta(hours=1), "1 hour ago"),
        (-timedelta(days=2), "2 days ago"),
    ],
)
def test_a_distance_is_shown_in_its_largest_unit(away: timedelta, distance: str) -> None:
    assert words.distance(NOON + away, NOON) == distance


@given(st.text())
def test_printable_text_can_be_seen_and_kept(text: str) -> None:
    shown = words.printable(text)

    assert shown.isprintable()
    assert len(shown.encode()) >= len(text)
    assert text.isprintable() == (shown == text)


def test_invisible_characters_become_escapes_of_python() -> None:
    hidden = "\u202e\u2066\x00\n\ud800\U000e0001"

    assert ast.literal_eval(f"'{words.printable(hidden)}'") == hidden


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.datetimes(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_value_fits_in_a_line(value: Any) -> None:
    shown = words.short(value)

    assert len(shown) <= 64
    assert shown.isprintable()
    assert shown == repr(value) or "…" in shown or "<" in shown or "\\" in shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a" * 62, f"'{'a' * 62}'"),
        ("a" * 32 + "b" * 32, f"'{'a' * 30}…{'b' * 30}'"),
        (CA_ARN, f"'…certificate-authority/{CA_ID}'"),
        (f"{CA_ARN}/certificate/{'0' * 32}", f"'…certificate/{'0' * 32}'"),
        (f"{CA_ARN}/{'0' * 100}", f"'…{CA_ID}/{'0' * 23}…'"),
        (f"arn:{'a' * 70}", f"'…{'a' * 60}…'"),
        (
            "arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen0/V1",
            "'…template/SubordinateCACertificate_PathLen0/V1'",
        ),
        ([CA_ARN], f"['arn:aws-us-gov:acm-pca:us-gov…{CA_ID[7:]}']"),
    ],
)
def test_a_shortened_value_keeps_its_distinctive_part(value: Any, shown: str) -> None:
    assert words.short(value) == shown
    assert len(shown) <= 64


def test_pem_is_shown_by_its_label_and_length() -> None:
    csr = support.KeyHolder().csr()

    assert words.short(csr) == f"<CERTIFICATE REQUEST, {len(csr)} bytes>"
    assert words.short(csr.decode()) == f"<CERTIFICATE REQUEST, {len(csr)} characters>"


@pytest.mark.parametrize("names", [KEY_ALGORITHMS, SIGNING_ALGORITHMS], ids=["key", "signing"])
def test_each_algorithm_of_the_api_has_words_of_its_own(names: dict[str, Any]) -> None:
    told = {name: words.algorithm(name) for name in names}

    assert len(set(told.values())) == len(names)
    assert not any("_" in word or "WITH" in word for word in told.values())


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("RSA_4096", "RSA 4096"),
        ("EC_secp384r1", "EC P-384"),
        ("ML_DSA_65", "ML-DSA-65"),
        ("SM2", "SM2"),
        ("SHA256WITHRSA", "RSA with SHA-256"),
        ("SHA384WITHRSA_PSS", "RSA-PSS with SHA-384"),
        ("SHA512WITHECDSA", "ECDSA with SHA-512"),
        ("SM3WITHSM2", "SM2 with SM3"),
    ],
)
def test_an_algorithm_has_its_usual_name(name: str, told: str) -> None:
    assert words.algorithm(name) == told
