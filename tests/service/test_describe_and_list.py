from __future__ import annotations

import copy
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from botocore.config import Config

from pca_mock import PcaMock, mock_pca
from pca_mock.service import dispatch
from pca_mock.state.authority import Status
from pca_mock.state.calls import Caller
from pca_mock.state.progress import Progress
from tests import inside, oracles, shapes
from tests.refusals import refused
from tests.support import TEN_YEARS, Ca, configuration, pending, root, subordinate

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

NOON = datetime(2027, 3, 1, 12, 0, 0, 345678, tzinfo=timezone.utc)
NOON_IN_MILLISECONDS = NOON.replace(microsecond=345000)
OFF = {"CrlConfiguration": {"Enabled": False}, "OcspConfiguration": {"Enabled": False}}
ALWAYS = {
    "Arn",
    "OwnerAccount",
    "CreatedAt",
    "LastStateChangeAt",
    "Type",
    "Status",
    "CertificateAuthorityConfiguration",
    "RevocationConfiguration",
    "KeyStorageSecurityStandard",
    "UsageMode",
}
WITH_CERTIFICATE = {"Serial", "NotBefore", "NotAfter"}


def listed(client: ACMPCAClient, **request: Any) -> list[Any]:
    """The CAs of one page."""
    answer = client.list_certificate_authorities(**request)
    shapes.check("ListCertificateAuthorities", answer)
    return list(answer["CertificateAuthorities"])


def many(pca: PcaMock, client: ACMPCAClient, number: int) -> list[str]:
    """The ARNs of a number of new CAs, in the order of their creation."""
    return [pending(client, configuration_=configuration(f"CA {n}")).arn for n in range(number)]


def arns(cas: list[Any]) -> list[str]:
    return [ca["Arn"] for ca in cas]


# DescribeCertificateAuthority, field by field


def test_a_new_ca_is_described_by_its_defaults(pca_client: ACMPCAClient) -> None:
    with time_machine.travel(NOON, tick=False):
        ca = pending(pca_client)

    assert ca.describe() == {
        "Arn": ca.arn,
        "OwnerAccount": "123456789012",
        "CreatedAt": NOON_IN_MILLISECONDS,
        "LastStateChangeAt": NOON_IN_MILLISECONDS,
        "Type": "ROOT",
        "Status": "PENDING_CERTIFICATE",
        "CertificateAuthorityConfiguration": configuration(),
        "RevocationConfiguration": OFF,
        "KeyStorageSecurityStandard": "FIPS_140_2_LEVEL_3_OR_HIGHER",
        "UsageMode": "GENERAL_PURPOSE",
    }


def test_an_active_ca_is_described_by_its_certificate(pca_client: ACMPCAClient) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        ca = pending(pca_client)
        before = ca.describe()
        clock.shift(timedelta(seconds=5))
        ca.install(ca.issued(ca.csr(), "RootCACertificate", Validity=TEN_YEARS))
        described = ca.describe()

    certificate = oracles.certificate(ca.certificate())
    assert described == {
        **before,
        "LastStateChangeAt": NOON_IN_MILLISECONDS + timedelta(seconds=5),
        "Status": "ACTIVE",
        "Serial": str(certificate.serial_number),
        "NotBefore": certificate.not_valid_before,
        "NotAfter": certificate.not_valid_after,
    }
    assert described["NotBefore"].microsecond == described["NotAfter"].microsecond == 0


def test_the_serial_is_decimal_and_that_of_the_certificate(pca_client: ACMPCAClient) -> None:
    ca = root(pca_client)
    certificate_arn = ca.issue(ca.csr(), "RootCACertificate")

    ca.install(*ca.get(certificate_arn))

    assert ca.describe()["Serial"] == str(int(certificate_arn.rpartition("/")[2], 16))


def test_a_configuration_is_described_as_it_was_requested(pca_client: ACMPCAClient) -> None:
    value = configuration("x", CsrExtensions={"KeyUsage": {"CRLSign": True, "KeyCertSign": False}})

    assert (
        pending(pca_client, configuration_=value).describe()["CertificateAuthorityConfiguration"]
        == value
    )


@pytest.mark.parametrize(
    ("status", "has_certificate", "more"),
    [
        (Status.CREATING, False, set()),
        (Status.PENDING_CERTIFICATE, False, set()),
        (Status.ACTIVE, True, set()),
        (Status.DISABLED, True, set()),
        (Status.FAILED, False, {"FailureReason"}),
        (Status.DELETED, False, {"RestorableUntil"}),
        (Status.DELETED, True, {"RestorableUntil"}),
    ],
)
def test_a_ca_is_described_in_every_status_with_the_members_of_that_status(
    pca: PcaMock,
    pca_client: ACMPCAClient,
    status: Status,
    has_certificate: bool,
    more: set[str],
) -> None:
    ca = root(pca_client) if has_certificate else pending(pca_client)
    inside.put_in(pca, ca.arn, status)

    described = ca.describe()

    assert described["Status"] == status.value
    of_certificate = WITH_CERTIFICATE if has_certificate else set()
    assert described.keys() == ALWAYS | of_certificate | more
    assert listed(pca_client) == [described]


@pytest.mark.parametrize("reason", ["REQUEST_TIMED_OUT", "UNSUPPORTED_ALGORITHM", "OTHER"])
def test_a_failed_ca_shows_the_reason(pca: PcaMock, pca_client: ACMPCAClient, reason: str) -> None:
    ca = pending(pca_client)
    inside.put_in(pca, ca.arn, Status.FAILED)
    inside.authority(pca, ca.arn).progress = Progress(failure=reason)

    assert ca.describe()["FailureReason"] == reason


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.DISABLED])
def test_a_ca_is_expired_from_the_moment_after_the_end_of_its_certificate(
    pca: PcaMock, pca_client: ACMPCAClient, status: Status
) -> None:
    ca = root(pca_client)
    inside.put_in(pca, ca.arn, status)
    before = ca.describe()

    with time_machine.travel(before["NotAfter"], tick=False) as clock:
        at_the_end = ca.describe()
        clock.shift(timedelta(seconds=1))
        after = ca.describe()

    assert at_the_end == before
    assert after == {**before, "Status": "EXPIRED"}


@pytest.mark.parametrize("status", [Status.DELETED, Status.FAILED, Status.PENDING_CERTIFICATE])
def test_no_other_ca_expires(pca: PcaMock, pca_client: ACMPCAClient, status: Status) -> None:
    ca = root(pca_client, validity={"Type": "DAYS", "Value": 1})
    end = ca.describe()["NotAfter"]
    inside.put_in(pca, ca.arn, status)

    with time_machine.travel(end + timedelta(days=1), tick=False):
        assert ca.status == status.value


def test_times_are_aware_and_in_the_local_zone(pca_client: ACMPCAClient) -> None:
    described = root(pca_client).describe()

    for member in ("CreatedAt", "LastStateChangeAt", "NotBefore", "NotAfter"):
        assert described[member].utcoffset() == described[member].astimezone().utcoffset()


def test_a_description_is_the_callers_own_to_change(pca_client: ACMPCAClient) -> None:
    ca = root(pca_client, configuration("x", CsrExtensions={"KeyUsage": {"CRLSign": True}}))
    first = ca.describe()
    before = copy.deepcopy(first)

    first["CertificateAuthorityConfiguration"]["Subject"]["CommonName"] = "changed"
    first["CertificateAuthorityConfiguration"]["CsrExtensions"].clear()
    first["RevocationConfiguration"]["CrlConfiguration"]["Enabled"] = True
    first["RevocationConfiguration"]["OcspConfiguration"].clear()
    first.clear()

    assert ca.describe() == before
    assert listed(pca_client) == [before]


def test_a_revocation_configuration_that_is_off_is_not_shared_between_cas(
    pca_client: ACMPCAClient,
) -> None:
    first, second = pending(pca_client), pending(pca_client)

    first.describe()["RevocationConfiguration"]["CrlConfiguration"]["Enabled"] = True

    assert second.describe()["RevocationConfiguration"] == OFF


def test_the_state_does_not_share_the_request(pca_client: ACMPCAClient) -> None:
    value = configuration("x")
    ca = pending(pca_client, configuration_=value)

    value["Subject"]["CommonName"] = "changed"

    assert ca.describe()["CertificateAuthorityConfiguration"] == configuration("x")


def test_the_owner_is_the_account_of_the_mock() -> None:
    with mock_pca(account_id="999988887777") as pca:
        described = pending(pca.client()).describe()

    assert described["OwnerAccount"] == "999988887777"
    assert described["Arn"].split(":")[4] == "999988887777"


# ListCertificateAuthorities


def test_without_cas_the_list_is_empty(pca_client: ACMPCAClient) -> None:
    answer = pca_client.list_certificate_authorities()

    shapes.check("ListCertificateAuthorities", answer)
    assert answer["CertificateAuthorities"] == []
    assert "NextToken" not in answer


def test_a_list_has_the_descriptions_in_the_order_of_creation(pca_client: ACMPCAClient) -> None:
    cas = [root(pca_client), pending(pca_client, "SUBORDINATE"), pending(pca_client)]
    cas.append(subordinate(cas[0]))

    assert listed(pca_client) == [ca.describe() for ca in cas]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6])
def test_a_paginator_shows_every_ca_once_and_in_order(
    pca: PcaMock, pca_client: ACMPCAClient, size: int
) -> None:
    created = many(pca, pca_client, 5)
    paginator = pca_client.get_paginator("list_certificate_authorities")

    pages = list(paginator.paginate(PaginationConfig={"PageSize": size}))

    shown = [arns(list(page["CertificateAuthorities"])) for page in pages]
    assert shown == [created[i : i + size] for i in range(0, 5, size)]
    assert ["NextToken" in page for page in pages] == [True] * (len(pages) - 1) + [False]


def test_a_page_that_ends_with_the_last_ca_has_no_token(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    many(pca, pca_client, 2)

    assert "NextToken" not in pca_client.list_certificate_authorities(MaxResults=2)


def test_a_page_never_has_more_than_a_hundred(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    created = many(pca, pca_client, 102)

    for request in ({}, {"MaxResults": 1000}, {"MaxResults": 101}):
        answer: Any = pca_client.list_certificate_authorities(**request)  # type: ignore[arg-type]
        assert arns(answer["CertificateAuthorities"]) == created[:100]
        rest = listed(pca_client, NextToken=answer["NextToken"], **request)
        assert arns(rest) == created[100:]


def test_a_ca_that_is_made_between_two_pages_comes_at_the_end(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    created = many(pca, pca_client, 2)
    token = pca_client.list_certificate_authorities(MaxResults=1)["NextToken"]

    created += many(pca, pca_client, 1)

    assert arns(listed(pca_client, NextToken=token)) == created[1:]


def test_a_token_may_be_used_again_and_with_another_size(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    created = many(pca, pca_client, 4)
    token = pca_client.list_certificate_authorities(MaxResults=1)["NextToken"]

    assert arns(listed(pca_client, NextToken=token, MaxResults=2)) == created[1:3]
    assert arns(listed(pca_client, NextToken=token, MaxResults=1)) == created[1:2]


@pytest.mark.parametrize("token", ["x", "no token", "AAAA", "\N{SNOWMAN}"])
def test_a_bad_token_is_refused(pca: PcaMock, pca_client: ACMPCAClient, token: str) -> None:
    with refused("InvalidNextTokenException", pca):
        pca_client.list_certificate_authorities(NextToken=token)


def test_a_token_of_another_listing_is_refused(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    many(pca, pca_client, 2)
    token = pca_client.list_certificate_authorities(MaxResults=1)["NextToken"]
    elsewhere = pca.client(region_name="eu-central-1")
    stranger = Caller("999988887777", "us-east-1", "aws")

    with refused("InvalidNextTokenException"):
        elsewhere.list_certificate_authorities(NextToken=token)
    with refused("InvalidNextTokenException"):
        pca_client.list_certificate_authorities(NextToken=token, ResourceOwner="OTHER_ACCOUNTS")
    with pytest.raises(Exception, match="NextToken") as caught:
        dispatch.call(pca._state, "ListCertificateAuthorities", {"NextToken": token}, stranger)
    assert type(caught.value).__name__ == "InvalidNextTokenException"


def test_a_token_of_tags_is_refused(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client, Tags=[{"Key": "a"}, {"Key": "b"}])
    token = pca_client.list_tags(CertificateAuthorityArn=ca.arn, MaxResults=1)["NextToken"]

    with refused("InvalidNextTokenException"):
        pca_client.list_certificate_authorities(NextToken=token)


@pytest.mark.parametrize("request_", [{"MaxResults": 0}, {"MaxResults": 1001}, {"NextToken": ""}])
def test_a_list_against_the_model_is_a_validation_exception(pca: PcaMock, request_: Any) -> None:
    client = pca.client(config=Config(parameter_validation=False))

    with refused("ValidationException", pca):
        client.list_certificate_authorities(**request_)


def test_regions_are_separate(pca: PcaMock) -> None:
    here, there = (pca.client(region_name=name) for name in ("us-east-1", "eu-central-1"))

    created = pending(here).arn

    assert arns(listed(here)) == [created]
    assert listed(there) == []


def test_accounts_are_separate(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    pending(pca_client)
    stranger = Caller("999988887777", "us-east-1", "aws")

    answer = dispatch.call(pca._state, "ListCertificateAuthorities", {}, stranger)

    assert answer == {"CertificateAuthorities": []}


def test_own_cas_are_listed_only_for_the_owner_self(pca_client: ACMPCAClient) -> None:
    created = pending(pca_client).arn

    assert arns(listed(pca_client, ResourceOwner="SELF")) == [created]
    assert listed(pca_client, ResourceOwner="OTHER_ACCOUNTS") == []


def test_an_unknown_owner_is_a_validation_exception(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    with refused("ValidationException", pca):
        pca_client.list_certificate_authorities(ResourceOwner="ALL")  # type: ignore[arg-type]


# ListTags


def tagged(client: ACMPCAClient, number: int) -> tuple[Ca, list[Any]]:
    tags = [{"Key": f"key {n}", "Value": f"{n}"} for n in range(number)]
    return pending(client, Tags=tags), tags


def test_without_tags_the_list_of_tags_is_empty(pca_client: ACMPCAClient) -> None:
    answer = pca_client.list_tags(CertificateAuthorityArn=pending(pca_client).arn)

    shapes.check("ListTags", answer)
    assert answer["Tags"] == []
    assert "NextToken" not in answer


@pytest.mark.parametrize("size", [1, 2, 5, 6, 1000])
def test_a_paginator_shows_every_tag_once_and_in_order(pca_client: ACMPCAClient, size: int) -> None:
    ca, tags = tagged(pca_client, 5)
    paginator = pca_client.get_paginator("list_tags")

    pages: list[Any] = list(
        paginator.paginate(CertificateAuthorityArn=ca.arn, PaginationConfig={"PageSize": size})
    )

    for page in pages:
        shapes.check("ListTags", page)
    assert [page["Tags"] for page in pages] == [tags[i : i + size] for i in range(0, 5, size)]
    assert "NextToken" not in pages[-1]


def test_a_token_of_another_cas_tags_is_refused(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    (first, _), (second, _) = tagged(pca_client, 2), tagged(pca_client, 2)
    token = pca_client.list_tags(CertificateAuthorityArn=first.arn, MaxResults=1)["NextToken"]

    with refused("InvalidNextTokenException", pca):
        pca_client.list_tags(CertificateAuthorityArn=second.arn, NextToken=token)


def test_a_list_of_tags_is_the_callers_own_to_change(pca_client: ACMPCAClient) -> None:
    ca, tags = tagged(pca_client, 2)

    pca_client.list_tags(CertificateAuthorityArn=ca.arn)["Tags"].clear()
    pca_client.list_tags(CertificateAuthorityArn=ca.arn)["Tags"][0]["Value"] = "changed"

    assert pca_client.list_tags(CertificateAuthorityArn=ca.arn)["Tags"] == tags
