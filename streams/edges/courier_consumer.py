"""Reads deliveries and retries, in the one thread that uses the consumer; hands them to the loop.

The loop asks for pauses, rewinds, resumes and commits; the group tells of partitions taken and given. Everything the
thread has to say arrives in the loop in the order in which it happened.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from schemas.errors import KafkaUnavailable
from schemas.settings import Settings
from streams.edges.assignment import Assigner, Share
from streams.edges.kafka import consumer_config
from streams.edges.loop import Loop

__all__ = ["CourierConsumer", "Handover", "Listener", "Position"]

log = structlog.get_logger(__name__)

# `fatal()` alone does not say it: a member whose name another process has taken gets these.
FATAL = (KafkaError._FATAL, KafkaError.FENCED_INSTANCE_ID)  # noqa: SLF001 - its public name
BATCH = 500
BATCHES_AHEAD = 4
PATIENCE = 0.1  # seconds
HANDOVER = 3.0  # seconds that giving partitions away may take


@dataclass(frozen=True, slots=True)
class Position:
    """What is to be committed of one partition."""

    topic: str
    partition: int
    offset: int
    metadata: str = ""


@dataclass(slots=True)
class Handover:
    """Partition numbers that are given away; whoever works on them fills in how far it came, and sets `done`."""

    numbers: frozenset[int]
    positions: Sequence[Position] = ()
    done: threading.Event = field(default_factory=threading.Event)


class _Wish(NamedTuple):
    """Something that the loop asks of the consumer, and what follows where Kafka does not take it."""

    command: Callable[[Consumer], None]
    failed: Callable[[Consumer, KafkaException], None]


class Listener(Protocol):
    """Told of all that happens, in the loop's thread."""

    def batch(self, messages: Sequence[Message]) -> None: ...
    def rewound(self, topic: str, partition: int) -> None: ...
    def assigned(self, shares: Sequence[Share]) -> None: ...
    def revoked(self, handover: Handover) -> None: ...
    def lost(self, numbers: frozenset[int]) -> None: ...
    def commit_failed(self) -> None: ...


class CourierConsumer:
    """The member of the group PREFIXcourier: another prefix is another Hookline on the same cluster.

    Args:
        settings: where Kafka is.
        member: the name that this process keeps over restarts.
        topics: what is read; all with the same number of partitions.
        assigner: finds where to start, and what was done before.
        loop: where the listener lives.
        on_failure: called in the loop when the thread cannot go on; the process should end.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        member: str,
        topics: Sequence[str],
        assigner: Assigner,
        loop: Loop,
        on_failure: Callable[[Exception], None],
    ) -> None:
        self._topics, self._assigner = list(topics), assigner
        self._loop, self._on_failure = loop, on_failure
        self._config = consumer_config(settings, "hookline-courier", f"{settings.topic_prefix}courier") | {
            "group.instance.id": member,
            "partition.assignment.strategy": "range",
            "session.timeout.ms": 10_000,
            "heartbeat.interval.ms": 1_000,
            "queued.max.messages.kbytes": 16 * 1024,
            "fetch.max.bytes": 10 * 1024 * 1024,
            "fetch.queue.backoff.ms": 20,
            "on_commit": self._committed,
        }
        self._commands: deque[_Wish] = deque()
        self._room = threading.Semaphore(BATCHES_AHEAD)
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="consumer", daemon=True)

    def start(self, listener: Listener) -> None:
        """Join the group and begin to read."""
        self._listener = listener
        self._thread.start()

    def rewind(self, topic: str, partition: int, offset: int) -> None:
        """Pause a partition; its records from `offset` on come again once it is resumed."""

        def command(consumer: Consumer) -> None:
            where = TopicPartition(topic, partition, offset)
            consumer.pause([where])
            consumer.seek(where)
            self._loop.post(lambda: self._listener.rewound(topic, partition))

        self._wish(command, lambda consumer, error: self._must(consumer, topic, partition, error))

    def resume(self, topic: str, partition: int) -> None:
        """Go on reading a partition."""
        self._wish(
            lambda consumer: consumer.resume([TopicPartition(topic, partition)]),
            lambda consumer, error: self._must(consumer, topic, partition, error),
        )

    def commit(self, positions: Sequence[Position]) -> None:
        """Commit, some time soon."""
        offsets = [kafka_position(position) for position in positions]
        self._wish(
            lambda consumer: consumer.commit(offsets=offsets, asynchronous=True),
            lambda _consumer, _error: self._loop.post(self._listener.commit_failed),
        )

    def taken(self) -> None:
        """A batch has been dealt with; there is room for another."""
        self._room.release()

    def stop(self, positions: Sequence[Position], timeout: float) -> None:
        """Commit these, leave and end the thread."""
        self._wish(lambda consumer: commit_now(consumer, positions), lambda _consumer, _error: None)
        self._stopped = True
        self._thread.join(timeout)

    def _wish(self, command: Callable[[Consumer], None], failed: Callable[[Consumer, KafkaException], None]) -> None:
        self._commands.append(_Wish(command, failed))

    @staticmethod
    def _must(consumer: Consumer, topic: str, partition: int, error: KafkaException) -> None:
        """A wish about a partition failed. Where it has gone meanwhile, so has the wish; else it would stand still."""
        if any((ours.topic, ours.partition) == (topic, partition) for ours in consumer.assignment()):
            raise KafkaUnavailable(f"{topic}/{partition} cannot be paused or resumed: {error.args[0].str()}")

    def _run(self) -> None:
        try:
            consumer = Consumer(self._config)
            consumer.subscribe(self._topics, on_assign=self._assign, on_revoke=self._revoke, on_lost=self._lose)
            while not self._stopped:
                self._obey(consumer)
                if self._room.acquire(timeout=PATIENCE):
                    self._read(consumer)
            self._obey(consumer)
            consumer.close()
        except Exception as error:  # noqa: BLE001 - whatever it is, the process must end
            self._fail(error)

    def _obey(self, consumer: Consumer) -> None:
        while self._commands:
            wish = self._commands.popleft()
            try:
                wish.command(consumer)
            except KafkaException as error:
                log.info("kafka did not take a request of the courier", reason=error.args[0].str())
                wish.failed(consumer, error)

    def _read(self, consumer: Consumer) -> None:
        first = consumer.poll(PATIENCE)
        messages = [] if first is None else [first, *consumer.consume(BATCH - 1, 0)]
        records = [message for message in messages if self._is_record(message)]
        if not records:
            self._room.release()
            return
        self._loop.post(lambda: self._listener.batch(records))

    @staticmethod
    def _is_record(message: Message) -> bool:
        error = message.error()
        if error is None:
            return True
        if error.fatal() or error.code() in FATAL:
            raise KafkaUnavailable(f"the courier can no longer be a member of its group: {error.str()}")
        log.info("kafka reports", reason=error.str())
        return False

    def _assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        try:
            self._commands.clear()  # they are about what was assigned before
            shares = self._assigner.shares(consumer, partitions)
            consumer.assign([TopicPartition(t, s.number, at) for s in shares for t, at in s.starts.items()])
            self._loop.post(lambda: self._listener.assigned(shares))
        except Exception as error:  # noqa: BLE001 - it would surface as a bare SystemError
            self._fail(error)

    def _revoke(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        if self._stopped:
            return
        try:
            handover = Handover(frozenset(p.partition for p in partitions))
            self._loop.post(lambda: self._listener.revoked(handover))
            handover.done.wait(HANDOVER)
            commit_now(consumer, handover.positions)
        except Exception as error:  # noqa: BLE001 - whatever it is, the process must end
            self._fail(error)

    def _lose(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        numbers = frozenset(p.partition for p in partitions)
        self._loop.post(lambda: self._listener.lost(numbers))

    def _committed(self, error: KafkaError | None, partitions: Any) -> None:
        failed = error or next((p.error for p in partitions or () if p.error), None)
        if failed is not None:
            log.info("a commit failed", reason=failed.str())
            self._loop.post(self._listener.commit_failed)

    def _fail(self, error: Exception) -> None:
        log.error("the consumer has ended", exc_info=error)
        self._loop.post(lambda: self._on_failure(error))
        self._stopped = True


def kafka_position(position: Position) -> TopicPartition:
    return TopicPartition(position.topic, position.partition, position.offset, position.metadata)


def commit_now(consumer: Consumer, positions: Sequence[Position]) -> None:
    """Commit and wait for it; what fails is only done once more by whoever comes next."""
    if not positions:
        return
    try:
        consumer.commit(offsets=[kafka_position(position) for position in positions], asynchronous=False)
    except KafkaException as error:
        log.warning("the last commit failed", reason=error.args[0].str())
