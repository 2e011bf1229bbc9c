import ssl
from pathlib import Path

from pca_mock import Authority


def test_certificate_chain_and_key_are_written(pca_issuing_ca: Authority, tmp_path: Path) -> None:
    files = pca_issuing_ca.issue("localhost").write_to(tmp_path, "server")
    trusted = pca_issuing_ca.write_to(tmp_path, "issuing")

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "issuing-chain.pem",
        "issuing.pem",
        "server-chain.pem",
        "server.key",
        "server.pem",
    ]
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.chain, files.private_key)
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(trusted.chain)
