"""The circuit breaker of one site in one courier: when its messages are held back, and when it is tried again.

It needs failures of several deliveries, so that one message alone always follows its schedule. Times in milliseconds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Breaker", "BreakerRule", "BreakerState"]


class BreakerState(StrEnum):
    """Closed: all is sent. Open: all is held back. Probing: one at a time."""

    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"


@dataclass(frozen=True, slots=True)
class BreakerRule:
    """When it opens, and how it closes again."""

    in_a_row: int = 10  # failures
    least: int = 10  # attempts within the window, of which half have failed
    window: int = 60_000
    deliveries: int = 5  # different ones among the failures
    first_probe: int = 10_000
    longest_probe: int = 300_000
    successes: int = 2


@dataclass(slots=True)
class _Second:
    """What was answered within one second."""

    number: int
    attempts: int = 0
    failures: int = 0
    deliveries: set[str] = field(default_factory=set)  # failed ones, no more than the rule needs


class Breaker:
    """A state machine that is told of every answer."""

    def __init__(self, rule: BreakerRule | None = None) -> None:
        self.rule = rule or BreakerRule()
        self.state = BreakerState.CLOSED
        self.probe_at = 0
        self.reason = ""
        self._pause = 0
        self._opened_at = 0
        self._successes = 0
        self._row = 0
        self._row_of: set[str] = set()
        self._seconds: deque[_Second] = deque()

    @property
    def idle(self) -> bool:
        """Whether it remembers nothing that matters."""
        return self.state is BreakerState.CLOSED and not self._row

    def held_until(self, now: int) -> int | None:
        """When a message may be tried that must not be sent now; None where it may be sent, as a probe perhaps."""
        return self.probe_at if self.state is BreakerState.OPEN and now < self.probe_at else None

    def tries(self) -> None:
        """A message is sent that was not held: of an open breaker, it is the probe."""
        if self.state is BreakerState.OPEN:
            self.state, self._successes = BreakerState.PROBING, 0

    def answered(self, delivery_id: str, *, succeeded: bool, began_at: int, now: int) -> bool:
        """An attempt has ended; whether that opened or closed the breaker."""
        if self.state is BreakerState.CLOSED:
            self._count(delivery_id, succeeded=succeeded, now=now)
            return not succeeded and self._opens(now)
        if self.state is BreakerState.OPEN or began_at < self._opened_at:
            return False  # it was under way before
        return self._probed(succeeded=succeeded, now=now)

    def _probed(self, *, succeeded: bool, now: int) -> bool:
        if not succeeded:
            self._open(now, min(2 * self._pause, self.rule.longest_probe), "the probe failed")
            return True
        self._successes += 1
        if self._successes < self.rule.successes:
            return False
        self.state, self.reason = BreakerState.CLOSED, ""
        self._row, self._row_of = 0, set()
        self._seconds.clear()
        return True

    def _count(self, delivery_id: str, *, succeeded: bool, now: int) -> None:
        number = now // 1000
        if not self._seconds or self._seconds[-1].number != number:
            self._seconds.append(_Second(number))
        while self._seconds[0].number * 1000 <= now - self.rule.window:
            self._seconds.popleft()
        second = self._seconds[-1]
        second.attempts += 1
        if succeeded:
            self._row, self._row_of = 0, set()
            return
        second.failures += 1
        self._row += 1
        for seen in (second.deliveries, self._row_of):
            if len(seen) < self.rule.deliveries:
                seen.add(delivery_id)

    def _opens(self, now: int) -> bool:
        if self._row >= self.rule.in_a_row and len(self._row_of) >= self.rule.deliveries:
            self._open(now, self.rule.first_probe, f"{self._row} failures in a row")
            return True
        attempts = sum(second.attempts for second in self._seconds)
        failures = sum(second.failures for second in self._seconds)
        if attempts < self.rule.least or 2 * failures < attempts:
            return False
        if len(set().union(*(second.deliveries for second in self._seconds))) < self.rule.deliveries:
            return False
        self._open(now, self.rule.first_probe, f"{failures} of {attempts} attempts failed within a minute")
        return True

    def _open(self, now: int, pause: int, reason: str) -> None:
        self.state, self.reason = BreakerState.OPEN, reason
        self._pause, self._opened_at, self.probe_at = pause, now, now + pause
