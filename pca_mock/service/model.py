"""The data of the installed botocore: the model of the service, and the partitions of regions."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, TypedDict

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

SERVICE: Final = "acm-pca"
_DEFAULT_PARTITION = "aws"
# A test may replace it later, and the model is kept.
_load: Final = Loader.load_service_model


@lru_cache(maxsize=1)
def loader() -> Loader:
    """Reads botocore's files, each one once."""
    return Loader()


def service_model(service: str = SERVICE) -> ServiceModel:
    """The model of a service, by botocore's name for it."""
    return _service_model(service)


@cache
def _service_model(service: str) -> ServiceModel:
    return ServiceModel(_load(loader(), service, "service-2"), service)


def operation_model(operation: str, service: str = SERVICE) -> OperationModel:
    """The model of one operation, by its name on the wire.

    Raises:
        botocore.model.OperationNotFoundError: the model has no such operation.
    """
    return _operation_model(operation, service)


@cache
def _operation_model(operation: str, service: str) -> OperationModel:
    return _service_model(service).operation_model(operation)


class _Outputs(TypedDict):
    dnsSuffix: str


class _Partition(TypedDict):
    """A partition in botocore's `partitions.json`, as far as it is used here."""

    id: str
    regions: dict[str, object]
    regionRegex: str
    outputs: _Outputs


@lru_cache(maxsize=1)
def _partitions() -> list[_Partition]:
    partitions: list[_Partition] = loader().load_data("partitions")["partitions"]
    return partitions


@cache
def partition_of(region: str) -> str:
    """The partition of a region: `aws`, `aws-cn`, `aws-us-gov` …; `aws` where nothing fits.

    The rule is that of botocore's endpoint rule sets: by name, then by the name's form.
    """
    for partition in _partitions():
        if region in partition["regions"]:
            return partition["id"]
    for partition in _partitions():
        if re.match(partition["regionRegex"], region):
            return partition["id"]
    return _DEFAULT_PARTITION


@cache
def dns_suffix(partition: str) -> str:
    """The ending of the partition's host names: `amazonaws.com`, `amazonaws.com.cn` …"""
    (row,) = (row for row in _partitions() if row["id"] == partition)
    return row["outputs"]["dnsSuffix"]
