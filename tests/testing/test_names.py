"""Names as text: of which kind each is, and what is said of those that are none."""

from __future__ import annotations

import re

import idna
import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from pca_mock import Authority, PcaMock
from pca_mock.testing.names import general_name

LONG_HOST = f"{'a.' * 126}a"
A_NAME = {
    "localhost": ("dns_name", "localhost"),
    "*.example.com": ("dns_name", "*.example.com"),
    "my_service": ("dns_name", "my_service"),
    "1.2.3.example": ("dns_name", "1.2.3.example"),
    f"{'a' * 63}.example": ("dns_name", f"{'a' * 63}.example"),
    LONG_HOST: ("dns_name", LONG_HOST),
    "127.0.0.1": ("ip_address", "127.0.0.1"),
    "::1": ("ip_address", "::1"),
    "2001:DB8::7": ("ip_address", "2001:db8::7"),
    "ada@example.com": ("rfc822_name", "ada@example.com"),
    "ada.l+tag@example.com": ("rfc822_name", "ada.l+tag@example.com"),
    "spiffe://example.com/a": ("uniform_resource_identifier", "spiffe://example.com/a"),
    "https://ada@example.com": ("uniform_resource_identifier", "https://ada@example.com"),
    "http://[::1]:8080/": ("uniform_resource_identifier", "http://[::1]:8080/"),
    "urn:host.example:Server": ("uniform_resource_identifier", "urn:host.example:Server"),
    "sip:ada@example.com": ("uniform_resource_identifier", "sip:ada@example.com"),
    # International names
    "bücher.example": ("dns_name", "xn--bcher-kva.example"),
    "*.bücher.example": ("dns_name", "*.xn--bcher-kva.example"),
    "例え。jp": ("dns_name", "xn--r8jz45g.jp"),
    "ada@bücher.example": ("rfc822_name", "ada@xn--bcher-kva.example"),
    "https://ada@bücher.example:8/x?y": (
        "uniform_resource_identifier",
        "https://ada@xn--bcher-kva.example:8/x?y",
    ),
}
# Text that is no name -> what the error says about it.
NO_NAME = {
    "": "empty",
    "a b": "blanks",
    "a\tb": "control characters",
    "user name@example.com": "blanks",
    "localhost:8443": "whatever the port: write 'localhost'",
    "example.com:": "whatever the port: write 'example.com'",
    "10.0.0.1:443": "whatever the port: write '10.0.0.1'",
    "10.0.0.1/8": "not for networks: write '10.0.0.1'",
    "2001:db8::/32": "not for networks: write '2001:db8::'",
    "[::1]": "without brackets and port: '::1'",
    "[::1]:8443": "without brackets and port: '::1'",
    "fe80::1%eth0": "a zone, which is no part of an address: write 'fe80::1'",
    "a/b": "it has a path: write 'a', or a URI such as 'https://a/b'",
    "1::2::3": "a colon, but is no IPv6 address",
    "localhost:https": "a colon, but is no IPv6 address",
    "10.0.0.256": "neither an IP address nor a host name",
    "1.2.3": "neither an IP address nor a host name",
    "a..b": "an empty label",
    ".example.com": "an empty label",
    "example.com.": "without the dot at its end: 'example.com'",
    f"{'a' * 70}.example": f"its label '{'a' * 70}' has 70 characters, 63 are allowed",
    f"{LONG_HOST}a": "it has 254 characters, 253 are allowed",
    "-a.example": "begins or ends with a hyphen",
    "a-.example": "begins or ends with a hyphen",
    "a!b": "it has '!'",
    "*": "a wildcard is the whole first label",
    "w*.example.com": "a wildcard is the whole first label",
    "a.*.example.com": "a wildcard is the whole first label",
    f"{'ü' * 70}.example": "is no international host name",
    "a\u200db.example": "control characters",
    "@example.com": "write it as 'ada@example.com'",
    "ada@": "write it as 'ada@example.com'",
    "a@b@example.com": "write it as 'ada@example.com'",
    "user:secret@example.com": "write it as 'ada@example.com'",
    "ü@example.com": "before the @ that are not ASCII",
    "ada@example.com:25": "whatever the port: write 'example.com'",
    "ada@*.example.com": "no wildcards",
    "https://": "no URI with scheme and host",
    "://example.com": "no URI with scheme and host",
    "file:///a": "no URI with scheme and host",
    "https://example.com/ü": "percent encoding",
    "https://bücher.example/ü": "percent encoding",
    "urn:ü": "percent encoding",
}


@pytest.mark.parametrize(("text", "kind_and_name"), A_NAME.items())
def test_a_name_is_of_the_kind_that_it_looks_like(
    text: str, kind_and_name: tuple[str, str]
) -> None:
    kinds = {
        x509.DNSName: "dns_name",
        x509.IPAddress: "ip_address",
        x509.RFC822Name: "rfc822_name",
        x509.UniformResourceIdentifier: "uniform_resource_identifier",
    }
    name = general_name(text)

    assert (kinds[type(name)], str(name.value)) == kind_and_name


@pytest.mark.parametrize("text", NO_NAME)
def test_text_that_is_no_name_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(NO_NAME[text])):
        general_name(text)


@pytest.mark.parametrize("wrong", [["a", "b"], ("a",), b"a", 5, None])
def test_a_name_is_a_str(wrong: object, pca: PcaMock, pca_issuing_ca: Authority) -> None:
    with pytest.raises(TypeError, match="passed one by one, not as"):
        pca_issuing_ca.issue(wrong)  # type: ignore[arg-type]
    assert len(pca.calls) == 0


@pytest.mark.parametrize(
    "host", ["bücher", "BÜCHER", "straße", "STRAẞE", "ΌΣΟΣ", "βόλος", "例え", "ﬁ", "مثال"]
)
def test_international_labels_are_those_of_idna_2008(host: str) -> None:
    assert general_name(f"{host}.example").value == idna.encode(
        f"{host}.example", uts46=True
    ).decode("ascii")


@given(st.text(max_size=80) | st.from_regex(r"[a*ü.:/@\[\]%0-9-]{1,20}", fullmatch=True))
def test_whatever_is_a_name_can_be_read_again(text: str) -> None:
    try:
        name = general_name(text)
    except ValueError:
        return

    encoded = x509.SubjectAlternativeName([name]).public_bytes()
    (read,) = asn1_x509.GeneralNames.load(encoded, strict=True)
    assert isinstance(name, x509.IPAddress) or read.chosen.contents.isascii()


def test_the_common_name_is_the_first_name_as_it_is_in_the_extension(
    pca_issuing_ca: Authority,
) -> None:
    leaf = pca_issuing_ca.issue("bücher.example", "localhost")

    assert leaf.subject == "CN=xn--bcher-kva.example"
