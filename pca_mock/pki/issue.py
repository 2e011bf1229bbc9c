"""From a template, a request and an issuer to the bytes of a certificate.

Sources: User Guide, "Template order of operations", "Template definitions"; RFC 5280 section 4.1.
The order of the extensions was read off certificates that AWS issued.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Final

from pca_mock.errors import MalformedCSRException
from pca_mock.pki import der, names, oids, syntax
from pca_mock.pki import extensions as ext
from pca_mock.pki.algorithms import PrivateKey, SigningAlgorithm
from pca_mock.pki.csr import CertificateRequest
from pca_mock.pki.extensions import Extension
from pca_mock.pki.templates import Passthrough, Template

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import ApiPassthroughTypeDef

# The order of the service's own extensions and of the structured ones. Extensions from the CSR
# come before these, custom extensions after them, each in the order of their source.
_POSITIONS: Final = {
    oid: position
    for position, oid in enumerate(
        (
            oids.BASIC_CONSTRAINTS,
            oids.AUTHORITY_KEY_IDENTIFIER,
            oids.SUBJECT_KEY_IDENTIFIER,
            oids.KEY_USAGE,
            oids.EXTENDED_KEY_USAGE,
            oids.SUBJECT_ALTERNATIVE_NAME,
            oids.CRL_DISTRIBUTION_POINTS,
            oids.AUTHORITY_INFORMATION_ACCESS,
        )
    )
}
# OPEN RULE api-custom-order
_AFTERWARDS: Final = len(_POSITIONS)


@dataclass(frozen=True, slots=True)
class Issuer:
    """The part of an issuing CA in the certificates that it signs.

    Attributes:
        subject: the Name in its installed certificate, DER.
        key_identifier: that certificate's SKI, or SHA-1 of its key where it has none.
        extensions: CDP and AIA, by its revocation configuration.
    """

    subject: bytes
    key_identifier: bytes
    extensions: tuple[Extension, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything in a certificate that doesn't depend on who signs it, and how."""

    subject: bytes
    issuer: bytes
    spki: bytes
    extensions: tuple[Extension, ...]


def by_precedence(*sources: Iterable[Extension]) -> list[Extension]:
    """Keep one extension per OID: that of the first source which has it.

    Sources come strongest first: template, issuing CA, ApiPassthrough, CSR.
    A value that loses is dropped whole, critical flag included, without error.
    Source: User Guide, "Template order of operations".
    """
    kept: dict[str, Extension] = {}
    for extension in chain.from_iterable(sources):
        kept.setdefault(extension.oid, extension)
    return list(kept.values())


def contents(
    template: Template,
    request: CertificateRequest,
    api: ApiPassthroughTypeDef,
    issuer: Issuer | None,
) -> Contents:
    """Decide the contents of a certificate.

    Args:
        template: the requested row.
        request: the caller's CSR.
        api: the caller's ApiPassthrough; ignored unless the template passes it through.
        issuer: the issuing CA; None where the certificate signs itself.

    Raises:
        InvalidArgsException: a fault in an ApiPassthrough that the template passes through.
        MalformedCSRException: the CSR has an extension twice that the template copies.
    """
    # OPEN RULE api-root-custom
    if Passthrough.API not in template.passthrough:
        api = {}
    # OPEN RULE api-empty
    subject = names.subject(api["Subject"]) if "Subject" in api else names.EMPTY_NAME
    if subject == names.EMPTY_NAME:
        subject = request.subject
    empty_subject = subject == names.EMPTY_NAME
    structured, custom = ext.passed_through(api.get("Extensions", {}), empty_subject=empty_subject)

    placed = [*template.fixed(), ext.subject_key_identifier(request.key_identifier)]
    if issuer is not None:
        placed.append(ext.authority_key_identifier(issuer.key_identifier))
        placed.extend(issuer.extensions)
    placed.extend(structured)
    # OPEN RULE cdp-precedence
    placed.sort(key=_position)  # which keeps the order of precedence within an OID
    stronger = by_precedence(placed, custom)
    # OPEN RULE csr-extension-order: the CSR's SAN is first in certificates of AWS; where a template
    # copies more of the CSR, all of that is taken to be where its SAN is.
    taken = {extension.oid for extension in stronger}
    copied = [each for each in _copied(template, request) if each.oid not in taken]
    for extension in copied:
        _check_syntax(extension)
    # OPEN RULE api-root-subject
    kept = (*copied, *stronger)
    return Contents(subject, issuer.subject if issuer else subject, request.spki, kept)


def _position(extension: Extension) -> int:
    return _POSITIONS.get(extension.oid, _AFTERWARDS)


def _copied(template: Template, request: CertificateRequest) -> list[Extension]:
    """The CSR's extensions that the template copies, in the CSR's order: with any, its SAN."""
    passes = Passthrough.CSR in template.passthrough
    copied = [
        extension
        for extension in request.extensions
        if passes or extension.oid == oids.SUBJECT_ALTERNATIVE_NAME
    ]
    requested = [extension.oid for extension in copied]
    for oid in requested:
        # OPEN RULE csr-extension-twice
        if requested.count(oid) > 1:
            raise MalformedCSRException(f"The CSR has the extension {oid} more than once.")
    # A SAN without any name applies as none.
    return [
        extension
        for extension in copied
        if extension.oid != oids.SUBJECT_ALTERNATIVE_NAME or extension.value != names.EMPTY_NAME
    ]


def _check_syntax(extension: Extension) -> None:
    """Refuse to copy values that are not DER of their type."""
    # OPEN RULE csr-extension-syntax: User Guide, "RFC compliance", says only that a SAN is copied
    # without validation.
    try:
        syntax.extension(extension.oid, extension.value)
    except ValueError:
        raise MalformedCSRException(
            f"The CSR's extension {extension.oid} has a malformed value."
        ) from None


def tbs_certificate(
    contents: Contents,
    serial_number: int,
    not_before: datetime,
    not_after: datetime,
    algorithm: SigningAlgorithm,
) -> bytes:
    """TBSCertificate of RFC 5280 section 4.1, version 3: DER."""
    return der.sequence(
        der.context(0, der.integer(2)),
        der.integer(serial_number),
        algorithm.identifier,
        contents.issuer,
        der.sequence(der.time(not_before), der.time(not_after)),
        contents.subject,
        contents.spki,
        der.context(3, ext.encode_all(contents.extensions)),
    )


def sign(tbs_certificate: bytes, key: PrivateKey, algorithm: SigningAlgorithm) -> bytes:
    """The certificate, from TBSCertificate, AlgorithmIdentifier and signature: DER."""
    signature = der.bit_string(algorithm.sign(key, tbs_certificate))
    return der.sequence(tbs_certificate, algorithm.identifier, signature)
