"""Every member of IssueCertificate's input has an effect: nothing is read and then forgotten.

A request that uses all members is sent twice, the second time with one member changed; the answer
must change too. The members come from botocore's service model: one that is new there fails here
until the mock does something with it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final

import pytest
import time_machine
from botocore.exceptions import ClientError
from botocore.session import Session

from tests import oracles, support
from tests.issuance import custom, listed, raw_csr, unvalidating
from tests.members import changed, leaves
from tests.support import Authority

if TYPE_CHECKING:
    from pca_mock import PcaMock

_NOW: Final = datetime(2026, 11, 23, 14, 25, 49, tzinfo=timezone.utc)
_BITS: Final = (
    "DigitalSignature",
    "NonRepudiation",
    "KeyEncipherment",
    "DataEncipherment",
    "KeyAgreement",
    "KeyCertSign",
    "CRLSign",
    "EncipherOnly",
    "DecipherOnly",
)
_STANDARD: Final = {
    "Country": "US",
    "Organization": "O",
    "OrganizationalUnit": "OU",
    "DistinguishedNameQualifier": "1",
    "State": "ST",
    "CommonName": "CN",
    "SerialNumber": "2",
    "Locality": "L",
    "Title": "T",
    "Surname": "S",
    "GivenName": "G",
    "Initials": "I",
    "Pseudonym": "P",
    "GenerationQualifier": "Q",
}
_CUSTOM: Final = {"CustomAttributes": [{"ObjectIdentifier": "1.2.3", "Value": "custom"}]}
_CSR: Final = raw_csr()

# Names exclude each other, so does the subject's two forms: each has an item or request of its own.
_REQUEST: Final[dict[str, Any]] = {
    "ApiPassthrough": {
        "Extensions": {
            "CertificatePolicies": [
                {
                    "CertPolicyId": "1.2.3",
                    "PolicyQualifiers": [
                        {"PolicyQualifierId": "CPS", "Qualifier": {"CpsUri": "http://cps"}}
                    ],
                }
            ],
            "ExtendedKeyUsage": [
                {"ExtendedKeyUsageType": "SERVER_AUTH"},
                {"ExtendedKeyUsageObjectIdentifier": "1.2.3"},
            ],
            "KeyUsage": dict.fromkeys(_BITS, True),
            "SubjectAlternativeNames": [
                {"OtherName": {"TypeId": "1.2.3", "Value": "other"}},
                {"Rfc822Name": "a@example.com"},
                {"DnsName": "a.example.com"},
                {"DirectoryName": _STANDARD},
                {"DirectoryName": _CUSTOM},
                {"EdiPartyName": {"PartyName": "party", "NameAssigner": "assigner"}},
                {"UniformResourceIdentifier": "http://a"},
                {"IpAddress": "192.0.2.1"},
                {"RegisteredId": "1.2.3"},
            ],
            "CustomExtensions": [custom("1.2.3", "0500", critical=False)],
        },
        "Subject": _STANDARD,
    },
    "SigningAlgorithm": "SHA256WITHECDSA",
    "TemplateArn": support.template_arn("BlankEndEntityCertificate_APIPassthrough"),
    "Validity": {"Value": 30, "Type": "DAYS"},
    "ValidityNotBefore": {"Value": 1, "Type": "ABSOLUTE"},
}
_ELSEWHERE: Final = {"CertificateAuthorityArn", "Csr", "IdempotencyToken"}  # tested one by one


def _names(path: str) -> dict[str, Any]:
    return {
        **{f"{path}.{member}": "ZZ" for member in _STANDARD},
        f"{path}.CustomAttributes.ObjectIdentifier": "1.2.4",
        f"{path}.CustomAttributes.Value": "ZZ",
    }


_EXTENSIONS: Final = "ApiPassthrough.Extensions"
_SAN: Final = f"{_EXTENSIONS}.SubjectAlternativeNames"
# Member -> a value other than that of the request above. Where the only other values are wrong
# ones, the effect is a refusal.
_OTHER_VALUES: Final[dict[str, Any]] = {
    f"{_EXTENSIONS}.CertificatePolicies.CertPolicyId": "1.2.4",
    f"{_EXTENSIONS}.CertificatePolicies.PolicyQualifiers.PolicyQualifierId": "NOTICE",
    f"{_EXTENSIONS}.CertificatePolicies.PolicyQualifiers.Qualifier.CpsUri": "http://other",
    f"{_EXTENSIONS}.ExtendedKeyUsage.ExtendedKeyUsageType": "CLIENT_AUTH",
    f"{_EXTENSIONS}.ExtendedKeyUsage.ExtendedKeyUsageObjectIdentifier": "1.2.4",
    **{f"{_EXTENSIONS}.KeyUsage.{bit}": False for bit in _BITS},
    f"{_SAN}.OtherName.TypeId": "1.2.4",
    f"{_SAN}.OtherName.Value": "another",
    f"{_SAN}.Rfc822Name": "b@example.com",
    f"{_SAN}.DnsName": "b.example.com",
    **_names(f"{_SAN}.DirectoryName"),
    f"{_SAN}.EdiPartyName.PartyName": "another",
    f"{_SAN}.EdiPartyName.NameAssigner": "another",
    f"{_SAN}.UniformResourceIdentifier": "http://b",
    f"{_SAN}.IpAddress": "192.0.2.2",
    f"{_SAN}.RegisteredId": "1.2.4",
    f"{_EXTENSIONS}.CustomExtensions.ObjectIdentifier": "1.2.4",
    f"{_EXTENSIONS}.CustomExtensions.Value": "BQE=",
    f"{_EXTENSIONS}.CustomExtensions.Critical": True,
    **_names("ApiPassthrough.Subject"),
    "SigningAlgorithm": "SHA384WITHECDSA",
    "TemplateArn": support.template_arn("EndEntityCertificate"),
    "Validity.Value": 31,
    "Validity.Type": "MONTHS",
    "ValidityNotBefore.Value": 2,
    "ValidityNotBefore.Type": "DAYS",
}


def test_every_member_of_the_model_is_tried() -> None:
    model = Session().get_service_model("acm-pca").operation_model("IssueCertificate")

    assert set(leaves(model.input_shape)) == set(_OTHER_VALUES) | _ELSEWHERE


def _request(path: str) -> dict[str, Any]:
    """A request that uses the member."""
    request = copy.deepcopy(_REQUEST)
    if path.startswith("ApiPassthrough.Subject.CustomAttributes"):
        request["ApiPassthrough"]["Subject"] = copy.deepcopy(_CUSTOM)
    return request


def _answer(ca: Authority, request: dict[str, Any]) -> Any:
    """The visible parts of the answer, without serial number and signature."""
    try:
        certificate = ca.issued(_CSR, **request)
    except ClientError as error:
        return error.response["Error"]
    tbs = oracles.certificate(certificate)["tbs_certificate"]
    return (
        tbs["signature"].dump(),
        tbs["validity"].dump(),
        oracles.subject_hex(certificate),
        listed(certificate),
    )


@pytest.fixture
def root(pca: PcaMock) -> Iterator[Authority]:
    """An active root CA that botocore's own validation doesn't protect, with a frozen clock."""
    with time_machine.travel(_NOW, tick=False):
        ca = support.root(pca.client(region_name="us-east-1"))
        yield Authority(unvalidating(pca), ca.arn, ca.signing)


@pytest.mark.parametrize("path", _OTHER_VALUES)
def test_another_value_of_a_member_changes_the_answer(path: str, root: Authority) -> None:
    request = _request(path)
    before = _answer(root, request)
    assert isinstance(before, tuple), before
    assert _answer(root, request) == before

    assert _answer(root, changed(request, path, _OTHER_VALUES[path])) != before


def test_another_ca_is_another_issuer(pca: PcaMock, root: Authority) -> None:
    other = support.root(pca.client(region_name="us-east-1"), support.configuration("Other"))

    by_root, by_other = (ca.issued(_CSR) for ca in (root, other))

    assert oracles.issuer_hex(by_root) != oracles.issuer_hex(by_other)


def test_another_csr_is_another_key(root: Authority) -> None:
    certificates = [root.issued(csr) for csr in (_CSR, raw_csr())]

    assert oracles.spki_hex(certificates[0]) != oracles.spki_hex(certificates[1])


def test_another_token_is_another_certificate(root: Authority) -> None:
    first, again, other = (root.issue(_CSR, IdempotencyToken=token) for token in "aab")

    assert first == again != other
