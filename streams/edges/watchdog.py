"""The watchdog: a thread that ends the process when it has stopped doing its work without saying so.

It is a thread because an event loop that hangs runs no tasks. The rules are values in, sentence out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from streams.edges.clock import steady

__all__ = ["Beat", "Place", "Progress", "Rules", "Watchdog"]

log = structlog.get_logger(__name__)
EVERY = 5.0  # seconds between two looks

Place = tuple[str, int]  # topic, partition


@dataclass(frozen=True, slots=True)
class Beat:
    """What the event loop says of itself, about once a second; `at` in seconds of the steady clock."""

    at: float
    assigned: frozenset[Place] = frozenset()
    read_up_to: Mapping[Place, int] = field(default_factory=dict)  # where nothing that was read is still in work
    flowing: bool = True  # records may flow, or there is no partition to read
    coordinating: bool = True  # the member's part in the group is alive


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the group has come in one partition, as the broker sees it; `committed` negative: nothing yet."""

    committed: int
    first: int
    end: int


@dataclass(slots=True)
class Rules:
    """When a process is at fault; times in seconds. One instance sees every look, in order."""

    flow_timeout: float  # twice the rebalance timeout
    lag_timeout: float = 60.0
    beat_timeout: float = 30.0
    _moved: dict[Place, tuple[int, float]] = field(default_factory=dict)
    _flowed_at: float | None = None

    def fault(self, now: float, beat: Beat, progress: Mapping[Place, Progress] | None) -> str | None:
        """What is wrong, as a sentence; `progress` is None while the broker does not answer, which excuses much."""
        if now - beat.at > self.beat_timeout:
            return f"the event loop has not moved for {now - beat.at:.0f} s"
        if progress is None:
            self._moved.clear()
            self._flowed_at = now
            return None
        if not beat.coordinating:
            return "the part of this process in its group is dead"
        return self._suspended(now, beat) or self._stalled(now, beat, progress)

    def _suspended(self, now: float, beat: Beat) -> str | None:
        if beat.flowing or self._flowed_at is None:
            self._flowed_at = now
        waited = now - self._flowed_at
        return f"nothing has flowed since a rebalance {waited:.0f} s ago" if waited > self.flow_timeout else None

    def _stalled(self, now: float, beat: Beat, progress: Mapping[Place, Progress]) -> str | None:
        moved: dict[Place, tuple[int, float]] = {}
        for place in beat.assigned & progress.keys():
            found = progress[place]
            # A marker of someone's transaction is read and never committed: what was read counts, too.
            reached = max(found.committed, found.first, beat.read_up_to.get(place, -1))
            before, since = self._moved.get(place, (-1, now))
            moved[place] = (reached, since if before == reached and reached < found.end else now)
        self._moved = moved
        stalled = {place: now - since for place, (_, since) in moved.items() if now - since > self.lag_timeout}
        if not stalled:
            return None
        topic, partition = max(stalled, key=stalled.__getitem__)
        return f"{topic}/{partition} has records, and none was taken for {max(stalled.values()):.0f} s"


class Watchdog:
    """Looks every five seconds.

    Args:
        rules: what is wrong.
        progress: asks the broker about these partitions; None when it does not answer.
        end: ends the process; called from the thread, once.
    """

    def __init__(
        self,
        rules: Rules,
        progress: Callable[[frozenset[Place]], Mapping[Place, Progress] | None],
        end: Callable[[str], object],
    ) -> None:
        self._rules = rules
        self._progress = progress
        self._end = end
        self._beat = Beat(steady())
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._beat = Beat(steady())
        self._thread.start()

    def beat(self, beat: Beat) -> None:
        """From the event loop: this is how it is."""
        self._beat = beat

    def stop(self) -> None:
        """Look no longer."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(EVERY):
            try:
                progress = self._progress(self._beat.assigned)
                fault = self._rules.fault(steady(), self._beat, progress)
            except Exception:  # a watchdog that has died guards nothing
                log.exception("the watchdog could not look")
                fault = "the watchdog could not look"
            if fault is not None and not self._stopped.is_set():
                self._end(fault)
                return
