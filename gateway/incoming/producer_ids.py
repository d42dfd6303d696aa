"""Ids that producers give their events: what each stands for, so that one id never names two events.

Exact on one gateway: an id is claimed while its event is under way, what was accepted is remembered until the store has
it, and the store is asked for the rest of its 90 days. A store that is away costs no event: then only what is in memory
is known. What the store has had is kept in memory too, for a store that was deleted and has not come that far again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from gateway.incoming.latest import Folded, Latest, has
from schemas.errors import KafkaUnavailable
from schemas.events import content_hash
from schemas.records import CustomerEvent

__all__ = ["Claim", "KnownEvent", "Place", "ProducerIds", "RecallEvents", "known_event"]

Place = tuple[tuple[str, int], int]
"""Topic (with its prefix) and partition, and the offset: of the event, or of the request that becomes it."""


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """What an id stands for; `timestamp` in milliseconds, `place` None where the store has it."""

    content: bytes
    timestamp: int
    place: Place | None = None

    def same(self, event: CustomerEvent, *, timed: bool) -> bool:
        """Whether an event says the same; its time counts where its producer gave it (`timed`)."""
        return self.content == content_hash(event) and (not timed or self.timestamp == event.timestamp)


def known_event(event: CustomerEvent, place: Place | None = None) -> KnownEvent:
    """What is remembered of an event."""
    return KnownEvent(content_hash(event), event.timestamp, place)


RecallEvents = Callable[[str, Collection[str]], Awaitable[tuple[dict[str, KnownEvent], Folded]]]
"""Asks the store: account and ids; never fails."""


@dataclass(slots=True)
class Claim:
    """Some ids of one account, ours for the moment: what they stand for, and what they will.

    `certain`: it is known what became of the events; whoever waits for the ids is told otherwise.
    """

    claimed: Collection[str]
    known: dict[str, KnownEvent] = field(default_factory=dict)
    accepted: dict[str, KnownEvent] = field(default_factory=dict)
    certain: bool = True


class ProducerIds:
    """What one gateway knows, in one event loop."""

    def __init__(self, recall: RecallEvents) -> None:
        self._recall = recall
        self._latest = Latest[bytes, KnownEvent]()
        self._folded = Latest[bytes, KnownEvent]()  # the store has had them; it may be built again, from nothing
        self._under_way: dict[bytes, asyncio.Future[bool]] = {}

    def __len__(self) -> int:
        return len(self._latest.known)

    def remember(self, account: str, event_id: str, known: KnownEvent) -> None:
        """Know an event that was accepted by anyone."""
        self._latest.remember(key_of(account, event_id), known)

    @asynccontextmanager
    async def claim(self, account: str, ids: Iterable[str]) -> AsyncIterator[Claim]:
        """Have ids for oneself, all of them at once, so that two who want the same never wait for each other.

        Raises:
            KafkaUnavailable: one of them was under way, and it is not known what became of its event.
        """
        keys = {each: key_of(account, each) for each in ids}
        await self._wait(keys.values())
        ended = asyncio.get_running_loop().create_future()
        self._under_way.update(dict.fromkeys(keys.values(), ended))
        claim = Claim(keys.keys())
        try:
            claim.known = await self._known(account, keys)
            yield claim
        except BaseException:
            claim.certain = False
            raise
        finally:
            for event_id, known in claim.accepted.items():
                self._latest.remember(keys[event_id], known)
            for key in keys.values():
                del self._under_way[key]
            ended.set_result(claim.certain)

    async def _wait(self, keys: Collection[bytes]) -> None:
        """Until nobody has any of them."""
        while busy := next((found for key in keys if (found := self._under_way.get(key))), None):
            if not await asyncio.shield(busy):
                raise KafkaUnavailable("it is not known what became of the event that has the same id")

    async def _known(self, account: str, keys: dict[str, bytes]) -> dict[str, KnownEvent]:
        known = {each: found for each, key in keys.items() if (found := self._latest.get(key)) is not None}
        if missing := keys.keys() - known.keys():
            stored, folded = await self._recall(account, missing)
            for key, forgotten in self._latest.forget(folded).items():
                self._folded.remember(key, forgotten)
            before = {each: found for each in missing if (found := self._folded.get(keys[each])) is not None}
            known |= {each: found for each, found in before.items() if not has(folded, found)} | stored
        return known


def key_of(account: str, event_id: str) -> bytes:
    """16 bytes, however long the id."""
    return hashlib.blake2b(f"{account}/{event_id}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
