"""Names that botocore's service model has gained since the oldest version that we support.

A test that uses such a name proves nothing about an older model, which lacks it: neither
botocore's client nor the service, which goes by the same model, takes it.
"""

from __future__ import annotations

import re

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from pca_mock.service.model import service_model

_SHAPES = service_model()._shape_resolver._shape_map
# Shape -> members, or values of its enum.
_NEWER = {
    "CrlConfiguration": {"CrlType", "CustomPath", "CrlDistributionPointExtensionConfiguration"},
    "KeyAlgorithm": {"RSA_3072", "EC_secp521r1", "ML_DSA_44", "ML_DSA_65", "ML_DSA_87"},
    "SigningAlgorithm": {
        "SHA256WITHRSA_PSS",
        "SHA384WITHRSA_PSS",
        "SHA512WITHRSA_PSS",
        "ML_DSA_44",
        "ML_DSA_65",
        "ML_DSA_87",
    },
}
_UNKNOWN = re.compile(
    r'Unknown parameter in \S+: "(?P<member>\w+)"|'
    r"Value '(?P<value>\w+)' at '\S+' failed to satisfy constraint: Member must satisfy enum"
)


def known(shape: str) -> set[str]:
    """The members, or the enum, of a shape of the installed model."""
    result = _SHAPES.get(shape, {})
    return set(result.get("members", ())) | set(result.get("enum", ()))


MISSING = set().union(*(names - known(shape) for shape, names in _NEWER.items()))


def need(request: object) -> None:
    """Skip the test if its request has names that the installed model lacks."""
    words = set(re.findall(r"\w+", repr(request)))
    if names := words & MISSING:
        pytest.skip(f"the service model of this botocore has no {min(names)}")


def missing_in(error: BaseException) -> str | None:
    """The name that the installed model lacks, if that is why a call was refused."""
    if isinstance(error, (ClientError, ParamValidationError)):
        for match in _UNKNOWN.finditer(str(error)):
            name = match["member"] or match["value"]
            if name in MISSING:
                return name
    return None
