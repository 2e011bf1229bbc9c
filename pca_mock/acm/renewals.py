"""Managed renewal: when a certificate is renewed, and whether ACM may do so.

Sources: ACM User Guide, "Managed certificate renewal", "Private certificate renewal"; Private CA's
API_Permission. Terraform's acceptance tests show the statuses.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from pca_mock.acm import orders
from pca_mock.acm.context import Users
from pca_mock.acm.orders import PRINCIPAL, RefusedError
from pca_mock.state.managed import ManagedCertificate, Renewal
from pca_mock.state.store import State

BEFORE_END: Final = timedelta(days=60)
# API_Permission: those that ACM needs in the CA's own account.
_ACTIONS: Final = {"IssueCertificate", "GetCertificate", "ListPermissions"}
_PENDING: Final = "PENDING_AUTO_RENEWAL"
_SUCCESS: Final = "SUCCESS"
_FAILED: Final = "FAILED"


def refresh(state: State, users: Users) -> None:
    """Receive what CAs have issued by now, and renew what is due.

    A renewal that came due since the last time takes place at its time, not now.
    """
    managed, now = state.managed, state.clock.now()
    for certificate in list(managed.certificates.values()):
        receive(state, certificate, now)
        _renew_if_due(state, certificate, now, users)
    managed.looked_at = now


def receive(state: State, certificate: ManagedCertificate, now: datetime) -> None:
    """Receive what a CA has issued for a certificate, if it has by now."""
    order = certificate.order
    if order is None:
        return
    try:
        delivery = orders.deliver(state, certificate, order)
    except RefusedError as error:
        certificate.order = None
        if certificate.delivery is None:
            certificate.failure = error.reason
        else:
            certificate.renewal = Renewal(_PENDING, error.reason, now)
        return
    if delivery is None:
        return
    if certificate.delivery is not None:
        certificate.renewal = Renewal(_SUCCESS, None, now)
        certificate.is_exported = False
    certificate.order, certificate.delivery = None, delivery


def is_eligible(certificate: ManagedCertificate, now: datetime, users: Users) -> bool:
    """Whether a certificate can be renewed: it has been exported since it was issued, or is used.

    Args:
        certificate: any one.
        now: UTC.
        users: of the certificates.
    """
    if certificate.delivery is None or now >= certificate.delivery.not_after:
        return False
    return certificate.is_exported or bool(users(certificate.arn))


def renew(state: State, certificate: ManagedCertificate, at: datetime) -> None:
    """Renew a certificate; a CA that refuses leaves it as it is, with the reason."""
    certificate.renewal = Renewal(_PENDING, None, at)
    try:
        if not _may(state, certificate):
            raise RefusedError("PCA_ACCESS_DENIED")
        certificate.order = orders.place(state, certificate, orders.own_caller(certificate), at)
    except RefusedError as error:
        certificate.renewal = Renewal(_PENDING, error.reason, at)
        return
    receive(state, certificate, at)


# OPEN RULE acm-renewal-retries
def _renew_if_due(
    state: State, certificate: ManagedCertificate, now: datetime, users: Users
) -> None:
    while certificate.delivery is not None and certificate.order is None:
        due_at = certificate.delivery.not_after - BEFORE_END
        if now < due_at:
            return
        refusal = _refusal(certificate)
        is_refused = refusal is not None and refusal.updated_at >= due_at
        at = now if is_refused else min(max(due_at, state.managed.looked_at), now)
        if not is_eligible(certificate, at, users):
            if refusal is not None and now >= certificate.delivery.not_after:
                certificate.renewal = replace(refusal, status=_FAILED)
            return
        renew(state, certificate, at)
        if _refusal(certificate) is not None:
            return


def _refusal(certificate: ManagedCertificate) -> Renewal | None:
    """The latest renewal, if a CA has refused it."""
    renewal = certificate.renewal
    return renewal if renewal is not None and renewal.reason is not None else None


def _may(state: State, certificate: ManagedCertificate) -> bool:
    """Whether the CA's account has granted ACM what it needs there.

    A CA of another account grants it by its resource policy, which Private CA applies itself.
    """
    ca = orders.authority(state, certificate.authority_arn)
    if ca is None or ca.arn.account != certificate.account:
        return True
    permission = ca.permissions.get((PRINCIPAL, certificate.account))
    return permission is not None and set(permission.actions) >= _ACTIONS
