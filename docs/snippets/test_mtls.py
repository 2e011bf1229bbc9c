import ssl

import pytest
from greeter import greeter, greeting

from pca_mock import Authority, PcaMock


@pytest.fixture
def server(pca_issuing_ca: Authority) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    pca_issuing_ca.issue("localhost", "127.0.0.1").configure_ssl_context(context)
    pca_issuing_ca.configure_trust(context)
    return context


def test_server_and_client_know_each_other(
    server: ssl.SSLContext, pca_root_ca: Authority, pca_issuing_ca: Authority
) -> None:
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    pca_root_ca.configure_trust(client)
    pca_issuing_ca.issue(common_name="billing").configure_ssl_context(client)

    with greeter(server) as port:
        assert greeting(client, port) == "hello, billing"


def test_a_client_without_a_certificate_is_refused(
    server: ssl.SSLContext, pca_root_ca: Authority
) -> None:
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    pca_root_ca.configure_trust(client)

    with greeter(server) as port, pytest.raises(OSError, match=r"(?i)required|reset"):
        greeting(client, port)


def test_a_client_of_another_root_is_refused(
    pca: PcaMock, server: ssl.SSLContext, pca_root_ca: Authority
) -> None:
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    pca_root_ca.configure_trust(client)
    stranger = pca.create_root_ca("Another Root")
    stranger.issue(common_name="billing").configure_ssl_context(client)

    with greeter(server) as port, pytest.raises(OSError, match=r"(?i)unknown.ca|reset"):
        greeting(client, port)


def test_a_server_of_another_root_is_not_trusted(pca: PcaMock, server: ssl.SSLContext) -> None:
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    pca.create_root_ca("Another Root").configure_trust(client)

    with greeter(server) as port, pytest.raises(ssl.SSLCertVerificationError):
        greeting(client, port)
