"""Where ids, serials and names come from: random numbers, which repeat where a test gives a seed.

They are fit only for tests, like everything that is made from them.
"""

from __future__ import annotations

import string
from random import Random
from typing import Final

from pca_mock.settings import Seed

_LETTERS_AND_DIGITS: Final = string.ascii_letters + string.digits
# RFC 9562 section 5.4: which bits of a UUID are random, and the values of the others.
_FREE_BITS: Final = 0xFFFFFFFF_FFFF_0FFF_3FFF_FFFFFFFFFFFF
_FIXED_BITS: Final = 0x00000000_0000_4000_8000_000000000000
_PARTITION_NAME_LENGTH: Final = 11


def source(seed: Seed | None) -> Random:
    """A source that starts with a seed, by default with one of the operating system's."""
    if isinstance(seed, int) and seed < 0:
        seed = f"int {seed}"  # of a number, Random takes the absolute value
    return Random(seed)


def new_uuid(source: Random) -> str:
    """A UUID of version 4 in its usual form: of CAs, audit reports and requests."""
    digits = f"{source.getrandbits(128) & _FREE_BITS | _FIXED_BITS:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def new_serial_number(source: Random) -> int:
    """128 random bits, but never zero. In 32 hex digits, the first ones may be zeros."""
    return source.getrandbits(128) or new_serial_number(source)


def new_partition_name(source: Random) -> str:
    """Eleven letters and digits, as seen in certificates; AWS's pages speak of a GUID."""
    return "".join(source.choices(_LETTERS_AND_DIGITS, k=_PARTITION_NAME_LENGTH))
