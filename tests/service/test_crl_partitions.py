"""Complete and partitioned CRLs, and the effect of a switch between them (API_CrlConfiguration)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from pca_mock import mock_pca
from tests import oracles, revoking, support
from tests.revoking import (
    BUCKET,
    CRL_OFF,
    NOW,
    crl,
    crl_on,
    crls,
    distribution_point,
    issue,
    listed,
    parsed,
    revoke,
    serial,
)

if TYPE_CHECKING:
    from pca_mock import PcaMock

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_PARTITIONED: Any = {"CrlType": "PARTITIONED"}


@pytest.fixture
def clock() -> Iterator[Any]:
    """A frozen time that can be moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


# Switching


def test_while_crls_are_switched_off_nothing_is_written(clock: Any, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    arns = [issue(ca), issue(ca)]
    first = crl(pca, ca)
    revoking.update(ca, CRL_OFF)

    revoke(ca, arns[0])
    clock.shift(10 * _DAY)
    assert distribution_point(ca.get(issue(ca))[0]) is None
    assert crl(pca, ca) == first

    revoking.update(ca, crl_on())
    assert listed(crl(pca, ca)) == [serial(arns[0])]


def test_another_type_leaves_old_certificates_with_their_old_crl(clock: Any, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    old = issue(ca)
    revoking.update(ca, crl_on(CrlType="PARTITIONED"))
    new = issue(ca)
    complete, partition = (distribution_point(ca.get(arn)[0]) for arn in (old, new))
    assert complete != partition

    revoke(ca, old)
    revoke(ca, new)
    clock.shift(4 * _DAY)

    result = {key: listed(data) for key, data in crls(pca).items()}
    base = f"http://{BUCKET}.s3.us-east-1.amazonaws.com/"
    assert {base + key: serials for key, serials in result.items()} == {
        complete: [serial(old)],
        partition: [serial(new)],
    }
    for data in crls(pca).values():
        this_update = parsed(data)["tbs_cert_list"]["this_update"].native
        assert this_update == NOW + 4 * _DAY - _HOUR


def test_back_to_the_complete_crl_the_partition_goes_on(pca: PcaMock) -> None:
    ca = revoking.root(pca, **_PARTITIONED)
    old = issue(ca)
    (key,) = crls(pca)
    revoking.update(ca, crl_on())
    new = issue(ca)

    revoke(ca, old)
    revoke(ca, new)

    assert listed(crls(pca)[key]) == [serial(old)]
    assert listed(crl(pca, ca)) == [serial(new)]


def test_the_first_complete_crl_has_no_revocations_of_partitions(pca: PcaMock) -> None:
    ca = revoking.root(pca, **_PARTITIONED)
    revoke(ca, issue(ca))
    revoking.update(ca, crl_on())

    issue(ca)

    assert listed(crl(pca, ca)) == []


# Partitions


def test_a_full_partition_is_followed_by_another() -> None:
    with mock_pca(quotas={"certificates_per_partition": 2}) as pca:
        ca = revoking.root(pca, **_PARTITIONED)
        arns = [issue(ca) for _ in range(5)]
        points = [distribution_point(ca.get(arn)[0]) for arn in arns]

        assert [points.index(point) for point in points] == [0, 0, 2, 2, 4]
        assert len(crls(pca)) == 3
        revoke(ca, arns[1])
        revoke(ca, arns[2])
        result = {
            parsed(data).issuing_distribution_point_value["distribution_point"]
            .chosen[0].native: listed(data)
            for data in crls(pca).values()
        }  # fmt: skip
        assert result == {points[0]: [serial(arns[1])], points[2]: [serial(arns[2])], points[4]: []}


def test_a_certificate_from_before_partitions_is_in_none_of_them(pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name="us-east-1"))
    before = issue(ca)
    revoking.update(ca, crl_on(CrlType="PARTITIONED"))
    issue(ca)

    revoke(ca, before)

    assert [listed(data) for data in crls(pca).values()] == [[]]


def test_cas_keep_their_crls_apart(pca: PcaMock) -> None:
    ca, other = revoking.root(pca), revoking.root(pca, "Other")
    arns = issue(ca), issue(other)

    revoke(ca, arns[0])

    assert (listed(crl(pca, ca)), listed(crl(pca, other))) == ([serial(arns[0])], [])
    assert parsed(crl(pca, other)).issuer.dump().hex() == oracles.subject_hex(other.certificate())
