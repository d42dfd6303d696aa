"""Reads what a topic has of the last time, and pieces of its partitions, outside any group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from schemas.errors import KafkaUnavailable
from schemas.settings import Settings
from streams.edges.clock import now_ms, steady
from streams.edges.kafka import consumer_config

__all__ = ["Span", "SpanReader", "records"]

Span = tuple[int, int]  # of offsets; the end is not included
BATCH = 1000
ASK_WITHIN = 10.0  # seconds
PATIENCE = 30.0  # seconds without a record and without an end


class SpanReader:
    """One topic's. Blocks: for a thread."""

    def __init__(self, settings: Settings, client_id: str, topic: str) -> None:
        self._config = consumer_config(settings, client_id, client_id) | {
            "enable.partition.eof": True,
            "fetch.queue.backoff.ms": 10,
        }
        self.topic = topic

    def latest(self, window: int, most: int) -> dict[int, Span]:
        """By partition, where the records of the last `window` milliseconds lie, the last `most` of them at most.

        Raises:
            KafkaUnavailable: the broker does not say.
        """
        consumer = Consumer(self._config)
        try:
            partitions = consumer.list_topics(self.topic, ASK_WITHIN).topics[self.topic].partitions
            asked = [TopicPartition(self.topic, number, now_ms() - window) for number in partitions]
            found = consumer.offsets_for_times(asked, timeout=ASK_WITHIN)
            spans = {}
            for place in found:
                first, end = consumer.get_watermark_offsets(TopicPartition(self.topic, place.partition), ASK_WITHIN)
                begin = end if place.offset < 0 else place.offset  # below 0: there is nothing as new as that
                spans[place.partition] = (max(begin, first, end - most // len(found)), end)
        except KafkaException as error:
            raise KafkaUnavailable(f"where {self.topic} ends is not known: {error.args[0].str()}") from None
        else:
            return spans
        finally:
            consumer.close()

    def read(self, spans: Mapping[int, Span]) -> Iterator[Message]:
        """The records of these spans.

        Raises:
            KafkaUnavailable: the broker does not give them.
        """
        return records(self._config, self.topic, spans)


def records(config: dict[str, Any], topic: str, spans: Mapping[int, Span]) -> Iterator[Message]:
    """The records of these spans, by a consumer of their own that tells the end of a partition; blocks.

    Raises:
        KafkaUnavailable: the broker does not give them.
    """
    ends = {number: end for number, (begin, end) in spans.items() if begin < end}
    if not ends:
        return
    consumer = Consumer(config)
    try:
        consumer.assign([TopicPartition(topic, number, spans[number][0]) for number in ends])
        deadline = steady() + PATIENCE
        while ends:
            for message in consumer.consume(BATCH, 0.05):
                deadline = steady() + PATIENCE
                if is_wanted(message, ends):
                    yield message
            if steady() > deadline:
                raise KafkaUnavailable(f"{len(ends)} partitions of {topic} could not be read")
    finally:
        consumer.close()


def is_wanted(message: Message, ends: dict[int, int]) -> bool:
    """Whether it lies below its end; a partition that has reached it is wanted no more."""
    number, offset, error = message.partition() or 0, message.offset() or 0, message.error()
    end = ends.get(number)
    if end is None:
        return False
    if error is not None:
        if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - its public name
            del ends[number]
        return False
    if offset >= end - 1:
        del ends[number]
    return offset < end
