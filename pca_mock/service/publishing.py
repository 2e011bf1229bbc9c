"""When CRLs are written, and how they are made.

AWS writes a CRL some time after a revocation; here it is at once, unless `crl_delay` delays it. It
is written again when half of its lifetime has passed, or 15 minutes after a failure. So that a
revocation costs the same however many there have been, the work waits until somebody looks:

- In memory a CRL is in its bucket at once, with the content that it has at that moment, but it is
  signed only when its bytes are read: through `pca.buckets`, a handle or HTTP.
- moto's S3 and an S3 endpoint need bytes. A CRL of up to 32 KiB (about 800 certificates) goes there
  at once, and so does one that has grown by a tenth since it was written. A larger one that has
  grown by less waits until somebody looks: a botocore client calls S3, `pca.buckets` or a handle is
  asked, the clock is set, a snapshot is taken, the mock ends. Only readers that don't use botocore
  may miss the latest tenth until then.

Sources: User Guide, "Planning a CRL"; API_CrlConfiguration.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from pca_mock.arns import AuthorityArn
from pca_mock.clock import LATEST, later
from pca_mock.pki import crl, issue
from pca_mock.service import states
from pca_mock.state.authority import CertificateAuthority, Crl, Listed, RevocationList
from pca_mock.state.buckets import BucketError, BucketSilentError, Content, StoredObject
from pca_mock.state.events import CrlWritten
from pca_mock.state.store import State

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import CrlConfigurationTypeDef

CANNED_ACLS: Final = {
    "PUBLIC_READ": "public-read",
    "BUCKET_OWNER_FULL_CONTROL": "bucket-owner-full-control",
}
# OPEN RULE crl-content-type
_CONTENT_TYPE: Final = "application/pkix-crl"
# User Guide, "Monitor AWS Private CA with CloudWatch Events".
_NOT_WRITTEN: Final = "Failed to write CRL to S3. Check your S3 bucket permissions."
_NO_ANSWER: Final = "Failed to write CRL to S3. Internal failure."
_RETRY_AFTER: Final = timedelta(minutes=15)


def configuration(ca: CertificateAuthority) -> CrlConfigurationTypeDef:
    """The CA's CrlConfiguration; `Enabled` is always there."""
    return ca.revocation_configuration["CrlConfiguration"]


def keep(state: State, ca: CertificateAuthority, revocation_list: RevocationList) -> None:
    """Remember a CRL, which is to be written regularly from now on."""
    ca.crls[revocation_list.partition] = revocation_list
    state.publishing[_name(ca, revocation_list)] = ca
    state.crls_due_at = min(state.crls_due_at, revocation_list.due_at)


def _name(ca: CertificateAuthority, revocation_list: RevocationList) -> str:
    """The last part of a CRL's key, without the ending."""
    return revocation_list.partition or ca.arn.ca_id


def _named(ca: CertificateAuthority, name: str) -> RevocationList:
    return ca.crls[None if name == ca.arn.ca_id else name]


def refresh(state: State, now: datetime) -> None:
    """Write the CRLs that are due: after a revocation, half-way to expiry, or after a failure."""
    if now < state.crls_due_at:
        return
    next_due_at = LATEST
    for name, ca in state.publishing.items():
        revocation_list = _named(ca, name)
        publish_if_due(state, ca, revocation_list, now)
        if configuration(ca)["Enabled"] and not ca.is_gone(now):
            next_due_at = min(next_due_at, revocation_list.due_at)
    state.crls_due_at = next_due_at


# OPEN RULE crl-times
def publish_if_due(
    state: State, ca: CertificateAuthority, revocation_list: RevocationList, now: datetime
) -> None:
    """Write a CRL if it is due, and if the CA publishes any at present."""
    if (
        revocation_list.due_at <= now
        and configuration(ca)["Enabled"]
        and not ca.is_gone(now)
        and states.reports_revocation(ca, now)
    ):
        _publish(state, ca, revocation_list, now)


def _publish(
    state: State, ca: CertificateAuthority, revocation_list: RevocationList, now: datetime
) -> None:
    crl_configuration = configuration(ca)
    lifetime = timedelta(days=crl_configuration["ExpirationInDays"])
    number = max(_milliseconds(now), revocation_list.last_number + 1)
    written = Crl(
        number, now, _content(state, ca, revocation_list, number=number, now=now, lifetime=lifetime)
    )
    item = StoredObject(
        crl_configuration["S3BucketName"],
        revocation_list.key,
        written.content,
        _CONTENT_TYPE,
        CANNED_ACLS[crl_configuration["S3ObjectAcl"]],
    )
    note = partial(_note_outcome, state, ca.arn, revocation_list, written)
    state.buckets.publish(item, ca.arn.region, note)
    revocation_list.last_number = number
    if revocation_list.due_at <= now:  # it hasn't failed yet
        revocation_list.due_at = later(now, lifetime / 2)


# OPEN RULE crl-failure
def _note_outcome(
    state: State,
    arn: AuthorityArn,
    revocation_list: RevocationList,
    written: Crl,
    error: BucketError | None,
) -> None:
    failure = None
    if error is not None:
        failure = _NO_ANSWER if isinstance(error, BucketSilentError) else _NOT_WRITTEN
    state.events.add(written.generated_at, CrlWritten(arn, failure))
    with state.lock:
        if error is None:
            revocation_list.failed = False
            latest = revocation_list.latest
            # Another thread may have written a later one meanwhile.
            if latest is None or latest.number < written.number:  # pragma: no branch: a race
                revocation_list.latest = written
        else:
            revocation_list.failed = True
            revocation_list.due_at = later(written.generated_at, _RETRY_AFTER)
            state.crls_due_at = min(state.crls_due_at, revocation_list.due_at)


def _content(
    state: State,
    ca: CertificateAuthority,
    revocation_list: RevocationList,
    *,
    number: int,
    now: datetime,
    lifetime: timedelta,
) -> Content:
    installed = ca.installed
    assert installed is not None  # its status is one of a CA with a certificate
    key, algorithm = ca.key, state.signing_algorithms[ca.configuration["SigningAlgorithm"]]
    uri = revocation_list.uri if revocation_list.partition is not None else None
    # Those that were in a CRL generated after their expiry are not in the next one.
    expired_before = (
        min(revocation_list.latest.generated_at, now)
        if revocation_list.latest is not None
        else None
    )
    newest = revocation_list.newest

    def make() -> bytes:
        tbs_cert_list = crl.tbs_cert_list(
            issuer=installed.certificate.subject,
            key_identifier=installed.key_identifier,
            entries=_entries(newest, expired_before),
            number=number,
            generated_at=now,
            lifetime=lifetime,
            algorithm=algorithm,
            partition_uri=uri,
        )
        return issue.sign(tbs_cert_list, key, algorithm)

    return Content(revocation_list.size, make)


def _entries(newest: Listed | None, expired_before: datetime | None) -> Iterator[bytes]:
    """The entries of a CRL, newest first."""
    while newest is not None:
        if expired_before is None or newest.not_after >= expired_before:
            yield newest.entry
        newest = newest.earlier


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def show(state: State) -> None:
    """Write all CRLs that are due or were put off, as somebody is going to look."""
    with state.lock:
        refresh(state, state.clock.now())
    state.buckets.send(everything=True)


def find(state: State, key: str) -> bytes | None:
    """A published CRL, by the key of its object, from whichever bucket it is in: DER."""
    show(state)
    name = key.rpartition("/")[2].removesuffix(".crl")
    with state.lock:
        ca = state.publishing.get(name)
        revocation_list = _named(ca, name) if ca is not None else None
        if revocation_list is None or revocation_list.key != key or revocation_list.latest is None:
            return None
        content = revocation_list.latest.content
    return bytes(content)
