from __future__ import annotations

import ast
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pca_mock import PcaMock
from pca_mock.testing import look
from tests import inside, support

NOON: Final = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)


def shape(pca: PcaMock) -> list[tuple[int, str]]:
    """The names of the CAs, each with its depth."""
    return [(depth, look.name_of(ca)) for depth, ca in look.flattened(look.hierarchy(pca._state))]


# The hierarchy


def test_a_ca_stands_below_the_one_that_signed_it(pca: PcaMock) -> None:
    first = pca.create_root_ca("First")
    pca.create_root_ca("Second")
    below = first.create_subordinate_ca("Below", path_length=1)
    first.create_subordinate_ca("Sibling")
    below.create_subordinate_ca("Deep")

    assert shape(pca) == [(0, "First"), (1, "Below"), (2, "Deep"), (1, "Sibling"), (0, "Second")]


def test_a_ca_without_a_certificate_is_at_the_top(pca: PcaMock) -> None:
    pca.create_root_ca("Root")
    support.pending(boto3.client("acm-pca"), "SUBORDINATE", support.configuration("Pending"))

    assert shape(pca) == [(0, "Root"), (0, "Pending")]


def test_a_ca_whose_signer_is_gone_is_at_the_top(pca: PcaMock) -> None:
    root = pca.create_root_ca("Root")
    root.create_subordinate_ca("Below")
    root.delete(restorable_days=7)
    assert shape(pca) == [(0, "Root"), (1, "Below")]

    pca.clock.advance(days=7)

    assert shape(pca) == [(0, "Below")]


def test_cas_of_all_accounts_and_regions_are_there(pca: PcaMock) -> None:
    root = pca.create_root_ca("Root", region_name="eu-central-1")
    root.create_subordinate_ca("Below")
    with pca.as_account("222222222222"):
        pca.create_root_ca("Other")

    assert shape(pca) == [(0, "Root"), (1, "Below"), (0, "Other")]


def test_cas_that_signed_each_other_are_cut_above_the_oldest(pca: PcaMock) -> None:
    root = pca.create_root_ca("Root")
    older = root.create_subordinate_ca("Older", path_length=3)
    younger = older.create_subordinate_ca("Younger", path_length=2)
    older._install(younger, "SubordinateCACertificate_PathLen1", timedelta(days=30))

    assert shape(pca) == [(0, "Root"), (0, "Older"), (1, "Younger")]


def test_a_hierarchy_may_be_as_deep_as_it_likes() -> None:
    ca: Any = object()
    branch = top = look.Branch(ca)
    for _ in range(5000):
        branch.below.append(look.Branch(ca))
        branch = branch.below[0]

    assert [depth for depth, _ in look.flattened([top])] == list(range(5001))


# What a certificate and a CA are


def test_a_certificate_is_first_pending_then_issued_then_expired(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    with pca.hold("IssueCertificate", 1):
        leaf = root.issue("localhost", validity=timedelta(days=1))
    ca = inside.authority(pca, root.arn)

    def status(now: datetime) -> str:
        return look.certificate_status(ca, leaf.serial, now)

    assert status(pca.clock.now()) == "PENDING"
    ca.note_poll(leaf.serial)
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

    assert look.certificate_status(ca, leaf.serial, pca.clock.now()) == "FAILED"


def test_a_certificate_that_never_was_has_no_status(pca: PcaMock) -> None:
    ca = inside.authority(pca, pca.create_root_ca().arn)

    with pytest.raises(LookupError, match=f"{ca.arn} has no certificate 00"):
        look.certificate_status(ca, "00", NOON)


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
def test_a_ca_is_called_by_what_is_in_its_subject(subject: Any, name: str, pca: PcaMock) -> None:
    ca = support.pending(
        boto3.client("acm-pca"), "ROOT", {**support.configuration(), "Subject": subject}
    )

    assert look.name_of(inside.authority(pca, ca.arn)) == name


def test_the_validity_of_a_ca_is_that_of_its_certificate(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    root = pca.create_root_ca(validity=timedelta(days=30))
    pending = support.pending(boto3.client("acm-pca"))

    assert look.validity_of(inside.authority(pca, root.arn)) == "2027-03-01 to 2027-03-31"
    assert look.validity_of(inside.authority(pca, pending.arn)) == "no certificate"


# Words


@pytest.mark.parametrize(
    ("away", "words"),
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
def test_a_distance_is_told_in_its_largest_unit(away: timedelta, words: str) -> None:
    assert look.distance(NOON + away, NOON) == words


@given(st.text())
def test_printable_text_can_be_seen_and_kept(text: str) -> None:
    shown = look.printable(text)

    assert shown.isprintable()
    assert len(shown.encode()) >= len(text)
    assert text.isprintable() == (shown == text)


def test_what_cannot_be_seen_becomes_an_escape_of_python() -> None:
    hidden = "\u202e\u2066\x00\n\ud800\U000e0001"

    assert ast.literal_eval(f"'{look.printable(hidden)}'") == hidden
