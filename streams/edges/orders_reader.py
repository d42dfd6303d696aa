"""Reads what was asked of deliveries before: `commands` from its beginning to where a courier goes on.

Done at each assignment, before the first message of a partition is sent.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from confluent_kafka import OFFSET_BEGINNING

from schemas.codec import decode_as
from schemas.errors import RecordUnreadable
from schemas.records import Command, Delivery
from schemas.settings import Settings
from streams.core.orders import Orders
from streams.edges.kafka import consumer_config
from streams.edges.span_reader import records

__all__ = ["OrdersReader"]

log = structlog.get_logger(__name__)


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
        spans = {number: (OFFSET_BEGINNING, end) for number, end in ends.items() if end > firsts.get(number, 0)}
        for message in records(self._config, self.topic, spans):
            try:
                command = decode_as(Command, message.value())
                delivery = decode_as(Delivery, command.delivery)
                orders[message.partition() or 0].note(command, delivery, message.timestamp()[1])
            except RecordUnreadable as error:
                log.warning("unreadable command", offset=message.offset(), reason=str(error))
        return orders
