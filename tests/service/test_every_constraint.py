"""Every constraint of the service model, broken by a request of a real boto3 client."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

from pca_mock import mock_pca
from pca_mock.service.model import service_model
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


def refusal(client: Any, case: Case) -> Any:
    """How a client is refused what breaks the constraint; None if it is not."""
    try:
        getattr(client, xform_name(case.operation))(**case.params)
    except (ParamValidationError, ClientError) as error:
        return error
    return None


def fault(clients: Any, case: Case) -> str | None:
    """In which way a breach of a constraint is not refused as it must be."""
    _, checking, unchecking = clients
    caught, unchecked = (refusal(client, case) for client in (checking, unchecking))
    if not isinstance(unchecked, ClientError):
        return f"no refusal by the service, but {unchecked!r}"
    error, metadata = unchecked.response["Error"], unchecked.response["ResponseMetadata"]
    text = error["Message"]
    if error["Code"] != "ValidationException" or metadata["HTTPStatusCode"] != 400:
        return f"another error: {unchecked}"
    if f" at '{case.path}' failed to satisfy constraint: {case.breach.phrase}" not in text:
        return f"another message: {text}"
    if set(re.findall(r" at '([^ ]*?)' failed to satisfy", text)) != {case.path}:
        return f"other members are named, too: {text}"
    if case.breach.is_alone and not text.startswith("1 validation error detected: Value "):
        return f"other constraints are named, too: {text}"
    if is_checked_before_sending(case):
        return None if isinstance(caught, ParamValidationError) else f"it was sent: {caught!r}"
    if not isinstance(caught, ClientError) or caught.response["Error"] != error:
        return f"a client that checks requests gets something else: {caught!r}"
    return None


@pytest.mark.parametrize("operation", service_model().operation_names)
def test_every_breach_of_a_constraint_is_refused_and_changes_nothing(
    clients: Any, operation: str
) -> None:
    before = inside.snapshot(clients[0])

    result = {str(case): fault(clients, case) for case in cases() if case.operation == operation}

    assert {case: text for case, text in result.items() if text is not None} == {}
    assert result
    assert inside.snapshot(clients[0]) == before


def test_the_walk_meets_every_kind_of_constraint() -> None:
    phrases = {case.breach.phrase.split(" ", 3)[2] for case in cases()}

    assert phrases == {"not", "have", "satisfy"}
    assert len(cases()) > 300
