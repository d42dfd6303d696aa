"""Reads what was asked of deliveries before: `commands` from its beginning to where a courier goes on.

Done at each assignment, before the first message of a partition is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import structlog
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

from schemas.codec import decode_as
from schemas.errors import KafkaUnavailable, RecordUnreadable
from schemas.records import Command, Delivery
from schemas.settings import Settings
from streams.core.orders import Orders
from streams.edges.clock import steady
from streams.edges.kafka import consumer_config
from streams.edges.span_reader import is_wanted

__all__ = ["OrdersReader"]

log = structlog.get_logger(__name__)

BATCH = 500
PATIENCE = 30.0  # seconds without a record and without an end


class OrdersReader:
    """Reads with a consumer of its own, outside any group; `topic` is that of the commands."""

    def __init__(self, settings: Settings, topic: str) -> None:
        self.topic = topic
        self._config = consumer_config(settings, "hookline-courier-orders", "hookline-courier-orders") | {
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "fetch.queue.backoff.ms": 10,
        }

    def read(self, ends: Mapping[int, int], firsts: Mapping[int, int]) -> dict[int, Orders]:
        """The orders of each partition number, below its offset in `ends`; `firsts` is where the log begins.

        Raises:
            KafkaUnavailable: the broker does not give them.
        """
        orders = {number: Orders() for number in ends}
        wanted = {number: end for number, end in ends.items() if end > firsts.get(number, 0)}
        for message in self._messages(wanted):
            try:
                command = decode_as(Command, message.value())
                delivery = decode_as(Delivery, command.delivery)
                orders[message.partition() or 0].note(command, delivery, message.timestamp()[1])
            except RecordUnreadable as error:
                log.warning("unreadable command", offset=message.offset(), reason=str(error))
        return orders

    def _messages(self, ends: dict[int, int]) -> Iterator[Message]:
        """The records below each end."""
        if not ends:
            return
        consumer = Consumer(self._config)
        try:
            consumer.assign([TopicPartition(self.topic, number, OFFSET_BEGINNING) for number in ends])
            deadline = steady() + PATIENCE
            while ends:
                for message in consumer.consume(BATCH, 0.05):
                    deadline = steady() + PATIENCE
                    if is_wanted(message, ends):
                        yield message
                if steady() > deadline:
                    raise KafkaUnavailable(f"{len(ends)} partitions of {self.topic} could not be read")
        finally:
            consumer.close()
