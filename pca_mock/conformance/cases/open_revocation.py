"""Open rules about revocation and audit reports."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from pca_mock.conformance import authorities
from pca_mock.conformance.cases import der, issuing, operations, responding
from pca_mock.conformance.cases.crls import crl_of, point, revoke
from pca_mock.conformance.cases.open_requests import PAGE
from pca_mock.conformance.cases.reporting import entries, report
from pca_mock.conformance.cases.sharing import shared_with
from pca_mock.conformance.ledger import TAG
from pca_mock.conformance.model import Answers, Area, CouldNotRun, Mark
from pca_mock.conformance.session import OK, Session

REVOCATION: Final = Area("open rules: revocation", PAGE)
REPORTS: Final = Area("open rules: audit reports", PAGE)
_OPEN: Final = Mark.OPEN
_REQUEST: Final = "InvalidRequestException"


def _serial(pem: str) -> str:
    return f"{der.certificate(pem).serial_number:032x}"


def _with_crl(aws: Session, **members: object) -> str:
    crl = authorities.crl_configuration(aws, **members)
    return authorities.active(aws, RevocationConfiguration={"CrlConfiguration": crl})


@REVOCATION.case(_OPEN, code=_REQUEST)
def _revoke_serials(aws: Session) -> Answers:
    """A serial number is hex without 0x."""
    return {"code": revoke(aws, aws.shared("root"), "0x1")}


@REVOCATION.case(_OPEN, code=_REQUEST)
def _revoke_errors(aws: Session) -> Answers:
    """An expired certificate cannot be revoked."""
    end = aws.now() + timedelta(seconds=aws.target.expiry)
    validity = {"Type": "ABSOLUTE", "Value": int(end.timestamp())}
    serial = _serial(issuing.issued(aws, Validity=validity))
    aws.sleep((end - aws.now()).total_seconds() + 1)
    return {"code": revoke(aws, aws.shared("root"), serial)}


@REVOCATION.case(_OPEN, code=_REQUEST)
def _revoke_self_signed(aws: Session) -> Answers:
    """A former certificate of a root is its own, too."""
    arn = aws.borrow("ACTIVE")
    former = _serial(issuing.ca_certificate(aws, arn))
    authorities.install(aws, arn)
    return {"code": revoke(aws, arn, former)}


@REVOCATION.case(_OPEN, status="ACTIVE")
def _revoke_subordinate(aws: Session) -> Answers:
    """The revocation of a CA's certificate doesn't change its status."""
    arn = aws.create(CertificateAuthorityType="SUBORDINATE")
    authorities.below(aws, arn, aws.shared("root"), "SubordinateCACertificate_PathLen0")
    revoke(aws, aws.shared("root"), _serial(issuing.ca_certificate(aws, arn)))
    answer = aws.call("DescribeCertificateAuthority", CertificateAuthorityArn=arn)
    return {"status": answer["CertificateAuthority"]["Status"]}


@REVOCATION.case(_OPEN, entries=0)
def _crl_times(aws: Session) -> Answers:
    """The first CRL is empty, and there as soon as a certificate names it."""
    arn = _with_crl(aws)
    return {"entries": len(crl_of(aws, issuing.issued_at(aws, arn)))}


@REVOCATION.case(_OPEN, code=OK)
def _crl_failure(_: Session) -> Answers:
    """A revocation succeeds where the CRL cannot be written."""
    raise CouldNotRun("needs a bucket whose policy may be changed")


@REVOCATION.case(_OPEN, newest_first=True, reasons=[None, "superseded"])
def _crl_content(aws: Session) -> Answers:
    """The newest revocation is the first; the reason “unspecified” is not written."""
    arn = _with_crl(aws)
    pems = [issuing.issued_at(aws, arn) for _ in range(2)]
    for pem, reason in zip(pems, ("SUPERSEDED", "UNSPECIFIED"), strict=True):
        revoke(aws, arn, _serial(pem), reason)
        aws.sleep(1)
    aws.until(lambda: len(crl_of(aws, pems[0])) == 2, "no CRL with both was written")
    listed = list(crl_of(aws, pems[0]))
    return {
        "newest_first": [f"{entry.serial_number:032x}" for entry in listed]
        == [_serial(pem) for pem in reversed(pems)],
        "reasons": [_reason(entry) for entry in listed],
    }


def _reason(entry: x509.RevokedCertificate) -> str | None:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
    except x509.ExtensionNotFound:
        return None


@REVOCATION.case(_OPEN, same=True)
def _crl_partitions(aws: Session) -> Answers:
    """Two certificates in a row are in the same partition."""
    arn = _with_crl(aws, CrlType="PARTITIONED")
    return {"same": len({point(issuing.issued_at(aws, arn)) for _ in range(2)}) == 1}


@REVOCATION.case(_OPEN, code=OK)
def _crl_type_change(aws: Session) -> Answers:
    """The type of a CA's CRLs may change; certificates stay with theirs."""
    arn = _with_crl(aws)
    pem = issuing.issued_at(aws, arn)
    crl = authorities.crl_configuration(aws, CrlType="PARTITIONED")
    code = aws.code(
        "UpdateCertificateAuthority",
        CertificateAuthorityArn=arn,
        RevocationConfiguration={"CrlConfiguration": crl},
    )
    revoke(aws, arn, _serial(pem))
    aws.until(lambda: len(crl_of(aws, pem)) == 1, "the CRL was not written again")
    return {"code": code}


@REVOCATION.case(_OPEN, keys=[f"{TAG}/{{ca}}.crl", "crl/{ca}/{partition}.crl"])
def _crl_keys(aws: Session) -> Answers:
    """CRLs have these keys."""
    keys = []
    for members in ({"CustomPath": TAG}, {"CrlType": "PARTITIONED"}):
        arn = _with_crl(aws, **members)
        ca_id = arn.rpartition("/")[2]
        url = str(point(issuing.issued_at(aws, arn)))
        key = url.partition("://")[2].partition("/")[2].replace(ca_id, "{ca}")
        folder, _, name = key.rpartition("/")
        keys.append(key if "{ca}" in name else f"{folder}/{{partition}}.crl")
    return {"keys": keys}


@REVOCATION.case(_OPEN, host="{bucket}.s3.{region of the CA}.amazonaws.com")
def _crl_host(_: Session) -> Answers:
    """The host of a distribution point has the region of the CA."""
    raise CouldNotRun("needs a bucket in another region")


@REVOCATION.case(_OPEN, content_type="application/pkix-crl")
def _crl_content_type(aws: Session) -> Answers:
    """CRLs have this content type."""
    pem = issuing.issued(aws, kind="with CRL")
    key = str(point(pem)).partition("://")[2].partition("/")[2]
    return {"content_type": _content_type(aws, key)}


def _content_type(aws: Session, key: str) -> str:
    content_type = aws.object(key).content_type
    if content_type is None:
        raise CouldNotRun("the target shows no content types")
    return content_type


@REVOCATION.case(_OPEN, seconds=3600, is_of_the_ca=True, nonce=False)
def _ocsp_answers(aws: Session) -> Answers:
    """OCSP answers are of the CA's key, apply for an hour, and repeat no nonce."""
    arn = aws.shared("with OCSP")
    pem = issuing.issued_at(aws, arn)
    answer = responding.answer_for(aws, pem)
    issuer: Any = der.certificate(issuing.ca_certificate(aws, arn)).public_key()
    digest = hashes.Hash(hashes.SHA1())
    digest.update(der.bits(issuer))
    end = answer.next_update_utc
    assert end is not None
    return {
        "seconds": int((end - answer.this_update_utc).total_seconds()),
        "is_of_the_ca": answer.responder_key_hash == digest.finalize(),
        "nonce": any(isinstance(each.value, x509.OCSPNonce) for each in answer.extensions),
    }


@REVOCATION.case(_OPEN, status="UNAUTHORIZED")
def _ocsp_unauthorized(aws: Session) -> Answers:
    """For a CA without OCSP, the responder answers “unauthorized”."""
    url = responding.responder(issuing.issued(aws, kind="with OCSP"))
    issuer = der.certificate(issuing.ca_certificate(aws, aws.shared("root")))
    builder = ocsp.OCSPRequestBuilder()
    builder = builder.add_certificate(der.certificate(issuing.issued(aws)), issuer, hashes.SHA1())
    request = builder.build().public_bytes(Encoding.DER)
    answer = ocsp.load_der_ocsp_response(aws.target.ocsp(str(url), request))
    return {"status": answer.response_status.name}


# Audit reports


@REPORTS.case(_OPEN, code="InvalidArgsException")
def _report_bucket(aws: Session) -> Answers:
    """A bucket has a name that S3 would accept."""
    operation = "CreateCertificateAuthorityAuditReport"
    return {"code": operations.code(aws, operation, aws.shared("root"), S3BucketName="a_b")}


@REPORTS.case(_OPEN, codes=[OK, OK])
def _report_frequency(aws: Session) -> Answers:
    """A second report may follow at once."""
    arn, operation = aws.borrow("ACTIVE"), "CreateCertificateAuthorityAuditReport"
    return {"codes": [operations.code(aws, operation, arn) for _ in range(2)]}


@REPORTS.case(_OPEN, newest_first=True)
def _report_order(aws: Session) -> Answers:
    """The newest certificate is the first."""
    arn = aws.borrow("ACTIVE")
    arns = [authorities.issue(aws, arn, **issuing.members())["CertificateArn"] for _ in range(2)]
    listed = [entry["certificateArn"] for entry in entries(aws, arn)]
    return {"newest_first": listed[:2] == arns[::-1]}


@REPORTS.case(_OPEN, is_second=True)
def _report_account(aws: Session) -> Answers:
    """A certificate has the account that asked for it."""
    arn = shared_with(aws, "IssueCertificate")
    request = issuing.members()
    issued = aws.second.call("IssueCertificate", CertificateAuthorityArn=arn, **request)
    (entry,) = (e for e in entries(aws, arn) if e["certificateArn"] == issued["CertificateArn"])
    return {"is_second": entry["awsAccountId"] == aws.second_account()}


@REPORTS.case(_OPEN, quoted=True, content_types=["text/csv", "application/json"])
def _report_form(aws: Session) -> Answers:
    """CSV doubles quotes; reports have these content types."""
    arn = aws.borrow("ACTIVE")
    issuing.issued_at(aws, arn, csr=der.csr(subject=der.name('a"b')))
    csv_answer, stored = report(aws, arn, "CSV")
    json_answer, _ = report(aws, arn)
    types = [_content_type(aws, each["S3Key"]) for each in (csv_answer, json_answer)]
    return {"quoted": b'"CN=a\\""b"' in stored.data, "content_types": types}


@REPORTS.case(_OPEN, subject="CN=a\\=b\\#c")
def _report_subjects(aws: Session) -> Answers:
    """Subjects are written as Java's X500Principal does."""
    arn = aws.borrow("ACTIVE")
    request = issuing.members(csr=der.csr(subject=der.name("a=b#c")))
    issued = authorities.issue(aws, arn, **request)["CertificateArn"]
    _, stored = report(aws, arn)
    (entry,) = (each for each in json.loads(stored.data) if each["certificateArn"] == issued)
    return {"subject": entry["subject"]}
