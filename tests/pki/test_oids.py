from __future__ import annotations

import re
from pathlib import Path

import pytest
from cryptography import x509

import pca_mock
from pca_mock.pki import oids
from pca_mock.service.model import service_model

IDENTIFIERS = sorted({row[:2] for table in oids.TABLES for row in table})
PREFIX = re.compile(r"id-(?:at|ce|pe|kp|ad|ms-kp)-|id-(?!ec|qt)")
# RFC's word -> cryptography's, where they differ.
OTHER_WORDS = {
    "uid": "userID",
    "extKeyUsage": "extendedKeyUsage",
    "tlsfeature": "TLSFeature",
    "ocsp": "OCSP",
    "sc-logon": "msSmartcardLogin",
    "RSASSA-PSS": "rsassaPss",
    "cRLReasons": "cRLReason",
    "Ed25519": "ed25519",
    "Ed448": "ed448",
    "dsa": "dsaEncryption",
    "ml-dsa-44": "ML-DSA-44",
    "ml-dsa-65": "ML-DSA-65",
    "ml-dsa-87": "ML-DSA-87",
}


@pytest.mark.parametrize(("word", "oid"), IDENTIFIERS)
def test_an_oid_has_the_same_name_in_cryptography(word: str, oid: str) -> None:
    (name,) = re.findall(r"name=([^)]+)", repr(x509.ObjectIdentifier(oid)))
    short = PREFIX.sub("", word)

    assert name in ("Unknown OID", short, OTHER_WORDS.get(short))


def test_each_word_has_one_oid_and_each_oid_one_word() -> None:
    assert len(dict(IDENTIFIERS)) == len(IDENTIFIERS)
    assert len({oid for _, oid in IDENTIFIERS}) == len(IDENTIFIERS)


@pytest.mark.parametrize(
    ("table", "shapes"),
    [
        (oids.ATTRIBUTES, {"ASN1Subject"}),
        (oids.EXTENSIONS, {"Extensions", "CsrExtensions"}),
        (oids.PURPOSES, {"ExtendedKeyUsageType"}),
        (oids.ACCESS_METHODS, {"AccessMethodType"}),
        ((*oids.KEYS, *oids.SIGNATURES), {"KeyAlgorithm", "SigningAlgorithm"}),
    ],
)
def test_a_table_has_all_names_of_the_api(
    table: tuple[oids.Identifier, ...], shapes: set[str]
) -> None:
    names: set[str] = set()
    for shape in map(service_model().shape_for, shapes):
        names |= set(getattr(shape, "enum", None) or shape.members)

    assert names - {"CustomAttributes", "CustomExtensions"} <= oids.by_api(table).keys()


def test_no_other_module_writes_an_oid() -> None:
    package = Path(pca_mock.__file__).parent
    modules = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if path.relative_to(package).parts[0] != "conformance"  # which trusts nothing here
        and re.search(r'"[0-2](\.\d+){2,}"', path.read_text("utf-8"))
    }

    assert modules == {"pki/oids.py"}
