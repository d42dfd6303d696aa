"""Records as they are read: a delivery, or why there is none."""

from __future__ import annotations

from confluent_kafka import Message

from schemas.codec import decode_as
from schemas.errors import RecordUnreadable
from schemas.kafka_clients import headers_of
from schemas.records import Delivery, Rejected, RejectedReason
from streams.agents.deliver.work import Arrived, Item
from streams.core.lanes import lane_of

__all__ = ["item_of", "rejected_of"]


def item_of(message: Message, now: int) -> Item:
    """Read a record; `now` in milliseconds."""
    try:
        return arrived(decode_as(Delivery, message.value()))
    except RecordUnreadable as error:
        return rejected_of(message, RejectedReason.UNREADABLE, str(error), now)


def arrived(delivery: Delivery) -> Arrived:
    if delivery.step < 1:
        raise RecordUnreadable(f"the step {delivery.step} is none")
    return Arrived(delivery, lane_of(delivery))


def rejected_of(message: Message, reason: RejectedReason, detail: str, now: int) -> Rejected:
    """The record as it goes to `rejected`, with all that it had."""
    return Rejected(
        topic=message.topic() or "",
        partition=message.partition() or 0,
        offset=message.offset() or 0,
        timestamp=message.timestamp()[1],
        key=message.key(),
        value=message.value(),
        headers=[[str(header[0]), text(header[1])] for header in headers_of(message)],
        account=None,
        reason=reason,
        path=None,
        detail=detail,
        rejected_at=now,
    )


def text(value: bytes | str | None) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value or ""
