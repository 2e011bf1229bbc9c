"""OCSP: the responder's answers, and the certificates that name it."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from pca_mock.conformance import authorities
from pca_mock.conformance.authorities import Kind
from pca_mock.conformance.cases import der, issuing, operations
from pca_mock.conformance.cases.crls import revoke
from pca_mock.conformance.model import Answers, Area, Mark
from pca_mock.conformance.session import Session

AREA: Final = Area("OCSP", "User Guide, “Certificate revocation methods”; RFC 6960")
_ACCESS: Final = "1.3.6.1.5.5.7.1.1"


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


def revoked_answer(aws: Session, pem: str) -> ocsp.OCSPResponse:
    """The responder's answer as soon as it says that a certificate is revoked."""
    revoked = ocsp.OCSPCertStatus.REVOKED
    aws.until(
        lambda: answer_for(aws, pem).certificate_status is revoked, "the revocation didn't show"
    )
    return answer_for(aws, pem)


@AREA.case(status="good", verifies=True, certificates=0)
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


@AREA.case(status="revoked", seconds=True)
def _revoked(aws: Session) -> Answers:
    """A revoked certificate is revoked, since the moment of its revocation."""
    arn = aws.shared("with OCSP")
    issued = authorities.issue(aws, arn, **issuing.members())
    now = aws.now()
    revoke(aws, arn, issuing.serial(issued["CertificateArn"]))
    answer = revoked_answer(aws, issued["Certificate"])
    moment = answer.revocation_time_utc
    return {
        "status": answer.certificate_status.name.lower(),
        "seconds": moment is not None and abs((moment - now).total_seconds()) < 60,
    }


@AREA.case(status="unknown")
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
    AREA.add(
        f"url-{_name}",
        f"Certificates name the responder at this URL: {_name.replace('-', ' ')}.",
        partial(_access, _configuration),
        {"url": _url, "critical": False},
        Mark.OBSERVED,
        "User Guide, “Customizing OCSP”; certificates that AWS has issued",
    )


@AREA.case(responder=None)
def _roots_have_no_responder(aws: Session) -> Answers:
    """A root's own certificate names no responder."""
    return {"responder": responder(issuing.ca_certificate(aws, aws.shared("with OCSP")))}


@AREA.case(kept=True, source="User Guide, “Certificate revocation methods”")
def _passed_access_is_ignored(aws: Session) -> Answers:
    """An access in ApiPassthrough is ignored while the CA has OCSP."""
    passed = "301a301806082b06010505073001860c687474703a2f2f782e617061"
    extensions = {"CustomExtensions": [issuing.custom(_ACCESS, passed)]}
    pem = issuing.issued(aws, issuing.API, kind="with OCSP", extensions=extensions)
    return {"kept": der.extension(pem, _ACCESS) != passed}
