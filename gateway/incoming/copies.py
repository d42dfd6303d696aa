"""Copies of requests: the first accepted one answers for all that come within the window, one event for all of them.

Exact on one gateway: a copy waits while the first is under way; what was accepted is remembered until the store has it,
and the store is asked for the rest. A store that is away costs no request: then only what is in memory is known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.incoming.latest import Folded, Latest
from schemas.errors import KafkaUnavailable

__all__ = ["Copies", "First", "Place", "Recall"]

Place = tuple[int, int]  # partition and offset in `incoming-requests`


@dataclass(frozen=True, slots=True)
class First:
    """The request that was accepted, and what its caller was told; `place` None where the store has it."""

    received_at: int  # ms
    status: int
    answer: bytes
    event_id: str | None
    customer: str | None
    place: Place | None = None


Recall = Callable[[str, str, int], Awaitable[tuple[First | None, Folded]]]
"""Asks the store: account, key, and since when in milliseconds; never fails."""


class Copies:
    """What one gateway knows, in one event loop."""

    def __init__(self, recall: Recall) -> None:
        self._recall = recall
        self._latest = Latest[str, First]()
        self._under_way: dict[str, asyncio.Future[bool]] = {}

    def __len__(self) -> int:
        return len(self._latest.known)

    async def first(self, account: str, key: str, since: int) -> First | None:
        """The first one, accepted at or after `since` (ms); None: the caller is it, and has to call `end`.

        Raises:
            KafkaUnavailable: the first one was under way, and it is not known what became of it.
        """
        while (under_way := self._under_way.get(key)) is not None:
            if not await asyncio.shield(under_way):
                raise KafkaUnavailable("it is not known what became of the request that this is a copy of")
        known = self._latest.get(key)
        if known is not None and known.received_at >= since:
            return known
        self._under_way[key] = asyncio.get_running_loop().create_future()
        try:
            found, folded = await self._recall(account, key, since)
        except BaseException:
            self.end(key, certain=False)
            raise
        self._latest.forget(folded)
        if found is not None:
            self.end(key)
        return found

    def end(self, key: str, accepted: First | None = None, *, certain: bool = True) -> None:
        """The one under way was accepted, or not; not `certain`: nobody knows."""
        if accepted is not None:
            self.remember(key, accepted)
        under_way = self._under_way.pop(key, None)
        if under_way is not None:
            under_way.set_result(certain)

    def remember(self, key: str, accepted: First) -> None:
        """Know one that was accepted."""
        self._latest.remember(key, accepted)
