"""Arguments of another type are refused at once, by the names of their parameters."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pca_mock import Authority, Calls, Certificate, Clock, Events, PcaMock, create_csr, mock_pca
from pca_mock.arguments import BYTES, DURATION, FLAG, FUNCTION, MAPPING, NUMBER, PATH, TEXT, Kind
from pca_mock.settings import Settings, options

SECOND = timedelta(seconds=1)
OWNERS = {
    owner.__name__: owner for owner in (PcaMock, Authority, Certificate, Calls, Events, Clock)
}
# Whatever has the methods of one of ssl's contexts is one, and keys have no class in common.
ANY_OBJECT = {"context", "private_key"}
# Only the mock calls these.
INTERNAL = {("Clock", "restore"), ("Clock", "watch")}
# What the other parameters are, where a function needs them.
OTHERS: dict[str, Any] = {
    "operation": "IssueCertificate",
    "error": "ThrottlingException",
    "latency": SECOND,
    "polls": 1,
    "pattern": {"source": ["aws.acm-pca"]},
    "template": "RootCACertificate",
    "folder": "missing",
}


def parameters() -> Iterator[tuple[str, str, str]]:
    """(class, method, parameter) of all that test authors call."""
    for name, owner in OWNERS.items():
        for method, function in inspect.getmembers(owner, inspect.isfunction):
            if method.startswith("_") or (name, method) in INTERNAL:
                continue
            if not function.__module__.startswith("pca_mock."):
                continue
            for parameter in list(inspect.signature(function).parameters.values())[1:]:
                if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                    yield name, method, parameter.name


@pytest.mark.parametrize(
    ("owner", "method", "parameter"),
    [pytest.param(*row, id=".".join(row)) for row in parameters() if row[2] not in ANY_OBJECT],
)
def test_an_argument_of_another_type_is_refused_by_its_name(
    owner: str, method: str, parameter: str, pca: PcaMock, pca_root_ca: Authority
) -> None:
    pca.clock.freeze()
    before = pca.clock.now()
    objects = {
        "PcaMock": pca,
        "Authority": pca_root_ca,
        "Certificate": pca_root_ca.certificates[0],
        "Calls": pca.calls,
        "Events": pca.events,
        "Clock": pca.clock,
    }
    function = getattr(objects[owner], method)
    others = OTHERS | {"issuer": pca_root_ca, "kept": pca.snapshot()}
    arguments = {
        each.name: others[each.name]
        for each in inspect.signature(function).parameters.values()
        if each.default is each.empty and each.name in others
    } | {parameter: _Something()}

    with pytest.raises((TypeError, ValueError), match=rf"\b{parameter}\b.*<something>"):
        _use(function, *["name"] * (parameter == "key_algorithm"), **arguments)
    assert len(pca.calls) == 0
    assert pca.clock.now() == before


def _use(function: Callable[..., Any], *names: str, **arguments: Any) -> None:
    """Call a function and, if it gives a context manager, enter that."""
    result = function(*names, **arguments)
    if hasattr(result, "__enter__"):
        result.__enter__()


class _Something:
    """It is nothing that any parameter can be."""

    def __repr__(self) -> str:
        return "<something>"


@pytest.mark.parametrize("option", [option.name for option in options()])
def test_an_option_of_another_type_is_refused_by_its_name(option: str) -> None:
    with pytest.raises(TypeError, match=rf"{option} must be .*, not <something> \(_Something\)"):
        Settings(**{option: _Something()})  # type: ignore[arg-type]


def test_none_is_an_option_where_it_is_the_default() -> None:
    for option in options():
        nothing: Any = {option.name: None}
        if option.default is None:
            assert getattr(Settings(**nothing), option.name) is None
        else:
            with pytest.raises(TypeError, match=f"{option.name} must be .*, not None"):
                Settings(**nothing)


# What testers were seen to write
WRONG: dict[str, tuple[Callable[[PcaMock, Authority], Any], str]] = {
    "days for a validity": (
        lambda pca, ca: ca.issue("x", validity=30),  # type: ignore[arg-type]
        "validity must be a timedelta, such as timedelta(days=30), not 30 (int)",
    ),
    "seconds for a clock": (
        lambda pca, ca: pca.clock.advance(5),  # type: ignore[arg-type]
        "by must be a timedelta, unless a unit is passed as in seconds=5, not 5 (int)",
    ),
    "a list of names": (
        lambda pca, ca: ca.issue(["a", "b"]),  # type: ignore[arg-type]
        "a name is a str, and several are passed one by one, not as ['a', 'b']",
    ),
    "a number as text": (
        lambda pca, ca: mock_pca(quotas={"certificates": "1"}),  # type: ignore[dict-item]
        "the quota certificates must be an int, not '1' (str)",
    ),
    "an option without its name": (
        lambda pca, ca: mock_pca("111122223333"),  # type: ignore[call-overload]
        "not '111122223333'; its options have names, as in mock_pca(account_id=",
    ),
    "no snapshot": (
        lambda pca, ca: pca.restore({}),  # type: ignore[arg-type]
        "kept must be a Snapshot, from pca.snapshot(), not {} (dict)",
    ),
    "a seed between two": (
        lambda pca, ca: mock_pca(seed=1.5),  # type: ignore[call-overload]
        "seed must be an int or a str, not 1.5 (float)",
    ),
    "an account as a number": (
        lambda pca, ca: mock_pca(account_id=123456789012),  # type: ignore[call-overload]
        "account_id must be a str, not 123456789012 (int)",
    ),
    "another account as a number": (
        lambda pca, ca: mock_pca(accounts={"AKIA": 123456789012}),  # type: ignore[dict-item]
        "account_id must be a str, not 123456789012 (int)",
    ),
    "yes for a number of times": (
        lambda pca, ca: pca.fail("IssueCertificate", "ThrottlingException", times=True),
        "times must be an int, not True (bool)",
    ),
    "yes for a number of attempts": (
        lambda pca, ca: pca.fail("IssueCertificate", "ThrottlingException", attempts=True),
        "attempts must be an int, not True (bool)",
    ),
    "yes for a number of calls": (
        lambda pca, ca: pca.calls.assert_called("IssueCertificate", times=True),
        "times must be an int, not True (bool)",
    ),
}


@pytest.mark.parametrize(("act", "message"), WRONG.values(), ids=WRONG)
def test_a_message_has_the_parameter_and_its_type(
    act: Callable[[PcaMock, Authority], Any], message: str, pca: PcaMock, pca_root_ca: Authority
) -> None:
    with pytest.raises(TypeError) as caught:
        act(pca, pca_root_ca)

    assert message in str(caught.value)


@pytest.mark.parametrize("organization_id", ["foo", "o-1", "", "O-A1B2C3D4E5", "o-a1b2c3d4e5\n"])
def test_an_organization_has_an_id_of_its_own_form(organization_id: str) -> None:
    with pytest.raises(ValueError, match="an organization_id has the form of 'o-a1b2c3d4e5', not"):
        mock_pca(organization_id=organization_id)


# Kinds


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (TEXT, ["", "a"], [b"a", 1, None]),
        (NUMBER, [0, -1], [True, 1.0, "1", None]),
        (FLAG, [True, False], [1, 0, "yes", None]),
        (BYTES, [b"", bytearray()], ["", [], None]),
        (DURATION, [SECOND], [1, None]),
        (MAPPING, [{}], [[], "a", None]),
        (FUNCTION, [len, Settings], ["len", None]),
        (PATH, ["a", Path("a")], [b"a", None]),
    ],
)
def test_a_kind_is_a_set_of_types(kind: Kind, good: Sequence[Any], bad: Sequence[Any]) -> None:
    for value in good:
        kind.check(argument=value)
    kind.check_if_given(argument=None)
    for value in bad:
        with pytest.raises(TypeError, match=f"argument must be {re.escape(kind.words)}, not "):
            kind.check(argument=value)


def test_a_long_argument_is_cut_off_in_the_message() -> None:
    with pytest.raises(TypeError) as caught:
        NUMBER.check(argument="a" * 1000)

    assert len(str(caught.value)) < 100


def test_create_csr_checks_its_arguments() -> None:
    arguments: dict[str, Any] = dict.fromkeys(
        ("common_name", "subject", "key_algorithm"), _Something()
    )
    for name, value in arguments.items():
        with pytest.raises(TypeError, match=f"{name} must be .* not <something>"):
            create_csr("localhost", **{name: value})
