"""Control of a mock by tests in other languages: JSON endpoints below `/_pca_mock/`.

Each endpoint does what a method of `PcaMock` does for tests in Python.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from aiohttp import web
from botocore.exceptions import ClientError

from pca_mock.clock import Clock
from pca_mock.errors import AwsError
from pca_mock.server.app import in_worker, read
from pca_mock.state.calls import Call
from pca_mock.state.plans import Plan
from pca_mock.state.store import Snapshot
from pca_mock.testing.authorities import Authority
from pca_mock.testing.calls import Calls
from pca_mock.testing.events import Events

if TYPE_CHECKING:
    from pca_mock.literals import Operation

PREFIX: Final = "/_pca_mock"
_PLANNERS: Final = ("fail", "lose_response", "delay", "fail_later", "hold")
_DURATIONS: Final = ("latency", "validity")  # in seconds


class Controlled(Protocol):
    """The members of `PcaMock` that the endpoints use."""

    @property
    def clock(self) -> Clock:
        """The mock's time."""

    @property
    def calls(self) -> Calls:
        """The calls that it has answered."""

    @property
    def events(self) -> Events:
        """What EventBridge and CloudTrail get."""

    @property
    def authorities(self) -> list[Authority]:
        """Its CAs, oldest first."""

    def authority(self, arn: str) -> Authority:
        """A CA by its ARN."""

    def create_root_ca(self, *arguments: Any, **options: Any) -> Authority:
        """Create an active root CA."""

    def snapshot(self) -> Snapshot:
        """Keep everything as it is now."""

    def restore(self, kept: Snapshot) -> None:
        """Put everything back to how it was."""

    def reset(self) -> None:
        """Begin with nothing."""


class NotThereError(Exception):
    """There is no such fault or snapshot: HTTP 404."""


class Control:
    """The endpoints of one mock. They are called in worker threads, one function each."""

    def __init__(self, pca: Controlled) -> None:
        """Control a mock."""
        self._pca = pca
        self._numbers = itertools.count(1)
        self._plans: dict[str, Plan] = {}
        self._snapshots: dict[str, Snapshot] = {}

    def routes(self) -> list[web.RouteDef]:
        """The routes of all endpoints."""
        return [
            web.route(method, f"{PREFIX}{path}", _handler(function))
            for method, path, function in (
                ("POST", "/reset", self.reset),
                ("GET", "/clock", self.clock),
                ("POST", "/clock", self.set_clock),
                ("GET", "/faults", self.faults),
                ("POST", "/faults", self.plan),
                ("DELETE", "/faults", self.cancel_all),
                ("DELETE", "/faults/{id}", self.cancel),
                ("GET", "/calls", self.calls),
                ("DELETE", "/calls", self.clear_calls),
                ("GET", "/events", self.events),
                ("POST", "/events/matching", self.matching),
                ("DELETE", "/events", self.clear_events),
                ("GET", "/records", self.records),
                ("POST", "/snapshots", self.snapshot),
                ("POST", "/snapshots/{id}/restore", self.restore),
                ("DELETE", "/snapshots/{id}", self.forget),
                ("GET", "/authorities", self.authorities),
                ("POST", "/authorities", self.create),
            )
        ]

    def reset(self, **_: Any) -> dict[str, Any]:
        """Remove all CAs, calls and faults, and set the clock to the machine's time."""
        self._pca.reset()
        return {}

    # Time

    def clock(self, **_: Any) -> dict[str, Any]:
        """The mock's time."""
        return {"now": _iso(self._pca.clock.now()), "frozen": self._pca.clock.is_frozen}

    def set_clock(self, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Do one of: `freeze` (true, or a moment), `resume`, `reset`, `move_to`, `advance`."""
        clock = self._pca.clock
        actions: dict[str, Callable[[Any], Any]] = {
            "freeze": lambda at: clock.freeze(None if at is True else at),
            "resume": lambda _: clock.resume(),
            "reset": lambda _: clock.reset(),
            "move_to": clock.move_to,
            "advance": lambda units: clock.advance(timedelta(**_units(units))),
        }
        if len(body) != 1 or not body.keys() <= actions.keys():
            raise ValueError(f"the body has exactly one of {', '.join(actions)}")
        ((action, argument),) = body.items()
        actions[action](argument)
        return self.clock()

    # Faults

    def faults(self, **_: Any) -> dict[str, Any]:
        """The faults that were planned here."""
        return {"faults": [_plan(number, plan) for number, plan in self._plans.items()]}

    def plan(self, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Plan a fault: `kind` is the method of `PcaMock`, the other members are its arguments.

        Members that a call must have are in `members`.
        """
        options = dict(body)
        kind = options.pop("kind", None)
        if kind not in _PLANNERS:
            raise ValueError(f"the kind is one of {', '.join(_PLANNERS)}, not {kind!r}")
        members = options.pop("members", {})
        plan = getattr(self._pca, kind)(**_with_durations(options), **members)
        number = str(next(self._numbers))
        self._plans[number] = plan
        return _plan(number, plan)

    def cancel(self, number: str, **_: Any) -> dict[str, Any]:
        """Cancel one fault."""
        plan = _existing(self._plans.pop(number, None), "fault", number)
        plan.cancel()
        return _plan(number, plan)

    def cancel_all(self, **_: Any) -> dict[str, Any]:
        """Cancel all faults that were planned here."""
        while self._plans:
            _number, plan = self._plans.popitem()
            plan.cancel()
        return {}

    # Calls

    def calls(self, query: Mapping[str, str], **_: Any) -> dict[str, Any]:
        """The calls, oldest first: with `operation`, `outcome`, or only those after `after`."""
        operation = cast("Operation | None", query.get("operation"))  # `filter` checks it
        chosen = self._pca.calls.filter(operation, outcome=query.get("outcome"))
        return {"calls": [call_as_json(call) for call in chosen]}

    def clear_calls(self, **_: Any) -> dict[str, Any]:
        """Forget all calls."""
        self._pca.calls.clear()
        return {}

    # Events

    def events(self, **_: Any) -> dict[str, Any]:
        """The events as EventBridge delivers them, oldest first."""
        return {"events": self._pca.events.eventbridge()}

    def matching(self, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The events that fit the event pattern of a rule, which is the body."""
        return {"events": self._pca.events.matching(body).eventbridge()}

    def clear_events(self, **_: Any) -> dict[str, Any]:
        """Forget all events and records."""
        self._pca.events.clear()
        return {}

    def records(self, **_: Any) -> dict[str, Any]:
        """The records as CloudTrail writes them, oldest first."""
        return {"records": self._pca.events.cloudtrail()}

    # Snapshots

    def snapshot(self, **_: Any) -> dict[str, Any]:
        """Take a snapshot; it is kept as long as the server runs."""
        number = str(next(self._numbers))
        self._snapshots[number] = self._pca.snapshot()
        return {"id": number}

    def restore(self, number: str, **_: Any) -> dict[str, Any]:
        """Restore a snapshot."""
        self._pca.restore(_existing(self._snapshots.get(number), "snapshot", number))
        return {}

    def forget(self, number: str, **_: Any) -> dict[str, Any]:
        """Forget a snapshot."""
        _existing(self._snapshots.pop(number, None), "snapshot", number)
        return {}

    # Ready-made CAs

    def authorities(self, **_: Any) -> dict[str, Any]:
        """The CAs, oldest first."""
        return {"authorities": [_authority(ca) for ca in self._pca.authorities]}

    def create(self, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Create an active CA: a root, or a subordinate one below the CA with the ARN `issuer`.

        The other members are the arguments of `create_root_ca` or `create_subordinate_ca`.
        """
        options = _with_durations(body)
        issuer = options.pop("issuer", None)
        if issuer is None:
            return _authority(self._pca.create_root_ca(**options))
        return _authority(self._pca.authority(issuer).create_subordinate_ca(**options))


def _handler(function: Callable[..., dict[str, Any]]) -> Any:
    async def handle(request: web.Request) -> web.Response:
        try:
            arguments: dict[str, Any] = {"query": request.query}
            if request.method == "POST":
                arguments["body"] = _body((await read(request)).body, request.content_type)
            if "id" in request.match_info:
                arguments["number"] = request.match_info["id"]
            answer = await in_worker(request, lambda: function(**arguments))
        except (NotThereError, LookupError) as error:
            return _failure(404, error)
        except (TypeError, ValueError, OverflowError, AwsError, ClientError) as error:
            return _failure(400, error)
        except RuntimeError as error:  # the mock has ended
            return _failure(409, error)
        return web.json_response(answer)

    return handle


def _body(content: bytes, content_type: str) -> dict[str, Any]:
    if not content:
        return {}
    # A page of another site cannot send this type without asking first.
    if content_type != "application/json":
        raise ValueError("the Content-Type must be application/json")
    body = json.loads(content)
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    return body


def _failure(status: int, error: Exception) -> web.Response:
    return web.json_response({"error": str(error)}, status=status)


def _existing(value: Any, kind: str, number: str) -> Any:
    if value is None:
        raise NotThereError(f"there is no {kind} {number}")
    return value


def _units(units: Any) -> dict[str, float]:
    """The arguments of `timedelta`: as they are, or a number of seconds."""
    return units if isinstance(units, dict) else {"seconds": units}


def _with_durations(options: dict[str, Any]) -> dict[str, Any]:
    return {
        name: timedelta(**_units(value)) if name in _DURATIONS and value is not None else value
        for name, value in options.items()
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _plan(number: str, plan: Plan) -> dict[str, Any]:
    return {
        "id": number,
        "operation": plan.operation,
        "effect": str(plan.effect),
        "left": plan.left,
        "struck": plan.struck,
    }


def call_as_json(call: Call) -> dict[str, Any]:
    """A call with members that JSON can have: blobs are text."""
    return {
        "operation": call.operation,
        "params": json.loads(json.dumps(dict(call.params), default=_text)),
        "account": call.caller.account,
        "region": call.caller.region,
        "time": _iso(call.time),
        "outcome": call.outcome,
        "message": call.message,
        "retries": call.retries,
        "request_id": call.request_id,
    }


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _authority(ca: Authority) -> dict[str, Any]:
    try:
        certificate, chain = ca.certificate_pem, ca.chain_pem
    except LookupError:  # it has none yet
        return {"arn": ca.arn, "status": ca.status}
    return {"arn": ca.arn, "status": ca.status, "certificate": certificate, "chain": chain}
