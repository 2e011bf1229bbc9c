"""New CAs: their algorithms, subjects and requests, and how they are described."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from cryptography import x509

from pca_mock.conformance import authorities
from pca_mock.conformance.cases import der, issuing
from pca_mock.conformance.model import Answers, Area, CouldNotRun, Mark
from pca_mock.conformance.session import OK, Session

AREA: Final = Area("authorities", "API_CreateCertificateAuthority")
_DESCRIBE: Final = "DescribeCertificateAuthority"


def _described(aws: Session, arn: str) -> dict[str, Any]:
    answer: dict[str, Any] = aws.call(_DESCRIBE, CertificateAuthorityArn=arn)
    return dict(answer["CertificateAuthority"])


def _csr(aws: Session, arn: str) -> str:
    return str(aws.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=arn)["Csr"])


def _request(aws: Session, arn: str) -> x509.CertificateSigningRequest:
    return x509.load_pem_x509_csr(_csr(aws, arn).encode())


# Key algorithm, signing algorithm -> the beginning of the public key and the AlgorithmIdentifier
# of the signature in the CA's CSR, hex.
_RSA: Final = "300d06092a864886f70d0101010500"
_P256: Final = "301306072a8648ce3d020106082a8648ce3d030107"
_P384: Final = "301006072a8648ce3d020106052b81040022"
_P521: Final = "301006072a8648ce3d020106052b81040023"
_WITH_RSA: Final = "300d06092a864886f70d0101{}0500"
_WITH_ECDSA: Final = "300a06082a8648ce3d0403{}"
_ML_DSA: Final = "300b06096086480165030403{}"
_ALGORITHMS: Final = (
    ("RSA_2048", "SHA256WITHRSA", _RSA, _WITH_RSA.format("0b")),
    ("RSA_2048", "SHA384WITHRSA", _RSA, _WITH_RSA.format("0c")),
    ("RSA_2048", "SHA512WITHRSA", _RSA, _WITH_RSA.format("0d")),
    ("RSA_3072", "SHA256WITHRSA", _RSA, _WITH_RSA.format("0b")),
    ("RSA_4096", "SHA256WITHRSA", _RSA, _WITH_RSA.format("0b")),
    ("EC_prime256v1", "SHA256WITHECDSA", _P256, _WITH_ECDSA.format("02")),
    ("EC_prime256v1", "SHA384WITHECDSA", _P256, _WITH_ECDSA.format("03")),
    ("EC_secp384r1", "SHA384WITHECDSA", _P384, _WITH_ECDSA.format("03")),
    ("EC_secp521r1", "SHA512WITHECDSA", _P521, _WITH_ECDSA.format("04")),
    ("ML_DSA_44", "ML_DSA_44", _ML_DSA.format("11"), _ML_DSA.format("11")),
    ("ML_DSA_65", "ML_DSA_65", _ML_DSA.format("12"), _ML_DSA.format("12")),
    ("ML_DSA_87", "ML_DSA_87", _ML_DSA.format("13"), _ML_DSA.format("13")),
)


def _algorithms(key: str, signing: str, aws: Session) -> Answers:
    arn = aws.create(KeyAlgorithm=key, SigningAlgorithm=signing)
    encoded = der.decoded(_csr(aws, arn))
    info, algorithm, _ = der.children(encoded)
    return {
        "key": der.children(der.children(info.whole)[2].whole)[0].whole.hex(),
        "signature": algorithm.whole.hex(),
    }


for _key, _signing, _spki, _identifier in _ALGORITHMS:
    AREA.add(
        f"{_key}-{_signing}",
        f"A CA with {_key} and {_signing} has such a key, and signs its CSR so.",
        partial(_algorithms, _key, _signing),
        {"key": _spki, "signature": _identifier},
        Mark.OPEN if _key.startswith("ML") else Mark.DOCUMENTED,
        "API_CertificateAuthorityConfiguration; User Guide, “Supported algorithms”",
    )

# Member of the subject, value -> the attribute in the CSR, hex: its OID, string type and value.
_SUBJECTS: Final = (
    ({"Country": "US"}, "2.5.4.6", 0x13, Mark.DOCUMENTED),
    ({"Organization": "Example"}, "2.5.4.10", 0x0C, Mark.DOCUMENTED),
    ({"OrganizationalUnit": "Sales"}, "2.5.4.11", 0x0C, Mark.DOCUMENTED),
    ({"DistinguishedNameQualifier": "q1"}, "2.5.4.46", 0x13, Mark.OPEN),
    ({"State": "WA"}, "2.5.4.8", 0x0C, Mark.DOCUMENTED),
    ({"CommonName": "Zürich"}, "2.5.4.3", 0x0C, Mark.DOCUMENTED),
    ({"SerialNumber": "1"}, "2.5.4.5", 0x13, Mark.OPEN),
    ({"Locality": "Seattle"}, "2.5.4.7", 0x0C, Mark.DOCUMENTED),
    ({"Title": "Dr"}, "2.5.4.12", 0x0C, Mark.OPEN),
    ({"Surname": "Doe"}, "2.5.4.4", 0x0C, Mark.OPEN),
    ({"GivenName": "Jane"}, "2.5.4.42", 0x0C, Mark.OPEN),
    ({"Initials": "JD"}, "2.5.4.43", 0x0C, Mark.OPEN),
    ({"Pseudonym": "x"}, "2.5.4.65", 0x0C, Mark.OPEN),
    ({"GenerationQualifier": "III"}, "2.5.4.44", 0x0C, Mark.OPEN),
)
_MATTER: Final = (("2.5.4.3", "PAA"), ("1.3.6.1.4.1.37244.2.1", "FFF1"))


def _subject(subject: dict[str, Any], aws: Session) -> Answers:
    arn = aws.create(Subject=subject)
    info = der.children(der.decoded(_csr(aws, arn)))[0]
    return {"subject": der.children(info.whole)[1].whole.hex()}


for _members, _oid, _tag, _mark in _SUBJECTS:
    ((_member, _value),) = _members.items()
    AREA.add(
        f"subject-{_member}",
        f"{_member} becomes the attribute {_oid} of the CA's subject.",
        partial(_subject, _members),
        {"subject": der.one_name((_oid, _tag, _value)).hex()},
        _mark,
        "API_ASN1Subject; samples of the user guide",
    )
AREA.add(
    "subject-CustomAttributes",
    "Custom attributes are in the order of the request.",
    partial(_subject, issuing.attributes(*_MATTER)),
    {"subject": der.one_name(*((oid, 0x0C, text) for oid, text in _MATTER)).hex()},
    Mark.DOCUMENTED,
    "User Guide, samples for Matter; aws-private-ca-matter-infrastructure",
)


@AREA.case(
    order=["2.5.4.6", "2.5.4.10", "2.5.4.11", "2.5.4.8", "2.5.4.3", "2.5.4.7"],
    source="User Guide, “Installing a CA certificate”: decoded CSRs",
)
def _order_of_the_subject(aws: Session) -> Answers:
    """The attributes of a subject have AWS's order, whatever order the caller used."""
    subject = _request(aws, aws.shared("named")).subject
    return {"order": [attribute.oid.dotted_string for attribute in subject]}


@AREA.case(
    extensions=["2.5.29.19! 30030101ff"],
    source="User Guide, “Installing a CA certificate”: decoded CSRs",
)
def _extensions_of_the_csr(aws: Session) -> Answers:
    """A CA's CSR asks for critical basic constraints, CA:TRUE, and for nothing else."""
    return {"extensions": der.requested_extensions(_csr(aws, aws.shared("pending")))}


@AREA.case(same=True, verifies=True, source="API_GetCertificateAuthorityCsr")
def _csr_stays_the_same(aws: Session) -> Answers:
    """A CA's CSR stays the same, and its signature verifies."""
    first, second = (_csr(aws, aws.shared("root")) for _ in range(2))
    request = x509.load_pem_x509_csr(first.encode())
    return {"same": first == second, "verifies": request.is_signature_valid}


@AREA.case(code=OK, source="API_CreateCertificateAuthority")
def _subordinate(aws: Session) -> Answers:
    """A subordinate CA gets its certificate from another CA, with a chain."""
    arn = aws.shared("path length 0")
    return {
        "code": aws.code("GetCertificateAuthorityCertificate", CertificateAuthorityArn=arn),
    }


@AREA.case(chain_is_the_root=True, root_has_a_chain=False)
def _chains(aws: Session) -> Answers:
    """The chain of a subordinate is its issuer's certificate; a root has none."""
    root, below = aws.shared("root"), aws.shared("path length 0")
    get = "GetCertificateAuthorityCertificate"
    answers = [aws.call(get, CertificateAuthorityArn=arn) for arn in (root, below)]
    return {
        "chain_is_the_root": answers[1]["CertificateChain"].strip()
        == answers[0]["Certificate"].strip(),
        "root_has_a_chain": bool(answers[0].get("CertificateChain")),
    }


@AREA.case(
    Mark.OBSERVED,
    Status="PENDING_CERTIFICATE",
    Type="ROOT",
    UsageMode="GENERAL_PURPOSE",
    KeyStorageSecurityStandard="FIPS_140_2_LEVEL_3_OR_HIGHER",
    RevocationConfiguration={
        "CrlConfiguration": {"Enabled": False},
        "OcspConfiguration": {"Enabled": False},
    },
    absent=True,
    source="acceptance tests of Terraform; an immersion day of AWS",
)
def _description_with_defaults(aws: Session) -> Answers:
    """Describe shows defaults; before there is a certificate it shows none of its members."""
    ca = _described(aws, aws.create(UsageMode=None))
    names = ("Status", "Type", "UsageMode", "KeyStorageSecurityStandard", "RevocationConfiguration")
    of_certificate = {"Serial", "NotBefore", "NotAfter", "FailureReason", "RestorableUntil"}
    return {**{name: ca.get(name) for name in names}, "absent": not of_certificate & ca.keys()}


@AREA.case(
    Mark.OBSERVED, serial=True, times=True, owner=True, milliseconds=True,
    source="an immersion day of AWS: a pasted answer",
)  # fmt: skip
def _description_of_an_active_ca(aws: Session) -> Answers:
    """Describe shows the serial as a decimal number, the times of the certificate, the owner."""
    arn = aws.shared("root")
    ca = _described(aws, arn)
    certificate = der.certificate(issuing.ca_certificate(aws, arn))
    return {
        "serial": ca.get("Serial") == str(certificate.serial_number),
        "times": (ca.get("NotBefore"), ca.get("NotAfter"))
        == (certificate.not_valid_before_utc, certificate.not_valid_after_utc),
        "owner": ca.get("OwnerAccount") == arn.split(":")[4],
        "milliseconds": ca["LastStateChangeAt"] > ca["CreatedAt"],
    }


@AREA.case(subject={"CommonName": "x", "Country": "US"}, key="EC_secp384r1")
def _description_of_the_configuration(aws: Session) -> Answers:
    """Describe shows the configuration with the members that were given."""
    subject = {"CommonName": "x", "Country": "US"}
    signing = {"KeyAlgorithm": "EC_secp384r1", "SigningAlgorithm": "SHA384WITHECDSA"}
    ca = _described(aws, aws.create(Subject=subject, **signing))
    configuration = ca["CertificateAuthorityConfiguration"]
    return {"subject": configuration["Subject"], "key": configuration["KeyAlgorithm"]}


@AREA.case(days=7, status="DELETED", source="API_DeleteCertificateAuthority")
def _description_of_a_deleted_ca(aws: Session) -> Answers:
    """Describe shows until when a deleted CA can be restored."""
    ca = _described(aws, aws.shared("deleted"))
    left = ca["RestorableUntil"] - ca["LastStateChangeAt"]
    return {"days": round(left.total_seconds() / 86400), "status": ca["Status"]}


@AREA.case(days=30, source="API_DeleteCertificateAuthority")
def _restorable_for_thirty_days(aws: Session) -> Answers:
    """Without a number of days, a deleted CA can be restored for 30."""
    arn = aws.borrow()
    aws.call("DeleteCertificateAuthority", CertificateAuthorityArn=arn)
    ca = _described(aws, arn)
    left = ca["RestorableUntil"] - ca["LastStateChangeAt"]
    return {"days": round(left.total_seconds() / 86400)}


@AREA.case(same=True, source="User Guide, “Updating a private CA”: its example")
def _revocation_changes_no_status(aws: Session) -> Answers:
    """An update of only the revocation configuration leaves LastStateChangeAt alone."""
    arn = aws.borrow("ACTIVE")
    before = _described(aws, arn)["LastStateChangeAt"]
    ocsp = {"OcspConfiguration": {"Enabled": True}}
    aws.call(
        "UpdateCertificateAuthority", CertificateAuthorityArn=arn, RevocationConfiguration=ocsp
    )
    return {"same": _described(aws, arn)["LastStateChangeAt"] == before}


_FORBIDDEN: Final = (
    ("sm2", {"KeyAlgorithm": "SM2", "SigningAlgorithm": "SM3WITHSM2"}),
    ("rsa-and-ecdsa", {"KeyAlgorithm": "RSA_2048", "SigningAlgorithm": "SHA256WITHECDSA"}),
    ("ec-and-rsa", {"KeyAlgorithm": "EC_prime256v1", "SigningAlgorithm": "SHA256WITHRSA"}),
    ("ml-dsa-and-ml-dsa", {"KeyAlgorithm": "ML_DSA_44", "SigningAlgorithm": "ML_DSA_65"}),
    ("china-key-storage", {"KeyStorageSecurityStandard": "CCPC_LEVEL_1_OR_HIGHER"}),
)


def _refused(changes: dict[str, Any], aws: Session) -> Answers:
    if aws.target.region.startswith("cn-"):
        raise CouldNotRun("the rule is about regions outside China")
    return {"code": aws.code("CreateCertificateAuthority", **aws.request(**changes))}


for _name, _changes in _FORBIDDEN:
    AREA.add(
        f"refused-{_name}",
        f"Outside China, CreateCertificateAuthority refuses {_name.replace('-', ' ')}.",
        partial(_refused, _changes),
        {"code": "InvalidArgsException"},
        Mark.DOCUMENTED if "storage" in _name else Mark.OPEN,
    )


@AREA.case(
    code="InvalidArgsException",
    message="A certificate authority cannot be created in this region with the specified security "
    "standard.",
)
def _message_about_key_storage(aws: Session) -> Answers:
    """A key storage that the region doesn't have is refused in these words."""
    request = aws.request(KeyStorageSecurityStandard="CCPC_LEVEL_1_OR_HIGHER")
    return aws.refusal("CreateCertificateAuthority", **request)


@AREA.case(code=OK, again=True, source="API_CreateCertificateAuthority, IdempotencyToken")
def _idempotency(aws: Session) -> Answers:
    """The same token within five minutes gives the CA that was made with it."""
    request = aws.request()
    first, second = (
        aws.call("CreateCertificateAuthority", **request)["CertificateAuthorityArn"]
        for _ in range(2)
    )
    return {"code": OK, "again": first == second}


@AREA.case(partition_and_account=True, uuid=True, source="API_CertificateAuthority")
def _arn(aws: Session) -> Answers:
    """A CA's ARN has the partition, region and account, and ends with a UUID."""
    arn = aws.shared("root")
    prefix, _, ca_id = arn.rpartition("/")
    parts = prefix.split(":")
    lengths = [len(part) for part in ca_id.split("-")]
    return {
        "partition_and_account": parts[2:4] == ["acm-pca", aws.target.region]
        and parts[5:] == ["certificate-authority"]
        and len(parts[4]) == 12,
        "uuid": lengths == [8, 4, 4, 4, 12] and ca_id == ca_id.lower(),
    }


# Importing


def _own_certificate(aws: Session, arn: str) -> bytes:
    """The certificate that a pending root has issued to itself."""
    csr = _csr(aws, arn).encode()
    issued = authorities.issue(aws, arn, **issuing.members("RootCACertificate", csr))
    return bytes(issued["Certificate"].encode())


def _import(aws: Session, arn: str, certificate: bytes, chain: bytes | None = None) -> str:
    more = {} if chain is None else {"CertificateChain": chain}
    return aws.code(
        "ImportCertificateAuthorityCertificate",
        CertificateAuthorityArn=arn,
        Certificate=certificate,
        **more,
    )


@AREA.case(
    Mark.OBSERVED, code=OK, lines=True, newline=False,
    source="cert-manager/aws-privateca-issuer: source code",
)  # fmt: skip
def _form_of_pem(aws: Session) -> Answers:
    """Certificates are PEM with lines of 64 characters, without a newline at the end."""
    pem = issuing.ca_certificate(aws, aws.shared("root"))
    first, *lines, last = pem.split("\n")[1:-1] if pem.endswith("-") else pem.split("\n")[1:-2]
    return {
        "code": OK,
        "lines": {len(line) for line in (first, *lines)} == {64} and len(last) <= 64,
        "newline": pem.endswith("\n"),
    }


@AREA.case(code=OK, source="API_ImportCertificateAuthorityCertificate")
def _import_of_its_own_certificate(aws: Session) -> Answers:
    """A root imports the certificate that it has signed itself."""
    arn = aws.borrow()
    return {"code": _import(aws, arn, _own_certificate(aws, arn))}


@AREA.case(
    codes=["InvalidRequestException"] * 2, source="API_ImportCertificateAuthorityCertificate"
)
def _import_without_a_chain(aws: Session) -> Answers:
    """A subordinate needs a chain; a root must not have one."""
    root, below = aws.borrow(), aws.create(CertificateAuthorityType="SUBORDINATE")
    own = _own_certificate(aws, root)
    issued = authorities.issue(
        aws,
        aws.shared("root"),
        **issuing.members("SubordinateCACertificate_PathLen0", _csr(aws, below).encode()),
    )
    without_chain = _import(aws, below, issued["Certificate"].encode())
    return {"codes": [_import(aws, root, own, own), without_chain]}


@AREA.case(code="ValidationException", source="User Guide, “RFC compliance”")
def _below_path_length_zero(aws: Session) -> Answers:
    """A CA of path length 0 has no CA below it."""
    code = issuing.code(aws, "SubordinateCACertificate_PathLen0", kind="path length 0")
    return {"code": code}


@AREA.case(codes=[OK, OK], source="API_GetCertificateAuthorityCertificate")
def _whole_chain_is_imported(aws: Session) -> Answers:
    """Below a subordinate there can be another one: its chain goes up to the root."""
    middle = aws.create(CertificateAuthorityType="SUBORDINATE")
    authorities.below(aws, middle, aws.shared("root"), "SubordinateCACertificate_PathLen1")
    last = aws.create(CertificateAuthorityType="SUBORDINATE")
    csr = _csr(aws, last).encode()
    members = issuing.members("SubordinateCACertificate_PathLen0", csr)
    issued = authorities.issue(aws, middle, **members)
    chain = issued["CertificateChain"].encode()
    imported = _import(aws, last, issued["Certificate"].encode(), chain)
    count = chain.count(b"BEGIN CERTIFICATE")
    return {"codes": [imported, OK if count == 2 else f"{count} certificates"]}
