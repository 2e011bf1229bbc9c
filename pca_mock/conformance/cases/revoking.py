"""Revocation: the operation, CRLs and OCSP."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from pca_mock.conformance import authorities
from pca_mock.conformance.authorities import Kind
from pca_mock.conformance.cases import der, issuing, operations
from pca_mock.conformance.ledger import TAG
from pca_mock.conformance.model import Answers, Area, Mark
from pca_mock.conformance.session import OK, Session

AREA: Final = Area("revocation", "API_RevokeCertificate")
CRLS: Final = Area("CRLs", "User Guide, “Planning a CRL”")
OCSP: Final = Area("OCSP", "User Guide, “Certificate revocation methods”; RFC 6960")
_DISTRIBUTION_POINTS: Final = "2.5.29.31"
_ACCESS: Final = "1.3.6.1.5.5.7.1.1"


def revoke(aws: Session, arn: str, serial: str, reason: str = "SUPERSEDED") -> str:
    """The error code of revoking a certificate, or "ok"."""
    return aws.code(
        "RevokeCertificate",
        CertificateAuthorityArn=arn,
        CertificateSerial=serial,
        RevocationReason=reason,
    )


# The operation

_FORMS: Final = (
    ("plain", lambda serial: serial, Mark.OBSERVED),
    (
        "colons",
        lambda serial: ":".join(serial[i : i + 2] for i in range(0, 32, 2)),
        Mark.DOCUMENTED,
    ),
    ("without-leading-zeros", lambda serial: f"{int(serial, 16):x}", Mark.OBSERVED),
    ("capitals", str.upper, Mark.OPEN),
)


def _form(write: Any, aws: Session) -> Answers:
    serial = issuing.serial(issuing.issued_arn(aws))
    return {"code": revoke(aws, aws.shared("root"), write(serial))}


for _name, _write, _mark in _FORMS:
    AREA.add(
        f"serial-{_name}",
        f"A serial number can be written in this form: {_name.replace('-', ' ')}.",
        partial(_form, _write),
        {"code": OK},
        _mark,
    )

_REASONS: Final = (
    ("UNSPECIFIED", "unspecified"),
    ("KEY_COMPROMISE", "keyCompromise"),
    ("CERTIFICATE_AUTHORITY_COMPROMISE", "cACompromise"),
    ("AFFILIATION_CHANGED", "affiliationChanged"),
    ("SUPERSEDED", "superseded"),
    ("CESSATION_OF_OPERATION", "cessationOfOperation"),
    ("PRIVILEGE_WITHDRAWN", "privilegeWithdrawn"),
    ("A_A_COMPROMISE", "aACompromise"),
)


def _reason(reason: str, aws: Session) -> Answers:
    issued = authorities.issue(aws, aws.shared("with OCSP"), **issuing.members())
    serial = issuing.serial(issued["CertificateArn"])
    code = revoke(aws, aws.shared("with OCSP"), serial, reason)
    answer = _revoked_answer(aws, issued["Certificate"])
    shown = answer.revocation_reason
    return {"code": code, "reason": None if shown is None else shown.value}


for _word, _rfc in _REASONS:
    AREA.add(
        f"reason-{_word}",
        f"{_word} is RFC 5280's {_rfc} in OCSP answers.",
        partial(_reason, _word),
        {"code": OK, "reason": None if _rfc == "unspecified" else _rfc},
        Mark.OPEN if _rfc == "unspecified" else Mark.DOCUMENTED,
    )


@AREA.case(codes=[OK, "RequestAlreadyProcessedException", "RequestAlreadyProcessedException"])
def _revoked_already(aws: Session) -> Answers:
    """A certificate is revoked once, also for another reason."""
    arn, serial = aws.shared("root"), issuing.serial(issuing.issued_arn(aws))
    reasons = ("SUPERSEDED", "SUPERSEDED", "KEY_COMPROMISE")
    return {"codes": [revoke(aws, arn, serial, reason) for reason in reasons]}


@AREA.case(
    Mark.OBSERVED, code="InvalidRequestException",
    message="Self-signed certificate can not be revoked", source="User Guide; a pasted answer",
)  # fmt: skip
def _self_signed(aws: Session) -> Answers:
    """A root's own certificate cannot be revoked."""
    arn = aws.shared("root")
    serial = der.certificate(issuing.ca_certificate(aws, arn)).serial_number
    return aws.refusal(
        "RevokeCertificate",
        CertificateAuthorityArn=arn,
        CertificateSerial=f"{serial:032x}",
        RevocationReason="SUPERSEDED",
    )


@AREA.case(code="ResourceNotFoundException")
def _of_another_ca(aws: Session) -> Answers:
    """A certificate is revoked at the CA that has issued it."""
    serial = issuing.serial(issuing.issued_arn(aws))
    return {"code": revoke(aws, aws.shared("named"), serial)}


@AREA.case(code=OK)
def _of_a_subordinate(aws: Session) -> Answers:
    """The certificate of a subordinate CA is revoked at its parent."""
    arn = aws.create(CertificateAuthorityType="SUBORDINATE")
    authorities.below(aws, arn, aws.shared("root"), "SubordinateCACertificate_PathLen0")
    serial = der.certificate(issuing.ca_certificate(aws, arn)).serial_number
    return {"code": revoke(aws, aws.shared("root"), f"{serial:032x}")}


@AREA.case(same=True)
def _revoked_ones_can_be_fetched(aws: Session) -> Answers:
    """GetCertificate answers for revoked certificates as before."""
    arn = aws.shared("root")
    issued = authorities.issue(aws, arn, **issuing.members())
    revoke(aws, arn, issuing.serial(issued["CertificateArn"]))
    answer = aws.call(
        "GetCertificate", CertificateAuthorityArn=arn, CertificateArn=issued["CertificateArn"]
    )
    return {"same": answer["Certificate"] == issued["Certificate"]}


# Configuration

_CRL: Final = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "bucket"}


def configured(aws: Session, part: str, **members: object) -> str:
    """The code of an update with one part of the revocation configuration, at a CA of one's own."""
    return aws.code(
        "UpdateCertificateAuthority",
        CertificateAuthorityArn=aws.borrow(),
        RevocationConfiguration={f"{part}Configuration": members},
    )


@CRLS.case(codes=["InvalidArgsException"] * 2, source="API_CrlConfiguration")
def _disabled_with_members(aws: Session) -> Answers:
    """A part that is disabled has no other members."""
    crl = configured(aws, "Crl", Enabled=False, ExpirationInDays=7)
    return {"codes": [crl, configured(aws, "Ocsp", Enabled=False, OcspCustomCname="x.example")]}


@CRLS.case(codes=["InvalidArgsException"] * 3, source="API_CrlConfiguration, CustomCname")
def _names_with_a_scheme(aws: Session) -> Answers:
    """Custom names have no scheme."""
    crls = [{**_CRL, "CustomCname": f"{scheme}x.example"} for scheme in ("http://", "https://")]
    ocsp_code = configured(aws, "Ocsp", Enabled=True, OcspCustomCname="http://x.example")
    return {"codes": [*(configured(aws, "Crl", **crl) for crl in crls), ocsp_code]}


@CRLS.case(code="InvalidArgsException", source="API_CrlDistributionPointExtensionConfiguration")
def _custom_name_without_the_extension(aws: Session) -> Answers:
    """A custom name and an omitted extension exclude each other."""
    omitted = {"CrlDistributionPointExtensionConfiguration": {"OmitExtension": True}}
    return {"code": configured(aws, "Crl", **_CRL, **omitted, CustomCname="x.example")}


def _described(aws: Session, arn: str) -> dict[str, Any]:
    answer = aws.call("DescribeCertificateAuthority", CertificateAuthorityArn=arn)
    return dict(answer["CertificateAuthority"]["RevocationConfiguration"])


def _update(aws: Session, arn: str, **parts: object) -> None:
    aws.call(
        "UpdateCertificateAuthority", CertificateAuthorityArn=arn, RevocationConfiguration=parts
    )


@CRLS.case(Mark.OBSERVED, acl="PUBLIC_READ", enabled=True, source="acceptance tests of Terraform")
def _description(aws: Session) -> Answers:
    """Describe shows the ACL that applies where none was given."""
    crl = _described(aws, aws.shared("with CRL"))["CrlConfiguration"]
    return {"acl": crl.get("S3ObjectAcl"), "enabled": crl["Enabled"]}


@CRLS.case(Mark.OBSERVED, before="x.example", after=None, source="acceptance tests of Terraform")
def _update_replaces_the_part(aws: Session) -> Answers:
    """An update replaces the CRL configuration wholly."""
    arn = aws.borrow()
    crl = authorities.crl_configuration(aws)
    _update(aws, arn, CrlConfiguration={**crl, "CustomCname": "x.example"})
    before = _described(aws, arn)["CrlConfiguration"].get("CustomCname")
    _update(aws, arn, CrlConfiguration=crl)
    return {"before": before, "after": _described(aws, arn)["CrlConfiguration"].get("CustomCname")}


@CRLS.case(parts={"CrlConfiguration": {"Enabled": False}, "OcspConfiguration": {"Enabled": False}})
def _switched_off(aws: Session) -> Answers:
    """Of parts that are switched off, Describe shows only that."""
    arn = aws.borrow()
    off = {"Enabled": False}
    _update(aws, arn, CrlConfiguration=authorities.crl_configuration(aws))
    _update(aws, arn, CrlConfiguration=off, OcspConfiguration=off)
    return {"parts": _described(aws, arn)}


# CRLs


def _with_crl(aws: Session, **members: object) -> str:
    crl = authorities.crl_configuration(aws, **members)
    return authorities.active(aws, RevocationConfiguration={"CrlConfiguration": crl})


def point(pem: str) -> str | None:
    """The URL in a certificate's distribution point."""
    certificate = der.certificate(pem)
    try:
        extension = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)
    except x509.ExtensionNotFound:
        return None
    ((name,),) = [each.full_name for each in extension.value if each.full_name is not None]
    return str(name.value)


def crl_of(aws: Session, pem: str) -> x509.CertificateRevocationList:
    """The CRL that a certificate names."""
    url = point(pem)
    assert url is not None
    key = url.partition("://")[2].partition("/")[2]
    return x509.load_der_x509_crl(aws.object(key).data)


def _entry(aws: Session, pem: str) -> x509.RevokedCertificate:
    serial = der.certificate(pem).serial_number
    aws.until(
        lambda: crl_of(aws, pem).get_revoked_certificate_by_serial_number(serial) is not None,
        "no CRL with the certificate was written",
    )
    entry = crl_of(aws, pem).get_revoked_certificate_by_serial_number(serial)
    assert entry is not None
    return entry


def _points(changes: Any, aws: Session) -> Answers:
    arn = _with_crl(aws, **changes)
    url = point(issuing.issued_at(aws, arn))
    bucket, region, ca_id = aws.bucket, aws.target.region, arn.rpartition("/")[2]
    names = {bucket: "{bucket}", region: "{region}", ca_id: "{ca}"}
    for value, name in names.items():
        url = url and url.replace(value, name)
    return {"url": url}


_HOST: Final = "http://{bucket}.s3.{region}.amazonaws.com"
for _name, _changes, _url, _mark in (
    ("default", {}, f"{_HOST}/crl/{{ca}}.crl", Mark.DOCUMENTED),
    (
        "custom-name",
        {"CustomCname": "x.example"},
        "http://x.example/crl/{ca}.crl",
        Mark.DOCUMENTED,
    ),
    ("custom-path", {"CustomPath": TAG}, f"{_HOST}/{TAG}/{{ca}}.crl", Mark.OPEN),
    (
        "omitted",
        {"CrlDistributionPointExtensionConfiguration": {"OmitExtension": True}},
        None,
        Mark.DOCUMENTED,
    ),
):
    CRLS.add(
        f"distribution-point-{_name}",
        f"The distribution point has this URL: {_name.replace('-', ' ')}.",
        partial(_points, _changes),
        {"url": _url},
        _mark,
        "User Guide, “Planning a CRL”; certificates that AWS has issued",
    )


@CRLS.case(point=None, source="User Guide, “Template definitions”")
def _roots_have_no_distribution_point(aws: Session) -> Answers:
    """A root's own certificate has no distribution point."""
    return {"point": point(issuing.ca_certificate(aws, aws.shared("with CRL")))}


@CRLS.case(
    version="v2", verifies=True, issuer=True, critical=[], extensions=["2.5.29.20", "2.5.29.35"]
)
def _content(aws: Session) -> Answers:
    """A CRL is of version 2, signed by the CA, with a number and the CA's key identifier."""
    arn = aws.shared("with CRL")
    crl = crl_of(aws, issuing.issued_at(aws, arn))
    issuer = der.certificate(issuing.ca_certificate(aws, arn))
    public_key: Any = issuer.public_key()
    return {
        "version": "v2",
        "verifies": crl.is_signature_valid(public_key),
        "issuer": crl.issuer == issuer.subject,
        "critical": [each.oid.dotted_string for each in crl.extensions if each.critical],
        "extensions": sorted(each.oid.dotted_string for each in crl.extensions),
    }


@CRLS.case(
    seconds=7 * 86400 + 3600, number=True, source="User Guide: two CRLs as openssl shows them"
)
def _times(aws: Session) -> Answers:
    """A CRL begins an hour early; its number is the moment in milliseconds."""
    crl = crl_of(aws, issuing.issued(aws, kind="with CRL"))
    begin, end = crl.last_update_utc, crl.next_update_utc
    assert end is not None
    number = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    moment = int((begin + timedelta(hours=1)).timestamp())
    return {"seconds": int((end - begin).total_seconds()), "number": number // 1000 == moment}


@CRLS.case(reason="keyCompromise", seconds=True)
def _entry_of_a_revoked_certificate(aws: Session) -> Answers:
    """A revoked certificate is in the CRL, with its reason and the moment of its revocation."""
    arn = aws.shared("with CRL")
    issued = authorities.issue(aws, arn, **issuing.members())
    now = aws.now()
    revoke(aws, arn, issuing.serial(issued["CertificateArn"]), "KEY_COMPROMISE")
    entry = _entry(aws, issued["Certificate"])
    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    beside = abs((entry.revocation_date_utc - now).total_seconds())
    return {"reason": reason.value, "seconds": beside < 60}


@CRLS.case(critical=True, same=True, source="User Guide, “Planning a CRL”: partitioned CRLs")
def _partitioned(aws: Session) -> Answers:
    """A partitioned CRL has a critical issuing distribution point: the URL in certificates."""
    arn = _with_crl(aws, CrlType="PARTITIONED")
    pem = issuing.issued_at(aws, arn)
    crl = crl_of(aws, pem)
    extension = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
    assert extension.value.full_name is not None
    (name,) = extension.value.full_name
    return {"critical": extension.critical, "same": name.value == point(pem)}


@CRLS.case(Mark.OBSERVED, empty=True, key=True)
def _test_object(aws: Session) -> Answers:
    """The bucket gets a small object that tries it when CRLs are configured."""
    aws.shared("with CRL")
    data = aws.object("acm-pca-permission-test-key").data
    return {"empty": len(data) < 1000, "key": True}


# OCSP


def _request(aws: Session, pem: str, issuer: x509.Certificate) -> bytes:
    builder = ocsp.OCSPRequestBuilder()
    builder = builder.add_certificate(der.certificate(pem), issuer, hashes.SHA1())
    return builder.build().public_bytes(Encoding.DER)


def responder(pem: str) -> str | None:
    """The URL of a certificate's OCSP responder."""
    try:
        access = der.certificate(pem).extensions.get_extension_for_class(
            x509.AuthorityInformationAccess
        )
    except x509.ExtensionNotFound:
        return None
    (description,) = access.value
    return str(description.access_location.value)


def answer_for(aws: Session, pem: str, kind: Kind = "with OCSP") -> ocsp.OCSPResponse:
    """The responder's answer for a certificate of a shared CA."""
    issuer = der.certificate(issuing.ca_certificate(aws, aws.shared(kind)))
    url = responder(pem)
    assert url is not None
    return ocsp.load_der_ocsp_response(aws.target.ocsp(url, _request(aws, pem, issuer)))


def _revoked_answer(aws: Session, pem: str) -> ocsp.OCSPResponse:
    revoked = ocsp.OCSPCertStatus.REVOKED
    aws.until(
        lambda: answer_for(aws, pem).certificate_status is revoked, "the revocation didn't show"
    )
    return answer_for(aws, pem)


@OCSP.case(status="good", verifies=True, certificates=0)
def _good(aws: Session) -> Answers:
    """A certificate that isn't revoked is good; the answer is signed for the CA."""
    arn = aws.shared("with OCSP")
    answer = answer_for(aws, issuing.issued_at(aws, arn))
    issuer = der.certificate(issuing.ca_certificate(aws, arn))
    signer: Any = (answer.certificates or [issuer])[0].public_key()
    signer.verify(answer.signature, answer.tbs_response_bytes, der.ecdsa())
    return {
        "status": answer.certificate_status.name.lower(),
        "verifies": True,
        "certificates": len(answer.certificates),
    }


@OCSP.case(status="revoked", seconds=True)
def _revoked(aws: Session) -> Answers:
    """A revoked certificate is revoked, since the moment of its revocation."""
    arn = aws.shared("with OCSP")
    issued = authorities.issue(aws, arn, **issuing.members())
    now = aws.now()
    revoke(aws, arn, issuing.serial(issued["CertificateArn"]))
    answer = _revoked_answer(aws, issued["Certificate"])
    moment = answer.revocation_time_utc
    return {
        "status": answer.certificate_status.name.lower(),
        "seconds": moment is not None and abs((moment - now).total_seconds()) < 60,
    }


@OCSP.case(status="unknown")
def _unknown(aws: Session) -> Answers:
    """A serial number that the CA has not issued is unknown."""
    arn = aws.shared("with OCSP")
    issuer = der.certificate(issuing.ca_certificate(aws, arn))
    public_key: Any = issuer.public_key()
    name_hash, key_hash = (hashes.Hash(hashes.SHA1()) for _ in range(2))
    name_hash.update(issuer.subject.public_bytes())
    key_hash.update(der.bits(public_key))
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        name_hash.finalize(), key_hash.finalize(), int(operations.SERIAL, 16), hashes.SHA1()
    )
    url = responder(issuing.issued_at(aws, arn))
    assert url is not None
    encoded = builder.build().public_bytes(Encoding.DER)
    answer = ocsp.load_der_ocsp_response(aws.target.ocsp(url, encoded))
    return {"status": answer.certificate_status.name.lower()}


def _access(configuration: dict[str, Any], aws: Session) -> Answers:
    parts = {"OcspConfiguration": configuration}
    arn = authorities.active(aws, RevocationConfiguration=parts)
    pem = issuing.issued_at(aws, arn)
    url = responder(pem)
    value = der.extension(pem, _ACCESS)
    return {
        "url": url and url.replace(aws.target.region, "{region}"),
        "critical": value is not None and value.startswith("!"),
    }


for _name, _configuration, _url in (
    ("default", {"Enabled": True}, "http://ocsp.acm-pca.{region}.amazonaws.com"),
    (
        "custom-name",
        {"Enabled": True, "OcspCustomCname": "ocsp.example"},
        "http://ocsp.example",
    ),
    ("off", {"Enabled": False}, None),
):
    OCSP.add(
        f"url-{_name}",
        f"Certificates name the responder at this URL: {_name.replace('-', ' ')}.",
        partial(_access, _configuration),
        {"url": _url, "critical": False},
        Mark.OBSERVED,
        "User Guide, “Customizing OCSP”; certificates that AWS has issued",
    )


@OCSP.case(responder=None)
def _roots_have_no_responder(aws: Session) -> Answers:
    """A root's own certificate names no responder."""
    return {"responder": responder(issuing.ca_certificate(aws, aws.shared("with OCSP")))}


@OCSP.case(kept=True, source="User Guide, “Certificate revocation methods”")
def _passed_access_is_ignored(aws: Session) -> Answers:
    """An access in ApiPassthrough is ignored while the CA has OCSP."""
    passed = "301a301806082b06010505073001860c687474703a2f2f782e617061"
    extensions = {"CustomExtensions": [issuing.custom(_ACCESS, passed)]}
    pem = issuing.issued(aws, issuing.API, kind="with OCSP", extensions=extensions)
    return {"kept": der.extension(pem, _ACCESS) != passed}
