"""Every member of every input has an effect: nothing is read and then forgotten.

Two mocks are in the same state. A request is sent to one of them, and to the other one with
another value of one member; the answer, or the state afterwards, must differ. Members
come from botocore's service model: one that is new there fails here until the mock uses it.
Creating CAs, issuing, revoking and reporting have such tests of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final

import pytest
import time_machine
from botocore import xform_name
from botocore.exceptions import ClientError
from cryptography import x509

from pca_mock import PcaMock, mock_pca
from pca_mock.service import dispatch
from pca_mock.service.model import service_model
from pca_mock.state.authority import Status
from tests import inside, support
from tests.members import changed, leaves
from tests.newer_models import known
from tests.policies import OTHER, policy, share, statement
from tests.support import Authority, Caller, configuration

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

_NOW: Final = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
_ACM: Final = "acm.amazonaws.com"
_CSR: Final = Caller().csr()
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SERIAL: Final = re.compile("'Serial': '[0-9]+', ")
_PEM: Final = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_HAVE_TESTS_OF_THEIR_OWN: Final = {
    "CreateCertificateAuthority",
    "CreateCertificateAuthorityAuditReport",
    "DescribeCertificateAuthorityAuditReport",
    "IssueCertificate",
    "RevokeCertificate",
}
_STATUS: Final = {
    "DeleteCertificateAuthority": Status.DISABLED,
    "RestoreCertificateAuthority": Status.DELETED,
}


@dataclass
class World:
    """A mock with three CAs, the first of which has all that can hang on a CA."""

    pca: PcaMock
    client: ACMPCAClient
    first: Authority
    second: Authority
    leaf: str

    def seen(self, answer: Any) -> str:
        """An answer and the state, without random values and counters."""
        cas = self.client.list_certificate_authorities()["CertificateAuthorities"]
        records = [inside.authority(self.pca, ca["Arn"]) for ca in cas]
        told = [
            answer,
            cas,
            [
                (
                    record.tags,
                    list(record.permissions.values()),
                    record.policy,
                    len(record.certificates),
                )
                for record in records
            ],
        ]
        text = str(told).replace("\\n", "\n")
        for name, ca in (("first", self.first), ("second", self.second)):
            text = text.replace(ca.arn, name)
        text = _PEM.sub(lambda match: _subject(match[0]), text)
        text = re.sub(r"-----BEGIN CERTIFICATE REQUEST-----[^-]*", self._csr_owner, text)
        return _SERIAL.sub("", _UUID.sub("UUID", text))

    def _csr_owner(self, match: re.Match[str]) -> str:
        csr = f"{match[0]}-----END CERTIFICATE REQUEST-----\n"
        return _name(x509.load_pem_x509_csr(csr.encode()).subject)


def _subject(pem: str) -> str:
    return _name(x509.load_pem_x509_certificate(pem.encode()).subject)


def _name(name: x509.Name) -> str:
    return name.rfc4514_string()


def _world(pca: PcaMock, operation: str) -> World:
    client = pca.client(region_name="us-east-1")
    first, second = (support.root(client, configuration(name)) for name in ("First", "Second"))
    support.pending(client, configuration_=configuration("Third"))
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
    leaf = first.issue(_CSR)
    world = World(pca, client, first, second, leaf)
    inside.put_in(pca, first.arn, _STATUS.get(operation, Status.ACTIVE))
    return world


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


def _renewed(world: World) -> str:
    ca = world.first
    return ca.issued(ca.csr(), "RootCACertificate", Validity={"Type": "YEARS", "Value": 2})


def _token(world: World, operation: str) -> str:
    about = _about(operation)
    request: Any = {about: world.first.arn} if about else {}
    answer = getattr(world.client, xform_name(operation))(**request, MaxResults=1)
    return str(answer["NextToken"])


# Operation -> the members of a request besides the CA's ARN.
_REQUESTS: Final[dict[str, Callable[[World], dict[str, Any]]]] = {
    "CreatePermission": lambda world: {
        "Principal": _ACM,
        "SourceAccount": "555555555555",
        "Actions": ["GetCertificate"],
    },
    "DeleteCertificateAuthority": lambda world: {"PermanentDeletionTimeInDays": 7},
    "DeletePermission": lambda world: {"Principal": _ACM, "SourceAccount": OTHER},
    "GetCertificate": lambda world: {"CertificateArn": world.leaf},
    "ImportCertificateAuthorityCertificate": lambda world: {
        "Certificate": _renewed(world),
        "CertificateChain": "",
    },
    "ListCertificateAuthorities": lambda world: {
        "MaxResults": 1,
        "NextToken": _token(world, "ListCertificateAuthorities"),
        "ResourceOwner": "SELF",
    },
    "ListPermissions": lambda world: {
        "MaxResults": 1,
        "NextToken": _token(world, "ListPermissions"),
    },
    "ListTags": lambda world: {"MaxResults": 1, "NextToken": _token(world, "ListTags")},
    "PutPolicy": lambda world: {"Policy": policy(statement(world.first))},
    "TagCertificateAuthority": lambda world: {"Tags": [{"Key": "d", "Value": "d"}]},
    "UntagCertificateAuthority": lambda world: {"Tags": [{"Key": "a", "Value": "a"}]},
    "UpdateCertificateAuthority": lambda world: {
        "RevocationConfiguration": _REVOCATION,
        "Status": "DISABLED",
    },
}
# Operation -> member -> another value. Where the only other values are wrong ones, the effect is a
# refusal. The CA's ARN is changed to that of the other CA in all operations.
_UPDATED: Final = "RevocationConfiguration.CrlConfiguration"
_OTHER_VALUES: Final[dict[str, dict[str, Any]]] = {
    "CreatePermission": {
        "Principal": "ec2.amazonaws.com",
        "SourceAccount": "666666666666",
        "Actions": ["IssueCertificate"],
    },
    "DeleteCertificateAuthority": {"PermanentDeletionTimeInDays": 8},
    "DeletePermission": {"Principal": "ec2.amazonaws.com", "SourceAccount": "333333333333"},
    "GetCertificate": {
        "CertificateArn": (
            "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/"
            "11111111-2222-3333-4444-555555555555/certificate/1"
        )
    },
    "ImportCertificateAuthorityCertificate": {
        "Certificate": "no certificate",
        "CertificateChain": "no chain",
    },
    "ListCertificateAuthorities": {
        "MaxResults": 1000,
        "NextToken": "x",
        "ResourceOwner": "OTHER_ACCOUNTS",
    },
    "ListPermissions": {"MaxResults": 2, "NextToken": "x"},
    "ListTags": {"MaxResults": 2, "NextToken": "x"},
    "PutPolicy": {"Policy": "{}"},
    "TagCertificateAuthority": {"Tags.Key": "e", "Tags.Value": "e"},
    "UntagCertificateAuthority": {"Tags.Key": "b", "Tags.Value": "b"},
    "UpdateCertificateAuthority": {
        "Status": "ACTIVE",
        f"{_UPDATED}.Enabled": False,
        f"{_UPDATED}.ExpirationInDays": 8,
        f"{_UPDATED}.CustomCname": "other.example.com",
        f"{_UPDATED}.S3BucketName": "other",
        f"{_UPDATED}.S3ObjectAcl": "BUCKET_OWNER_FULL_CONTROL",
        f"{_UPDATED}.CrlDistributionPointExtensionConfiguration.OmitExtension": True,
        f"{_UPDATED}.CrlType": "PARTITIONED",
        f"{_UPDATED}.CustomPath": "other",
        "RevocationConfiguration.OcspConfiguration.Enabled": False,
        "RevocationConfiguration.OcspConfiguration.OcspCustomCname": "other.example.com",
    },
}
OPERATIONS: Final = sorted(dispatch.OPERATIONS.keys() - _HAVE_TESTS_OF_THEIR_OWN)


def _members(operation: str) -> list[str]:
    shape = service_model().operation_model(operation).input_shape
    return list(dict.fromkeys(leaves(shape)))


def _about(operation: str) -> str | None:
    """The member with the CA's ARN."""
    names = ("CertificateAuthorityArn", "ResourceArn")
    return next((name for name in names if name in _members(operation)), None)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_member_of_the_model_is_tried(operation: str) -> None:
    about = _about(operation)

    tried = _OTHER_VALUES.get(operation, {}).keys() | ({about} if about else set())
    assert set(_members(operation)) <= tried  # a model that is older knows less


def _outcome(operation: str, path: str | None) -> str:
    """The answer and state after a request, with another value of a member where one is named."""
    with time_machine.travel(_NOW, tick=False), mock_pca() as pca:
        world = _world(pca, operation)
        request = _REQUESTS[operation](world) if operation in _REQUESTS else {}
        about = _about(operation)
        if about:
            request[about] = world.first.arn
        if path is not None:
            value = world.second.arn if path == about else _OTHER_VALUES[operation][path]
            request = changed(request, path, value)
        try:
            answer = getattr(world.client, xform_name(operation))(**request)
            del answer["ResponseMetadata"]
        except ClientError as error:
            answer = error.response["Error"]
            assert path is not None, answer
        answer.pop("NextToken", None)
        return world.seen(answer)


@pytest.mark.parametrize(
    ("operation", "path"),
    [(operation, path) for operation in OPERATIONS for path in _members(operation)],
)
def test_another_value_of_a_member_has_another_effect(operation: str, path: str) -> None:
    outcome = _outcome(operation, None)
    assert _outcome(operation, None) == outcome

    assert _outcome(operation, path) != outcome
