from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ParamValidationError

from pca_mock import PcaMock
from tests.refusals import refused
from tests.support import Ca, configuration, pending

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

RESERVED = ("aws:", "aws:a", "AWS:a", "aWs:cloudformation:stack-name", "rds:a", "RDS:a")


def tag(ca: Ca, *tags: Any) -> None:
    """Tag a CA; the answer has nothing in it."""
    answer = ca.client.tag_certificate_authority(CertificateAuthorityArn=ca.arn, Tags=tags)
    assert answer.keys() == {"ResponseMetadata"}


def untag(ca: Ca, *tags: Any) -> None:
    """Take tags from a CA; the answer has nothing in it."""
    answer = ca.client.untag_certificate_authority(CertificateAuthorityArn=ca.arn, Tags=tags)
    assert answer.keys() == {"ResponseMetadata"}


def tags_of(ca: Ca) -> list[tuple[str, str]]:
    """All tags, in their order."""
    pages = ca.client.get_paginator("list_tags").paginate(CertificateAuthorityArn=ca.arn)
    return [(item["Key"], item["Value"]) for page in pages for item in page["Tags"]]


def numbered(*numbers: int, value: str = "v") -> list[Any]:
    return [{"Key": f"k{number}", "Value": value} for number in numbers]


# Adding


def test_tags_are_added_in_their_order(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client, Tags=[{"Key": "z", "Value": "1"}])

    tag(ca, {"Key": "b", "Value": "2"}, {"Key": "a", "Value": "3"})
    tag(ca, {"Key": "A", "Value": "4"})

    assert tags_of(ca) == [("z", "1"), ("b", "2"), ("a", "3"), ("A", "4")]


def test_a_tag_with_an_existing_key_gets_a_new_value_in_its_old_place(
    pca_client: ACMPCAClient,
) -> None:
    ca = pending(pca_client, Tags=numbered(1, 2, 3))

    tag(ca, {"Key": "k2", "Value": "new"}, {"Key": "k4", "Value": "v"})

    assert tags_of(ca) == [("k1", "v"), ("k2", "new"), ("k3", "v"), ("k4", "v")]


def test_a_tag_without_a_value_has_an_empty_one(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client, Tags=[{"Key": "at creation"}, {"Key": "k", "Value": "v"}])

    tag(ca, {"Key": "later"}, {"Key": "k"})

    assert tags_of(ca) == [("at creation", ""), ("k", ""), ("later", "")]


def test_tags_of_one_ca_are_not_those_of_another(pca_client: ACMPCAClient) -> None:
    first, second = (pending(pca_client, Tags=numbered(1)) for _ in range(2))

    tag(first, *numbered(1, value="new"))

    assert tags_of(first) == [("k1", "new")]
    assert tags_of(second) == [("k1", "v")]


@pytest.mark.parametrize("text", ["ä Ω:/=+-@._", "123", "日本"])
def test_tags_may_have_letters_digits_and_spaces_of_all_scripts(
    pca_client: ACMPCAClient, text: str
) -> None:
    ca = pending(pca_client)

    tag(ca, {"Key": text, "Value": text})

    assert tags_of(ca) == [(text, text)]


def test_the_longest_key_and_value_are_kept(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client)

    tag(ca, {"Key": "k" * 128, "Value": "v" * 256})

    assert tags_of(ca) == [("k" * 128, "v" * 256)]


@pytest.mark.parametrize("key", ["awsome", "aw:s", "my-aws:", "rds", "xrds:"])
def test_a_key_that_only_resembles_a_reserved_one_is_free(
    pca_client: ACMPCAClient, key: str
) -> None:
    ca = pending(pca_client)

    tag(ca, {"Key": key, "Value": "v"})

    assert tags_of(ca) == [(key, "v")]


# The limit


def test_fifty_tags_are_the_most_and_one_more_changes_nothing(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    ca = pending(pca_client, Tags=numbered(*range(49)))
    with refused("TooManyTagsException", pca):
        tag(ca, *numbered(0, value="new"), *numbered(49, 50))

    tag(ca, *numbered(49))
    with refused("TooManyTagsException", pca):
        tag(ca, *numbered(50))

    assert len(tags_of(ca)) == 50


def test_a_full_ca_can_have_its_tags_changed(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client, Tags=numbered(*range(50)))

    tag(ca, *numbered(*range(50), value="new"))

    assert tags_of(ca) == [(f"k{number}", "new") for number in range(50)]


def test_a_removed_tag_makes_room_for_another(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client, Tags=numbered(*range(50)))

    untag(ca, {"Key": "k7"})
    tag(ca, {"Key": "new"})

    assert tags_of(ca)[-2:] == [("k49", "v"), ("new", "")]


# Refusals


@pytest.mark.parametrize("key", RESERVED)
@pytest.mark.parametrize("change", [tag, untag])
def test_a_reserved_key_is_refused_and_named(
    pca: PcaMock, pca_client: ACMPCAClient, change: Any, key: str
) -> None:
    ca = pending(pca_client, Tags=numbered(1))

    with refused("InvalidTagException", pca) as caught:
        change(ca, {"Key": "k1", "Value": "v"}, {"Key": key, "Value": "v"})
    assert key in str(caught.value)


@pytest.mark.parametrize("key", RESERVED)
def test_a_reserved_key_is_refused_at_creation(
    pca: PcaMock, pca_client: ACMPCAClient, key: str
) -> None:
    with refused("InvalidTagException", pca):
        pending(pca_client, configuration_=configuration(), Tags=[{"Key": key}])


def test_the_same_key_twice_in_a_request_is_refused(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client, Tags=numbered(1))

    with refused("InvalidTagException", pca):
        tag(ca, {"Key": "a", "Value": "1"}, {"Key": "a", "Value": "1"})


@pytest.mark.parametrize(
    "tags",
    [
        pytest.param(numbered(*range(51)), id="51 tags"),
        pytest.param([{"Key": "k" * 129}], id="long key"),
        pytest.param([{"Key": "k", "Value": "v" * 257}], id="long value"),
        pytest.param([{"Key": "k*"}], id="character of a key"),
        pytest.param([{"Key": "k", "Value": "v%"}], id="character of a value"),
    ],
)
@pytest.mark.parametrize("change", [tag, untag])
def test_tags_against_the_model_are_a_validation_exception(
    pca: PcaMock, pca_client: ACMPCAClient, change: Any, tags: list[Any]
) -> None:
    ca = pending(pca_client, Tags=numbered(1))

    with refused("ValidationException", pca):
        change(ca, *tags)


@pytest.mark.parametrize("tags", [(), ({"Key": ""},), ({"Value": "v"},)])
@pytest.mark.parametrize("change", [tag, untag])
def test_botocore_refuses_an_incomplete_tag(
    pca_client: ACMPCAClient, change: Any, tags: Any
) -> None:
    ca = pending(pca_client)

    with pytest.raises(ParamValidationError):
        change(ca, *tags)


# Taking away


@pytest.mark.parametrize(
    ("value", "left"),
    [
        pytest.param({"Key": "k1"}, ["k2", "empty"], id="without a value: whatever it has"),
        pytest.param({"Key": "k1", "Value": "v"}, ["k2", "empty"], id="with its value"),
        pytest.param({"Key": "k1", "Value": "w"}, ["k1", "k2", "empty"], id="another value"),
        pytest.param({"Key": "k1", "Value": ""}, ["k1", "k2", "empty"], id="empty value"),
        pytest.param({"Key": "empty", "Value": ""}, ["k1", "k2"], id="empty value that it has"),
        pytest.param({"Key": "K1"}, ["k1", "k2", "empty"], id="another case"),
        pytest.param({"Key": "nothing"}, ["k1", "k2", "empty"], id="unknown key"),
    ],
)
def test_a_tag_is_removed_if_its_key_and_any_requested_value_match(
    pca_client: ACMPCAClient, value: Any, left: list[str]
) -> None:
    ca = pending(pca_client, Tags=[*numbered(1, 2), {"Key": "empty"}])

    untag(ca, value)

    assert [key for key, _ in tags_of(ca)] == left


def test_several_tags_are_removed_at_once_each_by_its_own_rule(
    pca_client: ACMPCAClient,
) -> None:
    ca = pending(pca_client, Tags=numbered(1, 2, 3, 4))

    untag(ca, {"Key": "k1"}, {"Key": "k2", "Value": "other"}, {"Key": "k4", "Value": "v"})

    assert tags_of(ca) == [("k2", "v"), ("k3", "v")]


def test_a_tag_that_comes_back_comes_last(pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client, Tags=numbered(1, 2))

    untag(ca, {"Key": "k1"})
    tag(ca, *numbered(1))

    assert tags_of(ca) == [("k2", "v"), ("k1", "v")]


# Listing


@pytest.mark.parametrize("size", [1, 3, 7, 49, 50, 1000])
def test_every_tag_is_listed_once_whatever_the_size_of_a_page(
    pca_client: ACMPCAClient, size: int
) -> None:
    ca = pending(pca_client, Tags=numbered(*range(50)))

    pages = list(
        pca_client.get_paginator("list_tags").paginate(
            CertificateAuthorityArn=ca.arn, PaginationConfig={"PageSize": size}
        )
    )

    keys = [item["Key"] for page in pages for item in page["Tags"]]
    assert keys == [f"k{number}" for number in range(50)]
    assert len(pages) == -(-50 // size)
    assert "NextToken" not in pages[-1]


def test_a_bad_token_is_refused(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    ca = pending(pca_client, Tags=numbered(1))

    with refused("InvalidNextTokenException", pca):
        pca_client.list_tags(CertificateAuthorityArn=ca.arn, NextToken="x")
