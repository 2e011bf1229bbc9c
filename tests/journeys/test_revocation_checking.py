"""A three-level chain before and after a revocation, by openssl and pyhanko-certvalidator.

CRLs and OCSP answers come from files, and from the responder at the URLs in the certificates.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

from tests import oracles, revoking, support
from tests.revoking import certificate_id, issue, ocsp_request, revoke, revoke_serial, serial
from tests.support import Ca

if TYPE_CHECKING:
    from pca_mock import PcaMock


class Hierarchy(NamedTuple):
    """A root, a CA below it, and two leaves; the leaves are PEM."""

    pca: PcaMock
    root: Ca
    ca: Ca
    leaf_arn: str
    other_arn: str

    @property
    def leaf(self) -> str:
        return self.ca.get(self.leaf_arn)[0]

    @property
    def other(self) -> str:
        return self.ca.get(self.other_arn)[0]

    def crls(self) -> list[bytes]:
        return list(revoking.crls(self.pca).values())

    def revoke_leaf(self) -> None:
        revoke(self.ca, self.leaf_arn, "KEY_COMPROMISE")

    def revoke_ca(self) -> None:
        text = f"{int(self.ca.describe()['Serial']):x}"
        revoke_serial(self.root, text, "CERTIFICATE_AUTHORITY_COMPROMISE")


# The revoked certificate, and which of (leaf, other leaf) is good then.
_STEPS: Any = {
    "nothing": (lambda chain: None, (True, True)),
    "the leaf": (Hierarchy.revoke_leaf, (False, True)),
    "the CA": (Hierarchy.revoke_ca, (False, False)),
}
each_step = pytest.mark.parametrize(("step", "good"), _STEPS.values(), ids=_STEPS)
Step = Callable[[Hierarchy], None]


def _hierarchy(pca: PcaMock, revocation: Any) -> Hierarchy:
    client = pca.client(region_name="us-east-1")
    root = support.root(client, support.configuration("Root"), RevocationConfiguration=revocation)
    ca = support.subordinate(
        root, 0, support.configuration("Issuing"), RevocationConfiguration=revocation
    )
    return Hierarchy(pca, root, ca, issue(ca), issue(ca))


@pytest.fixture
def address(pca: PcaMock, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Host and port at which the mock is served."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")
    with pca.serve_revocation() as base_url:
        yield urlsplit(base_url).netloc


def _only_crl(address: str, **more: Any) -> Any:
    return revoking.crl_on(CustomCname=address, **more)


def _only_ocsp(address: str) -> Any:
    return {"OcspConfiguration": {"Enabled": True, "OcspCustomCname": address}}


# openssl


def _verifies(folder: Path, chain: Hierarchy, leaf: str, *flags: str) -> bool:
    result = oracles.openssl_verify(
        folder, leaf, chain.ca.certificate(), chain.root.certificate(), *flags
    )
    return bool(result)


def _files(folder: Path, crls: list[bytes]) -> list[str]:
    """Flags for CRLs in files, as PEM, which `openssl verify` wants."""
    flags = []
    for number, data in enumerate(crls):
        path = folder / f"{number}.crl"
        path.write_bytes(oracles.openssl("crl", "-inform", "DER", input=data).stdout)
        flags += ["-CRLfile", str(path)]
    return flags


@each_step
def test_openssl_checks_the_whole_chain_with_crls_from_files(
    step: Step, good: tuple[bool, bool], pca: PcaMock, tmp_path: Path
) -> None:
    chain = _hierarchy(pca, revoking.crl_on())
    step(chain)
    flags = ["-crl_check_all", *_files(tmp_path, chain.crls())]

    assert _verifies(tmp_path, chain, chain.leaf, *flags) is good[0]
    assert _verifies(tmp_path, chain, chain.other, *flags) is good[1]


def test_openssl_checks_a_leaf_with_partitions_from_files(pca: PcaMock, tmp_path: Path) -> None:
    chain = _hierarchy(pca, revoking.crl_on(CrlType="PARTITIONED"))
    chain.revoke_leaf()
    flags = ["-crl_check", "-extended_crl", *_files(tmp_path, chain.crls())]

    assert not _verifies(tmp_path, chain, chain.leaf, *flags)
    assert _verifies(tmp_path, chain, chain.other, *flags)


def test_openssl_rejects_a_chain_without_crls(pca: PcaMock, tmp_path: Path) -> None:
    chain = _hierarchy(pca, revoking.crl_on())

    assert not _verifies(tmp_path, chain, chain.leaf, "-crl_check_all")


@each_step
def test_openssl_downloads_crls_from_the_uris_in_the_certificates(
    step: Step, good: tuple[bool, bool], address: str, pca: PcaMock, tmp_path: Path
) -> None:
    chain = _hierarchy(pca, _only_crl(address))
    step(chain)
    # openssl wants one for the root itself, which has no URI of one.
    of_root = _files(tmp_path, [revoking.crl(pca, chain.root)])
    flags = ("-crl_check_all", "-crl_download", *of_root)

    assert _verifies(tmp_path, chain, chain.leaf, *flags) is good[0]
    assert _verifies(tmp_path, chain, chain.other, *flags) is good[1]


def test_openssl_downloads_the_partition_of_a_certificate(
    address: str, pca: PcaMock, tmp_path: Path
) -> None:
    chain = _hierarchy(pca, _only_crl(address, CrlType="PARTITIONED", CustomPath="/"))
    chain.revoke_leaf()
    flags = ("-crl_check", "-crl_download", "-extended_crl")

    assert not _verifies(tmp_path, chain, chain.leaf, *flags)
    assert _verifies(tmp_path, chain, chain.other, *flags)


def test_openssl_finds_no_crl_at_a_wrong_address(
    address: str, pca: PcaMock, tmp_path: Path
) -> None:
    chain = _hierarchy(pca, _only_crl(f"{address}/elsewhere"))

    assert not _verifies(tmp_path, chain, chain.leaf, "-crl_check", "-crl_download")


def _openssl_ocsp(folder: Path, issuer: str, leaf: str, root: str, *flags: str) -> str:
    """The status that `openssl ocsp` prints after checking the answer's signature and times."""
    for name, text in (("issuer", issuer), ("leaf", leaf), ("root", root)):
        (folder / f"{name}.pem").write_text(text)
    result = oracles.openssl(
        "ocsp", "-issuer", str(folder / "issuer.pem"), "-cert", str(folder / "leaf.pem"),
        "-CAfile", str(folder / "root.pem"), "-verify_other", str(folder / "issuer.pem"), *flags,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert b"Response verify OK" in result.stderr, result.stderr
    return result.stdout.decode().split(": ", 1)[1]


@pytest.mark.parametrize("nonce", ["-nonce", "-no_nonce"])
def test_openssl_asks_the_responder_that_a_certificate_names(
    nonce: str, address: str, pca: PcaMock, tmp_path: Path
) -> None:
    chain = _hierarchy(pca, _only_ocsp(address))
    chain.revoke_leaf()
    text = oracles.openssl("x509", "-noout", "-ocsp_uri", input=chain.leaf.encode()).stdout.decode()
    authorities = (chain.ca.certificate(), chain.root.certificate())

    answers = [
        _openssl_ocsp(tmp_path, authorities[0], leaf, authorities[1], "-url", text.strip(), nonce)
        for leaf in (chain.leaf, chain.other)
    ]

    assert answers[0].startswith("revoked\n")
    assert "Reason: keyCompromise" in answers[0]
    assert answers[1].startswith("good\n")


def test_openssl_asks_about_the_ca_at_the_root(address: str, pca: PcaMock, tmp_path: Path) -> None:
    chain = _hierarchy(pca, _only_ocsp(address))
    root, ca = chain.root.certificate(), chain.ca.certificate()
    url = ("-url", f"http://{address}")

    before = _openssl_ocsp(tmp_path, root, ca, root, *url)
    chain.revoke_ca()
    after = _openssl_ocsp(tmp_path, root, ca, root, *url)

    assert before.startswith("good\n")
    assert after.startswith("revoked\n")


# pyhanko-certvalidator


def _certvalidator_accepts(chain: Hierarchy, leaf: str, **more: Any) -> bool:
    context = ValidationContext(
        trust_roots=[oracles.certificate(chain.root.certificate())],
        revocation_mode="hard-fail",
        **more,
    )
    intermediates = [oracles.certificate(chain.ca.certificate())]
    validator: Any = CertificateValidator(oracles.certificate(leaf), intermediates, context)
    try:
        asyncio.run(validator.async_validate_usage(set()))
    except (PathBuildingError, PathValidationError):
        return False
    return True


@each_step
@pytest.mark.parametrize("crl_type", ["COMPLETE", "PARTITIONED"])
def test_certvalidator_fails_hard_with_the_crls(
    step: Step, good: tuple[bool, bool], crl_type: str, pca: PcaMock
) -> None:
    chain = _hierarchy(pca, revoking.crl_on(CrlType=crl_type))
    step(chain)

    assert _certvalidator_accepts(chain, chain.leaf, crls=chain.crls()) is good[0]
    assert _certvalidator_accepts(chain, chain.other, crls=chain.crls()) is good[1]


@each_step
@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_certvalidator_fails_hard_with_ocsp_answers(
    step: Step, good: tuple[bool, bool], hash_name: str, pca: PcaMock
) -> None:
    chain = _hierarchy(pca, revoking.OCSP_ON)
    step(chain)
    root, ca = chain.root.certificate(), chain.ca.certificate()
    asked = [(root, f"{int(chain.ca.describe()['Serial']):x}")]
    asked += [(ca, serial(chain.leaf_arn)), (ca, serial(chain.other_arn))]
    answers = [
        pca.ocsp_response(ocsp_request(certificate_id(issuer, text, hash_name)))
        for issuer, text in asked
    ]

    assert _certvalidator_accepts(chain, chain.leaf, ocsps=answers) is good[0]
    assert _certvalidator_accepts(chain, chain.other, ocsps=answers) is good[1]


def test_certvalidator_rejects_a_chain_without_revocation_data(pca: PcaMock) -> None:
    chain = _hierarchy(pca, {**revoking.crl_on(), **revoking.OCSP_ON})

    assert not _certvalidator_accepts(chain, chain.leaf, crls=[])
    assert not _certvalidator_accepts(chain, chain.leaf, crls=[revoking.crl(pca, chain.root)])


@each_step
@pytest.mark.parametrize("configuration", [_only_crl, _only_ocsp])
def test_certvalidator_fetches_crls_and_ocsp_answers(
    step: Step,
    good: tuple[bool, bool],
    configuration: Callable[[str], Any],
    address: str,
    pca: PcaMock,
) -> None:
    chain = _hierarchy(pca, configuration(address))
    step(chain)
    fetching: Any = {"allow_fetching": True, "fetcher_backend": RequestsFetcherBackend()}

    assert _certvalidator_accepts(chain, chain.leaf, **fetching) is good[0]
    assert _certvalidator_accepts(chain, chain.other, **fetching) is good[1]
