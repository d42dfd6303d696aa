"""The watermark: below which offset everything of a partition has ended, so that it may be committed.

Messages end in any order; the watermark moves only over what has ended without a gap.
"""

from __future__ import annotations

from collections import deque

__all__ = ["Watermark"]


class Watermark:
    """One partition's. `position` is the offset to be committed: the next one that must be read again."""

    def __init__(self, position: int) -> None:
        self.position = position
        self._begun: deque[int] = deque()
        self._ended: set[int] = set()

    @property
    def spread(self) -> int:
        """How many messages were begun at or after the position."""
        return len(self._begun)

    def begin(self, offset: int) -> None:
        """A message is taken up; offsets only grow.

        Raises:
            ValueError: this one does not.
        """
        if offset < self.position or (self._begun and offset <= self._begun[-1]):
            raise ValueError(f"offset {offset} was taken up before")
        self._begun.append(offset)

    def end(self, offset: int) -> None:
        """A message that was begun is done with; a second time changes nothing."""
        if offset < self.position:
            return
        self._ended.add(offset)
        while self._begun and self._begun[0] in self._ended:
            first = self._begun.popleft()
            self._ended.remove(first)
            self.position = first + 1
