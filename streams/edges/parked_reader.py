"""Reads pieces of `parked`, in a thread of its own with a consumer outside any group.

One piece after the other; whoever asked gets the records in the loop.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from schemas.errors import KafkaUnavailable
from schemas.settings import Settings
from streams.edges.clock import steady
from streams.edges.kafka import consumer_config
from streams.edges.loop import Loop

__all__ = ["ParkedReader", "Piece"]

MOST = 256  # records of a piece
PATIENCE = 30.0  # seconds without a record and without the end


@dataclass(frozen=True, slots=True)
class Piece:
    """What is wanted: the records of a partition from `start` on, below `end`; and who gets some of them."""

    partition: int
    start: int
    end: int
    then: Callable[[Sequence[Message]], None]


class ParkedReader:
    """Started by the first piece that is asked for.

    Args:
        settings: where Kafka is.
        topic: that of parked messages.
        loop: where answers are given.
        on_failure: called in the loop when it cannot go on; the process should end.
    """

    def __init__(self, settings: Settings, topic: str, loop: Loop, on_failure: Callable[[Exception], None]) -> None:
        self._config = consumer_config(settings, "hookline-courier-parked", "hookline-courier-parked") | {
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "fetch.queue.backoff.ms": 10,
            "fetch.wait.max.ms": 50,
            "queued.max.messages.kbytes": 4096,
        }
        self._topic, self._loop, self._on_failure = topic, loop, on_failure
        self._pieces: queue.SimpleQueue[Piece] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="parked", daemon=True)

    def read(self, piece: Piece) -> None:
        """Call its `then` with the first records of the piece; none: there are none."""
        self._pieces.put(piece)
        if self._thread.ident is None:
            self._thread.start()

    def _run(self) -> None:
        try:
            consumer = Consumer(self._config)
            while True:
                piece = self._pieces.get()
                records = self._read(consumer, piece)
                self._loop.post(lambda piece=piece, records=records: piece.then(records))  # type: ignore[misc]  # bound
        except Exception as error:  # noqa: BLE001 - whatever it is, the process must end
            failure = error
            self._loop.post(lambda: self._on_failure(failure))

    def _read(self, consumer: Consumer, piece: Piece) -> list[Message]:
        consumer.assign([TopicPartition(self._topic, piece.partition, piece.start)])
        found: list[Message] = []
        deadline = steady() + PATIENCE
        while len(found) < MOST:
            for message in consumer.consume(MOST - len(found), 0.05):
                error, offset = message.error(), message.offset() or 0
                ended = error is not None and error.code() == KafkaError._PARTITION_EOF  # noqa: SLF001 - its public name
                if ended or (error is None and offset >= piece.end):
                    return found
                if error is None:
                    found.append(message)
                    deadline = steady() + PATIENCE
            if found and (found[-1].offset() or 0) >= piece.end - 1:
                return found
            if steady() > deadline:
                raise KafkaUnavailable(f"{self._topic}/{piece.partition} could not be read at {piece.start}")
        return found
