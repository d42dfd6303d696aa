"""The topics of the catalogue against those of the cluster: which are missing, where they differ, how to make them.

What exists is never changed: partitions are fixed at creation, and retention is the operator's to decide.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from confluent_kafka import ConsumerGroupState, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    ClusterMetadata,
    ConfigResource,
    NewTopic,
    OffsetSpec,
    ResourceType,
    TopicMetadata,
)

from gateway.up.drift import Difference, There, differences, durability
from gateway.up.errors import KafkaUnreachable, TopicRefused, TopicUnknown
from schemas.kafka_clients import client_config, unreachable
from schemas.settings import Settings
from schemas.topics import Topic, Topics

__all__ = ["Cluster", "Found"]

TIMEOUT = 5.0  # seconds an answer may take
LEADERS = 20.0  # seconds until each new partition has its leader


@dataclass(frozen=True, slots=True)
class Found:
    """A topic of the catalogue as the cluster has it; `partitions` 0 when it is missing."""

    topic: Topic
    partitions: int
    drift: tuple[Difference, ...] = ()
    there: There | None = None


class Cluster:
    """The cluster of the settings, for whoever looks after its topics.

    Every method raises KafkaUnreachable when no broker answers within its time.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.topics = Topics(settings)
        self.admin = AdminClient(client_config(settings, "hookline-topics"))

    def partitions(self, timeout: float = TIMEOUT) -> dict[str, int]:
        """Each topic of the cluster with its number of partitions."""
        return {name: len(topic.partitions) for name, topic in self.metadata(timeout).topics.items()}

    def metadata(self, timeout: float = TIMEOUT) -> ClusterMetadata:
        """The cluster's id, brokers and topics."""
        try:
            return self.admin.list_topics(timeout=timeout)
        except KafkaException as problem:
            raise away(self.settings, problem) from problem

    def find(self) -> list[Found]:
        """Every topic of the catalogue, with where the cluster differs from it."""
        there = self.metadata().topics
        configs = self.configs([topic.name for topic in self.topics.catalogue if topic.name in there])
        return [
            self._found(topic, there[topic.name], configs[topic.name]) if topic.name in configs else Found(topic, 0)
            for topic in self.topics.catalogue
        ]

    def _found(self, topic: Topic, metadata: TopicMetadata, config: dict[str, str]) -> Found:
        partitions = metadata.partitions.values()
        there = There(len(partitions), min((len(each.replicas) for each in partitions), default=0), config)
        return Found(topic, there.partitions, tuple(differences(topic, there, self.settings)), there)

    def durability(self) -> list[str]:
        """What a loss of brokers would cost, as sentences; none of the local Kafka, which has but one."""
        if not self.settings.kafka_bootstrap_servers:
            return []
        there = [found.there for found in self.find() if found.there is not None]
        return list(durability(self.settings, len(self.metadata().brokers), there))

    def create(self) -> list[str]:
        """Make what is missing; answers the names of what was made. One that appeared meanwhile is as good."""
        there = self.partitions()
        missing = [topic for topic in self.topics.catalogue if topic.name not in there]
        if not missing:
            return []
        wanted = [new_topic(topic, self.settings) for topic in missing]
        asked = self.admin.create_topics(wanted, operation_timeout=TIMEOUT, request_timeout=TIMEOUT)
        made = [name for name, future in asked.items() if was_made(name, future)]
        self.until_they_can_be_read()
        return made

    def until_they_can_be_read(self) -> None:
        """Wait until each partition has its leader: whoever reads at once would be refused."""
        there = self.partitions()
        names = [topic.name for topic in self.topics.catalogue]
        places = {TopicPartition(name, n): OffsetSpec.earliest() for name in names for n in range(there.get(name, 0))}
        deadline = time.monotonic() + LEADERS
        while True:
            self.partitions()  # the client asks the leaders that it knows of, and knows of the new ones by this
            try:
                for future in self.admin.list_offsets(places, request_timeout=TIMEOUT).values():
                    future.result()
            except KafkaException as problem:
                if time.monotonic() > deadline:
                    raise away(self.settings, problem) from problem
                time.sleep(0.05)
            else:
                return

    def configs(self, names: list[str]) -> dict[str, dict[str, str]]:
        """The settings of each topic, as text."""
        if not names:
            return {}
        asked = self.admin.describe_configs(
            [ConfigResource(ResourceType.TOPIC, name) for name in names], request_timeout=TIMEOUT
        )
        try:
            return {resource.name: texts(future.result()) for resource, future in asked.items()}
        except KafkaException as problem:
            raise away(self.settings, problem) from problem

    def offsets(self, name: str, partitions: int) -> list[tuple[int, int]]:
        """The first and the next offset of each partition."""
        first = self._ends(name, partitions, OffsetSpec.earliest())
        return list(zip(first, self._ends(name, partitions, OffsetSpec.latest()), strict=True))

    def _ends(self, name: str, partitions: int, spec: OffsetSpec) -> Iterator[int]:
        asked = self.admin.list_offsets(
            {TopicPartition(name, partition): spec for partition in range(partitions)}, request_timeout=TIMEOUT
        )
        try:
            yield from (future.result().offset for future in asked.values())
        except KafkaException as problem:
            raise away(self.settings, problem) from problem

    def are_stable(self, groups: Sequence[str]) -> bool:
        """Whether each of these consumer groups has members that have their partitions."""
        try:
            asked = self.admin.describe_consumer_groups(list(groups), request_timeout=TIMEOUT).values()
            return all(group.state is ConsumerGroupState.STABLE for group in (future.result() for future in asked))
        except KafkaException:
            return False

    def full_name(self, name: str) -> str:
        """The topic that a person means: its name with or without the prefix.

        Raises:
            TopicUnknown: there is none; lists those there are.
        """
        there = self.partitions()
        for candidate in (name, self.topics.prefix + name):
            if candidate in there:
                return candidate
        listed = (
            ", ".join(sorted(one for one in there if not one.startswith("__"))) or "none yet: `hookline topics create`"
        )
        raise TopicUnknown(f"there is no topic {name!r}; there are: {listed}")


def away(settings: Settings, problem: KafkaException) -> KafkaUnreachable:
    return KafkaUnreachable(unreachable(settings, problem.args[0]))


def was_made(name: str, future: Future[None]) -> bool:
    """Whether the topic is new; False when it was there by then.

    Raises:
        TopicRefused: the cluster does not make it.
    """
    try:
        future.result()
    except KafkaException as problem:
        if problem.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise TopicRefused(f"the topic {name} could not be made: {problem.args[0].str()}") from problem
        return False
    return True


def new_topic(topic: Topic, settings: Settings) -> NewTopic:
    config = topic.config | {"min.insync.replicas": str(settings.min_insync_replicas)}
    return NewTopic(topic.name, topic.partitions, settings.replication_factor, config=config)


def texts(entries: dict[str, object]) -> dict[str, str]:
    return {key: str(getattr(entry, "value", "")) for key, entry in entries.items()}
