import json
import ssl
from datetime import timedelta
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from greeter import greeter, greeting

from pca_mock import Authority, Certificate, PcaMock


@pytest.fixture
def ca(pca: PcaMock) -> Authority:
    return pca.create_root_ca("Example Root CA", crl_bucket="crls", ocsp=True)


def test_a_revoked_certificate_is_in_the_crl(ca: Authority) -> None:
    good, bad = ca.issue("good.example.com"), ca.issue("bad.example.com")

    bad.revoke("KEY_COMPROMISE")

    assert [entry.serial_number for entry in ca.crl] == [bad.serial_number]
    assert (good.status, bad.status) == ("ISSUED", "REVOKED")


def test_a_tls_client_that_looks_into_the_crl_refuses(ca: Authority, tmp_path: Path) -> None:
    leaf = ca.issue("localhost")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_ssl_context(server)
    leaf.revoke()

    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ca.configure_trust(client)
    (tmp_path / "crl.pem").write_bytes(ca.crl.public_bytes(Encoding.PEM))
    client.load_verify_locations(tmp_path / "crl.pem")
    client.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF

    with greeter(server) as port, pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        greeting(client, port)


def ocsp_status(leaf: Certificate, pca: PcaMock) -> ocsp.OCSPCertStatus:
    builder = ocsp.OCSPRequestBuilder()
    request = builder.add_certificate(leaf.certificate, leaf.chain[0], hashes.SHA1()).build()
    answer = pca.ocsp_response(request.public_bytes(Encoding.DER))
    return ocsp.load_der_ocsp_response(answer).certificate_status


def test_ocsp_knows_a_revoked_certificate(pca: PcaMock, ca: Authority) -> None:
    leaf = ca.issue("localhost")
    assert ocsp_status(leaf, pca) is ocsp.OCSPCertStatus.GOOD

    leaf.revoke()

    assert ocsp_status(leaf, pca) is ocsp.OCSPCertStatus.REVOKED


def test_the_address_in_the_certificate_can_be_fetched(pca: PcaMock) -> None:
    with pca.serve_revocation() as url:
        host = url.removeprefix("http://")
        ca = pca.create_root_ca(
            RevocationConfiguration={
                "CrlConfiguration": {
                    "Enabled": True,
                    "ExpirationInDays": 7,
                    "S3BucketName": "crls",
                    "CustomCname": host,
                },
                "OcspConfiguration": {"Enabled": True, "OcspCustomCname": host},
            }
        )
        leaf = ca.issue("localhost")
        extensions = leaf.certificate.extensions
        (point,) = extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        assert point.full_name

        with build_opener(ProxyHandler({})).open(point.full_name[0].value) as response:
            assert x509.load_der_x509_crl(response.read()).issuer == leaf.certificate.issuer


@pytest.mark.pca(crl_delay=timedelta(minutes=30))
def test_as_on_aws_the_crl_may_come_later(pca: PcaMock, ca: Authority) -> None:
    leaf = ca.issue("localhost")
    leaf.revoke()
    assert not list(ca.crl)

    pca.clock.advance(minutes=30)

    assert [entry.serial_number for entry in ca.crl] == [leaf.serial_number]


def test_a_ca_is_revoked_at_the_one_above_it(pca: PcaMock, ca: Authority) -> None:
    issuing = ca.create_subordinate_ca("Example Issuing CA")

    issuing.revoke()

    assert [entry.serial_number for entry in ca.crl] == [issuing.certificate.serial_number]
    assert issuing.status == "ACTIVE"


def test_an_audit_report_lists_what_was_revoked(pca: PcaMock, ca: Authority) -> None:
    leaf = ca.issue("localhost")
    leaf.revoke("SUPERSEDED")

    report = pca.client().create_certificate_authority_audit_report(
        CertificateAuthorityArn=ca.arn, S3BucketName="reports", AuditReportResponseFormat="JSON"
    )

    rows = json.loads(pca.buckets["reports"][report["S3Key"]])
    reasons = {row["certificateArn"]: row.get("revocationReason") for row in rows}
    assert reasons[leaf.arn] == "SUPERSEDED"
