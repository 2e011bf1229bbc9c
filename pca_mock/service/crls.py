"""Which CRL a certificate is bound to, and which certificates a CRL lists.

`publishing` decides when it is written.

Sources: User Guide, "Planning a CRL", "Revocation setup"; API_CrlConfiguration.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING

from pca_mock.clock import later
from pca_mock.pki import crl
from pca_mock.service import publishing
from pca_mock.service.model import dns_suffix
from pca_mock.service.publishing import configuration
from pca_mock.state.authority import CertificateAuthority, Listed, Revocation, RevocationList
from pca_mock.state.randomness import new_partition_name
from pca_mock.state.store import State

if TYPE_CHECKING:
    from mypy_boto3_acm_pca.type_defs import RevocationConfigurationTypeDef


def is_partitioned(ca: CertificateAuthority) -> bool:
    """Whether the CA's configuration has a CRL in partitions."""
    return configuration(ca).get("CrlType") == "PARTITIONED"


def is_complete(ca: CertificateAuthority) -> bool:
    """Whether the CA's configuration has a complete CRL."""
    return configuration(ca)["Enabled"] and not is_partitioned(ca)


def host_domain(ca: CertificateAuthority) -> str:
    """The ending of the names of AWS's hosts in the CA's region."""
    return f"{ca.arn.region}.{dns_suffix(ca.arn.partition)}"


def reachable(state: State, host: str) -> str:
    """A host of AWS's or, while the mock serves CRLs and OCSP itself, its own with the port."""
    return state.serving[-1] if state.serving else host


def for_new_certificate(
    state: State, ca: CertificateAuthority, now: datetime
) -> RevocationList | None:
    """The CRL that a certificate issued now is bound to; None while CRLs are switched off.

    Nothing is changed: `bind` does that, once the certificate exists.
    """
    if not configuration(ca)["Enabled"]:
        return None
    if not is_partitioned(ca):
        return _complete(state, ca, now)
    current = ca.crls.get(ca.current_partition) if ca.current_partition else None
    # OPEN RULE crl-partitions
    if current is not None and current.bound < state.settings.limits.certificates_per_partition:
        key = _key(ca, current.partition)
        if (current.key, current.uri) == (key, _uri(state, ca, key)):
            return current
    partition = new_partition_name(state.random)
    key = _key(ca, partition)
    return RevocationList(partition, _uri(state, ca, key), key, due_at=now)


def _complete(state: State, ca: CertificateAuthority, due_at: datetime) -> RevocationList:
    """The complete CRL, in the place of the present configuration; due if that is new."""
    key = _key(ca, None)
    uri = _uri(state, ca, key)
    current = ca.crls.get(None)
    if current is None:
        revocation_list = RevocationList(None, uri, key, due_at)
        for serial, revocation in ca.revocations.items():
            if ca.certificates[serial].crl_partition is None:
                _list(ca, revocation_list, serial, revocation)
        return revocation_list
    if (current.key, current.uri) == (key, uri):
        return current
    return replace(current, key=key, uri=uri, due_at=due_at)


def _key(ca: CertificateAuthority, partition: str | None) -> str:
    """The S3 key of a CRL."""
    # OPEN RULE crl-keys
    folder = "crl" if partition is None else f"crl/{ca.arn.ca_id}"
    path = configuration(ca).get("CustomPath", folder).strip("/")
    return f"{path}/{partition or ca.arn.ca_id}.crl".lstrip("/")


# OPEN RULE crl-host
def _uri(state: State, ca: CertificateAuthority, key: str) -> str:
    crl_configuration = configuration(ca)
    host = reachable(state, f"{crl_configuration['S3BucketName']}.s3.{host_domain(ca)}")
    return f"http://{crl_configuration.get('CustomCname', host)}/{key}"


def bind(
    state: State, ca: CertificateAuthority, revocation_list: RevocationList, now: datetime
) -> None:
    """Bind a new certificate to a CRL, which is published if it is new.

    Where a bucket of the tester's raises an error of its own, nothing has changed.
    """
    if revocation_list.due_at <= now:
        with _unchanged_by_errors(revocation_list):
            publishing.publish_if_due(state, ca, revocation_list, now)
    publishing.keep(state, ca, revocation_list)
    revocation_list.bound += 1
    if revocation_list.partition is not None:
        ca.current_partition = revocation_list.partition


def note_revocation(
    state: State, ca: CertificateAuthority, serial: str, revocation: Revocation, now: datetime
) -> None:
    """List a revoked certificate in the CRL that it is bound to, and publish that.

    Where a bucket of the tester's raises an error of its own, nothing has changed.
    """
    partition = ca.certificates[serial].crl_partition
    due_at = later(now, state.settings.crl_delay)
    revocation_list = ca.crls.get(partition)
    if revocation_list is None and partition is None and is_complete(ca):
        # Issued before CRLs were switched on: a complete one has it nevertheless.
        revocation_list = _complete(state, ca, due_at)
    if revocation_list is None:
        return
    with _unchanged_by_errors(revocation_list):
        _list(ca, revocation_list, serial, revocation)
        revocation_list.due_at = min(revocation_list.due_at, due_at)
        publishing.publish_if_due(state, ca, revocation_list, now)
    publishing.keep(state, ca, revocation_list)


def _list(
    ca: CertificateAuthority, revocation_list: RevocationList, serial: str, revocation: Revocation
) -> None:
    """Enter a revoked certificate into a CRL, as the newest one."""
    entry = crl.Entry(int(serial, 16), revocation.revoked_at, revocation.reason).encode()
    revocation_list.newest = Listed(
        entry, ca.certificates[serial].not_after, revocation_list.newest
    )
    revocation_list.size += len(entry)


def resume(state: State, ca: CertificateAuthority, revocation_list: RevocationList) -> None:
    """Go on with a CRL of an earlier process: its entries are those of the CA's revocations."""
    for serial, revocation in ca.revocations.items():
        if ca.certificates[serial].crl_partition == revocation_list.partition:
            _list(ca, revocation_list, serial, revocation)
    publishing.keep(state, ca, revocation_list)


# OPEN RULE crl-type-change
def note_new_configuration(
    state: State,
    ca: CertificateAuthority,
    revocation_configuration: RevocationConfigurationTypeDef,
    now: datetime,
) -> None:
    """Change a CA's revocation configuration, and write all its CRLs to their new places.

    Where a bucket of the tester's raises an error of its own, nothing has changed.
    """
    former = ca.revocation_configuration
    ca.revocation_configuration = revocation_configuration
    try:
        with _unchanged_by_errors(*ca.crls.values()):
            for revocation_list in ca.crls.values():
                revocation_list.due_at = now
                publishing.publish_if_due(state, ca, revocation_list, now)
    except BaseException:
        ca.revocation_configuration = former
        raise


@contextmanager
def _unchanged_by_errors(*lists: RevocationList) -> Iterator[None]:
    """Undo the changes of a block to CRLs if it fails."""
    former = [replace(revocation_list) for revocation_list in lists]
    try:
        yield
    except BaseException:
        for revocation_list, before in zip(lists, former, strict=True):
            for field in fields(revocation_list):
                setattr(revocation_list, field.name, getattr(before, field.name))
        raise
