"""Asks the broker how far a consumer group has come: committed offsets, and where the partitions begin and end."""

from __future__ import annotations

from collections.abc import Mapping

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from schemas.settings import Settings
from streams.edges.kafka import client_config
from streams.edges.watchdog import Place, Progress

__all__ = ["GroupProgress"]

PATIENCE = 5.0  # seconds for one answer


class GroupProgress:
    """One group's; asks with an admin client of its own, never the group's members."""

    def __init__(self, settings: Settings, group: str) -> None:
        self._admin = AdminClient(client_config(settings, f"{group}-watchdog"))
        self._group = group

    def look(self, places: frozenset[Place]) -> Mapping[Place, Progress] | None:
        """The progress in these partitions; None when the broker does not answer in time."""
        partitions = [TopicPartition(topic, partition) for topic, partition in sorted(places)]
        try:
            if not partitions:
                self._admin.list_topics(timeout=PATIENCE)
                return {}
            committed = self._committed(partitions)
            firsts = self._offsets(partitions, OffsetSpec.earliest())
            ends = self._offsets(partitions, OffsetSpec.latest())
        except KafkaException:
            return None
        return {place: Progress(committed.get(place, -1), firsts[place], ends[place]) for place in places}

    def _committed(self, partitions: list[TopicPartition]) -> dict[Place, int]:
        asked = [ConsumerGroupTopicPartitions(self._group, partitions)]
        found = self._admin.list_consumer_group_offsets(asked, request_timeout=PATIENCE)[self._group].result()
        return {(one.topic, one.partition): one.offset for one in found.topic_partitions or ()}

    def _offsets(self, partitions: list[TopicPartition], spec: OffsetSpec) -> dict[Place, int]:
        found = self._admin.list_offsets(dict.fromkeys(partitions, spec), request_timeout=PATIENCE)
        return {(one.topic, one.partition): future.result().offset for one, future in found.items()}
