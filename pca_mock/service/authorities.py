"""The operations on certificate authorities themselves.

Sources: API_CreateCertificateAuthority, API_DescribeCertificateAuthority,
API_ListCertificateAuthorities, API_GetCertificateAuthorityCsr,
API_ImportCertificateAuthorityCertificate, API_GetCertificateAuthorityCertificate,
API_UpdateCertificateAuthority, API_DeleteCertificateAuthority, API_RestoreCertificateAuthority.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from pca_mock.clock import later, milliseconds
from pca_mock.errors import (
    CertificateMismatchException,
    InvalidArgsException,
    LimitExceededException,
    MalformedCertificateException,
    ValidationException,
)
from pca_mock.pki import certificate, chain, csr, extensions
from pca_mock.pki.algorithms import KEY_ALGORITHMS
from pca_mock.service import configuration, crls, happenings, paging, states
from pca_mock.service.access import is_shared
from pca_mock.service.context import CaContext, Context, Operation, Response
from pca_mock.service.publishing import CANNED_ACLS
from pca_mock.service.tags import read_tags, with_values
from pca_mock.service.validation import as_bytes
from pca_mock.state.authority import CertificateAuthority, InstalledCertificate, Status
from pca_mock.state.buckets import BucketError, StoredObject
from pca_mock.state.events import Creation
from pca_mock.structures import copied

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import (
        CreateCertificateAuthorityRequestTypeDef,
        DeleteCertificateAuthorityRequestTypeDef,
        DescribeCertificateAuthorityRequestTypeDef,
        GetCertificateAuthorityCertificateRequestTypeDef,
        GetCertificateAuthorityCsrRequestTypeDef,
        ImportCertificateAuthorityCertificateRequestTypeDef,
        ListCertificateAuthoritiesRequestTypeDef,
        RevocationConfigurationTypeDef,
        UpdateCertificateAuthorityRequestTypeDef,
    )

_NO_REVOCATION: Final[RevocationConfigurationTypeDef] = {
    "CrlConfiguration": {"Enabled": False},
    "OcspConfiguration": {"Enabled": False},
}
_CAS_PER_PAGE: Final = 100  # the most that a page ever holds
# The key of the object that is written to try a bucket, by the ACL of CRLs.
_PROBES: Final = {
    "PUBLIC_READ": "acm-pca-permission-test-key",
    "BUCKET_OWNER_FULL_CONTROL": "acm-pca-permission-test-key-private",
}
_RESTORABLE_DAYS: Final = 30


def create_certificate_authority(
    request: CreateCertificateAuthorityRequestTypeDef, ctx: Context
) -> Response:
    """Answer CreateCertificateAuthority: the new CA's ARN. Its key and CSR exist at once.

    Raises:
        InvalidArgsException: algorithms, key storage, subject, CSR extensions or revocation.
        InvalidTagException: a reserved key, or one twice.
        LimitExceededException: the account has too many CAs in this region.
        NotSupportedByPcaMock: a key that the installed `cryptography` cannot make.
        ValidationException: the bucket for the CRL cannot be written to.
    """
    # OPEN RULE create-order
    token = ("CreateCertificateAuthority", request.get("IdempotencyToken", ""))
    if token[1] and (earlier_arn := ctx.store.tokens.find(ctx.now, *token)):
        return {"CertificateAuthorityArn": earlier_arn}
    ca_configuration = request["CertificateAuthorityConfiguration"]
    partition = ctx.caller.partition
    configuration.check_algorithms(ca_configuration, partition)
    standard = configuration.key_storage_standard(
        request.get("KeyStorageSecurityStandard"), partition
    )
    subject = configuration.subject_name(ca_configuration)
    csr_extensions = extensions.for_csr(ca_configuration.get("CsrExtensions", {}))
    tags = with_values(read_tags(request.get("Tags", ())))
    revocation = configuration.revocation(
        request.get("RevocationConfiguration", {}), _NO_REVOCATION
    )
    algorithm = ctx.state.signing_algorithms[ca_configuration["SigningAlgorithm"]]
    now = milliseconds(ctx.now)
    delay = ctx.state.settings.creation_delay
    with ctx.begin(request, later(now, delay) if delay else None) as progress:
        _check_quota(ctx)
        KEY_ALGORITHMS[ca_configuration["KeyAlgorithm"]].check()
        _probe_bucket(ctx, revocation)
        key = ctx.state.keys.take(ca_configuration["KeyAlgorithm"])
        ca = CertificateAuthority(
            arn=ctx.state.new_arn(ctx.store),
            position=ctx.state.created + 1,
            type=request["CertificateAuthorityType"],
            configuration=ca_configuration,  # type: ignore[arg-type]
            key=key,
            spki=csr.spki_of(key),
            csr_pem=csr.create(subject, csr_extensions, key, algorithm),
            created_at=now,
            progress=progress,
            last_state_change_at=now,
            administrative_status=Status.PENDING_CERTIFICATE,
            revocation_configuration=revocation,
            key_storage_security_standard=standard,
            usage_mode=request.get("UsageMode", "GENERAL_PURPOSE"),
            tags=tags,
        )
        ctx.store.add(ca)
        ctx.state.created = ca.position
        happenings.begin(ctx.state, Creation(ca.arn, progress.failure), progress, ctx.now)
    if token[1]:
        ctx.store.tokens.remember(ctx.now, str(ca.arn), *token)
    return {"CertificateAuthorityArn": str(ca.arn)}


# OPEN RULE bucket-probe
def _probe_bucket(ctx: Context, revocation: RevocationConfigurationTypeDef) -> None:
    """Write a small object to the bucket for CRLs, as AWS does, to check its permissions.

    Source: User Guide, "Access policies for CRLs in Amazon S3".
    """
    crl = revocation["CrlConfiguration"]
    if not crl["Enabled"]:
        return
    bucket, acl = crl["S3BucketName"], crl["S3ObjectAcl"]
    item = StoredObject(
        bucket, _PROBES[acl], b"AWS Private CA permission test", "text/plain", CANNED_ACLS[acl]
    )
    try:
        ctx.buckets.write(item, ctx.caller.region)
    except BucketError:
        raise ValidationException(
            f"Permission error with your S3 bucket '{bucket}'. Check that your bucket policy, "
            "encryption settings, S3 Block Public Access settings, and global account permissions "
            "are configured correctly. For more information, check the service documentation."
        ) from None


def _check_quota(ctx: Context) -> None:
    quota = ctx.state.settings.limits.certificate_authorities
    if ctx.store.has(quota, ctx.now):
        raise LimitExceededException(
            f"You have reached the maximum number of certificate authorities ({quota}) "
            "for this account."
        )


def describe_certificate_authority(
    request: DescribeCertificateAuthorityRequestTypeDef, ctx: CaContext
) -> Response:
    """Answer DescribeCertificateAuthority: the CA, in any status."""
    description = _description(ctx.ca, ctx.now)
    ctx.ca.progress = ctx.ca.progress.polled()
    return {"CertificateAuthority": description}


# OPEN RULE list-order
def list_certificate_authorities(
    request: ListCertificateAuthoritiesRequestTypeDef, ctx: Context
) -> Response:
    """Answer ListCertificateAuthorities: CAs in the order of their creation, 100 at most.

    Raises:
        InvalidNextTokenException: the token isn't one of this listing.
    """
    owner = request.get("ResourceOwner", "SELF")
    listing = ("ListCertificateAuthorities", ctx.caller.account, ctx.caller.region, owner)
    after = paging.position(request.get("NextToken"), *listing)
    limit = min(request.get("MaxResults", _CAS_PER_PAGE), _CAS_PER_PAGE)
    candidates = ctx.store.after(after, ctx.now) if owner == "SELF" else _shared(ctx, after)
    authorities = list(islice(candidates, limit + 1))
    page: Response = {
        "CertificateAuthorities": [_description(ca, ctx.now) for ca in authorities[:limit]]
    }
    if len(authorities) > limit:
        page["NextToken"] = paging.token(authorities[limit - 1].position, *listing)
    return page


def _shared(ctx: Context, after: int) -> Iterator[CertificateAuthority]:
    """Other accounts' CAs in this region which the caller may describe, oldest first."""
    others = (store for store in ctx.state.stores_in(ctx.caller.region) if store is not ctx.store)
    oldest_first = merge(
        *(store.after(after, ctx.now) for store in others), key=attrgetter("position")
    )
    return (ca for ca in oldest_first if is_shared(ctx, ca, "acm-pca:DescribeCertificateAuthority"))


def get_certificate_authority_csr(
    request: GetCertificateAuthorityCsrRequestTypeDef, ctx: CaContext
) -> Response:
    """Answer GetCertificateAuthorityCsr: PEM text, the same one every time."""
    return {"Csr": ctx.ca.csr_pem}


def get_certificate_authority_certificate(
    request: GetCertificateAuthorityCertificateRequestTypeDef, ctx: CaContext
) -> Response:
    """Answer GetCertificateAuthorityCertificate: PEM texts; a root has no chain."""
    installed = ctx.ca.installed
    assert installed is not None  # the status table makes sure
    answer: Response = {"Certificate": installed.pem}
    if installed.chain:
        answer["CertificateChain"] = installed.chain_pem
    return answer


def import_certificate_authority_certificate(
    request: ImportCertificateAuthorityCertificateRequestTypeDef, ctx: CaContext
) -> Response:
    """Answer ImportCertificateAuthorityCertificate: install it, which makes the CA usable.

    Raises:
        MalformedCertificateException: unreadable, or a field that is not allowed.
        CertificateMismatchException: another key or subject than the CSR's, or a chain that
            doesn't verify it.
        InvalidRequestException: self-signed or not, with a chain or not, against the CA's type.
        NotSupportedByPcaMock: a key or a signature of a kind that is not known.
        ValidationException: basic constraints or path lengths.
    """
    ca = ctx.ca
    # OPEN RULE import-errors
    certificates = certificate.parse_pem(as_bytes(request["Certificate"]))
    if len(certificates) != 1:
        raise MalformedCertificateException("Exactly one PEM certificate is required.")
    (ca_certificate,) = certificates
    if ca_certificate.spki != ca.spki:
        raise CertificateMismatchException(
            "The certificate's public key does not match that of the certificate authority."
        )
    chain_pem = as_bytes(request.get("CertificateChain", b""))
    check = chain.check_root if ca.is_root else chain.check_subordinate
    check(ca_certificate, has_chain=bool(chain_pem))
    links = tuple(certificate.parse_pem(chain_pem))
    if chain_pem and not links:
        raise MalformedCertificateException("The certificate chain has no PEM certificate.")
    if not ca.is_root:
        chain.check_links(ca_certificate, links)
    chain.check_path(ca_certificate, links)
    chain.check_subject(ca_certificate, configuration.subject_name(ca.configuration))
    chain.check_names(ca_certificate, links)
    chain.check_expiry(ca_certificate, ctx.now)

    ca.installed = InstalledCertificate(ca_certificate, links)
    states.move(ca, states.with_new_certificate(ca), ctx.now)
    return {}


def update_certificate_authority(
    request: UpdateCertificateAuthorityRequestTypeDef, ctx: CaContext
) -> Response:
    """Answer UpdateCertificateAuthority: enable, disable, change CRL and OCSP; all or nothing.

    Raises:
        InvalidArgsException: another status, or a faulty revocation configuration.
        ValidationException: the bucket for the CRL cannot be written to.
    """
    ca = ctx.ca
    status = request.get("Status")
    if status is not None and status not in (Status.ACTIVE, Status.DISABLED):
        # OPEN RULE update-status
        raise InvalidArgsException("Status must be ACTIVE or DISABLED.")
    revocation = configuration.revocation(
        request.get("RevocationConfiguration", {}), ca.revocation_configuration
    )
    changes_crl = "CrlConfiguration" in request.get("RevocationConfiguration", {})
    if changes_crl:
        _probe_bucket(ctx, revocation)

    if changes_crl:
        crls.note_new_configuration(ctx.state, ca, revocation, ctx.now)
    ca.revocation_configuration = revocation
    if status is not None and status != ca.administrative_status:
        states.move(ca, Status(status), ctx.now)
    return {}


def delete_certificate_authority(
    request: DeleteCertificateAuthorityRequestTypeDef, ctx: CaContext
) -> Response:
    """Answer DeleteCertificateAuthority: for a time it can be restored, if it ever was usable."""
    ca = ctx.ca
    if states.is_removed_by_deletion(ca, ctx.now):
        ctx.store.remove(ca)
        return {}
    restorable_days = request.get("PermanentDeletionTimeInDays", _RESTORABLE_DAYS)
    states.move(ca, Status.DELETED, ctx.now)
    # OPEN RULE restorable-until
    ca.restorable_until = ca.last_state_change_at + timedelta(days=restorable_days)
    return {}


def restore_certificate_authority(_: object, ctx: CaContext) -> Response:
    """Answer RestoreCertificateAuthority: back to the status that it was deleted from."""
    ca = ctx.ca
    assert ca.deleted_from is not None  # it is DELETED
    states.move(ca, ca.deleted_from, ctx.now)
    return {}


# OPEN RULE describe-echo
def _description(ca: CertificateAuthority, now: datetime) -> Response:
    """The model's CertificateAuthority: a fresh structure without absent members."""
    status = states.status(ca, now)
    description: Response = {
        "Arn": str(ca.arn),
        "OwnerAccount": ca.arn.account,
        "CreatedAt": ca.created_at,
        "LastStateChangeAt": states.last_change(ca, now),
        "Type": ca.type,
        "Status": status.value,
        "CertificateAuthorityConfiguration": copied(ca.configuration),
        "RevocationConfiguration": copied(ca.revocation_configuration),
        "KeyStorageSecurityStandard": ca.key_storage_security_standard,
        "UsageMode": ca.usage_mode,
    }
    if ca.installed is not None:
        certificate = ca.installed.certificate
        description["Serial"] = str(certificate.serial_number)
        description["NotBefore"] = certificate.not_before
        description["NotAfter"] = certificate.not_after
    if status is Status.FAILED:
        description["FailureReason"] = ca.progress.failure
    if ca.restorable_until is not None:
        description["RestorableUntil"] = ca.restorable_until
    return description


# By their names on the wire.
OPERATIONS: Final = {
    "CreateCertificateAuthority": Operation(create_certificate_authority),
    "DeleteCertificateAuthority": Operation(delete_certificate_authority),
    "DescribeCertificateAuthority": Operation(describe_certificate_authority),
    "GetCertificateAuthorityCertificate": Operation(get_certificate_authority_certificate),
    "GetCertificateAuthorityCsr": Operation(get_certificate_authority_csr),
    "ImportCertificateAuthorityCertificate": Operation(import_certificate_authority_certificate),
    "ListCertificateAuthorities": Operation(list_certificate_authorities),
    "RestoreCertificateAuthority": Operation(restore_certificate_authority),
    "UpdateCertificateAuthority": Operation(update_certificate_authority),
}
