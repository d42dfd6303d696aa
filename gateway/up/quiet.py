"""Keeps librdkafka's own lines off a person's terminal: what matters is said by the command itself."""

from __future__ import annotations

import logging

__all__ = ["quiet_kafka"]


def quiet_kafka() -> None:
    """Drop what the Kafka client logs about connections in this process."""
    logger = logging.getLogger("kafka")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
