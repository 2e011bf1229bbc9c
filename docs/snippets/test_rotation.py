from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store
from renewal import is_due, renew

from pca_mock import Authority, Certificate, PcaMock


def test_a_year_of_renewals_never_leaves_an_expired_certificate(
    pca: PcaMock, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    pca.clock.freeze()
    renew(pca_issuing_ca.arn, "shop.example.com", tmp_path)

    for _ in range(52):
        pca.clock.advance(weeks=1)
        assert pca_issuing_ca.certificates[-1].status == "ISSUED"
        if is_due(tmp_path, pca.clock.now()):
            renew(pca_issuing_ca.arn, "shop.example.com", tmp_path)

    assert len(pca_issuing_ca.certificates) == 6


def is_trusted(leaf: Certificate, root: Authority, pca: PcaMock) -> bool:
    """Whether a client that knows the root alone, now accepts the leaf's server."""
    policy = PolicyBuilder().store(Store([root.certificate])).time(pca.clock.now())
    verifier = policy.build_server_verifier(x509.DNSName("shop.example.com"))
    try:
        verifier.verify(leaf.certificate, leaf.chain[:-1])
    except x509.verification.VerificationError:
        return False
    return True


def test_two_issuing_cas_are_trusted_while_one_follows_the_other(
    pca: PcaMock, pca_root_ca: Authority
) -> None:
    old = pca_root_ca.create_subordinate_ca("Issuing CA 1")
    new = pca_root_ca.create_subordinate_ca("Issuing CA 2")
    before, after = old.issue("shop.example.com"), new.issue("shop.example.com")
    old.disable()

    assert is_trusted(before, pca_root_ca, pca)
    assert is_trusted(after, pca_root_ca, pca)
    with pytest.raises(ClientError, match="InvalidStateException"):
        old.issue("shop.example.com")


def test_a_root_that_has_expired_gets_a_new_certificate_for_its_old_key(pca: PcaMock) -> None:
    root = pca.create_root_ca("Example Root CA")
    old = root.certificate
    pca.clock.advance(days=3651)
    assert root.status == "EXPIRED"

    root.install(root, "RootCACertificate")

    assert root.status == "ACTIVE"
    assert root.certificate.public_key() == old.public_key()
    assert root.certificate.serial_number != old.serial_number
