"""Stacks of moto's CloudFormation with resources of Private CA, with boto3 alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from moto import mock_aws

from pca_mock import PcaMock, mock_pca
from tests import oracles
from tests.acm.clients import REGION
from tests.acm.clients import client as shared

TEMPLATE = "arn:aws:acm-pca:::template/{}/V1"
AUTHORITY: dict[str, Any] = {
    "Type": "ROOT",
    "KeyAlgorithm": "EC_prime256v1",
    "SigningAlgorithm": "SHA256WITHECDSA",
    "Subject": {"CommonName": "Stack Root", "Organization": "Example"},
}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::ACMPCA::{kind}", "Properties": properties}


def get(name: str, attribute: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, attribute]}


def certificate(authority: str, csr: Any, template: str, years: Any) -> dict[str, Any]:
    return resource(
        "Certificate",
        CertificateAuthorityArn={"Ref": authority},
        CertificateSigningRequest=csr,
        SigningAlgorithm="SHA256WITHECDSA",
        TemplateArn=TEMPLATE.format(template),
        Validity={"Type": "YEARS", "Value": years},
    )


def hierarchy() -> dict[str, Any]:
    """A root and a CA below it, active, as a synthesized CDK template has them."""
    subordinate = {**AUTHORITY, "Type": "SUBORDINATE", "Subject": {"CommonName": "Issuing"}}
    return {
        "Permission": resource(
            "Permission",
            CertificateAuthorityArn=get("Issuing", "Arn"),
            Principal="acm.amazonaws.com",
            Actions=["IssueCertificate", "GetCertificate", "ListPermissions"],
        ),
        "IssuingCertificate": {
            **certificate(
                "Root",
                get("Issuing", "CertificateSigningRequest"),
                "SubordinateCACertificate_PathLen0",
                "5",
            ),
            "DependsOn": "RootActivation",
        },
        "IssuingActivation": resource(
            "CertificateAuthorityActivation",
            CertificateAuthorityArn={"Ref": "Issuing"},
            Certificate=get("IssuingCertificate", "Certificate"),
            CertificateChain=get("RootActivation", "CompleteCertificateChain"),
            Status="ACTIVE",
        ),
        "Issuing": resource("CertificateAuthority", **subordinate),
        "Root": resource("CertificateAuthority", **AUTHORITY),
        "RootCertificate": certificate(
            "Root", get("Root", "CertificateSigningRequest"), "RootCACertificate", 10
        ),
        "RootActivation": resource(
            "CertificateAuthorityActivation",
            CertificateAuthorityArn=get("Root", "Arn"),
            Certificate=get("RootCertificate", "Certificate"),
        ),
    }


@pytest.fixture
def cloudformation(pca: PcaMock) -> Iterator[Any]:
    """A client of CloudFormation, while moto is active."""
    with mock_aws():
        yield shared("cloudformation", REGION)


def body(resources: dict[str, Any], **outputs: Any) -> str:
    members = {name: {"Value": value} for name, value in outputs.items()}
    return json.dumps({"Resources": resources, "Outputs": members})


def create(client: Any, resources: dict[str, Any], **outputs: Any) -> dict[str, str]:
    """Create a stack; return its outputs."""
    client.create_stack(StackName="pki", TemplateBody=body(resources, **outputs))
    return outputs_of(client)


def update(client: Any, resources: dict[str, Any], **outputs: Any) -> dict[str, str]:
    client.update_stack(StackName="pki", TemplateBody=body(resources, **outputs))
    return outputs_of(client)


def outputs_of(client: Any) -> dict[str, str]:
    (stack,) = client.describe_stacks(StackName="pki")["Stacks"]
    assert stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}


def story(folder: Path) -> None:
    client, pca = boto3.client("cloudformation", REGION), boto3.client("acm-pca", REGION)
    outputs = create(
        client,
        hierarchy(),
        Arn={"Ref": "Issuing"},
        Chain=get("IssuingActivation", "CompleteCertificateChain"),
        Root=get("RootActivation", "CompleteCertificateChain"),
        CertificateArn={"Ref": "IssuingCertificate"},
    )

    described = pca.describe_certificate_authority(CertificateAuthorityArn=outputs["Arn"])
    assert described["CertificateAuthority"]["Status"] == "ACTIVE"
    assert outputs["CertificateArn"].startswith("arn:aws:acm-pca:us-east-1:123456789012:certif")
    first, *rest = oracles.blocks(outputs["Chain"])
    assert rest == oracles.blocks(outputs["Root"])
    assert oracles.openssl_verify(folder, first, "", outputs["Root"])
    permissions = pca.list_permissions(CertificateAuthorityArn=outputs["Arn"])["Permissions"]
    assert [each["Principal"] for each in permissions] == ["acm.amazonaws.com"]
    summaries = client.list_stack_resources(StackName="pki")["StackResourceSummaries"]
    assert {each["LogicalResourceId"] for each in summaries} == hierarchy().keys()


def test_mock_pca_inside_mock_aws(tmp_path: Path) -> None:
    with mock_aws(), mock_pca():
        story(tmp_path)


def test_mock_aws_inside_mock_pca(tmp_path: Path) -> None:
    with mock_pca(), mock_aws():
        story(tmp_path)


def test_a_deleted_stack_leaves_deleted_cas(pca: PcaMock, cloudformation: Any) -> None:
    create(cloudformation, hierarchy())
    issued = pca.certificates

    cloudformation.delete_stack(StackName="pki")

    assert {ca.status for ca in pca.authorities} == {"DELETED"}
    assert list(pca.certificates) == list(issued)
    assert all(each.status == "ISSUED" for each in issued)


def test_a_stack_without_activation_can_be_deleted_too(pca: PcaMock, cloudformation: Any) -> None:
    create(cloudformation, {"Root": resource("CertificateAuthority", **AUTHORITY)})
    pca.authorities[0].delete()
    pca.clock.advance(days=31)

    cloudformation.delete_stack(StackName="pki")

    assert pca.authorities == []


def test_calls_are_the_callers_by_cloudformation(pca: PcaMock, cloudformation: Any) -> None:
    with pca.as_account("222222222222"):
        create(cloudformation, {"Root": resource("CertificateAuthority", **AUTHORITY)})

    call = pca.calls[0]
    assert (call.caller.account, call.origin) == ("222222222222", "code")
    assert call.caller.invoked_by == "cloudformation.amazonaws.com"
    assert pca.authorities[0].account_id == "222222222222"


def test_a_ca_that_takes_time_is_waited_for(pca: PcaMock, cloudformation: Any) -> None:
    before = pca.clock.now()
    with pca.hold("CreateCertificateAuthority", polls=3):
        create(cloudformation, {"Root": resource("CertificateAuthority", **AUTHORITY)})

    assert pca.authorities[0].status == "PENDING_CERTIFICATE"
    assert pca.clock.now() - before > timedelta(seconds=6)


# Updates


def test_tags_and_revocation_are_updated_in_place(pca: PcaMock, cloudformation: Any) -> None:
    crl = {"Enabled": "true", "ExpirationInDays": "7", "S3BucketName": "crls"}
    shared("s3", REGION).create_bucket(Bucket="crls")
    old = {**AUTHORITY, "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": 2}]}
    new = {
        **AUTHORITY,
        "Tags": [{"Key": "a", "Value": "1"}, {"Key": "c", "Value": "3"}],
        "RevocationConfiguration": {"CrlConfiguration": crl},
    }
    arn = {"Ref": "Root"}
    first = create(cloudformation, {"Root": resource("CertificateAuthority", **old)}, Arn=arn)
    client = pca.client(region_name=REGION)

    second = update(cloudformation, {"Root": resource("CertificateAuthority", **new)}, Arn=arn)

    assert second == first
    tags = client.list_tags(CertificateAuthorityArn=first["Arn"])["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"a": "1", "c": "3"}
    configuration = pca.authorities[0].describe()["RevocationConfiguration"]
    assert configuration["CrlConfiguration"]["ExpirationInDays"] == 7
    update(
        cloudformation,
        {"Root": resource("CertificateAuthority", **{**new, "Tags": []})},
        Arn=arn,
    )
    update(cloudformation, {"Root": resource("CertificateAuthority", **AUTHORITY)}, Arn=arn)
    configuration = pca.authorities[0].describe()["RevocationConfiguration"]
    assert configuration["CrlConfiguration"]["Enabled"] is False
    assert client.list_tags(CertificateAuthorityArn=first["Arn"])["Tags"] == []


def test_another_subject_replaces_the_ca(pca: PcaMock, cloudformation: Any) -> None:
    arn = {"Ref": "Root"}
    first = create(cloudformation, {"Root": resource("CertificateAuthority", **AUTHORITY)}, Arn=arn)
    other = {**AUTHORITY, "Subject": {"CommonName": "Other"}}

    second = update(cloudformation, {"Root": resource("CertificateAuthority", **other)}, Arn=arn)

    assert second != first
    assert [ca.status for ca in pca.authorities] == ["DELETED", "PENDING_CERTIFICATE"]


def test_an_activation_can_disable_its_ca(pca: PcaMock, cloudformation: Any) -> None:
    resources = {name: each for name, each in hierarchy().items() if "Root" in name}
    create(cloudformation, resources)
    assert pca.authorities[0].status == "ACTIVE"

    activation = resources["RootActivation"]["Properties"]
    disabled = resource("CertificateAuthorityActivation", **activation, Status="DISABLED")
    update(cloudformation, {**resources, "RootActivation": disabled})
    assert pca.authorities[0].status == "DISABLED"
    # As on AWS, whose handler imports the certificate first: a disabled CA refuses that.
    with pytest.raises(ClientError, match="not in a valid state for importing"):
        update(cloudformation, resources)
    assert pca.authorities[0].status == "DISABLED"


def test_a_certificate_for_longer_replaces_the_former_one(
    pca: PcaMock, cloudformation: Any
) -> None:
    resources = hierarchy()
    arn = {"Ref": "IssuingCertificate"}
    first = create(cloudformation, resources, Arn=arn)
    resources["IssuingCertificate"]["Properties"]["Validity"]["Value"] = 6

    assert update(cloudformation, resources, Arn=arn) != first
    assert len(pca.certificates) == 3
    resources["IssuingCertificate"]["Metadata"] = {"a": "template that means the same"}
    kept = outputs_of(cloudformation)
    assert update(cloudformation, resources, Arn=arn) == kept
    assert len(pca.certificates) == 3


# Errors


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"Colour": "blue"}, "extraneous key .Colour. is not permitted"),
        ({"Subject": None}, "required key .Subject. not found"),
        ({"KeyAlgorithm": "RSA_1"}, r"Error Code: ValidationException"),
    ],
)
def test_what_is_refused_is_an_error_of_the_stack(
    pca: PcaMock, cloudformation: Any, properties: Any, message: str
) -> None:
    with pytest.raises(ClientError, match=message):
        create(
            cloudformation,
            {"Root": resource("CertificateAuthority", **{**AUTHORITY, **properties})},
        )
    assert pca.authorities == []


def test_an_attribute_that_the_type_does_not_have(pca: PcaMock, cloudformation: Any) -> None:
    root = resource("CertificateAuthority", **AUTHORITY)
    with pytest.raises(ClientError, match="Colour"):
        create(cloudformation, {"Root": root}, Colour=get("Root", "Colour"))
    other = certificate("Root", get("Root", "Colour"), "RootCACertificate", 1)
    with pytest.raises(ClientError, match="Colour"):
        create(cloudformation, {"Root": root, "Certificate": other})


def test_the_network_may_fail_and_a_ca_may_never_be_done(pca: PcaMock, cloudformation: Any) -> None:
    root = {"Root": resource("CertificateAuthority", **AUTHORITY)}
    pca.fail("CreateCertificateAuthority", "ThrottlingException", times=1)
    with pytest.raises(ClientError, match="ThrottlingException"):
        create(cloudformation, root)
    pca.hold("CreateCertificateAuthority", polls=1000)
    with pytest.raises(ClientError, match="RequestInProgressException"):
        cloudformation.create_stack(StackName="other", TemplateBody=body(root))
    timeout = ConnectTimeoutError(endpoint_url="https://acm-pca.us-east-1.amazonaws.com")
    pca.fail("CreateCertificateAuthority", timeout)
    with pytest.raises(ClientError, match="Connect timeout"):
        cloudformation.create_stack(StackName="third", TemplateBody=body(root))


def test_without_a_mock_moto_does_not_know_the_types() -> None:
    template = body({"Root": resource("CertificateAuthority", **AUTHORITY)})
    with mock_aws():
        client = shared("cloudformation", REGION)
        with mock_pca():
            client.create_stack(StackName="pki", TemplateBody=template)
        with pytest.warns(UserWarning, match="not supported by moto"):
            client.create_stack(StackName="other", TemplateBody=template)


def test_without_moto_the_types_are_not_offered(pca: PcaMock) -> None:
    config: Any = {"core": {"service_whitelist": ["s3"]}}
    with mock_aws(config=config), pytest.raises(Exception, match="cloudformation"):
        shared("cloudformation", REGION).describe_stacks()
