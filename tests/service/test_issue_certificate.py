"""IssueCertificate, except CSRs, validity and ApiPassthrough, which have files of their own."""

from __future__ import annotations

import itertools
import re
from datetime import datetime, timedelta, timezone
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import time_machine
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from pca_mock import mock_pca
from pca_mock.pki.algorithms import supports_ml_dsa
from pca_mock.state.authority import Status
from tests import oracles, support
from tests.inside import authority, put_in, snapshot
from tests.issuance import (
    ForeignRoot,
    armoured,
    listed,
    model_enum,
    passing,
    raw_csr,
    unvalidating,
)
from tests.refusals import refused
from tests.support import Ca

if TYPE_CHECKING:
    from pca_mock import PcaMock

_NOW: Final = datetime(2026, 11, 23, 14, 25, 49, tzinfo=timezone.utc)
_ISSUING: Final = "The certificate authority is not in a valid state for issuing certificates"
_STRANGER: Final = (
    "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/"
    "11111111-2222-3333-4444-555555555555"
)


@pytest.fixture
def root(pca: PcaMock) -> Ca:
    """An active root CA with an EC key."""
    return support.root(pca.client(region_name="us-east-1"))


# Resources that the request names


@pytest.mark.parametrize("arn", ["arn:aws:acm:us-east-1:1:x", "arn:aws:acm-pca:::a/", "not-an-arn"])
def test_an_arn_that_breaks_the_shape_is_refused(arn: str, pca: PcaMock, root: Ca) -> None:
    with refused("ValidationException", pca):
        Ca(root.client, arn).issue(raw_csr())
    with refused("ValidationException", pca):
        root.issue(raw_csr(), TemplateArn=arn)


@pytest.mark.parametrize(
    "arn",
    [
        support.template_arn("EndEntityCertificate"),
        f"{_STRANGER}/certificate/00112233445566778899aabbccddeeff",
        _STRANGER.replace("123456789012", "1234"),
        _STRANGER.replace("5555", "555g"),
        _STRANGER.replace("certificate-authority", "authority"),
    ],
)
def test_an_arn_of_no_ca_is_refused(arn: str, pca: PcaMock, root: Ca) -> None:
    with refused("InvalidArnException", pca, match="Not a valid arn."):
        Ca(root.client, arn).issue(raw_csr())


@pytest.mark.parametrize(
    "arn",
    [
        _STRANGER,
        "arn:aws:acm-pca:us-east-1::template/EndEntityCertificate/V1",
        "arn:aws:acm-pca::123456789012:template/EndEntityCertificate/V1",
        "arn:aws:acm-pca:::templates/EndEntityCertificate/V1",
    ],
)
def test_an_arn_of_no_template_is_refused(arn: str, pca: PcaMock, root: Ca) -> None:
    with refused("InvalidArnException", pca):
        root.issue(raw_csr(), TemplateArn=arn)


@pytest.mark.parametrize(
    "name",
    [
        "EndEntityCertificate",
        "EndEntityCertificate/V2",
        "EndEntityCertificate/V1/V1",
        "endEntityCertificate/V1",
        "ENDENTITYCERTIFICATE/V1",
        "RootCACertificate_CSRPassthrough/V1",
        "SubordinateCACertificate_PathLen4/V1",
        "NoSuchCertificate/V1",
    ],
)
def test_an_unknown_template_is_refused(name: str, pca: PcaMock, root: Ca) -> None:
    with refused("InvalidArgsException", pca):
        root.issue(raw_csr(), TemplateArn=f"arn:aws:acm-pca:::template/{name}")


def test_an_unknown_ca_is_not_found(pca: PcaMock, root: Ca) -> None:
    with refused("ResourceNotFoundException", pca):
        Ca(root.client, _STRANGER).issue(raw_csr())


def test_the_ca_of_another_account_is_out_of_reach(pca: PcaMock, root: Ca) -> None:
    foreign = root.arn.replace("123456789012", "210987654321")

    with refused("AccessDeniedException", pca):
        Ca(root.client, foreign).issue(raw_csr())


@pytest.mark.parametrize(
    "missing", ["CertificateAuthorityArn", "Csr", "SigningAlgorithm", "Validity"]
)
def test_a_required_member_must_be_there(missing: str, pca: PcaMock, root: Ca) -> None:
    request: Any = {
        "CertificateAuthorityArn": root.arn,
        "Csr": raw_csr(),
        "SigningAlgorithm": root.signing,
        "Validity": support.ONE_YEAR,
    }
    unvalidating(pca).issue_certificate(**request)
    del request[missing]

    with refused("ValidationException", pca):
        unvalidating(pca).issue_certificate(**request)


@pytest.mark.parametrize(
    "template", ["EndEntityCertificate", "EndEntityCertificate_APIPassthrough"]
)
def test_the_shape_of_an_ignored_api_passthrough_is_checked(
    template: str, pca: PcaMock, root: Ca
) -> None:
    breach = passing(SubjectAlternativeNames=[{"DnsName": "a" * 254}])

    with refused("ValidationException", pca):
        root.issue(raw_csr(), template, ApiPassthrough=breach)


# The status of the CA


@pytest.mark.parametrize("status", list(Status), ids=attrgetter("name"))
def test_only_an_active_ca_issues(status: Status, pca: PcaMock, root: Ca) -> None:
    ca, csr = authority(pca, root.arn), raw_csr()
    if status is Status.EXPIRED:
        assert ca.installed is not None
        moment = ca.installed.certificate.not_after + timedelta(seconds=1)
    else:
        put_in(pca, root.arn, status)
        moment = datetime.now(timezone.utc)

    with time_machine.travel(moment, tick=False):
        assert root.status == status.value
        if status is Status.ACTIVE:
            root.issue(csr)
            assert len(ca.certificates) == 2
        else:
            with refused("InvalidStateException", pca, match=_ISSUING):
                root.issue(csr)


@pytest.mark.parametrize("status", list(Status), ids=attrgetter("name"))
def test_a_root_signs_itself_while_it_may_get_a_certificate(
    status: Status, pca: PcaMock, root: Ca
) -> None:
    ca, csr = authority(pca, root.arn), root.csr()
    if status is Status.EXPIRED:
        assert ca.installed is not None
        moment = ca.installed.certificate.not_after + timedelta(seconds=1)
    else:
        put_in(pca, root.arn, status)
        moment = datetime.now(timezone.utc)

    with time_machine.travel(moment, tick=False):
        if status in (Status.PENDING_CERTIFICATE, Status.ACTIVE, Status.EXPIRED):
            root.issue(csr, "RootCACertificate")
            assert len(ca.certificates) == 2
        else:
            with refused("InvalidStateException", pca, match=_ISSUING):
                root.issue(csr, "RootCACertificate")


def test_a_pending_root_issues_only_its_own_certificate(pca: PcaMock) -> None:
    root = support.pending(pca.client(region_name="us-east-1"))

    for template in ("EndEntityCertificate", "SubordinateCACertificate_PathLen0"):
        with refused("InvalidStateException", pca, match=_ISSUING):
            root.issue(root.csr(), template)


def test_a_pending_subordinate_cannot_sign_itself(pca: PcaMock) -> None:
    ca = support.pending(pca.client(region_name="us-east-1"), "SUBORDINATE")

    with refused("InvalidStateException", pca, match=_ISSUING):
        ca.issue(ca.csr(), "RootCACertificate")


# Root templates

_ROOT_TEMPLATES: Final = [
    row["name"].removesuffix("/V1") for row in oracles.documented_templates() if row["root"]
]


@pytest.mark.parametrize("template", _ROOT_TEMPLATES)
def test_a_root_template_requires_the_cas_own_csr(template: str, pca: PcaMock, root: Ca) -> None:
    for csr in (raw_csr(), support.root(root.client).csr()):
        with refused("MalformedCSRException", pca) as caught:
            root.issue(csr, template)
        assert "Root CA CSR is not provided" in str(caught.value)

    certificate = root.issued(root.csr(), template)

    assert oracles.subject_hex(certificate) == oracles.issuer_hex(certificate)


def test_any_request_with_the_roots_key_is_its_own(pca: PcaMock, root: Ca) -> None:
    key: Any = authority(pca, root.arn).key

    certificate = root.issued(raw_csr(key=key), "RootCACertificate")

    assert oracles.spki_hex(certificate) == oracles.spki_hex(root.certificate())


@pytest.mark.parametrize("template", _ROOT_TEMPLATES)
def test_a_subordinate_has_no_use_for_a_root_template(
    template: str, pca: PcaMock, root: Ca
) -> None:
    ca = support.subordinate(root)

    with refused("MalformedCSRException", pca):
        ca.issue(ca.csr(), template)


# Signing algorithms


# For RSA the list goes on with algorithms that were added after the message was observed.
_VALID_RSA: Final = "SHA256WITHRSA, SHA384WITHRSA, SHA512WITHRSA"
_VALID_EC: Final = "SHA256WITHECDSA, SHA384WITHECDSA, SHA512WITHECDSA."


@pytest.mark.parametrize(
    ("key", "own", "signing", "valid"),
    [
        ("RSA_2048", "SHA256WITHRSA", "SHA384WITHECDSA", _VALID_RSA),
        ("RSA_2048", "SHA256WITHRSA", "SM3WITHSM2", _VALID_RSA),
        ("EC_prime256v1", "SHA256WITHECDSA", "SHA256WITHRSA", _VALID_EC),
        ("EC_secp384r1", "SHA384WITHECDSA", "SM3WITHSM2", _VALID_EC),
    ],
)
def test_a_signing_algorithm_of_another_family_is_refused(
    key: str, own: str, signing: str, valid: str, pca: PcaMock
) -> None:
    root = support.root(
        pca.client(region_name="us-east-1"), support.configuration("Root", key, own)
    )

    with refused("InvalidArgsException", pca) as caught:
        root.issue(raw_csr(), SigningAlgorithm=signing)

    assert caught.value.response["Error"]["Message"].startswith(
        f"Signing algorithm {signing} cannot be used with key type {key}. "
        f"Valid signing algorithms are: {valid}"
    )


def test_a_signing_algorithm_that_does_not_exist_is_refused(pca: PcaMock, root: Ca) -> None:
    with refused("ValidationException", pca):
        root.issue(raw_csr(), SigningAlgorithm="SHA1WITHRSA")


_IDENTIFIERS: Final = {
    "SHA256WITHRSA": "300d06092a864886f70d01010b0500",
    "SHA384WITHRSA": "300d06092a864886f70d01010c0500",
    "SHA512WITHRSA": "300d06092a864886f70d01010d0500",
    "SHA256WITHECDSA": "300a06082a8648ce3d040302",
    "SHA384WITHECDSA": "300a06082a8648ce3d040303",
    "SHA512WITHECDSA": "300a06082a8648ce3d040304",
    "ML_DSA_44": "300b0609608648016503040311",
    "ML_DSA_65": "300b0609608648016503040312",
    "ML_DSA_87": "300b0609608648016503040313",
}
# Of these the decoded values are compared: NULL may be left out inside (RFC 4055).
_PSS_HASHES: Final = {
    "SHA256WITHRSA_PSS": ("sha256", 32),
    "SHA384WITHRSA_PSS": ("sha384", 48),
    "SHA512WITHRSA_PSS": ("sha512", 64),
}


def _assert_names_its_algorithm(certificate: str, signing: str) -> None:
    result = oracles.certificate(certificate)
    identifier = result["signature_algorithm"]
    assert identifier.dump() == result["tbs_certificate"]["signature"].dump()
    if signing in _IDENTIFIERS:
        assert identifier.dump().hex() == _IDENTIFIERS[signing]
        return
    hash_name, size = _PSS_HASHES[signing]
    assert identifier["algorithm"].native == "rsassa_pss"
    parameters = identifier["parameters"].native
    assert parameters["hash_algorithm"]["algorithm"] == hash_name
    assert parameters["mask_gen_algorithm"]["algorithm"] == "mgf1"
    assert parameters["mask_gen_algorithm"]["parameters"]["algorithm"] == hash_name
    assert parameters["salt_length"] == size
    assert parameters["trailer_field"] == "trailer_field_bc"


# Older botocores don't have all of them.
_SIGNING: Final = model_enum("SigningAlgorithm")
_KEYS: Final = model_enum("KeyAlgorithm")
_FITTING: Final = {
    "RSA": [name for name in _SIGNING if "RSA" in name],
    "EC": [name for name in _SIGNING if "ECDSA" in name],
}


@pytest.mark.parametrize(
    ("key", "fitting"),
    [(key, _FITTING[key[: key.index("_")]]) for key in _KEYS if key.startswith(("RSA_", "EC_"))],
)
def test_every_fitting_signing_algorithm_verifies_in_openssl(
    key: str, fitting: list[str], pca: PcaMock, tmp_path: Path
) -> None:
    client = pca.client(region_name="us-east-1")
    root = support.root(client, support.configuration("Root", key, fitting[0]))
    stranger = support.root(client, support.configuration("Root")).certificate()

    for signing in fitting:
        certificate = root.issued(raw_csr(), SigningAlgorithm=signing)

        _assert_names_its_algorithm(certificate, signing)
        assert oracles.openssl_verify(tmp_path, certificate, "", root.certificate())
        assert not oracles.openssl_verify(tmp_path, certificate, "", stranger)


@pytest.mark.skipif(not supports_ml_dsa(), reason="this cryptography has no ML-DSA")
@pytest.mark.parametrize("name", [name for name in _KEYS if name.startswith("ML_DSA")])
def test_an_ml_dsa_signature_verifies_in_cryptography(name: str, pca: PcaMock) -> None:
    client = pca.client(region_name="us-east-1")
    root = support.root(client, support.configuration("Root", name, name))
    stranger = support.root(client, support.configuration("Root", name, name))

    certificate = root.issued(raw_csr())

    _assert_names_its_algorithm(certificate, name)
    result = x509.load_pem_x509_certificate(certificate.encode())
    result.verify_directly_issued_by(x509.load_pem_x509_certificate(root.certificate().encode()))
    with pytest.raises(InvalidSignature):
        result.verify_directly_issued_by(
            x509.load_pem_x509_certificate(stranger.certificate().encode())
        )


def test_the_signing_algorithm_of_the_ca_does_not_bind_its_certificates(
    pca: PcaMock, root: Ca
) -> None:
    assert root.describe()["CertificateAuthorityConfiguration"]["SigningAlgorithm"] == (
        "SHA256WITHECDSA"
    )

    certificate = root.issued(raw_csr(), SigningAlgorithm="SHA512WITHECDSA")

    _assert_names_its_algorithm(certificate, "SHA512WITHECDSA")


# Path lengths


@pytest.mark.parametrize("own", range(4))
def test_a_ca_issues_only_cas_of_a_smaller_path_length(own: int, pca: PcaMock, root: Ca) -> None:
    ca = support.subordinate(root, path_length=own)
    month: Any = {"Type": "DAYS", "Value": 30}

    for family, expected, suffix in itertools.product(
        ("Subordinate", "BlankSubordinate"), range(4), ("", "_APIPassthrough")
    ):
        if family.startswith("Blank") and not suffix:
            continue
        template = f"{family}CACertificate_PathLen{expected}{suffix}"
        if expected < own:
            certificate = ca.issued(raw_csr(), template, Validity=month)
            assert oracles.certificate(certificate).max_path_length == expected
        else:
            with refused("ValidationException", pca):
                ca.issue(raw_csr(), template, Validity=month)
    ca.issue(raw_csr(), Validity=month)


@pytest.mark.parametrize("expected", range(4))
def test_a_root_without_path_length_issues_cas_of_any(expected: int, root: Ca) -> None:
    certificate = root.issued(raw_csr(), f"SubordinateCACertificate_PathLen{expected}")

    assert oracles.certificate(certificate).max_path_length == expected


def test_a_root_with_path_length_zero_issues_no_ca(pca: PcaMock) -> None:
    client = pca.client(region_name="us-east-1")
    root = support.root(client, template="BlankRootCACertificate_PathLen0_APIPassthrough")

    with refused("ValidationException", pca):
        root.issue(raw_csr(), "SubordinateCACertificate_PathLen0")

    root.issue(raw_csr())


@pytest.mark.parametrize(("of_root", "is_allowed"), [(None, True), (2, True), (1, False)])
def test_the_path_length_of_every_ancestor_is_enforced(
    of_root: int | None, is_allowed: bool, pca: PcaMock
) -> None:
    ca = support.pending(pca.client(region_name="us-east-1"), "SUBORDINATE")
    ForeignRoot(path_length=of_root).install_at(ca)

    if is_allowed:
        ca.issue(raw_csr(), "SubordinateCACertificate_PathLen0")
    else:
        with refused("ValidationException", pca):
            ca.issue(raw_csr(), "SubordinateCACertificate_PathLen0")
        ca.issue(raw_csr())


def test_a_short_lived_ca_issues_a_ca_certificate_of_seven_days_at_most(pca: PcaMock) -> None:
    client = pca.client(region_name="us-east-1")
    root = support.root(client, UsageMode="SHORT_LIVED_CERTIFICATE")
    template = "SubordinateCACertificate_PathLen0"

    with refused("ValidationException", pca):
        root.issue(raw_csr(), template, Validity={"Type": "DAYS", "Value": 8})

    assert "2.5.29.19! 30060101ff020100" in listed(
        root.issued(raw_csr(), template, Validity={"Type": "DAYS", "Value": 7})
    )


# Serial numbers and ARNs


def test_the_arn_ends_in_the_serial_number_as_32_hex_digits(root: Ca) -> None:
    for arn in [root.issue(raw_csr()) for _ in range(20)]:
        ca_arn, separator, serial = arn.partition("/certificate/")

        assert (ca_arn, separator) == (root.arn, "/certificate/")
        assert re.fullmatch("[0-9a-f]{32}", serial)
        number = oracles.certificate(root.get(arn)[0])["tbs_certificate"]["serial_number"]
        assert number.native == int(serial, 16)
        # A positive INTEGER: where the top bit is set, an octet of zeros comes first.
        assert int.from_bytes(number.contents, "big", signed=True) == int(serial, 16)


def test_serial_numbers_are_random_and_never_come_twice(pca: PcaMock, root: Ca) -> None:
    other = support.root(root.client)

    serials = {ca.issue(raw_csr())[-32:] for ca in (root, other) for _ in range(50)}

    assert len(serials) == 100
    assert len({serial[:2] for serial in serials}) > 20


# Idempotency tokens


def test_a_token_gives_the_first_certificate_again(pca: PcaMock, root: Ca) -> None:
    first = root.issue(raw_csr(), IdempotencyToken="token")
    before = snapshot(pca)

    again = root.issue(raw_csr(), IdempotencyToken="token")

    assert again == first
    assert snapshot(pca) == before


def test_without_a_token_every_call_issues(root: Ca) -> None:
    csr = raw_csr()

    assert root.issue(csr) != root.issue(csr)


@pytest.mark.parametrize("other", ["Token", "TOKEN", "token "])
def test_another_token_gives_another_certificate(other: str, root: Ca) -> None:
    csr = raw_csr()

    first = root.issue(csr, IdempotencyToken="token")

    assert root.issue(csr, IdempotencyToken=other) != first


def test_the_rest_of_a_request_with_a_used_token_is_not_checked(pca: PcaMock, root: Ca) -> None:
    first = root.issue(raw_csr(), IdempotencyToken="token")
    authority(pca, root.arn).administrative_status = Status.DISABLED

    again = root.issue(armoured(b"no CSR"), "NoSuchTemplate", IdempotencyToken="token")

    assert again == first
    with refused("InvalidArgsException", pca):
        root.issue(armoured(b"no CSR"), "NoSuchTemplate", IdempotencyToken="new")


def test_a_token_is_valid_for_five_minutes_from_its_first_use(root: Ca) -> None:
    csr = raw_csr()
    with time_machine.travel(_NOW, tick=False) as clock:
        renewed = support.root(root.client)
        first = renewed.issue(csr, IdempotencyToken="token")

        clock.shift(299)
        assert renewed.issue(csr, IdempotencyToken="token") == first
        clock.shift(1)
        second = renewed.issue(csr, IdempotencyToken="token")

        assert second != first
        clock.shift(299)
        assert renewed.issue(csr, IdempotencyToken="token") == second


def test_a_failed_call_leaves_no_token(pca: PcaMock, root: Ca) -> None:
    with refused("MalformedCSRException", pca):
        root.issue(armoured(b"no CSR"), IdempotencyToken="token")

    first = root.issue(raw_csr(), IdempotencyToken="token")

    assert root.get(first)


def test_a_token_is_valid_for_one_ca_and_one_operation(pca: PcaMock, root: Ca) -> None:
    csr = raw_csr()
    other = support.root(root.client, IdempotencyToken="token")

    first, second = (ca.issue(csr, IdempotencyToken="token") for ca in (root, other))

    assert first.startswith(root.arn)
    assert second.startswith(other.arn)


@pytest.mark.parametrize("token", ["a" * 37, "\u0100", "a\x00"])
def test_a_token_that_breaks_the_shape_is_refused(token: str, pca: PcaMock, root: Ca) -> None:
    with refused("ValidationException", pca):
        root.issue(raw_csr(), IdempotencyToken=token)


@pytest.mark.parametrize("token", ["a", "a" * 36, "ÿ \t"])
def test_a_token_of_the_right_shape_is_accepted(token: str, root: Ca) -> None:
    first = root.issue(raw_csr(), IdempotencyToken=token)

    assert root.issue(raw_csr(), IdempotencyToken=token) == first


# The quota of certificates


@pytest.mark.parametrize(
    ("quota", "crl_type"),
    [("certificates", "COMPLETE"), ("certificates_with_partitioned_crl", "PARTITIONED")],
)
def test_a_ca_issues_as_many_certificates_as_its_quota_allows(quota: str, crl_type: str) -> None:
    crl = {
        "Enabled": True, "ExpirationInDays": 7, "S3BucketName": "crls", "CrlType": crl_type,
    }  # fmt: skip
    with mock_pca(quotas={quota: 3}) as pca:
        root = support.root(
            pca.client(region_name="us-east-1"), RevocationConfiguration={"CrlConfiguration": crl}
        )
        first = root.issue(raw_csr(), IdempotencyToken="token")  # the second after the root's own
        assert root.issue(raw_csr(), IdempotencyToken="token") == first
        with refused("MalformedCSRException", pca):
            root.issue(armoured(b"no CSR"))
        root.issue(raw_csr())

        for csr, template in (
            (raw_csr(), "EndEntityCertificate"),
            (root.csr(), "RootCACertificate"),
        ):
            with refused("LimitExceededException", pca):
                root.issue(csr, template)

        assert root.get(first)


def test_the_quota_is_that_of_one_ca() -> None:
    with mock_pca(quotas={"certificates": 1}) as pca:
        full, other = (support.root(pca.client(region_name="us-east-1")) for _ in range(2))

        for ca in (full, other):
            with refused("LimitExceededException", pca):
                ca.issue(raw_csr())
