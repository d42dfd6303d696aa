"""Warnings of which there may be thousands a second: one of a kind is written now and then, and how many were not."""

from __future__ import annotations

from typing import Any

import structlog

from streams.edges.clock import steady

__all__ = ["Seldom"]

log = structlog.get_logger(__name__)

EVERY = 10.0  # seconds


class Seldom:
    """Writes the first line of a kind at once, then one in ten seconds; there are few kinds."""

    def __init__(self) -> None:
        self._kinds: dict[object, tuple[float, int]] = {}  # when the next may be written, and how many were not

    def warning(self, event: str, *, kind: object, **pairs: Any) -> None:
        """Write the line, or count it."""
        at, left_out = self._kinds.get(kind, (0.0, 0))
        if steady() < at:
            self._kinds[kind] = (at, left_out + 1)
            return
        self._kinds[kind] = (steady() + EVERY, 0)
        log.warning(event, **pairs, left_out=left_out or None)
