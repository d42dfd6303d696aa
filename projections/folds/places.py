"""A record as it is folded; and, under the names of the folds, where it lies in the log."""

from __future__ import annotations

from typing import NamedTuple

from projections.places import LARGEST, MAX_OFFSET, MAX_PARTITION, Kind, kind_of, offset_of, partition_of, place_of

__all__ = [
    "LARGEST",
    "MAX_OFFSET",
    "MAX_PARTITION",
    "Kind",
    "Message",
    "kind_of",
    "offset_of",
    "partition_of",
    "place_of",
]


class Message(NamedTuple):
    """One record as Kafka gave it; `timestamp` in ms."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
