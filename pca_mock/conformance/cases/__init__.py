"""All cases of the pack, by area."""

from __future__ import annotations

from itertools import chain
from typing import Final

from pca_mock.conformance.cases import (
    constraints,
    creating,
    errors,
    passthrough,
    statuses,
    tags,
    templates,
)
from pca_mock.conformance.model import Area, Case

AREAS: Final[tuple[Area, ...]] = (
    creating.AREA,
    templates.AREA,
    passthrough.AREA,
    statuses.AREA,
    errors.AREA,
    constraints.AREA,
    tags.AREA,
)
CASES: Final[tuple[Case, ...]] = tuple(chain.from_iterable(area.cases for area in AREAS))
