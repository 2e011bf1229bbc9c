"""RequestCertificate: the rules for names, options, tags and tokens.

Sources: ACM's API_RequestCertificate; ACM User Guide, "Private certificates", "Certificate
characteristics and limitations", "Managed certificate renewal" (Punycode), "Quotas".
"""

from __future__ import annotations

import re
from typing import Any, Final

from pca_mock.acm import orders, renewals
from pca_mock.acm.context import AcmContext
from pca_mock.acm.errors import (
    InvalidDomainValidationOptionsException,
    InvalidParameterException,
)
from pca_mock.acm.orders import RefusedError
from pca_mock.acm.tags import read_tags
from pca_mock.clock import milliseconds
from pca_mock.errors import LimitExceededException, ValidationException
from pca_mock.service.context import Response
from pca_mock.state.managed import ManagedCertificate
from pca_mock.state.randomness import new_uuid

_DEFAULT_KEY: Final = "RSA_2048"
# API_RequestCertificate: the other values of the enum are for certificates that are imported.
_KEY_ALGORITHMS: Final = (_DEFAULT_KEY, "EC_prime256v1", "EC_secp384r1")
_LONGEST_COMMON_NAME: Final = 64
_MOST_NAMES: Final = 10  # "Quotas": of an account that has not asked for more
_HYPHENATED: Final = re.compile(r"..--", re.DOTALL)
_PUNYCODE: Final = "xn--"
# Members that are only about public certificates.
_PUBLIC_ONLY: Final = ("CertificateUsage", "ManagedBy", "RootHierarchyType")
# OPEN RULE acm-options
_DEFAULT_OPTIONS: Final = {
    "CertificateTransparencyLoggingPreference": "ENABLED",
    "Export": "DISABLED",
}


def request_certificate(request: dict[str, Any], ctx: AcmContext) -> Response:
    """Answer RequestCertificate for a private certificate.

    Once the request itself is acceptable, the answer is a success: what the CA refuses is the
    FailureReason of the certificate.

    Raises:
        InvalidDomainValidationOptionsException: the domain name is too long.
        InvalidParameterException: a name is not valid, or a member is only for public certificates.
        InvalidTagException: the key of a tag is reserved, or there twice.
        LimitExceededException: there are too many names.
        ValidationException: such a key is only for certificates that are imported.
    """
    names = _names(request)
    key_algorithm = request.get("KeyAlgorithm", _DEFAULT_KEY)
    # OPEN RULE acm-key-algorithm, acm-key-family
    if key_algorithm not in _KEY_ALGORITHMS:
        raise ValidationException(
            f"The key algorithm {key_algorithm} is not supported for a request. "
            f"Supported are: {', '.join(_KEY_ALGORITHMS)}."
        )
    # OPEN RULE acm-public-members
    for member in _PUBLIC_ONLY:
        if member in request:
            raise InvalidParameterException(f"{member} is not valid for a private certificate.")
    tags = read_tags(request.get("Tags", ()))
    caller, state = ctx.caller, ctx.state
    managed = state.managed
    scope = (ctx.account_id, caller.region, request.get("IdempotencyToken", ""))
    # OPEN RULE acm-token
    earlier_arn = managed.tokens.find(ctx.now, *scope) if scope[-1] else None
    if earlier_arn in managed.certificates:
        return {"CertificateArn": earlier_arn}
    certificate = ManagedCertificate(
        arn=f"{ctx.place}{new_uuid(state.random)}",
        authority_arn=request["CertificateAuthorityArn"],
        account=caller.account,
        partition=caller.partition,
        region=caller.region,
        names=names,
        key_algorithm=key_algorithm,
        created_at=milliseconds(ctx.now),
        options={**_DEFAULT_OPTIONS, **request.get("Options", {})},
        tags=tags,
    )
    try:
        certificate.order = orders.place(state, certificate, caller)
    except RefusedError as error:
        certificate.failure = error.reason
    managed.certificates[certificate.arn] = certificate
    renewals.receive(state, certificate, ctx.now)
    if scope[-1]:
        managed.tokens.remember(ctx.now, certificate.arn, *scope)
    return {"CertificateArn": certificate.arn}


# OPEN RULE acm-names
def _names(request: dict[str, Any]) -> tuple[str, ...]:
    """The domain name and the others, each once. The model's pattern has checked their form."""
    domain_name = request["DomainName"]
    if len(domain_name) > _LONGEST_COMMON_NAME:
        raise InvalidDomainValidationOptionsException(
            f"The first domain name can be no longer than {_LONGEST_COMMON_NAME} characters."
        )
    names = dict.fromkeys([domain_name, *request.get("SubjectAlternativeNames", ())])
    if len(names) > _MOST_NAMES:
        raise LimitExceededException(
            f"The number of domain names, {len(names)}, exceeds the quota of {_MOST_NAMES}."
        )
    for name in names:
        for label in name.split("."):
            if _HYPHENATED.match(label) and not _is_punycode(label):
                raise InvalidParameterException(f"The domain name {name} is not valid Punycode.")
    return tuple(names)


def _is_punycode(label: str) -> bool:
    """Whether a label begins as one of an internationalized name does, and is one."""
    if not label.lower().startswith(_PUNYCODE):
        return False
    try:
        text = label[len(_PUNYCODE) :].encode().decode("punycode")
    except (UnicodeError, ValueError):
        return False
    return not text.isascii()
