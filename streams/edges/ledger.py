"""The ledger: what the courier writes to Kafka, one idempotent producer in the loop's thread.

Whoever writes is told when Kafka has the record, so that one record can wait for another. What cannot be delivered
within the deadline ends the process; what Kafka refuses for good is told as such.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from schemas.errors import KafkaUnavailable
from schemas.settings import Settings
from streams.edges.kafka import REFUSED_FOR_GOOD, producer_config

__all__ = ["Ledger", "Then"]

Then = Callable[[int | None], None]  # the offset; None: refused for good


class Ledger:
    """Writes, and calls back from `pump`.

    Args:
        settings: where Kafka is.
        timeout: seconds until a record that is not acknowledged ends the process.
    """

    def __init__(self, settings: Settings, *, timeout: float) -> None:
        self._producer = Producer(producer_config(settings, "hookline-courier", timeout=timeout))
        self._reports: deque[tuple[Then, KafkaError | None, int]] = deque()
        self.outstanding = 0

    def write(self, topic: str, partition: int, key: bytes | None, value: bytes, then: Then) -> None:
        """Write a record; `then` is called later, from `pump`."""
        self.outstanding += 1

        def report(error: KafkaError | None, message: Any) -> None:  # only notes it: nothing here may raise
            self._reports.append((then, error, -1 if error else message.offset()))

        while True:
            try:
                self._producer.produce(topic, value, key, partition, on_delivery=report)
            except BufferError:  # full: wait for some to be acknowledged
                self._producer.poll(0.05)
            except KafkaException as error:
                self._reports.append((then, error.args[0], -1))
                return
            else:
                return

    def pump(self) -> None:
        """Take the reports that have come in.

        Raises:
            KafkaUnavailable: a record could not be delivered.
        """
        self._producer.poll(0)
        for _ in range(len(self._reports)):
            then, error, offset = self._reports.popleft()
            self.outstanding -= 1
            if error is None:
                then(offset)
            elif error.code() in REFUSED_FOR_GOOD:
                then(None)
            else:
                raise KafkaUnavailable(f"Kafka did not acknowledge a record: {error.str()}")

    def flush(self, timeout: float) -> None:
        """Wait for what is under way, `timeout` seconds at most; what follows from it is written too."""
        self._producer.flush(timeout)
        self.pump()
