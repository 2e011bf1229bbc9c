from __future__ import annotations

import uuid
from enum import Enum
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config

from pca_mock import PcaMock
from pca_mock.errors import (
    AccessDeniedException,
    AwsError,
    InvalidArnException,
    InvalidStateException,
    NotSupportedByPcaMock,
    ResourceNotFoundException,
    SerializationException,
    UnknownOperationException,
    ValidationException,
)
from pca_mock.service import dispatch
from pca_mock.service.context import Response
from pca_mock.service.model import service_model
from pca_mock.service.states import PERMITTED
from pca_mock.state.authority import Status
from pca_mock.state.calls import Caller
from tests import inside, support, wire
from tests.constraints import ABOUT_A_CA
from tests.constraints import fitting as request
from tests.inside import snapshot
from tests.refusals import refused

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

OPERATIONS = service_model().operation_names
CALLER = Caller("123456789012", "us-east-1", "aws")
AN_ID = "11111111-2222-3333-4444-555555555555"


def call(pca: PcaMock, operation: str, params: Any, caller: Caller = CALLER) -> Response:
    return dispatch.call(pca._state, operation, params, caller)


def about(operation: str, arn: str) -> Any:
    """A request that passes the constraints, about this CA."""
    params = request(operation)
    params[ABOUT_A_CA[operation]] = arn
    if "CertificateArn" in params:
        params["CertificateArn"] = f"{arn}/certificate/{'0' * 32}"
    if "TemplateArn" in params:
        params["TemplateArn"] = support.template_arn("EndEntityCertificate")
    return params


def authority(pca: PcaMock, client: ACMPCAClient, status: Status = Status.ACTIVE) -> str:
    """The ARN of a root CA with this status."""
    arn = support.root(client).arn
    inside.put_in(pca, arn, status)
    return arn


def error_of(pca: PcaMock, operation: str, params: Any, caller: Caller = CALLER) -> AwsError:
    """The error that this call is refused with; nothing must have changed."""
    before = snapshot(pca)
    with pytest.raises(AwsError) as caught:
        call(pca, operation, params, caller)
    assert snapshot(pca) == before
    return caught.value


# 1. The operation


@pytest.mark.parametrize("operation", ["", "Nothing", "describecertificateauthority"])
def test_an_unknown_operation_is_refused(pca: PcaMock, operation: str) -> None:
    assert type(error_of(pca, operation, {})) is UnknownOperationException


def test_every_operation_of_the_table_is_one_of_the_model() -> None:
    assert set(OPERATIONS) >= dispatch.OPERATIONS.keys()


@pytest.mark.parametrize("operation", sorted(dispatch.OPERATIONS))
def test_every_supported_operation_about_a_ca_has_a_row_for_the_status(operation: str) -> None:
    assert (operation in PERMITTED) is (operation in ABOUT_A_CA)


def permitting(operation: str) -> Status:
    """A status that permits the operation."""
    return next(status for status in Status if PERMITTED[operation][status] is None)


@pytest.mark.parametrize("operation", sorted(ABOUT_A_CA))
def test_an_unsupported_operation_is_reported_as_such(
    pca: PcaMock, pca_client: ACMPCAClient, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    arn = authority(pca, pca_client)
    monkeypatch.delitem(dispatch.OPERATIONS, operation)
    if PERMITTED[operation][Status.ACTIVE]:
        inside.put_in(pca, arn, permitting(operation))

    error = error_of(pca, operation, about(operation, arn))

    assert type(error) is NotSupportedByPcaMock
    assert operation in error.message


# 2. and 3. The parameters


@pytest.mark.parametrize("operation", sorted(ABOUT_A_CA))
def test_a_wrong_type_comes_before_all_other_checks(pca: PcaMock, operation: str) -> None:
    params = {**request(operation), ABOUT_A_CA[operation]: 5}

    assert type(error_of(pca, operation, params)) is SerializationException


@pytest.mark.parametrize("operation", sorted(ABOUT_A_CA))
@pytest.mark.parametrize("value", [None, "arn:aws:s3:::bucket", "arn:", "x" * 201])
def test_a_missing_or_malformed_arn_is_a_validation_exception(
    pca: PcaMock, operation: str, value: str | None
) -> None:
    params = {**request(operation), ABOUT_A_CA[operation]: value}

    error = error_of(pca, operation, params)

    member = ABOUT_A_CA[operation]
    assert type(error) is ValidationException
    assert f"at '{member[0].lower()}{member[1:]}'" in error.message


def test_a_breach_of_a_constraint_comes_before_the_form_of_the_arn(pca: PcaMock) -> None:
    params = {"ResourceArn": support.template_arn("Nothing"), "Policy": ""}

    assert type(error_of(pca, "PutPolicy", params)) is ValidationException


# 4. The form of the ARNs

NOT_OF_A_CA = [
    pytest.param(f"arn:aws:acm-pca:us-east-1:123456789012:ca/{AN_ID}", id="other type"),
    pytest.param("arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/x", id="no UUID"),
    pytest.param(
        f"arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/{AN_ID}/certificate/1",
        id="certificate",
    ),
    pytest.param(f"arn:aws:acm-pca::123456789012:certificate-authority/{AN_ID}", id="no region"),
    pytest.param(f"arn:aws:acm-pca:us-east-1::certificate-authority/{AN_ID}", id="no account"),
    pytest.param(
        f"arn:aws-cn:acm-pca:us-east-1:123456789012:certificate-authority/{AN_ID}",
        id="other partition",
    ),
    pytest.param("arn:aws:acm-pca:::template/EndEntityCertificate/V1", id="template"),
]


@pytest.mark.parametrize("operation", sorted(ABOUT_A_CA))
@pytest.mark.parametrize("arn", NOT_OF_A_CA)
def test_an_arn_of_something_else_is_an_invalid_arn(pca: PcaMock, operation: str, arn: str) -> None:
    error = error_of(pca, operation, {**about(operation, arn), ABOUT_A_CA[operation]: arn})

    assert type(error) is InvalidArnException
    assert error.message == "Not a valid arn."


def test_a_ca_arn_where_that_of_a_certificate_belongs_is_an_invalid_arn(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    arn = authority(pca, pca_client)

    with refused("InvalidArnException", pca, match="Not a valid arn."):
        pca_client.get_certificate(CertificateAuthorityArn=arn, CertificateArn=arn)


def test_the_form_of_an_arn_comes_before_access(pca: PcaMock) -> None:
    foreign = "arn:aws:acm-pca:us-east-1:999988887777:certificate-authority/x"

    for operation in ABOUT_A_CA:
        assert type(error_of(pca, operation, about(operation, foreign))) is InvalidArnException


# 5. Access


@pytest.mark.parametrize("operation", sorted(ABOUT_A_CA))
@pytest.mark.parametrize("exists", [True, False], ids=["existing", "not existing"])
def test_another_accounts_ca_is_denied_whether_it_exists_or_not(
    pca: PcaMock, pca_client: ACMPCAClient, operation: str, exists: bool
) -> None:
    arn = authority(pca, pca_client, Status.DELETED)
    arn = arn if exists else f"{arn.rpartition('/')[0]}/{AN_ID}"
    stranger = Caller("999988887777", "us-east-1", "aws")

    error = error_of(pca, operation, about(operation, arn), stranger)

    assert type(error) is AccessDeniedException
    assert error.status == 400
    assert error.message == (
        f"User: arn:aws:iam::999988887777:root is not authorized to perform: acm-pca:{operation} "
        f"on resource: {arn} because no resource-based policy allows the acm-pca:{operation} action"
    )


# 6. Existence


@pytest.mark.parametrize("operation", sorted(ABOUT_A_CA))
def test_a_ca_that_does_not_exist_is_not_found(pca: PcaMock, operation: str) -> None:
    arn = f"arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/{uuid.uuid4()}"

    error = error_of(pca, operation, about(operation, arn))

    assert type(error) is ResourceNotFoundException
    assert arn in error.message


@pytest.mark.parametrize("operation", sorted(ABOUT_A_CA))
def test_a_ca_of_another_region_is_not_found(
    pca: PcaMock, pca_client: ACMPCAClient, operation: str
) -> None:
    arn = authority(pca, pca_client)
    elsewhere = Caller("123456789012", "eu-central-1", "aws")

    error = error_of(pca, operation, about(operation, arn), elsewhere)

    assert type(error) is ResourceNotFoundException


@pytest.mark.parametrize("operation", sorted(ABOUT_A_CA))
def test_an_arn_with_another_region_is_not_found_though_the_id_exists(
    pca: PcaMock, pca_client: ACMPCAClient, operation: str
) -> None:
    arn = authority(pca, pca_client).replace("us-east-1", "us-east-2")

    error = error_of(pca, operation, about(operation, arn))

    assert type(error) is ResourceNotFoundException


# 7. The status


@pytest.mark.parametrize(
    "operation", [name for name in sorted(PERMITTED) if PERMITTED[name][Status.DELETED]]
)
def test_the_status_is_checked_before_the_operations_own_rules(
    pca: PcaMock, pca_client: ACMPCAClient, operation: str
) -> None:
    arn = authority(pca, pca_client, Status.DELETED)

    error = error_of(pca, operation, about(operation, arn))

    assert type(error) is InvalidStateException


# Errors as callers see them


def test_a_call_does_not_change_its_parameters(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    params = request("CreateCertificateAuthority")

    with pytest.raises(AwsError):
        call(pca, "CreateCertificateAuthority", params)

    assert params == request("CreateCertificateAuthority")


@wire.not_in_cbor
def test_a_client_without_own_validation_gets_the_services_errors(pca: PcaMock) -> None:
    client = pca.client(config=Config(parameter_validation=False))

    with refused("ValidationException", pca):
        client.describe_certificate_authority(CertificateAuthorityArn="x")
    with refused("ValidationException", pca):
        client.describe_certificate_authority()  # type: ignore[call-arg]
    with refused("SerializationException", pca):
        client.list_certificate_authorities(MaxResults="5")  # type: ignore[arg-type]


def _nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


@wire.not_in_cbor
def test_a_value_that_is_nested_deeply_is_refused_and_can_be_shown(pca: PcaMock) -> None:
    client = pca.client(config=Config(parameter_validation=False))

    with refused("SerializationException", pca):
        client.describe_certificate_authority(CertificateAuthorityArn=_nested(900))

    assert "SerializationException" in repr(pca.calls)
    assert "SerializationException" in pca.calls._repr_html_()
    assert "…" in str(pca.calls[-1].params)


def test_a_list_that_is_too_long_is_shown_only_if_its_items_can_be(pca: PcaMock) -> None:
    params = {**request("CreatePermission"), "Actions": [_nested(100_000)] * 60}

    assert type(error_of(pca, "CreatePermission", params)) is SerializationException


def test_text_that_is_also_something_else_is_only_text(pca: PcaMock) -> None:
    class Kind(str, Enum):
        ROOT = "ROOT"

    made = pca.client().create_certificate_authority(
        CertificateAuthorityConfiguration=support.configuration(),
        CertificateAuthorityType=Kind.ROOT,  # type: ignore[arg-type]
    )

    assert type(inside.authority(pca, made["CertificateAuthorityArn"]).type) is str


def test_a_blob_that_is_no_unicode_is_refused(pca: PcaMock) -> None:
    params = {**request("IssueCertificate"), "Csr": "\ud800"}

    assert type(error_of(pca, "IssueCertificate", params)) is SerializationException


def test_a_client_gets_the_class_of_a_modelled_error(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    arn = f"arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/{AN_ID}"

    with pytest.raises(pca_client.exceptions.ResourceNotFoundException):
        pca_client.describe_certificate_authority(CertificateAuthorityArn=arn)
