"""Paths into JSON values: `items.0.price`, exact and case-sensitive.

At every level a literal key that contains dots is tried first, the longest first; a number indexes an array; `$` is an
ordinary character. What leads nowhere is MISSING, which is not null.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any, Final

__all__ = ["MISSING", "Missing", "is_empty", "path_problem", "read", "write"]

MAX_PATH = 512
MAX_PARTS = 64
INDEX = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)


class Missing(Enum):
    """The one value that stands for 'nothing is there'."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


def path_problem(path: str) -> str | None:
    """What is wrong with a path, as a sentence; None where nothing is."""
    if not path or len(path) > MAX_PATH:
        return f"a path has 1 to {MAX_PATH} characters"
    parts = path.split(".")
    if len(parts) > MAX_PARTS:
        return f"a path has at most {MAX_PARTS} parts"
    return None if all(parts) else "a path has no empty part: no dot at its ends, no two dots in a row"


def read(value: Any, path: str) -> Any:
    """What lies at `path`, or MISSING."""
    return walk(value, path.split("."), 0)


def walk(value: Any, parts: list[str], start: int) -> Any:
    if start == len(parts):
        return value
    if isinstance(value, list):
        return walk_list(value, parts, start)
    if not isinstance(value, dict):
        return MISSING
    for end, key in reversed(list(keys_in(value, parts, start))):
        if (found := walk(value[key], parts, end)) is not MISSING:
            return found
    return MISSING


def keys_in(value: dict[str, Any], parts: list[str], start: int) -> Iterator[tuple[int, str]]:
    """The keys of an object that the next parts may mean, the shortest first, with where each of them ends."""
    key = parts[start]
    if key in value:
        yield start + 1, key
    for end in range(start + 1, len(parts)):
        key = f"{key}.{parts[end]}"
        if key in value:
            yield end + 1, key


def walk_list(value: list[Any], parts: list[str], start: int) -> Any:
    part = parts[start]
    if not (INDEX.fullmatch(part) and int(part) < len(value)):
        return MISSING
    return walk(value[int(part)], parts, start + 1)


def write(target: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a dotted path, making the objects on the way.

    Raises:
        ValueError: something on the way is not an object.
    """
    *way, last = path.split(".")
    for part in way:
        target = target.setdefault(part, {})
        if not isinstance(target, dict):
            raise ValueError(f"{part} already has a value that is not an object")  # noqa: TRY004 - of the caller's data
    target[last] = value


def is_empty(value: Any) -> bool:
    """Missing, null, "", [] or {}; 0 and false are not empty."""
    return value is MISSING or value is None or (isinstance(value, str | list | dict) and not value)
