"""JSON as Hookline reads and writes it: strict in, compact out, and the text form that filters compare.

Strict (RFC 8259 and more): UTF-8, no byte order mark, no duplicate keys, no NaN or Infinity, no number beyond a double,
no lone surrogates, at most 64 levels. Integers keep all their digits.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson

from schemas.errors import HooklineError

__all__ = ["MAX_DEPTH", "JsonMalformed", "dump", "is_number", "number_of", "parse", "text_form"]

MAX_DEPTH = 64
LARGEST = 2**1024 - 2**971  # the largest double, as an integer
NUMERIC = re.compile(r"[+-]?([0-9]+)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)  # a string is one token
OPENERS = frozenset(b"[{")
CLOSERS = frozenset(b"]}")


class JsonMalformed(HooklineError):
    """A text is not JSON by the rules above; the message says where."""


def parse(text: bytes) -> Any:
    """Read one JSON value.

    Raises:
        JsonMalformed: it breaks a rule of this module.
    """
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonMalformed(f"byte {error.start} is not UTF-8") from None
    if decoded.startswith("\ufeff"):
        raise JsonMalformed("it begins with a byte order mark; send it without one")
    if text.count(b"[") + text.count(b"{") > MAX_DEPTH:
        refuse_depth(text)
    try:
        value = DECODER.decode(decoded)
    except json.JSONDecodeError as error:
        raise JsonMalformed(f"line {error.lineno} column {error.colno}: {error.msg}") from None
    except ValueError as error:
        raise JsonMalformed(str(error)) from None
    if "\\u" in decoded:
        refuse_surrogates(value)
    return value


def refuse_depth(text: bytes) -> None:
    depth = 0
    for token in STRUCTURE.finditer(text):
        if text[token.start()] in OPENERS:
            depth += 1
            if depth > MAX_DEPTH:
                raise JsonMalformed(f"it is nested more than {MAX_DEPTH} levels deep")
        elif text[token.start()] in CLOSERS:
            depth -= 1


def refuse_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise JsonMalformed("a \\u escape is half of a surrogate pair") from None


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonMalformed("a key stands twice in one object")  # which one may be told to nobody: bodies have secrets
    return found


def finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise JsonMalformed("a number is beyond a double")
    return value


def whole(text: str) -> int:
    if len(text) > 310 or abs(value := int(text)) > LARGEST:  # noqa: PLR2004 - digits of the largest double, and a sign
        raise JsonMalformed("a number is beyond a double")
    return value


def constant(text: str) -> Any:
    raise JsonMalformed(f"{text} is not JSON")


DECODER = json.JSONDecoder(object_pairs_hook=unique, parse_float=finite, parse_int=whole, parse_constant=constant)


def dump(value: Any) -> str:
    """Write compact JSON; integers keep all their digits."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # an integer beyond 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def is_number(value: Any) -> bool:
    """Whether it is a JSON number; booleans are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number_of(value: Any) -> int | float | None:
    """The number that a JSON number or a numeric text is; None for all else.

    Numeric text: optional sign, ASCII digits, optional fraction, optional exponent, no blanks, not beyond a double.
    """
    if is_number(value):
        return value  # type: ignore[no-any-return]  # narrowed by is_number
    if not isinstance(value, str) or len(value) > 400 or (match := NUMERIC.fullmatch(value)) is None:  # noqa: PLR2004
        return None
    if match[2] is None and match[3] is None:
        number: int | float = int(value)
        return number if abs(number) <= LARGEST else None
    number = float(value)
    return None if math.isinf(number) else number


def text_form(value: Any) -> str:
    """What filters and replacements compare: text as it is, numbers in their shortest form, the rest compact JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, list):
        return f"[{','.join(compact(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{dump(key)}:{compact(item)}' for key, item in value.items())}}}"
    return dump(value)


def compact(value: Any) -> str:
    return dump(value) if isinstance(value, str) else text_form(value)


def number_text(value: float) -> str:
    if value.is_integer() and abs(value) < 1e16:  # noqa: PLR2004 - from here on repr has an exponent
        return str(int(value))
    mantissa, exponent, power = repr(value).partition("e")
    return f"{mantissa}e{int(power)}" if exponent else mantissa
