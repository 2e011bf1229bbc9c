"""TLS handshakes over loopback with the contexts of handles: some work, others fail."""

from __future__ import annotations

import socket
import ssl
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pca_mock import Authority, Certificate, PcaMock
from pca_mock.literals import KeyAlgorithm
from pca_mock.testing import tls
from tests import oracles, support


@dataclass
class Outcome:
    """The outcome of a handshake; an error where one side refused."""

    received: bytes = b""
    server_error: Exception | None = None
    client_error: Exception | None = None
    seen_by_server: Any = None
    seen_by_client: Any = None

    @property
    def is_good(self) -> bool:
        return self.received == b"hello"


def server_context(leaf: Certificate, trusts: Authority | Certificate | None = None) -> Any:
    """Of a server that shows a leaf and, if it trusts a CA, asks for a client certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_ssl_context(context)
    if trusts is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        trusts.configure_trust(context)
    return context


def client_context(trusts: Authority | Certificate | None, leaf: Certificate | None = None) -> Any:
    """Of a client that checks the host name, and shows a leaf if it has one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if trusts is not None:
        trusts.configure_trust(context)
    if leaf is not None:
        leaf.configure_ssl_context(context)
    return context


def handshake(server: Any, client: Any, host: str = "localhost") -> Outcome:
    """Connect a client to a server on 127.0.0.1."""
    outcome = Outcome()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(20)

    def serve() -> None:
        connection, _ = listener.accept()
        connection.settimeout(20)
        with connection:
            try:
                with server.wrap_socket(connection, server_side=True) as secured:
                    outcome.seen_by_server = secured.getpeercert()
                    secured.sendall(b"hello")
            except (ssl.SSLError, OSError) as error:
                outcome.server_error = error

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with (
            socket.create_connection(listener.getsockname(), timeout=20) as connection,
            client.wrap_socket(connection, server_hostname=host) as secured,
        ):
            outcome.seen_by_client = secured.getpeercert()
            outcome.received = secured.recv(5)
    except (ssl.SSLError, OSError) as error:
        outcome.client_error = error
    finally:
        thread.join()
        listener.close()
    return outcome


@dataclass
class Hierarchy:
    """A root, an issuing CA below it, and a server's certificate."""

    root: Authority
    issuing: Authority
    leaf: Certificate = field(init=False)

    def __post_init__(self) -> None:
        self.leaf = self.issuing.issue("localhost", "127.0.0.1")


@pytest.fixture
def ours(pca_root_ca: Authority, pca_issuing_ca: Authority) -> Hierarchy:
    return Hierarchy(pca_root_ca, pca_issuing_ca)


@pytest.fixture
def strange(pca: PcaMock) -> Hierarchy:
    """Another one with the same names."""
    root = pca.create_root_ca("Example Root CA")
    return Hierarchy(root, root.create_subordinate_ca("Example Issuing CA"))


def test_mutual_tls_in_ten_lines(pca: PcaMock) -> None:
    root = pca.create_root_ca("Example Root")
    issuing = root.create_subordinate_ca("Issuing", path_length=0)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.verify_mode = ssl.CERT_REQUIRED
    issuing.issue("localhost").configure_ssl_context(server)
    root.configure_trust(server)
    client = ssl.create_default_context()
    issuing.issue(common_name="Ada").configure_ssl_context(client)
    root.configure_trust(client)

    assert handshake(server, client).is_good


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_server_is_trusted_below_a_trusted_root(host: str, ours: Hierarchy) -> None:
    outcome = handshake(server_context(ours.leaf), client_context(ours.root), host)

    assert outcome.is_good
    assert ("DNS", "localhost") in outcome.seen_by_client["subjectAltName"]
    assert not outcome.seen_by_server


def test_a_server_is_not_trusted_below_another_root(ours: Hierarchy, strange: Hierarchy) -> None:
    outcome = handshake(server_context(ours.leaf), client_context(strange.root))

    assert isinstance(outcome.client_error, ssl.SSLCertVerificationError)
    assert not outcome.is_good


def test_a_server_is_not_trusted_without_any_root(ours: Hierarchy) -> None:
    outcome = handshake(server_context(ours.leaf), client_context(None))

    assert isinstance(outcome.client_error, ssl.SSLCertVerificationError)


def test_a_server_is_not_trusted_for_another_host(ours: Hierarchy) -> None:
    outcome = handshake(server_context(ours.leaf), client_context(ours.root), "example.com")

    assert "Hostname mismatch" in str(outcome.client_error)


def test_trusting_any_handle_trusts_its_root(ours: Hierarchy) -> None:
    for trusted in (ours.root, ours.issuing, ours.leaf):
        context = client_context(trusted)
        assert handshake(server_context(ours.leaf), context).is_good
        (anchor,) = context.get_ca_certs(binary_form=True)
        assert anchor == oracles.der(ours.root.certificate_pem)


def test_a_client_is_let_in_with_a_certificate(ours: Hierarchy) -> None:
    leaf = ours.issuing.issue(common_name="Ada")
    outcome = handshake(server_context(ours.leaf, ours.root), client_context(ours.root, leaf))

    assert outcome.is_good
    assert outcome.seen_by_server["subject"] == ((("commonName", "Ada"),),)


def test_a_client_without_a_certificate_is_not_let_in(ours: Hierarchy) -> None:
    outcome = handshake(server_context(ours.leaf, ours.root), client_context(ours.root))

    assert "peer did not return a certificate" in str(outcome.server_error)
    assert not outcome.is_good


def test_a_client_with_a_certificate_of_another_root_is_not_let_in(
    ours: Hierarchy, strange: Hierarchy
) -> None:
    leaf = strange.issuing.issue(common_name="Ada")
    outcome = handshake(server_context(ours.leaf, ours.root), client_context(ours.root, leaf))

    assert isinstance(outcome.server_error, ssl.SSLCertVerificationError)
    assert not outcome.is_good


@pytest.mark.parametrize(
    ("template", "is_good"),
    [("EndEntityClientAuthCertificate", True), ("EndEntityServerAuthCertificate", False)],
)
def test_a_client_shows_a_certificate_for_clients(
    template: str, is_good: bool, ours: Hierarchy
) -> None:
    leaf = ours.issuing.issue("ada.example", template=template)
    outcome = handshake(server_context(ours.leaf, ours.root), client_context(ours.root, leaf))

    assert outcome.is_good is is_good


@pytest.mark.parametrize("key_algorithm", ["RSA_2048", "EC_secp384r1"])
def test_keys_of_other_kinds_are_used_too(key_algorithm: KeyAlgorithm, pca: PcaMock) -> None:
    root = pca.create_root_ca(key_algorithm=key_algorithm)
    leaf = root.issue("localhost", key_algorithm=key_algorithm)

    assert handshake(server_context(leaf, root), client_context(root, leaf)).is_good


def test_a_leaf_of_the_root_itself_is_trusted(pca_root_ca: Authority, strange: Hierarchy) -> None:
    leaf = pca_root_ca.issue("localhost")

    assert handshake(server_context(leaf), client_context(leaf)).is_good
    assert not handshake(server_context(leaf), client_context(strange.root)).is_good


def test_a_long_chain_is_sent_in_full(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    middle = root.create_subordinate_ca("Middle", path_length=1)
    leaf = middle.create_subordinate_ca("Issuing").issue("localhost")

    assert handshake(server_context(leaf), client_context(root)).is_good


def test_a_context_can_trust_several_roots(ours: Hierarchy, strange: Hierarchy) -> None:
    context = client_context(ours.root)
    strange.root.configure_trust(context)

    for hierarchy in (ours, strange):
        assert handshake(server_context(hierarchy.leaf), context).is_good


def test_a_leaf_for_a_csr_is_used_with_the_callers_own_key(ours: Hierarchy, tmp_path: Path) -> None:
    caller = support.KeyHolder()
    files = ours.issuing.issue(csr=caller.csr("mine", ["localhost"])).write_to(tmp_path)
    key_file = tmp_path / "own.key"
    key_file.write_bytes(
        caller.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.chain, key_file)

    assert handshake(context, client_context(ours.root)).is_good


def test_written_files_serve_as_well(ours: Hierarchy, tmp_path: Path) -> None:
    files = ours.leaf.write_to(tmp_path)
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), client_context(None)
    server.load_cert_chain(files.chain, files.private_key)
    client.load_verify_locations(ours.root.write_to(tmp_path, "root").certificate)

    assert handshake(server, client).is_good


def test_no_file_stays_after_a_context_is_configured(
    ours: Hierarchy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    server_context(ours.leaf, ours.root)

    assert list(tmp_path.iterdir()) == []


def test_a_key_that_does_not_fit_is_refused_and_leaves_no_file(
    ours: Hierarchy, strange: Hierarchy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

    with pytest.raises(ssl.SSLError, match="mismatch"):
        tls.configure(context, strange.leaf.private_key_pem + ours.leaf.certificate_pem)
    assert list(tmp_path.iterdir()) == []
