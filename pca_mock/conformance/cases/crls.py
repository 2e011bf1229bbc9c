"""CRLs: their configuration, the certificates that name them, their content."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, Final

from cryptography import x509

from pca_mock.conformance import authorities
from pca_mock.conformance.cases import der, issuing
from pca_mock.conformance.ledger import TAG
from pca_mock.conformance.model import Answers, Area, Mark
from pca_mock.conformance.session import Session

AREA: Final = Area("CRLs", "User Guide, “Planning a CRL”")


def revoke(aws: Session, arn: str, serial: str, reason: str = "SUPERSEDED") -> str:
    """The error code of revoking a certificate, or "ok"."""
    return aws.code(
        "RevokeCertificate",
        CertificateAuthorityArn=arn,
        CertificateSerial=serial,
        RevocationReason=reason,
    )


# Configuration

_CRL: Final = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "bucket"}


def configured(aws: Session, part: str, **members: object) -> str:
    """The code of an update with one part of the revocation configuration, at a CA of one's own."""
    return aws.code(
        "UpdateCertificateAuthority",
        CertificateAuthorityArn=aws.borrow(),
        RevocationConfiguration={f"{part}Configuration": members},
    )


@AREA.case(codes=["InvalidArgsException"] * 2, source="API_CrlConfiguration")
def _disabled_with_members(aws: Session) -> Answers:
    """A part that is disabled has no other members."""
    crl = configured(aws, "Crl", Enabled=False, ExpirationInDays=7)
    return {"codes": [crl, configured(aws, "Ocsp", Enabled=False, OcspCustomCname="x.example")]}


@AREA.case(codes=["InvalidArgsException"] * 3, source="API_CrlConfiguration, CustomCname")
def _names_with_a_scheme(aws: Session) -> Answers:
    """Custom names have no scheme."""
    crls = [{**_CRL, "CustomCname": f"{scheme}x.example"} for scheme in ("http://", "https://")]
    ocsp_code = configured(aws, "Ocsp", Enabled=True, OcspCustomCname="http://x.example")
    return {"codes": [*(configured(aws, "Crl", **crl) for crl in crls), ocsp_code]}


@AREA.case(code="InvalidArgsException", source="API_CrlDistributionPointExtensionConfiguration")
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


@AREA.case(Mark.OBSERVED, acl="PUBLIC_READ", enabled=True, source="acceptance tests of Terraform")
def _description(aws: Session) -> Answers:
    """Describe shows the ACL that applies where none was given."""
    crl = _described(aws, aws.shared("with CRL"))["CrlConfiguration"]
    return {"acl": crl.get("S3ObjectAcl"), "enabled": crl["Enabled"]}


@AREA.case(Mark.OBSERVED, before="x.example", after=None, source="acceptance tests of Terraform")
def _update_replaces_the_part(aws: Session) -> Answers:
    """An update replaces the CRL configuration wholly."""
    arn = aws.borrow()
    crl = authorities.crl_configuration(aws)
    _update(aws, arn, CrlConfiguration={**crl, "CustomCname": "x.example"})
    before = _described(aws, arn)["CrlConfiguration"].get("CustomCname")
    _update(aws, arn, CrlConfiguration=crl)
    return {"before": before, "after": _described(aws, arn)["CrlConfiguration"].get("CustomCname")}


@AREA.case(parts={"CrlConfiguration": {"Enabled": False}, "OcspConfiguration": {"Enabled": False}})
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
    AREA.add(
        f"distribution-point-{_name}",
        f"The distribution point has this URL: {_name.replace('-', ' ')}.",
        partial(_points, _changes),
        {"url": _url},
        _mark,
        "User Guide, “Planning a CRL”; certificates that AWS has issued",
    )


@AREA.case(point=None, source="User Guide, “Template definitions”")
def _roots_have_no_distribution_point(aws: Session) -> Answers:
    """A root's own certificate has no distribution point."""
    return {"point": point(issuing.ca_certificate(aws, aws.shared("with CRL")))}


@AREA.case(
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


@AREA.case(
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


@AREA.case(reason="keyCompromise", seconds=True)
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


@AREA.case(critical=True, same=True, source="User Guide, “Planning a CRL”: partitioned CRLs")
def _partitioned(aws: Session) -> Answers:
    """A partitioned CRL has a critical issuing distribution point: the URL in certificates."""
    arn = _with_crl(aws, CrlType="PARTITIONED")
    pem = issuing.issued_at(aws, arn)
    crl = crl_of(aws, pem)
    extension = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
    assert extension.value.full_name is not None
    (name,) = extension.value.full_name
    return {"critical": extension.critical, "same": name.value == point(pem)}


@AREA.case(Mark.OBSERVED, empty=True, key=True)
def _test_object(aws: Session) -> Answers:
    """The bucket gets a small object that tries it when CRLs are configured."""
    aws.shared("with CRL")
    data = aws.object("acm-pca-permission-test-key").data
    return {"empty": len(data) < 1000, "key": True}
