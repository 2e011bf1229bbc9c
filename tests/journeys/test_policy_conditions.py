"""Conditions of resource policies: which templates, and which part of everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pca_mock import PcaMock
from pca_mock.pki.templates import TEMPLATES
from tests import revoking
from tests.policies import ORGANIZATION, OTHER, WRITE, share
from tests.refusals import refused
from tests.support import Ca, KeyHolder, pending, root, template_arn

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

CSR = KeyHolder().csr("app.example.com")
OPEN = (
    "EndEntityCertificate",
    "EndEntityClientAuthCertificate",
    "EndEntityServerAuthCertificate",
    "BlankEndEntityCertificate_APIPassthrough",
    "BlankEndEntityCertificate_APICSRPassthrough",
    "SubordinateCACertificate_PathLen0",
)
LEAF, CLIENT, SERVER = map(template_arn, OPEN[:3])
ISSUE = WRITE[0]


# Templates


def condition(operator: str, *values: str) -> Any:
    """A condition on the template; one value needs no list."""
    return {operator: {"acm-pca:TemplateArn": values[0] if len(values) == 1 else values}}


@pytest.mark.parametrize(
    ("expected", "allowed"),
    [
        (condition("StringEquals", LEAF), (None, "EndEntityCertificate")),
        (condition("StringEquals", CLIENT), ("EndEntityClientAuthCertificate",)),
        (condition("StringEquals", CLIENT, SERVER), OPEN[1:3]),
        (condition("StringEquals", "arn:aws:acm-pca:::template/*"), ()),
        (condition("StringLike", "arn:*:template/EndEntity*/V1"), (None, *OPEN[:3])),
        (condition("StringLike", "arn:*:template/[E]ndEntity*"), ()),
        (condition("StringLike", "*/EndEntityClient*", SERVER), OPEN[1:3]),
        (
            condition("ArnLike", "arn:aws:acm-pca:::template/EndEntity??????AuthCertificate/V?"),
            OPEN[1:3],
        ),
        (condition("ArnEquals", LEAF, CLIENT), (None, *OPEN[:2])),
        (condition("StringNotEquals", CLIENT), ()),
        ({**condition("StringLike", "*"), **condition("StringEquals", SERVER)}, OPEN[2:3]),
    ],
    ids=str,
)
def test_a_condition_limits_the_templates_for_another_account(
    mock: PcaMock, ca: Ca, shared: Ca, expected: Any, allowed: tuple[str | None, ...]
) -> None:
    share(ca, ISSUE, Condition=expected)

    for template in (None, *OPEN[:3]):
        if template in allowed:
            assert shared.issue(CSR, template)
        else:
            with refused("AccessDeniedException", mock):
                shared.issue(CSR, template)
        assert ca.issue(CSR, template)


@pytest.mark.parametrize("expected", [{}, condition("StringLike", "*")], ids=["", "all"])
def test_only_six_templates_are_open_to_other_accounts_whatever_the_policy_says(
    mock: PcaMock, ca: Ca, shared: Ca, expected: Any
) -> None:
    share(ca, ISSUE, Condition=expected)
    issuing = pending(ca.client, "SUBORDINATE").csr()

    for template in OPEN:
        assert shared.issue(issuing if "Subordinate" in template else CSR, template)
    for name in TEMPLATES:
        if name.partition("/")[0] not in OPEN:
            with refused("AccessDeniedException", mock):
                shared.issue(CSR, name.partition("/")[0])


def test_a_template_that_does_not_exist_is_denied(mock: PcaMock, ca: Ca, shared: Ca) -> None:
    share(ca, ISSUE)

    with refused("AccessDeniedException", mock):
        shared.issue(CSR, "Nothing")
    with refused("InvalidArgsException", mock):
        ca.issue(CSR, "Nothing")


def test_a_condition_on_the_template_never_holds_for_other_actions(
    mock: PcaMock, ca: Ca, shared: Ca
) -> None:
    share(ca, Condition=condition("StringLike", "*"))

    assert shared.issue(CSR)
    with refused("AccessDeniedException", mock):
        shared.describe()


# Everybody of an organization


@pytest.mark.parametrize(
    ("expected", "is_allowed"),
    [
        ({"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": ["o-another", ORGANIZATION]}}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-another"}}, False),
        ({"StringLike": {"aws:PrincipalOrgID": "o-a1*"}}, True),
        ({"StringLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/*"}}, False),
        ({"StringEquals": {"aws:PrincipalAccount": OTHER}}, True),
        ({"StringEquals": {"aws:PrincipalAccount": "333333333333"}}, False),
        (
            {
                "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION},
                "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:*"},
            },
            True,
        ),
        (
            {
                "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION},
                "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::333333333333:root"},
            },
            False,
        ),
        (
            {
                "StringEquals": {
                    "aws:PrincipalOrgID": ORGANIZATION,
                    "aws:PrincipalTag/team": "a",
                }
            },
            False,
        ),
    ],
    ids=str,
)
@pytest.mark.parametrize("everybody", ["*", {"AWS": "*"}], ids=str)
def test_everybody_who_meets_the_condition_is_allowed(
    mock: PcaMock,
    ca: Ca,
    shared: Ca,
    everybody: Any,
    expected: Any,
    is_allowed: bool,
) -> None:
    share(ca, Principal=everybody, Condition=expected)

    if is_allowed:
        assert shared.issue(CSR)
        assert shared.describe()
    else:
        with refused("AccessDeniedException", mock):
            shared.describe()


def test_without_an_organization_nobody_is_in_it(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    ca = root(pca_client)
    in_organization = {"StringLike": {"aws:PrincipalOrgID": "*"}}
    share(ca, Principal="*", Condition=in_organization)

    with pca.as_account(OTHER), refused("AccessDeniedException", pca):
        ca.describe()


# Resources and services


def test_a_resource_may_be_a_certificate(mock: PcaMock, ca: Ca, shared: Ca) -> None:
    open_one, closed_one = ca.issue(CSR), ca.issue(CSR)
    share(ca, Resource=open_one)

    assert shared.get(open_one)
    with refused("AccessDeniedException", mock):
        shared.get(closed_one)
    with refused("AccessDeniedException", mock):
        revoking.revoke(shared, closed_one)
    revoking.revoke(shared, open_one)


def test_certificates_stand_for_their_ca_in_actions_that_are_about_none(
    mock: PcaMock, ca: Ca, shared: Ca
) -> None:
    share(ca, Resource=f"{ca.arn}/certificate/*")

    assert shared.describe()["Arn"] == ca.arn
    assert shared.get(shared.issue(CSR))


def test_a_service_is_no_account(mock: PcaMock, ca: Ca, shared: Ca) -> None:
    share(ca, Principal={"Service": "acm.amazonaws.com"})

    with refused("AccessDeniedException", mock):
        shared.describe()


def test_a_condition_on_the_source_never_holds_for_an_account(
    mock: PcaMock, ca: Ca, shared: Ca
) -> None:
    share(ca, Condition={"StringEquals": {"aws:SourceAccount": OTHER}})

    with refused("AccessDeniedException", mock):
        shared.describe()
