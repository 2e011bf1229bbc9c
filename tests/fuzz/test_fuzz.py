from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.attacks import ATTACKS, attempt, cuts_and_flips
from tests.fuzz.world import World


@pytest.mark.parametrize("kind", ATTACKS)
def test_every_answer_is_a_success_or_an_error_of_aws_that_changes_nothing(kind: str) -> None:
    with World() as world:

        @settings(max_examples=10 if kind == "ocsp answers" else 100)  # those start processes
        @given(st.randoms(use_true_random=True))
        def attempts(random: Random) -> None:
            attempt(kind, world, random)

        attempts()


def test_whatever_is_cut_or_flipped_is_refused_or_accepted() -> None:
    with World() as world:
        outcomes = set(cuts_and_flips(world, every=23))

    assert {"success", "MalformedCSRException", "MalformedCertificateException"} <= outcomes
