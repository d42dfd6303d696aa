"""Topics of one test on the session's Kafka, and a writer of records to them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from schemas.codec import encode
from schemas.settings import Settings
from schemas.topics import Topics
from tests.broker import Broker

__all__ = ["topics_of_a_test", "write"]


@contextmanager
def topics_of_a_test(broker: Broker, folder: Path, **settings: Any) -> Iterator[Settings]:
    """Settings with a prefix of their own, whose topics exist."""
    given = {"kafka_bootstrap_servers": broker.bootstrap, "data_dir": folder, "partitions": 3} | settings
    one = Settings.model_validate({"topic_prefix": f"p{uuid.uuid4().hex[:8]}.", **given})
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    catalogue = Topics(one).catalogue
    made = admin.create_topics([NewTopic(topic.name, topic.partitions, 1, config=topic.config) for topic in catalogue])
    for future in made.values():
        future.result(60)
    try:
        yield one
    finally:
        for future in admin.delete_topics([topic.name for topic in catalogue]).values():
            future.result(60)


def write(settings: Settings, topic: str, *records: object, partition: int | None = None) -> None:
    """Each record to the next partition, unless one is named; bytes as they are."""
    producer = Producer({"bootstrap.servers": settings.bootstrap_servers, "message.max.bytes": 9 * 1024 * 1024})
    for number, record in enumerate(records):
        value = record if isinstance(record, bytes) else encode(record)
        producer.produce(
            topic, value, b"key", partition=number % settings.partitions if partition is None else partition
        )
    assert producer.flush(60) == 0
