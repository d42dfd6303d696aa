"""What a check found: how bad it is, what it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Level", "fine", "warning", "wrong"]


class Level(StrEnum):
    """How bad it is."""

    FINE = "fine"
    WARNING = "warning"  # it works; it may not for long, or not through everything
    WRONG = "wrong"  # something does not work


@dataclass(frozen=True, slots=True)
class Finding:
    """`area` is what was looked at; `do` is blank where nothing has to be done."""

    area: str
    level: Level
    what: str
    do: str = ""


def fine(area: str, what: str) -> Finding:
    return Finding(area, Level.FINE, what)


def warning(area: str, what: str, do: str) -> Finding:
    return Finding(area, Level.WARNING, what, do)


def wrong(area: str, what: str, do: str) -> Finding:
    return Finding(area, Level.WRONG, what, do)
