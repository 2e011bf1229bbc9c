from __future__ import annotations

import threading
from typing import Any

import pytest
from asn1crypto import csr as asn1_csr

from pca_mock import PcaMock, mock_pca
from pca_mock.errors import NotSupportedByPcaMock
from pca_mock.pki.algorithms import supports_ml_dsa
from pca_mock.state.keys import FreshKeys, Keys, PooledKeys, SeededKeys
from pca_mock.state.randomness import source
from tests import oracles, support

RSA = support.configuration("RSA", "RSA_2048", "SHA256WITHRSA")


@pytest.fixture(autouse=True)
def empty_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start with an empty pool of keys."""
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


def test_the_keys_of_leaves_are_used_again_too() -> None:
    with mock_pca() as pca:
        leaf = pca.create_root_ca().issue("localhost", key_algorithm="RSA_2048")
    with mock_pca() as pca:
        again = pca.create_root_ca().issue("localhost", key_algorithm="RSA_2048")

    assert leaf.private_key is again.private_key


def test_a_leaf_never_has_the_key_of_a_ca_or_of_another_leaf() -> None:
    with mock_pca() as pca:
        root = pca.create_root_ca(key_algorithm="RSA_2048")
        leaves = [root.issue("localhost", key_algorithm="RSA_2048") for _ in range(2)]
        keys = [root.certificate.public_key(), *(leaf.private_key.public_key() for leaf in leaves)]

    assert keys[0] != keys[1] != keys[2] != keys[0]


def test_kept_keys_never_return_to_the_pool() -> None:
    keys = PooledKeys()
    kept = keys.take("EC_prime256v1")
    keys.keep()
    later = keys.take("EC_prime256v1")
    keys.release()
    keys.release()

    other = PooledKeys()
    taken = [other.take("EC_prime256v1") for _ in range(2)]
    assert taken[0] is later
    assert kept not in taken


def test_threads_never_take_the_same_key() -> None:
    first = PooledKeys()
    for _ in range(20):
        first.take("EC_prime256v1")
    first.release()
    taken: list[Any] = []
    sources = [PooledKeys() for _ in range(4)]

    def work(keys: PooledKeys) -> None:
        for _ in range(10):
            taken.append(keys.take("EC_prime256v1"))

    threads = [threading.Thread(target=work, args=(keys,)) for keys in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({id(key) for key in taken}) == len(taken) == 40


# Seeds


def seeded(seed: int, keys: Keys) -> SeededKeys:
    return SeededKeys(keys, source(seed))


@pytest.mark.parametrize("key_algorithm", ["EC_prime256v1", "EC_secp384r1", "EC_secp521r1"])
def test_seeded_keys_repeat_in_their_order(key_algorithm: str) -> None:
    def numbers(seed: int) -> list[int]:
        keys = seeded(seed, FreshKeys())
        return [keys.take(key_algorithm).private_numbers().private_value for _ in range(5)]

    assert numbers(7) == numbers(7)
    assert len({*numbers(7), *numbers(8)}) == 10


@pytest.mark.skipif(not supports_ml_dsa(), reason="the installed cryptography has no ML-DSA")
def test_seeded_ml_dsa_keys_repeat() -> None:
    first, second = (seeded(7, FreshKeys()).take("ML_DSA_44").private_bytes_raw() for _ in range(2))

    assert first == second


def test_seeded_keys_never_enter_the_pool() -> None:
    keys = seeded(7, PooledKeys())
    derived = keys.take("EC_prime256v1")
    keys.release()

    assert PooledKeys().take("EC_prime256v1") is not derived


def test_rsa_keys_cannot_be_seeded_and_come_from_the_other_source() -> None:
    keys = seeded(7, PooledKeys())
    taken = keys.take("RSA_2048")
    keys.release()
    again = seeded(8, PooledKeys())
    assert again.take("RSA_2048") is taken
    again.keep()
    again.release()

    assert PooledKeys().take("RSA_2048") is not taken


def test_fresh_keys_have_nothing_to_release_or_keep() -> None:
    keys = FreshKeys()
    taken = keys.take("EC_prime256v1")
    keys.keep()
    keys.release()

    assert keys.take("EC_prime256v1") is not taken
    assert PooledKeys().take("EC_prime256v1") is not taken


@pytest.mark.parametrize("kind", [FreshKeys, PooledKeys])
def test_a_key_that_cryptography_cannot_make_is_reported(
    kind: type[FreshKeys | PooledKeys],
) -> None:
    for keys in (kind(), seeded(7, kind())):
        with pytest.raises(NotSupportedByPcaMock, match="SM2"):
            keys.take("SM2")
