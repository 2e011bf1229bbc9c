"""What a CA's revocation configuration puts into the certificates that it issues.

Sources: User Guide, "Planning a CRL", "OCSP custom CNAME"; API_CrlConfiguration.
"""

from __future__ import annotations

from typing import Any

from pca_mock.pki import extensions
from pca_mock.pki.extensions import Extension
from pca_mock.service.model import dns_suffix
from pca_mock.state.authority import CertificateAuthority


def extensions_for_issued(ca: CertificateAuthority) -> tuple[Extension, ...]:
    """CRL distribution point and OCSP access, as far as the CA has them switched on."""
    found = []
    crl: Any = ca.revocation_configuration["CrlConfiguration"]
    omitted = crl.get("CrlDistributionPointExtensionConfiguration", {}).get("OmitExtension", False)
    if crl["Enabled"] and not omitted:
        found.append(extensions.crl_distribution_point(_crl_uri(ca, crl)))
    ocsp: Any = ca.revocation_configuration["OcspConfiguration"]
    if ocsp["Enabled"]:
        host = ocsp.get("OcspCustomCname", f"ocsp.acm-pca.{_domain(ca)}")
        found.append(extensions.ocsp_access(f"http://{host}"))
    return tuple(found)


def _crl_uri(ca: CertificateAuthority, crl: Any) -> str:
    host = crl.get("CustomCname", f"{crl['S3BucketName']}.s3.{_domain(ca)}")
    return f"http://{host}/{crl_key(ca, crl)}"


def crl_key(ca: CertificateAuthority, crl: Any) -> str:
    """The key of the S3 object that holds the CA's CRL (its current partition, if it has any).

    Not documented: the path of a partition without CustomPath, read off real certificates.
    """
    partitioned = crl.get("CrlType") == "PARTITIONED"
    name = ca.crl_partition if partitioned else ca.arn.ca_id
    folder = f"crl/{ca.arn.ca_id}" if partitioned else "crl"
    path = crl.get("CustomPath", folder).strip("/")
    return f"{path}/{name}.crl" if path else f"{name}.crl"


def _domain(ca: CertificateAuthority) -> str:
    return f"{ca.arn.region}.{dns_suffix(ca.arn.partition)}"
