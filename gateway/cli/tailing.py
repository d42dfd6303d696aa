"""Reads a topic for a person: where to start, up to which offsets, and what of it is shown.

It belongs to no consumer group and commits nothing, so that looking changes nothing.
"""

from __future__ import annotations

import heapq
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from gateway.cli.rendering import line_of
from gateway.up.errors import StartUnclear, TopicUnknown
from gateway.up.topics import Cluster
from schemas.durations import parse_duration
from schemas.kafka_clients import consumer_config
from schemas.settings import Settings
from schemas.times import iso_milliseconds

__all__ = ["Start", "Tail"]

TIMEOUT = 10.0  # seconds
BATCH = 500


@dataclass(frozen=True, slots=True)
class Start:
    """Where to begin in each partition: at an offset, at a time (ms); or, neither named, so many before the end."""

    last: int
    offset: int | None = None
    time: int | None = None

    @property
    def is_named(self) -> bool:
        """Whether there is a first record to go on from; the last ones are only known when all have been read."""
        return self.offset is not None or self.time is not None

    @classmethod
    def named(cls, *, from_beginning: bool, offset: int | None, since: str, last: int) -> Start:
        """The start that the options name.

        Raises:
            StartUnclear: more than one is named, or the time is none.
        """
        if sum((from_beginning, offset is not None, bool(since))) > 1:
            raise StartUnclear("name one start: --from-beginning, --offset or --since")
        return cls(last, 0 if from_beginning else offset, milliseconds(since) if since else None)


def milliseconds(since: str) -> int:
    """`10m` ago or an ISO 8601 time, in milliseconds; a time without a zone is UTC."""
    try:
        return int((datetime.now(UTC).timestamp() - parse_duration(since)) * 1000)
    except ValueError:
        at = iso_milliseconds(since)
    if at is None:
        raise StartUnclear(f"--since {since}: write 10m, 2h or a time such as 2026-11-24T09:00:00Z")
    return at


class Tail:
    """One look at one topic; `key` and `partition` narrow it.

    Raises:
        TopicUnknown: there is no such topic, or no such partition.
        KafkaUnreachable: no broker answers.
    """

    def __init__(
        self, settings: Settings, topic: str, start: Start, *, key: bytes | None = None, partition: int | None = None
    ) -> None:
        cluster = Cluster(settings)
        self.topic = cluster.full_name(topic)
        self.start = start
        self.key = key
        offsets = dict(enumerate(cluster.offsets(self.topic, cluster.partitions()[self.topic])))
        if partition is not None and partition not in offsets:
            raise TopicUnknown(f"{self.topic} has no partition {partition}; it has 0 to {len(offsets) - 1}")
        self.offsets = {number: ends for number, ends in offsets.items() if partition in {None, number}}
        reading = consumer_config(settings, "hookline-tail", "hookline-tail") | {"enable.partition.eof": True}
        self.consumer = Consumer(reading)
        self.consumer.assign(self._places())

    def show(self, max_messages: int | None, *, follow: bool) -> None:
        """Write the records to standard output, a line each."""
        for message in islice(self._chosen(follow=follow), max_messages):
            sys.stdout.buffer.write(line_of(message))
            sys.stdout.buffer.flush()

    def close(self) -> None:
        """Leave the cluster."""
        self.consumer.close()

    def _places(self) -> list[TopicPartition]:
        if self.start.time is not None:
            asked = [TopicPartition(self.topic, number, self.start.time) for number in self.offsets]
            return self.consumer.offsets_for_times(asked, timeout=TIMEOUT)
        return [TopicPartition(self.topic, number, self._first(*ends)) for number, ends in self.offsets.items()]

    def _first(self, begin: int, end: int) -> int:
        if self.start.offset is not None:
            return min(max(begin, self.start.offset), end)
        return begin if self.key is not None else max(begin, end - self.start.last)

    def _chosen(self, *, follow: bool) -> Iterator[Message]:
        if not self.start.is_named:
            yield from reversed(heapq.nlargest(self.start.last, self._matching(follow=False), key=placed))
        if self.start.is_named or follow:
            yield from self._matching(follow=follow)

    def _matching(self, *, follow: bool) -> Iterator[Message]:
        """Records with the key, until each partition's end as it was at the start; or for ever."""
        waiting = {number for number, (begin, end) in self.offsets.items() if end > begin}
        while waiting or follow:
            for message in self.consumer.consume(BATCH, 0.1):
                number, offset = message.partition() or 0, message.offset() or 0
                if message.error() is None and self.key in {None, message.key()}:
                    yield message
                if ended(message) or offset + 1 >= self.offsets[number][1]:
                    waiting.discard(number)


def ended(message: Message) -> bool:
    error = message.error()
    return error is not None and error.code() == KafkaError._PARTITION_EOF  # noqa: SLF001 - its public name is this


def placed(message: Message) -> tuple[int, int, int]:
    """The order of records over several partitions: by time, then by place."""
    return message.timestamp()[1], message.partition() or 0, message.offset() or 0
