"""A rate: so many a second, with a small burst; times in milliseconds."""

from __future__ import annotations

__all__ = ["Rate"]

BURST = 100  # ms worth of it that may come at once


class Rate:
    """The rule of one stream of things (a virtual clock that runs ahead of the real one with each)."""

    def __init__(self, per_second: float) -> None:
        self._each = 1000 / per_second
        self._ahead = 0.0

    @property
    def free_at(self) -> int:
        """When the next one may come."""
        return round(self._ahead - BURST)

    def take(self, now: int) -> None:
        """One comes."""
        self._ahead = max(self._ahead, float(now)) + self._each
