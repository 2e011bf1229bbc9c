"""Faults that a test has planned: which calls they strike, and with which effect."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, TypeVar
from weakref import WeakSet

from pca_mock.errors import AwsError
from pca_mock.locks import new_lock
from pca_mock.notebooks import as_html
from pca_mock.state.calls import Origin, Whose, is_meant
from pca_mock.structures import OnlyOnce

Params = Mapping[str, Any]
# In place of an operation's name.
ANY_OPERATION: Final = "*"


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt fails: the base of the two ways in which it can.

    Attributes:
        error: an AwsError, or an error of botocore's for a failing network.
        single: only one attempt fails, and botocore may make another; else all of a call's fail.
        latency: how long the answer takes, by the mock's clock.
    """

    error: Exception
    single: bool
    latency: timedelta

    def __str__(self) -> str:
        return type(self.error).__name__

    def new_error(self) -> Exception:
        """The error for one more attempt: each that is raised has a traceback of its own."""
        error = self.error
        return type(error)(error.message) if isinstance(error, AwsError) else copy.copy(error)


class Refusal(Failure):
    """The attempt fails before anything is carried out."""

    __slots__ = ()


class LostResponse(Failure):
    """The attempt is carried out, but its response never arrives."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"carried out, then {type(self.error).__name__}"


@dataclass(frozen=True, slots=True)
class Delay:
    """The answer takes time, by the mock's clock."""

    latency: timedelta

    def __str__(self) -> str:
        return f"takes {self.latency}"


@dataclass(frozen=True, slots=True)
class LateFailure:
    """The call succeeds, but the thing that it began fails.

    Attributes:
        reason: a FailureReason of the model, of a CA.
    """

    reason: str

    def __str__(self) -> str:
        return "fails later"


@dataclass(frozen=True, slots=True)
class Hold:
    """The call succeeds, but the thing that it began is pending for a few polls."""

    polls: int

    def __str__(self) -> str:
        return f"pending for {self.polls} polls"


Effect = Refusal | LostResponse | Delay | LateFailure | Hold
_Effect = TypeVar("_Effect", bound=Failure | Delay | LateFailure | Hold)


class ConditionError(Exception):
    """The condition (`when`) of a plan has raised an error, which is to reach the test unchanged.

    Its class may be one that means an answer of the service or a failure of the network.
    """

    def __init__(self, error: Exception) -> None:
        """Carry the error."""
        super().__init__(error)
        self.error = error


@dataclass(eq=False)
class Plan(OnlyOnce):
    """A fault that is planned: in force from the start, until it is used up or cancelled.

    As a context manager it is cancelled at the end of the block.

    Attributes:
        operation: which calls it strikes: those of one operation, or "*" for all.
        effect: its effect on them.
        params: members that a call must have, with these values.
        when: a function that must return true for a call's parameters.
        left: how many calls (or single attempts) it will still strike; None for all.
        origin: whose calls it strikes: those of the code under test, of handles, or any.
        must_strike: whether a test fails if it never strikes.
        struck: how many it has struck.
        spared: how many it would have struck, had they another origin.
    """

    operation: str
    effect: Effect
    params: Params = field(default_factory=dict)
    when: Callable[[Params], bool] | None = None
    left: int | None = None
    origin: Whose = "code"
    must_strike: bool = False
    struck: int = 0
    spared: int = 0
    # Of the mocks in which it has been in force: a snapshot brings it into others, too.
    _homes: WeakSet[Plans] = field(default_factory=WeakSet, repr=False)

    def __repr__(self) -> str:
        left = "until cancelled" if self.left is None else f"{self.left} left"
        return f"<Plan {self.operation}: {self.effect}, {left}, struck {self.struck}>"

    def _repr_html_(self) -> str:
        return as_html(self)

    @property
    def is_in_force(self) -> bool:
        """Whether it may still strike."""
        return any(self in plans.in_force for plans in list(self._homes))

    def cancel(self) -> None:
        """Strike no more. Again, or once it is used up, this does nothing."""
        for plans in list(self._homes):
            plans.remove(self)

    def __enter__(self) -> Plan:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        was_idle = is_idle(self)
        self.cancel()
        if was_idle and error is None:
            raise AssertionError(about_idle([self]))


def _note_home(plan: Plan, plans: Plans) -> None:
    """Note that it is in force in a mock, where `cancel` is to end it."""
    plan._homes.add(plans)


def is_idle(plan: Plan) -> bool:
    """Whether it should have struck by now, and has not."""
    return plan.must_strike and not plan.struck


def _matches(plan: Plan, operation: str, params: Params, origin: Origin) -> bool:
    """Whether the plan is about such a call.

    Raises:
        ConditionError: the test's own condition has raised.
    """
    if plan.operation not in (operation, ANY_OPERATION) or not fits(params, plan.params):
        return False
    if not is_meant(origin, plan.origin):
        plan.spared += 1
        return False
    try:
        return plan.when is None or plan.when(params)
    except Exception as error:
        raise ConditionError(error) from error


def about_idle(plans: Sequence[Plan]) -> str:
    """The message about plans that have not struck."""
    lines = [
        f"{len(plans)} planned faults never struck:"
        if len(plans) > 1
        else "a planned fault never struck:"
    ]
    for plan in plans:
        members = ", ".join(f"{name}={value!r}" for name, value in plan.params.items())
        lines.append(f"  {plan!r}" + (f" for {members}" if members else ""))
        if plan.spared:
            lines.append(
                f'    {plan.spared} such attempts had another origin: origin="any" includes them'
            )
    lines.append("(plan.cancel() before the end, or faults_must_strike=False, allows that)")
    return "\n".join(lines)


KeptPlans = tuple[tuple[Plan, int | None], ...]


class Plans:
    """The plans in force. Counted ones go first, oldest first; then others, newest first."""

    def __init__(self) -> None:
        """Begin without plans."""
        self.in_force: list[Plan] = []
        self._lock = new_lock()

    def add(self, plan: Plan) -> Plan:
        """Put a plan into force."""
        _note_home(plan, self)
        with self._lock:
            counted = sum(other.left is not None for other in self.in_force)
            self.in_force.insert(counted, plan)
        return plan

    def idle(self) -> list[Plan]:
        """The plans that should have struck by now, and have not."""
        return [plan for plan in self.in_force if is_idle(plan)]

    def remove(self, plan: Plan) -> None:
        """Take a plan out of force, if it is in."""
        with self._lock:
            self.in_force[:] = [other for other in self.in_force if other is not plan]

    def find(
        self, kind: type[_Effect], operation: str, params: Params, origin: Origin = "code"
    ) -> Plan | None:
        """The first plan of a kind that is about such a call. Nothing is counted.

        Raises:
            ConditionError: the condition of a plan has raised.
        """
        for plan in list(self.in_force):
            if (
                isinstance(plan.effect, kind)
                and plan.left != 0
                and _matches(plan, operation, params, origin)
                and plan in self.in_force  # its condition may have cancelled it
            ):
                return plan
        return None

    def strike(
        self,
        plan: Plan | None,
        kind: type[_Effect],
        operation: str,
        params: Params,
        origin: Origin = "code",
    ) -> _Effect | None:
        """Count a strike of a plan, and return the effect.

        If it has been used up or cancelled meanwhile, the next plan strikes.
        """
        while plan is not None and not self._use(plan):
            plan = self.find(kind, operation, params, origin)
        if plan is None:
            return None
        assert isinstance(plan.effect, kind)
        return plan.effect

    def _use(self, plan: Plan) -> bool:
        """Count a strike, unless another thread had the last one, or another mock."""
        with self._lock:
            if plan not in self.in_force or plan.left == 0:
                return False
            plan.struck += 1
            if plan.left is not None:
                plan.left -= 1
                if plan.left == 0:
                    self.in_force.remove(plan)
            return True

    @contextmanager
    def striking(
        self, operation: str, params: Params, origin: Origin, *kinds: type[Effect]
    ) -> Iterator[list[Effect | None]]:
        """The effects that strike a call, by kind. They are counted unless the block raises.

        Raises:
            ConditionError: the condition of a plan has raised.
        """
        plans = [self.find(kind, operation, params, origin) for kind in kinds]
        yield [plan.effect if plan is not None else None for plan in plans]
        for plan in plans:
            if plan is not None:
                self._use(plan)

    def keep(self) -> KeptPlans:
        """The plans in force, with their remaining strikes, for `restore`."""
        with self._lock:
            return tuple((plan, plan.left) for plan in self.in_force)

    def restore(self, kept: KeptPlans) -> None:
        """Put exactly the kept plans into force again, as they were."""
        with self._lock:
            for plan, left in kept:
                plan.left = left
                _note_home(plan, self)
            self.in_force[:] = [plan for plan, _ in kept]


def fits(params: Params, expected: Params) -> bool:
    """Whether parameters have all expected members, with equal values, at every depth.

    Lists must have as many items as expected.
    """
    return all(
        name in params and _is_equal(name, params[name], value) for name, value in expected.items()
    )


def _is_equal(name: str, value: Any, expected: Any) -> bool:
    if isinstance(expected, Mapping) and isinstance(value, Mapping):
        return fits(value, expected)
    if isinstance(expected, (list, tuple)) and isinstance(value, (list, tuple)):
        return len(value) == len(expected) and all(
            _is_equal(name, item, other) for item, other in zip(value, expected, strict=True)
        )
    return bool(_comparable(name, value) == _comparable(name, expected))


def _comparable(name: str, value: Any) -> Any:
    """Text and bytes are the same to the API, and so are serials with and without colons.

    A handle is compared as its ARN, and a CSR of `create_csr` as its PEM text.
    """
    value = getattr(value, "arn", getattr(value, "pem", value))
    if isinstance(value, str) and name == "CertificateSerial":
        return value.replace(":", "").lower().lstrip("0")
    return value.encode() if isinstance(value, str) else value
