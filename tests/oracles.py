"""Oracles: certificates as openssl and asn1crypto read them, never our own code."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pytest
from asn1crypto import core as asn1_core
from asn1crypto import csr as asn1_csr
from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509
from pkilint import pkix as pkilint_pkix
from pkilint.loader import (
    RFC5280CertificateDocumentLoader,
    RFC5280CertificateListDocumentLoader,
    RFC6960OCSPResponseDocumentLoader,
)
from pkilint.pkix import certificate as pkilint_certificate
from pkilint.pkix import crl as pkilint_crl
from pkilint.pkix import extension as pkilint_extension
from pkilint.pkix import name as pkilint_name
from pkilint.pkix import ocsp as pkilint_ocsp
from pkilint.validation import ValidationFindingSeverity
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

DATA = Path(__file__).parent / "data"


def openssl(*arguments: str, input: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the openssl CLI. Missing, it skips the test on a person's machine and fails it in CI."""
    program = shutil.which("openssl")
    if program is None:
        reason = "the openssl command line tool is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return subprocess.run(
        [program, *arguments], input=input, capture_output=True, timeout=60, check=False
    )


def openssl_verify(folder: Path, leaf_pem: str, chain_pem: str, root_pem: str, *flags: str) -> bool:
    """Whether `openssl verify -x509_strict` builds the path from the leaf to the root."""
    for name, text in (("leaf", leaf_pem), ("chain", chain_pem), ("root", root_pem)):
        (folder / f"{name}.pem").write_text(text + "\n")
    untrusted = ("-untrusted", str(folder / "chain.pem")) if chain_pem else ()
    result = openssl(
        "verify", "-x509_strict", "-check_ss_sig", *flags, "-CAfile", str(folder / "root.pem"),
        *untrusted, str(folder / "leaf.pem"),
    )  # fmt: skip
    return result.returncode == 0


def certvalidator_verifies(leaf_pem: str, chain_pem: str, root_pem: str) -> bool:
    """Whether pyhanko-certvalidator builds the path from the leaf to the root."""
    context = ValidationContext(trust_roots=[certificate(root_pem)], allow_fetching=False)
    intermediates = [certificate(pem) for pem in blocks(chain_pem)]
    validator: Any = CertificateValidator(certificate(leaf_pem), intermediates, context)
    try:
        asyncio.run(validator.async_validate_usage(set()))
    except (PathBuildingError, PathValidationError):
        return False
    return True


@cache
def _pkilint_validators() -> Any:
    return pkilint_certificate.create_pkix_certificate_validator_container(
        pkilint_certificate.create_decoding_validators(
            pkilint_name.ATTRIBUTE_TYPE_MAPPINGS, pkilint_extension.EXTENSION_MAPPINGS
        ),
        [
            pkilint_certificate.create_issuer_validator_container([]),
            pkilint_certificate.create_validity_validator_container(),
            pkilint_certificate.create_subject_validator_container([]),
            pkilint_certificate.create_extensions_validator_container([]),
            pkilint_certificate.create_spki_validator_container([]),
        ],
    )


def pkilint_errors(pem: str) -> set[str]:
    """The codes of pkilint's findings in a certificate: errors, not warnings or notices."""
    document = RFC5280CertificateDocumentLoader().load_pem_document(pem)
    return _errors(_pkilint_validators(), document)


def _errors(validators: Any, document: Any) -> set[str]:
    return {
        described.finding.code
        for result in validators.validate(document.root)
        for described in result.finding_descriptions
        if described.finding.severity <= ValidationFindingSeverity.ERROR  # 0 is FATAL
    }


def _pkilint_decoders() -> list[Any]:
    return [
        pkilint_pkix.create_attribute_decoder(pkilint_name.ATTRIBUTE_TYPE_MAPPINGS),
        pkilint_pkix.create_extension_decoder(pkilint_extension.EXTENSION_MAPPINGS),
    ]


def pkilint_crl_errors(crl_der: bytes) -> set[str]:
    """The codes of the errors that pkilint finds in a CRL."""
    validators = pkilint_crl.create_pkix_crl_validator_container(
        _pkilint_decoders(),
        [
            pkilint_crl.create_issuer_validator_container([]),
            pkilint_crl.create_validity_validator_container([]),
            pkilint_crl.create_extensions_validator_container([]),
        ],
    )
    return _errors(validators, RFC5280CertificateListDocumentLoader().load_der_document(crl_der))


def pkilint_ocsp_errors(ocsp_der: bytes) -> set[str]:
    """The codes of the errors that pkilint finds in an OCSP response."""
    validators = pkilint_ocsp.create_pkix_ocsp_response_validator_container(
        [pkilint_ocsp.create_response_decoder(), *_pkilint_decoders()], []
    )
    return _errors(validators, RFC6960OCSPResponseDocumentLoader().load_der_document(ocsp_der))


def openssl_text(pem: str, kind: str = "x509") -> str:
    """The output of `openssl x509 -text` (or `req`) for a certificate (or request)."""
    result = openssl(kind, "-noout", "-text", input=pem.encode())
    assert result.returncode == 0, result.stderr
    return result.stdout.decode()


class ParsedExtension(NamedTuple):
    """One extension as asn1crypto reads it; `value` is the hex of the OCTET STRING's contents."""

    oid: str
    critical: bool
    value: str


def der(pem: str) -> bytes:
    """The bytes inside PEM armour."""
    _, _, body = asn1_pem.unarmor(pem.encode())
    return bytes(body)


def certificate(pem: str) -> asn1_x509.Certificate:
    """A certificate, parsed by asn1crypto."""
    return asn1_x509.Certificate.load(der(pem), strict=True)


def extensions(pem: str) -> list[ParsedExtension]:
    """A certificate's extensions in their order."""
    return _extensions(certificate(pem)["tbs_certificate"]["extensions"])


def extension(pem: str, oid: str) -> ParsedExtension | None:
    """A certificate's extension with an OID; it must not be there twice."""
    result = [item for item in extensions(pem) if item.oid == oid]
    assert len(result) <= 1
    return result[0] if result else None


def requested_extensions(csr_pem: str) -> list[ParsedExtension]:
    """The extensions that a CSR asks for, in their order."""
    request = asn1_csr.CertificationRequest.load(der(csr_pem), strict=True)
    for attribute in request["certification_request_info"]["attributes"]:
        if attribute["type"].dotted == "1.2.840.113549.1.9.14":
            return _extensions(attribute["values"][0])
    return []


class _RawExtension(asn1_core.Sequence):  # type: ignore[misc]
    """An extension whose value need not have the type of its OID."""

    _fields: ClassVar = [
        ("extn_id", asn1_core.ObjectIdentifier),
        ("critical", asn1_core.Boolean, {"default": False}),
        ("extn_value", asn1_core.OctetString),
    ]


class _RawExtensions(asn1_core.SequenceOf):  # type: ignore[misc]
    _child_spec = _RawExtension


def _extensions(result: Any) -> list[ParsedExtension]:
    return [
        ParsedExtension(
            item["extn_id"].dotted, bool(item["critical"].native), item["extn_value"].native.hex()
        )
        for item in _RawExtensions.load(result.untag().dump(), strict=True)
    ]


def subject_hex(pem: str) -> str:
    """A certificate's subject: hex of the Name's DER."""
    return str(certificate(pem).subject.dump().hex())


def issuer_hex(pem: str) -> str:
    """A certificate's issuer: hex of the Name's DER."""
    return str(certificate(pem).issuer.dump().hex())


def spki_hex(pem: str) -> str:
    """A certificate's SubjectPublicKeyInfo: hex of its DER."""
    return str(certificate(pem).public_key.dump().hex())


def key_identifier_hex(pem: str) -> str:
    """SHA-1 of a certificate's public key bits (RFC 5280 section 4.2.1.2, method 1)."""
    bits = certificate(pem).public_key["public_key"].contents[1:]
    return hashlib.sha1(bits).hexdigest()


def blocks(pem: str) -> list[str]:
    """The PEM blocks of a chain."""
    end = "-----END CERTIFICATE-----"
    return [(part + end).strip() for part in pem.split(end) if part.strip()]


@cache
def documented_templates() -> list[dict[str, Any]]:
    """AWS's documentation of each template, as records."""
    records: list[dict[str, Any]] = json.loads((DATA / "templates.json").read_text())["templates"]
    return records
