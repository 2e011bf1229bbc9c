"""Open rules about CAs and their certificates: validity, issuance, imports, tags, policies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from pca_mock.conformance import authorities
from pca_mock.conformance.cases import der, issuing, operations
from pca_mock.conformance.cases.crls import configured
from pca_mock.conformance.cases.foreign import ForeignRoot
from pca_mock.conformance.cases.open_requests import PAGE
from pca_mock.conformance.cases.sharing import shared_with
from pca_mock.conformance.model import Answers, Area, CouldNotRun, Mark
from pca_mock.conformance.session import OK, Session

VALIDITY: Final = Area("open rules: validity and signature", PAGE)
ISSUED: Final = Area("open rules: issued certificates", PAGE)
AUTHORITIES: Final = Area("open rules: authorities", PAGE)
IMPORTING: Final = Area("open rules: importing", PAGE)

_OPEN: Final = Mark.OPEN
_ARGS: Final = "InvalidArgsException"
_INVALID: Final = "ValidationException"
_NOT_FOUND: Final = "ResourceNotFoundException"
_MISMATCH: Final = "CertificateMismatchException"
_MALFORMED: Final = "MalformedCertificateException"
_DENIED: Final = "AccessDeniedException"
_STRANGER: Final = {"AWS": "111122223333"}


def _described(aws: Session, arn: str) -> dict[str, Any]:
    answer = aws.call("DescribeCertificateAuthority", CertificateAuthorityArn=arn)
    return dict(answer["CertificateAuthority"])


def _csr(aws: Session, arn: str) -> str:
    return str(aws.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=arn)["Csr"])


def _root_code(aws: Session, validity: dict[str, Any]) -> str:
    """The code of the shared root signing itself."""
    csr = _csr(aws, aws.shared("root")).encode()
    return issuing.code(aws, "RootCACertificate", csr, Validity=validity)


# Validity and signature


@VALIDITY.case(_OPEN, codes=[_INVALID] * 3)
def _end_date_digits(aws: Session) -> Answers:
    """An END_DATE has 14 or 12 digits, or 11, and is a date."""
    values = (1, 123456789, 20991301000000)
    validities = [{"Type": "END_DATE", "Value": value} for value in values]
    return {"codes": [_root_code(aws, validity) for validity in validities]}


@VALIDITY.case(_OPEN, code=_INVALID)
def _latest_date(aws: Session) -> Answers:
    """No certificate lasts beyond the year 9999."""
    return {"code": _root_code(aws, {"Type": "YEARS", "Value": 9000})}


@VALIDITY.case(_OPEN, before_the_issuer=True)
def _not_before_unclamped(aws: Session) -> Answers:
    """A certificate may begin before that of its CA."""
    foreign = ForeignRoot(aws.now())
    arn = aws.create(CertificateAuthorityType="SUBORDINATE")
    now = aws.now().replace(microsecond=0) - timedelta(minutes=5)
    certificate = foreign.certify_ca(aws, arn, begin=now)
    foreign.import_at(aws, arn, certificate)
    begin, _ = issuing.seconds(issuing.issued_at(aws, arn))
    return {"before_the_issuer": begin < now.timestamp()}


@VALIDITY.case(_OPEN, code=_INVALID)
def _not_before_type(aws: Session) -> Answers:
    """ValidityNotBefore is ABSOLUTE."""
    return {"code": issuing.code(aws, ValidityNotBefore={"Type": "DAYS", "Value": 1})}


@VALIDITY.case(_OPEN, codes=[_INVALID, OK])
def _not_before_range(aws: Session) -> Answers:
    """A certificate begins before it ends."""
    end = int((aws.now() + timedelta(days=1)).timestamp())
    codes = [
        issuing.code(
            aws,
            Validity={"Type": "ABSOLUTE", "Value": end},
            ValidityNotBefore={"Type": "ABSOLUTE", "Value": end - earlier},
        )
        for earlier in (0, 1)
    ]
    return {"codes": codes}


@VALIDITY.case(_OPEN, codes=[_INVALID, _INVALID])
def _past_end(aws: Session) -> Answers:
    """No certificate ends in the past, that of a root neither."""
    validity = {"Type": "ABSOLUTE", "Value": 1}
    return {"codes": [issuing.code(aws, Validity=validity), _root_code(aws, validity)]}


@VALIDITY.case(_OPEN, code=OK)
def _ec_hashes(aws: Session) -> Answers:
    """A P-256 key may sign with SHA-512."""
    return {"code": issuing.code(aws, SigningAlgorithm="SHA512WITHECDSA")}


@VALIDITY.case(
    _OPEN,
    algorithm="304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886"
    "f70d010108300d06096086480165030402010500a203020120",
    words=True,
)
def _pss_parameters(aws: Session) -> Answers:
    """RSASSA-PSS has MGF1 with the same hash and a salt of its length; it is last in the error."""
    pem = issuing.issued(aws, kind="RSA root", SigningAlgorithm="SHA256WITHRSA_PSS")
    refusal = issuing.refusal(aws, kind="RSA root", SigningAlgorithm="SHA256WITHECDSA")
    return {
        "algorithm": der.children(der.decoded(pem))[1].whole.hex(),
        "words": str(refusal.get("message")).endswith("SHA512WITHRSA_PSS."),
    }


@VALIDITY.case(_OPEN, algorithm="300b0609608648016503040312", signature_bytes=3309)
def _ml_dsa_form(aws: Session) -> Answers:
    """ML-DSA has the OIDs of RFC 9881, without parameters."""
    arn = aws.create(KeyAlgorithm="ML_DSA_65", SigningAlgorithm="ML_DSA_65")
    _, algorithm, signature = der.children(der.decoded(_csr(aws, arn)))
    return {"algorithm": algorithm.whole.hex(), "signature_bytes": len(signature.content) - 1}


# Issued certificates


@ISSUED.case(_OPEN, codes=[_ARGS, "MalformedCSRException"])
def _issue_order(aws: Session) -> Answers:
    """The template is checked before the CSR, and the CSR before the algorithm."""
    csr = der.csr(subject=der.name(""))
    return {
        "codes": [
            issuing.code(aws, "NoCertificate", csr),
            issuing.code(aws, None, csr, SigningAlgorithm="SHA256WITHRSA"),
        ]
    }


@ISSUED.case(_OPEN, digits=32)
def _serial_zeros(aws: Session) -> Answers:
    """A serial number that begins with a zero keeps it in the ARN."""
    arn = aws.shared("root")
    issued = (authorities.issue(aws, arn, **issuing.members()) for _ in range(200))
    first = next(
        each
        for each in issued
        if der.certificate(each["Certificate"]).serial_number.bit_length() <= 124
    )
    return {"digits": len(issuing.serial(first["CertificateArn"]))}


@ISSUED.case(_OPEN, is_below_the_ca=True)
def _issued_arn(aws: Session) -> Answers:
    """A certificate's ARN has the account of the CA, whoever asked for it."""
    arn = shared_with(aws, "IssueCertificate")
    issued = aws.second.call("IssueCertificate", CertificateAuthorityArn=arn, **issuing.members())
    return {"is_below_the_ca": issued["CertificateArn"].startswith(f"{arn}/certificate/")}


@ISSUED.case(_OPEN, codes=[_NOT_FOUND, _NOT_FOUND])
def _get_certificate_errors(aws: Session) -> Answers:
    """A certificate of another CA is not found, nor is a serial number in capitals."""
    arn = aws.shared("root")
    certificate = issuing.issued_arn(aws)
    prefix, _, serial = certificate.rpartition("/")
    pairs = ((aws.shared("named"), certificate), (arn, f"{prefix}/{serial.upper()}"))
    return {
        "codes": [
            aws.code("GetCertificate", CertificateAuthorityArn=ca, CertificateArn=each)
            for ca, each in pairs
        ]
    }


@ISSUED.case(_OPEN, same=True)
def _chain_snapshot(aws: Session) -> Answers:
    """The chain is that of the moment of issuance."""
    arn = authorities.active(aws)
    issued = authorities.issue(aws, arn, **issuing.members())
    authorities.install(aws, arn, {"Type": "DAYS", "Value": 60})
    certificate = issued["CertificateArn"]
    again = aws.call("GetCertificate", CertificateAuthorityArn=arn, CertificateArn=certificate)
    return {"same": again["CertificateChain"] == issued["CertificateChain"]}


@ISSUED.case(_OPEN, reason="Name Constraints violation")
def _name_constraint_words(_: Session) -> Answers:
    """A breach by an address has the words of one by a DNS name."""
    raise CouldNotRun("only CloudTrail shows these words")


@ISSUED.case(_OPEN, code="RequestFailedException")
def _name_constraint_dots(aws: Session) -> Answers:
    """A DNS constraint with a leading dot doesn't include the name itself."""
    return {"code": operations.unpermitted_name(aws, "example.com", ".example.com")}


@ISSUED.case(_OPEN, message="You have reached the maximum number of certificate authorities")
def _quota_words(_: Session) -> Answers:
    """A quota that is exhausted is reported in these words."""
    raise CouldNotRun("needs as many CAs as the account's quota")


# Certificate authorities


@AUTHORITIES.case(_OPEN, different=True)
def _create_order(aws: Session) -> Answers:
    """Two equal calls without a token make two CAs."""
    arns = [aws.create(IdempotencyToken=None) for _ in range(2)]
    return {"different": arns[0] != arns[1]}


@AUTHORITIES.case(_OPEN, status="PENDING_CERTIFICATE")
def _creation_time(aws: Session) -> Answers:
    """A CA is not CREATING when its creation has been answered."""
    arn = aws.call("CreateCertificateAuthority", **aws.request())["CertificateAuthorityArn"]
    return {"status": _described(aws, arn)["Status"]}


@AUTHORITIES.case(_OPEN, code=_ARGS)
def _create_empty_subject(aws: Session) -> Answers:
    """A CA has a subject."""
    return {"code": aws.code("CreateCertificateAuthority", **aws.request(Subject={}))}


@AUTHORITIES.case(_OPEN, code=_ARGS)
def _create_algorithms(aws: Session) -> Answers:
    """Algorithms that don't go together are an invalid argument."""
    request = aws.request(KeyAlgorithm="RSA_2048", SigningAlgorithm="SHA256WITHECDSA")
    return {"code": aws.code("CreateCertificateAuthority", **request)}


@AUTHORITIES.case(_OPEN, code=OK)
def _key_storage(aws: Session) -> Answers:
    """Both FIPS levels are accepted."""
    request = aws.request(KeyStorageSecurityStandard="FIPS_140_2_LEVEL_2_OR_HIGHER")
    return {"code": aws.code("CreateCertificateAuthority", **request)}


@AUTHORITIES.case(
    _OPEN,
    extensions=[
        "2.5.29.19! 30030101ff",
        "2.5.29.15! 0303070600",
        "1.3.6.1.5.5.7.1.11 301a301806082b06010505073005860c687474703a2f2f782e617061",
    ],
)
def _ca_csr(aws: Session) -> Answers:
    """A CA's CSR asks for a critical key usage, and for an access that isn't critical."""
    access = {
        "AccessMethod": {"AccessMethodType": "CA_REPOSITORY"},
        "AccessLocation": {"UniformResourceIdentifier": "http://x.apa"},
    }
    usage = {"KeyCertSign": True, "CRLSign": True}
    extensions = {"KeyUsage": usage, "SubjectInformationAccess": [access]}
    csr = _csr(aws, aws.create(CsrExtensions=extensions))
    return {"extensions": der.requested_extensions(csr)}


@AUTHORITIES.case(_OPEN, newline=True)
def _csr_newline(aws: Session) -> Answers:
    """A CA's CSR ends with a newline."""
    return {"newline": _csr(aws, aws.shared("pending")).endswith("-\n")}


@AUTHORITIES.case(_OPEN, code="InvalidStateException")
def _status_table(aws: Session) -> Answers:
    """A CA that is DISABLED gets no certificate."""
    arn = aws.shared("disabled")
    own = issuing.ca_certificate(aws, arn).encode()
    operation = "ImportCertificateAuthorityCertificate"
    return {"code": operations.code(aws, operation, arn, Certificate=own)}


@AUTHORITIES.case(_OPEN, moved_by_expiry=False, moved_by_import=True)
def _last_change(aws: Session) -> Answers:
    """LastStateChangeAt moves with an import, and not with the expiry."""
    expired = _described(aws, aws.shared("expired"))
    arn = aws.borrow("ACTIVE")
    before = _described(aws, arn)["LastStateChangeAt"]
    authorities.install(aws, arn)
    return {
        "moved_by_expiry": expired["LastStateChangeAt"] > expired["NotAfter"],
        "moved_by_import": _described(aws, arn)["LastStateChangeAt"] > before,
    }


@AUTHORITIES.case(
    _OPEN,
    crl=["Enabled", "ExpirationInDays", "S3BucketName", "S3ObjectAcl"],
    configuration=["KeyAlgorithm", "SigningAlgorithm", "Subject"],
)
def _describe_echo(aws: Session) -> Answers:
    """Describe shows what was given, and the ACL."""
    crl = authorities.crl_configuration(aws)
    arn = aws.create(RevocationConfiguration={"CrlConfiguration": crl})
    ca = _described(aws, arn)
    return {
        "crl": sorted(ca["RevocationConfiguration"]["CrlConfiguration"]),
        "configuration": sorted(ca["CertificateAuthorityConfiguration"]),
    }


@AUTHORITIES.case(_OPEN, seconds=7 * 86400)
def _restorable_until(aws: Session) -> Answers:
    """The restoration period is whole days long."""
    ca = _described(aws, aws.shared("deleted"))
    left = ca["RestorableUntil"] - ca["LastStateChangeAt"]
    return {"seconds": left.total_seconds()}


@AUTHORITIES.case(_OPEN, codes=[_ARGS, _ARGS])
def _crl_members(aws: Session) -> Answers:
    """A CRL needs a bucket and a lifetime."""
    asked: tuple[dict[str, object], ...] = ({"ExpirationInDays": 7}, {"S3BucketName": "bucket"})
    return {"codes": [configured(aws, "Crl", Enabled=True, **members) for members in asked]}


@AUTHORITIES.case(_OPEN, code=OK)
def _empty_members(aws: Session) -> Answers:
    """Empty strings in a revocation configuration are as good as absent."""
    return {"code": configured(aws, "Ocsp", Enabled=False, OcspCustomCname="")}


@AUTHORITIES.case(_OPEN, code=_ARGS)
def _bucket_names(aws: Session) -> Answers:
    """A bucket has a name that S3 would accept."""
    crl = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "a_b"}
    return {"code": configured(aws, "Crl", **crl)}


@AUTHORITIES.case(_OPEN, is_text=True)
def _bucket_probe(aws: Session) -> Answers:
    """The object that tries a bucket is a short text."""
    aws.shared("with CRL")
    data = aws.object("acm-pca-permission-test-key").data
    return {"is_text": 0 < len(data) < 100 and data.decode().isprintable()}


@AUTHORITIES.case(_OPEN, codes=[_ARGS, OK])
def _update_status(aws: Session) -> Answers:
    """A CA can be made ACTIVE or DISABLED, and nothing else; an update may change nothing."""
    arn, update = aws.borrow("ACTIVE"), "UpdateCertificateAuthority"
    return {
        "codes": [
            aws.code(update, CertificateAuthorityArn=arn, Status="EXPIRED"),
            aws.code(update, CertificateAuthorityArn=arn),
        ]
    }


@AUTHORITIES.case(_OPEN, enabled=[True, True])
def _update_parts(aws: Session) -> Answers:
    """An update of OCSP leaves the CRL configuration as it is."""
    arn = aws.borrow()
    for parts in (
        {"CrlConfiguration": authorities.crl_configuration(aws)},
        {"OcspConfiguration": {"Enabled": True}},
    ):
        aws.call(
            "UpdateCertificateAuthority", CertificateAuthorityArn=arn, RevocationConfiguration=parts
        )
    configuration = _described(aws, arn)["RevocationConfiguration"]
    names = ("CrlConfiguration", "OcspConfiguration")
    return {"enabled": [configuration[name]["Enabled"] for name in names]}


@AUTHORITIES.case(_OPEN, order=True)
def _list_order(aws: Session) -> Answers:
    """CAs are listed oldest first."""
    aws.shared("root")
    aws.shared("named")
    pages = aws.client.get_paginator("list_certificate_authorities").paginate()
    times = [ca["CreatedAt"] for page in pages for ca in page["CertificateAuthorities"]]
    return {"order": times == sorted(times)}


@AUTHORITIES.case(_OPEN, code="InvalidNextTokenException")
def _bad_next_token(aws: Session) -> Answers:
    """ListTags refuses a bad token, too."""
    return {"code": aws.code("ListTags", CertificateAuthorityArn=aws.shared("root"), NextToken="x")}


# Importing certificates


def _subordinate(aws: Session) -> str:
    return aws.create(CertificateAuthorityType="SUBORDINATE")


@IMPORTING.case(_OPEN, codes=[_MISMATCH, _MALFORMED])
def _import_errors(aws: Session) -> Answers:
    """A certificate for another key is a mismatch; what cannot be read is malformed."""
    operation, arn = "ImportCertificateAuthorityCertificate", aws.shared("pending")
    garbage = {"Certificate": b"no certificate"}
    return {
        "codes": [
            operations.code(aws, operation, arn),
            operations.code(aws, operation, arn, **garbage),
        ]
    }


@IMPORTING.case(_OPEN, codes=[_MISMATCH, _MISMATCH])
def _import_subject(aws: Session) -> Answers:
    """A CA's certificate has the subject of its CSR, without more, in the same case."""
    foreign, arn = ForeignRoot(aws.now()), _subordinate(aws)
    name = x509.load_pem_x509_csr(_csr(aws, arn).encode()).subject
    (common_name,) = name
    more = x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "x")
    capitals = x509.NameAttribute(x509.NameOID.COMMON_NAME, str(common_name.value).upper())
    subjects = (x509.Name([common_name, more]), x509.Name([capitals]))
    codes = [
        foreign.import_at(aws, arn, foreign.certify_ca(aws, arn, subject)) for subject in subjects
    ]
    return {"codes": codes}


@IMPORTING.case(_OPEN, code=_MISMATCH)
def _import_name_constraints(aws: Session) -> Answers:
    """Names that the chain doesn't permit are a mismatch."""
    foreign, arn = ForeignRoot(aws.now(), permitted="example.com"), _subordinate(aws)
    certificate = foreign.certify_ca(aws, arn, dns_name="example.org")
    return {"code": foreign.import_at(aws, arn, certificate)}


@IMPORTING.case(_OPEN, codes=[_MALFORMED, OK])
def _import_expired(aws: Session) -> Answers:
    """An expired certificate is refused; one that ends after its issuer's is not."""
    foreign, arn = ForeignRoot(aws.now()), _subordinate(aws)
    ends = (aws.now() - timedelta(hours=1), aws.now() + timedelta(days=9000))
    codes = [
        foreign.import_at(aws, arn, foreign.certify_ca(aws, arn, end=end.replace(microsecond=0)))
        for end in ends
    ]
    return {"codes": codes}


@IMPORTING.case(_OPEN, codes=[_MALFORMED, OK])
def _import_pem(aws: Session) -> Answers:
    """Beside a certificate there may be text, and no other PEM block."""
    foreign, arn = ForeignRoot(aws.now()), _subordinate(aws)
    certificate = foreign.certify_ca(aws, arn)
    key = der.key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {
        "codes": [
            foreign.import_at(aws, arn, certificate + key),
            foreign.import_at(aws, arn, b"text\n" + certificate),
        ]
    }
