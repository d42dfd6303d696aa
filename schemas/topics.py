"""The topic catalogue: each topic's name, key, records, partitions and retention.

`hookline topics create` makes them from here and reports where a cluster differs.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.durations import format_duration, parse_duration
from schemas.settings import Settings

__all__ = ["Topic", "Topics"]

NINETY_DAYS_MS = 7_776_000_000
FOR_EVER_MS = -1
MAX_MESSAGE_BYTES = 8 * 1024 * 1024
SEGMENT_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as it should be; `key` says what its records are keyed by."""

    name: str
    key: str
    partitions: int
    retention_ms: int = NINETY_DAYS_MS

    @property
    def config(self) -> dict[str, str]:
        """The topic-level settings of Kafka that are checked for drift."""
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(self.retention_ms),
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            "message.timestamp.type": "LogAppendTime",
            "segment.ms": str(SEGMENT_MS),
        }


class Topics:
    """The names under one prefix, and the catalogue that `settings` asks for."""

    def __init__(self, settings: Settings) -> None:
        self.prefix = prefix = settings.topic_prefix
        self.partitions = settings.partitions
        self.config = prefix + "config"
        self.commands = prefix + "commands"
        self.operations = prefix + "operations"
        self.incoming_requests = prefix + "incoming-requests"
        self.customer_events = prefix + "customer-events"
        self.deliveries = prefix + "deliveries"
        self.parked = prefix + "parked"
        self.attempts = prefix + "attempts"
        self.dead_letters = prefix + "dead-letters"
        self.rejected = prefix + "rejected"
        self.retries = {seconds: f"{prefix}retries.{format_duration(seconds)}" for seconds in settings.retry_tiers}

    def delay(self, retry_topic: str) -> float:
        """Seconds that a retry topic delays its records, by its name; that of a tier taken out of the setting too."""
        try:
            return parse_duration(retry_topic.removeprefix(f"{self.prefix}retries."))
        except ValueError:  # somebody else's
            return 0

    @property
    def catalogue(self) -> tuple[Topic, ...]:
        """Every topic, in the order of a record's walk."""
        many = self.partitions
        return (
            Topic(self.config, "account", 1, FOR_EVER_MS),
            Topic(self.incoming_requests, "account/endpoint", many),
            Topic(self.customer_events, "account/customer", many),
            Topic(self.deliveries, "lane", many),
            Topic(self.commands, "lane", many),
            *(Topic(name, "lane", many) for name in self.retries.values()),
            Topic(self.parked, "lane", many),
            Topic(self.attempts, "lane", many),
            Topic(self.dead_letters, "lane", many),
            Topic(self.rejected, "origin", many),
            Topic(self.operations, "account", 1),
        )
