"""Open rules about requests: arguments, templates, CSRs, ApiPassthrough."""

from __future__ import annotations

from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from pca_mock.conformance import authorities
from pca_mock.conformance.cases import crls, der, issuing
from pca_mock.conformance.cases.der import Extension
from pca_mock.conformance.cases.foreign import ForeignRoot
from pca_mock.conformance.cases.issuing import API, BLANK, code, custom, issued, outcome
from pca_mock.conformance.model import Answers, Area, CouldNotRun, Mark
from pca_mock.conformance.session import OK, Session

PAGE: Final = "AWS documents nothing: see the page “Open rules”"
ARGUMENTS: Final = Area("open rules: arguments", PAGE)
TEMPLATES: Final = Area("open rules: templates", PAGE)
CSRS: Final = Area("open rules: CSRs", PAGE)
PASSTHROUGH: Final = Area("open rules: passthrough", PAGE)

_OPEN: Final = Mark.OPEN
_ARGS: Final = "InvalidArgsException"
_MALFORMED: Final = "MalformedCSRException"
_INVALID: Final = "ValidationException"
_KEY_USAGE: Final = "2.5.29.15"
_POINTS: Final = "2.5.29.31"
_CSR_TEMPLATE: Final = "BlankEndEntityCertificate_CSRPassthrough"
_ROOT_API: Final = "RootCACertificate_APIPassthrough"


def _describe(aws: Session, arn: str) -> str:
    return aws.code("DescribeCertificateAuthority", CertificateAuthorityArn=arn)


def _changed(arn: str, index: int, value: str) -> str:
    parts = arn.split(":")
    parts[index] = value
    return ":".join(parts)


# Arguments and their errors


@ARGUMENTS.case(_OPEN, code=_INVALID)
def _argument_order(aws: Session) -> Answers:
    """Constraints are checked before access."""
    return {"code": _describe(aws, _changed(aws.shared("root"), 4, "999988887777") + "/")}


@ARGUMENTS.case(
    _OPEN,
    code=_INVALID,
    message="2 validation errors detected: Value '0' at 'maxResults' failed to satisfy constraint: "
    "Member must have value greater than or equal to 1; Value '{ca}' at 'certificateAuthorityArn' "
    "failed to satisfy constraint: Member must satisfy regular expression pattern: "
    r"arn:[\w+=/,.@-]+:acm-pca:[\w+=/,.@-]*:[0-9]*:[\w+=,.@-]+(/[\w+=,.@-]+)*",
)
def _constraint_words(aws: Session) -> Answers:
    """Breaches are reported together, in the order of the model."""
    return aws.refusal("ListTags", CertificateAuthorityArn="arn:aws:s3:::bucket", MaxResults=0)


@ARGUMENTS.case(_OPEN, code="SerializationException")
def _serialization(aws: Session) -> Answers:
    """A member of a wrong type is a SerializationException."""
    try:
        arn = aws.shared("root")
        return {"code": aws.code("ListTags", CertificateAuthorityArn=arn, MaxResults="1")}
    except TypeError as error:
        raise CouldNotRun("botocore cannot write such a member in this protocol") from error


@ARGUMENTS.case(_OPEN, code=OK)
def _unknown_members(_: Session) -> Answers:
    """Members that the model doesn't have are ignored."""
    raise CouldNotRun("boto3 sends no members that the model doesn't have")


@ARGUMENTS.case(_OPEN, code="InvalidArnException")
def _arn_kind(aws: Session) -> Answers:
    """A CA id that is no UUID is an invalid ARN."""
    return {"code": _describe(aws, aws.shared("root").rpartition("/")[0] + "/x")}


@ARGUMENTS.case(_OPEN, code="AccessDeniedException")
def _foreign_ca_missing(aws: Session) -> Answers:
    """Access to another account's CA is denied, whether it exists or not."""
    return {"code": _describe(aws, _changed(aws.shared("root"), 4, "999988887777"))}


@ARGUMENTS.case(_OPEN, code="ResourceNotFoundException")
def _other_region(aws: Session) -> Answers:
    """A CA is unknown in another region than its own."""
    region = "eu-central-1" if aws.target.region != "eu-central-1" else "us-east-1"
    return {"code": _describe(aws, _changed(aws.shared("root"), 3, region))}


@ARGUMENTS.case(_OPEN, same=True)
def _token_window(aws: Session) -> Answers:
    """A token that was used gives the first certificate, whatever the CSR."""
    csrs = (der.csr(), der.csr(subject=der.name("other")))
    arns = [issuing.issued_arn(aws, Csr=csr, IdempotencyToken="c" * 36) for csr in csrs]
    return {"same": arns[0] == arns[1]}


# Templates


@TEMPLATES.case(_OPEN, codes=[_ARGS, _ARGS])
def _template_name(aws: Session) -> Answers:
    """An unknown template, or one in another case, is an invalid argument."""
    return {"codes": [code(aws, name) for name in ("endentitycertificate", "NoCertificate")]}


@TEMPLATES.case(_OPEN, code=OK)
def _template_partition(aws: Session) -> Answers:
    """The partition of a template's ARN doesn't matter."""
    arn = issuing.template("EndEntityCertificate").replace("arn:aws:", "arn:aws-us-gov:")
    return {"code": code(aws, TemplateArn=arn)}


@TEMPLATES.case(_OPEN, codes=[_MALFORMED, _MALFORMED])
def _root_csr_class(aws: Session) -> Answers:
    """A root template with another CSR is a malformed CSR, also at a subordinate CA."""
    kinds: tuple[authorities.Kind, ...] = ("root", "path length 0")
    return {"codes": [code(aws, "RootCACertificate", kind=kind) for kind in kinds]}


@TEMPLATES.case(_OPEN, code=OK)
def _hierarchy_depth(aws: Session) -> Answers:
    """A hierarchy of six CAs is possible."""
    foreign = ForeignRoot(aws.now())
    issuer = aws.create(CertificateAuthorityType="SUBORDINATE")
    foreign.import_at(aws, issuer, foreign.certify_ca(aws, issuer))
    for length in (3, 2, 1, 0):
        arn = aws.create(CertificateAuthorityType="SUBORDINATE")
        authorities.below(aws, arn, issuer, f"SubordinateCACertificate_PathLen{length}")
        issuer = arn
    return {"code": _describe(aws, issuer)}


@TEMPLATES.case(
    _OPEN,
    code=_INVALID,
    message="The path length of the requested certificate exceeds the limit of the certificate "
    "authority.",
)
def _path_length_words(aws: Session) -> Answers:
    """A path length that is too large is refused in these words."""
    return issuing.refusal(aws, "SubordinateCACertificate_PathLen0", kind="path length 0")


@TEMPLATES.case(_OPEN, code=_INVALID)
def _short_lived_ca(aws: Session) -> Answers:
    """CA certificates of a short-lived CA last seven days at most, too."""
    validity = {"Type": "DAYS", "Value": 8}
    return {"code": code(aws, "SubordinateCACertificate_PathLen0", Validity=validity)}


@TEMPLATES.case(_OPEN, key_usage="!030205a0")
def _ml_dsa_key_usage(aws: Session) -> Answers:
    """TLS templates give keyEncipherment to ML-DSA keys, too."""
    arn = aws.create(KeyAlgorithm="ML_DSA_65", SigningAlgorithm="ML_DSA_65")
    csr = aws.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=arn)["Csr"].encode()
    return {"key_usage": der.extension(issued(aws, csr=csr), _KEY_USAGE)}


# Certificate signing requests


@CSRS.case(_OPEN, code=OK)
def _csr_armour_end(aws: Session) -> Answers:
    """Newlines may follow a CSR."""
    return {"code": code(aws, csr=der.csr() + b"\n\n")}


@CSRS.case(_OPEN, code=_MALFORMED)
def _csr_errors(aws: Session) -> Answers:
    """What fits the pattern of CSRs and cannot be read is a malformed CSR."""
    certificate = der.decoded(issuing.ca_certificate(aws, aws.shared("root")))
    return {"code": code(aws, csr=der.armoured(certificate))}


@CSRS.case(_OPEN, code=_MALFORMED)
def _csr_without_attributes(aws: Session) -> Answers:
    """A CSR without the field for attributes is malformed."""
    return {"code": code(aws, csr=der.csr(has_attributes=False))}


@CSRS.case(_OPEN, code=OK)
def _csr_version(aws: Session) -> Answers:
    """The version of a CSR doesn't matter."""
    return {"code": code(aws, csr=der.csr(version=1))}


@CSRS.case(_OPEN, code=_MALFORMED)
def _csr_subject_syntax(aws: Session) -> Answers:
    """A subject whose text is not of its type is malformed."""
    return {"code": code(aws, csr=der.csr(subject=der.name(b"\xff")))}


@CSRS.case(_OPEN, code=_MALFORMED)
def _csr_teletex(aws: Session) -> Answers:
    """A TeletexString with other characters than ASCII is refused."""
    return {"code": code(aws, csr=der.csr(subject=der.name(b"caf\xe9", 0x14)))}


@CSRS.case(_OPEN, code=_MALFORMED)
def _csr_keys(aws: Session) -> Answers:
    """Ed25519 keys are refused."""
    key = ed25519.Ed25519PrivateKey.generate()
    identifier = bytes.fromhex("300506032b6570")
    csr = der.csr(public_key=der.spki(key), identifier=identifier, sign=key.sign)
    return {"code": code(aws, csr=csr)}


@CSRS.case(_OPEN, codes=[OK, _MALFORMED])
def _csr_hashes(aws: Session) -> Answers:
    """A CSR may be signed with SHA-1, and not with MD5."""
    key = rsa.generate_private_key(65537, 2048)
    algorithms = ((hashes.SHA1(), "05"), (hashes.MD5(), "04"))

    def csr(algorithm: hashes.HashAlgorithm, number: str) -> bytes:
        return der.csr(
            public_key=der.spki(key),
            identifier=bytes.fromhex(f"300d06092a864886f70d0101{number}0500"),
            sign=lambda data: key.sign(data, padding.PKCS1v15(), algorithm),
        )

    return {"codes": [code(aws, csr=csr(*each)) for each in algorithms]}


@CSRS.case(_OPEN, code=_MALFORMED)
def _csr_without_names(aws: Session) -> Answers:
    """ApiPassthrough gives no names to a CSR without any."""
    csr = der.csr(subject=der.name(""))
    return {"code": code(aws, API, csr, subject={"CommonName": "x"})}


@CSRS.case(_OPEN, code=_MALFORMED)
def _csr_empty_san(aws: Session) -> Answers:
    """A SAN without any name is none."""
    return {"code": code(aws, csr=der.csr(der.san(critical=True), subject=der.name("")))}


@CSRS.case(_OPEN, code=_MALFORMED)
def _csr_attributes(aws: Session) -> Answers:
    """A CSR has one extension request."""
    twice = [der.requested(der.san("a")), der.requested(der.san("b"))]
    return {"code": code(aws, csr=der.csr(attributes=twice))}


@CSRS.case(
    _OPEN,
    order=[der.PRIVATE, "2.5.29.15", "2.5.29.19", "2.5.29.35", "2.5.29.14"],
)
def _csr_extension_order(aws: Session) -> Answers:
    """Extensions that are copied from a CSR come first, in its order."""
    csr = der.csr(Extension(der.PRIVATE, False, "0500"), Extension(_KEY_USAGE, True, "03020780"))
    return {"order": [each.oid for each in der.extensions(issued(aws, _CSR_TEMPLATE, csr))]}


@CSRS.case(_OPEN, codes=[_MALFORMED, OK])
def _csr_extension_syntax(aws: Session) -> Answers:
    """An extension that is copied has to be of its type; others are not looked at."""
    csrs = [der.csr(Extension(oid, False, "ff")) for oid in (der.SAN, _KEY_USAGE)]
    return {"codes": [code(aws, csr=csr) for csr in csrs]}


@CSRS.case(_OPEN, code=_MALFORMED)
def _csr_extension_twice(aws: Session) -> Answers:
    """An extension that is copied must not come twice."""
    usage = Extension(_KEY_USAGE, True, "03020780")
    return {"code": code(aws, _CSR_TEMPLATE, der.csr(usage, usage))}


# ApiPassthrough


@PASSTHROUGH.case(_OPEN, code=OK)
def _api_ignored(aws: Session) -> Answers:
    """The meaning of an ApiPassthrough that the template ignores is not checked."""
    names = [{"DnsName": "x", "IpAddress": "192.0.2.1"}]
    extensions = {"SubjectAlternativeNames": names}
    return {"code": code(aws, "EndEntityCertificate", extensions=extensions)}


@PASSTHROUGH.case(_OPEN, subject=der.name("conformance").hex())
def _api_empty(aws: Session) -> Answers:
    """An empty Subject, and empty Extensions, are none."""
    return {"subject": der.raw_subject(issued(aws, API, subject={}, extensions={}))}


@PASSTHROUGH.case(_OPEN, subject=der.name("x").hex(), issuer=der.name("x").hex())
def _api_root_subject(aws: Session) -> Answers:
    """A subject in ApiPassthrough becomes the issuer of a root, too."""
    pem = issuing.issued_root(aws, _ROOT_API, subject={"CommonName": "x"})
    return {"subject": der.raw_subject(pem), "issuer": der.raw_issuer(pem)}


def _creation(aws: Session, subject: dict[str, Any]) -> str:
    return aws.code("CreateCertificateAuthority", **aws.request(Subject=subject))


@PASSTHROUGH.case(_OPEN, code=_ARGS)
def _api_mixed_subject(aws: Session) -> Answers:
    """Custom attributes beside standard ones are refused."""
    return {"code": _creation(aws, {"CommonName": "x", **issuing.attributes(("2.5.4.3", "y"))})}


_DC: Final = "0.9.2342.19200300.100.1.25"
_MAIL: Final = "1.2.840.113549.1.9.1"


@PASSTHROUGH.case(
    _OPEN, subject=der.one_name(("2.5.4.5", 0x13, "1"), (_DC, 0x16, "x"), (_MAIL, 0x16, "y")).hex()
)
def _api_string_types(aws: Session) -> Answers:
    """Serial numbers are PrintableStrings, DC and mail addresses IA5Strings."""
    subject = issuing.attributes(("2.5.4.5", "1"), (_DC, "x"), (_MAIL, "y"))
    return {"subject": der.raw_subject(issued(aws, API, subject=subject))}


@PASSTHROUGH.case(_OPEN, code=_ARGS)
def _api_custom_values(aws: Session) -> Answers:
    """A custom attribute for the country has two letters."""
    return {"code": _creation(aws, issuing.attributes(("2.5.4.6", "USA")))}


@PASSTHROUGH.case(_OPEN, subject=der.name("x").hex())
def _api_empty_strings(aws: Session) -> Answers:
    """Empty strings in a subject are as good as absent."""
    subject = {"CommonName": "x", "Organization": ""}
    return {"subject": der.raw_subject(issued(aws, API, subject=subject))}


@PASSTHROUGH.case(_OPEN, code=_ARGS)
def _api_extension_twice(aws: Session) -> Answers:
    """An extension that comes twice is refused."""
    extensions = {
        "KeyUsage": {"DigitalSignature": True},
        "CustomExtensions": [custom(_KEY_USAGE, "03020780")],
    }
    return {"code": code(aws, BLANK, extensions=extensions)}


@PASSTHROUGH.case(
    _OPEN, order=["2.5.29.19", "2.5.29.35", "2.5.29.14", der.PRIVATE, "2.5.29.37", "2.5.29.15"]
)
def _api_custom_order(aws: Session) -> Answers:
    """Custom extensions are behind all others, in the order of the request."""
    extensions = [
        custom(der.PRIVATE, "0500"),
        custom("2.5.29.37", "300a06082b06010505070302"),
        custom(_KEY_USAGE, "03020780"),
    ]
    pem = issued(aws, BLANK, extensions={"CustomExtensions": extensions})
    return {"order": [each.oid for each in der.extensions(pem)]}


_POINT: Final = "30233021a01fa01d861b687474703a2f2f63726c2e6578616d706c652f696163612e63726c"


@PASSTHROUGH.case(_OPEN, points=_POINT)
def _api_root_custom(aws: Session) -> Answers:
    """A distribution point of the request is copied into a root."""
    extensions = {"CustomExtensions": [custom(_POINTS, _POINT)]}
    pem = issuing.issued_root(aws, _ROOT_API, extensions=extensions)
    return {"points": der.extension(pem, _POINTS)}


@PASSTHROUGH.case(_OPEN, is_that_of_the_ca=True)
def _cdp_precedence(aws: Session) -> Answers:
    """The distribution point of the CA wins over that of the request."""
    extensions = {"CustomExtensions": [custom(_POINTS, _POINT)]}
    pem = issued(aws, API, kind="with CRL", extensions=extensions)
    ca_id = aws.shared("with CRL").rpartition("/")[2]
    return {"is_that_of_the_ca": ca_id in str(crls.point(pem))}


@PASSTHROUGH.case(_OPEN, name=f"!{der.dns_names('x').hex()}")
def _api_san_critical(aws: Session) -> Answers:
    """A name of ApiPassthrough is critical where the subject is empty."""
    csr = der.csr(der.san("y", critical=True), subject=der.name(""))
    extensions = {"SubjectAlternativeNames": [{"DnsName": "x"}]}
    return {"name": der.extension(issued(aws, API, csr, extensions=extensions), der.SAN)}


@PASSTHROUGH.case(_OPEN, key_usage=None)
def _api_no_key_usage(aws: Session) -> Answers:
    """A key usage with no bit is none."""
    return {"key_usage": outcome(aws, _KEY_USAGE, BLANK, extensions={"KeyUsage": {}})}


@PASSTHROUGH.case(_OPEN, codes=[_ARGS, _ARGS])
def _api_choices(aws: Session) -> Answers:
    """A purpose has a type or an OID."""
    both = {
        "ExtendedKeyUsageType": "CLIENT_AUTH",
        "ExtendedKeyUsageObjectIdentifier": "1.3.6.1.5.5.7.3.2",
    }
    asked = [{"ExtendedKeyUsage": [purpose]} for purpose in (both, {})]
    return {"codes": [code(aws, BLANK, extensions=extensions) for extensions in asked]}


@PASSTHROUGH.case(_OPEN, purposes="300a06082b06010505070302")
def _api_purposes_twice(aws: Session) -> Answers:
    """A purpose that comes twice is written once."""
    purposes = [{"ExtendedKeyUsageType": "CLIENT_AUTH"}] * 2
    extensions = {"ExtendedKeyUsage": purposes}
    return {"purposes": outcome(aws, "2.5.29.37", BLANK, extensions=extensions)}


@PASSTHROUGH.case(_OPEN, codes=[_ARGS] * 3)
def _api_policies(aws: Session) -> Answers:
    """A policy comes once, and the URI of a practice statement is ASCII and not empty."""
    policy = {"CertPolicyId": "1.3.6.1.4.1.99999.2"}
    uris = [
        {**policy, "PolicyQualifiers": [{"PolicyQualifierId": "CPS", "Qualifier": {"CpsUri": uri}}]}
        for uri in ("", "ü")
    ]
    asked = ([policy, policy], [uris[0]], [uris[1]])
    return {"codes": [code(aws, API, extensions={"CertificatePolicies": p}) for p in asked]}


@PASSTHROUGH.case(_OPEN, codes=[_ARGS] * 4)
def _api_general_names(aws: Session) -> Answers:
    """A name has to be one of its kind."""
    names: tuple[dict[str, str], ...] = (
        {},
        {"IpAddress": "10.0.0.0/8"},
        {"DnsName": "ü.example"},
        {"Rfc822Name": ""},
    )
    asked = [{"SubjectAlternativeNames": [name]} for name in names]
    return {"codes": [code(aws, API, extensions=extensions) for extensions in asked]}


@PASSTHROUGH.case(_OPEN, name="3013a011060a2b060104018237140203a0030c0178")
def _api_other_name(aws: Session) -> Answers:
    """The value of an OtherName is a UTF8String."""
    name = {"OtherName": {"TypeId": "1.3.6.1.4.1.311.20.2.3", "Value": "x"}}
    return {"name": outcome(aws, der.SAN, API, extensions={"SubjectAlternativeNames": [name]})}


@PASSTHROUGH.case(_OPEN, name="3010a50ea0050c03417367a1050c03507479")
def _api_edi_party(aws: Session) -> Answers:
    """The parts of an EdiPartyName are UTF8Strings."""
    name = {"EdiPartyName": {"NameAssigner": "Asg", "PartyName": "Pty"}}
    return {"name": outcome(aws, der.SAN, API, extensions={"SubjectAlternativeNames": [name]})}
