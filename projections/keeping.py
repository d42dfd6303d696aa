"""For how long rows are kept: 90 days of the records' own time, as long as the topics keep them."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from projections.store.retention import Sweep
from projections.store.write import Writer
from schemas.topics import NINETY_DAYS_MS

__all__ = ["Keeping"]

log = structlog.get_logger(__name__)

EVERY = 3_600_000  # ms from the end of one sweep to the next


class Keeping:
    """What the projector deletes, and when; `now` in ms."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._sweep: Sweep | None = None
        self._due = 0

    def since(self) -> int:
        """Older records give no rows."""
        return self._now() - NINETY_DAYS_MS

    def step(self, writer: Writer) -> None:
        """A few rows of the sweep under way, if one is due.

        Raises:
            StoreReplaced, StoreUnavailable, StoreDamaged: as `Writer.sweep`.
        """
        if self._now() < self._due:
            return
        if self._sweep is None:
            self._sweep = Sweep(self.since())
        if not writer.sweep(self._sweep):
            if self._sweep.deleted:
                log.info("old rows are deleted", rows=self._sweep.deleted)
            self._sweep, self._due = None, self._now() + EVERY
