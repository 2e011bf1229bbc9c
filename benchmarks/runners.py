"""Those that are compared: pca_mock, moto, and the limit that neither can pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from moto import mock_aws

from pca_mock import mock_pca

KEYS: Any = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "eu-west-1"}
Work = Callable[[str], None]


@dataclass(frozen=True)
class Runner:
    """One of them.

    Attributes:
        mock: what makes calls be answered.
        is_limit: whether the answers are constants, and cryptography is done by hand.
    """

    name: str
    mock: Callable[[], AbstractContextManager[Any]]
    is_limit: bool = False


def client() -> Any:
    """A client as tests make it; no retries, should a call get out."""
    return boto3.client("acm-pca", config=Config(retries={"total_max_attempts": 1}), **KEYS)


@contextmanager
def answering_with_constants(
    answers: dict[str, dict[str, Any]], work: Work = lambda _: None
) -> Iterator[Any]:
    """A client whose calls are answered with constants, by operation, after some work."""
    constant = client()
    new_response: Any = AWSResponse
    response = new_response("", 200, {}, None)

    def answer(model: Any, **_: Any) -> Any:
        work(model.name)
        parsed = {**answers[model.name], "ResponseMetadata": {"HTTPStatusCode": 200}}
        return response, parsed

    constant.meta.events.register("before-call.acm-pca", answer)
    yield constant


@contextmanager
def _nothing() -> Iterator[None]:
    yield


RUNNERS = (
    Runner("pca_mock", mock_pca),
    Runner("moto", mock_aws),
    Runner("limit", _nothing, is_limit=True),
)
