from __future__ import annotations

from datetime import timedelta
from typing import Any

import boto3

from pca_mock import PcaMock
from pca_mock.showing import hierarchy, words
from tests import support


def shape(pca: PcaMock) -> list[tuple[int, str]]:
    """The names of the CAs, each with its depth."""
    return [
        (depth, words.name_of(ca)) for depth, ca in hierarchy.flattened(hierarchy.trees(pca._state))
    ]


def test_a_ca_is_below_the_one_that_signed_it(pca: PcaMock) -> None:
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
    older.install(younger, "SubordinateCACertificate_PathLen1", timedelta(days=30))

    assert shape(pca) == [(0, "Root"), (0, "Older"), (1, "Younger")]


def test_a_hierarchy_of_any_depth_can_be_shown() -> None:
    ca: Any = object()
    branch = top = hierarchy.Branch(ca)
    for _ in range(5000):
        branch.below.append(hierarchy.Branch(ca))
        branch = branch.below[0]

    assert [depth for depth, _ in hierarchy.flattened([top])] == list(range(5001))
