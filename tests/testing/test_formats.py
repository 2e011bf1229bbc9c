"""The forms in which programs want keys and certificates, read by openssl, ssl and Java."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from pca_mock import Authority, Certificate, PcaMock
from tests import inside, oracles, support

# Files of PKCS #12 -> what `openssl pkcs12` is told about their password.
PASSWORDS = [(None, "pass:"), ("changeit", "pass:changeit")]


@pytest.fixture(autouse=True)
def in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs find files by their names."""
    monkeypatch.chdir(tmp_path)


def printed(*arguments: str) -> str:
    result = oracles.openssl(*arguments)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


# Files


def test_files_are_certificate_chain_root_key_and_all_of_them(
    pca_root_ca: Authority, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    leaf = pca_issuing_ca.issue("localhost")
    files = leaf.write_to(tmp_path, "server")

    above = [pca_issuing_ca.certificate_pem, pca_root_ca.certificate_pem]
    assert files.certificate == tmp_path / "server.pem"
    assert files.certificate.read_text() == f"{leaf.certificate_pem}\n"
    assert files.chain == tmp_path / "server-chain.pem"
    assert oracles.blocks(files.chain.read_text()) == [leaf.certificate_pem, *above]
    assert files.root == tmp_path / "server-root.pem"
    assert files.root.read_text() == f"{pca_root_ca.certificate_pem}\n"
    assert files.private_key == tmp_path / "server.key"
    assert files.private_key.read_text() == leaf.private_key_pem
    assert files.combined == tmp_path / "server-combined.pem"
    assert files.combined.read_text() == leaf.combined_pem
    assert leaf.combined_pem == leaf.private_key_pem + files.chain.read_text()
    assert printed(
        *("verify", "-CAfile", "server-root.pem", "-untrusted", "server-chain.pem", "server.pem")
    )


def test_a_combined_file_is_all_that_a_server_needs(
    pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    files = pca_issuing_ca.issue("localhost").write_to(tmp_path, "a.key.server")

    assert files.combined == tmp_path / "a.key.server-combined.pem"
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.combined)


def test_files_of_a_ca_are_its_certificate_chain_and_root(
    pca_root_ca: Authority, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    files = pca_issuing_ca.write_to(str(tmp_path), "ca")
    of_root = pca_root_ca.write_to(tmp_path, "root")

    root_pem, pem = pca_root_ca.certificate_pem, pca_issuing_ca.certificate_pem
    assert files.private_key is None
    assert files.certificate.read_text() == f"{pem}\n"
    assert oracles.blocks(files.chain.read_text()) == [pem, root_pem]
    assert files.root.read_text() == f"{root_pem}\n"
    for path in (of_root.certificate, of_root.chain, of_root.root):
        assert path.read_text() == f"{root_pem}\n"
    assert {path.name for path in tmp_path.iterdir()} == {
        *("ca.pem", "ca-chain.pem", "ca-root.pem"),
        *("root.pem", "root-chain.pem", "root-root.pem"),
    }


def test_no_two_certificates_have_the_same_files(
    pca_root_ca: Authority, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    leaves = [pca_issuing_ca.issue("localhost") for _ in range(3)]
    handles: list[Authority | Certificate] = [pca_root_ca, pca_issuing_ca, *leaves]

    written = [handle.write_to(tmp_path) for handle in handles]

    assert [files.certificate.read_text() for files in written] == [
        f"{handle.certificate_pem}\n" for handle in handles
    ]
    assert leaves[0].write_to(tmp_path) == written[2]  # again: the same files
    assert len(list(tmp_path.iterdir())) == 2 * 3 + 3 * 5


@pytest.mark.parametrize(
    ("common_name", "beginning"),
    [
        ("*.example.com", "example.com-"),
        ("Ada Lovelace / Engines", "Ada-Lovelace-Engines-"),
        ("spiffe://example.com/a", "spiffe-example.com-a-"),
        ("Ünïcode", "n-code-"),
        ("../..", "certificate-"),
        ("", "certificate-"),
        (f"{'a' * 64}", f"{'a' * 64}-"),
    ],
)
def test_files_are_named_for_whom_the_certificate_is_and_by_its_serial_number(
    common_name: str, beginning: str, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    leaf = pca_issuing_ca.issue("localhost", common_name=common_name)

    assert leaf.write_to(tmp_path).certificate.name == f"{beginning}{leaf.serial[-8:]}.pem"


def test_there_is_no_file_of_a_key_that_is_elsewhere(
    pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    files = pca_issuing_ca.issue(csr=support.KeyHolder().csr()).write_to(tmp_path, "server")

    assert files.private_key is None
    with pytest.raises(LookupError, match=r"no file with the key of .*server\.pem"):
        _ = files.combined
    assert {path.name for path in tmp_path.iterdir()} == {
        *("server.pem", "server-chain.pem", "server-root.pem")
    }


def test_there_must_be_a_folder_for_files(pca_issuing_ca: Authority, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        pca_issuing_ca.issue("localhost").write_to(tmp_path / "missing")


@pytest.mark.skipif(os.name != "posix", reason="there are no such permissions")
@pytest.mark.parametrize("existing", [False, True])
def test_files_with_a_key_are_for_their_owner_alone(
    existing: bool, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    paths = [tmp_path / name for name in ("server.key", "server-combined.pem")]
    if existing:
        for path in paths:
            path.write_text("another key, which everybody may read")
            path.chmod(0o644)

    pca_issuing_ca.issue("localhost").write_to(tmp_path, "server")

    for path in paths:
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.read_text().startswith("-----BEGIN PRIVATE KEY-----")


# PKCS #12


@pytest.mark.parametrize(("password", "told"), PASSWORDS)
def test_pkcs12_has_key_certificate_and_all_above_it(
    password: str | None, told: str, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    leaf = pca_issuing_ca.issue("localhost")

    (tmp_path / "server.p12").write_bytes(leaf.pkcs12(password))

    text = printed("pkcs12", "-in", "server.p12", "-passin", told, "-nodes")
    assert text.count("BEGIN PRIVATE KEY") == 1
    assert "friendlyName: localhost" in text
    certificates = x509.load_pem_x509_certificates(text.encode())
    assert certificates == [leaf.certificate, *leaf.chain]


def test_pkcs12_of_a_roots_own_certificate_has_nothing_above_it(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    own = root.certificates[0].with_private_key(inside.authority(pca, root.arn).key)

    _, certificate, above = pkcs12.load_key_and_certificates(own.pkcs12(), None)

    assert (certificate, above) == (root.certificate, [])


def test_pkcs12_needs_the_key(pca: PcaMock, pca_issuing_ca: Authority) -> None:
    pca_issuing_ca.issue("localhost")
    leaf = pca.certificates[-1]

    with pytest.raises(LookupError, match="where the CSR came from"):
        _ = leaf.combined_pem
    with pytest.raises(LookupError, match="where the CSR came from"):
        leaf.pkcs12()


needs_trust_stores = pytest.mark.skipif(
    not hasattr(pkcs12, "serialize_java_truststore"), reason="cryptography is older than 45"
)


@needs_trust_stores
@pytest.mark.skipif(shutil.which("keytool") is None, reason="Java's keytool is not installed")
def test_java_reads_the_stores(pca_issuing_ca: Authority, tmp_path: Path) -> None:
    leaf = pca_issuing_ca.issue("localhost")
    (tmp_path / "keys.p12").write_bytes(leaf.pkcs12("changeit"))
    (tmp_path / "trust.p12").write_bytes(leaf.java_trust_store())

    listed = {}
    for name in ("keys.p12", "trust.p12"):
        command = ["keytool", "-list", "-keystore", name, "-storepass", "changeit"]
        listed[name] = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=True
        ).stdout

    assert "localhost" in listed["keys.p12"]
    assert "PrivateKeyEntry" in listed["keys.p12"]
    assert "example root ca" in listed["trust.p12"]
    assert "trustedCertEntry" in listed["trust.p12"]


@needs_trust_stores
def test_a_trust_store_has_the_root_marked_as_trusted(
    pca_root_ca: Authority, pca_issuing_ca: Authority, tmp_path: Path
) -> None:
    handles = (pca_root_ca, pca_issuing_ca, pca_issuing_ca.issue("localhost"))
    for handle in handles:
        (tmp_path / "trust.p12").write_bytes(handle.java_trust_store("secret"))

        text = printed("pkcs12", "-in", "trust.p12", "-passin", "pass:secret")
        assert "2.16.840.1.113894.746875.1.1" in text  # Oracle's trusted key usage
        assert x509.load_pem_x509_certificates(text.encode()) == [pca_root_ca.certificate]


def test_trust_stores_need_a_cryptography_that_has_them(
    pca_root_ca: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(pkcs12, "serialize_java_truststore", raising=False)

    with pytest.raises(NotImplementedError, match="cryptography 45 or newer"):
        pca_root_ca.java_trust_store()
