"""Records as they are read: a delivery, perhaps with a command about it, or why there is none."""

from __future__ import annotations

from confluent_kafka import Message

from schemas.codec import decode, decode_as
from schemas.errors import RecordUnreadable
from schemas.kafka_clients import headers_of
from schemas.records import Command, CommandKind, Delivery, Rejected, RejectedReason
from streams.agents.deliver.work import Arrived, Item
from streams.core.lanes import lane_of

__all__ = ["item_of", "rejected_of"]


def item_of(message: Message, now: int) -> Item:
    """Read a record; `now` in milliseconds."""
    try:
        record, written_at = decode(message.value()), message.timestamp()[1]
        if isinstance(record, Command):
            return commanded(record, written_at)
        if not isinstance(record, Delivery):
            raise RecordUnreadable(f"a Delivery belongs here, this is a {type(record).__name__}")  # noqa: TRY301
        return arrived(record, written_at)
    except RecordUnreadable as error:
        return rejected_of(message, RejectedReason.UNREADABLE, str(error), now)


def arrived(delivery: Delivery, written_at: int, command: Command | None = None) -> Arrived:
    if delivery.step < 1:
        raise RecordUnreadable(f"the step {delivery.step} is none")
    return Arrived(delivery, lane_of(delivery), written_at, command)


def commanded(command: Command, written_at: int) -> Arrived:
    delivery = decode_as(Delivery, command.delivery)
    first = command.kind is not CommandKind.RESEND or (delivery.chain, delivery.step) == (command.id, 1)
    if delivery.delivery_id != command.delivery_id or not first:
        raise RecordUnreadable("the command carries another delivery than its own")
    return arrived(delivery, written_at, command)


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
