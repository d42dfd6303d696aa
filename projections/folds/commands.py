"""A resend becomes the queued row of its chain's first step. What a command ends, the courier says in `attempts`."""

from __future__ import annotations

from projections.folds.deliveries import waiting
from projections.folds.places import Kind, Message, place_of
from projections.folds.rows import Row
from schemas.codec import decode_as
from schemas.records import Command, CommandKind, Delivery

__all__ = ["fold_command"]


def fold_command(message: Message) -> tuple[Row, ...]:
    """Rows of one record of `commands`.

    Raises:
        RecordUnreadable: it, or the delivery in it, is none of ours.
    """
    command = decode_as(Command, message.value)
    delivery = decode_as(Delivery, command.delivery)
    if command.kind is not CommandKind.RESEND:
        return ()
    place = place_of(Kind.COMMAND, message.partition, message.offset)
    return (waiting(delivery, message.timestamp, place)._replace(created_at=command.at, next_attempt_at=command.at),)
