from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from pca_mock import errors
from pca_mock.errors import AwsError, NotSupportedByPcaMock
from pca_mock.service.model import service_model

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

CLASSES = {
    name: value
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, AwsError) and value is not AwsError
}
MODELLED = {shape.name: shape for shape in service_model().error_shapes}
NOT_MODELLED = {
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InternalFailure",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "RequestTimeoutException",
    "SerializationException",
    "ServiceUnavailable",
    "ThrottlingException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationException",
}
# API Reference, "Common Errors": faults of the service, not of the caller.
SERVER_FAULTS = {"InternalFailure": 500, "ServiceUnavailable": 503}


@pytest.mark.parametrize("name", sorted(MODELLED))
def test_every_exception_of_the_model_has_a_class_of_its_name(name: str) -> None:
    error = CLASSES[name]("text")

    assert error.code == name
    assert error.message == "text"
    assert str(error) == "text"
    assert list(MODELLED[name].members) == ["message"]


def test_all_other_classes_are_errors_of_the_framework_or_our_own() -> None:
    assert CLASSES.keys() - MODELLED.keys() == NOT_MODELLED | {"NotSupportedByPcaMock"}


@pytest.mark.parametrize("name", sorted(CLASSES.keys() - {"NotSupportedByPcaMock"}))
def test_an_error_of_aws_is_answered_with_its_status(name: str) -> None:
    assert CLASSES[name].status == SERVER_FAULTS.get(name, 400)


def test_all_errors_of_aws_are_found_by_name() -> None:
    assert {
        name: value for name, value in CLASSES.items() if value is not NotSupportedByPcaMock
    } == errors.ERRORS


def test_our_own_error_has_a_status_that_aws_does_not_use() -> None:
    assert NotSupportedByPcaMock.status == 501


@pytest.mark.parametrize("operation", service_model().operation_names)
def test_the_modelled_errors_of_every_operation_exist(operation: str) -> None:
    modelled = {shape.name for shape in service_model().operation_model(operation).error_shapes}

    assert modelled
    assert modelled <= CLASSES.keys()


def test_a_boto3_client_knows_the_modelled_ones_as_classes(pca_client: ACMPCAClient) -> None:
    for name in MODELLED:
        assert issubclass(getattr(pca_client.exceptions, name), ClientError)


def test_a_message_may_be_empty() -> None:
    assert AwsError().message == ""
