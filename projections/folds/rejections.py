"""A rejected record becomes its row, named by where it came from; so does what the projector itself cannot read.

Both name the same origin, so a record that several rooms could not read is one row; the room's own word stays.
"""

from __future__ import annotations

import orjson

from projections.folds.places import MAX_OFFSET, MAX_PARTITION, Kind, Message, place_of
from projections.folds.rows import RejectedRow, Row
from schemas.codec import decode_as
from schemas.records import Rejected, RejectedReason

__all__ = ["FOUND", "fold_rejected", "rejection_of"]

TOLD, FOUND = 0, 1  # ranks: a record of `rejected`; found by the projector
NO_EVENT = frozenset(
    {
        RejectedReason.UNREADABLE,
        RejectedReason.INVALID_EVENT,
        RejectedReason.UNKNOWN_ACCOUNT,
        RejectedReason.UNKNOWN_ACTION,
        RejectedReason.ID_CONFLICT,
    }
)


def fold_rejected(message: Message, events: str) -> tuple[Row, ...]:
    """Rows of one record of `rejected`; `events` is the topic of customer events.

    Raises:
        RecordUnreadable: it is none of ours.
    """
    rejected = decode_as(Rejected, message.value)
    refuses = rejected.topic == events and rejected.reason in NO_EVENT
    row = RejectedRow(
        topic=rejected.topic,
        partition=rejected.partition,
        offset=rejected.offset,
        rank=TOLD,
        recorded_at=message.timestamp,
        place=place_of(Kind.REJECTED, message.partition, message.offset),
        account=rejected.account,
        reason=rejected.reason.value,
        path=rejected.path,
        detail=rejected.detail,
        timestamp=rejected.timestamp,
        rejected_at=rejected.rejected_at,
        refused=event_place(rejected) if refuses else None,
        headers=orjson.dumps(rejected.headers),
        key=rejected.key,
        value=rejected.value,
    )
    return (row,)


def event_place(rejected: Rejected) -> int | None:
    if 0 <= rejected.partition <= MAX_PARTITION and 0 <= rejected.offset <= MAX_OFFSET:
        return place_of(Kind.EVENT, rejected.partition, rejected.offset)
    return None


def rejection_of(message: Message, kind: Kind, reason: RejectedReason, detail: str) -> RejectedRow:
    """The row of a record that the projector itself could not use."""
    headers = [[name, (value or b"").decode(errors="replace")] for name, value in message.headers]
    return RejectedRow(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        rank=FOUND,
        recorded_at=message.timestamp,
        place=place_of(kind, message.partition, message.offset),
        account=None,
        reason=reason.value,
        path=None,
        detail=detail,
        timestamp=message.timestamp,
        rejected_at=message.timestamp,
        refused=None,
        headers=orjson.dumps(headers),
        key=message.key,
        value=message.value,
    )
