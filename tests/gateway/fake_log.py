"""A Kafka in memory for the gateway: what a writer and a follower of `config` are, with the log to look at.

That it behaves as the real ones is proved by `test_writing.py`, which both pass.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from schemas import codec
from schemas.errors import ConfigurationRefused, KafkaUnavailable
from schemas.records import Change
from streams.core.configuration import Configuration
from streams.edges.kafka import Message
from streams.edges.outbox import MessageRefused, Placed

__all__ = ["FakeLog"]

LARGEST = 9 * 1024 * 1024


class FakeLog:
    """Topics of so many partitions.

    `away` makes it silent, `late` keeps changes of `config` from being folded, `rivals` come before the next write;
    while it is `slow`, nothing is acknowledged.
    """

    def __init__(self, config_topic: str = "hookline.config", partitions: int = 3) -> None:
        self.configuration = Configuration()
        self.away = False
        self.late = False
        self.slow = False
        self.asked = 0
        self.rivals: list[Message] = []
        self.topics: dict[str, list[tuple[Placed, Message]]] = defaultdict(list)
        self._config_topic = config_topic
        self._partitions = partitions
        self._ends: dict[tuple[str, int], int] = defaultdict(int)
        self._listeners: list[Callable[[int], None]] = []
        self._verdicts: dict[int, ConfigurationRefused | None] = {}

    async def write(self, *messages: Message) -> list[Placed]:
        self.asked += 1
        while self.slow:  # noqa: ASYNC110 - set by a test, in another thread
            await asyncio.sleep(0.01)
        if self.away:
            raise KafkaUnavailable("nobody answers")
        if refused := tuple(index for index, message in enumerate(messages) if len(message.value) > LARGEST):
            raise MessageRefused(refused, "too large")
        rivals, self.rivals = self.rivals, []
        return [self._placed(message) for message in (*rivals, *messages)][len(rivals) :]

    def _placed(self, message: Message) -> Placed:
        partition = message.partition if message.partition >= 0 else zlib.crc32(message.key or b"") % self._partitions
        place = Placed(partition, self._ends[message.topic, partition])
        self._ends[message.topic, partition] += 1
        self.topics[message.topic].append((place, message))
        if message.topic == self._config_topic and not self.late:
            change = codec.decode_as(Change, message.value)
            self._verdicts[place.offset] = self.configuration.apply(place.offset, change)
            for listener in self._listeners:
                listener(place.offset)
        return place

    def listen(self, listener: Callable[[int], None]) -> None:
        self._listeners.append(listener)

    def verdict(self, offset: int) -> ConfigurationRefused | None:
        return self._verdicts[offset]

    def records(self, topic: str) -> list[Any]:
        """Everything in a topic, decoded, in the order of writing."""
        return [codec.decode(message.value) for _, message in self.topics[topic]]
