"""Issuing and fetching certificates: validity, algorithms, requests, names, tokens."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any, Final

from pca_mock.conformance import authorities
from pca_mock.conformance.authorities import Kind
from pca_mock.conformance.cases import der, issuing, operations
from pca_mock.conformance.model import Answers, Area, Mark
from pca_mock.conformance.session import OK, Session

AREA: Final = Area("certificates", "API_IssueCertificate")
_HOUR: Final = 3600
_DAY: Final = 86400
_VALIDITY: Final = "API_Validity; certificates that AWS has issued"
_BEYOND: Final = "The certificate validity specified exceeds the CA validity."


# Validity


def _period(validity: dict[str, Any], kind: Kind, aws: Session) -> Answers:
    begin, end = issuing.seconds(issuing.issued(aws, kind=kind, Validity=validity))
    moment = datetime.fromtimestamp(begin + _HOUR, timezone.utc)
    months = {"MONTHS": 1, "YEARS": 12}.get(validity["Type"], 0) * validity["Value"]
    expected = _later(moment, months) if months else moment + timedelta(days=validity["Value"])
    return {"seconds beside the period": int(end - expected.timestamp())}


def _later(moment: datetime, months: int) -> datetime:
    """The same day of a later month, or the last one before it."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


for _kind, _type, _value in (
    ("root", "DAYS", 1),
    ("root", "DAYS", 7),
    ("general root", "DAYS", 365),
    ("general root", "MONTHS", 1),
    ("general root", "MONTHS", 13),
    ("general root", "YEARS", 1),
    ("general root", "YEARS", 10),
):
    _shared: Kind = "root" if _kind == "root" else "general root"
    AREA.add(
        f"validity-{_value}-{_type}",
        f"{_value} {_type} are counted from the moment of issuance, an hour after the beginning.",
        partial(_period, {"Type": _type, "Value": _value}, _shared),
        {"seconds beside the period": 0},
        Mark.OBSERVED,
        _VALIDITY,
    )


def _ends(form: str | None, aws: Session) -> Answers:
    end = (aws.now() + timedelta(days=2)).replace(microsecond=0)
    value = int(end.timestamp()) if form is None else int(end.strftime(form))
    kind = "ABSOLUTE" if form is None else "END_DATE"
    _, until = issuing.seconds(issuing.issued(aws, Validity={"Type": kind, "Value": value}))
    return {"seconds beside the end": until - int(end.timestamp())}


for _type, _form, _words in (
    ("ABSOLUTE", None, "Unix seconds"),
    ("END_DATE-14", "%Y%m%d%H%M%S", "YYYYMMDDHHMMSS"),
    ("END_DATE-12", "%y%m%d%H%M%S", "YYMMDDHHMMSS"),
):
    AREA.add(
        f"validity-{_type}",
        f"The end of a certificate can be given as {_words}.",
        partial(_ends, _form),
        {"seconds beside the end": 0},
        Mark.DOCUMENTED,
        _VALIDITY,
    )


@AREA.case(beginnings=[0, 0], source=_VALIDITY)
def _validity_not_before(aws: Session) -> Answers:
    """ValidityNotBefore in Unix seconds is the beginning, in the past or in the future."""
    beside = []
    for days in (-100, 1):
        begin = int((aws.now() + timedelta(days=days)).timestamp())
        validity = {"Type": "DAYS", "Value": 3}
        pem = issuing.issued(
            aws, Validity=validity, ValidityNotBefore={"Type": "ABSOLUTE", "Value": begin}
        )
        beside.append(issuing.seconds(pem)[0] - begin)
    return {"beginnings": beside}


@AREA.case(Mark.OBSERVED, minutes=60, source=_VALIDITY)
def _begins_an_hour_earlier(aws: Session) -> Answers:
    """A certificate begins an hour before it is issued."""
    now = aws.now().timestamp()
    begin, _ = issuing.seconds(issuing.issued(aws))
    return {"minutes": round((now - begin) / 60)}


@AREA.case(
    Mark.OBSERVED, code="ValidationException", message=_BEYOND,
    source="User Guide, “RFC compliance”; Tetrate's AWS provider, 2021",
)  # fmt: skip
def _beyond_the_ca(aws: Session) -> Answers:
    """A certificate doesn't end after that of its CA."""
    return issuing.refusal(aws, kind="general root", Validity={"Type": "YEARS", "Value": 31})


@AREA.case(codes=[OK, "ValidationException"])
def _at_the_end_of_the_ca(aws: Session) -> Answers:
    """A certificate may end with that of its CA, and not a second later."""
    certificate = issuing.ca_certificate(aws, aws.shared("general root"))
    _, end = issuing.seconds(certificate)
    validities = [{"Type": "ABSOLUTE", "Value": end + more} for more in (0, 1)]
    return {"codes": [issuing.code(aws, kind="general root", Validity=each) for each in validities]}


@AREA.case(code="ValidationException", source="User Guide, “Short-lived certificates”")
def _short_lived(aws: Session) -> Answers:
    """A short-lived CA issues certificates for seven days at most."""
    return {"code": issuing.code(aws, Validity={"Type": "DAYS", "Value": 8})}


@AREA.case(types=["UTCTime", "GeneralizedTime"], source="RFC 5280, 4.1.2.5")
def _times_after_2049(aws: Session) -> Answers:
    """From 2050 on, an end is a GeneralizedTime."""
    arn = aws.shared("general root")
    csr = aws.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=arn)["Csr"].encode()
    types = []
    for value in (20491231235959, 20500101000000):
        validity = {"Type": "END_DATE", "Value": value}
        pem = issuing.issued_at(aws, arn, "RootCACertificate", csr, Validity=validity)
        tbs = der.children(der.certificate(pem).tbs_certificate_bytes)
        tag = der.children(tbs[4].whole)[1].tag
        types.append({0x17: "UTCTime", 0x18: "GeneralizedTime"}[tag])
    return {"types": types}


# Algorithms


def _signature(kind: Kind, algorithm: str, aws: Session) -> Answers:
    pem = issuing.issued(aws, kind=kind, SigningAlgorithm=algorithm)
    whole = der.children(der.decoded(pem))
    inner = der.children(whole[0].whole)[2].whole
    issuer = der.certificate(issuing.ca_certificate(aws, aws.shared(kind)))
    der.certificate(pem).verify_directly_issued_by(issuer)
    return {"algorithm": whole[1].whole.hex(), "same": inner == whole[1].whole}


def _pss(oid: str, length: str) -> str:
    """AlgorithmIdentifier of RSASSA-PSS with MGF1, the same hash and a salt of its length."""
    sha = f"300d0609608648016503040{oid}0500"
    begin, mgf1 = "304106092a864886f70d01010a3034a00f", "a11c301a06092a864886f70d010108"
    return f"{begin}{sha}{mgf1}{sha}a2030201{length}"


_RSA: Final = (
    ("SHA256WITHRSA", "300d06092a864886f70d01010b0500", Mark.OBSERVED),
    ("SHA384WITHRSA", "300d06092a864886f70d01010c0500", Mark.DOCUMENTED),
    ("SHA512WITHRSA", "300d06092a864886f70d01010d0500", Mark.DOCUMENTED),
    ("SHA256WITHRSA_PSS", _pss("201", "20"), Mark.OPEN),
    ("SHA384WITHRSA_PSS", _pss("202", "30"), Mark.OPEN),
    ("SHA512WITHRSA_PSS", _pss("203", "40"), Mark.OPEN),
)
_ECDSA: Final = (
    ("SHA256WITHECDSA", "300a06082a8648ce3d040302", Mark.OBSERVED),
    ("SHA384WITHECDSA", "300a06082a8648ce3d040303", Mark.OPEN),
    ("SHA512WITHECDSA", "300a06082a8648ce3d040304", Mark.OPEN),
)
for _name, _hex, _mark in (*_RSA, *_ECDSA):
    AREA.add(
        f"signed-with-{_name}",
        f"{_name} is the algorithm of the certificate's signature, which verifies.",
        partial(_signature, "RSA root" if "RSA" in _name else "root", _name),
        {"algorithm": _hex, "same": True},
        _mark,
        "API_IssueCertificate; RFC 4055 and 5758; certificates that AWS has issued",
    )


# Requests


@AREA.case(
    Mark.OBSERVED, code="MalformedCSRException",
    message="CSR must mark the SAN extension critical when it has an empty subject",
    source="cert-manager/aws-privateca-issuer issue 6, istio-csr issue 90",
)  # fmt: skip
def _empty_subject_with_a_name(aws: Session) -> Answers:
    """A CSR without a subject needs a critical alternative name."""
    return issuing.refusal(aws, csr=der.csr(der.san("x"), subject=der.tlv(0x30)))


@AREA.case(Mark.OBSERVED, name=f"!{der.dns_names('x').hex()}", subject="3000", source="istio")
def _empty_subject_with_a_critical_name(aws: Session) -> Answers:
    """A CSR without a subject and with a critical alternative name is certified as it is."""
    pem = issuing.issued(aws, csr=der.csr(der.san("x", critical=True), subject=der.tlv(0x30)))
    return {"name": der.extension(pem, der.SAN), "subject": der.raw_subject(pem)}


@AREA.case(code="MalformedCSRException", source="User Guide, “RFC compliance”")
def _neither_subject_nor_name(aws: Session) -> Answers:
    """A CSR has a subject or an alternative name."""
    return {"code": issuing.code(aws, csr=der.csr(subject=der.tlv(0x30)))}


@AREA.case(code="MalformedCSRException", source="User Guide, “Exceptions”")
def _wrong_signature(aws: Session) -> Answers:
    """A CSR whose signature is of another key is refused."""
    signature = der.key().sign(b"", der.ecdsa())
    return {"code": issuing.code(aws, csr=der.csr(sign=lambda _: signature))}


@AREA.case(
    Mark.OBSERVED, codes=["ValidationException"] * 4,
    source="AWS's own message about the pattern of CSRs, 2022",
)  # fmt: skip
def _other_forms_of_csr(aws: Session) -> Answers:
    """A CSR has the form that openssl prints: label, lines of 64 characters, nothing around."""
    encoded = der.decoded(der.csr().decode())
    text = der.csr()
    forms = (
        der.armoured(encoded, "NEW CERTIFICATE REQUEST"),
        b"text\n" + text,
        b"".join(text.splitlines()),
        encoded,
    )
    return {"codes": [issuing.code(aws, csr=form) for form in forms]}


@AREA.case(Mark.OBSERVED, subject=True, source="User Guide, “RFC compliance”")
def _subject_is_copied(aws: Session) -> Answers:
    """The subject of a CSR is copied byte for byte, in its order and with its string types."""
    subject = der.one_name(("2.5.4.3", 0x13, "x"), ("2.5.4.6", 0x13, "de"), ("2.5.4.10", 0x0C, ""))
    return {"subject": der.raw_subject(issuing.issued(aws, csr=der.csr(subject=subject)))
            == subject.hex()}  # fmt: skip


@AREA.case(key=True, source="User Guide, “RFC compliance”")
def _public_key_is_copied(aws: Session) -> Answers:
    """The public key of a CSR is copied byte for byte."""
    tbs = der.children(der.certificate(issuing.issued(aws)).tbs_certificate_bytes)
    return {"key": tbs[6].whole == der.spki(der.key())}


@AREA.case(Mark.OBSERVED, issuer=True, version=2, source="certificates that AWS has issued")
def _issuer(aws: Session) -> Answers:
    """The issuer of a certificate is the subject of its CA's, byte for byte; it is of version 3."""
    pem = issuing.issued(aws, kind="named")
    issuer = issuing.ca_certificate(aws, aws.shared("named"))
    return {
        "issuer": der.raw_issuer(pem) == der.raw_subject(issuer),
        "version": der.certificate(pem).version.value,
    }


@AREA.case(Mark.OBSERVED, message=True, source="aws-manager, source comments")
def _foreign_csr_of_a_root(aws: Session) -> Answers:
    """A root template with another CSR than the root's is refused with these words."""
    refusal = issuing.refusal(aws, "RootCACertificate")
    return {"message": "Root CA CSR is not provided" in str(refusal.get("message"))}


# Serial numbers, ARNs and answers


@AREA.case(
    Mark.OBSERVED, prefix=True, digits=True, serial=True,
    source="acceptance tests of Terraform; certificates that AWS has issued",
)  # fmt: skip
def _arn(aws: Session) -> Answers:
    """A certificate's ARN is that of its CA and its serial number, 32 hex digits in lower case."""
    arn = aws.shared("root")
    issued = authorities.issue(aws, arn, **issuing.members())
    prefix, _, digits = issued["CertificateArn"].rpartition("/certificate/")
    serial = der.certificate(issued["Certificate"]).serial_number
    return {
        "prefix": prefix == arn,
        "digits": len(digits) == 32 and digits == digits.lower(),
        "serial": int(digits, 16) == serial,
    }


@AREA.case(bits=True, different=True, source="RFC 5280; certificates that AWS has issued")
def _serial_numbers(aws: Session) -> Answers:
    """Serial numbers are random, of 128 bits."""
    serials = [der.certificate(issuing.issued(aws)).serial_number for _ in range(3)]
    bits = max(serial.bit_length() for serial in serials)
    return {"bits": 100 < bits <= 128, "different": len(set(serials)) == 3}


@AREA.case(chain=True, root_chain=False, source="API_GetCertificate")
def _chain(aws: Session) -> Answers:
    """The chain of a certificate goes from its CA up to the root, which is part of it."""
    root, below = aws.shared("root"), aws.shared("path length 0")
    issued = authorities.issue(aws, below, **issuing.members())
    certificates = [issuing.ca_certificate(aws, arn).strip() for arn in (below, root)]
    csr = aws.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=root)["Csr"].encode()
    own = authorities.issue(aws, root, **issuing.members("RootCACertificate", csr))
    return {
        "chain": issued["CertificateChain"].strip() == "\n".join(certificates),
        "root_chain": bool(own.get("CertificateChain")),
    }


@AREA.case(same=True, changed=True, source="API_IssueCertificate, IdempotencyToken")
def _idempotency(aws: Session) -> Answers:
    """The same token within five minutes gives the certificate that was issued with it."""
    arns = [
        issuing.issued_arn(aws, IdempotencyToken=token) for token in ("a" * 36, "a" * 36, "b" * 36)
    ]
    return {"same": arns[0] == arns[1], "changed": arns[1] != arns[2]}


@AREA.case(different=True)
def _no_token(aws: Session) -> Answers:
    """Without a token each call issues a certificate."""
    return {"different": issuing.issued_arn(aws) != issuing.issued_arn(aws)}


@AREA.case(
    code="RequestFailedException", source="User Guide, “Name constraints”; a CloudTrail sample"
)
def _name_constraints(aws: Session) -> Answers:
    """A name that the CA's name constraints exclude makes the issuance fail after the answer."""
    return {"code": operations.unpermitted_name(aws, "b.example")}


@AREA.case(code=OK, source="User Guide, “Name constraints”")
def _permitted_name(aws: Session) -> Answers:
    """A name that the CA's name constraints permit is certified."""
    return {"code": operations.unpermitted_name(aws, "a.example.com")}
