"""The log as the projector reads it: batches of records, from the offsets that the store holds.

The group only shares the partitions out; its committed offsets are not read. What goes with them is: it says to
everybody who looks at the cluster what keeps the store from being written, where the store itself cannot say it.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Mapping
from threading import Event
from typing import Any

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka import Message as Received

from projections.folds.places import Message
from projections.store.write import Move, Partition
from schemas.errors import HooklineError
from schemas.kafka_clients import consumer_config, headers_of, unreachable
from schemas.settings import Settings

__all__ = ["LogRewound", "MemberEnded", "Source"]

log = structlog.get_logger(__name__)

MOST_RECORDS = 2000  # of one batch
MOST_BYTES = 16 * 1024 * 1024
CHUNK = 500
PACE = 0.01  # seconds from one batch to the next in a steady trickle: fewer transactions; after a rest, none
# What the client holds ahead, compressed and not; Kafka gives a larger message all the same, alone.
BOUNDS = {
    "fetch.max.bytes": 4 * 1024 * 1024,
    "fetch.message.max.bytes": 512 * 1024,
    "queued.max.messages.kbytes": 8 * 1024,
    "queued.min.messages": 2 * MOST_RECORDS,
}
LONGEST_WORD = 500  # characters of a word to the group
NOTICE_SECONDS = 30.0  # between two lines about a cluster that is away
FATAL = (KafkaError._FATAL, KafkaError.FENCED_INSTANCE_ID)  # noqa: SLF001 - a fenced member's error says that it is not fatal


class MemberEnded(HooklineError):
    """Kafka takes this process for a member of the group no more."""


class LogRewound(HooklineError):
    """A topic ends before what the store has folded of it: it is not the topic that the store was folded from."""


class Source:
    """One member of the projectors' group; to be used by one thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._consumer = Consumer(
            consumer_config(settings, "hookline-projector", f"{settings.topic_prefix}projector")
            | {
                "group.instance.id": settings.worker_slot or f"{socket.gethostname()}-projector",
                "session.timeout.ms": 10_000,
                "auto.offset.reset": "error",  # an offset that Kafka lacks is looked into, never skipped
                **BOUNDS,
                "topic.metadata.refresh.interval.ms": 10_000,  # a topic that is made later is found
                "error_cb": self._on_error,
            }
        )
        self._noticed = 0.0
        self._paced = 0.0
        self._ended: str | None = None
        self.granted: list[Partition] = []  # by the group
        self.positions: dict[Partition, int] = {}  # the next offset of each partition that is being read
        self.pending = False  # partitions were granted and are not read yet

    def cluster(self, stop: Event) -> str:
        """The Kafka cluster's id; waits until the cluster answers, or until `stop` is set: then it is blank."""
        while not stop.is_set():
            try:
                return self._consumer.list_topics(timeout=1.0).cluster_id or ""
            except KafkaException as error:
                self._notice(error.args[0])
        return ""

    def subscribe(self, topics: list[str]) -> None:
        """Join the group."""
        self._consumer.subscribe(topics, on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_revoke)

    def _on_assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Take note; reading starts with `start`, since the store may not answer just now."""
        self.granted = [(granted.topic, granted.partition) for granted in partitions]
        self.positions = {}
        self.pending = bool(partitions)
        consumer.assign([])

    def _on_revoke(self, consumer: Consumer, _partitions: list[TopicPartition]) -> None:
        self.granted, self.positions, self.pending = [], {}, False
        consumer.unassign()

    def start(self, positions: Mapping[Partition, int]) -> None:
        """Read the granted partitions from these offsets."""
        self.positions = dict(positions)
        self._consumer.assign([TopicPartition(topic, number, at) for (topic, number), at in positions.items()])
        self.pending = False
        log.info("partitions assigned", partitions=len(positions), folded=sum(positions.values()))

    def tell(self, trouble: str) -> None:
        """Leave word with the group of what keeps the store from being written; blank: nothing does."""
        places = [
            TopicPartition(*place, self.positions.get(place, 0), trouble[:LONGEST_WORD]) for place in self.granted
        ]
        if places:
            self._consumer.commit(offsets=places, asynchronous=True)

    def hold(self, seconds: float, stop: Event) -> None:
        """Read nothing for a while, yet stay in the group; then everything starts again from the store's offsets."""
        self.positions = {}
        self._consumer.assign([])
        until = time.monotonic() + seconds
        while not stop.is_set() and time.monotonic() < until:
            self._consumer.poll(min(0.1, seconds))
        self.pending = bool(self.granted)

    def take(self, wait: float) -> list[Message]:
        """The next records: waits for the first, at most `wait` seconds, and takes with it what is there already.

        Raises:
            LogRewound: a topic was made anew.
            MemberEnded: another took its place.
        """
        received: list[Received] = []
        first = self._consumer.poll(wait)
        more = [] if first is None else [first]
        if more:
            time.sleep(max(0.0, self._paced - time.monotonic()))
            self._paced = time.monotonic() + PACE
        size = 0
        while more:
            received += more
            size += sum(len(message) for message in more)
            if len(received) >= MOST_RECORDS or size >= MOST_BYTES:
                break
            more = self._consumer.consume(CHUNK, 0)
        if self._ended is not None:
            raise MemberEnded(f"{self._ended}; does another projector run with this HOOKLINE_WORKER_SLOT?")
        # A rebalance may have come in between: what is no longer read here is the new owner's.
        return [message_of(message) for message in received if self._is_record(message) and self._is_next(message)]

    def _is_record(self, message: Received) -> bool:
        error = message.error()
        if error is None:
            return True
        if error.code() == KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001 - librdkafka's public name
            self._look_for(str(message.topic()), int(message.partition() or 0))
        else:
            self._on_error(error)
        return False

    def _look_for(self, topic: str, number: int) -> None:
        """Go on where the log begins, when retention took what comes before."""
        position = self.positions.get((topic, number))
        if position is None:
            return
        low, high = self._consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=10.0)
        if position > high:
            raise LogRewound(
                f"{topic}/{number} ends at {high} and the store has folded it up to {position}: the topic was made "
                "anew; delete the store to fold it from the start"
            )
        log.warning("records have expired unread", topic=topic, partition=number, folded=position, first=low)
        self._consumer.seek(TopicPartition(topic, number, low))

    def _is_next(self, message: Received) -> bool:
        position = self.positions.get((str(message.topic()), int(message.partition() or 0)))
        return position is not None and (message.offset() or 0) >= position

    def moves(self, messages: Iterable[Message]) -> dict[Partition, Move]:
        """Where the offsets stand after these records."""
        last = {(message.topic, message.partition): message for message in messages}
        return {
            partition: Move(self.positions[partition], m.offset + 1, self._end(m), m.timestamp)
            for partition, m in last.items()
        }

    def _end(self, message: Message) -> int:
        """Where the partition ended when it was last fetched."""
        place = TopicPartition(message.topic, message.partition)
        _, high = self._consumer.get_watermark_offsets(place, cached=True)
        return max(high, message.offset + 1)

    def advance(self, moves: Mapping[Partition, Move]) -> None:
        """These records are in the store."""
        for partition, move in moves.items():
            self.positions[partition] = move.next_offset

    def close(self) -> None:
        """Leave."""
        self._consumer.close()

    def _on_error(self, error: KafkaError) -> None:
        if error.fatal() or error.code() in FATAL:
            self._ended = error.str()
        else:
            self._notice(error)

    def _notice(self, error: KafkaError) -> None:
        now = time.monotonic()
        if now - self._noticed >= NOTICE_SECONDS or self._noticed == 0:
            self._noticed = now
            log.warning("waiting for Kafka", problem=unreachable(self._settings, error))


def message_of(received: Any) -> Message:
    """A record out of the client's message."""
    return Message(
        received.topic(),
        received.partition(),
        received.offset(),
        received.timestamp()[1],
        received.key(),
        received.value(),
        headers_of(received),
    )
