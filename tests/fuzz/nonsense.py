"""Values that nobody should pass, and small changes that break what is right."""

from __future__ import annotations

import base64
import copy
import math
from collections import OrderedDict, UserDict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from io import BytesIO, StringIO
from random import Random
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID


class Colour(str, Enum):
    RED = "red"


class Text(str):
    pass


class Number(int):
    pass


class Plain:
    pass


def _nested(kind: type[Any], depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"Key": value} if kind is dict else [value]
    return value


def _endless() -> Any:
    value: list[Any] = []
    value.append(value)
    return value


def _endless_dict() -> Any:
    value: dict[str, Any] = {}
    value["Key"] = value
    return value


_TEXTS: Final = (
    "", " ", "x", "null", "0", "-1", "\0", "\n", "\r\n", "\t", "%s", "%(x)s", "{}", "{0}", "{arn}",
    "é", "\u0660",
    "\u202e", "\ufeff", "\ud800", "\U0001f600", "a\u0300", "<b>", "'", '"', "\\", "/",
    "../..", "arn:", "arn:aws:acm-pca:::", "*", "[", "(", "$", "^", "true", "x" * 300, "x" * 70_000,
    "é" * 5000, "a" * 63 + ".", "--", "xn--", "1.2.3", "1..2", "2.999.1", "3.1", "1.40", "9" * 400,
)  # fmt: skip
_NUMBERS: Final = (
    0, 1, -1, 7, 30, 31, 255, 256, 2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1, 2**63, -(2**63) - 1,
    10**30, 10**400, 20_991_231_235_959, 99_991_231_235_959, 0.0, 1.5, -0.0, 1e308, math.inf,
    -math.inf, math.nan, True, False, 1 + 2j, Decimal(1), Decimal("NaN"), Fraction(1, 3), Number(5),
)  # fmt: skip
_OTHERS: Final[tuple[Callable[[], Any], ...]] = (
    lambda: None, list, dict, tuple, set, lambda: {1}, lambda: frozenset("a"), object, Plain,
    lambda: Plain, lambda: len, lambda: ..., lambda: NotImplemented, lambda: range(3),
    lambda: slice(1), lambda: iter([1]), lambda: (x for x in "ab"), lambda: b"",
    lambda: b"\xff\xfe",
    lambda: b"x" * 40_000, lambda: bytearray(b"ab"), lambda: memoryview(b"ab"),
    lambda: memoryview(b"abcd")[::2], lambda: BytesIO(b"ab"), lambda: StringIO("ab"),
    lambda: BytesIO(b"\xff"), lambda: [None], lambda: [[]], lambda: [{}], lambda: [1, "a", b"b"],
    lambda: {"a": 1}, lambda: {1: 2}, lambda: {None: None}, lambda: {(): []},
    lambda: OrderedDict(a=1),
    lambda: UserDict(a=1), lambda: MappingProxyType({"Key": "k"}), lambda: _nested(list, 900),
    lambda: _nested(dict, 900), lambda: _nested(list, 100_000), lambda: _nested(dict, 100_000),
    _endless, _endless_dict, lambda: ["x"] * 1000, lambda: [{"Key": "k"}] * 60,
    lambda: datetime(2020, 1, 1), lambda: datetime.max.replace(tzinfo=timezone.utc),
    lambda: date(1, 1, 1), lambda: UUID(int=5), lambda: Colour.RED, lambda: Text("x"),
    lambda: ValueError("x"), lambda: math,
)  # fmt: skip


def value(random: Random) -> Any:
    """A value of any type."""
    kind = random.randrange(4)
    if kind == 0:
        return random.choice(_TEXTS)
    if kind == 1:
        return random.choice(_NUMBERS)
    if kind == 2:
        return random.choice(_OTHERS)()
    return _text(random)


def _text(random: Random) -> str:
    """Text with odd characters at odd places."""
    length = random.choice((1, 2, 5, 20, 200))
    return "".join(
        chr(random.choice((random.randrange(32, 127), random.randrange(0x300), 0xD7FF, 0x10FFFF)))
        for _ in range(length)
    )


def changed(random: Random, request: dict[str, Any]) -> dict[str, Any]:
    """A request with one to three changes, at any depth."""
    request = copy.deepcopy(request)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        places = list(_places(request))
        holder, name = random.choice(places)
        change = random.randrange(8)
        if change == 0:
            del holder[name]
        elif change == 1:
            holder[name] = [holder[name]] * random.choice((1, 2, 60))
        elif change == 2:
            holder[name] = {"Key": holder[name]}
        elif change == 3 and isinstance(holder, dict):
            holder[_text(random)] = value(random)
        elif change == 4 and isinstance(holder[name], str):
            holder[name] = broken_text(random, holder[name])
        elif change == 5 and isinstance(holder[name], bytes):
            holder[name] = broken(random, holder[name])
        else:
            holder[name] = value(random)
        if not request:
            break
    return request


def _places(holder: Any) -> Iterator[tuple[Any, Any]]:
    names = holder if isinstance(holder, dict) else range(len(holder))
    for name in names:
        yield holder, name
        if type(holder[name]) in (dict, list) and _is_shallow(holder[name]):
            yield from _places(holder[name])


def _is_shallow(value: Any, depth: int = 20) -> bool:
    if depth == 0:
        return False
    members = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    )
    return all(_is_shallow(member, depth - 1) for member in members)


def broken(random: Random, data: bytes) -> bytes:
    """Bytes that are cut, or have bits flipped, or bytes inserted, removed, repeated or swapped."""
    result = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        place = random.randrange(len(result) + 1)
        change = random.randrange(7)
        if change == 0:
            del result[place:]
        elif change == 1 and place < len(result):
            result[place] ^= 1 << random.randrange(8)
        elif change == 2:
            result[place:place] = random.randbytes(random.choice((1, 2, 10)))
        elif change == 3:
            del result[place : place + random.choice((1, 2, 10))]
        elif change == 4:
            result[place:place] = result[place : place + random.choice((1, 5, 50))]
        elif change == 5 and place < len(result):
            result[place] = random.choice((0, 0x30, 0x31, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xA0, 0xFF))
        elif change == 6:
            other = random.randrange(len(result) + 1)
            part = result[other : other + 10]
            result[place : place + len(part)] = part
    return bytes(result)


def cut_and_flipped(data: bytes) -> Iterator[bytes]:
    """Bytes cut at every place, and with every bit flipped, one at a time."""
    for place in range(len(data)):
        yield data[:place]
        yield data[place:]
        for bit in range(8):
            yield data[:place] + bytes((data[place] ^ 1 << bit,)) + data[place + 1 :]


def broken_text(random: Random, text: str) -> str:
    """The same for text."""
    data = text.encode("utf-8", "surrogatepass")
    return broken(random, data).decode("utf-8", random.choice(("replace", "ignore")))


def pem(random: Random, label: str, data: bytes) -> bytes:
    """PEM of many kinds: right ones, and ones with other labels, lines, ends and surroundings."""
    width = random.choice((64, 64, 64, 1, 76, 10_000))
    body = base64.b64encode(data).decode()
    end = random.choice(("\n", "\n", "\r\n", "\r", " ", ""))
    lines = end.join(body[place : place + width] for place in range(0, len(body), width))
    begin = random.choice((label, label, label, label.lower(), "X509 CRL", "", label + " "))
    text = f"-----BEGIN {begin}-----{end}{lines}{end}-----END {label}-----{end}"
    change = random.randrange(8)
    if change == 0:
        text = random.choice(("junk\n", "\ufeff", "\0", "Bag Attributes\n", "\n\n")) + text
    elif change == 1:
        text += random.choice(("junk", "\0", "\n\n", text))
    elif change == 2:
        text = text.replace("-----", random.choice(("----", "------", "")), 1)
    elif change == 3:
        text = text.replace(end or "=", random.choice((":", "=", "\n\n", "Proc-Type: 4\n")), 1)
    elif change == 4:
        text = broken_text(random, text)
    encodings = ("utf-8", "utf-8", "utf-8", "utf-16", "latin-1")
    return text.encode(random.choice(encodings), "replace")
