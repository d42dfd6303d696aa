"""Waits for Kafka and for the topics that the courier needs, and says in one line what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from schemas.errors import KafkaUnavailable
from schemas.kafka_clients import unreachable
from schemas.settings import Settings
from schemas.topics import Topics
from streams.edges.clock import steady
from streams.edges.kafka import client_config

__all__ = ["retry_topics", "wait_for_topics"]

log = structlog.get_logger(__name__)

PAUSE = 1.0  # seconds between two looks
SAY_AGAIN = 30.0  # seconds until the same problem is said again
LOOK = 3.0  # seconds that one look may take


def wait_for_topics(settings: Settings, pause: Callable[[float], bool]) -> Sequence[str] | None:
    """Wait until all topics are there; answers the retry topics, old ones too, or None when told to stop.

    Args:
        settings: where Kafka is.
        pause: waits so many seconds; True when the process is to stop.

    Raises:
        KafkaUnavailable: the topics exist and cannot be used as they are.
    """
    admin = AdminClient(client_config(settings, "hookline-courier-admin"))
    said, said_at = "", 0.0
    while True:
        problem, found = look(admin, settings)
        if not problem:
            return retry_topics(Topics(settings), found)
        if problem != said or steady() - said_at > SAY_AGAIN:
            log.warning("waiting for Kafka", problem=problem)
            said, said_at = problem, steady()
        if pause(PAUSE):
            return None


def look(admin: AdminClient, settings: Settings) -> tuple[str, dict[str, int]]:
    """What is missing, and the topics with their partitions."""
    try:
        metadata = admin.list_topics(timeout=LOOK)
    except KafkaException as error:
        return unreachable(settings, error.args[0]), {}
    found = {name: len(topic.partitions) for name, topic in metadata.topics.items()}
    missing = [topic.name for topic in Topics(settings).catalogue if not found.get(topic.name)]
    if missing:
        return f"topics are missing: {', '.join(missing)}; `hookline topics create` makes them", found
    return "", found


def retry_topics(topics: Topics, found: dict[str, int]) -> list[str]:
    """The retry topics there are, those of tiers taken out of the setting too: they are read until they are empty.

    Raises:
        KafkaUnavailable: topics that belong together differ in their number of partitions.
    """
    retries = sorted(name for name in found if name.startswith(f"{topics.prefix}retries."))
    together = [topics.deliveries, *retries, topics.parked, topics.attempts, topics.dead_letters]
    counts = {name: found[name] for name in together}
    if set(counts.values()) != {topics.partitions}:
        raise KafkaUnavailable(
            f"these topics need {topics.partitions} partitions each (HOOKLINE_PARTITIONS), "
            f"and have {', '.join(f'{name}: {count}' for name, count in counts.items())}"
        )
    return retries
