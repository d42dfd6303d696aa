"""Asks the broker how far a consumer group has come: committed offsets, and where the partitions begin and end.

With a consumer that joins nothing, not with an admin client: when the broker goes away under them, librdkafka's admin
requests to a group's coordinator abort the process (`eonce->refcnt > 0`, confluentinc/librdkafka#4605).
"""

from __future__ import annotations

from collections.abc import Mapping

from confluent_kafka import Consumer, KafkaException, TopicPartition

from schemas.settings import Settings
from streams.edges.kafka import consumer_config
from streams.edges.watchdog import Place, Progress

__all__ = ["GroupProgress"]

PATIENCE = 5.0  # seconds for one answer


class GroupProgress:
    """One group's; for one thread."""

    def __init__(self, settings: Settings, client_id: str, group: str) -> None:
        self._consumer = Consumer(consumer_config(settings, client_id, group))

    def look(self, places: frozenset[Place]) -> Mapping[Place, Progress] | None:
        """The progress in these partitions; None when the broker does not answer in time."""
        partitions = [TopicPartition(topic, partition) for topic, partition in sorted(places)]
        try:
            if not partitions:
                self._consumer.list_topics(timeout=PATIENCE)
                return {}
            return {(one.topic, one.partition): self._of(one) for one in self._committed(partitions)}
        except KafkaException:
            return None

    def _committed(self, partitions: list[TopicPartition]) -> list[TopicPartition]:
        return self._consumer.committed(partitions, timeout=PATIENCE)

    def _of(self, partition: TopicPartition) -> Progress:
        if partition.error is not None:
            raise KafkaException(partition.error)
        first, end = self._consumer.get_watermark_offsets(partition, timeout=PATIENCE)
        return Progress(partition.offset, first, end)
