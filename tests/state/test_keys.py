from __future__ import annotations

from typing import Any

import pytest
from asn1crypto import csr as asn1_csr

from pca_mock import PcaMock, mock_pca
from tests import oracles, support

RSA = support.configuration("RSA", "RSA_2048", "SHA256WITHRSA")


@pytest.fixture(autouse=True)
def empty_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without the keys of the mocks of other tests."""
    monkeypatch.setattr("pca_mock.state.keys._free", {})


def public_key(pca: PcaMock, configuration: Any = RSA) -> bytes:
    """The public key of a new CA, read from its CSR."""
    csr = support.pending(pca.client(), configuration_=configuration).csr()
    info = asn1_csr.CertificationRequest.load(oracles.der(csr.decode()))
    return bytes(info["certification_request_info"]["subject_pk_info"].dump())


def test_no_two_cas_of_a_mock_share_a_key() -> None:
    with mock_pca() as pca:
        keys = {public_key(pca) for _ in range(3)}

    assert len(keys) == 3


def test_a_later_mock_uses_the_keys_of_an_ended_one_again() -> None:
    with mock_pca() as pca:
        first = {public_key(pca) for _ in range(2)}
    with mock_pca() as pca:
        second = {public_key(pca) for _ in range(2)}

    assert first == second


def test_no_two_cas_of_mocks_that_run_at_the_same_time_share_a_key() -> None:
    with mock_pca() as pca:
        public_key(pca)
    with mock_pca() as outer:
        one = public_key(outer)
        with mock_pca() as inner:
            other = public_key(inner)

    assert one != other


def test_keys_of_different_algorithms_are_kept_apart() -> None:
    curves = ("EC_prime256v1", "EC_secp384r1")
    with mock_pca() as pca:
        for curve in curves:
            public_key(pca, support.configuration("EC", curve))
    with mock_pca() as pca:
        sizes = [len(public_key(pca, support.configuration("EC", curve))) for curve in curves]

    assert sizes == [91, 120]


def test_fresh_keys_are_never_used_again() -> None:
    seen = set()
    for _ in range(2):
        with mock_pca(keys="fresh") as pca:
            seen.add(public_key(pca))
    with mock_pca() as pca:
        assert public_key(pca) not in seen

    assert len(seen) == 2


def test_there_are_no_other_sources_of_keys() -> None:
    with pytest.raises(ValueError, match="pool, fresh"):
        mock_pca(keys="stolen")  # type: ignore[call-overload]
