"""A drain: one site's parked messages of one partition, from the first that waits to the last, in their order.

What was parked is read in pieces into an inlet; what ended is said in `parked` itself, as progress. Until that progress
is acknowledged, the window of proof is held where the messages were taken up, so that a kill repeats none of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from schemas.codec import decode, decode_as
from schemas.errors import RecordUnreadable
from schemas.records import Delivery, Parked
from streams.agents.deliver.work import Arrived, Item, Source
from streams.core.backlog import Backlog
from streams.core.inlet import Inlet
from streams.core.lanes import lane_of
from streams.core.proof import step_key
from streams.core.window import ProofWindow, Snapshot

__all__ = ["Drain", "parked_in"]


class Drain:
    """Its place in the log. Offsets are those of `parked`."""

    def __init__(self, topic: str, partition: int, backlog: Backlog) -> None:
        self.account, self.site_id, self.partition = backlog.account, backlog.site_id, partition
        self.inlet = Inlet[Item](topic, partition, backlog.first)
        self.next, self.end = backlog.first, backlog.last + 1  # to be read: from, and below
        self.since = backlog.since  # ms, when the first of them was parked
        self.reading = False
        self.writing = 0  # messages that are being parked
        self.said = self.known = backlog.first  # progress that was written, and that was acknowledged
        self._done, self._postponed = backlog.done, backlog.postponed
        self._holds: deque[tuple[int, Snapshot]] = deque()

    @property
    def waits(self) -> bool:
        """Whether messages wait in it, so that new ones go behind them."""
        return self.writing > 0 or self.next < self.end or self.inlet.head is not None

    @property
    def up_to(self) -> int:
        """All of them below this offset have ended."""
        if self.inlet.watermark.spread:
            return self.inlet.watermark.position
        return self.inlet.head.offset if self.inlet.head else self.next

    @property
    def over(self) -> bool:
        """Whether all have ended, and are known to have."""
        return not self.waits and not self.reading and self.known >= self.end

    def parked(self, offset: int, at: int) -> None:
        """One more message lies at this offset."""
        if self.next >= self.end:  # what lies between is other sites'
            self.next = max(self.next, offset)
            if self.inlet.head is None:
                self.since = at
            if self.known >= self.end:
                self.said = self.known = max(self.known, offset)
        self.end = max(self.end, offset + 1)

    def take(self, records: Sequence[tuple[int, bytes | None, int]], end: int) -> None:
        """Hold what was read below `end` (offset, value, ms when it was written), as much as there is room for."""
        for offset, value, written_at in records:
            if offset < self.next:
                continue
            for item, size in self._mine(value, written_at):
                if not self.inlet.offer(offset, item, size):
                    return
            self.next = offset + 1
        if not records:
            self.next = max(self.next, end)

    def _mine(self, value: bytes | None, written_at: int) -> Iterator[tuple[Item, int]]:
        found = parked_in(value)
        if found is None or found[0].site_id != self.site_id:
            return
        parked, delivery = found
        key = step_key(delivery)
        if key not in self._done and delivery.due >= self._postponed.get(key, 0):
            lane = lane_of(delivery)
            yield Arrived(delivery, lane, written_at, parked_at=parked.parked_at, cause=parked.cause), len(value or b"")

    def give_back(self) -> None:
        """Hold nothing; it is read again when it is wanted."""
        if (head := self.inlet.head) is not None:
            self.next = head.offset
            self.inlet.clear()

    def opened(self, source: Source) -> None:
        """One was taken up."""
        source.snapshot.held += 1
        self._holds.append((source.offset, source.snapshot))

    def acknowledged(self, up_to: int) -> None:
        """The progress up to there is in the log."""
        self.known = max(self.known, up_to)
        while self._holds and self._holds[0][0] < self.known:
            ProofWindow.close(self._holds.popleft()[1])


def parked_in(value: bytes | None) -> tuple[Parked, Delivery] | None:
    """The parked message that a record of `parked` is; None where it is another one."""
    try:
        record = decode(value)
        if not isinstance(record, Parked):
            return None
        delivery = decode_as(Delivery, record.delivery)
        lane_of(delivery)
    except RecordUnreadable:
        return None
    return record, delivery
