"""CAs of other accounts in the list of those that are shared with the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pca_mock import PcaMock, mock_pca
from tests.policies import OTHER, OWNER, SEVEN, share
from tests.refusals import refused
from tests.support import Ca, configuration, pending

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

THIRD = "333333333333"
DESCRIBE = "acm-pca:DescribeCertificateAuthority"


def listed(client: ACMPCAClient, owner: Any = "OTHER_ACCOUNTS") -> list[str]:
    """The ARNs of the CAs of other accounts (or the caller's own), on all pages."""
    pages = client.get_paginator("list_certificate_authorities").paginate(ResourceOwner=owner)
    return [ca["Arn"] for page in pages for ca in page["CertificateAuthorities"]]


def named(client: ACMPCAClient, name: str) -> Ca:
    return pending(client, configuration_=configuration(name))


def test_a_shared_ca_is_listed_only_for_the_other_account(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca, _ = named(pca_client, "Shared"), named(pca_client, "Kept")
    share(ca)
    described = ca.describe()

    with pca.as_account(OTHER):
        own = named(pca_client, "Own")
        answer = pca_client.list_certificate_authorities(ResourceOwner="OTHER_ACCOUNTS")
        assert answer["CertificateAuthorities"] == [described]
        assert listed(pca_client, "SELF") == [own.arn]
    with pca.as_account(THIRD):
        assert listed(pca_client) == []
    assert listed(pca_client) == []


def test_a_ca_shared_with_its_owner_is_not_listed_as_another_accounts(
    pca_client: ACMPCAClient,
) -> None:
    ca = named(pca_client, "Own")

    share(ca, Principal={"AWS": OWNER})

    assert listed(pca_client) == []
    assert listed(pca_client, "SELF") == [ca.arn]


@pytest.mark.parametrize("action", SEVEN)
def test_only_cas_that_may_be_described_are_listed(
    pca: PcaMock, pca_client: ACMPCAClient, action: str
) -> None:
    ca = named(pca_client, "Shared")
    share(ca, action)

    with pca.as_account(OTHER):
        assert listed(pca_client) == ([ca.arn] if action == DESCRIBE else [])


def test_a_ca_that_is_no_longer_shared_is_no_longer_listed(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca = named(pca_client, "Shared")
    share(ca)
    pca_client.delete_policy(ResourceArn=ca.arn)

    with pca.as_account(OTHER):
        assert listed(pca_client) == []


def test_an_organization_sees_the_cas_shared_with_all_of_it() -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    with mock_pca(organization_id="o-a1b2c3d4e5") as pca:
        client = pca.client()
        ca = named(client, "Shared")
        share(ca, Principal="*", Condition=condition)

        for account in (OTHER, THIRD):
            with pca.as_account(account):
                assert listed(client) == [ca.arn]
        assert listed(client) == []


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_cas_of_several_accounts_are_paginated_in_the_order_of_their_creation(
    pca: PcaMock, pca_client: ACMPCAClient, size: int
) -> None:
    shared = []
    for number in range(7):
        with pca.as_account(THIRD if number % 2 else OWNER):
            ca = named(pca_client, f"Shared {number}")
            share(ca)
            named(pca_client, f"Kept {number}")
        shared.append(ca.arn)

    with pca.as_account(OTHER):
        pages = list(
            pca_client.get_paginator("list_certificate_authorities").paginate(
                ResourceOwner="OTHER_ACCOUNTS", PaginationConfig={"PageSize": size}
            )
        )

    assert [ca["Arn"] for page in pages for ca in page["CertificateAuthorities"]] == shared
    assert len(pages) == -(-7 // size)
    assert "NextToken" not in pages[-1]


def test_a_token_is_valid_only_for_its_own_account_and_owner(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    for number in range(3):
        share(named(pca_client, f"Shared {number}"))
    client: Any = pca_client
    first_page: Any = {"ResourceOwner": "OTHER_ACCOUNTS", "MaxResults": 1}
    own_token = client.list_certificate_authorities(MaxResults=1)["NextToken"]

    with pca.as_account(OTHER):
        token = client.list_certificate_authorities(**first_page)["NextToken"]
        for owner, bad in (("SELF", token), ("OTHER_ACCOUNTS", own_token), ("SELF", own_token)):
            with refused("InvalidNextTokenException", pca):
                client.list_certificate_authorities(ResourceOwner=owner, NextToken=bad)
    with pca.as_account(THIRD), refused("InvalidNextTokenException", pca):
        client.list_certificate_authorities(**first_page, NextToken=token)
    with pca.as_account(OTHER):
        assert client.list_certificate_authorities(**first_page, NextToken=token)
