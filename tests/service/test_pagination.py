"""The paginators of the model, and the work that long listings cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader

from pca_mock import PcaMock
from pca_mock.state.authority import CertificateAuthority
from pca_mock.state.store import Store
from tests import inside
from tests.policies import OTHER, share
from tests.support import Ca, pending

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

PAGINATORS: dict[str, Any] = Loader().load_service_model("acm-pca", "paginators-1")["pagination"]
ACM = "acm.amazonaws.com"


def seven_cas(client: ACMPCAClient) -> dict[str, Any]:
    for _ in range(7):
        pending(client)
    return {}


def seven_permissions(client: ACMPCAClient) -> dict[str, Any]:
    about: dict[str, Any] = {"CertificateAuthorityArn": pending(client).arn}
    for account in range(7):
        client.create_permission(
            **about, Principal=ACM, SourceAccount=f"{account:012}", Actions=["GetCertificate"]
        )
    return about


def seven_tags(client: ACMPCAClient) -> dict[str, Any]:
    ca = pending(client, Tags=[{"Key": f"k{number}"} for number in range(7)])
    return {"CertificateAuthorityArn": ca.arn}


FILL = {
    "ListCertificateAuthorities": seven_cas,
    "ListPermissions": seven_permissions,
    "ListTags": seven_tags,
}


def test_the_paginators_of_the_model_are_those_that_are_tested() -> None:
    assert PAGINATORS.keys() == FILL.keys()


@pytest.mark.parametrize("operation", sorted(FILL))
@pytest.mark.parametrize("size", [1, 2, 6, 7, 8])
def test_a_paginator_returns_the_items_of_one_large_page(
    pca_client: ACMPCAClient, operation: str, size: int
) -> None:
    client: Any = pca_client
    request = FILL[operation](pca_client)
    result = PAGINATORS[operation]["result_key"]
    whole = getattr(client, xform_name(operation))(**request)

    paginator = client.get_paginator(xform_name(operation))
    pages = list(paginator.paginate(**request, PaginationConfig={"PageSize": size}))

    assert "NextToken" not in whole
    assert len(whole[result]) == 7
    assert [item for page in pages for item in page[result]] == whole[result]
    assert [len(page[result]) for page in pages[:-1]] == [size] * (-(-7 // size) - 1)
    tokens = [page["NextToken"] for page in pages[:-1]]
    assert len(set(tokens)) == len(tokens)


@pytest.mark.parametrize("operation", sorted(FILL))
def test_a_paginator_goes_on_where_another_one_stopped(
    pca_client: ACMPCAClient, operation: str
) -> None:
    client: Any = pca_client
    request = FILL[operation](pca_client)
    result = PAGINATORS[operation]["result_key"]
    whole = getattr(client, xform_name(operation))(**request)[result]
    paginator = client.get_paginator(xform_name(operation))

    first = paginator.paginate(**request, PaginationConfig={"MaxItems": 3, "PageSize": 2})
    begun = first.build_full_result()
    rest = paginator.paginate(
        **request, PaginationConfig={"StartingToken": begun["NextToken"]}
    ).build_full_result()

    assert begun[result] == whole[:3]
    assert rest[result] == whole[3:]


# Long listings


def copies(pca: PcaMock, ca: Ca, number: int) -> list[Ca]:
    """So many more CAs in the account of a CA, all with its key and without a policy."""
    record = inside.authority(pca, ca.arn)
    store = pca._state.store(record.arn.partition, record.arn.region, record.arn.account)
    made = []
    for _ in range(number):
        pca._state.created += 1
        copy = replace(
            record, arn=pca._state.new_arn(store), position=pca._state.created, policy=None
        )
        store.add(copy)
        made.append(Ca(ca.client, str(copy.arn)))
    return made


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Counts how many records the listings have looked at."""
    counter = count()
    is_gone = CertificateAuthority.is_gone

    def counting(self: CertificateAuthority, now: datetime) -> bool:
        next(counter)
        return is_gone(self, now)

    monkeypatch.setattr(CertificateAuthority, "is_gone", counting)
    return iter(counter)


def test_a_long_list_costs_one_look_per_ca_and_one_per_page(
    pca: PcaMock, pca_client: ACMPCAClient, looks: Iterator[int]
) -> None:
    copies(pca, pending(pca_client), 9_999)
    before = next(looks)

    pages = list(pca_client.get_paginator("list_certificate_authorities").paginate())

    cas = [ca["Arn"] for page in pages for ca in page["CertificateAuthorities"]]
    assert len(set(cas)) == len(cas) == 10_000
    assert len(pages) == 100
    assert next(looks) - before <= len(cas) + 2 * len(pages)


def test_a_page_in_the_middle_costs_no_more_than_the_first(
    pca: PcaMock, pca_client: ACMPCAClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies(pca, pending(pca_client), 1_999)
    yielded = []
    after = Store.after

    def counting(self: Store, position: int, now: datetime) -> Iterator[CertificateAuthority]:
        for ca in after(self, position, now):
            yielded.append(ca)
            yield ca

    monkeypatch.setattr(Store, "after", counting)
    costs = []
    for _ in pca_client.get_paginator("list_certificate_authorities").paginate():
        costs.append(len(yielded))
        yielded.clear()

    assert costs == [101] * 19 + [100]


def test_a_long_list_of_shared_cas_costs_no_more(
    pca: PcaMock, pca_client: ACMPCAClient, looks: Iterator[int]
) -> None:
    ca = pending(pca_client)
    for each in (ca, *copies(pca, ca, 300)):
        share(each)

    before = next(looks)
    with pca.as_account(OTHER):
        pages = list(
            pca_client.get_paginator("list_certificate_authorities").paginate(
                ResourceOwner="OTHER_ACCOUNTS"
            )
        )

    cas = [ca["Arn"] for page in pages for ca in page["CertificateAuthorities"]]
    assert len(set(cas)) == len(cas) == 301
    assert next(looks) - before <= len(cas) + 2 * len(pages)
