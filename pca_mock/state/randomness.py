"""Where ids, serials and names come from: the operating system, or a seed.

Both kinds share `random.Random`'s interface. What a seed gives repeats, and is fit for tests alone.
"""

from __future__ import annotations

import string
import uuid
from random import Random, SystemRandom
from typing import Final

Seed = int | str
_LETTERS_AND_DIGITS: Final = string.ascii_letters + string.digits
_PARTITION_NAME_LENGTH: Final = 11


def source(seed: Seed | None) -> Random:
    """A source that starts with a seed; the operating system's without one."""
    return SystemRandom() if seed is None else Random(seed)


def new_uuid(source: Random) -> str:
    """A UUID of version 4 in its usual form: of CAs, audit reports and requests."""
    return str(uuid.UUID(int=source.getrandbits(128), version=4))


def new_serial_number(source: Random) -> int:
    """128 random bits, the first four of which are not all zero: always 32 hex digits."""
    while True:
        serial_number = source.getrandbits(128)
        if serial_number >> 124:
            return serial_number


def new_partition_name(source: Random) -> str:
    """Eleven letters and digits, as seen in certificates; AWS's pages speak of a GUID."""
    return "".join(source.choices(_LETTERS_AND_DIGITS, k=_PARTITION_NAME_LENGTH))
