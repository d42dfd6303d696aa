"""At the start of a gateway: the accepted requests that the store does not have yet, so that their copies are known.

Read from the topic itself, only where some definition deduplicates, and no further back than the longest window.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import structlog
from confluent_kafka import Consumer, KafkaException, TopicPartition

from gateway.incoming.copies import Copies, First, Folded
from schemas.codec import decode_as
from schemas.errors import KafkaUnavailable, RecordUnreadable
from schemas.kafka_clients import consumer_config
from schemas.records import EntityKind, IncomingRequest, Outcome
from schemas.settings import Settings
from schemas.topics import Topics
from streams.core.configuration import Configuration
from streams.core.deduplicating import compile_deduplication

__all__ = ["catch_up", "longest_window"]

log = structlog.get_logger("gateway")
ASK_WITHIN = 5.0  # seconds
BATCH = 1000

Span = tuple[int, int]  # of offsets; the end is not included


def longest_window(configuration: Configuration) -> int:
    """Of all definitions, in milliseconds; 0 where none deduplicates."""
    rules = (
        compile_deduplication(entity.id, (entity.body or {}).get("deduplicate"))
        for state in configuration.accounts.values()
        for entity in state.of(EntityKind.INCOMING_WEBHOOK).values()
    )
    return max((rule.window for rule in rules if rule is not None), default=0)


def catch_up(settings: Settings, copies: Copies, folded: Callable[[], Folded], window: int, within: float) -> int:
    """Remember what the store lacks; answers how many records were read. Blocks, at most about `within` seconds.

    Raises:
        KafkaUnavailable: Kafka did not answer; it may be called again.
    """
    if window == 0:
        return 0
    consumer = Consumer(consumer_config(settings, "hookline-copies", "hookline-copies-reader"))
    try:
        topic = Topics(settings).incoming_requests
        return read_all(consumer, topic, dict(spans_of(consumer, topic, folded(), window)), copies, within)
    except KafkaException as error:
        raise KafkaUnavailable(f"the latest requests could not be read: {error.args[0].str()}") from None
    finally:
        consumer.close()


def read_all(consumer: Consumer, topic: str, spans: dict[int, Span], copies: Copies, within: float) -> int:
    missing = set(spans)
    consumer.assign([TopicPartition(topic, partition, begin) for partition, (begin, _) in spans.items()])
    deadline, read = time.monotonic() + within, 0
    while missing and time.monotonic() < deadline:
        for message in consumer.consume(BATCH, 0.2):
            if message.error() is None:
                partition, offset = message.partition() or 0, message.offset() or 0
                remember(copies, message.value(), (partition, offset))
                read += 1
                missing -= {partition} if offset + 1 >= spans[partition][1] else set()
    if missing:
        log.warning("not all of the latest requests could be read: some of their copies are not known", read=read)
    return read


def spans_of(consumer: Consumer, topic: str, folded: Folded, window: int) -> Iterator[tuple[int, Span]]:
    """What the store lacks of each partition, and no more than a window of it."""
    since = int(time.time() * 1000) - window
    partitions = consumer.list_topics(topic, ASK_WITHIN).topics[topic].partitions
    asked = [TopicPartition(topic, partition, since) for partition in partitions]
    for place in consumer.offsets_for_times(asked, timeout=ASK_WITHIN) if asked else ():
        begin = max(place.offset, folded.get(place.partition, 0))
        end = consumer.get_watermark_offsets(TopicPartition(topic, place.partition), timeout=ASK_WITHIN)[1]
        if place.offset >= 0 and begin < end:  # below 0: there is nothing as new as that
            yield place.partition, (begin, end)


def remember(copies: Copies, value: bytes | None, place: tuple[int, int]) -> None:
    try:
        record = decode_as(IncomingRequest, value)
    except RecordUnreadable:
        return  # map rejects it
    if record.outcome is Outcome.ACCEPTED and record.deduplication and record.run_id is None:
        told = (record.status_code, record.response_body, record.event_id, record.customer)
        copies.remember(record.deduplication, First(record.received_at, *told, place))
