"""Durations as people write them: `10s`, `1m`, `72h`.

One unit a duration; the largest unit that holds it whole is the one that goes out.
"""

from __future__ import annotations

import re

__all__ = ["format_duration", "parse_duration"]

UNITS = {"h": 3600, "m": 60, "s": 1}
PATTERN = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)", re.ASCII)


def parse_duration(text: str) -> float:
    """Read a duration, in seconds.

    Raises:
        ValueError: it is not a number followed by ms, s, m, h or d.
    """
    match = PATTERN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a duration such as 10s, 5m or 72h")
    number, unit = match.groups()
    sizes = {**UNITS, "ms": 0.001, "d": 86400}
    return float(number) * sizes[unit]


def format_duration(seconds: float) -> str:
    """Write seconds in the largest unit that holds them whole: 60.0 is `1m`, 0.25 is `250ms`."""
    for unit, size in UNITS.items():
        if seconds >= size and seconds % size == 0:
            return f"{int(seconds // size)}{unit}"
    return f"{seconds * 1000:g}ms"
