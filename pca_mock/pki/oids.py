"""The object identifiers: the only table of them, for encoding, reading and showing.

Sources: RFC 5280 appendix A, 2985, 4519, 4556 and 7633 for names, extensions and purposes;
RFC 3279, 8017, 5480, 5758, 8410, 8998 and 9881 for algorithms; the pages of the API's types for
its names.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple


class Identifier(NamedTuple):
    """An object identifier and its names.

    Attributes:
        word: in the RFC that defines it.
        oid: in dotted form.
        api: a member of the API's structures or of its enums; None if it has no such name.
        readable: for people.
    """

    word: str
    oid: str
    api: str | None = None
    readable: str = ""


def _table(*rows: tuple[str, ...] | tuple[str, str, str | None, str]) -> tuple[Identifier, ...]:
    return tuple(Identifier(*row) for row in rows)


# fmt: off
# ASN1Subject's members, in the order of the RDNs that AWS writes; then other attributes.
ATTRIBUTES: Final = _table(
    ("id-at-countryName",            "2.5.4.6",  "Country",                    "C"),
    ("id-at-organizationName",       "2.5.4.10", "Organization",               "O"),
    ("id-at-organizationalUnitName", "2.5.4.11", "OrganizationalUnit",         "OU"),
    ("id-at-dnQualifier",            "2.5.4.46", "DistinguishedNameQualifier", "dnQualifier"),
    ("id-at-stateOrProvinceName",    "2.5.4.8",  "State",                      "ST"),
    ("id-at-commonName",             "2.5.4.3",  "CommonName",                 "CN"),
    ("id-at-serialNumber",           "2.5.4.5",  "SerialNumber",               "serialNumber"),
    ("id-at-localityName",           "2.5.4.7",  "Locality",                   "L"),
    ("id-at-title",                  "2.5.4.12", "Title",                      "title"),
    ("id-at-surname",                "2.5.4.4",  "Surname",                    "SN"),
    ("id-at-givenName",              "2.5.4.42", "GivenName",                  "GN"),
    ("id-at-initials",               "2.5.4.43", "Initials",                   "initials"),
    ("id-at-pseudonym",              "2.5.4.65", "Pseudonym",                  "pseudonym"),
    ("id-at-generationQualifier",    "2.5.4.44", "GenerationQualifier",
     "generationQualifier"),
    ("id-at-streetAddress",          "2.5.4.9",                    None, "STREET"),
    ("id-domainComponent",           "0.9.2342.19200300.100.1.25", None, "DC"),
    ("uid",                          "0.9.2342.19200300.100.1.1",  None, "UID"),
    ("id-emailAddress",              "1.2.840.113549.1.9.1",       None, "emailAddress"),
)
# RFC 5280 section 4.2, in its order.
EXTENSIONS: Final = _table(
    ("id-ce-authorityKeyIdentifier",     "2.5.29.35", None, "Authority key identifier"),
    ("id-ce-subjectKeyIdentifier",       "2.5.29.14", None, "Subject key identifier"),
    ("id-ce-keyUsage",                   "2.5.29.15", "KeyUsage", "Key usage"),
    ("id-ce-certificatePolicies",        "2.5.29.32", "CertificatePolicies",
     "Certificate policies"),
    ("id-ce-policyMappings",             "2.5.29.33", None, "Policy mappings"),
    ("id-ce-subjectAltName",             "2.5.29.17", "SubjectAlternativeNames",
     "Subject alternative name"),
    ("id-ce-issuerAltName",              "2.5.29.18", None, "Issuer alternative name"),
    ("id-ce-subjectDirectoryAttributes", "2.5.29.9",  None, "Subject directory attributes"),
    ("id-ce-basicConstraints",           "2.5.29.19", None, "Basic constraints"),
    ("id-ce-nameConstraints",            "2.5.29.30", None, "Name constraints"),
    ("id-ce-policyConstraints",          "2.5.29.36", None, "Policy constraints"),
    ("id-ce-extKeyUsage",                "2.5.29.37", "ExtendedKeyUsage", "Extended key usage"),
    ("id-ce-cRLDistributionPoints",      "2.5.29.31", None, "CRL distribution points"),
    ("id-ce-inhibitAnyPolicy",           "2.5.29.54", None, "Inhibit anyPolicy"),
    ("id-ce-freshestCRL",                "2.5.29.46", None, "Freshest CRL"),
    ("id-pe-authorityInfoAccess",        "1.3.6.1.5.5.7.1.1", None,
     "Authority information access"),
    ("id-pe-subjectInfoAccess",          "1.3.6.1.5.5.7.1.11", "SubjectInformationAccess",
     "Subject information access"),
    ("id-pe-tlsfeature",                 "1.3.6.1.5.5.7.1.24", None, "TLS features"),
)
# Key purposes. No RFC has a word for the last two: theirs are Microsoft's and OpenSSL's.
PURPOSES: Final = _table(
    ("anyExtendedKeyUsage",       "2.5.29.37.0",       None,               "any purpose"),
    ("id-kp-serverAuth",          "1.3.6.1.5.5.7.3.1", "SERVER_AUTH",      "server authentication"),
    ("id-kp-clientAuth",          "1.3.6.1.5.5.7.3.2", "CLIENT_AUTH",      "client authentication"),
    ("id-kp-codeSigning",         "1.3.6.1.5.5.7.3.3", "CODE_SIGNING",     "code signing"),
    ("id-kp-emailProtection",     "1.3.6.1.5.5.7.3.4", "EMAIL_PROTECTION", "email protection"),
    ("id-kp-timeStamping",        "1.3.6.1.5.5.7.3.8", "TIME_STAMPING",    "time stamping"),
    ("id-kp-OCSPSigning",         "1.3.6.1.5.5.7.3.9", "OCSP_SIGNING",     "OCSP signing"),
    ("id-ms-kp-sc-logon",         "1.3.6.1.4.1.311.20.2.2",  "SMART_CARD_LOGIN",
     "smart card login"),
    ("szOID_KP_DOCUMENT_SIGNING", "1.3.6.1.4.1.311.10.3.12", "DOCUMENT_SIGNING",
     "document signing"),
    ("ct_precert_signer",         "1.3.6.1.4.1.11129.2.4.4", "CERTIFICATE_TRANSPARENCY",
     "certificate transparency"),
)
ACCESS_METHODS: Final = _table(
    ("id-ad-ocsp",         "1.3.6.1.5.5.7.48.1",  None,                    "OCSP"),
    ("id-ad-caIssuers",    "1.3.6.1.5.5.7.48.2",  None,                    "CA issuers"),
    ("id-ad-timeStamping", "1.3.6.1.5.5.7.48.3",  None,                    "time stamping"),
    ("id-ad-caRepository", "1.3.6.1.5.5.7.48.5",  "CA_REPOSITORY",         "CA repository"),
    ("id-ad-rpkiManifest", "1.3.6.1.5.5.7.48.10", "RESOURCE_PKI_MANIFEST", "RPKI manifest"),
    ("id-ad-rpkiNotify",   "1.3.6.1.5.5.7.48.13", "RESOURCE_PKI_NOTIFY",   "RPKI notification"),
)
# KeyAlgorithm: the OID of a kind of key, or of its curve.
KEYS: Final = _table(
    ("rsaEncryption", "1.2.840.113549.1.1.1",    "RSA_2048",      "RSA 2048"),
    ("rsaEncryption", "1.2.840.113549.1.1.1",    "RSA_3072",      "RSA 3072"),
    ("rsaEncryption", "1.2.840.113549.1.1.1",    "RSA_4096",      "RSA 4096"),
    ("secp256r1",     "1.2.840.10045.3.1.7",     "EC_prime256v1", "EC P-256"),
    ("secp384r1",     "1.3.132.0.34",            "EC_secp384r1",  "EC P-384"),
    ("secp521r1",     "1.3.132.0.35",            "EC_secp521r1",  "EC P-521"),
    ("id-ml-dsa-44",  "2.16.840.1.101.3.4.3.17", "ML_DSA_44",     "ML-DSA-44"),
    ("id-ml-dsa-65",  "2.16.840.1.101.3.4.3.18", "ML_DSA_65",     "ML-DSA-65"),
    ("id-ml-dsa-87",  "2.16.840.1.101.3.4.3.19", "ML_DSA_87",     "ML-DSA-87"),
    ("curveSM2",      "1.2.156.10197.1.301",     "SM2",           "SM2"),
)
# SigningAlgorithm, without ML-DSA, which has the OIDs and names of its keys.
SIGNATURES: Final = _table(
    ("sha256WithRSAEncryption", "1.2.840.113549.1.1.11", "SHA256WITHRSA",     "RSA with SHA-256"),
    ("sha384WithRSAEncryption", "1.2.840.113549.1.1.12", "SHA384WITHRSA",     "RSA with SHA-384"),
    ("sha512WithRSAEncryption", "1.2.840.113549.1.1.13", "SHA512WITHRSA",     "RSA with SHA-512"),
    ("id-RSASSA-PSS",           "1.2.840.113549.1.1.10", "SHA256WITHRSA_PSS",
     "RSA-PSS with SHA-256"),
    ("id-RSASSA-PSS",           "1.2.840.113549.1.1.10", "SHA384WITHRSA_PSS",
     "RSA-PSS with SHA-384"),
    ("id-RSASSA-PSS",           "1.2.840.113549.1.1.10", "SHA512WITHRSA_PSS",
     "RSA-PSS with SHA-512"),
    ("ecdsa-with-SHA256",       "1.2.840.10045.4.3.2",   "SHA256WITHECDSA",   "ECDSA with SHA-256"),
    ("ecdsa-with-SHA384",       "1.2.840.10045.4.3.3",   "SHA384WITHECDSA",   "ECDSA with SHA-384"),
    ("ecdsa-with-SHA512",       "1.2.840.10045.4.3.4",   "SHA512WITHECDSA",   "ECDSA with SHA-512"),
    ("sm2-with-sm3",            "1.2.156.10197.1.501",   "SM3WITHSM2",        "SM2 with SM3"),
)
# Those that are neither in the API nor shown.
_OTHERS: Final = _table(
    ("x500UniqueIdentifier",           "2.5.4.45"),
    ("id-ecPublicKey",                 "1.2.840.10045.2.1"),
    ("id-X25519",                      "1.3.101.110"),
    ("id-X448",                        "1.3.101.111"),
    ("id-Ed25519",                     "1.3.101.112"),
    ("id-Ed448",                       "1.3.101.113"),
    ("id-dsa",                         "1.2.840.10040.4.1"),
    ("dhpublicnumber",                 "1.2.840.10046.2.1"),
    ("md5WithRSAEncryption",           "1.2.840.113549.1.1.4"),
    ("sha1WithRSAEncryption",          "1.2.840.113549.1.1.5"),
    ("sha224WithRSAEncryption",        "1.2.840.113549.1.1.14"),
    ("ecdsa-with-SHA1",                "1.2.840.10045.4.1"),
    ("ecdsa-with-SHA224",              "1.2.840.10045.4.3.1"),
    ("id-mgf1",                        "1.2.840.113549.1.1.8"),
    ("id-sha1",                        "1.3.14.3.2.26"),
    ("id-sha224",                      "2.16.840.1.101.3.4.2.4"),
    ("id-sha256",                      "2.16.840.1.101.3.4.2.1"),
    ("id-sha384",                      "2.16.840.1.101.3.4.2.2"),
    ("id-sha512",                      "2.16.840.1.101.3.4.2.3"),
    ("pkcs-9-at-extensionRequest",     "1.2.840.113549.1.9.14"),
    ("id-ce-cRLNumber",                "2.5.29.20"),
    ("id-ce-cRLReasons",               "2.5.29.21"),
    ("id-ce-issuingDistributionPoint", "2.5.29.28"),
    ("anyPolicy",                      "2.5.29.32.0"),
    ("id-qt-cps",                      "1.3.6.1.5.5.7.2.1"),
    ("id-qt-unotice",                  "1.3.6.1.5.5.7.2.2"),
    ("id-pkix-ocsp-basic",             "1.3.6.1.5.5.7.48.1.1"),
)
# fmt: on
TABLES: Final = (ATTRIBUTES, EXTENSIONS, PURPOSES, ACCESS_METHODS, KEYS, SIGNATURES, _OTHERS)
_BY_WORD: Final = {row.word: row.oid for table in TABLES for row in table}


def of(word: str) -> str:
    """The OID, in dotted form, for an RFC's word.

    Raises:
        KeyError: no table has the word.
    """
    return _BY_WORD[word]


def by_api(table: Iterable[Identifier]) -> dict[str, str]:
    """The OIDs of a table's rows by the API's names for them."""
    return {row.api: row.oid for row in table if row.api is not None}


def readable(table: Iterable[Identifier]) -> dict[str, str]:
    """The readable words of a table's rows by their OIDs."""
    return {row.oid: row.readable for row in table}


AUTHORITY_INFORMATION_ACCESS: Final = of("id-pe-authorityInfoAccess")
AUTHORITY_KEY_IDENTIFIER: Final = of("id-ce-authorityKeyIdentifier")
BASIC_CONSTRAINTS: Final = of("id-ce-basicConstraints")
CERTIFICATE_POLICIES: Final = of("id-ce-certificatePolicies")
CRL_DISTRIBUTION_POINTS: Final = of("id-ce-cRLDistributionPoints")
EXTENDED_KEY_USAGE: Final = of("id-ce-extKeyUsage")
KEY_USAGE: Final = of("id-ce-keyUsage")
NAME_CONSTRAINTS: Final = of("id-ce-nameConstraints")
SUBJECT_ALTERNATIVE_NAME: Final = of("id-ce-subjectAltName")
SUBJECT_INFORMATION_ACCESS: Final = of("id-pe-subjectInfoAccess")
SUBJECT_KEY_IDENTIFIER: Final = of("id-ce-subjectKeyIdentifier")
