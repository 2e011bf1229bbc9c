"""Every member of every input has an effect: nothing is read and then forgotten.

Two mocks are in the same state, to the last random number. A request is sent to one of them, and to
the other one with another value of one member; the answer, or the state afterwards, must differ.
Members come from botocore's service model: one that is new there fails here until the mock uses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest
import time_machine
from botocore import xform_name
from botocore.exceptions import ClientError

from pca_mock import PcaMock, mock_pca
from pca_mock.pki import der
from pca_mock.service import dispatch
from pca_mock.service.model import service_model
from pca_mock.state.authority import Status
from tests import inside, oracles, revoking, support
from tests.constraints import ARN
from tests.issuance import custom, raw_csr, unvalidating
from tests.members import changed, leaves
from tests.newer_models import known
from tests.policies import OTHER, policy, share, statement
from tests.support import Ca, configuration

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

_NOW: Final = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
_ACM: Final = "acm.amazonaws.com"
_CSRS: Final = raw_csr(), raw_csr()
# The signatures may be random; what is signed is not.
_SIGNED: Final = re.compile(
    r"-----BEGIN (?:CERTIFICATE|CERTIFICATE REQUEST)-----[^-]+-----END [^-]+-----"
)
_STATUS: Final = {
    "DeleteCertificateAuthority": Status.DISABLED,
    "RestoreCertificateAuthority": Status.DELETED,
}


@dataclass
class World:
    """A mock with three CAs, the first of which has all that can hang on a CA."""

    pca: PcaMock
    client: ACMPCAClient
    first: Ca
    second: Ca
    leaves: list[str] = field(default_factory=list)
    reports: list[Any] = field(default_factory=list)

    def look(self, answer: Any) -> str:
        """An answer and the state."""
        cas = self.client.list_certificate_authorities()["CertificateAuthorities"]
        records = [inside.authority(self.pca, ca["Arn"]) for ca in cas]
        kept = [
            (
                record.tags,
                list(record.permissions.values()),
                record.policy,
                [_signed(each.pem) for each in record.certificates.values()],
                record.revocations,
            )
            for record in records
        ]
        objects = [(name, key) for name in self.pca.buckets for key in self.pca.buckets[name]]
        text = str([answer, cas, kept, objects]).replace("\\n", "\n")
        return _SIGNED.sub(lambda match: _signed(match[0]), text)


def _signed(pem: str) -> str:
    """What a certificate or CSR has except its signature."""
    return der.parse(oracles.der(pem)).children()[0].encoded.hex()


def _world(pca: PcaMock, operation: str) -> World:
    client = pca.client(region_name="us-east-1")
    first, second = (revoking.root(pca, name) for name in ("First", "Second"))
    support.pending(client, configuration_=configuration("Third"), IdempotencyToken="token 0")
    tags: Any = [{"Key": key, "Value": key} for key in "abc"]
    client.tag_certificate_authority(CertificateAuthorityArn=first.arn, Tags=tags)
    for account in (OTHER, "333333333333", "444444444444"):
        client.create_permission(
            CertificateAuthorityArn=first.arn,
            Principal=_ACM,
            SourceAccount=account,
            Actions=["GetCertificate"],
        )
    share(first)
    world = World(pca, client, first, second)
    world.leaves = [first.issue(_CSRS[0], IdempotencyToken=f"token {n}") for n in range(2)]
    if "AuditReport" in operation:
        world.reports = [revoking.create_report(first) for _ in range(2)]
    inside.put_in(pca, first.arn, _STATUS.get(operation, Status.ACTIVE))
    return world


# Requests: for each member, a value and another one


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
_SUBJECT: Final = {
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
# A subject and a name have only one of their forms: each has an item or a request of its own.
_CUSTOM: Final = {"CustomAttributes": [{"ObjectIdentifier": "1.2.3", "Value": "custom"}]}
_NAMES: Final[list[Any]] = [
    {"OtherName": {"TypeId": "1.2.3", "Value": "other"}},
    {"Rfc822Name": "a@example.com"},
    {"DnsName": "a.example.com"},
    {"DirectoryName": _SUBJECT},
    {"DirectoryName": _CUSTOM},
    {"EdiPartyName": {"PartyName": "party", "NameAssigner": "assigner"}},
    {"UniformResourceIdentifier": "http://a"},
    {"IpAddress": "192.0.2.1"},
    {"RegisteredId": "1.2.3"},
]
_CRL: Final = {
    "Enabled": True,
    "ExpirationInDays": 7,
    "CustomCname": "crl.example.com",
    "S3BucketName": "crl-bucket",
    "S3ObjectAcl": "PUBLIC_READ",
    "CrlDistributionPointExtensionConfiguration": {"OmitExtension": False},
    "CrlType": "COMPLETE",
    "CustomPath": "path",
}
_REVOCATION: Final = {
    "CrlConfiguration": {name: _CRL[name] for name in _CRL if name in known("CrlConfiguration")},
    "OcspConfiguration": {"Enabled": True, "OcspCustomCname": "ocsp.example.com"},
}
_METHODS: Final = [{"AccessMethodType": "CA_REPOSITORY"}, {"CustomObjectIdentifier": "1.2.3"}]
_CREATION: Final[dict[str, Any]] = {
    "CertificateAuthorityConfiguration": {
        "KeyAlgorithm": "EC_prime256v1",
        "SigningAlgorithm": "SHA256WITHECDSA",
        "Subject": _SUBJECT,
        "CsrExtensions": {
            "KeyUsage": dict.fromkeys(_BITS, True),
            "SubjectInformationAccess": [
                {"AccessMethod": _METHODS[number % 2], "AccessLocation": name}
                for number, name in enumerate(_NAMES)
            ],
        },
    },
    "RevocationConfiguration": _REVOCATION,
    "CertificateAuthorityType": "ROOT",
    "KeyStorageSecurityStandard": "FIPS_140_2_LEVEL_3_OR_HIGHER",
    "Tags": [{"Key": "a", "Value": "a"}],
    "UsageMode": "GENERAL_PURPOSE",
}
_ISSUANCE: Final[dict[str, Any]] = {
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
            "SubjectAlternativeNames": _NAMES,
            "CustomExtensions": [custom("1.2.3", "0500", critical=False)],
        },
        "Subject": _SUBJECT,
    },
    "Csr": _CSRS[0],
    "SigningAlgorithm": "SHA256WITHECDSA",
    "TemplateArn": support.template_arn("BlankEndEntityCertificate_APIPassthrough"),
    "Validity": {"Value": 30, "Type": "DAYS"},
    "ValidityNotBefore": {"Value": 1, "Type": "ABSOLUTE"},
}


def _renewed(world: World) -> str:
    ca = world.first
    return ca.issued(ca.csr(), "RootCACertificate", Validity={"Type": "YEARS", "Value": 2})


def _page(world: World, operation: str) -> dict[str, Any]:
    about = _about(operation)
    request: Any = {about: world.first.arn} if about else {}
    answer = getattr(world.client, xform_name(operation))(**request, MaxResults=1)
    return {"MaxResults": 1, "NextToken": answer["NextToken"]}


# Operation -> the members of a request besides the CA's ARN.
_REQUESTS: Final[dict[str, Callable[[World], dict[str, Any]]]] = {
    "CreateCertificateAuthority": lambda world: _CREATION,
    "CreateCertificateAuthorityAuditReport": lambda world: {
        "S3BucketName": revoking.REPORTS,
        "AuditReportResponseFormat": "JSON",
    },
    "CreatePermission": lambda world: {
        "Principal": _ACM,
        "SourceAccount": "555555555555",
        "Actions": ["GetCertificate"],
    },
    "DeleteCertificateAuthority": lambda world: {"PermanentDeletionTimeInDays": 7},
    "DeletePermission": lambda world: {"Principal": _ACM, "SourceAccount": OTHER},
    "DescribeCertificateAuthorityAuditReport": lambda world: {
        "AuditReportId": world.reports[0]["AuditReportId"]
    },
    "GetCertificate": lambda world: {"CertificateArn": world.leaves[0]},
    "ImportCertificateAuthorityCertificate": lambda world: {
        "Certificate": _renewed(world),
        "CertificateChain": "",
    },
    "IssueCertificate": lambda world: _ISSUANCE,
    "ListCertificateAuthorities": lambda world: {
        **_page(world, "ListCertificateAuthorities"),
        "ResourceOwner": "SELF",
    },
    "ListPermissions": lambda world: _page(world, "ListPermissions"),
    "ListTags": lambda world: _page(world, "ListTags"),
    "PutPolicy": lambda world: {"Policy": policy(statement(world.first))},
    "RevokeCertificate": lambda world: {
        "CertificateSerial": revoking.serial(world.leaves[0]),
        "RevocationReason": "SUPERSEDED",
    },
    "TagCertificateAuthority": lambda world: {"Tags": [{"Key": "d", "Value": "d"}]},
    "UntagCertificateAuthority": lambda world: {"Tags": [{"Key": "a", "Value": "a"}]},
    "UpdateCertificateAuthority": lambda world: {
        "RevocationConfiguration": _REVOCATION,
        "Status": "DISABLED",
    },
}
# Members that exclude others, as they take their place in the request.
_INSTEAD: Final[Mapping[tuple[str, str], dict[str, Any]]] = {
    ("CreateCertificateAuthority", "Subject.CustomAttributes"): {
        "CertificateAuthorityConfiguration": {**configuration(), "Subject": _CUSTOM}
    },
    ("IssueCertificate", "ApiPassthrough.Subject.CustomAttributes"): {
        "ApiPassthrough": {"Subject": _CUSTOM}
    },
    ("IssueCertificate", "IdempotencyToken"): {"IdempotencyToken": "token 0"},
    ("CreateCertificateAuthority", "IdempotencyToken"): {"IdempotencyToken": "token 0"},
}
# The end of a path -> another value. Where the only other values are wrong ones, the effect
# is a refusal. The CA's ARN is changed to that of the other CA in all operations.
_OTHER_VALUES: Final[dict[str, Any]] = {
    **{f".{member}": "ZZ" for member in _SUBJECT},
    **{f".KeyUsage.{bit}": False for bit in _BITS},
    ".CustomAttributes.ObjectIdentifier": "1.2.4",
    ".CustomAttributes.Value": "ZZ",
    ".OtherName.TypeId": "1.2.4",
    ".OtherName.Value": "another",
    ".Rfc822Name": "b@example.com",
    ".DnsName": "b.example.com",
    ".EdiPartyName.PartyName": "another",
    ".EdiPartyName.NameAssigner": "another",
    ".UniformResourceIdentifier": "http://b",
    ".IpAddress": "192.0.2.2",
    ".RegisteredId": "1.2.4",
    ".AccessMethodType": "RESOURCE_PKI_MANIFEST",
    ".CustomObjectIdentifier": "1.2.4",
    ".CertPolicyId": "1.2.4",
    ".PolicyQualifierId": "NOTICE",
    ".CpsUri": "http://other",
    ".ExtendedKeyUsageType": "CLIENT_AUTH",
    ".ExtendedKeyUsageObjectIdentifier": "1.2.4",
    ".CustomExtensions.ObjectIdentifier": "1.2.4",
    ".CustomExtensions.Value": "BQE=",
    ".CustomExtensions.Critical": True,
    ".CrlConfiguration.Enabled": False,
    ".ExpirationInDays": 8,
    ".CustomCname": "other.example.com",
    ".RevocationConfiguration.CrlConfiguration.S3BucketName": "other",
    ".S3ObjectAcl": "BUCKET_OWNER_FULL_CONTROL",
    ".OmitExtension": True,
    ".CrlType": "PARTITIONED",
    ".CustomPath": "other",
    ".OcspConfiguration.Enabled": False,
    ".OcspCustomCname": "other.example.com",
    ".Tags.Key": "b",
    ".Tags.Value": "b",
    ".KeyAlgorithm": "EC_secp384r1",
    ".SigningAlgorithm": "SHA384WITHECDSA",
    ".CertificateAuthorityType": "SUBORDINATE",
    ".KeyStorageSecurityStandard": "CCPC_LEVEL_1_OR_HIGHER",
    ".UsageMode": "SHORT_LIVED_CERTIFICATE",
    ".IdempotencyToken": "another token",
    ".Csr": _CSRS[1],
    ".TemplateArn": support.template_arn("EndEntityCertificate"),
    ".Validity.Value": 31,
    ".Validity.Type": "MONTHS",
    ".ValidityNotBefore.Value": 2,
    ".ValidityNotBefore.Type": "DAYS",
    ".Principal": "ec2.amazonaws.com",
    ".SourceAccount": "333333333333",
    ".Actions": ["IssueCertificate"],
    ".PermanentDeletionTimeInDays": 8,
    ".CertificateArn": f"{ARN}/certificate/1",
    ".Certificate": "no certificate",
    ".CertificateChain": "no chain",
    ".MaxResults": 1000,
    ".NextToken": "x",
    ".ResourceOwner": "OTHER_ACCOUNTS",
    ".Policy": "{}",
    ".Status": "ACTIVE",
    ".S3BucketName": "elsewhere",
    ".AuditReportResponseFormat": "CSV",
    ".AuditReportId": lambda world: world.reports[1]["AuditReportId"],
    ".CertificateSerial": lambda world: revoking.serial(world.leaves[1]),
    ".RevocationReason": "KEY_COMPROMISE",
}


def _members(operation: str) -> list[str]:
    shape = service_model().operation_model(operation).input_shape
    return list(dict.fromkeys(leaves(shape)))


def _about(operation: str) -> str | None:
    """The member with the CA's ARN."""
    names = ("CertificateAuthorityArn", "ResourceArn")
    return next((name for name in names if name in _members(operation)), None)


def _other_value(path: str) -> Any:
    ends = [end for end in _OTHER_VALUES if f".{path}".endswith(end)]
    return _OTHER_VALUES[max(ends, key=len)]


def _request(world: World, operation: str, path: str) -> dict[str, Any]:
    """A request that has the member."""
    request = dict(_REQUESTS[operation](world)) if operation in _REQUESTS else {}
    for (name, part), members in _INSTEAD.items():
        if name == operation and part in path:
            request |= members
    about = _about(operation)
    return request | {about: world.first.arn} if about else request


def _outcome(operation: str, path: str, *, is_changed: bool) -> str:
    """The answer and the state after a request, maybe with another value of a member."""
    with time_machine.travel(_NOW, tick=False), mock_pca(seed=7) as pca:
        world = _world(pca, operation)
        request = _request(world, operation, path)
        if is_changed:
            value = world.second.arn if path == _about(operation) else _other_value(path)
            request = changed(request, path, value(world) if callable(value) else value)
        try:
            answer = getattr(unvalidating(pca), xform_name(operation))(**request)
            del answer["ResponseMetadata"]
        except ClientError as error:
            answer = error.response["Error"]
            assert is_changed, answer
        answer.pop("NextToken", None)
        return world.look(answer)


@cache
def _usual_outcome(operation: str, variant: tuple[str, ...]) -> str:
    """The outcome of a request that is not changed, which must be the same each time."""
    path = variant[0] if variant else ""
    outcome = _outcome(operation, path, is_changed=False)
    assert _outcome(operation, path, is_changed=False) == outcome
    return outcome


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        (operation, path)
        for operation in sorted(dispatch.OPERATIONS)
        for path in _members(operation)
    ],
)
def test_another_value_of_a_member_has_another_effect(operation: str, path: str) -> None:
    variant = tuple(part for name, part in _INSTEAD if name == operation and part in path)

    assert _outcome(operation, path, is_changed=True) != _usual_outcome(operation, variant)
