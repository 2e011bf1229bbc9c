"""Whether a response is one that botocore's parser could have made of an answer of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel

_MODEL = ServiceModel(Loader().load_service_model("acm-pca", "service-2"), "acm-pca")
_TYPES: dict[str, type] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "timestamp": datetime,
    "structure": dict,
    "list": list,
}
# Members of one shape that no answer leaves out, though the model requires none in outputs.
_ALWAYS = {
    "CertificateAuthority": {
        "Arn",
        "OwnerAccount",
        "CreatedAt",
        "LastStateChangeAt",
        "Type",
        "Status",
        "CertificateAuthorityConfiguration",
        "RevocationConfiguration",
        "KeyStorageSecurityStandard",
        "UsageMode",
    },
    "RevocationConfiguration": {"CrlConfiguration", "OcspConfiguration"},
    "ListCertificateAuthoritiesResponse": {"CertificateAuthorities"},
    "ListTagsResponse": {"Tags"},
    "Tag": {"Key", "Value"},
}


def check(operation: str, response: Any) -> None:
    """Hold a parsed response against the operation's output shape.

    Every member must be known and of the right type, required ones must be there, enums and
    lengths must hold, and times must be aware.
    """
    members = {name: value for name, value in response.items() if name != "ResponseMetadata"}
    shape = _MODEL.operation_model(operation).output_shape
    if shape is None:
        assert members == {}, f"{operation} has no output"
    else:
        faults = list(_faults(shape, members, operation))
        assert not faults, "; ".join(faults)


def _faults(shape: Any, value: Any, path: str) -> Iterator[str]:
    wanted: Any = _TYPES[shape.type_name]
    if type(value) is not wanted:
        yield f"{path} is a {type(value).__name__}, not a {shape.type_name}"
    elif shape.type_name == "structure":
        yield from _faulty_members(shape, value, path)
    elif shape.type_name == "list":
        for number, item in enumerate(value):
            yield from _faults(shape.member, item, f"{path}[{number}]")
    elif shape.type_name == "timestamp" and value.tzinfo is None:
        yield f"{path} is a naive time"
    elif getattr(shape, "enum", []) and value not in shape.enum:
        yield f"{path} is {value}, which the model doesn't know"


def _faulty_members(shape: Any, value: dict[str, Any], path: str) -> Iterator[str]:
    for name in {*shape.required_members, *_ALWAYS.get(shape.name, ())} - value.keys():
        yield f"{path}.{name} is missing"
    for name, member in value.items():
        if name in shape.members:
            yield from _faults(shape.members[name], member, f"{path}.{name}")
        else:
            yield f"{path}.{name} is unknown"
