"""Editors, `dir()` and `help()` show nothing of public classes that isn't for users."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

import pca_mock
from pca_mock import Authority, Buckets, Call, Calls, Certificate, Clock, PcaMock, Plan
from tests.pages import DOCS

# IPython looks for the first one; the others are documented ones of named tuples.
API: Final = (DOCS / "api.md").read_text(encoding="utf-8")
_PROTOCOLS: Final = {"_repr_html_", "_make", "_replace", "_asdict"}


def public_classes() -> set[type]:
    classes = {getattr(pca_mock, name) for name in pca_mock.__all__}
    with pca_mock.mock_pca() as pca:
        root = pca.create_root_ca(crl_bucket="crls")
        leaf = root.issue("localhost")
        handles: list[Any] = [pca, root, leaf, pca.calls, pca.calls[0], pca.buckets["crls"]]
        for handle in handles:
            classes |= {type(getattr(handle, name)) for name in dir(handle) if name[0] != "_"}
        classes |= {type(handle) for handle in handles}
    return {each for each in classes if inspect.isclass(each)}


def _is_method(member: object) -> bool:
    return inspect.isfunction(member) or isinstance(member, property)


def private_members(cls: type) -> Iterator[str]:
    for base in cls.__mro__:
        if base.__module__.partition(".")[0] == "pca_mock":
            for name, member in vars(base).items():
                is_data = inspect.ismemberdescriptor(member) or not hasattr(member, "__get__")
                if name[0] == "_" and name[:2] != "__" and not is_data:
                    yield name


@pytest.mark.parametrize("name", re.findall(r"autoclass:: pca_mock\.(\w+)\n   :members: (.+)", API))
def test_the_reference_has_all_that_editors_complete(name: tuple[str, str]) -> None:
    cls = getattr(pca_mock, name[0])
    names = {each for each, member in vars(cls).items() if each[0] != "_" and _is_method(member)}

    assert {*re.findall(r"\w+", name[1])} >= names


def test_public_classes_have_no_private_methods() -> None:
    classes = public_classes()

    members = {f"{each.__name__}.{name}" for each in classes for name in private_members(each)}

    assert {PcaMock, Clock, Buckets, Plan, Call, Calls, Authority, Certificate} <= classes
    assert {member for member in members if member.partition(".")[2] not in _PROTOCOLS} == set()
