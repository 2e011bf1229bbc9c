"""Certificates that the real service issued: given the same inputs, we sign the same bytes.

Each vector names where it was published. Of the two last ones only the order of extensions is
tested: their other inputs were not published in full.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

import pytest
from asn1crypto import x509 as asn1_x509

from pca_mock.pki import csr, issue, names
from pca_mock.pki.algorithms import SIGNING_ALGORITHMS
from pca_mock.pki.extensions import Extension, crl_distribution_point, ocsp_access
from pca_mock.pki.templates import TEMPLATES
from tests.issuance import attributes

_GUIDE_CSR: Final = b"""-----BEGIN CERTIFICATE REQUEST-----
MIIC1DCCAbwCAQAwbTELMAkGA1UEBhMCVVMxFTATBgNVBAoMDEV4YW1wbGUgQ29y
cDEOMAwGA1UECwwFU2FsZXMxCzAJBgNVBAgMAldBMRgwFgYDVQQDDA93d3cuZXhh
bXBsZS5jb20xEDAOBgNVBAcMB1NlYXR0bGUwggEiMA0GCSqGSIb3DQEBAQUAA4IB
DwAwggEKAoIBAQDD+7eQChWUO2m6pHslI7AVSFkWvbQofKIHvbvy7wm8VO9/BuI7
LE/jrnd1jGoyI7jaMHKXPtEP3uNlCzv+oEza07OjgjqPZVehtA6a3/3vdQ1qCoD2
rXpv6VIzcq2onx2X7m+Zixwn2oY1l1ELXP7I5g0GmUStymq+pY5VARPy3vTRMjgC
JEiz8w7VvC15uIsHFAWa2/NvKyndQMPaCNft238wesV5s2cXOUS173jghIShg99o
ymf0TRUgvAGQMCXvsW07MrP5VDmBU7k/AZ9ExsUfMe2OB++fhfQWr2N7/lpC4+DP
qJTfXTEexLfRTLeLuGEaJL+c6fMyG+Yk53tZAgMBAAGgIjAgBgkqhkiG9w0BCQ4x
EzARMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBAA7xxLVI5s1B
qmXMMT44y1DZtQx3RDPanMNGLGO1TmLtyqqnUH49Tla+2p7nrl0tojUf/3PaZ52F
QN09SrFk8qtYSKnMGd5PZL0A+NFsNW+w4BAQNKlg9m617YEsnkztbfKRloaJNYoA
HZaRvbA0lMQ/tU2PKZR2vnao444Ugm0O/t3jx5rj817b31hQcHHQ0lQuXV2kyTrM
ohWeLf2fL+K0xJ9ZgXD4KYnY0zarpreA5RBeO5xs3Ms+oGWc13qQfMBx33vrrz2m
dw5iKjg71uuUUmtDV6ewwGa/VO5hNinYAfogdu5aGuVbnTFT3n45B8WHz2+9r0dn
bA7xUel1SuQ=
-----END CERTIFICATE REQUEST-----
"""
_P256: Final = "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
_P384: Final = "3076301006072a8648ce3d020106052b81040022036200"
_NITRO_CRL: Final = "http://aws-nitro-enclaves-crl.s3.amazonaws.com/crl/{}.crl".format(
    "ab4960cc-7d63-42bd-9e9f-59338cb67f84"
)
_VENDOR, _PRODUCT = "1.3.6.1.4.1.37244.2.1", "1.3.6.1.4.1.37244.2.2"


_PAA: Final = attributes(("2.5.4.3", "PAA"), (_VENDOR, "1381"))
_PAI: Final = attributes(("2.5.4.3", "PAI"), (_VENDOR, "1381"), (_PRODUCT, "1001"))
_NITRO: Final[Any] = {
    "Country": "US",
    "Organization": "Amazon",
    "OrganizationalUnit": "AWS",
    "CommonName": "aws.nitro-enclaves",
}


@dataclass(frozen=True)
class Vector:
    """A published certificate, and what it was made of.

    Attributes:
        subject: as the API has it; None where the CSR itself is known.
        spki: hex, or that CSR.
        issuer: (subject, key identifier in hex, CRL URI or ""); None for a root.
        extensions: in their order, `!` for critical, values in hex.
        digest: SHA-256 of the TBSCertificate.
    """

    name: str
    template: str
    signing: str
    serial_number: int
    not_before: str
    not_after: str
    subject: Any
    spki: str | bytes
    issuer: tuple[Any, str, str] | None
    extensions: tuple[str, ...]
    digest: str
    api: Any = field(default_factory=dict)


VECTORS: Final = (
    Vector(
        name="root of the User Guide's installation example",
        template="RootCACertificate",
        signing="SHA256WITHRSA",
        serial_number=0x822E39AAE54044E551010E64919961D2,
        not_before="2021-03-08T15:46:27+00:00",
        not_after="2022-03-08T16:46:27+00:00",
        subject=None,
        spki=_GUIDE_CSR,
        issuer=None,
        extensions=(
            "2.5.29.19! 30030101ff",
            "2.5.29.14 0414696dfeaf7dbcb932e89288364e4966a012becade",
            "2.5.29.15! 03020186",
        ),
        digest="4a5d6ec95575415b89194c016e4e274d666a0fdb8abb79ba16324a3253bdf2cf",
    ),
    Vector(
        name="Matter PAA of aws-samples/aws-private-ca-matter-infrastructure",
        template="RootCACertificate",
        signing="SHA256WITHECDSA",
        serial_number=0x7139772D55A8195CCE9858A97201B9F2,
        not_before="2023-01-24T18:57:50+00:00",
        not_after="2038-01-24T19:57:50+00:00",
        subject=_PAA,
        spki=_P256 + "310aef6383ece2f303688dc870c6a2c95027be0cfa91672b1fec9c520bb64901"
        "5080c719224085921d00113dc339d567fbd9c406371ea0c1ebeb0eb6760951f1",
        issuer=None,
        extensions=(
            "2.5.29.19! 30030101ff",
            "2.5.29.14 04148b83180b3c8a8b4765b5a3d80c8e8aa85a8f5a80",
            "2.5.29.15! 03020186",
        ),
        digest="ae63181cb9439197f7733aee210f383731c3de928cb64beecf6e94f2186d8824",
    ),
    Vector(
        name="Matter PAI below that PAA",
        template="BlankSubordinateCACertificate_PathLen0_APIPassthrough",
        signing="SHA256WITHECDSA",
        serial_number=0xFDD4264CE80657BB45BF2C8BAA561DBD,
        not_before="2023-02-13T18:07:46+00:00",
        not_after="2033-02-13T19:07:45+00:00",
        subject=_PAI,
        spki=_P256 + "850fd41e5e8185553d042d99a90be4392c04430b020bd6897f68698beed95e5b"
        "78bbbe8342441a4d5bbc1574bc651b468b387262f34d5b9a630c533252a2d95a",
        issuer=(_PAA, "8b83180b3c8a8b4765b5a3d80c8e8aa85a8f5a80", ""),
        extensions=(
            "2.5.29.19! 30060101ff020100",
            "2.5.29.35 301680148b83180b3c8a8b4765b5a3d80c8e8aa85a8f5a80",
            "2.5.29.14 041424748ed98347eb14064b90d1dfc0f4aa27acc926",
            "2.5.29.15! 0303070600",
        ),
        digest="dabb88e14659954823e32c418a17ee820fb654210a0047ba8f5983cee135a65e",
        api={"Extensions": {"KeyUsage": {"KeyCertSign": True, "CRLSign": True}}},
    ),
    Vector(
        name="root of AWS Nitro Enclaves",
        template="RootCACertificate",
        signing="SHA384WITHECDSA",
        serial_number=0xF93175681B90AFE11D46CCB4E4E7F856,
        not_before="2019-10-28T13:28:05+00:00",
        not_after="2049-10-28T14:28:05+00:00",
        subject=_NITRO,
        spki=_P384 + "04fc0254eba608c1f36870e29ada90be46383292736e894bfff672d989444b50"
        "51e534a4b1f6dbe3c0bc581a32b7b176070ede12d69a3fea211b66e752cf7dd1"
        "dd095f6f1370f4170843d9dc100121e4cf63012809664487c9796284304dc53ff4",
        issuer=None,
        extensions=(
            "2.5.29.19! 30030101ff",
            "2.5.29.14 04149025b50dd90547e796c396fa729dcf99a9df4b96",
            "2.5.29.15! 03020186",
        ),
        digest="a46fe80dc64025af6bf2ae6910748f02e2dd67737cb4f744ec080f52c400ba08",
    ),
    Vector(
        name="regional CA of AWS Nitro Enclaves, from an attestation document",
        template="SubordinateCACertificate_PathLen2",
        signing="SHA384WITHECDSA",
        serial_number=0x56BFC987FD05AC99C475061B1A65EEDC,
        not_before="2024-11-28T06:07:45+00:00",
        not_after="2024-12-18T07:07:45+00:00",
        subject={**_NITRO, "CommonName": "cbd82808fda8b44d.us-east-1.aws.nitro-enclaves"},
        spki=_P384 + "040713751f4391a24bf27d688c9fdde4b7eec0c4922af63f242186269602eca1"
        "2354e79356170287baa07dd84fa89834726891f9b4b27032b3e86000d32471a7"
        "9fbf1a30c1982ad4ed069ad96a7e11d9ae2b5cd6a93ad613ee559ed7f6385a9a89",
        issuer=(_NITRO, "9025b50dd90547e796c396fa729dcf99a9df4b96", _NITRO_CRL),
        extensions=(
            "2.5.29.19! 30060101ff020102",
            "2.5.29.35 301680149025b50dd90547e796c396fa729dcf99a9df4b96",
            "2.5.29.14 0414bfbd54a168f57f7391b66ca60a2836f30acfb9a1",
            "2.5.29.15! 03020186",
            f"2.5.29.31 30633061a05fa05d865b{_NITRO_CRL.encode().hex()}",
        ),
        digest="b9cf1403e68cfa7a72e53977a9bea06b33c57632f0998067a952dbcd5d862ac3",
    ),
)


def _rebuilt(vector: Vector, serial_number: int | None = None) -> bytes:
    if isinstance(vector.spki, bytes):
        request = csr.parse(vector.spki)
    else:
        spki = bytes.fromhex(vector.spki)
        request = csr.CertificateRequest(
            names.subject(vector.subject), spki, csr.key_identifier(spki), (), None
        )
    issuer = None
    if vector.issuer is not None:
        subject, key_identifier, uri = vector.issuer
        given = (crl_distribution_point(uri),) if uri else ()
        issuer = issue.Issuer(names.subject(subject), bytes.fromhex(key_identifier), given)
    template = TEMPLATES[f"{vector.template}/V1"]
    return issue.tbs_certificate(
        issue.contents(template, request, vector.api, issuer),
        vector.serial_number if serial_number is None else serial_number,
        datetime.fromisoformat(vector.not_before),
        datetime.fromisoformat(vector.not_after),
        SIGNING_ALGORITHMS[vector.signing],
    )


@pytest.mark.parametrize("vector", VECTORS, ids=attrgetter("name"))
def test_a_published_certificate_is_rebuilt_byte_for_byte(vector: Vector) -> None:
    assert hashlib.sha256(_rebuilt(vector)).hexdigest() == vector.digest


@pytest.mark.parametrize("vector", VECTORS, ids=attrgetter("name"))
def test_another_serial_number_makes_another_certificate(vector: Vector) -> None:
    changed = _rebuilt(vector, vector.serial_number + 1)

    assert hashlib.sha256(changed).hexdigest() != vector.digest


@pytest.mark.parametrize("vector", VECTORS, ids=attrgetter("name"))
def test_a_published_certificate_is_rebuilt_with_its_extensions(vector: Vector) -> None:
    tbs = asn1_x509.TbsCertificate.load(_rebuilt(vector), strict=True)

    assert _listed(tbs["extensions"]) == list(vector.extensions)


def _listed(extensions: Any) -> list[str]:
    return [
        f"{item['extn_id'].dotted}{'!' if item['critical'].native else ''} "
        f"{item['extn_value'].contents.hex()}"
        for item in extensions
    ]


_POLICIES: Final = "MAowCAYGKgMEBQYH"  # any value: only its place is looked at
_OWN_ORDER: Final = ["2.5.29.19", "2.5.29.35", "2.5.29.14", "2.5.29.15"]


@pytest.mark.parametrize(
    ("template", "api", "given", "order"),
    [
        pytest.param(
            "SubordinateCACertificate_PathLen0_APIPassthrough",
            {
                "SubjectAlternativeNames": [{"DnsName": "ca.example"}],
                "CustomExtensions": [{"ObjectIdentifier": "2.5.29.32", "Value": _POLICIES}],
            },
            (ocsp_access("http://ocsp.example"), crl_distribution_point("http://crl.example")),
            [*_OWN_ORDER, "2.5.29.17", "2.5.29.31", "1.3.6.1.5.5.7.1.1", "2.5.29.32"],
            id="subordinate CA of 2026 in the Ecuadorian trust list",
        ),
        pytest.param(
            "SubordinateCACertificate_PathLen0",
            {},
            (crl_distribution_point("http://crl.example"),),
            [*_OWN_ORDER, "2.5.29.31"],
            id="subordinate CA of 2025 in the Ecuadorian trust list",
        ),
    ],
)
def test_extensions_stand_in_the_order_of_published_certificates(
    template: str, api: Any, given: tuple[Extension, ...], order: list[str]
) -> None:
    guide = csr.parse(_GUIDE_CSR)
    issuer = issue.Issuer(names.subject(_NITRO), bytes(20), given)

    contents = issue.contents(TEMPLATES[f"{template}/V1"], guide, {"Extensions": api}, issuer)

    assert [extension.oid for extension in contents.extensions] == order
