"""The literals that editors complete, held against the model and against our own tables."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from pca_mock import literals
from pca_mock.errors import ERRORS
from pca_mock.pki.algorithms import KEY_ALGORITHMS, SIGNING_ALGORITHMS
from pca_mock.service.dispatch import OPERATIONS
from pca_mock.service.model import service_model
from pca_mock.service.sharing import PERMISSIONS
from pca_mock.testing.purposes import PURPOSES
from pca_mock.testing.requests import AuthorityMembers, CertificateMembers
from tests import newer_models


@pytest.mark.parametrize(
    "shape", ["KeyAlgorithm", "SigningAlgorithm", "RevocationReason", "FailureReason"]
)
def test_an_enum_of_the_model_has_a_literal(shape: str) -> None:
    words = set(get_args(getattr(literals, shape)))

    assert words - newer_models.MISSING == set(service_model().shape_for(shape).enum)


def test_the_operations_are_those_of_the_model() -> None:
    assert list(get_args(literals.Operation)) == sorted(service_model().operation_names)


@pytest.mark.parametrize(
    ("literal", "table"),
    [
        (literals.Operation, OPERATIONS),
        (literals.ErrorCode, ERRORS),
        (literals.KeyAlgorithm, KEY_ALGORITHMS),
        (literals.SigningAlgorithm, SIGNING_ALGORITHMS),
        (literals.Purpose, PURPOSES),
        (literals.ManagedPermission, PERMISSIONS),
    ],
    ids=[
        "operations",
        "errors",
        "key algorithms",
        "signing algorithms",
        "purposes",
        "managed permissions",
    ],
)
def test_a_literal_has_the_rows_of_its_table(literal: Any, table: Any) -> None:
    assert sorted(get_args(literal)) == sorted(table)
    assert set(get_args(literals.SlowOperation)) < set(get_args(literals.Operation))


@pytest.mark.parametrize(
    ("members", "operation", "short_forms"),
    [
        (
            AuthorityMembers,
            "CreateCertificateAuthority",
            {"CertificateAuthorityConfiguration", "CertificateAuthorityType"},
        ),
        (
            CertificateMembers,
            "IssueCertificate",
            {"CertificateAuthorityArn", "Csr", "TemplateArn"},
        ),
    ],
)
def test_further_members_are_those_for_which_there_is_no_short_form(
    members: Any, operation: str, short_forms: set[str]
) -> None:
    shape = service_model().operation_model(operation).input_shape

    assert set(members.__annotations__) == set(shape.members) - short_forms
