"""moto's ACM with private certificates in it: other services see them, and all else is moto's."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import boto3
import moto.acm.models
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from moto import mock_aws
from moto.core.exceptions import ServiceNotWhitelisted
from moto.core.models import patch_client

from pca_mock import Authority, PcaMock, mock_pca
from pca_mock.adapters import moto_seam
from tests import oracles
from tests.acm.clients import REGION
from tests.acm.clients import client as shared
from tests.acm.requesting import PASSPHRASE, detail, export, request
from tests.refusals import refused


def listed(acm: Any, **filters: Any) -> dict[str, Any]:
    summaries = acm.list_certificates(**filters)["CertificateSummaryList"]
    return {each["CertificateArn"]: each for each in summaries}


def story(folder: Path) -> None:
    """With boto3 alone: a CA, a certificate that ACM requests, and its export."""
    pca, acm = boto3.client("acm-pca", REGION), boto3.client("acm", REGION)
    subject = {"CommonName": "Example"}
    authority = pca.create_certificate_authority(
        CertificateAuthorityType="ROOT",
        CertificateAuthorityConfiguration={
            "KeyAlgorithm": "RSA_2048",
            "SigningAlgorithm": "SHA256WITHRSA",
            "Subject": subject,
        },
    )["CertificateAuthorityArn"]
    csr = pca.get_certificate_authority_csr(CertificateAuthorityArn=authority)["Csr"]
    own = pca.issue_certificate(
        CertificateAuthorityArn=authority,
        Csr=csr,
        SigningAlgorithm="SHA256WITHRSA",
        TemplateArn="arn:aws:acm-pca:::template/RootCACertificate/V1",
        Validity={"Type": "YEARS", "Value": 10},
    )["CertificateArn"]
    root = pca.get_certificate(CertificateAuthorityArn=authority, CertificateArn=own)["Certificate"]
    pca.import_certificate_authority_certificate(
        CertificateAuthorityArn=authority, Certificate=root
    )

    arn = request(acm, authority)
    exported = export(acm, arn)

    pems = (exported["Certificate"], exported["CertificateChain"], root)
    assert oracles.openssl_verify(folder, *pems)
    assert detail(acm, arn)["Type"] == "PRIVATE"
    assert listed(acm).keys() == {arn}


def test_mock_pca_inside_mock_aws(tmp_path: Path) -> None:
    with mock_aws(), mock_pca():
        story(tmp_path)


def test_mock_aws_inside_mock_pca(tmp_path: Path) -> None:
    with mock_pca(), mock_aws():
        story(tmp_path)


def test_a_client_that_was_made_before_both(tmp_path: Path) -> None:
    acm = boto3.client("acm", REGION, aws_access_key_id="a", aws_secret_access_key="b")
    with mock_pca() as pca, mock_aws():
        patch_client(acm)
        arn = request(acm, pca.create_root_ca(region_name=REGION))
        assert detail(acm, arn)["Status"] == "ISSUED"


# What is moto's stays moto's


def test_public_and_imported_certificates_are_motos(
    pca: PcaMock,
    acm: Any,
    ca: Authority,
) -> None:
    public = acm.request_certificate(DomainName="www.example.com")["CertificateArn"]
    leaf = ca.issue("imported.example.com")
    imported = acm.import_certificate(
        Certificate=leaf.certificate_pem.encode(),
        PrivateKey=leaf.private_key_pem.encode(),
        CertificateChain=leaf.chain_pem.encode(),
    )["CertificateArn"]
    private = request(acm, ca)

    assert detail(acm, public)["Type"] == "AMAZON_ISSUED"
    assert detail(acm, imported)["Type"] == "IMPORTED"
    assert {arn: each.get("Type") for arn, each in listed(acm).items() if arn == private} == {
        private: "PRIVATE"
    }
    assert listed(acm).keys() == {public, imported, private}
    with refused("ResourceNotFoundException"):
        detail(acm, private.replace("/", "/0"))


def test_without_a_running_mock_moto_answers_for_a_private_ca_too() -> None:
    with mock_aws():
        acm = shared("acm", REGION)
        arn = f"arn:aws:acm-pca:{REGION}:123456789012:certificate-authority/x"

        answer = acm.request_certificate(DomainName="a.example", CertificateAuthorityArn=arn)
        assert detail(acm, answer["CertificateArn"])["Type"] == "PRIVATE"
        assert listed(acm).keys() == {answer["CertificateArn"]}


def test_after_the_mock_moto_still_shows_its_certificates() -> None:
    with mock_aws():
        acm = shared("acm", REGION)
        with mock_pca() as pca:
            arn = request(acm, pca.create_root_ca(region_name=REGION))
            ours = detail(acm, arn)
            certificate = acm.get_certificate(CertificateArn=arn)

        theirs = detail(acm, arn)
        kept = acm.get_certificate(CertificateArn=arn)
        assert kept["Certificate"] == certificate["Certificate"]
        assert kept["CertificateChain"] == certificate["CertificateChain"]
        for name in ("DomainName", "Status", "Type", "NotAfter", "CertificateAuthorityArn"):
            assert theirs[name] == ours[name]
        key = load_pem_private_key(export(acm, arn)["PrivateKey"].encode(), PASSPHRASE)
        parsed = x509.load_pem_x509_certificate(certificate["Certificate"].encode())
        assert key.public_key() == parsed.public_key()
        acm.resend_validation_email(
            CertificateArn=arn, Domain="www.example.com", ValidationDomain="example.com"
        )


def test_a_call_that_moto_would_not_answer_is_not_answered_here(
    pca: PcaMock, ca: Authority
) -> None:
    config: Any = {"core": {"service_whitelist": ["s3"]}}
    with mock_aws(config=config), pytest.raises(ServiceNotWhitelisted):
        request(shared("acm", REGION), ca)


def test_without_moto_calls_of_acm_are_not_touched(pca: PcaMock, ca: Authority) -> None:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    config = Config(retries={"total_max_attempts": 1})
    acm = boto3.client("acm", REGION, endpoint_url="http://127.0.0.1:9", config=config, **keys)
    before = len(pca.calls)

    with pytest.raises(EndpointConnectionError):
        request(acm, ca)
    with pytest.raises(EndpointConnectionError):
        acm.list_certificates()
    with mock_aws(), pytest.raises(EndpointConnectionError):
        request(acm, ca)  # moto passes an endpoint of the user's on, too
    assert len(pca.calls) == before


# Other services in moto


def test_lists_show_private_certificates_as_acm_does(
    pca: PcaMock,
    acm: Any,
    ca: Authority,
) -> None:
    rsa, ec = request(acm, ca), request(acm, ca, KeyAlgorithm="EC_prime256v1")
    export(acm, rsa)
    ca.disable()
    failed = request(acm, ca)

    summary = listed(acm)[rsa]
    assert (summary["Type"], summary["KeyAlgorithm"]) == ("PRIVATE", "RSA-2048")
    assert (summary["Exported"], summary["InUse"]) == (True, False)
    assert summary["NotAfter"] == detail(acm, rsa)["NotAfter"]
    assert summary["KeyUsages"] == ["DIGITAL_SIGNATURE", "KEY_ENCIPHERMENT"]
    assert listed(acm, CertificateStatuses=["FAILED"]).keys() == {failed}
    filtered = listed(acm, Includes={"keyTypes": ["EC_prime256v1"]})
    assert filtered.keys() == {ec} or filtered.keys() == {rsa, ec, failed}  # older moto: no filter


def load_balancer(elb: Any) -> str:
    # Not by a client of EC2, whose model takes a second to load.
    subnet = moto_seam.backend("ec2", "123456789012", REGION).describe_subnets()[0].id
    answer = elb.create_load_balancer(Name="front", Subnets=[subnet])
    return str(answer["LoadBalancers"][0]["LoadBalancerArn"])


def test_a_load_balancer_uses_the_certificate_until_its_listener_is_gone(
    pca: PcaMock,
    acm: Any,
    ca: Authority,
) -> None:
    arn = request(acm, ca)
    elb = shared("elbv2", REGION)
    front = load_balancer(elb)
    action = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
    listener = elb.create_listener(
        LoadBalancerArn=front,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": arn}],
        DefaultActions=[action],
    )["Listeners"][0]["ListenerArn"]

    assert detail(acm, arn)["InUseBy"] == [front]
    assert listed(acm)[arn]["InUse"]
    with refused("ResourceInUseException", pca):
        acm.delete_certificate(CertificateArn=arn)

    elb.delete_listener(ListenerArn=listener)
    assert detail(acm, arn)["InUseBy"] == []
    acm.delete_certificate(CertificateArn=arn)


def test_a_classic_load_balancer_uses_it_too(
    acm: Any,
    ca: Authority,
) -> None:
    arn = request(acm, ca)
    listener = {
        "Protocol": "HTTPS",
        "LoadBalancerPort": 443,
        "InstancePort": 80,
        "SSLCertificateId": arn,
    }
    plain = {"Protocol": "HTTP", "SSLCertificateId": ""}

    elb = shared("elb", REGION)
    for name, protocol in (("front", listener), ("other", {**listener, **plain})):
        elb.create_load_balancer(
            LoadBalancerName=name, Listeners=[protocol], AvailabilityZones=[f"{REGION}a"]
        )

    place = f"arn:aws:elasticloadbalancing:{REGION}:123456789012"
    assert detail(acm, arn)["InUseBy"] == [f"{place}:loadbalancer/front"]


def test_the_tagging_api_finds_and_changes_tags(
    pca: PcaMock,
    acm: Any,
    ca: Authority,
) -> None:
    arn = request(acm, ca, Tags=[{"Key": "team", "Value": "blue"}])
    tagging = shared("resourcegroupstaggingapi", REGION)
    filters = [{"Key": "team", "Values": ["blue"]}]

    answer = tagging.get_resources(TagFilters=filters)

    assert [each["ResourceARN"] for each in answer["ResourceTagMappingList"]] == [arn]
    if not hasattr(moto.acm.models.AWSCertificateManagerBackend, "untag_resource"):
        return  # this moto cannot change tags so
    tagging.tag_resources(ResourceARNList=[arn], Tags={"team": "red", "new": "1"})
    tagging.untag_resources(ResourceARNList=[arn], TagKeys=["new"])
    tags = acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]
    assert tags == [{"Key": "team", "Value": "red"}]


# Accounts, time, and going back


def test_the_account_is_motos_in_acm_and_the_mocks_at_the_ca() -> None:
    with mock_aws(), mock_pca(account_id="210987654321") as pca:
        acm = shared("acm", REGION)
        arn = request(acm, pca.create_root_ca(region_name=REGION))

        assert ":123456789012:" in arn
        assert pca.calls[-1].caller.account == "210987654321"


def test_other_regions_and_accounts_do_not_know_the_certificate(
    pca: PcaMock, acm: Any, ca: Authority
) -> None:
    arn = request(acm, ca)
    role = "arn:aws:iam::222222222222:role/deployer"
    sts = shared("sts", REGION)
    keys = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    stranger = boto3.client(
        "acm",
        REGION,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )

    for client in (shared("acm", "eu-west-1"), stranger):
        assert listed(client) == {}
        with refused("ResourceNotFoundException", pca):
            detail(client, arn)
        with refused("ResourceNotFoundException", pca):
            export(client, arn)


def test_a_certificate_ends_with_motos_data(
    pca: PcaMock,
    ca: Authority,
) -> None:
    with mock_aws():
        arn = request(shared("acm", REGION), ca)
    pca.clock.advance(days=1)
    with mock_aws():
        acm = shared("acm", REGION)
        assert listed(acm) == {}
        with refused("ResourceNotFoundException"):
            detail(acm, arn)


def test_a_snapshot_has_the_certificates(
    pca: PcaMock,
    acm: Any,
    ca: Authority,
) -> None:
    kept = request(acm, ca, Tags=[{"Key": "a", "Value": "1"}])
    snapshot = pca.snapshot()
    export(acm, kept)
    acm.remove_tags_from_certificate(CertificateArn=kept, Tags=[{"Key": "a"}])
    later = request(acm, ca)

    pca.restore(snapshot)

    assert listed(acm).keys() == {kept}
    assert detail(acm, kept)["RenewalEligibility"] == "INELIGIBLE"
    assert acm.list_tags_for_certificate(CertificateArn=kept)["Tags"]
    acm.delete_certificate(CertificateArn=kept)
    with mock_aws():
        pca.restore(snapshot)
        assert detail(acm, kept)["Status"] == "ISSUED"
    with refused("ResourceNotFoundException"):
        detail(acm, later)
    pca.reset()
    assert listed(acm) == {}


def test_another_mock_has_other_certificates(
    pca: PcaMock,
    acm: Any,
    ca: Authority,
) -> None:
    outer = request(acm, ca)
    with mock_pca() as inner:
        own = request(acm, inner.create_root_ca(region_name=REGION))
        assert listed(acm).keys() == {outer, own}
        assert detail(acm, own)["CertificateAuthorityArn"].startswith("arn:aws:acm-pca")
        with refused("ValidationException"):
            acm.renew_certificate(CertificateArn=own)
    assert detail(acm, outer)["Status"] == "ISSUED"


def test_a_region_that_moto_does_not_know_changes_nothing(
    pca: PcaMock,
    acm: Any,
    ca: Authority,
) -> None:
    elsewhere = shared("acm", "mars-north-1")
    before = len(pca.certificates)

    with pytest.raises(KeyError):
        request(elsewhere, ca)
    assert len(pca.certificates) == before


def test_requests_of_threads_are_all_answered(
    pca: PcaMock,
    acm: Any,
    ca: Authority,
) -> None:
    arns: list[str] = []

    def work() -> None:
        arns.extend(request(acm, ca, KeyAlgorithm="EC_prime256v1") for _ in range(3))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert listed(acm).keys() == set(arns)
    assert len(arns) == 9
