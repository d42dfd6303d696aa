"""The outbox: writes messages and says when Kafka has every one of them.

One idempotent producer and one thread that serves its delivery reports; a batch is done when all its reports are in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import structlog
from confluent_kafka import KafkaError, KafkaException, Producer

from schemas.errors import KafkaUnavailable
from schemas.settings import Settings
from streams.edges.kafka import REFUSED_FOR_GOOD, Message, producer_config

__all__ = ["MessageRefused", "Outbox", "Placed", "failure"]

log = structlog.get_logger(__name__)


class MessageRefused(Exception):
    """Kafka will never take some messages (too large): `indexes` of the batch says which; it has all the others."""

    def __init__(self, indexes: tuple[int, ...], reason: str) -> None:
        super().__init__(reason)
        self.indexes = indexes


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a message landed."""

    partition: int
    offset: int


@dataclass(slots=True)
class _Batch:
    future: Future[list[Placed]]
    waiting: int
    places: list[Placed | None]
    errors: dict[int, KafkaError] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def report(self, index: int, error: Any, place: Placed | None) -> None:
        with self.lock:
            self.places[index] = place
            self.waiting -= 1
            if error is not None:
                self.errors[index] = error
            done = self.waiting == 0
        if done and not self.future.cancelled():
            self.finish()

    def finish(self) -> None:
        if self.errors:
            self.future.set_exception(failure(self.errors))
        else:
            self.future.set_result([place for place in self.places if place is not None])


def failure(errors: dict[int, KafkaError]) -> Exception:
    """What is not known to be there weighs more than what is known not to be."""
    for error in errors.values():
        if error.code() not in REFUSED_FOR_GOOD:
            return KafkaUnavailable(f"Kafka did not acknowledge: {error.str()}")
    return MessageRefused(tuple(sorted(errors)), next(iter(errors.values())).str())


class Outbox:
    """Sends batches; safe to use from any thread.

    Args:
        settings: where Kafka is.
        client_id: how this process is named to the brokers.
        timeout: seconds until what is not acknowledged is given up.
    """

    def __init__(self, settings: Settings, client_id: str, *, timeout: float) -> None:
        self._producer = Producer(producer_config(settings, client_id, timeout=timeout))
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="outbox", daemon=True)
        self._thread.start()

    def send(self, messages: Sequence[Message]) -> Future[list[Placed]]:
        """Write all; the future is done when every one of them has ended.

        Fails with `KafkaUnavailable` (it is not known which are there) or `MessageRefused` (those are not, all others
        are). Blocks while the producer's queue (256 MiB) is full.
        """
        batch = _Batch(Future(), len(messages), [None] * len(messages))
        if not messages:
            batch.finish()
        for index, message in enumerate(messages):
            self._produce(message, self._reporter(batch, index), batch, index)
        return batch.future

    def _produce(self, message: Message, reporter: Callable[..., None], batch: _Batch, index: int) -> None:
        try:
            while not self._queued(message, reporter):
                self._producer.poll(0.1)
        except KafkaException as error:
            batch.report(index, error.args[0], None)

    def _queued(self, message: Message, reporter: Callable[..., None]) -> bool:
        """Hand one message to the producer; False while its queue is full."""
        try:
            self._producer.produce(
                message.topic,
                message.value,
                message.key,
                message.partition,
                headers=list(message.headers),
                on_delivery=reporter,
            )
        except BufferError:
            return False
        return True

    @staticmethod
    def _reporter(batch: _Batch, index: int) -> Callable[..., None]:
        def report(error: Any, message: Any) -> None:
            try:
                batch.report(index, error, None if error else Placed(message.partition(), message.offset()))
            except Exception:  # it would surface as a bare SystemError in the serving thread
                log.exception("a delivery report could not be handled")

        return report

    def _serve(self) -> None:
        while not self._stopped.is_set():
            self._producer.poll(0.1)

    def close(self, timeout: float = 5.0) -> None:
        """Wait for what is under way, `timeout` seconds at most, and end the thread."""
        self._producer.flush(timeout)
        self._stopped.set()
        self._thread.join(timeout)
