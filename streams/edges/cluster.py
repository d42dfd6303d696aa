"""Asks Kafka what only it knows: the cluster's id, and how many partitions each topic really has."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from schemas.errors import KafkaUnavailable
from schemas.kafka_clients import unreachable
from schemas.settings import Settings
from streams.edges.clock import steady
from streams.edges.kafka import client_config

__all__ = ["Cluster", "reachable"]

log = structlog.get_logger(__name__)

LOOK = 2.0  # seconds one look may take
PAUSE = 0.5  # seconds between two
SAY_AGAIN = 30.0  # seconds until the same problem is said again


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster with its topics' numbers of partitions."""

    id: str
    partitions: Mapping[str, int]


async def reachable(settings: Settings, client_id: str, topics: Sequence[str]) -> Cluster:
    """Wait until Kafka answers and has these topics; what is missing is said in one line."""
    admin = AdminClient(client_config(settings, client_id))
    said, said_at = "", 0.0
    while True:
        try:
            return await asyncio.to_thread(look, admin, settings, topics)
        except KafkaUnavailable as problem:
            if str(problem) != said or steady() - said_at > SAY_AGAIN:
                said, said_at = str(problem), steady()
                log.warning("waiting for Kafka", problem=said)
        await asyncio.sleep(PAUSE)


def look(admin: AdminClient, settings: Settings, topics: Sequence[str]) -> Cluster:
    """Ask once.

    Raises:
        KafkaUnavailable: no broker answers, or a topic is missing.
    """
    try:
        found = admin.list_topics(timeout=LOOK)
    except KafkaException as error:
        raise KafkaUnavailable(unreachable(settings, error.args[0])) from None
    partitions = {name: len(topic.partitions) for name, topic in found.topics.items() if topic.error is None}
    if missing := [name for name in topics if not partitions.get(name)]:
        raise KafkaUnavailable(f"topics are missing: {', '.join(missing)}; `hookline topics create` makes them")
    return Cluster(found.cluster_id or "", partitions)
