"""`ca.share_with(…)`: the policies that AWS Resource Access Manager would write."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pca_mock import Authority, PcaMock
from tests import support
from tests.refusals import refused

OTHER, THIRD = "222222222222", "333333333333"
PREFIX = "arn:aws:ram::aws:permission/"


def issue(pca: PcaMock, ca: Authority, template: str) -> str:
    """Issue as another account; return the certificate's ARN."""
    with pca.as_account(OTHER):
        answer = pca.client(region_name=ca.region_name).issue_certificate(
            CertificateAuthorityArn=ca.arn,
            Csr=support.KeyHolder().csr(),
            SigningAlgorithm=ca.signing_algorithm,
            TemplateArn=support.template_arn(template),
            Validity={"Type": "DAYS", "Value": 1},
        )
    return answer["CertificateArn"]


@pytest.mark.parametrize(
    ("permission", "template", "another"),
    [
        (None, "EndEntityCertificate", "EndEntityClientAuthCertificate"),
        (
            "AWSRAMEndEntityClientAuthCertificateIssuanceCertificateAuthority",
            "EndEntityClientAuthCertificate",
            "EndEntityCertificate",
        ),
        (
            "AWSRAMEndEntityServerAuthCertificateIssuanceCertificateAuthority",
            "EndEntityServerAuthCertificate",
            "EndEntityCertificate",
        ),
        (
            "AWSRAMBlankEndEntityCertificateAPIPassthroughIssuanceCertificateAuthority",
            "BlankEndEntityCertificate_APIPassthrough",
            "BlankEndEntityCertificate_APICSRPassthrough",
        ),
        (
            f"{PREFIX}AWSRAMBlankEndEntityCertificateAPICSRPassthroughIssuanceCertificateAuthority",
            "BlankEndEntityCertificate_APICSRPassthrough",
            "EndEntityCertificate",
        ),
        (
            "AWSRAMSubordinateCACertificatePathLen0IssuanceCertificateAuthority",
            "SubordinateCACertificate_PathLen0",
            "EndEntityCertificate",
        ),
    ],
)
def test_a_permission_allows_reading_and_issuing_with_its_template(
    pca: PcaMock, permission: Any, template: str, another: str
) -> None:
    ca = pca.create_root_ca()

    ca.share_with(OTHER, **({"permission": permission} if permission else {}))

    assert issue(pca, ca, template)
    with refused("AccessDeniedException", pca):
        issue(pca, ca, another)
    with pca.as_account(OTHER):
        client = pca.client(region_name=ca.region_name)
        assert client.list_tags(CertificateAuthorityArn=ca.arn)["Tags"] == []
    with pca.as_account(THIRD), refused("AccessDeniedException", pca):
        pca.client(region_name=ca.region_name).list_tags(CertificateAuthorityArn=ca.arn)


def test_revoking_needs_a_share_of_its_own_beside_the_default_one(pca: PcaMock) -> None:
    ca = pca.create_root_ca()
    ca.share_with(OTHER, THIRD)
    serial = issue(pca, ca, "EndEntityCertificate").rpartition("/")[2]
    revocation: Any = {
        "CertificateAuthorityArn": ca.arn,
        "CertificateSerial": serial,
        "RevocationReason": "SUPERSEDED",
    }
    client = pca.client(region_name=ca.region_name)
    with pca.as_account(OTHER), refused("AccessDeniedException", pca):
        client.revoke_certificate(**revocation)

    ca.share_with(OTHER, permission="AWSRAMRevokeCertificateCertificateAuthority")

    with pca.as_account(OTHER):
        client.revoke_certificate(**revocation)
    assert issue(pca, ca, "EndEntityCertificate")
    statements = json.loads(client.get_policy(ResourceArn=ca.arn)["Policy"])["Statement"]
    shares = {each["Sid"]: each["Principal"]["AWS"] for each in statements}
    assert sorted(shares.values()) == [[OTHER], [OTHER, THIRD]]
    assert all(sid.endswith("-external-principals") for sid in shares)


def test_other_statements_of_the_policy_stay(pca: PcaMock) -> None:
    ca = pca.create_root_ca()
    client = pca.client(region_name=ca.region_name)
    own = {
        "Effect": "Allow",
        "Principal": {"AWS": THIRD},
        "Action": "acm-pca:ListTags",
        "Resource": ca.arn,
    }
    client.put_policy(ResourceArn=ca.arn, Policy=json.dumps({"Statement": own}))

    ca.share_with(OTHER)

    policy = json.loads(client.get_policy(ResourceArn=ca.arn)["Policy"])
    assert policy["Statement"][0] == own
    assert len(policy["Statement"]) == 3


@pytest.mark.parametrize(
    ("accounts", "permission", "error", "message"),
    [
        ((), "AWSRAMDefaultPermissionCertificateAuthority", TypeError, "one or more accounts"),
        (("1",), "AWSRAMDefaultPermissionCertificateAuthority", ValueError, "12 digits"),
        ((OTHER,), "AWSRAMDefaultPermissionCertificateAuthorities", ValueError, "do you mean"),
        ((OTHER,), 1, TypeError, "permission"),
    ],
)
def test_what_cannot_be_shared_so(
    pca: PcaMock, accounts: Any, permission: Any, error: type[Exception], message: str
) -> None:
    ca = pca.create_root_ca()

    with pytest.raises(error, match=message):
        ca.share_with(*accounts, permission=permission)
    with refused("ResourceNotFoundException"):
        pca.client(region_name=ca.region_name).get_policy(ResourceArn=ca.arn)


def test_an_error_of_the_service_is_not_hidden(pca: PcaMock) -> None:
    ca = pca.create_root_ca()
    pca.fail("GetPolicy", "InternalFailure", origin="handle")

    with refused("InternalFailure", status=500):
        ca.share_with(OTHER)
