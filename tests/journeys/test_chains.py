"""Hierarchies of CAs, checked by openssl, pyhanko-certvalidator and pkilint."""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from pca_mock import mock_pca
from tests import oracles, support
from tests.issuance import armoured, custom, passing, policy, tlv
from tests.refusals import refused
from tests.support import KeyHolder

if TYPE_CHECKING:
    from pca_mock import PcaMock

_FAMILIES: Final = {
    "EC": ("EC_prime256v1", "SHA256WITHECDSA"),
    "RSA": ("RSA_2048", "SHA256WITHRSA"),
}
_DEEPEST: Final = 5  # levels of CAs that AWS allows
_MONTH: Final[Any] = {"Type": "DAYS", "Value": 30}
each_family = pytest.mark.parametrize("family", _FAMILIES)
each_depth = pytest.mark.parametrize("depth", range(1, _DEEPEST + 1))


class Chained(NamedTuple):
    """A leaf, the chain above it without the root, and the root: PEM each."""

    leaf: str
    chain: str
    root: str


def _configuration(family: str, common_name: str) -> Any:
    return support.configuration(common_name, *_FAMILIES[family])


@cache
def _paths(family: str) -> tuple[tuple[Chained, ...], str]:
    """A path below each of five CAs, one under the other, and another root of the same name."""
    with mock_pca() as pca:
        client = pca.client(region_name="us-east-1")
        stranger = support.root(client, _configuration(family, "Root")).certificate()
        root = support.root(client, _configuration(family, "Root"))
        authorities = [root]
        for path_length in reversed(range(_DEEPEST - 1)):
            below = _configuration(family, f"Level {path_length}")
            validity = {"Type": "DAYS", "Value": 100 + path_length}  # shorter with each level
            authorities.append(support.subordinate(authorities[-1], path_length, below, validity))
        result = []
        for ca in authorities:
            arn = ca.issue(KeyHolder().csr("localhost", ["localhost"]), Validity=_MONTH)
            leaf, full_chain = ca.get(arn)
            *chain, last = oracles.blocks(full_chain)
            assert last == root.certificate()
            result.append(Chained(leaf, "\n".join(chain), last))
    return tuple(result), stranger


@each_depth
@each_family
def test_a_chain_verifies_in_openssl_up_to_its_root_only(
    family: str, depth: int, tmp_path: Path
) -> None:
    paths, stranger = _paths(family)
    leaf, chain, root = paths[depth - 1]
    assert len(oracles.blocks(chain)) == depth - 1

    assert oracles.openssl_verify(tmp_path, leaf, chain, root, "-purpose", "sslserver")
    assert not oracles.openssl_verify(tmp_path, leaf, chain, stranger)


@each_depth
@each_family
def test_a_chain_verifies_in_certvalidator_up_to_its_root_only(family: str, depth: int) -> None:
    paths, stranger = _paths(family)
    leaf, chain, root = paths[depth - 1]

    assert oracles.certvalidator_verifies(leaf, chain, root)
    assert not oracles.certvalidator_verifies(leaf, chain, stranger)


@pytest.mark.parametrize("depth", range(2, _DEEPEST + 1))
@each_family
def test_a_chain_that_lacks_a_link_does_not_verify(family: str, depth: int, tmp_path: Path) -> None:
    leaf, chain, root = _paths(family)[0][depth - 1]
    links = oracles.blocks(chain)

    for position in range(len(links)):
        broken = "\n".join(links[:position] + links[position + 1 :])
        assert not oracles.openssl_verify(tmp_path, leaf, broken, root)
        assert not oracles.certvalidator_verifies(leaf, broken, root)


def test_a_chain_is_good_for_the_host_that_it_names(tmp_path: Path) -> None:
    leaf, chain, root = _paths("EC")[0][-1]

    verify = oracles.openssl_verify
    assert verify(tmp_path, leaf, chain, root, "-verify_hostname", "localhost")
    assert not verify(tmp_path, leaf, chain, root, "-verify_hostname", "www.example.com")


@pytest.mark.parametrize("above", ["EC", "RSA"])
@pytest.mark.parametrize("below", ["EC", "RSA"])
def test_key_families_mix_in_a_chain(above: str, below: str, pca: PcaMock, tmp_path: Path) -> None:
    client = pca.client(region_name="us-east-1")
    root = support.root(client, _configuration(above, "Root"))
    ca = support.subordinate(root, 0, _configuration(below, "Issuing"))

    leaf, full_chain = ca.get(ca.issue(KeyHolder().csr(), Validity=_MONTH))

    chain, last = oracles.blocks(full_chain)
    assert oracles.openssl_verify(tmp_path, leaf, chain, last)
    assert oracles.certvalidator_verifies(leaf, chain, last)
    assert not oracles.openssl_verify(tmp_path, leaf, "", last)


@each_family
def test_a_path_length_that_is_used_up_is_refused_at_issue(family: str, pca: PcaMock) -> None:
    client = pca.client(region_name="us-east-1")
    root = support.root(client, _configuration(family, "Root"))
    last = support.subordinate(root, 0, _configuration(family, "Issuing"))

    with refused("ValidationException", pca):
        last.issue(KeyHolder().csr(), "SubordinateCACertificate_PathLen0", Validity=_MONTH)


def test_name_constraints_hold_below_the_ca_that_has_them(pca: PcaMock, tmp_path: Path) -> None:
    root = support.root(pca.client(region_name="us-east-1"))
    ca = support.pending(root.client, "SUBORDINATE", support.configuration("Constrained"))
    permitted = tlv(0x30, tlv(0xA0, tlv(0x30, tlv(0x82, b"example.com"))))
    only_example = custom("2.5.29.30", permitted, critical=True)
    arn = root.issue(
        ca.csr(),
        "SubordinateCACertificate_PathLen0_APIPassthrough",
        ApiPassthrough=passing(CustomExtensions=[only_example]),
    )
    ca.install(*root.get(arn))

    inside, outside = (
        ca.issue(KeyHolder().csr(host, [host]), Validity=_MONTH)
        for host in ("www.example.com", "www.example.org")
    )

    leaf, _ = ca.get(inside)
    assert oracles.openssl_verify(tmp_path, leaf, ca.certificate(), root.certificate())
    with refused("RequestFailedException", match=f"Certificate {outside} is in a failed state."):
        ca.get(outside)


# Requests


def _verifies(csr: bytes) -> bool:
    result = oracles.openssl("req", "-verify", "-noout", input=csr)
    return b"verify OK" in result.stderr


@pytest.mark.parametrize(
    ("key", "signing"),
    [
        *_FAMILIES.values(),
        ("RSA_2048", "SHA512WITHRSA"),
        ("EC_secp384r1", "SHA384WITHECDSA"),
    ],
)
def test_the_request_of_a_ca_verifies_in_openssl(key: str, signing: str, pca: PcaMock) -> None:
    client = pca.client(region_name="us-east-1")
    csr = support.pending(client, "ROOT", support.configuration("Root", key, signing)).csr()
    changed = armoured(oracles.der(csr.decode()).replace(b"Root", b"Toor"))

    assert _verifies(csr)
    assert not _verifies(changed)


# Linting

# pkilint's findings in certificates that AWS issues in the same form.
# The User Guide's tables give keyEncipherment to every TLS certificate, whatever its key.
_EC_ENCIPHERS: Final = "pkix.key_usage_value_prohibited_for_ec"
# Blank templates leave the key usage to the caller, who has given none here.
_NO_KEY_USAGE: Final = "pkix.ca_certificate_no_ku_extension"
# AWS doesn't cut the trailing zeros off a structured key usage, as DER would: see its Matter PAI.
_NINE_BITS: Final = "itu.invalid_asn1_syntax"
_API: Final = passing(
    SubjectAlternativeNames=[
        {"DnsName": "www.example.com"},
        {"IpAddress": "192.0.2.1"},
        {"IpAddress": "2001:db8::1"},
        {"Rfc822Name": "a@example.com"},
        {"UniformResourceIdentifier": "https://example.com/x"},
        {"DirectoryName": {"Country": "US", "CommonName": "x"}},
        {"RegisteredId": "1.3.6.1.4.1.99999.1"},
        {"OtherName": {"TypeId": "1.3.6.1.4.1.311.20.2.3", "Value": "alice@example.com"}},
    ],
    CertificatePolicies=[policy("1.3.6.1.4.1.99999.2", "https://example.com/cps")],
)
_REVOCATION: Final[Any] = {
    "CrlConfiguration": {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "crls"},
    "OcspConfiguration": {"Enabled": True},
}


@cache
def _caller(family: str) -> KeyHolder:
    if family == "EC":
        return KeyHolder()
    return KeyHolder(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.mark.parametrize("documented", oracles.documented_templates(), ids=itemgetter("name"))
def test_pkilint_finds_no_error_in_a_certificate_of_any_template(
    documented: dict[str, Any], pca: PcaMock
) -> None:
    root = support.root(pca.client(region_name="us-east-1"), RevocationConfiguration=_REVOCATION)
    template = documented["name"].removesuffix("/V1")
    for family in _FAMILIES:
        csr = _caller(family).csr("www.example.com", ["www.example.com"])
        certificate = root.issued(
            root.csr() if documented["root"] else csr, template, ApiPassthrough=_API
        )

        assert oracles.pkilint_errors(certificate) == _tolerated(documented, family)


def _tolerated(documented: dict[str, Any], family: str) -> set[str]:
    key_usage = documented["key_usage"]
    if key_usage is None:
        return {_NO_KEY_USAGE} if documented["ca"] else set()
    return {_EC_ENCIPHERS} if family == "EC" and "keyEncipherment" in key_usage["values"] else set()


@each_family
def test_pkilint_finds_only_the_nine_bits_of_a_structured_key_usage(
    family: str, pca: PcaMock
) -> None:
    root = support.root(pca.client(region_name="us-east-1"))
    structured = passing(KeyUsage={"KeyCertSign": True, "CRLSign": True})
    minimal = passing(CustomExtensions=[custom("2.5.29.15", "03020106", critical=True)])

    for api, tolerated in ((structured, {_NINE_BITS}), (minimal, set())):
        certificate = root.issued(
            _caller(family).csr(),
            "BlankSubordinateCACertificate_PathLen0_APIPassthrough",
            ApiPassthrough=api,
        )

        assert oracles.pkilint_errors(certificate) == tolerated


@each_family
def test_pkilint_finds_no_error_in_the_certificates_of_cas(family: str) -> None:
    _, chain, root = _paths(family)[0][-1]

    for certificate in (*oracles.blocks(chain), root):
        assert oracles.pkilint_errors(certificate) == set()


def test_pkilint_finds_the_error_that_a_caller_has_passed_through(pca: PcaMock) -> None:
    root = support.root(pca.client(region_name="us-east-1"))

    certificate = root.issued(
        KeyHolder().csr(),
        "CodeSigningCertificate_APIPassthrough",
        ApiPassthrough=passing(CustomExtensions=[custom("2.5.29.30", "0500")]),
    )

    assert oracles.pkilint_errors(certificate)
