"""What goes out to Kafka: the message, and the settings of the producer that writes it.

The settings that all clients share are in `schemas/kafka_clients.py`; they are named here too, for the edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaError

from schemas.kafka_clients import client_config, consumer_config
from schemas.settings import Settings
from schemas.topics import MAX_MESSAGE_BYTES

__all__ = ["REFUSED_FOR_GOOD", "Message", "client_config", "consumer_config", "producer_config"]

# Kafka's limit holds for a whole batch. What might exceed it is refused here, alone, before it can take others with it.
LARGEST = MAX_MESSAGE_BYTES - 64 * 1024
# What Kafka says of a message that it will never take; all else may be known better later.
REFUSED_FOR_GOOD = (KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_MSG, KafkaError.INVALID_RECORD)


@dataclass(frozen=True, slots=True)
class Message:
    """One record to write; `partition` -1 lets the key decide."""

    topic: str
    key: bytes | None
    value: bytes
    partition: int = -1
    headers: tuple[tuple[str, bytes], ...] = ()


def producer_config(settings: Settings, client_id: str, *, timeout: float, linger: float = 0.001) -> dict[str, Any]:
    """An idempotent producer with acks=all; `timeout` and `linger` in seconds."""
    return client_config(settings, client_id) | {
        "enable.idempotence": True,
        "acks": "all",
        "linger.ms": linger * 1000,
        "message.timeout.ms": int(timeout * 1000),
        "message.max.bytes": LARGEST,
        "compression.type": "lz4",
        "queue.buffering.max.messages": 1_000_000,
        "queue.buffering.max.kbytes": 256 * 1024,
        "partitioner": "murmur2_random",
    }
