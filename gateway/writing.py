"""Writes to Kafka from the event loop and waits for its word, at most three seconds; never blocks, has no thread.

What is not acknowledged by then is not known: it may be there or not, and the caller is told so. Delivery reports are
fetched by the loop itself, every millisecond while some are expected: a thread that waited for them would have to wait
for the interpreter's lock too, up to 5 ms for each report.
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial
from typing import Any, Protocol

import structlog
from confluent_kafka import KafkaError, KafkaException, Producer

from schemas.errors import KafkaUnavailable
from schemas.settings import Settings
from streams.edges.kafka import Message, producer_config
from streams.edges.outbox import Placed, failure

__all__ = ["ACKNOWLEDGED_WITHIN", "Writer", "Writes"]

log = structlog.get_logger("gateway")
ACKNOWLEDGED_WITHIN = 3.0  # seconds
LOOK_EVERY = 0.001  # seconds


class Writes(Protocol):
    """What the gateway needs of Kafka."""

    async def write(self, *messages: Message) -> list[Placed]:
        """Write all and wait until Kafka has them; answers where they are.

        Raises:
            KafkaUnavailable: there was no word in time, or no room to wait in; it is not known whether they are there.
            MessageRefused: Kafka will never take some of them.
        """


class _Batch:
    """The messages of one write; done when each has been reported."""

    __slots__ = ("deadline", "errors", "future", "places", "waiting")

    def __init__(self, future: asyncio.Future[list[Placed]], size: int, deadline: float) -> None:
        self.future = future
        self.deadline = deadline
        self.waiting = size
        self.places: list[Any] = [None] * size
        self.errors: dict[int, KafkaError] = {}

    def finish(self) -> None:
        if self.future.done():
            return  # given up before
        if self.errors:
            self.future.set_exception(failure(self.errors))
        else:
            self.future.set_result(self.places)


class Writer:
    """One idempotent producer with acks=all, for one event loop.

    Args:
        settings: where Kafka is.
        client_id: how this process is named to the brokers.
        loop: the only one that may use it.
        within: seconds until what is not acknowledged is given up.
    """

    def __init__(
        self,
        settings: Settings,
        client_id: str,
        loop: asyncio.AbstractEventLoop,
        within: float = ACKNOWLEDGED_WITHIN,
    ) -> None:
        self._producer = Producer(producer_config(settings, client_id, timeout=within))
        self._in_step = settings.min_insync_replicas
        self._loop = loop
        self._within = within
        self._expected = 0  # delivery reports
        self._looking = False
        self._batches: deque[_Batch] = deque()  # in the order of their deadlines
        self._away = False

    async def write(self, *messages: Message) -> list[Placed]:
        """See `Writes.write`."""
        if not messages:
            return []
        batch = _Batch(self._loop.create_future(), len(messages), self._loop.time() + self._within)
        for index, message in enumerate(messages):
            self._produce(batch, index, message)
        self._batches.append(batch)
        self._look_soon()
        try:
            places = await batch.future
        except KafkaUnavailable as error:
            self._say(away=True, reason=str(error))
            raise
        if self._away:
            self._say(away=False)
        return places

    def _produce(self, batch: _Batch, index: int, message: Message) -> None:
        try:
            self._producer.produce(
                message.topic,
                message.value,
                message.key,
                message.partition,
                headers=list(message.headers),
                on_delivery=partial(self._report, batch, index),
            )
        except BufferError:
            self._fail(batch, index, KafkaError(KafkaError._QUEUE_FULL))  # noqa: SLF001 - librdkafka's name
        except KafkaException as error:
            self._fail(batch, index, error.args[0])
        else:
            self._expected += 1

    def _fail(self, batch: _Batch, index: int, error: KafkaError) -> None:
        batch.errors[index] = error
        batch.waiting -= 1
        if batch.waiting == 0:
            batch.finish()

    def _report(self, batch: _Batch, index: int, error: KafkaError | None, message: Any) -> None:
        """In the loop, out of `poll`; an exception here would surface as a bare SystemError."""
        self._expected -= 1
        if error is not None:
            self._fail(batch, index, error)
            return
        batch.places[index] = Placed(message.partition(), message.offset())
        batch.waiting -= 1
        if batch.waiting == 0:
            batch.finish()

    def _look_soon(self) -> None:
        if not self._looking and (self._expected or self._batches):
            self._looking = True
            self._loop.call_later(LOOK_EVERY, self._look)

    def _look(self) -> None:
        self._looking = False
        self._producer.poll(0)
        now = self._loop.time()
        while self._batches and (self._batches[0].future.done() or self._batches[0].deadline <= now):
            batch = self._batches.popleft()
            if not batch.future.done():
                batch.future.set_exception(KafkaUnavailable(f"Kafka did not acknowledge within {self._within:g} s"))
        self._look_soon()

    def _say(self, *, away: bool, reason: str = "") -> None:
        """One line when Kafka goes away, one when it is back."""
        if away and not self._away:
            log.warning("Kafka does not acknowledge", reason=reason)
        elif not away:
            log.info("Kafka acknowledges again")
        self._away = away

    def reachable(self, topic: str, within: float) -> bool:
        """Whether every partition of a topic has its leader and enough replicas in step.

        Blocks at most `within` seconds: not for the event loop.
        """
        try:
            found = self._producer.list_topics(topic, within).topics[topic]
        except KafkaException:
            return False
        return found.error is None and all(
            each.leader >= 0 and len(each.isrs) >= self._in_step for each in found.partitions.values()
        )

    def close(self, within: float = 5.0) -> None:
        """Wait for what is under way, at most `within` seconds."""
        self._producer.flush(within)
