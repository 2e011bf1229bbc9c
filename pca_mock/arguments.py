"""The types of arguments: one of another type is refused, with the name of its parameter."""

from __future__ import annotations

import os
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """Types that an argument can have, with words for them."""

    words: str
    types: tuple[type, ...]

    def check(self, **arguments: object) -> None:
        """Refuse arguments of other types. A bool is no number.

        Args:
            arguments: by the names of their parameters.

        Raises:
            TypeError: an argument has another type.
        """
        for parameter, value in arguments.items():
            is_number = not isinstance(value, bool) or bool in self.types
            if not (is_number and isinstance(value, self.types)):
                shown = f"{reprlib.repr(value)} ({type(value).__name__})"
                raise TypeError(f"{parameter} must be {self.words}, not {shown}")

    def check_if_given(self, **arguments: object) -> None:
        """Refuse arguments of other types, except None."""
        present = {name: value for name, value in arguments.items() if value is not None}
        self.check(**present)


TEXT: Final = Kind("a str", (str,))
NUMBER: Final = Kind("an int", (int,))
NUMBER_OR_TEXT: Final = Kind("an int or a str", (int, str))
FLAG: Final = Kind("True or False", (bool,))
BYTES: Final = Kind("bytes", (bytes, bytearray))
DURATION: Final = Kind("a timedelta, such as timedelta(days=30)", (timedelta,))
MAPPING: Final = Kind("a mapping, such as a dict", (Mapping,))
FUNCTION: Final = Kind("a function", (Callable,))  # type: ignore[arg-type]
PATH: Final = Kind("a str or a Path", (str, os.PathLike))
