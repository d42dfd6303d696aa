"""Passes on what libraries log; a line that repeats (140 a second in an outage) is written once in ten seconds."""

from __future__ import annotations

import logging

import structlog

from streams.edges.clock import steady

__all__ = ["pass_on"]

log = structlog.get_logger(__name__)

EVERY = 10.0  # seconds
FEW = 200  # distinct lines that are remembered


class PassOn(logging.Handler):
    """Writes each line (its place in the library's code) now and then, with how many were left out."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._seen: dict[tuple[str, int], tuple[float, int]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write it, or count it."""
        line, now = (record.pathname, record.lineno), steady()
        at, left_out = self._seen.get(line, (now - EVERY, 0))
        if now - at < EVERY:
            self._seen[line] = (at, left_out + 1)
            return
        if len(self._seen) >= FEW:
            self._seen.clear()
        self._seen[line] = (now, 0)
        write = log.error if record.levelno >= logging.ERROR else log.warning
        write(record.name, text=record.getMessage(), left_out=left_out or None, exc_info=record.exc_info)


def pass_on(*libraries: str) -> None:
    """From now on, warnings and errors of these libraries come here and nowhere else."""
    handler = PassOn()
    for library in libraries:
        logger = logging.getLogger(library)
        logger.propagate = False
        logger.handlers = [handler]
        logger.setLevel(logging.WARNING)
