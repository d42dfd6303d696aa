"""Carries a batch: whatever its hop makes of it is in Kafka before the batch counts as read.

0. What the hop needs to know is read. 1. The hop's step makes the messages. 2. Where a record was decided under a
change that is not folded here, fold up to it and do 1 again. 3. All messages are sent, and every delivery report is in.
Only then does `carry` return. A failure leaves it as an exception, and whoever runs it must then not acknowledge the
batch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Protocol

from schemas.errors import KafkaUnavailable
from streams.agents.hop import Behind, Hop, Moment, Outgoing, SourceRecord, reference
from streams.edges.clock import steady
from streams.edges.kafka import Message
from streams.edges.metrics import HOP_MESSAGES, HOP_RECORDS, HOP_REJECTED, HOP_SECONDS
from streams.edges.outbox import MessageRefused, Placed

__all__ = ["Carrier"]

PART_BYTES = 8 * 1024 * 1024  # of record values that are in work at once: large records come in smaller batches
FOLDED_WITHIN = 30.0  # seconds that a change which `config` has may take to arrive here


class Sends(Protocol):
    """An outbox."""

    def send(self, messages: Sequence[Message]) -> Future[list[Placed]]: ...


class Follows(Protocol):
    """A follower of `config`."""

    def end_offset(self) -> int: ...

    def wait_for(self, offset: int, timeout: float) -> bool: ...


class Carrier:
    """Carries batches of any hop; `now` gives milliseconds."""

    def __init__(self, outbox: Sends, follower: Follows, now: Callable[[], int]) -> None:
        self._outbox = outbox
        self._follower = follower
        self._now = now

    async def carry(self, hop: Hop, batch: Sequence[SourceRecord]) -> None:
        """Bring a batch to its end.

        Raises:
            KafkaUnavailable: it is not known what of it is in Kafka.
        """
        began = steady()
        for part in parts(batch):
            if (needed := hop.needs(part)) is not None:
                await asyncio.to_thread(needed)
            made = await self._made(hop, part)
            await self._send(hop, made)
            count(hop, part, made)
        HOP_SECONDS.labels(hop.name).observe(steady() - began)

    async def _made(self, hop: Hop, batch: Sequence[SourceRecord]) -> list[Outgoing]:
        end: int | None = None
        while True:
            try:
                return hop.step(batch, Moment(self._now(), end))
            except Behind as behind:
                end = await asyncio.to_thread(self._fold, behind.offset)

    def _fold(self, offset: int) -> int:
        """Wait until `offset` is folded, if `config` has it; answers where `config` ends."""
        end = self._follower.end_offset()
        if offset < end and not self._follower.wait_for(offset, FOLDED_WITHIN):
            raise KafkaUnavailable(f"the change at offset {offset} of config did not come within {FOLDED_WITHIN:g} s")
        return end

    async def _send(self, hop: Hop, outgoing: Sequence[Outgoing]) -> None:
        try:
            await self._acknowledged(outgoing)
        except MessageRefused as refused:
            moment = Moment(self._now())
            await self._acknowledged(
                [reference(hop, outgoing[i].source, str(refused), moment) for i in refused.indexes]
            )

    async def _acknowledged(self, outgoing: Sequence[Outgoing]) -> None:
        await asyncio.wrap_future(self._outbox.send([one.message for one in outgoing]))


def count(hop: Hop, batch: Sequence[SourceRecord], made: Sequence[Outgoing]) -> None:
    rejected = sum(one.message.topic == hop.rejected for one in made)
    HOP_RECORDS.labels(hop.name).inc(len(batch))
    HOP_REJECTED.labels(hop.name).inc(rejected)
    HOP_MESSAGES.labels(hop.name).inc(len(made) - rejected)


def parts(batch: Sequence[SourceRecord]) -> Iterator[Sequence[SourceRecord]]:
    """The batch in pieces of at most PART_BYTES, or of one record; nearly always in one piece."""
    start = size = 0
    for index, record in enumerate(batch):
        length = len(record.value or b"")
        if size + length > PART_BYTES and index > start:
            yield batch[start:index]
            start, size = index, 0
        size += length
    yield batch[start:]
