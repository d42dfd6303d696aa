"""Requests to endpoints that nobody has: the last hundred names, in memory only, so that a misspelt one is found."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

__all__ = ["UnknownEndpoint", "UnknownEndpoints"]

REMEMBERED = 100
SHOWN = 200  # characters of a path that are kept


@dataclass(slots=True)
class UnknownEndpoint:
    """One method and path, how often it was asked for, and when last (ms)."""

    time: int
    method: str
    path: str
    count: int


class UnknownEndpoints:
    """The ring; the newest last."""

    def __init__(self) -> None:
        self._rows: OrderedDict[tuple[str, str], UnknownEndpoint] = OrderedDict()

    def add(self, now: int, method: str, path: str) -> None:
        """Count one request; `now` in milliseconds."""
        name = (method[:SHOWN], path[:SHOWN])
        row = self._rows.setdefault(name, UnknownEndpoint(now, *name, 0))
        row.time, row.count = now, row.count + 1
        self._rows.move_to_end(name)
        if len(self._rows) > REMEMBERED:
            self._rows.popitem(last=False)

    @property
    def rows(self) -> list[UnknownEndpoint]:
        """What is remembered, the newest first."""
        return list(reversed(self._rows.values()))
