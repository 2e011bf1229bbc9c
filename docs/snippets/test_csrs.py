import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pca_mock import Authority

# What certtool prints, without the lines of text before the block.
REQUEST = b"""\
-----BEGIN NEW CERTIFICATE REQUEST-----
MIIBEzCBuwIBADAUMRIwEAYDVQQDEwlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggq
hkjOPQMBBwNCAATntzpALq9AsmT9faaRak7roX8HDZEG6os722MluXHmgK1dKnNn
kMO7zzPj2Zjqh6+DnrOiJrg20fuxcbXbjJmBoEUwQwYJKoZIhvcNAQkOMTYwNDAU
BgNVHREEDTALgglsb2NhbGhvc3QwDAYDVR0TAQH/BAIwADAOBgNVHQ8BAf8EBAMC
B4AwCgYIKoZIzj0EAwIDRwAwRAIgV7vFdgkZLfmsGtXRHmbgksGbqzb1MN0zb7D7
jfFAQGUCIH7k8YRHSvgX8YojRv5Vfr6+WwSbo9XuNZaLh9SIUEMl
-----END NEW CERTIFICATE REQUEST-----
"""


def as_the_service_takes_it(request: bytes) -> bytes:
    """The same request in the form that openssl prints."""
    return x509.load_pem_x509_csr(request).public_bytes(Encoding.PEM)


def test_a_request_of_another_tool_is_taken_in_the_form_of_openssl(
    pca_issuing_ca: Authority,
) -> None:
    with pytest.raises(ClientError, match="'csr' failed to satisfy constraint"):
        pca_issuing_ca.issue(csr=REQUEST)

    leaf = pca_issuing_ca.issue(csr=as_the_service_takes_it(REQUEST))

    assert leaf.subject == "CN=localhost"
