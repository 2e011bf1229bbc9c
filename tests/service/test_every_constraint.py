"""Every constraint of the service model, broken by a request of a real boto3 client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

from pca_mock import mock_pca
from tests import inside, support
from tests.constraints import Case, cases

# botocore itself checks these two, except the length of blobs.
CHECKED_BEFORE_SENDING = ("Member must not be null", "greater than or equal to")


@pytest.fixture(scope="module")
def clients() -> Iterator[Any]:
    """A mock with a CA, a client as users have it, and one that checks nothing itself."""
    with mock_pca() as pca:
        checking = pca.client(region_name="us-east-1")
        unchecking = pca.client(region_name="us-east-1", config=Config(parameter_validation=False))
        support.root(checking)
        yield pca, checking, unchecking


def is_checked_before_sending(case: Case) -> bool:
    return not isinstance(case.breach.value, bytes) and any(
        phrase in case.breach.phrase for phrase in CHECKED_BEFORE_SENDING
    )


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_breach_of_a_constraint_is_refused_and_changes_nothing(clients: Any, case: Case) -> None:
    pca, checking, unchecking = clients
    before = inside.snapshot(pca)

    with pytest.raises((ParamValidationError, ClientError)) as caught:
        getattr(checking, xform_name(case.operation))(**case.params)
    with pytest.raises(ClientError) as unchecked:
        getattr(unchecking, xform_name(case.operation))(**case.params)

    if is_checked_before_sending(case):
        assert caught.type is ParamValidationError
    else:
        assert caught.value.response["Error"] == unchecked.value.response["Error"]
    error = unchecked.value.response["Error"]
    assert error["Code"] == "ValidationException"
    assert f"'{case.path}' failed to satisfy constraint: {case.breach.phrase}" in error["Message"]
    assert unchecked.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert inside.snapshot(pca) == before
