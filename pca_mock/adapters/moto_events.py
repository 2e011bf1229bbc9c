"""The mock's events on the default buses of moto's EventBridge, while moto is active."""

from __future__ import annotations

import logging
from typing import Final

from pca_mock.adapters import moto_seam
from pca_mock.service import eventbridge, happenings, publishing
from pca_mock.service.event_patterns import EventPattern
from pca_mock.service.eventbridge import Event
from pca_mock.state.events import Principal
from pca_mock.state.store import State

_log: Final = logging.getLogger(__name__)
_WITH_READS: Final = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
_ENABLED: Final = ("ENABLED", _WITH_READS)


def deliver(state: State) -> None:
    """Give what has happened to the rules of moto, if there are any; nobody gets it later.

    A target that fails doesn't fail the call that the event is about, as with AWS: a warning is
    logged.
    """
    if not moto_seam.is_active():
        state.events.skip_untold()
        return
    noted = state.events.take_untold(state.clock.now())
    if not moto_seam.has_rules():
        return
    for each in noted:
        for event in eventbridge.events(state.events, each):
            _deliver(event)


def catch_up(state: State) -> None:
    """Deliver what has come by time alone: the ends of delays, CRLs that are due."""
    publishing.show(state)
    happenings.settle(state)
    deliver(state)


def _deliver(event: Event) -> None:
    for rule in moto_seam.rules(event.account, event.region):
        if rule.state not in _ENABLED or (event.is_read and rule.state != _WITH_READS):
            continue
        message = event.as_json()
        if not rule.pattern or not EventPattern(rule.pattern).matches(message):
            continue  # without a pattern it is only scheduled
        for target in rule.targets:
            try:
                rule.send(target, message, event.time.timestamp())
            except Exception as error:
                name = target.get("Arn")
                _log.warning("moto did not deliver an event to %s: %r", name, error)


def find_principal(access_key: str) -> Principal | None:
    """The user or the role's session that has an access key in moto's IAM, if anybody has."""
    identity = moto_seam.identity_of(access_key)
    if identity is None:
        return None
    issuer = None if identity.user_name is not None else identity.principal_arn
    return Principal(identity.arn, identity.user_id, issuer, identity.user_name)
