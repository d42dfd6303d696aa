"""At the start of a gateway: what was accepted and the store does not have yet, so that its copies and ids are known.

Read from the topics themselves: requests, only where some definition deduplicates or takes its event's id from the
request, and customer events; no further back than the longest window, and no more than is kept in memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from confluent_kafka import Consumer, KafkaException, TopicPartition

from gateway.incoming.copies import Copies, First
from gateway.incoming.latest import MOST
from gateway.incoming.producer_ids import KnownEvent, ProducerIds, known_event
from gateway.incoming.recalling import maps_id
from schemas.codec import decode_as
from schemas.errors import FieldInvalid, KafkaUnavailable, RecordUnreadable
from schemas.events import read_event
from schemas.identity import event_id_of_record
from schemas.kafka_clients import consumer_config
from schemas.records import EntityKind, IncomingRequest, Outcome
from schemas.settings import Settings
from streams.core.configuration import Configuration
from streams.core.deduplicating import compile_deduplication

__all__ = ["Reading", "catch_up", "longest_window", "names_events", "remember_event", "remember_request"]

log = structlog.get_logger("gateway")
ASK_WITHIN = 5.0  # seconds
BATCH = 1000

Place = tuple[str, int]  # topic (with its prefix) and partition
Span = tuple[int, int]  # of offsets; the end is not included
Take = Callable[[bytes | None, Place, int, int], None]
"""One record: its value, where it is, its offset and its time in milliseconds."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One topic to catch up with: `window` in milliseconds, `folded` the next offset that the store will have."""

    topic: str
    window: int
    folded: Mapping[int, int] = field(default_factory=dict)
    take: Take = lambda *_: None


def longest_window(configuration: Configuration) -> int:
    """Of all definitions, in milliseconds; 0 where none deduplicates."""
    rules = (compile_deduplication("", body.get("deduplicate")) for body in webhooks(configuration))
    return max((rule.window for rule in rules if rule is not None), default=0)


def names_events(configuration: Configuration) -> bool:
    """Whether some definition takes its event's id from the request."""
    return any(maps_id(body) for body in webhooks(configuration))


def webhooks(configuration: Configuration) -> Iterator[Mapping[str, Any]]:
    for state in configuration.accounts.values():
        yield from (entity.body or {} for entity in state.of(EntityKind.INCOMING_WEBHOOK).values())


def catch_up(settings: Settings, readings: Sequence[Reading], within: float) -> int:
    """Take what the store lacks; answers how many records were read. Blocks, at most about `within` seconds.

    Raises:
        KafkaUnavailable: Kafka did not answer; it may be called again.
    """
    wanted = [each for each in readings if each.window]
    if not wanted:
        return 0
    consumer = Consumer(consumer_config(settings, "hookline-copies", "hookline-copies-reader"))
    try:
        spans = dict(span for each in wanted for span in spans_of(consumer, each))
        return read_all(consumer, spans, {each.topic: each.take for each in wanted}, within)
    except KafkaException as error:
        raise KafkaUnavailable(f"the latest requests could not be read: {error.args[0].str()}") from None
    finally:
        consumer.close()


def read_all(consumer: Consumer, spans: Mapping[Place, Span], takes: Mapping[str, Take], within: float) -> int:
    missing = set(spans)
    consumer.assign([TopicPartition(*place, begin) for place, (begin, _) in spans.items()])
    deadline, read = time.monotonic() + within, 0
    while missing and time.monotonic() < deadline:
        for message in consumer.consume(BATCH, 0.2):
            if message.error() is None:
                place, offset = (message.topic() or "", message.partition() or 0), message.offset() or 0
                takes[place[0]](message.value(), place, offset, message.timestamp()[1])
                read += 1
                missing -= {place} if offset + 1 >= spans[place][1] else set()
    if missing:
        log.warning("not all of the latest records could be read: some copies and ids are not known", read=read)
    return read


def spans_of(consumer: Consumer, reading: Reading) -> Iterator[tuple[Place, Span]]:
    """What the store lacks of each partition, and no more than a window of it."""
    since, topic = int(time.time() * 1000) - reading.window, reading.topic
    partitions = consumer.list_topics(topic, ASK_WITHIN).topics[topic].partitions
    asked = [TopicPartition(topic, partition, since) for partition in partitions]
    for place in consumer.offsets_for_times(asked, timeout=ASK_WITHIN) if asked else ():
        end = consumer.get_watermark_offsets(TopicPartition(topic, place.partition), timeout=ASK_WITHIN)[1]
        begin = max(place.offset, reading.folded.get(place.partition, 0), end - MOST)
        if place.offset >= 0 and begin < end:  # below 0: there is nothing as new as that
            yield (topic, place.partition), (begin, end)


def remember_request(
    copies: Copies, ids: ProducerIds, event_of: Callable[[IncomingRequest], tuple[str, KnownEvent] | None]
) -> Take:
    """Remembers accepted requests, and the ids of the events that they become."""

    def take(value: bytes | None, place: Place, offset: int, _: int) -> None:
        try:
            record = decode_as(IncomingRequest, value)
        except RecordUnreadable:
            return  # map rejects it
        if record.outcome is not Outcome.ACCEPTED or record.run_id is not None:
            return
        if record.deduplication:
            told = (record.status_code, record.response_body, record.event_id, record.customer)
            copies.remember(record.deduplication, First(record.received_at, *told, (place[1], offset)))
        if (found := event_of(record)) is not None:
            ids.remember(record.account, found[0], replace(found[1], place=(place, offset)))

    return take


def remember_event(ids: ProducerIds) -> Take:
    """Remembers events that have an id of their own; route rejects what is none."""

    def take(value: bytes | None, place: Place, offset: int, timestamp: int) -> None:
        topic, partition = place
        try:
            event = read_event(value, cluster="", topic=topic, partition=partition, offset=offset, timestamp=timestamp)
        except (RecordUnreadable, FieldInvalid):
            return
        if event.id != event_id_of_record("", topic, partition, offset, timestamp):
            ids.remember(event.account, event.id, known_event(event, (place, offset)))

    return take
