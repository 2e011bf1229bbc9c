"""Which names the constraints of an issuer permit; openssl is asked the same."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from pca_mock.errors import MalformedCertificateException
from pca_mock.pki import certificate, name_constraints
from tests import oracles

KEY: Final = ec.generate_private_key(ec.SECP256R1())
DNS, MAIL, DIRECTORY = x509.DNSName, x509.RFC822Name, x509.DirectoryName
WEB, ADDRESS = x509.UniformResourceIdentifier, x509.IPAddress
PLAIN: Final = x509.Name([])


def name(*attributes: tuple[x509.ObjectIdentifier, str], kind: Any = None) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, text, kind) for oid, text in attributes])


def network(text: str) -> x509.IPAddress:
    return ADDRESS(ipaddress.ip_network(text))


def address(text: str) -> x509.IPAddress:
    return ADDRESS(ipaddress.ip_address(text))


ORGANIZATION, COMMON_NAME = NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME
EXAMPLE: Final = name((ORGANIZATION, "Example"))
BELOW_EXAMPLE: Final = name((ORGANIZATION, "Example"), (COMMON_NAME, "a"))
# constraint, names within it, names outside of it
CONSTRAINTS: Final[Any] = [
    (DNS("example.com"), [DNS("example.com"), DNS("a.Example.COM")], [DNS("badexample.com")]),
    (DNS(".example.com"), [DNS("a.example.com"), DNS("a.b.example.com")], [DNS("example.com")]),
    (DNS(""), [DNS("example.com"), DNS("a")], []),
    (MAIL("example.com"), [MAIL("a@Example.com")], [MAIL("a@b.example.com"), MAIL("a@b.com")]),
    (MAIL(".example.com"), [MAIL("a@b.example.com")], [MAIL("a@example.com")]),
    (
        MAIL("a@example.com"),
        [MAIL("a@example.com"), MAIL("a@EXAMPLE.com")],
        [MAIL("b@example.com"), MAIL("A@example.com")],
    ),
    (WEB("example.com"), [WEB("http://example.com:80/x")], [WEB("http://a.example.com")]),
    (WEB(".example.com"), [WEB("http://a.example.com/x")], [WEB("http://example.com")]),
    (network("192.0.2.0/24"), [address("192.0.2.9")], [address("192.0.3.9"), address("::1")]),
    (network("0.0.0.0/0"), [address("192.0.2.9")], [address("::1")]),
    (network("2001:db8::/32"), [address("2001:db8::1")], [address("2001:db9::1")]),
    (
        DIRECTORY(EXAMPLE),
        [
            DIRECTORY(BELOW_EXAMPLE),
            DIRECTORY(name((ORGANIZATION, " EXAMPLE "), kind=_ASN1Type.PrintableString)),
        ],
        [DIRECTORY(name((ORGANIZATION, "Examples"))), DIRECTORY(name((COMMON_NAME, "Example")))],
    ),
]
CASES: Final = [
    pytest.param(constraint, each, is_within, id=f"{constraint.value} {each.value}")
    for constraint, within, outside in CONSTRAINTS
    for names, is_within in ((within, True), (outside, False))
    for each in names
]


def made(subject: x509.Name, *extensions: Any) -> x509.Certificate:
    """A certificate of an issuer called Root; with the same name, of the root itself."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(name((COMMON_NAME, "Root")))
        .public_key(KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1))
        .not_valid_after(datetime(2099, 1, 1))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, isinstance(extension, x509.NameConstraints))
    return builder.sign(KEY, hashes.SHA256())


def root(constraints: Any) -> x509.Certificate:
    authority = x509.BasicConstraints(ca=True, path_length=None)
    return made(name((COMMON_NAME, "Root")), authority, constraints)


def constrained(*constraints: x509.GeneralName, excluded: bool) -> x509.NameConstraints:
    return x509.NameConstraints(*((None, constraints) if excluded else (constraints, None)))


def breach(constraints: Any, leaf: x509.Certificate) -> str | None:
    read = name_constraints.read(certificate.parse(root(constraints).public_bytes(Encoding.DER)))
    assert read is not None
    parsed = certificate.parse(leaf.public_bytes(Encoding.DER))
    san = parsed.extension("2.5.29.17")
    return name_constraints.breach([read], parsed.subject, san.value if san else None)


def openssl_accepts(constraints: Any, leaf: x509.Certificate, folder: Path) -> bool:
    for file, each in (("root", root(constraints)), ("leaf", leaf)):
        (folder / file).write_bytes(each.public_bytes(Encoding.PEM))
    result = oracles.openssl("verify", "-CAfile", str(folder / "root"), str(folder / "leaf"))
    return result.returncode == 0


@pytest.mark.parametrize("excluded", [True, False], ids=["excluded", "permitted"])
@pytest.mark.parametrize(("constraint", "general_name", "is_within"), CASES)
def test_a_name_is_permitted_or_not_as_in_openssl(
    constraint: Any, general_name: Any, is_within: bool, excluded: bool, tmp_path: Path
) -> None:
    leaf = made(PLAIN, x509.SubjectAlternativeName([general_name]))
    constraints = constrained(constraint, excluded=excluded)

    result = breach(constraints, leaf)

    assert (result is None) is (is_within is not excluded)
    assert (result is None) is openssl_accepts(constraints, leaf, tmp_path)


SUBJECTS: Final = [
    pytest.param(DIRECTORY(EXAMPLE), BELOW_EXAMPLE, True, id="directory name within"),
    pytest.param(DIRECTORY(EXAMPLE), name((COMMON_NAME, "a")), False, id="directory name outside"),
    pytest.param(
        MAIL("example.com"), name((NameOID.EMAIL_ADDRESS, "a@example.com")), True, id="mail within"
    ),
    pytest.param(
        MAIL("example.com"), name((NameOID.EMAIL_ADDRESS, "a@b.com")), False, id="mail outside"
    ),
]


@pytest.mark.parametrize("excluded", [True, False], ids=["excluded", "permitted"])
@pytest.mark.parametrize(("constraint", "subject", "is_within"), SUBJECTS)
def test_the_subject_is_constrained_as_in_openssl(
    constraint: Any, subject: x509.Name, is_within: bool, excluded: bool, tmp_path: Path
) -> None:
    leaf = made(subject)
    constraints = constrained(constraint, excluded=excluded)

    result = breach(constraints, leaf)

    assert (result is None) is (is_within is not excluded)
    assert (result is None) is openssl_accepts(constraints, leaf, tmp_path)


def test_an_address_in_the_subject_is_ignored_beside_a_mailbox_in_the_san() -> None:
    subject = name((NameOID.EMAIL_ADDRESS, "a@b.com"))
    leaf = made(subject, x509.SubjectAlternativeName([MAIL("a@example.com")]))

    assert breach(constrained(MAIL("example.com"), excluded=False), leaf) is None


@pytest.mark.parametrize("uri", ["urn:a", "http://192.0.2.1/x", "http://[::1]/x", "http://[x"])
@pytest.mark.parametrize("excluded", [True, False], ids=["excluded", "permitted"])
def test_a_uri_without_a_host_is_refused_wherever_uris_are_constrained(
    uri: str, excluded: bool
) -> None:
    leaf = made(PLAIN, x509.SubjectAlternativeName([WEB(uri)]))

    assert breach(constrained(WEB("example.com"), excluded=excluded), leaf) is not None
    assert breach(constrained(DNS("example.com"), excluded=excluded), leaf) is None


@pytest.mark.parametrize(
    ("general_name", "word"),
    [
        (DNS("a.org"), "DNS name"),
        (MAIL("a@a.org"), "Email address"),
        (WEB("http://a.org"), "URI"),
        (address("192.0.2.1"), "IP address"),
        (DIRECTORY(BELOW_EXAMPLE), "Directory name"),
    ],
)
def test_a_breach_is_worded_as_the_service_does(general_name: Any, word: str) -> None:
    leaf = made(PLAIN, x509.SubjectAlternativeName([general_name]))
    others = [DNS("b.org"), MAIL("b.org"), WEB("b.org"), network("10.0.0.0/8")]
    everything = [DNS(""), MAIL("a.org"), WEB("a.org"), network("0.0.0.0/0"), DIRECTORY(EXAMPLE)]
    others.append(DIRECTORY(name((COMMON_NAME, "b"))))

    assert breach(constrained(*others, excluded=False), leaf) == (
        f"{word} not found in a permitted subtree."
    )
    assert breach(constrained(*everything, excluded=True), leaf) == (
        f"{word} found in an excluded subtree."
    )


def test_names_of_other_forms_are_free() -> None:
    other = x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))
    leaf = made(PLAIN, x509.SubjectAlternativeName([other]))

    assert breach(constrained(DNS("b.org"), MAIL("b.org"), excluded=False), leaf) is None


def test_more_comparisons_than_openssl_makes_are_not_made() -> None:
    above = constrained(*(DNS(f"{number}.org") for number in range(1024)), excluded=True)

    def with_names(number: int) -> x509.Certificate:
        return made(PLAIN, x509.SubjectAlternativeName([DNS("a.org")] * number))

    assert breach(above, with_names(1022)) is None
    assert breach(above, with_names(1024)) == "Too many names and name constraints."


def test_names_that_cannot_be_read_break_the_constraints() -> None:
    odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), b"\x30\x05")

    result = breach(constrained(DNS("b.org"), excluded=False), made(PLAIN, odd))

    assert result == "Subject alternative name cannot be read."


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="nothing"),
        pytest.param("3005", id="cut off"),
        pytest.param("3000", id="no subtrees"),
        pytest.param("3004a0023000", id="subtree without a name"),
        pytest.param("040100", id="no sequence"),
        pytest.param("3010a106300482026162a006300482026162", id="excluded before permitted"),
        pytest.param("300ba009300782026162800101", id="with a minimum"),
        pytest.param("300ea00c300a8708c0000200ff00ff00", id="mask with a gap"),
        pytest.param("300aa00830068704c0000200", id="address without mask"),
        pytest.param("3008a006300482028061", id="DNS name that is not ASCII"),
        pytest.param("3008a006300488022a03", id="registered id"),
        pytest.param("3010a00e300ca00a06032a0304a0030c0161", id="other name"),
        pytest.param("300da00b3009a507a1050c03507479", id="EDI party name"),
        pytest.param("300aa0083006a304a1023000", id="X.400 address"),
    ],
)
def test_constraints_that_cannot_be_read_or_enforced_are_malformed(value: str) -> None:
    odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.30"), bytes.fromhex(value))
    parsed = certificate.parse(root(odd).public_bytes(Encoding.DER))

    with pytest.raises(MalformedCertificateException):
        name_constraints.read(parsed)
