"""Sizes as people write them: `64KiB`, `1MiB`, or plain bytes."""

from __future__ import annotations

import re

__all__ = ["parse_size"]

PATTERN = re.compile(r"([0-9]+)\s*(B|KiB|MiB|GiB|)", re.ASCII)
UNITS = {"": 1, "B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}


def parse_size(text: str) -> int:
    """Read a size, in bytes.

    Raises:
        ValueError: it is not a number, followed by a unit or not.
    """
    match = PATTERN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a size such as 1048576, 64KiB or 1MiB")
    return int(match[1]) * UNITS[match[2]]
