"""Where a record lies in the log, as one integer: topic, partition, offset.

It names the record in the store, and orders two records that claim the same row.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = [
    "LARGEST",
    "MAX_OFFSET",
    "MAX_PARTITION",
    "Kind",
    "kind_of",
    "offset_of",
    "partition_of",
    "place_of",
]

LARGEST = 2**63 - 1  # what an integer column holds
PARTITION_SHIFT = 48
KIND_SHIFT = 60
MAX_PARTITION = 0xFFF
MAX_OFFSET = (1 << PARTITION_SHIFT) - 1


class Kind(IntEnum):
    """The folded topics; the numbers are stored, so they never change."""

    REQUEST = 0
    EVENT = 1
    DELIVERY = 2
    PARKED = 3
    ATTEMPT = 4
    DEAD_LETTER = 5
    REJECTED = 6
    COMMAND = 7
    OPERATION = 7  # three bits are full; neither is kept whole, and no table has rows of both


KINDS = tuple(Kind)


def place_of(kind: Kind, partition: int, offset: int) -> int:
    """3 bits of topic, 12 of partition, 48 of offset."""
    return kind << KIND_SHIFT | partition << PARTITION_SHIFT | offset


def kind_of(place: int) -> Kind:
    """The topic of a place."""
    return KINDS[place >> KIND_SHIFT]


def partition_of(place: int) -> int:
    """The partition of a place."""
    return place >> PARTITION_SHIFT & MAX_PARTITION


def offset_of(place: int) -> int:
    """The offset of a place."""
    return place & MAX_OFFSET
