"""A mock with something of everything in it, which attempts are made to break."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Final

from botocore.config import Config

from pca_mock import mock_pca
from pca_mock.errors import ERRORS, AwsError
from pca_mock.service import cloudtrail, dispatch
from pca_mock.state.calls import Caller
from pca_mock.state.events import UNKNOWN_SENDER, ApiCall, Noted
from pca_mock.structures import copied
from tests import inside, policies, revoking, shapes, support
from tests.support import template_arn

LONGEST: Final = 2.0  # seconds
_REGION: Final = "us-east-1"
_OWNER: Final = Caller(policies.OWNER, _REGION, "aws")
_OTHER: Final = Caller(policies.OTHER, _REGION, "aws")
# Unknown algorithms are not AWS's to refuse: see docs/limits.md.
_CODES: Final = {*ERRORS, "NotSupportedByPcaMock"}
_RENEWED_AFTER: Final = 50  # successes, which change what is there


class BreakageError(AssertionError):
    """The service has answered with neither a success nor an error of AWS's, or took too long."""


class World:
    """The mock, and the requests that it accepts.

    Attributes:
        pca: the mock.
        requests: by operation; each is valid.
        slowest: the longest attempt so far, in seconds.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.pca = self._stack.enter_context(
            mock_pca(accounts={"OTHER": policies.OTHER}, organization_id=policies.ORGANIZATION)
        )
        self.slowest = 0.0
        self._successes = 0
        client = self.pca.client(region_name=_REGION)
        self.unchecked = self.pca.client(
            region_name=_REGION, config=Config(parameter_validation=False)
        )
        self.root = revoking.root(self.pca, CustomCname="crl.example.com")
        self.issued = revoking.issue(self.root)
        self.revocable = revoking.issue(self.root)
        self.pending_root = support.pending(client, "ROOT")
        self.pending = support.pending(client, "SUBORDINATE")
        self.below = support.subordinate(self.root, 0)
        self.disabled = support.root(client)
        revoking.set_status(self.disabled, "DISABLED")
        self.deleted = support.root(client)
        revoking.set_status(self.deleted, "DISABLED")
        client.delete_certificate_authority(CertificateAuthorityArn=self.deleted.arn)
        report = revoking.create_report(self.root)
        client.create_permission(
            CertificateAuthorityArn=self.root.arn,
            Principal="acm.amazonaws.com",
            Actions=["IssueCertificate"],
        )
        self.policy = policies.policy(policies.statement(self.root))
        client.put_policy(ResourceArn=self.root.arn, Policy=self.policy)
        self.signed = self.root.get(
            self.root.issue(self.pending.csr(), "SubordinateCACertificate_PathLen0")
        )
        self.requests = self._requests(report["AuditReportId"])
        self._beginning = self.pca.snapshot()

    def __enter__(self) -> World:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            json.dumps(self.pca.events.eventbridge(read_only=True))
        finally:
            self._stack.close()

    def _requests(self, report_id: str) -> dict[str, dict[str, Any]]:
        root: dict[str, Any] = {"CertificateAuthorityArn": self.root.arn}
        resource = {"ResourceArn": self.root.arn}
        tags = [{"Key": "team", "Value": "a"}, {"Key": "stage", "Value": "b"}]
        certificate, chain = self.signed
        return {
            "CreateCertificateAuthority": {
                "CertificateAuthorityConfiguration": support.configuration(
                    CsrExtensions=_CSR_EXTENSIONS
                ),
                "RevocationConfiguration": {
                    **revoking.crl_on(CustomPath="a/b", CustomCname="crl.example.com"),
                    **revoking.OCSP_ON,
                },
                "CertificateAuthorityType": "ROOT",
                "IdempotencyToken": "token",
                "KeyStorageSecurityStandard": "FIPS_140_2_LEVEL_3_OR_HIGHER",
                "Tags": tags,
                "UsageMode": "GENERAL_PURPOSE",
            },
            "CreateCertificateAuthorityAuditReport": {
                **root,
                "S3BucketName": "reports",
                "AuditReportResponseFormat": "CSV",
            },
            "CreatePermission": {
                **root,
                "Principal": "acm.amazonaws.com",
                "SourceAccount": policies.OTHER,
                "Actions": ["IssueCertificate", "GetCertificate", "ListPermissions"],
            },
            "DeleteCertificateAuthority": {
                "CertificateAuthorityArn": self.disabled.arn,
                "PermanentDeletionTimeInDays": 7,
            },
            "DeletePermission": {
                **root,
                "Principal": "acm.amazonaws.com",
                "SourceAccount": policies.OWNER,
            },
            "DeletePolicy": resource,
            "DescribeCertificateAuthority": root,
            "DescribeCertificateAuthorityAuditReport": {**root, "AuditReportId": report_id},
            "GetCertificate": {**root, "CertificateArn": self.issued},
            "GetCertificateAuthorityCertificate": root,
            "GetCertificateAuthorityCsr": root,
            "GetPolicy": resource,
            "ImportCertificateAuthorityCertificate": {
                "CertificateAuthorityArn": self.pending.arn,
                "Certificate": certificate.encode(),
                "CertificateChain": chain.encode(),
            },
            "IssueCertificate": {
                **root,
                "ApiPassthrough": _PASSTHROUGH,
                "Csr": revoking.a_csr(),
                "SigningAlgorithm": "SHA256WITHECDSA",
                "TemplateArn": template_arn("BlankEndEntityCertificate_APICSRPassthrough"),
                "Validity": {"Type": "DAYS", "Value": 30},
                "ValidityNotBefore": {"Type": "ABSOLUTE", "Value": 1_600_000_000},
                "IdempotencyToken": "token",
            },
            "ListCertificateAuthorities": {"MaxResults": 2, "ResourceOwner": "SELF"},
            "ListPermissions": {**root, "MaxResults": 1},
            "ListTags": {**root, "MaxResults": 1},
            "PutPolicy": {**resource, "Policy": self.policy},
            "RestoreCertificateAuthority": {"CertificateAuthorityArn": self.deleted.arn},
            "RevokeCertificate": {
                **root,
                "CertificateSerial": revoking.serial(self.revocable),
                "RevocationReason": "SUPERSEDED",
            },
            "TagCertificateAuthority": {**root, "Tags": tags},
            "UntagCertificateAuthority": {**root, "Tags": tags},
            "UpdateCertificateAuthority": {
                **root,
                "RevocationConfiguration": {**revoking.crl_on(), **revoking.OCSP_ON},
                "Status": "ACTIVE",
            },
        }

    def call(
        self, operation: str, params: Mapping[str, Any], *, by_other: bool = False
    ) -> tuple[str, Any]:
        """Call the service.

        Returns:
            "success" and the answer, or an error code and None.

        Raises:
            BreakageError: it did what it must never do.
        """
        before = self._remembered()
        start = time.perf_counter()
        try:
            answer = dispatch.call(
                self.pca._state, operation, params, _OTHER if by_other else _OWNER
            )
        except AwsError as error:
            code = type(error).__name__
            if code not in _CODES or not isinstance(error.message, str):
                raise BreakageError(f"{operation}: {code} is no error of AWS's") from error
            if self._remembered() != before:
                raise BreakageError(f"{operation}: {code}, but something has changed") from error
            outcome: tuple[str, Any] = (code, None)
        except Exception as error:
            raise BreakageError(f"{operation}: {type(error).__name__}: {error}") from error
        else:
            shapes.check(operation, answer)
            outcome = ("success", answer)
            self._successes += 1
        self.note_time(operation, time.perf_counter() - start)
        self._check_record(operation, params, outcome[0])
        return outcome

    def _check_record(self, operation: str, params: Mapping[str, Any], code: str) -> None:
        """Check that CloudTrail's record of a call can be made, and is JSON."""
        error = None if code == "success" else code
        attempt = ApiCall(operation, copied(params), _OWNER, UNKNOWN_SENDER, "", None, error, error)
        noted = Noted(self.pca.clock.now(), 0, attempt)
        try:
            json.dumps(list(cloudtrail.records(self.pca._state.events, noted)))
        except Exception as broken:
            raise BreakageError(f"{operation} is not recorded: {broken!r}") from broken

    def call_through_botocore(self, operation: str, params: dict[str, Any]) -> str:
        """Call the service with a client that checks nothing itself.

        Returns:
            "success", an error code, or "not sent" where botocore itself fails.
        """
        start = time.perf_counter()
        try:
            self.unchecked._make_api_call(operation, params)
            outcome = "success"
        except self.unchecked.exceptions.ClientError as error:
            outcome = error.response["Error"]["Code"]
        except Exception as error:
            modules = {
                frame.f_globals.get("__name__", "")
                for frame, _ in traceback.walk_tb(error.__traceback__)
            }
            if any(module.startswith("pca_mock") for module in modules):
                raise BreakageError(f"{operation}: {type(error).__name__}: {error}") from error
            outcome = "not sent"
        self._successes += outcome == "success"
        self.note_time(operation, time.perf_counter() - start)
        return outcome

    def _remembered(self) -> Any:
        state = self.pca._state
        return (
            inside.snapshot(self.pca),
            self.pca._state.buckets.keep(),
            state.created,
            state.plans.keep(),
        )

    def renew(self) -> None:
        """Have everything as it was in the beginning, after a number of successes."""
        if self._successes > _RENEWED_AFTER:
            self._successes = 0
            self.pca.restore(self._beginning)

    def note_time(self, operation: str, seconds: float) -> None:
        """Note how long an attempt took, which must not be too long."""
        self.slowest = max(self.slowest, seconds)
        if seconds > LONGEST:
            raise BreakageError(f"{operation}: {seconds:.1f} s")


_CSR_EXTENSIONS: Final[Any] = {
    "KeyUsage": {"KeyCertSign": True, "CRLSign": True},
    "SubjectInformationAccess": [
        {
            "AccessMethod": {"AccessMethodType": "CA_REPOSITORY"},
            "AccessLocation": {"UniformResourceIdentifier": "https://example.com"},
        }
    ],
}
_PASSTHROUGH: Final[Any] = {
    "Extensions": {
        "CertificatePolicies": [
            {
                "CertPolicyId": "2.5.29.32.0",
                "PolicyQualifiers": [
                    {"PolicyQualifierId": "CPS", "Qualifier": {"CpsUri": "https://example.com"}}
                ],
            }
        ],
        "ExtendedKeyUsage": [
            {"ExtendedKeyUsageType": "SERVER_AUTH"},
            {"ExtendedKeyUsageObjectIdentifier": "1.2.3.4"},
        ],
        "KeyUsage": {"DigitalSignature": True},
        "SubjectAlternativeNames": [
            {"DnsName": "example.com"},
            {"IpAddress": "10.0.0.1"},
            {"Rfc822Name": "a@example.com"},
            {"DirectoryName": {"CommonName": "a"}},
            {"OtherName": {"TypeId": "1.2.3", "Value": "a"}},
            {"EdiPartyName": {"PartyName": "a", "NameAssigner": "b"}},
            {"RegisteredId": "1.2.3"},
        ],
        "CustomExtensions": [{"ObjectIdentifier": "1.2.3.4.5", "Value": "BAA=", "Critical": False}],
    },
    "Subject": {
        "Country": "DE",
        "Organization": "Example",
        "OrganizationalUnit": "Unit",
        "DistinguishedNameQualifier": "q",
        "State": "S",
        "CommonName": "name",
        "SerialNumber": "5",
        "Locality": "L",
        "Title": "T",
        "Surname": "N",
        "GivenName": "G",
        "Initials": "I",
        "Pseudonym": "P",
        "GenerationQualifier": "J",
    },
}
