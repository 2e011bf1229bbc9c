"""The places of CRLs, their URIs in certificates, and the test of the bucket beforehand.

Sources: User Guide, "Planning a CRL", "Access policies for CRLs"; API_CrlConfiguration.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests import inside, oracles, revoking, support
from tests.issuance import CRL_DISTRIBUTION_POINTS, custom, passing
from tests.revoking import (
    BUCKET,
    CRL_OFF,
    crl_on,
    crls,
    distribution_point,
    issue,
    parsed,
    refused,
)

if TYPE_CHECKING:
    from pca_mock import PcaMock

_PROBE, _PRIVATE_PROBE = "acm-pca-permission-test-key", "acm-pca-permission-test-key-private"
_HOST = f"{BUCKET}.s3.us-east-1.amazonaws.com"
_OMIT: Any = {"CrlDistributionPointExtensionConfiguration": {"OmitExtension": True}}
_KEEP: Any = {"CrlDistributionPointExtensionConfiguration": {"OmitExtension": False}}


def _probe_failure(bucket: str) -> str:
    return (
        f"Permission error with your S3 bucket '{bucket}'. Check that your bucket policy, "
        "encryption settings, S3 Block Public Access settings, and global account permissions are "
        "configured correctly. For more information, check the service documentation."
    )


@pytest.mark.parametrize(
    ("configuration", "host", "key"),
    [
        ({}, _HOST, "crl/{ca}.crl"),
        ({"CrlType": "COMPLETE"}, _HOST, "crl/{ca}.crl"),
        (_KEEP, _HOST, "crl/{ca}.crl"),
        ({"CustomPath": "my/lists"}, _HOST, "my/lists/{ca}.crl"),
        ({"CustomPath": "/"}, _HOST, "{ca}.crl"),
        ({"CustomCname": ""}, _HOST, "crl/{ca}.crl"),
        ({"CustomCname": "crls.example.com"}, "crls.example.com", "crl/{ca}.crl"),
        ({"CustomCname": "localhost:81/deep"}, "localhost:81/deep", "crl/{ca}.crl"),
        ({"CustomCname": "a.example", "CustomPath": "lists"}, "a.example", "lists/{ca}.crl"),
        ({"CrlType": "PARTITIONED"}, _HOST, "crl/{ca}/{partition}.crl"),
        ({"CrlType": "PARTITIONED", "CustomPath": "lists"}, _HOST, "lists/{partition}.crl"),
        ({"CrlType": "PARTITIONED", "CustomPath": "/"}, _HOST, "{partition}.crl"),
        (
            {"CrlType": "PARTITIONED", "CustomCname": "a.example"},
            "a.example",
            "crl/{ca}/{partition}.crl",
        ),
    ],
)
def test_the_uri_in_certificates_leads_to_the_object(
    configuration: Any, host: str, key: str, pca: PcaMock
) -> None:
    ca = revoking.root(pca, **configuration)
    point = distribution_point(ca.get(issue(ca))[0])

    (result,) = crls(pca)
    partition = result.rpartition("/")[2].removesuffix(".crl")
    assert result == key.format(ca=revoking.ca_id(ca), partition=partition)
    assert point == f"http://{host}/{result}"
    assert parsed(crls(pca)[result]).issuer.dump().hex() == oracles.subject_hex(ca.certificate())


def test_partitions_are_named_by_eleven_random_letters_and_digits(pca: PcaMock) -> None:
    ca = revoking.root(pca, CrlType="PARTITIONED", CustomPath="lists")
    issue(ca)

    (key,) = crls(pca)

    name = key.removeprefix("lists/").removesuffix(".crl")
    assert re.fullmatch("[A-Za-z0-9]{11}", name)


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", f"{BUCKET}.s3.eu-west-1.amazonaws.com"),
        ("us-gov-west-1", f"{BUCKET}.s3.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", f"{BUCKET}.s3.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_the_host_is_that_of_the_region(region: str, host: str, pca: PcaMock) -> None:
    china = {"KeyStorageSecurityStandard": "CCPC_LEVEL_1_OR_HIGHER"}
    more: Any = china if region.startswith("cn-") else {}
    client = pca.client(region_name=region)
    ca = support.root(client, RevocationConfiguration=crl_on(), **more)

    point = distribution_point(ca.get(issue(ca))[0])

    assert point == f"http://{host}/crl/{revoking.ca_id(ca)}.crl"


# Certificates without the extension


def test_an_omitted_extension_leaves_the_crl_in_the_bucket(pca: PcaMock) -> None:
    ca = revoking.root(pca, **_OMIT)

    arn = issue(ca)
    revoking.revoke(ca, arn)

    assert distribution_point(ca.get(arn)[0]) is None
    assert revoking.listed(revoking.crl(pca, ca)) == [revoking.serial(arn)]


def test_an_omitted_extension_leaves_room_for_one_that_is_passed_through(pca: PcaMock) -> None:
    value = bytes.fromhex("3010300ea00ca00a8608") + b"http://a"
    own = passing(CustomExtensions=[custom(CRL_DISTRIBUTION_POINTS, value)])
    template = "BlankEndEntityCertificate_APIPassthrough"
    points = []

    nothing: dict[str, Any] = {}
    for configuration in (_OMIT, nothing):
        ca = revoking.root(pca, **configuration)
        arn = issue(ca, TemplateArn=support.template_arn(template), ApiPassthrough=own)
        points.append(distribution_point(ca.get(arn)[0]))

    assert points == ["http://a", f"http://{_HOST}/crl/{revoking.ca_id(ca)}.crl"]


def test_a_root_certificate_names_no_crl_and_brings_none(pca: PcaMock) -> None:
    ca = revoking.root(pca)

    assert distribution_point(ca.certificate()) is None
    assert crls(pca) == {}


def test_a_subordinate_names_the_crl_of_its_parent(pca: PcaMock) -> None:
    parent = revoking.root(pca)
    below = support.subordinate(parent, RevocationConfiguration=crl_on(S3BucketName="others"))

    assert distribution_point(below.certificate()) == (
        f"http://{_HOST}/crl/{revoking.ca_id(parent)}.crl"
    )


# Changes


def test_the_contents_of_a_certificate_are_fixed_when_it_is_issued(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    arn = issue(ca)
    before = ca.get(arn)

    for revocation in (crl_on(CustomCname="a.example"), crl_on(CustomPath="lists"), CRL_OFF):
        revoking.update(ca, revocation)
        assert ca.get(arn) == before


def test_another_bucket_has_the_crls_from_now_on(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    old = issue(ca)
    first = revoking.crl(pca, ca)
    revoking.update(ca, crl_on(S3BucketName="others"))

    revoking.revoke(ca, old)
    new = issue(ca)

    assert revoking.crl(pca, ca) == first
    assert revoking.listed(revoking.crl(pca, ca, "others")) == [revoking.serial(old)]
    assert distribution_point(ca.get(old)[0]) == f"http://{_HOST}/crl/{revoking.ca_id(ca)}.crl"
    assert distribution_point(ca.get(new)[0]) == (
        f"http://others.s3.us-east-1.amazonaws.com/crl/{revoking.ca_id(ca)}.crl"
    )


def test_another_path_has_the_crl_as_soon_as_a_certificate_names_it(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    arn = issue(ca)
    revoking.update(ca, crl_on(CustomPath="lists"))
    revoking.revoke(ca, arn)

    assert distribution_point(ca.get(issue(ca))[0]) == (
        f"http://{_HOST}/lists/{revoking.ca_id(ca)}.crl"
    )
    data = crls(pca)[f"lists/{revoking.ca_id(ca)}.crl"]
    assert revoking.listed(data) == [revoking.serial(arn)]


def test_another_cname_opens_another_partition(pca: PcaMock) -> None:
    ca = revoking.root(pca, CrlType="PARTITIONED")
    issue(ca)
    revoking.update(ca, crl_on(CrlType="PARTITIONED", CustomCname="a.example"))

    point = distribution_point(ca.get(issue(ca))[0])

    data = crls(pca)[str(point).removeprefix("http://a.example/")]
    idp = parsed(data).issuing_distribution_point_value
    assert idp["distribution_point"].chosen[0].native == point


class _OwnError(Exception):
    """Raised by the tester's own code."""


def test_an_error_of_the_testers_own_leaves_the_former_configuration(
    pca: PcaMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca = revoking.root(pca)
    issue(ca)
    before = inside.snapshot(pca)

    def fail(*_: Any) -> None:
        raise _OwnError

    with monkeypatch.context() as patch:
        patch.setattr(type(pca._state.buckets), "publish", fail)
        with pytest.raises(_OwnError):
            revoking.update(ca, crl_on(CustomCname="a.example"))
    assert inside.snapshot(pca) == before

    revoking.update(ca, crl_on(CustomCname="a.example"))
    assert inside.snapshot(pca) != before


# The test of the bucket


@pytest.mark.parametrize(
    ("acl", "key"), [({}, _PROBE), ({"S3ObjectAcl": "PUBLIC_READ"}, _PROBE),
                     ({"S3ObjectAcl": "BUCKET_OWNER_FULL_CONTROL"}, _PRIVATE_PROBE)]
)  # fmt: skip
def test_a_test_object_is_written_to_the_bucket(acl: Any, key: str, pca: PcaMock) -> None:
    support.pending(pca.client(region_name="us-east-1"), RevocationConfiguration=crl_on(**acl))

    assert list(pca.buckets) == [BUCKET]
    assert list(pca.buckets[BUCKET]) == [key]


def test_without_a_crl_no_bucket_is_touched(pca: PcaMock) -> None:
    ca = support.root(pca.client(region_name="us-east-1"), RevocationConfiguration=revoking.OCSP_ON)
    issue(ca)
    revoking.update(ca, CRL_OFF)

    assert list(pca.buckets) == []


@pytest.mark.parametrize("fault", ["remove", "forbid"])
def test_no_ca_is_created_whose_bucket_cannot_be_written_to(fault: str, pca: PcaMock) -> None:
    client = pca.client(region_name="us-east-1")
    getattr(pca.buckets, fault)("closed")

    with refused("ValidationException", pca, match=_probe_failure("closed")):
        support.pending(client, RevocationConfiguration=crl_on(S3BucketName="closed"))

    pca.buckets.allow("closed")
    support.pending(client, RevocationConfiguration=crl_on(S3BucketName="closed"))


@pytest.mark.parametrize("fault", ["remove", "forbid"])
def test_no_update_is_made_to_a_bucket_that_cannot_be_written_to(fault: str, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    getattr(pca.buckets, fault)("closed")

    with refused("ValidationException", pca, match=_probe_failure("closed")):
        ca.client.update_certificate_authority(
            CertificateAuthorityArn=ca.arn,
            RevocationConfiguration=crl_on(S3BucketName="closed"),
            Status="DISABLED",
        )

    assert ca.status == "ACTIVE"
    pca.buckets.allow("closed")
    revoking.update(ca, crl_on(S3BucketName="closed"))
    assert list(pca.buckets["closed"]) == [_PROBE]


def test_an_update_of_something_else_does_not_try_the_bucket(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    pca.buckets.forbid(BUCKET)

    revoking.set_status(ca, "DISABLED")
    revoking.update(ca, revoking.OCSP_ON)

    assert ca.status == "DISABLED"
