"""Other people's eyes: what certificates are, told by openssl and asn1crypto, never by our code."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from asn1crypto import csr as asn1_csr
from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509

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


def openssl_text(pem: str, kind: str = "x509") -> str:
    """What `openssl x509 -text` (or `req`) prints of a certificate (or request)."""
    result = openssl(kind, "-noout", "-text", input=pem.encode())
    assert result.returncode == 0, result.stderr
    return result.stdout.decode()


class Extension(NamedTuple):
    """One extension as asn1crypto reads it; `value` is hex of what is in the OCTET STRING."""

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


def extensions(pem: str) -> list[Extension]:
    """A certificate's extensions in their order."""
    return _extensions(certificate(pem)["tbs_certificate"]["extensions"])


def extension(pem: str, oid: str) -> Extension | None:
    """A certificate's extension with an OID; it must not be there twice."""
    found = [item for item in extensions(pem) if item.oid == oid]
    assert len(found) <= 1
    return found[0] if found else None


def requested_extensions(csr_pem: str) -> list[Extension]:
    """The extensions that a CSR asks for, in their order."""
    request = asn1_csr.CertificationRequest.load(der(csr_pem), strict=True)
    for attribute in request["certification_request_info"]["attributes"]:
        if attribute["type"].dotted == "1.2.840.113549.1.9.14":
            return _extensions(attribute["values"][0])
    return []


def _extensions(found: Any) -> list[Extension]:
    return [
        Extension(
            item["extn_id"].dotted, bool(item["critical"].native), item["extn_value"].contents.hex()
        )
        for item in found
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
    """What AWS documents of each template, as records."""
    records: list[dict[str, Any]] = json.loads((DATA / "templates.json").read_text())["templates"]
    return records
