"""Which gateway runs the jobs: the member of the group that has the one partition of `operations`; it reads all of it.

A gateway that dies gives the partition to another within the session's time, and the jobs go on there from the log.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any, Protocol

import structlog
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from schemas.codec import decode_as
from schemas.errors import RecordUnreadable
from schemas.records import Operation
from schemas.settings import Settings
from streams.edges.kafka import consumer_config

__all__ = ["Owner", "Ownership"]

log = structlog.get_logger("gateway")
PATIENCE = 0.2  # seconds
TRY_AGAIN = 2.0  # seconds
STOPPED_WITHIN = 3.0  # seconds


class Owner(Protocol):
    """Whoever acts on the topic while it is ours; called in the event loop, in this order."""

    def begin(self) -> None: ...
    def take(self, record: Operation) -> None: ...
    def caught_up(self) -> None: ...
    def lose(self) -> None: ...


class Ownership:
    """One member of the group, in a thread; what it finds it tells `owner` in `loop`."""

    def __init__(self, settings: Settings, topic: str, owner: Owner, loop: asyncio.AbstractEventLoop) -> None:
        self._topic, self._owner, self._loop = topic, owner, loop
        self._config = consumer_config(settings, "hookline-gateway-jobs", f"{settings.topic_prefix}gateway-jobs") | {
            "session.timeout.ms": 10_000,
            "heartbeat.interval.ms": 1_000,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
        }
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="operations", daemon=True)

    def start(self) -> None:
        """Join the group."""
        self._thread.start()

    def stop(self) -> None:
        """Leave it."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(STOPPED_WITHIN)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow()
            except KafkaException as error:
                log.warning("the topic of operations cannot be read", reason=error.args[0].str())
            self._tell(self._owner.lose)
            self._stop.wait(TRY_AGAIN)

    def _follow(self) -> None:
        consumer = Consumer(self._config)
        try:
            consumer.subscribe([self._topic], on_assign=self._assign, on_revoke=self._revoke, on_lost=self._revoke)
            while not self._stop.is_set():
                message = consumer.poll(PATIENCE)
                if message is not None:
                    self._read(message)
        finally:
            consumer.close()

    def _read(self, message: Message) -> None:
        error = message.error()
        if error is None:
            self._take(message)
        elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - its public name
            self._tell(self._owner.caught_up)
        elif error.fatal() or error.code() in (KafkaError._FATAL, KafkaError.FENCED_INSTANCE_ID):  # noqa: SLF001
            raise KafkaException(error)

    def _take(self, message: Message) -> None:
        try:
            record = decode_as(Operation, message.value())
        except RecordUnreadable as error:
            log.warning("unreadable operation", offset=message.offset(), reason=str(error))
            return
        self._tell(lambda: self._owner.take(record))

    def _assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        if partitions:
            self._tell(self._owner.begin)
        consumer.assign([TopicPartition(each.topic, each.partition, OFFSET_BEGINNING) for each in partitions])

    def _revoke(self, _consumer: Consumer, _partitions: Any) -> None:
        self._tell(self._owner.lose)

    def _tell(self, what: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(what)
        except RuntimeError:  # the loop has ended: so does the process
            self._stop.set()
