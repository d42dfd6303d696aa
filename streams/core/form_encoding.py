"""URL-encoded messages, byte for byte as PHP writes them: `http_build_query(json_decode($json, true))`.

* `{"data": {"points": 325}}` is `data%5Bpoints%5D=325`: the brackets are encoded; a space is `+`; only letters, digits
  and `-._` stay as they are. Members keep their order; a list's members have their numbers as keys.
* true is 1, false is 0; null, `[]` and `{}` are left out, and the numbers of a list's other members stay.
* Whole numbers within 64 bits keep all their digits. All others are doubles, with 14 significant digits (PHP's
  `precision`): `0.1`, `1.0E-5`, `1.2345678901235E+14`. PHP has no decimals: send amounts as text to keep more digits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

from schemas.errors import FieldInvalid

__all__ = ["form_encoded"]

WHOLE = range(-(2**63), 2**63)

Scalar = str | int | float | bool


def form_encoded(json_text: bytes | str, longest: int) -> bytes:
    """The form of a JSON object's text.

    Raises:
        FieldInvalid: it has more than `longest` bytes; a name stands before each of its members, so a form can be
            many times as long as its JSON.
    """
    found, size = [], 0
    for field in fields(json.loads(json_text), None):
        size += len(field) + 1
        if size > longest:
            raise FieldInvalid("content_type", f"URL-encoded, the message has more than {longest:,} bytes")
        found.append(field)
    return "&".join(found).encode()


def fields(value: Any, name: str | None) -> Iterator[str]:
    """The `name=value` of everything in an object or list whose own name is `name`; the whole has none."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in members:
        part = encoded(str(key))
        whole = part if name is None else f"{name}%5B{part}%5D"
        if isinstance(member, dict | list):
            yield from fields(member, whole)
        elif member is not None:
            yield f"{whole}={encoded(scalar(member))}"


def scalar(value: Scalar) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value) if isinstance(value, int) and value in WHOLE else double(float(value))


def double(value: float) -> str:
    """A double as PHP prints it; Python's `G` has the same digits and limits, but another exponent."""
    mantissa, exponent, power = f"{value:.14G}".partition("E")
    if not exponent:
        return mantissa
    return f"{mantissa}{'' if '.' in mantissa else '.0'}E{power[0]}{power[1:].lstrip('0')}"


def encoded(text: str) -> str:
    return quote_plus(text).replace("~", "%7E")
