"""The constraints of the installed service model's inputs: requests that keep or break them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from botocore.model import Shape

from pca_mock.service.model import service_model

ARN = (
    "arn:aws:acm-pca:us-east-1:111122223333:"
    "certificate-authority/11111111-2222-3333-4444-555555555555"
)
Step = str | int


class Breach(NamedTuple):
    """A place in a request, a value to put there (None: nothing), and the expected breach."""

    steps: tuple[Step, ...]
    value: Any
    phrase: str
    is_alone: bool  # whether the value breaks no other constraint


@dataclass(frozen=True)
class Case:
    operation: str
    breach: Breach

    @property
    def path(self) -> str:
        """The place as the message names it."""
        steps = (
            f"{step + 1}.member" if isinstance(step, int) else step[0].lower() + step[1:]
            for step in self.breach.steps
        )
        return ".".join(steps)

    @property
    def params(self) -> Any:
        """A request that breaks the constraint."""
        params = fitting(self.operation)
        target = params
        for step in self.breach.steps[:-1]:
            target = target[step]
        if self.breach.value is None:
            del target[self.breach.steps[-1]]
        else:
            target[self.breach.steps[-1]] = self.breach.value
        return params

    def __str__(self) -> str:
        return f"{self.operation}-{self.path}-{self.breach.phrase[12:40]}"


# (beginning, filler): together they make texts of any length for every pattern of the model.
_TEXTS = (
    ("", "a"),
    ("", "1"),
    (ARN, "a"),
    ("11111111-2222-3333-4444-555555555555", "a"),
    ("1.2.", "1"),
)
_UNFIT = ("\N{SNOWMAN}", "*")
# Blob -> one that fits its pattern, which no model has.
_BLOBS = {
    "CsrBlob": b"-----BEGIN CERTIFICATE REQUEST-----\nAA==\n-----END CERTIFICATE REQUEST-----\n"
}
_LONGEST_TRIED = 5  # beyond a limit: Base64 comes in fours


def fits(pattern: str | None, text: str) -> bool:
    r"""An independent reading of the model's patterns: of `\p{…}` it knows the ASCII part."""
    for category, members in ((r"\p{L}", "a-zA-Z"), (r"\p{Z}", " "), (r"\p{N}", "0-9")):
        pattern = pattern and pattern.replace(category, members)
    return pattern is None or re.fullmatch(pattern, text, re.ASCII) is not None


def text_of(pattern: str | None, lengths: range) -> str | None:
    for length in lengths:
        for beginning, filler in _TEXTS:
            text = (beginning + filler * length)[:length]
            if fits(pattern, text):
                return text
    return None


def sample(shape: Any) -> Any:
    """A value that breaks no constraint and has every member, at every depth."""
    smallest = shape.metadata.get("min", 0)
    match shape.type_name:
        case "structure":
            return {name: sample(member) for name, member in shape.members.items()}
        case "list":
            return [sample(shape.member) for _ in range(max(1, smallest))]
        case "string" if shape.enum:
            return shape.enum[0]
        case "string":
            largest = shape.metadata.get("max", 200)
            text = text_of(shape.metadata.get("pattern"), range(max(1, smallest), largest + 1))
            assert text is not None, f"no text for {shape.metadata}"
            return text
        case "blob":
            return _BLOBS.get(shape.name, b"x" * max(1, smallest))
        case "boolean":
            return True
    return max(1, smallest)


def breaches(shape: Any, steps: tuple[Step, ...] = ()) -> Iterator[Breach]:
    of_type: dict[str, Callable[[Any, tuple[Step, ...]], Iterator[Breach]]] = {
        "structure": _of_structure,
        "list": _of_list,
        "string": _of_string,
        "blob": _of_blob,
        "integer": _of_number,
        "long": _of_number,
    }
    if shape.type_name in of_type:
        yield from of_type[shape.type_name](shape, steps)


def _of_structure(shape: Any, steps: tuple[Step, ...]) -> Iterator[Breach]:
    for name in shape.required_members:
        yield Breach((*steps, name), None, "Member must not be null", True)
    for name, member in shape.members.items():
        yield from breaches(member, (*steps, name))


def _of_list(shape: Any, steps: tuple[Step, ...]) -> Iterator[Breach]:
    item = sample(shape.member)
    for limit, length, phrase in _lengths(shape):
        yield Breach(steps, [item] * length, f"Member must have length {phrase} {limit}", True)
    yield from breaches(shape.member, (*steps, 0))


def _of_string(shape: Any, steps: tuple[Step, ...]) -> Iterator[Breach]:
    pattern = shape.metadata.get("pattern")
    if shape.enum:
        values = ", ".join(shape.enum)
        yield Breach(steps, "NONE_OF_THEM", f"Member must satisfy enum value set: [{values}]", True)
    if pattern:
        unfit = [c * len(sample(shape)) for c in _UNFIT]
        unfit = [text for text in unfit if not fits(pattern, text)]
        phrase = f"Member must satisfy regular expression pattern: {pattern}"
        yield Breach(steps, unfit[0], phrase, True)
    for limit, length, phrase in _lengths(shape):
        more = range(length, length + _LONGEST_TRIED) if length > limit else range(length, -1, -1)
        text = text_of(pattern, more)
        phrase = f"Member must have length {phrase} {limit}"
        yield Breach(steps, "a" * length if text is None else text, phrase, text is not None)


def _of_blob(shape: Any, steps: tuple[Step, ...]) -> Iterator[Breach]:
    is_alone = shape.name not in _BLOBS
    if not is_alone:
        phrase = "Member must satisfy regular expression pattern: -----BEGIN CERTIFICATE REQUEST"
        yield Breach(steps, b"x", phrase, True)
    for limit, length, phrase in _lengths(shape):
        yield Breach(steps, b"x" * length, f"Member must have length {phrase} {limit}", is_alone)


def _of_number(shape: Any, steps: tuple[Step, ...]) -> Iterator[Breach]:
    for limit, value, phrase in _limits(shape):
        yield Breach(steps, value, f"Member must have value {phrase} {limit}", True)


def _limits(shape: Any) -> Iterator[tuple[int, int, str]]:
    if "min" in shape.metadata:
        yield shape.metadata["min"], shape.metadata["min"] - 1, "greater than or equal to"
    if "max" in shape.metadata:
        yield shape.metadata["max"], shape.metadata["max"] + 1, "less than or equal to"


def _lengths(shape: Any) -> Iterator[tuple[int, int, str]]:
    return ((limit, length, phrase) for limit, length, phrase in _limits(shape) if length >= 0)


def fitting(operation: str) -> Any:
    """A request with every member that breaks no constraint; it need not make sense."""
    shape: Shape | None = service_model().operation_model(operation).input_shape
    return sample(shape) if shape is not None else {}


@cache
def cases() -> list[Case]:
    """Every constraint of every operation, broken."""
    return [
        Case(operation, breach)
        for operation in service_model().operation_names
        for breach in breaches(service_model().operation_model(operation).input_shape)
    ]


# Operation -> the member that holds the ARN of the CA which it is about.
ABOUT_A_CA = {
    operation: member
    for operation in service_model().operation_names
    for member in ("CertificateAuthorityArn", "ResourceArn")
    if member in fitting(operation)
}
