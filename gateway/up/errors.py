"""Why something cannot start or be shown; one sentence for a person each, with what to do."""

from __future__ import annotations

from schemas.errors import HooklineError

__all__ = [
    "AlreadyRunning",
    "DataDirUnusable",
    "JarsMissing",
    "KafkaUnreachable",
    "LocalKafkaFailed",
    "NotApplied",
    "PortTaken",
    "StartUnclear",
    "ToolUnknown",
    "TopicRefused",
    "TopicUnknown",
]


class PortTaken(HooklineError):
    """Another program listens on the port that a setting names."""


class JarsMissing(HooklineError):
    """A jar is absent, could not be fetched, or is not the one that the lock names."""


class LocalKafkaFailed(HooklineError):
    """The local Apache Kafka could not be prepared, or did not start."""


class KafkaUnreachable(HooklineError):
    """No broker answers at the configured addresses."""


class AlreadyRunning(HooklineError):
    """Another `hookline up` works in this data folder."""


class DataDirUnusable(HooklineError):
    """The data folder cannot be made or written."""


class TopicUnknown(HooklineError):
    """There is no topic of that name; the message lists those there are."""


class ToolUnknown(HooklineError):
    """There is no console tool of that name; the message lists those there are."""


class StartUnclear(HooklineError):
    """Where to start reading is not named, or named twice."""


class TopicRefused(HooklineError):
    """The cluster does not make a topic; the message is its own."""


class NotApplied(HooklineError):
    """The configuration that `--apply` names was refused."""
