"""How many requests a second one endpoint takes: beyond that its callers are told when to come again.

A bucket an endpoint, filled at the rate, a second deep. Only endpoints that there are have one, and of those only the
busy ones are kept.
"""

from __future__ import annotations

import math

__all__ = ["EndpointRate"]

MOST = 10_000  # endpoints that are kept


class EndpointRate:
    """Buckets by name; `per_second` None takes everything."""

    def __init__(self, per_second: float | None) -> None:
        self._rate = per_second
        self._depth = max(1.0, per_second or 0.0)
        self._levels: dict[tuple[str, str], tuple[float, float]] = {}  # what is left, and when that was

    def __len__(self) -> int:
        return len(self._levels)

    def wait(self, name: tuple[str, str], now: float) -> int:
        """Take one at `now`, in seconds; 0, or in how many seconds there is room again."""
        if self._rate is None:
            return 0
        if len(self._levels) > MOST:
            self._forget(now)
        left, at = self._levels.get(name, (self._depth, now))
        left = min(self._depth, left + (now - at) * self._rate)
        taken = left >= 1.0
        self._levels[name] = (left - taken, now)
        return 0 if taken else math.ceil((1.0 - left) / self._rate)

    def _forget(self, now: float) -> None:
        """Full buckets are as good as none."""
        rate = self._rate or 0.0
        self._levels = {
            name: (left, at) for name, (left, at) in self._levels.items() if left + (now - at) * rate < self._depth
        }
