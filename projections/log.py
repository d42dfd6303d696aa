"""The log from one place to another, outside of any group: what a store is folded from again.

A live projector reads by `projections.source`; this reader takes every partition, ends where it was told to, and
disturbs nobody.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from confluent_kafka import OFFSET_END, Consumer, KafkaError, KafkaException, TopicPartition

from projections.folds.places import Message
from projections.source import message_of
from projections.store.write import Partition
from schemas.errors import KafkaUnavailable
from schemas.kafka_clients import consumer_config, unreachable
from schemas.settings import Settings

__all__ = ["Log", "Offsets"]

Offsets = Mapping[Partition, int]

CHUNK = 5000  # records
PATIENCE = 30.0  # seconds without a record before the log is taken to be away
ANSWER = 10.0  # seconds
PAUSE = 0.1  # seconds before a partition whose leader has just changed is asked again
MOVING = (KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE, KafkaError.UNKNOWN_TOPIC_OR_PART)
BOUNDS = {
    "enable.partition.eof": True,
    "fetch.max.bytes": 16 * 1024 * 1024,
    "queued.max.messages.kbytes": 32 * 1024,
    "queued.min.messages": 20_000,
}


class Log:
    """The folded topics of a cluster; to be used by one thread."""

    def __init__(self, settings: Settings, topics: Collection[str]) -> None:
        self._settings = settings
        self._topics = topics
        self._consumer = Consumer(
            consumer_config(settings, "hookline-refold", f"{settings.topic_prefix}refold") | BOUNDS
        )

    def cluster(self) -> str:
        """The id of the Kafka cluster.

        Raises:
            KafkaUnavailable: it does not answer.
        """
        return str(self._asked(lambda: self._consumer.list_topics(timeout=ANSWER)).cluster_id or "")

    def bounds(self) -> dict[Partition, tuple[int, int]]:
        """Each partition's first offset, and the one after its last.

        Raises:
            KafkaUnavailable: it does not answer.
        """
        return {place: self._watermarks(place) for place in self._partitions()}

    def at(self, moment: int) -> dict[Partition, int]:
        """The offset of each partition after its last record of a moment (ms) or before.

        Raises:
            KafkaUnavailable: it does not answer.
        """
        asked = [TopicPartition(*place, moment + 1) for place in self._partitions()]
        found = self._asked(lambda: self._consumer.offsets_for_times(asked, timeout=ANSWER)) if asked else []
        ends = {(one.topic, one.partition): one.offset for one in found}
        return {place: self._watermarks(place)[1] if end in (OFFSET_END, -1) else end for place, end in ends.items()}

    def _partitions(self) -> list[Partition]:
        known = self._asked(lambda: self._consumer.list_topics(timeout=ANSWER)).topics
        return [(topic, number) for topic in self._topics if topic in known for number in known[topic].partitions]

    def _watermarks(self, place: Partition) -> tuple[int, int]:
        found: tuple[int, int] = self._asked(
            lambda: self._consumer.get_watermark_offsets(TopicPartition(*place), timeout=ANSWER)
        )
        return found

    def _asked(self, ask: Any) -> Any:
        until = time.monotonic() + ANSWER
        while True:
            try:
                return ask()
            except KafkaException as error:
                if error.args[0].code() not in MOVING or time.monotonic() > until:
                    raise KafkaUnavailable(unreachable(self._settings, error.args[0])) from None
            time.sleep(PAUSE)

    def read(self, positions: Offsets, ends: Offsets) -> Iterator[list[Message]]:
        """All records from these offsets up to those, a batch at a time, each partition in its order.

        Raises:
            KafkaUnavailable: no record came for a while.
        """
        waiting = {place for place, end in ends.items() if positions.get(place, 0) < end}
        self._consumer.assign([TopicPartition(*place, positions.get(place, 0)) for place in waiting])
        while waiting:
            received = self._consumer.consume(CHUNK, 0.05) or self._consumer.consume(1, PATIENCE)
            if not received:
                raise KafkaUnavailable("Kafka gives no more records; the log is not at its end yet: run this again")
            messages = []
            for message in received:
                place = str(message.topic()), int(message.partition() or 0)
                error = message.error()
                if error is not None:
                    self._end(place, error, waiting)
                    continue
                end = ends.get(place, 0)
                offset = int(message.offset() or 0)
                if offset < end:
                    messages.append(message_of(message))
                if offset >= end - 1:
                    waiting.discard(place)
            if messages:
                yield messages
        self._consumer.unassign()

    def _end(self, place: Partition, error: KafkaError, waiting: set[Partition]) -> None:
        if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - librdkafka's public name
            waiting.discard(place)
        elif not error.retriable():
            raise KafkaUnavailable(unreachable(self._settings, error))

    def close(self) -> None:
        """Leave."""
        self._consumer.close()
