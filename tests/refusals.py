"""Checks of refused calls: AWS's error code, and no change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError

from pca_mock import PcaMock
from tests.inside import snapshot


@contextmanager
def refused(
    code: str, pca: PcaMock | None = None, *, match: str | None = None, status: int = 400
) -> Iterator[pytest.ExceptionInfo[ClientError]]:
    """The call inside must be refused with this code; with `pca`, also without any effect.

    Args:
        code: the error code.
        pca: the mock that must not change.
        match: a text (no regular expression) that the message must be.
        status: the HTTP status.
    """
    before = snapshot(pca) if pca else None
    with pytest.raises(ClientError) as caught:
        yield caught
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    if match is not None:
        assert error["Message"] == match, error
    if pca:
        assert snapshot(pca) == before, "the refused call has changed something"
