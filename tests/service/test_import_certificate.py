from __future__ import annotations

import hashlib
from base64 import encodebytes
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from asn1crypto import core
from asn1crypto import x509 as asn1_x509
from botocore.config import Config
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    ExtendedKeyUsageOID,
    NameOID,
    SubjectInformationAccessOID,
)

from pca_mock import PcaMock
from pca_mock.pki import der
from pca_mock.state.authority import Status
from tests import inside, oracles, support
from tests.refusals import refused
from tests.support import ONE_YEAR, TEN_YEARS, Ca, KeyHolder, configuration, pending

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

DAY = timedelta(days=1)
ECDSA = ec.ECDSA(hashes.SHA256())
KEY = ec.generate_private_key(ec.SECP256R1())
CA_TRUE: Any = (x509.BasicConstraints(ca=True, path_length=None), True)


def name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def ca_true(path_length: int | None = None) -> Any:
    return (x509.BasicConstraints(ca=True, path_length=path_length), True)


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


@dataclass
class Signer:
    """A CA outside AWS."""

    subject: x509.Name
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    chain: tuple[x509.Certificate, ...] = ()  # its own certificate, then upwards

    def sign(
        self,
        subject: x509.Name,
        public_key: Any,
        *extensions: Any,
        issuer: x509.Name | None = None,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        **options: Any,
    ) -> x509.Certificate:
        """A certificate with exactly these extensions; `CA:TRUE` if there are none."""
        now = datetime.now(timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer or self.subject)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(not_before or now - DAY)
            .not_valid_after(not_after or now + 100 * DAY)
        )
        for extension, critical in extensions or (CA_TRUE,):
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.key, hashes.SHA256(), **options)

    def below(self, common_name: str, *extensions: Any, key: Any = None, **options: Any) -> Signer:
        """An intermediate CA below this one."""
        subject = name(common_name)
        key = key or ec.generate_private_key(ec.SECP256R1())
        certificate = self.sign(subject, key.public_key(), *extensions, **options)
        return Signer(subject, key, (certificate, *self.chain))

    @property
    def chain_pem(self) -> str:
        """The chain of a certificate that it signs."""
        return "".join(map(pem, self.chain))


def outside_root(*extensions: Any, key: Any = None, common_name: str = "Outside Root") -> Signer:
    signer = Signer(name(common_name), key or ec.generate_private_key(ec.SECP256R1()))
    signer.chain = (signer.sign(signer.subject, signer.key.public_key(), *extensions),)
    return signer


def public_key(ca: Ca) -> Any:
    return x509.load_pem_x509_csr(ca.csr()).public_key()


def signed(
    ca: Ca, signer: Signer, *extensions: Any, common_name: str = "Test CA", **options: Any
) -> str:
    """A certificate for the CA's key, signed outside."""
    return pem(signer.sign(name(common_name), public_key(ca), *extensions, **options))


def own_signer(pca: PcaMock, ca: Ca) -> Signer:
    """Signs, with the CA's own key, certificates that the service would never sign."""
    return Signer(name("Test CA"), inside.authority(pca, ca.arn).key)


def self_signed(pca: PcaMock, ca: Ca, *extensions: Any, **options: Any) -> str:
    return signed(ca, own_signer(pca, ca), *extensions, **options)


@pytest.fixture
def sub(pca_client: ACMPCAClient) -> Ca:
    """A subordinate CA that waits for its certificate."""
    return pending(pca_client, "SUBORDINATE")


@pytest.fixture
def top(pca_client: ACMPCAClient) -> Ca:
    """A root CA that waits for its certificate."""
    return pending(pca_client, "ROOT")


# Accepted certificates


def test_a_root_of_the_service_becomes_active(pca: PcaMock, top: Ca, tmp_path: Path) -> None:
    certificate = top.issued(top.csr(), "RootCACertificate", Validity=TEN_YEARS)

    top.install(certificate)

    assert top.status == "ACTIVE"
    assert top.certificate() == certificate
    assert oracles.openssl_verify(tmp_path, certificate, "", certificate)


def test_a_subordinate_of_the_service_becomes_active(pca_client: ACMPCAClient, sub: Ca) -> None:
    parent = support.root(pca_client)

    sub.install(*parent.get(parent.issue(sub.csr(), "SubordinateCACertificate_PathLen0")))

    assert sub.status == "ACTIVE"


@pytest.mark.parametrize("intermediates", [0, 1, 3])
def test_a_subordinate_of_an_outside_ca_becomes_active(
    pca_client: ACMPCAClient, sub: Ca, intermediates: int, tmp_path: Path
) -> None:
    signer = outside_root()
    for number in range(intermediates):
        signer = signer.below(f"Intermediate {number}")
    certificate = signed(sub, signer)

    sub.install(certificate, signer.chain_pem)

    answer = pca_client.get_certificate_authority_certificate(CertificateAuthorityArn=sub.arn)
    assert sub.status == "ACTIVE"
    assert answer["Certificate"] == certificate.rstrip("\n")
    assert answer["CertificateChain"] == signer.chain_pem.rstrip("\n")
    leaf, chain = sub.get(sub.issue(KeyHolder().csr(), Validity={"Type": "DAYS", "Value": 10}))
    assert chain == f"{answer['Certificate']}\n{answer['CertificateChain']}"
    *_, root_pem = oracles.blocks(chain)
    assert not oracles.openssl_verify(tmp_path, leaf, "", root_pem)
    assert [oracles.subject_hex(p) for p in oracles.blocks(chain)] == [
        oracles.issuer_hex(p) for p in [leaf, *oracles.blocks(chain)[:-1]]
    ]


@pytest.mark.parametrize(
    ("key", "options"),
    [
        pytest.param(rsa.generate_private_key(65537, 2048), {}, id="RSA"),
        pytest.param(
            rsa.generate_private_key(65537, 2048),
            {"rsa_padding": padding.PSS(padding.MGF1(hashes.SHA256()), 32)},
            id="RSASSA-PSS",
        ),
        pytest.param(ec.generate_private_key(ec.SECP521R1()), {}, id="P-521"),
    ],
)
def test_an_outside_ca_may_have_another_kind_of_key(sub: Ca, key: Any, options: Any) -> None:
    signer = Signer(name("Outside Root"), key)
    signer.chain = (signer.sign(signer.subject, key.public_key(), **options),)

    sub.install(signed(sub, signer, **options), signer.chain_pem)

    assert sub.status == "ACTIVE"


def test_the_answer_is_empty(pca_client: ACMPCAClient, top: Ca) -> None:
    certificate = top.issued(top.csr(), "RootCACertificate")

    answer = pca_client.import_certificate_authority_certificate(
        CertificateAuthorityArn=top.arn, Certificate=certificate
    )

    assert answer.keys() == {"ResponseMetadata"}
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_root_has_no_chain_but_may_come_with_an_empty_one(
    pca_client: ACMPCAClient, top: Ca
) -> None:
    pca_client.import_certificate_authority_certificate(
        CertificateAuthorityArn=top.arn,
        Certificate=top.issued(top.csr(), "RootCACertificate"),
        CertificateChain=b"",
    )

    answer = pca_client.get_certificate_authority_certificate(CertificateAuthorityArn=top.arn)
    assert "CertificateChain" not in answer


@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(lambda text: text, id="as it is"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(lambda text: text.rstrip("\n"), id="no newline at the end"),
        pytest.param(lambda text: f"subject=/CN=x\n{text}\nBag Attributes\n", id="text around"),
        pytest.param(lambda text: oracles.openssl_text(text) + text, id="openssl x509 -text"),
        pytest.param(lambda text: "\ufeff" + text, id="byte order mark"),
        pytest.param(lambda text: text + " \t\n" * 3, id="space after"),
        pytest.param(lambda text: text + "x" * (32768 - len(text)), id="as long as allowed"),
    ],
)
def test_the_form_of_the_pem_does_not_matter_and_is_not_kept(
    pca_client: ACMPCAClient, sub: Ca, wrap: Any
) -> None:
    signer = outside_root().below("Intermediate")
    certificate = signed(sub, signer)

    sub.install(wrap(certificate), wrap(signer.chain_pem))

    answer = pca_client.get_certificate_authority_certificate(CertificateAuthorityArn=sub.arn)
    assert answer["Certificate"] == certificate.rstrip("\n")
    assert answer["CertificateChain"] == signer.chain_pem.rstrip("\n")


# The CA's own subject, and one with the same attributes in another order and string types.
SUBJECT: Any = {"Organization": "Example", "CommonName": "Test CA"}
ORGANIZATION: Any = (NameOID.ORGANIZATION_NAME, "Example", _ASN1Type.PrintableString)
COMMON_NAME: Any = (NameOID.COMMON_NAME, "Test CA", _ASN1Type.BMPString)


def test_the_subject_may_have_another_order_and_string_types_and_becomes_the_issuer(
    pca_client: ACMPCAClient,
) -> None:
    sub = pending(pca_client, "SUBORDINATE", configuration(Subject=SUBJECT))
    signer = outside_root()
    subject = x509.Name([x509.NameAttribute(*each) for each in (COMMON_NAME, ORGANIZATION)])
    certificate = pem(signer.sign(subject, public_key(sub)))

    sub.install(certificate, signer.chain_pem)

    leaf = sub.issued(KeyHolder().csr(), Validity={"Type": "DAYS", "Value": 10})
    assert oracles.issuer_hex(leaf) == oracles.subject_hex(certificate)


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param([COMMON_NAME], id="one missing"),
        pytest.param([COMMON_NAME, ORGANIZATION, (NameOID.COUNTRY_NAME, "DE")], id="one more"),
        pytest.param([COMMON_NAME, ORGANIZATION, ORGANIZATION], id="one twice"),
        pytest.param([COMMON_NAME, (NameOID.ORGANIZATION_NAME, "example")], id="another case"),
        pytest.param([COMMON_NAME, (NameOID.ORGANIZATIONAL_UNIT_NAME, "Example")], id="OU"),
        pytest.param([], id="empty"),
    ],
)
def test_a_subject_with_other_attributes_than_the_csrs_is_a_mismatch(
    pca: PcaMock, pca_client: ACMPCAClient, attributes: Any
) -> None:
    sub = pending(pca_client, "SUBORDINATE", configuration(Subject=SUBJECT))
    signer = outside_root()
    subject = x509.Name([x509.NameAttribute(*each) for each in attributes])

    with refused("CertificateMismatchException", pca):
        sub.install(pem(signer.sign(subject, public_key(sub))), signer.chain_pem)


@pytest.mark.parametrize("identifier", [None, b"\x01\x02\x03"], ids=["without", "with SKI"])
def test_issued_certificates_have_the_key_identifier_of_the_ca_certificate(
    sub: Ca, identifier: bytes | None
) -> None:
    signer = outside_root()
    more = [(x509.SubjectKeyIdentifier(identifier), False)] if identifier else []
    certificate = signed(sub, signer, CA_TRUE, *more)

    sub.install(certificate, signer.chain_pem)

    bits = oracles.certificate(certificate).public_key["public_key"].contents[1:]
    expected = identifier or hashlib.sha1(bits).digest()
    leaf = oracles.certificate(
        sub.issued(KeyHolder().csr(), Validity={"Type": "DAYS", "Value": 10})
    )
    assert leaf.authority_key_identifier == expected


# Effects


def test_describe_has_serial_and_validity_of_the_certificate(sub: Ca) -> None:
    signer = outside_root()
    certificate = signed(sub, signer)
    before = sub.describe()

    with time_machine.travel(datetime.now(timezone.utc) + DAY, tick=False):
        sub.install(certificate, signer.chain_pem)
        now = datetime.now(timezone.utc)
    after = sub.describe()

    result = x509.load_pem_x509_certificate(certificate.encode())
    assert after == {
        **before,
        "Status": "ACTIVE",
        "Serial": str(result.serial_number),
        "NotBefore": result.not_valid_before_utc,
        "NotAfter": result.not_valid_after_utc,
        "LastStateChangeAt": now.replace(microsecond=now.microsecond // 1000 * 1000),
    }


def test_a_renewal_replaces_only_the_certificate(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    ca = support.root(pca_client, Tags=[{"Key": "a"}])
    leaf_arn = ca.issue(KeyHolder().csr())
    leaf = ca.get(leaf_arn)
    old, csr = ca.describe(), ca.csr()

    with time_machine.travel(datetime.now(timezone.utc) + DAY, tick=False):
        renewed = ca.issued(csr, "RootCACertificate", Validity=ONE_YEAR)
        ca.install(renewed)
    new = ca.describe()

    assert ca.certificate() == renewed
    changed = {"Serial", "NotBefore", "NotAfter", "LastStateChangeAt"}
    assert {member for member in new if new[member] != old[member]} == changed
    assert new["Status"] == "ACTIVE"
    assert ca.csr() == csr
    assert ca.get(leaf_arn) == leaf
    assert pca_client.list_tags(CertificateAuthorityArn=ca.arn)["Tags"][0]["Key"] == "a"


def test_a_subordinate_may_move_to_another_parent(sub: Ca) -> None:
    for signer in (outside_root(), outside_root(common_name="Other Root").below("Intermediate")):
        sub.install(certificate := signed(sub, signer), signer.chain_pem)

        assert sub.certificate() == certificate.rstrip("\n")


@pytest.mark.parametrize(
    ("status", "then"), [(Status.ACTIVE, "ACTIVE"), (Status.DISABLED, "DISABLED")]
)
def test_an_expired_ca_gets_back_the_status_that_it_had(
    pca: PcaMock, sub: Ca, status: Status, then: str
) -> None:
    signer = outside_root()
    sub.install(signed(sub, signer), signer.chain_pem)
    inside.authority(pca, sub.arn).administrative_status = status

    with time_machine.travel(datetime.now(timezone.utc) + 101 * DAY, tick=False):
        assert sub.status == "EXPIRED"
        sub.install(signed(sub, signer), signer.chain_pem)

        assert sub.status == then


def test_an_expired_root_signs_and_installs_itself_again(pca_client: ACMPCAClient) -> None:
    ca = support.root(pca_client, validity=ONE_YEAR)

    with time_machine.travel(datetime.now(timezone.utc) + 400 * DAY, tick=False):
        assert ca.status == "EXPIRED"
        ca.install(ca.issued(ca.csr(), "RootCACertificate", Validity=ONE_YEAR))

        assert ca.status == "ACTIVE"
        assert ca.issue(KeyHolder().csr(), Validity={"Type": "DAYS", "Value": 1})


# 1. and 2. Sizes and status


@pytest.mark.parametrize(
    ("certificate", "chain"),
    [(b"", b"x"), (b"x" * 32769, b""), (b"x", b"x" * 2097153)],
    ids=["empty", "certificate too long", "chain too long"],
)
def test_a_size_against_the_model_is_a_validation_exception_in_any_status(
    pca: PcaMock, sub: Ca, certificate: bytes, chain: bytes
) -> None:
    client = pca.client(config=Config(parameter_validation=False))
    inside.authority(pca, sub.arn).administrative_status = Status.DISABLED

    with refused("ValidationException", pca):
        client.import_certificate_authority_certificate(
            CertificateAuthorityArn=sub.arn, Certificate=certificate, CertificateChain=chain
        )


@pytest.mark.parametrize(
    "status", [Status.CREATING, Status.DISABLED, Status.FAILED, Status.DELETED]
)
@pytest.mark.parametrize("is_good", [True, False], ids=["good", "garbage"])
def test_a_status_that_forbids_comes_before_the_certificate(
    pca: PcaMock, sub: Ca, status: Status, is_good: bool
) -> None:
    signer = outside_root()
    certificate = signed(sub, signer) if is_good else "garbage"
    inside.authority(pca, sub.arn).administrative_status = status

    with refused("InvalidStateException", pca):
        sub.install(certificate, signer.chain_pem)


# 3. The certificate


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda text: "garbage", id="garbage"),
        pytest.param(lambda text: text * 2, id="twice the same"),
        pytest.param(lambda text: text + outside_root().chain_pem, id="two certificates"),
        pytest.param(lambda text: oracles.der(text), id="DER"),
        pytest.param(lambda text: "".join(text.splitlines()[1:-1]), id="no armour"),
        pytest.param(lambda text: text.replace("\nM", "\n*", 1), id="no Base64"),
        pytest.param(lambda text: text.replace("\nM", "\nN", 1), id="no DER"),
        pytest.param(lambda text: text[:200] + text[220:], id="piece missing"),
        pytest.param(lambda text: text.replace("-----END", ""), id="no end"),
        pytest.param(lambda text: text.replace("CERTIFICATE", "X509 CRL"), id="other label"),
        pytest.param(lambda text: KeyHolder().csr(), id="CSR"),
        pytest.param(
            lambda text: KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            id="private key",
        ),
        pytest.param(lambda text: armour(oracles.der(text) + b"\0"), id="bytes after it"),
        pytest.param(lambda text: armour(b"\x30\x00"), id="empty sequence"),
        pytest.param(lambda text: armour(b""), id="nothing in the armour"),
    ],
)
def test_anything_except_exactly_one_certificate_is_malformed(
    pca: PcaMock, sub: Ca, spoil: Any
) -> None:
    signer = outside_root()

    with refused("MalformedCertificateException", pca):
        sub.install(spoil(signed(sub, signer)), signer.chain_pem)


def armour(encoded: bytes) -> str:
    body = encodebytes(encoded).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("oid", "value"),
    [
        ("2.5.29.19", b"\x30\x05"),
        ("2.5.29.19", b"\x04\x00"),
        ("2.5.29.14", b"\x04\x05x"),
        ("2.5.29.14", b"\x30\x00"),
    ],
)
def test_an_extension_that_is_needed_and_cannot_be_read_is_malformed(
    pca: PcaMock, sub: Ca, oid: str, value: bytes
) -> None:
    signer = outside_root()
    unreadable = (x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value), False)
    extensions = [unreadable] if oid == "2.5.29.19" else [CA_TRUE, unreadable]

    with refused("MalformedCertificateException", pca):
        sub.install(signed(sub, signer, *extensions), signer.chain_pem)


@pytest.mark.parametrize(
    ("oid", "value"),
    [
        ("2.5.29.15", "ff"),
        ("2.5.29.17", "3009a507a1050c03507479"),  # a name of an EDI party
        ("2.5.29.32", "ff"),
        ("1.3.6.1.5.5.7.1.24", ""),
    ],
)
def test_an_extension_that_is_not_needed_may_be_unreadable(sub: Ca, oid: str, value: str) -> None:
    signer = outside_root()
    odd = x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), bytes.fromhex(value))

    sub.install(signed(sub, signer, CA_TRUE, (odd, False)), signer.chain_pem)

    assert sub.status == "ACTIVE"


def test_a_certificate_with_an_edi_party_name_can_be_imported(
    pca_client: ACMPCAClient, sub: Ca
) -> None:
    parent = support.root(pca_client)
    names: Any = [{"EdiPartyName": {"PartyName": "Party"}}]
    arn = parent.issue(
        sub.csr(),
        "SubordinateCACertificate_PathLen0_APIPassthrough",
        ApiPassthrough={"Extensions": {"SubjectAlternativeNames": names}},
    )

    sub.install(*parent.get(arn))

    assert sub.status == "ACTIVE"


def test_a_repeated_extension_is_malformed(pca: PcaMock, sub: Ca) -> None:
    signer = outside_root()
    twins = [(other(f"1.2.3.{number}"), False) for number in (4, 5)]
    encoded = oracles.der(signed(sub, signer, CA_TRUE, *twins))

    with refused("MalformedCertificateException", pca):
        sub.install(armour(encoded.replace(b"\x2a\x03\x05", b"\x2a\x03\x04")), signer.chain_pem)


FRACTION = asn1_x509.Time(
    "general_time", core.GeneralizedTime(datetime(2060, 1, 1, 0, 0, 0, 500_000, timezone.utc))
)


def signed_again(signer: Signer, certificate_pem: str, **members: Any) -> str:
    """The certificate with other members of its TBSCertificate; None takes a member out."""
    certificate = asn1_x509.Certificate.load(oracles.der(certificate_pem))
    tbs = certificate["tbs_certificate"]
    for member, value in members.items():
        tbs[member] = value
    data = tbs.dump(force=True)
    if isinstance(signer.key, ec.EllipticCurvePrivateKey):
        signature = signer.key.sign(data, ECDSA)
    else:
        certificate["signature_algorithm"] = members["signature"]
        signature = signer.key.sign(data, padding.PKCS1v15(), hashes.SHA1())
    certificate["signature_value"] = signature
    return armour(certificate.dump(force=True))


def test_a_certificate_of_version_1_has_no_basic_constraints(pca: PcaMock, sub: Ca) -> None:
    signer = outside_root()
    old_root = signed_again(signer, signer.chain_pem, version="v1", extensions=None)

    with refused("ValidationException", pca):
        sub.install(signed(sub, signer), old_root)


def test_unique_identifiers_do_not_hide_the_extensions(sub: Ca) -> None:
    signer = outside_root()
    bits = core.OctetBitString(b"x")
    certificate = signed_again(
        signer, signed(sub, signer), issuer_unique_id=bits, subject_unique_id=bits
    )

    sub.install(certificate, signer.chain_pem)

    assert sub.status == "ACTIVE"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"version": "v1"}, id="version 1 with extensions"),
        pytest.param({"version": "v2"}, id="version 2 with extensions"),
        pytest.param({"signature": {"algorithm": "sha384_ecdsa"}}, id="two algorithms"),
        pytest.param(
            {"validity": {"not_before": FRACTION, "not_after": FRACTION}}, id="time with a fraction"
        ),
    ],
)
def test_a_certificate_that_breaks_its_own_form_is_malformed(
    pca: PcaMock, sub: Ca, changes: Any
) -> None:
    signer = outside_root()

    with refused("MalformedCertificateException", pca):
        sub.install(signed_again(signer, signed(sub, signer), **changes), signer.chain_pem)
    with refused("MalformedCertificateException", pca):
        sub.install(signed(sub, signer), signed_again(signer, signer.chain_pem, **changes))


def test_an_odd_but_harmless_certificate_is_accepted_without_a_warning(sub: Ca) -> None:
    signer = outside_root()
    certificate = signed_again(signer, signed(sub, signer), serial_number=-5)

    sub.install(certificate, signer.chain_pem)

    assert sub.describe()["Serial"] == "-5"


# Keys and signatures that the service may know, or knows and refuses


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        pytest.param("2a8648ce3d0201", "2a8648ce3d0279", id="key"),
        pytest.param("2a8648ce3d040302", "2a8648ce3d040309", id="signature"),
    ],
)
def test_an_unknown_algorithm_is_reported_as_such(
    pca: PcaMock, sub: Ca, known: str, unknown: str
) -> None:
    signer = outside_root()
    encoded = oracles.der(signer.chain_pem).replace(bytes.fromhex(known), bytes.fromhex(unknown))

    with refused("NotSupportedByPcaMock", pca, status=501):
        sub.install(signed(sub, signer), armour(encoded))


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(ec.generate_private_key(ec.SECP256K1()), id="secp256k1"),
        pytest.param(ec.generate_private_key(ec.BrainpoolP256R1()), id="brainpool"),
        pytest.param(ec.generate_private_key(ec.SECP224R1()), id="P-224"),
    ],
)
def test_keys_that_are_refused_in_a_csr_are_refused_in_the_chain(
    pca: PcaMock, sub: Ca, key: Any
) -> None:
    signer = outside_root(key=key)

    with refused("MalformedCertificateException", pca):
        sub.install(signed(sub, signer), signer.chain_pem)


def test_old_hashes_do_not_matter(sub: Ca) -> None:
    signer = outside_root(key=rsa.generate_private_key(65537, 2048))
    sha1_with_rsa = {"algorithm": "sha1_rsa"}

    sub.install(
        signed_again(signer, signed(sub, signer), signature=sha1_with_rsa), signer.chain_pem
    )

    assert sub.status == "ACTIVE"


# 4. The key


@pytest.mark.parametrize("kind", ["ROOT", "SUBORDINATE"])
def test_a_certificate_for_another_key_is_a_mismatch(
    pca: PcaMock, pca_client: ACMPCAClient, kind: str
) -> None:
    ca, other = pending(pca_client, kind), pending(pca_client, kind)
    signer = outside_root()

    with refused("CertificateMismatchException", pca):
        ca.install(signed(other, signer), signer.chain_pem)


# 5. and 6. Roots


def test_a_root_must_be_signed_by_itself(pca: PcaMock, top: Ca) -> None:
    signer = outside_root()

    with refused("InvalidRequestException", pca):
        top.install(signed(top, signer))


def test_a_root_that_only_has_the_name_of_its_issuer_is_refused(pca: PcaMock, top: Ca) -> None:
    stranger = outside_root(common_name="Test CA")

    with refused("InvalidRequestException", pca):
        top.install(signed(top, stranger))


def test_a_root_that_is_signed_by_its_key_under_another_name_is_refused(
    pca: PcaMock, top: Ca
) -> None:
    with refused("InvalidRequestException", pca):
        top.install(self_signed(pca, top, issuer=name("Other")))


def test_a_root_with_a_chain_is_refused(pca: PcaMock, top: Ca) -> None:
    certificate = top.issued(top.csr(), "RootCACertificate")

    for chain in (certificate, outside_root().chain_pem, "garbage"):
        with refused("InvalidRequestException", pca):
            top.install(certificate, chain)


# 7. and 8. Subordinates


def test_a_subordinate_must_not_be_signed_by_itself(pca: PcaMock, sub: Ca) -> None:
    certificate = self_signed(pca, sub)

    for chain in ("", certificate, outside_root().chain_pem, "garbage"):
        with refused("InvalidRequestException", pca):
            sub.install(certificate, chain)


def test_a_subordinate_must_have_a_chain(pca: PcaMock, pca_client: ACMPCAClient, sub: Ca) -> None:
    certificate = signed(sub, outside_root())

    with refused("InvalidRequestException", pca):
        sub.install(certificate)
    with refused("InvalidRequestException", pca):
        pca_client.import_certificate_authority_certificate(
            CertificateAuthorityArn=sub.arn, Certificate=certificate, CertificateChain=b""
        )


# 9. to 11. The chain


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda text: "garbage", id="garbage"),
        pytest.param(lambda text: " \n", id="space"),
        pytest.param(lambda text: text.replace("\nM", "\n*", 1), id="first is no Base64"),
        pytest.param(lambda text: text + armour(b"\x30\x00"), id="another one that is none"),
        pytest.param(lambda text: text + text[:100], id="a block without an end"),
        pytest.param(
            lambda text: text.replace("CERTIFICATE", "TRUSTED CERTIFICATE"), id="another label"
        ),
        pytest.param(lambda text: text + KeyHolder().csr().decode(), id="CSR behind"),
        pytest.param(lambda text: KeyHolder().csr(), id="CSR"),
    ],
)
def test_a_chain_that_cannot_be_read_is_malformed(pca: PcaMock, sub: Ca, spoil: Any) -> None:
    signer = outside_root().below("Intermediate")

    with refused("MalformedCertificateException", pca):
        sub.install(signed(sub, signer), spoil(signer.chain_pem))


def test_a_chain_that_holds_the_certificate_itself_is_a_mismatch(pca: PcaMock, sub: Ca) -> None:
    signer = outside_root()
    certificate = signed(sub, signer)

    for chain in (certificate + signer.chain_pem, signer.chain_pem + certificate, certificate):
        with refused("CertificateMismatchException", pca):
            sub.install(certificate, chain)


@pytest.mark.parametrize(
    "order",
    [
        pytest.param((2, 1, 0), id="root first"),
        pytest.param((1, 0, 2), id="intermediates swapped"),
        pytest.param((0, 1), id="no root"),
        pytest.param((0, 2), id="gap"),
        pytest.param((1, 2), id="no issuer"),
        pytest.param((2,), id="root alone"),
        pytest.param((0, 0, 1, 2), id="issuer twice"),
        pytest.param((0, 1, 2, 1), id="more after the root"),
        pytest.param((0, 1, 2, 2), id="root twice"),
    ],
)
def test_a_chain_in_bad_order_is_a_mismatch(pca: PcaMock, sub: Ca, order: Sequence[int]) -> None:
    signer = outside_root().below("Upper").below("Lower")
    certificate = signed(sub, signer)

    with refused("CertificateMismatchException", pca):
        sub.install(certificate, "".join(pem(signer.chain[place]) for place in order))

    sub.install(certificate, signer.chain_pem)
    assert sub.status == "ACTIVE"


def test_an_issuer_of_the_same_name_with_another_key_is_a_mismatch(pca: PcaMock, sub: Ca) -> None:
    certificate = signed(sub, outside_root())

    with refused("CertificateMismatchException", pca):
        sub.install(certificate, outside_root().chain_pem)


def test_an_issuer_with_the_key_under_another_name_is_a_mismatch(pca: PcaMock, sub: Ca) -> None:
    signer = outside_root()

    with refused("CertificateMismatchException", pca):
        sub.install(signed(sub, signer, issuer=name("Other")), signer.chain_pem)


def test_a_wrong_signature_high_in_the_chain_is_a_mismatch(pca: PcaMock, sub: Ca) -> None:
    good, false = outside_root(), outside_root()
    signer = good.below("Intermediate")

    with refused("CertificateMismatchException", pca):
        sub.install(signed(sub, signer), pem(signer.chain[0]) + false.chain_pem)


def test_a_subject_that_cannot_be_read_is_malformed(pca: PcaMock, sub: Ca) -> None:
    signer = outside_root()
    tbs, algorithm, _ = der.parse(oracles.der(signed(sub, signer))).children()
    unreadable = tbs.encoded.replace(b"Test CA", b"Test \xff\xff")
    signature = der.bit_string(signer.key.sign(unreadable, ECDSA))
    certificate = armour(der.sequence(unreadable, algorithm.encoded, signature))

    with refused("MalformedCertificateException", pca):
        sub.install(certificate, signer.chain_pem)


def test_a_field_that_certificates_do_not_have_is_malformed(pca: PcaMock, sub: Ca) -> None:
    signer = outside_root()
    tbs, algorithm, _ = der.parse(oracles.der(signed(sub, signer))).children()
    strange = der.sequence(*(each.encoded for each in tbs.children()), der.tlv(0xA5, b"\5\0"))
    signature = der.bit_string(signer.key.sign(strange, ECDSA))
    certificate = armour(der.sequence(strange, algorithm.encoded, signature))

    with refused("MalformedCertificateException", pca):
        sub.install(certificate, signer.chain_pem)


def test_a_changed_certificate_is_a_mismatch(pca: PcaMock, sub: Ca) -> None:
    signer = outside_root()
    encoded = oracles.der(signed(sub, signer, common_name="Test CA"))

    with refused("CertificateMismatchException", pca):
        sub.install(armour(encoded.replace(b"Test CA", b"Fake CA")), signer.chain_pem)


# 12. Basic constraints


@pytest.mark.parametrize(
    "extension",
    [
        pytest.param((x509.SubjectKeyIdentifier(b"x"), False), id="missing"),
        pytest.param((x509.BasicConstraints(ca=True, path_length=None), False), id="not critical"),
        pytest.param((x509.BasicConstraints(ca=False, path_length=None), True), id="CA:FALSE"),
    ],
)
@pytest.mark.parametrize("place", ["imported", "issuer", "root"])
def test_basic_constraints_are_critical_ca_true_everywhere(
    pca: PcaMock, sub: Ca, extension: Any, place: str
) -> None:
    root = outside_root(extension if place == "root" else CA_TRUE)
    signer = root.below("Intermediate", extension if place == "issuer" else CA_TRUE)
    certificate = signed(sub, signer, extension if place == "imported" else CA_TRUE)

    with refused("ValidationException", pca):
        sub.install(certificate, signer.chain_pem)


def test_basic_constraints_of_a_root_are_checked_too(pca: PcaMock, top: Ca) -> None:
    with refused("ValidationException", pca):
        top.install(self_signed(pca, top, (x509.BasicConstraints(True, None), False)))

    top.install(self_signed(pca, top))
    assert top.status == "ACTIVE"


# 13. Path lengths


def path(*lengths: int | None) -> Signer:
    """Issuers from the root downwards, with these path lengths."""
    signer = outside_root(ca_true(lengths[0]))
    for number, length in enumerate(lengths[1:]):
        signer = signer.below(f"Intermediate {number}", ca_true(length))
    return signer


@pytest.mark.parametrize(
    "lengths", [(1,), (5,), (None, 1), (2, 1), (2, None), (3, 2, 1), (None, None, 1)]
)
def test_a_path_length_that_leaves_room_is_accepted(sub: Ca, lengths: Sequence[int | None]) -> None:
    signer = path(*lengths)

    sub.install(signed(sub, signer), signer.chain_pem)

    assert sub.status == "ACTIVE"


@pytest.mark.parametrize("lengths", [(0,), (None, 0), (1, None), (0, None), (2, 2, 1), (3, 1, 1)])
def test_a_path_length_that_is_exceeded_anywhere_is_a_validation_exception(
    pca: PcaMock, sub: Ca, lengths: Sequence[int | None]
) -> None:
    signer = path(*lengths)

    with refused("ValidationException", pca):
        sub.install(signed(sub, signer), signer.chain_pem)


def test_self_issued_certificates_do_not_use_up_path_lengths(pca: PcaMock, sub: Ca) -> None:
    root = outside_root(ca_true(1))
    rekeyed = root.below("Outside Root", ca_true(1))

    sub.install(signed(sub, rekeyed), rekeyed.chain_pem)
    assert sub.status == "ACTIVE"

    other = root.below("Other", ca_true(1))
    with refused("ValidationException", pca):
        sub.install(signed(sub, other), other.chain_pem)


def test_the_path_length_of_the_imported_certificate_itself_is_free(sub: Ca) -> None:
    signer = outside_root(ca_true(1))

    sub.install(signed(sub, signer, ca_true(9)), signer.chain_pem)

    assert sub.status == "ACTIVE"


# 14. and 15. Extensions


def other(oid: str, value: bytes = b"\x30\x00") -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value)


def key_usage(*, cert_sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(True, False, False, False, False, cert_sign, True, False, False)


URI = x509.UniformResourceIdentifier("http://example.com/x")
POINT = [x509.DistributionPoint([URI], None, None, None)]
DESCRIPTION = x509.AccessDescription(SubjectInformationAccessOID.CA_REPOSITORY, URI)
OCSP = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, URI)
ANY_POLICY = x509.ObjectIdentifier("2.5.29.32.0")
MAY_BE_CRITICAL: Any = [
    x509.AuthorityKeyIdentifier(b"x", None, None),
    x509.CertificatePolicies([x509.PolicyInformation(ANY_POLICY, None)]),
    x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
    x509.InhibitAnyPolicy(1),
    x509.IssuerAlternativeName([URI]),
    key_usage(cert_sign=True),
    x509.NameConstraints([x509.DNSName("example.com")], None),
    other("2.5.29.33"),  # policy mappings
    x509.SubjectAlternativeName([x509.DNSName("a.example.com")]),
    other("2.5.29.9"),  # subject directory attributes
    x509.SubjectKeyIdentifier(b"x"),
    x509.SubjectInformationAccess([DESCRIPTION]),
]
MUST_NOT_BE_CRITICAL: Any = [
    x509.AuthorityInformationAccess([OCSP]),
    x509.CRLDistributionPoints(POINT),
    x509.FreshestCRL(POINT),
    x509.PolicyConstraints(1, None),
    other("1.3.6.1.4.1.99999.1"),
    x509.TLSFeature([x509.TLSFeatureType.status_request]),
]


def oid_of(extension: Any) -> str:
    return str(extension.oid.dotted_string)


@pytest.mark.parametrize("extension", MAY_BE_CRITICAL, ids=oid_of)
def test_a_critical_extension_of_the_documented_ones_is_accepted(sub: Ca, extension: Any) -> None:
    signer = outside_root(CA_TRUE, (extension, True))

    sub.install(signed(sub, signer, CA_TRUE, (extension, True)), signer.chain_pem)

    assert sub.status == "ACTIVE"


@pytest.mark.parametrize("extension", MUST_NOT_BE_CRITICAL, ids=oid_of)
@pytest.mark.parametrize("place", ["imported", "chain"])
def test_any_other_critical_extension_is_malformed(
    pca: PcaMock, sub: Ca, extension: Any, place: str
) -> None:
    extensions = (CA_TRUE, (extension, True))
    signer = outside_root(*(extensions if place == "chain" else (CA_TRUE,)))
    certificate = signed(sub, signer, *(extensions if place == "imported" else (CA_TRUE,)))

    with refused("MalformedCertificateException", pca):
        sub.install(certificate, signer.chain_pem)


@pytest.mark.parametrize("extension", [*MAY_BE_CRITICAL, *MUST_NOT_BE_CRITICAL], ids=oid_of)
def test_any_extension_that_is_not_critical_is_accepted(sub: Ca, extension: Any) -> None:
    signer = outside_root(CA_TRUE, (extension, False))

    sub.install(signed(sub, signer, CA_TRUE, (extension, False)), signer.chain_pem)

    assert sub.status == "ACTIVE"


@pytest.mark.parametrize("critical", [True, False])
def test_the_key_usage_does_not_matter(sub: Ca, critical: bool) -> None:
    usage = (key_usage(cert_sign=False), critical)
    signer = outside_root(CA_TRUE, usage)

    sub.install(signed(sub, signer, CA_TRUE, usage), signer.chain_pem)

    assert sub.issue(KeyHolder().csr(), Validity={"Type": "DAYS", "Value": 10})


# 16. Name constraints

DNS, DIRECTORY = x509.DNSName, x509.DirectoryName


def constrained(constraint: Any, *, excluded: bool) -> Any:
    subtrees = (None, [constraint]) if excluded else ([constraint], None)
    return (x509.NameConstraints(*subtrees), True)


@pytest.mark.parametrize("place", [0, 1], ids=["issuer", "root"])
@pytest.mark.parametrize("excluded", [True, False], ids=["excluded", "permitted"])
@pytest.mark.parametrize("is_within", [True, False], ids=["within", "outside"])
def test_name_constraints_of_the_chain_hold_for_the_names_of_the_certificate(
    pca: PcaMock, sub: Ca, is_within: bool, excluded: bool, place: int
) -> None:
    extension = constrained(DNS("example.com"), excluded=excluded)
    signer = outside_root(*((CA_TRUE, extension) if place else (CA_TRUE,)))
    signer = signer.below("Intermediate", *((CA_TRUE,) if place else (CA_TRUE, extension)))
    host = DNS("ca.example.com" if is_within else "ca.example.org")
    certificate = signed(sub, signer, CA_TRUE, (x509.SubjectAlternativeName([host]), False))

    if is_within is excluded:
        with refused("CertificateMismatchException", pca):
            sub.install(certificate, signer.chain_pem)
    else:
        sub.install(certificate, signer.chain_pem)
        assert sub.status == "ACTIVE"


@pytest.mark.parametrize("place", ["imported", "chain"])
@pytest.mark.parametrize("critical", [True, False], ids=["critical", "not critical"])
@pytest.mark.parametrize(
    "value",
    [
        pytest.param("3005", id="unreadable"),
        pytest.param("3008a006300488022a03", id="a form that isn't enforced"),
    ],
)
def test_name_constraints_that_cannot_be_enforced_are_malformed(
    pca: PcaMock, sub: Ca, value: str, critical: bool, place: str
) -> None:
    extension = (other("2.5.29.30", bytes.fromhex(value)), critical)
    signer = outside_root(*((CA_TRUE, extension) if place == "chain" else (CA_TRUE,)))
    certificate = signed(
        sub, signer, *((CA_TRUE, extension) if place == "imported" else (CA_TRUE,))
    )

    with refused("MalformedCertificateException", pca):
        sub.install(certificate, signer.chain_pem)


def test_an_intermediate_is_held_to_the_constraints_above_it_unless_it_is_self_issued(
    pca: PcaMock, sub: Ca
) -> None:
    root = outside_root(CA_TRUE, constrained(DIRECTORY(name("Test CA")), excluded=False))
    strange, rekeyed = root.below("Stranger"), root.below("Outside Root")

    with refused("CertificateMismatchException", pca):
        sub.install(signed(sub, strange), strange.chain_pem)
    sub.install(signed(sub, rekeyed), rekeyed.chain_pem)

    assert sub.status == "ACTIVE"


# 17. and 18. Validity


def test_a_certificate_that_has_expired_is_malformed(pca: PcaMock, sub: Ca) -> None:
    signer = outside_root()
    end = datetime.now(timezone.utc).replace(microsecond=0) + DAY
    certificate = signed(sub, signer, not_after=end)

    with (
        time_machine.travel(end + timedelta(seconds=1), tick=False),
        refused("MalformedCertificateException", pca),
    ):
        sub.install(certificate, signer.chain_pem)
    with time_machine.travel(end, tick=False):
        sub.install(certificate, signer.chain_pem)
        assert sub.status == "ACTIVE"


def test_a_certificate_may_begin_later_and_end_after_its_issuers(sub: Ca) -> None:
    signer = outside_root()
    now = datetime.now(timezone.utc)
    certificate = signed(sub, signer, not_before=now + 2 * DAY, not_after=now + 9999 * DAY)

    sub.install(certificate, signer.chain_pem)

    assert sub.status == "ACTIVE"


# The order


def test_the_first_failed_check_is_reported(
    pca: PcaMock, pca_client: ACMPCAClient, sub: Ca, top: Ca
) -> None:
    other_ca, outside = pending(pca_client), outside_root()
    no_constraints = (x509.SubjectKeyIdentifier(b"x"), False)
    critical = (other("1.3.6.1.4.1.99999.1"), True)
    short = outside_root(ca_true(0))
    strict = outside_root(CA_TRUE, constrained(DIRECTORY(name("Other")), excluded=False))
    past = datetime.now(timezone.utc) - timedelta(hours=1)
    # fmt: off
    faults = [  # earlier and later check, CA, certificate, chain
        ("CertificateMismatchException", 4, 5, top, signed(other_ca, outside), ""),
        ("CertificateMismatchException", 4, 8, sub, signed(other_ca, outside), ""),
        ("InvalidRequestException", 5, 12, top, signed(top, outside, no_constraints), ""),
        ("InvalidRequestException", 7, 9, sub, self_signed(pca, sub), "garbage"),
        ("MalformedCertificateException", 9, 12, sub, signed(sub, outside, no_constraints), "x"),
        ("CertificateMismatchException", 11, 12, sub,
         signed(sub, outside, no_constraints), outside_root().chain_pem),
        ("ValidationException", 12, 14, sub, signed(sub, outside, critical), outside.chain_pem),
        ("ValidationException", 13, 14, sub,
         signed(sub, short, CA_TRUE, critical), short.chain_pem),
        ("MalformedCertificateException", 14, 15, sub,
         signed(sub, outside, CA_TRUE, critical, common_name="Other CA"), outside.chain_pem),
        ("CertificateMismatchException", 15, 17, sub,
         signed(sub, outside, common_name="Other CA", not_after=past), outside.chain_pem),
        ("CertificateMismatchException", 16, 17, sub,
         signed(sub, strict, not_after=past), strict.chain_pem),
    ]
    # fmt: on

    for code, *_, ca, certificate, chain in faults:
        with refused(code, pca):
            ca.install(certificate, chain)


def test_a_refused_import_leaves_the_installed_certificate_usable(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca = support.root(pca_client, configuration("Test CA"))
    before = ca.certificate()

    with refused("MalformedCertificateException", pca):
        ca.install("garbage")

    assert ca.certificate() == before
    assert oracles.issuer_hex(ca.issued(KeyHolder().csr())) == oracles.subject_hex(before)
