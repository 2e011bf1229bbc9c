"""CAs with an ARN or id that a program's configuration has already."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from pca_mock import Authority, PcaMock, mock_pca
from tests import oracles

ID = "11111111-2222-3333-4444-555555555555"
OTHER_ID = "99999999-8888-7777-6666-555555555555"


def arn(ca_id: str = ID, region: str = "eu-west-1", account: str = "222222222222") -> str:
    return f"arn:aws:acm-pca:{region}:{account}:certificate-authority/{ca_id}"


def test_a_root_has_the_arn_of_a_programs_configuration() -> None:
    with mock_pca(account_id="222222222222") as pca:
        root = pca.create_root_ca("Example Root", arn=arn())

        client = pca.client(region_name="eu-west-1")
        ca = client.describe_certificate_authority(CertificateAuthorityArn=arn())
        assert (root.arn, ca["CertificateAuthority"]["Arn"]) == (arn(), arn())
        assert ca["CertificateAuthority"]["Status"] == "ACTIVE"
        leaf = root.issue("localhost")
        assert leaf.arn.startswith(f"{arn()}/certificate/")
        assert client.get_certificate(CertificateAuthorityArn=arn(), CertificateArn=leaf.arn)


def test_an_id_is_in_the_usual_account_and_region(pca: PcaMock) -> None:
    root = pca.create_root_ca(ca_id=ID)
    elsewhere = pca.create_root_ca(ca_id=OTHER_ID, region_name="eu-west-1")

    assert root.arn == arn(region=pca.client().meta.region_name, account=pca.account_id)
    assert elsewhere.arn == arn(OTHER_ID, account=pca.account_id)


def test_an_arn_counts_before_the_account_that_acts(pca: PcaMock) -> None:
    with pca.as_account("333333333333"):
        by_arn = pca.create_root_ca(arn=arn())
        by_id = pca.create_root_ca(ca_id=OTHER_ID)

    assert (by_arn.account_id, by_id.account_id) == ("222222222222", "333333333333")


def test_a_subordinate_has_the_place_of_its_issuer_or_of_its_arn(
    pca: PcaMock, tmp_path: Any
) -> None:
    root = pca.create_root_ca()
    by_id = root.create_subordinate_ca(ca_id=ID)
    by_arn = root.create_subordinate_ca(arn=arn(OTHER_ID))

    assert by_id.arn == arn(region=root.region_name, account=pca.account_id)
    assert by_arn.arn == arn(OTHER_ID)
    for ca in (by_id, by_arn):
        leaf = ca.issue("localhost")
        pems = (leaf.certificate_pem, leaf.chain_pem, root.certificate_pem)
        assert oracles.openssl_verify(tmp_path, *pems)


def test_another_accounts_ca_is_closed_to_the_code_under_test(pca: PcaMock) -> None:
    root = pca.create_root_ca(arn=arn())

    with pytest.raises(ClientError, match="not authorized"):
        pca.client(region_name="eu-west-1").list_tags(CertificateAuthorityArn=root.arn)
    assert pca.authority(arn()) == root


# Free


def test_an_id_is_that_of_one_ca_in_all_accounts_and_regions(pca: PcaMock) -> None:
    root = pca.create_root_ca(ca_id=ID)
    calls = len(pca.calls)

    identities: Any = ({"ca_id": ID}, {"arn": arn()})
    for create in (pca.create_root_ca, root.create_subordinate_ca):
        for identity in identities:
            with pytest.raises(ValueError, match=f"the id {ID} is not free"):
                create(**identity)
    assert (pca.authorities, len(pca.calls)) == ([root], calls)


def test_the_id_of_a_deleted_ca_is_not_free_again(pca: PcaMock) -> None:
    pca.create_root_ca(ca_id=ID).delete(7)

    for _ in range(2):
        with pytest.raises(ValueError, match="is not free"):
            pca.create_root_ca(ca_id=ID)
        pca.clock.advance(days=7)  # past its restoration period


def test_the_id_of_a_ca_that_never_was_is_free(pca: PcaMock) -> None:
    with (
        pca.fail("IssueCertificate", "ThrottlingException", origin="any"),
        pytest.raises(ClientError),
    ):
        pca.create_root_ca(ca_id=ID)
    with (
        pca.fail("CreateCertificateAuthority", "AccessDeniedException", origin="any"),
        pytest.raises(ClientError),
    ):
        pca.create_root_ca(ca_id=ID)

    assert pca.create_root_ca(ca_id=ID).arn.endswith(ID)
    assert not pca.create_root_ca().arn.endswith(ID)


def test_a_ca_that_is_made_in_a_retry_has_the_id(pca: PcaMock) -> None:
    with pca.fail("CreateCertificateAuthority", "ThrottlingException", attempts=1, origin="any"):
        root = pca.create_root_ca(ca_id=ID)

    assert root.arn.endswith(ID)


def test_where_a_retry_makes_a_second_ca_it_does_not_pass_for_the_one_with_the_id(
    pca: PcaMock,
) -> None:
    with (
        pca.lose_response("CreateCertificateAuthority", attempts=1, origin="any"),
        pytest.raises(ValueError, match=f"not with the id {ID}: because of .* a retry"),
    ):
        pca.create_root_ca(ca_id=ID)


def test_a_token_that_was_used_brings_no_ca_with_another_id(pca: PcaMock) -> None:
    first = pca.create_root_ca(IdempotencyToken="token")

    with pytest.raises(ValueError, match=f"answered with {first.arn}, not with the id {ID}"):
        pca.create_root_ca(ca_id=ID, IdempotencyToken="token")
    assert pca.authorities == [first]
    pca.clock.advance(minutes=5)
    assert pca.create_root_ca(ca_id=ID, IdempotencyToken="token").arn.endswith(ID)


def test_a_token_stands_for_a_ca_with_a_fixed_id(pca: PcaMock, pca_client: Any) -> None:
    root = pca.create_root_ca(ca_id=ID, IdempotencyToken="token")

    answer = pca_client.create_certificate_authority(**pca.calls[0].params)

    assert answer["CertificateAuthorityArn"] == root.arn


# Seeds and snapshots


def made(**first: Any) -> list[str]:
    """What a seed makes, except the id of the first CA."""
    with mock_pca(seed=1) as pca:
        root = pca.create_root_ca(**first)
        issuing = root.create_subordinate_ca()
        leaf = issuing.issue("localhost")
        return [root.certificates[0].serial, issuing.arn, leaf.serial, leaf.private_key_pem]


def test_a_fixed_id_changes_nothing_else_that_a_seed_makes() -> None:
    assert made(ca_id=ID) == made() != made(key_algorithm="EC_secp384r1")


def test_an_id_that_a_seed_makes_later_is_made_once() -> None:
    with mock_pca(seed=1) as pca:
        pca.create_root_ca()
        second = pca.create_root_ca().arn.rpartition("/")[2]
    with mock_pca(seed=1) as pca:
        cas = [pca.create_root_ca(ca_id=second), pca.create_root_ca(), pca.create_root_ca()]

    assert cas[0].arn.endswith(second)
    assert len({ca.arn for ca in cas}) == 3


def test_an_id_is_free_before_and_taken_after_a_snapshot(pca: PcaMock) -> None:
    before = pca.snapshot()
    root = pca.create_root_ca(ca_id=ID)
    after = pca.snapshot()

    pca.restore(before)
    again = pca.create_root_ca(ca_id=ID)
    pca.restore(after)
    assert (root.common_name, again) == ("Example Root CA", root)
    with mock_pca() as other:
        other.restore(after)
        with pytest.raises(ValueError, match="is not free"):
            other.create_root_ca(ca_id=ID)
        assert other.authority(root.arn).issue("localhost").status == "ISSUED"
        other.reset()
        assert other.create_root_ca(ca_id=ID) == root


# What is refused


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"ca_id": "1"}, ValueError, "'1' is not the id of a CA: an id is a UUID in lower case"),
        ({"ca_id": ID.replace("1", "A")}, ValueError, "a UUID in lower case"),
        ({"ca_id": arn()}, ValueError, "is not the id of a CA"),
        ({"arn": ID}, ValueError, f"'{ID}' is not the ARN of a CA"),
        ({"arn": f"{arn()}/certificate/{32 * '0'}"}, ValueError, "is not the ARN of a CA"),
        ({"arn": arn().replace(":acm-pca:", ":acm:")}, ValueError, "is not the ARN of a CA"),
        (
            {"arn": arn(region="cn-north-1")},
            ValueError,
            "has the partition aws, but cn-north-1 is in aws-cn",
        ),
        ({"arn": arn(), "ca_id": ID}, TypeError, "leave region_name and ca_id out"),
    ],
)
def test_other_text_is_no_identity(
    asked: Any, error: type[Exception], message: str, pca: PcaMock, pca_root_ca: Authority
) -> None:
    for create in (pca.create_root_ca, pca_root_ca.create_subordinate_ca):
        with pytest.raises(error) as caught:
            create(**asked)
        assert message in str(caught.value)
    assert len(pca.calls) == 0


def test_an_arn_has_its_region(pca: PcaMock) -> None:
    with pytest.raises(TypeError, match="leave region_name and ca_id out"):
        pca.create_root_ca(arn=arn(), region_name="eu-west-1")
