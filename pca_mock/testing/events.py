"""The events of a mock: what AWS reports to EventBridge and CloudTrail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, get_args, overload

from pca_mock.arguments import FLAG, FUNCTION, TEXT
from pca_mock.literals import DetailType
from pca_mock.notebooks import as_html
from pca_mock.service import cloudtrail, eventbridge, happenings, publishing
from pca_mock.service.event_patterns import EventPattern, Pattern
from pca_mock.service.eventbridge import Event
from pca_mock.showing import parts, text, words
from pca_mock.state.events import Noted
from pca_mock.state.store import State

_SHOWN: Final = 30  # lines of a representation


class Events(Sequence[Event]):
    """The events that EventBridge gets by default, oldest first.

    Those of `PcaMock.events` grow; those that `filter` and `matching` return do not. The latest
    10,000 happenings are kept, each of which is one to three events; of calls with large
    parameters, as many as have 64 MiB in all.
    """

    def __init__(self, state: State, chosen: list[Event] | None = None) -> None:
        """Only the mock makes these."""
        self._state = state
        self._chosen = chosen

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Events: ...
    def __getitem__(self, index: int | slice) -> Event | Events:
        chosen = _kept(self)[index]
        return Events(self._state, chosen) if isinstance(chosen, list) else chosen

    def __len__(self) -> int:
        return len(_kept(self))

    def __iter__(self) -> Iterator[Event]:
        return iter(_kept(self))

    def __repr__(self) -> str:
        events = _kept(self)
        lines = text.events(events, _SHOWN)
        return "\n".join([f"<{words.count(len(events), 'event')}>", *lines])

    def _repr_html_(self) -> str:
        return as_html(self, lambda: parts.of_events(_kept(self)))

    def clear(self) -> None:
        """Forget the events so far, for example those of what prepared a test.

        Raises:
            TypeError: these are chosen events; use `pca.events.clear()`.
        """
        if self._chosen is not None:
            raise TypeError("only pca.events can be cleared, not events that were chosen from it")
        _noted(self)  # so that nothing of the past comes later
        self._state.events.clear(self._state.clock.now())

    def filter(
        self,
        detail_type: DetailType | None = None,
        *,
        name: str | None = None,
        resource: object = None,
        when: Callable[[Event], bool] | None = None,
    ) -> Events:
        """The events so far that meet all conditions.

        Args:
            detail_type: such as "ACM Private CA Certificate Issuance".
            name: the eventName of a record of CloudTrail, such as "IssueCertificate".
            resource: an ARN, or a handle; an event has it among its resources or, via CloudTrail,
                among those of its record.
            when: called with each event; it is chosen if this returns true.

        Raises:
            TypeError: `resource` is neither text nor a handle.
            ValueError: there is no such detail type.
        """
        TEXT.check_if_given(detail_type=detail_type, name=name)
        FUNCTION.check_if_given(when=when)
        if detail_type is not None and detail_type not in get_args(DetailType):
            known = ", ".join(map(repr, get_args(DetailType)))
            raise ValueError(f"there is no detail type {detail_type!r}, but {known}")
        arn = None if resource is None else _arn_of(resource)
        chosen = [
            event
            for event in _kept(self)
            if detail_type in (None, event.detail_type)
            and name in (None, event.name)
            and (arn is None or arn in _resources(event))
            and (when is None or when(event))
        ]
        return Events(self._state, chosen)

    def matching(self, pattern: Pattern | str, *, read_only: bool = False) -> Events:
        """The events so far that a rule of EventBridge with this pattern would get.

        All of EventBridge's operators work: `prefix`, `suffix`, `anything-but`, `exists`,
        `numeric`, `equals-ignore-case`, `wildcard`, `cidr` and `$or`.

        Args:
            pattern: as for `put_rule(EventPattern=…)`: JSON text, or not yet text.
            read_only: whether the rule has the state
                ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS, and so gets calls that only read.

        Raises:
            ValueError: EventBridge would refuse the pattern.
        """
        FLAG.check(read_only=read_only)
        rule = EventPattern(pattern)
        events = _kept(self, read_only=read_only)
        return Events(self._state, [each for each in events if rule.matches(each.as_json())])

    def eventbridge(self, *, read_only: bool = False) -> list[dict[str, Any]]:
        """The events as EventBridge delivers them: JSON.

        Args:
            read_only: whether to include calls that only read, as for `matching`.
        """
        FLAG.check(read_only=read_only)
        return [event.as_json() for event in _kept(self, read_only=read_only)]

    def cloudtrail(self) -> list[dict[str, Any]]:
        """The records as CloudTrail writes them: JSON. Those about calls that only read, too."""
        if self._chosen is not None:
            return [dict(each.detail) for each in self._chosen if each.name is not None]
        feed = self._state.events
        return [each for noted in _noted(self) for each in cloudtrail.records(feed, noted)]


def _noted(events: Events) -> list[Noted]:
    publishing.show(events._state)  # the CRLs that are due
    happenings.settle(events._state)
    return events._state.events.until(events._state.clock.now())


def _kept(events: Events, *, read_only: bool = False) -> list[Event]:
    if events._chosen is not None:
        return events._chosen
    feed = events._state.events
    made = (event for noted in _noted(events) for event in eventbridge.events(feed, noted))
    return [event for event in made if read_only or not event.is_read]


def _arn_of(resource: object) -> str:
    arn = getattr(resource, "arn", resource)
    if not isinstance(arn, str):
        raise TypeError(f"resource must be an ARN or a handle that has one, not {resource!r}")
    return arn


def _resources(event: Event) -> list[str]:
    listed = [resource["ARN"] for resource in event.detail.get("resources", ())]
    parameters = event.detail.get("requestParameters") or {}
    named = [parameters.get("certificateAuthorityArn"), parameters.get("certificateArn")]
    return [*event.resources, *listed, *filter(None, named)]
