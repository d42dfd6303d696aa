"""An inlet: one partition of one topic that messages come from, between being read and being admitted.

What was read waits here, in order and bounded, until it is due and its lane has room; then it is under way.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, NamedTuple, TypeVar

from streams.core.watermark import Watermark

__all__ = ["Held", "Inlet"]

T = TypeVar("T")

MOST_HELD = 256  # messages
MOST_BYTES = 1024 * 1024
MOST_SPREAD = 10_000  # messages taken up at or after the watermark: bounds what a restart reads again


class Held(NamedTuple, Generic[T]):
    """One message that was read; `size` in bytes."""

    offset: int
    item: T
    size: int


class Inlet(Generic[T]):
    """Reading stops (the partition is paused and rewound) where the next message would be too much to hold.

    `reading` is False from the moment that a rewind was asked for until it is to go on; `rewinding` while records
    read before the rewind may still come: they come again.
    """

    def __init__(self, topic: str, partition: int, position: int) -> None:
        self.topic, self.partition = topic, partition
        self.watermark = Watermark(position)
        self.live = True  # until the partition is lost
        self.closed = False  # while the partition is given away: nothing more is taken up
        self.reading = True
        self.rewinding = False
        self._held: deque[Held[T]] = deque()
        self._bytes = 0

    @property
    def head(self) -> Held[T] | None:
        """The oldest message held."""
        return self._held[0] if self._held else None

    @property
    def takes_up(self) -> bool:
        """Whether another message may be taken up without running too far ahead of the watermark."""
        return self.watermark.spread < MOST_SPREAD

    @property
    def wants_more(self) -> bool:
        """Whether a stopped reading should go on."""
        return not self.reading and len(self._held) <= MOST_HELD // 4 and self._bytes <= MOST_BYTES // 4

    def offer(self, offset: int, item: T, size: int) -> bool:
        """Hold a message; False where there is no room, and reading must stop at this offset."""
        if self._held and (len(self._held) >= MOST_HELD or self._bytes + size > MOST_BYTES):
            return False
        self._held.append(Held(offset, item, size))
        self._bytes += size
        return True

    def stop_reading(self) -> None:
        """The partition is being paused and rewound."""
        self.reading, self.rewinding = False, True

    def take_up(self) -> Held[T]:
        """The head, from now on under way."""
        held = self._held.popleft()
        self._bytes -= held.size
        self.watermark.begin(held.offset)
        return held

    def replace_head(self, item: T) -> None:
        """The head turned out to be something else."""
        self._held[0] = self._held[0]._replace(item=item)

    def close(self) -> None:
        """Take up nothing more; what is held is read again by whoever has the partition next."""
        self.closed = True
        self.clear()

    def clear(self) -> None:
        """Hold nothing."""
        self._held.clear()
        self._bytes = 0

    def lose(self) -> None:
        """The partition belongs to someone else now: what is held is dropped."""
        self.live = False
        self.close()
