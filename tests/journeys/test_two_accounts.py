"""One account owns CAs, another one uses them as far as their policies allow."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore import xform_name
from botocore.exceptions import WaiterError
from cryptography import x509

from pca_mock import PcaMock
from pca_mock.state.authority import Status
from tests import inside, oracles
from tests.constraints import ABOUT_A_CA, fitting
from tests.policies import OTHER, OWNER, READ, SEVEN, WRITE, policy, share, statement
from tests.refusals import refused
from tests.support import Ca, KeyHolder, configuration, pending, root, template_arn

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

CSR = KeyHolder().csr("app.example.com")
KEYS: Any = {"aws_secret_access_key": "secret", "region_name": "us-east-1"}
ISSUE = WRITE[0]


def params(operation: str, ca: Ca, leaf: str) -> dict[str, Any]:
    """A request about a CA that breaks no constraint."""
    changes = {
        ABOUT_A_CA[operation]: ca.arn,
        "CertificateArn": leaf,
        "TemplateArn": template_arn("EndEntityCertificate"),
    }
    request = fitting(operation)
    return {**request, **{name: changes[name] for name in changes.keys() & request.keys()}}


# From client to certificate


def test_another_account_gets_a_certificate_that_verifies_up_to_the_owners_root(
    ca: Ca, shared: Ca, tmp_path: Any
) -> None:
    share(ca)

    leaf, chain = shared.get(shared.issue(CSR))

    assert oracles.openssl_verify(tmp_path, leaf, "", chain)
    assert not oracles.openssl_verify(
        tmp_path, leaf, "", root(ca.client, configuration("Stranger")).certificate()
    )
    assert chain == ca.certificate() == shared.certificate()


def test_the_owner_fetches_a_certificate_that_another_account_requested(ca: Ca, shared: Ca) -> None:
    share(ca)

    arn = shared.issue(CSR)

    assert arn.startswith(f"{ca.arn}/certificate/")
    assert ca.get(arn) == shared.get(arn)


def test_another_account_builds_its_own_issuing_ca_below_a_shared_root(
    ca: Ca, shared: Ca, other: ACMPCAClient, tmp_path: Any
) -> None:
    share(ca)
    issuing = pending(other, "SUBORDINATE", configuration("Issuing"))

    template = "SubordinateCACertificate_PathLen0"
    issuing.install(*shared.get(shared.issue(issuing.csr(), template)))
    leaf, chain = issuing.get(issuing.issue(CSR, Validity={"Type": "DAYS", "Value": 1}))

    assert issuing.describe()["OwnerAccount"] == OTHER
    middle, top = x509.load_pem_x509_certificates(chain.encode())
    assert middle.issuer == top.subject
    assert oracles.openssl_verify(tmp_path, leaf, issuing.certificate(), ca.certificate())


def test_one_client_serves_two_accounts_in_turn(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    ca = root(pca_client)
    share(ca)

    with pca.as_account(OTHER):
        arn = ca.issue(CSR)
        assert ca.get(arn)
        with refused("AccessDeniedException", pca):
            ca.csr()
        own = pending(pca_client)
        with pca.as_account("333333333333"), refused("AccessDeniedException", pca):
            ca.describe()

    assert ca.get(arn)
    assert ca.csr()
    with refused("AccessDeniedException", pca):
        own.describe()


def test_another_account_sees_the_ca_as_its_owner_does(ca: Ca, shared: Ca) -> None:
    share(ca)

    assert shared.describe() == ca.describe()
    assert shared.describe()["OwnerAccount"] == OWNER


# Operations that a policy can allow


def test_a_policy_can_allow_seven_operations_and_none_of_the_others(
    mock: PcaMock, ca: Ca, shared: Ca
) -> None:
    leaf = ca.issue(CSR)
    share(ca, *SEVEN)
    allowed = {name for name in ABOUT_A_CA if f"acm-pca:{name}" in SEVEN}
    assert len(allowed) == 7
    assert set(SEVEN) == set(READ) | set(WRITE)

    for operation in ABOUT_A_CA.keys() - allowed:
        with refused("AccessDeniedException", mock) as caught:
            call(shared, operation, leaf)
        assert caught.value.response["Error"]["Message"] == (
            f"User: arn:aws:iam::{OTHER}:root is not authorized to perform: acm-pca:{operation} "
            f"on resource: {ca.arn} because no resource-based policy allows the "
            f"acm-pca:{operation} action"
        )
    assert shared.describe()
    assert shared.get(leaf)
    assert shared.certificate()
    assert shared.issue(CSR)
    for listing in (shared.client.list_permissions, shared.client.list_tags):
        assert listing(CertificateAuthorityArn=ca.arn)


def call(ca: Ca, operation: str, leaf: str) -> Any:
    return getattr(ca.client, xform_name(operation))(**params(operation, ca, leaf))


@pytest.mark.parametrize("action", READ)
def test_an_action_allows_nothing_else(mock: PcaMock, ca: Ca, shared: Ca, action: str) -> None:
    leaf = ca.issue(CSR)
    share(ca, action)

    for operation in ABOUT_A_CA:
        if f"acm-pca:{operation}" != action:
            with refused("AccessDeniedException", mock):
                call(shared, operation, leaf)
    request = {"CertificateAuthorityArn": ca.arn, "CertificateArn": leaf}
    operation = action.partition(":")[2]
    expected = {name: value for name, value in request.items() if name in fitting(operation)}
    assert getattr(shared.client, xform_name(operation))(**expected)


def test_revoking_needs_a_grant_of_its_own(mock: PcaMock, ca: Ca, shared: Ca) -> None:
    leaf = ca.issue(CSR)
    share(ca, *READ, ISSUE)

    with refused("AccessDeniedException", mock):
        call(shared, "RevokeCertificate", leaf)


def test_several_statements_add_up(ca: Ca, shared: Ca) -> None:
    text = policy(statement(ca, *READ), statement(ca, ISSUE))
    ca.client.put_policy(ResourceArn=ca.arn, Policy=text)

    assert shared.get(shared.issue(CSR))


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": OTHER},
        {"AWS": ["333333333333", OTHER]},
        {"AWS": f"arn:aws:iam::{OTHER}:root"},
        {"AWS": [f"arn:aws:iam::{OTHER}:role/app"]},
    ],
    ids=str,
)
def test_an_account_may_be_named_in_several_ways(ca: Ca, shared: Ca, principal: Any) -> None:
    share(ca, Principal=principal)

    assert shared.issue(CSR)


def test_a_grant_to_somebody_else_does_not_apply(mock: PcaMock, ca: Ca, shared: Ca) -> None:
    for principal in ("333333333333", OWNER, f"arn:aws:iam::333333333333:role/{OTHER}"):
        share(ca, Principal={"AWS": principal})

        with refused("AccessDeniedException", mock):
            shared.describe()


def test_a_grant_for_one_ca_does_not_apply_to_another(
    mock: PcaMock, ca: Ca, owner: ACMPCAClient, other: ACMPCAClient
) -> None:
    share(ca)
    second = pending(owner)

    with refused("AccessDeniedException", mock):
        Ca(other, second.arn).describe()


@pytest.mark.parametrize("withdraw", ["deleted", "replaced"])
def test_a_grant_ends_with_its_policy(mock: PcaMock, ca: Ca, shared: Ca, withdraw: str) -> None:
    share(ca)
    arn = shared.issue(CSR)

    if withdraw == "deleted":
        ca.client.delete_policy(ResourceArn=ca.arn)
    else:
        share(ca, *READ[:1])

    with refused("AccessDeniedException", mock):
        shared.issue(CSR)
    with refused("AccessDeniedException", mock):
        shared.get(arn)
    assert ca.get(arn)


# CAs that don't exist, and operations that the status forbids


def test_a_foreign_ca_that_does_not_exist_looks_like_one_that_is_not_shared(
    mock: PcaMock, ca: Ca, other: ACMPCAClient
) -> None:
    nothing = f"{ca.arn.rpartition('/')[0]}/{uuid.uuid4()}"

    texts = set()
    for arn in (ca.arn, nothing):
        with refused("AccessDeniedException", mock) as caught:
            Ca(other, arn).describe()
        texts.add(caught.value.response["Error"]["Message"].replace(arn, "{arn}"))
    assert len(texts) == 1


def test_a_shared_ca_past_its_restoration_period_is_denied(
    mock: PcaMock, ca: Ca, shared: Ca
) -> None:
    share(ca)
    inside.put_in(mock, ca.arn, Status.DELETED)
    assert shared.status == "DELETED"
    inside.authority(mock, ca.arn).restorable_until = ca.describe()["CreatedAt"]

    with refused("AccessDeniedException", mock):
        shared.describe()
    with refused("ResourceNotFoundException", mock):
        ca.describe()


def test_a_shared_ca_is_shared_in_its_own_region_only(mock: PcaMock, ca: Ca, shared: Ca) -> None:
    share(ca)
    elsewhere = mock.client(
        aws_access_key_id="AKIAOTHER", **{**KEYS, "region_name": "eu-central-1"}
    )

    with refused("AccessDeniedException", mock):
        Ca(elsewhere, ca.arn).describe()
    assert (
        elsewhere.list_certificate_authorities(ResourceOwner="OTHER_ACCOUNTS")[
            "CertificateAuthorities"
        ]
        == []
    )


def test_the_status_binds_other_accounts_too(mock: PcaMock, ca: Ca, shared: Ca) -> None:
    share(ca)
    ca.client.update_certificate_authority(CertificateAuthorityArn=ca.arn, Status="DISABLED")

    with refused("InvalidStateException", mock):
        shared.issue(CSR)
    assert shared.status == "DISABLED"


def test_a_waiter_ends_when_access_is_denied(ca: Ca, shared: Ca) -> None:
    waiter = shared.client.get_waiter("certificate_authority_csr_created")

    with pytest.raises(WaiterError, match="AccessDeniedException"):
        waiter.wait(CertificateAuthorityArn=ca.arn)


# Idempotency tokens


def test_tokens_of_two_accounts_are_independent(ca: Ca, shared: Ca) -> None:
    share(ca)

    first, again = (ca.issue(CSR, IdempotencyToken="t") for _ in range(2))
    of_other, again_of_other = (shared.issue(CSR, IdempotencyToken="t") for _ in range(2))

    assert first == again
    assert of_other == again_of_other
    assert first != of_other


def test_two_accounts_make_two_cas_with_one_token(owner: ACMPCAClient, other: ACMPCAClient) -> None:
    arns = {pending(client, IdempotencyToken="t").arn for client in (owner, other, owner, other)}

    assert {arn.split(":")[4] for arn in arns} == {OWNER, OTHER}
    assert len(arns) == 2
