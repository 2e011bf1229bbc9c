"""What the installed botocore says of the service: its model, and of regions: their partition."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

_DEFAULT_PARTITION = "aws"


@lru_cache(maxsize=1)
def _loader() -> Loader:
    return Loader()


@lru_cache(maxsize=1)
def service_model() -> ServiceModel:
    """The service model of `acm-pca`."""
    return ServiceModel(_loader().load_service_model("acm-pca", "service-2"), "acm-pca")


@cache
def operation_model(operation: str) -> OperationModel:
    """The model of one operation, by its name on the wire.

    Raises:
        botocore.model.OperationNotFoundError: the model has no such operation.
    """
    return service_model().operation_model(operation)


@lru_cache(maxsize=1)
def _partitions() -> list[dict[str, Any]]:
    partitions: list[dict[str, Any]] = _loader().load_data("partitions")["partitions"]
    return partitions


@cache
def partition_of(region: str) -> str:
    """The partition of a region: `aws`, `aws-cn`, `aws-us-gov` …; `aws` where nothing fits.

    The rule is that of botocore's endpoint rule sets: by name, then by the name's form.
    """
    for partition in _partitions():
        if region in partition["regions"]:
            return str(partition["id"])
    for partition in _partitions():
        if re.match(partition["regionRegex"], region):
            return str(partition["id"])
    return _DEFAULT_PARTITION


@cache
def dns_suffix(partition: str) -> str:
    """What the partition's host names end in: `amazonaws.com`, `amazonaws.com.cn` …"""
    (found,) = (row for row in _partitions() if row["id"] == partition)
    return str(found["outputs"]["dnsSuffix"])
