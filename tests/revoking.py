"""Helpers for the tests of revocation: CAs with a CRL; CRLs and OCSP as others read them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from asn1crypto import core as asn1_core
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from botocore.exceptions import ClientError

from tests import oracles, shapes, support
from tests.inside import snapshot
from tests.issuance import CRL_DISTRIBUTION_POINTS
from tests.support import Ca, KeyHolder

if TYPE_CHECKING:
    from pca_mock import PcaMock

NOW: Final = datetime(2026, 11, 23, 14, 25, 49, tzinfo=timezone.utc)
BUCKET: Final = "crls"
REPORTS: Final = "reports"
REGION: Final = "us-east-1"
OCSP_ON: Final[Any] = {"OcspConfiguration": {"Enabled": True}}
CRL_OFF: Final[Any] = {"CrlConfiguration": {"Enabled": False}}
# RevocationReason -> CRLReason of RFC 5280, and openssl's name for it.
REASONS: Final = (
    ("UNSPECIFIED", None, "Unspecified"),
    ("KEY_COMPROMISE", 1, "Key Compromise"),
    ("CERTIFICATE_AUTHORITY_COMPROMISE", 2, "CA Compromise"),
    ("AFFILIATION_CHANGED", 3, "Affiliation Changed"),
    ("SUPERSEDED", 4, "Superseded"),
    ("CESSATION_OF_OPERATION", 5, "Cessation Of Operation"),
    ("PRIVILEGE_WITHDRAWN", 9, "Privilege Withdrawn"),
    ("A_A_COMPROMISE", 10, "AA Compromise"),
)
each_reason = pytest.mark.parametrize(("reason", "code", "text"), REASONS)


def crl_on(**more: Any) -> Any:
    """A RevocationConfiguration with a CRL that is valid for seven days."""
    configuration = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": BUCKET, **more}
    return {"CrlConfiguration": configuration}


def root(pca: PcaMock, common_name: str = "Test CA", **crl: Any) -> Ca:
    """An active root with CRL and OCSP; keyword arguments go into the CrlConfiguration."""
    client = pca.client(region_name=REGION)
    revocation = {**crl_on(**crl), **OCSP_ON}
    return support.root(
        client, support.configuration(common_name), RevocationConfiguration=revocation
    )


def update(ca: Ca, revocation: Any) -> None:
    """Change a CA's RevocationConfiguration."""
    ca.client.update_certificate_authority(
        CertificateAuthorityArn=ca.arn, RevocationConfiguration=revocation
    )


def set_status(ca: Ca, status: Any) -> None:
    """Enable or disable a CA."""
    ca.client.update_certificate_authority(CertificateAuthorityArn=ca.arn, Status=status)


@cache
def a_csr() -> bytes:
    """A CSR that all may share."""
    return KeyHolder().csr()


def issue(ca: Ca, days: int = 30, **request: Any) -> str:
    """Issue a leaf: its ARN."""
    return ca.issue(a_csr(), Validity={"Type": "DAYS", "Value": days}, **request)


def serial(certificate_arn: str) -> str:
    """The serial in a certificate's ARN: 32 hex digits."""
    return certificate_arn.rpartition("/")[2]


def revoke(ca: Ca, certificate_arn: str, reason: Any = "UNSPECIFIED") -> None:
    """Revoke a certificate of the CA, by its ARN."""
    revoke_serial(ca, serial(certificate_arn), reason)


def revoke_serial(ca: Ca, text: str, reason: Any = "UNSPECIFIED") -> None:
    """Revoke a certificate of the CA, by its serial as given."""
    ca.client.revoke_certificate(
        CertificateAuthorityArn=ca.arn, CertificateSerial=text, RevocationReason=reason
    )


def ca_id(ca: Ca) -> str:
    """The UUID in the CA's ARN."""
    return ca.arn.rpartition("/")[2]


def crl(pca: PcaMock, ca: Ca, bucket: str = BUCKET) -> bytes:
    """The CA's complete CRL, where it is by default: DER."""
    return pca.buckets[bucket][f"crl/{ca_id(ca)}.crl"]


def crls(pca: PcaMock, bucket: str = BUCKET) -> dict[str, bytes]:
    """All CRLs in a bucket, by key."""
    if bucket not in pca.buckets:
        return {}
    return {key: data for key, data in pca.buckets[bucket].items() if key.endswith(".crl")}


class CrlEntry(NamedTuple):
    """A revoked certificate as asn1crypto reads it; the reason is RFC 5280's code."""

    serial: str
    revoked_at: datetime
    reason: int | None


def parsed(crl_der: bytes) -> asn1_crl.CertificateList:
    """A CRL, parsed by asn1crypto."""
    return asn1_crl.CertificateList.load(crl_der, strict=True)


def entries(crl_der: bytes) -> list[CrlEntry]:
    """The serials that a CRL lists, in its order."""
    listed = parsed(crl_der)["tbs_cert_list"]["revoked_certificates"]
    result = []
    for item in listed:
        reason = None
        for extension in item["crl_entry_extensions"] or ():
            assert extension["extn_id"].native == "crl_reason"
            assert not extension["critical"].native
            reason = int.from_bytes(extension["extn_value"].parsed.contents, "big")
        result.append(
            CrlEntry(
                f"{item['user_certificate'].native:032x}", item["revocation_date"].native, reason
            )
        )
    return result


def listed(crl_der: bytes) -> list[str]:
    """The serials that a CRL lists, in its order."""
    return [entry.serial for entry in entries(crl_der)]


def number(crl_der: bytes) -> int:
    """The CRL number."""
    return int(parsed(crl_der).crl_number_value.native)


def distribution_point(pem: str) -> str | None:
    """The URI in a certificate's CDP extension, which must be the only one there."""
    extension = oracles.extension(pem, CRL_DISTRIBUTION_POINTS)
    if extension is None:
        return None
    assert not extension.critical
    (point,) = oracles.certificate(pem).crl_distribution_points_value
    assert point["reasons"].native is None
    assert point["crl_issuer"].native is None
    (name,) = point["distribution_point"].chosen
    assert name.name == "uniform_resource_identifier"
    return str(name.native)


# OCSP


def certificate_id(issuer_pem: str, serial_hex: str, hash_name: str = "sha1") -> dict[str, Any]:
    """A CertID for asn1crypto."""
    issuer = oracles.certificate(issuer_pem)
    bits = issuer.public_key["public_key"].contents[1:]
    return {
        "hash_algorithm": {"algorithm": hash_name, "parameters": asn1_core.Null()},
        "issuer_name_hash": hashlib.new(hash_name, issuer.subject.dump()).digest(),
        "issuer_key_hash": hashlib.new(hash_name, bits).digest(),
        "serial_number": int(serial_hex, 16),
    }


def ocsp_request(*certificate_ids: dict[str, Any], nonce: bytes | None = None) -> bytes:
    """An OCSPRequest, made by asn1crypto: DER."""
    tbs_request: dict[str, Any] = {"request_list": [{"req_cert": item} for item in certificate_ids]}
    if nonce is not None:
        tbs_request["request_extensions"] = [
            {"extn_id": "nonce", "critical": False, "extn_value": nonce}
        ]
    return bytes(asn1_ocsp.OCSPRequest({"tbs_request": tbs_request}).dump())


def ocsp_answer(pca: PcaMock, request: bytes) -> tuple[str, list[tuple[str, str]]]:
    """(response status, [(serial, certificate status)]) as asn1crypto reads them."""
    response = asn1_ocsp.OCSPResponse.load(pca.ocsp_response(request), strict=True)
    status = str(response["response_status"].native)
    if status != "successful":
        assert response["response_bytes"].native is None
        return status, []
    return status, [
        (f"{item['cert_id']['serial_number'].native:032x}", str(item["cert_status"].name))
        for item in response.response_data["responses"]
    ]


def ocsp_status(pca: PcaMock, ca: Ca, certificate_arn: str) -> str:
    """The OCSP status of a certificate of the CA: good, revoked, unknown, or an error."""
    request = ocsp_request(certificate_id(ca.certificate(), serial(certificate_arn)))
    status, answers = ocsp_answer(pca, request)
    return answers[0][1] if answers else status


# Audit reports


def create_report(ca: Ca, form: Any = "JSON", bucket: str = REPORTS) -> Any:
    """Create an audit report; return the service's answer."""
    answer = ca.client.create_certificate_authority_audit_report(
        CertificateAuthorityArn=ca.arn, S3BucketName=bucket, AuditReportResponseFormat=form
    )
    shapes.check("CreateCertificateAuthorityAuditReport", answer)
    return answer


def describe_report(ca: Ca, report_id: str) -> Any:
    """The service's description of an audit report."""
    answer = ca.client.describe_certificate_authority_audit_report(
        CertificateAuthorityArn=ca.arn, AuditReportId=report_id
    )
    shapes.check("DescribeCertificateAuthorityAuditReport", answer)
    return answer


# Refusals


def _remembered(pca: PcaMock) -> Any:
    """The mock's state, with the parts that revocation adds."""
    return snapshot(pca), [
        (dict(ca.revocations), dict(ca.reports), [replace(result) for result in ca.crls.values()])
        for ca in pca._state.all_authorities()
    ]


@contextmanager
def refused(code: str, pca: PcaMock, *, match: str | None = None) -> Iterator[None]:
    """The call inside must be refused with this code, and change nothing.

    Args:
        code: the error code.
        pca: the mock that must not change.
        match: a text (no regular expression) that the message must be.
    """
    before = _remembered(pca)
    objects = {name: dict(pca.buckets[name]) for name in pca.buckets}
    with pytest.raises(ClientError) as caught:
        yield
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    if match is not None:
        assert error["Message"] == match, error
    assert _remembered(pca) == before, "the refused call has changed something"
    assert {name: dict(pca.buckets[name]) for name in pca.buckets} == objects
