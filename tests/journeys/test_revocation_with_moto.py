"""CRLs and audit reports in moto's S3, read with a user's own boto3 client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from pca_mock import PcaMock, mock_pca
from tests import revoking, support
from tests.revoking import BUCKET, crl_on, issue, listed, refused, revoke, serial

REGION = "us-east-1"
_PROBE_FAILURE = f"Permission error with your S3 bucket '{BUCKET}'."


class Both:
    """moto's S3, and the mock; `names` says which one is started first."""

    def __init__(self, stack: ExitStack, names: str) -> None:
        makers: dict[str, Any] = {"moto": mock_aws, "pca": mock_pca}
        entered = {name: stack.enter_context(makers[name]()) for name in names.split()}
        self.pca: PcaMock = entered["pca"]
        self.s3: Any = boto3.client("s3", REGION)

    def read(self, key: str) -> bytes:
        return bytes(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def written(self) -> list[str]:
        found = self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return [item["Key"] for item in found]


@pytest.fixture(params=["moto pca", "pca moto"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    with ExitStack() as stack:
        yield Both(stack, request.param)


@pytest.fixture
def bucket(both: Both) -> Both:
    both.s3.create_bucket(Bucket=BUCKET)
    return both


def test_the_whole_story_with_boto3_alone(bucket: Both) -> None:
    client: Any = boto3.client("acm-pca", REGION)
    ca = support.root(client, RevocationConfiguration=crl_on())
    good, revoked = issue(ca), issue(ca)
    client.revoke_certificate(
        CertificateAuthorityArn=ca.arn,
        CertificateSerial=serial(revoked),
        RevocationReason="SUPERSEDED",
    )
    report = client.create_certificate_authority_audit_report(
        CertificateAuthorityArn=ca.arn, S3BucketName=BUCKET, AuditReportResponseFormat="JSON"
    )
    client.get_waiter("audit_report_created").wait(
        CertificateAuthorityArn=ca.arn, AuditReportId=report["AuditReportId"]
    )

    assert listed(bucket.read(f"crl/{revoking.ca_id(ca)}.crl")) == [serial(revoked)]
    rows = {row["certificateArn"]: row for row in json.loads(bucket.read(report["S3Key"]))}
    assert rows[revoked]["revocationReason"] == "SUPERSEDED"
    assert "revokedAt" not in rows[good]
    assert len(rows) == 3


def test_the_object_has_type_and_acl(bucket: Both) -> None:
    for acl, readers in (("PUBLIC_READ", True), ("BUCKET_OWNER_FULL_CONTROL", False)):
        ca = revoking.root(bucket.pca, S3ObjectAcl=acl)
        issue(ca)
        key = f"crl/{revoking.ca_id(ca)}.crl"

        assert (
            bucket.s3.head_object(Bucket=BUCKET, Key=key)["ContentType"] == "application/pkix-crl"
        )
        grants = bucket.s3.get_object_acl(Bucket=BUCKET, Key=key)["Grants"]
        everybody = [grant for grant in grants if "AllUsers" in grant["Grantee"].get("URI", "")]
        assert bool(everybody) is readers


def test_the_mapping_looks_into_motos_buckets(bucket: Both) -> None:
    ca = revoking.root(bucket.pca)
    issue(ca)

    assert BUCKET in bucket.pca.buckets
    assert sorted(bucket.pca.buckets[BUCKET]) == sorted(bucket.written())
    assert revoking.crl(bucket.pca, ca) == bucket.read(f"crl/{revoking.ca_id(ca)}.crl")
    assert "unknown" not in bucket.pca.buckets


def test_a_bucket_in_another_region_is_as_good(both: Both) -> None:
    both.s3.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    ca = revoking.root(both.pca)

    issue(ca)

    assert listed(both.read(f"crl/{revoking.ca_id(ca)}.crl")) == []


# Refusals


def _fails_to_create(both: Both) -> None:
    client = both.pca.client(region_name=REGION)
    with pytest.raises(ClientError, match=_PROBE_FAILURE) as caught:
        support.pending(client, RevocationConfiguration=crl_on())
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert client.list_certificate_authorities()["CertificateAuthorities"] == []


def _report_status(ca: support.Authority) -> str:
    answer = ca.client.create_certificate_authority_audit_report(
        CertificateAuthorityArn=ca.arn, S3BucketName=BUCKET, AuditReportResponseFormat="CSV"
    )
    return ca.client.describe_certificate_authority_audit_report(
        CertificateAuthorityArn=ca.arn, AuditReportId=answer["AuditReportId"]
    )["AuditReportStatus"]


def test_a_missing_bucket_is_the_documented_error(both: Both) -> None:
    _fails_to_create(both)

    ca = support.root(both.pca.client(region_name=REGION))
    with refused("ResourceNotFoundException", both.pca):
        _report_status(ca)


def _statement(**changes: Any) -> dict[str, Any]:
    return {
        "Effect": "Deny",
        "Principal": {"Service": "acm-pca.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
        **changes,
    }


_DENIES: Any = [
    {},
    {"Principal": "*"},
    {"Principal": {"AWS": "*"}},
    {"Principal": {"Service": ["acm.amazonaws.com", "acm-pca.amazonaws.com"]}},
    {"Action": ["s3:GetObject", "s3:PutObjectAcl"]},
    {"Action": "s3:Put*"},
    {"Action": "*"},
    {"Action": "S3:putobject"},
    {"Resource": "*"},
    {"Action": "s3:GetBucketAcl", "Resource": f"arn:aws:s3:::{BUCKET}"},
]
_LETS: Any = [
    {"Effect": "Allow"},
    # moto itself forbids s3:PutObject to everybody, whoever is named and on whatever condition.
    {"Principal": {"Service": "acm.amazonaws.com"}, "Action": "s3:PutObjectAcl"},
    {"Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "s3:PutObjectAcl"},
    {"Action": "s3:GetObject"},
    {"Action": "s3:GetBucketAcl"},
    {"Resource": f"arn:aws:s3:::{BUCKET}/private/*"},
    {
        "Principal": "*",
        "Action": "s3:PutObjectAcl",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    },
]


def _put_policy(both: Both, *statements: Any) -> None:
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    both.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))


@pytest.mark.parametrize("changes", _DENIES)
def test_a_policy_that_forbids_writing_is_the_documented_error(changes: Any, bucket: Both) -> None:
    _put_policy(bucket, _statement(Effect="Allow"), _statement(**changes))

    _fails_to_create(bucket)
    assert bucket.written() == []


@pytest.mark.parametrize("changes", _LETS)
def test_a_policy_that_forbids_something_else_does_not_matter(changes: Any, bucket: Both) -> None:
    _put_policy(bucket, _statement(**changes))

    revoking.root(bucket.pca)

    assert bucket.written() == ["acm-pca-permission-test-key"]


def test_a_report_fails_where_the_policy_forbids_it(bucket: Both) -> None:
    ca = support.root(bucket.pca.client(region_name=REGION))
    assert _report_status(ca) == "SUCCESS"
    _put_policy(bucket, _statement())

    assert _report_status(ca) == "FAILED"


@pytest.mark.parametrize("setting", ["BlockPublicAcls", "IgnorePublicAcls"])
def test_a_public_crl_needs_a_bucket_without_a_public_access_block(
    setting: str, bucket: Both
) -> None:
    bucket.s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration={setting: True})

    _fails_to_create(bucket)
    private = crl_on(S3ObjectAcl="BUCKET_OWNER_FULL_CONTROL")
    support.pending(bucket.pca.client(region_name=REGION), RevocationConfiguration=private)
    assert bucket.written() == ["acm-pca-permission-test-key-private"]


@pytest.mark.parametrize(
    ("encryption", "works"),
    [
        ({"SSEAlgorithm": "AES256"}, True),
        ({"SSEAlgorithm": "aws:kms"}, False),
        ({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/aws/s3"}, False),
        ({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/own"}, True),
    ],
)
def test_the_default_kms_key_of_s3_cannot_be_used(
    encryption: Any, works: bool, bucket: Both
) -> None:
    bucket.s3.put_bucket_encryption(
        Bucket=BUCKET,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": encryption}]
        },
    )

    if not works:
        _fails_to_create(bucket)
    ca = support.root(bucket.pca.client(region_name=REGION))
    assert _report_status(ca) == ("SUCCESS" if works else "FAILED")


def test_a_bucket_that_disappears_lets_revocations_go_on(bucket: Both) -> None:
    ca = revoking.root(bucket.pca)
    arn = issue(ca)
    for key in bucket.written():
        bucket.s3.delete_object(Bucket=BUCKET, Key=key)
    bucket.s3.delete_bucket(Bucket=BUCKET)

    revoke(ca, arn)

    with refused("RequestAlreadyProcessedException", bucket.pca):
        revoke(ca, arn)


# Nothing goes out


def test_what_moto_lets_pass_does_not_reach_real_aws() -> None:
    passing: Any = {"core": {"passthrough": {"services": ["s3"]}}}
    with mock_aws(config=passing), mock_pca() as pca:
        client = pca.client(region_name=REGION)

        with pytest.raises(ClientError, match=_PROBE_FAILURE):
            support.pending(client, RevocationConfiguration=crl_on())
        assert BUCKET not in pca.buckets


def test_when_moto_has_ended_objects_go_to_memory() -> None:
    with mock_pca() as pca:
        with mock_aws():
            boto3.client("s3", REGION).create_bucket(Bucket=BUCKET)
            ca = revoking.root(pca)
            assert list(pca.buckets) == [BUCKET]
        assert list(pca.buckets) == []

        issue(ca)

        assert list(pca.buckets[BUCKET]) == [f"crl/{revoking.ca_id(ca)}.crl"]


def test_an_endpoint_of_the_users_comes_before_moto() -> None:
    with mock_aws(), mock_pca(s3_endpoint_url="http://127.0.0.1:9") as pca:
        boto3.client("s3", REGION).create_bucket(Bucket=BUCKET)

        with pytest.raises(ClientError, match=_PROBE_FAILURE):
            support.pending(pca.client(region_name=REGION), RevocationConfiguration=crl_on())
