"""CRLs and audit reports in moto's S3, read with a user's own boto3 client."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.s3.models import S3Backend, s3_backends

from pca_mock import PcaMock, mock_pca
from pca_mock.adapters import outgoing
from tests import inside, revoking, support
from tests.revoking import BUCKET, crl_on, issue, listed, refused, revoke, serial

REGION = "us-east-1"
_PROBE_FAILURE = f"Permission error with your S3 bucket '{BUCKET}'."


class Both:
    """moto's S3, and the mock; `names` is the order in which they start."""

    def __init__(self, stack: ExitStack, names: str) -> None:
        makers: dict[str, Any] = {"moto": mock_aws, "pca": mock_pca}
        entered = {name: stack.enter_context(makers[name]()) for name in names.split()}
        self.pca: PcaMock = entered["pca"]
        self.s3: Any = boto3.client("s3", REGION)

    def read(self, key: str) -> bytes:
        return bytes(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def written(self) -> list[str]:
        result = self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return [item["Key"] for item in result]


@pytest.fixture
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    with ExitStack() as stack:
        yield Both(stack, getattr(request, "param", "moto pca"))


in_each_order = pytest.mark.parametrize("both", ["moto pca", "pca moto"], indirect=True)


@pytest.fixture
def bucket(both: Both) -> Both:
    both.s3.create_bucket(Bucket=BUCKET)
    return both


@in_each_order
def test_the_whole_story_with_only_boto3(bucket: Both) -> None:
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


@in_each_order
def test_the_mapping_looks_into_motos_buckets(bucket: Both) -> None:
    ca = revoking.root(bucket.pca)
    issue(ca)

    assert BUCKET in bucket.pca.buckets
    assert sorted(bucket.pca.buckets[BUCKET]) == sorted(bucket.written())
    assert revoking.crl(bucket.pca, ca) == bucket.read(f"crl/{revoking.ca_id(ca)}.crl")
    assert "unknown" not in bucket.pca.buckets


def test_a_bucket_in_another_region_works_too(both: Both) -> None:
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


def _report_status(ca: support.Ca) -> str:
    answer = ca.client.create_certificate_authority_audit_report(
        CertificateAuthorityArn=ca.arn, S3BucketName=BUCKET, AuditReportResponseFormat="CSV"
    )
    return ca.client.describe_certificate_authority_audit_report(
        CertificateAuthorityArn=ca.arn, AuditReportId=answer["AuditReportId"]
    )["AuditReportStatus"]


@in_each_order
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


@in_each_order
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


@in_each_order
def test_revocations_go_on_when_the_bucket_disappears(bucket: Both) -> None:
    ca = revoking.root(bucket.pca)
    arn = issue(ca)
    for key in bucket.written():
        bucket.s3.delete_object(Bucket=BUCKET, Key=key)
    bucket.s3.delete_bucket(Bucket=BUCKET)

    revoke(ca, arn)

    with refused("RequestAlreadyProcessedException", bucket.pca):
        revoke(ca, arn)


# moto accepts any text as a policy, and fails over some when an object is written.
_UNUSUAL: Any = [
    "{",
    '{"Statement": ["x"]}',
    json.dumps({"Statement": _statement(Action=[5])}),
    json.dumps({"Statement": _statement(Effect="Allow", Resource="arn:aws:s3:::other/[")}),
    json.dumps({"Statement": _statement(Condition={"Unheard": "of"})}),
]


@pytest.mark.parametrize("policy", _UNUSUAL)
def test_an_unusual_policy_only_keeps_the_crl_out(policy: str, bucket: Both) -> None:
    pca = bucket.pca
    ca = revoking.root(pca)
    arn = issue(ca)
    key = f"crl/{revoking.ca_id(ca)}.crl"
    bucket.s3.put_bucket_policy(Bucket=BUCKET, Policy=policy)

    revoke(ca, arn)
    before = inside.snapshot(pca)
    with pytest.raises(ClientError, match=_PROBE_FAILURE):
        support.pending(pca.client(region_name=REGION), RevocationConfiguration=crl_on())
    with pytest.raises(ClientError, match=_PROBE_FAILURE):
        revoking.update(ca, crl_on())
    assert inside.snapshot(pca) == before
    assert _report_status(ca) == "FAILED"

    bucket.s3.delete_bucket_policy(Bucket=BUCKET)
    assert listed(bucket.read(key)) == []
    pca.clock.advance(minutes=15)
    assert listed(bucket.read(key)) == [serial(arn)]


class _OwnError(Exception):
    """Raised by the tester's own code."""


@pytest.mark.parametrize("call", ["revoke", "issue", "update", "create", "report"])
def test_an_error_of_the_testers_own_is_raised_and_nothing_has_happened(
    call: str, bucket: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    pca = bucket.pca
    ca, new = revoking.root(pca), revoking.root(pca, "New")
    arn = issue(ca)
    calls: dict[str, Callable[[], Any]] = {
        "revoke": lambda: revoke(ca, arn),
        "issue": lambda: issue(new, IdempotencyToken="token"),
        "update": lambda: revoking.update(ca, crl_on(ExpirationInDays=5, CustomCname="x.org")),
        "create": lambda: support.pending(pca.client(), RevocationConfiguration=crl_on()),
        "report": lambda: _report_status(ca),
    }

    def fail(*_: Any, **__: Any) -> None:
        raise _OwnError

    before = inside.snapshot(pca), {key: bucket.read(key) for key in bucket.written()}
    with monkeypatch.context() as patch:
        patch.setattr(S3Backend, "put_object", fail)
        with pytest.raises(_OwnError):
            calls[call]()

    assert (inside.snapshot(pca), {k: bucket.read(k) for k in bucket.written()}) == before
    calls[call]()
    assert revoking.listed(bucket.read(f"crl/{revoking.ca_id(ca)}.crl")) == (
        [serial(arn)] if call == "revoke" else []
    )


def test_a_creation_above_the_quota_leaves_no_test_object() -> None:
    with mock_aws(), mock_pca(quotas={"certificate_authorities": 0}) as pca:
        s3: Any = boto3.client("s3", REGION)
        s3.create_bucket(Bucket=BUCKET)

        with refused("LimitExceededException", pca):
            support.pending(pca.client(region_name=REGION), RevocationConfiguration=crl_on())

        assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


# Large CRLs


@pytest.fixture
def waiting(bucket: Both, monkeypatch: pytest.MonkeyPatch) -> tuple[Both, support.Ca, str]:
    """A revocation whose CRL has not been written to moto's S3 yet, as if the CRL were large."""
    ca = revoking.root(bucket.pca)
    first, second = issue(ca), issue(ca)
    revoke(ca, first)
    monkeypatch.setattr(outgoing, "_SMALL", 0)
    monkeypatch.setattr(outgoing, "_GROWTH", 10)
    revoke(ca, second)
    (parcel,) = bucket.pca.buckets._store._outgoing._parcels.values()
    assert listed(bytes(parcel.item.data))[0] == serial(second)
    return bucket, ca, serial(second)


@in_each_order
@pytest.mark.parametrize(
    "look",
    [
        lambda both, key: both.read(key),
        lambda both, key: bytes(
            boto3.resource("s3", REGION).Object(BUCKET, key).get()["Body"].read()
        ),
        lambda both, key: both.pca.buckets[BUCKET][key],
    ],
    ids=["client", "resource", "mapping"],
)
def test_whoever_looks_sees_the_latest_revocation(
    look: Callable[[Both, str], bytes], waiting: tuple[Both, support.Ca, str]
) -> None:
    both, ca, latest = waiting

    assert listed(look(both, f"crl/{revoking.ca_id(ca)}.crl"))[0] == latest


@in_each_order
def test_a_handle_sees_it_too(waiting: tuple[Both, support.Ca, str]) -> None:
    both, ca, latest = waiting

    crl = both.pca.authority(ca.arn).crl

    assert crl.get_revoked_certificate_by_serial_number(int(latest, 16)) is not None


@in_each_order
def test_it_is_written_before_the_bucket_is_closed(
    waiting: tuple[Both, support.Ca, str],
) -> None:
    both, ca, latest = waiting

    _put_policy(both, _statement())
    both.s3.delete_bucket_policy(Bucket=BUCKET)

    assert not inside.authority(both.pca, ca.arn).crls[None].failed
    assert listed(both.read(f"crl/{revoking.ca_id(ca)}.crl"))[0] == latest


@pytest.mark.parametrize("end", ["snapshot", "clock", "stop"])
def test_it_is_written_at_the_end_of_the_mock(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "_SMALL", 0)
    monkeypatch.setattr(outgoing, "_GROWTH", 10)
    mock = mock_pca()
    with mock_aws():
        boto3.client("s3", REGION).create_bucket(Bucket=BUCKET)
        pca = mock.start()
        ends = {
            "snapshot": pca.snapshot,
            "clock": lambda: pca.clock.advance(seconds=1),
            "stop": mock.stop,
        }
        ca = revoking.root(pca)
        arns = [issue(ca) for _ in range(3)]
        for arn in arns:
            revoke(ca, arn)
        bucket = s3_backends[pca.account_id]["aws"].buckets[BUCKET]
        key = f"crl/{revoking.ca_id(ca)}.crl"
        assert len(listed(bucket.keys[key].value)) < 3

        ends[end]()

        assert len(listed(bucket.keys[key].value)) == 3
        if end != "stop":
            mock.stop()


# Nothing goes out


def test_requests_that_moto_passes_on_do_not_reach_aws() -> None:
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
