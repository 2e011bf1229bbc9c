"""Certificates that the real service issued: given the same inputs, we sign the same bytes.

Each names where it was published. Those in `tests/data/golden` were published whole: what isn't the
service's own work, such as the key and the serial number, is read from them.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any, Final

import pytest
from asn1crypto import x509 as asn1_x509

from pca_mock.pki import csr, issue, names
from pca_mock.pki.algorithms import SIGNING_ALGORITHMS
from pca_mock.pki.extensions import Extension, crl_distribution_point, ocsp_access
from pca_mock.pki.templates import TEMPLATES
from tests import oracles
from tests.issuance import attributes

GOLDEN: Final = oracles.DATA / "golden"

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
    """A published certificate, and its inputs.

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


def _rebuilt(vector: Vector) -> bytes:
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
        value = (crl_distribution_point(uri),) if uri else ()
        issuer = issue.Issuer(names.subject(subject), bytes.fromhex(key_identifier), value)
    template = TEMPLATES[f"{vector.template}/V1"]
    return issue.tbs_certificate(
        issue.contents(template, request, vector.api, issuer),
        vector.serial_number,
        datetime.fromisoformat(vector.not_before),
        datetime.fromisoformat(vector.not_after),
        SIGNING_ALGORITHMS[vector.signing],
    )


@pytest.mark.parametrize("vector", VECTORS, ids=attrgetter("name"))
def test_a_certificate_is_rebuilt_byte_for_byte_from_its_inputs(vector: Vector) -> None:
    tbs = _rebuilt(vector)

    assert _listed(tbs) == list(vector.extensions)
    assert hashlib.sha256(tbs).hexdigest() == vector.digest


@dataclass(frozen=True)
class Published:
    """A certificate in `tests/data/golden`, and how it was asked for.

    Attributes:
        subject: members of ASN1Subject, in the order of the Name; empty where a CSR had the Name.
        api: Extensions of the ApiPassthrough, of custom ones only the OIDs.
        digest: SHA-256 of the TBSCertificate.
    """

    file: str
    source: str
    template: str
    signing: str
    digest: str
    subject: tuple[str, ...] = ()
    api: Any = field(default_factory=dict)

    @cached_property
    def tbs(self) -> Any:
        """The published TBSCertificate, as asn1crypto reads it."""
        return oracles.certificate((GOLDEN / f"{self.file}.pem").read_text())["tbs_certificate"]

    def value(self, dotted: str) -> bytes:
        """The value of one of its extensions; empty without it."""
        result = [each for each in self.tbs["extensions"] if each["extn_id"].dotted == dotted]
        return bytes(result[0]["extn_value"].contents) if result else b""

    def uri(self, dotted: str) -> str:
        """The one URI in an extension's value, which it ends."""
        return self.value(dotted)[self.value(dotted).index(b"http") :].decode()


_CA_NAME: Final = ("Country", "Organization", "OrganizationalUnit", "State", "CommonName")
_MAIL: Final = {"Rfc822Name": "administrativo@dark-cam.com"}
PUBLISHED: Final = (
    Published(
        file="linkerd_leaf",
        source="a fork of linkerd2, Go package pcadelegate, 2019",
        template="EndEntityCertificate",
        signing="SHA256WITHRSA",
        digest="832351cee65ae6647e0b799b4da1826d71418239a16ccb61cfe875370931cd05",
    ),
    Published(
        file="vantage_gateway_ca",
        source="an answer of GetCertificate, 2022",
        template="SubordinateCACertificate_PathLen3",
        signing="SHA256WITHRSA",
        digest="ed219113e6830c11595f4fc3ed8d20b400aabc97a2b3418c0b0a009558abe12d",
        subject=("Country", "Organization", "CommonName"),
    ),
    Published(
        file="vantage_root",
        source="the same answer",
        template="RootCACertificate",
        signing="SHA256WITHRSA",
        digest="41e753ed0196e965ac8ce9ac396f4c83ddeb09fae4cd13f99f522704605d8353",
        subject=("Country", "Organization", "CommonName"),
    ),
    Published(
        file="matter_ack_paa",
        source="project-chip/connectedhomeip, credentials/production/paa-root-certs, 2022",
        template="RootCACertificate_APIPassthrough",
        signing="SHA256WITHECDSA",
        digest="c55c4e15b044df97ef6cbea685121de7c7158639e9d9e299279a476337e95b88",
        subject=("CustomAttributes",),
        api={"CustomExtensions": ["2.5.29.35"]},
    ),
    Published(
        file="aws_signer_root",
        source="root of AWS Signer, 2022",
        template="RootCACertificate",
        signing="SHA384WITHECDSA",
        digest="06bfcba3bd1c107c8ce93467aa3a07cda503426c6e793e270933e520f383e72f",
        subject=_CA_NAME,
    ),
    Published(
        file="code_signing_leaf",
        source="aws-samples/data-protection, usecase-7, 2019",
        template="CodeSigningCertificate",
        signing="SHA256WITHRSA",
        digest="85b0d49fd6f5b151cc14e0c156fb1f84c7b334579929bb607dc706f3f096f1cf",
    ),
    Published(
        file="darkcam_root",
        source="eduedudev/firmadigital-libreria, 2026",
        template="BlankRootCACertificate_APIPassthrough",
        signing="SHA256WITHRSA",
        digest="bc4c122f7b451cab4589b563eb479686999bb605b80a7d9be4e7b966ca06804f",
        subject=(*_CA_NAME, "Locality"),
        api={
            "KeyUsage": {"DigitalSignature": True, "KeyCertSign": True, "CRLSign": True},
            "SubjectAlternativeNames": [_MAIL],
            "CustomExtensions": ["2.5.29.32"],
        },
    ),
    Published(
        file="darkcam_short_ca",
        source="the same trust list",
        template="SubordinateCACertificate_PathLen0_APIPassthrough",
        signing="SHA256WITHRSA",
        digest="b0c1d56666af188399dc180173168fa6ca9a918a12a5e46ebabb3d1b2e83a467",
        subject=(*_CA_NAME, "Locality"),
        api={"SubjectAlternativeNames": [_MAIL], "CustomExtensions": ["2.5.29.32"]},
    ),
    Published(
        file="darkcam_ca",
        source="the same trust list",
        template="SubordinateCACertificate_PathLen0",
        signing="SHA256WITHRSA",
        digest="8a400d1e8a6ded1d90922244bc660f91820c1bc3db43bc76af3f90fdbc7581e9",
        subject=(*_CA_NAME, "Locality"),
    ),
    Published(
        file="argosdata_root",
        source="the same trust list",
        template="RootCACertificate",
        signing="SHA256WITHRSA",
        digest="c3d7ce74c4c5fab10f695fe440c5ccb303b2294919c5c2c80a49d75f3a2a9426",
        subject=("Country", "Organization", "OrganizationalUnit", "CommonName"),
    ),
    Published(
        file="nitro_regional_ca",
        source="evervault/attestation-doc-validation, 2022",
        template="SubordinateCACertificate_PathLen2",
        signing="SHA384WITHECDSA",
        digest="1d54490f587bfc3ef7c626098b0cc35fbe815a167b5ccc77586495dbdd97a39d",
        subject=("Country", "Organization", "OrganizationalUnit", "CommonName"),
    ),
)


def test_every_published_certificate_is_rebuilt() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {each.file for each in PUBLISHED}


@pytest.mark.parametrize("published", PUBLISHED, ids=attrgetter("file"))
def test_a_certificate_is_rebuilt_byte_for_byte_from_itself(published: Published) -> None:
    tbs = published.tbs
    validity = tbs["validity"]

    rebuilt = issue.tbs_certificate(
        _contents(published),
        tbs["serial_number"].native,
        validity["not_before"].native,
        validity["not_after"].native,
        SIGNING_ALGORITHMS[published.signing],
    )

    assert _listed(rebuilt) == _listed(tbs.dump())
    assert rebuilt == tbs.dump()
    assert hashlib.sha256(rebuilt).hexdigest() == published.digest


def _contents(published: Published) -> issue.Contents:
    """The certificate that the service makes from a published certificate's inputs."""
    tbs = published.tbs
    spki = tbs["subject_public_key_info"].dump()
    subject = tbs["subject"].dump()
    if published.subject:
        subject = names.subject(_api_subject(published))
    san = None
    if "SubjectAlternativeNames" not in published.api and published.value("2.5.29.17"):
        san = Extension("2.5.29.17", False, published.value("2.5.29.17"))
    request = csr.CertificateRequest(
        subject, spki, csr.key_identifier(spki), (san,) if san else (), san
    )
    custom = [
        {
            "ObjectIdentifier": dotted,
            "Value": base64.b64encode(published.value(dotted)).decode(),
        }
        for dotted in published.api.get("CustomExtensions", ())
    ]
    api: Any = {"Extensions": {**published.api, "CustomExtensions": custom}}
    return issue.contents(
        TEMPLATES[f"{published.template}/V1"], request, api, _issuer_of(published)
    )


def _api_subject(published: Published) -> Any:
    """The Name as the structure of the API."""
    result = [
        (attribute["type"].dotted, attribute["value"].native)
        for rdn in published.tbs["subject"].chosen
        for attribute in rdn
    ]
    if published.subject == ("CustomAttributes",):
        return attributes(*result)
    pairs = zip(published.subject, (text for _, text in result), strict=True)
    return dict(reversed(list(pairs)))  # which order a caller uses must not matter


def _issuer_of(published: Published) -> issue.Issuer | None:
    tbs = published.tbs
    if tbs["issuer"] == tbs["subject"]:
        return None
    value = []
    if published.value("2.5.29.31"):
        value.append(crl_distribution_point(published.uri("2.5.29.31")))
    if published.value("1.3.6.1.5.5.7.1.1"):
        value.append(ocsp_access(published.uri("1.3.6.1.5.5.7.1.1")))
    key_identifier = published.value("2.5.29.35")[-20:]
    return issue.Issuer(tbs["issuer"].dump(), key_identifier, tuple(value))


def _listed(tbs: bytes) -> list[str]:
    extensions: Any = asn1_x509.TbsCertificate.load(tbs, strict=True)["extensions"]
    return [
        f"{item['extn_id'].dotted}{'!' if item['critical'].native else ''} "
        f"{item['extn_value'].contents.hex()}"
        for item in extensions
    ]
