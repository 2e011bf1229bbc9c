"""CAs for stories: those that cases share, by kind, and how one gets its certificate or goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from botocore.exceptions import ClientError

from pca_mock.conformance.ledger import TAG

if TYPE_CHECKING:
    from pca_mock.conformance.session import Session

Kind = Literal[
    "root",
    "general root",
    "RSA root",
    "pending",
    "disabled",
    "expired",
    "deleted",
    "path length 0",
    "with CRL",
    "with OCSP",
    "named",
]
# The statuses of CAs that cases borrow.
Status = Literal["PENDING_CERTIFICATE", "ACTIVE", "EXPIRED"]
TEMPLATE: Final = "arn:aws:acm-pca:::template/{}/V1"


def install(
    aws: Session,
    arn: str,
    validity: dict[str, Any] | None = None,
    algorithm: str = "SHA256WITHECDSA",
    **members: object,
) -> dict[str, Any]:
    """Make a root sign itself, and import the certificate.

    Args:
        aws: the session.
        arn: of the root.
        validity: of its certificate, unless a month.
        algorithm: of its signature.
        members: further ones of IssueCertificate.

    Returns:
        What GetCertificate answered.
    """
    csr = aws.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=arn)["Csr"]
    issued = issue(
        aws,
        arn,
        Csr=csr.encode(),
        SigningAlgorithm=algorithm,
        TemplateArn=TEMPLATE.format("RootCACertificate"),
        Validity=validity or {"Type": "DAYS", "Value": 30},
        **members,
    )
    certificate = issued["Certificate"].encode()
    aws.call(
        "ImportCertificateAuthorityCertificate",
        CertificateAuthorityArn=arn,
        Certificate=certificate,
    )
    return issued


def issue(aws: Session, arn: str, **members: object) -> dict[str, Any]:
    """Issue a certificate and get it; the answer also has its CertificateArn."""
    certificate_arn = aws.call("IssueCertificate", CertificateAuthorityArn=arn, **members)[
        "CertificateArn"
    ]
    names = {"CertificateAuthorityArn": arn, "CertificateArn": certificate_arn}
    aws.wait_for("certificate_issued", **names)
    return {**aws.call("GetCertificate", **names), "CertificateArn": certificate_arn}


def below(aws: Session, arn: str, issuer: str, template: str, **members: object) -> None:
    """Have a CA certified by another CA of the run, and import the certificate."""
    csr = aws.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=arn)["Csr"]
    described = aws.call("DescribeCertificateAuthority", CertificateAuthorityArn=issuer)
    end = min(described["CertificateAuthority"]["NotAfter"], aws.now() + timedelta(days=6))
    issued = issue(
        aws,
        issuer,
        Csr=csr.encode(),
        SigningAlgorithm="SHA256WITHECDSA",
        TemplateArn=TEMPLATE.format(template),
        Validity={"Type": "ABSOLUTE", "Value": int(end.timestamp())},
        **members,
    )
    aws.call(
        "ImportCertificateAuthorityCertificate",
        CertificateAuthorityArn=arn,
        Certificate=issued["Certificate"].encode(),
        CertificateChain=issued["CertificateChain"].encode(),
    )


def disable(aws: Session, arn: str) -> None:
    """Switch a CA off."""
    aws.call("UpdateCertificateAuthority", CertificateAuthorityArn=arn, Status="DISABLED")


def delete(aws: Session, arn: str) -> None:
    """Delete a CA with the shortest restoration period, whatever its status.

    Raises:
        ClientError: AWS refuses it.
        WaiterError: it goes on being created.
    """
    try:
        status = _status(aws, arn)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return
        raise
    if status == "DELETED":
        return
    if status == "CREATING":
        aws.wait_for("certificate_authority_csr_created", CertificateAuthorityArn=arn)
    if status == "ACTIVE":
        aws.client.update_certificate_authority(CertificateAuthorityArn=arn, Status="DISABLED")
    aws.client.delete_certificate_authority(
        CertificateAuthorityArn=arn, PermanentDeletionTimeInDays=7
    )


def active(aws: Session, validity: dict[str, Any] | None = None, **changes: object) -> str:
    """Create a root with a certificate; the arguments are those of `Session.create`."""
    arn = aws.create(**changes)
    install(aws, arn, validity)
    return arn


def crl_configuration(aws: Session, **members: object) -> dict[str, Any]:
    """A CrlConfiguration that the target can fulfil."""
    return {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": aws.bucket, **members}


def ocsp_configuration(aws: Session) -> dict[str, Any]:
    """An OcspConfiguration with a responder that can be reached."""
    host = aws.target.revocation_host
    return {"Enabled": True, **({} if host is None else {"OcspCustomCname": host})}


# The makers of shared CAs


def _root(aws: Session) -> str:
    return active(aws)


def _general_root(aws: Session) -> str:
    return active(aws, {"Type": "YEARS", "Value": 30}, UsageMode="GENERAL_PURPOSE")


def _rsa_root(aws: Session) -> str:
    arn = aws.create(KeyAlgorithm="RSA_2048", SigningAlgorithm="SHA256WITHRSA")
    install(aws, arn, algorithm="SHA256WITHRSA")
    return arn


def _pending(aws: Session) -> str:
    return aws.create()


def _disabled(aws: Session) -> str:
    arn = active(aws)
    disable(aws, arn)
    return arn


def expired(aws: Session) -> str:
    """Create a root, and wait until its certificate has expired."""
    end = aws.now() + timedelta(seconds=aws.target.expiry)
    arn = active(aws, {"Type": "ABSOLUTE", "Value": int(end.timestamp())})
    aws.sleep((end - aws.now()).total_seconds() + 1)
    return arn


def _deleted(aws: Session) -> str:
    arn = aws.create()
    delete(aws, arn)
    return arn


def _path_length_0(aws: Session) -> str:
    arn = aws.create(CertificateAuthorityType="SUBORDINATE")
    below(aws, arn, aws.shared("root"), "SubordinateCACertificate_PathLen0")
    return arn


def _with_crl(aws: Session) -> str:
    host = aws.target.revocation_host
    crl = crl_configuration(aws, **({} if host is None else {"CustomCname": host}))
    return active(aws, RevocationConfiguration={"CrlConfiguration": crl})


def _with_ocsp(aws: Session) -> str:
    return active(aws, RevocationConfiguration={"OcspConfiguration": ocsp_configuration(aws)})


def _named(aws: Session) -> str:
    """With a subject of several members, in another order than AWS's."""
    return active(
        aws,
        Subject={
            "CommonName": "pca_mock conformance, named",
            "Locality": "Seattle",
            "State": "WA",
            "OrganizationalUnit": "Sales",
            "Organization": "Example Corp",
            "Country": "US",
        },
    )


MAKERS: Final[dict[Kind, Callable[[Session], str]]] = {
    "root": _root,
    "general root": _general_root,
    "RSA root": _rsa_root,
    "pending": _pending,
    "disabled": _disabled,
    "expired": expired,
    "deleted": _deleted,
    "path length 0": _path_length_0,
    "with CRL": _with_crl,
    "with OCSP": _with_ocsp,
    "named": _named,
}
NEW: Final[dict[Status, Callable[[Session], str]]] = {
    "PENDING_CERTIFICATE": lambda aws: aws.create(),
    "ACTIVE": active,
    "EXPIRED": expired,
}
_OFF: Final = {"CrlConfiguration": {"Enabled": False}, "OcspConfiguration": {"Enabled": False}}


def renew(aws: Session, arn: str) -> Status | None:
    """Take away what a case has given to a CA: tags, permissions, its policy, revocation.

    Returns:
        Its status now; None if it has none of those in which CAs are borrowed.
    """
    ca = {"CertificateAuthorityArn": arn}
    status = _status(aws, arn)
    if status == "DELETED":
        aws.client.restore_certificate_authority(**ca)
        status = _status(aws, arn)
    if status == "DISABLED":
        aws.client.update_certificate_authority(**ca, Status="ACTIVE")
        status = _status(aws, arn)
    if status not in NEW:
        return None
    aws.client.delete_policy(ResourceArn=arn)
    for permission in aws.client.list_permissions(**ca)["Permissions"]:
        names = {name: permission[name] for name in ("Principal", "SourceAccount")}
        aws.client.delete_permission(**ca, **names)
    tags = [tag for tag in aws.client.list_tags(**ca)["Tags"] if tag["Key"] != TAG]
    if tags:
        aws.client.untag_certificate_authority(**ca, Tags=tags)
    aws.client.update_certificate_authority(**ca, RevocationConfiguration=_OFF)
    return next(each for each in NEW if each == status)


def _status(aws: Session, arn: str) -> str:
    answer = aws.client.describe_certificate_authority(CertificateAuthorityArn=arn)
    return str(answer["CertificateAuthority"]["Status"])
