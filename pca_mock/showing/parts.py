"""What a notebook shows of the parts of a mock: its calls, events, clock, buckets and plans.

Every function gives a whole fragment of HTML. However much a mock remembers, it stays short.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Final

from pca_mock import notebooks
from pca_mock.clock import Clock
from pca_mock.service.eventbridge import Event
from pca_mock.showing import html, text, words
from pca_mock.state import running
from pca_mock.state.calls import Call
from pca_mock.state.plans import Plan

_MOST_CALLS: Final = 200
_MOST_EVENTS: Final = 200
_MOST_OBJECTS: Final = 50  # of a bucket
_ORIGINS: Final = {"code": "the code under test", "handle": "a handle or fixture", "any": "anybody"}

# A call with its number.
_Numbered = tuple[int, Call]


def ended(part: object) -> str:
    """A note that a mock has ended, if the state or a part of it is of none that runs."""
    for state in running.mocks():
        if any(part is each for each in (state, state.log, state.clock, state.buckets)):
            return ""
    return html.ENDED


# Calls and events


def of_calls(calls: Sequence[Call], note: str = "") -> str:
    """The calls, newest last. Successful ones of handles, which prepare a test, are folded.

    Args:
        calls: the calls.
        note: HTML about the mock.
    """
    first = max(0, len(calls) - _MOST_CALLS)
    shown = calls[first:]
    heading = words.count(len(calls), "call")
    if not shown:
        return html.document(f"<p>{heading}{note}</p>")
    # A caller or a day that all calls share is in the heading, not in each row.
    is_one_caller = len({_caller(call) for call in shown}) == 1
    is_one_day = len({call.time.date() for call in shown}) == 1
    if is_one_caller:
        heading += f" of {_caller(shown[0])}"
    if is_one_day:
        heading += f", {shown[0].time:%Y-%m-%d}"
    if first:
        heading += f", the latest {len(shown)}"

    def row(numbered: _Numbered) -> tuple[str, ...]:
        number, call = numbered
        notes = [] if call.origin == "code" else [f"by {_ORIGINS[call.origin]}"]
        notes += [] if is_one_caller else [_caller(call)]
        return (
            str(number),
            f"{call.time:{'%H:%M:%S' if is_one_day else '%Y-%m-%d %H:%M:%S'}}",
            f'<span class="key">{html.text(call.operation)}</span>'
            + "".join(f'<br><small class="dim">{note}</small>' for note in notes),
            _outcome(call),
            _params(call),
        )

    table = f'<table class="calls{" day" if is_one_day else ""}">{{}}</table>'.format
    names = ("#", "UTC", "Operation", "Outcome", "Parameters")
    parts = [table(html.head(names))]
    folds = any(not text.is_preparation(call) for call in shown)
    for is_folded, run in groupby(
        enumerate(shown, start=first + 1),
        lambda numbered: folds and text.is_preparation(numbered[1]),
    ):
        rows = list(run)
        body = table(html.body(map(row, rows)))
        parts.append(html.folded(html.text(text.folded(rows)), body) if is_folded else body)
    return html.document(f"<p>{heading}{note}</p>", *parts)


def of_call(call: Call) -> str:
    """A call, with all its parameters."""
    about = [
        ("Time", html.moment(call.time)),
        ("Caller", _caller(call)),
        ("Origin", html.text(_ORIGINS[call.origin])),
        ("Request id", f"<code>{html.text(call.request_id)}</code>"),
    ]
    if call.retries:
        about.append(("Attempts", f"{call.retries + 1}"))
    if call.message:
        about.append(("Message", html.text(text.message_of(call))))
    params = [
        (html.text(name), f"<code>{html.text(words.printable(repr(value)))}</code>")
        for name, value in call.params.items()
    ]
    heading = f'<span class="name">{html.text(call.operation)}</span>{html.badge(call.outcome)}'
    return html.document(html.card(heading, [about, params], ""))


def of_events(events: Sequence[Event]) -> str:
    """The events, newest last."""
    first = max(0, len(events) - _MOST_EVENTS)
    heading = words.count(len(events), "event")
    if first:
        heading += f", the latest {_MOST_EVENTS}"
    if not events:
        return html.document(f"<p>{heading}</p>")
    rows = [
        (
            str(number),
            html.moment(event.time),
            html.text(event.detail_type)
            + (f"<br><small>{html.text(event.name)}</small>" if event.name is not None else ""),
            html.badge(text.event_outcome(event)),
            html.text(f"{event.account} {event.region}"),
        )
        for number, event in enumerate(events[first:], start=first + 1)
    ]
    names = ("#", "UTC", "Event", "Outcome", "Account")
    table = f'<table class="calls">{html.head(names)}{html.body(rows)}</table>'
    return html.document(f"<p>{heading}</p>", table)


def _caller(call: Call) -> str:
    return html.text(f"{call.caller.account} {call.caller.region}")


def _outcome(call: Call) -> str:
    retried = f"<br><small>after {text.retries(call)}</small>" if call.retries else ""
    return html.badge(call.outcome) + retried


def _params(call: Call) -> str:
    """The parameters and, below them, the message of an error."""
    params = ", ".join(
        f'<span class="dim">{html.text(name)}</span>=<code>{html.text(words.short(value))}</code>'
        for name, value in call.params.items()
    )
    return f"{params}<p>{html.text(text.message_of(call))}</p>" if call.message else params


# Clock, buckets and plans


def of_clock(clock: Clock) -> str:
    """The time of a clock, and how far it is from the machine's."""
    now = clock.now()
    ahead = now - Clock().now()
    beside = ""
    if abs(ahead) >= timedelta(seconds=1):
        amount = words.amount(abs(ahead))
        side = "ahead of" if ahead > timedelta() else "behind"
        beside = f'<small class="dim">{amount} {side} the machine\'s clock</small>'
    frozen = html.badge("FROZEN") if clock.is_frozen else ""
    title = html.title(html.moment(now))
    return html.document(f"<p>{title}{frozen}{ended(clock)}{beside}</p>")


def of_buckets(buckets: Mapping[str, Mapping[str, bytes]], note: str) -> str:
    """The buckets with the names and sizes of their objects.

    Args:
        buckets: objects by bucket and key.
        note: HTML about the mock.
    """
    parts = [
        html.folded(
            f"{html.title(html.text(name))}{words.count(len(buckets[name]), 'object')}",
            _objects(buckets[name]),
        )
        for name in sorted(buckets)
    ]
    return html.document(f"<p>{words.count(len(parts), 'bucket')}{note}</p>", *parts)


def of_objects(objects: Mapping[str, bytes]) -> str:
    """The objects of a bucket: names and sizes."""
    return html.document(f"<p>{words.count(len(objects), 'object')}</p>", _objects(objects))


def _objects(objects: Mapping[str, bytes]) -> str:
    names = sorted(objects)
    rows = [
        (
            f'<code class="key">{html.text(name)}</code>',
            f'<span class="whole">{words.count(len(objects[name]), "byte")}</span>',
        )
        for name in names[:_MOST_OBJECTS]
    ]
    hidden = len(names) - len(rows)
    more = f'<p class="dim">and {words.count(hidden, "more object")}</p>' if hidden else ""
    return f"<table>{html.body(rows)}</table>{more}"


def of_plan(plan: Plan) -> str:
    """A plan: the calls that it is about, what it does to them, and how often it has."""
    about = [
        ("Effect", html.text(str(plan.effect))),
        ("Calls of", html.text(_ORIGINS[plan.origin])),
        ("Struck", f"{plan.struck:,}"),
        (
            "Will strike",
            "all until it is cancelled" if plan.left is None else f"{plan.left:,} more",
        ),
    ]
    if plan.when is not None:
        name = getattr(plan.when, "__qualname__", repr(plan.when))
        about.append(("When", f"<code>{html.text(words.printable(name))}</code>"))
    params = [
        (html.text(name), f"<code>{html.text(words.short(getattr(value, 'arn', value)))}</code>")
        for name, value in plan.params.items()
    ]
    title = "all operations" if plan.operation == "*" else plan.operation
    status = html.badge("IN FORCE" if plan.is_in_force else "OVER")
    heading = f"{html.title(html.text(title))}{status}"
    return html.document(html.card(heading, [about, params], ""))


notebooks.show_by(Call, of_call)
notebooks.show_by(Clock, of_clock)
notebooks.show_by(Plan, of_plan)
