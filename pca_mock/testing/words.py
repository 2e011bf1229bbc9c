"""The words that a test uses, held against the service model: what isn't there is refused."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from pca_mock.service.model import operation_model, service_model


def check_call(operation: str, members: Iterable[str]) -> None:
    """Refuse an operation or a member that the service model doesn't have.

    Args:
        operation: the name on the wire, such as "IssueCertificate".
        members: names of members of its request.

    Raises:
        ValueError: there is no such operation, or it has no such member.
    """
    names = service_model().operation_names
    if operation not in names:
        raise ValueError(no_such("operation", operation, names))
    shape = operation_model(operation).input_shape
    members_of_shape = shape.members if shape is not None else {}
    for member in members:
        if member not in members_of_shape:
            raise ValueError(no_such(f"member of {operation}", member, members_of_shape))


def no_such(kind: str, name: str, names: Iterable[str]) -> str:
    """The message about a name that isn't there: with the closest one, else with all there are."""
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    hint = f"; do you mean {close[0]}?" if close else f", only {', '.join(sorted(names))}"
    return f"there is no {kind} {name!r}{hint}"
