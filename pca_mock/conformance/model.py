"""A case of the pack: a story, the rule that it is about, and the answers that are expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pca_mock.conformance.session import Session

# What a story has observed, or should: JSON values by a short description.
Answers = Mapping[str, object]
Story = Callable[["Session"], Answers]


class Mark(Enum):
    """How well a rule is known."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    OPEN = "open"


class Outcome(Enum):
    """How a case ended."""

    HOLDS = "holds"
    DIFFERS = "differs"
    COULD_NOT_RUN = "could not run"


class CouldNotRun(Exception):  # noqa: N818 (no error: this target cannot answer the question)
    """The target cannot show whether the rule holds; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Case:
    """A rule of AWS and the story that shows whether a target keeps it.

    Attributes:
        area: the group of cases, in words.
        name: unique in its area; of an open rule, the name of its row in the documentation.
        rule: one sentence.
        source: the page of AWS, or where the answer was seen.
        mark: how well the rule is known.
        expected: the answers if the target keeps the rule.
        story: observes the answers.
    """

    area: str
    name: str
    rule: str
    source: str
    mark: Mark
    expected: Answers
    story: Story

    @property
    def id(self) -> str:
        """Its unique name, as `--select` takes it."""
        return f"{self.area}/{self.name}"


@dataclass(slots=True)
class Area:
    """The cases of one area, in order.

    Attributes:
        name: of the area.
        source: of its cases, unless they name another.
    """

    name: str
    source: str
    cases: list[Case] = field(default_factory=list)

    def add(
        self,
        name: str,
        rule: str,
        story: Story,
        expected: Answers,
        mark: Mark = Mark.DOCUMENTED,
        source: str | None = None,
    ) -> None:
        """Add a case, such as one of a table."""
        self.cases.append(Case(self.name, name, rule, source or self.source, mark, expected, story))

    def case(
        self, mark: Mark = Mark.DOCUMENTED, *, source: str | None = None, **expected: object
    ) -> Callable[[Story], Story]:
        """Add a function as a case: its docstring is the rule, its name that of the case."""

        def added(story: Story) -> Story:
            name = story.__name__.strip("_").replace("_", "-")
            rule = " ".join((story.__doc__ or "").split())
            self.add(name, rule, story, expected, mark, source)
            return story

        return added


@dataclass(slots=True)
class Cost:
    """What has to be paid for on AWS.

    Attributes:
        general_cas: CAs in general-purpose mode.
        short_lived_cas: CAs in short-lived mode.
        general_certificates: certificates of the former.
        short_lived_certificates: certificates of the latter.
        waited: seconds of waiting for something to happen.
    """

    general_cas: int = 0
    short_lived_cas: int = 0
    general_certificates: int = 0
    short_lived_certificates: int = 0
    waited: float = 0

    def since(self, earlier: Cost) -> Cost:
        """The part that was added to an earlier cost."""
        return Cost(*(getattr(self, name) - getattr(earlier, name) for name in COST_MEMBERS))

    def copy(self) -> Cost:
        """A cost of its own with the same numbers."""
        return self.since(Cost())


COST_MEMBERS: Final = (
    "general_cas",
    "short_lived_cas",
    "general_certificates",
    "short_lived_certificates",
    "waited",
)


@dataclass(frozen=True, slots=True)
class Result:
    """How a case ended at a target.

    Attributes:
        case: the case.
        outcome: of the comparison.
        observed: the answers; empty where it could not run.
        reason: why it could not run, else empty.
        cost: what it cost, without CAs that cases share.
    """

    case: Case
    outcome: Outcome
    observed: Answers
    reason: str
    cost: Cost
