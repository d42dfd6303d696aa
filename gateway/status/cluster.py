"""What Kafka knows of the roles: how far each has read, and where the log ends.

With consumers that join nothing and with metadata requests, not with an admin client's requests to a group's
coordinator: those abort the process when the broker goes away under them (confluentinc/librdkafka#4605), and this
process takes requests. For one thread at a time; every look has its deadline.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from schemas.kafka_clients import client_config, consumer_config, unreachable
from schemas.settings import Settings
from schemas.topics import Topics

__all__ = ["ClusterSeen", "ClusterWatch", "Place", "readers_of"]

Place = tuple[str, int]  # topic with its prefix, partition
TIMEOUT = 2.0  # seconds of one answer
KEPT = 1.0  # seconds that a look is good for


@dataclass(frozen=True, slots=True)
class ClusterSeen:
    """`ends` are the next offsets; `committed` by role. `problem` says why nothing was seen.

    `trouble`: what keeps the projectors from writing the store, as they left word with their group.
    """

    problem: str = ""
    id: str = ""
    brokers: int = 0
    ends: Mapping[Place, int] = field(default_factory=dict)
    first: Mapping[Place, int] = field(default_factory=dict)
    committed: Mapping[str, Mapping[Place, int]] = field(default_factory=dict)
    trouble: str = ""


def readers_of(topics: Topics) -> dict[str, tuple[str, ...]]:
    """What each role reads as fast as it can; not what the courier leaves until its time."""
    return {
        "streams": (topics.incoming_requests, topics.customer_events),
        "courier": (topics.deliveries, topics.commands),
        "projector": (
            topics.incoming_requests,
            topics.customer_events,
            topics.deliveries,
            topics.commands,
            topics.parked,
            topics.attempts,
            topics.dead_letters,
            topics.operations,
            topics.rejected,
        ),
    }


class ClusterWatch:
    """Looks at the cluster of the settings, when asked; what it saw is good for a second."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._topics = settings, Topics(settings)
        self._lock = threading.Lock()
        self._consumers: dict[str, Consumer] = {}
        self._admin: AdminClient | None = None
        self._stack = ExitStack()
        self._seen, self._at = ClusterSeen("not looked yet"), -KEPT

    def look(self) -> ClusterSeen:
        """What there is now, or why it cannot be seen."""
        with self._lock:
            if time.monotonic() - self._at >= KEPT:
                try:
                    self._seen = self._look()
                except KafkaException as error:
                    self._seen = ClusterSeen(unreachable(self._settings, error.args[0]))
                self._at = time.monotonic()
            return self._seen

    def close(self) -> None:
        """Let go of the clients."""
        with self._lock:
            self._stack.close()

    def _look(self) -> ClusterSeen:
        if self._admin is None:
            self._admin = AdminClient(client_config(self._settings, "hookline-status"))
        metadata = self._admin.list_topics(timeout=TIMEOUT)
        wanted = {topic for names in readers_of(self._topics).values() for topic in names} | {self._topics.config}
        places = [(name, n) for name in sorted(wanted & set(metadata.topics)) for n in metadata.topics[name].partitions]
        first, ends = self._ends(places)
        return ClusterSeen(
            id=metadata.cluster_id or "",
            brokers=len(metadata.brokers),
            ends=ends,
            first=first,
            committed={role: self._committed(role, places) for role in ("streams", "courier")},
            trouble=self._trouble(places),
        )

    def _ends(self, places: list[Place]) -> tuple[dict[Place, int], dict[Place, int]]:
        consumer = self._consumer("streams")
        found = {place: consumer.get_watermark_offsets(TopicPartition(*place), timeout=TIMEOUT) for place in places}
        return {place: low for place, (low, _) in found.items()}, {place: high for place, (_, high) in found.items()}

    def _committed(self, role: str, places: list[Place]) -> dict[Place, int]:
        read = readers_of(self._topics)[role]
        partitions = [TopicPartition(*place) for place in places if place[0] in read]
        found = self._consumer(role).committed(partitions, timeout=TIMEOUT)
        return {(each.topic, each.partition): max(each.offset, 0) for each in found if each.error is None}

    def _trouble(self, places: list[Place]) -> str:
        partitions = [TopicPartition(*place) for place in places if place[0] in readers_of(self._topics)["projector"]]
        found = self._consumer("projector").committed(partitions, timeout=TIMEOUT)
        return "; ".join(sorted({each.metadata for each in found if each.error is None and each.metadata}))

    def _consumer(self, role: str) -> Consumer:
        if role not in self._consumers:
            group = self._settings.topic_prefix + role
            consumer = Consumer(consumer_config(self._settings, "hookline-status", group))
            self._stack.callback(consumer.close)
            self._consumers[role] = consumer
        return self._consumers[role]
