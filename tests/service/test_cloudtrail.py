"""CloudTrail's records and EventBridge's events, beside samples of the guide's form."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

import boto3
import pytest
from asn1crypto import x509 as asn1_x509
from botocore.exceptions import ClientError, EndpointConnectionError
from cryptography import x509

from pca_mock import PcaMock, mock_pca
from pca_mock.service import cloudtrail
from pca_mock.state.calls import Caller
from pca_mock.state.events import ApiCall, Feed, Noted, Principal, Sender
from tests import policies, revoking, support
from tests.issuance import passing
from tests.service.test_issue_name_constraints import below, constraints
from tests.support import Ca

REGION: Final = "eu-west-1"
OWNER: Final = "444455556666"
SAMPLES: Final = Path(__file__).parents[1] / "data" / "events"
NOON: Final = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)


def samples(file: str) -> list[Any]:
    rows = json.loads((SAMPLES / file).read_text("utf-8"))
    return [pytest.param(row["sample"], id=row["source"]) for row in rows]


def has_form(value: Any, sample: Any) -> bool:
    """Whether a value has the members of a sample, and their types; it may have more members."""
    if isinstance(sample, dict):
        return isinstance(value, dict) and all(
            name in value and has_form(value[name], each) for name, each in sample.items()
        )
    if isinstance(sample, list):
        items = zip(value, sample, strict=False) if isinstance(value, list) else ()
        return bool(value) and all(has_form(each, like) for each, like in items)
    return type(value) is type(sample)


@pytest.fixture(scope="module")
def happened() -> Iterator[PcaMock]:
    """A mock in which everything has happened that the samples are about."""
    with mock_pca(account_id=OWNER) as pca:
        client = pca.client(region_name=REGION)
        root = support.root(
            client,
            IdempotencyToken="1",
            RevocationConfiguration={**revoking.crl_on(), **revoking.OCSP_ON},
        )
        below(root, 1)
        arn = root.issue(revoking.a_csr(), IdempotencyToken="1")
        revoking.ocsp_status(pca, root, arn)
        revoking.revoke(root, arn)
        revoking.create_report(root)
        pca.buckets.forbid(revoking.REPORTS)
        revoking.create_report(root)
        pca.buckets.forbid(revoking.BUCKET)
        revoking.revoke(root, root.issue(revoking.a_csr()))
        client.tag_certificate_authority(
            CertificateAuthorityArn=root.arn, Tags=[{"Key": "team", "Value": "pki"}]
        )
        client.list_tags(CertificateAuthorityArn=root.arn)
        with pytest.raises(ClientError):
            client.delete_certificate_authority(CertificateAuthorityArn=root.arn)
        pca.fail_later("CreateCertificateAuthority", "REQUEST_TIMED_OUT", times=1)
        support.pending(client)
        permitted = constraints(x509.DNSName("example.com"))
        below(root, 0, permitted).issue(support.KeyHolder().csr("a.test", ["a.test"]))
        yield pca


@pytest.mark.parametrize("sample", samples("eventbridge.json"))
def test_an_event_has_the_form_of_the_guides(sample: Any, happened: PcaMock) -> None:
    keys = ("version", "detail-type", "source", "account", "region", "detail")
    of_its_kind = [
        event
        for event in happened.events.eventbridge()
        if all(event[key] == sample[key] for key in keys)
    ]

    assert of_its_kind
    for event in of_its_kind:
        assert has_form(event, sample)
        assert list(event) == list(sample)
        assert [part.count(":") for part in event["resources"]] == [
            part.count(":") for part in sample["resources"]
        ]


@pytest.mark.parametrize("sample", samples("cloudtrail.json"))
def test_a_record_has_the_form_of_the_guides(sample: Any, happened: PcaMock) -> None:
    del sample["userIdentity"]
    of_its_kind = [
        record
        for record in happened.events.cloudtrail()
        if record["eventName"] == sample["eventName"]
        and has_form(record, sample)
        and record.get("errorCode") == sample.get("errorCode")
        and record.get("errorMessage") == sample.get("errorMessage")
    ]

    assert of_its_kind
    details = sample.get("serviceEventDetails", {})
    assert [
        record
        for record in of_its_kind
        if all(
            record["serviceEventDetails"][name] == details[name]
            for name in ("status", "statusReason")
            if name in details
        )
    ]


def test_a_failed_issuance_has_no_times_and_was_not_signed(happened: PcaMock) -> None:
    (failed,) = [
        each
        for each in happened.events.cloudtrail()
        if each.get("serviceEventDetails", {}).get("status") == "FAILED"
    ]
    details = failed["serviceEventDetails"]

    assert not {"notBefore", "notAfter", "issuedAt"} & set(details)
    arn = failed["resources"][1]["ARN"]
    assert [each.name for each in happened.events.filter(resource=arn)] == [
        "IssueCertificateDetails",
        None,
    ]


def test_only_some_answers_are_recorded(happened: PcaMock) -> None:
    answered = {
        each["eventName"] for each in happened.events.cloudtrail() if each["responseElements"]
    }

    assert answered == cloudtrail.RESPONSE_ELEMENTS


def test_ids_and_texts_stay_the_same_and_differ(happened: PcaMock) -> None:
    events = happened.events.eventbridge(read_only=True)
    records = happened.events.cloudtrail()

    assert events == happened.events.eventbridge(read_only=True)
    ids = [event["id"] for event in events] + [record["eventID"] for record in records]
    assert len(set(ids)) == len(ids)
    assert json.loads(json.dumps(events)) == events


def test_a_record_of_an_issuance_has_what_openssl_and_others_read(pca: PcaMock, ca: Ca) -> None:
    arn = ca.issue(support.KeyHolder().csr("*.example.com", ["*.example.com"]))
    pem, _ = ca.get(arn)
    certificate = x509.load_pem_x509_certificate(pem.encode())

    details = last(pca, "IssueCertificateDetails")["serviceEventDetails"]

    tbs = base64.b64decode(details["tbsCertificate"])
    assert tbs == certificate.tbs_certificate_bytes
    assert asn1_x509.TbsCertificate.load(tbs)["serial_number"].native == certificate.serial_number
    assert details["serialNumber"].replace(":", "") == f"{certificate.serial_number:032X}"
    assert details["subject"] == "CN=*.example.com"
    assert details["issuerName"] == certificate.issuer.rfc4514_string()
    issuer = x509.load_pem_x509_certificate(ca.certificate().encode())
    assert int(details["issuerSerialNumber"].replace(":", ""), 16) == issuer.serial_number
    key = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert details["issuerAuthorityKeyIdentifier"] == key.hex(":").upper()
    assert details["notAfter"] == f"{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}"
    assert details["templateArn"] == support.template_arn("EndEntityCertificate")
    assert details["requesterArn"] == "arn:aws:iam::123456789012:root"


def test_a_root_that_signs_itself_has_no_issuer_in_its_record(pca: PcaMock, ca: Ca) -> None:
    records = [
        each for each in pca.events.cloudtrail() if each["eventName"] == "IssueCertificateDetails"
    ]

    details = records[0]["serviceEventDetails"]

    assert not {"issuerAuthorityKeyIdentifier", "issuerSerialNumber"} & set(details)
    assert details["issuerName"] == details["subject"]


@pytest.mark.parametrize(
    ("key_algorithm", "signing_algorithm", "expected"),
    [
        ("EC_prime256v1", "SHA384WITHECDSA", "ECDSAWITHSHA384"),
        ("RSA_2048", "SHA256WITHRSA", "SHA256WITHRSA"),
    ],
)
def test_a_signing_algorithm_has_the_guides_name(
    key_algorithm: Any, signing_algorithm: Any, expected: str, pca: PcaMock
) -> None:
    root = pca.create_root_ca(key_algorithm=key_algorithm, signing_algorithm=signing_algorithm)

    assert root.status == "ACTIVE"
    details = pca.events.filter(name="IssueCertificateDetails")[0].detail["serviceEventDetails"]
    assert details["signingAlgorithm"] == expected


# API calls


@pytest.fixture
def ca(pca: PcaMock) -> Ca:
    return support.root(boto3.client("acm-pca", REGION))


def last(pca: PcaMock, name: str) -> dict[str, Any]:
    return [each for each in pca.events.cloudtrail() if each["eventName"] == name][-1]


def test_parameters_are_in_lower_camel_case_and_blobs_are_java_buffers(
    pca: PcaMock, ca: Ca
) -> None:
    csr = support.KeyHolder().csr()
    request = passing(CertificatePolicies=[{"CertPolicyId": "1.2.3"}])
    template = "EndEntityCertificate_APIPassthrough"
    ca.issue(csr, template, ApiPassthrough=request)

    parameters = last(pca, "IssueCertificate")["requestParameters"]

    buffer = parameters.pop("csr")
    assert bytes(octet % 256 for octet in buffer["hb"]) == csr
    assert buffer["position"] == buffer["limit"] == buffer["capacity"] == len(csr)
    assert parameters == {
        "certificateAuthorityArn": ca.arn,
        "templateArn": support.template_arn(template),
        "validity": {"type": "DAYS", "value": 365},
        "signingAlgorithm": "SHA256WITHECDSA",
        "apiPassthrough": {
            "extensions": {"certificatePolicies": [{"certPolicyId": "1.2.3"}]},
        },
    }


def test_the_octets_of_a_buffer_are_signed() -> None:
    call = ApiCall("IssueCertificate", {"Csr": b"\x00\x7f\x80\xff"}, CALLER, Sender(), "")

    assert rendered(call)["requestParameters"]["csr"]["hb"] == [0, 127, -128, -1]


CALLER: Final = Caller(OWNER, REGION, "aws")


def rendered(call: ApiCall, feed: Feed | None = None) -> dict[str, Any]:
    feed = feed or Feed()
    (record,) = cloudtrail.records(feed, Noted(NOON, 0, call))
    return record


@pytest.mark.parametrize(
    ("operation", "params", "expected"),
    [
        ("IssueCertificate", {}, None),
        ("NoSuchOperation", {"Csr": b""}, None),
        ("IssueCertificate", {"Csr": "a"}, {"csr": {"hb": [97]}}),
        (
            "IssueCertificate",
            {"Csr": 10**12, "Validity": {1: b"x"}},
            {"csr": 10**12, "validity": {"1": "b'x'"}},
        ),
        (
            "ListTags",
            {"NoSuchMember": NOON, "MaxResults": None},
            {"noSuchMember": "2027-03-01 12:00:00+00:00", "maxResults": None},
        ),
    ],
)
def test_odd_parameters_are_recorded_too(operation: str, params: Any, expected: Any) -> None:
    parameters = rendered(ApiCall(operation, params, CALLER, Sender(), ""))["requestParameters"]

    if expected and isinstance(expected.get("csr"), dict):
        parameters = {"csr": {"hb": parameters["csr"]["hb"]}}
    assert parameters == expected
    json.dumps(parameters)


def test_a_refused_call_is_recorded_whatever_it_named_as_its_ca() -> None:
    params = {"CertificateAuthorityArn": NotImplemented}  # neither true nor false
    code = "SerializationException"
    record = rendered(ApiCall("ListTags", params, CALLER, Sender(), "", None, code, ""))

    assert record["requestParameters"] == {"certificateAuthorityArn": "NotImplemented"}
    assert record["errorCode"] == code


def test_a_call_has_its_user_agent_request_id_and_read_only(pca: PcaMock, ca: Ca) -> None:
    client = ca.client
    answer = client.describe_certificate_authority(CertificateAuthorityArn=ca.arn)

    record = last(pca, "DescribeCertificateAuthority")

    assert record["userAgent"].split("/")[0] == "Boto3"
    assert record["requestID"] == answer["ResponseMetadata"]["RequestId"]
    assert record["readOnly"] is True
    assert last(pca, "CreateCertificateAuthority")["readOnly"] is False
    assert record["sourceIPAddress"] == "127.0.0.1"


def test_each_attempt_that_reaches_aws_is_recorded(pca: PcaMock, ca: Ca) -> None:
    pca.clock.freeze(NOON)
    pca.events.clear()
    pca.fail("ListTags", "ThrottlingException", attempts=1)
    pca.fail("ListPermissions", EndpointConnectionError(endpoint_url="x"), attempts=1)

    ca.client.list_tags(CertificateAuthorityArn=ca.arn)
    ca.client.list_permissions(CertificateAuthorityArn=ca.arn)

    throttled, answered, listed = pca.events.cloudtrail()
    assert throttled["errorCode"] == "ThrottlingException"
    assert throttled["eventTime"] == "2027-03-01T12:00:00Z"
    assert "errorCode" not in answered
    assert listed["eventName"] == "ListPermissions"


def test_a_lost_answer_is_of_a_call_that_was_carried_out(pca: PcaMock, ca: Ca) -> None:
    pca.events.clear()
    pca.lose_response("ListTags", attempts=1)

    ca.client.list_tags(CertificateAuthorityArn=ca.arn)

    assert [each["errorCode"] for each in pca.events.cloudtrail() if "errorCode" in each] == []
    assert len(pca.events.cloudtrail()) == 2


# Accounts


def test_both_accounts_get_the_records_of_a_shared_ca(pca: PcaMock, ca: Ca) -> None:
    policies.share(ca)
    pca.events.clear()
    with pca.as_account(policies.OTHER):
        ca.issue(revoking.a_csr())
        with pytest.raises(ClientError):
            ca.client.delete_certificate_authority(CertificateAuthorityArn=ca.arn)

    own, owners, *service, refused = pca.events.cloudtrail()

    assert (own["recipientAccountId"], owners["recipientAccountId"]) == (
        policies.OTHER,
        policies.OWNER,
    )
    assert own["sharedEventID"] == owners["sharedEventID"]
    assert own["eventID"] != owners["eventID"]
    assert own["userIdentity"]["type"] == "Root"
    assert owners["userIdentity"] == {
        "type": "AWSAccount",
        "principalId": policies.OTHER,
        "accountId": policies.OTHER,
    }
    assert [(each["eventName"], each["recipientAccountId"]) for each in service] == [
        ("SignCertificate", policies.OWNER),
        ("IssueCertificateDetails", policies.OWNER),
        ("IssueCertificateDetails", policies.OTHER),
    ]
    assert service[1]["serviceEventDetails"]["requesterAccountId"] == policies.OTHER
    assert refused["recipientAccountId"] == policies.OTHER
    assert pca.events.filter("ACM Private CA Certificate Issuance")[0].account == policies.OWNER


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        (None, {"type": "Root", "principalId": OWNER, "arn": f"arn:aws:iam::{OWNER}:root"}),
        (
            Principal("arn:aws:iam::1:user/ann", "AIDA1", user_name="ann"),
            {
                "type": "IAMUser",
                "principalId": "AIDA1",
                "arn": "arn:aws:iam::1:user/ann",
                "userName": "ann",
            },
        ),
        (
            Principal("arn:aws:sts::1:assumed-role/r/s", "AROA1:s", "arn:aws:iam::1:role/p/r"),
            {
                "type": "AssumedRole",
                "principalId": "AROA1:s",
                "arn": "arn:aws:sts::1:assumed-role/r/s",
                "sessionContext": {
                    "sessionIssuer": {
                        "type": "Role",
                        "principalId": "AROA1",
                        "arn": "arn:aws:iam::1:role/p/r",
                        "accountId": OWNER,
                        "userName": "r",
                    }
                },
            },
        ),
    ],
    ids=["unknown", "user", "role"],
)
def test_the_identity_of_a_caller(principal: Principal | None, expected: Any) -> None:
    caller = Caller(OWNER, REGION, "aws", access_key="AKIA1")
    feed = Feed(find_principal={"AKIA1": principal}.get)

    identity = cloudtrail.user_identity(feed, caller)

    assert identity == {**expected, "accountId": OWNER, "accessKeyId": "AKIA1"}


def test_a_service_that_calls_for_somebody_is_named() -> None:
    acm = "acm.amazonaws.com"
    caller = Caller(OWNER, REGION, "aws", "handle", acm, "PCAMOCK-1")

    record = rendered(ApiCall("ListTags", {}, caller, Sender(), ""))

    assert record["userIdentity"]["invokedBy"] == acm
    assert "accessKeyId" not in record["userIdentity"]
    assert record["sourceIPAddress"] == record["userAgent"] == acm


def test_a_certificate_that_acm_has_asked_for_names_acm(pca: PcaMock, ca: Ca) -> None:
    from moto import mock_aws

    with mock_aws():
        acm = boto3.client("acm", REGION)
        acm.request_certificate(DomainName="a.test", CertificateAuthorityArn=ca.arn)

    details = last(pca, "IssueCertificateDetails")["serviceEventDetails"]
    assert details["requesterServicePrincipal"] == "acm.amazonaws.com"
    assert not {"requesterAccountId", "requesterArn"} & set(details)
