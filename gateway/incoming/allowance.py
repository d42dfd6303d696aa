"""How many refused requests of one endpoint are logged a second: enough to see them, too few to fill the log."""

from __future__ import annotations

__all__ = ["Allowance"]


class Allowance:
    """Counts by name and second."""

    def __init__(self, per_second: int = 10) -> None:
        self._per_second = per_second
        self._second = -1
        self._taken: dict[tuple[str, str], int] = {}

    def take(self, name: tuple[str, str], now: float) -> bool:
        """Whether one more is allowed at `now`, in seconds."""
        if int(now) != self._second:
            self._second = int(now)
            self._taken.clear()
        self._taken[name] = taken = self._taken.get(name, 0) + 1
        return taken <= self._per_second
