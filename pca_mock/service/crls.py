"""Which CRL a certificate is bound to, and when CRLs are published.

Sources: User Guide, "Planning a CRL", "Revocation setup"; API_CrlConfiguration. AWS publishes some
time after a revocation; here it is at once, unless `crl_delay` says otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from pca_mock.pki import crl, issue
from pca_mock.service import states
from pca_mock.service.model import dns_suffix
from pca_mock.state.authority import CertificateAuthority, RevocationList
from pca_mock.state.buckets import BucketError, StoredObject
from pca_mock.state.randomness import new_partition_name
from pca_mock.state.store import State

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import CrlConfigurationTypeDef

CANNED_ACLS: Final = {
    "PUBLIC_READ": "public-read",
    "BUCKET_OWNER_FULL_CONTROL": "bucket-owner-full-control",
}
_CONTENT_TYPE: Final = "application/pkix-crl"  # not documented
_LATEST: Final = datetime.max.replace(tzinfo=timezone.utc)
_RETRY_AFTER: Final = timedelta(minutes=15)


def configuration(ca: CertificateAuthority) -> CrlConfigurationTypeDef:
    """The CA's CrlConfiguration; `Enabled` is always there."""
    return ca.revocation_configuration["CrlConfiguration"]


def is_partitioned(ca: CertificateAuthority) -> bool:
    """Whether its configuration wants a CRL in partitions."""
    return configuration(ca).get("CrlType") == "PARTITIONED"


def is_complete(ca: CertificateAuthority) -> bool:
    """Whether its configuration wants a complete CRL."""
    return configuration(ca)["Enabled"] and not is_partitioned(ca)


def host_domain(ca: CertificateAuthority) -> str:
    """What the names of AWS's hosts in the CA's region end in."""
    return f"{ca.arn.region}.{dns_suffix(ca.arn.partition)}"


def for_new_certificate(
    state: State, ca: CertificateAuthority, now: datetime
) -> RevocationList | None:
    """The CRL that a certificate issued now is bound to; None while CRLs are switched off.

    Nothing is changed: `bind` does that, once the certificate exists.
    """
    if not configuration(ca)["Enabled"]:
        return None
    if not is_partitioned(ca):
        return _complete(ca, now)
    current = ca.crls.get(ca.current_partition) if ca.current_partition else None
    if current is not None and current.bound < state.settings.limits.certificates_per_partition:
        key = _key(ca, current.partition)
        if (current.key, current.uri) == (key, _uri(ca, key)):
            return current
    partition = new_partition_name(state.random)
    key = _key(ca, partition)
    return RevocationList(partition, _uri(ca, key), key, due_at=now)


def _complete(ca: CertificateAuthority, due_at: datetime) -> RevocationList:
    """The complete CRL, in the place where the configuration wants it now; due if that is new."""
    key = _key(ca, None)
    uri = _uri(ca, key)
    known = ca.crls.get(None)
    if known is None:
        found = RevocationList(None, uri, key, due_at)
        for serial in ca.revocations:
            if ca.certificates[serial].crl_partition is None:
                _list(ca, found, serial)
        return found
    if (known.key, known.uri) == (key, uri):
        return known
    return replace(known, key=key, uri=uri, due_at=due_at)


def _key(ca: CertificateAuthority, partition: str | None) -> str:
    """The S3 key of a CRL.

    Not documented: the path of a partition without CustomPath, read off real certificates.
    """
    folder = "crl" if partition is None else f"crl/{ca.arn.ca_id}"
    path = configuration(ca).get("CustomPath", folder).strip("/")
    return f"{path}/{partition or ca.arn.ca_id}.crl".lstrip("/")


def _uri(ca: CertificateAuthority, key: str) -> str:
    crl_configuration = configuration(ca)
    host = f"{crl_configuration['S3BucketName']}.s3.{host_domain(ca)}"
    return f"http://{crl_configuration.get('CustomCname', host)}/{key}"


def bind(state: State, ca: CertificateAuthority, found: RevocationList, now: datetime) -> None:
    """Note that a new certificate is bound to a CRL, which is published if it is new."""
    _keep(state, ca, found)
    if found.partition is not None:
        ca.current_partition = found.partition
    found.bound += 1
    refresh(state, now)


def _keep(state: State, ca: CertificateAuthority, found: RevocationList) -> None:
    ca.crls[found.partition] = found
    state.publishing[ca] = None
    state.crls_due_at = min(state.crls_due_at, found.due_at)


def _list(ca: CertificateAuthority, found: RevocationList, serial: str) -> None:
    """Enter a revoked certificate, as the newest one."""
    revocation, not_after = ca.revocations[serial], ca.certificates[serial].not_after
    entry = crl.Entry(int(serial, 16), revocation.revoked_at, revocation.reason)
    found.entries[serial] = entry.encode()
    found.first_expiry = min(found.first_expiry or not_after, not_after)


def note_revocation(state: State, ca: CertificateAuthority, serial: str, now: datetime) -> None:
    """Let the CRL that a revoked certificate is bound to be published."""
    partition = ca.certificates[serial].crl_partition
    found = ca.crls.get(partition)
    if found is None and partition is None and is_complete(ca):
        # Issued before CRLs were switched on: a complete one has it nevertheless.
        found = _complete(ca, now + state.settings.crl_delay)
        _keep(state, ca, found)
    if found is not None:
        _list(ca, found, serial)
        found.due_at = min(found.due_at, now + state.settings.crl_delay)
        state.crls_due_at = min(state.crls_due_at, found.due_at)
    refresh(state, now)


def note_new_configuration(state: State, ca: CertificateAuthority, now: datetime) -> None:
    """Publish all CRLs anew, which may be in another bucket from now on."""
    for found in ca.crls.values():
        found.due_at = now
    state.crls_due_at = now
    refresh(state, now)


def refresh(state: State, now: datetime) -> None:
    """Publish what is due: after a revocation, half-way to expiry, or after a failure."""
    if now < state.crls_due_at:
        return
    next_due_at = _LATEST
    for ca in state.publishing:
        if not configuration(ca)["Enabled"] or ca.is_gone(now):
            continue
        due = [found for found in ca.crls.values() if found.due_at <= now]
        if due and states.reports_revocation(ca, now):
            for found in due:
                _publish(state, ca, found, now)
        next_due_at = min(next_due_at, *(found.due_at for found in ca.crls.values()))
    state.crls_due_at = next_due_at


def _publish(state: State, ca: CertificateAuthority, found: RevocationList, now: datetime) -> None:
    crl_configuration = configuration(ca)
    lifetime = timedelta(days=crl_configuration["ExpirationInDays"])
    number = max(_milliseconds(now), found.last_number + 1)
    item = StoredObject(
        crl_configuration["S3BucketName"],
        found.key,
        _signed(state, ca, found, number=number, now=now, lifetime=lifetime),
        _CONTENT_TYPE,
        CANNED_ACLS[crl_configuration["S3ObjectAcl"]],
    )
    try:
        state.buckets.write(item, ca.arn.region)
    except BucketError:
        found.failed, found.due_at = True, now + _RETRY_AFTER
        return
    found.failed, found.due_at = False, now + lifetime / 2
    found.latest, found.last_number = item.data, number
    if found.first_expiry is not None and found.first_expiry < now:
        _drop_expired(ca, found, now)


def _drop_expired(ca: CertificateAuthority, found: RevocationList, now: datetime) -> None:
    """Take out what was in one CRL more after it had expired."""
    expiries = {serial: ca.certificates[serial].not_after for serial in found.entries}
    for serial, not_after in expiries.items():
        if not_after < now:
            del found.entries[serial]
    found.first_expiry = min((expiries[serial] for serial in found.entries), default=None)


def _signed(
    state: State,
    ca: CertificateAuthority,
    found: RevocationList,
    *,
    number: int,
    now: datetime,
    lifetime: timedelta,
) -> bytes:
    installed = ca.installed
    assert installed is not None  # its status is one of a CA with a certificate
    algorithm = state.signing_algorithms[ca.configuration["SigningAlgorithm"]]
    tbs_cert_list = crl.tbs_cert_list(
        issuer=installed.certificate.subject,
        key_identifier=installed.key_identifier,
        entries=reversed(found.entries.values()),
        number=number,
        generated_at=now,
        lifetime=lifetime,
        algorithm=algorithm,
        partition_uri=found.uri if found.partition is not None else None,
    )
    return issue.sign(tbs_cert_list, ca.key, algorithm)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def find(state: State, key: str) -> bytes | None:
    """A published CRL, by the key of its object, from whichever bucket it is in: DER."""
    with state.lock:
        refresh(state, state.clock.now())
        for ca in state.publishing:
            for found in ca.crls.values():
                if found.key == key and found.latest is not None:
                    return found.latest
    return None
