"""`mock_pca(seed=…)`: which values repeat, which cannot, and that none do without a seed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pca_mock import PcaMock, mock_pca
from pca_mock.literals import KeyAlgorithm
from pca_mock.pki.algorithms import supports_ml_dsa
from tests import newer_models, oracles, revoking, support
from tests.processes import run

NOON = "2027-03-01T12:00:00Z"
CURVES = ("EC_prime256v1", "EC_secp384r1", "EC_secp521r1")
Story = Callable[[PcaMock], Any]


def told(story: Story, **options: Any) -> Any:
    """The values of a story in a mock of its own with a frozen clock."""
    with mock_pca(**options) as pca, pca.clock.freeze(NOON):
        return story(pca)


def hierarchy(key_algorithm: KeyAlgorithm) -> Story:
    """A story of a root, an issuing CA, a leaf, a CRL and an OCSP response: all that is signed."""

    def story(pca: PcaMock) -> dict[str, Any]:
        root = pca.create_root_ca(
            key_algorithm=key_algorithm, crl_bucket=revoking.BUCKET, region_name="us-east-1"
        )
        issuing = root.create_subordinate_ca(
            key_algorithm=key_algorithm, crl_bucket=revoking.BUCKET, ocsp=True
        )
        leaf = issuing.issue("localhost", key_algorithm=key_algorithm)
        leaf.revoke()
        cert_id = revoking.certificate_id(issuing.certificate_pem, leaf.serial)
        return {
            "arns": [root.arn, issuing.arn, leaf.arn],
            "pems": [root.certificate_pem, issuing.certificate_pem, leaf.certificate_pem],
            "key": leaf.private_key_pem,
            "crls": revoking.crls(pca),
            "ocsp": pca.ocsp_response(revoking.ocsp_request(cert_id)),
            "requests": [call.request_id for call in pca.calls],
        }

    return story


@pytest.fixture(autouse=True)
def only_what_the_model_knows(request: pytest.FixtureRequest) -> None:
    """Skip tests with parameters that an older service model lacks."""
    if hasattr(request.node, "callspec"):
        newer_models.need(request.node.callspec.params)


def deterministic() -> bool:
    """Whether signatures with EC keys repeat: not with an OpenSSL older than 3.2."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    except UnsupportedAlgorithm:
        return False
    return True


needs_deterministic_signing = pytest.mark.skipif(
    not deterministic(), reason="the OpenSSL of the installed cryptography is older than 3.2"
)


@needs_deterministic_signing
@pytest.mark.parametrize("seed", [0, 7, -7, "seven", ""])
def test_with_a_seed_everything_repeats(seed: int | str) -> None:
    story = hierarchy("EC_prime256v1")

    assert told(story, seed=seed) == told(story, seed=seed)


@needs_deterministic_signing
@pytest.mark.parametrize("key_algorithm", CURVES)
def test_with_a_seed_everything_repeats_on_each_curve(
    key_algorithm: KeyAlgorithm, tmp_path: Path
) -> None:
    first = told(hierarchy(key_algorithm), seed=7)

    assert told(hierarchy(key_algorithm), seed=7) == first
    root, issuing, leaf = first["pems"]
    assert oracles.openssl_verify(tmp_path, leaf, issuing, root, "-no_check_time")
    assert len({oracles.spki_hex(pem) for pem in first["pems"]}) == 3


@pytest.mark.parametrize("key_algorithm", CURVES)
def test_keys_repeat_even_where_signatures_do_not(key_algorithm: KeyAlgorithm) -> None:
    first, second = (told(hierarchy(key_algorithm), seed=7) for _ in range(2))

    assert first["arns"] == second["arns"]
    assert first["key"] == second["key"]
    for one, other in zip(first["pems"], second["pems"], strict=True):
        assert oracles.spki_hex(one) == oracles.spki_hex(other)


def test_rsa_keys_do_not_repeat_but_ids_and_serials_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pca_mock.state.keys._free", {})
    options: Any = {"seed": 7, "keys": "fresh"}
    first, second = (told(hierarchy("RSA_2048"), **options) for _ in range(2))

    assert first["arns"] == second["arns"]
    assert first["requests"] == second["requests"]
    for one, other in zip(first["pems"], second["pems"], strict=True):
        assert oracles.spki_hex(one) != oracles.spki_hex(other)
        assert oracles.certificate(one).serial_number == oracles.certificate(other).serial_number


def test_rsa_keys_of_seeded_mocks_come_out_of_the_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pca_mock.state.keys._free", {})

    def story(pca: PcaMock) -> str:
        return oracles.spki_hex(pca.create_root_ca(key_algorithm="RSA_2048").certificate_pem)

    assert told(story, seed=7) == told(story, seed="another")


@pytest.mark.skipif(not supports_ml_dsa(), reason="the installed cryptography has no ML-DSA")
@pytest.mark.parametrize("key_algorithm", ["ML_DSA_44", "ML_DSA_65", "ML_DSA_87"])
def test_ml_dsa_keys_repeat_and_signatures_do_not(key_algorithm: KeyAlgorithm) -> None:
    def story(pca: PcaMock) -> Any:
        root = pca.create_root_ca(key_algorithm=key_algorithm)
        public_key: Any = root.certificate.public_key()
        return root.arn, public_key.public_bytes_raw(), root.certificate_pem

    (*first, first_pem), (*second, second_pem) = (told(story, seed=7) for _ in range(2))
    assert first == second
    assert first_pem != second_pem


@pytest.mark.parametrize("key_algorithm", [*CURVES, "RSA_2048"])
def test_other_seeds_give_other_values(key_algorithm: KeyAlgorithm) -> None:
    seeds = (7, 8, "7", "seven")
    stories = [told(hierarchy(key_algorithm), seed=seed) for seed in seeds]

    for name in ("arns", "pems", "requests"):
        items = [item for story in stories for item in story[name]]
        assert len(set(items)) == len(items)


def test_without_a_seed_nothing_repeats() -> None:
    stories = [told(hierarchy("EC_prime256v1")) for _ in range(2)]

    for name in ("arns", "pems", "requests"):
        items = [item for story in stories for item in story[name]]
        assert len(set(items)) == len(items)
    assert stories[0]["crls"].keys().isdisjoint(stories[1]["crls"].keys())


@needs_deterministic_signing
def test_a_seed_gives_the_same_in_another_process(tmp_path: Path) -> None:
    script = f"""
        from pca_mock import mock_pca

        with mock_pca(seed="seven") as pca, pca.clock.freeze("{NOON}"):
            print(pca.create_root_ca().certificate_pem)
        """
    printed = run(script, tmp_path, PYTHONHASHSEED="1")

    def story(pca: PcaMock) -> str:
        return pca.create_root_ca(region_name="us-east-1").certificate_pem

    assert printed.strip() == told(story, seed="seven")


@needs_deterministic_signing
def test_a_seed_repeats_with_only_boto3_too() -> None:
    caller = support.KeyHolder()
    csr = caller.csr()

    def story(pca: PcaMock) -> Any:
        client = pca.client(region_name="us-east-1")
        root = support.root(client, RevocationConfiguration=revoking.crl_on(CrlType="PARTITIONED"))
        issued = root.issued(csr)
        report = revoking.create_report(root)
        return root.certificate(), issued, report, revoking.crls(pca)

    newer_models.need("CrlType")
    assert told(story, seed=7) == told(story, seed=7)


@needs_deterministic_signing
def test_a_mock_that_is_started_again_starts_its_seed_again() -> None:
    mock = mock_pca(seed=7)
    result = []
    for _ in range(2):
        with mock as pca, pca.clock.freeze(NOON):
            result.append(pca.create_root_ca().certificate_pem)

    assert result[0] == result[1]


def test_within_a_mock_nothing_repeats() -> None:
    with mock_pca(seed=7) as pca:
        roots = [pca.create_root_ca() for _ in range(10)]
        leaves = [roots[0].issue("localhost") for _ in range(10)]

    assert len({root.arn for root in roots}) == 10
    assert len({oracles.spki_hex(root.certificate_pem) for root in roots}) == 10
    assert len({leaf.serial for leaf in leaves} | {leaf.private_key_pem for leaf in leaves}) == 20
