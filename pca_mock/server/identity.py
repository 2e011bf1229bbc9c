"""Who makes an HTTP request, and from which region: read from its Authorization header.

Signatures are not checked, unless the server was given the keys that may sign.
Source: IAM User Guide, "AWS Signature Version 4 for API requests".
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from pca_mock.errors import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
    UnrecognizedClientException,
)
from pca_mock.server.protocols import WireRequest

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_CREDENTIAL: Final = re.compile(
    r"(?P<key>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request"
)


@dataclass(frozen=True, slots=True)
class Identity:
    """The access key and the region of a request; None where it doesn't have them."""

    access_key: str | None = None
    region: str | None = None


def identity_of(request: WireRequest, secret_keys: Mapping[str, str] | None = None) -> Identity:
    """Read who makes a request.

    Args:
        request: the HTTP request.
        secret_keys: by access key; None to accept every signature, and none at all.

    Raises:
        IncompleteSignatureException: the header cannot be read.
        InvalidSignatureException: the signature is another one.
        MissingAuthenticationTokenException: the request is not signed.
        UnrecognizedClientException: the access key is unknown.
    """
    fields = _fields(request.headers.get("authorization", ""))
    scope = _CREDENTIAL.fullmatch(fields.get("Credential", ""))
    if secret_keys is not None:
        _check(request, fields, scope, secret_keys)
    return Identity() if scope is None else Identity(scope["key"], scope["region"])


def _fields(header: str) -> dict[str, str]:
    """The fields of an Authorization header: Credential, SignedHeaders, Signature."""
    scheme, _, rest = header.partition(" ")
    if scheme != _ALGORITHM:
        return {}
    pairs = (item.strip().partition("=") for item in rest.split(","))
    return {name: value for name, _, value in pairs}


def _check(
    request: WireRequest,
    fields: Mapping[str, str],
    scope: re.Match[str] | None,
    secret_keys: Mapping[str, str],
) -> None:
    if "authorization" not in request.headers:
        raise MissingAuthenticationTokenException("Missing Authentication Token")
    missing = {"Credential", "SignedHeaders", "Signature"} - fields.keys()
    if missing or scope is None or "x-amz-date" not in request.headers:
        raise IncompleteSignatureException(
            "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders' "
            "parameters, and existence of an 'X-Amz-Date' header."
        )
    if scope["key"] not in secret_keys:
        raise UnrecognizedClientException
    signature = _signature(request, fields["SignedHeaders"], scope, secret_keys[scope["key"]])
    if not hmac.compare_digest(signature, fields["Signature"]):
        raise InvalidSignatureException(
            "The request signature we calculated does not match the signature you provided. Check "
            "your AWS Secret Access Key and signing method."
        )


def _signature(
    request: WireRequest, signed_headers: str, scope: re.Match[str], secret_key: str
) -> str:
    """The signature that a request would have with a secret key, by botocore's own signer."""
    signer = SigV4Auth(Credentials(scope["key"], secret_key), scope["service"], scope["region"])
    names = signed_headers.split(";")
    signed = AWSRequest(
        method=request.method,
        url=f"http://{request.headers.get('host', '')}{request.path}",
        headers={name: request.headers[name] for name in names if name in request.headers},
        data=request.body,
    )
    signed.context["timestamp"] = request.headers["x-amz-date"]
    canonical = signer.canonical_request(signed)
    return str(signer.signature(signer.string_to_sign(signed, canonical), signed))
