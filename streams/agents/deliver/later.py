"""Later: messages that are due in less than the smallest tier wait here, in memory, under way and bounded."""

from __future__ import annotations

from collections.abc import Callable

from streams.agents.deliver.work import Work
from streams.edges.clock import now_ms
from streams.edges.loop import Loop, Timer

__all__ = ["Later"]

MOST = 2000  # messages: far fewer than may be taken up, so that nobody else waits for them
MOST_BYTES = 16 * 1024 * 1024


class Later:
    """Holds messages until their time.

    Args:
        loop: has the timers.
        then: gets each message when it is due.
    """

    def __init__(self, loop: Loop, then: Callable[[Work], None]) -> None:
        self._loop, self._then = loop, then
        self._held: dict[Work, Timer] = {}
        self._bytes = 0

    @property
    def has_room(self) -> bool:
        """Whether it takes one more."""
        return len(self._held) < MOST and self._bytes < MOST_BYTES

    def hold(self, work: Work, due: int) -> None:
        """Hand it on at `due` (ms), never before."""
        if work not in self._held:
            self._bytes += work.size
        self._held[work] = self._loop.after(max(0, due - now_ms()) / 1000, lambda: self._look(work, due))

    def _look(self, work: Work, due: int) -> None:
        if now_ms() < due:  # the two clocks differ by a little
            self.hold(work, due)
            return
        self._forget(work)
        self._then(work)

    def hurry(self, key: str) -> None:
        """Hand this step on now, if it is here: somebody has asked for it."""
        for work in self.drop(lambda work: work.key == key):
            self._then(work)

    def drop(self, unwanted: Callable[[Work], bool]) -> list[Work]:
        """Take out what is unwanted."""
        dropped = [work for work in self._held if unwanted(work)]
        for work in dropped:
            self._held[work].cancel()
            self._forget(work)
        return dropped

    def _forget(self, work: Work) -> None:
        del self._held[work]
        self._bytes -= work.size
